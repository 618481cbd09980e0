"""The job of a calibration: read, compute outside any transaction, store for whom it is."""

from typing import Any

import numpy as np

from cfp.algorithms import calibration as solver
from cfp.algorithms.calibration import Calibration
from cfp.domain.conferences.models import Conference
from cfp.domain.decisions.calibrating_results import (
    Found,
    FoundReviewer,
    FoundSubmission,
    store,
)
from cfp.domain.decisions.calibrating_scopes import Scope, load_scopes
from cfp.jobs.context import JobContext

COUNTED_ANEW = frozenset({"unreviewed", "little_changed", "borderline"})
"""Cautions that the page words from figures of its own, against the means that lists show."""


def run(context: JobContext) -> dict[str, Any]:
    """Compute a run for every set of submissions that somebody may know in full."""
    read = context.now()
    with context.reading() as db:
        conference = db.get_one(Conference, context.conference_id)
        scopes = load_scopes(db, conference)
    found = []
    for number, scope in enumerate(scopes):
        context.report(number / len(scopes))
        found.append(solve(scope))
    store(context.storing(), conference, found, read=read)
    return {"runs": len(found)}


def solve(scope: Scope) -> Found:
    """The figures of one scope, as plain values."""
    submissions, reviewers = scope.submissions, scope.reviewers
    places = {id_: number for number, id_ in enumerate(submissions)}
    owners = {id_: number for number, id_ in enumerate(reviewers)}
    calibrated = solver.calibrate(
        np.array([places[one.submission_id] for one in scope.reviews]),
        np.array([owners[one.person_id] for one in scope.reviews]),
        np.array([one.score for one in scope.reviews]),
        np.array([one.weight for one in scope.reviews]),
        top=scope.asked,
    )
    return Found(
        scope=scope,
        submissions=[_submission(id_, place, calibrated) for id_, place in places.items()],
        reviewers=[_reviewer(id_, place, calibrated) for id_, place in owners.items()],
        cautions=[
            (one.key, {name: _plain(value) for name, value in one.figures.items()})
            for one in calibrated.warnings
            if one.key not in COUNTED_ANEW
        ],
    )


def _submission(id_: int, place: int, found: Calibration) -> FoundSubmission:
    chances, bands = found.p_top, found.band
    return FoundSubmission(
        submission_id=id_,
        raw=float(found.raw[place]),
        score=float(found.score[place]),
        se=float(found.se[place]),
        reviews=int(found.n_reviews[place]),
        p_top=None if chances is None else float(chances[place]),
        band=bands[place].replace(" ", "_") if bands else "",
    )


def _reviewer(id_: int, place: int, found: Calibration) -> FoundReviewer:
    given = int(found.given[place])
    return FoundReviewer(
        person_id=id_,
        leniency=float(found.leniency[place]),
        se=float(found.leniency_se[place]),
        spread=float(found.spread[place]) if given > 1 else None,
        agreement=float(found.agreement[place]) if found.comparable[place] else None,
        reviews=given,
    )


def _plain(value: object) -> object:
    """Of submissions and reviewers it is their number that is told; lists say which they are."""
    return len(value) if isinstance(value, list) else value
