"""Say which papers lack reviews because together they share too few reviewers."""

from math import ceil

import numpy as np

from cfp.algorithms.arrays import Ids, Scores
from cfp.algorithms.flow import Flow, Network
from cfp.algorithms.problem import Problem, Shortfall


def shortfalls(
    problem: Problem, network: Network, flow: Flow, units: int = 1
) -> tuple[Shortfall, ...]:
    """One report for each group of papers that compete for the same too few reviewers.

    One review is `units` of the flow; what is missing is rounded up.
    """
    if not flow.missing.any():
        return ()
    reached, group = network.contended(flow)
    papers = np.flatnonzero(reached[network.reviewers : network.source]).astype(np.int32)
    group = group[papers + network.reviewers]
    blocked = ~reached[network.junior_gate] & (network.junior_gate >= 0)
    return tuple(
        _report(problem, flow.missing / units, members, members[blocked[members]])
        for members in (papers[group == one] for one in np.unique(group))
    )


def _report(problem: Problem, lacking: Scores, papers: Ids, seniors_only: Ids) -> Shortfall:
    eligible = np.isin(problem.paper, papers) & (problem.load_max[problem.reviewer] > 0)
    demand, missing = int(problem.demand[papers].sum()), ceil(lacking[papers].sum() - 1e-6)
    return Shortfall(
        papers=papers,
        reviewers=np.unique(problem.reviewer[eligible]),
        demand=demand,
        capacity=demand - missing,
        missing=missing,
        seniors_only=seniors_only,
    )
