"""Which of two is better: strengths from comparisons and rankings, and how sure they are.

The model of Bradley & Terry 1952 with ties as Davidson 1970 has them, and rankings as those of
Plackett 1975: the odds that one is taken to be better than another depend on the two strengths
alone. A weak normal prior keeps finite what has won everything or stands apart, and makes the
strengths of each connected part 0 on average. Errors are those of the normal distribution around
the maximum. Figures, and what was not taken, are in docs/decisions.md.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from cfp.algorithms.calibrating.result import Caution
from cfp.algorithms.comparing import doubts
from cfp.algorithms.comparing.choices import choices, read
from cfp.algorithms.comparing.draws import draw, places
from cfp.algorithms.comparing.fit import fit
from cfp.algorithms.comparing.result import Pairwise, won_on_scale
from cfp.algorithms.errors import ProblemError

__all__ = ["Caution", "Pairwise", "compare", "won_on_scale"]

TIES = (1e-4, 1e4)
"""From here to there nu can be given."""


def compare(
    first: ArrayLike = (),
    second: ArrayLike = (),
    outcome: ArrayLike = (),
    *,
    rankings: Sequence[ArrayLike] = (),
    reviewer: ArrayLike | None = None,
    rankers: ArrayLike | None = None,
    size: int | None = None,
    top: int | None = None,
    draws: int = 1000,
    seed: int = 0,
    tie: float | None = None,
) -> Pairwise:
    """Find the strengths behind parallel arrays (K,) of comparisons, and rankings.

    Args:
        first: numbers of submissions from 0.
        second: the ones they were compared with.
        outcome: 1 the first is better, 0 they are equal, -1 the second is better.
        rankings: numbers of submissions, the best first.
        reviewer: (K,) who compared, numbers from 0.
        rankers: who ranked, one for each ranking.
        size: how many submissions there are; those beyond the last one named were not compared.
        top: how many can be accepted.
        draws: for the places and chances, and above 1,000 submissions for the errors.
        seed: of these; the same seed gives the same figures.
        tie: Davidson's nu, where it is known.

    Raises:
        ProblemError: wrong or contradictory numbers, with their row, or nothing compared at all.
    """
    _check(top, draws, tie)
    said = read(first, second, outcome, rankings, reviewer, rankers, size)
    with_ties = said.has_ties
    # Without a tie nothing tells how readily two are called equal, so that is left out.
    found = fit(choices(said, ties=with_ties), tie=tie if with_ties else 1.0)
    drawn = draw(found, top=top, draws=draws, seed=seed)
    strength = found.value[:-1]
    counted = doubts.tally(said)
    given, agreement = doubts.agreement(said, strength)
    return Pairwise(
        strength=strength,
        se=drawn.error,
        won=counted.share_won,
        compared=counted.compared,
        rank=places(strength[None])[0],
        rank_low=drawn.rank_low,
        rank_high=drawn.rank_high,
        p_top=drawn.p_top,
        group=counted.group,
        agreement=agreement,
        given=given,
        tie=float(np.exp(found.value[-1])) if with_ties else 0.0,
        circles=counted.circles,
        trios=counted.trios,
        warnings=doubts.cautions(said, counted, given, drawn),
    )


def _check(top: int | None, draws: int, tie: float | None) -> None:
    for name, value, least in (("top", top, 1), ("draws", draws, 1)):
        if value is not None and value < least:
            raise ProblemError("problem.too_small", field=name, value=value, least=least)
    if tie is not None and not TIES[0] <= tie <= TIES[1]:
        raise ProblemError("problem.tie_range", field="tie", value=tie)
