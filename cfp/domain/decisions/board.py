"""What chairs decide by: a row per submission, the minutes used, and how sure the scores are.

Everything about reviews and pending decisions is a column of a stricter fact than the row: for a
chair with a blocking conflict it is null in the list, its filters, its order, and in every figure.
"""

import math
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Integer,
    Join,
    Row,
    Select,
    SQLColumnExpression,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from cfp.actors import Actor, RoleKind
from cfp.audit import AuditEntry
from cfp.domain.assignment.models import Conflict
from cfp.domain.conferences.models import Conference, Criterion, Role, SubmissionType, Track
from cfp.domain.decisions.merging import any_merge, merged_ids
from cfp.domain.decisions.models import (
    CalibratedSubmission,
    Decision,
    DecisionBatch,
    PendingDecision,
)
from cfp.domain.decisions.rules import DECIDABLE, Scatter
from cfp.domain.reviews.models import VARIANCE, Comment, Review, ReviewTally, Summary
from cfp.domain.submissions.models import Speaker, Submission
from cfp.domain.submissions.searching import SEARCHED
from cfp.domain.submissions.states import State
from cfp.policy import Action, Column, Fact, Seat, View, seat_of
from cfp.records import record

# Made once: an alias costs more than most queries.
_ACCEPTED_TYPE = aliased(SubmissionType, name="accepted_type")
_CHAIR, _SPEAKER = aliased(Role, name="a_chair"), aliased(Speaker, name="a_speaker")
_CONFLICT = aliased(Conflict, name="a_conflict")


def board(actor: Actor, conference: Conference, calibration_id: int | None = None) -> View:
    """A row per submission that can be decided, in the tracks where this person decides.

    With a run of the calibration (one that is this person's to know: `calibrating_queries.run_of`)
    also each one's calibrated score, `chance` to be among the best, and `band`.

    `pending` is "" where nothing is pending; `variance` the sample variance of the reviews'
    totals; `minutes` (with `discussion` after them) those it takes if it is or becomes accepted.
    `barred` tells this person that they have a conflict with it.
    """
    source, columns = _columns(seat_of(actor, conference), calibration_id, conference.discusses)
    return View(
        conference=conference,
        source=source,
        rows=Fact.LISTED,
        columns=columns,
        one_each=True,
    )


@lru_cache(maxsize=64)
def _columns(
    seat: Seat, calibration_id: int | None, discusses: bool
) -> tuple[Join, Mapping[str, Column]]:
    """Kept, because every page of the board asks it."""
    tally, pending, kind = ReviewTally, PendingDecision, _ACCEPTED_TYPE
    columns = {
        "id": Column(Submission.id),
        "code": Column(Submission.code),
        "title": Column(Submission.title),
        "track": Column(Track.name),
        "track_id": Column(Submission.track_id),
        "type": Column(SubmissionType.name),
        "type_id": Column(Submission.type_id),
        "state": Column(Submission.state),
        "barred": Column(~seat.may(Action.DECIDE_ONE)),
        "reviews": Column(func.coalesce(tally.reviews, 0), Fact.CHAIR_REVIEWS),
        "mean": Column(tally.mean, Fact.CHAIR_REVIEWS),
        "variance": Column(VARIANCE, Fact.CHAIR_REVIEWS),
        "pending": Column(func.coalesce(pending.outcome, ""), Fact.PENDING),
        "accepted_type": Column(kind.name, Fact.PENDING),
        "minutes": Column(func.coalesce(pending.minutes, kind.minutes), Fact.PENDING),
        "discussion": Column(kind.discussion_minutes, Fact.PENDING),
        "noted": Column(pending.note != "", Fact.PENDING),
        "pending_id": Column(pending.id, Fact.PENDING),
        "pending_revision": Column(pending.revision, Fact.PENDING),
        "pending_at": Column(pending.at, Fact.PENDING),
        "conflicts": Column(_conflicts(), Fact.CONFLICTS),
        **(_DISCUSSED if discusses else {}),
        "submitted": Column(Submission.submitted, searched=True),
        **SEARCHED,
    }
    # Outer joins all, though each submission has both: a database skips those nothing asks about.
    source = (
        Submission.__table__.outerjoin(Track, Track.id == Submission.track_id)
        .outerjoin(SubmissionType, SubmissionType.id == Submission.type_id)
        .outerjoin(tally, tally.submission_id == Submission.id)
        .outerjoin(pending, pending.submission_id == Submission.id)
        .outerjoin(kind, kind.id == pending.type_id)
    )
    if calibration_id is not None:
        line = CalibratedSubmission
        mine = and_(line.submission_id == Submission.id, line.calibration_id == calibration_id)
        source = source.outerjoin(line, mine)
        columns |= {
            "calibrated": Column(line.score, Fact.CHAIR_REVIEWS),
            "se": Column(line.se, Fact.CHAIR_REVIEWS),
            "raw": Column(line.raw, Fact.CHAIR_REVIEWS),
            "chance": Column(line.p_top, Fact.CHAIR_REVIEWS),
            "band": Column(line.band, Fact.CHAIR_REVIEWS),
            "compared": Column(line.reviews, Fact.CHAIR_REVIEWS),
            "rank_low": Column(line.rank_low, Fact.CHAIR_REVIEWS),
            "rank_high": Column(line.rank_high, Fact.CHAIR_REVIEWS),
        }
    return source, MappingProxyType(columns)


