"""Calibration as pages have it: what is asked, how the answer reads, what reviewers are told."""

import json
import math
import re
from dataclasses import asdict
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask
from flask_babel import Babel

from cfp.algorithms.calibrating import doubts
from cfp.algorithms.calibration import calibrate
from cfp.domain.decisions.calibrating_rules import (
    Basis,
    basis_of,
    bins_of,
    check_count,
    check_weights,
    line_between,
    moves,
    sign_of,
    top_of,
    weight_of,
    worth_it,
)
from cfp.domain.decisions.calibrating_scopes import Given, Scope
from cfp.domain.reviews.leniency import compare
from cfp.errors import DomainError
from cfp.jobs.calibrate import COUNTED_ANEW, solve
from cfp.web.chair.sure_words import CAUTIONS, cautions_of, change_words, nothing_to_choose

NEVER = {"left_out"}
"""What no conference's reviews can cause: all are scored and have a weight."""


def conference(**changes: object) -> SimpleNamespace:
    plain = {
        "asks_confidence": False, "confidence_weights": [], "accept_count": None, "capacities": {}
    }  # fmt: skip
    return SimpleNamespace(**{**plain, **changes})


@pytest.mark.parametrize(
    ("changes", "tracks", "expected"),
    [
        ({}, None, Basis(False, None, None)),
        ({"capacities": {"all": 600, "track-1": 90}}, None, Basis(False, None, 600)),
        ({"accept_count": 7, "asks_confidence": True}, None, Basis(True, 7, None)),
        # What is typed is for all tracks together; a track's minutes are its own.
        ({"accept_count": 7, "capacities": {"all": 600}}, [1], Basis(False, None, None)),
        ({"capacities": {"track-1": 90, "track-2": 30}}, [1, 2], Basis(False, None, 120)),
        ({"capacities": {"track-1": 90}}, [1, 2], Basis(False, None, None)),
        ({}, [], Basis(False, None, None)),
    ],
)
def test_what_a_run_rests_on(changes, tracks, expected):
    assert basis_of(conference(**changes), tracks) == expected


@pytest.mark.parametrize(
    ("typed", "there", "minutes", "top"),
    [
        (5, 600, [30, 30], 5),
        (None, 100, [30, 30, 30], 3),
        (None, 100, [30, 15, 15], 5),
        (None, 20, [30, 30], 0),
        (None, None, [30], None),
        (None, 100, [], None),
        (None, 100, [0, 0], None),
    ],
)
def test_how_many_can_be_accepted(typed, there, minutes, top):
    assert top_of(Basis(False, typed, there), minutes) == top


@pytest.mark.parametrize("count", [0, -1, 100_001])
def test_what_no_number_of_accepted_ones_is(count):
    with pytest.raises(DomainError, match=r"calibration\.bad_count"):
        check_count(count)


def test_confidence_weighs_where_it_is_asked_for():
    levels, own = (1, 3, 5, None), [0.2, 1, 2, 3, 4]
    asks = conference(asks_confidence=True)
    assert [weight_of(asks, one) for one in levels] == [0.5, 1.0, 1.5, 1.0]
    usual = basis_of(asks, None).as_json()
    assert "weights" not in usual, "a run from before there were own ones is as good as it was"
    asks.confidence_weights = own
    assert [weight_of(asks, one) for one in levels] == [0.2, 2, 4, 1.0]
    assert basis_of(asks, None).as_json() == usual | {"weights": own}
    assert weight_of(conference(confidence_weights=own), 1) == 1.0
    for weight in (0, 11, math.nan):
        with pytest.raises(DomainError) as refused:
            check_weights([1, 1, weight, 1, 1])
        assert refused.value.field == "level_3"


@pytest.mark.parametrize(
    ("means", "scores", "top", "expected"),
    [
        ({1: 4.0, 2: 3.0}, {1: 3.0, 2: 4.0}, 1, {2: 1, 1: -1}),
        ({1: 4.0, 2: 3.0}, {1: 4.0, 2: 3.9}, 1, {}),
        ({1: 4.0, 2: 4.0}, {1: 3.0, 2: 4.0}, 1, {}),  # a tie of the means moves nobody
        ({1: 4.0, 2: 3.0}, {1: 4.0, 2: 4.0 + 1e-13}, 1, {}),  # nor does rounding
        ({1: 4.0, 2: 3.0}, {1: 3.0, 2: 4.0}, 2, {}),
    ],
)
def test_who_is_in_by_one_figure_only(means, scores, top, expected):
    assert moves(means, scores, top) == expected


def test_up_to_a_twentieth_is_nothing_worth_acting_on():
    assert [worth_it(changed, 40) for changed in (0, 2, 3)] == [False, False, True]


@pytest.mark.parametrize(
    ("top", "line"), [(1, 4.5), (2, 3.5), (3, None), (9, None), (0, None), (None, None)]
)
def test_the_line_is_between_the_last_in_and_the_next(top, line):
    assert line_between([3.0, 5.0, 4.0], top) == line


