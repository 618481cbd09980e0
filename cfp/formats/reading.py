"""A file of any format, as bytes: which reader it is for, and what is refused before reading."""

import json
import re
from datetime import date
from typing import Literal, get_args

from cfp.formats.errors import FormatError
from cfp.formats.html import read_html
from cfp.formats.imported import Imported, ImportedSlot, ImportedTalk, assemble
from cfp.formats.program import CONTACT, Program, Slot, from_json
from cfp.formats.speakers import NameAndAffiliation
from cfp.formats.table import is_csv, read_csv
from cfp.formats.text import read_text

Format = Literal["auto", "text", "html", "json", "csv"]

SIZE_LIMIT = 5_000_000
"""Bytes; the page of a large conference has 2 MB, and parsing takes about a second per MB."""

_HTML = re.compile(r"\A\s*(<[!a-z]|---[ \t]*\n)|\|TOP\|\s*</", re.IGNORECASE)


def decode(data: bytes) -> str:
    """Return the text of UTF-8 bytes, with or without BOM, with line feeds as its only line ends.

    Raises:
        FormatError: `format.size`, or `format.bytes` with the first byte that is no UTF-8, counted
            from 0.
    """
    if len(data) > SIZE_LIMIT:
        raise FormatError("format.size", limit=SIZE_LIMIT)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as wrong:
        line = data.count(b"\n", 0, wrong.start) + 1
        byte = f"0x{data[wrong.start]:02x}"
        raise FormatError("format.bytes", line, offset=wrong.start, byte=byte) from None
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def read(data: bytes, format: Format = "auto", start: date | None = None) -> Imported:
    """Read a program file. `start` is the conference's first day, to complete and check dates.

    Raises:
        FormatError: with the key of what is wrong; nothing is ever read halfway.
    """
    if format not in get_args(Format):
        raise FormatError("format.unknown", format=format)
    text = decode(data)
    if not text.strip():
        raise FormatError("format.empty")
    kind = _kind(text) if format == "auto" else format
    if kind == "json":
        return read_json(text)
    if kind == "csv":
        return read_csv(text, start)
    return read_html(text, start) if kind == "html" else read_text(text, start)


def _kind(text: str) -> str:
    if text.lstrip().startswith(("{", "[")):
        return "json"
    if _HTML.search(text):
        return "html"
    return "csv" if is_csv(text) else "text"


def read_json(text: str) -> Imported:
    """Read our own JSON; the program itself comes along, so nothing is lost."""
    try:
        data: object = json.loads(text)
    except json.JSONDecodeError as wrong:
        raise FormatError("format.json", wrong.lineno, reason=wrong.msg) from None
    except (RecursionError, ValueError):
        raise FormatError("format.json", reason="too deep or too long") from None
    program, materials = from_json(data)
    found = Imported(
        title=program.title,
        talks=_talks(program),
        slots=tuple(
            _slot(program, slot) for slot in program.ordered_slots if not program.is_canceled(slot)
        ),
        sections=program.sections,
        footer=contact.text if (contact := program.section(CONTACT)) else program.contact,
        program=program,
        materials=materials,
    )
    return assemble(found, page_start=program.start, start=None)


def _talks(program: Program) -> tuple[ImportedTalk, ...]:
    return tuple(
        ImportedTalk(
            title=talk.title,
            speakers=tuple(
                NameAndAffiliation(speaker.name, speaker.affiliation) for speaker in talk.speakers
            ),
            abstract=talk.abstract,
            anchor=talk.anchor or f"t-{talk.code}",
        )
        for talk in program.in_order()
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
    )
