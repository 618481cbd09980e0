"""The board of a chair while another chair decides."""

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from cfp import clock
from cfp.domain.accounts.queries import actor_of_person
from cfp.domain.decisions import actions
from tests.factories import give_role, make_login, make_person, make_submission
from tests.support.server import serving
from tests.support.setting import make_chair, open_conference

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_it_is_said_and_shown_when_asked_for(
    database_url: str, instance: Path, db: Session, page: Page
) -> None:
    conference, now = open_conference(db), clock.now()
    chair, second = make_chair(db, conference), make_person(db, "Sam Second")
    give_role(db, conference, second, "chair")
    talk = make_submission(db, conference, [make_person(db)], title="Flows")
    make_submission(db, conference, [make_person(db)], title="Meters")
    cookie = make_login(db, chair, now=now)
    db.commit()
    with serving(instance, {"CFP_DATABASE_URL": database_url}, worker=False) as server:
        page.context.add_cookies([{"name": "cfp", "value": cookie, "url": server.url}])
        page.clock.install()
        page.goto(f"{server.url}/netconf/chair/decisions/?view=board")
        told = page.locator("[data-meanwhile]")
        expect(told.locator(".notice")).to_be_hidden()
        actions.set_many(
            db, actor_of_person(db, second.id), conference, codes=[talk.code], outcome="accept",
            now=now + timedelta(seconds=1),
        )  # fmt: skip
        db.commit()
        page.clock.fast_forward(20_000)
        expect(told).to_contain_text("Sam Second has changed 1 decision since you opened this page")
        assert page.locator(".lane[data-lane=accept]").get_by_text("Flows").count() == 0
        told.get_by_role("link", name="Show them").click()
        expect(page.locator(".lane[data-lane=accept]")).to_contain_text("Flows")
        expect(told.locator(".notice")).to_be_hidden()
