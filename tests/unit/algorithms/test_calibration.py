"""What a calibration says about poor data, and what it refuses."""

import numpy as np
import pytest
from scipy.stats import kendalltau

from cfp.algorithms.calibrating import bias
from cfp.algorithms.calibrating.bias import Spectrum, likeliest
from cfp.algorithms.calibration import calibrate
from cfp.algorithms.gradients import conjugate_gradients
from cfp.algorithms.problem import ProblemError

PAIRS = [(paper, (paper + step) % 6) for paper in range(12) for step in range(3)]
PAPER, REVIEWER = np.array(PAIRS).T


def scores(seed: int = 0, *, leniency: float = 1.0, noise: float = 0.5) -> np.ndarray:
    random = np.random.default_rng(seed)
    quality, own = random.normal(3, 1, 12), leniency * np.linspace(-1, 1, 6)
    return quality[PAPER] + own[REVIEWER] + noise * random.normal(size=len(PAPER))


def keys(found) -> list[str]:
    return [one.key for one in found.warnings]


def figures(found, key: str) -> dict:
    return next(dict(one.figures) for one in found.warnings if one.key == key)


def test_leniency_is_found_and_taken_out():
    found = calibrate(PAPER, REVIEWER, scores(noise=0.1), top=4)
    assert found.leniency == pytest.approx(np.linspace(-1, 1, 6), abs=0.2)
    assert (found.leniency_se < 0.2).all()
    assert found.agreement.min() > 0.9
    assert keys(found) == ["borderline"] or not keys(found)


def test_the_spread_of_errors_is_as_said():
    """Of 50 conferences: calibrated scores differ from the qualities by what the errors say."""
    off = []
    for seed in range(50):
        random = np.random.default_rng(seed)
        quality, own = random.normal(3, 1, 12), random.normal(0, 0.4, 6)
        given = quality[PAPER] + own[REVIEWER] + random.normal(size=len(PAPER))
        found = calibrate(PAPER, REVIEWER, given, draws=100)
        off.append((found.score - quality) / found.se)
    assert np.std(off) == pytest.approx(1, abs=0.15)


def test_same_seed_same_figures():
    one, other, third = (calibrate(PAPER, REVIEWER, scores(), top=4, seed=s) for s in (1, 1, 2))
    assert (one.p_top == other.p_top).all()
    assert (one.p_top != third.p_top).any()


def test_scale_and_origin_do_not_matter():
    one = calibrate(PAPER, REVIEWER, scores(), top=4)
    other = calibrate(PAPER, REVIEWER, 1e6 + 1000 * scores(), top=4)
    assert other.score == pytest.approx(1e6 + 1000 * one.score)
    assert other.se == pytest.approx(1000 * one.se, rel=1e-3)
    assert other.p_top == pytest.approx(one.p_top, abs=0.01)


def test_all_scores_equal():
    found = calibrate(PAPER, REVIEWER, np.full(36, 3.1), top=3)
    assert keys(found)[0] == "constant"
    assert (found.score == 3.1).all()
    assert not found.se.any()
    assert found.p_top == pytest.approx(np.full(12, 3 / 12), abs=0.06)


def test_one_reviewer_alone():
    found = calibrate([0, 1, 2, 3], [0, 0, 0, 0], [1, 2, 4, 5], top=1)
    assert {"noise_assumed", "ratio_assumed", "single"} <= set(keys(found))
    assert found.score.tolist() == [1, 2, 4, 5]
    assert found.leniency.tolist() == [0]
    assert found.p_top[3] == max(found.p_top) < 1


def test_perfect_agreement_is_certain_once_there_is_enough_of_it():
    found = calibrate(PAPER, REVIEWER, PAPER.astype(float), top=3)
    assert found.sigma == 0
    assert found.p_top.tolist() == [0] * 9 + [1] * 3


