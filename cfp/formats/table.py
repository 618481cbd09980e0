"""Tables for spreadsheets: `sessions.csv`, and cells that cannot become formulas.

A cell whose text starts with = + - @ (also full-width), a tab or a line break would be computed or
split by Excel and LibreOffice. Such a text gets a leading apostrophe; so does one that already has
an apostrophe before such a sign, so that reading back is exact.
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime

from cfp.formats.codec import rfc3339
from cfp.formats.errors import FormatError
from cfp.formats.imported import Doubt, Imported, ImportedSlot, ImportedTalk, assemble
from cfp.formats.program import Material, Program, Slot, Talk
from cfp.formats.speakers import read_entries, write_entries

Cell = str | int | float | bool | date | None

_FORMULA = re.compile("^'*\\s*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
_SEVERAL = " | "
_HEADER = (
    "code", "title", "speakers", "type", "track", "minutes", "state",
    "day", "start", "end", "room", "abstract", "slides", "video",
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
    return f"'{plain}" if _FORMULA.match(plain) else plain


def unsafe_cell(text: str) -> str:
    """Return what was typed, from a cell that `safe_cell` wrote."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Return a table as CSV: UTF-8 with BOM, as Excel needs it, and CRLF (RFC 4180)."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([safe_cell(name) for name in header])
    for row in rows:
        writer.writerow([safe_cell(value) for value in row])
    return out.getvalue().encode("utf-8-sig", errors="replace")


def write_csv(program: Program, materials: Iterable[Material] = ()) -> bytes:
    """Return one row per talk, canceled ones too (column `state`).

    `start` and `end` are RFC 3339 in UTC. A talk given several times has them joined by " | ".
    """
    links: dict[tuple[str, str], list[str]] = {}
    for material in materials:
        links.setdefault((material.talk, material.kind), []).append(material.url)
    canceled = tuple(talk for talk in program.talks if talk.canceled)
    rows = (_row(program, talk, links) for talk in (*program.in_order(), *canceled))
    return csv_bytes(_HEADER, rows)


def _row(program: Program, talk: Talk, links: dict[tuple[str, str], list[str]]) -> Sequence[Cell]:
    slots: Sequence[Slot] = program.slots_by_talk.get(talk.code, ())
    return (
        talk.code,
        talk.title,
        write_entries(talk.speakers),
        talk.type,
        talk.track,
        talk.minutes,
        "canceled" if talk.canceled else "scheduled" if slots else "unscheduled",
        _SEVERAL.join(str(slot.day) for slot in slots),
        _SEVERAL.join(rfc3339(slot.start) for slot in slots),
        _SEVERAL.join(rfc3339(slot.end) for slot in slots),
        _SEVERAL.join(slot.room for slot in slots),
        talk.abstract,
        _SEVERAL.join(links.get((talk.code, "slides"), [])),
        _SEVERAL.join(links.get((talk.code, "video"), [])),
    )


def is_csv(text: str) -> bool:
    """Whether the first line is a heading of ours: it names titles and speakers."""
    first = text.split("\n", 1)[0]
    return {"title", "speakers"} <= {name.strip().casefold() for name in first.split(",")}


def read_csv(text: str, start: date | None = None) -> Imported:
    """Read a table with the columns title and speakers; abstract, day, start, end, room if given.

    A table has no title of the conference and no breaks; canceled talks are left out.

    Raises:
        FormatError: `format.columns`, or `format.submissions` when no row has a title.
    """
    table = csv.reader(io.StringIO(text, newline=""), strict=False)
    header = [name.strip().casefold() for name in next(table, [])]
    missing = [name for name in ("title", "speakers") if name not in header]
    if missing:
        raise FormatError("format.columns", 1, missing=", ".join(missing))
    doubts: list[Doubt] = []
    talks: list[ImportedTalk] = []
    slots: list[ImportedSlot] = []
    try:
        for cells in table:
            row = dict(zip(header, map(unsafe_cell, cells), strict=False))
            if row.get("title") and row.get("state") != "canceled":
                anchor = f"t-{row['code']}" if row.get("code") else None
                slots.extend(_slots(row, anchor, table.line_num, doubts))
                talks.append(_talk(row, anchor, table.line_num, doubts))
    except csv.Error as wrong:
        raise FormatError("format.csv", table.line_num, reason=str(wrong)) from None
    found = Imported("", tuple(talks), tuple(slots), warnings=tuple(doubts))
    return assemble(found, page_start=None, start=start)


def _talk(row: dict[str, str], anchor: str | None, line: int, doubts: list[Doubt]) -> ImportedTalk:
    speakers = read_entries(row.get("speakers", ""))
    doubts.extend(
        Doubt(line, key, {"entry": entry}, others) for key, entry, others in speakers.doubts
    )
    return ImportedTalk(row["title"], speakers.speakers, row.get("abstract", ""), anchor, line=line)


def _slots(
    row: dict[str, str], anchor: str | None, line: int, doubts: list[Doubt]
) -> Iterable[ImportedSlot]:
    columns = [row.get(name, "").split(_SEVERAL) for name in ("start", "end", "day", "room")]
    if not row.get("start"):
        return
    for start_text, end_text, day, room in zip(*columns, strict=False):
        start, end = _moment(start_text), _moment(end_text)
        if start is None or end is None or end < start:
            doubts.append(Doubt(line, "times.row", {"title": row["title"]}))
        yield ImportedSlot(
            title=row["title"],
            day=int(day) if re.fullmatch("[0-9]{1,3}", day) else None,
            start=start,
            end=end,
            room=room,
            anchor=anchor,
            by_title=anchor is None,
            line=line,
        )


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None
