"""What each submission is worth to a selection, and how sure that is.

The one place where a selection's scores come from: what is done with them knows no more.
"""

import math
from collections.abc import Collection, Mapping
from dataclasses import replace
from statistics import fmean, pstdev

from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp.actors import Actor
from cfp.domain.conferences.models import Conference
from cfp.domain.decisions.calibrating_queries import run_of
from cfp.domain.decisions.calibrating_rules import REVIEWS
from cfp.domain.decisions.models import CalibratedSubmission
from cfp.domain.decisions.rules import pooled_spread
from cfp.domain.reviews.models import ReviewTally
from cfp.records import record


@record
class Scored:
    """A score with its standard error; `reviews` and `total` are those of its plain mean."""

    score: float
    error: float
    reviews: int = 0
    total: float = 0.0


def scored(
    db: Session, actor: Actor, conference: Conference, ids: Collection[int]
) -> Mapping[int, Scored]:
    """Each of the submissions by its id; at most three statements.

    The mean of its reviews, or where the conference adjusts scores, what the run that is this
    person's to know has found; of a submission that came into it later, the mean. Without a review
    a submission counts as the mean of all, as far from sure as these differ. Scores from
    comparisons are not mixed with means: what nobody compared counts as the mean of these.
    """
    means = _means(db, conference, ids)
    known = _adjusted(db, actor, conference, means, ids)
    if conference.adjusts_by == REVIEWS or not known:
        known = {**means, **known}
    scores = [one.score for one in known.values()]
    middle, apart = (fmean(scores), pstdev(scores)) if scores else (0.0, 0.0)
    unknown = Scored(middle, apart)
    return {
        id_: known.get(id_) or replace(means.get(id_, unknown), score=middle, error=apart)
        for id_ in ids
    }


def _adjusted(
    db: Session,
    actor: Actor,
    conference: Conference,
    means: Mapping[int, Scored],
    ids: Collection[int],
) -> Mapping[int, Scored]:
    run = run_of(db, actor, conference) if conference.adjusts_scores else None
    if run is None:
        return {}
    line = CalibratedSubmission
    rows = db.execute(
        select(line.submission_id, line.score, line.se).where(
            line.calibration_id == run.calibration.id
        )
    )
    return {
        id_: replace(means.get(id_, Scored(score, se)), score=score, error=se)
        for id_, score, se in rows
        if id_ in ids
    }


def _means(
    db: Session, conference: Conference, ids: Collection[int]
) -> Mapping[int, Scored]:
    """Those with a review.

    The error is what the board calls a close call by: one standard error, from how far the reviews
    are apart or, if that is more, from how far reviews of one submission usually are.
    """
    tally = ReviewTally
    rows = db.execute(
        select(tally.submission_id, tally.scored, tally.total, tally.squares).where(
            tally.conference_id == conference.id, tally.scored > 0
        )
    )
    known = {row[0]: _Sums(*row[1:]) for row in rows if row[0] in ids}
    means = [one.mean for one in known.values()]
    apart = pstdev(means) if means else 0.0
    freedom = sum(one.count - 1 for one in known.values())
    usual = pooled_spread(sum(one.distances for one in known.values()), freedom)
    return {id_: one.scored(usual if usual is not None else apart) for id_, one in known.items()}


@record
class _Sums:
    count: int
    total: float
    squares: float

    @property
    def mean(self) -> float:
        return self.total / self.count

    @property
    def distances(self) -> float:
        """Summed squared distances to the mean; a hair below zero is rounding."""
        return max(self.squares - self.total * self.mean, 0.0)

    def scored(self, usual: float) -> Scored:
        own = math.sqrt(self.distances / (self.count - 1)) if self.count > 1 else 0.0
        error = max(own, usual) / math.sqrt(self.count)
        return Scored(self.mean, error, self.count, self.total)
