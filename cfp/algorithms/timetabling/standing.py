"""What of a former timetable can stay as it is."""

from cfp.algorithms.timetabling.board import Board
from cfp.algorithms.timetabling.units import Unit


def keep(board: Board, units: list[Unit]) -> tuple[list[Unit], bool]:
    """Put back whoever may stay; who is left, and whether no timetable could keep more.

    One that has its place to itself and cannot have it again has to move in any timetable. Only
    where two of them want the same minutes another choice might have kept more.
    """
    left, surely = [], True
    for unit in units:
        place = _stood(board, unit)
        if place is None:
            left.append(unit)
            surely = surely and not any(board.terms.stood(item) for item in unit.items)
        elif _free(board, unit, *place):
            board.put(unit, *place)
        else:
            left.append(unit)
            surely = surely and not _free(Board(board.terms), unit, *place)
    return left, surely


def _stood(board: Board, unit: Unit) -> tuple[int, int] | None:
    """Where the unit as a whole stood, or None."""
    places = set()
    for item, offset in zip(unit.items, unit.offsets, strict=True):
        stood = board.terms.stood(item)
        places.add(stood and (stood[0], stood[1] - offset))
    return places.pop() if len(places) == 1 else None


def _free(board: Board, unit: Unit, room: int, start: int) -> bool:
    windows = board.taken().starts(unit, room)
    return any(begin <= start < end for begin, end in windows)
