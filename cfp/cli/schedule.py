"""`cfp schedule`: compute a timetable from the command line, and put it into the draft."""

import sys
from collections import Counter
from datetime import datetime
from typing import Any

import click

from cfp import clock
from cfp.actors import SYSTEM
from cfp.cli.connecting import find_conference, session
from cfp.cli.runtime import json_option, report
from cfp.cli.words import number_of
from cfp.config import Config
from cfp.domain.program import proposals
from cfp.domain.program.proposals import Line
from cfp.domain.program.timetables import KEEPS, SECONDS, Loaded, Options, load_problem, result_from
from cfp.errors import DomainError
from cfp.jobs.timetable import solve

DONE_WITH_WARNINGS = 3


@click.command()
@click.argument("slug", metavar="CONFERENCE")
@click.option("--dry-run", is_flag=True, help="Say what would change, and store nothing.")
@click.option(
    "--keep",
    type=click.Choice(KEEPS),
    default=KEEPS[0],
    show_default=True,
    help="What stands already: few moves, all that is placed, or what is pinned alone.",
)
@click.option("--from", "opens", default="09:00", show_default=True, help="When a day begins.")
@click.option("--until", "closes", default="18:00", show_default=True, help="When a day ends.")
@click.option(
    "--seconds", type=click.IntRange(*SECONDS), default=60, show_default=True, help="At most."
)
@json_option
@click.pass_obj
def schedule(
    config: Config,
    slug: str,
    dry_run: bool,
    keep: str,
    opens: str,
    closes: str,
    seconds: int,
    as_json: bool,
) -> None:
    """Compute when and where every announced talk of the current draft is.

    Ends with 3 when something has no place. Talks whose acceptance is pending are left out.
    """
    options = Options(keep=keep, opens=_clock(opens), closes=_clock(closes), seconds=seconds)
    proposals.check_options(options)
    with session(config, writes=False) as db:
        loaded = load_problem(db, find_conference(db, slug), SYSTEM, options)
    if not loaded.items:
        raise DomainError("timetable.nothing")
    outcome = _store(config, slug, loaded, dry_run=dry_run)
    report(_words(outcome, dry_run), outcome, as_json=as_json)
    sys.exit(DONE_WITH_WARNINGS if outcome["unplaced"] else 0)


def _store(config: Config, slug: str, loaded: Loaded, *, dry_run: bool) -> dict[str, Any]:
    result = result_from(loaded, solve(loaded))
    now = clock.now()
    with session(config, writes=True) as db:
        conference = find_conference(db, slug)
        made = proposals.store_proposal(db, SYSTEM, conference, loaded, result, now=now)
        lines = proposals.difference(db, conference, made, loaded.plan)
        if not dry_run:
            proposals.apply_proposal(db, SYSTEM, conference, made.id, now=now)
            db.commit()
    return _outcome(slug, lines, result)


def _outcome(slug: str, lines: list[Line], result: dict[str, Any]) -> dict[str, Any]:
    counts = Counter(line.kind for line in lines)
    return {
        "conference": slug,
        "placed": counts["placed"],
        "moved": counts["moved"],
        "stays": counts["stays"],
        "unplaced": [
            {"code": line.code, "title": line.title, "why": line.why, "needed": line.needed}
            for line in lines
            if line.kind in {"out", "left_out"}
        ],
        "penalties": result["penalties"],
        "objective": result["objective"],
        "bound": result["bound"],
        "seconds": result["seconds"],
    }


def _words(outcome: dict[str, Any], dry_run: bool) -> str:
    placed = "would be placed" if dry_run else "placed"
    return "\n".join(
        [
            f"{number_of(outcome['placed'], 'talk')} {placed}, {outcome['moved']} moved, "
            f"{outcome['stays']} stay; computed in {outcome['seconds']} s.",
            *(
                f"No place for {one['code']} {one['title']} ({one['needed']} min): {one['why']}."
                for one in outcome["unplaced"]
            ),
        ]
    )


def _clock(text: str) -> str:
    try:
        return datetime.strptime(text, "%H:%M").strftime("%H:%M")  # noqa: DTZ007 - a wall time
    except ValueError:
        raise click.BadParameter(f"{text!r} is no time such as 09:30") from None
