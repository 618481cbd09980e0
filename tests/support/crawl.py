"""Follow every link a person can find, and try every address with everything that exists."""

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule

from tests.support.visitor import Page

PAGES_AT_MOST = 1_500
PACKED = (".zip", ".xlsx", ".pdf")
"""What can't be read as text; it is made of the same program or list as what can."""


@dataclass
class Crawl:
    """One person's walk: every answer by its address, refused ones too.

    A list is asked for each value of each filter, alone wherever that is linked, but not for every
    combination: what two filters leave, each of them shows as well. The page of one thing carries
    the list's filters along for its way back and on, so every thing is asked for without them and
    each value of them for one thing. Where a log-in leads to afterwards was asked for already.

    Attributes:
        orders: ask every list for each of its orders too. They show the same rows.
    """

    client: FlaskClient
    orders: bool = False
    seen: dict[str, Page] = field(default_factory=dict)
    _asked: set[tuple[str, str]] = field(default_factory=set)

    def visit(self, path: str) -> Page:
        """One GET, remembered."""
        if path not in self.seen:
            assert len(self.seen) < PAGES_AT_MOST, "the crawl does not end"
            self.seen[path] = Page(path, self.client.get(path))
        return self.seen[path]

    def follow(self, starts: Iterable[str]) -> None:
        """From the given pages along all links and redirects of this site."""
        waiting = list(starts)
        while waiting:
            path = waiting.pop()
            packed = path.partition("?")[0].endswith(PACKED)
            if path in self.seen or packed or not self._is_news(path):
                continue
            page = self.visit(path)
            waiting += [one for one in _addresses(page) if one not in self.seen]

    def _is_news(self, path: str) -> bool:
        page, _, query = path.partition("?")
        kind = self._kind_of_thing(page)
        if query.startswith("next="):
            query, kind = "next=", page
        asked = query.split("&")
        filters = [one for one in asked if self.orders or not one.startswith("sort=")]
        values = {(kind or page, one) for one in filters}
        alone = len(asked) == len(filters) == 1 and (not query or kind is None)
        news = alone or not values <= self._asked
        self._asked |= values
        return news

    def _kind_of_thing(self, page: str) -> str | None:
        """Where the address names one of many things: what all of their pages have in common."""
        routes = self.client.application.url_map.bind("localhost")
        try:
            endpoint, values = routes.match(page)
        except HTTPException:
            return None
        return f"{endpoint} {values.get('slug')}" if set(values) - {"slug"} else None


_LINK = re.compile(r'<a\s[^>]*?href="([^"]+)"')
"""Our pages write every attribute in quotes, and no ">" in one. Building a tree of each would take
a tenth of a crawl."""


def _addresses(page: Page) -> Iterator[str]:
    found = [page.response.headers.get("Location", "")]
    if page.response.mimetype == "text/html" and page.status < 400:
        found += map(html.unescape, _LINK.findall(page.html))
    for address in filter(None, found):
        parts = urlsplit(urljoin(f"http://localhost{page.path}", address))
        ours = parts.netloc == "localhost" and not parts.path.startswith(("/static", "/bootstrap"))
        if ours and not parts.path.endswith(PACKED):
            yield parts.path + (f"?{parts.query}" if parts.query else "")


def get_rules(app: Flask) -> list[Rule]:
    """Every address pattern that answers GET, but the files'."""
    return [
        rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and rule.endpoint not in {"static", "bootstrap.static"}
    ]


def filled(app: Flask, rules: Iterable[Rule], values: dict[str, list[object]]) -> list[str]:
    """The patterns with every combination of the known values for their arguments.

    An argument without known values is left out with its rule; the caller lists those.
    """
    adapter = app.url_map.bind("localhost")
    paths = []
    for rule in rules:
        combinations: list[dict[str, object]] = [{}]
        for name in rule.arguments:
            choices = values.get(name, [])
            combinations = [{**one, name: value} for one in combinations for value in choices]
        paths += [adapter.build(rule.endpoint, one) for one in combinations]
    return paths
