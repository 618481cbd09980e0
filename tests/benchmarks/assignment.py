"""Solve assignment instances and print a table of time, memory and quality.

    python -m tests.benchmarks.assignment [--objective max] [--floor 0.99] [FILE.npz ...]

Without files: the measured instances beside the repository. Each is solved in a process of its
own, so that memory is that of one solve: reading, solving and the solver's libraries included.
"""

import argparse
import multiprocessing
import resource
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np

DATA = Path(__file__).parents[3] / "shared" / "data" / "assignment"
HEAD = "instance pairs cpu_s wall_s MiB total optimum share worst bound quartile gini missing unmet"
WIDTHS = (16, 9, 7, 7, 6, 12, 12, 8, 8, 8, 9, 6, 8, 6)


def solve(path: Path, objective: str, floor: float) -> tuple[object, ...]:
    from cfp.algorithms.assignment import assign  # noqa: PLC0415 - the child alone loads the solver
    from cfp.algorithms.problem import Problem  # noqa: PLC0415 - as above

    wall, cpu = time.perf_counter(), time.process_time()
    with np.load(path) as arrays:
        problem = Problem(**arrays)
    plan = assign(problem, objective=objective, floor=floor)
    per_paper = plan.paper_score[problem.demand > 0]
    return (
        path.stem,
        len(problem.paper),
        f"{time.process_time() - cpu:.2f}",
        f"{time.perf_counter() - wall:.2f}",
        f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f}",
        f"{plan.total:.3f}",
        f"{plan.optimum:.3f}",
        f"{plan.total / plan.optimum:.2%}" if plan.optimum else "-",
        f"{plan.worst:.4f}",
        f"{plan.worst_bound:.4f}",
        f"{np.quantile(per_paper, 0.25):.4f}",
        f"{gini(per_paper):.3f}",
        int(plan.paper_missing.sum()),
        int(plan.load_unmet.sum()),
    )


def gini(values: np.ndarray) -> float:
    """Inequality of the papers' sums: 0 = all alike, 1 = one has everything."""
    ordered, n = np.sort(values), len(values)
    return float(((2 * np.arange(1, n + 1) - n - 1) * ordered).sum() / (n * ordered.sum()))


def line(cells: tuple[object, ...]) -> str:
    return " ".join(f"{cell!s:>{width}}" for cell, width in zip(cells, WIDTHS, strict=True))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--objective", default="max", choices=["max", "balanced"])
    parser.add_argument("--floor", default=0.99, type=float)
    chosen = parser.parse_args()
    spawn = multiprocessing.get_context("spawn")
    print(line(tuple(HEAD.split())))
    for path in chosen.files or sorted(DATA.glob("*.npz")):
        with ProcessPoolExecutor(1, mp_context=spawn) as child:
            cells = child.submit(solve, path, chosen.objective, chosen.floor).result()
        print(line(cells), flush=True)


if __name__ == "__main__":
    main()
