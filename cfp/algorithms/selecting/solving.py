"""The best choice, by branch and cut; and where there is none, the cheapest limits to give up.

Source of the latter: elastic programming (Chinneck, Feasibility and Infeasibility in Optimization,
2008, ch. 6-7).
"""

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp
from scipy.sparse import csr_array, eye_array, hstack

from cfp.algorithms.arrays import Counts, Flags, Scores
from cfp.algorithms.errors import ProblemError
from cfp.algorithms.selecting.rows import Rows
from cfp.algorithms.selection_problem import Items, Limit
from cfp.records import record

SOLVED, INFEASIBLE, FAILED = 0, 2, 4
ROUNDING = 1e-7
HALF = 0.5


@record(eq=False)
class Choice:
    """What to accept.

    Attributes:
        accepted: (n,)
        bound: of the objective.
    """

    accepted: Flags
    bound: float


Found = TypeVar("Found", Choice, Choice | None)


@record(eq=False)
class Solver:
    """Solves for one set of items.

    Attributes:
        low: (n,) 1 where an item is in whatever happens.
        high: (n,) 0 where it is out.
        order: (n,) in which the solver sees the items, which decides between equal choices.
        seconds: that one solve may take.
    """

    low: Scores
    high: Scores
    order: Counts
    seconds: float

    @classmethod
    def of(cls, items: Items, fixed: Flags, *, seconds: float, seed: int) -> "Solver":
        """What was announced stays, whatever the chair wants now."""
        inside = fixed | items.must
        return cls(
            low=inside.astype(np.float64),
            high=(inside | ~items.never).astype(np.float64),
            order=np.random.default_rng(seed).permutation(len(items)),
            seconds=seconds,
        )

    def best(self, score: Scores, rows: Rows, *, gap: float = 0.0) -> Choice | None:
        """The highest sum of scores within the rows, or None where no choice is."""
        if not len(score):
            return Choice(np.zeros(0, np.bool_), 0.0)
        lean = self._lean(score, rows)
        return self._until_met(
            rows, lean, lambda few: self._choice(_Program(self, few), score, gap)
        )

    def give_up(self, score: Scores, rows: Rows, limits: Sequence[Limit]) -> Choice:
        """The cheapest limits given up, these as little as possible, and then the best choice.

        Where there is no time for one of these, the choice is the one found before it, and the
        bound is what all items are worth.
        """
        prices = [limit.price for limit in limits]

        def solve(few: Rows) -> Choice:
            program = _Elastic(self, few, prices)
            asked = (program.price, program.excess)
            found = [self._least(program, cost) for cost in asked]
            found.append(self._run(program, program.widened(score)))
            last = last_found(found)
            if last is None:
                raise ProblemError("selection.no_time", seconds=self.seconds)
            known = all(one.status == SOLVED for one in found[:-1]) and last is found[-1]
            bound = -float(last.mip_dual_bound) if known else float(score[score > 0].sum())
            return Choice(last.x[: len(score)] > HALF, bound)

        return self._until_met(rows, ~rows.lazy, solve)

    def _least(self, program: "_Elastic", cost: Scores) -> OptimizeResult:
        """As little as possible of a cost, which no later answer may pass."""
        found = self._run(program, -cost)
        if found.x is not None:
            least = float(found.fun)
            program.add(cost, -np.inf, least + ROUNDING * max(1.0, least))
        return found

    def _until_met(self, rows: Rows, use: Flags, solve: Callable[[Rows], Found]) -> Found:
        """Solve with some of the rows, and again with those beside them that the answer breaks."""
        while True:
            found = solve(rows.only(use))
            if found is None:
                return found
            new = (rows.excess(found.accepted) > 0) & ~use
            if not new.any():
                return found
            use = use | new

    def _lean(self, score: Scores, rows: Rows) -> Flags:
        """(R,) rows to begin with: of the lazy ones those that the relaxation breaks."""
        use = ~rows.lazy
        while not use.all():
            part = self._relaxed(score, rows.only(use))
            new = np.zeros_like(use) if part is None else (rows.excess(part) > 0) & ~use
            if not new.any():
                break
            use = use | new
        return use

    def _relaxed(self, score: Scores, rows: Rows) -> Scores | None:
        """(n,) the best choice if items could be accepted in part."""
        program = _Program(self, rows)
        program.whole = np.zeros(len(score))
        found: Scores | None = self._run(program, score).x
        return found

    def _choice(self, program: "_Program", score: Scores, gap: float = 0.0) -> Choice | None:
        found = self._run(program, program.widened(score), gap)
        if found.status == INFEASIBLE:
            return None
        if found.x is None:
            raise ProblemError("selection.no_time", seconds=self.seconds)
        return Choice(found.x[: len(score)] > HALF, -float(found.mip_dual_bound))

    def _run(self, program: "_Program", value: Scores, gap: float = 0.0) -> OptimizeResult:
        """The highest value; `x` is None if there is no choice, or no time to find one."""
        found = self._solved(program, value, gap)
        if found.status not in {INFEASIBLE, FAILED}:
            return found
        # The presolve of HiGHS 1.12 takes some programs for empty that are not, and breaks others.
        again = self._solved(program, value, gap, presolve=False)
        return found if again.x is None else again

    def _solved(
        self, program: "_Program", value: Scores, gap: float, *, presolve: bool = True
    ) -> OptimizeResult:
        order = np.append(self.order, np.arange(len(self.order), len(value)))
        # HiGHS is content with a millionth, which may be all there is to gain of small values.
        unit = min(float(np.abs(value).max()), 1.0) or 1.0
        found = milp(
            -value[order] / unit,
            integrality=program.whole[order],
            bounds=Bounds(program.low[order], program.high[order]),
            constraints=[
                LinearConstraint(each.A[:, order], each.lb, each.ub) for each in program.constraints
            ],
            options={"mip_rel_gap": gap, "time_limit": self.seconds, "presolve": presolve},
        )
        if found.x is not None:
            found.x[order] = found.x.copy()
            found.fun *= unit
            if program.whole.any():
                found.mip_dual_bound *= unit
        return found


