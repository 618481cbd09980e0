"""The schedule as iCalendar (RFC 5545), and RFC 7986 for how often to look again.

A slot's guid is its UID for ever, so that a calendar which subscribed moves the entry instead of
doubling it; a canceled talk keeps its slot and says STATUS:CANCELLED. The lines are our own, since
icalendar takes half a second for a large conference.
"""

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from cfp.formats.grammar import clean_text, one_line
from cfp.formats.program import Program, Slot, Talk, comes_twice
from cfp.formats.speakers import write_entries
from cfp.formats.writers import Edition

_PRODUCT = "-//cfp//conference program//EN"
_UTC_NAMES = ("UTC", "Etc/UTC", "Etc/UCT", "Zulu", "Universal")
_ESCAPES = (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n"))
_WIDTH = 75
"""Octets of a line without its end; a continuation's first one is its blank."""


def write_calendar(edition: Edition, only: Collection[str] | None = None) -> bytes:
    """Return the calendar of an edition; `only` are codes of talks, None means everything."""
    slug, links = edition.program.conference, edition.links
    return write_ics(
        edition.program, url_for_talk=lambda talk: links.talk(slug, talk.code), only=only
    )


def write_ics(
    program: Program,
    *,
    url_for_talk: Callable[[Talk], str],
    only: Collection[str] | None = None,
) -> bytes:
    """Return the calendar of a version; the same version gives the same bytes.

    Args:
        program: The version. Its publishing time is every entry's DTSTAMP.
        url_for_talk: Gives the public address of a talk's page, absolute.
        only: Codes of talks; breaks are left out then. None means everything.
    """
    slots = [slot for slot in program.ordered_slots if only is None or slot.talk in only]
    lines = [
        "BEGIN:VCALENDAR",
        f"PRODID:{_PRODUCT}",
        "VERSION:2.0",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        _text("X-WR-CALNAME", one_line(program.title)),
        f"X-WR-TIMEZONE:{program.zone}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
    ]
    if slots and program.zone not in _UTC_NAMES:
        lines.extend(_zone_rules(program, slots))
    for slot in slots:
        lines.extend(_event(program, slot, url_for_talk))
    lines.append("END:VCALENDAR")
    return b"".join(map(_folded, lines))


def _text(name: str, value: str) -> str:
    for sign, escaped in _ESCAPES:  # the backslash first
        value = value.replace(sign, escaped)
    return f"{name}:{value}"


def _folded(line: str) -> bytes:
    """Return a line in pieces of 75 octets that part no character."""
    data = line.encode()
    pieces = []
    width = _WIDTH
    while len(data) > width:
        end = width
        while data[end] & 0xC0 == 0x80:
            end -= 1
        pieces.append(data[:end])
        data, width = data[end:], _WIDTH - 1
    pieces.append(data)
    return b"\r\n ".join(pieces) + b"\r\n"


def _zone_rules(program: Program, slots: Collection[Slot]) -> tuple[str, ...]:
    """Return the zone's rules around the event; all of 1970 to 2038 would be 10 kB of them."""
    first = min(slot.start for slot in slots).year - 1
    last = max(slot.end for slot in slots).year + 1
    return _zone_lines(program.zone, first, last)


@lru_cache(maxsize=64)
def _zone_lines(zone: str, first: int, last: int) -> tuple[str, ...]:
    """Return a VTIMEZONE of two years and those between, with a part for each change of clocks.

    icalendar's own joins the changes by RDATE, which not every reader follows, and its summer
    starts an hour late.
    """
    clocks = ZoneInfo(zone)
    moment, end = datetime(first, 1, 1, tzinfo=UTC), datetime(last, 12, 31, tzinfo=UTC)
    lines = ["BEGIN:VTIMEZONE", f"TZID:{zone}", *_observance(moment, moment, clocks)]
    while moment < end:
        after = moment + timedelta(days=1)
        if _offset(moment, clocks) != _offset(after, clocks):
            change = _change(moment, after, clocks)
            lines.extend(_observance(change - timedelta(minutes=1), change, clocks))
        moment = after
    return (*lines, "END:VTIMEZONE")


def _offset(moment: datetime, clocks: ZoneInfo) -> timedelta:
    return moment.astimezone(clocks).utcoffset() or timedelta()


def _change(before: datetime, after: datetime, clocks: ZoneInfo) -> datetime:
    """Return the first minute of the new offset, by halving the day."""
    old, minutes = _offset(before, clocks), round((after - before).total_seconds() / 60)
    first = bisect_left(
        range(minutes),
        True,
        key=lambda minute: _offset(before + timedelta(minutes=minute), clocks) != old,
    )
    return before + timedelta(minutes=first)


def _observance(before: datetime, moment: datetime, clocks: ZoneInfo) -> tuple[str, ...]:
    """Return the rules from a moment on; it is told on the clocks of the moment before."""
    local, old = moment.astimezone(clocks), _offset(before, clocks)
    kind = "DAYLIGHT" if local.dst() else "STANDARD"
    return (
        f"BEGIN:{kind}",
        f"DTSTART:{moment + old:%Y%m%dT%H%M%S}",
        f"TZOFFSETFROM:{_signed(old)}",
        f"TZOFFSETTO:{_signed(_offset(moment, clocks))}",
        f"TZNAME:{local.tzname()}",
        f"END:{kind}",
    )


def _signed(offset: timedelta) -> str:
    minutes = round(offset.total_seconds() / 60)
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}{abs(minutes) % 60:02}"


