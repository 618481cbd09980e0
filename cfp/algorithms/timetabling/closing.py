"""Gaps between talks are closed where that costs nothing."""

from cfp.algorithms.timetabling.board import Board
from cfp.algorithms.timetabling.units import Unit
from cfp.algorithms.timetabling.windows import common


def close_up(board: Board, units: list[Unit]) -> Board:
    """Let each unit begin as early in its stretch and room as the rules and the costs allow."""
    best = board.cost()
    placed = [unit for unit in units if board.place_of(unit)]
    for unit in sorted(placed, key=lambda unit: board.start[unit.items[0]]):
        trial = _earlier(board, unit)
        if trial and (cost := trial.cost()) <= best:
            board, best = trial, cost
    return board


def _earlier(board: Board, unit: Unit) -> Board | None:
    place = board.place_of(unit)
    stretch = board.terms.stretch_of(place[1]) if place else -1
    if place is None or stretch < 0:
        return None
    room, start = place
    trial = board.copy()
    trial.remove(unit)
    grid = board.problem.grid
    here = common(trial.taken().starts(unit, room), [board.terms.stretches[stretch]])
    first = min(up for a, b in [*here, (start, start + 1)] if (up := -(-a // grid) * grid) < b)
    if first >= start:
        return None
    trial.put(unit, room, first)
    return trial
