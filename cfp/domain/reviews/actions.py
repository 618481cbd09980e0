"""Writing reviews."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cfp import audit
from cfp.actors import Actor
from cfp.domain.assignment.models import Assignment, ReviewRound
from cfp.domain.conferences.models import Conference, Criterion
from cfp.domain.reviews import answers as form_answers
from cfp.domain.reviews.content import Content, check_values, missing_in
from cfp.domain.reviews.filled import Filled, filled_by
from cfp.domain.reviews.models import Review, ReviewRevision, Score
from cfp.domain.reviews.noticing import notice
from cfp.domain.reviews.pseudonyms import pseudonym_of
from cfp.domain.reviews.rules import can_be_reviewed, scale_of, total
from cfp.domain.reviews.totals import count_again
from cfp.errors import DomainError, ForbiddenError, NotNowError, StaleError, raise_together
from cfp.policy import Action, Standing, allowed


def save(
    db: Session,
    actor: Actor,
    standing: Standing,
    *,
    scores: Mapping[int, int],
    confidence: int | None,
    committee_text: str,
    chair_text: str,
    speaker_text: str,
    submit: bool,
    revision: int,
    answers: Mapping[int, str] | None = None,
    now: datetime,
    ai_statement: bool = False,
    filled: Filled | None = None,
) -> Review:
    """Store a review: as a draft, or submitted and complete.

    `scores` maps criterion id to value, `answers` field id to text, None to leave them as they
    are. `revision` is the one the form was rendered from, 0 for none yet. A submitted review stays
    submitted; what it said before is kept. So is what it says to questions not asked here or now.
    `filled` is the form as it is stored, for who has loaded it.

    Raises:
        NotNowError: reviewing is closed, or the submission no longer waits for reviews.
        StaleError: it was saved elsewhere meanwhile.
        DomainError: a score out of range, an answer not offered, or (to submit) a required one
            missing.
    """
    check_may_review(actor, standing, now)
    filled = filled or filled_by(db, actor, standing, now=now)
    criteria, fields, review = filled.criteria, filled.fields, filled.review
    said_now = Content(scores=scores, confidence=confidence)
    check_values(criteria, said_now)
    if (review.revision if review else 0) != revision:
        raise StaleError("stale", theirs=_texts(review))
    if review is None:
        review = new_review(db, actor, standing, now)
    said = form_answers.texts_of(review)
    if answers is None:
        answers = {one.id: said[one.id] for one in fields if one.id in said}
    form_answers.check(fields, answers, said)
    submitted_before = review.state == "submitted"
    if submit or submitted_before:
        missing = missing_in(criteria, fields, replace(said_now, answers=answers))
        if standing.conference.asks_ai_statement and not ai_statement:
            missing.append(DomainError("ai_statement.missing", field="ai_statement"))
        raise_together(missing)
    if submitted_before:
        _keep_revision(db, review, now)
    review.total = total(criteria, scores, scale_of(filled.every))
    review.confidence = confidence
    review.committee_text = committee_text
    review.chair_text = chair_text
    review.speaker_text = speaker_text
    review.ai_statement = ai_statement
    review.changed = now
    review.seen_revision = standing.submission.revision
    _set_scores(review, criteria, scores)
    form_answers.put(review, fields, answers)
    if submit and not submitted_before:
        _submit(db, actor, standing, review, now)
    db.flush()
    if review.state == "submitted":
        count_again(db, [review.submission_id])
        notice(db, [review], criteria)
    return review


def check_may_review(actor: Actor, standing: Standing, now: datetime) -> None:
    """Raise unless the person may review this, and now."""
    if not allowed(actor, Action.REVIEW, standing, now):
        raise ForbiddenError("forbidden")
    if not can_be_reviewed(standing.conference, standing.submission, now, standing.extended):
        raise NotNowError("reviewing_closed")


def new_review(db: Session, actor: Actor, standing: Standing, now: datetime) -> Review:
    """An empty draft; to begin one is a yes to the assignment."""
    review = Review(
        conference_id=standing.conference.id,
        round_id=_current_round(db, standing.conference),
        submission_id=standing.submission.id,
        person_id=actor.person_id,
        pseudonym=pseudonym_of(db, standing, actor.person_id),
        state="draft",
        scores=[],
        answers=[],
        created=now,
        changed=now,
    )
    db.add(review)
    _accept(db, review, now)
    return review


def _accept(db: Session, review: Review, now: datetime) -> None:
    """Who begins a review has said yes to it."""
    db.execute(
        update(Assignment)
        .where(
            Assignment.submission_id == review.submission_id,
            Assignment.person_id == review.person_id,
            Assignment.round_id == review.round_id,
            Assignment.state == "assigned",
        )
        .values(state="accepted", changed=now)
    )


def _submit(
    db: Session, actor: Actor, standing: Standing, review: Review, now: datetime
) -> None:
    review.state, review.submitted = "submitted", now
    db.execute(
        update(Assignment)
        .where(
            Assignment.submission_id == review.submission_id,
            Assignment.person_id == review.person_id,
            Assignment.round_id == review.round_id,
        )
        .values(state="done", changed=now)
    )
    audit.of_submission(db, actor, "review.submit", standing.submission, now=now)


def _set_scores(
    review: Review, criteria: Sequence[Criterion], scores: Mapping[int, int]
) -> None:
    """Store the scores of these criteria; those of others, archived or not asked here, stay."""
    asked = {one.id for one in criteria}
    kept = {
        score.criterion_id: score
        for score in review.scores
        if score.criterion_id in scores or score.criterion_id not in asked
    }
    for criterion_id, value in scores.items():
        if criterion_id in kept:
            kept[criterion_id].value = value
        else:
            kept[criterion_id] = Score(criterion_id=criterion_id, value=value)
    review.scores = list(kept.values())


def _keep_revision(db: Session, review: Review, now: datetime) -> None:
    content = {
        "scores": {str(score.criterion_id): score.value for score in review.scores},
        "total": review.total,
        "confidence": review.confidence,
        "answers": {str(one.field_id): one.text for one in review.answers},
        "committee_text": review.committee_text,
        "chair_text": review.chair_text,
        "speaker_text": review.speaker_text,
    }
    db.add(
        ReviewRevision(
            conference_id=review.conference_id,
            submission_id=review.submission_id,
            review_id=review.id,
            number=review.revision,
            content=content,
            at=now,
        )
    )


def _texts(review: Review | None) -> dict[str, str]:
    """What was typed, by the name of its field."""
    if review is None:
        return {}
    return {
        "committee_text": review.committee_text,
        "chair_text": review.chair_text,
        "speaker_text": review.speaker_text,
        **{f"field_{one.field_id}": one.text for one in review.answers},
    }


def _current_round(db: Session, conference: Conference) -> int:
    newest = select(ReviewRound.id).where(ReviewRound.conference_id == conference.id)
    return db.scalars(newest.order_by(ReviewRound.number.desc()).limit(1)).one()
