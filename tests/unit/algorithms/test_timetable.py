"""What a chair would check by hand on small conferences."""

import subprocess
import sys
from dataclasses import replace

import pytest

from cfp.algorithms.timetable import timetable
from cfp.algorithms.timetable_problem import (
    NOWHERE,
    Broken,
    Pin,
    Places,
    Problem,
    ProblemError,
    Room,
    Unplaced,
    Weights,
)
from tests.benchmarks.timetable import clashes, only
from tests.benchmarks.timetables import Size, make

MORNINGS = [(540, 720), (1980, 2160)]
BREAK = (600, 630)


def plain(**changes):
    four = {"minutes": [25] * 4, "discussion": [5] * 4, "days": MORNINGS, "rooms": [Room()]}
    return Problem(**four | changes)


def test_everything_is_placed_without_a_gap():
    found = timetable(plain(days=[(540, 660)]))
    assert sorted(found.start) == [540, 570, 600, 630]
    assert (found.placed, found.placed_bound, found.unplaced, found.broken) == (4, 4, (), ())
    assert (found.day, found.room) == ((0,) * 4, (0,) * 4)
    assert found.objective == found.bound == 0


def test_an_empty_conference_has_an_empty_timetable():
    found = timetable(Problem(minutes=[], days=[], rooms=[]))
    assert (found.room, found.unplaced, found.bound) == ((), (), 0)


def test_without_a_room_nothing_is_placed():
    found = timetable(plain(rooms=[]))
    assert [one.why for one in found.unplaced] == ["too_long"] * 4


def test_nothing_is_in_a_break():
    found = timetable(plain(days=[(540, 690)], breaks=[BREAK]))
    assert sorted(found.start) == [540, 570, 630, 660]


def test_a_speaker_is_not_in_two_rooms_at_once():
    found = timetable(
        plain(days=[(540, 600)], rooms=[Room(), Room()], speakers=[[1], [1], [2], [2]])
    )
    assert found.placed == 4
    assert found.start[0] != found.start[1]
    assert found.start[2] != found.start[3]


def test_what_does_not_fit_is_named_with_the_longest_gap():
    found = timetable(plain(minutes=[25, 25, 25, 40], days=[(540, 640)], discussion=[5] * 4))
    assert found.unplaced == (Unplaced(item=3, why="no_time", needed=45, longest=10),)
    assert found.placed_bound == 3


def test_reasons_of_what_has_no_place_even_alone():
    found = timetable(
        plain(
            minutes=[300, 25, 25, 25],
            speakers=[[], [1], [], []],
            available={1: [(0, 100)]},
            together=[(2, 3)],
            days=[(540, 570), (600, 630)],
        )
    )
    assert [(one.item, one.why) for one in found.unplaced] == [
        (0, "too_long"), (1, "unavailable"), (2, "together"), (3, "together"),
    ]  # fmt: skip


def test_a_whole_pin_holds_even_where_it_breaks_rules_which_are_named():
    found = timetable(
        plain(
            breaks=[BREAK],
            speakers=[[1], [1], [1], []],
            available={1: [(540, 720)]},
            pinned={
                0: Pin(room=0, start=610), 1: Pin(room=0, start=620), 2: Pin(room=0, start=1985),
            },
        )
    )  # fmt: skip
    assert found.start[:3] == (610, 620, 1985)
    assert set(found.broken) == {
        Broken(rule="closed", item=0),
        Broken(rule="closed", item=1),
        Broken(rule="room", item=0, other=1),
        Broken(rule="speaker", item=0, other=1),
        Broken(rule="unavailable", item=2),
    }
    assert found.start[3] not in range(1985 - 29, 1985 + 30)


def test_a_pinned_day_room_or_start_narrows():
    found = timetable(
        plain(rooms=[Room(), Room()], pinned={0: Pin(day=1), 1: Pin(room=1), 2: Pin(start=667)})
    )
    assert (found.day[0], found.room[1], found.start[2]) == (1, 1, 667)


