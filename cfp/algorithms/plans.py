"""Put a plan together: the chosen pairs, their figures, and what could not be had."""

from math import fsum

import numpy as np

from cfp.algorithms.arrays import Counts, Flags, Ids, Scores
from cfp.algorithms.problem import Plan, Problem, Shortfall
from cfp.algorithms.reduction import Reduced
from cfp.algorithms.steps import Steps
from cfp.records import record


@record(kw_only=True, eq=False)
class Solution:
    """What a solver chose.

    Attributes:
        rows: chosen rows of the problem's arrays.
        shortfalls: what is missing.
        least_missing: no plan has fewer missing reviews; None where that was not looked for.
        gap: a better plan has at most this much more in total.
        limit: no plan that keeps the floor has a higher worst paper, if that was looked for.
        chance: (N,) probability of each candidate pair, where a plan is drawn by them.
    """

    rows: Counts
    shortfalls: tuple[Shortfall, ...]
    least_missing: int | None = None
    gap: float = 0.0
    limit: float | None = None
    chance: Scores | None = None


def compose(
    reduced: Reduced,
    solution: Solution,
    *,
    standing: Ids,
    highest: Solution,
    objective: str,
    steps: Steps,
) -> Plan:
    """Compute every figure of a plan.

    Args:
        reduced: the problem and its pins.
        solution: what was chosen.
        standing: (K, 2) rows that `new` and `dropped` compare with.
        highest: the solution of the highest total.
        objective: what was asked for.
        steps: timings so far.
    """
    problem = reduced.problem
    rows = solution.rows[np.argsort(problem.keys()[solution.rows])]
    paper, reviewer, score = problem.paper[rows], problem.reviewer[rows], problem.score[rows]
    count = np.bincount(paper, minlength=problem.papers)
    load = np.bincount(reviewer, minlength=problem.reviewers)
    paper_score = sum_by(paper, score, problem.papers)
    chosen, stood = problem.keys()[rows], problem.row_keys(standing)
    chance = highest.chance
    optimum = fsum((problem.score * (1 if chance is None else chance))[highest.rows])
    fair = fair_papers(problem, solution.shortfalls)
    bound = _lowest(best_of_papers(reduced)[fair])
    return Plan(
        paper=paper,
        reviewer=reviewer,
        score=score,
        pinned=np.isin(rows, reduced.held),
        new=~np.isin(chosen, stood),
        dropped=standing[~np.isin(stood, chosen)],
        paper_count=count,
        paper_score=paper_score,
        paper_missing=np.maximum(problem.demand - count, 0),
        reviewer_load=load,
        load_unmet=np.maximum(problem.load_min - load, 0),
        load_over=np.maximum(load - problem.load_max, 0),
        without_senior=_without_senior(problem, rows),
        pins_unmet=reduced.refused,
        crowded=_crowded(problem, reduced.held),
        shortfalls=solution.shortfalls,
        missing_bound=_least_missing(solution, highest),
        total=fsum(score),
        optimum=optimum,
        total_bound=optimum + highest.gap,
        total_limit=fsum(score) + solution.gap,
        worst=_lowest(paper_score[fair]),
        worst_bound=bound,
        worst_limit=bound if solution.limit is None else solution.limit,
        objective=objective,
        chance=chance,
        seconds=dict(steps.stop()),
    )


def _least_missing(*solutions: Solution) -> int:
    """What was proven."""
    return max((one.least_missing for one in solutions if one.least_missing is not None), default=0)


def _lowest(values: Scores) -> float:
    return float(values.min()) if len(values) else np.nan


def best_of_papers(reduced: Reduced) -> Scores:
    """(P,) the highest sum of scores each paper could have if it came first."""
    problem, papers = reduced.problem, len(reduced.seats)
    score = problem.score[reduced.pair]
    order = np.lexsort((-score, reduced.paper))
    paper = reduced.paper[order]
    first = np.searchsorted(paper, np.arange(papers))
    rank = np.arange(len(paper)) - first[paper]
    top = order[rank < reduced.seats[paper]]
    held = problem.score[reduced.held]
    pinned = sum_by(problem.paper[reduced.held], held, papers)
    return pinned + sum_by(reduced.paper[top], score[top], papers)


def sum_by(ids: Ids, values: Scores, size: int) -> Scores:
    """(size,) sum of the values of each id."""
    return np.bincount(ids, weights=values, minlength=size).astype(np.float64)


def fair_papers(problem: Problem, short: tuple[Shortfall, ...]) -> Flags:
    """(P,) papers among which the worst is looked for: they need reviews and can have them all."""
    fair = problem.demand > 0
    for group in short:
        fair[group.papers] = False
    return fair


def _without_senior(problem: Problem, rows: Counts) -> Ids:
    led = problem.paper[rows[problem.senior[problem.reviewer[rows]]]]
    need = problem.need_senior & (problem.demand > 0)
    need[led] = False
    return np.flatnonzero(need).astype(np.int32)


def _crowded(problem: Problem, held: Counts) -> Ids:
    """Papers where two pinned reviewers share an affiliation or are to be kept apart."""
    paper, reviewer = problem.paper[held], problem.reviewer[held]
    size = np.int64(problem.affiliation.max(initial=0)) + 1
    group = problem.affiliation[reviewer]
    tied = group >= 0
    keys, counts = np.unique(paper[tied] * size + group[tied], return_counts=True)
    crowded = [keys[counts > 1] // size]
    for one, other in problem.apart:
        crowded.append(np.intersect1d(paper[reviewer == one], paper[reviewer == other]))
    return np.unique(np.concatenate(crowded)).astype(np.int32)
