"""Everybody of a conference in one list: who speaks, who is on the committee."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
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

from cfp.actors import Actor, RoleKind
from cfp.domain.accounts.models import Person
from cfp.domain.conferences.models import Conference, Role
from cfp.domain.conferences.queries import primary_address
from cfp.domain.decisions.models import Confirmation
from cfp.domain.program.models import Material
from cfp.domain.submissions.models import Speaker, Submission
from cfp.policy import Fact, predicate

IN_PROGRAM = ("accepted", "confirmed")


@dataclass(frozen=True)
class PeopleView:
    """Everybody of a conference as one person may know them: a row per person.

    A speaker is there through the submissions whose speakers `actor` may know; the committee is
    there for chairs. Whoever has no account counts as one person per speaker code. `columns` are
    all there are for this person; a column that is not theirs does not exist.
    """

    conference: Conference
    actor: Actor
    columns: Mapping[str, ColumnElement[Any]] = field(init=False)

    def __post_init__(self) -> None:
        """Group once; every column, filter and sort is over the same grouped rows."""
        grouped = self._grouped()
        mine = dict(grouped.c.items())
        if not self.whole:
            mine = {name: mine[name] for name in TRACK_CHAIR_COLUMNS}
        object.__setattr__(self, "columns", mine)

    @property
    def whole(self) -> bool:
        """Whether the person chairs the conference, not only a track."""
        return self.actor.has(self.conference.id, RoleKind.CHAIR)

    def names(self, actor: Actor) -> list[str]:
        """The columns that exist for this person."""
        return list(self.columns)

    def column(self, actor: Actor, name: str) -> ColumnElement[Any]:
        """The column to filter or sort by."""
        return self.columns[name]

    def statement(self) -> Select[Any]:
        """All rows, all columns."""
        return select(*self.columns.values())

    def _grouped(self) -> Subquery:
        parts = [self._speaking(), *([self._committee()] if self.whole else [])]
        rows = union_all(*parts).subquery()
        c = rows.c
        return (
            select(
                c.key.label("key"),
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
                func.max(c.chair).label("chair"),
                func.max(c.track_chair).label("track_chair"),
                func.max(c.reviewer).label("reviewer"),
                func.max(c.reader).label("reader"),
            )
            .group_by(c.key)
            .subquery()
        )

    def _speaking(self) -> Select[Any]:
        """A row per speaker of a submission; nothing unannounced shows in it."""
        announced = predicate(self.actor, Fact.DECISION, self.conference)
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
                ).label("key"),
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
                predicate(self.actor, Fact.ADDRESSES, self.conference),
            )
        )

    def _committee(self) -> Select[Any]:
        none = cast(literal(0), Integer)
        return (
            select(
                (literal("p") + cast(Person.id, String)).label("key"),
                Person.id.label("person_id"),
                Person.code.label("code"),
                Person.name.label("name"),
                func.nullif(Person.affiliation, "").label("affiliation"),
                primary_address(Person.id).label("address"),
                cast(null(), Integer).label("submission_id"),
                none.label("accepted"),
                none.label("confirmed"),
                none.label("remote"),
                none.label("lacks_slides"),
                *(_flag(Role.kind == kind, kind) for kind in ROLE_COLUMNS),
            )
            .select_from(Role)
            .join(Person, Person.id == Role.person_id)
            .where(Role.conference_id == self.conference.id)
        )


ROLE_COLUMNS = tuple(
    str(kind) for kind in (RoleKind.CHAIR, RoleKind.TRACK_CHAIR, RoleKind.REVIEWER, RoleKind.READER)
)
TRACK_CHAIR_COLUMNS = ("key", "code", "name", "affiliation", "address", "talks", "confirmed")
"""Names and addresses in one's own tracks; who else does what is for chairs."""


def _flag(condition: ColumnElement[bool], name: str) -> ColumnElement[int]:
    return case((condition, 1), else_=0).label(name)
