"""Above some forty units: first the stretch of each, then its room, then its minutes.

The decomposition is that of conference scheduling in practice (Stidsen, Pisinger, Vigo 2018 for
EURO; Sampson 2004 before it): one track in a room from one break to the next, popular ones spread,
large audiences where large rooms are free. The first two stages are counting models, in which
minutes are only added up; the third is the exact interval model, stretch by stretch. What it
leaves without a place is left to the improvement.
"""

from collections.abc import Callable, Sequence
from itertools import product

from cfp.algorithms.timetabling import exact
from cfp.algorithms.timetabling.board import Board
from cfp.algorithms.timetabling.inserting import insert
from cfp.algorithms.timetabling.intervals import Model
from cfp.algorithms.timetabling.limits import Limits
from cfp.algorithms.timetabling.seating import seat
from cfp.algorithms.timetabling.spreading import spread
from cfp.algorithms.timetabling.threads import at_once
from cfp.algorithms.timetabling.units import Unit

SPREAD, SEAT, ORDER = 0.05, 0.02, 0.01
"""Share of the time limit for one solve of each stage."""


def build(
    board: Board, units: Sequence[Unit], limits: Limits, advance: Callable[[float], None]
) -> Board:
    """A board with nearly all units, those that are on it already staying where they are."""
    plenary = [unit for unit in units if unit.plenary and board.place_of(unit) is None]
    board = exact.solve(board, plenary, limits).board if plenary else board.copy()
    loose = [unit for unit in units if board.place_of(unit) is None]
    chosen = spread(board, loose, limits.of(SPREAD))
    advance(0.3)
    filled = at_once(lambda one: _fill(board, *one, limits), sorted(chosen.items()))
    for number, (inside, found) in enumerate(filled):
        board.take(found, inside)
        advance(0.3 + 0.7 * (number + 1) / len(filled))
    late = [unit for unit in units if board.place_of(unit) is None]
    everywhere = tuple(product(*board.terms.cells))
    return insert(board, late, dict.fromkeys(late, everywhere))


def _fill(
    board: Board, stretch: int, inside: Sequence[Unit], limits: Limits
) -> tuple[Sequence[Unit], Board]:
    """Rooms, then minutes of one stretch; no other has anything to do with it."""
    cells = seat(board, inside, stretch, limits.of(SEAT))
    begun = insert(board, list(cells), cells)
    model = Model(begun, list(cells), cells)
    found = model.least(model.cost(), limits.of(ORDER))
    return inside, found[1] if found else begun
