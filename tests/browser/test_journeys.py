"""Whole ways through the product, as people go them: clicks, keys, and mail that really arrives."""

import re
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp import clock
from cfp.domain.accounts.models import Person
from cfp.domain.conferences.models import Conference
from cfp.domain.reviews.models import Review
from tests.factories import make_login, make_person, make_submission
from tests.support.browser import press_keys
from tests.support.server import Server
from tests.support.setting import make_chair, open_conference
from tests.support.smtp import Delivery, Postbox

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PATIENCE = 30_000
BOARD, BOAT, BELL = "Boards that decide", "Boats on a line", "Bells without clappers"

NewPage = Callable[..., Page]


@pytest.fixture
def conference(db: Session) -> Conference:
    made = open_conference(db, contact="chairs@example.org")
    db.commit()
    return made


@pytest.fixture
def visit(working_server: Server, db: Session, new_page: NewPage) -> NewPage:
    """Open a browser for somebody, logged in unless it is nobody: `visit(person, width=390)`."""

    def open_for(person: Person | None = None, **how: object) -> Page:
        page = new_page(**how)
        page.set_default_timeout(PATIENCE)
        if person is not None:
            cookie = make_login(db, person, now=clock.now())
            page.context.add_cookies([{"name": "cfp", "value": cookie, "url": working_server.url}])
        db.commit()
        return page

    return open_for


def mail_to(postbox: Postbox, address: str, subject: str) -> Delivery:
    """The newest mail to somebody whose subject holds these words, once it has come."""

    def found() -> list[Delivery]:
        return [one for one in postbox.to(address) if subject in str(one.message["Subject"])]

    postbox.wait_until(lambda: bool(found()), timeout=60)
    return found()[-1]


def link_in(mail: Delivery, part: str) -> str:
    found = re.search(rf"https?://\S*/{part}/\S+", mail.text)
    assert found, mail.text
    return found.group()


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def type_talk(page: Page, title: str) -> None:
    page.get_by_label("Title", exact=True).fill(title)
    page.get_by_label("Abstract", exact=True).fill("What we measured.\n\n* much\n* little")


def test_a_stranger_submits_and_comes_back_with_a_second_talk(
    working_server: Server, conference: Conference, visit: NewPage, postbox: Postbox
) -> None:
    page = visit()
    page.goto(f"{working_server.url}/")
    page.get_by_role("link", name=conference.name).click()
    page.get_by_role("link", name="Submit your talk").click()
    type_talk(page, BOAT)
    expect(page.locator("#preview")).to_contain_text(BOAT)
    first = page.get_by_role("group", name="Speaker 1")
    first.get_by_label("Name").fill("Ada Example")
    first.get_by_label("Affiliation").fill("University A")
    page.get_by_label("Your e-mail address").fill("ada@example.org")
    press(page, "Submit")
    code = re.search(r"\d{6}", str(mail_to(postbox, "ada@example.org", "code").message["Subject"]))
    assert code
    page.get_by_label("6-digit code").fill(code.group())
    press(page, "Go on")
    expect(page.get_by_role("main")).to_contain_text("We have your talk")
    mail_to(postbox, "ada@example.org", "We have your talk")

    page.get_by_role("link", name="Edit").click()
    page.get_by_label("Title", exact=True).fill(f"{BOAT}, again")
    press(page, "Save changes")
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"{BOAT}, again")

    page.goto(f"{working_server.url}/{conference.slug}/submissions/new")
    type_talk(page, BELL)
    expect(page.locator("[data-save-state]")).to_contain_text("Saved")
    press(page, "Add a speaker")
    second = page.get_by_role("group", name="Speaker 2")
    second.get_by_label("Name").fill("Ben Beside")
    second.get_by_label("E-mail").fill("ben@example.org")
    press(page, "Submit")
    expect(page.get_by_role("main")).to_contain_text("asked")
    question = mail_to(postbox, "ben@example.org", "")
    beside = visit()
    beside.goto(link_in(question, "account/speaker"))
    press(beside, "That's me")
    expect(beside.get_by_role("main")).to_contain_text(BELL)


