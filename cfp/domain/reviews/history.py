"""What a review said before each change, and what has changed since."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from cfp.actors import Actor
from cfp.domain.accounts.models import Person
from cfp.domain.conferences.models import Criterion, ReviewField
from cfp.domain.reviews.answers import texts_of
from cfp.domain.reviews.models import Review, ReviewRevision
from cfp.domain.reviews.queries import own_review
from cfp.domain.submissions.history import Change, Effort, Piece, changes_since, differences
from cfp.domain.submissions.speakers import speakers_of
from cfp.policy import Fact, Standing, sees
from cfp.records import record

TEXTS = ("committee_text", "chair_text", "speaker_text")


@record
class ReviewEdit:
    """One change of a submitted review.

    Its fields are criteria and questions by name, confidence, and texts.
    """

    at: datetime
    changes: tuple[Change, ...]


@record
class ReviewHistory:
    """A submitted review's changes, newest first; `reviewer` is None for one's own."""

    reviewer: str | None
    submitted: datetime | None
    edits: tuple[ReviewEdit, ...]


def review_history(
    db: Session, actor: Actor, standing: Standing, pseudonym: str | None
) -> ReviewHistory | None:
    """One's own (None), or for those who read what is for chairs, somebody's by pseudonym."""
    if pseudonym is None:
        review, name = own_review(db, actor, standing.submission), None
    else:
        review, name = _of_another(db, standing, pseudonym)
    if review is None or review.state != "submitted":
        return None
    revisions = db.scalars(
        select(ReviewRevision)
        .where(ReviewRevision.review_id == review.id)
        .order_by(ReviewRevision.number)
    ).all()
    criteria, fields = _criteria(db, standing), _fields(db, standing)
    versions = [revision.content for revision in revisions] + [_now(review)]
    effort = Effort()
    steps = list(zip(revisions, pairwise(versions), strict=True))
    edits = [
        ReviewEdit(revision.at, tuple(_changes(before, after, criteria, fields, effort)))
        for revision, (before, after) in reversed(steps)
    ]
    changed = tuple(edit for edit in edits if edit.changes)
    return ReviewHistory(name, review.submitted, changed)


def changed_since(db: Session, actor: Actor, standing: Standing) -> Sequence[Change] | None:
    """What has changed of the submission since one's own review saw it; None without a review."""
    review = own_review(db, actor, standing.submission)
    if review is None:
        return None
    named = sees(standing, Fact.SPEAKERS)
    speakers = speakers_of(db, standing.submission) if named else ()
    return changes_since(db, standing, review.seen_revision, speakers)


def _of_another(
    db: Session, standing: Standing, pseudonym: str
) -> tuple[Review | None, str | None]:
    if not sees(standing, Fact.CHAIR_REVIEWS):
        return None, None
    row = db.execute(
        select(Review, Person.name)
        .join(Person, Person.id == Review.person_id)
        .where(
            Review.submission_id == standing.submission.id, Review.pseudonym == pseudonym
        )
        .options(selectinload(Review.scores), selectinload(Review.answers))
    ).first()
    return (row[0], row[1]) if row else (None, None)


def _criteria(db: Session, standing: Standing) -> Mapping[str, str]:
    """Also those that are asked no more: what was answered stays."""
    rows = db.execute(
        select(Criterion.id, Criterion.name)
        .where(Criterion.conference_id == standing.conference.id)
        .order_by(Criterion.position, Criterion.id)
    )
    return {str(id_): name for id_, name in rows}


def _fields(db: Session, standing: Standing) -> Mapping[str, ReviewField]:
    """Those too that are asked no more."""
    rows = db.scalars(
        select(ReviewField)
        .where(ReviewField.conference_id == standing.conference.id)
        .order_by(ReviewField.position, ReviewField.id)
    )
    return {str(one.id): one for one in rows}


def _now(review: Review) -> Mapping[str, Any]:
    return {
        "scores": {str(score.criterion_id): score.value for score in review.scores},
        "confidence": review.confidence,
        "answers": {str(key): text for key, text in texts_of(review).items()},
        **{name: getattr(review, name) for name in TEXTS},
    }


def _changes(
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    criteria: Mapping[str, str],
    fields: Mapping[str, ReviewField],
    effort: Effort,
) -> Iterator[Change]:
    for key, name in criteria.items():
        old, new = before.get("scores", {}).get(key), after["scores"].get(key)
        if old != new:
            yield Change(name, _replaced(old, new))
    if before.get("confidence") != after["confidence"]:
        yield Change("confidence", _replaced(before.get("confidence"), after["confidence"]))
    for name in TEXTS:
        old, new = before.get(name, ""), after[name]
        if old != new:
            yield Change(name, differences(old, new, effort))
    for key, field in fields.items():
        old, new = before.get("answers", {}).get(key, ""), after["answers"].get(key, "")
        if old != new:
            yield Change(field.name, _answered(field, old, new, effort))


def _answered(field: ReviewField, old: str, new: str, effort: Effort) -> tuple[Piece, ...]:
    """Of a text the words that changed; of what is chosen from options, all of both."""
    if field.kind == "text":
        return differences(old, new, effort)
    return _replaced(*(", ".join(text.splitlines()) or None for text in (old, new)))


def _replaced(old: object, new: object) -> tuple[Piece, ...]:
    pieces = (("gone", old), ("new", new))
    return tuple((kind, str(value)) for kind, value in pieces if value is not None)
