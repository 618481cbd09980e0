"""Stage one: the stretch of each unit, by counting.

What fits into the rooms of a stretch is a cutting-stock problem, said with its patterns (Gilmore
and Gomory 1961) where there are few lengths, else in minutes.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

from ortools.sat.python import cp_model

from cfp.algorithms.timetable_problem import NOWHERE
from cfp.algorithms.timetabling.board import Board
from cfp.algorithms.timetabling.limits import Limits
from cfp.algorithms.timetabling.units import Unit
from cfp.algorithms.timetabling.windows import common

MOST_LENGTHS, MOST_PATTERNS = 6, 200


def spread(board: Board, units: Sequence[Unit], limits: Limits) -> dict[int, list[Unit]]:
    """Stretch -> the units it shall have; what fits nowhere is in none."""
    return _Spreading(board, units).solve(limits)


class _Spreading:
    def __init__(self, board: Board, units: Sequence[Unit]) -> None:
        self.terms, self.problem, self.units = board.terms, board.problem, units
        self.cp = cp_model.CpModel()
        self.cost: list[cp_model.LinearExprT] = []
        self.steps = [sum(map(self.terms.steps_of, unit.items)) for unit in units]
        taken = board.taken()
        starts = [[taken.starts(unit, room) for room in unit.starts] for unit in units]
        self.gaps: list[list[tuple[int, int]]] = []  # room and steps, of each stretch
        self.here: list[dict[int, cp_model.IntVar]] = []  # by unit, of each stretch
        for number, stretch in enumerate(self.terms.stretches):
            self.gaps.append(
                [
                    (room, self.terms.steps(gap))
                    for room in range(len(self.problem.rooms))
                    for gap in self.terms.gaps(taken, (room, number))
                ]
            )
            self.here.append(
                {
                    u: self.cp.new_bool_var("")
                    for u, windows in enumerate(starts)
                    if any(common(found, [stretch]) for found in windows)
                }
            )
        self._once()
        for number in range(len(self.here)):
            self._fit(number)
            self._spread_speakers(number)
            self._spread_tracks(number)
            self._spread_popular(number)
            self._find_seats(number)

    def _once(self) -> None:
        for u, unit in enumerate(self.units):
            anywhere = [here[u] for here in self.here if u in here]
            if anywhere:
                self.cp.add_at_most_one(anywhere)
            self.cost.append(-MUCH * len(unit.items) * cp_model.LinearExpr.sum(anywhere))

    def _sum(self, number: int, units: Sequence[int]) -> cp_model.LinearExpr:
        """Steps these units take, if they are in this stretch."""
        here = self.here[number]
        return cp_model.LinearExpr.weighted_sum(
            [here[u] for u in units], [self.steps[u] for u in units]
        )

    def _fit(self, number: int) -> None:
        here, rooms = self.here[number], Counter(steps for _, steps in self.gaps[number])
        lengths = sorted({self.steps[u] for u in here})
        self.cp.add(self._sum(number, list(here)) <= sum(steps for _, steps in self.gaps[number]))
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
        return max((steps for _, steps in self.gaps[number]), default=1)

    def _beyond(self, amount: cp_model.LinearExprT, most: int, weight: float) -> None:
        """Let it cost something where the amount is above zero."""
        if weight and most > 0:
            beyond = self.cp.new_int_var(0, most, "")
            self.cp.add(beyond >= amount)
            self.cost.append(beyond * weight)

    def _spread_speakers(self, number: int) -> None:
        """A speaker's talks can be in one stretch, one after the other; better they are not."""
        talks: dict[int, list[int]] = {}
        for u in self.here[number]:
            for speaker in {one for i in self.units[u].items for one in self.problem.speakers[i]}:
                talks.setdefault(speaker, []).append(u)
        for mine in talks.values():
            if len(mine) > 1:
                self.cp.add(self._sum(number, mine) <= self._longest(number))
                count = cp_model.LinearExpr.sum([self.here[number][u] for u in mine])
                self._beyond(count - 1, len(mine) - 1, self.problem.weights.track)

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
        layer = max(self._longest(number) * len(popular) // sum(self.steps[u] for u in popular), 1)
        layers = [self.cp.new_int_var(0, layer, "") for _ in range(-(-len(popular) // layer))]
        self.cp.add(
            cp_model.LinearExpr.sum(layers) == cp_model.LinearExpr.sum([here[u] for u in popular])
        )
        self.cost += [self.problem.weights.parallel * j * one for j, one in enumerate(layers)]

    def _find_seats(self, number: int) -> None:
        """Beyond each capacity: minutes of larger audiences against minutes of larger rooms."""
        rooms = self.problem.rooms
        sizes = sorted({rooms[room].capacity for room, _ in self.gaps[number]} - {0})
        for size, larger in zip(sizes, [*sizes[1:], None], strict=True):
            if larger is None:
                return
            units = [u for u in self.here[number] if self._people(u) > size]
            seats = sum(n for room, n in self.gaps[number] if rooms[room].capacity > size)
            if units:
                steps = [self.steps[u] for u in units]
                weight = self.problem.weights.room * (larger - size) * len(steps) / sum(steps)
                self._beyond(self._sum(number, units) - seats, sum(steps), weight)

    def _people(self, u: int) -> int:
        return max(self.problem.audience[item] for item in self.units[u].items)

    def solve(self, limits: Limits) -> dict[int, list[Unit]]:
        self.cp.minimize(cp_model.LinearExpr.sum(self.cost))
        solver = limits.solver()
        chosen: dict[int, list[Unit]] = {}
        if solver.solve(self.cp) in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            for number, here in enumerate(self.here):
                inside = [self.units[u] for u, one in here.items() if solver.boolean_value(one)]
                if inside:
                    chosen[number] = inside
        return chosen


MUCH = 10**6


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
