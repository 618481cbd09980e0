"""Solve conferences of three sizes and print time, penalties and bounds; then drop somebody out.

    python -m tests.benchmarks.timetable [--seed 1] [--time-limit 60] [35 150 600]

Every talk of these instances is known to fit. Each is solved in a process of its own, so that
memory is that of one solve. What is printed of the penalties is "value (bound)": no timetable that
places everything has less.
"""

import argparse
import multiprocessing
import resource
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace

from cfp.algorithms.timetable_problem import NOWHERE, Pin, Places, Problem, Timetable
from tests.benchmarks.timetables import SIZES, Size, make

HEAD = "instance|placed|clashes|wall s|cpu s|MiB|track|parallel|room|moves|objective|gap"
WIDTHS = (22, 8, 8, 7, 7, 5, 10, 11, 12, 6, 12, 5)


def measure(size: Size, seed: int, time_limit: float) -> list[list[object]]:
    """Rows of the table: the conference, and the same after one drop-out."""
    problem = make(size, seed)
    first, cells = _solve(str(size), problem, None, time_limit)
    lost = next(item for item in problem.items if item not in problem.fixed)
    rest = [item for item in problem.items if item != lost]
    _, again = _solve("  one drops out", only(problem, rest), first.take(rest), time_limit)
    return [cells, again]


def _solve(
    name: str, problem: Problem, previous: Places | None, time_limit: float
) -> tuple[Timetable, list[object]]:
    from cfp.algorithms.timetable import timetable  # noqa: PLC0415 - the child alone loads the solver

    wall, cpu = time.perf_counter(), time.process_time()
    found = timetable(problem, previous=previous, time_limit=time_limit)
    points, bounds = found.penalties, found.bounds
    return found, [
        name,
        f"{found.placed}/{len(problem.items)}",
        len(found.broken) + clashes(problem, found),
        f"{time.perf_counter() - wall:.1f}",
        f"{time.process_time() - cpu:.1f}",
        f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f}",
        *(f"{points[one]} ({bounds[one]})" for one in ("track", "parallel", "room")),
        points["moves"],
        f"{found.objective} ({found.bound})",
        found.objective - found.bound,
    ]


def clashes(problem: Problem, found: Timetable) -> int:
    """Pairs at once in a room, with a speaker or beside a plenary one, and absent speakers."""
    placed = [item for item in problem.items if found.room[item] != NOWHERE]
    window = {i: (found.start[i], found.start[i] + problem.lengths[i]) for i in placed}
    wrong = 0
    for item in placed:
        start, end = window[item]
        wrong += not any(a <= start and end <= b for a, b in problem.days)
        wrong += any(a < end and start < b for a, b in problem.breaks)
        for speaker in problem.speakers[item]:
            open_ = problem.available.get(speaker)
            wrong += open_ is not None and not any(a <= start and end <= b for a, b in open_)
        for other in placed:
            if other < item and window[other][0] < end and start < window[other][1]:
                wrong += found.room[other] == found.room[item]
                wrong += bool(problem.plenary & {item, other})
                wrong += bool(set(problem.speakers[other]) & set(problem.speakers[item]))
    return wrong


def only(problem: Problem, items: list[int]) -> Problem:
    """The problem without everything else."""
    return replace(
        problem,
        minutes=[problem.minutes[item] for item in items],
        discussion=[problem.discussion[item] for item in items],
        speakers=[problem.speakers[item] for item in items],
        track=[problem.track[item] for item in items],
        audience=[problem.audience[item] for item in items],
        plenary=[at for at, item in enumerate(items) if item in problem.plenary],
        pinned={at: problem.pinned.get(item, Pin()) for at, item in enumerate(items)},
    )


def line(cells: list[object]) -> str:
    return " ".join(f"{cell!s:>{width}}" for cell, width in zip(cells, WIDTHS, strict=True))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("submissions", nargs="*", type=int)
    parser.add_argument("--seed", default=1, type=int)
    parser.add_argument("--time-limit", default=60.0, type=float)
    chosen = parser.parse_args()
    spawn = multiprocessing.get_context("spawn")
    print(line(HEAD.split("|")))
    for size in SIZES:
        if not chosen.submissions or size.submissions in chosen.submissions:
            with ProcessPoolExecutor(1, mp_context=spawn) as child:
                rows = child.submit(measure, size, chosen.seed, chosen.time_limit).result()
            for cells in rows:
                print(line(cells), flush=True)


if __name__ == "__main__":
    main()
