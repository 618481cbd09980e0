"""A scenario on a phone, from its limits to the undo, computed by the worker beside the server."""

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp import clock
from cfp.domain.decisions.models import PendingDecision
from tests.factories import make_login, make_review
from tests.support.reviewing import make_committee
from tests.support.server import Server

PATIENCE = 60_000


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_limits_lead_to_a_scenario_that_is_applied_and_undone(
    server: Server, db: Session, phone: Page
) -> None:
    committee = make_committee(db, capacities={"all": 90})
    for score, talk in enumerate(committee.submissions[:5], start=1):
        make_review(db, talk, committee.reviewers[5], score)
    cookie = make_login(db, committee.chair, now=clock.now())
    db.commit()
    phone.context.add_cookies([{"name": "cfp", "value": cookie, "url": server.url}])
    phone.goto(f"{server.url}/{committee.conference.slug}/chair/decisions/")
    phone.get_by_role("link", name="Select", exact=True).click()
    phone.get_by_label("Of one speaker, at most").fill("1")
    phone.get_by_role("button", name="Compute the scenario").press("Enter")
    phone.wait_for_url("**/select/1/", timeout=PATIENCE)
    expect(phone.get_by_text("90 of 90 min")).to_be_visible()
    phone.get_by_role("link", name="Submissions", exact=True).last.click()
    expect(phone.get_by_role("link", name="Talk 4")).to_be_visible()
    phone.get_by_role("link", name="Apply", exact=True).click()
    phone.get_by_role("radio", name="are not accepted").check()
    phone.get_by_role("button", name="Apply, pending for Chairs").click()
    expect(phone.get_by_text("Pending now for 6 submissions.")).to_be_visible()
    assert sorted(db.scalars(select(PendingDecision.outcome))) == ["accept"] * 3 + ["reject"] * 3
    db.commit()
    phone.get_by_role("button", name="Undo your last change").click()
    expect(phone.get_by_text("Undone for 6 submissions.")).to_be_visible()
    assert db.scalars(select(PendingDecision)).all() == []
