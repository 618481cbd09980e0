"""schema.org JSON-LD for search engines: the event, and what takes place in it.

Source: https://schema.org/Event, https://schema.org/eventAttendanceMode. Abstracts are left out:
they stand in the page that carries this.
"""

import json
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from cfp.formats.codec import Json
from cfp.formats.grammar import clean_text, one_line
from cfp.formats.program import INTRODUCTION, Program, ProgramSpeaker, Slot
from cfp.formats.writers import Edition

_SCHEMA = "https://schema.org"
_UNSAFE = tuple((char, f"\\u{ord(char):04x}") for char in "<>&\u2028\u2029")
"""Inside a script element, `</script>` and `<!--` end or change it; escaped, they are the same."""


def write_jsonld(edition: Edition) -> str:
    """Return the JSON for `<script type="application/ld+json">`, safe inside that element."""
    event = _event(edition)  # a tree, made just now: there is no circle to look for
    data = json.dumps(event, ensure_ascii=False, separators=(",", ":"), check_circular=False)
    for char, escaped in _UNSAFE:  # many times as fast as `str.translate`
        data = data.replace(char, escaped)
    return data


def _event(edition: Edition) -> dict[str, Json]:
    program = edition.program
    start, end = _span(program)
    event: dict[str, Json] = {
        "@context": _SCHEMA,
        "@type": "Event",
        "name": one_line(program.title),
        "url": edition.links.program(program.conference),
        "inLanguage": program.language,
        "startDate": start,
        "endDate": end,
        "eventStatus": f"{_SCHEMA}/EventScheduled",
        "eventAttendanceMode": _mode(program),
        "location": _locations(program),
    }
    introduction = program.section(INTRODUCTION)
    if introduction and introduction.text:
        event["description"] = clean_text(introduction.text)
    event["subEvent"] = [_sub_event(edition, slot) for slot in program.ordered_slots]
    return event


def _span(program: Program) -> tuple[str, str]:
    """Return when it starts and ends: to the minute once there is a schedule, else the dates."""
    held = [slot for slot in program.slots if not program.is_canceled(slot)]
    if not held:
        return program.start.isoformat(), program.end.isoformat()
    first = min(slot.start for slot in held)
    last = max(slot.end for slot in held)
    return _time(program.zone_info, first), _time(program.zone_info, last)


@lru_cache(maxsize=1024)  # in a program of many rooms a few moments occur again and again
def _time(zone: ZoneInfo, moment: datetime) -> str:
    return moment.astimezone(zone).isoformat()


def _mode(program: Program) -> str:
    mixed = bool(program.broadcasts)
    return f"{_SCHEMA}/{'Mixed' if mixed else 'Offline'}EventAttendanceMode"


def _locations(program: Program) -> Json:
    place = _place(program, program.place)
    watched: list[Json] = [
        {"@type": "VirtualLocation", "url": one.url} for one in program.broadcasts
    ]
    return [place, *watched] if watched else place


def _place(program: Program, name: str) -> dict[str, Json]:
    address = one_line(program.place) or one_line(program.title)
    return {"@type": "Place", "name": one_line(name) or address, "address": address}


def _sub_event(edition: Edition, slot: Slot) -> dict[str, Json]:
    program = edition.program
    status = "Cancelled" if program.is_canceled(slot) else "Scheduled"
    event: dict[str, Json] = {
        "@type": "Event",
        "name": one_line(program.title_of(slot)),
        "startDate": _time(program.zone_info, slot.start),
        "endDate": _time(program.zone_info, slot.end),
        "eventStatus": f"{_SCHEMA}/Event{status}",
        "eventAttendanceMode": _mode(program),
        "location": _place(program, slot.room),
    }
    if slot.talk is not None:
        talk = program.talk_by_code[slot.talk]
        event["url"] = edition.links.talk(program.conference, talk.code)
        event["inLanguage"] = talk.language or program.language
        event["performer"] = [_person(speaker) for speaker in talk.speakers]
    return event


def _person(speaker: ProgramSpeaker) -> Json:
    person: dict[str, Json] = {"@type": "Person", "name": one_line(speaker.name)}
    if speaker.affiliation:
        organization = one_line(speaker.affiliation)
        person["affiliation"] = {"@type": "Organization", "name": organization}
    return person
