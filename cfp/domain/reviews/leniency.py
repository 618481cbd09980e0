"""What a reviewer is told of how their scores compare with the others'.

Not what the calibration found, which is made of reviews they may not see, but a plain comparison
over the submissions whose other reviews they may read: whoever wanted to could work it out.
"""

import math
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp.actors import Actor
from cfp.domain.conferences.models import Conference
from cfp.domain.reviews.models import Review, ReviewTally
from cfp.domain.reviews.rules import reviewing_is_open
from cfp.domain.submissions.models import Submission
from cfp.policy import Fact, predicate
from cfp.records import record

LEAST_COMPARED = 10
"""Over fewer submissions the comparison says next to nothing."""


@record
class Comparison:
    """One's scores beside the mean of the others', over `compared` submissions.

    Attributes:
        apart: how much higher one's scores are on average; below zero, lower.
        se: standard error of that.
        agreement: correlation, from -1 to 1; None where either side gives everything the same.
    """

    compared: int
    apart: float
    se: float
    agreement: float | None


def is_told(conference: Conference, now: datetime) -> bool:
    """Whether reviewers are told: only if wanted, and once nobody can be swayed by it any more."""
    return conference.tells_leniency and not reviewing_is_open(conference, now)


def own_comparison(
    db: Session, actor: Actor, conference: Conference
) -> tuple[int, Comparison | None]:
    """How many of one's reviews can be compared, and how they do if these are enough."""
    others = (ReviewTally.total - Review.total) / (ReviewTally.scored - 1)
    rows = db.execute(
        select(Review.total, others)
        .join(ReviewTally, ReviewTally.submission_id == Review.submission_id)
        .join(Submission, Submission.id == Review.submission_id)
        .where(
            Review.person_id == actor.person_id,
            Review.state == "submitted",
            Review.total.is_not(None),
            ReviewTally.scored > 1,
            predicate(actor, Fact.REVIEWS, conference),
        )
    )
    pairs = [(own, beside) for own, beside in rows if own is not None]
    enough = len(pairs) >= LEAST_COMPARED
    return len(pairs), compare(pairs) if enough else None


def compare(pairs: Sequence[tuple[float, float]]) -> Comparison:
    """Of (own score, mean of the others'), at least two."""
    own, others = [one for one, _other in pairs], [other for _one, other in pairs]
    count = len(pairs)
    apart = _mean(own) - _mean(others)
    scatter = sum((one - other - apart) ** 2 for one, other in pairs) / (count - 1)
    along = sum((a - _mean(own)) * (b - _mean(others)) for a, b in pairs)
    across = math.sqrt(_squares(own) * _squares(others))
    agreement = max(-1.0, min(1.0, along / across)) if across > 1e-12 else None
    return Comparison(count, apart, math.sqrt(scatter / count), agreement)


def _mean(values: Sequence[float]) -> float:
    return math.fsum(values) / len(values)


def _squares(values: Sequence[float]) -> float:
    mean = _mean(values)
    return math.fsum((one - mean) ** 2 for one in values)
