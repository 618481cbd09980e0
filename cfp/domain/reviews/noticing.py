"""Flags of reviews as they are stored and listed, and chairs' ratings; for chairs alone."""

from collections.abc import Sequence
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import (
    Select,
    and_,
    bindparam,
    case,
    delete,
    false,
    func,
    insert,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session, aliased, selectinload
from sqlalchemy.sql.elements import ColumnElement

from cfp.actors import Actor
from cfp.domain.accounts.models import Person
from cfp.domain.conferences.models import Conference, Criterion
from cfp.domain.reviews.models import Review, ReviewExtension, ReviewNotice, ReviewRating
from cfp.domain.reviews.quality import FLAGS, look
from cfp.domain.submissions.models import Submission
from cfp.errors import ForbiddenError, NotFoundError
from cfp.policy import Column, Fact, Standing, View, sees, unknown

LATE, COPIED = "late", "copied"
KINDS = (*FLAGS, COPIED, LATE)
RATINGS = {"helpful": True, "unhelpful": False}

_OTHER = aliased(ReviewNotice, name="other_notice")


# Made once: every review that is saved asks it, and making it takes longer than running it.
_FORGET = (
    delete(ReviewNotice)
    .where(ReviewNotice.review_id.in_(bindparam("reviews", expanding=True)))
    .execution_options(synchronize_session=False)
)
# Into the table: nobody holds such rows as objects here, and looking for some takes twice as long.
_NOTE = insert(ReviewNotice.__table__)  # type: ignore[arg-type]  # a Table, typed as FromClause


def notice(db: Session, reviews: Sequence[Review], criteria: Sequence[Criterion]) -> None:
    """Look at these submitted reviews of one conference and note what there is to see."""
    if not reviews:
        return
    scales = {one.id: (one.low, one.high) for one in criteria}
    language = db.get_one(Conference, reviews[0].conference_id).language
    ids = [review.id for review in reviews]
    db.execute(_FORGET, {"reviews": ids})
    rows = []
    for review in reviews:
        texts = (review.committee_text, review.chair_text, review.speaker_text)
        scores = {score.criterion_id: score.value for score in review.scores}
        found = look(texts, scores, scales, language)
        flags = {f"is_{name}": name in found.flags for name in FLAGS}
        here = {"submission_id": review.submission_id, "conference_id": review.conference_id}
        rows.append(
            {"review_id": review.id, "words": found.words, "key": found.key, **here, **flags}
        )
    db.execute(_NOTE, rows)


def unnoticed(db: Session, actor: Actor, conference: Conference) -> int:
    """How many reviews that one may read are from before there was this, and not looked at."""
    readable = Review.submission_id.not_in(unknown(actor, Fact.CHAIR_REVIEWS, conference))
    waiting = _unnoticed(conference).where(readable).subquery()
    return db.scalar(select(func.count()).select_from(waiting)) or 0


def notice_all(db: Session, conference: Conference) -> None:
    """Look at all of those as well."""
    criteria = db.scalars(select(Criterion).where(Criterion.conference_id == conference.id)).all()
    reviews = db.scalars(
        select(Review)
        .where(Review.id.in_(_unnoticed(conference)))
        .options(selectinload(Review.scores))
    ).all()
    notice(db, reviews, criteria)


def notices(actor: Actor, conference: Conference) -> View:
    """A row per submitted review with its flags; narrow it by `flagged`."""
    ratings = {
        name: select(func.count(ReviewRating.id))
        .where(ReviewRating.review_id == Review.id, ReviewRating.helpful.is_(helpful))
        .correlate(Review)
        .scalar_subquery()
        for name, helpful in RATINGS.items()
    }
    columns = {
        "id": Review.id,
        "code": Submission.code,
        "title": Submission.title,
        "reviewer": Person.name,
        "total": Review.total,
        "words": ReviewNotice.words,
        **{name: getattr(ReviewNotice, f"is_{name}") for name in FLAGS},
        COPIED: _copied(actor, conference),
        LATE: _late(conference),
        **ratings,
    }
    return View(
        conference=conference,
        source=ReviewNotice.__table__.join(Review, Review.id == ReviewNotice.review_id)
        .join(Submission, Submission.id == ReviewNotice.submission_id)
        .join(Person, Person.id == Review.person_id),
        rows=Fact.CHAIR_REVIEWS,
        columns=MappingProxyType({name: Column(what) for name, what in columns.items()}),
    )


def flagged(view: View, actor: Actor, kind: str) -> ColumnElement[bool]:
    """The rows with this flag or rating, or with any flag."""
    if kind in RATINGS:
        return view.column(actor, kind) > 0
    kinds = (kind,) if kind in KINDS else KINDS
    return or_(false(), *(view.column(actor, one).is_(True) for one in kinds))


def rate(
    db: Session,
    actor: Actor,
    standing: Standing,
    *,
    pseudonym: str,
    helpful: bool | None,
    now: datetime,
) -> None:
    """Say whether a review helped to decide; None takes it back. Nobody rates their own."""
    if not standing.conference.rates_reviews:
        raise NotFoundError("not_found")
    if not sees(standing, Fact.CHAIR_REVIEWS):
        raise ForbiddenError("forbidden")
    review = db.scalars(
        select(Review).where(
            Review.submission_id == standing.submission.id,
            Review.pseudonym == pseudonym,
            Review.state == "submitted",
        )
    ).first()
    if review is None or review.person_id == actor.person_id:
        raise NotFoundError("not_found")
    mine = and_(ReviewRating.review_id == review.id, ReviewRating.person_id == actor.person_id)
    db.execute(delete(ReviewRating).where(mine))
    if helpful is not None:
        db.add(
            ReviewRating(
                conference_id=review.conference_id,
                submission_id=review.submission_id,
                review_id=review.id,
                person_id=actor.person_id,
                helpful=helpful,
                at=now,
            )
        )
    db.flush()


def _unnoticed(conference: Conference) -> Select[int]:
    return select(Review.id).where(
        Review.conference_id == conference.id,
        Review.state == "submitted",
        Review.id.not_in(
            select(ReviewNotice.review_id).where(ReviewNotice.conference_id == conference.id)
        ),
    )


def _late(conference: Conference) -> ColumnElement[bool]:
    """After the due day, and after what its reviewer was given beyond that, as `due_of` says."""
    due = conference.reviews_due
    if due is None:
        return literal(False)
    more_time = (
        select(ReviewExtension.id)
        .where(
            ReviewExtension.conference_id == conference.id,
            ReviewExtension.person_id == Review.person_id,
            ReviewExtension.until >= Review.submitted,
        )
        .correlate(Review)
        .exists()
    )
    return case((and_(Review.submitted > due, ~more_time), true()), else_=false())


def _copied(actor: Actor, conference: Conference) -> ColumnElement[bool]:
    """The same text stands in another review that this person may read."""
    hidden = unknown(actor, Fact.CHAIR_REVIEWS, conference)
    same = (
        select(_OTHER.review_id)
        .where(
            _OTHER.conference_id == conference.id,
            _OTHER.key == ReviewNotice.key,
            _OTHER.review_id != ReviewNotice.review_id,
            _OTHER.submission_id.not_in(hidden),
        )
        .correlate(ReviewNotice)
        .exists()
    )
    return case((and_(ReviewNotice.key != "", same), true()), else_=false())