def test_what_differs_by_leniency_alone_is_no_error():
    found = calibrate(PAPER, REVIEWER, PAPER + 0.5 * REVIEWER, top=3)
    assert found.score - found.score[0] == pytest.approx(np.arange(12), abs=0.02)


def test_what_is_no_score_is_left_out_and_named():
    given = scores()
    given[PAPER == 2] = np.nan
    weight = np.ones(36)
    weight[np.flatnonzero(PAPER == 3)[:2]] = 0
    found = calibrate(PAPER, REVIEWER, given, weight, top=4)
    assert figures(found, "left_out") == {"reviews": 5}
    assert figures(found, "unreviewed") == {"submissions": [2]}
    assert figures(found, "single") == {"submissions": [3]}
    assert found.n_reviews.tolist()[2:4] == [0, 1]
    assert found.raw[2] == found.score[2]
    assert 0 < found.p_top[2] < 1


def test_groups_and_reviewers_who_tell_little():
    submission = [0, 0, 1, 1, 2, 2, 3, 3, 3]
    reviewer = [0, 1, 0, 1, 2, 3, 2, 3, 4]
    found = calibrate(submission, reviewer, [3, 4, 3, 5, 1, 2, 2, 3, 5])
    assert figures(found, "groups") == {"groups": 2, "largest": 2}
    assert figures(found, "few_reviews") == {"reviewers": [0, 1, 2, 3, 4]}
    assert len(set(found.group.tolist())) == 2


def test_a_reviewer_whose_scores_are_all_equal():
    given = scores()
    given[REVIEWER == 4] = 3
    assert figures(calibrate(PAPER, REVIEWER, given), "equal_scores") == {"reviewers": [4]}


def test_reviewers_who_got_the_good_ones():
    quality = np.repeat([1.0, 5.0], 30)
    paper = np.repeat(np.arange(60), 3)
    reviewer = np.where(paper < 30, 0, 6) + (paper + np.tile(np.arange(3), 60)) % 6
    random = np.random.default_rng(0)
    found = calibrate(paper, reviewer, quality[paper] + random.normal(size=180))
    assert figures(found, "matched")["share"] > 0.5
    mixed = random.permutation(quality)[paper] + random.normal(size=180)
    assert "matched" not in keys(calibrate(paper, reviewer, mixed))


