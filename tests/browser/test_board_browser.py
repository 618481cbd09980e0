"""The decision board under a mouse: a card dragged, undone, and met by another chair."""

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp import clock
from cfp.domain.decisions.models import PendingDecision
from tests.factories import make_login
from tests.support.reviewing import make_committee
from tests.support.server import Server


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_card_is_dragged_undone_and_not_moved_from_where_it_is_no_more(
    server: Server, db: Session, page: Page
) -> None:
    committee = make_committee(db, submissions=3)
    talk = committee.submissions[1]
    cookie = make_login(db, committee.chair, now=clock.now())
    db.commit()
    page.context.add_cookies([{"name": "cfp", "value": cookie, "url": server.url}])
    # All in sight: what scrolls under a pressed mouse is another card.
    page.set_viewport_size({"width": 1280, "height": 1600})
    page.goto(f"{server.url}/{committee.conference.slug}/chair/decisions/?view=board")

    def lane(name: str) -> Locator:
        return page.get_by_role("region", name=name, exact=True)

    def drag(name: str) -> None:
        page.locator(f'[data-card="{talk.code}"]').drag_to(lane(name))

    drag("Accepted")
    expect(lane("Accepted").get_by_role("link", name="Talk 1")).to_be_focused()
    expect(page.locator("[data-board-said]")).to_have_text(
        "“Talk 1” is now: accepted, pending."
    )
    expect(page.get_by_text("30 pending").first).to_be_visible()
    page.get_by_role("button", name="Undo your last change").click()
    expect(lane("Undecided").get_by_role("link", name="Talk 1")).to_be_visible()
    # Another chair decides while this page is open.
    pending = {"submission_id": talk.id, "type_id": talk.type_id, "outcome": "reject"}
    db.add(PendingDecision(conference_id=committee.conference.id, at=clock.now(), **pending))
    db.commit()
    drag("Waitlisted")
    expect(page.get_by_label("Saved now")).to_have_value("not accepted, pending")
    assert db.scalars(select(PendingDecision.outcome)).all() == ["reject"]
    db.commit()
    page.get_by_role("link", name="Open the form as it is now").click()
    expect(lane("Not accepted").get_by_role("link", name="Talk 1")).to_be_visible()
    drag("Undecided")
    expect(page.get_by_text("“Talk 1” is now: nothing pending.").first).to_be_visible()
    assert db.scalars(select(PendingDecision)).all() == []
