"""The exact model: when and where each free unit is, beside everything that stays.

Optional intervals with one NoOverlap per room and per speaker (constraint-based scheduling:
Baptiste, Le Pape, Nuijten 2001; CP-SAT: Perron, Didier, Gay, CP 2023). Every place of a timetable
that is not pinned comes from here, so the hard rules stand in one file. Units of time are steps
of the problem's grid.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import combinations

from ortools.sat.python import cp_model

from cfp.algorithms.timetable_problem import NOWHERE
from cfp.algorithms.timetabling.board import Board, Cell, Terms
from cfp.algorithms.timetabling.limits import Limits
from cfp.algorithms.timetabling.units import Unit, Windows
from cfp.algorithms.timetabling.windows import common, without
from cfp.records import record

Literal = cp_model.IntVar
Linear = cp_model.LinearExpr | int


def _sum(parts: Iterable[Linear]) -> cp_model.LinearExpr:
    return cp_model.LinearExpr.sum(list(parts))


@record
class Answer:
    """A value and the best it could be; equal if nothing was cut short."""

    value: int
    bound: int


class Model:
    """Where to put the units; `cells` narrows where each may be."""

    def __init__(
        self,
        board: Board,
        units: Sequence[Unit],
        cells: Mapping[Unit, Collection[Cell]] | None = None,
    ) -> None:
        self.terms: Terms = board.terms
        self.problem = board.problem
        self.units = units
        self.beside = board.copy()
        for unit in units:
            self.beside.remove(unit)
        self.taken = self.beside.taken()
        self.cp = cp_model.CpModel()
        self.present: list[Literal] = []
        self.begin: list[cp_model.IntVar] = []
        self.at: list[dict[Cell, Literal]] = []  # (room, stretch) of each unit
        self.of_item: dict[int, tuple[int, int]] = {}  # unit and offset
        self._place(cells)
        self._one_at_a_time()
        self._no_cell_overfull()
        self.hint(board)

    # What is decided, and what may not be -------------------------------------------------

    def _place(self, allowed: Mapping[Unit, Collection[Cell]] | None) -> None:
        for number, unit in enumerate(self.units):
            self.of_item |= {
                i: (number, offset) for i, offset in zip(unit.items, unit.offsets, strict=True)
            }
            rooms = {room for room, _ in allowed[unit]} if allowed else unit.starts
            self._unit(
                {
                    (room, stretch): domain
                    for room in sorted(rooms)
                    for stretch, domain in self._by_stretch(self.taken.starts(unit, room))
                    if allowed is None or (room, stretch) in allowed[unit]
                }
            )

    def _by_stretch(self, windows: Windows) -> Iterable[tuple[int, cp_model.Domain]]:
        grid = self.problem.grid
        for number, stretch in enumerate(self.terms.stretches):
            here = common(windows, [stretch])
            steps = [(-(-a // grid), (b - 1) // grid) for a, b in here]
            steps = [(a, b) for a, b in steps if a <= b]
            if steps:
                yield number, cp_model.Domain.from_intervals(steps)

    def _unit(self, cells: Mapping[Cell, cp_model.Domain]) -> None:
        cp, present = self.cp, self.cp.new_bool_var("")
        every = cp_model.Domain(0, 0) if not cells else None
        for domain in cells.values():
            every = domain if every is None else every.union_with(domain)
        begin = cp.new_int_var_from_domain(every, "")
        at = {cell: cp.new_bool_var("") for cell in cells}
        cp.add(_sum(at.values()) == present)
        for cell, here in at.items():
            cp.add_linear_expression_in_domain(begin, cells[cell]).only_enforce_if(here)
        self.present.append(present)
        self.begin.append(begin)
        self.at.append(at)

    def _one_at_a_time(self) -> None:
        of_room: dict[int, list[cp_model.IntervalVar]] = {}
        of_speaker: dict[int, dict[int, list[cp_model.IntervalVar]]] = {}
        for number, unit in enumerate(self.units):
            for room in self.rooms_of(number):
                here = self.present[number] if unit.plenary else self._in_room(number, room)
                of_room.setdefault(room, []).extend(self._intervals(number, here).values())
            for item, interval in self._intervals(number, self.present[number]).items():
                for speaker in self.problem.speakers[item]:
                    of_speaker.setdefault(speaker, {}).setdefault(number, []).append(interval)
        for intervals in of_room.values():
            self.cp.add_no_overlap(intervals)
        for theirs in of_speaker.values():
            if len(theirs) > 1:
                self.cp.add_no_overlap([one for mine in theirs.values() for one in mine])

    def _no_cell_overfull(self) -> None:
        """Follows from the intervals; said in minutes as well, it bounds far better."""
        inside: dict[Cell, list[tuple[Literal, int]]] = {}
        for number, unit in enumerate(self.units):
            for cell, here in self.at[number].items():
                inside.setdefault(cell, []).append((here, self._steps_of(unit)))
        for cell, parts in inside.items():
            literals, steps = zip(*parts, strict=True)
            self.cp.add(cp_model.LinearExpr.weighted_sum(literals, steps) <= self._steps_in(cell))

    def _steps_in(self, cell: Cell) -> int:
        """Steps of the grid free in a cell, beside what stays."""
        return sum(map(self.terms.steps, self.terms.gaps(self.taken, cell)))

    def rooms_of(self, number: int) -> Iterable[int]:
        """Rooms the unit may hold; a plenary one holds them all."""
        if self.units[number].plenary:
            return range(len(self.problem.rooms))
        return sorted({room for room, _stretch in self.at[number]})

    def _in_room(self, number: int, room: int) -> Literal:
        cells = [here for (where, _), here in self.at[number].items() if where == room]
        if len(cells) == 1:
            return cells[0]
        inside = self.cp.new_bool_var("")
        self.cp.add(_sum(cells) == inside)
        return inside

    def _intervals(self, number: int, present: Literal) -> dict[int, cp_model.IntervalVar]:
        unit, grid = self.units[number], self.problem.grid
        return {
            item: self.cp.new_optional_fixed_size_interval_var(
                self.begin[number] + offset // grid, self.terms.steps_of(item), present, ""
            )
            for item, offset in zip(unit.items, unit.offsets, strict=True)
        }

    def _steps_of(self, unit: Unit) -> int:
        return sum(self.terms.steps_of(item) for item in unit.items)

    # What it costs ------------------------------------------------------------------------

    def unplaced(self) -> Linear:
        """Items without a place."""
        return _sum(
            len(unit.items) * (1 - present)
            for unit, present in zip(self.units, self.present, strict=True)
        )

    def moves(self) -> Linear:
        """Items that are not where they stood."""
        return _sum(self._moves_of(number) for number in range(len(self.units)))

    def _moves_of(self, number: int) -> Linear:
        unit, stayers = self.units[number], dict[tuple[int, int], int]()
        stood = [self.terms.stood(item) for item in unit.items]
        for place, offset in zip(stood, unit.offsets, strict=True):
            if place:
                there = place[0], place[1] - offset
                stayers[there] = stayers.get(there, 0) + 1
        kept = (count * self._is_at(number, *place) for place, count in stayers.items())
        return sum(place is not None for place in stood) - _sum(kept)

    def _is_at(self, number: int, room: int, start: int) -> Linear:
        cell, grid = (room, self.terms.stretch_of(start)), self.problem.grid
        if cell not in self.at[number] or start % grid:
            return 0
        there = self.cp.new_bool_var("")
        self.cp.add_implication(there, self.at[number][cell])
        self.cp.add(self.begin[number] == start // grid).only_enforce_if(there)
        return there

    def soft(self) -> Linear:
        """Weighted sum of track, parallel and room, of the whole timetable."""
        weights = self.problem.weights
        return (
            weights.track * self._track()
            + weights.parallel * self._parallel()
            + weights.room * self._room()
        )

    def _room(self) -> Linear:
        there = sum(
            self.terms.standing_people(item, room) for item in self.beside.placed()
            for room in (self.beside.room[item],)
        )  # fmt: skip
        return there + _sum(
            self.terms.standing_people(item, room) * here
            for unit, at in zip(self.units, self.at, strict=True)
            for (room, _stretch), here in at.items()
            for item in unit.items
        )

    def _track(self) -> Linear:
        there = self.beside.tracks()
        coming: dict[Cell, dict[int, list[int]]] = {}
        for number, unit in enumerate(self.units):
            tracks = {self.terms.following[item] for item in unit.items} - {NOWHERE}
            for cell in self.at[number]:
                for track in tracks - there.get(cell, set()):
                    coming.setdefault(cell, {}).setdefault(track, []).append(number)
        points: list[Linear] = [sum(len(tracks) - 1 for tracks in there.values())]
        for cell, new in coming.items():
            added = _sum(self._any(cell, numbers) for numbers in new.values())
            points.append(added if cell in there else self._beyond_first(added, len(new)))
        return _sum(points)

    def _any(self, cell: Cell, numbers: Sequence[int]) -> Literal:
        """Is any of these units there? Their minutes say so too, which the relaxation needs."""
        here = [self.at[number][cell] for number in numbers]
        if len(here) == 1:
            return here[0]
        some = self.cp.new_bool_var("")
        for literal in here:
            self.cp.add_implication(literal, some)
        steps = [self._steps_of(self.units[number]) for number in numbers]
        self.cp.add(cp_model.LinearExpr.weighted_sum(here, steps) <= self._steps_in(cell) * some)
        return some

    def _beyond_first(self, count: Linear, most: int) -> Linear:
        if most == 1:
            return 0
        beyond = self.cp.new_int_var(0, most - 1, "")
        self.cp.add(beyond >= count - 1)
        return beyond

    def _parallel(self) -> Linear:
        there = [item for item in self.beside.placed() if item in self.terms.popular]
        coming = [item for item in self.of_item if item in self.terms.popular]
        points: list[Linear] = [len(self.beside.parallel())]
        if len(self.problem.rooms) > 1:
            points += (self._meets(*pair) for pair in combinations(coming, 2))
            points += (self._meets_fixed(one, other) for one in coming for other in there)
        return _sum(points)

    def _meets(self, one: int, other: int) -> Linear:
        (a, a_offset), (b, b_offset) = self.of_item[one], self.of_item[other]
        shared = set(self.problem.speakers[one]) & set(self.problem.speakers[other])
        if a == b or shared or not self._share_a_stretch(a, b):
            return 0
        grid = self.problem.grid
        begin_a, begin_b = self.begin[a] + a_offset // grid, self.begin[b] + b_offset // grid
        meets, before, after = (self.cp.new_bool_var("") for _ in range(3))
        absent = [self.present[a].negated(), self.present[b].negated()]
        self.cp.add_bool_or([meets, before, after, *absent])
        self.cp.add(begin_a + self.terms.steps_of(one) <= begin_b).only_enforce_if(before)
        self.cp.add(begin_b + self.terms.steps_of(other) <= begin_a).only_enforce_if(after)
        return meets

    def _share_a_stretch(self, a: int, b: int) -> bool:
        return bool({k for _, k in self.at[a]} & {k for _, k in self.at[b]})

    def _meets_fixed(self, one: int, other: int) -> Linear:
        number, offset = self.of_item[one]
        start, end = self.beside.window(other)
        window = (start - self.problem.lengths[one] - offset + 1, end - offset)
        stretch = self.terms.stretch_of(start)
        nearby = [here for (_, k), here in self.at[number].items() if k == stretch]
        beside = list(self._by_stretch(without(((-(2**30), 2**30),), [window])))
        if not nearby:
            return 0
        meets = self.cp.new_bool_var("")
        clear = cp_model.Domain.from_intervals([])
        for _, domain in beside:
            clear = clear.union_with(domain)
        self.cp.add_linear_expression_in_domain(self.begin[number], clear).only_enforce_if(
            meets.negated(), self.present[number]
        )
        return meets

    def cost(self) -> Linear:
        """All of it as one number in which placing beats moves, and moves beat the rest."""
        weights, items = self.problem.weights, len(self.of_item)
        popular = sum(item in self.terms.popular for item in self.of_item)
        soft = (
            weights.track * items
            + weights.parallel * popular * len(self.terms.popular)
            + weights.room * sum(self.problem.audience[item] for item in self.of_item)
        )
        moves = (soft + 1) * (items + 1)
        return moves * self.unplaced() + (soft + 1) * self.moves() + self.soft()

    # Solving ------------------------------------------------------------------------------

    def hint(self, board: Board) -> None:
        """Begin from what the board has."""
        self.cp.clear_hints()  # type: ignore[no-untyped-call]  # the library's
        for number, unit in enumerate(self.units):
            place, cell = board.place_of(unit), board.cell_of(unit)
            self.cp.add_hint(self.present[number], place is not None)
            for where, here in self.at[number].items():
                self.cp.add_hint(here, where == cell)
            if place:
                self.cp.add_hint(self.begin[number], place[1] // self.problem.grid)

    def least(self, expression: Linear, limits: Limits) -> tuple[Answer, Board] | None:
        """The lowest value found, with its board; None if the time was too short for any."""
        self.cp.minimize(expression)
        solver = limits.solver()
        status = solver.solve(self.cp)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return None
        board = self.beside.copy()
        for number, unit in enumerate(self.units):
            for (room, _stretch), here in self.at[number].items():
                if solver.boolean_value(here):
                    start = solver.value(self.begin[number]) * self.problem.grid
                    board.put(unit, room, start)
        bound = -(-solver.best_objective_bound // 1)
        return Answer(round(solver.objective_value), round(bound)), board

    def at_most(self, expression: Linear, value: int) -> None:
        """From now on no more of this."""
        self.cp.add(expression <= value)
