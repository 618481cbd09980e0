"""Put what has no place into gaps, first come: where the exact models begin."""

from collections.abc import Collection, Mapping, Sequence

from cfp.algorithms.timetabling.board import Board, Cell
from cfp.algorithms.timetabling.units import Unit
from cfp.algorithms.timetabling.windows import Window, common, total


def insert(board: Board, units: Sequence[Unit], cells: Mapping[Unit, Collection[Cell]]) -> Board:
    """A board with those units that find a gap in their cells, the least free ones first."""
    board, taken = board.copy(), board.taken()
    choice = {unit: _gaps(board, unit, cells[unit]) for unit in units}
    for unit in sorted(units, key=lambda unit: sum(total(gap) for _, gap in choice[unit])):
        for room, gaps in choice[unit]:
            start = _first(common(taken.starts(unit, room), gaps), board.problem.grid)
            if start is not None:
                board.put(unit, room, start)
                taken.add(unit, room, start)
                break
    return board


def _gaps(
    board: Board, unit: Unit, cells: Collection[Cell]
) -> list[tuple[int, tuple[Window, ...]]]:
    """Room and possible starts in each cell."""
    found = []
    for room, stretch in cells:
        starts = common(unit.starts[room], [board.terms.stretches[stretch]])
        if starts:
            found.append((room, starts))
    return found


def _first(windows: Sequence[Window], grid: int) -> int | None:
    up = (-(-start // grid) * grid for start, _ in windows)
    return next((at for at, (_, end) in zip(up, windows, strict=True) if at < end), None)
