"""`cfp assign`: solve who reviews what from the command line, or read it from a table; apply it."""

import sys
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any, BinaryIO

import click
from sqlalchemy.orm import Session

from cfp import clock
from cfp.actors import SYSTEM
from cfp.cli.connecting import find_conference, session
from cfp.cli.import_mistakes import MISTAKES
from cfp.cli.runtime import json_option, report, solver_words_aside, write_whole
from cfp.cli.words import number_of
from cfp.config import Config
from cfp.domain.assignment import applying, proposals
from cfp.domain.assignment.conflicts import find_conflicts
from cfp.domain.assignment.exporting import assignment_rows
from cfp.domain.assignment.importing import ImportMistakesError, import_options
from cfp.domain.assignment.picks import Difference, Options, Pick
from cfp.domain.assignment.problems import (
    Loaded,
    load_problem,
    store_matches,
)
from cfp.domain.assignment.proposal_lists import names_of
from cfp.domain.assignment.rules import OBJECTIVES
from cfp.domain.conferences.models import Conference
from cfp.errors import ConfigError
from cfp.formats.pairs import PairRow, json_bytes, read_pairs
from cfp.formats.table import csv_bytes
from cfp.formats.utf8 import SIZE_LIMIT
from cfp.jobs.assignment import solve
from cfp.links import Links

DONE_WITH_WARNINGS = 3

a_path = click.Path(path_type=Path, readable=False)  # reading says why it can't

@click.command()
@click.argument("slug", metavar="CONFERENCE")
@click.option("--dry-run", is_flag=True, help="Say what would change, and store nothing.")
@click.option("--repair", is_flag=True, help="Change as little as possible.")
@click.option("--most", type=click.IntRange(1, 1000), help="Reviews per reviewer at most.")
@click.option(
    "--objective",
    type=click.Choice(OBJECTIVES),
    default=OBJECTIVES[0],
    show_default=True,
    help="The worst-off submission as well off as can be, or the highest total.",
)
@click.option(
    "--import",
    "table",
    type=a_path,
    help="Take the pairs of this CSV or JSON (-: standard input) instead of solving.",
)
@click.option(
    "--whole",
    is_flag=True,
    help="With --import: who reviews a submission it names and is not in it, is taken away.",
)
@click.option(
    "--export",
    "output",
    type=a_path,
    help="Only write who reviews what now to this .csv or .json, which --import reads.",
)
@json_option
@click.pass_obj
def assign(
    config: Config,
    slug: str,
    dry_run: bool,
    repair: bool,
    most: int | None,
    objective: str,
    table: Path | None,
    whole: bool,
    output: Path | None,
    as_json: bool,
) -> None:
    """Assign reviewers to all submissions under review, and tell them.

    Ends with 3 when not every submission could get all its reviewers, or a rule was not kept.
    """
    if whole and table is None:
        raise click.UsageError("--whole goes with --import.")
    if output is not None and table is not None:
        raise click.UsageError("--export and --import don't go together.")
    if output is not None:
        _export(config, slug, output, as_json=as_json)
        return
    options = Options(most=most, repair=repair, objective=objective)
    rows = _read(table) if table is not None else None
    loaded, changes = _loaded(config, slug, options, rows, whole=whole)
    options = loaded.options
    with solver_words_aside():
        solution = solve(loaded)
    picks, figures = solution.picks, solution.figures
    with session(config, writes=not dry_run) as db:
        conference = find_conference(db, slug)
        outcome = _outcome(db, conference, picks, figures, changes)
        if not dry_run:
            store_matches(db, conference, loaded, now=clock.now())
            outcome["mails"] = _apply(config, db, conference, options, picks, figures)
            db.commit()
    report(_words(outcome, dry_run), outcome, as_json=as_json)
    lacks = figures["missing"] or outcome["without_senior"] or outcome["below_least"]
    sys.exit(DONE_WITH_WARNINGS if lacks else 0)


def _read(table: Path) -> list[PairRow]:
    source: BinaryIO
    try:
        with nullcontext(sys.stdin.buffer) if str(table) == "-" else table.open("rb") as source:
            return read_pairs(source.read(SIZE_LIMIT + 1))
    except OSError as error:
        raise ConfigError("unreadable", name=str(table), value=error.strerror) from error


def _export(config: Config, slug: str, output: Path, *, as_json: bool) -> None:
    with session(config, writes=False) as db:
        header, rows = assignment_rows(db, SYSTEM, find_conference(db, slug))
    data = (
        json_bytes(header, rows) if output.suffix == ".json" else csv_bytes(header, rows)
    )
    write_whole(output, data)
    words = f"{number_of(len(rows), 'pair')} written to {output}."
    report(words, {"pairs": len(rows), "file": str(output)}, as_json=as_json)