def last_found(solved: Sequence[OptimizeResult]) -> OptimizeResult | None:
    """Of answers each of which keeps what those before it found: the last for which was time."""
    return next((one for one in reversed(solved) if one.x is not None), None)


class _Program:
    """Columns: the items."""

    def __init__(self, solver: Solver, rows: Rows) -> None:
        self.low, self.high = solver.low, solver.high
        self.whole = np.ones(len(self.low))
        self.constraints = [LinearConstraint(rows.full(), rows.lower, rows.upper)]

    def add(self, weights: Scores, lower: float, upper: float) -> None:
        """One more row; columns that come later than the weights are left out of it."""
        row = csr_array(self.widened(weights)[None, :])
        self.constraints.append(LinearConstraint(row, lower, upper))

    def widened(self, weights: Scores) -> Scores:
        """A weight for every column."""
        return np.append(weights, np.zeros(len(self.low) - len(weights)))


class _Elastic(_Program):
    """More columns: by how much each row is passed above and below, and whether a limit may be."""

    def __init__(self, solver: Solver, rows: Rows, prices: Sequence[float]) -> None:
        super().__init__(solver, rows)
        count, n, limits = len(rows.owner), len(self.low), len(prices)
        least, most = rows.reach()
        room = np.concatenate([most - rows.upper, rows.lower - least])
        room = np.where(np.isfinite(room), np.maximum(room, 0), 0)
        self.low = np.append(self.low, np.zeros(2 * count + limits))
        self.high = np.concatenate([self.high, room, np.ones(limits)])
        self.whole = np.concatenate([self.whole, np.zeros(2 * count), np.ones(limits)])
        self.price = np.append(np.zeros(n + 2 * count), prices)
        self.excess = self.widened(np.append(np.zeros(n), np.tile(1 / rows.unit, 2)))
        one = np.arange(2 * count)
        owned = csr_array((room, (one, np.tile(rows.owner, 2))), shape=(2 * count, limits))
        each = eye_array(count)
        passed = hstack([rows.full(), -each, each, csr_array((count, limits))])
        allowed = hstack([csr_array((2 * count, n)), eye_array(2 * count), -owned])
        self.constraints = [
            LinearConstraint(csr_array(passed), rows.lower, rows.upper),
            LinearConstraint(csr_array(allowed), -np.inf, 0),
        ]
