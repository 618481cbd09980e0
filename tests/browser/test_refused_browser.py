"""A form that comes back with its mistakes is not stored: what was typed stays somewhere else."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from cfp import clock
from tests.factories import make_login, make_person
from tests.support.browser import Watch
from tests.support.server import Server
from tests.support.setting import open_conference

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
TITLE = "Boats on a line"


def _send_half_filled(page: Page, new: str) -> None:
    page.goto(new)
    page.get_by_label("Title", exact=True).fill(TITLE)
    page.get_by_role("button", name="Submit").click()
    expect(page.get_by_role("alert")).to_contain_text("what you typed is still here")


def test_a_stranger_finds_it_in_the_browser(server: Server, db: Session, page: Page) -> None:
    new = f"{server.url}/{open_conference(db).slug}/submissions/new"
    db.commit()
    _send_half_filled(page, new)
    expect(page.locator("[data-save-state]")).to_contain_text("Kept in this browser")
    page.goto(new)
    page.get_by_role("button", name="Bring it back").click()
    expect(page.get_by_label("Title", exact=True)).to_have_value(TITLE)


def test_who_is_logged_in_has_a_draft(
    server: Server, db: Session, page: Page, watch: Watch
) -> None:
    conference = open_conference(db)
    cookie = make_login(db, make_person(db), now=clock.now())
    db.commit()
    page.context.add_cookies([{"name": "cfp", "value": cookie, "url": server.url}])
    # Quicker than the autosave: nothing has been stored before.
    watch.forgive.append("ERR_FAILED")
    page.route("**/autosave", lambda route: route.abort())
    _send_half_filled(page, f"{server.url}/{conference.slug}/submissions/new")
    page.unroute("**/autosave")
    expect(page).to_have_url(re.compile(r"/submissions/(?!new)"))
    page.reload()
    expect(page.get_by_label("Title", exact=True)).to_have_value(TITLE)


def test_nothing_older_is_offered_beside_it(server: Server, db: Session, page: Page) -> None:
    new = f"{server.url}/{open_conference(db).slug}/submissions/new"
    db.commit()
    page.goto(new)
    page.get_by_text("Paste several speakers at once").click()
    page.locator("#paste").fill("Ann Lee, Acme; Bob Ray")
    page.get_by_role("button", name="Add them to the list").click()
    expect(page.locator("#speakers-1-name")).to_have_value("Bob Ray")
    expect(page.locator("[data-save-state]")).to_contain_text("Kept in this browser")
    expect(page.locator("[data-restore]")).to_be_hidden()
