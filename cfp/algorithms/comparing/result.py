"""What comparisons tell: plain arrays, and cautions for programs."""


import numpy as np

from cfp.algorithms.arrays import Counts, Scores
from cfp.algorithms.calibrating.result import BANDS, Caution, bands
from cfp.records import record


@record(kw_only=True, eq=False)
class Pairwise:
    """Strengths of n submissions, in given numbers.

    Attributes:
        strength: (n,) on the logit scale, 0 on average: the difference of two is the logarithm of
            the odds that the one is taken to be better, where they are not taken to be equal.
        se: (n,) standard error of `strength`.
        won: (n,) share of its comparisons that it has won, a tie being half of one; .5 without any.
        compared: (n,) how often it was laid beside another one.
        rank: (n,) place by strength, 1 the best.
        rank_low: (n,) the place that 5 % of the draws put it before.
        rank_high: (n,) the place that 5 % put it after.
        p_top: (n,) chance to be among the best `top`; None unless asked for.
        group: (n,) connected part: only within one are strengths compared by anything said.
        agreement: (m,) share of a reviewer's comparisons that the strengths agree with, ties left
            out; .5 without any.
        given: (m,) comparisons of a reviewer, rankings included.
        tie: how readily two are taken to be equal (Davidson's nu), 0 where that never happened.
        circles: trios in which A beats B, B beats C and C beats A.
        trios: trios of which every two were compared and one came out ahead.
        warnings: in the order in which they matter. Keys and figures:
            all_equal: comparisons; nothing was taken to be better than anything else.
            parts: groups, largest; groups that no comparison connects.
            uncompared: submissions nobody compared; they count as middling.
            few: submissions laid beside fewer than `FEW` others.
            one_sided: submissions that won everything or nothing; how far ahead or behind they are
                rests on the prior alone.
            circles: circles, trios, share; nearly as many as chance would make, a quarter.
            one_reviewer: reviewers; all is one person's word.
            borderline: submissions, share of all; neither in nor out.
    """

    strength: Scores
    se: Scores
    won: Scores
    compared: Counts
    rank: Counts
    rank_low: Counts
    rank_high: Counts
    p_top: Scores | None
    group: Counts
    agreement: Scores
    given: Counts
    tie: float
    circles: int
    trios: int
    warnings: tuple[Caution, ...]

    @property
    def band(self) -> list[str]:
        """(n,) of `BANDS` by the chance to be in the top; empty where none was asked for."""
        return [] if self.p_top is None else [BANDS[one] for one in bands(self.p_top)]

    def on_scale(self, low: float, high: float) -> tuple[Scores, Scores]:
        """(n,) scores and their standard errors on a scale of reviews.

        A score's place on the scale is the chance to be taken to be better than a middling one:
        the middle is even. The errors are those of `strength` times the slope there.
        """
        share = 1 / (1 + np.exp(-self.strength))
        wide = high - low
        return low + wide * share, wide * share * (1 - share) * self.se


def won_on_scale(won: Scores, low: float, high: float) -> Scores:
    """(n,) plain shares of wins on a scale of reviews."""
    return low + (high - low) * won
