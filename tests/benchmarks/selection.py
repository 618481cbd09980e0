"""Select from simulated conferences and print time, proof and what the explanation takes.

    python -m tests.benchmarks.selection [--explain] [--hard] [50 500 5000]

Minutes in all and per type, a floor and a ceiling per track, two talks per speaker at most, a
company at most 30 % of the speakers, a third by first-time speakers. `--hard`: one talk per speaker
and a company with nearly half of all speakers. Each size in a process of its own. "solve s" is wall
time of the choice, "cpu s" of all of `select` without costs, "explain s" of these.
"""

import argparse
import multiprocessing
import resource
import time
from concurrent.futures import ProcessPoolExecutor

import numpy as np

from cfp.algorithms.selection_problem import (
    Amount,
    FirstTime,
    Items,
    Limit,
    PerAffiliation,
    PerSpeaker,
)

BARS = {50: 0.05, 500: 0.5, 5000: 3.2}
HEAD = "items|limits|rows|accepted|value|gap|proven|solve s|cpu s|bar s|explain s|relaxed|MiB"
WIDTHS = (6, 6, 6, 8, 10, 9, 6, 8, 7, 6, 9, 8, 5)


def make(n: int, *, hard: bool) -> tuple[Items, list[Limit]]:
    random = np.random.default_rng(1)
    tracks = max(4, n // 150)
    type_ = random.choice(3, n, p=[0.5, 0.35, 0.15])
    minutes, track = np.array([30, 15, 60])[type_], random.integers(0, tracks, n)
    people = n
    speakers = [
        tuple(random.choice(people, random.integers(1, 3), replace=False)) for _ in range(n)
    ]
    firm = np.minimum(random.zipf(1.5 if hard else 1.9, people), people)
    new = random.random(people) < 0.3
    items = Items(
        score=np.clip(random.normal(3.3, 0.7, n), 1, 5),
        minutes=minutes,
        type=type_,
        track=track,
        speakers=speakers,
        affiliations=[tuple(firm[list(each)]) for each in speakers],
        first_time=[new[list(each)].any() for each in speakers],
    )
    limits: list[Limit] = [Amount(name="all", of="minutes", most=int(minutes.sum() * 0.3))]
    for kind in range(3):
        most = int(minutes[type_ == kind].sum() * 0.35)
        limits.append(Amount(name=f"type {kind}", of="minutes", type=kind, most=most))
    for one in range(tracks):
        size = int((track == one).sum())
        least, most = int(size * 0.15), int(np.ceil(size * 0.4))
        limits.append(Amount(name=f"track {one}", track=one, least=least, most=most))
    limits.append(PerSpeaker(name="speaker", most=1 if hard else 2))
    limits.append(PerAffiliation(name="company", share=0.3))
    limits.append(FirstTime(name="first time", share=0.33))
    return items, limits


def measure(n: int, explain: bool, hard: bool) -> list[object]:
    from cfp.algorithms.selecting.rows import rows_of  # noqa: PLC0415 - the child alone loads it
    from cfp.algorithms.selection import select  # noqa: PLC0415 - as above

    items, limits = make(n, hard=hard)
    select(items, limits[:1], explain=False)  # loads the solver
    cpu = time.process_time()
    found = select(items, limits, explain=False)
    cpu = time.process_time() - cpu
    explained = "-"
    if explain:
        explained = f"{select(items, limits).seconds['costs']:.2f}"
    return [
        n,
        len(limits),
        len(rows_of(items, limits).owner),
        int(found.accepted.sum()),
        f"{found.value:.3f}",
        f"{(found.bound - found.value) / found.value:.1e}",
        found.proven,
        f"{found.seconds['solve']:.3f}",
        f"{cpu:.3f}",
        BARS.get(n, "-"),
        explained,
        len(found.relaxed),
        f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f}",
    ]


def line(cells: list[object]) -> str:
    return " ".join(f"{cell!s:>{width}}" for cell, width in zip(cells, WIDTHS, strict=True))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sizes", nargs="*", type=int)
    parser.add_argument("--explain", action="store_true", help="solve without each limit as well")
    parser.add_argument("--hard", action="store_true")
    chosen = parser.parse_args()
    spawn = multiprocessing.get_context("spawn")
    print(line(HEAD.split("|")))
    for n in chosen.sizes or list(BARS):
        with ProcessPoolExecutor(1, mp_context=spawn) as child:
            asked = child.submit(measure, n, chosen.explain, chosen.hard)
            print(line(asked.result()), flush=True)


if __name__ == "__main__":
    main()
