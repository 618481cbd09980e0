"""Tables for spreadsheets: `sessions.csv`, and cells that cannot become formulas.

A cell whose text starts with = + - @ (also full-width), a tab or a line break would be computed or
split by Excel and LibreOffice. Such a text gets a leading apostrophe; so does one that already has
an apostrophe before such a sign, so that reading back is exact.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import IO

from cfp.formats.codec import rfc3339
from cfp.formats.errors import FormatError
from cfp.formats.grammar import clean_text, one_line
from cfp.formats.imported import Doubt, Imported, ImportedSlot, ImportedTalk, assemble
from cfp.formats.moments import moment_of
from cfp.formats.program import Material, Program, Session, Slot, Talk
from cfp.formats.speakers import read_entries, write_entries
from cfp.formats.writers import Edition

Cell = str | int | float | bool | date | None

_FORMULA = re.compile("^'*\\s*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
_SEVERAL = " | "
_NO_SESSION = Session(0, "")
HEADER = (
    "code", "title", "speakers", "type", "track", "minutes", "language", "state",
    "day", "start", "end", "room", "session", "chair", "abstract", "slides", "video",
)  # fmt: skip


def safe_cell(value: Cell) -> str:
    """Return a cell's text; typed text cannot become a formula, a number stays a number."""
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, str):
        return "" if value is None else str(value)
    plain = value.replace("\0", "")
    if plain[:1].isalnum():
        return plain
    return f"'{plain}" if _FORMULA.match(plain) else plain


def unsafe_cell(text: str) -> str:
    """Return what was typed, from a cell that `safe_cell` wrote."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return a table as CSV: UTF-8 with BOM, as Excel needs it, and CRLF (RFC 4180)."""
    out = io.BytesIO()
    write_table(out, header, rows)
    return out.getvalue()


