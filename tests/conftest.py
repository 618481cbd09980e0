"""Fixtures of every kind of test: a database of each kind, mail, the application, the server.

What they are made of is in `tests/support`; the browser's are in `tests/browser`.
"""

import gc
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings
from sqlalchemy import Dialect, Engine, event
from sqlalchemy.orm import Session
from sqlalchemy.util import LRUCache
from werkzeug.test import TestResponse

from cfp import clock
from cfp.app import Runtime, bind, create_app
from cfp.config import Config
from cfp.db import make_engine, open_session
from cfp.domain.accounts.models import Person
from cfp.migrate import upgrade
from tests.factories import make_login
from tests.support import postgres as pg
from tests.support import smtp
from tests.support.need import missing
from tests.support.server import Server, serving, working
from tests.support.visitor import Visitor
from tests.support.working import Work, work_on


def pytest_configure(config: pytest.Config) -> None:
    def interrupted(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    # A CI job that runs out of time gets SIGTERM; as an interrupt it still runs the finalizers
    # that end the PostgreSQL cluster, the servers and the browser.
    signal.signal(signal.SIGTERM, interrupted)
    # Hundreds of processes are started, the workers of this run among them; without bytecode each
    # would compile every module anew.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    # How long an example takes on a busy machine proves nothing. (The CI profile says so too.)
    if settings.get_current_profile_name() == "default":
        settings.register_profile("unhurried", deadline=None)
        settings.load_profile("unhurried")


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: tests wait for other processes, for mail and for leases."""
    return len(os.sched_getaffinity(0)) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark by what is used, so that nobody forgets; what needs a browser last.

    Last, because Playwright keeps an event loop running in the main thread, in which other tests
    could not start their own. Of these the longest first: a worker that came to them at the end
    would be alone with them.
    """
    longest = ("test_deciding_browser.py", "test_pages.py")
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
    items.sort(
        key=lambda item: (
            item.get_closest_marker("browser") is not None,
            item.path.name not in longest,
        )
    )


def pytest_collection_finish() -> None:
    """What is imported and collected stays to the end: no garbage collection need look at it.

    Nor is there a need to look for garbage a dozen times in each test; that took a twentieth.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.fixture(scope="session")
def postgres() -> Iterator[pg.Cluster]:
    programs = pg.binaries()
    if programs is None:
        missing("postgres", "no PostgreSQL binaries in /usr/lib/postgresql or on the PATH")
    with pg.cluster(programs) as cluster:
        yield cluster


def _migrate(url: str) -> None:
    engine = make_engine(url)
    upgrade(engine)
    engine.dispose()


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run's temporary folder, the same one for all of its workers."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with every migration and no rows, to be copied."""
    file = tmp_path_factory.mktemp("template") / "cfp.sqlite3"
    _migrate(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def postgres_databases(postgres: pg.Cluster) -> Iterator[pg.Lender]:
    """Databases with every migration and no rows."""
    _migrate(postgres.create("template_cfp"))
    lender = pg.Lender(postgres, "template_cfp")
    yield lender
    lender.close()


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    """The instance folder of a server started by the test."""
    folder = tmp_path / "instance"
    folder.mkdir()
    return folder


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, instance: Path) -> Iterator[str]:
    """A migrated, empty database of the test's own. Whatever uses it runs on both kinds."""
    if request.param == "sqlite":
        file = shutil.copy(request.getfixturevalue("sqlite_template"), instance / "cfp.sqlite3")
        yield f"sqlite:///{file}"
    else:
        with request.getfixturevalue("postgres_databases").lent() as url:
            yield url


@dataclass(frozen=True)
class _Compiled:
    """What engines of one kind of database share: a statement is compiled for its dialect."""

    dialect: Dialect
    statements: LRUCache[Any, Any] = field(default_factory=lambda: LRUCache(2_000))


_compiled: dict[str, _Compiled] = {}


def hurried(engine: Engine) -> Engine:
    """The engine, not waiting for the disk at each commit: no test switches the machine off.

    Each test has an engine of its own; what earlier ones have compiled is not compiled again.
    The servers that tests kill are processes of their own with the settings they always have.
    """
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda db, _: db.execute("PRAGMA synchronous=OFF"))
    if engine.dialect.name not in _compiled:
        engine.connect().close()  # only then does a dialect know whom it speaks to
    shared = _compiled.setdefault(engine.dialect.name, _Compiled(engine.dialect))
    engine.dialect = shared.dialect
    engine.update_execution_options(compiled_cache=shared.statements)
    return engine


