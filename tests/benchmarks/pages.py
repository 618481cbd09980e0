"""Processor time and statements of each page on a large conference.

What is printed is the processor time of this process over some requests: the least, which is what
the page needs, and the median, which has in it what else the machine did meanwhile. Beside it
stands a constant page of the same application measured in the same run: compare the ratio, not the
milliseconds of another machine. On PostgreSQL the server's own time is not in it, and so the least
time from question to answer is printed too.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from cfp import clock
from cfp.app import create_app, settle
from cfp.config import Config
from cfp.db import make_engine, open_session
from cfp.domain.conferences.models import Conference
from cfp.migrate import upgrade
from tests.benchmarks.large import SUBMISSIONS, Large, build
from tests.support import postgres
from tests.support.calibrating import calibrate
from tests.support.statements import counted
from tests.support.visitor import Page as ReadPage

REPEATS = 15


@dataclass(frozen=True)
class Page:
    """What is asked for, by whom, and the milliseconds it may take."""

    kind: str
    who: str | None
    path: str
    bar: float | None


PAGES = (
    Page("constant page", None, "/healthz", None),
    Page("list", "chair", "/{slug}/chair/submissions/", 30),
    Page("list", "chair", "/{slug}/chair/submissions/?q=tunnel&sort=-mean", 30),
    Page("list", "chair", "/{slug}/chair/decisions/", 30),
    Page("board", "chair", "/{slug}/chair/decisions/?view=board", 30),
    Page("list", "chair", "/{slug}/chair/reviews/", 30),
    Page("list", "chair", "/{slug}/chair/reviews/reviewers", 30),
    Page("list", "chair", "/{slug}/chair/people/", 30),
    Page("list", "chair", "/{slug}/chair/messages/", 30),
    Page("list", "chair", "/{slug}/chair/log/", 30),
    Page("list", "reviewer", "/{slug}/reviews/", 30),
    Page("list", "speaker", "/{slug}/submissions/", 30),
    Page("detail", "chair", "/{slug}/chair/", 20),
    Page("detail", "chair", "/{slug}/chair/submissions/{code}/", 20),
    Page("detail", "chair", "/{slug}/chair/decisions/{code}/", 20),
    Page("detail", "chair", "/{slug}/chair/program/", 20),
    Page("detail", "reviewer", "/{slug}/reviews/{code}/", 20),
    Page("detail", "speaker", "/{slug}/submissions/{code}/", 20),
    Page("public", None, "/{slug}/program/", 2),
    Page("public", None, "/{slug}/program/schedule.ics", 2),
    Page("public, 304", None, "/{slug}/program/", 2),
)
ADJUSTED = (
    Page("list, adjusted", "chair", "/{slug}/chair/decisions/", 30),
    Page("list, adjusted", "chair", "/{slug}/chair/decisions/?sort=-calibrated", 30),
    Page("board, adjusted", "chair", "/{slug}/chair/decisions/?view=board", 30),
    Page("list, adjusted", "chair", "/{slug}/chair/decisions/sure", 30),
    Page("list, adjusted", "chair", "/{slug}/chair/reviews/reviewers", 30),
)
"""Measured last, with calibrated scores beside the means."""


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("--repeats", type=int, default=REPEATS, help="requests of each page")
    return parser.parse_args(arguments)


def main(options: argparse.Namespace) -> int:
    """Measure on each kind of database and print a table for each."""
    with databases() as found:
        for name, url, folder in found:
            measure_all(name, url, folder, options.repeats)
    return 0


@contextmanager
def databases() -> Iterator[list[tuple[str, str, Path]]]:
    """Fresh databases: a file, and a cluster of our own where PostgreSQL is installed."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        found = [("SQLite", f"sqlite:///{folder / 'large.sqlite3'}", folder)]
        programs = postgres.binaries()
        if programs is None:
            print("PostgreSQL is not installed: measured on SQLite only")
            yield found
            return
        with postgres.cluster(programs) as cluster:
            yield [*found, ("PostgreSQL", cluster.create("large"), folder)]


