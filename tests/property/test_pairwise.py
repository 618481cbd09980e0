"""What has to hold of strengths whatever was compared."""

from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.stats import kendalltau

from cfp.algorithms.comparing import fit as fitting
from cfp.algorithms.comparing.choices import choices, read
from cfp.algorithms.errors import ProblemError
from cfp.algorithms.pairwise import Pairwise, compare

FEW = 60  # draws: the properties do not hang on how many there are
SIZE = 7


@dataclass(frozen=True)
class Said:
    pairs: list[tuple[int, int, int]]
    rankings: list[list[int]] = field(default_factory=list)

    def compare(self, **options) -> Pairwise:
        first, second, outcome = np.array(self.pairs, int).reshape(-1, 3).T
        known = {"draws": FEW, "top": 2, "size": SIZE, "rankings": self.rankings}
        return compare(first, second, outcome, **{**known, **options})

    def renamed(self, numbers: list[int]) -> "Said":
        return Said(
            [(numbers[a], numbers[b], outcome) for a, b, outcome in self.pairs],
            [[numbers[one] for one in ranking] for ranking in self.rankings],
        )


@st.composite
def said(draw, *, outcomes=(1, 0, -1), least: int = 1, rankings: int = 3) -> Said:
    two = st.lists(st.integers(0, SIZE - 1), min_size=2, max_size=2, unique=True)
    pair = st.tuples(two, st.sampled_from(outcomes)).map(lambda one: (*one[0], one[1]))
    handful = st.lists(st.integers(0, SIZE - 1), min_size=2, max_size=5, unique=True)
    return Said(
        draw(st.lists(pair, min_size=least, max_size=20)),
        draw(st.lists(handful, max_size=rankings)),
    )


@settings(max_examples=12)
@given(said(), st.permutations(range(SIZE)))
def test_other_numbers_change_nothing(asked: Said, numbers: list[int]) -> None:
    one, other = asked.compare(), asked.renamed(numbers).compare()
    for name in ("strength", "se", "won", "compared"):
        assert getattr(other, name)[numbers] == pytest.approx(getattr(one, name), abs=1e-6), name
    for name in ("tie", "circles", "trios"):
        assert getattr(other, name) == pytest.approx(getattr(one, name)), name


@settings(max_examples=12)
@given(said(), st.integers(0, 19))
def test_the_other_way_round_is_the_same(asked: Said, number: int) -> None:
    """It does not matter which of two stood on the left."""
    turned = list(asked.pairs)
    a, b, outcome = turned[number % len(turned)]
    turned[number % len(turned)] = (b, a, -outcome)
    other = replace(asked, pairs=turned).compare()
    assert other.strength == pytest.approx(asked.compare().strength, abs=1e-6)


@settings(max_examples=20)
@given(said(), st.integers(0, SIZE - 1), st.data())
def test_one_more_win_never_harms(asked: Said, winner: int, data) -> None:
    """With nu as it is; when it is estimated, it moves all others too."""
    loser = data.draw(st.integers(0, SIZE - 1).filter(lambda one: one != winner))
    more = replace(asked, pairs=[*asked.pairs, (winner, loser, 1)])
    before, after = (one.compare(tie=0.7).strength for one in (asked, more))
    assert after[winner] > before[winner] - 1e-9
    assert after[loser] < before[loser] + 1e-9


@settings(max_examples=12)
@given(said(), st.integers(0, 19))
def test_a_loss_turned_into_a_tie_or_a_win_never_harms(asked: Said, number: int) -> None:
    pairs = list(asked.pairs)
    place = number % len(pairs)
    a, b, _outcome = pairs[place]
    found = []
    for outcome in (-1, 0, 1):
        pairs[place] = (a, b, outcome)
        with_tie = [*pairs, (a, b, 0)]  # so that nu plays in all three
        found.append(Said(with_tie, asked.rankings).compare(tie=0.7).strength[a])
    assert found == sorted(found)