@pytest.mark.parametrize("exact", [250, 10])
def test_strict_reviewers_who_got_the_good_ones(monkeypatch, exact):
    """They meet each other on the same submissions, so half of their strictness looks like none."""
    monkeypatch.setattr(bias, "EXACT", exact)
    random = np.random.default_rng(0)
    quality, own = random.normal(3, 1, 240), np.sort(random.normal(0, 0.7, 60))
    wanted = np.argsort(quality[np.arange(240).repeat(3)] + 0.7 * random.normal(size=720))
    seats = np.argsort(own[np.arange(60).repeat(12)] + 0.5 * random.normal(size=720))[::-1]
    pairs = np.unique(np.column_stack([wanted // 3, seats // 12]), axis=0)
    paper, reviewer = pairs.T
    noise = 0.7 * random.normal(size=len(pairs))
    given = quality[paper] + own[reviewer] + noise
    found = calibrate(paper, reviewer, given)
    assert "against" in keys(found)
    assert "matched" not in keys(found)
    held = calibrate(paper, reviewer, given, ratio=found.ratio / 10)
    assert kendalltau(found.score, quality).statistic > kendalltau(held.score, quality).statistic
    turned = calibrate(paper, reviewer, quality[paper] - own[reviewer] + noise)
    assert "matched" in keys(turned)


def test_weights_of_another_scale_are_mentioned():
    found = calibrate(PAPER, REVIEWER, scores(), np.full(36, 50.0))
    assert figures(found, "weights_unusual") == {"mean": 50}


def test_draws_are_handed_out_jointly():
    found = calibrate(PAPER, REVIEWER, scores(), top=4, draws=500, keep=200)
    assert found.draws.shape == (200, 12)
    order = np.argsort(-found.draws, axis=1)[:, :4]
    share = np.bincount(order.ravel(), minlength=12) / 200
    assert share == pytest.approx(found.p_top, abs=0.1)


@pytest.mark.parametrize(
    ("changes", "key", "data"),
    [
        ({"score": [1, 2]}, "problem.shape", {"field": "score"}),
        ({"weight": [1]}, "problem.shape", {"field": "weight"}),
        ({"score": [1, np.inf, 2]}, "problem.not_finite", {"row": 1}),
        ({"score": ["a", "b", "c"]}, "problem.not_numbers", {"field": "score"}),
        ({"score": [1, 1e300, 2]}, "problem.score_range", {"row": 1}),
        ({"score": [np.nan] * 3}, "problem.no_scores", {}),
        ({"weight": [0, 0, 0]}, "problem.no_scores", {}),
        ({"weight": [1, -1, 1]}, "problem.weight_range", {"row": 1}),
        ({"weight": [1, 1, 1e300]}, "problem.weight_range", {"row": 2}),
        ({"weight": [1, np.nan, 1]}, "problem.not_finite", {"field": "weight", "row": 1}),
        ({"submission": [0, -1, 1]}, "problem.unknown_id", {"field": "submission", "row": 1}),
        ({"submission": [0, 2**30, 1]}, "problem.unknown_id", {"field": "submission"}),
        ({"reviewer": [0, 0.5, 1]}, "problem.not_whole", {"field": "reviewer", "row": 1}),
        ({"submission": [0, 0, 0], "reviewer": [0, 1, 0]}, "problem.duplicate_pair", {"row": 2}),
        ({"top": 0}, "problem.too_small", {"field": "top"}),
        ({"draws": 0}, "problem.too_small", {"field": "draws"}),
        ({"ratio": -1}, "problem.ratio_range", {"value": -1}),
    ],
)
def test_bad_input_says_what_and_where(changes, key, data):
    given = {"submission": [0, 0, 1], "reviewer": [0, 1, 1], "score": [1, 2, 3]} | changes
    with pytest.raises(ProblemError) as refused:
        calibrate(**given)
    assert refused.value.key == key
    assert data.items() <= refused.value.data.items()


def test_no_review_at_all():
    with pytest.raises(ProblemError) as refused:
        calibrate([], [], [])
    assert refused.value.key == "problem.no_scores"


def test_estimated_determinants_lead_to_the_same_ratio(monkeypatch):
    random = np.random.default_rng(0)
    paper = np.repeat(np.arange(400), 3)
    reviewer = np.concatenate([random.choice(120, 3, replace=False) for _ in range(400)])
    given = random.normal(size=400)[paper] + random.normal(size=120)[reviewer] / 2
    given += random.normal(size=1200)
    exact = calibrate(paper, reviewer, given, top=100, draws=200)
    monkeypatch.setattr(bias, "EXACT", 10)
    quick = calibrate(paper, reviewer, given, top=100, draws=200)
    assert quick.ratio == pytest.approx(exact.ratio, rel=0.01)
    assert quick.score == pytest.approx(exact.score, abs=1e-3)
    assert quick.p_top == pytest.approx(exact.p_top, abs=0.02)


def test_conjugate_gradients_solve_every_column():
    system = np.array([[4.0, -1, 0], [-1, 3, -1], [0, -1, 5]])
    rhs = np.array([[1.0, 0], [2, 0], [3, 1e-9]])
    found = conjugate_gradients(bias.csr_array(system), rhs, tolerance=1e-12)
    assert found == pytest.approx(np.linalg.solve(system, rhs), abs=1e-11)


def test_the_prior_decides_where_the_data_say_nothing():
    none = np.zeros(1)
    assert likeliest(Spectrum(none, none, none, none), 1.0, 10) == pytest.approx(
        bias.PRIOR, rel=1e-3
    )
