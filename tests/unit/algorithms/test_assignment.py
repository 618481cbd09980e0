from dataclasses import replace

import numpy as np
import pytest

from cfp.algorithms import assignment, exclusion
from cfp.algorithms.assignment import assign, repair
from cfp.algorithms.problem import Problem, ProblemError
from tests.support.need import shared_data


def dense(score, *, demand, load_max, **rules) -> Problem:
    """Every pair is a candidate unless its score is nan; score: (P, R)."""
    table = np.array(score, float)
    paper, reviewer = np.nonzero(~np.isnan(table))
    papers, reviewers = table.shape
    return Problem(
        paper=paper,
        reviewer=reviewer,
        score=table[paper, reviewer],
        demand=np.broadcast_to(demand, papers),
        load_max=np.broadcast_to(load_max, reviewers),
        **rules,
    )


def rows(plan) -> list[tuple[int, int]]:
    return list(zip(plan.paper.tolist(), plan.reviewer.tolist(), strict=True))


def instance(name: str) -> Problem:
    with np.load(shared_data("assignment") / f"{name}.npz") as arrays:
        return Problem(**arrays)


@pytest.mark.parametrize(
    ("name", "total"), [("midl", 201.885), ("aamas2015", 1406.25), ("midl_lb", 150.043)]
)
def test_known_optimum(name, total):
    plan = assign(instance(name), objective="max")
    assert plan.total == pytest.approx(total, abs=5e-4)
    assert plan.complete
    assert plan.total == plan.optimum == plan.total_bound


@pytest.mark.parametrize(
    ("name", "floor", "worst", "total"),
    [("midl", 0.99, 0.944839, 201.768), ("aamas2015", 0.99, 1.25, 1403.75)],
)
def test_known_balance(name, floor, worst, total):
    plan = assign(instance(name), floor=floor)
    assert plan.worst == pytest.approx(worst, abs=1e-6)
    assert plan.worst_limit == pytest.approx(plan.worst)
    assert plan.total >= total


def test_balanced_raises_the_worst_paper_within_the_floor():
    problem = dense([[1.0, 0.5], [0.6, 0.2]], demand=1, load_max=1)
    highest = assign(problem, objective="max")
    assert (highest.total, highest.worst) == pytest.approx((1.2, 0.2))
    fair = assign(problem, floor=0.9)
    assert (fair.total, fair.worst, fair.optimum) == pytest.approx((1.1, 0.5, 1.2))
    strict = assign(problem, floor=0.95)
    assert (strict.total, strict.worst, strict.worst_bound) == pytest.approx((1.2, 0.2, 0.6))
    assert strict.worst_limit == pytest.approx(0.2)


def test_balanced_where_not_every_minimum_can_be_met():
    score = [[0.0, np.nan, 0.0, 0.1], [0.2, 0.1, 0.0, 0.3]]
    problem = dense(score, demand=[1, 1], load_max=2, load_min=[1, 1, 1, 0])
    plan = assign(problem, floor=0.0)
    assert plan.load_unmet.sum() == 1
    assert plan.worst == pytest.approx(0.0)


def test_what_is_short_does_not_hold_the_others_back():
    score = [[np.nan, np.nan], [1.0, 0.5], [0.6, 0.2]]
    plan = assign(dense(score, demand=1, load_max=1), floor=0.9)
    assert [group.papers.tolist() for group in plan.shortfalls] == [[0]]
    assert plan.worst == pytest.approx(0.5)


def test_each_figure_of_a_plan():
    problem = dense(
        [[0.9, 0.5, 0.1], [0.8, 0.2, 0.3]],
        demand=[1, 2],
        load_max=2,
        load_min=[0, 1, 0],
        pinned=[[0, 1]],
        previous=[[0, 0], [1, 2]],
    )
    plan = assign(problem, objective="max")
    assert rows(plan) == [(0, 1), (1, 0), (1, 2)]
    assert plan.pinned.tolist() == [True, False, False]
    assert plan.new.tolist() == [True, True, False]
    assert plan.dropped.tolist() == [[0, 0]]
    assert plan.paper_count.tolist() == [1, 2]
    assert plan.paper_score == pytest.approx([0.5, 1.1])
    assert plan.reviewer_load.tolist() == [1, 1, 1]
    assert (plan.worst, plan.worst_bound) == pytest.approx((0.5, 0.5))
    assert plan.total == pytest.approx(1.6)
    assert plan.complete