_DISCUSSED = {
    "remarks": Column(
        select(func.count(Comment.id))
        .where(Comment.submission_id == Submission.id)
        .correlate(Submission)
        .scalar_subquery(),
        Fact.CHAIR_REVIEWS,
    ),
    "summarized": Column(
        exists()
        .where(Summary.submission_id == Submission.id, Summary.submitted.is_not(None))
        .correlate(Submission),
        Fact.CHAIR_REVIEWS,
    ),
}
"""How far a discussion is, comments for chairs alone included."""


def on_board(actor: Actor, conference: Conference) -> ColumnElement[bool]:
    """The rows that belong on this person's board: what they read only is not among them."""
    return on_board_from(seat_of(actor, conference))


@lru_cache(maxsize=64)
def on_board_from(seat: Seat) -> ColumnElement[bool]:
    """As `on_board`, for everybody who sits alike."""
    decidable = Submission.state.in_(sorted(DECIDABLE))
    if RoleKind.CHAIR in seat.roles:
        return decidable
    return and_(decidable, Submission.track_id.in_(sorted(seat.tracks)))


def off_board(seat: Seat) -> Select[int]:
    """The ids of the conference's others, as an index finds them: its few states that are none."""
    here = Submission.conference_id == seat.conference_id
    off: ColumnElement[bool] = Submission.state.in_(sorted(frozenset(State) - DECIDABLE))
    if RoleKind.CHAIR not in seat.roles:
        off = or_(off, Submission.track_id.not_in(sorted(seat.tracks)))
    return select(Submission.id).where(here, off).correlate(None)


def scores_by_submission(
    db: Session, actor: Actor, conference: Conference, ids: Collection[int]
) -> Mapping[int, list[float]]:
    """The reviews' totals of a page of submissions, in no telling order; one statement."""
    rows = db.execute(_totals(seat_of(actor, conference)), {"ids": list(ids)})
    found: dict[int, list[float]] = defaultdict(list)
    for submission_id, total in rows:
        if total is not None:
            found[submission_id].append(total)
    return found


@lru_cache(maxsize=64)
def _totals(seat: Seat) -> Select[int, float | None]:
    """Of the reviews of the submissions `:ids`."""
    ids: BindParameter[int] = bindparam("ids", expanding=True)
    return (
        select(Review.submission_id, Review.total)
        .join(Submission, Submission.id == Review.submission_id)
        .where(
            Review.submission_id.in_(ids),
            Review.state == "submitted",
            seat.knows(Fact.CHAIR_REVIEWS),
        )
        .order_by(Review.submission_id, Review.total)
    )


