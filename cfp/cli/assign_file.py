"""`cfp assign-file`: solve a problem from a file, without any conference."""

import resource
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np

from cfp.algorithms.assignment import OBJECTIVES, assign
from cfp.algorithms.problem import Plan, Problem
from cfp.cli.instances import read_instance
from cfp.cli.runtime import json_option, report, solver_words_aside, write_whole
from cfp.cli.words import number_of

DONE_WITH_WARNINGS = 3


@click.command("assign-file")
@click.argument(
    "instance",
    metavar="INSTANCE.npz",
    type=click.Path(path_type=Path, readable=False),  # reading says why it can't
)
@click.option(
    "--objective",
    type=click.Choice(OBJECTIVES),
    default=OBJECTIVES[0],
    show_default=True,
    help="The worst-off submission as well off as can be, or the highest total.",
)
@click.option(
    "--floor",
    type=click.FloatRange(0, 1),
    default=0.99,
    show_default=True,
    help="Share of the highest total that a balanced plan has to keep.",
)
@click.option(
    "--out",
    metavar="PLAN.csv",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the pairs there: paper, reviewer.",
)
@json_option
def assign_file(
    instance: Path, objective: str, floor: float, out: Path | None, as_json: bool
) -> None:
    """Assign reviewers to papers as a file of arrays says: docs/assignment.md has its format.

    Ends with 3 when not every paper could get all its reviewers, or not every reviewer the minimum.
    """
    wall, cpu = time.perf_counter(), time.process_time()
    problem = read_instance(instance)
    with solver_words_aside():
        plan = assign(problem, objective=objective, floor=floor)
    figures = figures_of(problem, plan) | {
        "cpu_seconds": round(time.process_time() - cpu, 3),
        "wall_seconds": round(time.perf_counter() - wall, 3),
        "peak_rss_mib": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    }
    if out is not None:
        write_whole(out, plan_csv(plan))
    report(_words(figures), figures, as_json=as_json)
    sys.exit(0 if plan.complete else DONE_WITH_WARNINGS)


def figures_of(problem: Problem, plan: Plan) -> dict[str, Any]:
    """What a plan is worth, in plain numbers; None where there is nothing to measure."""
    sums = plan.paper_score[problem.demand > 0]
    return {
        "papers": problem.papers,
        "reviewers": problem.reviewers,
        "objective": plan.objective,
        "total": plan.total,
        "total_limit": plan.total_limit,
        "optimum": plan.optimum,
        "worst": _or_none(plan.worst),
        "worst_bound": _or_none(plan.worst_bound),
        "worst_limit": _or_none(plan.worst_limit),
        "lowest_quartile": float(np.quantile(sums, 0.25)) if len(sums) else None,
        "shortfall": int(plan.paper_missing.sum()),
        "shortfall_bound": plan.missing_bound,
        "shortfalls": [
            {
                "papers": one.papers.tolist(),
                "reviewers": one.reviewers.tolist(),
                "demand": one.demand,
                "capacity": one.capacity,
                "missing": one.missing,
            }
            for one in plan.shortfalls
        ],
        "load_min_unmet": int(plan.load_unmet.sum()),
        "load_max_exceeded": np.flatnonzero(plan.load_over).tolist(),
        "without_senior": plan.without_senior.tolist(),
        "crowded": plan.crowded.tolist(),
        "pins_unmet": plan.pins_unmet.tolist(),
    }


def plan_csv(plan: Plan) -> bytes:
    """The pairs, one a line."""
    pairs = zip(plan.paper.tolist(), plan.reviewer.tolist(), strict=True)
    lines = ["paper,reviewer", *(f"{paper},{reviewer}" for paper, reviewer in pairs)]
    return ("\n".join(lines) + "\n").encode()


def _or_none(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _words(figures: dict[str, Any]) -> str:
    share = figures["total"] / figures["optimum"] if figures["optimum"] else 1
    worst, bound = figures["worst"], figures["worst_bound"]
    lines = [f"Total {figures['total']:.6g}, {share:.2%} of the highest, {figures['optimum']:.6g}."]
    if worst is not None:
        lines.append(f"The worst-off paper has {worst:.6g}; none could give it over {bound:.6g}.")
    lines += map(_group, figures["shortfalls"])
    if figures["shortfall"] > figures["shortfall_bound"]:
        avoidable = figures["shortfall"] - figures["shortfall_bound"]
        lines.append(f"The search was cut short: up to {avoidable} of these might be had.")
    if figures["load_min_unmet"]:
        lines.append(f"Reviews lacking to the reviewers' minima: {figures['load_min_unmet']}.")
    return "\n".join([*lines, *(say(figures[name]) for name, say in _BROKEN if figures[name])])


def _ids(numbers: Sequence[int]) -> str:
    return ", ".join(map(str, numbers))


_BROKEN: Sequence[tuple[str, Callable[[Sequence[Any]], str]]] = (
    ("load_max_exceeded", lambda ids: f"More than they take, by pins: reviewers {_ids(ids)}."),
    ("without_senior", lambda ids: f"Without a senior reviewer: papers {_ids(ids)}."),
    ("crowded", lambda ids: f"With pins that must not meet: papers {_ids(ids)}."),
    (
        "pins_unmet",
        lambda rows: f"Pinned, but no such pair: {', '.join(f'{p} to {r}' for p, r in rows)}.",
    ),
)
"""What of a plan breaks a rule, and how it is said; ids are shown as the file has them."""


def _group(one: dict[str, Any]) -> str:
    reviewers = f"reviewers {_ids(one['reviewers'])}" if one["reviewers"] else "nobody"
    return (
        f"Papers {_ids(one['papers'])} can only be reviewed by {reviewers}: "
        f"{one['capacity']} of {number_of(one['demand'], 'review')}, {one['missing']} missing."
    )
