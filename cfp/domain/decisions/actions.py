"""Pending decisions: freely changed by those who may, with no trace outside."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cfp import audit
from cfp.actors import Actor
from cfp.domain.conferences.models import Conference, SubmissionType, Track
from cfp.domain.decisions.days import day_key, days_of
from cfp.domain.decisions.merging import target_of
from cfp.domain.decisions.models import DecisionBatch, PendingDecision
from cfp.domain.decisions.rules import (
    CAPACITY_LIMIT,
    MINUTES_LIMIT,
    NOTE_LIMIT,
    SEVERAL,
    can_become,
    capacity_key,
    mark,
    needs_explanation,
)
from cfp.domain.submissions.models import Submission
from cfp.domain.submissions.states import OUTCOMES
from cfp.errors import DomainError, ForbiddenError, NotNowError, StaleError
from cfp.policy import Action, Standing, allowed, may
from cfp.records import record

Columns = Mapping[str, Any]
"""A pending decision as outcome, type_id, minutes, note and into_id."""


def pending_of(db: Session, submission: Submission) -> PendingDecision | None:
    """The pending decision, for those who may know it: ask the policy first."""
    return db.scalars(_PENDING, {"submission": submission.id}).one_or_none()


_PENDING = select(PendingDecision).where(PendingDecision.submission_id == bindparam("submission"))
"""Made once: making it takes longer than running it."""


def set_pending(
    db: Session,
    actor: Actor,
    standing: Standing,
    *,
    outcome: str | None,
    type_id: int | None = None,
    minutes: int | None = None,
    note: str = "",
    into: str | None = None,
    revision: str,
    now: datetime,
) -> PendingDecision | None:
    """Set the pending decision of one submission, or clear it with None.

    `outcome` is a move of `states.OUTCOMES`. Format and minutes are those it is accepted for:
    without them its own format and that format's minutes. `revision` is `rules.mark` of what the
    form was filled with. `into` is the code or title of another submission that it is merged into;
    the outcome is then "reject", as it is no talk of its own any more.

    Raises:
        StaleError: `stale`, when somebody else has decided since.
        ForbiddenError: `forbidden`, for the wrong person or one with a blocking conflict.
        DomainError: at its field: `decision.not_from_here`, `decision.unknown_type`,
            `decision.bad_minutes`, `decision.needs_note`, `decision.long_note`, and as
            `merging.target_of`.
    """
    if not allowed(actor, Action.DECIDE_ONE, standing, now):
        raise ForbiddenError("forbidden")
    submission, before = standing.submission, pending_of(db, standing.submission)
    if revision != mark(before):
        raise StaleError("stale")
    if outcome is None:
        _replace_all(db, actor, standing.conference, [_Change(submission, before, None)], now)
        return None
    _check_outcome(submission, outcome)
    if needs_explanation(submission.state) and not note.strip():
        raise DomainError("decision.needs_note", field="note")
    if len(note) > NOTE_LIMIT:
        raise DomainError("decision.long_note", field="note", limit=NOTE_LIMIT)
    if outcome != "accept":
        type_id = minutes = None
    if minutes is not None and not 1 <= minutes <= MINUTES_LIMIT:
        raise DomainError("decision.bad_minutes", field="minutes", limit=MINUTES_LIMIT)
    if type_id is not None:
        _check_type(db, standing.conference, submission, type_id)
    target = None if into is None else target_of(db, actor, standing, into)
    values = {
        "outcome": outcome,
        "type_id": (type_id or submission.type_id) if outcome == "accept" else None,
        "minutes": minutes,
        "note": note,
        "into_id": target.id if target else None,
    }
    change = _Change(submission, before, values)
    (after,) = _replace_all(db, actor, standing.conference, [change], now)
    return after


@record
class Changed:
    """What a bulk change did: submissions changed, and the codes it had to leave out."""

    count: int
    left_out: tuple[str, ...]


def set_many(
    db: Session,
    actor: Actor,
    conference: Conference,
    *,
    codes: Collection[str],
    outcome: str | None,
    now: datetime,
) -> Changed:
    """Set or clear the pending decision of several submissions, so that it can be undone.

    Those in which the person may not decide are not touched. Left out are those that can't have
    the outcome, or only with a note of their own. A note written for another outcome goes.

    Raises:
        DomainError: `decision.unknown_outcome`.
    """
    if outcome is not None and outcome not in OUTCOMES:
        raise DomainError("decision.unknown_outcome", field="act")
    rows = _decidable(db, actor, conference, Submission.code.in_(codes))
    wanted = {submission.id: outcome for submission, _pending in rows}
    return _change_many(db, actor, conference, rows, wanted, outcome or "", now)


def move_one(
    db: Session,
    actor: Actor,
    conference: Conference,
    *,
    code: str,
    outcome: str | None,
    revision: str,
    now: datetime,
) -> Changed:
    """`set_many` for one, of which this person saw what was pending: `revision` is its `mark`.

    Raises:
        StaleError: `stale`, when somebody else has decided since.
        DomainError: `decision.unknown_outcome`.
    """
    if outcome is not None and outcome not in OUTCOMES:
        raise DomainError("decision.unknown_outcome", field="act")
    rows = _decidable(db, actor, conference, Submission.code == code)
    if any(mark(pending) != revision for _submission, pending in rows):
        raise StaleError("stale")
    wanted = {submission.id: outcome for submission, _pending in rows}
    return _change_many(db, actor, conference, rows, wanted, outcome or "", now)


def set_each(
    db: Session,
    actor: Actor,
    conference: Conference,
    *,
    outcomes: Mapping[int, str | None],
    now: datetime,
) -> Changed:
    """`set_many` with an outcome for each submission, by its id: one change, and one undo.

    Raises:
        DomainError: `decision.unknown_outcome`.
    """
    if not set(outcomes.values()) <= {None, *OUTCOMES}:
        raise DomainError("decision.unknown_outcome")
    rows = _decidable(db, actor, conference, Submission.id.in_(outcomes))
    return _change_many(db, actor, conference, rows, outcomes, SEVERAL, now)


def _change_many(
    db: Session,
    actor: Actor,
    conference: Conference,
    rows: Sequence[tuple[Submission, PendingDecision | None]],
    wanted: Mapping[int, str | None],
    name: str,
    now: datetime,
) -> Changed:
    changes, left_out = [], []
    for submission, pending in rows:
        outcome = wanted[submission.id]
        merges = pending is not None and pending.into_id is not None
        if (pending.outcome if pending else None) == outcome and not merges:
            continue
        if outcome is not None and not _without_note(submission, outcome):
            left_out.append(submission.code)
            continue
        values = None if outcome is None else _plain(submission, outcome)
        changes.append(_Change(submission, pending, values))
    previous = {str(one.submission.id): one.was for one in changes}
    after = _replace_all(db, actor, conference, changes, now)
    if previous:
        left = dict(zip(previous, map(mark, after), strict=True))
        _remember(db, actor, conference, name, previous, left, now)
    return Changed(len(previous), tuple(left_out))


def undo(
    db: Session, actor: Actor, conference: Conference, *, batch_id: int, now: datetime
) -> Changed:
    """Bring back what a bulk change of one's own replaced; what has changed since stays.

    Raises:
        NotNowError: `decision.nothing_to_undo`.
    """
    batch = db.get(DecisionBatch, batch_id)
    if batch is None or (batch.conference_id, batch.by_id) != (conference.id, actor.person_id):
        raise NotNowError("decision.nothing_to_undo")
    ids, changes, left_out = [int(key) for key in batch.previous], [], []
    for submission, pending in _decidable(db, actor, conference, Submission.id.in_(ids)):
        if mark(pending) != batch.left[str(submission.id)]:
            left_out.append(submission.code)
            continue
        values = batch.previous[str(submission.id)]
        if values is not None and not can_become(submission.state, values["outcome"]):
            left_out.append(submission.code)
            continue
        changes.append(_Change(submission, pending, values))
    _replace_all(db, actor, conference, changes, now)
    db.delete(batch)
    db.flush()
    return Changed(len(changes), tuple(left_out))


def set_capacities(
    db: Session,
    actor: Actor,
    conference: Conference,
    *,
    minutes: Mapping[str, int | None],
    now: datetime,
) -> None:
    """Set the minutes there are to fill, by `rules.capacity_key`; None for "not limited".

    Raises:
        DomainError: `decision.bad_capacity`.
    """
    known = {capacity_key("all")}
    for model, kind in ((SubmissionType, "type"), (Track, "track")):
        ids = db.scalars(select(model.id).where(model.conference_id == conference.id))
        known.update(capacity_key(kind, id_) for id_ in ids)
    known.update(map(day_key, days_of(conference)))
    kept = {key: value for key, value in minutes.items() if value is not None}
    for key, value in kept.items():
        if key not in known or not 0 < value <= CAPACITY_LIMIT:
            raise DomainError("decision.bad_capacity", field=key, limit=CAPACITY_LIMIT)
    before, conference.capacities = dict(conference.capacities), kept
    audit.of_conference(
        db,
        actor,
        "conference.capacities",
        conference,
        now=now,
        detail={"minutes": kept.get("all")},
        before=before,
        after=kept,
    )


def _check_outcome(submission: Submission, outcome: str) -> None:
    if not can_become(submission.state, outcome):
        raise DomainError("decision.not_from_here", field="outcome")


def _check_type(db: Session, conference: Conference, submission: Submission, type_id: int) -> None:
    found = db.get(SubmissionType, type_id)
    if found is None or found.conference_id != conference.id:
        raise DomainError("decision.unknown_type", field="type_id")
    if found.archived and type_id != submission.type_id:
        raise DomainError("decision.unknown_type", field="type_id")


def _without_note(submission: Submission, outcome: str) -> bool:
    return can_become(submission.state, outcome) and not needs_explanation(submission.state)


def _plain(submission: Submission, outcome: str) -> Columns:
    type_id = submission.type_id if outcome == "accept" else None
    return {"outcome": outcome, "type_id": type_id, "minutes": None, "note": "", "into_id": None}


def _columns(pending: PendingDecision | None) -> Columns | None:
    if pending is None:
        return None
    return {
        "outcome": pending.outcome,
        "type_id": pending.type_id,
        "minutes": pending.minutes,
        "note": pending.note,
        "into_id": pending.into_id,
    }


def _decidable(
    db: Session, actor: Actor, conference: Conference, which: ColumnElement[bool]
) -> list[tuple[Submission, PendingDecision | None]]:
    """The submissions among `which` that this person decides in, with what is pending there.

    Their rows are locked, so of two people who decide at once one waits for the other.
    """
    rows = db.execute(
        select(Submission, PendingDecision)
        .outerjoin(PendingDecision, PendingDecision.submission_id == Submission.id)
        .where(which, may(actor, Action.DECIDE_ONE, conference))
        .order_by(Submission.id)
        .with_for_update(of=Submission)
        .execution_options(populate_existing=True)
    )
    return [(row[0], row[1]) for row in rows]


@dataclass
class _Change:
    """One pending decision to be set to `values`, or (None) to be cleared."""

    submission: Submission
    before: PendingDecision | None
    values: Columns | None

    def __post_init__(self) -> None:
        self.was = _columns(self.before)

    def logged(self) -> audit.Change:
        was, values = self.was, self.values
        return audit.Change(
            f"submission:{self.submission.code}",
            self.submission.id,
            {"from": was["outcome"] if was else "", "to": values["outcome"] if values else ""},
            before=was,
            after=values,
        )


def _replace_all(
    db: Session,
    actor: Actor,
    conference: Conference,
    changes: Sequence[_Change],
    now: datetime,
) -> list[PendingDecision | None]:
    """Insert, change or delete the rows, and say so in the log."""
    for one in changes:
        if one.values is None and one.before is not None:
            db.delete(one.before)
    after = [_row(one, actor, now) for one in changes]
    _store(db, [row for row in after if row is not None])
    logged = [one.logged() for one in changes if one.was != one.values]
    if logged:
        here, action = conference.id, "decision.pending"
        audit.record_many(db, actor, action, logged, now=now, conference_id=here)
    return after


def _row(change: _Change, actor: Actor, now: datetime) -> PendingDecision | None:
    if change.values is None:
        return None
    row = change.before or PendingDecision(
        conference_id=change.submission.conference_id, submission_id=change.submission.id
    )
    for name, value in change.values.items():
        setattr(row, name, value)
    row.by_id, row.at = actor.person_id, now
    return row


def _store(db: Session, rows: Sequence[PendingDecision]) -> None:
    """Two people who decide for the first time at once: the later one is told."""
    db.flush()
    try:
        with db.begin_nested():
            db.add_all(rows)
            db.flush()
    except IntegrityError as error:
        raise StaleError("stale") from error


def _remember(
    db: Session,
    actor: Actor,
    conference: Conference,
    outcome: str,
    previous: Mapping[str, Any],
    left: Mapping[str, str],
    now: datetime,
) -> None:
    """Keep this batch for its undo, in place of the person's last."""
    db.execute(
        delete(DecisionBatch).where(
            DecisionBatch.conference_id == conference.id, DecisionBatch.by_id == actor.person_id
        )
    )
    db.add(
        DecisionBatch(
            conference_id=conference.id,
            by_id=actor.person_id,
            at=now,
            outcome=outcome,
            size=len(previous),
            previous=dict(previous),
            left=dict(left),
        )
    )
    db.flush()
