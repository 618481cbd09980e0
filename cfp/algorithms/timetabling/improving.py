"""Part by part, better: a few cells are emptied and filled again by the exact model.

Large neighborhood search (Shaw 1998). A part is chosen where something is wrong; what does not get
worse is kept, so that the search does not stand still.
"""

from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass
from random import Random

from cfp.algorithms.timetable_problem import NOWHERE
from cfp.algorithms.timetabling.board import Board, Cell
from cfp.algorithms.timetabling.intervals import Model
from cfp.algorithms.timetabling.limits import Limits
from cfp.algorithms.timetabling.threads import AT_ONCE, at_once
from cfp.algorithms.timetabling.units import Unit
from cfp.algorithms.timetabling.windows import common

MOST_UNITS = 20
CELLS = 4
LOOSE = 5
TRIES = 6


def improve(
    board: Board, units: Sequence[Unit], limits: Limits, *, rounds: int,
    advance: Callable[[float], None],
) -> Board:  # fmt: skip
    """The best board after so many rounds, or when there is nothing left to better."""
    search = _Search(board, units, limits.seed)
    for number in range(0, rounds, AT_ONCE):
        parts = search.parts()
        if not parts or limits.over:
            break
        filled = at_once(lambda one: search.fill(one, limits), parts)
        for part, found in zip(parts, filled, strict=True):
            search.settle(part, found)
        advance(min((number + AT_ONCE) / rounds, 1))
    return search.board


@dataclass
class Part:
    """Some cells, and who is in them or may come."""

    cells: set[Cell]
    units: list[Unit]


class _Search:
    def __init__(self, board: Board, units: Sequence[Unit], seed: int) -> None:
        self.board, self.terms, self.problem = board, board.terms, board.problem
        self.units = [unit for unit in units if not unit.plenary]
        self.unit_of = {item: unit for unit in self.units for item in unit.items}
        self.chance = Random(seed)  # noqa: S311 - a search, not a secret
        self.cost = board.cost()

    def parts(self) -> list[Part]:
        """Parts that have no stretch in common, so that each can be filled by itself."""
        parts: list[Part] = []
        for _ in range(TRIES):
            part = self._part({unit for other in parts for unit in other.units})
            busy = {stretch for other in parts for _, stretch in other.cells}
            if part and not busy & {stretch for _, stretch in part.cells}:
                parts.append(part)
        return parts[:AT_ONCE]

    def fill(self, part: Part, limits: Limits) -> Board | None:
        """The part emptied and filled again as well as it can be."""
        model = Model(self.board, part.units, dict.fromkeys(part.units, part.cells))
        found = model.least(model.cost(), limits)
        return found and found[1]

    def settle(self, part: Part, found: Board | None) -> None:
        """Keep what is not worse."""
        if found:
            trial = self.board.copy()
            trial.take(found, part.units)
            if (cost := trial.cost()) <= self.cost:
                self.board, self.cost = trial, cost

    def _part(self, spoken_for: Container[Unit]) -> Part | None:
        """Around something that is wrong, with some who have no place yet."""
        homeless = [
            unit
            for unit in self.units
            if self.board.place_of(unit) is None and unit not in spoken_for
        ]
        wrong = [] if self.terms.previous else list(self._wrong())  # whoever stands may stand badly
        if homeless and (not wrong or self.chance.random() < 0.7):
            first = self.chance.choice(homeless)
            others = [unit for unit in homeless if unit is not first]
            loose = [first, *self.chance.sample(others, min(len(others), LOOSE - 1))]
            return self._filled(self._around(self._possible(first)), loose)
        return self._filled(self._around(self.chance.choice(wrong)), []) if wrong else None

    def _filled(self, cells: set[Cell], loose: list[Unit]) -> Part:
        inside = [unit for unit in self.units if self.board.cell_of(unit) in cells]
        most = min(len(inside), MOST_UNITS - len(loose))
        return Part(cells, loose + self.chance.sample(inside, most))

    def _possible(self, unit: Unit) -> list[Cell]:
        """One stretch in which it could be."""
        found: dict[int, list[Cell]] = {}
        for room, windows in unit.starts.items():
            for stretch, window in enumerate(self.terms.stretches):
                if common(windows, [window]):
                    found.setdefault(stretch, []).append((room, stretch))
        cells = self.chance.choice(list(found.values()))
        return self.chance.sample(cells, min(len(cells), CELLS - 1))

    def _wrong(self) -> Iterator[list[Cell]]:
        """Cells that belong together because something about them is wrong."""
        weights = self.problem.weights
        tracks = self.board.tracks()
        for cell, there in tracks.items() if weights.track else ():
            if len(there) > 1:
                others = [one for one, theirs in tracks.items() if theirs & there and one != cell]
                yield [cell, *self.chance.sample(others, min(len(others), 2))]
        for pair in self.board.parallel() if weights.parallel else ():
            yield [self._cell(item) for item in pair]
        for item in self.board.placed() if weights.room else ():
            room = self.board.room[item]
            if item in self.unit_of and self.terms.standing_people(item, room):
                yield [self._cell(item), *self._larger(item)]

    def _cell(self, item: int) -> Cell:
        return self.board.room[item], self.terms.stretch_of(self.board.start[item])

    def _larger(self, item: int) -> list[Cell]:
        """Two cells in which more of its people had a seat."""
        worse = self.terms.standing_people(item, self.board.room[item])
        rooms = [
            room
            for room in range(len(self.problem.rooms))
            if self.terms.standing_people(item, room) < worse
        ]
        if not rooms:
            return []
        stretches = range(len(self.terms.stretches))
        return [(self.chance.choice(rooms), self.chance.choice(stretches)) for _ in range(2)]

    def _around(self, cells: list[Cell]) -> set[Cell]:
        """These and some more: of the same stretch, or any."""
        found = {cell for cell in cells if cell[1] != NOWHERE}
        rooms, stretches = self.terms.cells
        if found and len(rooms) >= CELLS and self.chance.random() < 0.5:
            one = self.chance.choice(sorted(found))[1]
            stretches = range(one, one + 1)
        while len(found) < min(CELLS, len(rooms) * len(self.terms.stretches)):
            found.add((self.chance.choice(rooms), self.chance.choice(stretches)))
        return found