def test_a_negative_score_still_fills_the_demand():
    plan = assign(dense([[-5.0, np.nan]], demand=1, load_max=1), objective="max")
    assert rows(plan) == [(0, 0)]


def test_nothing_to_assign():
    empty = Problem(paper=[], reviewer=[], score=[], demand=[], load_max=[])
    plan = assign(empty, objective="max")
    assert plan.complete
    assert plan.total == 0
    assert np.isnan(plan.worst)


def test_papers_and_no_reviewers():
    plan = assign(
        Problem(paper=[], reviewer=[], score=[], demand=[2, 0], load_max=[]), objective="max"
    )
    [group] = plan.shortfalls
    assert (group.papers.tolist(), group.reviewers.tolist()) == ([0], [])
    assert (group.demand, group.capacity, group.missing) == (2, 0, 2)


def test_a_minimum_is_met_even_at_a_lower_total():
    score = [[0.9, 0.1], [0.9, 0.1]]
    free = assign(dense(score, demand=1, load_max=2), objective="max")
    plan = assign(dense(score, demand=1, load_max=2, load_min=[0, 1]), objective="max")
    assert free.total == pytest.approx(1.8)
    assert plan.total == pytest.approx(1.0)
    assert plan.reviewer_load.tolist() == [1, 1]


def test_a_minimum_that_cannot_be_met_is_reported():
    plan = assign(dense([[1.0, 1.0]], demand=1, load_max=2, load_min=[1, 1]), objective="max")
    assert plan.load_unmet.sum() == 1
    assert plan.paper_missing.sum() == 0
    assert not plan.complete


def test_pins_use_up_demand_and_load():
    problem = dense(
        [[0.1, 0.9], [0.9, 0.8]], demand=1, load_max=1, pinned=[[0, 0]], load_min=[1, 0]
    )
    plan = assign(problem, objective="max")
    assert rows(plan) == [(0, 0), (1, 1)]
    assert plan.complete


def test_a_pin_on_a_conflict_is_refused_and_named():
    problem = dense([[np.nan, 0.5]], demand=1, load_max=1, pinned=[[0, 0]])
    plan = assign(problem, objective="max")
    assert rows(plan) == [(0, 1)]
    assert plan.pins_unmet.tolist() == [[0, 0]]
    assert not plan.complete


def test_pins_beyond_the_limits_hold_and_are_named():
    problem = dense(
        [[0.5, 0.5], [0.5, 0.5]],
        demand=1,
        load_max=1,
        pinned=[[0, 0], [1, 0], [1, 1]],
        affiliation=[4, 4],
    )
    plan = assign(problem, objective="max")
    assert rows(plan) == [(0, 0), (1, 0), (1, 1)]
    assert plan.load_over.tolist() == [1, 0]
    assert plan.crowded.tolist() == [1]
    assert not plan.complete


def test_one_reviewer_of_an_affiliation_per_paper():
    score = [[0.9, 0.8, 0.1], [0.9, 0.8, 0.1]]
    plan = assign(dense(score, demand=2, load_max=2, affiliation=[7, 7, -1]), objective="max")
    assert plan.complete
    assert plan.paper_count.tolist() == [2, 2]
    assert plan.reviewer_load[2] == 2


def test_unaffiliated_reviewers_are_no_group():
    plan = assign(dense([[0.9, 0.8]], demand=2, load_max=1, affiliation=[-1, -1]), objective="max")
    assert plan.complete


