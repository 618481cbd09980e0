"""What a calibration has found, as plain values, and where it is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from cfp.domain.conferences.models import Conference
from cfp.domain.decisions.calibrating_rules import BANDS, OPEN_BANDS, bins_of, line_between, moves
from cfp.domain.decisions.calibrating_scopes import Scope, plain_means
from cfp.domain.decisions.models import CalibratedReviewer, CalibratedSubmission, Calibration


@dataclass(frozen=True)
class FoundSubmission:
    """As `CalibratedSubmission` has it; `band` is one of `calibrating_rules.BANDS`, or ""."""

    submission_id: int
    raw: float
    score: float
    se: float
    reviews: int
    p_top: float | None
    band: str


@dataclass(frozen=True)
class FoundReviewer:
    """As `CalibratedReviewer` has it."""

    person_id: int
    leniency: float
    se: float
    spread: float | None
    agreement: float | None
    reviews: int


@dataclass(frozen=True)
class Found:
    """What the computation says of a scope; `cautions` are (key, plain figures)."""

    scope: Scope
    submissions: Sequence[FoundSubmission]
    reviewers: Sequence[FoundReviewer]
    cautions: Sequence[tuple[str, Mapping[str, Any]]]


def store(
    db: Session, conference: Conference, found: Sequence[Found], *, read: datetime
) -> None:
    """Keep what was found in place of all earlier runs; `read` is when the reviews were read."""
    # Of two computations that end together, the second replaces what the first has stored.
    db.execute(select(Conference.id).where(Conference.id == conference.id).with_for_update())
    _discard(db, conference)
    for one in found:
        _store(db, conference, one, read)
    db.flush()


def _store(db: Session, conference: Conference, found: Found, read: datetime) -> None:
    scope, scores = found.scope, {one.submission_id: one.score for one in found.submissions}
    top = scope.asked
    moved = moves(plain_means(scope.reviews), scores, top) if top else {}
    run = Calibration(
        conference_id=conference.id,
        created=read,
        submissions=len(found.submissions),
        reviewers=len(found.reviewers),
        reviews=len(scope.reviews),
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
    db.execute(insert(CalibratedReviewer), [{**here, **asdict(one)} for one in found.reviewers])


def _figures(found: Found) -> dict[str, Any]:
    """What the page draws and counts, so that it need not go through all of them."""
    scores = [one.score for one in found.submissions]
    low, width, counts = bins_of(scores, *found.scope.scale)
    bands = [one.band for one in found.submissions]
    return {
        "bins": {"low": low, "width": width, "counts": list(counts)},
        "line": line_between(scores, found.scope.asked),
        "bands": {name: bands.count(name) for name in BANDS},
        "open": sum(bands.count(name) for name in OPEN_BANDS),
        "unreviewed": found.scope.unreviewed,
        "asked": found.scope.top,
    }


def _discard(db: Session, conference: Conference) -> None:
    old = select(Calibration.id).where(Calibration.conference_id == conference.id)
    for table in (CalibratedSubmission, CalibratedReviewer):
        db.execute(delete(table).where(table.calibration_id.in_(old)))
    db.execute(delete(Calibration).where(Calibration.conference_id == conference.id))
