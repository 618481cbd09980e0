"""The published program: what a version holds, and all that formats may know.

Nothing here is private: no addresses, no reviews, nothing unannounced. Materials (slides, videos)
are a second layer that changes without a new version, so they stand beside the program.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Literal
from zoneinfo import ZoneInfo

from cfp.formats.codec import Json, decode, encode
from cfp.formats.errors import FormatError
from cfp.records import record

SCHEMA = "cfp-program"
SCHEMA_VERSION = 1

CONTACT = "contact"
INTRODUCTION = "introduction"


@record
class Section:
    """A part of the page in the conference's own words.

    Keys: introduction, attendance, registration, booking, broadcast, contact, or the conference's
    own. The introduction has no title, the contact stands in the footer.
    """

    key: str
    title: str
    text: str
    url: str = ""


@record
class Day:
    """A day of the event; `number` counts from 1, `date` is the event zone's."""

    number: int
    date: date


@record
class Room:
    name: str
    capacity: int | None = None


@record
class ProgramSpeaker:
    """A speaker as given for this talk; `code` leads to the speaker's page, if there is one."""

    code: str | None
    name: str
    affiliation: str = ""
    bio: str = ""


@record
class Talk:
    """An accepted submission. `guid` and `id` are the program item's, the same in every version.

    `minutes` is what it was accepted for; `anchor` the one of an imported page, which keeps
    working; a canceled talk was published once and is shown as canceled. `language` is a code
    as "en", empty where it is the conference's; `recorded` is what the speakers agreed to.
    """

    code: str
    guid: str
    id: int
    title: str
    speakers: tuple[ProgramSpeaker, ...]
    abstract: str = ""
    type: str = ""
    track: str = ""
    minutes: int = 0
    anchor: str | None = None
    canceled: bool = False
    language: str = ""
    recorded: bool = True


@record
class Session:
    """A block of slots under one title, with the name of who chairs it.

    `id` is its number in the conference, the same in every version. In a session of posters the
    talks are held side by side, so that their slots share room and time.
    """

    id: int
    title: str
    chair: str = ""
    posters: bool = False


@record
class Slot:
    """Something at a time in a room: a talk by its code, or a break by its title.

    Times are UTC. `day` is the number of the event's day it belongs to: a party after midnight
    belongs to the evening before. A slot without a room is for everybody, as lunch is; so is a
    plenary one in its room. `session` is the id of the block it is part of. `changed_in` is the
    version in which it last moved or changed, `changed_at` that version's time; calendars compare
    them.
    """

    guid: str
    id: int
    talk: str | None
    title: str
    room: str
    start: datetime
    end: datetime
    day: int = 1
    changed_in: int = 1
    changed_at: datetime | None = None
    session: int | None = None
    plenary: bool = False

    def __post_init__(self) -> None:
        """Refuse what would be another moment after JSON."""
        for moment in (self.start, self.end):
            if moment.tzinfo is not UTC and moment.utcoffset() != timedelta(0):
                raise ValueError("times of a slot are UTC")
        if self.end < self.start:
            raise ValueError("a slot ends after it starts")

    @property
    def minutes(self) -> int:
        return round((self.end - self.start).total_seconds() / 60)


@record
class Broadcast:
    """Where a room can be watched on a day; without a room, the whole event."""

    day: int
    room: str
    url: str


@record
class Material:
    """Slides or a video link of a talk, shown to everyone.

    `file` is the name of an uploaded file, which `url` serves; empty for a link elsewhere.
    """

    talk: str
    kind: Literal["slides", "video"]
    url: str
    label: str = ""
    file: str = ""