def test_bars_hold_every_score_even_beyond_the_scale():
    low, width, counts = bins_of([0.5, 3.0, 5.0, 5.5], 1, 5)
    assert (low, round(width, 3), sum(counts)) == (0.5, 0.5, 4)
    assert (counts[0], counts[-1]) == (1, 2)
    assert bins_of([3.0], 3, 3)[2][0] == 1  # a scale of one value


@pytest.mark.parametrize(
    ("leniency", "se", "sign"), [(0.5, 0.2, 1), (-0.5, 0.2, -1), (0.3, 0.2, 0), (0.0, 0.0, 0)]
)
def test_a_leniency_within_two_errors_has_no_sign(leniency, se, sign):
    assert sign_of(leniency, se) == sign


def test_a_scope_is_solved_into_plain_values():
    """With the ids it came with, and what `calibrate` says of the same arrays."""
    rows = [(0, 0, 5), (0, 1, 4), (1, 0, 4), (1, 1, 2), (2, 1, 3), (2, 2, 3), (3, 2, 1)]
    given = [Given(100 + one, 900 - two, score, 1.0) for one, two, score in rows]
    scope = Scope(given, unreviewed=1, basis=Basis(False, 2, None), top=2, scale=(1, 5))
    found = solve(scope)
    arrays = list(zip(*rows, strict=True))
    direct = calibrate(*arrays, top=2)
    assert json.loads(json.dumps([asdict(one) for one in found.submissions])) == [
        {
            "submission_id": 100 + n, "raw": direct.raw[n], "score": direct.score[n],
            "se": direct.se[n], "reviews": direct.n_reviews[n], "p_top": direct.p_top[n],
            "band": direct.band[n].replace(" ", "_"), "rank_low": None, "rank_high": None,
        }
        for n in range(4)
    ]  # fmt: skip
    assert [one.person_id for one in found.reviewers] == [900, 899, 898]
    assert [one.leniency for one in found.reviewers] == list(direct.leniency)
    assert {one.agreement for one in found.reviewers} == {None}  # too few to compare
    assert ("single", {"submissions": 1}) in found.cautions
    assert not COUNTED_ANEW & {key for key, _figures in found.cautions}


@pytest.mark.parametrize(("top", "asked"), [(None, None), (0, None), (2, 2), (3, None), (9, None)])
def test_there_is_a_choice_where_some_can_be_accepted_and_not_all(top, asked):
    given = [Given(one, 1, 3.0, 1.0) for one in range(3)]
    scope = Scope(given, unreviewed=0, basis=Basis(False, top, None), top=top, scale=(1, 5))
    assert scope.asked == asked


# In words ---------------------------------------------------------------------------------------


@pytest.fixture
def speaking():
    app = Flask("words")
    Babel(app)
    with app.test_request_context():
        yield


def run(**changes: object) -> SimpleNamespace:
    figures = {"asked": 3, "unreviewed": 0, **changes.pop("figures", {})}
    plain = {"cautions": [], "top": 3, "changed": 0, "submissions": 20}
    return SimpleNamespace(**{**plain, **changes}, figures=figures)


def test_every_caution_has_its_words(speaking):
    raised = set(re.findall(r'Caution\("(\w+)"', Path(doubts.__file__).read_text()))
    assert raised == CAUTIONS.keys() | COUNTED_ANEW | NEVER
    figures = {"score": 3.0, "comparisons": 1, "submissions": 2, "groups": 2, "largest": 9,
               "mean": 4.0}  # fmt: skip
    for words in CAUTIONS.values():
        assert "%" not in words({**figures, "reviewers": 1, "share": 0.25}).replace("25 %", "")


def test_cautions_count_and_end_with_what_is_left_out(speaking):
    found = run(cautions=[["single", {"submissions": 3}]], figures={"unreviewed": 1})
    assert cautions_of(found) == [
        "3 submissions have a single review.",
        "1 submission has no score yet and is left out of all this.",
    ]


@pytest.mark.parametrize(
    ("asked", "top", "words"),
    [
        (None, None, "Nobody has said how many"),
        (0, None, "not even one"),
        (25, None, "25 can be accepted, and only 20 have a score"),
        (3, 3, ""),
    ],
)
def test_why_there_is_nothing_to_choose(speaking, asked, top, words):
    said = nothing_to_choose(run(top=top, figures={"asked": asked}))
    assert words in said
    assert bool(said) is bool(words)


def test_what_the_switch_would_change(speaking):
    assert "would change 1 of the best 28. That is nothing worth" in change_words(
        run(top=28, changed=1), on=False
    )
    assert change_words(run(top=28, changed=2), on=True) == "It changes 2 of the best 28."
    assert "changes none of the best 3." in change_words(run(), on=True)


# What reviewers are told ------------------------------------------------------------------------


def test_a_comparison_of_ones_own_scores():
    found = compare([(4, 3), (5, 4), (3, 3), (2, 1)])
    assert (found.compared, found.apart) == (4, 0.75)
    assert found.se == pytest.approx(0.25)
    assert found.agreement == pytest.approx(4.5 / math.sqrt(5 * 4.75))


def test_who_gives_everything_the_same_agrees_with_nobody():
    assert compare([(3, 1), (3, 5)]).agreement is None
