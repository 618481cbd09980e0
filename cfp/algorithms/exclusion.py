"""Rules one flow cannot hold: "not together", and juniors with seniors of one affiliation.

Solve without them, look what the answer breaks, and branch: of two sides that exclude each other,
one or the other is closed. Cheapest first, so the first answer that breaks nothing is the optimum.
Where too much is broken for that, prices are found for the sides (see `tolls`): they give a plan,
and a bound that says how far from the optimum it may be.
"""

import heapq
from dataclasses import dataclass

import numpy as np

from cfp.algorithms import tolls
from cfp.algorithms.couplings import Couplings, couplings_of
from cfp.algorithms.flow import Flow, Network
from cfp.algorithms.reduction import Reduced

MOST_SOLVES, MOST_PAIRS_SOLVED = 200, 5_000_000
MOST_BROKEN = 30  # couplings; each needs a branching of its own, and each of them doubles the work


@dataclass(frozen=True, eq=False)
class Answer:
    """A flow that breaks no rule, and a cost no such flow is below."""

    flow: Flow
    bound: int


def solve(network: Network, reduced: Reduced) -> Answer:
    """Find the cheapest flow that holds every rule; bound == flow.cost certifies it."""
    couplings = couplings_of(reduced)
    root = network.solve()
    if not couplings.count or not len(couplings.broken(root.amount)):
        return Answer(root, root.cost)
    found = _branch(network, couplings, root)
    if isinstance(found, Answer):
        return found
    flow, bound = tolls.solve(network, couplings, root, found)
    return Answer(flow, bound)


def _branch(network: Network, couplings: Couplings, root: Flow) -> Answer | int:
    """The optimum; or, when the solves run out, the cost that no answer is below."""
    waiting = [(root.cost, 0, np.zeros(network.pairs, np.bool_), root)]
    solves, most = 1, min(MOST_SOLVES, 2 + MOST_PAIRS_SOLVED // (network.pairs + 1))
    if len(couplings.broken(root.amount)) > MOST_BROKEN:
        return root.cost
    while True:
        bound, _, closed, flow = heapq.heappop(waiting)
        broken = couplings.broken(flow.amount)
        if not len(broken):
            return Answer(flow, bound)
        if solves >= most:
            return bound
        for side in (2 * broken[0], 2 * broken[0] + 1):
            solves += 1
            fewer = couplings.closing(closed, side)
            branch = network.solve(fewer)
            heapq.heappush(waiting, (branch.cost, solves, fewer, branch))
