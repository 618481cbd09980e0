"""What the jobs of calibration and of scores from comparisons share: read, compute, store."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from cfp.algorithms.calibrating.result import Caution
from cfp.domain.conferences.models import Conference
from cfp.domain.decisions.calibrating_results import Found, store
from cfp.jobs.context import JobContext

S = TypeVar("S")


def score_scopes(
    context: JobContext,
    load: Callable[[Session, Conference], Sequence[S]],
    solve: Callable[[S], Found],
    source: str,
) -> dict[str, Any]:
    """Compute a run for every set of submissions that somebody may know in full."""
    read = context.now()
    with context.reading() as db:
        conference = db.get_one(Conference, context.conference_id)
        scopes = load(db, conference)
    found = []
    for number, scope in enumerate(scopes):
        context.report(number / len(scopes))
        found.append(solve(scope))
    store(context.storing(), conference, found, read=read, source=source)
    return {"runs": len(found)}


def plain_cautions(
    cautions: Sequence[Caution], counted_anew: Collection[str]
) -> list[tuple[str, Mapping[str, Any]]]:
    """As they are stored: of submissions and reviewers their number; lists say which they are.

    Left out are those that the page words from figures of its own.
    """
    return [
        (one.key, {name: _plain(value) for name, value in one.figures.items()})
        for one in cautions
        if one.key not in counted_anew
    ]


def _plain(value: object) -> object:
    return len(value) if isinstance(value, list) else value


def band_at(bands: Sequence[str] | None, place: int) -> str:
    """One of `calibrating_rules.BANDS`, or "" where nothing was asked for."""
    return bands[place].replace(" ", "_") if bands else ""