def test_a_reviewer_comes_by_mail_and_scores_with_keys_and_on_the_phone(
    working_server: Server, db: Session, conference: Conference, visit: NewPage, postbox: Postbox
) -> None:
    for title in (BOARD, BOAT, BELL):
        make_submission(db, conference, [make_person(db)], title=title)
    chair = visit(make_chair(db, conference))
    chair.goto(f"{working_server.url}/{conference.slug}/chair/people/invite")
    chair.get_by_label("Whom").fill("Rita Reviewer <rita@example.org>")
    press(chair, "Look at it first")
    press(chair, "Invite 1 person")
    invitation = mail_to(postbox, "rita@example.org", conference.name)

    page = visit()
    page.goto(link_in(invitation, "account/invitation"))
    press(page, "Yes, I will")
    page.wait_for_url(lambda url: "/account/invitation/" not in url)
    page.goto(f"{working_server.url}/{conference.slug}/reviews/")
    heading = page.get_by_role("heading", level=1)
    queue = heading.inner_text()
    page.get_by_role("link", name="Review the next one").click()
    expect(heading).not_to_have_text(queue)
    first = heading.inner_text()
    press_keys(page, "s")
    expect(heading).not_to_have_text(first)
    second = heading.inner_text()
    press_keys(page, "4")
    press_keys(page, "c")
    page.keyboard.type("Clear, and 1 to 5 are only letters in here. s x")
    expect(page.locator("[data-save-state]")).to_contain_text("Saved")
    _tab_to(page, "Submit review, next")
    press_keys(page, "Enter")
    expect(page.get_by_role("status").first).to_contain_text("Review submitted.")
    expect(heading).not_to_have_text(second)

    rita = db.scalars(select(Person).where(Person.name == "Rita Reviewer")).one()
    phone = visit(rita, width=390, height=844)
    phone.goto(f"{working_server.url}/{conference.slug}/reviews/next")
    bar = phone.get_by_role("radiogroup", name="Overall")
    box = bar.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= 844, "the score bar is out of sight"
    bar.get_by_role("radio").nth(4).check()
    press(phone, "Submit review, next")
    expect(phone.get_by_role("status").first).to_contain_text("Review submitted.")
    db.commit()
    totals = db.scalars(select(Review.total).where(Review.state == "submitted"))
    assert sorted(totals) == [4, 5]


def _tab_to(page: Page, label: str) -> None:
    for _ in range(12):
        press_keys(page, "Tab")
        if page.evaluate("document.activeElement.innerText") == label:
            return
    raise AssertionError(f"the Tab key does not reach {label!r}")


def test_a_chair_decides_and_announces_and_the_speaker_confirms_from_the_mail(
    working_server: Server, db: Session, conference: Conference, visit: NewPage, postbox: Postbox
) -> None:
    speakers = {
        title: make_person(db, email=f"{title.split()[0].lower()}@example.org")
        for title in (BOARD, BOAT, BELL)
    }
    for title, speaker in speakers.items():
        make_submission(db, conference, [speaker], title=title)
    page = visit(make_chair(db, conference))
    page.goto(f"{working_server.url}/{conference.slug}/chair/")
    page.get_by_role("navigation", name="Stages").get_by_role("link", name="Decisions").click()
    page.get_by_label(f"Select {BOARD}").check()
    page.get_by_label(f"Select {BOAT}").check()
    bar = page.locator("[data-bulk]")
    expect(bar).to_contain_text("2 selected:")
    for title in (BOARD, BOAT):
        expect(bar).to_contain_text(title)
    press(page, "Accept")
    page.get_by_label(f"Select {BELL}").check()
    press(page, "Don't accept")
    expect(page.get_by_role("main")).to_contain_text("Your last change: 1 submission")
    assert postbox.deliveries == []

    page.get_by_role("link", name="Announce (3)").click()
    expect(page.get_by_role("heading", name="3 mails, as they will arrive")).to_be_visible()
    count = page.get_by_label("Type the number of mails to send them")
    count.fill("2")
    press(page, "Announce and send")
    expect(page.get_by_role("alert")).to_be_focused()
    count.fill("3")
    press(page, "Announce and send")
    accepted = mail_to(postbox, "boats@example.org", "[Action needed]")
    mail_to(postbox, "bells@example.org", BELL)
    postbox.wait_for(3, timeout=60)
    assert len(postbox.deliveries) == 3

    speaker = visit()
    speaker.goto(link_in(accepted, "confirm"))
    expect(speaker.get_by_role("main")).to_contain_text(BOAT)
    for question, answer in (
        ("Is this format right for you?", "Yes"),
        ("Where will it be given from?", "On site"),
        ("May it be recorded and published?", "Yes"),
    ):
        speaker.get_by_role("radiogroup", name=question).get_by_label(answer).check()
    press(speaker, "Confirm")
    expect(speaker.get_by_role("main")).to_contain_text("confirmed")
    page.goto(f"{working_server.url}/{conference.slug}/chair/submissions/?q=boats")
    expect(page.get_by_role("row", name=BOAT)).to_contain_text("confirmed")


