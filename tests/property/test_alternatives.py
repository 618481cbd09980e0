"""The cheapest single step for each pair, against trying every replacement and every exchange."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cfp.algorithms import alternatives as module
from cfp.algorithms.alternatives import alternatives
from cfp.algorithms.assignment import assign
from cfp.algorithms.problem import Plan, Problem
from tests.property.test_assignment import judge, problems

Pairs = frozenset[tuple[int, int]]


def pairs_of(plan: Plan) -> Pairs:
    return frozenset(zip(plan.paper.tolist(), plan.reviewer.tolist(), strict=True))


def taken(problem: Problem, pairs: Pairs) -> np.ndarray:
    keys = [paper * problem.reviewers + reviewer for paper, reviewer in pairs]
    return np.isin(problem.keys(), keys)


def keeps_the_rules(problem: Problem, pairs: Pairs, plan: Plan) -> bool:
    """As good as the plan in everything but its total: judged by the solver's own brute force."""
    judged = judge(problem)
    mine = (judged.taken == taken(problem, pairs)).all(axis=1)
    if not mine.any():
        return False
    row = int(np.flatnonzero(mine)[0])
    return bool(
        judged.missing[row].sum() == plan.paper_missing.sum()
        and (below(problem, pairs) <= plan.load_unmet).all()
        and led(problem, pairs_of(plan)) <= led(problem, pairs)
    )


def below(problem: Problem, pairs: Pairs) -> np.ndarray:
    """(R,) what each lacks to the minimum: a step lets nobody fall below it for another's sake."""
    loads = np.bincount([one for _paper, one in pairs], minlength=problem.reviewers)
    return np.maximum(problem.load_min - loads, 0)


def led(problem: Problem, pairs: Pairs) -> set[int]:
    """Papers that need a senior and have one; a step does not take it, even from one that lacks
    reviews, where the solver leaves the place open for a senior still to come.
    """
    return {paper for paper, one in pairs if problem.need_senior[paper] and problem.senior[one]}


def steps(problem: Problem, plan: Plan, paper: int, reviewer: int) -> list[Pairs]:
    """Every plan that is one replacement or one exchange away, without this pair."""
    pairs, pinned = pairs_of(plan), pairs_of_pins(plan)
    candidates = set(zip(problem.paper.tolist(), problem.reviewer.tolist(), strict=True))
    out = pairs - {(paper, reviewer)}
    found = [
        out | {(paper, other)}
        for other in range(problem.reviewers)
        if (paper, other) in candidates - pairs
    ]
    for second, other in pairs - pinned:
        new = {(paper, other), (second, reviewer)}
        if second != paper and other != reviewer and new <= candidates - pairs:
            found.append((out - {(second, other)}) | new)
    return [one for one in found if keeps_the_rules(problem, one, plan)]


def pairs_of_pins(plan: Plan) -> Pairs:
    rows = np.flatnonzero(plan.pinned)
    return frozenset((int(plan.paper[row]), int(plan.reviewer[row])) for row in rows)


def after(plan: Plan, row: int, reviewer: int, takes: int) -> Pairs:
    paper, own = int(plan.paper[row]), int(plan.reviewer[row])
    pairs = pairs_of(plan) - {(paper, own)} | {(paper, reviewer)}
    return pairs if takes < 0 else pairs - {(takes, reviewer)} | {(takes, own)}


def total(problem: Problem, pairs: Pairs) -> float:
    return float(problem.score[taken(problem, pairs)].sum())


@given(problems(), st.sampled_from(["max", "balanced"]), st.sampled_from([1, 2, 2_048]))
def test_the_cheapest_step_is_found_and_keeps_every_rule(
    problem: Problem, objective: str, width: int
) -> None:
    plan = assign(problem, objective=objective)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "WIDTH", width)
        patch.setattr(module, "BLOCK", width * 4)
        found = alternatives(problem, plan)
    for row, (paper, reviewer) in enumerate(
        zip(plan.paper.tolist(), plan.reviewer.tolist(), strict=True)
    ):
        possible = [] if plan.pinned[row] else steps(problem, plan, paper, reviewer)
        cheapest = min((plan.total - total(problem, one) for one in possible), default=math.nan)
        assert found.cost[row] == pytest.approx(cheapest, abs=1e-9, nan_ok=True)
        if possible:
            mine = after(plan, row, int(found.reviewer[row]), int(found.takes[row]))
            assert keeps_the_rules(problem, mine, plan)
            assert plan.total - total(problem, mine) == pytest.approx(found.cost[row], abs=1e-9)
        else:
            assert found.reviewer[row] == found.takes[row] == -1


@given(problems(rules=False))
def test_a_whole_new_solve_without_the_pair_loses_at_most_that(problem: Problem) -> None:
    plan, judged = assign(problem, objective="max"), judge(problem)
    found = alternatives(problem, plan)
    for row in np.flatnonzero(~np.isnan(found.cost)):
        pair = frozenset({(int(plan.paper[row]), int(plan.reviewer[row]))})
        without = judged.fullest & ~judged.taken[:, taken(problem, pair)].any(axis=1)
        lost = plan.total - judged.total[without].max()
        assert -1e-9 <= lost <= found.cost[row] + 1e-9


def test_seniors_employers_and_apart_are_minded_by_name() -> None:
    """One paper: ada (senior) is on it with ben; each rule closes another one's way in."""
    plain = {
        "paper": [0] * 5,
        "reviewer": [0, 1, 2, 3, 4],
        "score": [0.9, 0.8, 0.7, 0.6, 0.5],
        "demand": [2],
        "load_max": [1] * 5,
    }
    senior = [True, False, False, False, True]
    by_score = Problem(**plain)
    led = Problem(**plain, senior=senior, need_senior=[True])
    employed = Problem(**plain, affiliation=[-1, 7, 7, -1, -1])
    apart = Problem(**plain, apart=[[1, 2], [3, 1]])
    instead = {
        name: alternatives(problem, assign(problem, objective="max")).reviewer.tolist()
        for name, problem in {
            "score": by_score, "led": led, "employed": employed, "apart": apart
        }.items()
    }  # fmt: skip
    assert instead == {"score": [2, 2], "led": [4, 2], "employed": [3, 2], "apart": [4, 2]}


def test_a_reviewer_at_the_minimum_gives_up_a_paper_only_in_exchange() -> None:
    problem = Problem(
        paper=[0, 0, 0, 1, 1],
        reviewer=[0, 1, 2, 0, 1],
        score=[0.9, 0.5, 0.8, 0.4, 0.7],
        demand=[1, 1],
        load_max=[1, 1, 1],
        load_min=[1, 1, 0],
    )
    plan = assign(problem, objective="max")
    found = alternatives(problem, plan)
    assert (found.reviewer.tolist(), found.takes.tolist()) == ([1, 0], [1, 0])
    assert found.cost == pytest.approx([0.7, 0.7])


def test_an_empty_plan_has_no_alternatives() -> None:
    problem = Problem(paper=[], reviewer=[], score=[], demand=[1], load_max=[])
    found = alternatives(problem, assign(problem, objective="max"))
    assert len(found.cost) == len(found.reviewer) == len(found.takes) == 0
