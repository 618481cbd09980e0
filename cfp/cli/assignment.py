"""`cfp assign`: solve who reviews what from the command line, and apply it."""

import sys
from typing import Any

import click
from sqlalchemy.orm import Session

from cfp import clock
from cfp.actors import SYSTEM
from cfp.cli.runtime import find_conference, json_option, report, session
from cfp.config import Config
from cfp.domain.assignment import applying, proposals
from cfp.domain.assignment.conflicts import find_conflicts
from cfp.domain.assignment.problems import (
    Loaded,
    figures_from,
    load_problem,
    picks_from,
    store_matches,
)
from cfp.domain.assignment.proposals import Difference, Options, Pick
from cfp.domain.assignment.rules import OBJECTIVES
from cfp.domain.conferences.models import Conference
from cfp.jobs.assignment import solve
from cfp.links import Links

DONE_WITH_WARNINGS = 3


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
@json_option
@click.pass_obj
def assign(
    config: Config,
    slug: str,
    dry_run: bool,
    repair: bool,
    most: int | None,
    objective: str,
    as_json: bool,
) -> None:
    """Assign reviewers to all submissions under review, and tell them.

    Ends with 3 when not every submission could get all its reviewers, or a rule was not kept.
    """
    options = Options(most=most, repair=repair, objective=objective)
    loaded, changes = _loaded(config, slug, options)
    plan = solve(loaded)
    picks, figures = list(picks_from(loaded, plan)), figures_from(loaded, plan)
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


def _loaded(config: Config, slug: str, options: Options) -> tuple[Loaded, int]:
    """The problem on conflicts as they would be found now; nothing of that is stored yet."""
    with session(config, writes=True) as db:
        conference = find_conference(db, slug)
        proposals.check_assigned(conference)
        came, went = find_conflicts(db, conference, now=clock.now())
        loaded = load_problem(db, conference, SYSTEM, options)
        db.rollback()
    return loaded, came + went


def _outcome(
    db: Session,
    conference: Conference,
    picks: list[Pick],
    figures: dict[str, Any],
    conflicts: int,
) -> dict[str, Any]:
    stands = proposals.standing_pairs(db, conference)
    scope = set(figures["scope"])
    here = [one for one in stands if one.submission_id in scope]
    difference: Difference = proposals.compare(picks, here, ())
    return {
        "conference": conference.slug,
        "submissions": len(scope),
        "wanted": figures["demand"],
        "planned": figures["planned"],
        "missing": figures["missing"],
        "new": len(difference.new),
        "kept": len(difference.kept),
        "taken_away": len(difference.gone),
        "conflicts_changed": conflicts,
        "total": figures["total"],
        "optimum": figures["optimum"],
        "worst": figures["worst"],
        "worst_bound": figures["worst_bound"],
        "shortfalls": [
            {
                "submissions": len(one["submissions"]),
                "reviewers": len(one["people"]),
                "wanted": one["demand"],
                "possible": one["capacity"],
                "missing": one["missing"],
            }
            for one in figures["shortfalls"]
        ],
        "without_senior": len(figures["unmet"]["senior"]),
        "below_least": len(figures["unmet"]["least"]),
        "mails": 0,
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
        f"{outcome['planned']} of {outcome['wanted']} reviews for "
        f"{_number(outcome['submissions'], 'submission')} {tense} assigned: "
        f"{outcome['new']} new, {outcome['kept']} kept, {outcome['taken_away']} taken away.",
        *(
            f"{_number(one['submissions'], 'submission')} can only be reviewed by "
            f"{_number(one['reviewers'], 'reviewer')}, who can give {one['possible']} of "
            f"{one['wanted']} reviews: {one['missing']} missing."
            for one in outcome["shortfalls"]
        ),
    ]
    if outcome["without_senior"]:
        lines.append(
            f"{_number(outcome['without_senior'], 'submission')} without a senior reviewer."
        )
    if outcome["below_least"]:
        lines.append(
            f"{_number(outcome['below_least'], 'reviewer')} below the least number of reviews."
        )
    if not dry_run:
        lines.append(f"Told by mail: {_number(outcome['mails'], 'reviewer')}.")
    return "\n".join(lines)


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
