"""From yes and no of those who are asked, over stand-by and a repair, to who reviews in the end."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp import clock
from cfp.domain.accounts.models import Person
from cfp.domain.assignment.models import Assignment
from tests.browser.conftest import NewPage
from tests.factories import make_assignment, make_login
from tests.support.reviewing import Committee, keep_standby, make_committee
from tests.support.server import Server

PATIENCE = 60_000


@pytest.fixture
def committee(db: Session) -> Committee:
    """Two talks for Reviewer 0 to answer about, one said yes to, and Reviewer 3 on stand-by."""
    made = make_committee(db, submissions=3, reviewers=4, each=1)
    ada, ben, _cleo, reserve = made.reviewers
    keep_standby(db, made.conference, reserve)
    for talk, person, state in zip(
        made.submissions, (ada, ada, ben), ("assigned", "assigned", "accepted"), strict=True
    ):
        make_assignment(db, talk, person, state)
    db.commit()
    return made


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_no_is_repaired_from_stand_by(
    working_server: Server, db: Session, new_page: NewPage, committee: Committee
) -> None:
    home = f"{working_server.url}/{committee.conference.slug}"

    def visit(person: Person, path: str, **how: object) -> Page:
        page: Page = new_page(**how)
        cookie = make_login(db, person, now=clock.now())
        db.commit()
        page.context.add_cookies([{"name": "cfp", "value": cookie, "url": working_server.url}])
        page.goto(home + path)
        return page

    ada, _ben, _cleo, reserve = committee.reviewers
    page = visit(ada, "/reviews/", width=390)
    expect(page.get_by_text("The chairs ask you for 2 reviews")).to_be_visible()
    page.get_by_role("link", name="Look first, or decline").click()
    page.get_by_role("checkbox", name="Talk 1").check()
    page.get_by_label("Reason").fill("I wrote the chapter it is about.")
    page.get_by_role("button", name="Decline").click()
    expect(page.get_by_text("I wrote the chapter it is about.")).to_be_visible()
    page.get_by_role("checkbox", name="Talk 0").check()
    page.get_by_role("button", name="I will review them").click()

    page = visit(committee.chair, "/chair/assignment/")
    expect(page.get_by_role("heading", name="1 review needs somebody new")).to_be_visible()
    page.get_by_role("link", name="Who, and why").click()
    expect(page.get_by_text("I wrote the chapter it is about.")).to_be_visible()
    page.go_back()
    page.get_by_role("button", name="Propose a repair").click()
    page.wait_for_url("**/proposals/1", timeout=PATIENCE)
    row = page.get_by_role("row", name=re.compile("Talk 1"))
    expect(row).to_contain_text("Reviewer 3")
    page.get_by_role("button", name="Apply 1 change").click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible(timeout=PATIENCE)

    page = visit(reserve, "/reviews/", width=390)
    expect(page.get_by_role("link", name="Talk 1").first).to_be_visible()
    states = {
        (row[0], row[1]) for row in db.execute(select(Assignment.person_id, Assignment.state))
    }
    assert states >= {(ada.id, "accepted"), (ada.id, "declined"), (reserve.id, "assigned")}
