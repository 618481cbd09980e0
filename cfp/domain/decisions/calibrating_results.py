"""What a calibration has found, as plain values, and where it is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from cfp.domain.conferences.models import Conference
from cfp.domain.decisions.calibrating_rules import (
    BANDS,
    OPEN_BANDS,
    REVIEWS,
    Basis,
    bins_of,
    line_between,
    moves,
)
from cfp.domain.decisions.models import CalibratedReviewer, CalibratedSubmission, Calibration
from cfp.records import record


@record
class FoundSubmission:
    """As `CalibratedSubmission` has it; `band` is one of `calibrating_rules.BANDS`, or ""."""

    submission_id: int
    raw: float
    score: float
    se: float
    reviews: int
    p_top: float | None
    band: str
    rank_low: int | None = None
    rank_high: int | None = None


@record
class FoundReviewer:
    """As `CalibratedReviewer` has it."""

    person_id: int
    leniency: float
    se: float
    spread: float | None
    agreement: float | None
    reviews: int


class Asked(Protocol):
    """What a run was asked: a `Scope` of reviews, or one of comparisons.

    Attributes:
        given: how many of these.
        means: the plain means of the submissions that have one.
    """

    @property
    def basis(self) -> Basis: ...
    @property
    def asked(self) -> int | None: ...
    @property
    def top(self) -> int | None: ...
    @property
    def unreviewed(self) -> int: ...
    @property
    def scale(self) -> tuple[int, int]: ...
    @property
    def given(self) -> int: ...
    @property
    def means(self) -> Mapping[int, float]: ...


@record
class Found:
    """What the computation says of a scope; `cautions` are (key, plain figures)."""

    scope: Asked
    submissions: Sequence[FoundSubmission]
    reviewers: Sequence[FoundReviewer]
    cautions: Sequence[tuple[str, Mapping[str, Any]]]
    people: int = 0
    """How many people it is made of, where nothing is found about each."""


def store(
    db: Session,
    conference: Conference,
    found: Sequence[Found],
    *,
    read: datetime,
    source: str = REVIEWS,
) -> None:
    """Keep what was found in place of all earlier runs of this source.

    `read` is when the reviews, or the comparisons, were read.
    """
    # Of two computations that end together, the second replaces what the first has stored.
    db.execute(select(Conference.id).where(Conference.id == conference.id).with_for_update())
    _discard(db, conference, source)
    for one in found:
        _store(db, conference, one, read, source)
    db.flush()


def _store(
    db: Session, conference: Conference, found: Found, read: datetime, source: str
) -> None:
    scope, scores = found.scope, {one.submission_id: one.score for one in found.submissions}
    top, means = scope.asked, scope.means
    # Where some have no mean to be moved from, nothing can be said of the others either.
    moved = moves(means, scores, top) if top and means.keys() >= scores.keys() else {}
    run = Calibration(
        conference_id=conference.id,
        source=source,
        created=read,
        submissions=len(found.submissions),
        reviewers=found.people or len(found.reviewers),
        reviews=scope.given,
        top=top,
        changed=sum(one > 0 for one in moved.values()),
        basis=scope.basis.as_json(),
        figures=_figures(found),
        cautions=[[key, dict(figures)] for key, figures in found.cautions],
    )
    db.add(run)
    db.flush()
    here = {"calibration_id": run.id}
    rows = [{**here, **asdict(o), "move": moved.get(o.submission_id, 0)} for o in found.submissions]
    db.execute(insert(CalibratedSubmission), rows)
    if found.reviewers:
        of_people = [{**here, **asdict(one)} for one in found.reviewers]
        db.execute(insert(CalibratedReviewer), of_people)


def _figures(found: Found) -> dict[str, Any]:
    """What the page draws and counts, so that it need not go through all of them."""
    scores = [one.score for one in found.submissions]
    without_mean = {one.submission_id for one in found.submissions} - found.scope.means.keys()
    low, width, counts = bins_of(scores, *found.scope.scale)
    bands = [one.band for one in found.submissions]
    return {
        "bins": {"low": low, "width": width, "counts": list(counts)},
        "line": line_between(scores, found.scope.asked),
        "bands": {name: bands.count(name) for name in BANDS},
        "open": sum(bands.count(name) for name in OPEN_BANDS),
        "unreviewed": found.scope.unreviewed,
        "asked": found.scope.top,
        "all_reviewed": not without_mean,
    }


def _discard(db: Session, conference: Conference, source: str) -> None:
    mine = (Calibration.conference_id == conference.id, Calibration.source == source)
    old = select(Calibration.id).where(*mine)
    for table in (CalibratedSubmission, CalibratedReviewer):
        db.execute(delete(table).where(table.calibration_id.in_(old)))
    db.execute(delete(Calibration).where(*mine))
