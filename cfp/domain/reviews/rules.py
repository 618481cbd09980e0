"""What counts as a complete review, and how its scores make one number."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from cfp.domain.assignment.rules import MINUTES_PER_REVIEW as MINUTES_PER_REVIEW
from cfp.domain.conferences.models import Conference, Criterion
from cfp.domain.submissions.models import Submission
from cfp.domain.submissions.states import State

CONFIDENCE_LEVELS = (1, 2, 3, 4, 5)
UNDER_REVIEW = frozenset({State.SUBMITTED})
FINISHED = ("submitted", "abstained")
"""States of a review that wait for nothing more from its reviewer."""


def reviewing_is_open(conference: Conference) -> bool:
    """Whether reviews may be written and changed; the due date only reminds."""
    return conference.reviewing_open and not conference.archived


def can_be_reviewed(conference: Conference, submission: Submission) -> bool:
    """Whether this submission waits for reviews now."""
    return reviewing_is_open(conference) and submission.state in UNDER_REVIEW


def is_late(conference: Conference, now: datetime) -> bool:
    """Whether the reviews were due before now."""
    return conference.reviews_due is not None and now > conference.reviews_due


def total(criteria: Sequence[Criterion], scores: Mapping[int, int]) -> float | None:
    """The weighted mean of the answered criteria, on the first criterion's scale; None if none.

    A criterion that was skipped is left out of the weights, never counted as 0.
    """
    if not criteria:
        return None
    base = criteria[0]
    answered = [(one, scores[one.id]) for one in criteria if one.id in scores and one.weight > 0]
    weight = sum(one.weight for one, _value in answered)
    if not weight:
        return None
    share = sum(one.weight * (value - one.low) / (one.high - one.low) for one, value in answered)
    return base.low + (base.high - base.low) * share / weight


def unanswered(criteria: Sequence[Criterion], scores: Mapping[int, int]) -> list[Criterion]:
    """The required criteria without a score."""
    return [one for one in criteria if one.required and one.id not in scores]
