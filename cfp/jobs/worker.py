"""The worker: `cfp worker`, or the child that `cfp serve` keeps. Sends mail and runs jobs."""

import logging
import os
import select
import signal
import threading
import time
from collections.abc import Callable, Sequence

from sqlalchemy import Engine

from cfp.config import Config
from cfp.db import make_engine
from cfp.domain import models as _every_table  # noqa: F401 - foreign keys need all of them
from cfp.jobs import outbox
from cfp.jobs.outbox import Drained
from cfp.jobs.pace import Pace
from cfp.jobs.supervisor import Supervisor
from cfp.paths import PROGRAM
from cfp.records import record

_WATCH_SECONDS = 0.2
_PAUSE_AFTER_ERROR = 5.0
log = logging.getLogger(__name__)


class _Stop:
    """The wish to stop, as a pipe: a signal handler may write to it, and every wait sees it.

    (`threading.Event.set` in a signal handler can wait for a lock that its own thread holds.)
    """

    def __init__(self) -> None:
        self._out, self._in = os.pipe()

    def ask(self, *_signal: object) -> None:
        os.write(self._in, b"x")

    def wait(self, seconds: float) -> bool:
        """Sleep, or less when stopping is asked for; returns whether it is."""
        return bool(select.select([self._out], [], [], seconds)[0])

    def asked(self) -> bool:
        return self.wait(0)

    def close(self) -> None:
        os.close(self._out)
        os.close(self._in)


def run(
    config: Config,
    *,
    pace: Pace | None = None,
    parent: int | None = None,
    program: Sequence[str] = PROGRAM,
) -> None:
    """Work until SIGTERM or SIGINT, or until `parent` is no longer the parent of this process.

    Then the mail in hand is finished, and running jobs get `pace.stop_grace` seconds before they
    go back into the queue. `program` is the command whose `job run` starts a child.
    """
    pace = pace or Pace()
    stop = _Stop()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop.ask)
    engine = make_engine(config.database_url)
    mail = threading.Thread(target=_deliver, args=(config, engine, pace, stop), name="mail")
    mail.start()
    supervisor = Supervisor(config, engine, pace, program)
    _supervise(config, supervisor, stop, parent)
    _wind_down(supervisor, pace)
    mail.join()
    engine.dispose()
    stop.close()


@record
class Work:
    """What `run_due_once` did. `failed`: messages refused, postponed or uncertain."""

    sent: int = 0
    failed: int = 0
    jobs: int = 0


def run_due_once(
    config: Config, *, pace: Pace | None = None, program: Sequence[str] = PROGRAM
) -> Work:
    """Do everything that is due now, and what comes due by it, then return."""
    pace = pace or Pace()
    engine = make_engine(config.database_url)
    supervisor = Supervisor(config, engine, pace, program)
    work = Work()
    try:
        while True:
            mail = outbox.send_due(config, engine, pace)
            started = _run_jobs(supervisor)
            work = Work(work.sent + mail.sent, work.failed + mail.failed, work.jobs + started)
            if not (mail.sent or started):
                return work
    finally:
        supervisor.give_back()
        engine.dispose()


def run_one(
    config: Config, job_id: int, *, pace: Pace | None = None, program: Sequence[str] = PROGRAM
) -> bool:
    """Run one job that is due, as a worker would, and wait. False when it was not to be had."""
    engine = make_engine(config.database_url)
    supervisor = Supervisor(config, engine, pace or Pace(), program)
    try:
        started = supervisor.start(job_id)
        while supervisor.busy:
            time.sleep(_WATCH_SECONDS / 4)
            supervisor.turn(start=False)
        return started
    finally:
        supervisor.give_back()
        engine.dispose()


def _run_jobs(supervisor: Supervisor) -> int:
    started = supervisor.turn()
    while supervisor.busy:
        time.sleep(_WATCH_SECONDS / 4)
        started += supervisor.turn()
    return started


def _supervise(config: Config, supervisor: Supervisor, stop: _Stop, parent: int | None) -> None:
    seconds = 0.0
    while not stop.wait(seconds):
        seconds = _WATCH_SECONDS if supervisor.busy else config.worker_poll_seconds
        if parent is not None and os.getppid() != parent:
            log.info("the parent process is gone, stopping")
            stop.ask()
        elif not _guarded(supervisor.turn):
            seconds = _PAUSE_AFTER_ERROR


def _wind_down(supervisor: Supervisor, pace: Pace) -> None:
    end = time.monotonic() + pace.stop_grace
    while supervisor.busy and time.monotonic() < end:
        time.sleep(_WATCH_SECONDS)
        _guarded(lambda: supervisor.turn(start=False))
    _guarded(supervisor.give_back)


def _deliver(config: Config, engine: Engine, pace: Pace, stop: _Stop) -> None:
    drained = Drained()

    def send() -> None:
        nonlocal drained
        drained = outbox.send_due(config, engine, pace, stopping=stop.asked)

    seconds = 0.0
    while not stop.wait(seconds):
        seconds = config.worker_poll_seconds
        if not _guarded(send):
            seconds = _PAUSE_AFTER_ERROR
        elif drained.server_down:
            seconds = pace.server_pause


def _guarded(work: Callable[[], object]) -> bool:
    """Outlive a database that is away, or anything else: the leases see to what was in hand."""
    try:
        work()
    except Exception:
        log.exception("the worker goes on after an error")
        return False
    return True
