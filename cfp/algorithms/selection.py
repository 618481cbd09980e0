"""What to accept: the highest sum of scores within the chair's limits, and why it is that.

By mixed-integer programming (HiGHS; Huangfu & Hall 2018). The solver may take long and keep memory:
call this in a child process.
"""

from collections.abc import Sequence
from math import inf

import numpy as np
from numpy.typing import ArrayLike

from cfp.algorithms.arrays import Flags, Scores, as_ids, as_scores, check_known
from cfp.algorithms.errors import ProblemError
from cfp.algorithms.selecting import explaining
from cfp.algorithms.selecting.rows import Rows, rows_of
from cfp.algorithms.selecting.solving import Choice, Solver
from cfp.algorithms.selection_problem import (
    Amount,
    Items,
    Limit,
    Relaxed,
    Selection,
    check_limits,
)
from cfp.algorithms.steps import Progress, Steps

__all__ = ["Items", "Selection", "select"]

SHARES = {"prepare": 0.0, "solve": 0.02, "costs": 0.2, "draws": 0.5, "report": 0.95}

SMALL, LARGE, PROOF = 100, 1000, 1e-4
"""Up to LARGE items nothing is worth more than the choice, above nothing by over this share of it.
What it gains to give up a limit is as exact up to SMALL items."""

GAP = 1e-3
"""Share of the value that the choice for a draw may lack: its scores are guesses anyway."""


def select(
    items: Items,
    limits: Sequence[Limit],
    *,
    fixed: Sequence[int] = (),
    draws: ArrayLike | None = None,
    seed: int = 0,
    explain: bool = True,
    time_limit: float = 60.0,
    draw_seconds: float = inf,
    on_progress: Progress | None = None,
) -> Selection:
    """Choose what to accept.

    Args:
        items: what there is.
        limits: what has to hold. When it cannot all hold, the cheapest limits are given up, these
            by as little as possible.
        fixed: items whose acceptance is announced; they stay, whatever `never` says.
        draws: (D, n) joint draws of the scores, for `Selection.chance`.
        seed: breaks ties; the same seed gives the same choice.
        explain: whether to solve again without each limit, for the costs.
        time_limit: seconds for each solve; what is not proven by then has `bound` above `value`.
        draw_seconds: for all draws; those for which there is no more time are left out.
        on_progress: is told the step ("prepare", "solve", "costs", "draws", "report") and the share
            done.

    Returns:
        A selection, always: what cannot be met is in `relaxed`, not an error.

    Raises:
        ProblemError: limits or numbers that make no sense, or no choice found in the time.
    """
    steps = Steps(on_progress, SHARES)
    steps.start("prepare")
    check_limits(limits)
    standing = _standing(items, fixed)
    if not time_limit > 0:
        raise ProblemError("problem.time_limit", field="time_limit", value=time_limit)
    solver = Solver.of(items, standing, seconds=time_limit, seed=seed)
    rows = rows_of(items, limits)
    steps.start("solve")
    choice, excess = _choose(solver, items.score, rows, limits)
    relaxed, kept = _relaxed(limits, rows, excess), rows.loosened(excess)
    chosen = choice.accepted
    steps.start("costs")
    given_up = rows.owner[excess > 0]
    asked = np.setdiff1d(rows.owner, given_up).tolist() if explain else []
    named = [(one, limits[one].name) for one in asked]
    gap = 0.0 if len(items) <= SMALL else PROOF
    costs = explaining.costs(solver, items.score, kept, named, chosen, steps, gap)
    steps.start("draws")
    chance, drawn = None, 0
    sampled = _draws(items, np.zeros((0, len(items))) if draws is None else draws)
    if len(sampled):
        chance, drawn = explaining.chances(
            solver, kept, sampled, steps, gap=GAP, seconds=draw_seconds
        )
    steps.start("report")
    left = np.flatnonzero(~chosen & ~items.never)
    left = left[np.argsort(-items.score[left], kind="stable")]
    names = [cost.name for cost in costs]
    value = float(items.score[chosen].sum())
    return Selection(
        accepted=chosen,
        value=value,
        bound=max(choice.bound, value),
        relaxed=relaxed,
        binding=tuple(names if explain else explaining.full(limits, kept, chosen)),
        costs=costs,
        entering=explaining.entering(items, limits, kept, chosen, left),
        waitlist=explaining.waitlist(items, limits, kept, chosen, left),
        chance=chance,
        drawn=drawn,
        used=_used(items, limits, chosen),
        seconds=steps.stop(),
    )


def _standing(items: Items, fixed: Sequence[int]) -> Flags:
    ids = as_ids("fixed", list(fixed))
    check_known("fixed", ids, len(items))
    standing = np.zeros(len(items), np.bool_)
    standing[ids] = True
    return standing


def _draws(items: Items, draws: ArrayLike) -> Scores:
    sampled = np.asarray(draws)
    if sampled.ndim != 2 or sampled.shape[1] != len(items):
        found, wanted = str(sampled.shape), f"(D, {len(items)})"
        raise ProblemError("problem.shape", field="draws", expected=wanted, found=found)
    return as_scores("draws", sampled.ravel()).reshape(sampled.shape)


def _used(items: Items, limits: Sequence[Limit], chosen: Flags) -> dict[str, float]:
    return {
        limit.name: float((limit.amounts(items) * chosen).sum())
        for limit in limits
        if isinstance(limit, Amount)
    }


def _choose(
    solver: Solver, score: Scores, rows: Rows, limits: Sequence[Limit]
) -> tuple[Choice, Scores]:
    """The choice, and by how much it misses each row."""
    best = solver.best(score, rows, gap=0.0 if len(score) <= LARGE else PROOF)
    if best is None:
        best = solver.give_up(score, rows, limits)
    return best, rows.excess(best.accepted)


def _relaxed(limits: Sequence[Limit], rows: Rows, excess: Scores) -> tuple[Relaxed, ...]:
    by = np.bincount(rows.owner, excess, minlength=len(limits))
    return tuple(Relaxed(limits[one].name, float(by[one])) for one in np.flatnonzero(by).tolist())
