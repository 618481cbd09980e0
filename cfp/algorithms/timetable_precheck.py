"""What can be said before solving: by how many minutes, and on which days, it does not fit.

The shortfalls are Hall's condition (Hall 1935) on the days: things that can only be on some days
need as many room minutes as these days have. It is exact in minutes; that talks cannot be cut in
two at a break is the solver's to find out.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from cfp.algorithms.timetable_problem import (
    Overbooked,
    Pin,
    Precheck,
    Problem,
    Shortfall,
    Unplaced,
    Window,
)
from cfp.algorithms.timetabling.windows import common, longest, meet, merged, total

MOST_DAYS = 10
"""Up to so many days every set of them is looked at, beyond it every run of days."""


def precheck(problem: Problem) -> Precheck:
    """Say what cannot fit; in well under a second for a thousand items, and without a solver."""
    found = (why_nowhere(problem, item) for item in problem.items if item not in problem.fixed)
    unplaced = tuple(fault for fault in found if fault)
    nowhere = {fault.item for fault in unplaced}
    placeable = {
        item: days_of(problem, item)
        for item in problem.items
        if item not in problem.fixed and item not in nowhere
    }
    day_minutes = tuple(
        sum(total(common(windows, [day])) for windows in problem.room_windows)
        for day in problem.days
    )
    shortfalls = tuple(_shortfalls(problem, placeable, day_minutes))
    return Precheck(
        needed=sum(room_minutes(problem, i) for i in problem.items if i not in problem.fixed),
        available=sum(day_minutes),
        missing=max((one.missing for one in shortfalls), default=0),
        day_minutes=day_minutes,
        shortfalls=shortfalls,
        unplaced=unplaced,
        overbooked=tuple(_overbooked(problem, sorted(placeable))),
    )


def room_minutes(problem: Problem, item: int) -> int:
    """What it takes of the rooms' time: of all rooms, if it is plenary."""
    rooms = len(problem.rooms) if item in problem.plenary else 1
    return problem.lengths[item] * rooms


def why_nowhere(problem: Problem, item: int) -> Unplaced | None:
    """Why an item has no place even alone, or None; the first reason that holds."""
    people = problem.windows(item)
    anywhere = [problem.free(item, room) for room in range(len(problem.rooms))]
    while_there = [common(people, windows) for windows in anywhere]
    pin = problem.pinned.get(item, Pin())
    reasons = [("too_long", anywhere), ("unavailable", while_there)]
    for why, rooms in reasons:
        if not any(problem.fitting(item, windows) for windows in rooms):
            return _unplaced(problem, item, why, [longest(windows) for windows in rooms])
    if pin != Pin() and not any(problem.places(item).values()):
        return _unplaced(problem, item, "pin", [])
    return None


def _unplaced(problem: Problem, item: int, why: str, longest_of: Sequence[int]) -> Unplaced:
    return Unplaced(
        item=item, why=why, needed=problem.lengths[item], longest=max(longest_of, default=0)
    )


def days_of(problem: Problem, item: int) -> frozenset[int]:
    """The days on which it can be."""
    windows = [window for found in problem.places(item).values() for window in found]
    return frozenset(
        number
        for number, day in enumerate(problem.days)
        if any(meet(day, window) for window in windows)
    )


def _shortfalls(
    problem: Problem, days_of_item: Mapping[int, frozenset[int]], day_minutes: Sequence[int]
) -> Iterator[Shortfall]:
    """Sets of days that are too short, smaller ones first; a larger one only if it lacks more."""
    missing: dict[frozenset[int], int] = {}
    for days in _day_sets(len(problem.days)):
        items = tuple(item for item, possible in days_of_item.items() if possible <= days)
        needed = sum(room_minutes(problem, item) for item in items)
        available = sum(day_minutes[day] for day in days)
        known = max((lack for inner, lack in missing.items() if inner < days), default=0)
        if needed - available > known:
            missing[days] = needed - available
            yield Shortfall(
                days=tuple(sorted(days)), items=items, needed=needed, available=available
            )


def _day_sets(count: int) -> Iterator[frozenset[int]]:
    for size in range(1, count + 1):
        if count <= MOST_DAYS:
            yield from map(frozenset, combinations(range(count), size))
        else:
            yield from (frozenset(range(at, at + size)) for at in range(count - size + 1))


def _overbooked(problem: Problem, items: Sequence[int]) -> Iterator[Overbooked]:
    """Speakers with more minutes of talks than any room is open while they can."""
    talks: dict[int, list[int]] = {}
    for item in items:
        for speaker in problem.speakers[item]:
            talks.setdefault(speaker, []).append(item)
    for speaker, mine in sorted(talks.items()):
        windows: list[Window] = []
        for item in mine:
            windows += [part for found in problem.places(item).values() for part in found]
        needed, available = sum(problem.lengths[item] for item in mine), total(merged(windows))
        if needed > available:
            yield Overbooked(speaker=speaker, items=tuple(mine), needed=needed, available=available)
