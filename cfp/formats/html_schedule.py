"""The tables of a page's schedule: ours, and those of pages written by hand."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from xml.etree.ElementTree import Element

from cfp.formats.dates import EventDate, day_of_event, month_named
from cfp.formats.errors import FormatError
from cfp.formats.html_blocks import classes, line_of, text_of
from cfp.formats.imported import Doubt, ImportedSlot
from cfp.formats.moments import moment_of
from cfp.formats.program import Session
from cfp.records import record

_TALK_WORDS = ("talk", "title", "session", "topic", "presentation")
_ROOM_WORDS = ("room", "location", "venue")


@record
class Row:
    """Cells of one row and the headings of its table's columns, in lower case."""

    cells: Sequence[Element]
    headings: Sequence[str]

    def with_class(self, name: str) -> Element | None:
        return next((cell for cell in self.cells if name in classes(cell)), None)

    def under(self, words: Sequence[str]) -> list[tuple[str, Element]]:
        """Return the cells below headings that start with one of the words."""
        return [
            (heading, cell)
            for heading, cell in zip(self.headings, self.cells, strict=False)
            if heading.startswith(tuple(words))
        ]


@record
class PageDays:
    """What a day's number in a cell means on this page."""

    page: EventDate
    start: date | None

    def minutes(self, cell: Element) -> tuple[datetime, datetime] | None:
        """Read `day`, `start`, `end`: minutes from 00:00 UTC of that day of the month."""
        values = [cell.get(name, "").strip() for name in ("day", "start", "end")]
        if not all(value.isascii() and value.isdigit() and len(value) < 6 for value in values):
            return None
        day, start, end = map(int, values)
        found = day_of_event(day, month_named(text_of(cell)), self.page, self.start)
        if found is None:
            return None
        midnight = datetime.combine(found, time(), UTC)
        return midnight + timedelta(minutes=start), midnight + timedelta(minutes=end)


def read_sessions(table: Element) -> Iterator[Session]:
    """Yield the blocks a day's table names in rows of their own."""
    for row in table.iter("tr"):
        number = _session_number(row)
        if "session" in classes(row) and number is not None:
            parts = {name: cell for cell in row.iter() for name in classes(cell)}
            title, chair = (
                text_of(parts[name]) if name in parts else "" for name in ("session-title", "chair")
            )
            yield Session(number, title or text_of(row), chair, "posters" in classes(row))


def _session_number(row: Element) -> int | None:
    number = row.get("data-session", "")
    return int(number) if re.fullmatch("[0-9]{1,9}", number) else None


def read_table(
    table: Element, day: int | None, days: PageDays, doubts: list[Doubt]
) -> Iterator[ImportedSlot]:
    """Yield the rows of a day's table that hold something; canceled ones are left out.

    Raises:
        FormatError: `format.order` for a row that ends before it starts.
    """
    headings: list[str] = []
    for row in table.iter("tr"):
        cells = [cell for cell in row if cell.tag in ("td", "th")]
        if "session" in classes(row):
            continue
        if cells and all(cell.tag == "th" and cell.get("scope") != "row" for cell in cells):
            headings = [text_of(cell).casefold() for cell in cells]
        elif cells and "canceled" not in classes(row):
            session, plenary = _session_number(row), "plenary" in classes(row)
            for slot in _slots(Row(cells, headings), day, days, doubts):
                yield replace(slot, session=session, plenary=plenary)


def _slots(
    row: Row, day: int | None, days: PageDays, doubts: list[Doubt]
) -> Iterator[ImportedSlot]:
    start, end = _times(row, days)
    month = _disagreeing_month(row, days.page)
    room = row.with_class("room")
    rooms = [cell for _, cell in row.under(_ROOM_WORDS)]
    place = room if room is not None else (rooms[0] if rooms else None)
    for column, cell in _talk_cells(row):
        title, anchor = _title(cell)
        if not title:
            continue
        if start is None or end is None:
            doubts.append(Doubt(line_of(cell), "times.row", {"title": title}))
        elif end < start:
            raise FormatError("format.order", line_of(cell), title=title)
        if month:
            doubts.append(Doubt(line_of(cell), "dates.month", {"cell": month, "title": title}))
        yield ImportedSlot(
            title=title,
            day=day,
            start=start,
            end=end,
            room=text_of(place) if place is not None else column,
            anchor=anchor,
            line=line_of(cell),
        )


def _talk_cells(row: Row) -> list[tuple[str, Element]]:
    """Return the cells with titles; parallel columns "Session A", "Session B" give the room."""
    marked = row.with_class("talk")
    if marked is not None:
        return [("", marked)]
    named = row.under(_TALK_WORDS)
    # "Talk Type" is a column of its own on pages of earlier years.
    named = [(heading, cell) for heading, cell in named if "type" not in heading]
    if len(named) > 1:
        return [(heading.title(), cell) for heading, cell in named]
    return [("", named[0][1])] if named else [("", row.cells[0])]


def _title(cell: Element) -> tuple[str, str | None]:
    for title in cell.iter("span"):
        if "title" in classes(title):
            return text_of(title), None
    for link in cell.iter("a"):
        target = link.get("href", "")
        if target.startswith("#") and text_of(link):
            return text_of(link), target[1:]
    return text_of(cell), None


def _times(row: Row, days: PageDays) -> tuple[datetime | None, datetime | None]:
    for cell in row.cells:
        if cell.get("start") is not None:
            return days.minutes(cell) or (None, None)
    written = [one.get("datetime", "") for cell in row.cells for one in cell.iter("time")]
    moments = list(map(moment_of, written))
    start = moments[0] if moments else None
    return start, moments[1] if len(moments) > 1 else None


def _disagreeing_month(row: Row, page: EventDate) -> str:
    """Return what a cell says when it is neither the page's month nor the one after it."""
    for cell in row.cells:
        month = month_named(text_of(cell)) if cell.get("start") is not None else None
        if month and page.month and month not in (page.month, page.month % 12 + 1):
            return text_of(cell)
    return ""
