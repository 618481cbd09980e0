"""Say which papers lack reviews because together they share too few reviewers."""

import numpy as np

from cfp.algorithms.arrays import Ids
from cfp.algorithms.flow import Flow, Network
from cfp.algorithms.problem import Problem, Shortfall


def shortfalls(problem: Problem, network: Network, flow: Flow) -> tuple[Shortfall, ...]:
    """One report for each group of papers that compete for the same too few reviewers."""
    if not flow.missing.any():
        return ()
    reached, group = network.contended(flow)
    papers = np.flatnonzero(reached[network.reviewers : network.source]).astype(np.int32)
    group = group[papers + network.reviewers]
    blocked = ~reached[network.junior_gate] & (network.junior_gate >= 0)
    return tuple(
        _report(problem, flow, members, members[blocked[members]])
        for members in (papers[group == one] for one in np.unique(group))
    )


def _report(problem: Problem, flow: Flow, papers: Ids, seniors_only: Ids) -> Shortfall:
    eligible = np.isin(problem.paper, papers) & (problem.load_max[problem.reviewer] > 0)
    demand, missing = int(problem.demand[papers].sum()), int(flow.missing[papers].sum())
    return Shortfall(
        papers=papers,
        reviewers=np.unique(problem.reviewer[eligible]),
        demand=demand,
        capacity=demand - missing,
        missing=missing,
        seniors_only=seniors_only,
    )
