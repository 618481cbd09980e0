"""The stand-by pool: reviewers in reserve, where a conference keeps some.

How much somebody takes counts from when they were put on stand-by: what they had before stays.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, Subquery, and_, func, select, true
from sqlalchemy.orm import Session

from cfp import audit
from cfp.actors import Actor, RoleKind
from cfp.domain.accounts.models import Person
from cfp.domain.assignment.lateness import plan_of
from cfp.domain.assignment.models import Assignment, LatePlan, ReviewerProfile, Standby
from cfp.domain.assignment.rules import ACTIVE, LOAD_LIMIT
from cfp.domain.conferences.models import Conference, Role
from cfp.domain.submissions.models import Submission
from cfp.domain.submissions.states import State
from cfp.errors import DomainError, NotFoundError, NotNowError
from cfp.policy import Action, may
from cfp.records import record


def pool_of(db: Session, conference: Conference) -> dict[int, int]:
    """Person id -> reviews they still take; nobody where the conference keeps no reserve."""
    stepped_in = _stepped_in(true())
    rows = db.execute(
        select(Standby.person_id, Standby.reviews, func.coalesce(stepped_in.c.number, 0))
        .join(LatePlan, LatePlan.conference_id == Standby.conference_id)
        .outerjoin(stepped_in, stepped_in.c.id == Standby.id)
        .where(Standby.conference_id == conference.id, LatePlan.standby)
    )
    return {person_id: max(reviews - number, 0) for person_id, reviews, number in rows}


def _stepped_in(known: ColumnElement[bool]) -> Subquery:
    """How many reviews each has been asked for since they are on stand-by."""
    return (
        select(Standby.id, func.count().label("number"))
        .join(
            Assignment,
            and_(
                Assignment.conference_id == Standby.conference_id,
                Assignment.person_id == Standby.person_id,
                Assignment.created > Standby.created,
                Assignment.state.in_(ACTIVE),
            ),
        )
        .join(Submission, Submission.id == Assignment.submission_id)
        .where(Submission.state != State.WITHDRAWN, known)
        .group_by(Standby.id)
        .subquery()
    )


@record
class Reserve:
    """Somebody on stand-by for `reviews` at most; `asked` of them, as far as one may know."""

    person_id: int
    code: str
    name: str
    reviews: int
    offered: bool
    paused: bool
    asked: int

    @property
    def left(self) -> int:
        """How many reviews they can still be asked for."""
        return 0 if self.paused else max(self.reviews - self.asked, 0)


def reserves_of(db: Session, actor: Actor, conference: Conference) -> list[Reserve]:
    """The pool by name; who is no reviewer any more is not in it."""
    stepped_in = _stepped_in(may(actor, Action.ASSIGN_ONE, conference))
    profile = and_(
        ReviewerProfile.person_id == Standby.person_id,
        ReviewerProfile.conference_id == Standby.conference_id,
    )
    role = and_(
        Role.person_id == Standby.person_id,
        Role.conference_id == Standby.conference_id,
        Role.kind == RoleKind.REVIEWER,
    )
    rows = db.execute(
        select(
            *(Person.id, Person.code, Person.name, Standby.reviews, Standby.offered),
            func.coalesce(ReviewerProfile.paused, False),
            func.coalesce(stepped_in.c.number, 0),
        )
        .select_from(Standby)
        .join(Person, Person.id == Standby.person_id)
        .join(Role, role)
        .outerjoin(ReviewerProfile, profile)
        .outerjoin(stepped_in, stepped_in.c.id == Standby.id)
        .where(Standby.conference_id == conference.id)
        .order_by(func.lower(Person.name), Person.id)
    )
    return [Reserve(*row) for row in rows]


def others_of(db: Session, conference: Conference) -> list[tuple[str, str]]:
    """(code, name) of the reviewers who are not on stand-by, by name."""
    there = select(Standby.person_id).where(Standby.conference_id == conference.id)
    rows = db.execute(
        select(Person.code, Person.name)
        .join(Role, Role.person_id == Person.id)
        .where(
            Role.conference_id == conference.id,
            Role.kind == RoleKind.REVIEWER,
            Person.id.not_in(there),
        )
        .order_by(func.lower(Person.name), Person.id)
    )
    return [(code, name) for code, name in rows]


def standby_of(db: Session, conference: Conference, person_id: int | None) -> Standby | None:
    """Somebody's place in the pool, if they have one."""
    return db.scalars(
        select(Standby).where(
            Standby.conference_id == conference.id, Standby.person_id == person_id
        )
    ).one_or_none()


def keep_in_reserve(
    db: Session,
    actor: Actor,
    conference: Conference,
    *,
    code: str,
    reviews: int,
    now: datetime,
) -> None:
    """A chair's word that a reviewer is on stand-by, for so many reviews at most.

    Raises:
        DomainError: `bad_load`, `assignment.not_reviewer`. NotNowError: `standby.off`.
    """
    person_id = db.scalar(
        select(Person.id)
        .join(Role, Role.person_id == Person.id)
        .where(
            Person.code == code,
            Role.conference_id == conference.id,
            Role.kind == RoleKind.REVIEWER,
        )
    )
    if person_id is None:
        raise DomainError("assignment.not_reviewer", field="person")
    _place(db, actor, conference, person_id, reviews, offered=False, now=now)


def offer(
    db: Session, actor: Actor, conference: Conference, *, reviews: int | None, now: datetime
) -> None:
    """A reviewer's own word "I can step in: up to n"; None takes it back.

    Raises:
        DomainError: `bad_load`. NotNowError: `standby.off`.
    """
    _check_on(db, conference)
    if reviews:
        _place(db, actor, conference, actor.person_id or 0, reviews, offered=True, now=now)
        return
    found = standby_of(db, conference, actor.person_id)
    if found is not None:
        _remove(db, actor, conference, found, now)


def release(
    db: Session, actor: Actor, conference: Conference, *, code: str, now: datetime
) -> None:
    """Make somebody on stand-by a reviewer like all others again. Raises NotFoundError."""
    found = db.scalars(
        select(Standby)
        .join(Person, Person.id == Standby.person_id)
        .where(Standby.conference_id == conference.id, Person.code == code)
    ).one_or_none()
    if found is None:
        raise NotFoundError("not_found")
    _remove(db, actor, conference, found, now)


def _check_on(db: Session, conference: Conference) -> None:
    if conference.reviewing != "assigned" or not plan_of(db, conference).standby:
        raise NotNowError("standby.off")


def _place(
    db: Session,
    actor: Actor,
    conference: Conference,
    person_id: int,
    reviews: int,
    *,
    offered: bool,
    now: datetime,
) -> None:
    _check_on(db, conference)
    if not 1 <= reviews <= LOAD_LIMIT:
        raise DomainError("bad_load", field="reviews")
    found = standby_of(db, conference, person_id)
    if found is None:
        found = Standby(
            conference_id=conference.id, person_id=person_id, offered=offered, created=now
        )
        db.add(found)
    found.reviews = reviews
    db.flush()
    _record(db, actor, "standby.keep", conference, person_id, now, {"reviews": reviews})


def _remove(
    db: Session, actor: Actor, conference: Conference, found: Standby, now: datetime
) -> None:
    db.delete(found)
    db.flush()
    _record(db, actor, "standby.release", conference, found.person_id, now, {})


def _record(
    db: Session,
    actor: Actor,
    action: str,
    conference: Conference,
    person_id: int,
    now: datetime,
    detail: dict[str, int],
) -> None:
    name = f"person:{person_id}"
    audit.record(db, actor, action, name, now=now, conference_id=conference.id, detail=detail)
