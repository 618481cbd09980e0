"""The schedule moved with the mouse, with the keys, on a phone, and by two chairs at once."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from cfp import clock
from cfp.db import open_session
from cfp.domain.accounts.models import Person
from cfp.domain.conferences.models import Conference
from cfp.domain.program import blocks
from cfp.domain.program.plans import plan_of
from tests.factories import give_role, make_login, make_person
from tests.support.browser import Watch, faults
from tests.support.planning import Setting, at, make_setting
from tests.support.server import Server

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PATIENCE = 30_000
PIXELS = 2.4
DASH = "\N{EN DASH}"

NewPage = Callable[..., Page]
Visit = Callable[..., Page]


@pytest.fixture
def here(db: Session) -> Setting:
    """Two talks by Ada, one placed in the hall at ten; Lunch; one of Ben's that waits."""
    setting = make_setting(db)
    ada = make_person(db, "Ada Example")
    setting.place(setting.talk("Boats on a line", ada))
    setting.place(setting.talk("Bells without clappers", ada), 60, room_id=setting.attic.id)
    setting.place("Lunch", 120, 60, room_id=None)
    late = setting.talk("Early in the day", make_person(db, "Ben Example"))
    setting.said(late, availability={"2026-11-19": "00:00-12:00"})
    db.commit()
    return setting


@pytest.fixture
def visit(server: Server, db: Session, here: Setting, new_page: NewPage) -> Visit:
    """The schedule, opened by a chair: `visit(width=390)`."""
    expect.set_options(timeout=PATIENCE)

    def open_for(person: Person | None = None, **how: object) -> Page:
        page = new_page(**{"height": 1200, **how})
        page.set_default_timeout(PATIENCE)
        cookie = make_login(db, person or here.chair, now=clock.now())
        page.context.add_cookies([{"name": "cfp", "value": cookie, "url": server.url}])
        db.commit()
        page.goto(f"{server.url}/netconf/chair/program/")
        return page

    return open_for


def card(page: Page, title: str) -> Locator:
    return page.locator(".slot-card:not(.is-ghost)").filter(has_text=title)


def said(page: Page) -> Locator:
    return page.locator("[data-schedule-said]")


def where(engine: Engine, title: str) -> tuple[timedelta, int, str]:
    """How long after ten a talk is, how long it takes, and in which room."""
    with open_session(engine, writes=False) as db:
        plan = plan_of(db, db.query(Conference).one())
        one = next(one for one in plan.placed if one.title == title)
        return one.start - at(0), one.minutes, one.room


def drag(page: Page, start: Locator, *, right: float = 0, down: float = 0) -> None:
    box = start.bounding_box()
    assert box is not None
    x, y = box["x"] + 40, box["y"] + 12
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + right / 2, y + down / 2, steps=4)
    page.mouse.move(x + right, y + down, steps=4)


def test_dragged_with_the_mouse_with_what_clashes_painted(visit: Visit, engine: Engine) -> None:
    page = visit()
    boats = card(page, "Boats on a line")
    bells = card(page, "Bells without clappers")
    drag(page, boats, down=60 * PIXELS)
    ghost = page.locator(".is-ghost")
    expect(ghost).to_contain_text("Ada Example speaks then")
    expect(ghost).to_have_class("slot-card is-ghost is-bad")
    expect(bells).to_have_class("slot-card is-same")
    page.keyboard.press("Escape")
    page.mouse.up()
    expect(ghost).to_have_count(0)
    expect(bells).to_have_class("slot-card")
    assert where(engine, "Boats on a line")[0] == timedelta(0)
    drag(page, boats, down=30 * PIXELS)
    expect(ghost).not_to_have_class("slot-card is-ghost is-bad")
    page.mouse.up()
    expect(card(page, "Boats on a line")).to_contain_text(f"10:30{DASH}")
    assert where(engine, "Boats on a line") == (timedelta(minutes=30), 30, "Hall")
    page.get_by_role("button", name="Undo: move Boats on a line").click()
    expect(card(page, "Boats on a line")).to_contain_text(f"10:00{DASH}")
    assert where(engine, "Boats on a line")[0] == timedelta(0)
    assert faults(page) == []


def test_a_waiting_talk_is_dragged_in_and_out_and_its_unavailability_is_painted(
    visit: Visit, engine: Engine
) -> None:
    page = visit()
    waiting = page.locator("[data-talk]").filter(has_text="Early in the day")
    target = card(page, "Bells without clappers").bounding_box()
    source = waiting.bounding_box()
    assert target is not None
    assert source is not None
    page.mouse.move(source["x"] + 10, source["y"] + 10)
    page.mouse.down()
    page.mouse.move(target["x"] + 30, target["y"] + 200, steps=8)
    expect(page.locator(".grid-shut")).to_have_count(1)
    expect(page.locator(".is-ghost")).to_contain_text("speakers can't then")
    page.mouse.move(target["x"] + 30, target["y"] - 60 * PIXELS, steps=8)
    page.mouse.up()
    expect(card(page, "Early in the day")).to_contain_text("10:00")
    assert where(engine, "Early in the day") == (timedelta(0), 30, "Attic")
    expect(page.locator(".grid-shut")).to_have_count(0)
    side = page.locator(".schedule-side").bounding_box()
    moved = card(page, "Early in the day").bounding_box()
    assert side is not None
    assert moved is not None
    page.mouse.move(moved["x"] + 40, moved["y"] + 12)
    page.mouse.down()
    page.mouse.move(side["x"] + 60, side["y"] + 60, steps=8)
    page.mouse.up()
    expect(page.locator("[data-talk]").filter(has_text="Early in the day")).to_be_visible()
    with pytest.raises(StopIteration):
        where(engine, "Early in the day")


