"""The solver against brute force: every subset of up to a dozen pairs is judged by the rules."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from cfp.algorithms import assignment, exclusion, fairness, tolls
from cfp.algorithms.assignment import assign, repair
from cfp.algorithms.problem import Plan, Problem
from cfp.algorithms.reduction import reduce

MOST_PAIRS = 12


@st.composite
def problems(draw, *, rules=True) -> Problem:
    papers, reviewers = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    every = [(p, r) for p in range(papers) for r in range(reviewers)]
    pairs = draw(st.lists(st.sampled_from(every), unique=True, max_size=MOST_PAIRS))
    scores = st.integers(-20, 100).map(lambda hundredths: hundredths / 100)
    load_max = draw(st.lists(st.integers(0, 3), min_size=reviewers, max_size=reviewers))
    plain = {
        "paper": [p for p, _ in pairs],
        "reviewer": [r for _, r in pairs],
        "score": draw(st.lists(scores, min_size=len(pairs), max_size=len(pairs))),
        "demand": draw(st.lists(st.integers(0, 3), min_size=papers, max_size=papers)),
        "load_max": load_max,
        "load_min": [draw(st.integers(0, most)) for most in load_max],
    }
    if not rules:
        return Problem(**plain)
    both = st.tuples(st.integers(0, reviewers - 1), st.integers(0, reviewers - 1))
    return Problem(
        **plain,
        pinned=draw(st.lists(st.sampled_from(every), unique=True, max_size=2)),
        previous=draw(st.lists(st.sampled_from(every), unique=True, max_size=3)),
        senior=draw(st.lists(st.booleans(), min_size=reviewers, max_size=reviewers)),
        need_senior=draw(st.lists(st.booleans(), min_size=papers, max_size=papers)),
        affiliation=draw(st.lists(st.integers(-1, 1), min_size=reviewers, max_size=reviewers)),
        apart=draw(st.lists(both.filter(lambda two: two[0] != two[1]), max_size=2)),
    )


@dataclass(frozen=True)
class Judged:
    """Every subset of the pairs that keeps the rules: (S, N) membership and figures per subset."""

    taken: np.ndarray
    missing: np.ndarray  # (S, P)
    unmet: np.ndarray  # (S,)
    total: np.ndarray  # (S,)
    paper_score: np.ndarray  # (S, P)

    @property
    def best_total(self) -> float:
        return self.total[self.fullest].max()

    @property
    def fullest(self) -> np.ndarray:
        missing = self.missing.sum(axis=1)
        rows = missing == missing.min()
        return rows & (self.unmet == self.unmet[rows].min())


def judge(problem: Problem, standing: np.ndarray | None = None) -> Judged:
    n = len(problem.paper)
    taken = (np.arange(2**n)[:, None] >> np.arange(n)) & 1 == 1
    at_paper = (problem.paper[:, None] == np.arange(problem.papers)).astype(int)
    at_reviewer = (problem.reviewer[:, None] == np.arange(problem.reviewers)).astype(int)
    pinned = np.isin(problem.keys(), problem.row_keys(problem.pinned))
    senior = problem.senior[problem.reviewer]
    count, load, pins = taken @ at_paper, taken @ at_reviewer, pinned @ at_paper
    juniors = (taken & ~pinned & ~senior) @ at_paper
    needs_more = problem.need_senior & ((pinned & senior) @ at_paper == 0)
    seats = np.maximum(problem.demand - pins, 0)
    surplus = pins if standing is None else (standing | pinned) @ at_paper
    keeps = taken[:, pinned].all(axis=1)
    keeps &= (load <= np.maximum(problem.load_max, pinned @ at_reviewer)).all(axis=1)
    keeps &= (count <= np.maximum(problem.demand, surplus)).all(axis=1)
    keeps &= (~needs_more | (juniors <= np.maximum(seats - 1, 0))).all(axis=1)
    for i in range(n):
        for j in range(i):
            if excludes(problem, i, j) and not (pinned[i] and pinned[j]):
                keeps &= ~(taken[:, i] & taken[:, j])
    return Judged(
        taken=taken[keeps],
        missing=np.maximum(problem.demand - count[keeps], 0),
        unmet=np.maximum(problem.load_min - load[keeps], 0).sum(axis=1),
        total=taken[keeps] @ problem.score,
        paper_score=(taken[keeps] * problem.score) @ at_paper,
    )


def excludes(problem: Problem, i: int, j: int) -> bool:
    one, other = problem.reviewer[i], problem.reviewer[j]
    if problem.paper[i] != problem.paper[j]:
        return False
    same = problem.affiliation[one] == problem.affiliation[other] >= 0
    return same or {one, other} in [set(pair) for pair in problem.apart.tolist()]


def taken_by(problem: Problem, plan: Plan) -> np.ndarray:
    rows = np.column_stack([plan.paper, plan.reviewer]).astype(np.int32)
    return np.isin(problem.keys(), problem.row_keys(rows))


@given(problems())
def test_best_total_of_all_plans_that_keep_the_rules(problem: Problem) -> None:
    plan, judged = assign(problem, objective="max"), judge(problem)
    mine = (judged.taken == taken_by(problem, plan)).all(axis=1)
    assert mine.sum() == 1, "the plan breaks a rule"
    missing = judged.missing.sum(axis=1)
    assert plan.paper_missing.sum() == missing.min()
    assert plan.load_unmet.sum() == judged.unmet[missing == missing.min()].min()
    assert plan.total == pytest.approx(judged.best_total)
    assert plan.total == plan.optimum == plan.total_bound
    assert plan.missing_bound == missing.min()


@given(problems())
def test_pins_hold_or_are_named(problem: Problem) -> None:
    plan = assign(problem, objective="max")
    held = np.column_stack([plan.paper, plan.reviewer])[plan.pinned]
    named = [tuple(row) for row in np.concatenate([held, plan.pins_unmet]).tolist()]
    assert sorted(named) == sorted(tuple(row) for row in problem.pinned.tolist())
    assert not np.isin(problem.row_keys(plan.pins_unmet), problem.keys()).any()


@given(problems())
def test_each_shortfall_is_unavoidable_and_as_small_as_can_be(problem: Problem) -> None:
    plan, judged = assign(problem, objective="max"), judge(problem)

    def unavoidable(papers: list[int]) -> int:
        return int(judged.missing[:, papers].sum(axis=1).min())

    assert sum(group.missing for group in plan.shortfalls) == plan.paper_missing.sum()
    exact = not len(problem.apart) and (problem.affiliation < 0).all()
    for group in plan.shortfalls if exact else ():
        papers = group.papers.tolist()
        assert group.demand - group.capacity == group.missing == unavoidable(papers)
        for paper in papers:
            assert unavoidable([p for p in papers if p != paper]) < group.missing


@given(problems(), st.sampled_from([0.5, 0.9, 0.99, 1.0]))
@example(
    Problem(
        paper=[0, 0, 1, 1], reviewer=[0, 1, 0, 1], score=[1.0, 0.5, 0.6, 0.2],
        demand=[1, 1], load_max=[1, 1],
    ),
    0.9,
)  # fmt: skip
def test_balanced_has_the_best_worst_paper_a_total_allows(problem: Problem, floor: float) -> None:
    plan, judged = assign(problem, objective="balanced", floor=floor), judge(problem)
    fair = problem.demand > 0
    for group in plan.shortfalls:
        fair[group.papers] = False
    worst = judged.paper_score[:, fair].min(axis=1, initial=1e6)
    kept = plan.optimum - (1 - floor) * abs(plan.optimum) - 1e-7
    rows = judged.fullest & (judged.total >= kept)
    best = worst[rows].max()
    assert plan.optimum == pytest.approx(judged.best_total)
    assert plan.total == pytest.approx(judged.total[rows & (worst > best - 1e-9)].max())
    mine = (judged.taken == taken_by(problem, plan)).all(axis=1)
    assert (mine & rows).sum() == 1, "the plan breaks a rule, or more is missing than must be"
    if fair.any():
        assert plan.worst == pytest.approx(best)
        assert plan.worst_limit == pytest.approx(best)


@given(problems(), st.randoms(use_true_random=False))
def test_the_order_of_papers_and_reviewers_is_no_matter(problem: Problem, random) -> None:
    papers = random.sample(range(problem.papers), problem.papers)
    reviewers = random.sample(range(problem.reviewers), problem.reviewers)
    shuffled = renamed(problem, np.array(papers), np.array(reviewers))
    mine, theirs = assign(problem, objective="max"), assign(shuffled, objective="max")
    assert mine.total == pytest.approx(theirs.total)
    assert mine.paper_missing.sum() == theirs.paper_missing.sum()
    assert sum(len(group.papers) for group in mine.shortfalls) == sum(
        len(group.papers) for group in theirs.shortfalls
    )


def renamed(problem: Problem, paper: np.ndarray, reviewer: np.ndarray) -> Problem:
    """Paper p becomes paper[p], reviewer r becomes reviewer[r]; the pairs come in reverse."""
    back_paper, back_reviewer = np.argsort(paper), np.argsort(reviewer)
    return replace(
        problem,
        paper=paper[problem.paper][::-1],
        reviewer=reviewer[problem.reviewer][::-1],
        score=problem.score[::-1],
        demand=problem.demand[back_paper],
        need_senior=problem.need_senior[back_paper],
        load_min=problem.load_min[back_reviewer],
        load_max=problem.load_max[back_reviewer],
        senior=problem.senior[back_reviewer],
        affiliation=problem.affiliation[back_reviewer],
        pinned=np.column_stack([paper[problem.pinned[:, 0]], reviewer[problem.pinned[:, 1]]]),
        previous=np.column_stack([paper[problem.previous[:, 0]], reviewer[problem.previous[:, 1]]]),
        apart=reviewer[problem.apart],
    )


@given(problems(rules=False), st.lists(st.integers(0, 100), min_size=4, max_size=4))
def test_one_more_reviewer_never_lowers_the_optimum(problem: Problem, hundredths) -> None:
    before = assign(problem, objective="max")
    new = np.full(problem.papers, problem.reviewers)
    after = assign(
        replace(
            problem,
            paper=np.append(problem.paper, np.arange(problem.papers)),
            reviewer=np.append(problem.reviewer, new),
            score=np.append(problem.score, np.array(hundredths[: problem.papers]) / 100),
            load_max=np.append(problem.load_max, 2),
            load_min=np.append(problem.load_min, 0),
            senior=np.append(problem.senior, False),
            affiliation=np.append(problem.affiliation, -1),
        ),
        objective="max",
    )
    assert after.paper_missing.sum() <= before.paper_missing.sum()
    if after.paper_missing.sum() == before.paper_missing.sum():
        assert (after.load_unmet.sum(), -after.optimum) <= (
            before.load_unmet.sum(),
            -before.optimum + 1e-9,
        )


@given(problems(), st.integers(0, 3))
def test_the_same_seed_gives_the_same_plan(problem: Problem, seed: int) -> None:
    one, other = (assign(problem, objective="max", seed=seed) for _ in range(2))
    assert (taken_by(problem, one) == taken_by(problem, other)).all()


@given(problems(), st.data())
def test_repair_changes_as_little_as_can_be(problem: Problem, data) -> None:
    every = [(p, r) for p in range(problem.papers) for r in range(problem.reviewers)]
    current = data.draw(st.lists(st.sampled_from(every), unique=True, max_size=6))
    plan = repair(problem, current)
    stood = np.isin(problem.keys(), [p * problem.reviewers + r for p, r in current])
    judged = judge(problem, stood)
    changes = (judged.taken != stood).sum(axis=1)
    fewest = judged.missing.sum(axis=1) == judged.missing.sum(axis=1).min()
    fewest &= changes == changes[fewest].min()
    fewest &= judged.unmet == judged.unmet[fewest].min()
    mine = (taken_by(problem, plan) != stood).sum()
    pairs = set(zip(problem.paper.tolist(), problem.reviewer.tolist(), strict=True))
    assert plan.paper_missing.sum() == judged.missing.sum(axis=1).min()
    assert mine == changes[fewest].min()
    assert plan.total == pytest.approx(judged.total[fewest].max())
    assert plan.new.sum() + len(plan.dropped) == mine + len(set(map(tuple, current)) - pairs)


@given(problems(), st.sampled_from([0.5, 0.9, 1.0]))
def test_what_only_looks_around_the_low_papers_keeps_the_rules_and_its_bounds(
    problem: Problem, floor: float
) -> None:
    """As a very large problem is solved: not always the best, but never a promise too much."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fairness, "MOST_PAIRS", 0)
        plan = assign(problem, objective="balanced", floor=floor)
    judged = judge(problem)
    kept = plan.optimum - (1 - floor) * abs(plan.optimum) - 1e-7
    rows = judged.fullest & (judged.total >= kept)
    mine = (judged.taken == taken_by(problem, plan)).all(axis=1)
    assert (mine & rows).sum() == 1
    fair = problem.demand > 0
    for group in plan.shortfalls:
        fair[group.papers] = False
    if fair.any():
        worst = judged.paper_score[:, fair].min(axis=1)
        assert plan.worst <= worst[rows].max() + 1e-9
        assert worst[rows].max() <= plan.worst_limit + 1e-9
        as_good = rows & (worst > plan.worst - 1e-9)
        assert judged.total[as_good].max() <= plan.total_limit + 1e-5


