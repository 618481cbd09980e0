"""Everybody of a conference in one list: who speaks, who is on the committee."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Integer,
    Label,
    Select,
    SQLColumnExpression,
    String,
    Subquery,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    null,
    select,
    union_all,
)

from cfp.actors import Actor, RoleKind
from cfp.domain.accounts.models import Person
from cfp.domain.conferences.models import Conference, Role
from cfp.domain.conferences.queries import primary_address
from cfp.domain.decisions.models import Confirmation
from cfp.domain.program.models import Material
from cfp.domain.submissions.models import Speaker, Submission
from cfp.policy import Column, Fact, View, predicate

IN_PROGRAM = ("accepted", "confirmed")

FLAGS = ("accepted", "confirmed", "lacks_slides", "remote")
ROLE_COLUMNS = ("chair", "track_chair", "reviewer", "reader")
TRACK_CHAIR_COLUMNS = (
    *("id", "person_id", "code", "name", "affiliation", "address", "talks", "confirmed"),
)
"""Names and addresses in one's own tracks; who else does what is for chairs."""


def people_view(actor: Actor, conference: Conference) -> View:
    """Everybody of a conference as one person may know them: a row per person.

    A speaker is there through the submissions whose speakers' addresses `actor` may know; the
    committee is there for chairs. Whoever has no account counts as one person per speaker code.
    The rows are those of `everybody`, which is to be used instead of `visible`: the policy is
    asked per submission, before they are grouped.
    """
    whole = actor.has(conference.id, RoleKind.CHAIR)
    grouped = _grouped(actor, conference, with_committee=whole)
    names = grouped.c.keys() if whole else TRACK_CHAIR_COLUMNS
    columns: dict[str, Column] = {name: Column(grouped.c[name]) for name in names}
    return View(conference, grouped, Fact.ADDRESSES, columns)


def everybody(actor: Actor, view: View) -> Select[Any]:
    """The rows and columns of a `people_view`."""
    columns: list[Label[Any]] = [view.column(actor, name).label(name) for name in view.names(actor)]
    return select(*columns).select_from(view.source)


def connections(actor: Actor, conference: Conference, *, with_committee: bool) -> Subquery:
    """A row per person and what connects them to the conference: a submission, or a role.

    `id` is the person's of `people_view`; `submission_id` is null for a role. Names and addresses
    are those typed for a submission; those of the person come on top, once per person.
    """
    seen = _seen(actor, conference)
    parts = [_speaking(seen), _submitting(seen)]
    if with_committee:
        parts.append(_committee(conference))
    return union_all(*parts).subquery()


def _grouped(actor: Actor, conference: Conference, *, with_committee: bool) -> Subquery:
    c = connections(actor, conference, with_committee=with_committee).c
    one = (
        select(
            c.id,
            func.max(c.person_id).label("person_id"),
            func.min(c.name).label("name"),
            func.max(c.affiliation).label("affiliation"),
            func.max(c.address).label("address"),
            func.count(c.submission_id).label("talks"),
            *(func.sum(c[flag]).label(flag) for flag in FLAGS),
            *(func.max(c[kind]).label(kind) for kind in ROLE_COLUMNS),
        )
        .group_by(c.id)
        .subquery()
        .c
    )
    own: dict[str, SQLColumnExpression[Any]] = {
        "code": Person.code,
        "name": func.coalesce(Person.name, one.name),
        "affiliation": func.coalesce(one.affiliation, func.nullif(Person.affiliation, "")),
        "address": func.coalesce(primary_address(one.person_id), one.address),
    }
    names = ("id", "person_id", *own, "talks", *FLAGS, *ROLE_COLUMNS)
    columns: list[Label[Any]] = [
        (own[name] if name in own else one[name]).label(name) for name in names
    ]
    return select(*columns).outerjoin(Person, Person.id == one.person_id).subquery()


def _seen(actor: Actor, conference: Conference) -> CTE:
    """The submissions whose people `actor` may know, and what is announced of each.

    Materialized: the policy is asked once per submission, not once per column and speaker.
    """
    announced = predicate(actor, Fact.DECISION, conference)
    in_program = and_(Submission.state.in_(IN_PROGRAM), announced)
    slides = exists().where(Material.submission_id == Submission.id, Material.kind == "slides")
    return (
        select(
            Submission.id,
            Submission.submitter_id,
            _flag(in_program, "accepted"),
            _flag(and_(Submission.state == "confirmed", announced), "confirmed"),
            _flag(and_(in_program, ~slides), "lacks_slides"),
        )
        .where(Submission.state != "draft", predicate(actor, Fact.ADDRESSES, conference))
        .cte()
        .prefix_with("MATERIALIZED")
    )


def _speaking(seen: CTE) -> Select[Any]:
    """A row per speaker of a submission; nothing unannounced shows in it."""
    remote = exists().where(
        Confirmation.submission_id == seen.c.id,
        Confirmation.person_id == Speaker.person_id,
        Confirmation.remote,
    )
    known = Speaker.person_id.is_not(None)
    values: dict[str, Any] = {
        "id": case((known, _person_key(Speaker.person_id)), else_=literal("s") + Speaker.code),
        "person_id": Speaker.person_id,
        "name": Speaker.name,
        "affiliation": func.nullif(Speaker.affiliation, ""),
        "address": func.nullif(Speaker.address, ""),
        "submission_id": seen.c.id,
        "accepted": seen.c.accepted,
        "confirmed": seen.c.confirmed,
        "lacks_slides": seen.c.lacks_slides,
        "remote": _flag(and_(seen.c.accepted == 1, remote), "remote"),
    }
    return (
        _connection(values)
        .select_from(seen)
        .join(Speaker, Speaker.submission_id == seen.c.id)
        .where(Speaker.state != "removed")
    )


def _submitting(seen: CTE) -> Select[Any]:
    """Who has submitted for others, without speaking: mail about the talk reaches them too."""
    speaks = exists().where(
        Speaker.submission_id == seen.c.id,
        Speaker.person_id == seen.c.submitter_id,
        Speaker.state != "removed",
    )
    values = {
        "id": _person_key(seen.c.submitter_id),
        "person_id": seen.c.submitter_id,
        "submission_id": seen.c.id,
    }
    return _connection(values).select_from(seen).where(~speaks)


def _committee(conference: Conference) -> Select[Any]:
    """A row per role."""
    values: dict[str, Any] = {"id": _person_key(Role.person_id), "person_id": Role.person_id}
    values |= {kind: _flag(Role.kind == kind, kind) for kind in ROLE_COLUMNS}
    return _connection(values).select_from(Role).where(Role.conference_id == conference.id)


def _connection(values: Mapping[str, Any]) -> Select[Any]:
    """The columns of `connections`; what is not given is null, a flag 0."""
    columns: dict[str, Any] = {
        **dict.fromkeys(("id", "person_id"), null()),
        **dict.fromkeys(("name", "affiliation", "address"), cast(null(), String)),
        "submission_id": cast(null(), Integer),
        **dict.fromkeys((*FLAGS, *ROLE_COLUMNS), cast(literal(0), Integer)),
        **values,
    }
    labels: list[Label[Any]] = [column.label(name) for name, column in columns.items()]
    return select(*labels)


def _person_key(person_id: Any) -> ColumnElement[str]:  # noqa: ANN401 - any integer column
    return literal("p") + cast(person_id, String)


def _flag(condition: ColumnElement[bool], name: str) -> ColumnElement[int]:
    return case((condition, 1), else_=0).label(name)
