"""Figures over the reviews of a conference, without what a conflict hides from who asks."""

import math
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    Subquery,
    and_,
    case,
    false,
    func,
    literal,
    select,
    true,
    union,
    union_all,
)
from sqlalchemy.orm import Session

from cfp.actors import Actor
from cfp.domain.accounts.models import Person
from cfp.domain.assignment.blocking import blocked_among, lost_from
from cfp.domain.assignment.models import Assignment
from cfp.domain.assignment.rules import REMINDERS
from cfp.domain.conferences.models import Conference, Criterion, Role, Track
from cfp.domain.mail.models import Message
from cfp.domain.mail.queries import readable_from
from cfp.domain.reviews.guest_lists import helpers
from cfp.domain.reviews.models import Guest, Review, ReviewExtension, ReviewTally, Score
from cfp.domain.reviews.rules import FINISHED, UNDER_REVIEW
from cfp.domain.submissions.models import Submission
from cfp.domain.submissions.states import State
from cfp.policy import ACTIVE_ASSIGNMENTS, Fact, Seat, predicate, seat_of, unknown
from cfp.records import record

BINS = 8


@record
class Progress:
    """How far a reviewer is. `asked` is None where everybody may review everything.

    `open` are the reviews that wait for them: of what they were asked, or (where nobody is asked)
    of submissions that have too few. `nudged` is when they were last reminded, `extended` until
    when they were given more time.
    """

    person_id: int
    code: str
    name: str
    asked: int | None
    done: int
    open: int
    nudged: datetime | None
    extended: datetime | None


def progress_of_all(
    db: Session, actor: Actor, conference: Conference, *, only: Collection[str] = ()
) -> list[Progress]:
    """Every reviewer (or those with the codes `only`), most to do first; one statement.

    Whoever was asked from outside for single submissions is among them: of these they are late.
    """
    everyone = conference.reviewing != "assigned"
    query = _progress(seat_of(actor, conference), conference.reviews_per_submission, everyone)
    if only:
        query = query.where(Person.code.in_(only))
    return [Progress(*row) for row in db.execute(query)]


@lru_cache(maxsize=64)
def _progress(seat: Seat, wanted: int, everyone: bool) -> Select[Any]:
    reviewers, waits = _reviewers(seat), _asked(seat)
    done, nudged = _done(seat), _nudged(seat)
    asked: ColumnElement[Any] = func.coalesce(waits.c.asked, 0)
    open_: ColumnElement[Any] = func.coalesce(waits.c.open, 0)
    if everyone:
        short = _short(seat, wanted)
        spared = _spared(seat, short)
        total = select(func.count()).select_from(short).scalar_subquery()
        shared = total - func.coalesce(spared.c.n, 0)
        asked, open_ = literal(None), case((reviewers.c.has_role, shared), else_=open_)
    query = (
        select(
            *(Person.id, Person.code, Person.name),
            *(asked, func.coalesce(done.c.n, 0), open_, nudged.c.last),
            ReviewExtension.until,
        )
        .join(reviewers, reviewers.c.person_id == Person.id)
        .outerjoin(done, done.c.person_id == Person.id)
        .outerjoin(waits, waits.c.person_id == Person.id)
        .outerjoin(nudged, nudged.c.person_id == Person.id)
        .outerjoin(
            ReviewExtension,
            and_(
                ReviewExtension.person_id == Person.id,
                ReviewExtension.conference_id == seat.conference_id,
            ),
        )
        .order_by(open_.desc(), func.lower(Person.name), Person.id)
    )
    return query.outerjoin(spared, spared.c.person_id == Person.id) if everyone else query


def _reviewers(seat: Seat) -> Subquery:
    """Who reviews by role, and who was asked for a submission whose reviewers one may know."""
    by_role = select(Role.person_id, true().label("has_role")).where(
        Role.conference_id == seat.conference_id, Role.kind == "reviewer"
    )
    guests = select(Guest.person_id, false().label("has_role")).where(
        Guest.conference_id == seat.conference_id,
        Guest.for_id.is_(None),
        Guest.state == "accepted",
        Guest.submission_id.not_in(seat.unknown(Fact.REVIEWERS)),
        Guest.person_id.not_in(by_role.with_only_columns(Role.person_id)),
    )
    return union_all(by_role, guests.distinct()).subquery()