@given(problems(), st.sampled_from([0.25, 0.5, 0.99]), st.integers(0, 9))
def test_a_drawn_plan_keeps_the_rules(problem: Problem, cap: float, seed: int) -> None:
    capped = replace(problem, cap=cap)
    plan = assign(capped, objective="max", seed=seed)
    again = assign(capped, objective="max", seed=seed)
    judged = judge(problem)
    assert (taken_by(problem, plan) == taken_by(problem, again)).all()
    assert (judged.taken == taken_by(problem, plan)).all(axis=1).sum() == 1
    pinned = np.isin(problem.keys(), problem.row_keys(problem.pinned))
    assert (plan.chance[pinned] == 1).all()
    assert (plan.chance[~pinned] <= cap + 1e-9).all()
    assert (plan.chance[taken_by(problem, plan)] > 0).all()


@settings(max_examples=8)
@given(problems(), st.sampled_from([0.3, 0.5]))
def test_the_draw_has_the_promised_probabilities(problem: Problem, cap: float) -> None:
    """Over many draws each pair comes as often as promised, within five standard deviations."""
    capped, draws = replace(problem, cap=cap), 200
    often = np.zeros(len(problem.paper))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(assignment, "reduce", lambda one, _seed: reduce(one, 0))  # the same optimum
        chance = assign(capped, objective="max").chance
        for seed in range(draws):
            often += taken_by(problem, assign(capped, objective="max", seed=seed))
    deviation = np.sqrt(chance * (1 - chance) / draws)
    assert (np.abs(often / draws - chance) <= 5 * deviation + 1e-9).all()


