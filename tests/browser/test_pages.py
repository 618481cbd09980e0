"""Every page of the demo conference in a real browser, wide and light, then narrow and dark."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page

from cfp.app import create_app
from cfp.config import Config
from cfp.web.chair.saved_views import PAGES
from cfp.web.files import KINDS
from tests.support.browser import expect_faults, faults
from tests.support.crawl import get_rules
from tests.support.demo import Demo, demo, loaded_once
from tests.support.places import NOBODY, Place

AREAS = {"public": 1, "account": 1, "speaker": 2, "reviewer": 1, "chair": 6}
"""In how many tests each area's pages are looked at, so that workers share them."""
WITHOUT_VIEWS = {"guest_list", "quality", "scenario_list", "sure", "wishes"}
"""Lists that are kept as shown, but whose filters are not kept under a name."""
NO_PAGE = {
    *("public.healthz", "public.readyz", "account.export"),
    "public.program_file",
    *("public.embed", "public.embed_script"),
    *("public.material_file", "speaker.material_file"),
    *("reviewer.offline_sheet", "reviewer.offline_text", "reviewer.offline_text_of_one"),
    *("chair.assignment_csv", "chair.assignment_json", "chair.proposal_csv", "chair.proposal_json"),
    *("chair.meanwhile", "chair.confirm_answers_csv"),
    *("chair.all_reviews_csv", "chair.proposal_xlsx"),
    *("chair.reviewers_csv", "chair.reviewers_xlsx"),
    *("chair.proposal_loads_csv", "chair.proposal_loads_xlsx"),
    *(f"chair.{name}_{kind}" for name in {*PAGES, *WITHOUT_VIEWS} for kind in KINDS),
    *(f"reviewer.{name}_{kind}" for name in ("queue", "bids") for kind in KINDS),
}
"""Files and signs of life."""
ELSEWHERE = {"account.code", "account.first_account"}
"""Pages that have a test of their own below."""
NARROWEST = {
    *("public.index", "public.conference", "public.program", "public.talk"),
    *("public.grid", "public.speakers", "public.speaker"),
}
"""Pages that are looked at as small as a page may be read, 320 px, too."""


@pytest.fixture(scope="module")
def served(
    tmp_path_factory: pytest.TempPathFactory, shared_folder: Path, sqlite_template: Path
) -> Iterator[Demo]:
    instance = tmp_path_factory.mktemp("demo")
    shutil.copy(loaded_once(shared_folder, sqlite_template), instance / "cfp.sqlite3")
    with demo(instance) as started:
        yield started


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    """For its table of routes only."""
    return create_app(Config.from_env({"CFP_INSTANCE": str(tmp_path)}))


def test_every_page_there_is_is_looked_at(served: Demo, app: Flask) -> None:
    pages = {rule.endpoint for rule in get_rules(app)} - NO_PAGE
    assert pages == {place.endpoint for place in served.places} | ELSEWHERE


@pytest.mark.parametrize(
    ("area", "part"), [(area, part) for area, parts in AREAS.items() for part in range(parts)]
)
def test_no_page_has_a_fault(
    served: Demo, app: Flask, page: Page, area: str, part: int
) -> None:
    page.set_default_timeout(30_000)
    expect_faults(page)
    routes = app.url_map.bind("127.0.0.1")
    found = {}
    here = [place for place in served.places if place.endpoint.startswith(f"{area}.")]
    for place in here[part :: AREAS[area]]:
        path = routes.build(place.endpoint, dict(place.values))
        found[f"{path} as {place.viewer}"] = _look(page, served, place, path)
    assert not {path: wrong for path, wrong in found.items() if wrong}


def _look(page: Page, served: Demo, place: Place, path: str) -> list[str]:
    _become(page, served, place.viewer)
    page.set_viewport_size({"width": 1280, "height": 800})
    page.emulate_media(color_scheme="light")
    answer = page.goto(served.server.url + path)
    assert answer is not None
    wrong = [] if answer.status == place.status else [f"answers {answer.status}"]
    wrong += _misshapen(page) + [f"wide: {one}" for one in faults(page)]
    page.emulate_media(color_scheme="dark")
    for width in (390, 320) if place.endpoint in NARROWEST else (390,):
        page.set_viewport_size({"width": width, "height": 844})
        wrong += [f"{width} px, dark: {one}" for one in faults(page)]
    return wrong


def _become(page: Page, served: Demo, viewer: int) -> None:
    page.context.clear_cookies()
    if viewer != NOBODY:
        value = served.cookies[viewer]
        page.context.add_cookies([{"name": "cfp", "value": value, "url": served.server.url}])


def _misshapen(page: Page) -> list[str]:
    """What a page must have and axe does not ask for."""
    headings = page.locator("h1").count()
    doubled = page.evaluate(
        "[...document.querySelectorAll('[id]')].map(one => one.id)"
        ".filter((id, place, all) => all.indexOf(id) !== place)"
    )
    wrong = [] if headings == 1 else [f"{headings} h1"]
    wrong += [f"id {one} stands twice" for one in doubled]
    return wrong if page.title().strip(" ·") else [*wrong, "no title"]


def test_the_page_that_asks_for_the_code_has_no_fault(served: Demo, page: Page) -> None:
    page.goto(f"{served.server.url}/account/log-in")
    page.get_by_label("E-mail").fill("somebody.new@example.org")
    page.get_by_role("button", name="E-mail me a link and a code").click()
    page.get_by_role("heading", level=1, name="Look into your mail").wait_for()
    assert faults(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    assert faults(page) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_first_page_of_an_instance_has_no_fault(server, page: Page) -> None:
    offer = re.search(r"https?://\S+/account/first/\S+", server.output())
    assert offer, server.output()
    page.goto(offer.group())
    assert _misshapen(page) + faults(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(color_scheme="dark")
    assert faults(page) == []
