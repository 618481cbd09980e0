"""A day of the program as pages lay it out: blocks one under the other, or rooms side by side."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import groupby

from cfp.formats.program import Program, Session, Slot
from cfp.records import record

_LEAST = timedelta(minutes=1)
"""What a slot without minutes takes on a grid."""


@record
class Block:
    """Slots that stand together: those of a session, or a run of those in none."""

    session: Session | None
    slots: tuple[Slot, ...]
    continued: bool = False


def blocks_of(program: Program, day: int) -> tuple[Block, ...]:
    """What a day's table shows, canceled talks too.

    The slots of a session stand together although others run beside it; what everybody goes to (a
    break, a plenary) ends the sessions that are open, and one that goes on after it is continued.
    """
    found: list[tuple[int | None, list[Slot]]] = []
    open_at: dict[int, int] = {}
    for slot in program.ordered_slots:
        if slot.day != day:
            continue
        if slot.session is None:
            if slot.talk is None or slot.plenary:
                open_at.clear()
            if not found or found[-1][0] is not None:
                found.append((None, []))
            found[-1][1].append(slot)
        else:
            place = open_at.setdefault(slot.session, len(found))
            if place == len(found):
                found.append((slot.session, []))
            found[place][1].append(slot)
    return tuple(_blocks(program, found))


def _blocks(program: Program, found: Iterable[tuple[int | None, list[Slot]]]) -> Iterator[Block]:
    begun: set[int] = set()
    for number, slots in found:
        if number is None:
            yield Block(None, tuple(slots))
        else:
            yield Block(program.session_by_id[number], tuple(slots), number in begun)
            begun.add(number)


@record
class Cell:
    """A place on the grid: what is held there, over how many rows and columns; maybe nothing."""

    slots: tuple[Slot, ...] = ()
    rows: int = 1
    columns: int = 1


@record
class Row:
    """A row of the grid: from when on, and the cells that begin in it."""

    start: datetime
    cells: tuple[Cell, ...]


@record
class Grid:
    """A day as rooms times hours. A room called "" holds what runs beside the rooms."""

    rooms: tuple[str, ...]
    rows: tuple[Row, ...]


@record
class _Cluster:
    """Slots that overlap, so that they share a cell, and the neighboring rooms it spans."""

    slots: tuple[Slot, ...]
    rooms: tuple[str, ...] = ()

    @property
    def start(self) -> datetime:
        return min(slot.start for slot in self.slots)

    @property
    def end(self) -> datetime:
        return max(map(_end, self.slots))

    def runs_at(self, moment: datetime) -> bool:
        return self.start <= moment < self.end


def grid_of(program: Program, day: int) -> Grid:
    """Lay a day out. What is for everybody spans all rooms in which nothing else goes on."""
    slots = program.slots_of_day(day)
    rooms = _rooms(program, slots)
    held = [slot for slot in slots if slot.room and not slot.plenary]
    shared = [one for one in slots if one.plenary and one.room and _meets_any(one, held)]
    whole = [slot for slot in slots if slot not in held and slot not in shared]
    clusters = [
        one
        for room in rooms
        for one in _clusters([slot for slot in (*held, *shared) if slot.room == room], (room,))
    ]
    wide = [part for one in _clusters(whole) for part in _spread(one, rooms, clusters)]
    if any(one.rooms == ("",) for one in wide):
        rooms = (*rooms, "")
    return Grid(rooms, tuple(_rows(rooms, [*clusters, *wide])))


def _rooms(program: Program, slots: Sequence[Slot]) -> tuple[str, ...]:
    used = dict.fromkeys(slot.room for slot in slots if slot.room)
    known = [room.name for room in program.rooms if room.name in used]
    return (*known, *(room for room in used if room not in known))


def _clusters(slots: Iterable[Slot], rooms: tuple[str, ...] = ()) -> Iterator[_Cluster]:
    """Part slots where none of them is running."""
    together: list[Slot] = []
    for slot in sorted(slots, key=lambda slot: slot.start):
        if together and slot.start >= max(map(_end, together)):
            yield _Cluster(tuple(together), rooms)
            together = []
        together.append(slot)
    if together:
        yield _Cluster(tuple(together), rooms)


def _spread(
    whole: _Cluster, rooms: Sequence[str], others: Sequence[_Cluster]
) -> Iterator[_Cluster]:
    """Give what is for everybody each run of free rooms; a column of its own if there is none."""
    taken = {
        room
        for other in others
        if other.start < whole.end and whole.start < other.end
        for room in other.rooms
    }
    if taken.issuperset(rooms):
        yield replace(whole, rooms=("",))
        return
    for free, run in groupby(rooms, key=lambda room: room not in taken):
        if free:
            yield replace(whole, rooms=tuple(run))


def _rows(rooms: Sequence[str], clusters: Sequence[_Cluster]) -> Iterator[Row]:
    edges = sorted({edge for one in clusters for edge in (one.start, one.end)})
    starts = [edge for edge in edges if any(one.runs_at(edge) for one in clusters)]
    for start in starts:
        running = {room: one for one in clusters if one.runs_at(start) for room in one.rooms}
        yield Row(start, tuple(_cells(rooms, start, starts, running)))


def _cells(
    rooms: Sequence[str],
    start: datetime,
    starts: Sequence[datetime],
    running: Mapping[str, _Cluster],
) -> Iterator[Cell]:
    for room in rooms:
        cluster = running.get(room)
        if cluster is None:
            yield Cell()
        elif cluster.start == start and cluster.rooms[0] == room:
            yield Cell(cluster.slots, sum(map(cluster.runs_at, starts)), len(cluster.rooms))


def _end(slot: Slot) -> datetime:
    return max(slot.end, slot.start + _LEAST)


def _meets_any(one: Slot, others: Iterable[Slot]) -> bool:
    return any(_meet(one, other) for other in others)


def _meet(one: Slot, other: Slot) -> bool:
    return one.start < _end(other) and other.start < _end(one)
