"""A proposal that is being computed: its page goes on by itself, and edits say what they do."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp import clock
from cfp.domain.assignment.models import Assignment
from tests.browser.conftest import NewPage
from tests.factories import make_login
from tests.support.reviewing import make_committee
from tests.support.server import Server

PATIENCE = 60_000


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_of_a_solve_leads_on_to_its_proposal(
    working_server: Server, db: Session, new_page: NewPage, width: int
) -> None:
    committee = make_committee(db)
    cookie = make_login(db, committee.chair, now=clock.now())
    db.commit()
    page: Page = new_page(width=width)
    page.context.add_cookies([{"name": "cfp", "value": cookie, "url": working_server.url}])
    page.goto(f"{working_server.url}/{committee.conference.slug}/chair/assignment/")
    page.get_by_role("button", name="Make a proposal").click()
    page.wait_for_url("**/proposals/1", timeout=PATIENCE)
    bar = page.get_by_role("button", name="Leave out")
    expect(bar).to_be_hidden()
    page.get_by_role("checkbox", name="Select Talk 0 with").first.check()
    expect(page.get_by_text("1 selected: Talk 0 with")).to_be_visible()
    bar.click()
    page.get_by_role("link", name="Swap").last.click()
    page.get_by_role("button", name="Choose").first.click()
    expect(page.get_by_text("chosen by a chair")).to_be_visible()
    page.get_by_role("button", name="Apply 11 changes").click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible(timeout=PATIENCE)
    assert len(db.scalars(select(Assignment)).all()) == 11
