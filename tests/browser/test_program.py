"""The public program in a browser: times in any zone, search, favorites, now, files, elsewhere."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from werkzeug import Request, Response

from tests.support.browser import faults
from tests.support.ports import free_port
from tests.support.public_site import SLUG, published, served, unpacked

# What is typed, and what the talk at 10:30 UTC then shows, with the name of the zone.
OFFSETS = [
    ("0", "10:30", "UTC+00:00"),
    ("+1", "11:30", "UTC+01:00"),
    ("-5", "05:30", "UTC-05:00"),
    ("5.5", "16:00", "UTC+05:30"),
    ("+0530", "16:00", "UTC+05:30"),
    ("-03:30", "07:00", "UTC-03:30"),
    ("+5:45", "16:15", "UTC+05:45"),
    ("Z", "10:30", "UTC+00:00"),
    ("14", "00:30", "UTC+14:00"),
    ("-12", "22:30", "UTC-12:00"),
]
WRONG = ["15", "-12:15", "abc", "5.33", "1:7", "--1", "1e3", "99999", "+", "5:61"]
ZONES = [
    ("Asia/Kolkata", "UTC+05:30", "16:00", "16:30", "04:00", "05:00 (+1 day, 1 Jan 2027)"),
    ("America/St_Johns", "UTC-03:30", "07:00", "07:30", "19:00", "20:00"),
    (
        *("Pacific/Kiritimati", "UTC+14:00", "00:30", "01:00 (+1 day, 1 Jan 2027)"),
        *("12:30", "13:30 (+1 day, 1 Jan 2027)"),
    ),
]
EVENT = "Europe/Prague (UTC+01:00)"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[str]:
    with published(tmp_path_factory.mktemp("program"), sqlite_template) as url:
        yield f"{url}/{SLUG}/program/"


def row(page: Page, title: str):
    return page.locator("#schedule ~ section tr", has_text=title).first


def times(page: Page, title: str) -> str:
    """The times of a row as they are read, without the button beside them."""
    cell = row(page, title).locator(".time")
    return " ".join(cell.inner_text().replace("\N{EN DASH}", "-").split())


def zone(page: Page) -> str:
    return page.locator("[data-zone-name]").first.inner_text()


@pytest.mark.parametrize("own", [case[0] for case in ZONES])
def test_any_offset_that_is_typed_is_shown_and_a_wrong_one_is_told(new_page, address, own):
    page = new_page(zone=own)
    page.goto(address)
    assert zone(page) == EVENT
    page.get_by_label("Times in").select_option("offset")
    field, error = page.get_by_label("Offset from UTC"), page.locator("#utc-error")
    for typed, start, named in OFFSETS:
        field.fill(typed)
        field.press("Enter")
        assert times(page, "Maps of the night").startswith(start), typed
        assert (zone(page), error.is_hidden()) == (named, True), typed
        assert f"utc={named[3:].replace('+', '%2B').replace(':', '%3A')}" in page.url
    for typed in WRONG:
        field.fill(typed)
        field.press("Enter")
        expect(error).to_contain_text(f"“{typed}” is not an offset")
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(field).to_have_value(typed)
        assert (times(page, "Maps of the night"), zone(page)) == ("11:30-12:00", EVENT), typed


def test_the_same_without_scripts(new_page, address, watch):
    watch.forgive = ["status of 422"]
    page = new_page(scripts=False)
    for typed, start, named in OFFSETS:
        page.goto(address)
        page.get_by_label("Offset from UTC").fill(typed)
        page.get_by_role("button", name="Show").click()
        assert (times(page, "Maps of the night")[:5], zone(page)) == (start, named), typed
    for asked, named in (("+1", "UTC+01:00"), ("%2B0530", "UTC+05:30")):
        page.goto(f"{address}?utc={asked}")
        assert zone(page) == named
    for typed in WRONG:
        page.goto(address)
        page.get_by_label("Offset from UTC").fill(typed)
        page.get_by_role("button", name="Show").click()
        expect(page.locator("#utc-error")).to_contain_text(f"“{typed}” is not an offset")
        assert (times(page, "Maps of the night"), zone(page)) == ("11:30-12:00", EVENT), typed


@pytest.mark.parametrize(("own", "offset", "start", "end", "late", "later"), ZONES)
def test_one_s_own_zone_is_remembered_and_month_and_year_roll_over(
    new_page, address, own, offset, start, end, late, later
):
    page = new_page(zone=own)
    page.goto(address)
    assert times(page, "Fireworks") == "23:30-00:30 (+1 day, 1 Jan 2027)"
    page.get_by_label("Times in").select_option("mine")
    page.reload()
    assert zone(page) == f"{own} ({offset})"
    assert times(page, "Maps of the night") == f"{start}-{end}"
    assert times(page, "Fireworks") == f"{late}-{later}"
    if own == "America/St_Johns":
        assert times(page, "Early walk") == "20:00-20:30 (-1 day, 30 Dec)"
    expect(page.locator("section.day").first).to_contain_text("Thursday 31 December 2026")


def test_server_and_script_tell_shifted_dates_alike(new_page, address):
    plain, page = new_page(scripts=False), new_page(zone="Asia/Kolkata")
    page.goto(address)
    page.get_by_label("Times in").select_option("offset")
    for offset in ("+14", "-12", "+05:45"):
        plain.goto(f"{address}?utc={offset}")
        page.get_by_label("Offset from UTC").fill(offset)
        page.get_by_label("Offset from UTC").press("Enter")
        for title in ("Early walk", "Maps of the night", "Fireworks", "Rivers in January"):
            assert times(page, title) == times(plain, title), (offset, title)


def test_an_asked_offset_overrules_the_remembered_zone(new_page, address, watch):
    watch.forgive = ["status of 422"]
    page = new_page(zone="Asia/Kolkata")
    page.goto(address)
    page.get_by_label("Times in").select_option("mine")
    page.goto(f"{address}?utc=-5")
    assert (zone(page), times(page, "Maps of the night")) == ("UTC-05:00", "05:30-06:00")
    expect(page.get_by_label("Times in")).to_have_value("offset")
    expect(page.get_by_label("Offset from UTC")).to_have_value("-05:00")
    page.goto(address)
    assert zone(page) == "UTC-05:00"
    page.get_by_label("Times in").select_option("event")
    assert (zone(page), "utc=" in page.url) == (EVENT, False)
    page.get_by_label("Times in").select_option("mine")
    page.goto(f"{address}?utc=noon")
    assert zone(page) == EVENT
    expect(page.locator("#utc-error")).to_be_visible()


def test_search_and_filters_show_what_fits(new_page, address):
    page = new_page()
    page.goto(address)
    said = page.locator("[data-program-said]")
    page.get_by_label("Search").fill("cas CLOCKS")
    expect(said).to_have_text("1 of 5 talks shown")
    expect(row(page, "Čas and clocks")).to_be_visible()
    expect(row(page, "Fireworks")).to_be_hidden()
    expect(page.locator("#t-AAAAA1")).to_be_visible()
    expect(page.locator("#t-AAAAA2")).to_be_hidden()
    page.get_by_label("Search").fill("")
    page.get_by_label("Track").select_option("Space")
    expect(said).to_have_text("2 of 5 talks shown")
    page.get_by_label("Day", exact=True).select_option("2")
    expect(said).to_have_text("1 of 5 talks shown")
    expect(page.locator("#day1")).to_be_hidden()
    page.get_by_label("Track").select_option("")
    page.get_by_label("Room").select_option("Cellar")
    expect(said).to_have_text("1 of 5 talks shown")
    page.goto(f"{address}#t1")
    expect(page.locator("#t-AAAAA2")).to_be_in_viewport()


def test_favorites_are_kept_and_make_a_calendar(new_page, address):
    page = new_page()
    page.goto(address)
    page.get_by_role("button", name="Favorite: Maps of the night").first.click()
    page.reload()
    star = page.get_by_role("button", name="Favorite: Maps of the night").first
    expect(star).to_have_attribute("aria-pressed", "true")
    page.get_by_label("Only favorites").check()
    expect(page.locator("[data-program-said]")).to_have_text("1 of 5 talks shown")
    link = page.get_by_role("link", name="Calendar of my favorites").get_attribute("href")
    calendar = page.request.get(link).text()
    assert calendar.count("BEGIN:VEVENT") == 1
    assert "SUMMARY:Maps of the night" in calendar
    page.goto(f"{address}talks/AAAAA2/")
    expect(page.get_by_role("button", name="Favorite")).to_have_attribute("aria-pressed", "true")


def test_now_is_a_line_and_an_anchor(new_page, address):
    page = new_page(zone="Asia/Kolkata")
    page.clock.install(time=datetime(2026, 12, 31, 10, 45, tzinfo=UTC))
    page.goto(f"{address}#now")
    line = page.locator("tr.now")
    expect(line).to_be_in_viewport()
    expect(line).to_have_text("Now, 11:45")
    expect(row(page, "Maps of the night")).to_have_class(re.compile("is-now"))
    expect(row(page, "Early walk")).not_to_have_class(re.compile("is-now"))
    page.get_by_label("Times in").select_option("mine")
    expect(line).to_have_text("Now, 16:15")
    page.clock.run_for(30 * 60_000)
    expect(row(page, "Maps of the night")).not_to_have_class(re.compile("is-now"))
    page.clock.set_fixed_time(datetime(2027, 3, 1, tzinfo=UTC))
    page.reload()
    expect(line).to_have_count(0)
    expect(page.get_by_role("link", name="Now")).to_be_hidden()


def test_the_page_prints_as_a_leaflet(new_page, address, tmp_path):
    page = new_page()
    page.goto(address)
    page.emulate_media(media="print")
    for part in (".tools", ".top-bar", ".jumps", ".star", ".to-top"):
        assert page.locator(part).first.is_hidden(), part
    expect(row(page, "Maps of the night")).to_be_visible()
    expect(page.locator("#t-AAAAA2")).to_be_visible()


@pytest.mark.parametrize("path", ["", "grid/", "talks/AAAAA1/", "talks/AAAAA4/", "speakers/S2/"])
def test_no_page_has_a_fault_on_any_screen(new_page, address, path):
    page = new_page(zone="Pacific/Kiritimati")
    page.clock.install(time=datetime(2026, 12, 31, 10, 45, tzinfo=UTC))
    page.goto(address + path)
    for width in (1280, 390, 320):
        for scheme in ("light", "dark"):
            page.set_viewport_size({"width": width, "height": 844})
            page.emulate_media(color_scheme=scheme)
            assert faults(page) == [], (width, scheme)


def test_rooms_side_by_side_are_a_table_in_the_order_of_time(new_page, address):
    page = new_page()
    page.goto(f"{address}grid/")
    table = page.get_by_role("table").first
    assert table.locator("thead th").all_inner_texts() == ["Time", "Main hall", "Cellar"]
    cells = table.locator("tbody tr", has_text="Čas and clocks").locator("td")
    assert [text.split("\n")[0] for text in cells.all_inner_texts()] == [
        "Čas and clocks",
        "Maps of the night",
    ]
    assert table.locator("td", has_text="Fireworks").get_attribute("colspan") == "2"
    assert "Rockets" not in table.inner_text()


@pytest.mark.parametrize("way", ["file", "http"])
def test_the_static_site_is_whole_from_disk_and_from_any_host(new_page, tmp_path, way):
    folder = unpacked(tmp_path)
    page = new_page(zone="Asia/Kolkata")

    def walk(base: str) -> None:
        page.goto(f"{base}/index.html")
        page.get_by_label("Times in").select_option("mine")
        assert times(page, "Maps of the night") == "16:00-16:30"
        page.get_by_label("Search").fill("rivers")
        expect(page.locator("[data-program-said]")).to_have_text("1 of 5 talks shown")
        page.locator("#t-AAAAA3 a").first.click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Rivers in January")
        page.get_by_role("link", name="Eve Third").first.click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Eve Third")
        page.get_by_role("link", name="Rooms").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Rooms")
        assert page.evaluate(
            "getComputedStyle(document.querySelector('.grid')).borderCollapse"
        ) == ("collapse")

    if way == "file":
        walk(folder.as_uri())
    else:
        port = free_port()
        with served(_files(folder), port):
            walk(f"http://127.0.0.1:{port}")
            for path in ("", "talks/AAAAA1/", "speakers/", "grid/"):
                page.goto(f"http://127.0.0.1:{port}/{path}index.html")
                assert faults(page) == [], path
            page.goto(f"http://127.0.0.1:{port}/index.html")
            page.get_by_role("button", name="Favorite: Rivers in January").first.click()
            with page.expect_download() as download:
                page.get_by_role("link", name="Calendar of my favorites").click()
            text = Path(download.value.path()).read_text()
            assert re.findall("SUMMARY:(.*)", text) == ["Rivers in January"]


def _files(folder: Path):
    kinds = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}

    @Request.application
    def app(request: Request) -> Response:
        file = folder / request.path.lstrip("/")
        kind = kinds.get(file.suffix, "application/octet-stream")
        return Response(file.read_bytes(), content_type=f"{kind}; charset=utf-8")

    return app


def test_the_program_stands_on_another_site_and_neither_style_reaches_the_other(new_page, address):
    port = free_port()
    html = (
        "<!doctype html><html lang=en><title>Elsewhere</title><style>table, a { color: #900 }"
        "</style><main><h1>Elsewhere</h1><a href='#x'>Ours</a>"
        f"<script src='{address}embed.js' async></script></main></html>"
    )

    @Request.application
    def app(request: Request) -> Response:
        return Response(html if request.path == "/" else "", content_type="text/html")

    with served(app, port):
        page = new_page()
        page.goto(f"http://127.0.0.1:{port}/")
        link = page.get_by_role("link", name="Maps of the night")
        expect(link).to_have_attribute("href", f"{address}talks/AAAAA2/")
        red = "rgb(153, 0, 0)"
        color = "one => getComputedStyle(one).color"
        assert link.evaluate(color) != red
        assert page.get_by_role("link", name="Ours").evaluate(color) == red
        assert page.context.cookies() == []
        assert page.locator("iframe").count() == 0
        assert faults(page) == []
