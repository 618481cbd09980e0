"""Read models of reviewing. A blind conference's reviewers get one that has no speaker in it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import cache, lru_cache
from types import MappingProxyType

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    case,
    cast,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from cfp.actors import Actor
from cfp.domain.accounts.models import Person
from cfp.domain.assignment.models import Assignment, Bid
from cfp.domain.conferences import queries as conferences
from cfp.domain.conferences.models import Conference, Criterion, SubmissionType, Track
from cfp.domain.reviews.answers import Answer, answers_of, own_answers
from cfp.domain.reviews.guest_lists import helpers
from cfp.domain.reviews.models import (
    Review,
    ReviewExtension,
    ReviewRating,
    ReviewRevision,
    Score,
)
from cfp.domain.reviews.rules import FINISHED, UNDER_REVIEW, is_late
from cfp.domain.submissions import redaction
from cfp.domain.submissions.models import Speaker, Submission
from cfp.domain.submissions.queries import last_edit
from cfp.domain.submissions.searching import SEARCHED
from cfp.phases import in_force
from cfp.policy import (
    Action,
    Column,
    Fact,
    Seat,
    Standing,
    View,
    may,
    seat_of,
    sees,
    unblocked,
)
from cfp.records import record

# Made once: an alias costs more than most queries.
_OWN, _ASKED = aliased(Review, name="own_review"), aliased(Assignment, name="own_assignment")
_BID = aliased(Bid, name="own_bid")


# Statements of nothing but what is asked for are made once: making one takes longer than running
# it, and each page of a review has many.
_ID: BindParameter[int] = bindparam("submission")
_ME: BindParameter[int] = bindparam("me")
_PLACE = (
    select(SubmissionType.name, SubmissionType.minutes, Track.name, last_edit(_ID))
    .join(Track, Track.id == bindparam("track"))
    .where(SubmissionType.id == bindparam("type"))
)
_NAMED = (
    select(Speaker.name, Speaker.affiliation)
    .where(Speaker.submission_id == _ID, Speaker.state != "removed")
    .order_by(Speaker.position, Speaker.id)
)
_OWN_REVIEW = (
    select(Review)
    .where(Review.submission_id == _ID, Review.person_id == _ME)
    .options(joinedload(Review.scores), selectinload(Review.answers))
)


@record
class BlindSubmission:
    """What a reviewer may know of a submission when names are hidden: nobody is in it.

    Title and abstract are the chairs' redacted version, where there is one.
    """

    code: str
    title: str
    abstract: str
    type_name: str
    minutes: int
    track_name: str
    edited: int


@record
class NamedSubmission(BlindSubmission):
    """The same where names are open; speakers as (name, affiliation), in their order."""

    speakers: tuple[tuple[str, str], ...]


def for_reviewer(db: Session, standing: Standing) -> BlindSubmission:
    """The submission as this reviewer may read it."""
    submission = standing.submission
    asked = {"submission": submission.id, "type": submission.type_id}
    asked["track"] = submission.track_id
    kind, minutes, track, edited = db.execute(_PLACE, asked).one()
    texts = redaction.shown(db, standing)
    known = (submission.code, *texts, kind, minutes, track, edited or 0)
    if not sees(standing, Fact.SPEAKERS):
        return BlindSubmission(*known)
    rows = db.execute(_NAMED, {"submission": submission.id})
    return NamedSubmission(*known, speakers=tuple((row[0], row[1]) for row in rows))


def criteria_of(db: Session, conference: Conference) -> Sequence[Criterion]:
    """The questions of the review form in their order."""
    return conferences.criteria_of(db, conference)


def own_review(db: Session, actor: Actor, submission: Submission) -> Review | None:
    """The person's own review of a submission, with its scores and answers."""
    asked = {"submission": submission.id, "me": actor.person_id}
    return db.scalars(_OWN_REVIEW, asked).unique().one_or_none()


def own_order(actor: Actor) -> ColumnElement[int]:
    """Random over submissions, different for each reviewer, stable for each: no favored first."""
    return _order_of(actor.person_id or 0)


def _order_of(person_id: int) -> ColumnElement[int]:
    return (cast(Submission.shuffle, BigInteger) * (2 * person_id + 1)) % 2_147_483_647


