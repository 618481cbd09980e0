"""What is placed as one: an item, or a group that is held together; and where it may begin."""

from collections.abc import Iterator, Mapping, Sequence

from cfp.algorithms.timetable_problem import NOWHERE, Problem, Window
from cfp.algorithms.timetabling.windows import ALWAYS, common, without
from cfp.records import record

Windows = tuple[Window, ...]


@record(eq=False)
class Unit:
    """Items that move together.

    Attributes:
        items: in the order in which they are held.
        offsets: minutes from the unit's start to each item's.
        minutes: from the unit's start to its end.
        starts: room -> windows of possible starts, as far as the problem alone decides.
        plenary: nothing else happens while it runs.
        track: the track of all its items, or NOWHERE.
    """

    items: tuple[int, ...]
    offsets: tuple[int, ...]
    minutes: int
    starts: Mapping[int, Windows]
    plenary: bool
    track: int

    def places(self, room: int, start: int) -> Iterator[tuple[int, int, int]]:
        """Item, room and start of each, when the unit begins there."""
        for item, offset in zip(self.items, self.offsets, strict=True):
            yield item, room, start + offset


def units_of(problem: Problem) -> list[Unit]:
    """Everything that is not wholly pinned; a group follows the members that are."""
    grouped = {item for group in problem.together for item in group}
    alone = [(item,) for item in problem.items if item not in grouped]
    chains = [tuple(group) for group in problem.together] + alone
    units = [_unit(problem, chain) for chain in chains]
    return sorted((unit for unit in units if unit.items), key=lambda unit: unit.items[0])


def _unit(problem: Problem, chain: Sequence[int]) -> Unit:
    offsets: dict[int, int] = {}
    minutes = 0
    for item in chain:
        offsets[item] = minutes
        minutes += -(-problem.lengths[item] // problem.grid) * problem.grid
    free = tuple(item for item in chain if item not in problem.fixed)
    tracks = {problem.track[item] for item in free}
    places = {item: problem.places(item) for item in free}
    rooms = range(len(problem.rooms))
    return Unit(
        items=free,
        offsets=tuple(offsets[item] for item in free),
        minutes=minutes,
        starts={room: _starts(problem, offsets, places, room) for room in rooms},
        plenary=any(item in problem.plenary for item in free),
        track=tracks.pop() if len(tracks) == 1 else NOWHERE,
    )


def _starts(
    problem: Problem,
    offsets: Mapping[int, int],
    places: Mapping[int, Mapping[int, Windows]],
    room: int,
) -> Windows:
    found: Windows = ALWAYS
    for item, offset in offsets.items():
        if item in problem.fixed:
            where, start = problem.fixed[item]
            there = ((start - offset, start - offset + 1),) if where == room else ()
            found = common(found, there)
    for item, in_room in places.items():
        shift = problem.lengths[item] - 1
        windows = in_room.get(room, ())
        shifted = ((a - offsets[item], b - shift - offsets[item]) for a, b in windows)
        found = common(found, tuple(shifted))
    return found


@record
class Taken:
    """What is taken already: windows in each room, and of each speaker."""

    problem: Problem
    rooms: dict[int, list[Window]]
    speakers: dict[int, list[Window]]

    def starts(self, unit: Unit, room: int) -> Windows:
        """Where the unit may begin in this room, beside all that."""
        anywhere = self.rooms.values() if unit.plenary else (self.rooms[room],)
        there = [window for windows in anywhere for window in windows]
        forbidden = []
        if not unit.starts[room]:
            return ()
        for item, offset in zip(unit.items, unit.offsets, strict=True):
            before = self.problem.lengths[item] + offset - 1
            busy = [w for one in self.problem.speakers[item] for w in self.speakers.get(one, ())]
            forbidden += [(start - before, end - offset) for start, end in (*there, *busy)]
        return without(unit.starts[room], forbidden)

    def add(self, unit: Unit, room: int, start: int) -> None:
        """Take what the unit takes there."""
        for item, _room, begin in unit.places(room, start):
            window = begin, begin + self.problem.lengths[item]
            for number in self.rooms if item in self.problem.plenary else (room,):
                self.rooms[number].append(window)
            for speaker in self.problem.speakers[item]:
                self.speakers.setdefault(speaker, []).append(window)
