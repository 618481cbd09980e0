"""Calibrate simulated conferences and print how well the best are found, how sure, how fast.

    python -m tests.benchmarks.calibration [--runs 60] [--only NAME]

Scenarios: 300 submissions, 100 reviewers, 3 reviews each; quality has standard deviation 1, noise 1
unless said otherwise. Every method sees the same reviews. Least squares takes the leniency of each
reviewer as it comes (the solution of smallest norm); BLUP takes qualities and leniency as random,
and is told the variances of the scenario, which nobody knows. Of calibration also: how many of
those shown as certain to be in are in. Speed: each size in a process of its own.
"""

import argparse
import multiprocessing
import resource
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

import numpy as np

PAPERS, REVIEWERS, EACH, SHARE = 300, 100, 3, 0.3
TOP = int(PAPERS * SHARE)
SIZES = ((300, 100, 3), (5_000, 1_500, 3), (20_000, 5_000, 4))
BARS = {5_000: "2 s", 20_000: "20 s, 2048 MiB"}
METHODS = ("calibrated", "mean", "least squares", "BLUP", "z-scores", "median")
WITHIN = 0.03


@dataclass(frozen=True)
class World:
    quality: np.ndarray
    paper: np.ndarray
    reviewer: np.ndarray
    score: np.ndarray
    bias: float
    noise: float

    @property
    def best(self) -> np.ndarray:
        return among_top(self.quality)


def world(
    random: np.random.Generator,
    *,
    bias: float = 0.5,
    noise: float = 1.0,
    groups: int = 1,
    apart: float = 0.0,
    follows: float = 0.0,
) -> World:
    """Leniency of this sd; `groups` with qualities so far `apart`; who gets what `follows` it."""
    part = np.arange(PAPERS) * groups // PAPERS
    quality = random.normal(size=PAPERS)
    quality += apart * (part - part.mean())
    quality = (quality - quality.mean()) / quality.std()
    own = bias * random.normal(size=REVIEWERS)
    owner_part = np.arange(REVIEWERS) * groups // REVIEWERS
    pairs = []
    for group in range(groups):
        papers, owners = np.flatnonzero(part == group), np.flatnonzero(owner_part == group)
        pairs.append(matched(random, papers, owners, quality, own, follows))
    paper, reviewer = np.concatenate(pairs).T
    score = quality[paper] + own[reviewer] + noise * random.normal(size=len(paper))
    return World(quality, paper, reviewer, score, bias, noise)


def matched(random, papers, owners, quality, own, follows) -> np.ndarray:
    """Equal loads; by lot, or as it `follows`: at 1 the lenient get the best, at -1 the strict."""
    wanted = np.repeat(papers, EACH)
    seats = np.resize(owners, len(wanted))
    along = np.argsort(abs(follows) * z(quality)[wanted] + lot(random, follows, len(wanted)))
    leaning = np.sign(follows) * z(own)[seats] if follows else np.zeros(len(seats))
    order = np.argsort(abs(follows) * leaning + lot(random, follows, len(seats)))
    rows = np.column_stack([wanted[along], seats[order]])
    return without_twins(random, rows)


def lot(random, follows: float, size: int) -> np.ndarray:
    return (1 - abs(follows)) * random.normal(size=size) + 1e-9 * random.normal(size=size)


def z(values: np.ndarray) -> np.ndarray:
    return (values - values.mean()) / (values.std() or 1)


def without_twins(random: np.random.Generator, rows: np.ndarray) -> np.ndarray:
    """Exchange reviewers nearby until nobody reviews anything twice."""
    for _ in range(1000):
        _, first = np.unique(rows, axis=0, return_index=True)
        twins = np.setdiff1d(np.arange(len(rows)), first)
        if not len(twins):
            return rows
        for one in twins:
            other = np.clip(one + random.integers(-30, 31), 0, len(rows) - 1)
            rows[[one, other], 1] = rows[[other, one], 1]
    return np.unique(rows, axis=0)


SCENARIOS: dict[str, dict[str, float]] = {
    "no bias": {"bias": 0.0},
    "bias .5": {"bias": 0.5},
    "bias 1.0": {"bias": 1.0},
    "noise 1.6": {"noise": 1.6},
    "4 groups apart": {"groups": 4},
    "3 tracks that differ": {"groups": 3, "apart": 1.0},
    "lenient get good": {"follows": 0.5},
    "strict get good": {"follows": -0.5},
    "the same, bias 1.0": {"follows": -0.5, "bias": 1.0},
}


def among_top(values: np.ndarray) -> np.ndarray:
    chosen = np.zeros(len(values), bool)
    chosen[np.argsort(-values, kind="stable")[:TOP]] = True
    return chosen