@record
class Choice:
    """A track or a format: `minutes` with its discussion."""

    id: int
    name: str
    minutes: int = 0
    discussion: int = 0
    archived: bool = False


@record
class Undo:
    """A bulk change that can be undone: `outcome` set ("": cleared) for `size` submissions."""

    batch: int
    outcome: str
    size: int


@record
class Surroundings:
    """What the board's page needs beside its rows.

    Attributes:
        scale: lowest and highest total a review can have.
        orphans: codes of submissions all of whose chairs have a blocking conflict.
        barred: how many rows this person has a conflict with, which no figure includes.
        undo: the person's last bulk change, if it was lately.
        newest: the log's entry of the last change to what is pending that they know of, or 0.
        merges: id -> title of what it is to be merged into, where they may decide on that one.
        merged: ids of what was announced as merged into another.
    """

    tracks: Sequence[Choice]
    types: Sequence[Choice]
    scale: tuple[int, int]
    orphans: Sequence[str]
    barred: int
    undo: Undo | None
    newest: int
    merges: Mapping[int, str]
    merged: frozenset[int]

    def scatter(self, line: float | None, usual_spread: float | None) -> Scatter:
        """What one submission is judged against; the scale's middle until something is accepted."""
        low, high = self.scale
        return Scatter(line if line is not None else (low + high) / 2, usual_spread)


def surroundings(
    db: Session, actor: Actor, conference: Conference, *, since: datetime
) -> Surroundings:
    """All of it in one statement; only a bulk change made after `since` can be undone."""
    found: dict[str, list[Row[*tuple[Any, ...]]]] = defaultdict(list)
    for row in db.execute(_listed(seat_of(actor, conference)), {"since": since}):
        found[row.kind].append(row)
    scale = found["scale"][0] if found["scale"] else None
    last = found["undo"][-1] if found["undo"] else None
    return Surroundings(
        tracks=[Choice(row.id, row.name, archived=bool(row.c)) for row in found["track"]],
        types=[Choice(row.id, row.name, row.a, row.b, bool(row.c)) for row in found["type"]],
        scale=(scale.a, scale.b) if scale else (1, 5),
        orphans=[row.name for row in found["orphan"]],
        barred=found["barred"][0].id,
        undo=Undo(last.id, last.name, last.a) if last else None,
        newest=found["newest"][0].id or 0,
        merges={row.id: row.name for row in found["merge"]},
        merged=frozenset(row.id for row in found["merged"]),
    )


def scale_of(db: Session, conference: Conference) -> tuple[int, int]:
    """The lowest and highest total a review can have: the scale of the first question."""
    row = db.execute(_SCALE, {"conference": conference.id}).one_or_none()
    return (row[0], row[1]) if row else (1, 5)


_SCALE = (
    select(Criterion.low, Criterion.high)
    .where(Criterion.conference_id == bindparam("conference"), Criterion.archived.is_(False))
    .order_by(Criterion.position, Criterion.id)
    .limit(1)
)
"""Made once: making it takes longer than running it."""


