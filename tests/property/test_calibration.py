"""What has to hold of a calibration whatever the reviews are."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cfp.algorithms.calibration import Calibration, calibrate

FEW = 50  # draws: the properties do not hang on how many there are
NUMBERS = (
    "raw score se p_top n_reviews group leniency leniency_se spread compared agreement given draws"
)


@dataclass(frozen=True)
class Reviews:
    submission: list[int]
    reviewer: list[int]
    score: list[float]
    weight: list[float]

    def calibrate(self, **options) -> Calibration:
        given = {"draws": FEW, "top": 2} | options
        return calibrate(self.submission, self.reviewer, self.score, self.weight, **given)


@st.composite
def reviews(draw, *, most: int = 30) -> Reviews:
    papers, reviewers = draw(st.integers(1, 8)), draw(st.integers(1, 6))
    every = [(p, r) for p in range(papers) for r in range(reviewers)]
    pairs = draw(st.lists(st.sampled_from(every), unique=True, min_size=1, max_size=most))
    n = len(pairs)
    scores = st.integers(1, 5).map(float)
    return Reviews(
        [p for p, _ in pairs],
        [r for _, r in pairs],
        draw(st.lists(scores, min_size=n, max_size=n)),
        draw(st.lists(st.sampled_from([0.5, 0.75, 1.0, 1.25, 1.5]), min_size=n, max_size=n)),
    )


ratios = st.sampled_from([1e-4, 0.05, 0.2, 1.0, 30.0])


@settings(max_examples=20)
@given(reviews())
def test_without_leniency_it_is_the_mean(asked: Reviews) -> None:
    found = asked.calibrate(ratio=1e-4)
    for number in set(asked.submission):
        rows = [row for row, one in enumerate(asked.submission) if one == number]
        scores, weights = ([values[row] for row in rows] for values in (asked.score, asked.weight))
        assert found.raw[number] == pytest.approx(np.average(scores, weights=weights))
    assert found.score == pytest.approx(found.raw, abs=0.01)
    plain = asked.calibrate(ratio=0)
    assert plain.score == pytest.approx(plain.raw, abs=1e-12)
    assert not plain.leniency.any()


@settings(max_examples=20)
@given(reviews(), st.randoms(use_true_random=False))
def test_other_numbers_for_the_reviewers_change_nothing(asked: Reviews, random) -> None:
    numbers = random.sample(range(20), 6)
    renamed = Reviews(
        asked.submission, [numbers[r] for r in asked.reviewer], asked.score, asked.weight
    )
    one, other = asked.calibrate(), renamed.calibrate()
    for name in ("raw", "score", "se", "p_top", "group"):
        assert (getattr(one, name) == getattr(other, name)).all(), name
    for old in set(asked.reviewer):
        assert one.leniency[old] == other.leniency[numbers[old]]


@settings(max_examples=20)
@given(reviews(), ratios, st.data())
def test_a_higher_score_never_harms(asked: Reviews, ratio: float, data) -> None:
    row = data.draw(st.integers(0, len(asked.score) - 1))
    raised = list(asked.score)
    raised[row] += data.draw(st.sampled_from([0.1, 1.0, 4.0]))
    higher = Reviews(asked.submission, asked.reviewer, raised, asked.weight)
    number = asked.submission[row]
    before, after = asked.calibrate(ratio=ratio), higher.calibrate(ratio=ratio)
    assert after.score[number] > before.score[number]


@settings(max_examples=20)
@given(reviews(most=12), reviews(most=12), ratios)
def test_groups_that_no_reviewer_connects_do_not_touch(
    one: Reviews, other: Reviews, ratio: float
) -> None:
    both = Reviews(
        one.submission + [20 + p for p in other.submission],
        one.reviewer + [20 + r for r in other.reviewer],
        one.score + other.score,
        one.weight + other.weight,
    )
    alone, joined = one.calibrate(ratio=ratio), both.calibrate(ratio=ratio)
    seen = sorted(set(one.submission))
    assert joined.score[seen] == pytest.approx(alone.score[seen])
    groups = set(joined.group[seen]) & set(joined.group[sorted({20 + p for p in other.submission})])
    assert not groups


@settings(max_examples=20)
@given(reviews(), ratios)
def test_the_means_of_a_connected_group_stay(asked: Reviews, ratio: float) -> None:
    """Leniency moves submissions against each other, never a group as a whole."""
    found = asked.calibrate(ratio=ratio)
    total = np.bincount(asked.submission, asked.weight, minlength=len(found.score))
    for group in set(found.group[asked.submission]):
        members = (found.group == group) & (total > 0)
        owners = {r for p, r in zip(asked.submission, asked.reviewer, strict=True) if members[p]}
        assert sum(found.leniency[sorted(owners)]) == pytest.approx(0, abs=1e-6)


@settings(max_examples=20)
@given(reviews())
def test_nothing_is_ever_nan(asked: Reviews) -> None:
    found = asked.calibrate(keep=3)
    for name in NUMBERS.split():
        assert np.isfinite(getattr(found, name)).all(), name
    assert found.p_top.sum() == pytest.approx(min(2, len(found.score)))
    assert set(found.band) <= {"in", "lean in", "lean out", "out"}


@settings(max_examples=20)
@given(reviews(most=20))
def test_it_is_generalized_least_squares(asked: Reviews) -> None:
    """The textbook's form, with the covariance of all reviews written out."""
    found = asked.calibrate(ratio=0.5)
    seen = sorted(set(asked.submission))
    x = (np.array(asked.submission)[:, None] == seen).astype(float)
    z = (np.array(asked.reviewer)[:, None] == np.unique(asked.reviewer)).astype(float)
    inverse = np.linalg.inv(np.diag(1 / np.array(asked.weight)) + 0.5 * z @ z.T)
    best = np.linalg.solve(x.T @ inverse @ x, x.T @ inverse @ np.array(asked.score))
    assert found.score[seen] == pytest.approx(best, abs=1e-6)
