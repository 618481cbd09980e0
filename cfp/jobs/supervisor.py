"""Starts jobs as child processes, keeps their claims alive, and ends those that must end."""

import logging
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from cfp import clock
from cfp.config import Config
from cfp.db import open_session
from cfp.domain import jobs
from cfp.domain.accounts import upkeep
from cfp.domain.decisions import repeating
from cfp.domain.jobs import Job
from cfp.domain.persons import digests, news
from cfp.domain.program.materials import stored_names
from cfp.domain.reviews import escalation, telling
from cfp.errors import CfpError
from cfp.jobs import registry
from cfp.jobs.claims import commit, new_claim
from cfp.jobs.pace import Pace
from cfp.links import Links
from cfp.paths import PROGRAM

TIMED_OUT = "job.timed_out"
log = logging.getLogger(__name__)


@dataclass
class _Run:
    job: Job
    claim: str
    process: subprocess.Popen[bytes]
    ends_at: float
    renew_at: float
    timed_out: bool = False

    def kill(self) -> None:
        """End the child and whatever it has started: it leads a process group of its own."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


class Supervisor:
    """The jobs of one worker. `turn` is called again and again; between calls nothing happens."""

    def __init__(
        self, config: Config, engine: Engine, pace: Pace, program: Sequence[str] = PROGRAM
    ) -> None:
        self._config = config
        self._engine = engine
        self._pace = pace
        self._program = program
        self._runs: list[_Run] = []
        self._sweep_at = self._plans_at = 0.0

    @property
    def busy(self) -> bool:
        """Whether a child is running."""
        return bool(self._runs)

    def turn(self, *, start: bool = True) -> int:
        """Look after the running children, start what is due; returns how many were started."""
        for run in list(self._runs):
            self._look_after(run)
        return self._start_due() if start else 0

    def start(self, job_id: int) -> bool:
        """Claim a job and start its child; False when it is not due, or somebody was faster."""
        by, now, lease = new_claim(), clock.now(), self._pace.job_lease
        job = commit(
            self._engine, lambda db: jobs.claim(db, job_id, claimed_by=by, now=now, lease=lease)
        )
        if job is None:
            return False
        task = registry.TASKS.get(job.kind)
        seconds = task.limit.total_seconds() if task else 60.0
        began = time.monotonic()
        process = self._spawn(job_id, by)
        log.info("job %d (%s) started, try %d", job.id, job.kind, job.attempts)
        renew_at = began + self._pace.renewal
        self._runs.append(_Run(job, by, process, began + seconds, renew_at))
        return True

    def give_back(self) -> None:
        """End what is still running and let another worker start it at once."""
        for run in self._runs:
            run.kill()
            self._give_back(run)
        self._runs.clear()

    def _give_back(self, run: _Run) -> None:
        id_, by, now = run.job.id, run.claim, clock.now()
        commit(self._engine, lambda db: jobs.give_back(db, id_, claimed_by=by, now=now))

    def _start_due(self) -> int:
        self._follow_plans()
        now = clock.now()
        free = self._pace.children - len(self._runs)
        if free <= 0:
            return 0
        with open_session(self._engine, writes=False) as db:
            untidy = jobs.needs_sweep(db, now=now)
            overdue = upkeep.needs_purge(db, now=now)
            ids = jobs.due_ids(db, now=now, limit=free)
        if untidy:
            commit(self._engine, lambda db: jobs.sweep(db, now=now))
        if overdue:
            commit(self._engine, lambda db: upkeep.purge(db, now=now))
        if time.monotonic() >= self._sweep_at:
            self._sweep_at = time.monotonic() + self._pace.file_sweep
            self._sweep_files()
        return sum(self.start(job_id) for job_id in ids)

    def _follow_plans(self) -> None:
        """Reminders, hand-overs, news and daily mails whose moment has come: each on its own."""
        if time.monotonic() < self._plans_at:
            return
        self._plans_at = time.monotonic() + self._pace.plan_sweep
        now, links = clock.now(), Links(self._config.base_url)
        with open_session(self._engine, writes=False) as db:
            due: Mapping[Callable[..., object], tuple[str, Sequence[int]]] = {
                telling.tell: ("submission_id", telling.due_submissions(db, now=now)),
                news.tell: ("choice_id", news.due_choices(db, now=now)),
                escalation.act: ("conference_id", escalation.due_conferences(db, now=now)),
                digests.send: ("person_id", digests.due_people(db, now=now)),
                repeating.remind_again: ("conference_id", repeating.due_conferences(db, now=now)),
            }
        for act, (name, ids) in due.items():
            for id_ in ids:
                self._follow(partial(act, links=links, now=now, **{name: id_}))

    def _follow(self, act: Callable[[Session], object]) -> None:
        try:
            commit(self._engine, act)
        except CfpError:
            log.exception("%s could not be done", act)

    def _sweep_files(self) -> None:
        """Remove uploaded files that no row names: taken away, or of a request that failed."""
        uploads = self._config.uploads
        if not uploads.strays():
            return
        with open_session(self._engine, writes=False) as db:
            known = stored_names(db)
        count = uploads.sweep(known)
        if count:
            log.info("%d uploaded files that nothing names are removed", count)

    def _spawn(self, job_id: int, claim: str) -> subprocess.Popen[bytes]:
        options = ("--claim", claim, "--parent", str(os.getpid()))
        return subprocess.Popen(  # noqa: S603 - our own program, no shell
            [*self._program, "job", "run", str(job_id), *options],
            env=self._config.for_child(),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )

    def _look_after(self, run: _Run) -> None:
        now = time.monotonic()
        if run.process.poll() is not None:
            self._settle(run)
        elif now >= run.ends_at:
            run.timed_out = True
            run.kill()
            self._settle(run)
        elif now >= run.renew_at:
            run.renew_at = now + self._pace.renewal
            if not self._renew(run):
                log.info("job %d was canceled or taken over", run.job.id)
                run.kill()

    def _renew(self, run: _Run) -> bool:
        id_, by, now, lease = run.job.id, run.claim, clock.now(), self._pace.job_lease
        return commit(
            self._engine, lambda db: jobs.renew(db, id_, claimed_by=by, now=now, lease=lease)
        )

    def _settle(self, run: _Run) -> None:
        """The child is gone. If it has not said how its job ended, say it; then forget the run."""
        left = commit(self._engine, lambda db: self._close(db, run))
        if left:
            status = run.process.returncode
            log.warning("job %d ended without a result, status %d", run.job.id, status)
        self._runs.remove(run)

    def _close(self, db: Session, run: _Run) -> bool:
        by, now = run.claim, clock.now()
        if run.timed_out:
            return jobs.fail(db, run.job.id, claimed_by=by, error=TIMED_OUT, now=now)
        return jobs.requeue(db, run.job, claimed_by=by, now=now, wait=self._pace.crash_wait)
