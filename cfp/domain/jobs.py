"""Long work as rows, written with the change that asks for it; `cfp.jobs` runs them.

A running job is on a lease: its worker renews `claimed_until` while it lives, and when that has
passed, any worker may start the job again. Whatever a run writes names its claim, so a run that
was only slow cannot store a result over that of its successor.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Index, and_, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from cfp import audit
from cfp.actors import Actor
from cfp.db import Base
from cfp.domain.conferences.models import Conference
from cfp.domain.submissions.models import Submission
from cfp.errors import NotNowError
from cfp.records import record

MAX_ATTEMPTS = 3
"""A job that took its process down this often is not tried again: it may do so every time."""
CRASHED = "job.crashed"
"""`error` of such a job."""


class JobState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELED = "canceled"


class Job(Base):
    """States: see `JobState`. `progress` is a share from 0 to 1; `error` a stable key."""

    __tablename__ = "job"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int | None] = mapped_column(ForeignKey("conference.id"), index=True)
    submission_id: Mapped[int | None] = mapped_column(ForeignKey("submission.id"), index=True)
    kind: Mapped[str]
    parameters: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[str] = mapped_column(default="queued")
    progress: Mapped[float] = mapped_column(default=0.0)
    result: Mapped[dict[str, Any]] = mapped_column(default=dict)
    error: Mapped[str] = mapped_column(default="")
    requested_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    due: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    claimed_by: Mapped[str | None]
    claimed_until: Mapped[datetime | None]
    created: Mapped[datetime]
    started: Mapped[datetime | None]
    finished: Mapped[datetime | None]

    __table_args__ = (Index("ix_job_due", "state", "due"),)


@record
class Move:
    """From any of `sources` to `target`."""

    sources: frozenset[JobState]
    target: JobState


def _table_row(sources: Collection[JobState], target: JobState) -> Move:
    return Move(frozenset(sources), target)


MOVES = {
    "claim": _table_row({JobState.QUEUED, JobState.RUNNING}, JobState.RUNNING),
    "finish": _table_row({JobState.RUNNING}, JobState.DONE),
    "fail": _table_row({JobState.RUNNING}, JobState.FAILED),
    "requeue": _table_row({JobState.RUNNING}, JobState.QUEUED),
    "cancel": _table_row({JobState.QUEUED, JobState.RUNNING}, JobState.CANCELED),
    "retry": _table_row({JobState.FAILED, JobState.CANCELED}, JobState.QUEUED),
}


def can(name: str, state: str) -> bool:
    """Whether a job in this state can make the move; asked by pages and by actions alike."""
    return state in MOVES[name].sources


def enqueue(
    db: Session,
    actor: Actor,
    *,
    kind: str,
    parameters: Mapping[str, Any],
    conference: Conference | None,
    now: datetime,
    due: datetime | None = None,
    submission: Submission | None = None,
) -> Job:
    """Ask for work, in the transaction of the change that causes it; done at `due`, or at once."""
    job = Job(
        kind=kind,
        parameters=dict(parameters),
        conference_id=conference.id if conference else None,
        submission_id=submission.id if submission else None,
        requested_by_id=actor.person_id,
        due=due or now,
        created=now,
    )
    db.add(job)
    db.flush()
    return job


def cancel(db: Session, actor: Actor, *, job: Job, now: datetime) -> None:
    """Take a job back; a running one is ended by its worker. Raises NotNowError when it is over."""
    _change(db, actor, "cancel", job, now, finished=now)


def retry(db: Session, actor: Actor, *, job: Job, now: datetime) -> None:
    """Run a failed or canceled job again with fresh tries. Raises NotNowError in other states."""
    fresh = {"due": now, "attempts": 0, "error": "", "claimed_by": None, "claimed_until": None}
    _change(db, actor, "retry", job, now, progress=0.0, finished=None, **fresh)


def due_ids(db: Session, *, now: datetime, limit: int) -> list[int]:
    """Jobs that can be claimed now, oldest first."""
    query = select(Job.id).where(_due(now), Job.attempts < MAX_ATTEMPTS)
    return list(db.scalars(query.order_by(Job.due, Job.id).limit(limit)))


def claim(
    db: Session, job_id: int, *, claimed_by: str, now: datetime, lease: timedelta
) -> Job | None:
    """Take a due job for `lease`; None when somebody else was faster or it was canceled."""
    moved = _move(
        db,
        "claim",
        Job.id == job_id,
        _due(now),
        claimed_by=claimed_by,
        claimed_until=now + lease,
        attempts=Job.attempts + 1,
        progress=0.0,
        started=now,
    )
    return db.get(Job, job_id, populate_existing=True) if moved else None


def renew(db: Session, job_id: int, *, claimed_by: str, now: datetime, lease: timedelta) -> bool:
    """Keep the claim. False: the job was canceled or taken over, and its run must end."""
    return _update(db, _running(job_id, claimed_by), claimed_until=now + lease)


def report(db: Session, job_id: int, *, claimed_by: str, share: float) -> bool:
    """Store the progress, from 0 to 1. False as in `renew`."""
    return _update(db, _running(job_id, claimed_by), progress=min(max(share, 0.0), 1.0))


def lock_claim(db: Session, job_id: int, *, claimed_by: str) -> bool:
    """Hold the job's row until the end of the transaction. False as in `renew`."""
    return _update(db, _running(job_id, claimed_by), claimed_by=claimed_by)


