"""A file of any format, as bytes: which reader it is for, and what is refused before reading."""

import importlib
import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Literal, get_args

from cfp.formats.errors import FormatError
from cfp.formats.frab_read import read_frab_json, read_frab_xml
from cfp.formats.html import read_html
from cfp.formats.imported import Imported, ImportedSlot, ImportedTalk, assemble
from cfp.formats.json_values import parse_json
from cfp.formats.pretalx import is_pretalx, read_pretalx
from cfp.formats.program import CONTACT, Program, Slot, Talk, from_json
from cfp.formats.speakers import NameAndAffiliation
from cfp.formats.table import is_csv, read_csv
from cfp.formats.text import read_text
from cfp.formats.utf8 import SIZE_LIMIT, decode

Format = Literal["auto", "text", "html", "json", "csv", "xml", "xlsx"]

_ZIP = b"PK\x03\x04"
_XML = re.compile(r"\A\s*(?:<\?xml\b(?!.{0,1000}<html\b)|<schedule\b)", re.DOTALL | re.IGNORECASE)
_HTML = re.compile(r"\A\s*(<[!a-z]|---[ \t]*\n)|\|TOP\|\s*</", re.IGNORECASE)


def read(data: bytes, format: Format = "auto", start: date | None = None) -> Imported:
    """Read a program file. `start` is the conference's first day, to complete and check dates.

    Raises:
        FormatError: with the key of what is wrong; nothing is ever read halfway.
    """
    if format not in get_args(Format):
        raise FormatError("format.unknown", format=format)
    if len(data) > SIZE_LIMIT:
        raise FormatError("format.size", limit=SIZE_LIMIT)
    if format == "xlsx" or (format == "auto" and data.startswith(_ZIP)):
        return _read_workbook(data, start)
    text = decode(data)
    if not text.strip():
        raise FormatError("format.empty")
    kind = _kind(text) if format == "auto" else format
    return _READERS[kind](text, start)


def _read_workbook(data: bytes, start: date | None) -> Imported:
    """The serving process never reads files: openpyxl is imported where it is needed."""
    read_xlsx: Callable[[bytes, date | None], Imported] = importlib.import_module(
        "cfp.formats.xlsx_read"
    ).read_xlsx
    return read_xlsx(data, start)


def _kind(text: str) -> str:
    if text.lstrip().startswith(("{", "[")):
        return "json"
    if is_csv(text):  # before HTML, of which a cell may hold anything
        return "csv"
    if _XML.match(text):
        return "xml"
    return "html" if _HTML.search(text) else "text"


def read_json(text: str, start: date | None = None) -> Imported:
    """Read JSON: our own, c3voc's schedule.json, or pretalx's talks.

    Raises:
        FormatError: `format.json`, `format.shape` when it is of none of them, and theirs.
    """
    data = parse_json(text)
    if isinstance(data, Mapping) and "schedule" in data:
        return read_frab_json(data, start)
    if isinstance(data, Mapping) and "schema" in data:
        return _read_own(data)
    if is_pretalx(data):
        return read_pretalx(data, start)
    raise FormatError("format.shape", format="JSON")


def _read_own(data: Mapping[str, object]) -> Imported:
    """Our own JSON; the program itself comes along, so nothing is lost."""
    program, materials = from_json(data)
    found = Imported(
        title=program.title,
        talks=tuple(_talk(program, talk) for talk in program.in_order()),
        slots=tuple(
            _slot(program, slot) for slot in program.ordered_slots if not program.is_canceled(slot)
        ),
        sections=program.sections,
        footer=contact.text if (contact := program.section(CONTACT)) else program.contact,
        program=program,
        materials=materials,
        sessions=program.sessions,
        canceled=tuple(_talk(program, talk) for talk in program.talks if talk.canceled),
    )
    return assemble(found, page_start=program.start, start=None)


_READERS: Mapping[str, Callable[[str, date | None], Imported]] = {
    "text": read_text,
    "html": read_html,
    "json": read_json,
    "csv": read_csv,
    "xml": read_frab_xml,
}


def _talk(program: Program, talk: Talk) -> ImportedTalk:
    people = tuple(NameAndAffiliation(one.name, one.affiliation) for one in talk.speakers)
    return ImportedTalk(
        title=talk.title,
        speakers=people,
        abstract=talk.abstract,
        anchor=talk.anchor or f"t-{talk.code}",
        type=talk.type,
        track=talk.track,
        language=talk.language or program.language,
        code=talk.code,
        guid=talk.guid,
        number=talk.id,
        minutes=talk.minutes,
        people=talk.speakers,
        recorded=talk.recorded,
    )


def _slot(program: Program, slot: Slot) -> ImportedSlot:
    talk = program.talk_by_code[slot.talk] if slot.talk is not None else None
    return ImportedSlot(
        title=program.title_of(slot),
        day=slot.day,
        start=slot.start,
        end=slot.end,
        room=slot.room,
        anchor=(talk.anchor or f"t-{talk.code}") if talk else None,
        session=slot.session,
        plenary=slot.plenary,
        guid=slot.guid,
        number=slot.id,
    )
