"""`cfp calibrate-file`: take strict and lenient reviewers out of anyone's table of reviews."""

import sys
from pathlib import Path
from typing import Any

import click

from cfp.algorithms.calibration import Calibration, calibrate
from cfp.cli.cautions import NOTES, caution_sentence, named
from cfp.cli.reviews_file import ReviewTable, read_reviews
from cfp.cli.runtime import json_option, report

DONE_WITH_WARNINGS = 3


@click.command("calibrate-file")
@click.argument("reviews", metavar="REVIEWS.csv", type=click.Path(path_type=Path))
@click.option("--top", metavar="K", type=click.IntRange(min=1), help="How many can be accepted.")
@click.option("--seed", default=0, show_default=True, help="Of the draws behind the chances.")
@json_option
def calibrate_file(reviews: Path, top: int | None, seed: int, as_json: bool) -> None:
    """Calibrate the scores of a table: submission, reviewer, score and, if given, weight.

    Ends with 3 when the reviews are not all they should be: docs/decisions.md says how to read it.
    """
    table = read_reviews(reviews)
    found = calibrate(
        table.submission, table.reviewer, table.score, table.weight, top=top, seed=abs(seed)
    )
    figures = figures_of(table, found)
    report(_words(figures, top), figures, as_json=as_json)
    sys.exit(0 if all(one.key in NOTES for one in found.warnings) else DONE_WITH_WARNINGS)


def figures_of(table: ReviewTable, found: Calibration) -> dict[str, Any]:
    """Everything by the file's own codes; None where there is nothing to say."""
    submissions, reviewers = list(table.submissions), list(table.reviewers)
    warnings = []
    for caution in found.warnings:
        figures = named(caution, submissions, reviewers)
        text = caution_sentence(caution.key, figures)
        warnings.append({"key": caution.key, "text": text, **figures})
    return {
        "submissions": [_submission(code, n, found) for code, n in table.submissions.items()],
        "reviewers": [_reviewer(code, n, found) for code, n in table.reviewers.items()],
        "ratio": found.ratio,
        "sigma": found.sigma,
        "changed": found.changed if found.p_top is not None else None,
        "warnings": warnings,
    }


def _submission(code: str, number: int, found: Calibration) -> dict[str, Any]:
    seen = bool(found.n_reviews[number])
    asked = found.p_top is not None
    return {
        "submission": code,
        "raw": float(found.raw[number]) if seen else None,
        "score": float(found.score[number]) if seen else None,
        "se": float(found.se[number]) if seen else None,
        "p_top": float(found.p_top[number]) if found.p_top is not None else None,
        "n": int(found.n_reviews[number]),
        "band": found.band[number] if asked else None,
        "group": int(found.group[number]),
    }


def _reviewer(code: str, number: int, found: Calibration) -> dict[str, Any]:
    given = int(found.given[number])
    return {
        "reviewer": code,
        "leniency": float(found.leniency[number]),
        "se": float(found.leniency_se[number]),
        "spread": float(found.spread[number]) if given > 1 else None,
        "agreement": float(found.agreement[number]) if found.comparable[number] else None,
        "n": given,
    }


def _words(figures: dict[str, Any], top: int | None) -> str:
    order = sorted(figures["submissions"], key=lambda one: (not one["n"], -(one["score"] or 0)))
    lines = ["score    +-   mean  n  " + (f"in top {top}  " if top else "") + "submission"]
    for one in order:
        if not one["n"]:
            lines.append(f"    -     -      -  0  {one['submission']}")
            continue
        chance = f"{one['p_top']:4.0%} {one['band']:<9} " if top else ""
        lines.append(
            f"{one['score']:5.2f}  {one['se']:4.2f}  {one['raw']:5.2f} {one['n']:2}  "
            f"{chance}{one['submission']}"
        )
    lines += [warning["text"] for warning in figures["warnings"]]
    return "\n".join(lines)