def test_nothing_runs_beside_a_plenary_item():
    found = timetable(
        plain(days=[(540, 630)], rooms=[Room(capacity=10), Room(capacity=90)], plenary=[0],
              audience=[80, 0, 0, 0])
    )  # fmt: skip
    assert found.placed == 4
    assert found.room[0] == 1
    assert all(abs(found.start[0] - start) >= 30 for start in found.start[1:])


def test_a_group_is_held_in_one_room_in_its_order():
    found = timetable(plain(rooms=[Room(), Room()], breaks=[BREAK], together=[(2, 0, 1)]))
    assert found.room[0] == found.room[1] == found.room[2]
    assert found.start[0] == found.start[2] + 30
    assert found.start[1] == found.start[2] + 60


def test_a_group_follows_its_pinned_member():
    found = timetable(plain(together=[(1, 2)], pinned={2: Pin(room=0, start=660)}))
    assert found.start[1:3] == (630, 660)


def test_tracks_share_no_stretch_when_they_need_not():
    problem = plain(days=[(540, 690)], breaks=[BREAK], track=[0, 1, 0, 1])
    found = timetable(problem)
    assert found.penalties["track"] == found.bounds["track"] == 0
    mixed = timetable(plain(days=[(540, 690)], breaks=[BREAK], track=[0, 1, 2, 2]))
    assert (mixed.penalties["track"], mixed.objective, mixed.bound) == (1, 10, 10)


def test_popular_ones_are_not_parallel():
    problem = Problem(
        minutes=[30] * 8, days=[(540, 660)], rooms=[Room(), Room()], audience=[90, 90] + [5] * 6
    )
    found = timetable(problem)
    assert found.placed == 8
    assert found.start[0] != found.start[1]
    assert found.penalties["parallel"] == 0
    squeezed = timetable(
        Problem(
            minutes=[30] * 8,
            days=[(540, 660)],
            rooms=[Room(), Room()],
            audience=[90, 90] + [5] * 6,
            item_available={0: [(540, 570)], 1: [(540, 570)]},
        )
    )
    assert (squeezed.penalties["parallel"], squeezed.objective) == (1, 5)


def test_the_larger_audience_has_the_larger_room():
    problem = plain(
        minutes=[25] * 2, discussion=[5] * 2, days=[(540, 570)], audience=[20, 90],
        rooms=[Room(capacity=80), Room(capacity=30)],
    )  # fmt: skip
    found = timetable(problem)
    assert found.room == (1, 0)
    assert found.penalties["room"] == found.bounds["room"] == 10


def test_placing_more_beats_every_penalty():
    dear = Weights(track=10**4, parallel=10**4, room=10**4)
    found = timetable(
        plain(days=[(540, 660)], rooms=[Room(capacity=1)], track=[0, 1, 2, 3],
              audience=[50] * 4, weights=dear)
    )  # fmt: skip
    assert found.placed == 4


def test_after_one_drop_out_nothing_else_moves():
    problem = plain(minutes=[25] * 6, discussion=[5] * 6, track=[0, 1, 0, 1, 0, 1])
    first = timetable(problem)
    rest = [0, 1, 3, 4, 5]
    fewer = plain(minutes=[25] * 5, discussion=[5] * 5, track=[0, 1, 1, 0, 1])
    again = timetable(fewer, previous=first.take(rest))
    assert Places(room=again.room, start=again.start) == first.take(rest)
    assert again.penalties["moves"] == again.bounds["moves"] == 0


@pytest.fixture(scope="module")
def planted():
    """Too large for the exact model, and known to fit."""
    problem = make(Size(60, 3, 2, 4, ((25, 5, 0.7), (10, 5, 0.3))))
    return problem, timetable(problem)


def test_stages_place_everything_and_break_nothing(planted):
    problem, found = planted
    assert (found.model, found.placed, found.broken) == ("stages", 60, ())
    assert clashes(problem, found) == 0
    assert found.bound <= found.objective


def test_stages_give_the_same_for_the_same_seed(planted):
    problem, found = planted
    assert timetable(problem) == found


