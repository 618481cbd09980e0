"""What c3voc's schedule.xml and schedule.json both say, before it becomes either of them.

Source: https://c3voc.de/wiki/schedule and its schemas. Canceled talks and empty days are left out.
An event without a room is everywhere at the place, but their apps ask for a room: it gets one
named as the place, which unlike real rooms has no guid, so that our reader knows it.
"""

from collections.abc import Iterator
from dataclasses import field
from datetime import datetime, time

from cfp.formats.codec import rfc3339
from cfp.formats.grammar import clean_text, one_line
from cfp.formats.identity import acronym, numbers, slug, uuid_of
from cfp.formats.program import Material, Program, Slot, Talk
from cfp.formats.writers import Edition
from cfp.records import record

GENERATOR = "cfp"
BREAK = "break"
_LONGEST = 99 * 60 + 59
"""Minutes: their durations have two digits for the hours."""


@record
class FrabEvent:
    """A slot as their formats know it; `talk` is null for a break."""

    slot: Slot
    talk: Talk | None
    guid: str
    id: int
    code: str
    room: str
    title: str
    subtitle: str
    type: str
    track: str
    language: str
    date: str
    end: str
    start: str
    duration: str
    slug: str
    abstract: str
    url: str
    slides: tuple[Material, ...] = ()
    videos: tuple[Material, ...] = ()


@record
class FrabDay:
    """A day in which something takes place; rooms in the conference's order."""

    index: int
    date: str
    start: str
    end: str
    rooms: dict[str, list[FrabEvent]] = field(default_factory=dict)


def everywhere(program: Program) -> str:
    """Return what stands for "no room", and is the name of none."""
    name = one_line(program.place) or one_line(program.title)
    return f"{name} (everywhere)" if name in room_names(program) else name


def room_guid(program: Program, name: str) -> str:
    return uuid_of(program, "room", name)


def room_names(program: Program) -> tuple[str, ...]:
    """Return the rooms of the conference, then those only slots name."""
    named = [room.name for room in program.rooms]
    named += [slot.room for slot in program.ordered_slots if slot.room]
    return tuple(dict.fromkeys(map(one_line, named)))


def days(edition: Edition) -> list[FrabDay]:
    """Return the days that hold something; an empty program has one day, as the XSD wants."""
    program = edition.program
    events = _Events(edition)
    held = [
        day
        for day in program.days
        if any(not program.is_canceled(slot) for slot in program.slots if slot.day == day.number)
    ]
    if not held:
        midnight = datetime.combine(program.start, time(), program.zone_info).isoformat()
        return [FrabDay(1, program.start.isoformat(), midnight, midnight)]
    return [events.day(day.number, day.date.isoformat()) for day in held]


class _Events:
    """Turns slots into events; looks up once what all of them need."""

    def __init__(self, edition: Edition) -> None:
        self.edition = edition
        self.program = edition.program
        self.numbers = numbers(edition.program)
        self.acronym = acronym(edition.program)
        self.everywhere = everywhere(edition.program)
        self.order = (*room_names(edition.program), self.everywhere)
        self.coded: set[str] = set()

    def day(self, number: int, date: str) -> FrabDay:
        slots = self.program.slots_of_day(number)
        events = [self.event(slot) for slot in slots]
        rooms: dict[str, list[FrabEvent]] = {}
        for room in sorted({one.room for one in events}, key=self.order.index):
            rooms[room] = [one for one in events if one.room == room]
        first, last = min(slot.start for slot in slots), max(slot.end for slot in slots)
        return FrabDay(number, date, self.local(first), self.local(last), rooms)

    def local(self, moment: datetime) -> str:
        return moment.astimezone(self.program.zone_info).isoformat()

    def event(self, slot: Slot) -> FrabEvent:
        program, links = self.program, self.edition.links
        talk = program.talk_by_code[slot.talk] if slot.talk is not None else None
        number = self.numbers[slot.guid]
        title = one_line(program.title_of(slot)) or "-"
        page = links.program(program.conference)
        return FrabEvent(
            slot=slot,
            talk=talk,
            guid=uuid_of(program, "slot", slot.guid),
            id=number,
            code=self.code(talk),
            room=one_line(slot.room) or self.everywhere,
            title=title,
            subtitle=subtitle(program, slot),
            type=(one_line(talk.type) or "talk") if talk else BREAK,
            track=one_line(talk.track) if talk else "",
            language=(talk.language if talk else "") or program.language,
            date=self.local(slot.start),
            end=self.local(slot.end),
            start=f"{slot.start.astimezone(program.zone_info):%H:%M}",
            duration=duration(slot),
            slug=f"{self.acronym}-{number:04}-{slug(title)}".rstrip("-"),
            abstract=clean_text(talk.abstract) if talk else "",
            url=links.talk(program.conference, talk.code) if talk else page,
            slides=tuple(self.materials(talk, "slides")) if talk else (),
            videos=tuple(self.materials(talk, "video")) if talk else (),
        )

    def code(self, talk: Talk | None) -> str:
        """A code is unique in a file: the second slot of a talk given twice goes without."""
        if talk is None or talk.code in self.coded:
            return ""
        self.coded.add(talk.code)
        return talk.code

    def materials(self, talk: Talk, kind: str) -> Iterator[Material]:
        for one in self.edition.materials_of(talk.code, kind):
            if self.edition.absolute(one.url).startswith(("https://", "http://")):
                yield one


def subtitle(program: Program, slot: Slot) -> str:
    """Return the session a slot is part of, and who chairs it: there is no other place for it."""
    session = program.session_of(slot)
    if session is None:
        return ""
    chair = f" (chair: {one_line(session.chair)})" if session.chair else ""
    return one_line(session.title) + chair


def duration(slot: Slot) -> str:
    """Return hours and minutes as `0:25`."""
    minutes = min(slot.minutes, _LONGEST)
    return f"{minutes // 60}:{minutes % 60:02}"


def published(program: Program) -> str:
    """Return the version as their apps show it, and compare it to see that something changed."""
    return f"{program.number} ({rfc3339(program.published_at)})"
