"""The review form: its criteria, their scales and weights.

What changes how scores are weighed leaves the totals of reviews to `reviews.totals.refresh`.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from cfp import audit
from cfp.actors import Actor
from cfp.domain.conferences import rules
from cfp.domain.conferences.actions.limits import check_limits
from cfp.domain.conferences.actions.ordering import move_up, place_at_end
from cfp.domain.conferences.models import Conference, Criterion
from cfp.domain.conferences.queries import criteria_of
from cfp.domain.reviews.models import Score
from cfp.errors import DomainError
from cfp.records import record

WEIGHT_LIMIT = 100.0


@record
class CriterionText:
    """What a criterion says and counts; `labels` word each value from low to high, or are [].

    `counts`: whether it is part of the total. It is asked only in these tracks and formats, where
    any are given.
    """

    name: str
    help: str
    low: int
    high: int
    labels: Sequence[str]
    weight: float
    required: bool
    counts: bool = True
    tracks: Sequence[int] = ()
    types: Sequence[int] = ()


def add_criterion(
    db: Session, actor: Actor, conference: Conference, *, content: CriterionText, now: datetime
) -> Criterion:
    """Add a question to the review form; reviews given before simply do not answer it.

    Raises:
        DomainError: with the field it is about.
    """
    _check(db, conference, content)
    position = place_at_end(db, conference, Criterion)
    criterion = Criterion(conference_id=conference.id, position=position)
    _write(criterion, content)
    db.add(criterion)
    db.flush()
    _record(db, actor, "criterion.add", conference, criterion, now)
    return criterion


def change_criterion(
    db: Session,
    actor: Actor,
    conference: Conference,
    criterion: Criterion,
    *,
    content: CriterionText,
    now: datetime,
) -> None:
    """Change a question. A scale that has no place for scores already given is refused.

    Raises:
        DomainError: with the field it is about; `criterion.scores_lost` with their `count`.
    """
    _check(db, conference, content)
    lost = db.scalar(
        select(func.count()).where(
            Score.criterion_id == criterion.id,
            or_(Score.value < content.low, Score.value > content.high),
        )
    )
    if lost:
        raise DomainError("criterion.scores_lost", field="high", count=lost)
    _write(criterion, content)
    db.flush()
    _record(db, actor, "criterion.change", conference, criterion, now)


def archive_criterion(
    db: Session, actor: Actor, conference: Conference, criterion: Criterion, *, now: datetime
) -> None:
    """Take a question off the form; its scores are kept, and count no more.

    Raises:
        DomainError: `criterion.last`.
    """
    if criteria_of(db, conference) == [criterion]:
        raise DomainError("criterion.last")
    criterion.archived = not criterion.archived
    db.flush()
    action = "criterion.archive" if criterion.archived else "criterion.use_again"
    _record(db, actor, action, conference, criterion, now)


def move_criterion(
    db: Session, actor: Actor, conference: Conference, criterion: Criterion, *, now: datetime
) -> None:
    """Ask the question one place earlier."""
    move_up(criteria_of(db, conference), criterion)
    db.flush()
    _record(db, actor, "criterion.move", conference, criterion, now)


def _check(db: Session, conference: Conference, content: CriterionText) -> None:
    check_limits(db, conference, tracks=content.tracks, types=content.types)
    if not content.name:
        raise DomainError("criterion.nameless", field="name")
    if not 0 <= content.weight <= WEIGHT_LIMIT:
        raise DomainError("criterion.bad_weight", field="weight")
    rules.check_scale(content.low, content.high, content.labels)


def _write(criterion: Criterion, content: CriterionText) -> None:
    criterion.name, criterion.help = content.name, content.help
    criterion.low, criterion.high = content.low, content.high
    criterion.labels, criterion.weight = list(content.labels), content.weight
    criterion.required, criterion.counts = content.required, content.counts
    criterion.tracks, criterion.types = sorted(content.tracks), sorted(content.types)


def _record(
    db: Session,
    actor: Actor,
    action: str,
    conference: Conference,
    criterion: Criterion,
    now: datetime,
) -> None:
    audit.record(
        db,
        actor,
        action,
        f"criterion:{criterion.id}",
        now=now,
        conference_id=conference.id,
        detail={
            "low": criterion.low,
            "high": criterion.high,
            "weight": criterion.weight,
            "required": criterion.required,
            "counts": criterion.counts,
            "limits": len(criterion.tracks) + len(criterion.types),
        },
    )
