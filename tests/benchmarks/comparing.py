"""Score simulated comparisons and print how well planted strengths are found, and how fast.

    python -m tests.benchmarks.comparing [--runs 20] [--only NAME]

Scenarios: 60 submissions of strengths with standard deviation 1 (logit), so many comparisons of
each; a fifth of two alike are called equal. Shown: Kendall's tau with the truth of the strengths
and of the plain share of wins, the share of the best 18 that are found, and in how many of all
cases the truth lies within one standard error (.68 where these are right). Pairs are drawn at
random, or as a reviewer's page asks for them. Speed: each size in a process of its own.
"""

import argparse
import multiprocessing
import resource
import time
from concurrent.futures import ProcessPoolExecutor

import numpy as np

SIZE, TOP = 60, 18
REVIEWERS = 6
EACH = (3, 6, 12, 24)
SIZES = ((300, 3_000), (1_000, 10_000), (5_000, 50_000))
BARS = {5_000: "30 s"}


def outcome_of(random: np.random.Generator, strength: np.ndarray, first, second) -> np.ndarray:
    """As the model has it, with nu = .5."""
    odds = np.exp(np.stack([strength[first], strength[second]]))
    even = 0.5 * np.sqrt(odds.prod(axis=0))
    drawn = random.random(np.shape(first)) * (odds.sum(axis=0) + even)
    return np.select([drawn < odds[0], drawn < odds.sum(axis=0)], [1, -1], 0)


def at_random(random: np.random.Generator, strength: np.ndarray, each: int) -> tuple:
    first = np.resize(np.arange(SIZE), SIZE * each // 2)
    second = (first + random.integers(1, SIZE, len(first))) % SIZE
    return first, second, outcome_of(random, strength, first, second)


def as_asked(random: np.random.Generator, strength: np.ndarray, each: int) -> tuple:
    """Reviewers in their own orders, one after another, as the page asks them."""
    from cfp.domain.reviews.comparing_rules import Told, next_pair  # noqa: PLC0415 - as below

    rows = []
    for _ in range(REVIEWERS):
        order, told = random.permutation(SIZE).tolist(), []
        for _ in range(SIZE * each // 2 // REVIEWERS):
            pair = next_pair(order, told)
            if pair is None:
                break
            said = int(outcome_of(random, strength, *pair))
            told.append(Told(pair, {1: (1, 2), 0: (1, 1), -1: (2, 1)}[said]))
            rows.append((*pair, said))
    return tuple(np.array(rows).T)


WAYS = {"at random": at_random, "as asked": as_asked}


def scenario(name: str, each: int, runs: int) -> list[float]:
    from scipy.stats import kendalltau  # noqa: PLC0415 - the child alone loads it

    from cfp.algorithms.pairwise import compare  # noqa: PLC0415 - as above

    random, rows = np.random.default_rng(each), []
    for _ in range(runs):
        strength = random.normal(size=SIZE)
        found = compare(*WAYS[name](random, strength, each), size=SIZE, top=TOP)
        best, chosen = (set(np.argsort(-one)[:TOP]) for one in (strength, found.strength))
        away = np.abs(found.strength - strength + strength.mean()) < found.se
        taus = [kendalltau(one, strength).statistic for one in (found.strength, found.won)]
        rows.append([*taus, len(best & chosen) / TOP, away.mean()])
    return list(np.mean(rows, axis=0))


def speed(size: tuple[int, int]) -> str:
    from cfp.algorithms.pairwise import compare  # noqa: PLC0415 - as above

    n, count = size
    random = np.random.default_rng(1)
    strength = random.normal(size=n)
    first = random.integers(0, n, count)
    second = (first + random.integers(1, n, count)) % n
    outcome = outcome_of(random, strength, first, second)
    wall, cpu = time.perf_counter(), time.process_time()
    compare(first, second, outcome, top=n // 3)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return f"{n:6} {count:11} {wall:6.2f} {cpu:6.2f} {memory:6.0f}  {BARS.get(n, '')}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", default=20, type=int)
    parser.add_argument("--only", default="", help="pairs whose name holds this, or speed")
    chosen = parser.parse_args()
    spawn = multiprocessing.get_context("spawn")
    print("     pairs  each    tau  tau of wins  best found  within 1 se")
    for name in WAYS:
        for each in EACH if chosen.only in name else ():
            tau, plain, best, within = scenario(name, each, chosen.runs)
            print(f"{name:>10} {each:5} {tau:6.3f} {plain:12.3f} {best:11.3f} {within:12.3f}")
    if chosen.only in "speed":
        print("\npapers comparisons wall_s  cpu_s    MiB  bar")
        for size in SIZES:
            with ProcessPoolExecutor(1, mp_context=spawn) as child:
                print(child.submit(speed, size).result(), flush=True)


if __name__ == "__main__":
    main()
