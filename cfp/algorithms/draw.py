"""Draw a plan from probabilities: each pair as often as promised, and every rule holds always.

Source: dependent rounding (Gandhi, Khuller, Parthasarathy, Srinivasan 2006), here on the flow
itself: around a cycle of arcs whose flow is not whole, so much is moved one way or the other as
makes one of them whole, by a coin that leaves the expected flow of each arc as it is. A rule -
demand, load, one senior, one of an affiliation - is an arc or a supply, so it holds at the end as
it did before. What it is for: Jecmen et al., Mitigating Manipulation in Peer Review, 2020.
"""

import numpy as np

from cfp.algorithms.arrays import Counts
from cfp.algorithms.flow import Arcs

UNITS = 100  # of a review: probabilities are whole hundredths


def whole_flow(arcs: Arcs, amount: Counts, rng: np.random.Generator) -> Counts:
    """(arcs,) multiples of `UNITS` with `amount` as their expectation, at most one unit from it."""
    graph = _Fractions(arcs, amount)
    for start in list(graph.at):
        while graph.at[start]:
            graph.settle(graph.cycle(start), rng)
    rounded = amount.copy()
    rounded[graph.arcs] += np.array(graph.moved, np.int64)
    return rounded


class _Fractions:
    """The arcs whose flow is not whole, as an undirected graph: no node has just one of them."""

    def __init__(self, arcs: Arcs, amount: Counts) -> None:
        self.arcs = np.flatnonzero(amount % UNITS)
        self.tail, self.head = arcs.tail[self.arcs].tolist(), arcs.head[self.arcs].tolist()
        self.part = (amount[self.arcs] % UNITS).tolist()
        self.moved = [0] * len(self.arcs)
        self.at: dict[int, dict[int, None]] = {}
        for arc, ends in enumerate(zip(self.tail, self.head, strict=True)):
            for node in ends:
                self.at.setdefault(node, {})[arc] = None

    def cycle(self, start: int) -> list[tuple[int, int]]:
        """Walk until a node comes again: the arcs of that round, with direction 1 or -1."""
        path: list[tuple[int, int]] = []
        seen, node, last = {start: 0}, start, -1
        while True:
            last = next(arc for arc in self.at[node] if arc != last)
            forward = self.tail[last] == node
            node = self.head[last] if forward else self.tail[last]
            path.append((last, 1 if forward else -1))
            if node in seen:
                return path[seen[node] :]
            seen[node] = len(path)

    def settle(self, cycle: list[tuple[int, int]], rng: np.random.Generator) -> None:
        """Move flow around the cycle, by a fair coin, until one of its arcs is whole."""
        rising = min(UNITS - self.part[arc] if way > 0 else self.part[arc] for arc, way in cycle)
        falling = min(self.part[arc] if way > 0 else UNITS - self.part[arc] for arc, way in cycle)
        step = rising if rng.integers(rising + falling) < falling else -falling
        for arc, way in cycle:
            self.part[arc] += step * way
            self.moved[arc] += step * way
            if self.part[arc] in (0, UNITS):
                del self.at[self.tail[arc]][arc], self.at[self.head[arc]][arc]
