"""Everybody of a conference in one list: who speaks, who is on the committee."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    CTE,
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Integer,
    Label,
    Select,
    SQLColumnExpression,
    String,
    Subquery,
    and_,
    bindparam,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    null,
    or_,
    select,
    true,
    union,
    union_all,
)

from cfp.actors import Actor, RoleKind
from cfp.domain.accounts.models import Person
from cfp.domain.conferences.models import Conference, Role
from cfp.domain.conferences.queries import primary_address
from cfp.domain.decisions.models import Confirmation
from cfp.domain.program.models import Material
from cfp.domain.submissions.models import Speaker, Submission
from cfp.policy import Column, Fact, Seat, View, seat_of

IN_PROGRAM = ("accepted", "confirmed")

FLAGS = ("accepted", "confirmed", "lacks_slides", "remote")
ROLE_COLUMNS = ("chair", "track_chair", "reviewer", "reader")
_SUMS: Mapping[str, Callable[[Any], ColumnElement[Any]]] = MappingProxyType(
    {
        "name": func.min,
        **dict.fromkeys(("affiliation", "address", *ROLE_COLUMNS), func.max),
        **dict.fromkeys(FLAGS, func.sum),
    }
)
"""How the values of one person's connections become one."""

BASE_COLUMNS = ("id", "person_id", "code", "name", "affiliation", "address", "talks")
TRACK_CHAIR_COLUMNS = (*BASE_COLUMNS, "confirmed")
"""Names and addresses in one's own tracks; who else does what is for chairs."""


def people_view(
    actor: Actor,
    conference: Conference,
    *,
    wanted: Collection[str] | None = None,
    some: bool = False,
) -> View:
    """Everybody of a conference as one person may know them: a row per person.

    A speaker is there through the submissions whose speakers' addresses `actor` may know; the
    committee is there for chairs. Whoever has no account counts as one person per speaker code.
    The rows are those of `everybody`, which is to be used instead of `visible`: the policy is
    asked per submission, before they are grouped. Of `wanted` columns and `some` of the ids, given
    at execution as `these` makes them, a part is made for much less than all of it: which fifty are
    on a page, and then what is said of them.
    """
    whole = actor.has(conference.id, RoleKind.CHAIR)
    has = (*BASE_COLUMNS, *FLAGS, *ROLE_COLUMNS) if whole else TRACK_CHAIR_COLUMNS
    names = tuple(name for name in has if wanted is None or name in wanted)
    seat = seat_of(actor, conference)
    if _NAMED.issuperset(names) and not some:
        grouped = _named(seat, with_committee=whole)
    else:
        grouped = _grouped(seat, names, with_committee=whole, some=some)
    columns: dict[str, Column] = {name: Column(grouped.c[name]) for name in names}
    return View(conference, grouped, Fact.ADDRESSES, columns)


def these(ids: Iterable[str]) -> dict[str, list[Any]]:
    """The values that a view of `some` is executed with: its rows with these ids."""
    ids = list(ids)
    return {
        "people": [int(one[1:]) for one in ids if one.startswith("p")],
        "codes": [one[1:] for one in ids if one.startswith("s")],
    }


def everybody(actor: Actor, view: View) -> Select[Any]:
    """The rows and columns of a `people_view`."""
    columns: list[Label[Any]] = [view.column(actor, name).label(name) for name in view.names(actor)]
    return select(*columns).select_from(view.source)


def connections(actor: Actor, conference: Conference, *, with_committee: bool) -> Subquery:
    """A row per person and what connects them to the conference: a submission, or a role.

    `id` is the person's of `people_view`; `submission_id` is null for a role. Names and addresses
    are those typed for a submission; those of the person come on top, once per person.
    """
    seat = seat_of(actor, conference)
    return _connections(seat, None, with_committee=with_committee, some=False)


def _connections(
    seat: Seat, names: Sequence[str] | None, *, with_committee: bool, some: bool
) -> Subquery:
    seen = _seen(seat, frozenset(FLAGS if names is None else names), some=some)
    parts = [_speaking(seen, some=some), _submitting(seen, some=some)]
    if with_committee:
        parts.append(_committee(seat.conference_id, some=some))
    if names is not None:
        parts = [_narrowed(part, {*_KEYS, *names}) for part in parts]
    return union_all(*parts).subquery()


_KEYS = ("id", "person_id", "submission_id")


def _narrowed(part: Select[Any], names: Collection[str]) -> Select[Any]:
    columns: list[Any] = [one for one in part.selected_columns if one.key in names]
    return part.with_only_columns(*columns)


