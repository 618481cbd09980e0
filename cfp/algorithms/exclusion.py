"""Rules one flow cannot hold: "not together", and juniors with seniors of one affiliation.

Solve without them, look what the answer breaks, and branch: of two sets of pairs that exclude each
other, one or the other is closed. Cheapest first, so the first answer that breaks nothing is the
optimum; when the solves run out, a quick descent gives an answer and the bound that still stands.
"""

import heapq
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from cfp.algorithms.arrays import Counts, Flags
from cfp.algorithms.flow import Flow, Network
from cfp.algorithms.reduction import Reduced

MOST_SOLVES, MOST_PAIRS_SOLVED = 200, 50_000_000

Exclusion = tuple[Counts, Counts]  # positions of open pairs; the first is the one to give up first


@dataclass(frozen=True, eq=False)
class Answer:
    """A flow that breaks no rule, the pairs closed for it, and a cost no such flow is below."""

    flow: Flow
    closed: Flags
    bound: int


def solve(network: Network, reduced: Reduced) -> Answer:
    """Find the cheapest flow that holds every rule; bound == flow.cost certifies it."""
    closed = np.zeros(network.pairs, np.bool_)
    flow = network.solve()
    waiting = [(flow.cost, 0, closed, flow)]
    solves, most = 1, min(MOST_SOLVES, 2 + MOST_PAIRS_SOLVED // (network.pairs + 1))
    while True:
        bound, _, closed, flow = heapq.heappop(waiting)
        broken = next(_broken(reduced, flow), None)
        if broken is None:
            return Answer(flow, closed, bound)
        if solves >= most:
            return _descend(network, reduced, closed, flow, bound)
        for side in broken:
            solves += 1
            fewer = _closing(closed, side)
            branch = network.solve(fewer)
            heapq.heappush(waiting, (branch.cost, solves, fewer, branch))


def _descend(network: Network, reduced: Reduced, closed: Flags, flow: Flow, bound: int) -> Answer:
    while broken := list(_broken(reduced, flow)):
        closed = _closing(closed, *(give_up for give_up, _ in broken))
        flow = network.solve(closed)
    return Answer(flow, closed, bound)


def _closing(closed: Flags, *sides: Counts) -> Flags:
    fewer = closed.copy()
    fewer[np.concatenate(sides)] = True
    return fewer


def _broken(reduced: Reduced, flow: Flow) -> Iterator[Exclusion]:
    yield from _together(reduced, flow.chosen)
    yield from _mixed(reduced, flow.chosen)


def _together(reduced: Reduced, chosen: Counts) -> Iterator[Exclusion]:
    """Chosen pairs of two reviewers on one paper who must not meet, the lower score first."""
    apart = reduced.problem.apart
    theirs: dict[int, dict[int, int]] = defaultdict(dict)
    for position in chosen[np.isin(reduced.reviewer[chosen], apart)]:
        theirs[int(reduced.reviewer[position])][int(reduced.paper[position])] = int(position)
    score = reduced.problem.score[reduced.pair]
    for one, other in apart.tolist():
        for paper in sorted(theirs[one].keys() & theirs[other].keys()):
            pair = sorted((theirs[one][paper], theirs[other][paper]), key=score.__getitem__)
            yield np.array(pair[:1]), np.array(pair[1:])


def _mixed(reduced: Reduced, chosen: Counts) -> Iterator[Exclusion]:
    """Juniors and seniors of an affiliation that has one of each on a paper, the juniors first."""
    affiliation = reduced.problem.affiliation[reduced.reviewer]
    group = reduced.paper * (np.int64(affiliation.max(initial=0)) + 1) + affiliation
    tied = chosen[(affiliation[chosen] >= 0) & reduced.need_senior[reduced.paper[chosen]]]
    senior = reduced.problem.senior[reduced.reviewer]
    for crowded in np.intersect1d(group[tied[senior[tied]]], group[tied[~senior[tied]]]):
        members = (group == crowded) & (affiliation >= 0)
        yield np.flatnonzero(members & ~senior), np.flatnonzero(members & senior)
