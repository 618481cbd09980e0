"""A timetable in the making: what is where, what that costs, and which rules pins break."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from cfp.algorithms.timetable_problem import NOWHERE, Broken, Places, Problem, Window
from cfp.algorithms.timetabling.units import Taken, Unit, Windows
from cfp.algorithms.timetabling.windows import common, merged, without

SOFT = ("track", "parallel", "room")

Cell = tuple[int, int]
"""A room, and a stretch of time from one break to the next."""


class Terms:
    """What the penalties of a problem are made of; the same for all its timetables."""

    def __init__(self, problem: Problem, previous: Places | None) -> None:
        self.problem = problem
        self.previous = previous

    @cached_property
    def stretches(self) -> tuple[Window, ...]:
        """From one break or pinned plenary item to the next."""
        lengths = self.problem.lengths
        plenary = [
            (start, start + lengths[item])
            for item, (_room, start) in self.problem.fixed.items()
            if item in self.problem.plenary
        ]
        return without(merged(self.problem.days), [*self.problem.breaks, *plenary])

    def stretch_of(self, start: int) -> int:
        """The stretch that holds it, or NOWHERE (a pin out of the days)."""
        for number, (begin, end) in enumerate(self.stretches):
            if begin <= start < end:
                return number
        return NOWHERE

    @property
    def cells(self) -> tuple[range, range]:
        """Rooms and stretches; a cell is one of each."""
        return range(len(self.problem.rooms)), range(len(self.stretches))

    def gaps(self, taken: Taken, cell: Cell) -> Windows:
        """What is free of a room in a stretch, beside what is taken."""
        room, stretch = cell
        inside = common(self.problem.room_windows[room], [self.stretches[stretch]])
        return without(inside, taken.rooms[room])

    def steps(self, gap: Window) -> int:
        """Steps of the grid that begin in it: what it holds, as lengths are rounded up."""
        return -(-gap[1] // self.problem.grid) - -(-gap[0] // self.problem.grid)

    def steps_of(self, item: int) -> int:
        """Steps of the grid that an item takes."""
        return -(-self.problem.lengths[item] // self.problem.grid)

    @cached_property
    def popular(self) -> frozenset[int]:
        """More people expected than of three quarters of the items; plenary ones aside."""
        audience = [self.problem.audience[i] for i in self.problem.items]
        quartile = sorted(audience)[-(-3 * len(audience) // 4) - 1] if audience else 0
        many = {item for item in self.problem.items if audience[item] > quartile}
        return frozenset(many.difference(self.problem.plenary))

    @cached_property
    def following(self) -> tuple[int, ...]:
        """(n,) the track each item counts for; plenary ones count for none."""
        track, plenary = self.problem.track, self.problem.plenary
        return tuple(NOWHERE if i in plenary else track[i] for i in self.problem.items)

    def standing_people(self, item: int, room: int) -> int:
        """People without a seat."""
        seats = self.problem.rooms[room].capacity
        return max(self.problem.audience[item] - seats, 0) if seats else 0

    def stood(self, item: int) -> tuple[int, int] | None:
        """Room and start the item had, or None."""
        if self.previous is None or self.previous.room[item] == NOWHERE:
            return None
        return self.previous.room[item], self.previous.start[item]


class Board:
    """Room and start of every item; begins with what is wholly pinned."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.problem = terms.problem
        self.room = [NOWHERE] * len(self.problem.items)
        self.start = [0] * len(self.problem.items)
        for item, (room, start) in self.problem.fixed.items():
            self.room[item], self.start[item] = room, start

    def copy(self) -> "Board":
        board = Board(self.terms)
        board.room, board.start = self.room[:], self.start[:]
        return board

    def cell_of(self, unit: Unit) -> Cell | None:
        """Where it is, to the stretch."""
        place = self.place_of(unit)
        return place and (place[0], self.terms.stretch_of(place[1]))

    def put(self, unit: Unit, room: int, start: int) -> None:
        for item, where, begin in unit.places(room, start):
            self.room[item], self.start[item] = where, begin

    def remove(self, unit: Unit) -> None:
        for item in unit.items:
            self.room[item], self.start[item] = NOWHERE, 0

    def take(self, other: "Board", units: Iterable[Unit]) -> None:
        """Let these units be where they are on the other board."""
        for unit in units:
            place = other.place_of(unit)
            if place:
                self.put(unit, *place)
            else:
                self.remove(unit)

    def place_of(self, unit: Unit) -> tuple[int, int] | None:
        """Room and start of the unit, or None."""
        room = self.room[unit.items[0]]
        return None if room == NOWHERE else (room, self.start[unit.items[0]] - unit.offsets[0])

    def window(self, item: int) -> Window:
        return self.start[item], self.start[item] + self.problem.lengths[item]

    def placed(self) -> list[int]:
        return [item for item in self.problem.items if self.room[item] != NOWHERE]

    def taken(self) -> Taken:
        """By everything on it; plenary items take all rooms."""
        rooms: dict[int, list[Window]] = {room: [] for room in range(len(self.problem.rooms))}
        speakers: dict[int, list[Window]] = {}
        for item in self.placed():
            window = self.window(item)
            for room in rooms if item in self.problem.plenary else (self.room[item],):
                rooms[room].append(window)
            for speaker in self.problem.speakers[item]:
                speakers.setdefault(speaker, []).append(window)
        return Taken(self.problem, rooms, speakers)

    def tracks(self) -> dict[Cell, set[int]]:
        """The tracks of the items in each cell."""
        found: dict[Cell, set[int]] = {}
        for item in self.placed():
            track, stretch = self.terms.following[item], self.terms.stretch_of(self.start[item])
            if NOWHERE not in (track, stretch):
                found.setdefault((self.room[item], stretch), set()).add(track)
        return found

    def penalties(self) -> dict[str, int]:
        """Points of each penalty, by name."""
        placed = self.placed()
        return {
            "track": sum(len(tracks) - 1 for tracks in self.tracks().values()),
            "parallel": len(self.parallel()),
            "room": sum(self.terms.standing_people(item, self.room[item]) for item in placed),
            "moves": sum(self.moved(item) for item in self.problem.items),
        }

    def cost(self) -> tuple[int, int, int]:
        """Items without a place, moves, weighted rest: what is compared, in this order."""
        points = self.penalties()
        return self.room.count(NOWHERE), points["moves"], weighted(self.problem, points)

    def parallel(self) -> list[tuple[int, int]]:
        """Pairs of popular items that overlap."""
        popular = [item for item in self.terms.popular if self.room[item] != NOWHERE]
        popular.sort(key=lambda item: (self.start[item], item))
        return [pair for pair in _overlapping(self, popular) if self._apart(*pair)]

    def _apart(self, one: int, other: int) -> bool:
        return self.room[one] != self.room[other]

    def moved(self, item: int) -> bool:
        """Is it not where it stood?"""
        stood = self.terms.stood(item)
        return stood is not None and stood != (self.room[item], self.start[item])

    def broken(self) -> list[Broken]:
        """Rules that pins break; nothing else ever does."""
        found = list(self._out_of_place())
        problem, pinned = self.problem, self.problem.fixed
        ordered = sorted(self.placed(), key=lambda item: (self.start[item], item))
        for one, other in _overlapping(self, ordered):
            if one not in pinned and other not in pinned:
                continue
            plenary = one in problem.plenary or other in problem.plenary
            if plenary or not self._apart(one, other):
                found.append(Broken(rule="room", item=one, other=other))
            if set(problem.speakers[one]) & set(problem.speakers[other]):
                found.append(Broken(rule="speaker", item=one, other=other))
        return found

    def _out_of_place(self) -> Iterator[Broken]:
        problem = self.problem
        for item, (room, _start) in problem.fixed.items():
            mine = self.window(item)
            rooms = range(len(problem.rooms)) if item in problem.plenary else (room,)
            closed = [window for number in rooms for window in problem.rooms[number].closed]
            if without([mine], without(merged(problem.days), [*problem.breaks, *closed])):
                yield Broken(rule="closed", item=item)
            if not _within(mine, problem.item_available.get(item)) or not all(
                _within(mine, problem.available.get(one)) for one in problem.speakers[item]
            ):
                yield Broken(rule="unavailable", item=item)


def weighted(problem: Problem, points: Mapping[str, int]) -> int:
    """The weighted sum of the soft terms."""
    return sum(getattr(problem.weights, name) * points[name] for name in SOFT)


def _within(window: Window, windows: Iterable[Window] | None) -> bool:
    return windows is None or not without([window], windows)


def _overlapping(board: Board, ordered: list[int]) -> Iterator[tuple[int, int]]:
    """Pairs that overlap, of items ordered by start."""
    running: list[int] = []
    for item in ordered:
        start = board.start[item]
        running = [one for one in running if board.window(one)[1] > start]
        yield from ((one, item) for one in running)
        running.append(item)
