"""The page of what was announced, while its mails go out."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from cfp import clock
from cfp.domain.mail.actions import queue
from tests.factories import make_login
from tests.support.server import serving
from tests.support.setting import make_chair, open_conference
from tests.support.smtp import Postbox

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_mails_are_counted_as_they_go(
    database_url: str, instance: Path, db: Session, page: Page, postbox: Postbox
) -> None:
    conference, now = open_conference(db), clock.now()
    chair = make_chair(db, conference)
    for number in range(2):
        queue(
            db, kind="accepted", object_key=f"announcement:{number}", epoch="", person=None,
            recipient=f"{number}@speakers.example", recipient_name="Ada", subject="Yes",
            body="Come.", conference=conference, due=now, now=now,
        )  # fmt: skip
    cookie = make_login(db, chair, now=now)
    db.commit()
    postbox.answer_to_rcpt = {"1@speakers.example": "550 5.1.1 no such user"}
    postbox.delay = 2
    settings = {"CFP_DATABASE_URL": database_url, "CFP_WORKER_POLL_SECONDS": "0.2"}
    with serving(instance, {**settings, **postbox.settings}) as server:
        page.context.add_cookies([{"name": "cfp", "value": cookie, "url": server.url}])
        page.goto(f"{server.url}/netconf/chair/decisions/announced")
        told = page.locator("[data-live]")
        expect(told).to_contain_text("Mails:")
        expect(told).to_contain_text("1 sent", timeout=30_000)
        expect(told).to_contain_text("1 refused", timeout=30_000)
        expect(told).to_contain_text("Fix addresses")
        expect(told).to_have_attribute("data-live", "")