def coverage(
    db: Session, actor: Actor, conference: Conference
) -> Mapping[str, Sequence[int]]:
    """Track's name -> number of submissions under review with 0, 1, ... reviews; one statement.

    The last number is of those with as many as are usually wanted, or more.
    """
    wanted = conference.reviews_per_submission
    found: dict[str, list[int]] = {}
    for name, number, *few in db.execute(_coverage(seat_of(actor, conference), wanted)):
        before = found.get(name, [0] * (wanted + 1))
        found[name] = [*map(sum, zip(before, (*few, number - sum(few)), strict=True))]
    return found


@lru_cache(maxsize=64)
def _coverage(seat: Seat, wanted: int) -> Select[Any]:
    """By track: its name, all, and those with 0, 1, ... reviews, fewer than wanted.

    Side by side: an index has the tracks in order, and by numbers too there was much to sort.
    """
    reviews, number = func.coalesce(ReviewTally.reviews, 0), func.count(Submission.id)
    few = (number.filter(reviews == n).label(f"with_{n}") for n in range(wanted))
    counts = (
        select(Submission.track_id, number.label("all"), *few)
        .outerjoin(ReviewTally, ReviewTally.submission_id == Submission.id)
        .where(Submission.state.in_(UNDER_REVIEW), seat.knows(Fact.CHAIR_REVIEWS))
        .group_by(Submission.track_id)
        .subquery()
        .c
    )
    return select(Track.name, *[one for one in counts if one.name != "track_id"]).join(
        Track, Track.id == counts.track_id
    )


def mean_bins(
    db: Session, actor: Actor, conference: Conference, *, low: float, high: float
) -> list[tuple[float, int]]:
    """(lower end, number of submissions) of `BINS` equal parts of the scale; one statement."""
    query = select(ReviewTally.mean, func.count()).where(
        ReviewTally.conference_id == conference.id,
        ReviewTally.submission_id.not_in(unknown(actor, Fact.CHAIR_REVIEWS, conference)),
    )
    step = (high - low) / BINS
    counts = [0] * BINS
    for value, number in db.execute(query.group_by(ReviewTally.mean)):
        if value is None:
            continue
        place = int((value - low) / step) if step else 0
        counts[min(max(place, 0), BINS - 1)] += number
    return [(low + step * place, number) for place, number in enumerate(counts)]


@record
class Answered:
    """How a question of the review form was answered: how often each value of its scale."""

    criterion: Criterion
    counts: Sequence[tuple[int, int]]

    @property
    def number(self) -> int:
        return sum(count for _value, count in self.counts)

    @property
    def mean(self) -> float:
        return sum(value * count for value, count in self.counts) / self.number

    @property
    def spread(self) -> float:
        """The standard deviation; 0 of a single answer."""
        squares = sum(count * (value - self.mean) ** 2 for value, count in self.counts)
        return math.sqrt(squares / max(self.number - 1, 1))


def answers_by_criterion(
    db: Session, actor: Actor, conference: Conference, criteria: Sequence[Criterion]
) -> list[Answered]:
    """Each question that has an answer this person may read; one statement."""
    found: dict[int, dict[int, int]] = {}
    for criterion_id, value, count in db.execute(_answers(seat_of(actor, conference))):
        found.setdefault(criterion_id, {})[value] = count
    return [
        Answered(one, [(v, found[one.id].get(v, 0)) for v in range(one.low, one.high + 1)])
        for one in criteria
        if one.id in found
    ]


@lru_cache(maxsize=64)
def _answers(seat: Seat) -> Select[int, int, int]:
    """Of all but the reviews that do not count, because they are few: an index has all it takes."""
    here = select(Review.id).where(Review.conference_id == seat.conference_id)
    uncounted = union(
        here.where(Review.state.in_(("draft", "abstained"))),
        here.where(Review.submission_id.in_(seat.unknown(Fact.CHAIR_REVIEWS))),
    )
    asked = select(Criterion.id).where(Criterion.conference_id == seat.conference_id)
    return (
        select(Score.criterion_id, Score.value, func.count())
        .where(Score.criterion_id.in_(asked), Score.review_id.not_in(uncounted))
        .group_by(Score.criterion_id, Score.value)
    )


