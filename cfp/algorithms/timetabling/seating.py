"""Stage two: the room of each unit of a stretch, by counting minutes."""

from collections.abc import Sequence

from ortools.sat.python import cp_model

from cfp.algorithms.timetable_problem import NOWHERE
from cfp.algorithms.timetabling.board import Board, Cell
from cfp.algorithms.timetabling.limits import Limits
from cfp.algorithms.timetabling.units import Unit
from cfp.algorithms.timetabling.windows import common

UNSEATED = 10**6


def seat(
    board: Board, units: Sequence[Unit], stretch: int, limits: Limits
) -> dict[Unit, list[Cell]]:
    """The cell of each unit that found one, by tracks and by seats."""
    terms, problem, taken = board.terms, board.problem, board.taken()
    cp, cost = cp_model.CpModel(), list[cp_model.LinearExprT]()
    into: dict[int, list[tuple[Unit, cp_model.IntVar]]] = {}
    for unit in units:
        rooms = {
            room: cp.new_bool_var("")
            for room in unit.starts
            if common(taken.starts(unit, room), [terms.stretches[stretch]])
        }
        cp.add_at_most_one(rooms.values())
        for room, here in rooms.items():
            into.setdefault(room, []).append((unit, here))
            people = sum(terms.standing_people(item, room) for item in unit.items)
            cost.append((problem.weights.room * people - UNSEATED * len(unit.items)) * here)
    there = board.tracks()
    for room, inside in into.items():
        free = sum(map(terms.steps, terms.gaps(taken, (room, stretch))))
        steps = [sum(map(terms.steps_of, unit.items)) for unit, _ in inside]
        cp.add(cp_model.LinearExpr.weighted_sum([here for _, here in inside], steps) <= free)
        known = there.get((room, stretch), set())
        cost.append(problem.weights.track * _beyond_first(cp, inside, known))
    cp.minimize(cp_model.LinearExpr.sum(cost))
    solver = limits.solver()
    if solver.solve(cp) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return {}
    return {
        unit: [(room, stretch)]
        for room, inside in into.items()
        for unit, here in inside
        if solver.boolean_value(here)
    }


def _beyond_first(
    cp: cp_model.CpModel, inside: Sequence[tuple[Unit, cp_model.IntVar]], known: set[int]
) -> cp_model.LinearExprT:
    """Tracks of a room beyond the first."""
    new: dict[int, cp_model.IntVar] = {}
    for unit, here in inside:
        if unit.track != NOWHERE and unit.track not in known:
            some = new.setdefault(unit.track, cp.new_bool_var(""))
            cp.add_implication(here, some)
    count = cp_model.LinearExpr.sum(list(new.values()))
    if known:
        return count
    beyond = cp.new_int_var(0, max(len(new) - 1, 0), "")
    cp.add(beyond >= count - 1)
    return beyond
