"""From thirty submissions to a program and its mails: eight reviewers, two chairs, their browsers.

Nobody is helped by the test: proposals and scenarios are computed by the worker beside the server,
and mails arrive where they are sent to.
"""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cfp import clock
from cfp.domain.accounts.models import Person
from cfp.domain.decisions.models import PendingDecision
from cfp.domain.reviews.models import Review
from cfp.domain.submissions.models import Submission
from tests.factories import give_role, make_login, make_person
from tests.support.browser import faults, press_keys
from tests.support.reviewing import Committee, make_committee
from tests.support.server import Server
from tests.support.smtp import Delivery, Postbox

PATIENCE = 60_000
TALKS, REVIEWERS, EACH = 30, 8, 4
HARSH, KIND, ON_THE_PHONE = 0, 1, 2
PLACES = 10
"""How many talks of 25 + 5 minutes there is time for."""

Enter = Callable[..., Page]


@pytest.fixture
def committee(db: Session) -> Committee:
    """Ten times 30 minutes to fill; nobody's hand is needed for what the browser does here."""
    made = make_committee(
        db, submissions=TALKS, reviewers=REVIEWERS, each=EACH, capacities={"all": PLACES * 30}
    )
    db.commit()
    return made


@pytest.fixture
def enter(
    working_server: Server, committee: Committee, db: Session, new_page: Callable[..., Page]
) -> Enter:
    def open_for(person: Person, path: str, **how: object) -> Page:
        page = new_page(**how)
        page.set_default_timeout(PATIENCE)
        cookie = make_login(db, person, now=clock.now())
        db.commit()
        page.context.add_cookies([{"name": "cfp", "value": cookie, "url": working_server.url}])
        page.goto(f"{working_server.url}/{committee.conference.slug}/{path}")
        return page

    return open_for


def quality(title: str) -> int:
    """What a fair reviewer gives "Talk 17": each score from 1 to 5 fits six talks."""
    number = re.search(r"\d+", title)
    assert number, title
    return int(number.group()) // (TALKS // 5) + 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_thirty_submissions_become_a_program(
    committee: Committee, enter: Enter, db: Session, postbox: Postbox
) -> None:
    second = make_person(db, "Sam Second")
    give_role(db, committee.conference, second, "chair")
    chair = enter(committee.chair, "chair/assignment/")
    assign(chair)
    for number, person in enumerate(committee.reviewers):
        lean = {HARSH: -1, KIND: 1}.get(number, 0)
        wide = {"width": 390, "height": 844} if number == ON_THE_PHONE else {}
        page = enter(person, "reviews/", **wide)
        (review_by_touch if wide else review_by_keys)(page, lean)
        page.context.close()
    reviews = select(func.count()).select_from(Review).where(Review.state == "submitted")
    assert db.scalar(reviews) == TALKS * EACH
    db.commit()

    choose(chair)
    decided = select(Submission.title, PendingDecision.outcome).join(
        PendingDecision, PendingDecision.submission_id == Submission.id
    )
    outcomes = {row.title: row.outcome for row in db.execute(decided)}
    taken = {title for title, outcome in outcomes.items() if outcome == "accept"}
    assert len(outcomes) == TALKS
    assert len(taken) == PLACES
    assert {quality(title) for title in taken} == {4, 5}
    db.commit()

    disagree(chair, enter(second, "chair/decisions/"), min(taken))
    announce(chair, postbox)
    answer_from_the_mail(enter, postbox, db)


def assign(page: Page) -> None:
    """Without a mouse."""
    press(page, page.get_by_role("button", name="Make a proposal"))
    page.wait_for_url("**/proposals/1", timeout=PATIENCE)
    press(page, page.get_by_role("button", name=f"Apply {TALKS * EACH} changes"))
    expect(page.get_by_role("main")).to_contain_text(f"{TALKS * EACH} reviews are asked for")


def press(page: Page, button: Locator) -> None:
    button.focus()
    press_keys(page, "Enter")


def review_by_keys(page: Page, lean: int) -> None:
    """The whole queue, with the keys of the page and Tab alone once it is open."""
    press(page, page.get_by_role("link", name="Review the next one"))
    tabs = 0
    for done, title in queue(page):
        press_keys(page, str(score(title, lean)))
        if done == 0:
            press_keys(page, "c")
            page.keyboard.type("Sound work.")
        for _ in range(tabs):
            press_keys(page, "Tab")
        more = tab_to_submit(page)
        # From the comment it is less far than from the scores, where the hand learns the way.
        tabs += more if done else 0
        press_keys(page, "Enter")


def tab_to_submit(page: Page) -> int:
    """How often one has to press Tab."""
    for pressed in range(20):
        if page.evaluate("document.activeElement.innerText") == "Submit review, next":
            return pressed
        press_keys(page, "Tab")
    raise AssertionError("Tab does not lead to the button that submits")


def review_by_touch(page: Page, lean: int) -> None:
    page.get_by_role("link", name="Review the next one").click()
    for _, title in queue(page):
        bar = page.get_by_role("radiogroup", name="Overall")
        bar.get_by_role("radio").nth(score(title, lean) - 1).check()
        page.get_by_role("button", name="Submit review, next").click()


