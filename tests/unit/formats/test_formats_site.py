"""The static site: complete, relative, the same bytes again; and the page as one file."""

import io
import zipfile
from dataclasses import replace
from html.parser import HTMLParser
from posixpath import join, normpath
from urllib.parse import unquote, urldefrag, urlsplit

import pytest

from cfp.formats.html import read_html
from cfp.formats.program import Broadcast, Material, Session
from cfp.formats.writers import WRITERS, Edition
from cfp.links import Links
from tests.unit.formats.programs import a_program

INSTANCE = "https://cfp.example.org"
SLIDES = b"%PDF-1.7 slides"


class _Page(HTMLParser):
    """Every address a page leads to or loads, and its ids."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name in ("href", "src", "action"):
                self.links.append(value or "")
            elif name == "id":
                self.ids.add(value)


def an_edition() -> Edition:
    program = a_program(
        sessions=(Session(1, "Rivers and maps", "Ida Chair"),),
        broadcasts=(Broadcast(1, "Cellar", "https://video.example.org/cellar"),),
    )
    slots = tuple(replace(one, session=1) if one.id in (2, 3) else one for one in program.slots)
    materials = (
        Material("AAAAA1", "slides", "/maps2027/x", "", "../../Été & co.pdf"),
        Material("AAAAA2", "video", "https://video.example.org/v"),
    )
    return Edition(
        replace(program, slots=slots), materials, Links(INSTANCE), read_file=lambda _: SLIDES
    )


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(WRITERS["static.zip"].write(an_edition()))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_every_relative_link_leads_to_a_file_of_the_site(files):
    pages = {name: _Page(text.decode()) for name, text in files.items() if name.endswith(".html")}
    for name, page in pages.items():
        for link in page.links:
            target, anchor = urldefrag(link)
            if urlsplit(target).scheme in ("https", "mailto"):
                continue
            found = normpath(join(name, "..", unquote(target))) if target else name
            assert found in files, (name, link)
            if anchor and found in pages:
                assert anchor in pages[found].ids or anchor == "now", (name, link)


def test_no_page_needs_the_instance(files):
    for name, text in files.items():
        if name.endswith(".html"):
            wanted = [one for one in _Page(text.decode()).links if INSTANCE in one]
            assert wanted == [], name


def test_it_holds_pages_formats_styles_calendars_and_uploads(files):
    wanted = {
        *("index.html", "grid/index.html", "speakers/index.html", "talks/AAAAA1/index.html"),
        *("talks/AAAAA4/index.html", "speakers/S2/index.html", "talks/AAAAA1/AAAAA1.ics"),
        *("schedule.ics", "feed.atom", "program.json", "program.txt", "schedule.xml"),
        *("static/css/theme.css", "static/css/program.css", "static/js/program.js"),
        *("embed.html", "embed.js", "files/AAAAA1/slides-Été-co.pdf"),
    }
    assert wanted <= set(files)
    assert files["files/AAAAA1/slides-Été-co.pdf"] == SLIDES
    assert not any(name.startswith("/") or ".." in name for name in files)
    assert b"Canceled" in files["talks/AAAAA4/index.html"]


def test_the_same_version_gives_the_same_bytes():
    for name in ("static.zip", "program.html"):
        assert WRITERS[name].write(an_edition()) == WRITERS[name].write(an_edition())


def test_the_page_of_one_file_reads_back_and_leads_to_no_other_page():
    text = WRITERS["program.html"].write(an_edition()).decode()
    titles = [talk.title for talk in read_html(text).talks]
    assert titles == [talk.title for talk in an_edition().program.in_order()]
    elsewhere = [one for one in _Page(text).links if not one.startswith(("#", "https:", "mailto:"))]
    assert elsewhere == []
    assert f"{INSTANCE}/maps2027/x" in text
