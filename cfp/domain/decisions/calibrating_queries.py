"""What a calibration has found, as far as this person may know it.

A run is for whoever may read all it is made of: see `calibrating_scopes`. Its rows then are
columns of the board, guarded there like the reviews.
"""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, Row, Select, and_, false, func, or_, select
from sqlalchemy.orm import Session, aliased

from cfp.actors import Actor
from cfp.domain.assignment.proposals import tracks_of
from cfp.domain.conferences.models import Conference
from cfp.domain.decisions.calibrating_rules import OPEN_BANDS, PAIRS, REVIEWS, basis_by, basis_of
from cfp.domain.decisions.models import CalibratedReviewer, CalibratedSubmission, Calibration
from cfp.domain.reviews.comparing_queries import changed_since
from cfp.domain.reviews.models import Review
from cfp.domain.submissions.models import Submission
from cfp.domain.submissions.states import State
from cfp.policy import Fact, Standing, predicate, sees, unknown
from cfp.records import record

_OFF = aliased(Submission, name="off_the_board")  # made once: an alias costs more than a query

MANY = 60
"""How many are named: of a large conference, hundreds are open."""


@record
class Run:
    """The run that is this person's to know, and what has come since.

    Attributes:
        since: reviews, or comparisons, that came in or changed after it.
        gone: submissions that were withdrawn or canceled after it.
        rebased: whether it rests on something else that is not so any more: how questions or
            confidence weigh, or how many can be accepted.
    """

    calibration: Calibration
    since: int
    gone: int
    rebased: bool

    @property
    def fresh(self) -> bool:
        """Whether computing anew would find the same."""
        return not (self.since or self.gone or self.rebased)


def run_of(
    db: Session, actor: Actor, conference: Conference, source: str | None = None
) -> Run | None:
    """The largest run made of nothing that this person may not read; one statement.

    Without a `source`, of the one that the conference takes its adjusted scores from.
    """
    row = db.execute(_runs(actor, conference, source or conference.adjusts_by)).first()
    return _run(row, actor, conference) if row else None


def _run(row: Row[Calibration, int, int], actor: Actor, conference: Conference) -> Run:
    found, since, gone = row
    basis = basis_by(found.source, basis_of(conference, tracks_of(actor, conference))).as_json()
    return Run(found, since, gone, rebased=found.outdated or found.basis != basis)


def _runs(actor: Actor, conference: Conference, source: str) -> Select[Calibration, int, int]:
    run, line = Calibration, CalibratedSubmission
    strange = select(line.calibration_id).where(
        line.submission_id.in_(unknown(actor, Fact.CHAIR_REVIEWS, conference))
    )
    known = predicate(actor, Fact.CHAIR_REVIEWS, conference)
    since = (
        select(func.count(Review.id))
        .join(Submission, Submission.id == Review.submission_id)
        .where(
            Review.conference_id == conference.id,
            Review.changed > run.created,
            Review.state == "submitted",
            known,
        )
        .correlate(run)
        .scalar_subquery()
    )
    newer = changed_since(conference, run.created, known) if source == PAIRS else since
    # By id, because an index tells these few; when they have changed, only the long rows do.
    off = select(_OFF.id).where(
        _OFF.conference_id == conference.id, _OFF.state.in_((State.WITHDRAWN, State.CANCELED))
    )
    gone = select(func.count(Submission.id)).where(
        Submission.id.in_(off), Submission.changed > run.created, known
    )
    return (
        select(run, newer, gone.correlate(run).scalar_subquery())
        .where(
            run.conference_id == conference.id, run.source == source, run.id.not_in(strange)
        )
        .order_by(run.submissions.desc(), run.id.desc())
        .limit(1)
    )


@record
class Certainty:
    """A submission's figures, how many the top are that it may be among, and where from."""

    line: CalibratedSubmission
    top: int | None
    source: str


def certainty_of(db: Session, actor: Actor, standing: Standing) -> Certainty | None:
    """What is shown of one submission while the conference adjusts its scores."""
    if not standing.conference.adjusts_scores:
        return None
    row = db.execute(
        select(CalibratedSubmission, Calibration.top, Calibration.source)
        .join(Calibration, Calibration.id == CalibratedSubmission.calibration_id)
        .where(in_run(actor, standing))
    ).one_or_none()
    return Certainty(*row) if row else None


def in_run(actor: Actor, standing: Standing) -> ColumnElement[bool]:
    """The row of `calibrated_submission` that is shown of one, while scores are adjusted."""
    conference = standing.conference
    if not conference.adjusts_scores or not sees(standing, Fact.CHAIR_REVIEWS):
        return false()
    best = _runs(actor, conference, conference.adjusts_by).with_only_columns(Calibration.id)
    line = CalibratedSubmission
    mine = line.submission_id == standing.submission.id
    return and_(line.calibration_id == best.scalar_subquery(), mine)


@record
class Named:
    """A submission the page points to: `move` as in the table, `band` where it is open."""

    code: str
    title: str
    move: int
    band: str
    p_top: float | None


def worth_a_look(
    db: Session, actor: Actor, conference: Conference, run: Calibration
) -> list[Named]:
    """Those whom the calibration moves, then those it can't decide, the most open first."""
    line = CalibratedSubmission
    order = (func.abs(line.move).desc(), func.abs(line.p_top - 0.5), line.submission_id)
    mine = line.calibration_id == run.id
    first = select(line.submission_id).where(
        mine, or_(line.move != 0, line.band.in_(OPEN_BANDS))
    )
    rows = db.execute(
        select(Submission.code, Submission.title, line.move, line.band, line.p_top)
        .join(line, line.submission_id == Submission.id)
        .where(
            mine,
            line.submission_id.in_(first.order_by(*order).limit(MANY)),
            predicate(actor, Fact.CHAIR_REVIEWS, conference),
        )
        .order_by(*order)
    )
    return [Named(*row) for row in rows]


def leniencies(
    db: Session, actor: Actor, conference: Conference
) -> Mapping[int, CalibratedReviewer]:
    """Person id -> how they score, of the run that is this person's to know; one statement."""
    best = _runs(actor, conference, REVIEWS).with_only_columns(Calibration.id).scalar_subquery()
    line = CalibratedReviewer
    rows = db.scalars(select(line).where(line.calibration_id == best))
    return {one.person_id: one for one in rows}
