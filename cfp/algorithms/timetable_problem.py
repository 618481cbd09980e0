"""Problem and result of a timetable, and what can be said before solving: plain values, no solver.

All times are minutes since 00:00 UTC of the first day (a place east of Greenwich may begin below
zero); windows are half-open. Items, speakers, rooms, days and tracks are numbers from 0; a
speaker's may be any.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, field
from functools import cached_property
from itertools import pairwise
from math import gcd

from cfp.algorithms.errors import ProblemError
from cfp.algorithms.timetabling.result import (
    NOWHERE,
    Broken,
    Overbooked,
    Places,
    Precheck,
    Shortfall,
    Timetable,
    Unplaced,
)
from cfp.algorithms.timetabling.windows import ALWAYS, Window, common, merged, without
from cfp.records import record

__all__ = [
    "NOWHERE",
    "Broken",
    "Overbooked",
    "Pin",
    "Places",
    "Precheck",
    "Problem",
    "ProblemError",
    "Room",
    "Shortfall",
    "Timetable",
    "Unplaced",
    "Weights",
    "Window",
]

GRID = 5
"""Minutes between possible starts."""

LARGEST = 10**6
"""No time is further from the first day: beyond it somebody mistook seconds for minutes."""


@record(kw_only=True)
class Room:
    """A room: its seats (0 = nobody knows), and when it cannot be had."""

    capacity: int = 0
    closed: Sequence[Window] = ()


@record(kw_only=True)
class Pin:
    """What a chair has fixed of an item's place; None = open.

    With room and start it stays there whatever rule it breaks: chairs know what they do.
    """

    day: int | None = None
    room: int | None = None
    start: int | None = None

    @property
    def whole(self) -> bool:
        return self.room is not None and self.start is not None


@record(kw_only=True)
class Weights:
    """What one point of each penalty costs."""

    track: int = 10
    parallel: int = 5
    room: int = 1


@record(kw_only=True)
class Problem:
    """What shall be placed, where and when it may be; whatever is left out is no rule.

    Attributes:
        minutes: (n,) length of each item's talk.
        discussion: (n,) minutes of discussion after it; they belong to its time in the room.
        speakers: (n,) ids of those who must be there.
        days: (D,) windows in which things may happen, in order.
        rooms: (R,) in the order in which they fill when nothing else decides.
        breaks: windows in which nothing happens in any room.
        available: speaker id -> windows in which they can; absent = always.
        item_available: item -> windows in which it may be; absent = always.
        plenary: items during which nothing else happens in any room.
        together: groups that are held in one room, in the order given and without a gap.
        track: (n,) NOWHERE = none.
        audience: (n,) people expected, 0 = nobody knows.
        pinned: item -> what is fixed of its place.
        weights: of the penalties.
    """

    minutes: Sequence[int]
    days: Sequence[Window]
    rooms: Sequence[Room]
    discussion: Sequence[int] = ()
    speakers: Sequence[Sequence[int]] = ()
    breaks: Sequence[Window] = ()
    available: Mapping[int, Sequence[Window]] = field(default_factory=dict)
    item_available: Mapping[int, Sequence[Window]] = field(default_factory=dict)
    plenary: Iterable[int] = ()
    together: Sequence[Sequence[int]] = ()
    track: Sequence[int] = ()
    audience: Sequence[int] = ()
    pinned: Mapping[int, Pin] = field(default_factory=dict)
    weights: Weights = field(default_factory=Weights)

    def __post_init__(self) -> None:
        """Fill in what was left out and check.

        Raises:
            ProblemError: the first fault found, with its place.
        """
        n = len(self.minutes)
        vars(self).update(  # frozen: plain assignment is refused
            minutes=tuple(self.minutes),
            discussion=tuple(self.discussion) or (0,) * n,
            speakers=tuple(tuple(ids) for ids in self.speakers) or ((),) * n,
            plenary=frozenset(self.plenary),
            track=tuple(self.track) or (NOWHERE,) * n,
            audience=tuple(self.audience) or (0,) * n,
        )
        _check(self)

    @property
    def items(self) -> range:
        return range(len(self.minutes))

    @cached_property
    def lengths(self) -> tuple[int, ...]:
        """(n,) minutes each item holds its room."""
        return tuple(a + b for a, b in zip(self.minutes, self.discussion, strict=True))

    @cached_property
    def grid(self) -> int:
        """Minutes between possible starts: finer only where a pinned start asks for it."""
        return gcd(GRID, *(pin.start for pin in self.pinned.values() if pin.start is not None))

    @cached_property
    def fixed(self) -> dict[int, tuple[int, int]]:
        """Item -> room and start of what is pinned as a whole."""
        return {
            item: (pin.room, pin.start)
            for item, pin in sorted(self.pinned.items())
            if pin.room is not None and pin.start is not None
        }

    @cached_property
    def room_windows(self) -> tuple[tuple[Window, ...], ...]:
        """(R,) when each room is free of breaks, closings and whole pins."""
        open_ = without(merged(self.days), self.breaks)
        return tuple(
            without(open_, [*room.closed, *self._pinned_in(number)])
            for number, room in enumerate(self.rooms)
        )

    def windows(self, item: int) -> tuple[Window, ...]:
        """When its speakers can and it may be, rooms aside."""
        found = merged(self.item_available.get(item, ALWAYS))
        for speaker in self.speakers[item]:
            found = common(found, merged(self.available.get(speaker, ALWAYS)))
            found = without(found, self._pinned_of(speaker))
        return found

    def places(self, item: int) -> dict[int, tuple[Window, ...]]:
        """Room -> windows in which an item that is not wholly pinned may be, pins applied."""
        pin, people = self.pinned.get(item, Pin()), self.windows(item)
        if pin.day is not None:
            people = common(people, [self.days[pin.day]])
        if pin.start is not None:
            people = common(people, [(pin.start, pin.start + self.lengths[item])])
        rooms = range(len(self.rooms)) if pin.room is None else (pin.room,)
        return {room: self.fitting(item, common(people, self.free(item, room))) for room in rooms}

    def free(self, item: int, room: int) -> tuple[Window, ...]:
        """When the room is free for the item, which for a plenary one means all rooms."""
        if item not in self.plenary:
            return self.room_windows[room]
        found: tuple[Window, ...] = ALWAYS
        for windows in self.room_windows:
            found = common(found, windows)
        return found

    def fitting(self, item: int, windows: Iterable[Window]) -> tuple[Window, ...]:
        """Those that hold it, begun on the grid."""
        up = ((-(-start // self.grid) * self.grid, end) for start, end in windows)
        return tuple(window for window in up if window[1] - window[0] >= self.lengths[item])

    def day_of(self, start: int) -> int:
        """The day a start belongs to: the one that holds it, else the nearest."""
        away = [max(day[0] - start, start - day[1] + 1, 0) for day in self.days]
        return away.index(min(away)) if away else NOWHERE

    def _pinned_in(self, room: int) -> list[Window]:
        return [
            (start, start + self.lengths[item])
            for item, (where, start) in self.fixed.items()
            if where == room or item in self.plenary
        ]

    def _pinned_of(self, speaker: int) -> list[Window]:
        return [
            (start, start + self.lengths[item])
            for item, (_room, start) in self.fixed.items()
            if speaker in self.speakers[item]
        ]


def _check(problem: Problem) -> None:
    n = len(problem.items)
    for name in ("discussion", "speakers", "track", "audience"):
        found = len(getattr(problem, name))
        if found != n:
            raise ProblemError("problem.shape", field=name, expected=n, found=found)
    _check_numbers(problem)
    _check_windows("days", problem.days)
    _check_windows("breaks", problem.breaks)
    for number, room in enumerate(problem.rooms):
        _check_windows(f"rooms[{number}].closed", room.closed)
    for speaker, windows in problem.available.items():
        _check_windows(f"available[{speaker}]", windows)
    for item, windows in problem.item_available.items():
        _check_windows(f"item_available[{item}]", windows)
    for row, (one, other) in enumerate(pairwise(problem.days), start=1):
        if other[0] < one[1]:
            raise ProblemError("problem.days_order", field="days", row=row, value=list(other))
    _check_known(problem)


def _check_numbers(problem: Problem) -> None:
    _check_range("minutes", problem.minutes, least=0)
    _check_range("discussion", problem.discussion, least=0)
    _check_range("audience", problem.audience, least=0)
    _check_range("track", problem.track, least=NOWHERE)
    _check_range("rooms", [room.capacity for room in problem.rooms], least=0)
    _check_range("weights", astuple(problem.weights), least=0)
    starts = [pin.start for pin in problem.pinned.values() if pin.start is not None]
    _check_range("pinned", starts, least=-LARGEST)
    for item, length in enumerate(problem.lengths):
        if not length:
            raise ProblemError("problem.no_minutes", field="minutes", row=item)


def _check_known(problem: Problem) -> None:
    n = len(problem.items)
    _check_ids("item_available", problem.item_available, n)
    _check_ids("plenary", sorted(problem.plenary), n)
    _check_ids("pinned", problem.pinned, n)
    pins = problem.pinned.values()
    _check_ids("pinned", [pin.room for pin in pins if pin.room is not None], len(problem.rooms))
    _check_ids("pinned", [pin.day for pin in pins if pin.day is not None], len(problem.days))
    grouped: set[int] = set()
    for row, group in enumerate(problem.together):
        _check_ids("together", group, n)
        for item in group:
            if item in grouped:
                raise ProblemError("problem.duplicate_item", field="together", row=row, item=item)
            grouped.add(item)


def _check_range(name: str, values: Iterable[int], *, least: int) -> None:
    for row, value in enumerate(values):
        if value < least:
            raise ProblemError("problem.negative", field=name, row=row, value=value)
        if value > LARGEST:
            raise ProblemError("problem.too_large", field=name, row=row, value=value)


def _check_windows(name: str, windows: Sequence[Window]) -> None:
    for row, (start, end) in enumerate(windows):
        if not -LARGEST <= start < end <= LARGEST:
            raise ProblemError("problem.window", field=name, row=row, value=[start, end])


def _check_ids(name: str, ids: Iterable[int], size: int) -> None:
    for row, value in enumerate(ids):
        if not 0 <= value < size:
            raise ProblemError("problem.unknown_id", field=name, row=row, value=value)
