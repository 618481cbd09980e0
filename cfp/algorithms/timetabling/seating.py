"""Stage two: the room of each unit of a stretch, by counting minutes."""

from collections import Counter
from collections.abc import Sequence

from ortools.graph.python.linear_sum_assignment import SimpleLinearSumAssignment
from ortools.sat.python import cp_model

from cfp.algorithms.timetable_problem import NOWHERE
from cfp.algorithms.timetabling.board import Board, Cell
from cfp.algorithms.timetabling.limits import Limits
from cfp.algorithms.timetabling.units import Unit
from cfp.algorithms.timetabling.windows import common

MANY = 4
"""A unit without a room costs as much as so many of the dearest seats."""


def seat(
    board: Board, units: Sequence[Unit], stretch: int, limits: Limits
) -> dict[Unit, list[Cell]]:
    """The cell of each unit that found one, by tracks and by seats."""
    model = _Seating(board, units, stretch)
    model.cp.minimize(cp_model.LinearExpr.sum(model.cost))
    solver = limits.solver(relaxing=True)
    if solver.solve(model.cp) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return {unit: [(room, stretch)] for unit, room in model.first.items()}
    return {
        unit: [(room, stretch)]
        for unit, rooms in model.rooms.items()
        for room, here in rooms.items()
        if solver.boolean_value(here)
    }


class _Seating:
    def __init__(self, board: Board, units: Sequence[Unit], stretch: int) -> None:
        self.terms, self.weights = board.terms, board.problem.weights
        self.cp = cp_model.CpModel()
        self.cost: list[cp_model.LinearExprT] = []
        self.steps = {unit: sum(map(self.terms.steps_of, unit.items)) for unit in units}
        taken, window = board.taken(), self.terms.stretches[stretch]
        self.free = {
            room: sum(map(self.terms.steps, self.terms.gaps(taken, (room, stretch))))
            for room in self.terms.cells[0]
        }
        self.rooms = {
            unit: {
                room: self.cp.new_bool_var("")
                for room in unit.starts
                if common(taken.starts(unit, room), [window])
            }
            for unit in units
        }
        there = board.tracks()
        self.known = {room: there.get((room, stretch), set()) for room in self.terms.cells[0]}
        most = max(map(self._people, units), default=0)
        self.dearest = self.weights.track + self.weights.room * most + 1
        self.first = self._first()
        self._fill()

    def _first(self) -> dict[Unit, int]:
        """Where the search begins: sessions of one track, and the rooms by assignment."""
        sessions = self._sessions()
        matching = SimpleLinearSumAssignment()
        rooms = list(self.free)
        for number, session in enumerate(sessions):
            for at, room in enumerate(rooms):
                matching.add_arc_with_cost(number, at, self._misfit(session, room))
        if matching.solve() != matching.OPTIMAL:
            return {}
        chosen: dict[Unit, int] = {}
        for number, session in enumerate(sessions):
            room = rooms[matching.right_mate(number)]
            free = self.free[room]
            for unit in session:
                if room in self.rooms[unit] and self.steps[unit] <= free:
                    chosen[unit] = room
                    free -= self.steps[unit]
        return chosen

    def _sessions(self) -> list[list[Unit]]:
        """As many as rooms: the largest audiences of a track together, first fit."""
        size = Counter[int]()
        for unit, steps in self.steps.items():
            size[unit.track] += steps
        free = sorted(self.free.values(), reverse=True)
        sessions: list[list[Unit]] = [[] for _ in free]
        for unit in sorted(
            self.rooms,
            key=lambda unit: (-size[unit.track], unit.track, -self._people(unit), unit.items),
        ):
            fits = [at for at, left in enumerate(free) if left >= self.steps[unit]]
            if fits:
                at = min(fits, key=lambda at: self._strangeness(unit, sessions[at]))
                sessions[at].append(unit)
                free[at] -= self.steps[unit]
        return sessions

    def _strangeness(self, unit: Unit, session: Sequence[Unit]) -> int:
        tracks = {other.track for other in session}
        return 0 if unit.track in tracks else 1 + len(tracks)

    def _misfit(self, session: Sequence[Unit], room: int) -> int:
        """What the session costs in this room; what it has no place for costs most."""
        cost, left = 0, self.free[room]
        for unit in session:
            left -= self.steps[unit]
            fits = room in self.rooms[unit] and left >= 0
            cost += self._without_seat(unit, room) if fits else MANY * self.dearest
            cost += self.weights.track * bool(self.known[room] - {unit.track})
        return cost

    def _without_seat(self, unit: Unit, room: int) -> int:
        people = sum(self.terms.standing_people(item, room) for item in unit.items)
        return self.weights.room * people

    def _fill(self) -> None:
        for unit, rooms in self.rooms.items():
            self.cp.add_at_most_one(rooms.values())
            for room, here in rooms.items():
                worth = MANY * self.dearest * len(unit.items)
                self.cost.append((self._without_seat(unit, room) - worth) * here)
                self.cp.add_hint(here, self.first.get(unit) == room)
        for room, free in self.free.items():
            inside = [(unit, rooms[room]) for unit, rooms in self.rooms.items() if room in rooms]
            steps = [self.steps[unit] for unit, _ in inside]
            literals = [literal for _, literal in inside]
            self.cp.add(cp_model.LinearExpr.weighted_sum(literals, steps) <= free)
            held = {unit.track for unit, at in self.first.items() if at == room}
            self._count_tracks(inside, self.known[room], held)

    def _people(self, unit: Unit) -> int:
        return sum(self.terms.problem.audience[item] for item in unit.items)

    def _count_tracks(
        self, inside: Sequence[tuple[Unit, cp_model.IntVar]], known: set[int], held: set[int]
    ) -> None:
        """Those beyond the first cost something."""
        new: dict[int, cp_model.IntVar] = {}
        for unit, here in inside:
            if unit.track != NOWHERE and unit.track not in known:
                if unit.track not in new:
                    new[unit.track] = self.cp.new_bool_var("")
                    self.cp.add_hint(new[unit.track], unit.track in held)
                self.cp.add_implication(here, new[unit.track])
        if new:
            most = len(new) - (not known)
            beyond = self.cp.new_int_var(0, most, "")
            self.cp.add(beyond >= cp_model.LinearExpr.sum(list(new.values())) - (not known))
            self.cp.add_hint(beyond, max(len(held & new.keys()) - (not known), 0))
            self.cost.append(self.weights.track * beyond)