def finish(
    db: Session, job_id: int, *, claimed_by: str, result: Mapping[str, Any], now: datetime
) -> bool:
    """Done. False as in `renew`: the caller must then roll back what the run wrote."""
    where = _running(job_id, claimed_by)
    values = {"result": dict(result), "progress": 1.0, "finished": now, "claimed_until": None}
    return bool(_move(db, "finish", where, error="", **values))


def fail(
    db: Session,
    job_id: int,
    *,
    claimed_by: str,
    error: str,
    now: datetime,
    data: Mapping[str, Any] | None = None,
) -> bool:
    """Ended without a result. `error` is a stable key, `data` its details for the page."""
    where = _running(job_id, claimed_by)
    values = {"result": dict(data or {}), "finished": now, "claimed_until": None}
    return bool(_move(db, "fail", where, error=error, **values))


def requeue(db: Session, job: Job, *, claimed_by: str, now: datetime, wait: timedelta) -> bool:
    """Its process died: again after `wait`, or failed when that happened too often."""
    if job.attempts >= MAX_ATTEMPTS:
        return fail(db, job.id, claimed_by=claimed_by, error=CRASHED, now=now)
    where = _running(job.id, claimed_by)
    values = {"due": now + wait, "claimed_by": None, "claimed_until": None}
    return bool(_move(db, "requeue", where, **values))


def give_back(db: Session, job_id: int, *, claimed_by: str, now: datetime) -> bool:
    """The worker stops: somebody else may start the job at once, and this try does not count."""
    where = _running(job_id, claimed_by)
    values = {"due": now, "claimed_by": None, "claimed_until": None, "progress": 0.0}
    return bool(_move(db, "requeue", where, attempts=Job.attempts - 1, **values))


def needs_sweep(db: Session, *, now: datetime) -> bool:
    """Whether `sweep` has something to do; a plain read, so idle workers take no write lock."""
    return db.scalar(select(Job.id).where(_worn_out(now)).limit(1)) is not None


def sweep(db: Session, *, now: datetime) -> int:
    """Fail the jobs whose workers never came back, as often as that is tried."""
    return len(_move(db, "fail", _worn_out(now), error=CRASHED, finished=now, claimed_until=None))


def _due(now: datetime) -> ColumnElement[bool]:
    waiting = and_(Job.state == JobState.QUEUED, Job.due <= now)
    abandoned = and_(Job.state == JobState.RUNNING, Job.claimed_until <= now)
    return or_(waiting, abandoned)


def _worn_out(now: datetime) -> ColumnElement[bool]:
    lapsed = and_(Job.state == JobState.RUNNING, Job.claimed_until <= now)
    return and_(lapsed, Job.attempts >= MAX_ATTEMPTS)


def _running(job_id: int, claimed_by: str) -> ColumnElement[bool]:
    return and_(Job.id == job_id, Job.claimed_by == claimed_by, Job.state == JobState.RUNNING)


def _move(db: Session, name: str, *where: ColumnElement[bool], **values: Any) -> list[int]:
    """One conditional UPDATE, so of several workers and chairs at once exactly one succeeds."""
    chosen = MOVES[name]
    allowed = Job.state.in_(sorted(chosen.sources))
    statement = update(Job).where(allowed, *where).values(state=chosen.target, **values)
    options = {"synchronize_session": False}
    return list(db.scalars(statement.returning(Job.id).execution_options(**options)))


def _update(db: Session, where: ColumnElement[bool], **values: Any) -> bool:
    statement = update(Job).where(where).values(**values).returning(Job.id)
    options = {"synchronize_session": False}
    return db.scalar(statement.execution_options(**options)) is not None


def _change(db: Session, actor: Actor, name: str, job: Job, now: datetime, **values: Any) -> None:
    db.flush()
    if not _move(db, name, Job.id == job.id, **values):
        raise NotNowError("job.state_moved_on", state=job.state)
    before = job.state
    db.refresh(job)
    audit.record(
        db,
        actor,
        f"job.{name}",
        f"job:{job.id}",
        now=now,
        conference_id=job.conference_id,
        submission_id=job.submission_id,
        detail={"kind": job.kind, "from": before, "to": job.state},
    )
