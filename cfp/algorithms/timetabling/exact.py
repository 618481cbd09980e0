"""Up to some forty units: placed, then moves, then penalties, each proven as far as time allows."""

from cfp.algorithms.timetabling.board import Board
from cfp.algorithms.timetabling.closing import close_up
from cfp.algorithms.timetabling.intervals import Model
from cfp.algorithms.timetabling.limits import Limits
from cfp.algorithms.timetabling.report import Found
from cfp.algorithms.timetabling.units import Unit


def solve(board: Board, units: list[Unit], limits: Limits) -> Found:
    """The best place of these units beside everything else on the board."""
    model = Model(board, units)
    bounds = []
    for expression in (model.unplaced(), model.moves(), model.soft()):
        answer = model.least(expression, limits)
        bounds.append(answer[0].bound if answer else 0)
        if answer:
            board = answer[1]
            model.at_most(expression, answer[0].value)
            model.hint(board)
    unplaced, moves, soft = bounds
    return Found(
        board=close_up(board, units), unplaced=unplaced, moves=moves, soft=soft, model="interval"
    )
