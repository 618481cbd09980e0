from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.browser import Watch, chromium, executable, open_page
from tests.support.need import missing
from tests.support.server import Server, working
from tests.support.smtp import Postbox

NewPage = Callable[..., Page]


@pytest.fixture(autouse=True)
def patience(request: pytest.FixtureRequest) -> None:
    """A module's `PATIENCE` is how many milliseconds what it expects of a page may take."""
    if hasattr(request.module, "PATIENCE"):
        expect.set_options(timeout=request.module.PATIENCE)


@pytest.fixture
def working_server(database_url: str, instance: Path, postbox: Postbox) -> Iterator[Server]:
    """A server whose worker looks often: somebody waits before a page for what it does."""
    own = {"CFP_DATABASE_URL": database_url, "CFP_WORKER_POLL_SECONDS": "0.2"}
    with working(instance, {**own, **postbox.settings}) as started:
        yield started


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = executable()
    if program is None:
        missing("browser", "no Chromium in /usr/bin or on the PATH")
    with chromium(program) as started:
        yield started


@pytest.fixture
def watch() -> Watch:
    """What the test's pages complain about; `watch.forgive` holds what the test wants to see."""
    return Watch()


@pytest.fixture
def new_page(browser: Browser, watch: Watch) -> Iterator[NewPage]:
    """Opens a page for one more person: `new_page(width=390)`. Complaints fail the test.

    See `open_page` for what else can be said about the person's browser.
    """
    opened: list[Page] = []

    def new(**how: Any) -> Page:
        opened.append(open_page(browser, watch, **how))
        return opened[-1]

    yield new
    for page in opened:
        page.context.close()
    watch.check()


@pytest.fixture
def page(new_page: NewPage) -> Page:
    """A desk-sized page."""
    return new_page()


@pytest.fixture
def phone(new_page: NewPage) -> Page:
    """A page as wide as a phone's."""
    return new_page(width=390, height=844)
