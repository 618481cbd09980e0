"""`cfp compare-file`: scores from anyone's table of which of two is better."""

import sys
from pathlib import Path
from typing import Any

import click

from cfp.algorithms.pairwise import Pairwise, compare
from cfp.cli.cautions import NOTES, caution_sentence, named
from cfp.cli.comparisons_file import ComparisonTable, read_comparisons
from cfp.cli.runtime import json_option, report

DONE_WITH_WARNINGS = 3
SCALE, LARGEST = (1.0, 5.0), 1e9


@click.command("compare-file")
@click.argument("comparisons", metavar="COMPARISONS.csv", type=click.Path(path_type=Path))
@click.option("--top", metavar="K", type=click.IntRange(min=1), help="How many can be accepted.")
@click.option(
    "--scale", nargs=2, type=float, default=SCALE, show_default=True, help="Ends of the scores."
)
@click.option("--seed", default=0, show_default=True, help="Of the draws behind the places.")
@json_option
def compare_file(
    comparisons: Path, top: int | None, scale: tuple[float, float], seed: int, as_json: bool
) -> None:
    """Score what was compared: winner, loser and, if given, tie (yes or no) and reviewer.

    Ends with 3 when the comparisons are not all they should be: docs/decisions.md says how to
    read it.
    """
    if not -LARGEST <= scale[0] < scale[1] <= LARGEST:
        raise click.BadParameter("a lower and an upper end are needed", param_hint="--scale")
    table = read_comparisons(comparisons)
    found = compare(
        table.winner,
        table.loser,
        table.outcome,
        reviewer=table.reviewer or None,
        top=top,
        seed=abs(seed),
    )
    figures = figures_of(table, found, scale)
    report(_words(figures, top), figures, as_json=as_json)
    sys.exit(0 if all(one.key in NOTES for one in found.warnings) else DONE_WITH_WARNINGS)


def figures_of(
    table: ComparisonTable, found: Pairwise, scale: tuple[float, float]
) -> dict[str, Any]:
    """Everything by the file's own codes; None where there is nothing to say."""
    submissions, reviewers = list(table.submissions), list(table.reviewers)
    (score, error), bands = found.on_scale(*scale), found.band
    warnings = []
    for caution in found.warnings:
        figures = named(caution, submissions, reviewers)
        text = caution_sentence(caution.key, figures)
        warnings.append({"key": caution.key, "text": text, **figures})
    return {
        "submissions": [
            {
                "submission": code,
                "score": float(score[place]),
                "se": float(error[place]),
                **_submission(place, found),
                "band": bands[place] if bands else None,
            }
            for code, place in table.submissions.items()
        ],
        "reviewers": [
            {
                "reviewer": code,
                "comparisons": int(found.given[place]),
                "agreement": float(found.agreement[place]),
            }
            for code, place in table.reviewers.items()
        ],
        "tie": found.tie,
        "circles": found.circles,
        "trios": found.trios,
        "warnings": warnings,
    }


def _submission(place: int, found: Pairwise) -> dict[str, Any]:
    chance = found.p_top
    return {
        "strength": float(found.strength[place]),
        "strength_se": float(found.se[place]),
        "rank": int(found.rank[place]),
        "rank_low": int(found.rank_low[place]),
        "rank_high": int(found.rank_high[place]),
        "won": float(found.won[place]),
        "n": int(found.compared[place]),
        "p_top": None if chance is None else float(chance[place]),
        "group": int(found.group[place]),
    }


def _words(figures: dict[str, Any], top: int | None) -> str:
    chances = f"in top {top}   " if top else ""
    lines = [f"place       score    +-   won  n  {chances}submission"]
    for one in sorted(figures["submissions"], key=lambda one: one["rank"]):
        place = f"{one['rank']:4} {one['rank_low']:3}-{one['rank_high']:<3}"
        chance = f"{one['p_top']:4.0%} {one['band']:<9} " if top else ""
        lines.append(
            f"{place} {one['score']:5.2f}  {one['se']:4.2f}  {one['won']:4.0%} {one['n']:2}  "
            f"{chance}{one['submission']}"
        )
    lines += [warning["text"] for warning in figures["warnings"]]
    return "\n".join(lines)
