"""The schedule as iCalendar (RFC 5545).

A slot's guid is its UID for ever, so that a calendar which subscribed moves the entry instead of
doubling it; a canceled talk keeps its slot and says STATUS:CANCELLED.
"""

from collections.abc import Callable, Collection
from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar, Event, Timezone

from cfp.formats.grammar import clean_text, one_line
from cfp.formats.program import Program, Slot, Talk, comes_twice
from cfp.formats.speakers import write_entries

_PRODUCT = "-//cfp//conference program//EN"
_UTC_NAMES = ("UTC", "Etc/UTC", "Etc/UCT", "Zulu", "Universal")


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
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", one_line(program.title))
    calendar.add("x-wr-timezone", program.zone)
    if slots and program.zone not in _UTC_NAMES:
        calendar.add_component(_timezone(program, slots))
    for slot in slots:
        calendar.add_component(_event(program, slot, url_for_talk))
    return bytes(calendar.to_ical())


def _timezone(program: Program, slots: Collection[Slot]) -> Timezone:
    """Return the zone's rules around the event; all of 1970 to 2038 would be 10 kB of them."""
    first = min(slot.start for slot in slots).date() - timedelta(days=366)
    last = max(slot.end for slot in slots).date() + timedelta(days=366)
    return Timezone.from_tzid(program.zone, first_date=_january(first), last_date=_january(last))


def _january(day: date) -> date:
    return date(day.year, 1, 1)


def _event(program: Program, slot: Slot, url_for_talk: Callable[[Talk], str]) -> Event:
    talk = program.talk_by_code[slot.talk] if slot.talk is not None else None
    event = Event()
    event.add("uid", one_line(slot.guid))
    event.add("dtstamp", program.published_at.astimezone(UTC))
    event.add("last-modified", (slot.changed_at or program.published_at).astimezone(UTC))
    event.add("sequence", slot.changed_in)
    event.add("dtstart", _local(program, slot.start))
    event.add("dtend", _local(program, slot.end))
    event.add("summary", one_line(program.title_of(slot)))
    event.add("location", _location(program, slot))
    event.add("status", "CANCELLED" if program.is_canceled(slot) else "CONFIRMED")
    if talk is not None:
        event.add("description", _description(talk))
        event.add("url", url_for_talk(talk))
        if talk.track:
            event.add("categories", [one_line(talk.track)])
    else:
        event.add("transp", "TRANSPARENT")
    return event


def _local(program: Program, moment: datetime) -> datetime:
    if program.zone in _UTC_NAMES or comes_twice(moment, program.zone_info):
        return moment.astimezone(UTC)
    return moment.astimezone(program.zone_info)


def _location(program: Program, slot: Slot) -> str:
    parts = [one_line(slot.room), one_line(program.place)]
    return ", ".join(part for part in parts if part) or one_line(program.title)


def _description(talk: Talk) -> str:
    return clean_text(f"{write_entries(talk.speakers)}\n\n{talk.abstract}")
