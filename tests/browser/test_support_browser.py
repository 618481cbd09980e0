"""The browser of the tests notices what it claims to notice."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.support.browser import faults

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
    "/wide": (200, "<h1>Wide</h1><pre>" + "w" * 400),
}


class Pages(BaseHTTPRequestHandler):
    def do_GET(self):
        status, body = PAGES.get(self.path, (404, ""))
        is_script = self.path.endswith(".js")
        self.send_response(status)
        self.send_header("Content-Type", "text/javascript" if is_script else "text/html")
        self.send_header("Content-Security-Policy", POLICY)
        self.end_headers()
        self.wfile.write((body if is_script else HEAD + body).encode())

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


def test_people_share_no_cookies(new_page, site):
    ana, ben = new_page(), new_page()
    ana.goto(site + "/good")
    ben.goto(site + "/good")
    ana.context.add_cookies([{"name": "who", "value": "ana", "url": site}])
    assert ana.evaluate("document.cookie") == "who=ana"
    assert ben.evaluate("document.cookie") == ""
