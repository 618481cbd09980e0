"""A conference, the settings and the workers of the tests of outbox and jobs."""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from cfp.config import Config
from cfp.domain.conferences.models import Conference
from tests.support.server import Process, start
from tests.support.trial_worker import MAIN

NOW = datetime.now(UTC)


def config_for(instance: Path, url: str, settings: Mapping[str, str] | None = None) -> Config:
    environ = {
        "CFP_INSTANCE": str(instance),
        "CFP_DATABASE_URL": url,
        "CFP_MAIL_TIMEOUT_SECONDS": "1",
        "CFP_MAIL_FROM": "Talks <cfp@example.org>",
        "CFP_WORKER_POLL_SECONDS": "0.05",
    }
    return Config.from_env(environ | dict(settings or {}))


def make_conference(db: Session) -> Conference:
    conference = Conference(
        slug="winter",
        name="Winter Conference",
        zone="Europe/Prague",
        start_date=date(2031, 1, 10),
        end_date=date(2031, 1, 11),
        contact="chairs@winter.example",
        created=NOW,
        deadline=NOW + timedelta(days=30),
        deadline_zone="Etc/GMT+12",
    )
    db.add(conference)
    db.flush()
    return conference


@contextmanager
def a_worker(config: Config, log: str = "worker") -> Iterator[Process]:
    """A worker process of its own; stopped at the end unless the test ended it."""
    instance, path = config.instance, config.instance / f"{log}.log"
    settings = {k: v for k, v in config.for_child().items() if k.startswith("CFP_")}
    arguments = ("worker", "--parent", str(os.getpid()))
    started = start(MAIN, *arguments, instance=instance, settings=settings, log=path)
    try:
        yield started
    finally:
        if started.process.poll() is None:
            started.stop()


def wait_for(happened: Callable[[], bool], *processes: Process, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > end:
            logs = "\n".join(process.output() for process in processes)
            raise AssertionError(f"did not happen within {seconds} s; the workers said:\n{logs}")
        time.sleep(0.05)
