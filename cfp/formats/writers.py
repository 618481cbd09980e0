"""The formats a published program can be had in, by the name of the file.

One registry for the pages, the command line and the static site. A writer's module is imported
when it is called: a page of text must not load a spreadsheet library.
"""

import importlib
from collections.abc import Callable, Mapping

from cfp.formats.program import Material, Program, Release
from cfp.links import Links
from cfp.records import record


@record
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

    def materials_of(self, talk: str, kind: str) -> tuple[Material, ...]:
        """The slides or the videos of a talk that have an address for everyone."""
        return tuple(one for one in self.materials if (one.talk, one.kind) == (talk, kind))

    def absolute(self, url: str) -> str:
        """An address that also leads here from elsewhere; what this instance serves has none."""
        return f"{self.links.base}{url}" if url.startswith("/") else url


@record
class Writer:
    """How one format is written; the same edition gives the same bytes.

    One that takes long, or needs what not everybody has installed, is not `offered` on the public
    page: anybody may ask for that, and the answer is made while they wait.
    """

    mimetype: str
    write: Callable[[Edition], bytes]
    offered: bool = True


def _later(module: str, name: str) -> Callable[[Edition], bytes]:
    """A writer of `cfp.formats`, imported at its first use."""

    def write(edition: Edition) -> bytes:
        written: bytes | str = getattr(importlib.import_module(f"cfp.formats.{module}"), name)(
            edition
        )
        return written.encode() if isinstance(written, str) else written

    return write


_SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

WRITERS: Mapping[str, Writer] = {
    "program.txt": Writer("text/plain", _later("text", "write_text_file")),
    "program.json": Writer("application/json", _later("own_json", "write_json")),
    "program.bib": Writer("application/x-bibtex", _later("bibtex", "write_bibtex")),
    "schedule.ics": Writer("text/calendar", _later("ics", "write_calendar")),
    "schedule.xml": Writer("application/xml", _later("frab_xml", "write_frab_xml")),
    "schedule.json": Writer("application/json", _later("frab_json", "write_frab_json")),
    "sessionize.json": Writer("application/json", _later("sessionize", "write_sessionize")),
    "sessions.csv": Writer("text/csv", _later("table", "write_csv")),
    "sessions.xlsx": Writer(_SPREADSHEET, _later("xlsx", "write_xlsx")),
    "feed.atom": Writer("application/atom+xml", _later("atom", "write_atom")),
    "markdown.zip": Writer("application/zip", _later("markdown", "write_markdown")),
    "program.html": Writer("text/html", _later("site", "write_page")),
    "book.pdf": Writer("application/pdf", _later("book", "write_book"), offered=False),
    "static.zip": Writer("application/zip", _later("site", "write_site"), offered=False),
}
