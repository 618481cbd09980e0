"""A decision's page offers what a talk may be merged into once somebody comes to that field."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp import clock
from cfp.domain.decisions.models import PendingDecision
from tests.factories import make_login
from tests.support.reviewing import make_committee
from tests.support.server import Server


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_likely_ones_are_offered_at_the_field_and_on_their_page(
    server: Server, db: Session, page: Page
) -> None:
    committee = make_committee(db, submissions=3)
    talk, other = committee.submissions[:2]
    other.title = "Talk 0, continued"
    cookie = make_login(db, committee.chair, now=clock.now())
    db.commit()
    page.context.add_cookies([{"name": "cfp", "value": cookie, "url": server.url}])
    page.goto(f"{server.url}/{committee.conference.slug}/chair/decisions/{talk.code}/")
    page.get_by_label("Merge into another").check()
    options = page.locator("datalist option")
    expect(options).to_have_count(0)
    page.get_by_label("Merged into").focus()
    expect(options).to_have_count(2)
    expect(options.first).to_have_attribute("value", f"{other.title} ({other.code})")
    page.get_by_role("link", name="Talks with a similar title").click()
    page.get_by_role("link", name=other.title).click()
    expect(page.get_by_label("Merged into")).to_have_value(f"{other.title} ({other.code})")
    page.get_by_role("button", name="Save, pending").click()
    page.wait_for_url("**/chair/decisions/")
    assert db.scalars(select(PendingDecision.into_id)).all() == [other.id]