@lru_cache(maxsize=64)
def _listed(seat: Seat) -> CompoundSelect[Any]:
    """Kept: the time of the last bulk change, `:since`, is all that differs."""
    kind, batch, here = SubmissionType, DecisionBatch, seat.conference_id
    parts = [
        _part("track", Track.id, Track.name, Track.position, c=_flag(Track.archived)).where(
            Track.conference_id == here
        ),
        _part(
            "type",
            kind.id,
            kind.name,
            kind.position,
            a=kind.minutes,
            b=kind.discussion_minutes,
            c=_flag(kind.archived),
        ).where(kind.conference_id == here),
        _part(
            "scale",
            Criterion.id,
            Criterion.name,
            Criterion.position,
            a=Criterion.low,
            b=Criterion.high,
        ).where(Criterion.conference_id == here, Criterion.archived.is_(False)),
        _part("undo", batch.id, batch.outcome, literal(0), a=batch.size).where(
            batch.conference_id == here,
            batch.by_id == seat.person_id,
            batch.at > bindparam("since"),
        ),
    ]
    barred = and_(on_board_from(seat), seat.blocked())
    parts.append(
        _part("barred", func.count(Submission.id), literal(""), literal(0)).where(
            Submission.conference_id == here, barred
        )
    )
    merged = _part("merge", PendingDecision.submission_id, Submission.title, literal(0))
    parts.append(
        merged.where(
            PendingDecision.into_id == Submission.id,
            PendingDecision.conference_id == here,
            seat.may(Action.DECIDE_ONE),
        )
    )
    gone = _part("merged", Submission.id, literal(""), literal(0))
    parts.append(
        gone.where(any_merge(Decision), Submission.id.in_(merged_ids()), on_board_from(seat))
    )
    parts.append(
        _part("newest", func.max(AuditEntry.id), literal(""), literal(0)).where(
            AuditEntry.submission_id == Submission.id,
            AuditEntry.conference_id == here,
            AuditEntry.action == "decision.pending",
            seat.knows(Fact.PENDING),
            on_board_from(seat),
        )
    )
    if RoleKind.CHAIR in seat.roles:
        orphans = _part("orphan", Submission.id, Submission.code, literal(0))
        parts.append(orphans.where(needs_another_chair(seat)))
    return union_all(*parts).order_by("kind", "position", "id")


def _part(
    kind: str,
    id_: SQLColumnExpression[int],
    name: SQLColumnExpression[str],
    position: SQLColumnExpression[int],
    **numbers: SQLColumnExpression[int],
) -> Select[*tuple[Any, ...]]:
    none = cast(null(), Integer)
    rest: list[ColumnElement[int]] = [numbers.get(key, none).label(key) for key in ("a", "b", "c")]
    return select(
        literal(kind).label("kind"),
        id_.label("id"),
        name.label("name"),
        position.label("position"),
        *rest,
    )


def _flag(condition: SQLColumnExpression[bool]) -> ColumnElement[int]:
    return case((condition, 1), else_=0)


def needs_another_chair(seat: Seat) -> ColumnElement[bool]:
    """The undecided rows of `submission` all of whose chairs have a blocking conflict."""
    role, conflict, speaker = _CHAIR, _CONFLICT, _SPEAKER
    blocking = or_(
        conflict.state == "confirmed",
        and_(conflict.state == "open", conflict.kind.in_(seat.kinds)),
    )
    speaks = exists().where(
        speaker.submission_id == Submission.id,
        speaker.person_id == role.person_id,
        speaker.state != "removed",
    )
    conflicts = exists().where(
        conflict.submission_id == Submission.id, conflict.person_id == role.person_id, blocking
    )
    blocked = or_(
        Submission.submitter_id == role.person_id,
        speaks.correlate(Submission, role),
        conflicts.correlate(Submission, role),
    )
    free = exists().where(
        role.conference_id == seat.conference_id, role.kind == RoleKind.CHAIR, ~blocked
    )
    # Only what some chair has a conflict with can be without a free one: few rows to ask about.
    chairs = select(role.person_id).where(
        role.conference_id == seat.conference_id, role.kind == RoleKind.CHAIR
    )
    touched = or_(
        Submission.submitter_id.in_(chairs),
        Submission.id.in_(
            select(speaker.submission_id).where(
                speaker.person_id.in_(chairs), speaker.state != "removed"
            )
        ),
        Submission.id.in_(
            select(conflict.submission_id).where(conflict.person_id.in_(chairs), blocking)
        ),
    )
    return and_(
        Submission.conference_id == seat.conference_id,
        Submission.state == State.SUBMITTED,
        touched,
        ~free.correlate(Submission),
    )


def spread(variance: float | None) -> float | None:
    """The standard deviation; a variance a hair below zero is rounding."""
    return math.sqrt(max(variance, 0.0)) if variance is not None else None


def _conflicts() -> ColumnElement[int]:
    return (
        select(func.count(_CONFLICT.id))
        .where(_CONFLICT.submission_id == Submission.id, _CONFLICT.state != "dismissed")
        .scalar_subquery()
    )
