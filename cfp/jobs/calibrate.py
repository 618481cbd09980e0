"""The job of a calibration: read, compute outside any transaction, store for whom it is."""

from typing import Any

import numpy as np

from cfp.algorithms import calibration as solver
from cfp.algorithms.calibration import Calibration
from cfp.domain.decisions.calibrating_results import Found, FoundReviewer, FoundSubmission
from cfp.domain.decisions.calibrating_rules import REVIEWS
from cfp.domain.decisions.calibrating_scopes import Scope, load_scopes
from cfp.jobs.context import JobContext
from cfp.jobs.scoring import band_at, plain_cautions, score_scopes

COUNTED_ANEW = frozenset({"unreviewed", "little_changed", "borderline"})
"""Cautions that the page words from figures of its own, against the means that lists show."""


def run(context: JobContext) -> dict[str, Any]:
    """Compute a run for every set of submissions that somebody may know in full."""
    return score_scopes(context, load_scopes, solve, REVIEWS)


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
        cautions=plain_cautions(calibrated.warnings, COUNTED_ANEW),
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
        band=band_at(bands, place),
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