def _loaded(
    config: Config,
    slug: str,
    options: Options,
    rows: Sequence[PairRow] | None,
    *,
    whole: bool,
) -> tuple[Loaded, int]:
    """The problem on conflicts as they would be found now; nothing of that is stored yet."""
    with session(config, writes=True) as db:
        conference = find_conference(db, slug)
        proposals.check_assigned(conference)
        now = clock.now()
        came, went = find_conflicts(db, conference, now=now)
        if rows is not None:
            try:
                options = import_options(
                    db, SYSTEM, conference, rows=rows, whole=whole, now=now
                )
            except ImportMistakesError as error:
                _tell_mistakes(error)
                raise
        loaded = load_problem(db, conference, SYSTEM, options)
        db.rollback()
    return loaded, came + went


def _tell_mistakes(error: ImportMistakesError) -> None:
    for one in error.mistakes:
        click.echo(f"line {one.line}: {MISTAKES[one.key].format(text=one.text)}", err=True)


def _outcome(
    db: Session,
    conference: Conference,
    picks: list[Pick],
    figures: dict[str, Any],
    conflicts: int,
) -> dict[str, Any]:
    stands = proposals.standing_pairs(db, conference)
    scope = dict(figures["scope"])
    here = [one for one in stands if one.submission_id in scope]
    difference: Difference = proposals.compare(picks, here, ())
    return {
        "conference": conference.slug,
        "submissions": len(scope),
        "wanted": figures["demand"],
        "planned": figures["planned"],
        "missing": figures["missing"],
        "avoidable": figures["avoidable"],
        "new": len(difference.new),
        "kept": len(difference.kept),
        "taken_away": len(difference.gone),
        "conflicts_changed": conflicts,
        "total": figures["total"],
        "optimum": figures["optimum"],
        "worst": figures["worst"],
        "worst_bound": figures["worst_bound"],
        "shortfalls": [_shortfall(db, one) for one in figures["shortfalls"]],
        "without_senior": len(figures["unmet"]["senior"]),
        "below_least": len(figures["unmet"]["least"]),
        "mails": 0,
    }


def _shortfall(db: Session, one: dict[str, Any]) -> dict[str, Any]:
    names = names_of(db, one["people"], one["submissions"])
    return {
        "submissions": len(one["submissions"]),
        "reviewers": len(one["people"]),
        "wanted": one["demand"],
        "possible": one["capacity"],
        "missing": one["missing"],
        "codes": sorted(code for code, _title in names.submissions.values()),
        "names": sorted(names.people.values()),
    }


def _apply(
    config: Config,
    db: Session,
    conference: Conference,
    options: Options,
    picks: list[Pick],
    figures: dict[str, Any],
) -> int:
    now = clock.now()
    find_conflicts(db, conference, now=now)
    proposal = proposals.store_proposal(
        db, SYSTEM, conference, options=options, picks=picks, figures=figures, now=now
    )
    applied = applying.apply(
        db,
        SYSTEM,
        conference,
        proposal_id=proposal.id,
        links=Links(config.base_url),
        now=now,
    )
    return applied.mails


def _words(outcome: dict[str, Any], dry_run: bool) -> str:
    tense = "would be" if dry_run else "are"
    lines = [
        f"{outcome['planned']} of {number_of(outcome['wanted'], 'review')} for "
        f"{number_of(outcome['submissions'], 'submission')} {tense} assigned: "
        f"{outcome['new']} new, {outcome['kept']} kept, {outcome['taken_away']} taken away.",
        *map(_group, outcome["shortfalls"]),
    ]
    if outcome["avoidable"]:
        avoidable = number_of(outcome["avoidable"], "review")
        lines.append(f"The search was cut short: up to {avoidable} of these might be had.")
    if outcome["without_senior"]:
        lines.append(
            f"{number_of(outcome['without_senior'], 'submission')} without a senior reviewer."
        )
    if outcome["below_least"]:
        lines.append(
            f"{number_of(outcome['below_least'], 'reviewer')} below the least number of reviews."
        )
    if not dry_run:
        lines.append(f"Told by mail: {number_of(outcome['mails'], 'reviewer')}.")
    return "\n".join(lines)


def _group(one: dict[str, Any]) -> str:
    submissions, reviewers = (
        f"{number_of(len(one[name]), noun)} ({', '.join(one[name])})"
        for name, noun in (("codes", "submission"), ("names", "reviewer"))
    )
    if not one["names"]:
        return f"{submissions} can be reviewed by nobody: {one['missing']} missing."
    return (
        f"{submissions} can only be reviewed by {reviewers}, who can give {one['possible']} of "
        f"{number_of(one['wanted'], 'review')}: {one['missing']} missing."
    )
