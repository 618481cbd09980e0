"""What a task is given: its job's facts, and the only ways to the database."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from cfp import clock
from cfp.actors import Actor
from cfp.db import open_session
from cfp.domain import jobs
from cfp.domain.jobs import Job
from cfp.errors import CfpError
from cfp.jobs.claims import commit

SECONDS_BETWEEN_REPORTS = 0.5


class ClaimLostError(CfpError):
    """The job was canceled, or another worker has taken it over: this run's work is void."""


class JobContext:
    """One run of one job.

    Attributes:
        actor: who asked for the job, for the audit log; without roles, it was checked when asked.
        parameters: as enqueued.
    """

    def __init__(self, engine: Engine, job: Job, claimed_by: str) -> None:
        self.job_id = job.id
        self.conference_id = job.conference_id
        self.submission_id = job.submission_id
        self.parameters: Mapping[str, Any] = job.parameters
        self.actor = Actor(person_id=job.requested_by_id)
        self._engine = engine
        self._claimed_by = claimed_by
        self._storing: Session | None = None
        self._next_report = 0.0

    def now(self) -> datetime:
        return clock.now()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session to read with. Leave it before computing: an open one holds a transaction."""
        with open_session(self._engine, writes=False) as db:
            yield db

    def report(self, share: float) -> None:
        """Store how far the work is, 0 to 1; call it as often as you like.

        Raises:
            ClaimLostError: let it pass, nobody waits for the result any more.
        """
        if self._storing is not None or time.monotonic() < self._next_report:
            return
        self._next_report = time.monotonic() + SECONDS_BETWEEN_REPORTS
        id_, by = self.job_id, self._claimed_by
        if not commit(self._engine, lambda db: jobs.report(db, id_, claimed_by=by, share=share)):
            raise ClaimLostError("job.claim_lost")

    def storing(self) -> Session:
        """The session to write the outcome with, at the end of the work and without committing.

        It is committed together with the job's result or not at all, so a job that is run again
        stores its outcome once. On SQLite it holds the write lock: compute before, not after.

        Raises:
            ClaimLostError: let it pass, nobody waits for the result any more.
        """
        if self._storing is None:
            self._storing = open_session(self._engine, writes=True)
            if not jobs.lock_claim(self._storing, self.job_id, claimed_by=self._claimed_by):
                raise ClaimLostError("job.claim_lost")
        return self._storing

    def finish(self, result: Mapping[str, Any]) -> None:
        """Commit what was stored together with the result."""
        now = clock.now()
        db = self.storing()
        jobs.finish(db, self.job_id, claimed_by=self._claimed_by, result=result, now=now)
        db.commit()

    def fail(self, error: str, data: Mapping[str, object] | None = None) -> None:
        """Drop what was stored and note why there is no result."""
        self.close()
        plain = json.loads(json.dumps(dict(data or {}), default=str))
        id_, by, now = self.job_id, self._claimed_by, clock.now()
        commit(
            self._engine,
            lambda db: jobs.fail(db, id_, claimed_by=by, error=error, data=plain, now=now),
        )

    def close(self) -> None:
        """Roll back what was not finished."""
        if self._storing is not None:
            self._storing.close()
            self._storing = None
