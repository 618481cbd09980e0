"""Published programs and the bytes made of them, kept while nothing changes.

One statement finds out whether anything has. Pages are the same for everyone, so their bytes can
be kept by what they were made of; a version is immutable, so its program is read once.
"""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import TypeVar

from flask import Response, current_app, g, request
from werkzeug.exceptions import NotFound

from cfp.db import connect_alone
from cfp.domain.conferences.models import Conference
from cfp.domain.program import queries, versions
from cfp.domain.program.models import ProgramVersion
from cfp.domain.program.queries import Stamp
from cfp.formats.program import Material, Program
from cfp.formats.writers import Edition
from cfp.links import Links
from cfp.records import record
from cfp.web import context

Value = TypeVar("Value")
KEPT_PAGES = 600
KEPT_PROGRAMS = 40
KEPT_BYTES = 24_000_000
"""Of all pages: anybody may ask for any choice of talks, and memory is small."""

PUBLIC_SECONDS = 60


@dataclass
class Shelf:
    """The last `limit` values by key, those with a body no more than `KEPT_BYTES` together.

    Threads may share it.
    """

    limit: int
    size: int = 0
    values: OrderedDict[Hashable, object] = field(default_factory=OrderedDict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """The kept value, or a new one; made outside the lock, as two may make the same."""
        with self.lock:
            if key in self.values:
                self.values.move_to_end(key)
                return self.values[key]  # type: ignore[return-value]  # one type per key
        value = make()
        with self.lock:
            self.size += _size(value) - _size(self.values.pop(key, None))
            self.values[key] = value
            while len(self.values) > self.limit or self.size > KEPT_BYTES:
                self.size -= _size(self.values.popitem(last=False)[1])
        return value


def _size(value: object) -> int:
    return len(value.body) if isinstance(value, Kept) else 0


@record
class Published:
    """What a conference shows: the newest version with its materials."""

    stamp: Stamp
    program: Program
    materials: tuple[Material, ...]

    def edition(self) -> Edition:
        """It with what its formats need: addresses, and the history for the feed."""
        db = context.db()
        conference = db.get_one(Conference, self.stamp.conference_id)
        return Edition(
            self.program,
            self.materials,
            Links(context.config().base_url),
            versions.history_of(db, conference, self.program.number),
        )


@record
class Kept:
    """An answer's bytes and their ETag."""

    body: bytes
    etag: str


def stamp(slug: str) -> Stamp:
    """The stamp of the published program, or 404."""
    with connect_alone(context.engine()) as connection:
        found = queries.stamp_of(connection, slug)
    if found is None:
        raise NotFound
    return found


def published(known: Stamp) -> Published:
    """The program behind a stamp."""
    return _shelf("programs", KEPT_PROGRAMS).get(known, lambda: _load(known))


def _load(known: Stamp) -> Published:
    db = context.db()
    program = versions.program_of(db.get_one(ProgramVersion, known.version_id))
    conference = db.get_one(Conference, known.conference_id)
    materials = versions.shown_materials(db, conference, program, context.links())
    return Published(known, program, materials)


def answer(
    slug: str,
    kind: Hashable,
    make: Callable[[Published], bytes],
    *,
    mimetype: str,
    download: str | None = None,
) -> Response:
    """Answer with bytes made of the published program, from memory where they are known.

    `kind` says which bytes, with everything but the program that they depend on.
    """
    known = stamp(slug)
    key = (known, kind, context.config().base_url)
    kept = _shelf("pages", KEPT_PAGES).get(key, lambda: _make(known, make))
    response = Response(kept.body, mimetype=mimetype)
    response.set_etag(kept.etag)
    response.last_modified = known.changed
    response.headers["Cache-Control"] = f"public, max-age={PUBLIC_SECONDS}"
    if download or mimetype != "text/html":
        response.headers["Access-Control-Allow-Origin"] = "*"
    if download:
        # A page of one file has its style in it, which no page served from here may have.
        shown = "attachment" if mimetype == "text/html" else "inline"
        response.headers["Content-Disposition"] = f'{shown}; filename="{download}"'
    response.make_conditional(request)
    return response


def _make(known: Stamp, make: Callable[[Published], bytes]) -> Kept:
    g.conference = context.db().get_one(Conference, known.conference_id)
    body = make(published(known))
    return Kept(body, hashlib.sha256(body).hexdigest()[:32])


def _shelf(name: str, limit: int) -> Shelf:
    shelf: Shelf = current_app.extensions.setdefault(f"cfp.{name}", Shelf(limit))
    return shelf
