"""What a calibration tells: plain arrays, and words for nobody but programs."""

from collections.abc import Mapping
from dataclasses import field

import numpy as np

from cfp.algorithms.arrays import Counts, Flags, Scores
from cfp.records import record

BANDS = ("in", "lean in", "lean out", "out")
SURE = 0.9
"""From this chance on a submission is in; from as little a chance to the contrary it is out."""

LEAST_COMPARED = 5
"""Agreement with the others over fewer submissions says nothing."""


@record
class Caution:
    """Something a chair should know before using the result; `figures` are plain values.

    Keys and figures (numbers of submissions and reviewers are those of the input):
        constant: score; all are equal.
        left_out: reviews; so many without a score, or of weight 0.
        unreviewed: submissions; they have no score and rank as the mean of all.
        single: submissions with one review.
        groups: groups of submissions no reviewer connects, largest.
        few_reviews: reviewers who gave one or two.
        equal_scores: reviewers with three or more, all equal.
        no_differences: the submissions differ no more than the noise makes them.
        noise_assumed: comparisons; no two reviews that could disagree do, so half the variance is
            taken for noise.
        ratio_assumed: comparisons, ratio; below ten the reviewers' share is not estimated.
        weights_unusual: mean; the model takes 1 for an ordinary review.
        matched: share, leniency; who reviews what goes with quality: the share of the others'
            scores that lies between reviewers, and how a reviewer's leniency goes with it.
        against: the strict were given the better submissions, so leniency is taken off nearly as it
            comes; said instead of `matched`.
        little_changed: changed, top; so many of the top would be others by the raw means.
        borderline: submissions, share of all; neither in nor out, their order is nearly a toss.
    """

    key: str
    figures: Mapping[str, object] = field(default_factory=dict)


@record(kw_only=True, eq=False)
class Calibration:
    """Scores with the reviewers' leniency taken out. n submissions, m reviewers, in given numbers.

    Attributes:
        raw: (n,) weighted mean; without any review that of all.
        score: (n,) calibrated, on the scale of the scores.
        se: (n,) standard error of `score`.
        p_top: (n,) chance to be among the best `top`; None unless asked for.
        n_reviews: (n,) reviews with a score.
        group: (n,) connected part: only within one are scores compared by common reviewers.
        leniency: (m,) how much higher than others a reviewer scores the same submissions.
        leniency_se: (m,)
        spread: (m,) standard deviation of the reviewer's scores, 0 for a single one.
        compared: (m,) reviews of submissions that others reviewed as well.
        agreement: (m,) correlation with the others over these; 0 where they are too few.
        given: (m,) reviews with a score.
        ratio: variance of leniency over that of noise.
        sigma: standard deviation of the noise of a review of weight 1.
        changed: how many of the top `top` would not be there by the raw means.
        draws: (keep, n) joint draws of the qualities, for whoever asks how sure a choice is.
        warnings: in the order in which they matter.
    """

    raw: Scores
    score: Scores
    se: Scores
    p_top: Scores | None
    n_reviews: Counts
    group: Counts
    leniency: Scores
    leniency_se: Scores
    spread: Scores
    compared: Counts
    agreement: Scores
    given: Counts
    ratio: float
    sigma: float
    changed: int
    draws: Scores
    warnings: tuple[Caution, ...]

    @property
    def comparable(self) -> Flags:
        """(m,) where `agreement` says something."""
        return (self.compared >= LEAST_COMPARED) & (self.spread > 0)

    @property
    def band(self) -> list[str]:
        """(n,) of `BANDS` by the chance to be in the top; empty where none was asked for."""
        return [] if self.p_top is None else [BANDS[one] for one in bands(self.p_top)]


def bands(p_top: Scores) -> Counts:
    """(n,) index of the band in `BANDS`."""
    return (p_top < SURE).astype(np.int64) + (p_top < 0.5) + (p_top <= round(1 - SURE, 9))
