"""One min-cost flow for a whole assignment: source, reviewers, papers.

A reviewer's maximum is an arc from the source, the minimum the node's own supply. Of an
affiliation at most one, and of juniors all but one, pass through a gate of that capacity. Slack
arcs close every gap at a price above all that scores can pay: there always is a flow, and what is
missing is read off it.
"""


import numpy as np
from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

from cfp.algorithms.arrays import Counts, Flags, Ids
from cfp.algorithms.errors import ProblemError
from cfp.algorithms.prices import Prices
from cfp.algorithms.reduction import Reduced
from cfp.records import record


@record(eq=False)
class Arcs:
    tail: Ids
    head: Ids
    capacity: Counts
    cost: Counts


@record(eq=False)
class Flow:
    """A cheapest flow.

    Attributes:
        amount: (arcs,) what passes.
        chosen: positions of the open pairs taken, ascending.
        missing: (P,) reviews nobody gives.
        cost: every level included.
        spent: (arcs,) no more would pass.
    """

    amount: Counts
    chosen: Counts
    missing: Counts
    cost: int
    spent: Flags


class Network:
    """The flow model of a reduced problem. Nodes: reviewers, papers, the source, then gates.

    Arcs in this order: open pairs, missing reviews (P), spare seats (P), unmet minimum (R),
    maximum (R), gates. One review is `units` of flow, of which `most` may pass between a paper and
    a reviewer.
    """

    def __init__(self, reduced: Reduced, prices: Prices, *, units: int = 1, most: int = 1) -> None:
        self.pairs, self.units = len(reduced.pair), units
        self.missing_price, self.has_spare = prices.missing, bool(prices.spare.any())
        self.papers, self.reviewers = len(reduced.seats), len(reduced.room)
        self.source = self.papers + self.reviewers
        self.junior_gate, entry, gates = _gates(reduced, self.source + 1)
        self.nodes = self.source + 1 + len(gates.tail)
        self.arcs = self._arcs(reduced, prices, entry, gates)
        self.arcs.capacity[:] *= units
        self.arcs.capacity[: self.pairs] = most
        supply = np.concatenate([reduced.owed, -(reduced.seats + prices.spare)])
        self.supply = np.append(supply, -supply.sum()) * units

    def solve(self, closed: Flags | None = None, toll: Counts | None = None) -> Flow:
        """Find the cheapest flow.

        Args:
            closed: (M,) pairs to do without.
            toll: (M,) what each pair costs more; it counts in the flow's `cost`.
        """
        capacity, cost = self._capacity(closed), self.arcs.cost
        if toll is not None:
            cost = cost.copy()
            cost[: self.pairs] += toll
        solver = SimpleMinCostFlow()
        index = solver.add_arcs_with_capacity_and_unit_cost(
            self.arcs.tail, self.arcs.head, capacity, cost
        )
        solver.set_nodes_supplies(np.arange(len(self.supply), dtype=np.int32), self.supply)
        _expect_optimal(solver.solve())
        amount = np.asarray(solver.flows(index))
        return Flow(
            amount=amount,
            chosen=np.flatnonzero(amount[: self.pairs]),
            missing=self.missing(amount),
            cost=solver.optimal_cost(),
            spent=amount >= capacity,
        )

    def missing(self, amount: Counts) -> Counts:
        """(P,) reviews nobody gives."""
        return amount[self.pairs : self.pairs + self.papers]

    def contended(self, flow: Flow) -> tuple[Flags, Counts]:
        """Nodes from which a review could still be passed on to a paper that lacks one.

        The papers among them are the smallest set that explains all that is missing, and the same
        for every flow that misses as little (the smallest minimum cut).

        Returns:
            (nodes,) which those are, and (nodes,) the lowest node each of them is linked with.
        """
        real = np.ones(len(flow.amount), np.bool_)
        real[self.pairs : self.pairs + 2 * self.papers + self.reviewers] = False
        tail, head = self.arcs.tail[real], self.arcs.head[real]
        reached = np.zeros(self.nodes, np.bool_)
        reached[self.reviewers : self.source] = flow.missing > 0
        _spread(reached, tail, head, ~flow.spent[real], flow.amount[real] > 0)
        inside = reached[tail] & reached[head]
        return reached, _linked(self.nodes, tail[inside], head[inside])

    def _capacity(self, closed: Flags | None) -> Counts:
        capacity = self.arcs.capacity
        if closed is not None:
            capacity = capacity.copy()
            capacity[: self.pairs][closed] = 0
        return capacity

    def _arcs(self, reduced: Reduced, prices: Prices, entry: Ids, gates: Arcs) -> Arcs:
        reviewer = np.arange(self.reviewers, dtype=np.int32)
        paper = np.arange(self.reviewers, self.source, dtype=np.int32)
        from_source = np.full(max(self.papers, self.reviewers), self.source, np.int32)
        at_paper, at_reviewer = from_source[: self.papers], from_source[: self.reviewers]
        free = np.zeros_like(reduced.room)
        return Arcs(
            np.concatenate(
                [reduced.reviewer, at_paper, at_paper, reviewer, at_reviewer, gates.tail]
            ),
            np.concatenate([entry, paper, paper, at_reviewer, reviewer, gates.head]),
            np.concatenate(
                [
                    np.ones(self.pairs, np.int64),
                    reduced.seats,
                    prices.spare,
                    reduced.owed,
                    reduced.room - reduced.owed,
                    gates.capacity,
                ]
            ),
            np.concatenate(
                [
                    prices.pair,
                    np.full(self.papers, prices.missing),
                    np.zeros(self.papers, np.int64),
                    np.full(self.reviewers, prices.unmet),
                    free,
                    gates.cost,
                ]
            ),
        )


