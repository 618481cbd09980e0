"""The browser of the tests notices what it claims to notice."""

import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Page

from tests.support.browser import expect_faults, faults

HEAD = "<!doctype html><html lang='en'><title>T</title><link rel='icon' href='data:,'><main>"
"""With an icon in the page: else the browser asks for one, at times when the server is gone."""
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src * data:; frame-src *"
PAGES = {
    "/good": (200, "<h1>Good</h1><p>Nothing to say."),
    "/invalid": (422, "<h1>Look again</h1>"),
    "/picture-missing": (200, "<h1>Picture</h1><img alt='' src='/no.png'>"),
    "/outside": (200, "<h1>Outside</h1><img alt='' src='http://example.invalid/spy.png'>"),
    "/inline": (200, "<h1>Inline</h1><script>1</script>"),
    "/throws": (200, "<h1>Throws</h1><script src='/throws.js'></script>"),
    "/throws.js": (200, "null.x"),
    "/unlabelled": (200, "<h1>Form</h1><form><input name='x'></form>"),
    "/faint": (
        200,
        "<link rel='stylesheet' href='/faint.css'><h1>Faint</h1>"
        "<p id='light'>One</p><p id='dark'>Two</p><p id='narrow'>Three</p><p>Four</p>",
    ),
    "/faint.css": (
        200,
        ":root { color-scheme: light; background: #fff; color: #000; } #light { color: #999; }"
        "@media (prefers-color-scheme: dark) { :root { background: #111; color: #fff; }"
        "#light { color: #999; } #dark { color: #555; } }"
        "@media (width < 500px) { #narrow { color: #fff; background: #eee; } }",
    ),
    "/rows": (
        200,
        "<link rel='stylesheet' href='/rows.css'><h1>Rows</h1><table><tbody>"
        + "".join(
            f"<tr id='{row}'{' class=pale' if row in 'cdf' else ''}><td>Row {row}"
            for row in "abcdef"
        )
        + "</table>",
    ),
    "/rows.css": (200, ":root { background: #fff; color: #000; } .pale { color: #bbb; }"),
    "/wide": (200, "<h1>Wide</h1><pre>" + "w" * 400),
}
KINDS = {"js": "text/javascript", "css": "text/css"}


class Pages(BaseHTTPRequestHandler):
    def do_GET(self):
        status, body = PAGES.get(self.path, (404, ""))
        kind = KINDS.get(self.path.rpartition(".")[2])
        self.send_response(status)
        self.send_header("Content-Type", kind or "text/html")
        self.send_header("Content-Security-Policy", POLICY)
        self.end_headers()
        self.wfile.write((body if kind else HEAD + body).encode())

    def log_message(self, *arguments):
        """Quiet: the browser's complaints are what the test reads."""


@pytest.fixture
def site() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("path", ["/good", "/invalid"])
def test_a_page_without_fault_passes_whatever_its_status(page, watch, site, path):
    page.goto(site + "/good")
    page.goto(site + path)
    assert watch.complaints == []
    assert faults(page) == []


@pytest.mark.parametrize(
    ("path", "complaint"),
    [
        ("/picture-missing", "404"),
        ("/outside", "asked for http://example.invalid/spy.png"),
        ("/inline", "Content Security Policy"),
        ("/throws", "uncaught: "),
    ],
)
def test_complaints_fail_the_test_unless_forgiven(page, watch, site, path, complaint):
    page.goto(site + path)
    page.wait_for_load_state("networkidle")
    with pytest.raises(AssertionError, match="complained"):
        watch.check()
    assert any(complaint in one for one in watch.complaints), watch.complaints
    watch.complaints.clear()


def test_faults_of_a_page(page, phone, site):
    page.goto(site + "/unlabelled")
    assert [fault for fault in faults(page) if fault.startswith("axe label:")]
    page.goto(site + "/wide")
    phone.goto(site + "/wide")
    assert any("sideways" in fault for fault in faults(phone))


def test_faint_text_is_found_in_each_theme_and_at_each_width(page, site):
    """One document that goes from wide and light to narrow and dark, as those of the page walk."""
    expect_faults(page)
    page.goto(site + "/faint")
    assert faint(page) == ["#light"]
    page.emulate_media(color_scheme="dark")
    assert faint(page) == ["#dark"]
    page.set_viewport_size({"width": 390, "height": 844})
    assert faint(page) == ["#dark", "#narrow"]
    page.emulate_media(color_scheme="light")
    assert faint(page) == ["#light", "#narrow"]


def test_of_rows_alike_the_first_and_the_last_are_asked_for_contrast(page, site):
    page.goto(site + "/rows")
    assert faint(page) == ["#c", "#f"]
    page.evaluate("document.querySelector('#c').className = ''")
    assert faint(page) == ["#d", "#f"]
    page.evaluate("document.querySelector('#b').className = 'pale'")
    assert faint(page) == ["#b", "#f"]


def faint(page: Page) -> list[str]:
    [found] = [one for one in faults(page) if one.startswith("axe color-contrast:")]
    return re.findall(r"#\w+", found)


def test_people_share_no_cookies(new_page, site):
    ana, ben = new_page(), new_page()
    ana.goto(site + "/good")
    ben.goto(site + "/good")
    ana.context.add_cookies([{"name": "who", "value": "ana", "url": site}])
    assert ana.evaluate("document.cookie") == "who=ana"
    assert ben.evaluate("document.cookie") == ""
