"""More than an even load for those few without whom some submissions would lack reviews."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from cfp.algorithms import assignment as solver
from cfp.algorithms.arrays import Counts
from cfp.algorithms.problem import Plan, Problem, Shortfall


def eased(problem: Problem, highest: Sequence[int]) -> Problem:
    """The problem with loads raised as little as lets as few reviews as possible be missing.

    `highest` (R,) is what each would take. The same problem where that helps nobody.
    """
    limit = np.maximum(problem.load_max, np.array(highest, np.int64))
    plan = solver.assign(replace(problem, cap=None), objective="max")
    while plan.shortfalls:
        roomier = replace(problem, load_max=_raised(problem, plan, limit))
        after = solver.assign(replace(roomier, cap=None), objective="max")
        if after.paper_missing.sum() >= plan.paper_missing.sum():
            break
        problem, plan = roomier, after
    return problem


def _raised(problem: Problem, plan: Plan, limit: Counts) -> Counts:
    """(R,) what is missing, shared among those who are full and could take more of it."""
    most = problem.load_max.copy()
    full = (plan.reviewer_load >= most) & (most < limit)
    for one in plan.shortfalls:
        able = _able(problem, plan, one, full)
        each = -(-one.missing // max(len(able), 1))
        most[able] = np.minimum(limit[able], np.maximum(most[able], problem.load_max[able] + each))
    return most


def _able(problem: Problem, plan: Plan, short: Shortfall, full: np.ndarray) -> Counts:
    """Reviewers who are full, and are not on everything of the group that they may review."""
    taken = np.isin(problem.keys(), problem.row_keys(np.column_stack([plan.paper, plan.reviewer])))
    more = full[problem.reviewer] & ~taken & np.isin(problem.paper, short.papers)
    return np.unique(problem.reviewer[more])
