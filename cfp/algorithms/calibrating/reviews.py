"""Reviews as checked arrays, numbered and scaled for the computation."""

from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_array

from cfp.algorithms.arrays import (
    Counts,
    Flags,
    Ids,
    Scores,
    as_ids,
    as_scores,
    check_known,
    check_unique,
)
from cfp.algorithms.errors import ProblemError
from cfp.records import record

LARGEST_ID = 10**6
"""Above it somebody passed codes instead of numbers from 0, and arrays would not fit."""

LARGEST_SCORE = 1e9
WEIGHTS = (1e-6, 1e6)

Values = TypeVar("Values", Scores, Counts)


@record(eq=False)
class Reviews:
    """The N reviews that count; n submissions and m reviewers, numbered by their first review.

    So the numbers that somebody else gave them change nothing, not even which random number
    meets whom.

    Attributes:
        paper: (N,) submission.
        reviewer: (N,)
        score: (N,) scaled to mean 0 and standard deviation 1 (or 0, where all are equal).
        weight: (N,) above 0.
        papers: (n,) number in the computation of each submission of the input.
        reviewers: (M,) the same of each reviewer of the input; m for those without a review.
        center: what was taken off the scores, and
        scale: what they were divided by.
        left_out: reviews without a score or of weight 0.
    """

    paper: Ids
    reviewer: Ids
    score: Scores
    weight: Scores
    papers: Counts
    reviewers: Counts
    center: float
    scale: float
    left_out: int

    @cached_property
    def size(self) -> tuple[int, int]:
        """How many submissions, and reviewers with a review."""
        return len(self.papers), int(self.reviewer.max()) + 1

    @cached_property
    def total(self) -> Scores:
        """(n,) weight of a submission's reviews."""
        return self.at_paper(self.weight)

    @cached_property
    def safe_total(self) -> Scores:
        """(n,) the same to divide by: 1 where there is no review."""
        return np.where(self.total > 0, self.total, 1.0)

    @cached_property
    def mean(self) -> Scores:
        """(n,) weighted mean; 0, the mean of all, without a review."""
        return self.at_paper(self.weight * self.score) / self.safe_total

    @cached_property
    def apart(self) -> Scores:
        """(N,) score less the submission's mean."""
        return self.score - self.mean[self.paper]

    @cached_property
    def table(self) -> csr_array:
        """(n, m) weights."""
        return csr_array((self.weight, (self.paper, self.reviewer)), shape=self.size)

    @cached_property
    def share(self) -> csr_array:
        """(n, m) each review's share in its submission's mean: share @ bias is the mean's bias."""
        shares = self.weight / self.safe_total[self.paper]
        return csr_array((shares, (self.paper, self.reviewer)), shape=self.size)

    @cached_property
    def n_reviews(self) -> Counts:
        """(n,) reviews of each submission."""
        return np.bincount(self.paper, minlength=self.size[0])

    @cached_property
    def comparisons(self) -> int:
        """Reviews beyond the first of each submission."""
        return len(self.score) - int((self.n_reviews > 0).sum())

    def by_reviewer(self, values: Values, missing: float = 0) -> Values:
        """(M,) one value for each reviewer of the input."""
        return np.append(values, np.array([missing], values.dtype))[self.reviewers]

    def at_paper(self, values: Scores) -> Scores:
        """(n,) sums over each submission's reviews."""
        return np.bincount(self.paper, values, minlength=self.size[0]).astype(np.float64)

    def at_reviewer(self, values: Scores) -> Scores:
        """(m,) sums over each reviewer's reviews."""
        return np.bincount(self.reviewer, values, minlength=self.size[1]).astype(np.float64)


def read(
    submission: ArrayLike, reviewer: ArrayLike, score: ArrayLike, weight: ArrayLike | None
) -> Reviews:
    """Check and number.

    Raises:
        ProblemError: the first fault found, with its place.
    """
    papers, reviewers = _known("submission", submission), _known("reviewer", reviewer)
    given = np.asarray(score)
    missing = np.isnan(given) if given.dtype.kind == "f" else np.zeros(given.shape, np.bool_)
    scores = as_scores("score", np.where(missing, 0, given) if missing.any() else given)
    _within("problem.score_range", "score", scores, np.abs(scores) > LARGEST_SCORE)
    weights = np.ones(len(scores)) if weight is None else as_scores("weight", weight)
    outside = (weights < WEIGHTS[0]) | (weights > WEIGHTS[1])
    _within("problem.weight_range", "weight", weights, outside & (weights != 0))
    for name, values in (("reviewer", reviewers), ("score", scores), ("weight", weights)):
        if len(values) != len(papers):
            wanted, found = str(papers.shape), str(values.shape)
            raise ProblemError("problem.shape", field=name, expected=wanted, found=found)
    _check_once(papers, reviewers)
    kept = ~missing & (weights > 0)
    if not kept.any():
        raise ProblemError("problem.no_scores", field="score")
    return _scaled(papers, reviewers, scores, weights, kept)


def _scaled(papers: Ids, reviewers: Ids, scores: Scores, weights: Scores, kept: Flags) -> Reviews:
    y, w = scores[kept], weights[kept]
    center = float(np.average(y, weights=w)) if np.ptp(y) else float(y[0])
    scale = float(y.std()) or 1.0
    places, owners = _by_first(papers, kept), _by_first(reviewers, kept)
    return Reviews(
        paper=places[papers[kept]].astype(np.int32),
        reviewer=owners[reviewers[kept]].astype(np.int32),
        score=(y - center) / scale,
        weight=w,
        papers=places,
        reviewers=np.minimum(owners, owners[reviewers[kept]].max() + 1),
        center=center,
        scale=scale,
        left_out=int((~kept).sum()),
    )


def _known(name: str, values: ArrayLike) -> Ids:
    ids = as_ids(name, values)
    check_known(name, ids, LARGEST_ID)
    return ids


def _within(key: str, name: str, values: Scores, wrong: Flags) -> None:
    rows = np.flatnonzero(wrong)
    if len(rows):
        row = int(rows[0])
        raise ProblemError(key, field=name, row=row, value=float(values[row]))


def _check_once(papers: Ids, reviewers: Ids) -> None:
    size = int(reviewers.max(initial=0)) + 1
    check_unique("reviewer", papers.astype(np.int64) * size + reviewers, size)


def _by_first(ids: Ids, kept: Flags) -> Counts:
    """(max + 1,) new number of each id, by its first review that counts; the others at the end."""
    size = int(ids.max()) + 1
    first = np.full(size, len(ids))
    rows = np.flatnonzero(kept)[::-1]
    first[ids[rows]] = rows
    places = np.empty(size, np.int64)
    places[np.argsort(first, kind="stable")] = np.arange(size)
    return places