def _event(program: Program, slot: Slot, url_for_talk: Callable[[Talk], str]) -> Iterator[str]:
    talk = program.talk_by_code[slot.talk] if slot.talk is not None else None
    yield "BEGIN:VEVENT"
    yield f"UID:{one_line(slot.guid)}"
    yield f"DTSTAMP:{_utc(program.published_at)}"
    yield f"LAST-MODIFIED:{_utc(slot.changed_at or program.published_at)}"
    yield f"SEQUENCE:{slot.changed_in}"
    yield _moment("DTSTART", program, slot.start)
    yield _moment("DTEND", program, slot.end)
    yield _text("SUMMARY", one_line(program.title_of(slot)))
    yield _text("LOCATION", _location(program, slot))
    yield f"STATUS:{'CANCELLED' if program.is_canceled(slot) else 'CONFIRMED'}"
    description = "\n\n".join(_description(program, slot, talk))
    if description:
        yield _text("DESCRIPTION", description)
    broadcast = one_line(program.broadcast_of(slot))
    if broadcast:
        yield f"CONFERENCE;VALUE=URI;FEATURE=VIDEO:{broadcast}"
    if talk is None:
        yield "TRANSP:TRANSPARENT"
    else:
        yield f"URL:{one_line(url_for_talk(talk))}"
        if talk.track:
            yield _text("CATEGORIES", one_line(talk.track))
    yield "END:VEVENT"


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _moment(name: str, program: Program, moment: datetime) -> str:
    if program.zone in _UTC_NAMES or comes_twice(moment, program.zone_info):
        return f"{name}:{_utc(moment)}"
    return f"{name};TZID={program.zone}:{moment.astimezone(program.zone_info):%Y%m%dT%H%M%S}"


def _location(program: Program, slot: Slot) -> str:
    parts = [one_line(slot.room), one_line(program.place)]
    return ", ".join(part for part in parts if part) or one_line(program.title)


def _description(program: Program, slot: Slot, talk: Talk | None) -> Iterator[str]:
    """Yield the paragraphs: speakers, the session with its chair, where to watch, the abstract."""
    if talk is not None and talk.speakers:
        yield write_entries(talk.speakers)
    session = program.session_of(slot)
    if session is not None:
        chair = f"\nSession chair: {one_line(session.chair)}" if session.chair else ""
        yield f"Session: {one_line(session.title)}{chair}"
    broadcast = one_line(program.broadcast_of(slot))
    if broadcast:
        yield f"Broadcast: {broadcast}"
    if talk is not None and talk.abstract:
        yield clean_text(talk.abstract)