def test_a_program_is_scheduled_published_and_read_far_away(
    working_server: Server, db: Session, conference: Conference, visit: NewPage
) -> None:
    for title in (BOARD, BOAT):
        make_submission(db, conference, [make_person(db)], title=title, state="confirmed")
    chair = visit(make_chair(db, conference))
    chair.goto(f"{working_server.url}/{conference.slug}/chair/program/")
    for title, start in ((BOARD, "10:00"), (BOAT, "21:00")):
        chair.get_by_label("What", exact=True).select_option(label=_option(chair, title))
        chair.get_by_label("Start", exact=True).fill(start)
        press(chair, "Add")
        expect(chair.locator(".slot-card").filter(has_text=title)).to_contain_text(start)
    chair.get_by_role("link", name="Publish …").click()
    press(chair, "Publish version 1")
    expect(chair.get_by_role("main")).to_contain_text("Version 1 is public. 2 mails are on")

    program = f"{working_server.url}/{conference.slug}/program/"
    reader = visit(zone="Asia/Kolkata")
    reader.goto(program)
    early, late = (reader.locator("tr[data-talk]").filter(has_text=one) for one in (BOARD, BOAT))
    expect(early).to_contain_text("10:00")
    reader.get_by_label("Times in").select_option("mine")
    expect(early).to_contain_text(_in_kolkata(conference, 10))
    expect(late).to_contain_text("(+1 day")
    reader.get_by_label("Search").fill("boat")
    expect(early).to_be_hidden()
    expect(late).to_be_visible()
    reader.get_by_label("Search").fill("")
    reader.get_by_role("button", name="Favorite").first.click()
    reader.get_by_label("Only favorites").check()
    expect(late).to_be_hidden()
    expect(early).to_be_visible()

    far = visit(zone="Asia/Kolkata")
    far.goto(program)
    row = far.locator("tr[data-talk]").filter(has_text=BOARD)
    far.get_by_label("Times in").select_option("offset")
    far.get_by_label("Offset from UTC").fill("+5.5")
    far.get_by_label("Offset from UTC").press("Enter")
    expect(row).to_contain_text(_in_kolkata(conference, 10))
    far.get_by_label("Times in").select_option("event")
    expect(row).to_contain_text("10:00")

    plain = visit(zone="Asia/Kolkata", scripts=False)
    plain.goto(program)
    row = plain.locator("tr[data-talk]").filter(has_text=BOARD)
    plain.get_by_label("Offset from UTC").fill("+5.5")
    press(plain, "Show")
    expect(row).to_contain_text(_in_kolkata(conference, 10))
    plain.get_by_role("link", name="Times of the event").click()
    expect(row).to_contain_text("10:00")


def _option(page: Page, title: str) -> str:
    """The whole label of the choice for a talk."""
    labels = page.get_by_label("What", exact=True).locator("option").all_inner_texts()
    return next(label for label in labels if title in label)


def _in_kolkata(conference: Conference, hour: int) -> str:
    """What clocks there show when those of the conference show this hour on its first day."""
    first = conference.start_date
    local = datetime(first.year, first.month, first.day, hour, tzinfo=ZoneInfo(conference.zone))
    return local.astimezone(ZoneInfo("Asia/Kolkata")).strftime("%H:%M")
