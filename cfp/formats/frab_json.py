"""c3voc's `schedule.json`, valid against its JSON schema.

Their schema refuses extra keys on an event and takes them on a person, where affiliations go.
"""

import json
import re
from zoneinfo import ZoneInfo

from cfp.formats import frab
from cfp.formats.codec import Json
from cfp.formats.grammar import clean_text, one_line
from cfp.formats.identity import acronym, speaker_uuid
from cfp.formats.program import Material, Program, ProgramSpeaker
from cfp.formats.writers import Edition

_SCHEMA = "https://c3voc.de/schedule/schema.json"
_ZONE = re.compile("[A-Z][a-z]+/[A-Z][a-z]+.*|.*UTC")
_CODE = re.compile("[A-Z0-9]+")


def write_frab_json(edition: Edition) -> str:
    """Return the schedule as JSON."""
    program, page = edition.program, edition.links.program(edition.program.conference)
    schedule: dict[str, Json] = {
        "url": f"{page}schedule.json",
        "version": frab.published(program),
        "base_url": page,
        "conference": _conference(edition),
    }
    data: dict[str, Json] = {
        "$schema": _SCHEMA,
        "generator": {"name": frab.GENERATOR},
        "schedule": schedule,
    }
    return json.dumps(data, ensure_ascii=False)


def _conference(edition: Edition) -> Json:
    program = edition.program
    days = frab.days(edition)
    capacities = {one_line(room.name): room.capacity for room in program.rooms}
    tracks = sorted({one_line(talk.track) for talk in program.talks if talk.track})
    conference: dict[str, Json] = {
        "acronym": acronym(program),
        "title": one_line(program.title),
        "start": program.start.isoformat(),
        "end": program.end.isoformat(),
        "daysCount": len(days),
        "timeslot_duration": "0:05",
        "url": edition.links.program(program.conference),
        "tracks": [{"name": track} for track in tracks],
        "rooms": [
            {
                "name": name,
                "guid": frab.room_guid(program, name),
                "capacity": capacities.get(name),
            }
            for name in frab.room_names(program)
        ],
        "days": [_day(edition, day) for day in days],
    }
    zone = _zone(program)
    if zone:
        conference["time_zone_name"] = zone
    return conference


def _zone(program: Program) -> str:
    """Return the zone's name where their schema takes it: `Europe/Prague`, but not `Japan`."""
    if _ZONE.fullmatch(program.zone):
        return program.zone
    return "UTC" if program.zone_info in (ZoneInfo("UTC"), ZoneInfo("Zulu")) else ""


def _day(edition: Edition, day: frab.FrabDay) -> Json:
    return {
        "index": day.index,
        "date": day.date,
        "day_start": day.start,
        "day_end": day.end,
        "rooms": {
            name: [_event(edition, event) for event in events] for name, events in day.rooms.items()
        },
    }


def _event(edition: Edition, event: frab.FrabEvent) -> Json:
    talk = event.talk
    shown: dict[str, Json] = {
        "guid": event.guid,
        "id": event.id,
        "date": event.date,
        "start": event.start,
        "end": event.end,
        "duration": event.duration,
        "room": event.room,
        "slug": event.slug,
        "url": event.url,
        "title": event.title,
        "subtitle": event.subtitle or None,
        "track": event.track or None,
        "type": event.type,
        "language": event.language,
        "abstract": event.abstract,
        "do_not_record": talk is not None and not talk.recorded,
        "persons": [_person(edition, one) for one in talk.speakers] if talk else [],
        "links": [_reference(edition, one, "media") for one in event.videos],
        "attachments": [_reference(edition, one, "slides") for one in event.slides],
    }
    return {"code": event.code, **shown} if event.code else shown


def _person(edition: Edition, speaker: ProgramSpeaker) -> Json:
    person: dict[str, Json] = {
        "guid": speaker_uuid(edition.program, speaker),
        "name": one_line(speaker.name),
        "affiliation": one_line(speaker.affiliation),
        "biography": clean_text(speaker.bio) or None,
    }
    code = speaker.code or ""
    return {"code": code, **person} if _CODE.fullmatch(code) else person


def _reference(edition: Edition, material: Material, kind: str) -> Json:
    title = one_line(material.label) or material.kind
    return {"type": kind, "url": one_line(edition.absolute(material.url)), "title": title}
