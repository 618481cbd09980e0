"""A reviewer's queue without a mouse, and the same on a phone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp import clock
from cfp.domain.accounts.models import Person
from cfp.domain.assignment.models import Conflict
from cfp.domain.conferences.models import Conference
from cfp.domain.reviews.models import Comment, Review
from cfp.domain.submissions.models import Submission
from tests.factories import give_role, make_login, make_person, make_review, make_submission
from tests.support.browser import faults, press_keys
from tests.support.server import Server
from tests.support.setting import open_conference

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PATIENCE, TABS = 30_000, 80
NewPage = Callable[..., Page]


@pytest.fixture
def conference(db: Session) -> Conference:
    return open_conference(db, discusses=True, asks_confidence=True)


@pytest.fixture
def reviewer(db: Session, conference: Conference) -> Person:
    """Somebody with four talks to review, of which a colleague has reviewed each."""
    rae, bo, owner = make_person(db, "Rae Reviewer"), make_person(db, "Bo"), make_person(db)
    for person in (rae, bo):
        give_role(db, conference, person, "reviewer")
    for number in range(4):
        talk = make_submission(
            db, conference, [owner], title=f"Talk {number}", abstract="What it is about. " * 120
        )
        make_review(db, talk, bo, committee_text="Seen before.", pseudonym=f"B0B00{number}")
    db.commit()
    return rae


def enter(page: Page, server: Server, db: Session, person: Person) -> None:
    value = make_login(db, person, now=clock.now())
    db.commit()
    page.set_default_timeout(PATIENCE)
    page.context.add_cookies([{"name": "cfp", "value": value, "url": server.url}])
    page.goto(f"{server.url}/netconf/reviews/")


def tab_to(page: Page, target: Locator) -> None:
    """As far as one has to press Tab."""
    for _ in range(TABS):
        if target.evaluate("one => one === document.activeElement"):
            return
        press_keys(page, "Tab")
    raise AssertionError(f"Tab does not lead to {target}")


def checked(page: Page, question: str) -> str:
    group = page.get_by_role("radiogroup", name=question)
    return str(group.locator("input:checked").first.input_value())


def test_the_queue_by_keyboard_alone(
    server: Server, db: Session, conference: Conference, reviewer: Person, page: Page
) -> None:
    enter(page, server, db, reviewer)
    heading, main = page.get_by_role("heading", level=1), page.get_by_role("main")
    tab_to(page, page.get_by_role("link", name="Review the next one"))
    press_keys(page, "Enter")
    expect(main).to_contain_text("0 of 4 done")
    first = heading.inner_text()

    press_keys(page, "j", "4")
    assert checked(page, "Overall") == "4"
    press_keys(page, "2")
    assert checked(page, "How well do you know this subject?") == "2"
    press_keys(page, "k", "5")
    assert checked(page, "Overall") == "5"
    press_keys(page, "c")
    page.keyboard.type("skip, ? and x are only letters here: sjk1")
    expect(heading).to_have_text(first)
    assert checked(page, "Overall") == "5"
    expect(page.locator("[data-save-state]")).to_contain_text("Saved")
    tab_to(page, page.get_by_role("button", name="Submit review, next"))
    press_keys(page, "Enter")
    expect(main).to_contain_text("1 of 4 done")
    second = heading.inner_text()
    assert second != first

    press_keys(page, "x", "Tab")
    expect(page.get_by_label("Reason, for the chairs").first).to_be_focused()
    page.keyboard.type("We work together")
    tab_to(page, page.get_by_role("button", name="Declare the conflict"))
    press_keys(page, "Enter")
    expect(main).to_contain_text("its text and reviews are hidden from you")
    tab_to(page, page.get_by_role("button", name="Undo: I have no conflict"))
    press_keys(page, "Enter")
    expect(heading).to_have_text(second)
    assert db.scalars(select(Conflict)).all() == []
    db.rollback()

    press_keys(page, "s")
    expect(heading).not_to_have_text(second)
    third = heading.inner_text()
    press_keys(page, "?")
    expect(page.get_by_role("dialog")).to_be_visible()
    tab_to(page, page.get_by_label("Use these keys"))
    press_keys(page, "Space", "Escape", "s", "x", "4")
    expect(heading).to_have_text(third)
    page.reload()
    press_keys(page, "s")
    expect(heading).to_have_text(third)
    tab_to(page, page.get_by_role("button", name="Keys"))
    press_keys(page, "Enter")
    tab_to(page, page.get_by_label("Use these keys"))
    press_keys(page, "Space", "Escape")

    tab_to(page, page.get_by_text("I can't judge this"))
    press_keys(page, "Enter")
    tab_to(page, page.get_by_label("Why can't you judge it?"))
    page.keyboard.type("Not my field.")
    press_keys(page, "Enter")
    expect(main).to_contain_text("2 of 4 done")
    states = db.scalars(select(Review.state).where(Review.person_id == reviewer.id))
    assert sorted(states) == ["abstained", "submitted"]


def test_a_name_is_completed_and_a_comment_survives_a_closed_page(
    server: Server, db: Session, conference: Conference, reviewer: Person, page: Page
) -> None:
    talk = db.scalars(select(Submission)).all()[0]
    make_review(db, talk, reviewer)
    code = talk.code
    enter(page, server, db, reviewer)
    page.goto(f"{server.url}/netconf/reviews/{code}/discussion")
    field = page.get_by_label("Your comment")
    field.focus()
    page.keyboard.type("What do you say, @b")
    expect(page.locator("[data-save-state]")).to_contain_text("Kept in this browser")
    tab_to(page, page.get_by_role("button", name="@B0B00"))
    press_keys(page, "Enter")
    expect(field).to_be_focused()
    assert field.input_value().startswith("What do you say, @B0B00")
    page.reload()
    page.get_by_role("button", name="Bring it back").click()
    assert field.input_value().startswith("What do you say, @B0B00")
    page.get_by_role("button", name="Comment for Reviewers and chairs").click()
    expect(page.locator("#comments")).to_contain_text("@B0B00")
    expect(page.get_by_role("button", name="Bring it back")).to_be_hidden()
    assert faults(page) == []
    assert "@B0B00" in db.scalars(select(Comment.text)).one()


def test_on_a_phone_the_score_bar_is_at_hand_and_covers_nothing_in_focus(
    server: Server, db: Session, conference: Conference, reviewer: Person, phone: Page
) -> None:
    enter(phone, server, db, reviewer)
    phone.get_by_role("link", name="Review the next one").click()
    bar = phone.locator(".scores")
    expect(bar).to_be_in_viewport()
    box = bar.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] >= 843
    for option in phone.locator(".scorebar label").all():
        size = option.bounding_box()
        assert size is not None
        assert min(size["width"], size["height"]) >= 44
    for _ in range(TABS):
        phone.keyboard.press("Tab")
        hidden = phone.evaluate(
            """() => {
              const one = document.activeElement, bar = document.querySelector(".scores");
              if (one === document.body || bar.contains(one)) return "";
              const at = one.getBoundingClientRect(), top = bar.getBoundingClientRect().top;
              return at.height && at.top >= top - 1 ? one.outerHTML.slice(0, 80) : "";
            }"""
        )
        assert not hidden, hidden
        if phone.evaluate("document.activeElement === document.body"):
            break
    overall = phone.get_by_role("radiogroup", name="Overall")
    expect(overall.locator("legend")).to_contain_text("1 of 2")
    following = phone.get_by_role("radiogroup", name="How well do you know").bounding_box()
    assert following is not None
    assert following["x"] <= 390 - 30, "a swipe is not found out by who sees nothing beside"
    overall.get_by_role("radio").nth(3).check()
    phone.get_by_role("button", name="Submit review, next").click()
    expect(phone.get_by_role("main")).to_contain_text("1 of 4 done")
