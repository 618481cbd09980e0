"""Fixtures of every kind of test: a database of each kind, mail, the application, the server.

What they are made of is in `tests/support`; the browser's are in `tests/browser`.
"""

import signal
from collections.abc import Iterator
from types import FrameType

import pytest

from tests.support import postgres as pg
from tests.support import smtp
from tests.support.need import missing


def pytest_configure(config: pytest.Config) -> None:
    def interrupted(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    # A CI job that runs out of time gets SIGTERM; as an interrupt it still runs the finalizers
    # that end the PostgreSQL cluster, the servers and the browser.
    signal.signal(signal.SIGTERM, interrupted)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark by what is used, so that nobody forgets; browser journeys last.

    Last, because they are the slowest, and because Playwright keeps an event loop running in the
    main thread, in which other tests could not start their own.
    """
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.fixture(scope="session")
def postgres() -> Iterator[pg.Cluster]:
    programs = pg.binaries()
    if programs is None:
        missing("postgres", "no PostgreSQL binaries in /usr/lib/postgresql or on the PATH")
    with pg.cluster(programs) as cluster:
        yield cluster


@pytest.fixture
def postbox() -> Iterator[smtp.Postbox]:
    with smtp.postbox() as box:
        yield box
