"""Which two are asked next: informative, stable, on neither side for its merit."""

import math
from itertools import combinations

import numpy as np
import pytest

from cfp.domain.reviews.comparing_rules import (
    HANDFUL,
    Told,
    handful,
    next_pair,
    places_left_right,
)

ORDER = (7, 3, 9, 1, 5, 8)


def ask(order: tuple[int, ...], count: int) -> list[Told]:
    """What a reviewer says who prefers small numbers, as they are asked."""
    told: list[Told] = []
    for _ in range(count):
        pair = next_pair(order, told)
        if pair is None:
            break
        left, right = pair
        told.append(Told(pair, (1, 2) if left < right else (2, 1)))
    return told


def test_the_first_two_of_ones_order_then_each_is_tied_to_what_is_known() -> None:
    assert set(next_pair(ORDER, []) or ()) == {7, 3}
    told = ask(ORDER, len(ORDER) - 1)
    assert {id_ for one in told for id_ in one.members} == {*ORDER}
    reached = {7}
    for one in told:  # each new one is compared with one that is connected already
        assert reached & {*one.members}
        reached |= {*one.members}


def test_it_stays_the_same_until_something_is_said() -> None:
    told = ask(ORDER, 4)
    assert next_pair(ORDER, told) == next_pair(ORDER, list(told))
    undone = next_pair(ORDER, told[:-1])
    assert undone == told[-1].members


def test_nobody_is_asked_twice_and_there_is_an_end() -> None:
    told = ask(ORDER, 100)
    asked = [frozenset(one.members) for one in told]
    assert len(asked) == len(set(asked)) == math.comb(len(ORDER), 2)
    assert next_pair(ORDER, told) is None


def test_what_was_skipped_or_ranked_is_not_asked_again() -> None:
    first = next_pair(ORDER, [])
    assert first is not None
    skipped = Told(first)
    assert set(next_pair(ORDER, [skipped]) or ()) != {*first}
    ranking = Told(ORDER, (1, 2, 3, 4, 5, 6))
    assert next_pair(ORDER, [ranking]) is None
    every = [Told(pair) for pair in combinations(ORDER, 2)]
    assert next_pair(ORDER, every) is None
    assert next_pair((4,), []) is None
    assert next_pair((), []) is None


def test_what_is_not_theirs_any_more_counts_for_nothing() -> None:
    told = [Told((7, 99), (1, 2)), Told((98, 99), (2, 1))]
    assert set(next_pair(ORDER, told) or ()) == {7, 3}


def test_the_least_known_is_asked_about_and_near_ones_before_far_ones() -> None:
    """Of a known best, a known worst and two in the middle, the middle ones meet."""
    told = [
        Told((1, 2), (1, 2)), Told((1, 3), (1, 2)), Told((2, 4), (1, 2)), Told((3, 4), (1, 2)),
        Told((1, 5), (1, 2)), Told((5, 4), (1, 2)),
    ]  # fmt: skip
    assert set(next_pair((1, 2, 3, 4, 5), told) or ()) == {2, 3}
    assert 6 in set(next_pair((1, 2, 3, 4, 5, 6), told) or ())


def test_neither_side_is_favored() -> None:
    random = np.random.default_rng(1)
    lefts = 0
    for _ in range(200):
        order = random.permutation(40).tolist()
        first, second = next_pair(order, []) or (0, 0)
        assert {first, second} == set(order[:2])
        lefts += first == order[0]
    assert 70 < lefts < 130


@pytest.mark.parametrize("size", [12, 30])
def test_few_questions_find_the_order(size: int) -> None:
    """Who answers as they are asked needs about n log n answers, not all n(n-1)/2."""
    order = tuple(np.random.default_rng(size).permutation(size).tolist())
    told = ask(order, int(1.3 * size * math.log2(size)))
    won = dict.fromkeys(range(size), 0.0)
    met = dict.fromkeys(range(size), 0)
    for one in told:
        for id_, place in zip(one.members, one.places, strict=True):
            won[id_] += place == 1
            met[id_] += 1
    assert min(met.values()) >= 2
    best = sorted(won, key=lambda id_: -(won[id_] + 0.5) / (met[id_] + 1))[: size // 4]
    assert len({*best} & {*range(size // 3 + 1)}) >= len(best) - 1


def test_a_handful_is_of_those_compared_least() -> None:
    order = tuple(range(10))
    assert handful(order, []) == list(range(HANDFUL))
    told = [Told((0, 1), (1, 2)), Told((0, 2), (1, 1))]
    assert handful(order, told) == [3, 4, 5, 6, 7, 8, 9]


def test_what_the_buttons_say() -> None:
    assert [places_left_right(one) for one in ("left", "right", "equal", "skip")] == [
        (1, 2), (2, 1), (1, 1), None,
    ]  # fmt: skip
