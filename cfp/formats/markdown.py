"""Markdown with YAML front matter, a file per talk: for Hugo, Jekyll and their like.

Every string of the front matter is quoted, so that `no`, `12:30` and `title: a: b` stay text. What
a page generator would run (Hugo's and Jekyll's `{{` and `{%`) or pass on as HTML is made harmless.
`date` is when the version was published, because generators leave out what lies in the future.
"""

import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping

from cfp.formats.codec import Json, rfc3339
from cfp.formats.grammar import clean_text, one_line, strip_controls
from cfp.formats.program import INTRODUCTION, Program, Section, Slot, Talk
from cfp.formats.writers import Edition

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The first moment a zip knows: the same version gives the same bytes."""

_UNPRINTED = re.compile("[\x7f-\x9f\u2028\u2029\ufeff]")
_HARMLESS = (("&", "&amp;"), ("<", "&lt;"), ("{{", "&#123;{"), ("{%", "&#123;%"))


def write_markdown(edition: Edition) -> bytes:
    """Return a zip of `index.md` and `talks/CODE.md`."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name, text in _files(edition):
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            info.create_system = 3
            archive.writestr(info, text.encode())
    return out.getvalue()


def front_matter(values: Mapping[str, Json]) -> str:
    """Return the block between its `---` lines; nested values in JSON's notation, which is YAML."""
    lines = [f"{name}: {_yaml(value)}" for name, value in values.items()]
    return "\n".join(["---", *lines, "---", ""])


def _yaml(value: Json) -> str:
    written = json.dumps(value, ensure_ascii=False)
    return _UNPRINTED.sub(lambda found: f"\\u{ord(found[0]):04x}", written)


def harmless(text: str) -> str:
    """Return text that a page generator shows as it is typed."""
    for sign, written in _HARMLESS:
        text = text.replace(sign, written)
    return text


def _files(edition: Edition) -> Iterator[tuple[str, str]]:
    program = edition.program
    yield "index.md", front_matter(_about(edition)) + _sections(program)
    canceled = [talk for talk in program.talks if talk.canceled]
    for weight, talk in enumerate((*program.in_order(), *canceled), start=1):
        text = clean_text(talk.abstract)
        values = _talk(edition, talk, weight)
        yield f"talks/{talk.code}.md", f"{front_matter(values)}\n{harmless(text)}\n"


def _about(edition: Edition) -> Mapping[str, Json]:
    program = edition.program
    return {
        "title": one_line(program.title),
        "date": rfc3339(program.published_at),
        "version": program.number,
        "place": one_line(program.place),
        "zone": program.zone,
        "language": program.language,
        "start": program.start.isoformat(),
        "end": program.end.isoformat(),
        "program": edition.links.program(program.conference),
        "schedule": [
            {"title": one_line(program.title_of(slot)), "talk": slot.talk, **_slot(program, slot)}
            for day in program.days
            for slot in program.slots_of_day(day.number)
        ],
    }


def _slot(program: Program, slot: Slot) -> dict[str, Json]:
    session = program.session_of(slot)
    return {
        "day": slot.day,
        "start": slot.start.astimezone(program.zone_info).isoformat(),
        "end": slot.end.astimezone(program.zone_info).isoformat(),
        "room": one_line(slot.room),
        "session": one_line(session.title) if session else "",
        "chair": one_line(session.chair) if session else "",
        "plenary": slot.plenary,
    }


def _sections(program: Program) -> str:
    return "".join(f"\n{part}\n" for one in program.sections for part in _section(one) if part)


def _section(section: Section) -> Iterator[str]:
    if section.key != INTRODUCTION:
        yield f"## {harmless(one_line(section.title))}"
    yield harmless(clean_text(section.text))
    if section.url:
        yield f"<{section.url}>"


def _talk(edition: Edition, talk: Talk, weight: int) -> Mapping[str, Json]:
    program = edition.program
    slots = program.slots_by_talk.get(talk.code, ())
    return {
        "title": one_line(talk.title),
        "date": rfc3339(program.published_at),
        "weight": weight,
        "code": talk.code,
        "canceled": talk.canceled,
        "speakers": [
            {
                "name": one_line(one.name),
                "affiliation": one_line(one.affiliation),
                "bio": strip_controls(one.bio),
            }
            for one in talk.speakers
        ],
        "format": one_line(talk.type),
        "track": one_line(talk.track),
        "minutes": talk.minutes,
        "language": talk.language or program.language,
        "recorded": talk.recorded,
        "slots": [_slot(program, slot) for slot in slots],
        "slides": [edition.absolute(one.url) for one in edition.materials_of(talk.code, "slides")],
        "video": [edition.absolute(one.url) for one in edition.materials_of(talk.code, "video")],
        "url_of_talk": edition.links.talk(program.conference, talk.code),
    }
