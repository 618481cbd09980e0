"""Handing late reviews over to stand-by: which, to whom, as one transaction, and undoing it."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.orm import Session, aliased

from cfp import audit
from cfp.actors import SYSTEM, Actor
from cfp.domain.accounts.models import Person
from cfp.domain.assignment import letters
from cfp.domain.assignment.blocking import blocked_set
from cfp.domain.assignment.eligible import assignable, reviewer_ids
from cfp.domain.assignment.lateness import plan_of
from cfp.domain.assignment.models import Assignment, HandOver, Standby
from cfp.domain.assignment.picks import Pair
from cfp.domain.assignment.rounds import current_round, lock_round
from cfp.domain.assignment.rules import ANSWERABLE
from cfp.domain.assignment.standby import pool_of
from cfp.domain.conferences.models import Conference
from cfp.domain.reviews.models import Review, ReviewExtension
from cfp.domain.submissions.models import Submission
from cfp.domain.submissions.states import State
from cfp.errors import ForbiddenError, NotFoundError, NotNowError
from cfp.links import Links
from cfp.policy import Action, Standing, allowed, may
from cfp.records import record

JOB_KIND = "hand_over"
_TAKER = aliased(Person, name="taker")


class Move(NamedTuple):
    """One review from whoever is late to whoever steps in."""

    submission_id: int
    giver_id: int
    taker_id: int


@record
class Handed:
    """A hand-over that stands, as chairs read it."""

    giver: str
    giver_code: str
    taker: str
    at: datetime


def not_begun(db: Session, conference: Conference, *, lock: bool = False) -> Sequence[Assignment]:
    """Reviews that are asked for and have no draft yet, of submissions under review.

    Who has not even said yes comes first, and of those who was asked first.
    """
    query = (
        select(Assignment)
        .join(Submission, Submission.id == Assignment.submission_id)
        .where(_waits(db, conference), Submission.state == State.SUBMITTED)
        .order_by(Assignment.state.desc(), Assignment.created, Assignment.id)
    )
    return db.scalars(query.with_for_update(of=Assignment) if lock else query).all()


def late_count(db: Session, actor: Actor, conference: Conference) -> int:
    """How many of these this person may know of."""
    query = (
        select(func.count(Assignment.id))
        .join(Submission, Submission.id == Assignment.submission_id)
        .where(_waits(db, conference), assignable(actor, conference))
    )
    return db.scalar(query) or 0


def _waits(db: Session, conference: Conference) -> ColumnElement[bool]:
    begun = exists().where(
        Review.submission_id == Assignment.submission_id,
        Review.person_id == Assignment.person_id,
        Review.round_id == Assignment.round_id,
    )
    # Who was given more time by a chair is not late by the plan.
    extended = select(ReviewExtension.person_id).where(
        ReviewExtension.conference_id == conference.id
    )
    pool = select(Standby.person_id).where(Standby.conference_id == conference.id)
    return and_(
        Assignment.round_id == current_round(db, conference),
        Assignment.state.in_(sorted(ANSWERABLE)),
        Assignment.person_id.not_in(pool),
        Assignment.person_id.not_in(extended),
        ~begun,
    )


def handed_since(
    db: Session, actor: Actor, conference: Conference, since: datetime
) -> int:
    """How many hand-overs since then stand, of those this person may know of."""
    query = (
        select(func.count(HandOver.id))
        .join(Submission, Submission.id == HandOver.submission_id)
        .where(
            HandOver.at >= since,
            HandOver.undone.is_(None),
            may(actor, Action.ASSIGN_ONE, conference),
        )
    )
    return db.scalar(query) or 0


def moves_from(late: Iterable[Assignment], picks: Iterable[Pair]) -> list[Move]:
    """Each review that somebody steps in for, with who gives it up; the others stay."""
    givers: dict[int, list[int]] = defaultdict(list)
    for one in late:
        givers[one.submission_id].append(one.person_id)
    moves = []
    for submission_id, taker_id in sorted(picks):
        if givers[submission_id]:
            moves.append(Move(submission_id, givers[submission_id].pop(0), taker_id))
    return moves


def hand_over(
    db: Session,
    conference: Conference,
    *,
    moves: Iterable[Move],
    epoch: str,
    links: Links,
    now: datetime,
) -> int:
    """Make the moves that are still right, and tell both; returns how many those are.

    What was begun, answered with no, or taken up by somebody else since they were computed stays.
    """
    lock_round(db, conference)
    late = {(one.submission_id, one.person_id): one for one in not_begun(db, conference, lock=True)}
    able = _Able(db, conference)
    done = [
        move
        for move in moves
        if (move.submission_id, move.giver_id) in late and able.take(move)
    ]
    for move in done:
        _move(db, conference, move, late[move.submission_id, move.giver_id], now)
    givers = Counter(move.giver_id for move in done)
    letters.tell_handed_over(db, conference, givers, epoch=epoch, links=links, now=now)
    takers = {move.taker_id for move in done}
    _give_time(db, conference, takers, now)
    letters.tell_assigned(db, conference, takers, epoch=epoch, links=links, now=now)
    return len(done)


def _give_time(
    db: Session, conference: Conference, takers: Collection[int], now: datetime
) -> None:
    """Nobody is late with what they are asked for today: as many days again as it took till now."""
    until = now + timedelta(days=max(plan_of(db, conference).hand_over_days or 0, 1))
    here = and_(
        ReviewExtension.conference_id == conference.id, ReviewExtension.person_id.in_(takers)
    )
    known = {one.person_id: one for one in db.scalars(select(ReviewExtension).where(here))}
    for person_id in sorted(takers):
        given = known.get(person_id)
        if given is None:
            given = ReviewExtension(
                conference_id=conference.id, person_id=person_id, until=until, created=now
            )
            db.add(given)
        given.until = max(given.until, until)
    db.flush()


class _Able:
    """Who may still take what: on stand-by, a reviewer, without a conflict, never asked before."""

    def __init__(self, db: Session, conference: Conference) -> None:
        self._left = Counter(pool_of(db, conference))
        self._reviewers = set(db.scalars(reviewer_ids(conference)))
        rows = db.execute(
            select(Assignment.submission_id, Assignment.person_id).where(
                Assignment.round_id == current_round(db, conference),
                Assignment.person_id.in_(self._left),
            )
        )
        self._never = blocked_set(db, conference) | {(row[0], row[1]) for row in rows}

    def take(self, move: Move) -> bool:
        """Whether this move can be made; it then counts."""
        pair = (move.submission_id, move.taker_id)
        asked = move.taker_id in self._reviewers and self._left[move.taker_id] > 0
        if not asked or pair in self._never:
            return False
        self._never.add(pair)
        self._left[move.taker_id] -= 1
        return True


def _move(
    db: Session, conference: Conference, move: Move, assignment: Assignment, now: datetime
) -> None:
    assignment.state, assignment.changed = "handed_over", now
    db.add(
        Assignment(
            conference_id=conference.id,
            round_id=assignment.round_id,
            submission_id=move.submission_id,
            person_id=move.taker_id,
            state="assigned",
            created=now,
            changed=now,
        )
    )
    db.add(HandOver(conference_id=conference.id, at=now, **move._asdict()))
    db.flush()
    _record(db, SYSTEM, "assignment.hand_over", conference, move.submission_id, now)


def handed_of(
    db: Session, conference: Conference, submission_ids: Collection[int]
) -> Mapping[int, list[Handed]]:
    """The hand-overs that stand of each submission; ask for those one may assign."""
    rows = db.execute(
        select(HandOver.submission_id, Person.name, Person.code, _TAKER.name, HandOver.at)
        .join(Person, Person.id == HandOver.giver_id)
        .join(_TAKER, _TAKER.id == HandOver.taker_id)
        .where(
            HandOver.conference_id == conference.id,
            HandOver.submission_id.in_(submission_ids),
            HandOver.undone.is_(None),
        )
        .order_by(HandOver.id)
    )
    found: dict[int, list[Handed]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(Handed(*row[1:]))
    return found


def hand_back(
    db: Session,
    actor: Actor,
    standing: Standing,
    *,
    giver_code: str,
    links: Links,
    now: datetime,
) -> None:
    """Undo a hand-over: whoever had the review has it again, and is told.

    Raises:
        NotFoundError: none stands. NotNowError: `assignment.started`, once the other has begun.
    """
    if not allowed(actor, Action.ASSIGN_ONE, standing, now):
        raise ForbiddenError("forbidden")
    conference, submission = standing.conference, standing.submission
    if submission.state != State.SUBMITTED:
        raise NotNowError("assignment.not_under_review")
    lock_round(db, conference)
    handed = db.scalars(
        select(HandOver)
        .join(Person, Person.id == HandOver.giver_id)
        .where(
            HandOver.submission_id == submission.id,
            HandOver.undone.is_(None),
            Person.code == giver_code,
        )
        .with_for_update(of=HandOver)
    ).one_or_none()
    if handed is None:
        raise NotFoundError("not_found")
    _take_from(db, conference, handed)
    old = _assignment(db, conference, handed, handed.giver_id)
    if old is not None:
        old.state, old.changed = "assigned", now
    handed.undone = now
    db.flush()
    _record(db, actor, "assignment.hand_back", conference, submission.id, now)
    epoch = f"hand-back:{handed.id}"
    letters.tell_assigned(
        db, conference, {handed.giver_id}, epoch=epoch, links=links, now=now
    )


def _take_from(db: Session, conference: Conference, handed: HandOver) -> None:
    begun = select(Review.id).where(
        Review.submission_id == handed.submission_id, Review.person_id == handed.taker_id
    )
    if db.scalars(begun.limit(1)).first() is not None:
        raise NotNowError("assignment.started")
    new = _assignment(db, conference, handed, handed.taker_id)
    if new is not None:
        db.delete(new)


def _assignment(
    db: Session, conference: Conference, handed: HandOver, person_id: int
) -> Assignment | None:
    return db.scalars(
        select(Assignment)
        .where(
            Assignment.round_id == current_round(db, conference),
            Assignment.submission_id == handed.submission_id,
            Assignment.person_id == person_id,
        )
        .with_for_update()
    ).one_or_none()


def _record(
    db: Session,
    actor: Actor,
    action: str,
    conference: Conference,
    submission_id: int,
    now: datetime,
) -> None:
    code = db.scalar(select(Submission.code).where(Submission.id == submission_id))
    audit.record(
        db,
        actor,
        action,
        f"submission:{code}",
        now=now,
        conference_id=conference.id,
        submission_id=submission_id,
    )
