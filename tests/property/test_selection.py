"""The selection against brute force: every subset of some items is judged by the limits."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cfp.algorithms.selection import select
from cfp.algorithms.selection_problem import (
    NONE,
    Amount,
    FirstTime,
    Items,
    Limit,
    PerAffiliation,
    PerSpeaker,
)

MOST_ITEMS = 9
CENT = 1e-6


@dataclass(frozen=True)
class Case:
    items: Items
    limits: list[Limit]
    fixed: list[int]


def limits_of(draw) -> list[Limit]:
    """Some of each kind, often too many to be met."""
    found: list[Limit] = []
    number = st.integers(0, 5)
    some = st.none() | st.integers(0, 1)
    for place in range(draw(st.integers(0, 3))):
        least = draw(st.none() | st.integers(0, 3))
        most = (least or 0) + draw(number)
        kind = {"type": draw(some), "track": draw(some), "day": draw(some)}
        found.append(Amount(name=f"items {place}", least=least, most=most, **kind))
    if draw(st.booleans()):
        minutes = draw(st.integers(0, 12)) * 10
        found.append(Amount(name="minutes", of="minutes", most=minutes, price=draw(prices)))
    if draw(st.booleans()):
        found.append(PerSpeaker(name="speaker", most=draw(st.integers(0, 2)), price=draw(prices)))
    share = st.sampled_from([0, 0.25, 0.5, 1])
    if draw(st.booleans()):
        found.append(PerAffiliation(name="affiliation", share=draw(share), price=draw(prices)))
    if draw(st.booleans()):
        found.append(FirstTime(name="first", share=draw(share), price=draw(prices)))
    return found


prices = st.sampled_from([0.5, 1.0, 2.0])


@st.composite
def cases(draw) -> Case:
    n = draw(st.integers(1, MOST_ITEMS))

    def column(values):
        return draw(st.lists(values, min_size=n, max_size=n))

    people = column(st.lists(st.integers(0, 3), max_size=2))
    must = column(st.sampled_from([False, False, False, True]))
    never = column(st.sampled_from([False, False, False, True]))
    items = Items(
        score=column(st.integers(-100, 500).map(lambda cents: cents / 100)),
        minutes=column(st.sampled_from([10, 20, 30])),
        type=column(st.integers(-1, 1)),
        track=column(st.integers(0, 1)),
        day=column(st.integers(0, 1)),
        speakers=people,
        affiliations=[[one % 2 if one else NONE for one in each] for each in people],
        first_time=column(st.booleans()),
        must=must,
        never=[no and not yes for no, yes in zip(never, must, strict=True)],
    )
    fixed = draw(st.lists(st.integers(0, n - 1), unique=True, max_size=1))
    return Case(items, limits_of(draw), fixed)


def misses(items: Items, limit: Limit, chosen: list[int]) -> tuple[float, float]:
    """By how much a choice misses a limit, in its own unit and in that of comparisons."""
    match limit:
        case Amount():
            counted = [
                one
                for one in chosen
                if all(
                    getattr(limit, name) in (None, getattr(items, name)[one])
                    for name in ("type", "track", "day")
                )
            ]
            amount = sum(items.minutes[counted]) if limit.of == "minutes" else len(counted)
            over = max(amount - limit.most, (limit.least or 0) - amount, 0)
            return over, over / max(limit.most, limit.least or 0, 1)
        case PerSpeaker():
            talks = Counter(person for one in chosen for person in set(items.speakers[one]))
            over = sum(max(count - limit.most, 0) for count in talks.values())
            return over, over / max(limit.most, 1)
        case PerAffiliation():
            entries = [firm for one in chosen for firm in items.affiliations[one]]
            every = sum(map(len, items.affiliations))
            over = sum(
                max(count - limit.share * len(entries), 0)
                for firm, count in Counter(entries).items()
                if firm != NONE
            )
            return over, over / max(limit.share * every, 1)
        case FirstTime():
            new = sum(items.first_time[chosen])
            over = max(limit.share * len(chosen) - new, 0)
            return over, over / max(limit.share * len(items), 1)


def best(case: Case, limits: list[Limit]) -> tuple[float, float, float]:
    """Price, excess and value of the best of all choices, in this order of importance."""
    items, n = case.items, len(case.items)
    inside = set(case.fixed) | set(np.flatnonzero(items.must).tolist())
    found = []
    for mask in range(2**n):
        chosen = [one for one in range(n) if mask >> one & 1]
        if inside <= set(chosen) and not any(items.never[one] for one in set(chosen) - inside):
            found.append(judged(items, limits, chosen))
    return min(found)


def judged(items: Items, limits: list[Limit], chosen: list[int]) -> tuple[float, float, float]:
    missed = [(limit, misses(items, limit, chosen)) for limit in limits]
    price = sum(limit.price for limit, (over, _) in missed if over > CENT)
    excess = round(sum(share for _, (_, share) in missed), 6)
    return price, excess, round(-float(items.score[chosen].sum()), 6)


@settings(max_examples=35, deadline=None)
@given(cases())
def test_it_is_the_best_of_all_choices(case: Case) -> None:
    found = select(case.items, case.limits, fixed=case.fixed, explain=False)
    chosen = np.flatnonzero(found.accepted).tolist()
    assert judged(case.items, case.limits, chosen) == pytest.approx(best(case, case.limits))
    assert found.proven
    given_up = {one.name: one.by for one in found.relaxed}
    for limit in case.limits:
        over, _ = misses(case.items, limit, chosen)
        assert given_up.get(limit.name, 0) == pytest.approx(over)


@pytest.mark.parametrize("speakers", [2, 0])
def test_fifteen_items(speakers: int) -> None:
    """The second time nobody may speak, and the floor of a track is the cheaper one to give up."""
    random = np.random.default_rng(speakers)
    items = Items(
        score=random.integers(100, 500, 15) / 100,
        minutes=random.choice([10, 20, 30], 15),
        track=random.integers(0, 2, 15),
        speakers=random.integers(0, 9, (15, 1)).tolist(),
        affiliations=random.integers(0, 3, (15, 1)).tolist(),
    )
    limits = [
        Amount(name="minutes", of="minutes", most=130),
        Amount(name="track", track=0, least=2, most=5),
        PerSpeaker(name="speaker", most=speakers, price=2),
        PerAffiliation(name="affiliation", share=0.5),
    ]
    case = Case(items, limits, [])
    found = select(items, limits, explain=False)
    chosen = np.flatnonzero(found.accepted).tolist()
    assert judged(items, limits, chosen) == pytest.approx(best(case, limits))
    assert [one.name for one in found.relaxed] == ([] if speakers else ["track"])


@settings(max_examples=15, deadline=None)
@given(cases())
def test_the_costs_add_up(case: Case) -> None:
    found = select(case.items, case.limits, fixed=case.fixed)
    score, chosen = case.items.score, set(np.flatnonzero(found.accepted).tolist())
    for cost in found.costs:
        without = chosen | set(cost.enters)
        without -= set(cost.leaves)
        gained = sum(score[one] for one in without) - found.value
        assert cost.gained == pytest.approx(gained)
        assert set(cost.leaves) <= chosen
        assert not set(cost.enters) & chosen
    if not found.relaxed:
        for limit in case.limits:
            rest = [one for one in case.limits if one is not limit]
            gained = {one.name: one.gained for one in found.costs}.get(limit.name, 0)
            assert -best(case, rest)[2] - found.value == pytest.approx(gained, abs=1e-5)


@settings(max_examples=15, deadline=None)
@given(cases())
def test_who_waits_breaks_nothing_but_full_amounts(case: Case) -> None:
    found = select(case.items, case.limits, fixed=case.fixed, explain=False)
    chosen = np.flatnonzero(found.accepted).tolist()
    others = [one for one in case.limits if not isinstance(one, Amount)]
    before = [misses(case.items, one, chosen)[0] for one in others]
    waiting = [one for row in found.waitlist for one in (*row.items, *dict(row.blocked))]
    out = set(range(len(case.items))) - set(chosen) - set(np.flatnonzero(case.items.never))
    assert sorted(waiting) == sorted(out)
    for row in found.waitlist:
        joined = chosen + list(row.items)
        after = [misses(case.items, one, joined)[0] for one in others]
        assert all(b <= a + CENT for a, b in zip(before, after, strict=True))
