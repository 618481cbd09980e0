"""Comparing without a mouse, and with a thumb on a phone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp import clock
from cfp.domain.accounts.models import Person
from cfp.domain.reviews.models import Comparison, ComparisonPlace
from tests.factories import give_role, make_login, make_person, make_submission
from tests.support.browser import faults, press_keys
from tests.support.server import Server
from tests.support.setting import open_conference

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PATIENCE = 30_000
NewPage = Callable[..., Page]


@pytest.fixture
def reviewer(db: Session) -> Person:
    conference = open_conference(db, compares_pairs=True)
    rae, owner = make_person(db, "Rae Reviewer"), make_person(db)
    give_role(db, conference, rae, "reviewer")
    for number in range(4):
        make_submission(
            db, conference, [owner], title=f"Talk {number}", abstract="What it is about. " * 60
        )
    db.commit()
    return rae


def enter(page: Page, server: Server, db: Session, person: Person) -> None:
    value = make_login(db, person, now=clock.now())
    db.commit()
    page.set_default_timeout(PATIENCE)
    page.context.add_cookies([{"name": "cfp", "value": value, "url": server.url}])
    page.goto(f"{server.url}/netconf/reviews/compare")


def stored(db: Session) -> list[tuple[str, list[int | None]]]:
    rows = db.execute(
        select(Comparison.id, Comparison.state, ComparisonPlace.place)
        .join(ComparisonPlace)
        .order_by(Comparison.id, ComparisonPlace.submission_id)
    ).all()
    db.rollback()  # or the server would wait for this one to let it write
    found: dict[int, tuple[str, list[int | None]]] = {}
    for id_, state, place in rows:
        found.setdefault(id_, (state, []))[1].append(place)
    return list(found.values())


def said(page: Page, count: int) -> None:
    """Wait until the page that follows is there."""
    words = "comparison so far" if count == 1 else "comparisons so far"
    expect(page.get_by_text(f"{count} {words}")).to_be_visible()


def test_keys_answer_undo_and_can_be_turned_off(
    server: Server, page: Page, db: Session, reviewer: Person
) -> None:
    enter(page, server, db, reviewer)
    said(page, 0)
    first = page.locator(".versus h2").first.inner_text()
    press_keys(page, "ArrowLeft")
    said(page, 1)
    expect(page.get_by_text(f"You said: {first} >")).to_be_visible()
    press_keys(page, "u")
    said(page, 0)
    assert stored(db)[0][0] == "undone"
    expect(page.locator(".versus h2").first).to_have_text(first)
    press_keys(page, "2")
    said(page, 1)
    press_keys(page, "=")
    said(page, 2)
    assert stored(db)[1] == ("said", [1, 1])
    press_keys(page, "s")
    expect(page.get_by_text("Skipped: ")).to_be_visible()
    press_keys(page, "?")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    assert faults(page) == []
    dialog.get_by_label("Use these keys").uncheck()
    dialog.get_by_role("button", name="Close").press("Enter")
    page.reload()
    press_keys(page, "ArrowRight")
    said(page, 2)
    page.get_by_role("button", name="Second").focus()
    press_keys(page, "Enter")
    said(page, 3)
    assert [state for state, _places in stored(db)] == ["said", "said", "skipped", "said"]


def test_a_thumb_answers_and_ranks_on_a_phone(
    server: Server, phone: Page, db: Session, reviewer: Person
) -> None:
    enter(phone, server, db, reviewer)
    button = phone.get_by_role("button", name="First")
    expect(button).to_be_in_viewport(ratio=1)  # at hand before anything is scrolled
    box = button.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    assert faults(phone) == []
    button.dblclick()
    said(phone, 1)
    phone.wait_for_load_state()
    phone.get_by_role("link", name="Rank a handful").click()
    for number in (2, 0, 3):
        place = str({2: 1, 0: 2, 3: 3}[number])
        phone.get_by_label(f"Talk {number}", exact=True).select_option(place)
    assert faults(phone) == []
    phone.get_by_role("button", name="Keep this ranking").click()
    expect(phone.get_by_text("You said: Talk 2 > Talk 0 > Talk 3.")).to_be_visible()
    assert [state for state, _places in stored(db)] == ["said", "said"]
