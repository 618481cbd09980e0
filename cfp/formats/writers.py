"""The formats a published program can be had in, by the name of the file.

One registry for the pages, the command line and the static site. Each entry imports what it
needs when it is called: a page of text must not load a spreadsheet library.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cfp.formats.ics import write_ics
from cfp.formats.program import Material, Program, Release, to_json
from cfp.formats.table import write_csv
from cfp.formats.text import write_text
from cfp.links import Links


@dataclass(frozen=True)
class Edition:
    """A version with what surrounds it.

    Attributes:
        program: the version.
        materials: slides and videos everyone may see.
        links: the absolute addresses of this instance.
        history: this version and those before it, the newest first.
        read_file: returns the bytes of a material's uploaded file.
    """

    program: Program
    materials: tuple[Material, ...]
    links: Links
    history: tuple[Release, ...] = ()
    read_file: Callable[[Material], bytes] | None = None


@dataclass(frozen=True)
class Writer:
    """How one format is written; the same edition gives the same bytes."""

    mimetype: str
    write: Callable[[Edition], bytes]


def _text(edition: Edition) -> bytes:
    return write_text(edition.program).encode()


def _json(edition: Edition) -> bytes:
    data = to_json(edition.program, edition.materials)
    return json.dumps(data, ensure_ascii=False, indent=1).encode()


def _ics(edition: Edition) -> bytes:
    slug, links = edition.program.conference, edition.links
    return write_ics(edition.program, url_for_talk=lambda talk: links.talk(slug, talk.code))


def _csv(edition: Edition) -> bytes:
    return write_csv(edition.program, edition.materials)


WRITERS: Mapping[str, Writer] = {
    "program.txt": Writer("text/plain", _text),
    "program.json": Writer("application/json", _json),
    "schedule.ics": Writer("text/calendar", _ics),
    "sessions.csv": Writer("text/csv", _csv),
}