def test_a_pinned_reviewer_keeps_out_colleagues_and_whoever_is_apart():
    problem = dense(
        [[0.1, 0.9, 0.8, 0.2]],
        demand=2,
        load_max=1,
        pinned=[[0, 0]],
        affiliation=[3, 3, -1, -1],
        apart=[[2, 0]],
    )
    assert rows(assign(problem, objective="max")) == [(0, 0), (0, 3)]


def test_a_senior_has_a_seat():
    score = [[0.9, 0.8, 0.7, 0.1]]
    senior = [False, False, False, True]
    problem = dense(score, demand=3, load_max=1, senior=senior, need_senior=[True])
    assert rows(assign(problem, objective="max")) == [(0, 0), (0, 1), (0, 3)]


def test_without_a_senior_the_seat_stays_empty_and_the_report_says_so():
    problem = dense([[0.9, 0.8], [0.5, 0.5]], demand=2, load_max=2, need_senior=[True, False])
    plan = assign(problem, objective="max")
    assert plan.paper_missing.tolist() == [1, 0]
    assert plan.without_senior.tolist() == [0]
    [group] = plan.shortfalls
    assert group.papers.tolist() == group.seniors_only.tolist() == [0]


def test_reviewers_kept_apart_at_the_least_cost():
    problem = dense([[0.9, 0.8, 0.3], [0.9, 0.2, 0.3]], demand=2, load_max=2, apart=[[0, 1]])
    plan = assign(problem, objective="max")
    assert rows(plan) == [(0, 0), (0, 2), (1, 0), (1, 2)]
    assert plan.total == plan.total_bound


def test_many_seniors_and_juniors_of_the_same_affiliations_are_bounded_then_settled(monkeypatch):
    """Too much for branching: prices bound it, and a smaller problem is solved to the end."""
    rng = np.random.default_rng(5)
    problem = dense(
        rng.random((60, 30)),
        demand=3,
        load_max=8,
        senior=rng.random(30) < 0.5,
        need_senior=np.ones(60, bool),
        affiliation=rng.integers(0, 5, 30),
        apart=[[1, 0], [3, 2], [5, 4]],
    )
    monkeypatch.setattr(exclusion, "MOST_BROKEN", 0)
    exact = assign(problem, objective="max")
    monkeypatch.setattr(assignment, "MOST_PAIRS_SETTLED", 0)
    bounded = assign(problem, objective="max")
    for plan in (exact, bounded):
        assert plan.complete
        for paper in range(60):
            on_it = plan.reviewer[plan.paper == paper]
            assert len(set(problem.affiliation[on_it].tolist())) == 3
            assert not any(set(pair) <= set(on_it.tolist()) for pair in problem.apart.tolist())
    assert exact.total == exact.total_bound
    assert bounded.total <= exact.total < bounded.total_bound < 1.001 * exact.total


def test_seniors_and_juniors_of_one_affiliation_never_meet():
    problem = dense(
        [[0.9, 0.9, 0.1, 0.1]],
        demand=2,
        load_max=1,
        senior=[True, False, True, False],
        need_senior=[True],
        affiliation=[1, 1, -1, -1],
    )
    plan = assign(problem, objective="max")
    assert plan.total == pytest.approx(1.0)
    assert plan.complete


def test_what_stands_breaks_ties_and_only_ties():
    score = [[0.5, 0.5, 0.51], [0.5, 0.5, 0.2]]
    problem = dense(score, demand=1, load_max=1, previous=[[0, 1], [1, 1]])
    for seed in range(4):
        assert rows(assign(problem, objective="max", seed=seed)) == [(0, 2), (1, 1)]