def every_review(
    db: Session, actor: Actor, conference: Conference
) -> list[tuple[Submission, Review, str, str | None, Mapping[int, int]]]:
    """Every submitted review one may read as a chair: its reviewer, who helped, its scores."""
    readable_ones = and_(
        Review.state == "submitted", predicate(actor, Fact.CHAIR_REVIEWS, conference)
    )
    rows = db.execute(
        select(Submission, Review, Person.name, helpers())
        .join(Review, Review.submission_id == Submission.id)
        .join(Person, Person.id == Review.person_id)
        .where(readable_ones)
        .order_by(Submission.code, func.lower(Person.name), Review.id)
    ).all()
    scores: dict[int, dict[int, int]] = {}
    given = (
        select(Score.review_id, Score.criterion_id, Score.value)
        .join(Review, Review.id == Score.review_id)
        .join(Submission, Submission.id == Review.submission_id)
        .where(readable_ones)
    )
    for review_id, criterion_id, value in db.execute(given):
        scores.setdefault(review_id, {})[criterion_id] = value
    return [
        (one, review, name, helped, scores.get(review.id, {})) for one, review, name, helped in rows
    ]


def _nudged(seat: Seat) -> Subquery:
    """When each was last reminded, as far as this person may read it."""
    return (
        select(Message.person_id, func.max(Message.created).label("last"))
        .outerjoin(Submission, Submission.id == Message.submission_id)
        .where(Message.kind.in_(REMINDERS), readable_from(seat))
        .group_by(Message.person_id)
        .subquery()
    )


def _done(seat: Seat) -> Subquery:
    return (
        select(Review.person_id, func.count(Review.id).label("n"))
        .where(
            Review.conference_id == seat.conference_id,
            Review.state == "submitted",
            Review.submission_id.not_in(seat.unknown(Fact.REVIEWERS)),
        )
        .group_by(Review.person_id)
        .subquery()
    )


def _asked(seat: Seat) -> Subquery:
    """What each was asked to review, and how much of it is open; a conflict since closes it."""
    lost = lost_from(seat)
    over = select(Submission.id).where(
        Submission.conference_id == seat.conference_id,
        Submission.state.in_(sorted(frozenset(State) - UNDER_REVIEW)),
    )
    waits = and_(
        Assignment.state.in_(("assigned", "accepted")),
        Assignment.submission_id.not_in(over),
        Assignment.id.not_in(select(lost.c.id)),
    )
    return (
        select(
            Assignment.person_id,
            func.count(Assignment.id).label("asked"),
            func.count(Assignment.id).filter(waits).label("open"),
        )
        .where(
            Assignment.conference_id == seat.conference_id,
            Assignment.state.in_(ACTIVE_ASSIGNMENTS),
            Assignment.submission_id.not_in(seat.unknown(Fact.REVIEWERS)),
        )
        .group_by(Assignment.person_id)
        .subquery()
    )


def _short(seat: Seat, wanted: int) -> CTE:
    """The submissions with fewer reviews than wanted, as far as this person may know it."""
    reviews = func.coalesce(ReviewTally.reviews, 0)
    return (
        select(Submission.id)
        .outerjoin(ReviewTally, ReviewTally.submission_id == Submission.id)
        .where(
            Submission.state.in_(UNDER_REVIEW),
            *(seat.knows(fact) for fact in (Fact.LISTED, Fact.CHAIR_REVIEWS)),
            reviews < func.coalesce(Submission.reviews_wanted, wanted),
        )
        .cte("short")
    )


def _spared(seat: Seat, short: CTE) -> Subquery:
    """How many of the short ones do not wait for each person: reviewed or abstained, or blocked."""
    blocked = blocked_among(seat.conference_id, seat.kinds, None)
    reviewed = (
        select(Review.submission_id, Review.person_id)
        .join(short, short.c.id == Review.submission_id)
        .where(Review.state.in_(FINISHED))
    )
    barred = select(blocked.c.submission_id, blocked.c.person_id).join(
        short, short.c.id == blocked.c.submission_id
    )
    either = union(reviewed, barred).subquery()
    return (
        select(either.c.person_id, func.count().label("n")).group_by(either.c.person_id).subquery()
    )
