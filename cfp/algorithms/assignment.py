"""Who reviews what: the exact maximum of the total score under every rule, and the smallest repair.

Source of the flow model: the assignment problem as a transportation problem (Ahuja, Magnanti,
Orlin, Network Flows, 1993, ch. 9-11); of the shortfall report: its minimum cut (Hall 1935).
The solver holds the GIL and keeps memory: call these in a child process.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from cfp.algorithms import draw, exclusion, plans, prices
from cfp.algorithms.arrays import Flags, Ids, as_rows
from cfp.algorithms.errors import ProblemError
from cfp.algorithms.flow import Network
from cfp.algorithms.plans import Solution
from cfp.algorithms.problem import Plan, Problem
from cfp.algorithms.reduction import Reduced, reduce, rows_of
from cfp.algorithms.shortfall import shortfalls
from cfp.algorithms.steps import Progress, Steps

if TYPE_CHECKING:
    from cfp.algorithms.fairness import Balanced

OBJECTIVES = ("balanced", "max")
MOST_PAIRS_SETTLED = 100_000  # beyond, to close the last gap takes minutes


def assign(
    problem: Problem,
    *,
    objective: str = "balanced",
    floor: float = 0.99,
    seed: int = 0,
    on_progress: Progress | None = None,
) -> Plan:
    """Assign reviewers to papers.

    Args:
        problem: papers, reviewers, scored pairs and rules.
        objective: "max" for the highest total; "balanced" for the worst-off paper as well off as
            possible at a total of at least `floor` times the highest.
        floor: share of the highest total that "balanced" has to keep, 0 to 1.
        seed: breaks ties between equally good plans; the same seed gives the same plan.
        on_progress: is told the step ("prepare", "flow", "balance", "bound", "report") and the
            share done.

    Returns:
        A plan, always: what cannot be had is in its `shortfalls` and other fields, not an error.
        Where the problem has a `cap`, the plan is drawn: see `Plan.chance`.

    Raises:
        ProblemError: unknown objective, floor out of range, numbers too large to be exact, or a
            balanced plan with a `cap`: what is drawn promises no single paper anything.
    """
    _check_parameters(problem, objective, floor)
    steps = Steps(on_progress)
    steps.start("prepare")
    reduced = reduce(problem, seed)
    steps.start("flow")
    if problem.cap is not None:
        return _drawn(reduced, problem.cap, seed, steps)
    best = _highest(reduced, _standing(reduced, problem.previous))
    chosen = _balanced(reduced, best, floor, steps) if objective == "balanced" else best
    steps.start("report")
    return plans.compose(
        reduced, chosen, standing=problem.previous, highest=best, objective=objective, steps=steps
    )


def repair(problem: Problem, current: ArrayLike, *, seed: int = 0) -> Plan:
    """Restore the demand with the fewest changes to what stands, then at the best total.

    Args:
        problem: as it is now: without the pairs of whoever dropped out, with new papers.
        current: (K, 2) rows (paper, reviewer) that stand; those no longer possible are given up.
        seed: breaks ties; the same seed gives the same plan.

    Returns:
        A plan whose `new` and `dropped` are the changes. More reviews than demanded are kept.

    Raises:
        ProblemError: unknown or doubled rows in `current`, or numbers too large to be exact.
    """
    rows = as_rows("current", current)
    problem.check_pairs("current", rows)
    steps = Steps(None)
    steps.start("prepare")
    reduced = reduce(problem, seed)
    standing = _standing(reduced, rows)
    kept = np.bincount(reduced.paper[standing], minlength=problem.papers)
    spare = np.maximum(kept - reduced.seats, 0)
    steps.start("flow")
    highest = _highest(reduced, standing)
    fewest = _solve(reduced, prices.fewest_changes(reduced, standing, spare))
    steps.start("report")
    return plans.compose(
        reduced, fewest, standing=rows, highest=highest, objective="repair", steps=steps
    )


def judge(problem: Problem, chosen: ArrayLike, *, seed: int = 0) -> Plan:
    """The figures of pairs that somebody else has chosen, beside the highest total there could be.

    Args:
        problem: as for `assign`; its pins and limits bind the highest total, not the pairs.
        chosen: (K, 2) rows (paper, reviewer); those that are no candidates are left out.
        seed: breaks ties of the highest total.

    Raises:
        ProblemError: unknown or doubled rows in `chosen`, or numbers too large to be exact.
    """
    rows = as_rows("chosen", chosen)
    problem.check_pairs("chosen", rows)
    steps = Steps(None)
    steps.start("prepare")
    reduced = reduce(problem, seed)
    steps.start("flow")
    highest = _highest(reduced, _standing(reduced, problem.previous))
    steps.start("report")
    given = Solution(
        rows=rows_of(problem, rows)[0], shortfalls=highest.shortfalls, gap=np.nan
    )
    return plans.compose(
        reduced, given, standing=problem.previous, highest=highest, objective="import", steps=steps
    )


def _check_parameters(problem: Problem, objective: str, floor: float) -> None:
    if objective not in OBJECTIVES:
        raise ProblemError("problem.objective", field="objective", value=objective)
    if not 0 <= floor <= 1:
        raise ProblemError("problem.floor_range", field="floor", value=floor)
    if problem.cap is not None and objective != "max":
        raise ProblemError("problem.cap_balanced", field="cap", value=problem.cap)


def _drawn(reduced: Reduced, cap: float, seed: int, steps: Steps) -> Plan:
    """The best expected total with no probability above `cap`, and a plan drawn by them."""
    problem, units = reduced.problem, draw.UNITS
    priced = prices.best_total(reduced, _standing(reduced, problem.previous), units=units)
    network = Network(reduced, priced, units=units, most=int(cap * units + 1e-9))
    answer = exclusion.solve(network, reduced)
    flow, pairs = answer.flow, network.pairs
    whole = draw.whole_flow(network.arcs, flow.amount, np.random.default_rng(seed))
    chance = np.zeros(len(problem.paper))
    chance[reduced.held] = 1
    chance[reduced.pair] = flow.amount[:pairs] / units
    short = shortfalls(problem, network, flow, units)
    rows = np.concatenate([reduced.held, reduced.pair[np.flatnonzero(whole[:pairs])]])
    expected = Solution(
        rows=np.flatnonzero(chance),
        shortfalls=short,
        least_missing=answer.least,
        gap=(flow.cost - answer.bound) / units / priced.score_unit,
        chance=chance,
    )
    steps.start("report")
    return plans.compose(
        reduced,
        Solution(rows=rows, shortfalls=short, gap=np.nan),
        standing=problem.previous,
        highest=expected,
        objective="max",
        steps=steps,
    )


def _balanced(reduced: Reduced, best: Solution, floor: float, steps: Steps) -> Solution:
    # The highest total alone does without the linear programs: 50 MiB, and a second to load.
    from cfp.algorithms import fairness  # noqa: PLC0415 - as said

    steps.start("balance")
    found = fairness.balance(
        reduced,
        np.flatnonzero(np.isin(reduced.pair, best.rows)),
        fair=plans.fair_papers(reduced.problem, best.shortfalls),
        floor=floor,
        on_trial=steps.advance,
    )
    rows = np.concatenate([reduced.held, reduced.pair[found.chosen]])
    gap = found.gap
    if np.isnan(gap):
        steps.start("bound")
        gap = _most_total(reduced, found) - reduced.problem.score[rows].sum()
    return Solution(
        rows=rows,
        shortfalls=best.shortfalls,
        least_missing=best.least_missing,
        limit=found.limit,
        gap=max(gap, 0.0),
    )


def _most_total(reduced: Reduced, found: "Balanced") -> float:
    """No plan with every fair paper at the height found has more: each point there is paid for."""
    problem = reduced.problem
    paid = replace(problem, score=problem.score * (1 + found.price[problem.paper]))
    priced = replace(reduced, problem=paid)
    best = _solve(priced, prices.best_total(priced, np.zeros(len(reduced.pair), np.bool_)))
    return float(paid.score[best.rows].sum() + best.gap - found.price.sum() * found.height)


def _standing(reduced: Reduced, rows: Ids) -> Flags:
    """(M,) the open pairs that are among these rows."""
    found, _ = rows_of(reduced.problem, rows)
    return np.isin(reduced.pair, found)


def _highest(reduced: Reduced, standing: Flags) -> Solution:
    """The highest total; what stands breaks ties."""
    best = _solve(reduced, prices.best_total(reduced, standing))
    if not 0 < best.gap < np.inf or best.shortfalls or len(reduced.pair) > MOST_PAIRS_SETTLED:
        return best
    from cfp.algorithms import fairness  # noqa: PLC0415 - as above

    found = fairness.best_total(reduced, np.flatnonzero(np.isin(reduced.pair, best.rows)))
    rows = np.concatenate([reduced.held, reduced.pair[found.chosen]])
    return replace(best, rows=rows, gap=min(best.gap, found.gap))


def _solve(reduced: Reduced, priced: prices.Prices) -> Solution:
    network = Network(reduced, priced)
    answer = exclusion.solve(network, reduced)
    gap = answer.flow.cost - answer.bound
    return Solution(
        rows=np.concatenate([reduced.held, reduced.pair[answer.flow.chosen]]),
        shortfalls=shortfalls(reduced.problem, network, answer.flow),
        least_missing=answer.least,
        gap=gap / priced.score_unit if gap < priced.unmet else np.inf,
    )