@pytest.fixture
def engine(request: pytest.FixtureRequest, database_url: str) -> Iterator[Engine]:
    if database_url.startswith("postgresql"):
        yield hurried(request.getfixturevalue("postgres_databases").engine)
    else:
        engine = hurried(make_engine(database_url))
        yield engine
        engine.dispose()


@pytest.fixture
def db(engine: Engine) -> Iterator[Session]:
    """A session that may write, on SQLite from its first statement on.

    It steps aside by itself for every request of a test client. Before another process or session
    of the test is to write, commit.
    """
    with open_session(engine, writes=True) as session:
        yield session


class Client(FlaskClient):
    """Ends the test's own transaction before each request, and lets it read anew afterwards."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        db: Session = self.application.extensions["test_db"]
        db.commit()
        try:
            return super().open(*args, **kwargs)
        finally:
            db.expire_all()


@pytest.fixture(scope="session")
def application(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """One application for all tests of this process: making one takes longer than most tests.

    Its table of routes and its compiled templates are the same for every installation.
    """
    folder = tmp_path_factory.mktemp("application")
    app = create_app(Config.from_env({"CFP_INSTANCE": str(folder)}))
    app.config.update(TESTING=True, REFUSE_FORGOTTEN_COMMITS=True)
    app.test_client_class = Client
    return app


@pytest.fixture
def app(
    application: Flask, database_url: str, instance: Path, engine: Engine, db: Session
) -> Iterator[Flask]:
    """The application on the test's database; a view that forgets to commit fails its test."""
    config = Config.from_env(
        {
            "CFP_INSTANCE": str(instance),
            "CFP_DATABASE_URL": database_url,
            "CFP_BASE_URL": "http://localhost",
        }
    )
    settings, extensions = dict(application.config), dict(application.extensions)
    bind(application, config)
    application.extensions["test_db"] = db
    application.extensions["cfp"] = Runtime(config, engine)
    yield application
    for kept, now in ((settings, application.config), (extensions, application.extensions)):
        now.clear()
        now.update(kept)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """One browser: it keeps its cookies. Forms need their CSRF token here as anywhere."""
    return app.test_client()


@pytest.fixture
def work(db: Session, engine: Engine) -> Work:
    """Do the newest job, here, as a worker's child would."""
    return lambda: work_on(db, engine)


@pytest.fixture
def postbox() -> Iterator[smtp.Postbox]:
    with smtp.postbox() as box:
        yield box


@pytest.fixture
def server(database_url: str, instance: Path) -> Iterator[Server]:
    """`cfp serve` on the test's database, without a worker: mail and jobs wait."""
    with serving(instance, {"CFP_DATABASE_URL": database_url}, worker=False) as started:
        yield started


@pytest.fixture
def working_server(database_url: str, instance: Path, postbox: smtp.Postbox) -> Iterator[Server]:
    """`cfp serve` and `cfp worker` on the test's database, sending to the postbox."""
    with working(instance, {"CFP_DATABASE_URL": database_url, **postbox.settings}) as started:
        yield started


@pytest.fixture
def stranger(app: Flask) -> Visitor:
    """Somebody who is not logged in."""
    return Visitor(app.test_client())


@pytest.fixture
def visitor_as(app: Flask, db: Session) -> Callable[[Person], Visitor]:
    """Log somebody in and give their browser; commits what the test has made so far."""

    def log_in(person: Person) -> Visitor:
        cookie = make_login(db, person, now=clock.now())
        db.commit()
        client = app.test_client()
        client.set_cookie("cfp", cookie)
        return Visitor(client)

    return log_in