@given(problems(rules=False), st.sampled_from([0.25, 0.5, 1.0]))
def test_a_drawn_plan_has_the_best_expected_total(problem: Problem, cap: float) -> None:
    """Against a linear program: fewest missing, then fewest unmet minima, then the total."""
    plan = assign(replace(problem, cap=cap), objective="max")
    n, papers, reviewers = len(problem.paper), problem.papers, problem.reviewers
    at_paper = (np.arange(papers)[:, None] == problem.paper).astype(float)
    at_reviewer = (np.arange(reviewers)[:, None] == problem.reviewer).astype(float)
    lacking = np.concatenate([np.zeros(n), np.full(papers, 1e4), np.full(reviewers, 100.0)])
    found = linprog(
        lacking - np.append(problem.score, np.zeros(papers + reviewers)),
        A_eq=np.hstack([at_paper, np.eye(papers), np.zeros((papers, reviewers))]),
        b_eq=problem.demand,
        A_ub=np.vstack(
            [
                np.hstack([at_reviewer, np.zeros((reviewers, papers + reviewers))]),
                np.hstack([-at_reviewer, np.zeros((reviewers, papers)), -np.eye(reviewers)]),
            ]
        ),
        b_ub=np.append(problem.load_max, -problem.load_min),
        bounds=[(0, cap)] * n + [(0, None)] * (papers + reviewers),
    )
    expected = float(problem.score @ found.x[:n]) if n else 0.0
    assert plan.optimum == pytest.approx(expected, abs=1e-5)
    assert plan.optimum == pytest.approx(float(problem.score @ plan.chance))


