"""What each submission is worth to a selection, and how sure that is.

The one place where a selection's scores come from: what is done with them knows no more.
"""

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from statistics import fmean, pstdev

from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp.domain.conferences.models import Conference
from cfp.domain.decisions.rules import pooled_spread
from cfp.domain.reviews.models import ReviewTally


@dataclass(frozen=True)
class Scored:
    """A score with its standard error; `reviews` and `total` are what it was made from."""

    score: float
    error: float
    reviews: int = 0
    total: float = 0.0


def scored(db: Session, conference: Conference, ids: Collection[int]) -> Mapping[int, Scored]:
    """Each of the submissions by its id: the mean of its reviews; one statement.

    The error is what the board calls a close call by: one standard error, from how far the reviews
    are apart or, if that is more, from how far reviews of one submission usually are. Without a
    review a submission counts as the mean of all, as far from sure as these differ.
    """
    tally = ReviewTally
    rows = db.execute(
        select(tally.submission_id, tally.scored, tally.total, tally.squares).where(
            tally.conference_id == conference.id, tally.scored > 0
        )
    )
    known = {row[0]: _Sums(*row[1:]) for row in rows if row[0] in ids}
    means = [one.mean for one in known.values()]
    middle, apart = (fmean(means), pstdev(means)) if means else (0.0, 0.0)
    freedom = sum(one.count - 1 for one in known.values())
    usual = pooled_spread(sum(one.distances for one in known.values()), freedom)
    nothing = Scored(middle, apart)
    found = {id_: one.scored(usual if usual is not None else apart) for id_, one in known.items()}
    return {id_: found.get(id_, nothing) for id_ in ids}


@dataclass(frozen=True)
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
