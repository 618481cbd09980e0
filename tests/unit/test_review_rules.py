"""The review form: what is asked where, what is an answer, and what makes the total."""

import pytest

from cfp.domain.conferences.models import Criterion, ReviewField
from cfp.domain.conferences.rules import check_options, widens
from cfp.domain.reviews.rules import asked_of, is_answer, scale_of, total, unwritten
from cfp.domain.submissions.models import Submission
from cfp.errors import DomainError

TALK = Submission(track_id=1, type_id=10)


def criterion(id_: int, *, low: int = 1, high: int = 5, **changes: object) -> Criterion:
    values = {"weight": 1.0, "counts": True, "required": True, "tracks": [], "types": []}
    return Criterion(id=id_, name=str(id_), low=low, high=high, **{**values, **changes})


def field(kind: str = "text", **changes: object) -> ReviewField:
    values = {"options": [], "required": False, "tracks": [], "types": [], "phases": []}
    return ReviewField(id=1, name="Why?", kind=kind, **{**values, **changes})


@pytest.mark.parametrize(
    ("limits", "asked"),
    [
        ({}, True),
        ({"tracks": [1, 2]}, True),
        ({"tracks": [2]}, False),
        ({"types": [10]}, True),
        ({"tracks": [1], "types": [11]}, False),
        ({"tracks": [2], "types": [10]}, False),
    ],
)
def test_limits_say_where_a_question_is_asked(limits, asked):
    for one in (criterion(1, **limits), field(**limits)):
        assert bool(asked_of([one], TALK)) is asked


@pytest.mark.parametrize(("phase", "asked"), [("a", True), ("c", False), (None, False)])
def test_a_field_of_some_phases_is_asked_only_in_them(phase, asked):
    assert bool(asked_of([field(phases=["a", "b"])], TALK, phase=phase)) is asked


def test_what_does_not_count_is_no_part_of_the_total_nor_its_scale():
    beside, first = criterion(1, low=0, high=10, counts=False), criterion(2)
    second = criterion(3, low=0, high=2, weight=3.0)
    form = [beside, first, second]
    assert scale_of(form) == (1, 5)
    assert total(form, {1: 10}) is None
    assert total(form, {1: 10, 2: 5, 3: 2}) == 5
    assert total(form, {1: 0, 2: 1, 3: 2}) == total(form, {2: 1, 3: 2}) == 4
    assert total(form, {2: 3}) == 3


def test_a_total_stays_on_the_scale_of_the_form_where_its_first_question_is_not_asked():
    form = [criterion(1, tracks=[2]), criterion(2, low=0, high=10)]
    asked = asked_of(form, TALK)
    assert total(asked, {2: 10}, scale_of(form)) == 5
    assert total(asked, {1: 5}, scale_of(form)) is None


def test_a_form_where_nothing_counts_has_a_scale_and_no_total():
    assert scale_of([criterion(1, low=0, high=3, counts=False)]) == (0, 3)
    assert scale_of([]) == (1, 5)
    assert total([], {}) is None


@pytest.mark.parametrize(
    ("kind", "text", "before", "right"),
    [
        ("text", "Anything\nat all", "", True),
        ("text", "x" * 20_001, "", False),
        ("choice", "Yes", "", True),
        ("choice", "", "", True),
        ("choice", "Maybe", "", False),
        ("choice", "Maybe", "Maybe", True),
        ("choice", "Yes\nNo", "", False),
        ("choices", "Yes\nNo", "", True),
        ("choices", "Yes\nYes", "", False),
        ("choices", "Yes\n", "", False),
        ("choices", "Yes\nMaybe", "Maybe", True),
        ("choices", "Yes\nPerhaps", "Maybe", False),
    ],
)
def test_an_answer_is_what_is_offered_or_was_given_before(kind, text, before, right):
    options = [] if kind == "text" else ["Yes", "No"]
    assert is_answer(field(kind, options=options), text, before) is right


def test_a_required_field_wants_an_answer():
    assert unwritten([field(required=True)], {1: ""})
    assert not unwritten([field(required=True)], {1: "Because."})
    assert not unwritten([field()], {})


@pytest.mark.parametrize(
    ("kind", "options", "key"),
    [
        ("text", ["Yes"], "field.no_options"),
        ("choice", ["Yes"], "field.few_options"),
        ("choices", ["Yes", "yes"], "field.few_options"),
        ("choice", ["x" * 201, "y"], "field.long_options"),
        ("choice", [str(n) for n in range(51)], "field.long_options"),
    ],
)
def test_options_that_are_none_are_refused(kind, options, key):
    with pytest.raises(DomainError, match=key):
        check_options(kind, options)


def test_an_audience_widens_only_upwards():
    assert widens("chairs", "reviewers")
    assert widens("reviewers", "speakers")
    assert not widens("speakers", "chairs")
    assert not widens("chairs", "chairs")