def test_a_planted_shortfall_is_named_exactly():
    """Papers 3, 8 and 11 have reviewers 2, 5, 6 and 9 alone, who can give 7 of 9 reviews."""
    rng = np.random.default_rng(3)
    score = rng.random((40, 30))
    few, load_max = [2, 5, 6, 9], np.full(30, 6)
    load_max[few] = [2, 2, 2, 1]
    for paper in (3, 8, 11):
        others = np.ones(30, bool)
        others[few] = False
        score[paper, others] = np.nan
    plan = assign(dense(score, demand=3, load_max=load_max), objective="max")
    [group] = plan.shortfalls
    assert group.papers.tolist() == [3, 8, 11]
    assert group.reviewers.tolist() == few
    assert (group.demand, group.capacity, group.missing) == (9, 7, 2)
    assert set(np.flatnonzero(plan.paper_missing)) <= {3, 8, 11}
    assert plan.paper_missing.sum() == 2


def test_two_planted_shortfalls_are_two_reports():
    score = np.full((4, 6), np.nan)
    score[0, :2] = score[1, :2] = 0.5
    score[2, 2:] = score[3, 2:3] = 0.5
    plan = assign(dense(score, demand=2, load_max=[1, 1, 9, 9, 9, 9]), objective="max")
    assert [group.papers.tolist() for group in plan.shortfalls] == [[0, 1], [3]]
    assert [group.missing for group in plan.shortfalls] == [2, 1]


def test_a_drop_out_changes_only_what_was_lost():
    rng = np.random.default_rng(11)
    problem = dense(rng.random((60, 30)).round(2), demand=3, load_max=8)
    before = assign(problem, objective="max")
    gone = problem.load_max.copy()
    gone[[4, 17]] = 0
    lost = int(np.isin(before.reviewer, [4, 17]).sum())
    plan = repair(replace(problem, load_max=gone), rows(before))
    assert plan.complete
    assert lost > 0
    assert (int(plan.new.sum()), len(plan.dropped)) == (lost, lost)
    assert plan.total <= plan.optimum


def test_a_repair_moves_others_where_no_one_is_free():
    """Reviewer 2 is gone; only 1 may take paper 1, so 0 must take over paper 0 from 1."""
    score = [[0.2, 0.9, np.nan], [np.nan, 0.5, np.nan]]
    plan = repair(dense(score, demand=1, load_max=[1, 1, 0]), [(0, 1), (1, 2)])
    assert rows(plan) == [(0, 0), (1, 1)]
    assert plan.dropped.tolist() == [[0, 1], [1, 2]]


def test_a_repair_without_need_changes_nothing():
    problem = dense([[0.1, 0.9, 0.8]], demand=1, load_max=1)
    plan = repair(problem, [(0, 0), (0, 2)])
    assert rows(plan) == [(0, 0), (0, 2)]
    assert not plan.new.any()


@pytest.mark.parametrize(
    ("current", "key"), [([(0, 9)], "unknown_id"), ([(0, 0), (0, 0)], "duplicate_pair")]
)
def test_a_repair_refuses_rows_it_does_not_know(current, key):
    with pytest.raises(ProblemError) as caught:
        repair(dense([[0.1, 0.9]], demand=1, load_max=1), current)
    assert caught.value.key == f"problem.{key}"


@pytest.mark.parametrize(
    ("options", "rules", "key"),
    [
        ({"objective": "fairest"}, {}, "objective"),
        ({"objective": "max", "floor": 1.5}, {}, "floor_range"),
        ({"objective": "balanced"}, {"cap": 0.5}, "cap_balanced"),
        ({"objective": "max"}, {"huge": 1e30}, "scores_too_large"),
    ],
)
def test_what_cannot_be_asked_for(options, rules, key):
    score = [[rules.pop("huge", 0.1), 0.9]]
    with pytest.raises(ProblemError) as caught:
        assign(dense(score, demand=1, load_max=1, **rules), **options)
    assert caught.value.key == f"problem.{key}"


def test_progress_is_told_in_order():
    told = []
    assign(
        dense([[1.0, 0.5], [0.6, 0.2]], demand=1, load_max=1),
        on_progress=lambda step, share: told.append((step, share)),
    )
    assert list(dict(told)) == ["prepare", "flow", "balance", "report"]
    assert [share for _, share in told] == sorted(share for _, share in told)
