"""Changing the review form while there are reviews: what it does to them, in the same step.

No answer is lost: what is asked no more keeps its scores and texts. What changes how scores are
weighed weighs every review anew, with the sums that lists show.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Select, func, literal, select, union_all
from sqlalchemy.orm import Session

from cfp.actors import Actor
from cfp.domain.conferences import actions
from cfp.domain.conferences.actions import CriterionText, FieldText
from cfp.domain.conferences.models import Conference, Criterion, ReviewField
from cfp.domain.reviews import totals
from cfp.domain.reviews.models import Review, ReviewAnswer, Score
from cfp.domain.submissions.models import Submission
from cfp.policy import Fact, predicate
from cfp.records import record


@record
class Effect:
    """What a change did, in reviews its maker may read: which answer it, which are weighed anew."""

    answered: int = 0
    weighed: int = 0


def submitted(db: Session, actor: Actor, conference: Conference) -> int:
    """How many reviews are in, of those that this person may read."""
    return db.scalar(select(func.count()).select_from(_readable(actor, conference).subquery())) or 0


def answered(
    db: Session, actor: Actor, conference: Conference
) -> tuple[Mapping[int, int], Mapping[int, int]]:
    """How many of these answer each criterion and each field, by id; one statement."""
    readable = _readable(actor, conference).subquery()
    counts = [
        select(literal(kind), id_, func.count())
        .join(readable, readable.c.id == table.review_id)
        .group_by(id_)
        for kind, table, id_ in (
            ("criterion", Score, Score.criterion_id),
            ("field", ReviewAnswer, ReviewAnswer.field_id),
        )
    ]
    found: dict[str, dict[int, int]] = {"criterion": {}, "field": {}}
    for kind, id_, count in db.execute(union_all(*counts)):
        found[kind][id_] = count
    return found["criterion"], found["field"]


def _readable(actor: Actor, conference: Conference) -> Select[int]:
    return (
        select(Review.id)
        .join(Submission, Submission.id == Review.submission_id)
        .where(Review.state == "submitted", predicate(actor, Fact.CHAIR_REVIEWS, conference))
    )


def change_criterion(
    db: Session,
    actor: Actor,
    conference: Conference,
    criterion: Criterion,
    *,
    content: CriterionText,
    now: datetime,
) -> Effect:
    """As `conferences.actions.change_criterion`; totals follow."""
    before = _weighing(criterion)
    actions.change_criterion(db, actor, conference, criterion, content=content, now=now)
    same = _weighing(criterion) == before
    return _effect(db, actor, conference, criterion, weigh=not same)


def archive_criterion(
    db: Session, actor: Actor, conference: Conference, criterion: Criterion, *, now: datetime
) -> Effect:
    """As `conferences.actions.archive_criterion`; totals follow."""
    actions.archive_criterion(db, actor, conference, criterion, now=now)
    return _effect(db, actor, conference, criterion, weigh=True)


def move_criterion(
    db: Session, actor: Actor, conference: Conference, criterion: Criterion, *, now: datetime
) -> None:
    """As `conferences.actions.move_criterion`; the first one's scale is that of the totals."""
    actions.move_criterion(db, actor, conference, criterion, now=now)
    totals.refresh(db, conference)


def change_field(
    db: Session,
    actor: Actor,
    conference: Conference,
    field: ReviewField,
    *,
    content: FieldText,
    now: datetime,
) -> Effect:
    """As `conferences.actions.change_field`."""
    actions.change_field(db, actor, conference, field, content=content, now=now)
    return _effect(db, actor, conference, field, weigh=False)


def archive_field(
    db: Session, actor: Actor, conference: Conference, field: ReviewField, *, now: datetime
) -> Effect:
    """As `conferences.actions.archive_field`."""
    actions.archive_field(db, actor, conference, field, now=now)
    return _effect(db, actor, conference, field, weigh=False)


def _effect(
    db: Session,
    actor: Actor,
    conference: Conference,
    question: Criterion | ReviewField,
    *,
    weigh: bool,
) -> Effect:
    id_, place = question.id, 0 if isinstance(question, Criterion) else 1
    if weigh:
        totals.refresh(db, conference)
    count = answered(db, actor, conference)[place].get(id_, 0)
    return Effect(count, submitted(db, actor, conference) if weigh else 0)


def _weighing(one: Criterion) -> tuple[object, ...]:
    """What of a criterion reaches the totals."""
    return (one.low, one.high, one.weight, one.counts, list(one.tracks), list(one.types))