def queue(page: Page) -> Iterator[tuple[int, str]]:
    """Each talk of the queue as its page is reached: how many are done, and its title."""
    main = page.get_by_role("main")
    expect(main).to_contain_text("0 of ")
    found = re.search(r"0 of (\d+) done", main.inner_text())
    assert found, main.inner_text()
    for done in range(int(found[1])):
        expect(main).to_contain_text(f"{done} of {found[1]} done")
        yield done, page.get_by_role("heading", level=1).inner_text()
    expect(main).to_contain_text(f"All {found[1]} are done.")


def score(title: str, lean: int) -> int:
    return min(5, max(1, quality(title) + lean))


def choose(page: Page) -> None:
    """Have the best ten selected and pending; undo it, and do it again."""
    page.get_by_role("navigation", name="Stages").get_by_role("link", name="Decisions").click()
    page.get_by_role("link", name="Select", exact=True).click()
    page.get_by_label("Of one speaker, at most").fill("1")
    press(page, page.get_by_role("button", name="Compute the scenario"))
    page.wait_for_url("**/select/1/", timeout=PATIENCE)
    expect(page.get_by_text(f"{PLACES * 30} of {PLACES * 30} min")).to_be_visible()
    page.get_by_role("link", name="Apply", exact=True).click()
    page.get_by_role("radio", name="are not accepted").check()
    press(page, page.get_by_role("button", name="Apply, pending for Chairs"))
    expect(page.get_by_text(f"Pending now for {TALKS} submissions.")).to_be_visible()
    press(page, page.get_by_role("button", name="Undo your last change"))
    expect(page.get_by_text(f"Undone for {TALKS} submissions.")).to_be_visible()
    page.goto(page.url.partition("/decisions/")[0] + "/decisions/select/1/apply")
    page.get_by_role("radio", name="are not accepted").check()
    press(page, page.get_by_role("button", name="Apply, pending for Chairs"))
    expect(page.get_by_text(f"Pending now for {TALKS} submissions.")).to_be_visible()


def disagree(first: Page, second: Page, title: str) -> None:
    """Two chairs open one decision; the later one sees what the earlier has made of it."""
    for page in (first, second):
        page.goto(re.sub(r"/chair/.*", f"/chair/decisions/?q={title.replace(' ', '+')}", page.url))
        page.get_by_role("link", name=title, exact=True).first.click()
        page.get_by_label("Note").fill(f"Noted by {'one' if page is first else 'two'}.")
    press(second, second.get_by_role("button", name="Save, pending for Chairs"))
    expect(second.get_by_role("status").first).to_be_visible()
    press(first, first.get_by_role("button", name="Save, pending for Chairs"))
    expect(first.get_by_label("Saved now")).to_have_value("Noted by two.")
    expect(first.get_by_label("Yours, not saved")).to_have_value("Noted by one.")
    assert faults(first) == []


def told(postbox: Postbox) -> list[Delivery]:
    """The mails that speakers got; reviewers were asked for their reviews before."""
    return [one for one in postbox.deliveries if one.recipients[0].startswith("s@")]


def announce(page: Page, postbox: Postbox) -> None:
    assert told(postbox) == []
    page.goto(re.sub(r"/chair/.*", "/chair/decisions/announce", page.url))
    expect(page.get_by_role("heading", name=f"{TALKS} mails, as they will arrive")).to_be_visible()
    page.get_by_label("Type the number of mails to send them").fill(str(TALKS))
    press(page, page.get_by_role("button", name="Announce and send"))
    postbox.wait_until(lambda: len(told(postbox)) == TALKS, timeout=60)
    subjects = [str(one.message["Subject"]) for one in told(postbox)]
    assert sum(one.startswith("[Action needed]") for one in subjects) == PLACES
    assert sum("Noted by two." in one.text for one in told(postbox)) == 1


def answer_from_the_mail(enter: Enter, postbox: Postbox, db: Session) -> None:
    """One of the accepted confirms on a phone, by the button in their mail."""
    mail = next(one for one in told(postbox) if "[Action needed]" in str(one.message["Subject"]))
    link = re.search(r"https?://\S*/confirm/\S+", mail.text)
    assert link, mail.text
    speaker = db.scalars(select(Person).where(Person.name.like("Speaker%"))).first()
    assert speaker is not None
    page = enter(speaker, "", width=390, height=844)
    page.context.clear_cookies()
    page.goto(link.group())
    for question, answer in (
        ("Is this format right for you?", "Yes"),
        ("Where will it be given from?", "On site"),
        ("May it be recorded and published?", "Yes"),
    ):
        page.get_by_role("radiogroup", name=question).get_by_label(answer).check()
    page.get_by_role("button", name="Confirm", exact=True).click()
    expect(page.get_by_role("main")).to_contain_text("confirmed")
    states = db.scalars(select(Submission.state)).all()
    assert states.count("confirmed") == 1
    assert states.count("accepted") == PLACES - 1
