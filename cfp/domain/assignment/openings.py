"""Reviews that need somebody new: declined, given up, or not answered for long."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    and_,
    bindparam,
    case,
    exists,
    false,
    func,
    null,
    select,
    union,
)
from sqlalchemy.orm import Session, aliased

from cfp.actors import Actor, RoleKind
from cfp.domain.assignment.blocking import lost_from, people_asked
from cfp.domain.assignment.eligible import assignable_from, guest_ids
from cfp.domain.assignment.lateness import plan_of
from cfp.domain.assignment.models import Assignment, LatePlan, ReviewerProfile, ReviewRound
from cfp.domain.assignment.picks import Pair
from cfp.domain.assignment.rules import ACTIVE, REMINDERS
from cfp.domain.conferences.models import Conference, Role
from cfp.domain.mail.models import Message
from cfp.domain.reviews.models import Review
from cfp.domain.submissions.models import Submission
from cfp.policy import Seat, seat_of
from cfp.records import record

_ASKED = aliased(Assignment, name="asked_here")

WHYS = ("declined", "conflict", "left", "paused", "silent")
"""Why somebody does not review what they were asked for."""

_MAY_OPEN = ("declined", "assigned", "accepted")
"""The states in which an assignment can be open for another reason than a conflict."""


class Vacancy(NamedTuple):
    """Somebody who does not do a review, and how many reviews the submission lacks by now."""

    submission_id: int
    person_id: int
    why: str
    lacking: int

    @property
    def pair(self) -> Pair:
        return self.submission_id, self.person_id


@record
class Openings:
    """What needs somebody new, and why."""

    vacancies: Sequence[Vacancy]

    @property
    def reviews(self) -> int:
        """How many reviews: no more than each submission lacks, nor than were given up."""
        gave_up = Counter(one.submission_id for one in self.vacancies)
        lacking = {one.submission_id: one.lacking for one in self.vacancies}
        return sum(min(number, lacking[id_]) for id_, number in gave_up.items())

    @property
    def whys(self) -> Mapping[str, int]:
        """How many for each of `WHYS`, in their order."""
        counted = Counter(one.why for one in self.vacancies)
        return {why: counted[why] for why in WHYS if counted[why]}

    @property
    def silent(self) -> frozenset[Pair]:
        """The assignments whose reviewers say nothing: a repair gives these to somebody else."""
        return frozenset(one.pair for one in self.vacancies if one.why == "silent")

    @property
    def digest(self) -> str:
        """What it is about, in few letters, so that the same is not proposed twice."""
        text = ";".join(f"{one.submission_id},{one.person_id}" for one in sorted(self.vacancies))
        return hashlib.sha256(text.encode()).hexdigest()[:32] if text else ""


def openings_of(
    db: Session,
    actor: Actor,
    conference: Conference,
    *,
    now: datetime,
    plan: LatePlan | None = None,
) -> Openings:
    """Over the submissions this person may assign; those with enough others are left out.

    `plan` is that of the conference, where it is known already.
    """
    before = _silent_before(plan or plan_of(db, conference), now)
    seat, wanted = seat_of(actor, conference), conference.reviews_per_submission
    query = _openings(seat, wanted, before is not None)
    rows = db.execute(query, {"reminded": before}).all()
    left = Counter(row.submission_id for row in rows if row.state in ACTIVE)
    vacancies = [
        Vacancy(id_, person_id, why, wanted - number + left[id_])
        for id_, person_id, _state, why, number, wanted in rows
    ]
    return Openings([one for one in vacancies if one.lacking > 0])


@lru_cache(maxsize=64)
def _openings(seat: Seat, usually_wanted: int, may_be_silent: bool) -> Select[Any]:
    """In the current round; who was reminded before `:reminded` can be silent."""
    newest = select(ReviewRound.id).where(ReviewRound.conference_id == seat.conference_id)
    round_id = newest.order_by(ReviewRound.number.desc()).limit(1).scalar_subquery()
    reminded: BindParameter[datetime] | None = bindparam("reminded") if may_be_silent else None
    why = _gave_up(seat, reminded).label("why")
    here = and_(Assignment.conference_id == seat.conference_id, Assignment.round_id == round_id)
    asked = (
        select(func.count(_ASKED.id))
        .where(
            _ASKED.conference_id == seat.conference_id,
            _ASKED.submission_id == Assignment.submission_id,
            _ASKED.round_id == round_id,
            _ASKED.state.in_(ACTIVE),
        )
        .scalar_subquery()
    )
    wanted = func.coalesce(Submission.reviews_wanted, usually_wanted)
    # Most are done, and only a conflict opens those: of the few others more has to be asked.
    ids = select(_ASKED.id).where(
        _ASKED.conference_id == seat.conference_id,
        _ASKED.person_id.in_(select(people_asked(seat.conference_id))),
        _ASKED.state.in_(_MAY_OPEN),
    )
    may_be = Assignment.id.in_(union(ids, select(lost_from(seat).c.id)))
    return (
        select(
            *(Assignment.submission_id, Assignment.person_id, Assignment.state),
            *(why, asked, wanted),
        )
        .join(Submission, Submission.id == Assignment.submission_id)
        .where(here, may_be, assignable_from(seat), why.is_not(None))
        .order_by(Assignment.submission_id, Assignment.person_id)
    )


def _gave_up(
    seat: Seat, reminded: BindParameter[datetime] | None
) -> ColumnElement[str | None]:
    """One of `WHYS` for each row of `assignment`, or null while its reviewer is counted on."""
    lost = lost_from(seat)
    waits, begun = Assignment.state == "assigned", _begun()
    paused = Assignment.person_id.in_(
        select(ReviewerProfile.person_id).where(
            ReviewerProfile.conference_id == seat.conference_id, ReviewerProfile.paused
        )
    )
    member = Assignment.person_id.in_(
        select(Role.person_id).where(
            Role.conference_id == seat.conference_id, Role.kind == RoleKind.REVIEWER
        )
    )
    guest = Assignment.person_id.in_(guest_ids(seat.conference_id))
    open_ = Assignment.state.in_(("assigned", "accepted"))
    return case(
        (Assignment.state == "declined", "declined"),
        (Assignment.id.in_(select(lost.c.id)), "conflict"),
        (and_(open_, ~member, ~guest), "left"),
        (and_(waits, ~Assignment.pinned, paused, ~begun), "paused"),
        (and_(waits, is_silent(seat.conference_id, reminded), ~begun), "silent"),
        else_=null(),
    )


def silent_before(db: Session, conference: Conference, now: datetime) -> datetime | None:
    """Who was reminded before then and says nothing is silent; None where nobody ever is."""
    return _silent_before(plan_of(db, conference), now)


def _silent_before(plan: LatePlan, now: datetime) -> datetime | None:
    days = plan.silent_days
    return None if days is None else now - timedelta(days=days)


def is_silent(
    conference_id: int, before: datetime | BindParameter[datetime] | None
) -> ColumnElement[bool]:
    """Reminded before then, since they were asked, and no word; for an unanswered row.

    Nobody is where `before` is None.
    """
    if before is None:
        return false()
    reminded = and_(
        Message.conference_id == conference_id,
        Message.kind.in_(REMINDERS),
        Message.state != "canceled",
        Message.created <= before,
    )
    since = exists().where(
        reminded,
        Message.person_id == Assignment.person_id,
        Message.created > Assignment.changed,
    )
    # The set, made once, spares most rows the look at their own.
    return and_(Assignment.person_id.in_(select(Message.person_id).where(reminded)), since)


def _begun() -> ColumnElement[bool]:
    return exists().where(
        Review.submission_id == Assignment.submission_id,
        Review.person_id == Assignment.person_id,
        Review.round_id == Assignment.round_id,
    )
