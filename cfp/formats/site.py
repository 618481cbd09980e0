"""The whole public program as files for any web host, and its page as one file.

Built from the version, with the templates the application uses: nothing is fetched, and the same
version gives the same bytes. Every link between the files is relative.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC
from urllib.parse import quote

from markupsafe import Markup

from cfp.formats import pages
from cfp.formats.ics import write_calendar
from cfp.formats.pages import Inline, Place
from cfp.formats.people import people_of
from cfp.formats.program import Material
from cfp.formats.writers import WRITERS, Edition
from cfp.paths import PACKAGE

_STYLES = ("css/theme.css", "css/program.css")
_SCRIPT = "js/program.js"
_UNSAFE = re.compile(r"[^\w.-]+")


def write_page(edition: Edition) -> bytes:
    """Return the program page as one file, with its style and its script in it."""
    style = Markup("\n".join(map(_static, _STYLES)))  # noqa: S704 - our own file
    script = Markup(_static(_SCRIPT))  # noqa: S704 - our own file
    place = Place(files=True, inline=Inline(style, script))
    return pages.program_page(_absolute(edition), place).encode()


def _absolute(edition: Edition) -> Edition:
    """The same with addresses that lead to uploaded slides from anywhere."""
    materials = [replace(one, url=edition.absolute(one.url)) for one in edition.materials]
    return replace(edition, materials=tuple(materials))


def _static(name: str) -> str:
    return (PACKAGE / "static" / name).read_text(encoding="utf-8")


def write_site(edition: Edition) -> bytes:
    """Return a zip of the site: start with its `index.html`."""
    moment = edition.program.published_at.astimezone(UTC).timetuple()[:6]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, content in sorted(_files(edition)):
            info = zipfile.ZipInfo(name, max(moment, (1980, 1, 1, 0, 0, 0)))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            info.create_system = 3
            archive.writestr(info, content)
    return out.getvalue()


def _files(edition: Edition) -> Iterator[tuple[str, bytes]]:
    yield from _uploads(edition)
    for name in ("icon.svg", *_STYLES, _SCRIPT):
        yield f"static/{name}", (PACKAGE / "static" / name).read_bytes()
    yield "embed.js", _static("js/embed.js").encode()
    local = replace(edition, materials=tuple(_local(edition, one) for one in edition.materials))
    formats = [name for name, writer in WRITERS.items() if writer.offered]
    for name in formats:
        yield name, WRITERS[name].write(local)
    for name, text in _pages(local, tuple(formats)):
        yield name, text.encode()
    for code in edition.program.slots_by_talk:
        yield f"talks/{code}/{code}.ics", write_calendar(local, (code,))


def _pages(edition: Edition, formats: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    def at(way: str) -> Place:
        return Place(program=way, static=f"{way}static/", files=True, formats=formats)

    program = edition.program
    yield "index.html", pages.program_page(edition, at(""))
    yield "embed.html", pages.embed_page(edition, at(""))
    if len(program.rooms) > 1:
        yield "grid/index.html", pages.grid_page(edition, at("../"))
    for talk in program.talks:
        yield f"talks/{talk.code}/index.html", pages.talk_page(edition, talk, at("../../"))
    people = people_of(program)
    yield "speakers/index.html", pages.speakers_page(edition, at("../"))
    for person in people:
        page = pages.person_page(edition, person, at("../../"))
        for code in person.codes:
            yield f"speakers/{code}/index.html", page


def _local(edition: Edition, material: Material) -> Material:
    """A material whose file is part of the site, or whose address leads to where it is."""
    if not material.file or edition.read_file is None:
        return replace(material, url=edition.absolute(material.url), file="")
    return replace(material, url=quote(_place(material)))


def _uploads(edition: Edition) -> Iterator[tuple[str, bytes]]:
    for one in edition.materials:
        if one.file and edition.read_file is not None:
            yield _place(one), edition.read_file(one)


def _place(material: Material) -> str:
    """Where an uploaded file is put; its name is somebody's, so it keeps only what is harmless."""
    name = _UNSAFE.sub("-", material.file).strip(".-") or material.kind
    return f"files/{material.talk}/{material.kind}-{name}"