@settings(max_examples=15)
@given(said())
def test_it_is_the_maximum_of_the_written_out_posterior(asked: Said) -> None:
    """By a formula for each comparison and ranking, and by another way of climbing."""
    ties = any(outcome == 0 for _, _, outcome in asked.pairs)

    def worse(z: np.ndarray) -> float:
        strength, nu = np.exp(z[:-1]), np.exp(z[-1]) if ties else 0.0
        total = -(z[:-1] ** 2).sum() / (2 * fitting.PRIOR_SD**2)
        total -= z[-1] ** 2 / (2 * fitting.TIE_SD**2)
        for a, b, outcome in asked.pairs:
            even = nu * np.sqrt(strength[a] * strength[b])
            taken = {1: strength[a], -1: strength[b], 0: even}[outcome]
            total += np.log(taken / (strength[a] + strength[b] + even))
        for ranking in asked.rankings:
            for place in range(len(ranking) - 1):
                total += np.log(strength[ranking[place]] / strength[ranking[place:]].sum())
        return -total

    found = minimize(worse, np.zeros(SIZE + 1), method="BFGS", options={"gtol": 1e-6})
    got = asked.compare()
    assert got.strength == pytest.approx(found.x[:-1], abs=2e-4)
    if ties:
        assert got.tie == pytest.approx(np.exp(found.x[-1]), rel=1e-3)


@settings(max_examples=20)
@given(said(), st.booleans())
def test_the_gradient_is_nothing_there_and_errors_come_from_the_curve(
    asked: Said, by_steps: bool
) -> None:
    """By differences of the posterior itself; large systems are solved another way, alike."""
    first, second, outcome = np.array(asked.pairs).T
    rows = choices(read(first, second, outcome, asked.rankings, None, None, SIZE), ties=True)
    with pytest.MonkeyPatch.context() as patch:
        if by_steps:
            patch.setattr(fitting, "EXACT", 0)
        found = fitting.fit(rows, tie=None)
        solved = found.solve(np.eye(SIZE + 1))
    step = 1e-4
    points = found.value + step * np.eye(SIZE + 1)
    less = found.value - step * np.eye(SIZE + 1)
    here = fitting.worth(rows, found.value)
    ahead = np.array([fitting.worth(rows, one) for one in points])
    behind = np.array([fitting.worth(rows, one) for one in less])
    assert (ahead - behind) / (2 * step) == pytest.approx(0, abs=1e-5)
    curve = -(ahead - 2 * here + behind) / step**2
    assert found.hessian.diagonal() == pytest.approx(curve, abs=1e-4)
    assert solved @ found.hessian.toarray() == pytest.approx(np.eye(SIZE + 1), abs=1e-6)


@settings(max_examples=12)
@given(said(least=0, rankings=4))
def test_whatever_was_said_the_figures_are_finite(asked: Said) -> None:
    if not asked.pairs and not asked.rankings:
        with pytest.raises(ProblemError, match=r"problem\.no_comparisons"):
            asked.compare()
        return
    found = asked.compare(seed=3)
    for name in ("strength", "se", "won", "p_top"):
        assert np.isfinite(getattr(found, name)).all(), name
    assert found.p_top.sum() == pytest.approx(2)
    assert sorted(found.rank) == list(range(1, SIZE + 1))
    assert (found.rank_low <= found.rank_high).all()
    assert found.circles <= found.trios
    score, error = found.on_scale(1, 5)
    assert ((score > 1) & (score < 5) & (error > 0)).all()
    for group in set(found.group):
        assert found.strength[found.group == group].sum() == pytest.approx(0, abs=1e-6)


@settings(max_examples=6)
@given(st.permutations(range(SIZE)))
def test_a_ranking_of_two_is_a_comparison_and_of_all_is_the_order(order: list[int]) -> None:
    two = Said([], [[order[0], order[1]]]).compare()
    assert two.strength == pytest.approx(Said([(order[0], order[1], 1)]).compare().strength)
    found = Said([], [order]).compare()
    assert list(np.argsort(-found.strength)) == order
    assert found.won[order] == pytest.approx(np.arange(SIZE - 1, -1, -1) / (SIZE - 1))


