"""A timetable from what was found: figures, bounds, and why the rest has no place."""

from collections.abc import Container, Iterator, Mapping, Sequence

from cfp.algorithms.steps import Steps
from cfp.algorithms.timetable_precheck import why_nowhere
from cfp.algorithms.timetable_problem import NOWHERE, Timetable, Unplaced, Window
from cfp.algorithms.timetabling.board import SOFT, Board, weighted
from cfp.algorithms.timetabling.bounds import most_placed, relaxed
from cfp.algorithms.timetabling.units import Unit
from cfp.algorithms.timetabling.windows import common, longest, without
from cfp.records import record


@record(kw_only=True)
class Found:
    """A board, and what no other has less of; units without any place aside.

    Attributes:
        board: where everything is.
        unplaced: items without a place.
        moves: of those that place as many.
        soft: weighted sum, of those that place as many and move as few.
        model: how it was found.
    """

    board: Board
    unplaced: int = 0
    moves: int = 0
    soft: int = 0
    model: str


def compose(found: Found, hopeless: list[Unit], steps: Steps) -> Timetable:
    board, problem, terms = found.board, found.board.problem, found.board.terms
    points = board.penalties()
    gone = [item for unit in hopeless for item in unit.items]
    bounds = relaxed(terms) if NOWHERE not in board.room else dict.fromkeys(SOFT, 0)
    bounds["moves"] = found.moves + sum(board.moved(item) for item in (*gone, *problem.fixed))
    return Timetable(
        room=tuple(board.room),
        start=tuple(board.start),
        day=tuple(
            NOWHERE if room == NOWHERE else problem.day_of(start)
            for room, start in zip(board.room, board.start, strict=True)
        ),
        unplaced=tuple(_unplaced(board, frozenset(gone))),
        broken=tuple(board.broken()),
        placed_bound=min(len(problem.items) - len(gone) - found.unplaced, most_placed(problem)),
        penalties=points,
        bounds=bounds,
        objective=weighted(problem, points),
        bound=max(found.soft, weighted(problem, bounds)),
        model=found.model,
        seconds=steps.stop(),
    )


def _unplaced(board: Board, hopeless: Container[int]) -> Iterator[Unplaced]:
    rooms = board.taken().rooms
    for item in board.problem.items:
        if board.room[item] == NOWHERE:
            why = "together" if item in hopeless else "no_time"
            yield why_nowhere(board.problem, item) or _crowded_out(board, item, why, rooms)


def _crowded_out(
    board: Board, item: int, why: str, rooms: Mapping[int, Sequence[Window]]
) -> Unplaced:
    problem = board.problem
    gaps = [
        without(common(problem.windows(item), problem.free(item, room)), taken)
        for room, taken in rooms.items()
    ]
    return Unplaced(
        item=item, why=why, needed=problem.lengths[item], longest=max(map(longest, gaps), default=0)
    )