@record
class Program:
    """One version of one conference's program. `zone` is an IANA name, `language` a code as "en".

    Talks without a slot are accepted and not yet scheduled; a talk may have several slots.
    `contact` is the conference's public address, shown where there is no contact section.
    `markdown`: abstracts are written in it, else they are plain text.
    """

    conference: str
    title: str
    zone: str
    language: str
    start: date
    end: date
    place: str
    number: int
    published_at: datetime
    note: str = ""
    contact: str = ""
    sections: tuple[Section, ...] = ()
    days: tuple[Day, ...] = ()
    rooms: tuple[Room, ...] = ()
    talks: tuple[Talk, ...] = ()
    slots: tuple[Slot, ...] = ()
    sessions: tuple[Session, ...] = ()
    broadcasts: tuple[Broadcast, ...] = ()
    markdown: bool = False

    @cached_property
    def session_by_id(self) -> Mapping[int, Session]:
        return {session.id: session for session in self.sessions}

    @cached_property
    def talk_by_code(self) -> Mapping[str, Talk]:
        return {talk.code: talk for talk in self.talks}

    @cached_property
    def slots_by_talk(self) -> Mapping[str, tuple[Slot, ...]]:
        """Slots of each scheduled talk, in order of time; the talks in that of their first one."""
        found: dict[str, list[Slot]] = {}
        for slot in self.ordered_slots:
            if slot.talk is not None:
                found.setdefault(slot.talk, []).append(slot)
        return {code: tuple(slots) for code, slots in found.items()}

    @cached_property
    def ordered_slots(self) -> tuple[Slot, ...]:
        """All slots by day, start and room (in the conference's order of rooms)."""
        place = {room.name: number for number, room in enumerate(self.rooms)}
        return tuple(
            sorted(
                self.slots,
                key=lambda slot: (slot.day, slot.start, place.get(slot.room, -1), slot.id),
            )
        )

    @cached_property
    def zone_info(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    def title_of(self, slot: Slot) -> str:
        """Title of the talk in a slot, or of the break."""
        return self.talk_by_code[slot.talk].title if slot.talk is not None else slot.title

    def is_canceled(self, slot: Slot) -> bool:
        return slot.talk is not None and self.talk_by_code[slot.talk].canceled

    def in_order(self) -> tuple[Talk, ...]:
        """Talks as the abstracts show them: as scheduled, then the others; no canceled ones."""
        return self._in_order

    @cached_property
    def _in_order(self) -> tuple[Talk, ...]:
        scheduled = [self.talk_by_code[code] for code in self.slots_by_talk]
        waiting = [talk for talk in self.talks if talk.code not in self.slots_by_talk]
        return tuple([talk for talk in (*scheduled, *waiting) if not talk.canceled])

    def unscheduled(self) -> tuple[Talk, ...]:
        """Accepted talks that have no slot yet."""
        return tuple(talk for talk in self.in_order() if talk.code not in self.slots_by_talk)

    def slots_of_day(self, number: int) -> tuple[Slot, ...]:
        """What takes place on a day, without what was canceled."""
        return tuple(
            slot for slot in self.ordered_slots if slot.day == number and not self.is_canceled(slot)
        )

    def session_of(self, slot: Slot) -> Session | None:
        """The block a slot is part of."""
        return self.session_by_id[slot.session] if slot.session is not None else None

    def broadcast_of(self, slot: Slot) -> str:
        """Where a slot can be watched: its room's address of that day, else the day's, or ""."""
        by_room = {one.room: one.url for one in self.broadcasts if one.day == slot.day}
        return by_room.get(slot.room) or by_room.get("", "")

    def section(self, key: str) -> Section | None:
        return next((section for section in self.sections if section.key == key), None)


@record
class Difference:
    """What one version changes against the one before, for people.

    kind: new, scheduled (it had no time), moved, unscheduled, changed, canceled or removed;
    `details` are the field names that changed.
    """

    kind: str
    title: str
    details: tuple[str, ...] = ()


@record
class Release:
    """One version in the history of a program: what a reader of the feed is told."""

    number: int
    published_at: datetime
    note: str
    differences: tuple[Difference, ...]


def day_number(start: datetime, zone: str, days: Iterable[Day]) -> int:
    """Return the event's day of a moment: the last one begun, the first for what is before."""
    local = start.astimezone(ZoneInfo(zone)).date()
    ordered = sorted(days, key=lambda day: day.date)
    begun = [day.number for day in ordered if day.date <= local]
    return begun[-1] if begun else (ordered[0].number if ordered else 1)


def comes_twice(moment: datetime, zone: ZoneInfo) -> bool:
    """Whether local clocks show a moment's time twice that night, so that it has to be UTC."""
    local = moment.astimezone(zone)
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


def to_json(program: Program, materials: Iterable[Material] = ()) -> dict[str, Json]:
    """Return the documented JSON of a version: what is frozen, and what `program.json` shows."""
    return {
        "schema": SCHEMA,
        "schema_version": SCHEMA_VERSION,
        "program": encode(program),
        "materials": encode(tuple(materials)),
    }


def from_json(data: object) -> tuple[Program, tuple[Material, ...]]:
    """Read what `to_json` wrote; equal to what was written.

    Raises:
        FormatError: not ours (`format.version`), or a wrong field (`format.field`).
    """
    if not isinstance(data, Mapping) or data.get("schema") != SCHEMA:
        raise FormatError("format.version", found=None, known=SCHEMA_VERSION)
    if data.get("schema_version") != SCHEMA_VERSION:
        raise FormatError("format.version", found=data.get("schema_version"), known=SCHEMA_VERSION)
    materials = data.get("materials", [])
    if not isinstance(materials, list):
        raise FormatError("format.field", path="/materials", expected="list")
    program = decode(Program, data.get("program"), "/program")
    _check_references(program)
    return program, tuple(
        decode(Material, item, f"/materials/{number}") for number, item in enumerate(materials)
    )


def _check_references(program: Program) -> None:
    talks, sessions = program.talk_by_code, program.session_by_id
    for number, talk in enumerate(program.talks):
        if talks[talk.code] is not talk:
            path = f"/program/talks/{number}/code"
            raise FormatError("format.field", path=path, expected="no code of another talk")
    for number, slot in enumerate(program.slots):
        if slot.talk is not None and slot.talk not in talks:
            path = f"/program/slots/{number}/talk"
            raise FormatError("format.field", path=path, expected="code of a talk")
        if slot.session is not None and slot.session not in sessions:
            path = f"/program/slots/{number}/session"
            raise FormatError("format.field", path=path, expected="id of a session")
    try:
        ZoneInfo(program.zone)
    except (ValueError, OSError, KeyError):
        raise FormatError("format.field", path="/program/zone", expected="IANA zone") from None
