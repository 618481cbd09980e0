"""Rules one flow cannot hold: "not together", and juniors with seniors of one affiliation.

Solve without them, look what the answer breaks, and branch: of two sides that exclude each other,
one or the other is closed. Cheapest first, so the first answer that breaks nothing is the optimum.
Where too much is broken for that, prices are found for the sides (see `tolls`): they give a plan,
and a bound that says how far from the optimum it may be. Where such a plan lacks reviews that the
flow alone would not, branch and bound counts how few can be missing (see `lacking`).
"""

import heapq

import numpy as np

from cfp.algorithms import tolls
from cfp.algorithms.couplings import Couplings, couplings_of
from cfp.algorithms.flow import Flow, Network
from cfp.algorithms.reduction import Reduced
from cfp.records import record

MOST_SOLVES, MOST_PAIRS_SOLVED = 200, 5_000_000
MOST_PAIRS_COUNTED = 100_000  # of the integer program that counts missing reviews
MOST_BROKEN = 30  # couplings; each needs a branching of its own, and each of them doubles the work


@record(eq=False)
class Answer:
    """A flow that breaks no rule; no such flow costs less than `bound` or misses less than `least`.

    `least` is in reviews, the flow in the network's units.
    """

    flow: Flow
    bound: int
    least: int


def solve(network: Network, reduced: Reduced) -> Answer:
    """Find the cheapest flow that holds every rule; bound == flow.cost certifies it."""
    couplings = couplings_of(reduced)
    root = network.solve()
    if not couplings.count or not len(couplings.broken(root.amount)):
        return _exact(network, root)
    found = _branch(network, couplings, root)
    if isinstance(found, Flow):
        return _exact(network, found)
    flow, bound = tolls.solve(network, couplings, root, found)
    if flow.cost <= bound:
        return _exact(network, flow)
    least = _reviews(network, root)
    if _reviews(network, flow) > least and network.units == 1:
        return _fewer(network, couplings, reduced, Answer(flow, bound, least))
    return Answer(flow, bound, least)


def _exact(network: Network, flow: Flow) -> Answer:
    return Answer(flow, flow.cost, _reviews(network, flow))


def _reviews(network: Network, flow: Flow) -> int:
    """Reviews that are missing, a part of one counted as one."""
    return -(-int(flow.missing.sum()) // network.units)


def _fewer(network: Network, couplings: Couplings, reduced: Reduced, known: Answer) -> Answer:
    """Count by branch and bound, and take the sides of the couplings that its plan uses."""
    if network.pairs > MOST_PAIRS_COUNTED:
        return known
    from cfp.algorithms import lacking  # noqa: PLC0415 - linear programs: 50 MiB, seldom needed

    found = lacking.fewest(reduced, network.arcs.cost[: network.pairs])
    first = couplings.used(found.taken.astype(np.int64))[:, 0] > 0
    sides = 2 * np.arange(couplings.count) + first
    plan = network.solve(couplings.closing(np.zeros(network.pairs, np.bool_), sides))
    flow = min(plan, known.flow, key=lambda one: one.cost)
    bound = known.bound
    if found.cost > -np.inf and not network.has_spare:
        bound = max(bound, found.missing * network.missing_price + int(found.cost))
    return Answer(flow, min(bound, flow.cost), max(known.least, found.missing))


def _branch(network: Network, couplings: Couplings, root: Flow) -> Flow | int:
    """The optimum; or, when the solves run out, the cost that no answer is below."""
    waiting = [(root.cost, 0, np.zeros(network.pairs, np.bool_), root)]
    solves, most = 1, min(MOST_SOLVES, 2 + MOST_PAIRS_SOLVED // (network.pairs + 1))
    if len(couplings.broken(root.amount)) > MOST_BROKEN:
        return root.cost
    while True:
        bound, _, closed, flow = heapq.heappop(waiting)
        broken = couplings.broken(flow.amount)
        if not len(broken):
            return flow
        if solves >= most:
            return bound
        for side in (2 * broken[0], 2 * broken[0] + 1):
            solves += 1
            fewer = couplings.closing(closed, side)
            branch = network.solve(fewer)
            heapq.heappush(waiting, (branch.cost, solves, fewer, branch))
