"""When and where each item is: everything that fits, then few moves, then few penalties.

Up to some forty items one exact interval model (`timetabling/intervals.py`); above, stages and then
improvement part by part (`timetabling/stages.py`, `timetabling/improving.py`). Sources stand there.
The solver holds the GIL: call this in a child process.
"""

from dataclasses import replace
from time import perf_counter

from cfp.algorithms.errors import ProblemError
from cfp.algorithms.steps import Progress, Steps
from cfp.algorithms.timetable_problem import Places, Problem, Timetable
from cfp.algorithms.timetabling import exact, stages
from cfp.algorithms.timetabling.board import Board, Terms
from cfp.algorithms.timetabling.closing import close_up
from cfp.algorithms.timetabling.improving import improve
from cfp.algorithms.timetabling.limits import Limits
from cfp.algorithms.timetabling.report import Found, compose
from cfp.algorithms.timetabling.standing import keep
from cfp.algorithms.timetabling.units import Unit, units_of

EXACT = 40
"""So many units are solved in one exact model."""

ROUNDS, UNITS_A_ROUND = 20, 8
"""Rounds of improvement, and one more for so many units."""

PROVE, PART = 0.2, 0.005
"""Share of the time limit for each solve of the exact model, and of a part."""

NET, STAGES = 0.9, 0.6
"""Share of the time limit after which everything stops, and of that for the stages."""

SHARES = {"prepare": 0.0, "stand": 0.02, "place": 0.05, "improve": 0.4, "report": 0.98}


def timetable(
    problem: Problem,
    *,
    previous: Places | None = None,
    time_limit: float = 60.0,
    seed: int = 0,
    on_progress: Progress | None = None,
) -> Timetable:
    """Place everything that fits.

    Args:
        problem: what, who, when, where, and what is fixed.
        previous: a timetable of the same items that stands; it is changed as little as possible.
        time_limit: seconds. What ends a search is deterministic time derived from it; wall time
            does only on a machine so slow that the limit would be passed.
        seed: the same seed gives the same timetable (unless wall time cut it short).
        on_progress: is told the step ("prepare", "stand", "place", "improve", "report") and the
            share done.

    Returns:
        A timetable, always: what has no place is in `unplaced`, not an error.

    Raises:
        ProblemError: `previous` of other items, or a time limit that is not above zero.
    """
    _check(problem, previous, time_limit)
    steps = Steps(on_progress, SHARES)
    steps.start("prepare")
    begun = perf_counter()
    limits = Limits(work=time_limit / 4, begun=begun, end=begun + NET * time_limit, seed=seed)
    board = Board(Terms(problem, previous))
    units = units_of(problem)
    hopeless = [unit for unit in units if not any(unit.starts.values())]
    steps.start("stand")
    found = _solve(board, [unit for unit in units if unit not in hopeless], limits, steps)
    steps.start("report")
    return compose(found, hopeless, steps)


def _solve(board: Board, units: list[Unit], limits: Limits, steps: Steps) -> Found:
    left, surely = keep(board, units)
    steps.start("place")
    if len(left) < len(units) and len(left) <= EXACT:
        found = exact.solve(board, left, limits.of(PROVE))
        if surely and not found.unplaced:
            return replace(found, model="previous")
        board = found.board
    if len(units) <= EXACT:
        return exact.solve(board, units, limits.of(PROVE))
    board = stages.build(board, units, limits.first(STAGES), steps.advance)
    steps.start("improve")
    rounds = ROUNDS + len(units) // UNITS_A_ROUND
    board = improve(board, units, limits.of(PART), rounds=rounds, advance=steps.advance)
    return Found(board=close_up(board, units), model="stages")


def _check(problem: Problem, previous: Places | None, time_limit: float) -> None:
    if not time_limit > 0:
        raise ProblemError("problem.time_limit", field="time_limit", value=time_limit)
    for name in ("room", "start") if previous else ():
        found = len(getattr(previous, name))
        if found != len(problem.items):
            expected = len(problem.items)
            raise ProblemError(
                "problem.shape", field=f"previous.{name}", expected=expected, found=found
            )