def test_after_one_drop_out_of_many_nothing_else_moves(planted):
    problem, found = planted
    rest = [item for item in problem.items if item != 30]
    again = timetable(only(problem, rest), previous=found.take(rest))
    assert Places(room=again.room, start=again.start) == found.take(rest)


def test_newcomers_among_many_move_as_few_as_they_must(planted):
    problem, found = planted
    gone = {20, 30, 40}
    room = [NOWHERE if item in gone else at for item, at in enumerate(found.room)]
    again = timetable(problem, previous=Places(room=room, start=found.start))
    assert (again.placed, again.penalties["moves"]) == (60, 0)
    assert clashes(problem, again) == 0


def test_a_plenary_item_and_a_group_among_many():
    problem = make(Size(50, 3, 2, 4, ((25, 5, 0.7), (10, 5, 0.3))))
    free = [item for item in problem.items if item not in problem.pinned]
    found = timetable(replace(problem, together=[free[:2]], plenary=[*problem.plenary, free[5]]))
    assert found.placed >= 48
    assert found.start[free[1]] == found.start[free[0]] + problem.lengths[free[0]]
    assert clashes(replace(problem, plenary=[*problem.plenary, free[5]]), found) == 0


def test_a_newcomer_takes_the_free_place_and_moves_nobody():
    problem = plain(days=[(540, 660)])
    previous = Places(room=[0, NOWHERE, 0, 0], start=[540, 0, 600, 630])
    found = timetable(problem, previous=previous)
    assert found.start == (540, 570, 600, 630)
    assert found.penalties["moves"] == 0


def test_a_newcomer_moves_as_few_as_it_must():
    problem = plain(minutes=[25, 25, 25, 55], days=[(540, 690)])
    previous = Places(room=[0, 0, 0, NOWHERE], start=[540, 585, 660, 0])
    found = timetable(problem, previous=previous)
    assert found.placed == 4
    assert found.penalties["moves"] == found.bounds["moves"] == 1


def test_who_cannot_stay_is_moved_and_nobody_else():
    problem = plain(speakers=[[7], [], [], []], available={7: [(1980, 2160)]})
    previous = Places(room=[0] * 4, start=[540, 570, 600, 630])
    found = timetable(problem, previous=previous)
    assert found.day[0] == 1
    assert found.start[1:] == (570, 600, 630)
    assert found.penalties["moves"] == found.bounds["moves"] == 1


def test_a_pin_elsewhere_is_a_move_that_must_be():
    previous = Places(room=[0] * 4, start=[540, 570, 600, 630])
    found = timetable(plain(pinned={0: Pin(room=0, start=1980)}), previous=previous)
    assert found.penalties["moves"] == found.bounds["moves"] == 1


def test_what_stood_off_the_grid_stays():
    previous = Places(room=[0] * 4, start=[541, 574, 607, 640])
    assert timetable(plain(), previous=previous).start == (541, 574, 607, 640)


@pytest.mark.parametrize(
    ("arguments", "key"),
    [
        ({"previous": Places(room=[0], start=[540] * 4)}, "problem.shape"),
        ({"previous": Places(room=[0] * 4, start=[540])}, "problem.shape"),
        ({"time_limit": 0}, "problem.time_limit"),
        ({"time_limit": float("nan")}, "problem.time_limit"),
    ],
)
def test_a_fault_is_named(arguments, key):
    with pytest.raises(ProblemError) as caught:
        timetable(plain(), **arguments)
    assert caught.value.key == key


def test_a_listener_hears_the_steps_in_order():
    heard = []
    timetable(plain(), on_progress=lambda step, share: heard.append((step, share)))
    assert [step for step, _ in heard] == ["prepare", "stand", "place", "report"]
    assert [share for _, share in heard] == sorted(share for _, share in heard)


def test_it_keeps_away_from_the_solver_that_clashes_with_ours():
    code = "import sys, cfp.algorithms.timetable; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "ortools.sat.python.cp_model" in loaded
    assert not {one for one in loaded if "highs" in one.lower()}
