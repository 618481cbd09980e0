"""The timetable against a checker of its own and against brute force, on small conferences."""

from dataclasses import replace
from itertools import product

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cfp.algorithms.timetable import timetable
from cfp.algorithms.timetable_precheck import precheck
from cfp.algorithms.timetable_problem import NOWHERE, Pin, Places, Problem, Room, Timetable

quick = settings(max_examples=25, deadline=None)

DAYS = ((0, 60), (100, 160))
"""So short that things compete."""


def windows():
    edges = st.integers(0, 32).map(lambda step: 5 * step)
    pairs = st.tuples(edges, edges).filter(lambda two: two[0] < two[1])
    return st.lists(pairs, min_size=1, max_size=2)


@st.composite
def problems(draw, *, most=6, pins=True, rooms=3) -> Problem:
    n, r = draw(st.integers(1, most)), draw(st.integers(1, rooms))
    item, room = st.integers(0, n - 1), st.integers(0, r - 1)

    def each(values):
        return draw(st.lists(values, min_size=n, max_size=n))

    pin = st.builds(
        Pin,
        day=st.none() | st.integers(0, 1),
        room=st.none() | room,
        start=st.none() | st.integers(0, 30).map(lambda step: 5 * step),
    )
    pair = st.lists(item, min_size=2, max_size=2, unique=True)
    return Problem(
        minutes=each(st.sampled_from([7, 10, 15, 20, 30])),
        discussion=each(st.sampled_from([0, 0, 5])),
        speakers=each(st.lists(st.integers(0, 3), max_size=2, unique=True)),
        days=DAYS,
        breaks=draw(st.lists(st.sampled_from([(30, 40), (103, 111)]), max_size=1)),
        rooms=[
            Room(capacity=seats, closed=closed)
            for seats, closed in draw(
                st.lists(
                    st.tuples(st.sampled_from([0, 20, 50]), st.sampled_from([(), [(0, 22)]])),
                    min_size=r,
                    max_size=r,
                )
            )
        ],
        available=draw(st.dictionaries(st.integers(0, 3), windows(), max_size=2)),
        item_available=draw(st.dictionaries(item, windows(), max_size=1)),
        plenary=draw(st.lists(item, max_size=1)),
        together=draw(st.lists(pair, max_size=1)) if n > 1 else [],
        track=each(st.integers(NOWHERE, 2)),
        audience=each(st.sampled_from([0, 10, 30, 80])),
        pinned=draw(st.dictionaries(item, pin, max_size=2)) if pins else {},
    )


# A checker that shares nothing with the solver ------------------------------------------------


def minutes_of(problem: Problem, found: Places, item: int) -> set[int]:
    return set(range(found.start[item], found.start[item] + length(problem, item)))


def inside(minutes: set[int], allowed) -> bool:
    return all(any(a <= minute < b for a, b in allowed) for minute in minutes)


