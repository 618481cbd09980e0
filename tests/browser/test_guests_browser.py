"""Two guests, on paths of mail and clicks: one writes for a reviewer, one reviews from outside."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp import clock
from cfp.domain.accounts.models import Person
from cfp.domain.reviews.models import Review
from tests.factories import give_role, make_login, make_person, make_submission
from tests.support.server import Server
from tests.support.setting import make_chair, open_conference
from tests.support.smtp import Postbox

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PATIENCE = 30_000
HAL, GUS = "hal@elsewhere.example", "gus@elsewhere.example"
NewPage = Callable[..., Page]


@pytest.fixture
def visit(working_server: Server, db: Session, new_page: NewPage) -> NewPage:
    def open_for(person: Person | None, path: str, **how: object) -> Page:
        page = new_page(**how)
        page.set_default_timeout(PATIENCE)
        if person is not None:
            cookie = make_login(db, person, now=clock.now())
            page.context.add_cookies([{"name": "cfp", "value": cookie, "url": working_server.url}])
        db.commit()
        page.goto(path if path.startswith("http") else f"{working_server.url}{path}")
        return page

    return open_for


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def ask(page: Page, name: str, address: str, button: str) -> None:
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("E-mail", exact=True).fill(address)
    press(page, button)


def link_to(postbox: Postbox, address: str) -> str:
    postbox.wait_until(lambda: bool(postbox.to(address)), timeout=60)
    found = re.search(r"https?://\S*/account/reviewing/\S+", postbox.to(address)[-1].text)
    assert found
    return found.group()


def write(page: Page, score: int, text: str) -> None:
    page.get_by_role("radiogroup", name="Overall").get_by_role("radio").nth(score - 1).check()
    page.get_by_label("Comment").fill(text)


def test_a_helper_and_somebody_from_outside_review_what_they_were_asked_for(
    db: Session, visit: NewPage, postbox: Postbox
) -> None:
    conference = open_conference(db, delegation="on")
    rae, gus = make_person(db, "Rae Reviewer"), make_person(db, "Gus Guest", email=GUS)
    give_role(db, conference, rae, "reviewer")
    talk = make_submission(db, conference, [make_person(db)], title="Boats on a line")
    own = f"/netconf/reviews/{talk.code}/"

    reviewer = visit(rae, own)
    reviewer.get_by_role("link", name="Have somebody write it for you").click()
    ask(reviewer, "Hal Helper", HAL, "Ask by mail")
    helper = visit(None, link_to(postbox, HAL), width=390, height=844)
    press(helper, "Yes, I will")
    write(helper, 4, "Written on a phone.")
    press(helper, "Hand it in to Rae Reviewer")
    expect(helper.get_by_role("status").first).to_contain_text("Rae Reviewer")
    reviewer.reload()
    reviewer.get_by_role("button", name="Take it into my review").click()
    expect(reviewer.get_by_label("Comment")).to_have_value("Written on a phone.")
    press(reviewer, "Submit review, next")
    expect(reviewer.get_by_role("status").first).to_contain_text("Review submitted.")

    chair = visit(make_chair(db, conference), f"/netconf/chair/submissions/{talk.code}/guests")
    ask(chair, "Gus Guest", GUS, "Invite")
    link_to(postbox, GUS)
    guest = visit(gus, "/account/")
    guest.get_by_role("link", name="Answer").click()
    press(guest, "Yes, I will")
    write(guest, 2, "From outside.")
    press(guest, "Submit review, next")
    expect(guest.get_by_role("status").first).to_contain_text("Review submitted.")
    chair.goto(chair.url.replace("/guests", "/"))
    expect(chair.get_by_role("main")).to_contain_text("with help of Hal Helper")
    db.commit()
    assert sorted(db.scalars(select(Review.total))) == [2, 4]