def write_table(out: IO[bytes], header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """Write the same into a file, row by row."""
    text = io.TextIOWrapper(out, encoding="utf-8-sig", errors="replace", newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([safe_cell(name) for name in header])
    for row in rows:
        writer.writerow([safe_cell(value) for value in row])
    text.detach()


def write_csv(edition: Edition) -> bytes:
    """Return `sessions.csv`."""
    return csv_bytes(HEADER, rows_of(edition.program, edition.materials))


def rows_of(program: Program, materials: Iterable[Material]) -> Iterator[Sequence[Cell]]:
    """Yield one row per talk below `HEADER`, canceled ones too (column `state`).

    `start` and `end` are RFC 3339 in UTC. A talk given several times has them joined by " | ".
    """
    links: dict[tuple[str, str], list[str]] = {}
    for material in materials:
        links.setdefault((material.talk, material.kind), []).append(material.url)
    canceled = tuple(talk for talk in program.talks if talk.canceled)
    for talk in (*program.in_order(), *canceled):
        yield _row(program, talk, links)


def _row(program: Program, talk: Talk, links: dict[tuple[str, str], list[str]]) -> Sequence[Cell]:
    slots: Sequence[Slot] = program.slots_by_talk.get(talk.code, ())
    sessions = [program.session_of(slot) or _NO_SESSION for slot in slots]
    return (
        talk.code,
        one_line(talk.title),
        write_entries(talk.speakers),
        talk.type,
        talk.track,
        talk.minutes,
        talk.language or program.language,
        "canceled" if talk.canceled else "scheduled" if slots else "unscheduled",
        _SEVERAL.join(str(slot.day) for slot in slots),
        _SEVERAL.join(rfc3339(slot.start) for slot in slots),
        _SEVERAL.join(rfc3339(slot.end) for slot in slots),
        _SEVERAL.join(slot.room for slot in slots),
        _several(session.title for session in sessions),
        _several(session.chair for session in sessions),
        clean_text(talk.abstract),
        _SEVERAL.join(links.get((talk.code, "slides"), [])),
        _SEVERAL.join(links.get((talk.code, "video"), [])),
    )


def _several(values: Iterable[str]) -> str:
    """Join what several slots say; nothing where none says anything."""
    found = [one_line(value) for value in values]
    return _SEVERAL.join(found) if any(found) else ""


def is_csv(text: str) -> bool:
    """Whether the first line is a heading of ours: it names titles and speakers."""
    first = text.split("\n", 1)[0]
    return {"title", "speakers"} <= {name.strip().casefold() for name in first.split(",")}


def read_csv(text: str, start: date | None = None) -> Imported:
    """Read a table with the columns title and speakers; abstract, day, start, end, room if given.

    Raises:
        FormatError: `format.csv`, and those of `read_rows`.
    """
    table = csv.reader(io.StringIO(text, newline=""), strict=False)
    rows: list[tuple[int, list[str]]] = []
    try:
        rows.extend((table.line_num, cells) for cells in table)
    except csv.Error as wrong:
        raise FormatError("format.csv", table.line_num, reason=str(wrong)) from None
    return read_rows(rows, start)


def read_rows(rows: Sequence[tuple[int, Sequence[str]]], start: date | None) -> Imported:
    """Read a table's rows with their line numbers; the first one names the columns.

    A table has no title of the conference and no breaks; canceled talks are left out.

    Raises:
        FormatError: `format.columns`, `format.anchor` for a code that comes twice, `format.order`
            for an end before its start, or `format.submissions` when no row has a title.
    """
    header = [name.strip().casefold() for name in rows[0][1]] if rows else []
    missing = [name for name in ("title", "speakers") if name not in header]
    if missing:
        raise FormatError("format.columns", 1, missing=", ".join(missing))
    table = _Table()
    for line, cells in rows[1:]:
        row = dict(zip(header, map(unsafe_cell, cells), strict=False))
        if one_line(row.get("title", "")) and row.get("state") != "canceled":
            table.take(row, line)
    found = Imported(
        "",
        tuple(table.talks),
        tuple(table.slots),
        warnings=tuple(table.doubts),
        sessions=tuple(table.sessions.values()),
    )
    return assemble(found, page_start=None, start=start)


class _Table:
    """What the rows read so far have told."""

    def __init__(self) -> None:
        self.talks: list[ImportedTalk] = []
        self.slots: list[ImportedSlot] = []
        self.doubts: list[Doubt] = []
        self.sessions: dict[tuple[str, str], Session] = {}
        self.anchors: set[str] = set()

    def take(self, row: dict[str, str], line: int) -> None:
        anchor = f"t-{row['code']}" if row.get("code") else None
        if anchor in self.anchors:
            raise FormatError("format.anchor", line, anchor=row["code"])
        if anchor is not None:
            self.anchors.add(anchor)
        speakers = read_entries(row.get("speakers", ""))
        minutes = row.get("minutes", "").strip()
        self.doubts.extend(
            Doubt(line, key, {"entry": entry}, others) for key, entry, others in speakers.doubts
        )
        talk = ImportedTalk(
            one_line(row["title"]),
            speakers.speakers,
            clean_text(row.get("abstract", "")),
            anchor,
            line=line,
            type=one_line(row.get("type", "")),
            track=one_line(row.get("track", "")),
            language=row.get("language", "").strip(),
            code=row.get("code", "").strip(),
            minutes=int(minutes) if re.fullmatch("[0-9]{1,4}", minutes) else 0,
        )
        self.talks.append(talk)
        self.slots.extend(self._slots(row, talk))

    def _slots(self, row: dict[str, str], talk: ImportedTalk) -> Iterator[ImportedSlot]:
        if not row.get("start"):
            return
        columns = [row.get(name, "").split(_SEVERAL) for name in ("start", "end", "day", "room")]
        blocks = [row.get(name, "").split(_SEVERAL) for name in ("session", "chair")]
        for start_text, end_text, day, room in zip(*columns, strict=False):
            start, end = moment_of(start_text), moment_of(end_text)
            if start is None or end is None:
                self.doubts.append(Doubt(talk.line, "times.row", {"title": talk.title}))
            elif end < start:
                raise FormatError("format.order", talk.line, title=talk.title)
            yield ImportedSlot(
                title=talk.title,
                day=int(day) if re.fullmatch("[0-9]{1,3}", day) else None,
                start=start,
                end=end,
                room=one_line(room),
                anchor=talk.anchor,
                by_title=talk.anchor is None,
                line=talk.line,
                session=self._session(*(one.pop(0) if one else "" for one in blocks)),
            )

    def _session(self, title: str, chair: str) -> int | None:
        key = one_line(title), one_line(chair)
        if not key[0]:
            return None
        number = len(self.sessions) + 1
        return self.sessions.setdefault(key, Session(number, *key)).id
