"""Reviewers who never review the same submission, by a chair's word."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from cfp import audit
from cfp.actors import Actor, RoleKind
from cfp.domain.accounts.models import Person
from cfp.domain.assignment.models import ReviewersApart
from cfp.domain.conferences.models import Conference, Role
from cfp.errors import DomainError, NotFoundError
from cfp.records import record

_OTHER = aliased(Person, name="other_reviewer")


@record
class Apart:
    """Two of them, by name."""

    id: int
    name: str
    other: str


def apart_of(db: Session, conference: Conference) -> Sequence[Apart]:
    """All pairs, by name."""
    rows = db.execute(
        select(ReviewersApart.id, Person.name, _OTHER.name)
        .join(Person, Person.id == ReviewersApart.person_id)
        .join(_OTHER, _OTHER.id == ReviewersApart.other_id)
        .where(ReviewersApart.conference_id == conference.id)
        .order_by(func.lower(Person.name), func.lower(_OTHER.name), ReviewersApart.id)
    )
    return [Apart(*row) for row in rows]


def apart_pairs(db: Session, conference: Conference) -> Sequence[tuple[int, int]]:
    """The same as pairs of person ids, each once; who was joined with the other has no other."""
    rows = db.execute(
        select(ReviewersApart.person_id, ReviewersApart.other_id).where(
            ReviewersApart.conference_id == conference.id
        )
    )
    return sorted({(min(pair), max(pair)) for pair in rows if pair[0] != pair[1]})


def keep_apart(
    db: Session, actor: Actor, conference: Conference, *, one: str, other: str, now: datetime
) -> None:
    """Say that two reviewers, by their codes, never review the same submission.

    Raises:
        DomainError: `apart.unknown` at the field, `apart.same` or `apart.there` at `other`.
    """
    first, second = (
        _reviewer(db, conference, code, field) for code, field in ((one, "one"), (other, "other"))
    )
    if first == second:
        raise DomainError("apart.same", field="other")
    row = ReviewersApart
    there = or_(
        and_(row.person_id == first, row.other_id == second),
        and_(row.person_id == second, row.other_id == first),
    )
    if db.scalar(select(row.id).where(row.conference_id == conference.id, there)) is not None:
        raise DomainError("apart.there", field="other")
    db.add(
        ReviewersApart(
            conference_id=conference.id, person_id=first, other_id=second, created=now
        )
    )
    db.flush()
    _record(db, actor, conference, "apart.keep", (first, second), now)


def let_together(
    db: Session, actor: Actor, conference: Conference, *, apart_id: int, now: datetime
) -> None:
    """Take that back. Raises NotFoundError."""
    row = db.scalars(
        select(ReviewersApart).where(
            ReviewersApart.id == apart_id, ReviewersApart.conference_id == conference.id
        )
    ).one_or_none()
    if row is None:
        raise NotFoundError("not_found")
    pair = (row.person_id, row.other_id)
    db.delete(row)
    db.flush()
    _record(db, actor, conference, "apart.let", pair, now)


def _reviewer(db: Session, conference: Conference, code: str, field: str) -> int:
    found = db.scalar(
        select(Person.id)
        .join(Role, Role.person_id == Person.id)
        .where(
            Person.code == code,
            Role.conference_id == conference.id,
            Role.kind == RoleKind.REVIEWER,
        )
    )
    if found is None:
        raise DomainError("apart.unknown", field=field)
    return found


def _record(
    db: Session,
    actor: Actor,
    conference: Conference,
    action: str,
    people: tuple[int, int],
    now: datetime,
) -> None:
    audit.of_conference(db, actor, action, conference, now=now, detail={"people": list(people)})