def test_moved_with_the_keys_alone_and_said_aloud(visit: Visit, engine: Engine) -> None:
    page = visit()
    handle = card(page, "Boats on a line").get_by_role("button", name="Move Boats on a line")
    handle.focus()
    page.keyboard.press("Enter")
    expect(said(page)).to_contain_text("Boats on a line picked up")
    page.keyboard.press("ArrowRight")
    expect(said(page)).to_contain_text(f"10:00{DASH}10:30, Attic: free")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Shift+ArrowDown")
    expect(said(page)).to_contain_text("Bells without clappers is there at that time")
    page.keyboard.press("Escape")
    expect(said(page)).to_contain_text("Left where it was")
    assert where(engine, "Boats on a line") == (timedelta(0), 30, "Hall")
    page.keyboard.press("Enter")
    for key in ("ArrowRight", "ArrowDown", "+", "PageDown"):
        page.keyboard.press(key)
    expect(said(page)).to_contain_text(f"Fri 20 Nov 2026, 10:05{DASH}10:40, Attic: free")
    page.keyboard.press("Enter")
    expect(said(page)).to_contain_text("Boats on a line dropped: Fri 20 Nov 2026")
    day = timedelta(days=1, minutes=5)
    assert where(engine, "Boats on a line") == (day, 35, "Attic")
    moved = page.locator(".slot-card").filter(has_text="Boats on a line").locator(".handle")
    expect(moved).to_be_focused()


@pytest.mark.parametrize("scripts", [True, False], ids=["with script", "without script"])
def test_moved_by_the_form_on_a_phone(visit: Visit, engine: Engine, scripts: bool) -> None:
    page = visit(width=390, height=844, scripts=scripts)
    expect(page.locator(".grid-box:visible")).to_have_count(0)
    if scripts:
        assert faults(page) == []
    page.get_by_role("link", name="Move to … Boats on a line").click()
    page.get_by_label("Start").fill("11:15")
    page.get_by_label("Room").select_option("Attic")
    page.get_by_role("button", name="Move", exact=True).click()
    expect(page.get_by_role("row").filter(has_text="Boats on a line")).to_contain_text("11:15")
    assert where(engine, "Boats on a line") == (timedelta(minutes=75), 30, "Attic")


def test_of_two_chairs_the_second_is_told_and_sees_the_first_s(
    visit: Visit, here: Setting, db: Session, engine: Engine, watch: Watch
) -> None:
    watch.forgive.append("409")
    other = make_person(db, "Second Chair")
    give_role(db, here.conference, other, "chair")
    first, second = visit(), visit(other)
    drag(first, card(first, "Boats on a line"), down=15 * PIXELS)
    first.mouse.up()
    expect(card(first, "Boats on a line")).to_contain_text("10:15")
    drag(second, card(second, "Boats on a line"), down=60 * PIXELS)
    second.mouse.up()
    notice = second.locator(".schedule > .notice-warning")
    expect(notice).to_contain_text("Somebody saved this meanwhile")
    expect(card(second, "Boats on a line")).to_contain_text("10:15")
    assert where(engine, "Boats on a line")[0] == timedelta(minutes=15)
    # From what it shows now, the second goes on.
    drag(second, card(second, "Boats on a line"), down=15 * PIXELS)
    second.mouse.up()
    expect(card(second, "Boats on a line")).to_contain_text(f"10:30{DASH}")


def test_the_posters_of_a_session_are_one_card_and_move_as_one(
    visit: Visit, here: Setting, engine: Engine
) -> None:
    rows = [here.place(here.talk(f"Poster {n}"), 240 + 30 * n) for n in range(3)]
    blocks.make_session(
        here.db, here.me, here.conference, slots={row.id: row.revision for row in rows},
        title="Seen standing", chair="", posters=True, now=clock.now(),
    )  # fmt: skip
    page = visit()
    posters = card(page, "Seen standing")
    expect(posters.get_by_role("link")).to_have_text(["Poster 0", "Poster 1", "Poster 2"])
    drag(page, posters, down=-105 * PIXELS)
    expect(page.locator(".is-ghost")).to_contain_text("Lunch is for everybody")
    box = posters.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 40, box["y"] + 12 - 60 * PIXELS, steps=4)
    expect(page.locator(".is-ghost")).not_to_have_class("slot-card is-ghost is-bad")
    page.mouse.up()
    expect(posters).to_contain_text(f"13:00{DASH}")
    for number in range(3):
        assert where(engine, f"Poster {number}") == (timedelta(hours=3), 90, "Hall")


def test_the_list_is_the_grid_s_equal(visit: Visit) -> None:
    page = visit()
    page.get_by_role("button", name="List", exact=True).click()
    rows = page.get_by_role("row").filter(has_text="Bells without clappers")
    expect(rows).to_contain_text("Attic")
    expect(page.locator(".grid-box:visible")).to_have_count(0)
    page.reload()
    expect(rows).to_be_visible()
    page.get_by_role("button", name="Grid", exact=True).click()
    expect(rows).to_be_hidden()
    expect(card(page, "Bells without clappers")).to_be_visible()