def queue_for(actor: Actor, conference: Conference) -> View:
    """What a reviewer has to do and has done: one row per submission they may review or bid on."""
    mine, assignment, bid = _OWN, _ASKED, _BID
    me = actor.person_id or 0
    source = (
        Submission.__table__.join(Track, Track.id == Submission.track_id)
        .join(SubmissionType, SubmissionType.id == Submission.type_id)
        .outerjoin(mine, and_(mine.submission_id == Submission.id, mine.person_id == me))
        .outerjoin(
            assignment,
            and_(assignment.submission_id == Submission.id, assignment.person_id == me),
        )
        .outerjoin(bid, and_(bid.submission_id == Submission.id, bid.person_id == me))
    )
    rules = in_force(conference, actor.at)
    offered = (~may(actor, Action.READ_FOR_REVIEW, conference), "offered")
    # Only in a phase that shows more than it lets them write about are the two acts different.
    shown = [] if rules.writes_all else [(~may(actor, Action.REVIEW, conference), "shown")]
    progress = case(
        (~unblocked(actor, conference), "conflict"),
        (mine.state == "submitted", "done"),
        (mine.state == "abstained", "abstained"),
        (mine.state == "draft", "draft"),
        offered,
        *shown,
        else_="open",
    )
    columns = {
        "id": Submission.id,
        "code": Submission.code,
        "title": redaction.shown_title(actor, conference),
        "state": Submission.state,
        "type": SubmissionType.name,
        "track": Track.name,
        "track_id": Submission.track_id,
        "progress": progress,
        "total": mine.total,
        "changed": mine.changed,
        "assignment": assignment.state,
        "bid": bid.value,
        "order": own_order(actor),
    }
    # Names are no key of a blind search, not even for a reviewer's own talks.
    searched = ("tagged", *(() if conference.blind else ("people",)))
    return View(
        conference=conference,
        source=source,
        rows=Fact.CONTENT,
        columns=MappingProxyType(
            {
                **{name: Column(what) for name, what in columns.items()},
                "text": Column(redaction.shown_text(actor, conference), searched=True),
                **{name: SEARCHED[name] for name in searched},
            }
        ),
    )


def outdated_of(db: Session, actor: Actor, submission_ids: Collection[int]) -> set[int]:
    """Those of these submissions that have been edited since this person's submitted review."""
    if not submission_ids:
        return set()
    query = select(Review.submission_id).where(
        Review.person_id == actor.person_id,
        Review.submission_id.in_(submission_ids),
        Review.state == "submitted",
        Review.seen_revision <= last_edit(Review.submission_id),
    )
    return set(db.scalars(query))


def reviewable(actor: Actor, conference: Conference) -> ColumnElement[bool]:
    """The rows of `submission` that wait for, or have, this reviewer's review."""
    return _reviewable_from(seat_of(actor, conference))


def _reviewable_from(seat: Seat) -> ColumnElement[bool]:
    return and_(seat.may(Action.REVIEW), Submission.state.in_(UNDER_REVIEW))


@record
class Progress:
    """How far a reviewer is: `done` submitted or abstained, of `all` that are theirs to review."""

    done: int
    all: int

    @property
    def left(self) -> int:
        return self.all - self.done


def progress_of(db: Session, actor: Actor, conference: Conference) -> Progress:
    """Counted in one statement."""
    done, total = db.execute(_progress(seat_of(actor, conference))).one()
    return Progress(done, total)


@lru_cache(maxsize=256)
def _progress(seat: Seat) -> Select[int, int]:
    """Kept, because every page of a reviewer asks it."""
    mine = and_(
        _OWN.submission_id == Submission.id,
        _OWN.person_id == (seat.person_id or 0),
        _OWN.state.in_(FINISHED),
    )
    return (
        select(func.count(_OWN.id), func.count(Submission.id))
        .select_from(Submission)
        .outerjoin(_OWN, mine)
        .where(_reviewable_from(seat))
    )


def next_open(
    db: Session, actor: Actor, conference: Conference, *, after: Submission | None = None
) -> str | None:
    """Code of the next submission without this reviewer's review, in their own order."""
    waits = _waits(seat_of(actor, conference), follows=after is not None)
    return db.scalars(waits, {"after": after.id if after else None}).first()


@lru_cache(maxsize=256)
def _waits(seat: Seat, *, follows: bool) -> Select[str]:
    """The first that waits, or the first after `:after`; kept, because every saving asks it."""
    me = seat.person_id or 0
    review, order = _OWN, _order_of(me)
    waits = (
        select(Submission.code)
        .outerjoin(review, and_(review.submission_id == Submission.id, review.person_id == me))
        .where(_reviewable_from(seat), or_(review.id.is_(None), review.state.not_in(FINISHED)))
        .limit(1)
    )
    if not follows:
        return waits.order_by(order, Submission.id)
    after: BindParameter[int] = bindparam("after")
    place = select(order).where(Submission.id == after).scalar_subquery()
    later = case((order > place, 0), else_=1)
    return waits.where(Submission.id != after).order_by(later, order, Submission.id)