def _expect_optimal(status: object) -> None:
    if status == SimpleMinCostFlow.Status.BAD_COST_RANGE:
        raise ProblemError("problem.scores_too_large", field="score")
    if status != SimpleMinCostFlow.Status.OPTIMAL:  # slack makes every problem feasible
        raise RuntimeError(f"min-cost flow ended with {status}")


def _spread(reached: Flags, tail: Ids, head: Ids, more: Flags, less: Flags) -> None:
    """Mark, in place, all nodes with a residual path to a marked one."""
    before = -1
    while before != np.count_nonzero(reached):
        before = int(np.count_nonzero(reached))
        reached[tail[more & reached[head]]] = True
        reached[head[less & reached[tail]]] = True


def _linked(nodes: int, tail: Ids, head: Ids) -> Counts:
    """(nodes,) the lowest node in each node's connected component."""
    lowest = np.arange(nodes)
    while True:
        low = np.minimum(lowest[tail], lowest[head])
        after = lowest.copy()
        np.minimum.at(after, tail, low)
        np.minimum.at(after, head, low)
        if (after == lowest).all():
            return lowest
        lowest = after


def _gates(reduced: Reduced, first: int) -> tuple[Ids, Ids, Arcs]:
    """Juniors' gate of each paper (-1: none), entry node of each open pair, and the gates' arcs.

    Juniors of a paper that needs a senior enter by a gate that leaves one seat. Reviewers of one
    affiliation enter by a gate of one, juniors and seniors apart: the flow cannot tie those
    together (see `exclusion`). Gates are numbered from `first`.
    """
    reviewers, seats = len(reduced.room), reduced.seats
    entry = reduced.paper + np.int32(reviewers)
    gated = np.flatnonzero(reduced.need_senior).astype(np.int32)
    gate_of = np.full(len(seats), -1, np.int32)
    gate_of[gated] = first + np.arange(len(gated), dtype=np.int32)
    junior = ~reduced.problem.senior[reduced.reviewer] & (gate_of[reduced.paper] >= 0)
    entry[junior] = gate_of[reduced.paper[junior]]
    entry, tail, head = _affiliation_gates(reduced, entry, first + len(gated))
    capacity = np.concatenate([np.maximum(seats[gated] - 1, 0), np.ones(len(tail), np.int64)])
    arcs = Arcs(
        np.concatenate([gate_of[gated], tail]),
        np.concatenate([gated + np.int32(reviewers), head]),
        capacity,
        np.zeros_like(capacity),
    )
    return gate_of, entry, arcs


def _affiliation_gates(reduced: Reduced, entry: Ids, first: int) -> tuple[Ids, Ids, Ids]:
    """Entries of all open pairs, and tail and head of one gate where an affiliation needs it."""
    affiliation = reduced.problem.affiliation[reduced.reviewer]
    tied = np.flatnonzero(affiliation >= 0)
    size = np.int64(affiliation.max(initial=0)) + 1
    group, member, count = np.unique(
        entry[tied] * size + affiliation[tied], return_inverse=True, return_counts=True
    )
    several = count > 1
    gate = np.full(len(group), -1, np.int32)
    gate[several] = first + np.arange(np.count_nonzero(several), dtype=np.int32)
    head = (group[several] // size).astype(np.int32)
    behind = several[member]
    entry = entry.copy()
    entry[tied[behind]] = gate[member[behind]]
    return entry, gate[several], head
