"""The best total at which no paper falls below a height, exact and certified.

A linear program over few columns and rows first: columns come in when their reduced cost says they
could help, rows when they are broken. Its answer is nearly whole. Then branch and bound over what
is not settled: a pair whose reduced cost exceeds the gap between the linear program and a plan
cannot change in any better plan (reduced-cost fixing; Dantzig, Fulkerson, Johnson 1954).
"""

from dataclasses import replace

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_array, eye_array, hstack, vstack

from cfp.algorithms.arrays import Flags, Scores
from cfp.algorithms.rows import Program
from cfp.records import record

TOLERANCE = 1e-7
DOUBT = 1e-5  # points of total that columns left out of the linear program might still bring
SHORT = 1e4  # what a point below the floor costs: far above what any point of score buys
FIRST_WIDTH = 1e-3  # reduced cost, in the largest score, up to which a pair is at first not settled
MARGIN = 0.03  # the same, up to which a column comes in with those that help: fewer rounds
MOST_NODES = 2000
OPTIMAL, INFEASIBLE = 0, 2  # of scipy's milp


@record(eq=False)
class Relaxed:
    """Answer of the linear program.

    Attributes:
        cost: no plan at this height costs less.
        slope: a point less of height saves at least nothing and at most this.
        x: (C,) the columns.
        reduced_cost: (C,) what one more of a column costs.
        floor_price: (floors,) what a point of each floor's height costs.
    """

    cost: float
    slope: float
    x: Scores
    reduced_cost: Scores
    floor_price: Scores


@record(eq=False)
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
        self.margin = MARGIN * float(np.abs(program.cost).max(initial=0))
        self.width = FIRST_WIDTH * float(np.abs(program.cost).max(initial=0))

    def relax(self, height: float) -> Relaxed:
        """Solve the linear program, over all columns and rows in effect."""
        upper = self.program.upper_at(height)
        while True:
            self._take_early()
            relaxed = self._relax(self.near, np.zeros(len(self.near)), upper)
            broken = self._broken(relaxed.x, upper)
            helpful = ~self.near & (relaxed.reduced_cost < 0)
            gain = float(relaxed.reduced_cost[helpful] @ self.program.highest[helpful])
            if not broken.any() and gain >= -DOUBT:
                return replace(relaxed, cost=relaxed.cost + gain)
            self.active |= broken
            self.near |= relaxed.reduced_cost < self.margin

    def settle(self, height: float, relaxed: Relaxed, most: float, *, best: bool) -> Whole:
        """Find a whole plan at a height that costs at most `most`: the `best`, or just any."""
        if _is_whole(relaxed.x):
            x = np.rint(relaxed.x)
            return Whole(x, float(self.program.cost @ x), True)
        upper, widest = self.program.upper_at(height), most - relaxed.cost
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

    def around(self, height: float, x: Scores, free: Flags) -> tuple[Relaxed, Whole]:
        """Solve for the `free` columns alone, everything else as in `x`."""
        upper, fixed = self.program.upper_at(height), np.where(free, 0, x)
        while True:
            relaxed = self._relax(free, fixed, upper)
            broken = self._broken(relaxed.x, upper)
            if not broken.any():
                return relaxed, self._whole(free, fixed, upper)
            self.active |= broken

    def _take_early(self) -> None:
        early = np.flatnonzero(self.program.early & ~self.active)
        if len(early):
            columns = self.program.rows[early][:, np.flatnonzero(self.near)]
            self.active[early[np.diff(columns.indptr) > 1]] = True

    def _broken(self, x: Scores, upper: Scores) -> Flags:
        broken: Flags = ~self.active & (self.program.rows @ x > upper + TOLERANCE)
        return broken

    def _relax(self, free: Flags, fixed: Scores, upper: Scores) -> Relaxed:
        """Solve over the `free` columns and the active rows that hold any of them."""
        program, columns = self.program, np.flatnonzero(free)
        rows = np.flatnonzero(self.active)
        matrix, seats = program.rows[rows][:, columns], program.seats[:, columns]
        kept, papers = np.flatnonzero(np.diff(matrix.indptr)), np.flatnonzero(np.diff(seats.indptr))
        rows, matrix = rows[kept], matrix[kept]
        room, filled = upper - program.rows @ fixed, program.filled - program.seats @ fixed
        floors = np.flatnonzero(rows >= program.floors.start)
        short = -eye_array(len(rows), format="csr")[:, floors]
        highest = np.append(program.highest[columns], np.full(len(floors), np.inf))
        answer = linprog(
            np.append(program.cost[columns], np.full(len(floors), SHORT)),
            A_ub=hstack([matrix, short]),
            b_ub=room[rows],
            A_eq=hstack([seats[papers], csr_array((len(papers), len(floors)))]),
            b_eq=filled[papers],
            bounds=np.column_stack([np.zeros(len(highest)), highest]),
        )
        if answer.status != 0:  # the plan of the highest total is always in reach
            raise RuntimeError(f"the linear program ended with: {answer.message}")
        price, worth = np.zeros(len(upper)), np.zeros(len(filled))
        price[rows], worth[papers] = answer.ineqlin.marginals, answer.eqlin.marginals
        x = fixed.copy()
        x[columns] = answer.x[: len(columns)]
        return Relaxed(
            cost=answer.fun + float(program.cost @ fixed),
            slope=-price[program.floors].sum(),
            x=x,
            reduced_cost=program.cost - program.seats.T @ worth - program.rows.T @ price,
            floor_price=-price[program.floors],
        )

    def _branch(self, upper: Scores, relaxed: Relaxed, width: float) -> Whole:
        """Settle every column whose reduced cost is beyond `width` and branch over the others."""
        fixed = np.rint(relaxed.x)
        free = (np.abs(relaxed.reduced_cost) <= width) | (np.abs(relaxed.x - fixed) > TOLERANCE)
        free[self.program.pairs :] = True  # what is lacking to the minima costs nothing
        return self._whole(free, np.where(free, 0, fixed), upper)

    def _whole(self, free: Flags, fixed: Scores, upper: Scores) -> Whole:
        """Branch over the `free` columns."""
        program, columns = self.program, np.flatnonzero(free)
        seats, room = program.filled - program.seats @ fixed, upper - program.rows @ fixed
        room += TOLERANCE
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
            broken = self._broken(x, upper)
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