@record
class OtherReview:
    """A submitted review as somebody else may read it; `reviewer` is a name or a pseudonym.

    For chairs: `changes` is how often it was changed since it was submitted, `rating` whether they
    themselves have said that it helped, and `helpers` are those who wrote for the reviewer.
    """

    reviewer: str
    total: float | None
    scores: Mapping[int, int]
    confidence: int | None
    committee_text: str
    chair_text: str | None
    speaker_text: str
    late: bool
    outdated: bool
    pseudonym: str
    changes: int
    own: bool
    rating: bool | None
    answers: Sequence[Answer] = ()
    helpers: str = ""


def reviews_of(
    db: Session, actor: Actor, standing: Standing, *, own: bool = False
) -> list[OtherReview]:
    """The submitted reviews that this person may read, without their `own` unless asked for."""
    if not sees(standing, Fact.REVIEWS):
        return []
    asked = {"submission": standing.submission.id, "me": actor.person_id or 0}
    rows = db.execute(_submitted(own=own), asked).unique().all()
    named, chairs = sees(standing, Fact.REVIEWERS), sees(standing, Fact.CHAIR_REVIEWS)
    answers = answers_of(db, standing, [row[0].id for row in rows])
    return [
        OtherReview(
            reviewer=name if named else review.pseudonym,
            total=review.total,
            scores=_by_criterion(review.scores),
            confidence=review.confidence,
            committee_text=review.committee_text,
            chair_text=review.chair_text if chairs else None,
            speaker_text=review.speaker_text,
            late=review.submitted is not None
            and is_late(standing.conference, review.submitted, extended),
            outdated=edited is not None and review.seen_revision <= edited,
            answers=answers.get(review.id, ()),
            pseudonym=review.pseudonym,
            changes=changes if chairs else 0,
            own=review.person_id == actor.person_id,
            rating=rating if chairs else None,
            helpers=(helped or "") if chairs else "",
        )
        for review, name, edited, extended, changes, rating, helped in rows
    ]


@cache
def _submitted(
    *, own: bool
) -> Select[Review, str, int | None, datetime, int, bool, str]:
    """Of one submission, with what is told of each; without the reader's own or with them."""
    edited = last_edit(_ID)
    query = (
        select(
            *(Review, Person.name, edited, ReviewExtension.until),
            *(_changes(), _rating(), helpers()),
        )
        .join(Person, Person.id == Review.person_id)
        .outerjoin(
            ReviewExtension,
            and_(
                ReviewExtension.person_id == Review.person_id,
                ReviewExtension.conference_id == Review.conference_id,
            ),
        )
        .where(Review.submission_id == _ID, Review.state == "submitted")
        .options(joinedload(Review.scores))
        .order_by(Review.pseudonym)
    )
    return query if own else query.where(Review.person_id != _ME)


def own_as_read(db: Session, review: Review) -> OtherReview:
    """One's own review where it can't be changed, all of it; loaded with scores and answers."""
    return OtherReview(
        reviewer="",
        total=review.total,
        scores=_by_criterion(review.scores),
        confidence=review.confidence,
        committee_text=review.committee_text,
        chair_text=review.chair_text,
        speaker_text=review.speaker_text,
        late=False,
        outdated=False,
        pseudonym=review.pseudonym,
        changes=0,
        own=True,
        rating=None,
        answers=own_answers(db, review),
    )


def _rating() -> ScalarSelect[bool]:
    """What who asks has said of a review, as SQL on its row."""
    return (
        select(ReviewRating.helpful)
        .where(ReviewRating.review_id == Review.id, ReviewRating.person_id == _ME)
        .correlate(Review)
        .scalar_subquery()
    )


def _changes() -> ScalarSelect[int]:
    """How often a review was changed after it was submitted, as SQL on its row."""
    return (
        select(func.count(ReviewRevision.id))
        .where(ReviewRevision.review_id == Review.id)
        .correlate(Review)
        .scalar_subquery()
    )


def _by_criterion(scores: Sequence[Score]) -> Mapping[int, int]:
    return {score.criterion_id: score.value for score in scores}
