"""How few reviews can be missing under rules that one flow cannot hold, by branch and bound.

The minima of the reviewers are left out: fewer missing reviews come first.
"""

from dataclasses import replace
from math import ceil

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp
from scipy.sparse import csr_array, eye_array, hstack, vstack

from cfp.algorithms.arrays import Counts, Flags, Scores
from cfp.algorithms.reduction import Reduced
from cfp.algorithms.rows import program
from cfp.records import record

MOST_NODES = 2000
OPTIMAL = 0  # of scipy's milp


@record(eq=False)
class Fewest:
    """What was found.

    Attributes:
        taken: (M,) open pairs of a plan that keeps every rule but the minima; nobody where the
            search found none.
        missing: no plan has fewer missing reviews.
        cost: none with so few missing has pairs that cost less; -inf where that is not sure.
    """

    taken: Flags
    missing: int
    cost: float


def fewest(reduced: Reduced, cost: Counts) -> Fewest:
    """Fewest missing reviews, then pairs of the lowest cost (M,)."""
    pairs, papers = len(reduced.pair), len(reduced.seats)
    rules = program(
        replace(reduced, owed=np.zeros_like(reduced.owed)),
        np.zeros(papers, np.int64),
        0,
        np.zeros(papers, np.bool_),
    )
    matrix = vstack(
        [
            hstack([rules.seats, eye_array(papers)]),
            hstack([rules.rows, csr_array((len(rules.upper), papers))]),
        ]
    )
    low = np.append(rules.filled, np.full(len(rules.upper), -np.inf))
    rows = LinearConstraint(csr_array(matrix), low, np.append(rules.filled, rules.upper))
    highest = np.append(np.ones(pairs), reduced.seats).astype(np.float64)
    lacks = np.append(np.zeros(pairs), np.ones(papers))
    first = _solved(lacks, highest, [rows])
    missing = ceil(first.mip_dual_bound - 1e-6) if first.mip_dual_bound is not None else 0
    if first.x is None or round(first.fun) > missing:
        return Fewest(_taken(first, pairs), missing, -np.inf)
    scale = float(np.abs(cost).max(initial=1))
    dear = np.append(cost / scale, np.zeros(papers))
    second = _solved(dear, highest, [rows, LinearConstraint(lacks, -np.inf, missing)])
    if second.x is None or second.status != OPTIMAL:
        return Fewest(_taken(first, pairs), missing, -np.inf)
    taken = _taken(second, pairs)
    return Fewest(taken, missing, float(cost[taken].sum()))


def _solved(cost: Scores, highest: Scores, constraints: list[LinearConstraint]) -> OptimizeResult:
    return milp(
        cost,
        integrality=np.ones(len(cost)),
        bounds=Bounds(0, highest),
        constraints=constraints,
        options={"mip_rel_gap": 0, "node_limit": MOST_NODES},
    )


def _taken(found: OptimizeResult, pairs: int) -> Flags:
    taken: Flags = np.zeros(pairs, np.bool_) if found.x is None else found.x[:pairs] > 0.5
    return taken