@given(st.integers(2, 5), st.integers(1, 4), st.integers(0, 10**6))
def test_a_planted_group_is_named_exactly(papers: int, missing: int, seed: int) -> None:
    """Some papers have a few reviewers of their own, who can give `missing` reviews too few."""
    rng = np.random.default_rng(seed)
    few, demand = np.sort(rng.choice(24, 4, replace=False)), 3
    planted = np.sort(rng.choice(20, papers, replace=False))
    eligible = rng.random((20, 24)) < 0.9
    eligible[planted] = False
    eligible[np.ix_(planted, few)] = True
    eligible[np.setdiff1d(np.arange(20), planted)[:, None], few] = rng.random() < 0.5
    load = np.full(24, 20)
    capacity = max(demand * papers - missing, 1)
    load[few] = [capacity // 4 + (one < capacity % 4) for one in range(4)]
    paper, reviewer = np.nonzero(eligible)
    plan = assign(
        Problem(
            paper=paper,
            reviewer=reviewer,
            score=rng.random(len(paper)),
            demand=np.full(20, demand),
            load_max=load,
        ),
        objective="max",
    )
    [group] = plan.shortfalls
    assert group.papers.tolist() == planted.tolist()
    assert group.reviewers.tolist() == few[load[few] > 0].tolist()
    assert (group.demand, group.capacity) == (demand * papers, capacity)
    assert group.missing == plan.paper_missing.sum() == demand * papers - capacity


@given(problems(), st.sampled_from([0, exclusion.MOST_PAIRS_COUNTED]), st.booleans())
def test_a_search_cut_short_never_says_that_more_must_be_missing_than_must(
    problem: Problem, counted: int, repairing: bool
) -> None:
    """No branching and one step of prices; then fewest are counted, or the bound is honest."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exclusion, "MOST_BROKEN", 0)
        patch.setattr(exclusion, "MOST_PAIRS_COUNTED", counted)
        for name in ("FEWEST_STEPS", "MOST_STEPS"):
            patch.setattr(tolls, name, 1)
        plan = repair(problem, []) if repairing else assign(problem, objective="max")
    judged = judge(problem)
    missing = judged.missing.sum(axis=1)
    assert (judged.taken == taken_by(problem, plan)).all(axis=1).sum() == 1
    assert plan.missing_bound <= missing.min() <= plan.paper_missing.sum()
    if counted:
        assert plan.missing_bound == plan.paper_missing.sum()
    if not repairing and np.isfinite(plan.total_bound):
        assert judged.best_total <= plan.total_bound + 1e-5
