"""Everybody of a conference in one list: who speaks, who is on the committee."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Label,
    Select,
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
from sqlalchemy.orm import InstrumentedAttribute

from cfp.actors import Actor, RoleKind
from cfp.domain.accounts.models import Person
from cfp.domain.conferences.models import Conference, Role
from cfp.domain.conferences.queries import primary_address
from cfp.domain.decisions.models import Confirmation
from cfp.domain.program.models import Material
from cfp.domain.submissions.models import Speaker, Submission
from cfp.policy import Column, Fact, View, predicate

IN_PROGRAM = ("accepted", "confirmed")

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

    `id` is the person's of `people_view`; `submission_id` is null for a role.
    """
    parts = [_speaking(actor, conference), _submitting(actor, conference)]
    if with_committee:
        parts.append(_committee(conference))
    return union_all(*parts).subquery()


def _grouped(actor: Actor, conference: Conference, *, with_committee: bool) -> Subquery:
    c = connections(actor, conference, with_committee=with_committee).c
    return (
        select(
            c.id.label("id"),
            func.max(c.person_id).label("person_id"),
            func.max(c.code).label("code"),
            func.min(c.name).label("name"),
            func.max(c.affiliation).label("affiliation"),
            func.max(c.address).label("address"),
            func.count(c.submission_id.distinct()).label("talks"),
            func.sum(c.accepted).label("accepted"),
            func.sum(c.confirmed).label("confirmed"),
            func.max(c.remote).label("remote"),
            func.sum(c.lacks_slides).label("lacks_slides"),
            *(func.max(c[kind]).label(kind) for kind in ROLE_COLUMNS),
        )
        .group_by(c.id)
        .subquery()
    )


def _speaking(actor: Actor, conference: Conference) -> Select[Any]:
    """A row per speaker of a submission; nothing unannounced shows in it."""
    announced = predicate(actor, Fact.DECISION, conference)
    in_program = and_(Submission.state.in_(IN_PROGRAM), announced)
    confirmed = and_(Submission.state == "confirmed", announced)
    slides = exists().where(Material.submission_id == Submission.id, Material.kind == "slides")
    remote = exists().where(
        Confirmation.submission_id == Submission.id,
        Confirmation.person_id == Speaker.person_id,
        Confirmation.remote,
    )
    address = case(
        (Speaker.person_id.is_not(None), primary_address(Speaker.person_id)),
        else_=func.nullif(Speaker.address, ""),
    )
    return (
        select(
            case(
                (
                    Speaker.person_id.is_not(None),
                    literal("p") + cast(Speaker.person_id, String),
                ),
                else_=literal("s") + Speaker.code,
            ).label("id"),
            Speaker.person_id.label("person_id"),
            Person.code.label("code"),
            func.coalesce(Person.name, Speaker.name).label("name"),
            Speaker.affiliation.label("affiliation"),
            func.coalesce(address, func.nullif(Speaker.address, "")).label("address"),
            Submission.id.label("submission_id"),
            _flag(in_program, "accepted"),
            _flag(confirmed, "confirmed"),
            _flag(and_(in_program, remote), "remote"),
            _flag(and_(in_program, ~slides), "lacks_slides"),
            *(cast(literal(0), Integer).label(kind) for kind in ROLE_COLUMNS),
        )
        .select_from(Speaker)
        .join(Submission, Submission.id == Speaker.submission_id)
        .outerjoin(Person, Person.id == Speaker.person_id)
        .where(
            Speaker.state != "removed",
            Submission.state != "draft",
            predicate(actor, Fact.ADDRESSES, conference),
        )
    )


def _submitting(actor: Actor, conference: Conference) -> Select[Any]:
    """Who has submitted for others, without speaking: mail about the talk reaches them too."""
    speaks = exists().where(
        Speaker.submission_id == Submission.id,
        Speaker.person_id == Submission.submitter_id,
        Speaker.state != "removed",
    )
    return (
        _plain_person(Submission.id, {})
        .select_from(Submission)
        .join(Person, Person.id == Submission.submitter_id)
        .where(
            ~speaks,
            Submission.state != "draft",
            predicate(actor, Fact.ADDRESSES, conference),
        )
    )


def _committee(conference: Conference) -> Select[Any]:
    """A row per role."""
    flags = {kind: _flag(Role.kind == kind, kind) for kind in ROLE_COLUMNS}
    return (
        _plain_person(cast(null(), Integer), flags)
        .select_from(Role)
        .join(Person, Person.id == Role.person_id)
        .where(Role.conference_id == conference.id)
    )


def _plain_person(
    submission_id: ColumnElement[Any] | InstrumentedAttribute[int],
    flags: Mapping[str, ColumnElement[int]],
) -> Select[Any]:
    none = cast(literal(0), Integer)
    return select(
        (literal("p") + cast(Person.id, String)).label("id"),
        Person.id.label("person_id"),
        Person.code.label("code"),
        Person.name.label("name"),
        func.nullif(Person.affiliation, "").label("affiliation"),
        primary_address(Person.id).label("address"),
        submission_id.label("submission_id"),
        none.label("accepted"),
        none.label("confirmed"),
        none.label("remote"),
        none.label("lacks_slides"),
        *(flags.get(kind, none.label(kind)) for kind in ROLE_COLUMNS),
    )


def _flag(condition: ColumnElement[bool], name: str) -> ColumnElement[int]:
    return case((condition, 1), else_=0).label(name)
