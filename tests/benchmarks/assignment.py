"""Solve assignment instances and print a table of time, memory and quality.

    python -m tests.benchmarks.assignment [--only NAME]
    python -m tests.benchmarks.assignment [--objective max] [--floor 0.99] FILE.npz ...

Without files: every instance of docs/assignment.md by both objectives, the measured ones from
beside the repository and two seeds of each synthetic one, and then a repair. Each is solved in a
process of its own, so that memory is that of one solve: reading, solving and the solver's libraries
included. Seconds are those of reading and solving.
"""

import argparse
import multiprocessing
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import numpy as np

Result = TypeVar("Result")
SHARED = Path(__file__).parents[3] / "shared"
DATA, MAKE = SHARED / "data" / "assignment", SHARED / "tools" / "make_assignment.py"
BOTH = (("max", 0.99), ("balanced", 0.99))
MEASURED = {
    "midl": BOTH,
    "midl_lb": BOTH,
    "aamas2015": (*BOTH, ("balanced", 0.97)),
}
SYNTHETIC = {"2623x1373": (2623, 1373, 3, 6), "21575x20000": (21575, 20000, 4, 6)}
SEEDS = (1, 2)
RULES = "2623x1373-rules"  # seniors on every paper, and one of each of so many organizations
ORGANIZATIONS, SENIORS = 60, 0.4
GONE = 13  # reviewers who drop out before a repair
HEAD = (
    "instance objective pairs cpu_s wall_s MiB total limit optimum share worst limit bound "
    "quartile gini missing unmet"
)
WIDTHS = (16, 13, 8, 7, 7, 6, 11, 11, 11, 8, 7, 7, 7, 8, 6, 7, 6)


@dataclass(frozen=True)
class Case:
    name: str
    file: Path
    objective: str
    floor: float


def solve(case: Case) -> tuple[object, ...]:
    from cfp.algorithms.assignment import assign  # noqa: PLC0415 - the child alone loads the solver
    from cfp.cli.instances import read_instance  # noqa: PLC0415 - as above

    wall, cpu = time.perf_counter(), time.process_time()
    problem = read_instance(case.file)
    plan = assign(problem, objective=case.objective, floor=case.floor)
    per_paper = plan.paper_score[problem.demand > 0]
    return (
        case.name,
        case.objective + (f" {case.floor:g}" if case.objective == "balanced" else ""),
        len(problem.paper),
        f"{time.process_time() - cpu:.2f}",
        f"{time.perf_counter() - wall:.2f}",
        f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f}",
        *(f"{value:.3f}" for value in (plan.total, plan.total_limit, plan.optimum)),
        f"{plan.total / plan.optimum:.2%}" if plan.optimum else "-",
        *(f"{value:.4f}" for value in (plan.worst, plan.worst_limit, plan.worst_bound)),
        f"{np.quantile(per_paper, 0.25):.4f}",
        f"{gini(per_paper):.3f}",
        int(plan.paper_missing.sum()),
        int(plan.load_unmet.sum()),
    )


def drop_out(case: Case) -> str:
    """How many pairs a repair changes after some reviewers are gone, and a new solve."""
    from cfp.algorithms.assignment import assign, repair  # noqa: PLC0415 - as above
    from cfp.cli.instances import read_instance  # noqa: PLC0415 - as above

    problem = read_instance(case.file)
    before = assign(problem, objective="max")
    gone = np.random.default_rng(0).choice(problem.reviewers, GONE, replace=False)
    room = problem.load_max.copy()
    room[gone] = 0
    rest = replace(problem, load_max=room)
    rows = np.column_stack([before.paper, before.reviewer])
    cpu = time.process_time()
    mended = repair(rest, rows)
    spent = time.process_time() - cpu
    anew = assign(replace(rest, previous=rows), objective="max")
    return (
        f"{case.name}: {GONE} reviewers gone, {int(np.isin(before.reviewer, gone).sum())} pairs "
        f"lost; repaired with {int(mended.new.sum())} new pairs, {mended.total:.3f}, in "
        f"{spent:.2f} cpu s; solved anew {int(anew.new.sum())} new pairs, {anew.total:.3f}"
    )


def gini(values: np.ndarray) -> float:
    """Inequality of the papers' sums: 0 = all alike, 1 = one has everything."""
    ordered, n = np.sort(values), len(values)
    return float(((2 * np.arange(1, n + 1) - n - 1) * ordered).sum() / (n * ordered.sum()))


def instances(folder: Path, only: str) -> Iterator[tuple[str, Path, tuple[tuple[str, float], ...]]]:
    """Name, file and what to solve for; a synthetic instance is made when its turn comes."""
    for name, asked in MEASURED.items():
        if only in name:
            yield name, DATA / f"{name}.npz", asked
    for size, numbers in SYNTHETIC.items():
        for seed in SEEDS:
            name = f"{size}-{seed}"
            if only in name:
                file = folder / f"{name}.npz"
                command = [sys.executable, MAKE, file, *map(str, numbers), str(seed)]
                subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
                yield name, file, BOTH
    if only in RULES:
        yield RULES, with_rules(folder), BOTH


def with_rules(folder: Path) -> Path:
    """The smaller synthetic instance under the rules that no flow holds together."""
    plain, file = folder / "plain.npz", folder / f"{RULES}.npz"
    numbers = map(str, (*SYNTHETIC["2623x1373"], 1))
    subprocess.run([sys.executable, MAKE, plain, *numbers], check=True, stdout=subprocess.DEVNULL)
    chance = np.random.default_rng(0)
    with np.load(plain) as arrays:
        papers, reviewers = len(arrays["demand"]), len(arrays["load_max"])
        np.savez_compressed(
            file,
            **arrays,
            senior=chance.random(reviewers) < SENIORS,
            need_senior=np.ones(papers, np.bool_),
            affiliation=chance.integers(0, ORGANIZATIONS, reviewers),
        )
    return file


def in_child(work: Callable[[Case], Result], case: Case) -> Result:
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawn) as child:
        return child.submit(work, case).result()


def line(cells: tuple[object, ...]) -> str:
    return " ".join(f"{cell!s:>{width}}" for cell, width in zip(cells, WIDTHS, strict=True))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--only", default="", help="instances whose name holds this")
    parser.add_argument("--objective", default="max", choices=["max", "balanced"])
    parser.add_argument("--floor", default=0.99, type=float)
    chosen = parser.parse_args()
    print(line(tuple(HEAD.split())))
    for file in chosen.files:
        case = Case(file.stem, file, chosen.objective, chosen.floor)
        print(line(in_child(solve, case)), flush=True)
    if not chosen.files:
        every(chosen.only)


def every(only: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        repairs = []
        for name, file, asked in instances(Path(folder), only):
            for objective, floor in asked:
                print(line(in_child(solve, Case(name, file, objective, floor))), flush=True)
            if name.startswith("2623x1373") and name != RULES:
                repairs.append(in_child(drop_out, Case(name, file, "repair", 0)))
        print(*repairs, sep="\n")


if __name__ == "__main__":
    main()
