import subprocess
import sys

import pytest

from cfp.algorithms.timetable_precheck import precheck
from cfp.algorithms.timetable_problem import (
    NOWHERE,
    Overbooked,
    Pin,
    Places,
    Problem,
    ProblemError,
    Room,
    Shortfall,
    Unplaced,
    Weights,
)

MORNINGS = [(540, 720), (1980, 2160)]  # two days, 9:00 to 12:00


def plain(**changes):
    three_in_one_room = {"minutes": [25, 25, 50], "days": MORNINGS, "rooms": [Room(capacity=80)]}
    return Problem(**three_in_one_room | changes)


def test_what_is_left_out_is_no_rule():
    problem = plain()
    assert problem.lengths == (25, 25, 50)
    assert problem.speakers == ((), (), ())
    assert problem.track == (NOWHERE,) * 3
    assert problem.places(2) == {0: tuple(MORNINGS)}
    assert precheck(problem).fits


@pytest.mark.parametrize(
    ("changes", "key", "data"),
    [
        ({"discussion": [5]}, "shape", {"field": "discussion", "expected": 3, "found": 1}),
        ({"speakers": [[1]]}, "shape", {"field": "speakers", "expected": 3, "found": 1}),
        ({"track": [0, 1]}, "shape", {"field": "track", "expected": 3, "found": 2}),
        ({"audience": [1] * 4}, "shape", {"field": "audience", "expected": 3, "found": 4}),
        ({"minutes": [25, -5, 25]}, "negative", {"field": "minutes", "row": 1, "value": -5}),
        ({"minutes": [25, 0, 25]}, "no_minutes", {"field": "minutes", "row": 1}),
        ({"minutes": [25, 25, 10**7]}, "too_large", {"field": "minutes", "row": 2}),
        ({"track": [0, -2, 0]}, "negative", {"field": "track", "row": 1, "value": -2}),
        ({"rooms": [Room(capacity=-1)]}, "negative", {"field": "rooms", "row": 0}),
        ({"weights": Weights(parallel=-1)}, "negative", {"field": "weights", "row": 1}),
        ({"days": [(720, 540)]}, "window", {"field": "days", "row": 0, "value": [720, 540]}),
        ({"days": [(540, 720), (700, 900)]}, "days_order", {"field": "days", "row": 1}),
        ({"breaks": [(600, 600)]}, "window", {"field": "breaks", "row": 0}),
        ({"rooms": [Room(closed=[(9, 8)])]}, "window", {"field": "rooms[0].closed", "row": 0}),
        ({"available": {7: [(9, 8)]}}, "window", {"field": "available[7]", "row": 0}),
        ({"item_available": {1: [(9, 8)]}}, "window", {"field": "item_available[1]", "row": 0}),
        ({"item_available": {3: []}}, "unknown_id", {"field": "item_available", "value": 3}),
        ({"plenary": [5]}, "unknown_id", {"field": "plenary", "value": 5}),
        ({"pinned": {9: Pin()}}, "unknown_id", {"field": "pinned", "value": 9}),
        ({"pinned": {0: Pin(room=1)}}, "unknown_id", {"field": "pinned", "value": 1}),
        ({"pinned": {0: Pin(day=2)}}, "unknown_id", {"field": "pinned", "value": 2}),
        ({"together": [[0, 3]]}, "unknown_id", {"field": "together", "value": 3}),
        ({"together": [[0, 1], [1, 2]]}, "duplicate_item", {"row": 1, "item": 1}),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_place(changes, key, data):
    with pytest.raises(ProblemError) as caught:
        plain(**changes)
    assert caught.value.key == f"problem.{key}"
    assert data.items() <= caught.value.data.items()


def test_breaks_closings_pins_and_availability_leave_what_is_free():
    problem = plain(
        rooms=[Room(closed=[(540, 600)]), Room()],
        breaks=[(630, 660)],
        speakers=[[1], [1], []],
        available={1: [(500, 700)]},
        pinned={0: Pin(room=1, start=660)},
    )
    assert problem.places(1) == {0: ((600, 630),), 1: ((540, 630),)}
    assert problem.places(2) == {0: ((660, 720), (1980, 2160)), 1: ((540, 630), (1980, 2160))}


def test_a_start_is_on_the_grid_unless_a_pin_asks_for_another():
    problem = plain(days=[(541, 600)], minutes=[55, 56, 50])
    assert problem.places(0) == {0: ((545, 600),)}
    assert problem.places(1) == {0: ()}
    assert plain(pinned={0: Pin(start=547)}).grid == 1


def test_a_plenary_item_needs_all_rooms_free():
    problem = plain(rooms=[Room(), Room(closed=[(540, 660)])], plenary=[2])
    assert problem.places(2) == dict.fromkeys((0, 1), ((660, 720), (1980, 2160)))


def test_a_start_outside_the_days_belongs_to_the_nearest():
    problem = plain()
    assert [problem.day_of(start) for start in (0, 719, 730, 1900, 2160)] == [0, 0, 0, 1, 1]


def test_places_of_those_who_remain():
    places = Places(room=[0, 1, 2], start=[540, 600, 660])
    assert places.take([2, 0]) == Places(room=(2, 0), start=(660, 540))


def test_too_many_minutes_are_counted_and_their_days_named():
    problem = plain(
        minutes=[60] * 8,
        item_available={0: [(540, 720)], 1: [(540, 720)], 2: [(540, 720)], 3: [(540, 720)]},
    )
    found = precheck(problem)
    assert (found.needed, found.available, found.day_minutes) == (480, 360, (180, 180))
    assert found.shortfalls == (
        Shortfall(days=(0,), items=(0, 1, 2, 3), needed=240, available=180),
        Shortfall(days=(0, 1), items=tuple(range(8)), needed=480, available=360),
    )
    assert found.missing == 120


def test_a_wider_shortfall_that_says_nothing_new_is_left_out():
    problem = plain(minutes=[60] * 4, item_available={i: [(540, 720)] for i in range(4)})
    assert [one.days for one in precheck(problem).shortfalls] == [(0,)]


def test_days_beyond_count_are_looked_at_in_runs():
    days = [(day * 1440, day * 1440 + 60) for day in range(12)]
    problem = Problem(minutes=[60] * 13, days=days, rooms=[Room()])
    (found,) = precheck(problem).shortfalls
    assert (found.days, found.missing) == (tuple(range(12)), 60)


def test_a_plenary_item_takes_the_minutes_of_all_rooms():
    problem = plain(rooms=[Room(), Room()], minutes=[180, 180, 100], plenary=[2])
    assert precheck(problem).needed == 180 + 180 + 200


def test_why_an_item_has_no_place_even_alone():
    problem = plain(
        minutes=[200, 60, 60, 30],
        speakers=[[], [1], [], []],
        available={1: [(560, 600)]},
        pinned={2: Pin(start=690), 3: Pin(day=1)},
    )
    assert precheck(problem).unplaced == (
        Unplaced(item=0, why="too_long", needed=200, longest=180),
        Unplaced(item=1, why="unavailable", needed=60, longest=40),
        Unplaced(item=2, why="pin", needed=60, longest=0),
    )


def test_a_speaker_with_more_talks_than_time():
    problem = plain(minutes=[30, 30, 30], speakers=[[4], [4], [5]], available={4: [(600, 650)]})
    assert precheck(problem).overbooked == (
        Overbooked(speaker=4, items=(0, 1), needed=60, available=50),
    )


def test_pages_can_look_before_solving_without_numpy_or_a_solver():
    code = "import sys, cfp.algorithms.timetable_precheck; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"numpy", "scipy", "ortools"} & set(done.stdout.split())
