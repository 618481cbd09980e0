"""What a selection explains, and what it refuses."""

import numpy as np
import pytest
from scipy.optimize import OptimizeResult

from cfp.algorithms.problem import ProblemError
from cfp.algorithms.selecting.solving import last_found
from cfp.algorithms.selection import select
from cfp.algorithms.selection_problem import (
    NONE,
    Amount,
    Cost,
    Entering,
    FirstTime,
    Items,
    PerAffiliation,
    PerSpeaker,
    Relaxed,
    Waiting,
)

ANN, BOB, CID = 0, 1, 2
SLOTS = Amount(name="slots", most=2)


def items(**changes) -> Items:
    given = {
        "score": [5, 4, 3, 2],
        "minutes": [30, 30, 10, 10],
        "type": [0, 0, 1, 1],
        "track": [0, 1, 0, 1],
        "speakers": [[ANN], [ANN], [BOB], [CID]],
    }
    return Items(**(given | changes))


def test_the_best_two():
    found = select(items(), [SLOTS])
    assert found.accepted.tolist() == [True, True, False, False]
    assert (found.value, found.bound, found.relaxed) == (9, 9, ())
    assert found.used == {"slots": 2}


def test_what_a_limit_costs_and_who_enters_and_leaves():
    found = select(items(), [SLOTS, PerSpeaker(name="one each", most=1)])
    assert found.accepted.tolist() == [True, False, True, False]
    slots, speaker = Cost("slots", 2, (3,), ()), Cost("one each", 1, (1,), (2,))
    assert found.costs == (slots, speaker)
    assert found.binding == ("slots", "one each")


def test_equal_scores_are_not_shown_as_exchanges():
    """Without the cap only one more enters, whichever of the equal ones a new solve would take."""
    many = Items(score=[3] * 8, minutes=[10] * 8, track=[0] * 4 + [1] * 4)
    limits = [Amount(name="first", track=0, most=2), Amount(name="all", most=3)]
    for seed in range(3):
        found = select(many, limits, seed=seed)
        assert [(len(cost.enters), cost.leaves) for cost in found.costs] == [(5 - 2, ())]


def test_who_enters_with_one_slot_more_and_who_waits():
    found = select(items(), [SLOTS, PerSpeaker(name="one each", most=1)])
    assert found.entering == (Entering("slots", 3),)
    assert found.waitlist == (
        Waiting(0, 1, (), ((1, ("one each",)),)),
        Waiting(1, 1, (3,)),
    )


def test_the_caps_that_block_are_named():
    limits = [Amount(name="long", type=0, most=1), Amount(name="room", of="minutes", most=40)]
    found = select(items(), limits)
    assert found.accepted.tolist() == [True, False, True, False]
    assert found.entering == (Entering("long", None, ("room",)), Entering("room", 3))


def test_announced_ones_stay_and_wishes_hold():
    wishes = {"must": [0, 0, 0, 1], "never": [1, 0, 1, 0]}
    found = select(items(**wishes), [SLOTS], fixed=[2])
    assert found.accepted.tolist() == [False, False, True, True]


def test_the_cheapest_limits_are_given_up_and_by_as_little_as_possible():
    floor = Amount(name="floor", track=0, least=2)
    found = select(items(), [Amount(name="slots", most=1), floor])
    assert found.relaxed == (Relaxed("floor", 1),)
    dear = Amount(name="floor", track=0, least=2, price=3)
    found = select(items(), [Amount(name="slots", most=1), dear])
    assert found.relaxed == (Relaxed("slots", 1),)
    assert found.accepted.tolist() == [True, False, True, False]


def test_a_floor_that_cannot_be_reached_beside_a_cap_of_nothing():
    """HiGHS' presolve takes this for having no answer even with the floor given up."""
    few = Items(score=[0, 2, 4], minutes=[45, 45, 10], track=[0, 0, 2])
    limits = [Amount(name="none of these", track=0, least=0, most=0), Amount(name="floor", least=5)]
    found = select(few, limits)
    assert found.relaxed == (Relaxed("floor", 4),)
    assert found.accepted.tolist() == [False, False, True]


def test_limits_are_given_up_by_as_little_as_possible_where_presolve_fails():
    """HiGHS' presolve ends with an error on the second of the three programs."""
    some = Items(
        score=[1.84, 2, 4, 5, 4.6], minutes=[0, 30, 20, 20, 45], track=[0, NONE, 0, 0, 0],
        must=[1, 1, 0, 0, 0],
    )  # fmt: skip
    room = Amount(name="room", of="minutes", most=42)
    found = select(some, [room, Amount(name="track", track=0, least=3, most=3)])
    assert found.relaxed == (Relaxed("room", 28),)
    assert found.accepted.tolist() == [True, True, True, True, False]


