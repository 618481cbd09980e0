"""What somebody types before a page's scripts have come over a slow line counts all the same."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy.orm import Session

from cfp import clock
from tests.factories import make_login, make_person
from tests.support.server import Server
from tests.support.setting import make_administrator, open_conference

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
TITLE = "Boats on a line"


@pytest.fixture
def let_come(page: Page) -> Callable[[], None]:
    """The page's scripts are on their way until this is called."""
    waiting: list[Route] = []
    page.route("**/js/**", lambda route: waiting.append(route))

    def come() -> None:
        page.route("**/js/**", lambda route: route.continue_())
        for route in waiting:
            route.continue_()

    return come


def test_a_talk_begun_is_previewed_and_kept(
    server: Server, db: Session, page: Page, let_come: Callable[[], None]
) -> None:
    conference = open_conference(db)
    speaker = make_person(db)
    cookie = make_login(db, speaker, now=clock.now())
    db.commit()
    page.context.add_cookies([{"name": "cfp", "value": cookie, "url": server.url}])
    page.goto(f"{server.url}/{conference.slug}/submissions/new", wait_until="commit")
    page.get_by_label("Title", exact=True).fill(TITLE)
    expect(page.locator("#preview")).not_to_contain_text(TITLE)
    let_come()
    expect(page.locator("#preview")).to_contain_text(TITLE)
    expect(page.locator("[data-save-state]")).to_contain_text("Saved")
    expect(page).to_have_url(re.compile(r"/submissions/(?!new)"))
    page.reload()
    expect(page.get_by_label("Title", exact=True)).to_have_value(TITLE)


def test_a_new_conference_is_named_in_its_address(
    server: Server, db: Session, page: Page, let_come: Callable[[], None]
) -> None:
    cookie = make_login(db, make_administrator(db), now=clock.now())
    db.commit()
    page.context.add_cookies([{"name": "cfp", "value": cookie, "url": server.url}])
    page.goto(f"{server.url}/new", wait_until="commit")
    page.locator("#name").fill("Boats 2027")
    let_come()
    expect(page.locator("#slug")).to_have_value("boats-2027")
