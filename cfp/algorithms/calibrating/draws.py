"""How sure all that is: joint draws of the reviewers' biases, and of the qualities given these.

A draw of the biases solves the same system for a disturbed right-hand side (Papandreou & Yuille
2010), which needs no factor of it. The qualities' own mean and variance are those of DerSimonian &
Laird 1986, less what the biases' uncertainty adds to the scores' variance.
"""

from collections.abc import Iterator
from itertools import chain

import numpy as np
from scipy.sparse import csr_array

from cfp.algorithms.arrays import Counts, Scores
from cfp.algorithms.calibrating.bias import Bias
from cfp.algorithms.calibrating.reviews import Reviews
from cfp.records import record

BLOCK_VALUES = 15_000_000  # numbers in memory at a time
BREAKS_TIES = 1e-9  # of scores that are certain
ENOUGH = 50  # draws for a mean over all submissions


@record(eq=False)
class Drawn:
    """On the scaled scores, in the computation's numbers.

    Attributes:
        mean: of the qualities of all submissions.
        variance: of these.
        error: (n,) standard error of the calibrated score.
        bias_error: (m,)
        p_top: (n,) share of draws in which a submission is among the best, or None.
        kept: (keep, n) qualities.
    """

    mean: float
    variance: float
    error: Scores
    bias_error: Scores
    p_top: Scores | None
    kept: Scores


@record(eq=False)
class Qualities:
    """What is known of the qualities before a submission's own reviews, and then after these.

    Attributes:
        mean: of all.
        variance: of all.
        pull: (n,) how much of a score is believed, the rest being the mean.
        error: (n,) standard deviation of what is left open.
    """

    mean: float
    variance: float
    pull: Scores
    error: Scores

    def drawn(self, score: Scores, random: np.random.Generator) -> Scores:
        """(d, n) qualities where the scores, the biases taken off, are these."""
        noise = random.standard_normal(score.shape, np.float32)
        spread = np.maximum(self.error, BREAKS_TIES)
        return self.mean + self.pull * (score - self.mean) + spread * noise


def draw(
    reviews: Reviews,
    bias: Bias,
    score: Scores,
    *,
    top: int | None,
    draws: int,
    keep: int,
    seed: int,
) -> Drawn:
    """Draw often; `score` is (n,), what the biases have been taken off."""
    random = np.random.default_rng(seed)
    blocks = _errors(reviews, bias, draws, random)
    first = next(blocks)
    known = _qualities(reviews, bias, score, reviews.share @ first[:, :ENOUGH])
    sums = _Sums(len(score), len(bias.value), top, keep)
    for errors in chain([first], blocks):
        moved = (reviews.share @ errors).T
        sums.add(errors, moved)
        if top is not None or sums.wanted:
            sums.rank(known.drawn(score - moved, random))
    own = np.where(reviews.total > 0, bias.variance / reviews.safe_total, known.variance)
    return Drawn(
        mean=known.mean,
        variance=known.variance,
        error=np.sqrt(sums.squares / draws + own),
        bias_error=np.sqrt(sums.bias_squares / draws),
        p_top=None if top is None else sums.inside / draws,
        kept=np.concatenate([*sums.kept, np.zeros((0, len(score)))]),
    )


class _Sums:
    """What is remembered of the draws."""

    def __init__(self, n: int, m: int, top: int | None, keep: int) -> None:
        self.squares, self.bias_squares, self.inside = np.zeros(n), np.zeros(m), np.zeros(n)
        self.kept: list[Scores] = []
        self.top, self.wanted = top, keep

    def add(self, errors: Scores, moved: Scores) -> None:
        """Errors of the biases (m, d), and what they add to the scores (d, n)."""
        self.bias_squares += (errors**2).sum(axis=1)
        self.squares += (moved**2).sum(axis=0)

    def rank(self, quality: Scores) -> None:
        """Qualities (d, n)."""
        self.kept.append(quality[: self.wanted])
        self.wanted -= len(self.kept[-1])
        if self.top is not None:
            self.inside += _among_best(quality, self.top)


def _errors(
    reviews: Reviews, bias: Bias, draws: int, random: np.random.Generator
) -> Iterator[Scores]:
    """Blocks (m, d) of the biases' errors, distributed as N(0, variance S^-1)."""
    size = max(1, BLOCK_VALUES // (len(reviews.score) + sum(reviews.size)))
    for start in range(0, draws, size):
        count = min(size, draws - start)
        if bias.ratio == 0 or bias.variance == 0:
            yield np.zeros((len(bias.value), count))
            continue
        yield np.sqrt(bias.variance) * bias.solve(_disturbed(reviews, bias.ratio, count, random))


def _disturbed(reviews: Reviews, ratio: float, count: int, random: np.random.Generator) -> Scores:
    """(m, count) right-hand sides distributed as N(0, S): S = A + I / ratio, one noise for each."""
    # Half the precision is plenty for noise, and half the time.
    root, row = np.sqrt(reviews.weight, dtype=np.float32), np.arange(len(reviews.score))
    n, m = reviews.size
    shares = root / reviews.safe_total[reviews.paper].astype(np.float32)
    by_reviewer = csr_array((root, (reviews.reviewer, row)), shape=(m, len(row)))
    means = csr_array((shares, (reviews.paper, row)), shape=(n, len(row)))
    own = random.standard_normal((m, count), np.float32) / np.float32(np.sqrt(ratio))
    noise = random.standard_normal((len(row), count), np.float32)
    taken = reviews.table.T.astype(np.float32).tocsr() @ (means @ noise)
    disturbed: Scores = (own + by_reviewer @ noise - taken).astype(np.float64)
    return disturbed


def _qualities(reviews: Reviews, bias: Bias, score: Scores, moved: Scores) -> Qualities:
    """`moved` (n, d): what some draws of the biases' errors add to the scores."""
    seen = reviews.total > 0
    weight = reviews.total[seen]
    between = _scatter(weight, score[seen, None]) - _scatter(weight, moved[seen])
    between -= (len(weight) - 1) * bias.variance
    variance = max(between / max(weight.sum() - (weight**2).sum() / weight.sum(), BREAKS_TIES), 0.0)
    noise = bias.variance / reviews.safe_total
    mean = float(np.average(score[seen], weights=1 / (variance + noise[seen] + BREAKS_TIES)))
    pull = np.where(seen, (variance + BREAKS_TIES) / (variance + noise + BREAKS_TIES), 0)
    return Qualities(mean, variance, pull, np.sqrt(variance * (1 - pull)))


def _scatter(weight: Scores, values: Scores) -> float:
    """Weighted squares about the weighted mean, of the average column."""
    centered = values - weight @ values / weight.sum()
    return float((weight @ centered**2).mean())


def _among_best(quality: Scores, top: int) -> Counts:
    """(n,) in how many rows each column is among the `top` highest."""
    count, n = quality.shape
    if top >= n:
        return np.full(n, count)
    best = np.argpartition(quality, n - top, axis=1)[:, n - top :]
    return np.bincount(best.ravel(), minlength=n)
