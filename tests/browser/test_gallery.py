"""The parts that all pages are made of, in a real browser: see `tests/gallery`."""

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server

from tests.gallery.app import create_gallery
from tests.support.browser import faults, press_keys

PAGES = ["forms", "plain", "chair", "speaker", "bare", "stale", "error/404", "error/500"]


@dataclass
class Gallery:
    url: str
    app: Flask

    @property
    def saved(self) -> list[dict[str, str]]:
        """The forms that were autosaved, oldest first."""
        found: list[dict[str, str]] = self.app.extensions["saved"]
        return found

    def answer(self, status: int) -> None:
        self.app.config["ANSWER"] = status


@pytest.fixture(scope="module")
def served() -> Iterator[Gallery]:
    """Outlives every page: one that still has something to say must find somebody."""
    app = create_gallery()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Gallery(f"http://127.0.0.1:{server.server_port}", app)
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def gallery(served: Gallery) -> Gallery:
    served.saved.clear()
    served.answer(200)
    return served


@pytest.mark.parametrize(
    ("width", "scheme"),
    [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark"), (320, "light")],
)
def test_every_part_has_no_fault(new_page, gallery, width, scheme):
    page = new_page(width=width)
    page.emulate_media(color_scheme=scheme)
    for name in PAGES:
        page.goto(f"{gallery.url}/{name}")
        assert faults(page) == [], name


def test_an_explicit_theme_overrules_the_system(page, gallery):
    def ground() -> str:
        return page.evaluate("getComputedStyle(document.body).backgroundColor")

    page.emulate_media(color_scheme="dark")
    page.goto(gallery.url + "/speaker")
    dark = ground()
    page.evaluate("document.documentElement.dataset.bsTheme = 'light'")
    assert dark != ground() == "rgb(255, 255, 255)"


def test_the_error_summary_has_the_focus_and_leads_to_the_field(page, gallery):
    page.goto(gallery.url + "/forms")
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    summary.get_by_role("link", name="Title:").click()
    expect(page.get_by_label("Title")).to_be_focused()
    expect(page.get_by_label("Title")).to_have_attribute("aria-invalid", "true")
    assert page.get_by_label("Title").evaluate(
        "field => field.getAttribute('aria-describedby').split(' ')"
        ".map(id => document.getElementById(id).textContent.trim())"
    ) == ["Public", "At most 150 characters", "Give your talk a title."]


def test_enter_in_a_text_field_saves_and_moves_no_speaker(page, gallery):
    page.goto(gallery.url + "/plain")
    name = page.evaluate(
        "document.querySelector('form[novalidate]').querySelector('[type=submit], button').name"
    )
    assert name == "act"


def _type_title(page: Page, text: str) -> None:
    page.get_by_label("Title").fill(text)
    page.get_by_label("Title").blur()


def test_autosave_stores_and_carries_the_new_revision(page, gallery):
    page.goto(gallery.url + "/plain")
    _type_title(page, "Flows")
    expect(page.locator("[data-save-state]")).to_have_text(re.compile(r"^Saved \d\d:\d\d$"))
    _type_title(page, "Flows again")
    expect(page.locator("[name=revision]")).to_have_value("5")
    assert page.evaluate("localStorage.length") == 0
    assert [(form["title"], form["revision"]) for form in gallery.saved] == [
        ("Flows", "3"),
        ("Flows again", "4"),
    ]


def test_autosave_waits_for_no_second_reason(page, gallery):
    page.goto(gallery.url + "/plain")
    page.get_by_label("Title").fill("Typed, and the field not left")
    expect(page.locator("[data-save-state]")).to_contain_text("Saved")
    assert len(gallery.saved) == 1
    _type_title(page, "Typed, and the field not left")
    assert len(gallery.saved) == 1


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (409, "Somebody saved a change meanwhile"),
        (401, "You are logged out"),
        (413, "more than can be sent"),
        (422, "Not saved as it is; your text is kept in this browser. The title is too long."),
        (503, "Not saved yet, trying again"),
    ],
)
def test_a_refused_autosave_says_why_and_the_text_can_be_brought_back(
    page, watch, gallery, status, words
):
    watch.forgive = [f"status of {status}"]
    gallery.answer(status)
    page.goto(gallery.url + "/plain")
    page.get_by_role("button", name="Add a speaker").click()
    page.get_by_label("Name").nth(2).fill("Dee Fourth")
    _type_title(page, "Nothing of this may be lost")
    expect(page.locator("[data-save-state]")).to_contain_text(words)
    page.goto(gallery.url + "/plain")
    expect(page.get_by_label("Title")).to_have_value("")
    page.get_by_role("button", name="Bring it back").click()
    expect(page.get_by_label("Title")).to_have_value("Nothing of this may be lost")
    expect(page.get_by_label("Name").nth(2)).to_have_value("Dee Fourth")


