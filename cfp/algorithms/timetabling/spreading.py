"""Stage one: the stretch of each unit, by counting.

What fits into the rooms of a stretch is a cutting-stock problem, said with its patterns (Gilmore
and Gomory 1961) where there are few lengths, else in minutes.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain, pairwise

from ortools.sat.python import cp_model

from cfp.algorithms.timetable_problem import NOWHERE
from cfp.algorithms.timetabling.board import Board
from cfp.algorithms.timetabling.limits import Limits
from cfp.algorithms.timetabling.threads import at_once
from cfp.algorithms.timetabling.units import Taken, Unit
from cfp.algorithms.timetabling.windows import common

MOST_UNITS = 250
MOST_LENGTHS, MOST_PATTERNS = 6, 200


def spread(board: Board, units: Sequence[Unit], limits: Limits) -> dict[int, list[Unit]]:
    """Stretch -> the units it shall have; what fits nowhere is in none.

    So many units that the model is too large for one search are first spread over the days.
    """
    days: dict[int, list[int]] = {}
    for number, (start, _end) in enumerate(board.terms.stretches):
        days.setdefault(board.problem.day_of(start), []).append(number)
    every = [[stretch] for stretches in days.values() for stretch in stretches]
    if len(units) <= MOST_UNITS or len(days) == 1:
        found = _Spreading(board, units, every).solve(limits)
        return {every[number][0]: inside for number, inside in found.items()}
    by_day = _Spreading(board, units, list(days.values())).solve(limits)
    tasks = [(days[day], by_day.get(at, [])) for at, day in enumerate(days)]
    return dict(chain(*at_once(lambda one: _over_a_day(board, *one, limits), tasks)))


def _over_a_day(
    board: Board, stretches: Sequence[int], units: Sequence[Unit], limits: Limits
) -> list[tuple[int, list[Unit]]]:
    found = _Spreading(board, units, [[stretch] for stretch in stretches]).solve(limits)
    return [(stretches[at], inside) for at, inside in found.items()]


class _Spreading:
    """Units into bins; a bin is a stretch, or all those of a day."""

    def __init__(self, board: Board, units: Sequence[Unit], bins: Sequence[Sequence[int]]) -> None:
        self.terms, self.problem, self.units = board.terms, board.problem, units
        self.bins = bins
        self.cp = cp_model.CpModel()
        self.placed: list[cp_model.LinearExprT] = []
        self.cost: list[cp_model.LinearExprT] = []
        self.steps = [sum(map(self.terms.steps_of, unit.items)) for unit in units]
        taken = board.taken()
        self.gaps = [self._gaps(taken, stretches) for stretches in bins]  # room, stretch, steps
        starts = [[taken.starts(unit, room) for room in unit.starts] for unit in units]
        self.here: list[dict[int, cp_model.IntVar]] = []  # by unit, of each bin
        for stretches in bins:
            windows = [self.terms.stretches[stretch] for stretch in stretches]
            self.here.append(
                {
                    u: self.cp.new_bool_var("")
                    for u, rooms in enumerate(starts)
                    if any(common(found, windows) for found in rooms)
                }
            )
        self._once()
        for number in range(len(bins)):
            self._fit(number)
            self._spread_speakers(number)
            self._spread_tracks(number)
            self._spread_popular(number)
            self._find_seats(number)

    def _gaps(self, taken: Taken, stretches: Sequence[int]) -> list[tuple[int, int, int]]:
        return [
            (room, stretch, self.terms.steps(gap))
            for stretch in stretches
            for room in range(len(self.problem.rooms))
            for gap in self.terms.gaps(taken, (room, stretch))
        ]

    def _once(self) -> None:
        for u, unit in enumerate(self.units):
            anywhere = [here[u] for here in self.here if u in here]
            if anywhere:
                self.cp.add_at_most_one(anywhere)
            self.placed.append(len(unit.items) * cp_model.LinearExpr.sum(anywhere))

    def _sum(self, number: int, units: Sequence[int]) -> cp_model.LinearExpr:
        """Steps these units take, if they are in this stretch."""
        here = self.here[number]
        return cp_model.LinearExpr.weighted_sum(
            [here[u] for u in units], [self.steps[u] for u in units]
        )

    def _fit(self, number: int) -> None:
        here, free = self.here[number], [steps for _, _, steps in self.gaps[number]]
        rooms = Counter(free)
        lengths = sorted({self.steps[u] for u in here})
        self.cp.add(
            self._sum(number, list(here)) <= sum(steps for _, _, steps in self.gaps[number])
        )
        patterns = {gap: list(_patterns(lengths, gap)) for gap in rooms}
        if (
            len(lengths) > MOST_LENGTHS
            or max(map(len, patterns.values()), default=0) > MOST_PATTERNS
        ):
            return
        held: dict[int, list[cp_model.LinearExprT]] = {length: [0] for length in lengths}
        for gap, count in rooms.items():
            times = [self.cp.new_int_var(0, count, "") for _ in patterns[gap]]
            self.cp.add(cp_model.LinearExpr.sum(times) <= count)
            for pattern, used in zip(patterns[gap], times, strict=True):
                for length, many in zip(lengths, pattern, strict=True):
                    held[length].append(many * used)
        for length, places in held.items():
            inside = [literal for u, literal in here.items() if self.steps[u] == length]
            self.cp.add(cp_model.LinearExpr.sum(inside) <= cp_model.LinearExpr.sum(places))

    def _longest(self, number: int) -> int:
        """Steps of the longest free time of a room."""
        return max((steps for _, _, steps in self.gaps[number]), default=1)

    def _span(self, number: int) -> int:
        """Steps from the first to the last, breaks aside."""
        longest: dict[int, int] = {}
        for _room, stretch, steps in self.gaps[number]:
            longest[stretch] = max(longest.get(stretch, 0), steps)
        return sum(longest.values())

    def _beyond(self, amount: cp_model.LinearExprT, most: int, weight: int) -> None:
        """Let it cost something where the amount is above zero."""
        if weight and most > 0:
            beyond = self.cp.new_int_var(0, most, "")
            self.cp.add(beyond >= amount)
            self.cost.append(beyond * weight)

    def _spread_speakers(self, number: int) -> None:
        """Talks of one speaker can be in one stretch, one after the other; better they are not."""
        talks: dict[int, list[int]] = {}
        for u in self.here[number]:
            for speaker in {one for i in self.units[u].items for one in self.problem.speakers[i]}:
                talks.setdefault(speaker, []).append(u)
        for mine in talks.values():
            if len(mine) > 1:
                self.cp.add(self._sum(number, mine) <= self._span(number))
                count = cp_model.LinearExpr.sum([self.here[number][u] for u in mine])
                most = len(self.bins[number])
                self._beyond(count - most, len(mine) - most, self.problem.weights.track)

    def _spread_tracks(self, number: int) -> None:
        """Each track needs so many rooms; where all together need more, some room is mixed."""
        longest, needed = self._longest(number), []
        by_track: dict[int, list[int]] = {}
        for u in self.here[number]:
            by_track.setdefault(self.units[u].track, []).append(u)
        for track, units in by_track.items():
            if track != NOWHERE:
                rooms = self.cp.new_int_var(0, len(self.gaps[number]), "")
                self.cp.add(rooms * longest >= self._sum(number, units))
                needed.append(rooms)
        mixed = cp_model.LinearExpr.sum(needed) - len(self.gaps[number])
        self._beyond(mixed, len(needed), self.problem.weights.track)

    def _spread_popular(self, number: int) -> None:
        """The j-th layer of popular talks meets j-1 others: convex, so an even spread is best."""
        here = self.here[number]
        popular = [u for u in here if self.terms.popular & set(self.units[u].items)]
        if not popular:
            return
        layer = max(self._span(number) * len(popular) // sum(self.steps[u] for u in popular), 1)
        layers = [self.cp.new_int_var(0, layer, "") for _ in range(-(-len(popular) // layer))]
        self.cp.add(
            cp_model.LinearExpr.sum(layers) == cp_model.LinearExpr.sum([here[u] for u in popular])
        )
        self.cost += [self.problem.weights.parallel * j * one for j, one in enumerate(layers)]

    def _find_seats(self, number: int) -> None:
        """Beyond each capacity: minutes of larger audiences against minutes of larger rooms."""
        rooms = self.problem.rooms
        sizes = sorted({rooms[room].capacity for room, _, _ in self.gaps[number]} - {0})
        for size, larger in pairwise(sizes):
            units = [u for u in self.here[number] if self._people(u) > size]
            seats = sum(n for room, _, n in self.gaps[number] if rooms[room].capacity > size)
            if units:
                steps = [self.steps[u] for u in units]
                weight = self.problem.weights.room * (larger - size) * len(steps) // sum(steps)
                self._beyond(self._sum(number, units) - seats, sum(steps), weight)

    def _people(self, u: int) -> int:
        return max(self.problem.audience[item] for item in self.units[u].items)

    def solve(self, limits: Limits) -> dict[int, list[Unit]]:
        """Bin -> its units: as many as possible, then at the least cost."""
        placed = cp_model.LinearExpr.sum(self.placed)
        inside: dict[int, int] = {}
        for goal in (-placed, cp_model.LinearExpr.sum(self.cost)):
            self.cp.minimize(goal)
            solver = limits.solver(relaxing=True)
            if solver.solve(self.cp) in (cp_model.OPTIMAL, cp_model.FEASIBLE):
                self.cp.add(placed >= solver.value(placed))
                self._begin_from(solver)
                inside = {
                    u: number
                    for number, here in enumerate(self.here)
                    for u, literal in here.items()
                    if solver.boolean_value(literal)
                }
        chosen: dict[int, list[Unit]] = {}
        for u, number in sorted(inside.items()):
            chosen.setdefault(number, []).append(self.units[u])
        return chosen

    def _begin_from(self, solver: cp_model.CpSolver) -> None:
        self.cp.clear_hints()  # type: ignore[no-untyped-call]  # the library's
        for number in range(len(self.cp.proto.variables)):
            variable = self.cp.get_int_var_from_proto_index(number)
            self.cp.add_hint(variable, solver.value(variable))


def _patterns(lengths: Sequence[int], room: int) -> Iterator[tuple[int, ...]]:
    """How many of each length fit side by side, as many as there can be."""
    if not lengths:
        yield ()
        return
    *shorter, last = lengths
    for many in range(room // last, -1, -1):
        rest = room - many * last
        if shorter or rest < last:
            for pattern in _patterns(shorter, rest):
                yield (*pattern, many)