def check(problem: Problem, found: Timetable) -> None:
    placed = [item for item in problem.items if found.room[item] != NOWHERE]
    whole = {i for i, pin in problem.pinned.items() if None not in (pin.room, pin.start)}
    running = {item: minutes_of(problem, found, item) for item in placed}
    for item in set(placed) - whole:
        here, room = running[item], problem.rooms[found.room[item]]
        assert inside(here, problem.days)
        assert not any(inside({minute}, problem.breaks) for minute in here)
        closed = [one.closed for one in problem.rooms] if item in problem.plenary else [room.closed]
        assert not any(inside({minute}, one) for minute in here for one in closed)
        assert inside(here, problem.item_available.get(item, [(-999, 999)]))
        for speaker in problem.speakers[item]:
            assert inside(here, problem.available.get(speaker, [(-999, 999)]))
        for other in set(placed) - {item}:
            if here & running[other]:
                assert found.room[item] != found.room[other]
                assert not {item, other} & problem.plenary
                assert not set(problem.speakers[item]) & set(problem.speakers[other])
    for item, pin in problem.pinned.items():
        if item in placed:
            assert pin.room in (None, found.room[item])
            assert pin.start in (None, found.start[item])
            assert item in whole or pin.day in (None, found.day[item])
        assert item in placed or item not in whole
    for one, other in problem.together:
        if not {one, other} & whole:
            assert (one in placed) == (other in placed)
            if one in placed:
                assert found.room[one] == found.room[other]
                assert found.start[one] + -(-length(problem, one) // 5) * 5 == found.start[other]
    assert sorted(one.item for one in found.unplaced) == sorted(set(problem.items) - set(placed))


def points(problem: Problem, found: Timetable) -> dict[str, int]:
    placed = [item for item in problem.items if found.room[item] != NOWHERE]
    room = sum(
        max(problem.audience[item] - problem.rooms[found.room[item]].capacity, 0)
        for item in placed
        if problem.rooms[found.room[item]].capacity
    )
    edges = sorted({edge for window in [*DAYS, *problem.breaks] for edge in window})
    tracks: dict[tuple[int, int], set[int]] = {}
    for item in placed:
        if problem.track[item] != NOWHERE and item not in problem.plenary:
            stretch = sum(edge <= found.start[item] for edge in edges)
            tracks.setdefault((found.room[item], stretch), set()).add(problem.track[item])
    return {"room": room, "track": sum(len(there) - 1 for there in tracks.values())}


def most_placed(problem: Problem) -> int:
    """By trying everything, one item after the other."""
    spots = [
        (room, start)
        for room, day in product(range(len(problem.rooms)), problem.days)
        for start in range(day[0], day[1], 5)
    ]
    best = 0

    def place(item: int, chosen: list[tuple[int, int, int]]) -> None:
        nonlocal best
        best = max(best, len(chosen))
        if item == len(problem.minutes) or len(chosen) + len(problem.minutes) - item <= best:
            return
        for spot in spots:
            if allowed(problem, item, *spot) and beside(problem, (item, *spot), chosen):
                place(item + 1, [*chosen, (item, *spot)])
        place(item + 1, chosen)

    place(0, [])
    return best


def length(problem: Problem, item: int) -> int:
    return problem.minutes[item] + problem.discussion[item]


def allowed(problem: Problem, item: int, room: int, start: int) -> bool:
    here = set(range(start, start + length(problem, item)))
    rooms = problem.rooms if item in problem.plenary else [problem.rooms[room]]
    shut = [*problem.breaks, *(window for one in rooms for window in one.closed)]
    must = [problem.days, problem.item_available.get(item, DAYS)]
    must += [problem.available.get(speaker, DAYS) for speaker in problem.speakers[item]]
    return all(inside(here, one) for one in must) and not any(inside({m}, shut) for m in here)


def beside(problem: Problem, new: tuple[int, int, int], chosen) -> bool:
    item, room, start = new
    for other, its_room, its_start in chosen:
        shared = set(problem.speakers[item]) & set(problem.speakers[other])
        if room == its_room or shared or {item, other} & problem.plenary:
            before = start + length(problem, item) <= its_start
            if not before and its_start + length(problem, other) > start:
                return False
    return True


# What must hold ---------------------------------------------------------------------------------


@quick
@given(problems())
def test_the_hard_rules_hold_and_the_figures_are_right(problem: Problem) -> None:
    found = timetable(problem)
    check(problem, found)
    mine = points(problem, found)
    assert found.penalties["room"] == mine["room"]
    if not problem.pinned:
        assert found.penalties["track"] == mine["track"]
    assert found.bound <= found.objective
    assert all(found.bounds[name] <= found.penalties[name] for name in found.penalties)
    assert found.placed == found.placed_bound


@quick
@given(problems(most=3, pins=False, rooms=2))
def test_as_many_are_placed_as_can_be(problem: Problem) -> None:
    assume(not problem.together)
    found = timetable(problem)
    assert found.placed == found.placed_bound == most_placed(problem)


@quick
@given(problems())
def test_what_the_look_before_says_is_so(problem: Problem) -> None:
    said, found = precheck(problem), timetable(problem)
    unplaced = {one.item for one in found.unplaced}
    assert {one.item for one in said.unplaced} <= unplaced
    for shortfall in said.shortfalls:
        assert unplaced & set(shortfall.items)
    for speaker in said.overbooked:
        assert unplaced & set(speaker.items)


@quick
@given(problems(pins=False), st.randoms(use_true_random=False))
def test_the_order_of_items_does_not_matter(problem: Problem, chance) -> None:
    order = list(problem.items)
    chance.shuffle(order)
    at = {item: number for number, item in enumerate(order)}
    again = replace(
        problem,
        minutes=[problem.minutes[item] for item in order],
        discussion=[problem.discussion[item] for item in order],
        speakers=[problem.speakers[item] for item in order],
        track=[problem.track[item] for item in order],
        audience=[problem.audience[item] for item in order],
        item_available={at[item]: found for item, found in problem.item_available.items()},
        plenary=[at[item] for item in problem.plenary],
        together=[[at[item] for item in group] for group in problem.together],
    )
    one, other = timetable(problem), timetable(again)
    assert (one.placed, one.objective) == (other.placed, other.objective)


@quick
@given(problems(pins=False, rooms=2))
def test_one_more_room_never_places_fewer(problem: Problem) -> None:
    more = replace(problem, rooms=[*problem.rooms, Room()])
    assert timetable(more).placed >= timetable(problem).placed


@quick
@given(problems())
def test_what_stands_and_works_is_not_moved(problem: Problem) -> None:
    first = timetable(problem)
    again = timetable(problem, previous=first)
    assert (again.room, again.start) == (first.room, first.start)
    assert again.penalties["moves"] == 0


@quick
@given(problems(pins=False), st.data())
def test_after_a_drop_out_only_who_must_moves(problem: Problem, data) -> None:
    assume(len(problem.items) > 1 and not problem.together)
    lost = data.draw(st.sampled_from(problem.items))
    rest = [item for item in problem.items if item != lost]
    at = {item: number for number, item in enumerate(rest)}
    fewer = replace(
        problem,
        minutes=[problem.minutes[item] for item in rest],
        discussion=[problem.discussion[item] for item in rest],
        speakers=[problem.speakers[item] for item in rest],
        track=[problem.track[item] for item in rest],
        audience=[problem.audience[item] for item in rest],
        item_available={at[i]: w for i, w in problem.item_available.items() if i in at},
        plenary=[at[item] for item in problem.plenary if item in at],
    )
    first = timetable(problem)
    again = timetable(fewer, previous=first.take(rest))
    check(fewer, again)
    newly = again.placed - sum(first.room[item] != NOWHERE for item in rest)
    assert newly >= 0
    assert again.penalties["moves"] == again.bounds["moves"]
    assert newly or not again.penalties["moves"]


@quick
@given(problems(), st.integers(0, 3))
def test_the_same_seed_gives_the_same_timetable(problem: Problem, seed: int) -> None:
    assert timetable(problem, seed=seed) == timetable(problem, seed=seed)
