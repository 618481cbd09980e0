"""What scores say when some reviewers are strict and others lenient, and how sure that is.

The model: score = quality + leniency + noise, qualities free, leniency random. Leniency is learnt
from disagreement about the same submission alone, so who reviews only good submissions is not taken
for lenient, and reviewers whom nobody overlaps with keep their scores.

Sources: Ge, Welling, Ghahramani 2013 (the same model for NIPS, with random qualities); Patterson &
Thompson 1971 (REML). Figures, and what was not taken, are in docs/decisions.md.
"""

import numpy as np
from numpy.typing import ArrayLike

from cfp.algorithms.arrays import Scores
from cfp.algorithms.calibrating import bias, doubts
from cfp.algorithms.calibrating.draws import draw
from cfp.algorithms.calibrating.result import LEAST_COMPARED, Calibration, Caution
from cfp.algorithms.calibrating.reviews import Reviews, read
from cfp.algorithms.errors import ProblemError

__all__ = ["Calibration", "Caution", "calibrate"]


def calibrate(
    submission: ArrayLike,
    reviewer: ArrayLike,
    score: ArrayLike,
    weight: ArrayLike | None = None,
    *,
    top: int | None = None,
    draws: int = 1000,
    seed: int = 0,
    ratio: float | None = None,
    keep: int = 0,
) -> Calibration:
    """Calibrate the scores of parallel arrays (N,).

    Args:
        submission: numbers from 0; one that is skipped has no review.
        reviewer: numbers from 0; each reviews a submission once.
        score: nan = none given, the review is left out.
        weight: confidence, 1 for an ordinary review; 0 leaves the review out.
        top: how many can be accepted.
        draws: joint draws for the standard errors and chances.
        seed: of these; the same seed gives the same figures.
        ratio: variance of leniency over that of noise where it is known; 0 gives plain means.
        keep: so many of the draws are handed out.

    Raises:
        ProblemError: wrong or contradictory numbers, with their row, or no score at all.
    """
    _check(top, draws, ratio, keep)
    reviews = read(submission, reviewer, score, weight)
    found = bias.find(reviews, ratio)
    score_ = reviews.mean - reviews.share @ found.value
    drawn = draw(reviews, found, score_, top=top, draws=max(draws, keep), keep=keep, seed=seed)
    raw, fair = (np.where(reviews.total > 0, one, drawn.mean) for one in (reviews.mean, score_))
    changed = 0 if top is None else _entered(raw, fair, top)
    beside = doubts.others(reviews, found)
    compared, agreement = doubts.agreement(reviews, beside, LEAST_COMPARED)
    papers, scale, each = reviews.papers, reviews.scale, reviews.by_reviewer
    unknown = float(np.sqrt(found.ratio * found.variance))
    given = np.bincount(reviews.reviewer)
    return Calibration(
        raw=reviews.center + scale * raw[papers],
        score=reviews.center + scale * fair[papers],
        se=scale * drawn.error[papers],
        p_top=None if drawn.p_top is None else drawn.p_top[papers],
        n_reviews=reviews.n_reviews[papers],
        group=doubts.groups(reviews)[papers],
        leniency=scale * each(found.value),
        leniency_se=scale * each(drawn.bias_error, unknown),
        spread=scale * each(_spread(reviews)),
        compared=each(compared),
        agreement=each(agreement),
        given=each(given),
        ratio=found.ratio,
        sigma=scale * float(np.sqrt(found.variance)),
        changed=changed,
        draws=reviews.center + scale * drawn.kept[:, papers],
        warnings=doubts.cautions(reviews, found, beside, drawn, top=top, changed=changed),
    )


def _check(top: int | None, draws: int, ratio: float | None, keep: int) -> None:
    for name, value, least in (("top", top, 1), ("draws", draws, 1), ("keep", keep, 0)):
        if value is not None and value < least:
            raise ProblemError("problem.too_small", field=name, value=value, least=least)
    if ratio is not None and not (ratio == 0 or bias.RATIOS[0] <= ratio <= bias.RATIOS[1]):
        raise ProblemError("problem.ratio_range", field="ratio", value=ratio)


def _entered(raw: Scores, fair: Scores, top: int) -> int:
    """How many of the top by calibrated score the raw means put below their own top."""
    if top >= len(raw):
        return 0
    line = np.partition(raw, -top)[-top]
    best = np.argpartition(fair, -top)[-top:]
    return int((raw[best] < line - 1e-9).sum())


def _spread(reviews: Reviews) -> Scores:
    """(m,) standard deviation of a reviewer's scores."""
    count = np.bincount(reviews.reviewer, minlength=reviews.size[1])
    mean = reviews.at_reviewer(reviews.score) / np.maximum(count, 1)
    squares = reviews.at_reviewer((reviews.score - mean[reviews.reviewer]) ** 2)
    return np.sqrt(squares / np.maximum(count - 1, 1))
