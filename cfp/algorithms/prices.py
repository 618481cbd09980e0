"""Whole-number costs in levels: no sum of a lower level ever outweighs one unit of a higher one.

Two plans differ by cycles in the flow network that can be traded one by one. A cycle passes each
reviewer at most once, on two pairs, and the source once; so a level is safe when its unit exceeds
what twice as many pairs as there are reviewers can change below it.
"""


import numpy as np

from cfp.algorithms.arrays import Counts, Flags
from cfp.algorithms.errors import ProblemError
from cfp.algorithms.reduction import Reduced
from cfp.records import record

SCORE_UNITS = tuple(10**digits for digits in range(6, -1, -1))
COST_LIMIT = 2**61  # the solver multiplies costs by the number of nodes, within 63 bits


@record(kw_only=True, eq=False)
class Prices:
    """What each choice costs.

    Attributes:
        pair: (M,) cost of each open pair.
        missing: cost of a review that nobody gives.
        unmet: cost of a review that a reviewer lacks to the minimum.
        spare: (P,) seats beyond the demand, free to stay empty (a repair keeps surplus reviews;
            where a senior is needed they are for seniors, or juniors could fill the demand).
        score_unit: cost of one point of score.
    """

    pair: Counts
    missing: int
    unmet: int
    spare: Counts
    score_unit: int


def best_total(reduced: Reduced, standing: Flags, *, units: int = 1) -> Prices:
    """Fewest missing reviews, then fewest unmet minima, then the best total, then what stands.

    `standing` (M,) marks open pairs that stand already; they break ties where the numbers fit. One
    review is `units` of flow.
    """
    cycle = _longest_cycle(reduced)
    tie = cycle + 1 if standing.any() else 1
    for unit, factor in [(SCORE_UNITS[0], tie), *((unit, 1) for unit in SCORE_UNITS)]:
        worth, largest = _worth(reduced, unit)
        unmet = cycle * (largest * factor + 1) + 1
        if _fits(reduced, 2 * unmet * units):
            pair = -worth * factor
            return Prices(
                pair=pair - (standing if factor > 1 else 0),
                missing=2 * unmet,
                unmet=unmet,
                spare=np.zeros_like(reduced.seats),
                score_unit=unit * factor,
            )
    raise ProblemError("problem.scores_too_large", field="score")


def fewest_changes(reduced: Reduced, standing: Flags, spare: Counts) -> Prices:
    """Fewest missing reviews, then fewest changes, then fewest unmet minima, then the best total.

    A change is a pair that is taken anew, or one that stands and is given up.
    """
    cycle = _longest_cycle(reduced)
    for unit in SCORE_UNITS:
        worth, largest = _worth(reduced, unit)
        unmet = cycle * (largest + 1) + 1
        change = 2 * unmet
        missing = cycle * (change + largest + 1) + change
        if _fits(reduced, missing):
            pair = np.where(standing, -change, change) - worth
            return Prices(pair=pair, missing=missing, unmet=unmet, spare=spare, score_unit=unit)
    raise ProblemError("problem.scores_too_large", field="score")


def _worth(reduced: Reduced, unit: int) -> tuple[Counts, int]:
    worth = np.rint(reduced.problem.score[reduced.pair] * unit)
    largest = np.abs(worth).max(initial=0)
    if largest > COST_LIMIT:
        raise ProblemError("problem.scores_too_large", field="score")
    return worth.astype(np.int64), int(largest)


def _longest_cycle(reduced: Reduced) -> int:
    return 2 * len(reduced.room)


def _fits(reduced: Reduced, cost: int) -> bool:
    nodes = len(reduced.room) + 2 * len(reduced.seats) + 1
    if (reduced.problem.affiliation >= 0).any():
        nodes += len(reduced.pair)  # at most one gate each
    return cost * (nodes + 1) <= COST_LIMIT