@pytest.mark.parametrize("count", [8, 40])
def test_planted_strengths_are_found_again_and_as_sure_as_said(count: int) -> None:
    """With ties and rankings; more comparisons find more, and errors are neither large nor small.

    On the large side of `EXACT`, so that what is drawn there is what is tested.
    """
    random, size = np.random.default_rng(count), 60
    planted = random.normal(size=size)
    first = np.repeat(np.arange(size), count)
    second = (first + random.integers(1, size, len(first))) % size
    odds = np.exp(np.column_stack([planted[first], planted[second]]))
    even = 0.5 * np.sqrt(odds.prod(axis=1))
    drawn = random.random(len(first)) * (odds.sum(axis=1) + even)
    outcome = np.select([drawn < odds[:, 0], drawn < odds.sum(axis=1)], [1, -1], 0)
    handfuls = [random.choice(size, 5, replace=False) for _ in range(20)]
    rankings = [one[np.argsort(-planted[one] - random.gumbel(size=5))] for one in handfuls]
    exact = compare(first, second, outcome, rankings=rankings, top=20)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fitting, "EXACT", 10)
        found = compare(first, second, outcome, rankings=rankings, top=20)
    away = (found.strength - planted + planted.mean()) / found.se
    assert kendalltau(found.strength, planted).statistic > (0.65 if count == 8 else 0.8)
    assert 0.7 < np.sqrt((away**2).mean()) < 1.4
    assert found.tie == pytest.approx(0.5, rel=0.35)
    assert found.strength == pytest.approx(exact.strength, abs=1e-5)
    assert found.se == pytest.approx(exact.se, rel=0.15)
    assert found.p_top == pytest.approx(exact.p_top, abs=0.08)
    inside = (found.rank_low <= exact.rank) & (exact.rank <= found.rank_high)
    assert inside.mean() > 0.95


def keys(found: Pairwise) -> dict[str, dict]:
    return {one.key: dict(one.figures) for one in found.warnings}


def test_what_comparisons_cannot_tell_is_said() -> None:
    apart = keys(compare([0, 2], [1, 3], [1, 1], size=5))
    assert apart["parts"] == {"groups": 2, "largest": 2}
    assert apart["uncompared"]["submissions"] == [4]
    assert apart["few"]["submissions"] == [0, 1, 2, 3]
    assert apart["one_sided"]["submissions"] == [0, 1, 2, 3]
    even = keys(compare([0, 1, 2], [1, 2, 0], [0, 0, 0], reviewer=[4, 4, 4]))
    assert even["all_equal"] == {"comparisons": 3}
    assert even["one_reviewer"]["reviewers"] == [4]
    every = [(a, b) for a in range(7) for b in range(a)]
    turning = [1 if (a - b) in {1, 2, 4} else -1 for a, b in every]  # a cyclic tournament of 7
    found = compare(*np.array(every).T, turning)
    assert (found.circles, found.trios) == (14, 35)
    assert keys(found)["circles"] == {"circles": 14, "trios": 35, "share": 0.4}
    straight = compare(*np.array(every).T, [1] * len(every))
    assert (straight.circles, straight.trios) == (0, 35)
    assert "parts" not in keys(straight)


def test_reviewers_agree_as_far_as_they_say_the_same() -> None:
    pairs = [(a, b) for b in range(6) for a in range(b)]
    first, second = np.array(pairs * 3).T
    outcome = [1] * 30 + [-1] * 15
    found = compare(first, second, outcome, reviewer=[0] * 15 + [1] * 15 + [3] * 15)
    assert list(found.agreement) == [1, 1, 0.5, 0]
    assert list(found.given) == [15, 15, 0, 15]
    ranked = compare(rankings=[[0, 1, 2], [2, 1, 0], [0, 1, 2]], rankers=[0, 1, 0])
    assert list(ranked.agreement) == [1, 0]


@pytest.mark.parametrize(
    ("given_", "key"),
    [
        ({"first": [0], "second": [0], "outcome": [1]}, "problem.with_itself"),
        ({"rankings": [[0, 1], [2]]}, "problem.with_itself"),
        ({"rankings": [[0, 1, 0]]}, "problem.with_itself"),
        ({"first": [0], "second": [1], "outcome": [2]}, "problem.outcome"),
        ({"first": [0], "second": [1], "outcome": []}, "problem.shape"),
        ({"first": [0], "second": [5], "outcome": [1], "size": 5}, "problem.unknown_id"),
        ({"first": [0], "second": [1], "outcome": [1], "reviewer": [1, 2]}, "problem.shape"),
        ({"rankings": [[0, 1]], "rankers": [1, 2]}, "problem.shape"),
        ({"rankings": [[0, 1]], "rankers": [-1]}, "problem.unknown_id"),
        ({"rankings": [[0, 1]], "top": 0}, "problem.too_small"),
        ({"rankings": [[0, 1]], "tie": 0.0}, "problem.tie_range"),
        ({}, "problem.no_comparisons"),
    ],
)
def test_wrong_input_is_named(given_: dict, key: str) -> None:
    with pytest.raises(ProblemError) as wrong:
        compare(**given_)
    assert wrong.value.key == key