def measure_all(name: str, url: str, folder: Path, repeats: int) -> None:
    with application(url, folder) as (app, engine):
        with open_session(engine, writes=True) as db:
            large = build(db)
        analyze(engine)
        print(f"\n{name}: {HEAD}")
        constant = None
        for page in (*PAGES, *ADJUSTED):
            if page is ADJUSTED[0]:
                adjust(engine, large)
            took = measure(app, large, page, repeats)
            constant = constant or took.least
            bar = f"{page.bar:5.0f}" if page.bar else "    -"
            row = f"{page.kind:15} {page.path:46} {took.least:7.1f} {took.median:7.1f} {bar}"
            said = "" if took.status in {200, 304} else str(took.status)
            row += f" {took.wall:7.1f} {took.least / constant:11.1f}"
            print(f"{row} {took.statements:11} {said}")
        least, median = measure_save(app, large, repeats)
        print(f"{'review save':62} {least:7.1f} {median:7.1f}    15")


HEAD = (
    f"{'page':54} {'least':>7} {'median':>7} {'bar':>5} {'wall':>7} "
    f"{'x constant':>11} {'statements':>11}"
)


@contextmanager
def application(url: str, folder: Path) -> Iterator[tuple[Flask, Engine]]:
    """The application on a new database, settled as a server is, and an engine to fill it by."""
    engine = make_engine(url)
    upgrade(engine)
    environment = {"CFP_INSTANCE": str(folder), "CFP_DATABASE_URL": url}
    app = create_app(Config.from_env({**environment, "CFP_BASE_URL": "http://localhost"}))
    settle()
    yield app, engine
    app.extensions["cfp"].engine.dispose()
    engine.dispose()


def analyze(engine: Engine) -> None:
    """Let the database count what it holds, as it does by itself in a database that is used."""
    with engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()


def adjust(engine: Engine, large: Large) -> None:
    """Compute the calibration and let it be shown."""
    with open_session(engine, writes=True) as db:
        conference = db.query(Conference).filter_by(slug=large.slug).one()
        conference.adjusts_scores, conference.accept_count = True, SUBMISSIONS // 4
        calibrate(db, conference, clock.now())
        db.commit()
    analyze(engine)


class Measured(NamedTuple):
    """Milliseconds of processor time and of the clock, statements, status of the last answer."""

    least: float
    median: float
    wall: float
    statements: int
    status: int


def measure(app: Flask, large: Large, page: Page, repeats: int) -> Measured:
    """Ask for a page so often, after it has been asked for twice."""
    client = _client(app, large, page.who)
    path = page.path.format(slug=large.slug, code=large.code)
    answer = client.get(path)
    headers = {"If-None-Match": answer.headers.get("ETag", "")} if "304" in page.kind else {}
    engine: Engine = app.extensions["cfp"].engine
    client.get(path, headers=headers)
    with counted(engine) as statements:
        answer = client.get(path, headers=headers)
    times, walls = [], []
    for _ in range(repeats):
        start, began = time.process_time(), time.perf_counter()
        client.get(path, headers=headers)
        times.append((time.process_time() - start) * 1000)
        walls.append((time.perf_counter() - began) * 1000)
    least, median = min(times), statistics.median(times)
    return Measured(least, median, min(walls), len(statements), answer.status_code)


def measure_save(app: Flask, large: Large, repeats: int) -> tuple[float, float]:
    """A submitted review saved again, through its form: the least and the median."""
    client = _client(app, large, "reviewer")
    path = f"/{large.slug}/reviews/{large.code}/"
    times = []
    for number in range(repeats):
        page = ReadPage(path, client.get(path))
        data = {**dict(page.form("committee_text").fields), "committee_text": f"Text {number}"}
        start = time.process_time()
        answer = client.post(path, data={**data, "submit": "1"})
        times.append((time.process_time() - start) * 1000)
        assert answer.status_code == 303, answer.text
    return min(times), statistics.median(times)


def _client(app: Flask, large: Large, who: str | None) -> FlaskClient:
    client = app.test_client()
    if who is not None:
        client.set_cookie("cfp", large.cookies[who])
    return client
