"""The year and the month of a page whose schedule says only "Nov" and a day's number."""

import re
from datetime import date

from cfp.records import record

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_TO = r"(?:\s*(?:-|\u2013|to|and|&)\s*(?:[a-z]{3,9}\.?\s*)?\d{1,2}(?:st|nd|rd|th)?)?"
_MONTH_FIRST = re.compile(_MONTH + r"\s+(\d{1,2})(?:st|nd|rd|th)?" + _TO + r",?\s+(\d{4})\b", re.I)
_DAY_FIRST = re.compile(
    r"\b(\d{1,2})(?:st|nd|rd|th|\.)?" + _TO + r"\.?\s+" + _MONTH + r",?\s+(\d{4})\b", re.I
)
_ISO = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b")
_YEAR = re.compile(r"\b((?:19|20)\d\d)\b")


@record
class EventDate:
    """What a page says about its first day; null is what it does not say."""

    year: int | None = None
    month: int | None = None
    day: int | None = None

    @property
    def date(self) -> date | None:
        if self.year is None or self.month is None or self.day is None:
            return None
        return date(self.year, self.month, self.day)


def month_named(text: str) -> int | None:
    """Return the month of a cell such as "Nov" or "Nov. 19", 1 to 12."""
    found = re.match(r"\s*" + _MONTH, text, re.IGNORECASE)
    return _MONTHS.index(found.group(1).lower()) + 1 if found else None


def event_date(text: str) -> EventDate:
    """Find the first day in the title and the introduction, at least its year."""
    candidates: list[tuple[int, tuple[str, str, str]]] = []
    if found := _MONTH_FIRST.search(text):
        candidates.append((found.start(), (found[3], found[1], found[2])))
    if found := _DAY_FIRST.search(text):
        candidates.append((found.start(), (found[3], found[2], found[1])))
    if found := _ISO.search(text):
        candidates.append((found.start(), (found[1], found[2], found[3])))
    for _, (year, month, day) in sorted(candidates):
        number = int(month) if month.isdigit() else _MONTHS.index(month.lower()) + 1
        if _exists(int(year), number, int(day)):
            return EventDate(int(year), number, int(day))
    only = _YEAR.search(text)
    return EventDate(int(only[1])) if only else EventDate()


def day_of_event(day: int, month: int | None, page: EventDate, start: date | None) -> date | None:
    """Return the date of a day's number.

    The page's own words come first, then `start`, the conference's first day. Days count on into
    the next month, and months into the next year.
    """
    year = page.year or (start.year if start else None)
    first_month = page.month or (start.month if start else None)
    first_day = page.day or (start.day if start and not page.month else None)
    if month is None and first_month is not None:
        rolls = first_day is not None and day < first_day
        month = first_month % 12 + 1 if rolls else first_month
    if year is None or month is None:
        return None
    if first_month is not None and month < first_month:
        year += 1
    return date(year, month, day) if _exists(year, month, day) else None


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
