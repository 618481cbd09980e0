"""Calibrating: asked for by whoever decides, and the switch that lets it be shown."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from cfp.actors import Actor
from cfp.domain import jobs
from cfp.domain.conferences.actions.settings import change
from cfp.domain.conferences.models import Conference
from cfp.domain.decisions.calibrating_queries import run_of
from cfp.domain.decisions.calibrating_rules import (
    CONFIDENCE_WEIGHTS,
    PAIRS,
    REVIEWS,
    check_count,
    check_weights,
)
from cfp.domain.decisions.calibrating_scopes import known_in_full
from cfp.domain.jobs import Job, JobState
from cfp.domain.reviews.comparing_queries import counts
from cfp.domain.reviews.models import Comparison, ComparisonPlace, Review
from cfp.domain.submissions.models import Submission
from cfp.errors import NotNowError
from cfp.policy import Fact, unknown

JOB_KIND, PAIRS_JOB_KIND = "calibrate", "compare"
KINDS = {REVIEWS: JOB_KIND, PAIRS: PAIRS_JOB_KIND}
"""The job for each source of scores."""


def request(
    db: Session, actor: Actor, conference: Conference, *, now: datetime, source: str = REVIEWS
) -> Job:
    """Ask for the figures to be computed anew, everybody's at once.

    One that has not begun yet will read all there is by then, so it serves as well.

    Raises:
        NotNowError: `calibration.no_reviews` or `calibration.no_pairs`, while nothing that this
            person may read counts.
    """
    counting = _counting if source == REVIEWS else _compared
    if not db.scalar(select(counting(actor, conference).exists())):
        raise NotNowError(f"calibration.no_{source}")
    waiting = last_job(db, conference, source)
    if waiting is not None and waiting.state == JobState.QUEUED:
        return waiting
    return jobs.enqueue(
        db, actor, kind=KINDS[source], parameters={}, conference=conference, now=now
    )


def last_job(db: Session, conference: Conference, source: str = REVIEWS) -> Job | None:
    """The newest computation here, whoever has asked for it."""
    here = select(Job).where(Job.conference_id == conference.id, Job.kind == KINDS[source])
    return db.scalars(here.order_by(Job.id.desc()).limit(1)).one_or_none()


def set_count(
    db: Session, actor: Actor, conference: Conference, *, count: int | None, now: datetime
) -> Job:
    """Say how many can be accepted (None: as many as the minutes hold), and compute with it.

    Raises:
        DomainError: `calibration.bad_count`.
        NotNowError: as in `request`.
    """
    check_count(count)
    change(
        db, actor, conference, "conference.change_calibration", {"accept_count": count}, now=now
    )
    return request(db, actor, conference, now=now)


def adjust(
    db: Session,
    actor: Actor,
    conference: Conference,
    *,
    on: bool,
    now: datetime,
    source: str = REVIEWS,
) -> None:
    """Let calibrated scores stand beside the means, or not; what is out of date is computed anew.

    There is one such score: turned on by the one source, it is off by the other.

    Raises:
        NotNowError: `calibration.unseen`, while nothing has said what it would change, or
            `calibration.uncompared`, while nothing is known from comparisons.
    """
    run = run_of(db, actor, conference, source)
    if on and source == PAIRS and run is None:
        raise NotNowError("calibration.uncompared")
    if on and source == REVIEWS and (run is None or run.calibration.top is None):
        raise NotNowError("calibration.unseen")
    values = {"adjusts_scores": on, "adjusts_by": source if on else REVIEWS}
    change(db, actor, conference, "conference.change_calibration", values, now=now)
    if on and run is not None and not run.fresh:
        request(db, actor, conference, now=now, source=source)


def weigh_confidence(
    db: Session,
    actor: Actor,
    conference: Conference,
    *,
    weights: Sequence[float],
    now: datetime,
) -> None:
    """Say what the levels of confidence weigh; runs made before are then out of date.

    Raises:
        DomainError: `confidence.bad_weight`, at a level's field.
    """
    check_weights(weights)
    own = [] if list(weights) == list(CONFIDENCE_WEIGHTS.values()) else list(weights)
    values = {"confidence_weights": own}
    change(db, actor, conference, "conference.change_calibration", values, now=now)


def levels_given(db: Session, actor: Actor, conference: Conference) -> Mapping[int, int]:
    """Level of confidence -> number of submitted reviews that one may read with it."""
    readable = Review.submission_id.not_in(unknown(actor, Fact.CHAIR_REVIEWS, conference))
    here = (Review.conference_id == conference.id, Review.state == "submitted", readable)
    counts = select(Review.confidence, func.count()).where(*here, Review.confidence.is_not(None))
    rows = db.execute(counts.group_by(Review.confidence))
    return {level: number for level, number in rows if level is not None}


def _counting(actor: Actor, conference: Conference) -> Select[Any]:
    return (
        select(Review.id)
        .join(Submission, Submission.id == Review.submission_id)
        .where(
            Review.state == "submitted",
            Review.total.is_not(None),
            known_in_full(actor, conference),
        )
    )


def _compared(actor: Actor, conference: Conference) -> Select[Any]:
    return (
        select(Comparison.id)
        .join(ComparisonPlace, ComparisonPlace.comparison_id == Comparison.id)
        .join(Submission, Submission.id == ComparisonPlace.submission_id)
        .where(counts(conference), known_in_full(actor, conference))
        .group_by(Comparison.id)
        .having(func.count() > 1)
    )