@lru_cache(maxsize=64)
def _grouped(seat: Seat, names: Sequence[str], *, with_committee: bool, some: bool) -> Subquery:
    """Kept: making it took longer than reading five thousand people."""
    ties = _connections(seat, names, with_committee=with_committee, some=some)
    c = ties.c
    made: list[Label[Any]] = [func.max(c.person_id).label("person_id")]
    for name in names:
        if name == "talks":
            made.append(func.count(c.submission_id).label(name))
        elif name in _SUMS:
            made.append(_SUMS[name](c[name]).label(name))
    one = select(c.id, *made).group_by(c.id).subquery().c
    own: dict[str, Callable[[], SQLColumnExpression[Any]]] = {
        "code": lambda: Person.code,
        "name": lambda: func.coalesce(Person.name, one.name),
        "affiliation": lambda: func.coalesce(one.affiliation, func.nullif(Person.affiliation, "")),
        "address": lambda: func.coalesce(primary_address(one.person_id), one.address),
    }
    columns: list[Label[Any]] = [
        (own[name]() if name in own else one[name]).label(name) for name in names
    ]
    return select(*columns).outerjoin(Person, Person.id == one.person_id).subquery()


_NAMED = frozenset({"id", "name"})


@lru_cache(maxsize=64)
def _named(seat: Seat, *, with_committee: bool) -> Subquery:
    """Who `_grouped` has, by name alone: what a page needs that asks for no other order.

    People are looked up in a set of numbers, where grouping their connections sorts them as text.
    """
    submitted = Submission.state != "draft", seat.knows(Fact.ADDRESSES)
    speaking = and_(
        Speaker.conference_id == seat.conference_id,
        Speaker.submission_id.not_in(_unseen(seat)),
        Speaker.state != "removed",
    )
    ids: list[Select[Any]] = [
        select(Speaker.person_id).where(speaking, Speaker.person_id.is_not(None)),
        select(Submission.submitter_id).where(*submitted),
    ]
    if with_committee:
        ids.append(select(Role.person_id).where(Role.conference_id == seat.conference_id))
    known = select(_person_key(Person.id).label("id"), Person.name.label("name"))
    typed = select((literal("s") + Speaker.code).label("id"), func.min(Speaker.name).label("name"))
    return union_all(
        known.where(Person.id.in_(union_all(*ids))),
        typed.where(speaking, Speaker.person_id.is_(None)).group_by(Speaker.code),
    ).subquery()


def _unseen(seat: Seat) -> CompoundSelect[int]:
    """The ids of what is not `_seen`: leaving these few out spares a look at all."""
    drafts = select(Submission.id).where(
        Submission.conference_id == seat.conference_id, Submission.state == "draft"
    )
    return union(drafts, seat.unknown(Fact.ADDRESSES))


def _seen(seat: Seat, wanted: frozenset[str], *, some: bool) -> CTE:
    """The submissions whose people one may know, and what is announced of each.

    Materialized: the policy is asked once per submission, not once per column and speaker. What
    is not among the `wanted` flags is not asked for, and stands for nothing.
    """
    announced = seat.knows(Fact.DECISION)
    in_program = and_(Submission.state.in_(IN_PROGRAM), announced)
    slides = exists().where(Material.submission_id == Submission.id, Material.kind == "slides")
    flags = {
        "accepted": in_program,
        "confirmed": and_(Submission.state == "confirmed", announced),
        "lacks_slides": and_(in_program, ~slides),
    }
    needed = wanted | {"accepted"} if "remote" in wanted else wanted
    query = select(
        Submission.id,
        Submission.submitter_id,
        *(_flag(told if name in needed else false(), name) for name, told in flags.items()),
    ).where(Submission.state != "draft", seat.knows(Fact.ADDRESSES))
    if some:
        spoken = select(Speaker.submission_id).where(_speaker_among(some=True))
        theirs = _among(Submission.submitter_id, some=True)
        query = query.where(or_(theirs, Submission.id.in_(spoken.correlate(None))))
    return query.cte().prefix_with("MATERIALIZED")


def _speaking(seen: CTE, *, some: bool) -> Select[Any]:
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
        .where(Speaker.state != "removed", _speaker_among(some=some))
    )


def _submitting(seen: CTE, *, some: bool) -> Select[Any]:
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
    mine = _among(seen.c.submitter_id, some=some)
    return _connection(values).select_from(seen).where(~speaks, mine)


def _committee(conference_id: int, *, some: bool) -> Select[Any]:
    """A row per role."""
    values: dict[str, Any] = {"id": _person_key(Role.person_id), "person_id": Role.person_id}
    values |= {kind: _flag(Role.kind == kind, kind) for kind in ROLE_COLUMNS}
    here = Role.conference_id == conference_id
    return _connection(values).select_from(Role).where(here, _among(Role.person_id, some=some))


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


def _among(
    person_id: SQLColumnExpression[int] | SQLColumnExpression[int | None], *, some: bool
) -> ColumnElement[bool]:
    """The people of `these`, or everybody."""
    people: BindParameter[int] = bindparam("people", expanding=True)
    return person_id.in_(people) if some else true()


def _speaker_among(*, some: bool) -> ColumnElement[bool]:
    people = _among(Speaker.person_id, some=some)
    codes: BindParameter[str] = bindparam("codes", expanding=True)
    unknown = and_(Speaker.person_id.is_(None), Speaker.code.in_(codes))
    return or_(people, unknown) if some else people


def _person_key(person_id: Any) -> ColumnElement[str]:  # noqa: ANN401 - any integer column
    return literal("p") + cast(person_id, String)


def _flag(condition: ColumnElement[bool], name: str) -> ColumnElement[int]:
    return case((condition, 1), else_=0).label(name)
