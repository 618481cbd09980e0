"""What is typed on the confirm page outlives a log-in and a change of who speaks."""

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp import clock
from cfp.domain.decisions import confirmations
from cfp.domain.decisions.models import ConfirmAnswer, Decision
from cfp.domain.submissions.models import Speaker
from tests.browser.conftest import NewPage
from tests.factories import make_login, make_person, make_question, make_submission
from tests.support.server import Server
from tests.support.talks import hours, open_conference


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_speakers_are_changed_between_two_looks_at_the_confirm_page(
    server: Server, db: Session, new_page: NewPage
) -> None:
    conference = open_conference(db)
    ada = make_person(db, "Ada Example", email="ada@example.org")
    talk = make_submission(db, conference, [ada, "Chen"], state="accepted", title="Flows")
    given = {"outcome": "accepted", "type_id": talk.type_id, "at": hours(0)}
    db.add(Decision(conference_id=conference.id, submission_id=talk.id, **given))
    make_question(db, conference, "What do you need on stage?")
    secret = confirmations.issue_confirm_token(db, conference, talk, ada, now=clock.now())
    cookie = make_login(db, ada, now=clock.now())
    db.commit()
    page = new_page(width=390)
    page.goto(f"{server.url}/confirm/{secret}")
    page.get_by_role("textbox", name="What do you need on stage?").fill("A second pointer")
    page.get_by_role("link", name="Change the speakers (log in)").click()
    expect(page).to_have_url(re.compile(r"/account/log-in\?next=.*then%3Dconfirm$"))
    page.context.add_cookies([{"name": "cfp", "value": cookie, "url": server.url}])
    page.goto(f"{server.url}/netconf/submissions/{talk.code}/edit?then=confirm")
    page.locator("[name=speakers-1-name]").fill("Chen Li")
    page.get_by_role("button", name="Save").first.click()

    expect(page.get_by_text("Chen Li")).to_be_visible()
    page.get_by_role("button", name="Bring it back").click()
    typed = page.get_by_role("textbox", name="What do you need on stage?")
    expect(typed).to_have_value("A second pointer")
    for name in ("Is this format right", "Where will it be", "May it be recorded"):
        page.get_by_role("radiogroup", name=name).get_by_role("radio").first.check()
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_text("Thank you, confirmed.")).to_be_visible()
    expect(page.get_by_text("A second pointer")).to_be_visible()
    assert page.evaluate("Object.keys(localStorage)") == [], "nothing is left for the next visitor"
    db.expire_all()
    assert db.scalars(select(ConfirmAnswer.text)).all() == ["A second pointer"]
    assert db.scalars(select(Speaker.name).order_by(Speaker.position)).all()[1] == "Chen Li"
