"""Above some forty units: first the stretch of each, then its room, then its minutes.

The decomposition is that of conference scheduling in practice (Stidsen, Pisinger, Vigo 2018 for
EURO; Sampson 2004 before it): one track in a room from one break to the next, popular ones spread,
large audiences where large rooms are free. The first two stages are counting models, in which
minutes are only added up; the third is the exact interval model, stretch by stretch. What it
leaves without a place is left to the improvement.
"""

from collections.abc import Callable, Sequence

from cfp.algorithms.timetabling import exact
from cfp.algorithms.timetabling.board import Board
from cfp.algorithms.timetabling.intervals import Model
from cfp.algorithms.timetabling.limits import Limits
from cfp.algorithms.timetabling.seating import seat
from cfp.algorithms.timetabling.spreading import spread
from cfp.algorithms.timetabling.units import Unit


def build(
    board: Board, units: Sequence[Unit], limits: Limits, advance: Callable[[float], None]
) -> Board:
    """A board with nearly all units, those that are on it already staying where they are."""
    plenary = [unit for unit in units if unit.plenary and board.place_of(unit) is None]
    if plenary:
        board = exact.solve(board, plenary, limits).board
    loose = [unit for unit in units if board.place_of(unit) is None]
    chosen = spread(board, loose, limits)
    advance(0.4)
    for number, (stretch, inside) in enumerate(sorted(chosen.items())):
        cells = seat(board, inside, stretch, limits)
        model = Model(board, list(cells), cells)
        found = model.least(model.cost(), limits)
        board = found[1] if found else board
        advance(0.4 + 0.6 * (number + 1) / len(chosen))
    return board