def test_small_scores_are_told_apart():
    slots = Amount(name="room", of="minutes", most=30)
    small = Items(score=[1e-8 * (one + 1) for one in range(10)], minutes=range(10, 20))
    found = select(small, [slots])
    assert found.value == pytest.approx(12e-8)
    assert found.bound == pytest.approx(12e-8)


def test_where_there_is_no_time_what_was_found_before_stands():
    answer, nothing = OptimizeResult(x=[1]), OptimizeResult(x=None)
    assert last_found([answer, nothing, nothing]) is answer
    assert last_found([nothing, answer, nothing]) is answer
    assert last_found([nothing]) is None


def test_no_draws_give_no_chances():
    assert select(items(), [SLOTS], draws=np.zeros((0, 4))).chance is None


def test_a_share_of_the_speakers():
    firms = [[0], [0], [0], [1]]
    found = select(items(affiliations=firms), [PerAffiliation(name="firm", share=0.5)])
    assert found.accepted.tolist() == [True, False, False, True]
    found = select(items(first_time=[0, 0, 1, 0]), [FirstTime(name="new", share=0.5)])
    assert found.accepted.tolist() == [True, False, True, False]


def test_in_how_many_draws_each_is_in():
    draws = [[5, 4, 3, 2], [1, 4, 3, 2], [1, 1, 3, 2], [5, 4, 3, 2]]
    found = select(items(), [SLOTS], draws=draws)
    assert found.chance.tolist() == [0.5, 0.75, 0.5, 0.25]
    assert found.drawn == 4
    hurried = select(items(), [SLOTS], draws=draws, draw_seconds=0)
    assert hurried.drawn == 1, "for the others there was no time"
    assert hurried.chance.tolist() == found.accepted.tolist()


def test_the_seed_decides_between_equals():
    many = Items(score=[1] * 20)
    chosen = [select(many, [Amount(name="n", most=3)], seed=seed).accepted for seed in (1, 1, 2)]
    assert (chosen[0] == chosen[1]).all()
    assert (chosen[0] != chosen[2]).any()


def test_nothing_to_choose_from():
    found = select(Items(score=[]), [SLOTS])
    assert (found.value, found.waitlist, len(found.accepted)) == (0, (), 0)


def test_it_tells_how_far_it_is():
    heard = []
    select(items(), [SLOTS], draws=[[1, 2, 3, 4]], on_progress=lambda *step: heard.append(step))
    assert [step for step, _ in heard[:2]] == ["prepare", "solve"]
    assert [share for _, share in heard] == sorted(share for _, share in heard)


@pytest.mark.parametrize(
    ("limit", "key"),
    [
        (Amount(name="a"), "selection.no_bound"),
        (Amount(name="a", least=3, most=2), "selection.least_above_most"),
        (Amount(name="a", most=-1), "selection.bound_range"),
        (Amount(name="a", most=np.nan), "selection.bound_range"),
        (Amount(name="a", most=1, price=0), "selection.price_range"),
        (PerSpeaker(name="a", most=-1), "selection.bound_range"),
        (PerAffiliation(name="a", share=1.5), "selection.share_range"),
        (FirstTime(name="a", share=-0.1), "selection.share_range"),
        (Amount(name="slots", most=1), "selection.same_name"),
    ],
)
def test_limits_that_make_no_sense(limit, key):
    with pytest.raises(ProblemError) as refused:
        select(items(), [SLOTS, limit])
    assert refused.value.key == key
    assert refused.value.data["name"] == limit.name


@pytest.mark.parametrize(
    ("changes", "key", "data"),
    [
        ({"score": [1, 2, np.nan, 3]}, "problem.not_finite", {"field": "score", "row": 2}),
        ({"score": [1, 2, 1e300, 3]}, "problem.too_large", {"field": "score", "row": 2}),
        ({"minutes": [1, 2]}, "problem.shape", {"field": "minutes"}),
        ({"minutes": [1, -2, 3, 4]}, "problem.negative", {"field": "minutes", "row": 1}),
        ({"must": [1, 0, 0, 0], "never": [1, 0, 0, 0]}, "selection.must_never", {"row": 0}),
    ],
)
def test_items_that_make_no_sense(changes, key, data):
    with pytest.raises(ProblemError) as refused:
        items(**changes)
    assert refused.value.key == key
    assert data.items() <= refused.value.data.items()


def test_what_else_is_refused():
    for wrong in ({"fixed": [4]}, {"draws": [[1, 2]]}, {"time_limit": 0}):
        with pytest.raises(ProblemError):
            select(items(), [SLOTS], **wrong)
