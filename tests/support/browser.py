"""A real Chromium whose pages may not complain, and may not call anybody but this machine."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    WebError,
    sync_playwright,
)

FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # A page that asks for anything outside gets no answer even before the test notices.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]


EACH_COLOR_ONCE = """
(() => {
    const color = axe.commons.color.Color.prototype, parse = color.parseString, known = new Map();
    color.parseString = function (text) {
        if (known.has(text)) [this.r, this.g, this.b, this.alpha] = known.get(text);
        else known.set(text, (parse.call(this, text), [this.r, this.g, this.b, this.alpha]));
        return this;
    };
})();
"""
"""A page has some twenty colors, and axe took as long to read each of them for each element, again
and again, as for all else that it does about contrast."""

CONTRAST_OF_EACH_KIND = """
axe.configure({rules: [{id: "color-contrast", selector: ":not([data-twin])"}]});
window.markTwins = () => {
    const own =
        /^(id|href|for|name|value|title|datetime|data-(label|twin)|aria-(label(ledby)?|describedby))$/;
    const kind = (element) => {
        const said = [...element.attributes].filter((one) => !own.test(one.name));
        const text = [...element.childNodes].some((one) => one.nodeType === 3 && one.data.trim());
        const words = said.map((one) => one.name + "=" + one.value);
        const state = element.matches(":checked, :disabled, :focus");
        const below = [...element.children].map(kind);
        return [element.tagName, text, state, words, ...below, "."].join();
    };
    const mark = (element) => (element.dataset.twin = "");
    for (const one of document.querySelectorAll("[data-twin]")) delete one.dataset.twin;
    const rows = [...document.querySelectorAll("tr, li")];
    for (const parent of new Set(rows.map((row) => row.parentNode))) {
        const seen = new Set();
        for (const child of [...parent.children].slice(0, -1)) {
            const its = kind(child);
            if (seen.has(its)) [child, ...child.querySelectorAll("*")].forEach(mark);
            seen.add(its);
        }
    }
};
"""
"""Rows of one table that differ in their words alone have the same colors: the first of each kind
and the last row are asked for their contrast, which takes most of axe's time, and all rows for all
else."""

AXE = AXE_SCRIPT + EACH_COLOR_ONCE + CONTRAST_OF_EACH_KIND

VIOLATIONS = "markTwins(), axe.run({resultTypes: ['violations']}).then(found => found.violations)"
"""Without a description of everything that passes, which takes longer than to find out."""


PROGRAMS = ("chromium-headless-shell", "chromium")
"""Best first. The shell has the same pages and scripts and no windows to draw around them: a page
in a context of its own costs a third of the processor time."""


def executable() -> str | None:
    found = (shutil.which(name, path=f"/usr/bin:{os.environ['PATH']}") for name in PROGRAMS)
    return next(filter(None, found), None)


@contextmanager
def chromium(program: str) -> Iterator[Browser]:
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, headless=True, args=FLAGS + as_root
        )
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Watch:
    """What the pages of one test did wrong.

    Attributes:
        forgive: pieces of text; a complaint that holds one of them was wanted by the test.
    """

    complaints: list[str] = field(default_factory=list)
    forgive: list[str] = field(default_factory=list)
    _navigations: set[str] = field(default_factory=set)

    def over(self, context: BrowserContext) -> None:
        context.on("request", self._on_request)
        context.on("console", self._on_console)
        context.on("weberror", self._on_error)

    def check(self) -> None:
        left = [one for one in self.complaints if not any(word in one for word in self.forgive)]
        assert not left, "the browser complained:\n" + "\n".join(left)

    def _on_request(self, request: Request) -> None:
        if request.is_navigation_request():
            self._navigations.add(request.url)
        address = urlsplit(request.url)
        if address.scheme in ("http", "https", "ws", "wss") and address.hostname != "127.0.0.1":
            self.complaints.append(f"asked for {request.url}")

    def _on_console(self, message: ConsoleMessage) -> None:
        where = message.location["url"]
        # Chromium reports a page that answers 404 or 422 as if a resource of it were missing.
        own_status = message.text.startswith("Failed to load resource: the server responded")
        if message.type in ("error", "warning") and not (own_status and where in self._navigations):
            self.complaints.append(f"console {message.type}: {message.text} ({where})")

    def _on_error(self, error: WebError) -> None:
        self.complaints.append(f"uncaught: {error.error}")

GLUED = """() => {
  const found = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let before = null;
  while (texts.nextNode()) {
    const text = texts.currentNode;
    const range = document.createRange();
    range.selectNodeContents(text);
    const boxes = range.getClientRects();
    if (!boxes.length) continue;
    const [first, last] = [boxes[0], boxes[boxes.length - 1]];
    const touches = before && Math.abs(before.last.bottom - first.bottom) < 6
      && Math.abs(first.left - before.last.right) < 1;
    const ends = before && /[\\p{L}\\p{N}.,:;)]$/u.test(before.words);
    if (touches && ends && /^[\\p{L}\\p{N}(]/u.test(text.data))
      found.push(before.words.slice(-30) + "|" + text.data.slice(0, 30));
    before = { words: text.data, last };
  }
  return found;
}"""
"""Texts of two elements that touch on one line, both in letters or digits."""


def open_page(
    browser: Browser,
    watch: Watch,
    *,
    width: int = 1280,
    height: int = 800,
    zone: str = "UTC",
    scripts: bool = True,
) -> Page:
    """A page in a context of its own: no cookie is shared with another person's page."""
    context = browser.new_context(
        viewport={"width": width, "height": height},
        locale="en-US",
        timezone_id=zone,
        java_script_enabled=scripts,
        reduced_motion="reduce",
    )
    context.set_default_timeout(10_000)
    watch.over(context)
    return context.new_page()


def press_keys(page: Page, *keys: str) -> None:
    """As somebody does who has the page before them: its own keys need its scripts."""
    for key in keys:
        page.wait_for_load_state()
        page.keyboard.press(key)


def expect_faults(page: Page) -> None:
    """Give every document that the page will show axe as it opens; see `faults`.

    Worth it where most of them are looked at: half a megabyte is handed over once for all.
    """
    page.add_init_script(AXE)


def faults(page: Page) -> list[str]:
    """What everybody can see or hear is wrong with the page: axe's findings, words that run into
    one another because a template left no space between them, and sideways scroll."""
    found = [
        f"axe {violation['id']}: {violation['help']} at "
        + ", ".join(str(node["target"]) for node in violation["nodes"])
        for violation in _violations(page)
    ]
    content, window = page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    if content > window:
        found.append(f"scrolls sideways: {content} px in {window} px")
    found += [f"words without a space between them: {words}" for words in page.evaluate(GLUED)]
    return found


def _violations(page: Page) -> list[dict[str, Any]]:
    """What axe has to say; a document that has been looked at before knows axe already."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found: list[dict[str, Any]] = page.evaluate(VIOLATIONS)
    return found