def mean(asked: World) -> np.ndarray:
    count = np.bincount(asked.paper, minlength=PAPERS)
    return np.bincount(asked.paper, asked.score, minlength=PAPERS) / count


def least_squares(asked: World) -> np.ndarray:
    n = len(asked.paper)
    design = np.zeros((n, PAPERS + REVIEWERS))
    design[np.arange(n), asked.paper] = design[np.arange(n), PAPERS + asked.reviewer] = 1
    return np.linalg.lstsq(design, asked.score, rcond=None)[0][:PAPERS]


def blup(asked: World) -> np.ndarray:
    same_paper = asked.paper[:, None] == asked.paper
    same_reviewer = asked.reviewer[:, None] == asked.reviewer
    covariance = same_paper + asked.bias**2 * same_reviewer
    covariance = covariance + asked.noise**2 * np.eye(len(asked.paper))
    away = np.linalg.solve(covariance, asked.score - asked.score.mean())
    return np.bincount(asked.paper, away, minlength=PAPERS)


def z_scores(asked: World) -> np.ndarray:
    scaled = asked.score.copy()
    for owner in range(REVIEWERS):
        scaled[asked.reviewer == owner] = z(asked.score[asked.reviewer == owner])
    return np.bincount(asked.paper, scaled, minlength=PAPERS) / EACH


def median(asked: World) -> np.ndarray:
    return np.array([np.median(asked.score[asked.paper == one]) for one in range(PAPERS)])


OTHERS: tuple[Callable[[World], np.ndarray], ...] = (mean, least_squares, blup, z_scores, median)


def scenario(name: str, runs: int) -> dict[str, np.ndarray]:
    """Precision and tau of each method, and of calibration shown as certain against in."""
    from scipy.stats import kendalltau  # noqa: PLC0415 - the child alone loads it

    from cfp.algorithms.calibration import calibrate  # noqa: PLC0415 - as above

    figures, sure = np.zeros((len(METHODS), 2)), np.zeros(2)
    random = np.random.default_rng(1)
    for _ in range(runs):
        asked = world(random, **SCENARIOS[name])
        found = calibrate(asked.paper, asked.reviewer, asked.score, top=TOP)
        certain = found.p_top >= 0.9
        sure += certain.sum(), (certain & asked.best).sum()
        for row, values in enumerate([found.score, *(method(asked) for method in OTHERS)]):
            hits = (among_top(values) & asked.best).sum() / TOP
            figures[row] += hits, kendalltau(values, asked.quality).statistic
    return {"figures": figures / runs, "sure": sure}


def speed(size: tuple[int, int, int]) -> str:
    from cfp.algorithms.calibration import calibrate  # noqa: PLC0415 - as above

    n, m, each = size
    random = np.random.default_rng(1)
    paper = np.repeat(np.arange(n), each)
    reviewer = np.concatenate([random.choice(m, each, replace=False) for _ in range(n)])
    score = random.normal(size=n)[paper] + 0.5 * random.normal(size=m)[reviewer]
    score += random.normal(size=len(paper))
    wall, cpu = time.perf_counter(), time.process_time()
    found = calibrate(paper, reviewer, score, top=int(n * SHARE))
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return (
        f"{n:6} {m:6} {each:4} {wall:6.2f} {cpu:6.2f} {memory:6.0f}  {found.ratio:.3f}  "
        + BARS.get(n, "")
    )


def report(name: str, found: dict[str, np.ndarray]) -> None:
    figures = found["figures"]
    lacking = (figures[1:4].max(axis=0) - figures[0]).max()
    certain, inside = found["sure"]
    for column, what in enumerate(("precision", "tau")):
        cells = " ".join(f"{value:13.3f}" for value in figures[:, column])
        print(f"{name if not column else '':>20} {what:>9} {cells}")
    verdict = "within" if lacking <= WITHIN else "NOT within"
    share = f"{inside / certain:.1%}" if certain else "-"
    print(f"{'':>20} {verdict} {WITHIN} of the best (lacks {max(lacking, 0):.3f}); "
          f"shown as .9 to 1: {certain:.0f}, of these in {share}", flush=True)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", default=60, type=int)
    parser.add_argument("--only", default="", help="scenarios whose name holds this, or speed")
    chosen = parser.parse_args()
    spawn = multiprocessing.get_context("spawn")
    print(f"{'scenario':>20} {'':>9} " + " ".join(f"{method:>13}" for method in METHODS))
    for name in SCENARIOS:
        if chosen.only in name:
            report(name, scenario(name, chosen.runs))
    if chosen.only in "speed":
        print("\npapers  revs each wall_s  cpu_s    MiB  ratio  bar")
        for size in SIZES:
            with ProcessPoolExecutor(1, mp_context=spawn) as child:
                print(child.submit(speed, size).result(), flush=True)


if __name__ == "__main__":
    main()
