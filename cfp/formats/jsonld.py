"""schema.org JSON-LD for search engines: the event, and what takes place in it.

Source: https://schema.org/Event, https://schema.org/eventAttendanceMode. Abstracts are left out:
they stand in the page that carries this.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from json.encoder import encode_basestring as text
from zoneinfo import ZoneInfo

from cfp.formats.codec import Json
from cfp.formats.grammar import clean_text, one_line
from cfp.formats.program import INTRODUCTION, Program, ProgramSpeaker, Talk
from cfp.formats.writers import Edition

_SCHEMA = "https://schema.org"
_UNSAFE = tuple((char, f"\\u{ord(char):04x}") for char in "<>&\u2028\u2029")
"""Inside a script element, `</script>` and `<!--` end or change it; escaped, they are the same."""


def write_jsonld(edition: Edition) -> str:
    """Return the JSON for `<script type="application/ld+json">`, safe inside that element.

    What takes place is written piece by piece, in a third of the time it takes to build objects and
    dump them: on a program of 600 talks this is a good part of its page.
    """
    event = _dump(_event(edition)).removesuffix("}")
    data = f'{event},"subEvent":[{",".join(_sub_events(edition))}]}}'
    for char, escaped in _UNSAFE:  # many times as fast as `str.translate`
        data = data.replace(char, escaped)
    return data


def _dump(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


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


def _sub_events(edition: Edition) -> Iterator[str]:
    program, zone, mode = edition.program, edition.program.zone_info, _mode(edition.program)
    talks, rooms = program.talk_by_code, {slot.room for slot in program.slots}
    places = {room: _dump(_place(program, room)) for room in rooms}
    for slot in program.ordered_slots:
        talk = talks[slot.talk] if slot.talk is not None else None
        status = "Cancelled" if talk and talk.canceled else "Scheduled"
        yield (
            f'{{"@type":"Event","name":{text(one_line(talk.title if talk else slot.title))},'
            f'"startDate":"{_time(zone, slot.start)}","endDate":"{_time(zone, slot.end)}",'
            f'"eventStatus":"{_SCHEMA}/Event{status}","eventAttendanceMode":"{mode}",'
            f'"location":{places[slot.room]}{_held(edition, talk) if talk else ""}}}'
        )


def _held(edition: Edition, talk: Talk) -> str:
    """What is said of a talk and not of a break."""
    program = edition.program
    url = edition.links.talk(program.conference, talk.code)
    people = ",".join([*map(_person, talk.speakers)])
    language = text(talk.language or program.language)
    return f',"url":{text(url)},"inLanguage":{language},"performer":[{people}]'


def _person(speaker: ProgramSpeaker) -> str:
    name = text(one_line(speaker.name))
    if not speaker.affiliation:
        return f'{{"@type":"Person","name":{name}}}'
    return f'{{"@type":"Person","name":{name},"affiliation":{_works(speaker.affiliation)}}}'


@lru_cache(maxsize=1024)  # affiliations come again and again
def _works(affiliation: str) -> str:
    return f'{{"@type":"Organization","name":{text(one_line(affiliation))}}}'
