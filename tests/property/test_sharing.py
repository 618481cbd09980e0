"""Groups that share too few reviewers, found without the solver: they are the solver's own."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from cfp.algorithms.assignment import assign
from cfp.algorithms.problem import Problem
from cfp.domain.assignment.sharing import groups_short


@given(st.integers(0, 10**6), st.sampled_from([0.3, 0.6, 0.9]))
def test_the_same_groups_as_the_solver_names(seed: int, share: float) -> None:
    chance = np.random.default_rng(seed)
    papers, reviewers = int(chance.integers(1, 9)), int(chance.integers(1, 7))
    eligible = chance.random((papers, reviewers)) < share
    demand, room = chance.integers(0, 4, papers), chance.integers(0, 5, reviewers)
    fixed = some_fixed(chance, eligible, demand, room)
    paper, reviewer = np.nonzero(eligible)
    plan = assign(
        Problem(
            paper=paper,
            reviewer=reviewer,
            score=np.zeros(len(paper)),
            demand=demand,
            load_max=room,
            pinned=fixed,
        ),
        objective="max",
    )
    bits = [sum(1 << one for one in np.flatnonzero(row).tolist()) for row in eligible]
    found = groups_short(demand.tolist(), bits, room.tolist(), fixed)
    assert sorted(
        (list(one.submissions), list(one.reviewers), one.wanted, one.possible) for one in found
    ) == sorted(
        (one.papers.tolist(), one.reviewers.tolist(), one.demand, one.capacity)
        for one in plan.shortfalls
    )


def some_fixed(chance, eligible, demand, room) -> list[tuple[int, int]]:
    """A few pairs within the demand and the loads."""
    fixed: list[tuple[int, int]] = []
    seats, left = demand.copy(), room.copy()
    for paper, reviewer in np.argwhere(eligible).tolist():
        if chance.random() < 0.1 and seats[paper] and left[reviewer]:
            fixed.append((paper, reviewer))
            seats[paper] -= 1
            left[reviewer] -= 1
    return fixed
