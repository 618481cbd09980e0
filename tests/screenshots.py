"""`make screenshots`: the README's pictures, from the demo in a real browser.

Runs the demo in a temporary instance, so the pictures show what a visitor sees at the first start.
"""

import json
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.support.browser import chromium, executable
from tests.support.ports import free_port
from tests.support.server import ROOT, Process, run_process, running

IMAGES = ROOT / "docs" / "images"
WIDTH, HEIGHT = 1280, 860
BOOK_PAGE = "4"
"""After the cover and two days."""


@dataclass(frozen=True)
class Shot:
    """One picture: whose page, where, and what to scroll to."""

    name: str
    role: str
    path: str
    to: str = ""


SHOTS = (
    Shot("decisions", "chair", "chair/decisions/?view=board", to=".board"),
    Shot("overview", "chair", "chair/"),
    Shot("review", "reviewer", "reviews/"),
    Shot("program", "", "program/", to="#day1"),
)


def main() -> None:
    """Write every picture of `SHOTS`."""
    program = executable()
    if program is None:
        sys.exit("no Chromium: apt install chromium")
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        arguments = ("demo", "--port", str(free_port()), "--json")
        with (
            running(*arguments, instance=Path(folder)) as process,
            chromium(program) as browser,
        ):
            greeting = _greeting(process)
            for shot in SHOTS:
                _take(browser, greeting, shot)
            slug = _slug(browser.new_page(), str(greeting["url"]))
            take_book(Path(folder), slug)


def take_book(instance: Path, slug: str) -> None:
    """The first page of abstracts of the printed book."""
    reader = shutil.which("pdftoppm")
    if reader is None:
        sys.exit("no pdftoppm: apt install poppler-utils")
    book = instance / "book.pdf"
    done = run_process(instance, {}, "export", slug, "book.pdf", "-o", str(book))
    if done.returncode:
        sys.exit(done.stderr)
    page = ("-r", "80", "-f", BOOK_PAGE, "-l", BOOK_PAGE, "-png", "-singlefile")
    subprocess.run([reader, *page, str(book), str(IMAGES / "book")], check=True)


def _greeting(process: Process) -> dict[str, object]:
    while process.process.poll() is None:
        lines = [line for line in process.output().splitlines() if line.startswith("{")]
        if lines:
            greeting: dict[str, object] = json.loads(lines[0])
            return greeting
        time.sleep(0.2)
    sys.exit(process.output())


def _take(browser: Browser, greeting: dict[str, object], shot: Shot) -> None:
    context = browser.new_context(
        viewport={"width": WIDTH, "height": HEIGHT}, locale="en-US", color_scheme="light"
    )
    page = context.new_page()
    slug = _slug(page, str(greeting["url"]))
    if shot.role:
        _log_in(page, greeting, shot.role)
    page.goto(f"{greeting['url']}/{slug}/{shot.path}")
    if shot.to:
        page.locator(shot.to).evaluate("one => one.scrollIntoView({behavior: 'instant'})")
    page.screenshot(path=IMAGES / f"{shot.name}.png")
    context.close()


def _slug(page: Page, url: str) -> str:
    """This year's conference is the first of the list."""
    page.goto(url)
    return str(page.locator("main a").first.get_attribute("href")).strip("/")


def _log_in(page: Page, greeting: dict[str, object], role: str) -> None:
    accounts = greeting["accounts"]
    assert isinstance(accounts, list)
    account = next(one for one in accounts if one["role"] == role)
    page.goto(f"{greeting['url']}/account/log-in/password")
    page.fill("[name=email]", account["email"])
    page.fill("[name=password]", account["password"])
    page.click("button:has-text('Log in')")
    page.wait_for_url(lambda address: "password" not in address)


if __name__ == "__main__":
    main()