def test_an_ended_session_offers_the_log_in(page, watch, gallery):
    watch.forgive = ["status of 401"]
    gallery.answer(401)
    page.goto(gallery.url + "/plain")
    _type_title(page, "Flows")
    expect(page.get_by_role("link", name="Log in again")).to_have_attribute("href", "/bare")


def test_what_arrived_is_not_offered_again(page, watch, gallery):
    watch.forgive = ["status of 409"]
    gallery.answer(409)
    page.goto(gallery.url + "/plain")
    _type_title(page, "Flows")
    expect(page.locator("[data-save-state]")).to_contain_text("meanwhile")
    page.evaluate("sessionStorage.setItem('cfp:sent', Object.keys(localStorage)[0])")
    page.goto(gallery.url + "/speaker")
    page.goto(gallery.url + "/plain")
    expect(page.locator("[data-restore]")).to_be_hidden()


def test_the_preview_is_text_whatever_is_typed(page, gallery):
    page.goto(gallery.url + "/plain")
    page.get_by_label("Title").fill("<img src=x onerror=alert(1)>")
    page.get_by_label("Abstract").fill("a\n  b")
    expect(page.locator("#preview h3")).to_have_text("<img src=x onerror=alert(1)>")
    expect(page.locator("#preview img")).to_have_count(0)
    assert page.locator("#preview .abstract").evaluate("e => e.textContent") == "a\n  b"


def test_speakers_are_added_moved_and_removed_without_a_round_trip(page, gallery):
    page.goto(gallery.url + "/plain")
    page.get_by_role("button", name="Add a speaker").click()
    third = page.get_by_role("group", name="Speaker 3")
    expect(third.get_by_label("Name")).to_be_focused()
    third.get_by_label("Name").fill("Cy")
    third.get_by_role("button", name="Move up").click()
    expect(page.locator("[name=speakers-1-name]")).to_have_value("Cy")
    expect(page.locator("[data-rows-said]")).to_have_text("Moved up: Speaker")
    page.get_by_role("button", name="Remove Speaker 1").click()
    assert page.locator("[data-row] [type=text]").evaluate_all(
        "fields => fields.map(field => [field.name, field.value])"
    ) == [
        ["speakers-0-name", "Cy"],
        ["speakers-0-affiliation", ""],
        ["speakers-1-name", ""],
        ["speakers-1-affiliation", ""],
    ]
    expect(page.locator("#preview h3")).to_have_text("Your title")
    assert faults(page) == []


def test_keys_score_and_go_on_but_never_inside_a_text(page, gallery):
    page.goto(gallery.url + "/plain")
    press_keys(page, "4")
    expect(page.locator("#score input[value='4']")).to_be_checked()
    press_keys(page, "2")
    expect(page.locator("#novelty input[value='2']")).to_be_checked()
    press_keys(page, "k")
    press_keys(page, "5")
    expect(page.locator("#score input[value='5']")).to_be_checked()
    press_keys(page, "c")
    note = page.get_by_label("Anything the chairs should know")
    expect(note).to_be_focused()
    page.keyboard.type("j1?")
    expect(note).to_have_value("j1?")


def test_keys_can_be_turned_off_and_stay_off(page, gallery):
    page.goto(gallery.url + "/plain")
    press_keys(page, "?")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert faults(page) == []
    page.get_by_label("Use these keys").uncheck()
    page.get_by_role("button", name="Close").click()
    page.reload()
    press_keys(page, "4")
    expect(page.locator("#score input:checked")).to_have_count(0)


def test_the_bulk_bar_shows_count_and_titles(page, gallery):
    page.goto(gallery.url + "/chair")
    bar = page.locator("[data-bulk]")
    expect(bar).to_be_hidden()
    page.get_by_label("Select Talk number 2").check()
    page.get_by_label("Select Talk number 3").check()
    expect(bar).to_contain_text("2 selected: Talk number 2 · Talk number 3")
    page.get_by_label("Select all on this page").check()
    expect(bar).to_contain_text("10 selected:")


def test_a_menu_closes_by_escape_and_by_a_click_elsewhere(phone, gallery):
    phone.goto(gallery.url + "/chair")
    person = phone.locator("details.person")
    person.locator("summary").click()
    expect(phone.get_by_role("button", name="Log out")).to_be_visible()
    assert faults(phone) == []
    phone.keyboard.press("Escape")
    expect(phone.get_by_role("button", name="Log out")).to_be_hidden()
    rail = phone.locator("details.rail-menu")
    rail.locator("summary").click()
    expect(rail.get_by_role("link", name="Decisions")).to_be_visible()
    assert faults(phone) == []
    phone.locator("h1").click()
    expect(rail.get_by_role("link", name="Decisions")).to_be_hidden()


def test_moments_stand_in_the_conference_s_zone_and_in_one_s_own(page, gallery):
    page.goto(gallery.url + "/speaker")
    expect(page.locator(".what-next")).to_contain_text(
        "Tue 1 Sep 2026, 23:59 Prague (21:59 for you)"
    )
