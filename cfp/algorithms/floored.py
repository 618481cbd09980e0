"""The best total at which no paper falls below a height, exact and certified.

A linear program over few columns and rows first: columns come in when their reduced cost says they
could help, rows when they are broken. Its answer is nearly whole. Then branch and bound over what
is not settled: a pair whose reduced cost exceeds the gap between the linear program and a plan
cannot change in any better plan (reduced-cost fixing; Dantzig, Fulkerson, Johnson 1954).
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_array, eye_array, hstack, vstack

from cfp.algorithms.arrays import Flags, Scores
from cfp.algorithms.rows import Program

TOLERANCE = 1e-7
DOUBT = 1e-5  # points of total that columns left out of the linear program might still bring
SHORT = 1e4  # what a point below the floor costs: far above what any point of score buys
FIRST_WIDTH = 1e-3  # reduced cost, in the largest score, up to which a pair is at first not settled
MOST_NODES = 2000
OPTIMAL, INFEASIBLE = 0, 2  # of scipy's milp


@dataclass(frozen=True, eq=False)
class Relaxed:
    """Answer of the linear program.

    Attributes:
        cost: no plan at this height costs less.
        slope: a point less of height saves at least nothing and at most this.
        x: (C,) the columns.
        reduced_cost: (C,) what one more of a column costs.
    """

    cost: float
    slope: float
    x: Scores
    reduced_cost: Scores


@dataclass(frozen=True, eq=False)
class Whole:
    """Answer in whole numbers; `x` is None where there is none, `proven` where that is sure."""

    x: Scores | None
    cost: float
    proven: bool


class Floored:
    """Solves a program at one height after the other; keeps the columns and rows that mattered."""

    def __init__(self, program: Program, near: Flags) -> None:
        self.program = program
        self.near = np.append(near, np.ones(len(program.cost) - program.pairs, np.bool_))
        self.active = program.always.copy()
        self.width = FIRST_WIDTH * float(np.abs(program.cost).max(initial=0))

    def relax(self, height: float) -> Relaxed:
        """Solve the linear program, over all columns and rows in effect."""
        upper = self.program.upper_at(height)
        while True:
            relaxed = self._relax_near(upper)
            broken = ~self.active & (self.program.rows @ relaxed.x > upper + TOLERANCE)
            helpful = ~self.near & (relaxed.reduced_cost < 0)
            gain = float(relaxed.reduced_cost[helpful] @ self.program.highest[helpful])
            if not broken.any() and gain >= -DOUBT:
                return replace(relaxed, cost=relaxed.cost + gain)
            self.active |= broken
            self.near |= helpful

    def settle(self, height: float, relaxed: Relaxed, most: float, *, best: bool) -> Whole:
        """Find a whole plan at a height that costs at most `most`: the `best`, or just any."""
        if _is_whole(relaxed.x):
            x = np.rint(relaxed.x)
            return Whole(x, float(self.program.cost @ x), True)
        upper, widest = self.program.upper_at(height) + TOLERANCE, most - relaxed.cost
        width = min(self.width, widest)
        while True:
            whole = self._branch(upper, relaxed, width)
            gap = whole.cost - relaxed.cost
            found = whole.cost <= most and not best
            if found or not whole.proven or gap <= width or width >= widest:
                return whole
            if whole.x is None:
                self.width = width = min(8 * width, widest)
            else:
                width = min(gap, widest)

    def _relax_near(self, upper: Scores) -> Relaxed:
        program, columns, rows = (
            self.program,
            np.flatnonzero(self.near),
            np.flatnonzero(self.active),
        )
        floors = np.flatnonzero(rows >= program.floors.start)
        short = -eye_array(len(rows), format="csr")[:, floors]
        highest = np.append(program.highest[columns], np.full(len(floors), np.inf))
        answer = linprog(
            np.append(program.cost[columns], np.full(len(floors), SHORT)),
            A_ub=hstack([program.rows[rows][:, columns], short]),
            b_ub=upper[rows],
            A_eq=hstack([program.seats[:, columns], csr_array((len(program.filled), len(floors)))]),
            b_eq=program.filled,
            bounds=np.column_stack([np.zeros(len(highest)), highest]),
        )
        if answer.status != 0:  # the plan of the highest total is always in reach
            raise RuntimeError(f"the linear program ended with: {answer.message}")
        price, worth = answer.ineqlin.marginals, answer.eqlin.marginals
        x = np.zeros(len(program.cost))
        x[columns] = answer.x[: len(columns)]
        return Relaxed(
            cost=answer.fun,
            slope=-price[floors].sum(),
            x=x,
            reduced_cost=program.cost - program.seats.T @ worth - program.rows[rows].T @ price,
        )

    def _branch(self, upper: Scores, relaxed: Relaxed, width: float) -> Whole:
        """Settle every column whose reduced cost is beyond `width` and branch over the others."""
        program, fixed = self.program, np.rint(relaxed.x)
        free = (np.abs(relaxed.reduced_cost) <= width) | (np.abs(relaxed.x - fixed) > TOLERANCE)
        free[program.pairs :] = True  # what is lacking to the minima costs nothing
        fixed[free] = 0
        columns = np.flatnonzero(free)
        seats, room = program.filled - program.seats @ fixed, upper - program.rows @ fixed
        while True:
            rows = np.flatnonzero(self.active)
            answer = milp(
                program.cost[columns],
                integrality=np.ones(len(columns)),
                bounds=Bounds(0, program.highest[columns]),
                constraints=_constraints(
                    (program.seats[:, columns], seats, seats),
                    (program.rows[rows][:, columns], np.full(len(rows), -np.inf), room[rows]),
                ),
                options={"mip_rel_gap": 0, "node_limit": MOST_NODES},
            )
            if answer.x is None:
                return Whole(None, np.inf, answer.status == INFEASIBLE)
            x = fixed.copy()
            x[columns] = np.rint(answer.x)
            broken = ~self.active & (program.rows @ x > upper + TOLERANCE)
            if not broken.any():
                return Whole(x, float(program.cost @ x), answer.status == OPTIMAL)
            self.active |= broken


def _constraints(*blocks: tuple[csr_array, Scores, Scores]) -> LinearConstraint:
    """Rows, lower and upper limits, without the rows that have no column left."""
    matrices, lows, highs = zip(*blocks, strict=True)
    rows, low, high = csr_array(vstack(matrices)), np.concatenate(lows), np.concatenate(highs)
    kept = np.flatnonzero(np.diff(rows.indptr))
    return LinearConstraint(rows[kept], low[kept], high[kept])


def _is_whole(x: Scores) -> bool:
    return bool((np.abs(x - np.rint(x)) <= TOLERANCE).all())
