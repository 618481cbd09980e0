"""An import at work, and what surrounds the talks: rooms, tracks, formats, the page's texts."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cfp.actors import Actor
from cfp.domain.conferences.models import Conference, Room, SubmissionType, Track
from cfp.domain.conferences.rules import DEFAULT_ROOM
from cfp.domain.program.models import Placement, ProgramVersion
from cfp.domain.program.plans import Plan, plan_of
from cfp.errors import DomainError
from cfp.formats.imported import Doubt, Imported, ImportedTalk
from cfp.formats.program import CONTACT, Program
from cfp.records import record

SECTION_KEYS = frozenset({"introduction", "attendance", "registration", "booking", "broadcast"})
NUMBER_LIMIT = 2**31
"""The first number the columns can't hold."""


@record
class Change:
    """Something that is there and differs in the file; `fields` are the names of what differs."""

    title: str
    fields: tuple[str, ...]


@dataclass
class Outcome:
    """What an import did: talks and slots made, left alone, and different ones.

    `left` is what the conference did not take. `restored` is the version of the file, as this
    conference's own, if the file tells one, there was none, and all is known by what it was
    known by; the next version goes on from there.
    """

    talks_created: int = 0
    slots_created: int = 0
    unchanged: int = 0
    changes: list[Change] = field(default_factory=list)
    left: list[Doubt] = field(default_factory=list)
    updated: bool = False
    restored: Program | None = None


@dataclass
class Work:
    """One import at work: the conference as it stands, looked up once.

    `kept` turns false when something could not keep its code, guid or number.
    """

    db: Session
    actor: Actor
    conference: Conference
    found: Imported
    update: bool
    now: datetime
    outcome: Outcome
    plan: Plan
    types: list[SubmissionType]
    tracks: list[Track]
    rooms: dict[str, Room]
    kept: bool = True
    people: dict[tuple[str, ...], tuple[int, str]] = field(default_factory=dict)

    @property
    def own(self) -> bool:
        """Whether the file is our own JSON, which tells everything."""
        return self.found.program is not None

    def change(self, title: str, fields: Sequence[str]) -> bool:
        """Note what differs; whether it is to be changed."""
        if fields:
            self.outcome.changes.append(Change(title, tuple(fields)))
        return self.update and bool(fields)


def fits(number: int) -> bool:
    """Whether a number of the file can be one of ours."""
    return 0 < number < NUMBER_LIMIT


def begin(
    db: Session,
    actor: Actor,
    conference: Conference,
    found: Imported,
    *,
    update: bool,
    now: datetime,
) -> Work:
    """Look the conference up.

    Raises:
        DomainError: `import_no_format`, for a conference without a format or a track.
    """
    here = conference.id
    types = db.scalars(
        select(SubmissionType)
        .where(SubmissionType.conference_id == here)
        .order_by(SubmissionType.archived, SubmissionType.position, SubmissionType.id)
    ).all()
    tracks = db.scalars(
        select(Track)
        .where(Track.conference_id == here)
        .order_by(Track.archived, Track.position, Track.id)
    ).all()
    if not types or not tracks:
        raise DomainError("import_no_format", slug=conference.slug)
    rooms = db.scalars(
        select(Room).where(Room.conference_id == here).order_by(Room.position, Room.id)
    ).all()
    return Work(
        db=db,
        actor=actor,
        conference=conference,
        found=found,
        update=update,
        now=now,
        outcome=Outcome(),
        plan=plan_of(db, conference),
        types=list(types),
        tracks=list(tracks),
        rooms={room.name: room for room in rooms},
    )


# Rooms ------------------------------------------------------------------------------------


def take_rooms(work: Work) -> None:
    """Make the file's rooms in its order; the unused one a new conference has becomes the first."""
    program = work.found.program
    capacities = {room.name: room.capacity for room in program.rooms} if program else {}
    named = [*capacities, *(slot.room for slot in work.found.slots if slot.room)]
    named += [one.room for one in program.broadcasts if one.room] if program else []
    for name in dict.fromkeys(named):
        capacity = capacities.get(name)
        capacity = capacity if capacity is not None and fits(capacity) else None
        if name not in work.rooms:
            _make_room(work, name, capacity)
            continue
        room = work.rooms[name]
        differs = name in capacities and room.capacity != capacity
        if work.change(name, ["capacity"] if differs else []):
            room.capacity = capacity


def room_of(work: Work, name: str) -> int | None:
    """The room of that name. A file that names none at all is of a place with one room."""
    if name:
        return work.rooms[name].id
    if any(slot.room for slot in work.found.slots) or not work.rooms:
        return None
    return next(iter(work.rooms.values())).id


def _make_room(work: Work, name: str, capacity: int | None) -> None:
    if set(work.rooms) == {DEFAULT_ROOM} and _is_fresh(work):
        room = work.rooms.pop(DEFAULT_ROOM)
        room.name, room.capacity = name, capacity
    else:
        last = max((room.position for room in work.rooms.values()), default=-1)
        here = work.conference.id
        room = Room(conference_id=here, name=name, capacity=capacity, position=last + 1)
        work.db.add(room)
    work.db.flush()
    work.rooms[name] = room


def _is_fresh(work: Work) -> bool:
    """Whether nothing was ever planned."""
    placed = select(Placement.id).where(Placement.conference_id == work.conference.id)
    return work.db.scalar(placed.limit(1)) is None and not has_version(work)


def has_version(work: Work) -> bool:
    """Whether something was ever published."""
    query = select(func.count()).where(ProgramVersion.conference_id == work.conference.id)
    return bool(work.db.scalar(query))


# Tracks and formats -----------------------------------------------------------------------


def same_name(work: Work, one: str, other: str) -> bool:
    """Whether two names of tracks or formats mean one; others write `talk` for our `Talk`."""
    return one == other if work.own else one.casefold() == other.casefold()


def track_of(work: Work, talk: ImportedTalk) -> Track:
    """The track of that name, made where there is none yet; the first one for a file without."""
    if not talk.track:
        return work.tracks[0]
    for track in work.tracks:
        if same_name(work, track.name, talk.track):
            return track
    made = Track(
        conference_id=work.conference.id,
        name=talk.track,
        position=max(track.position for track in work.tracks) + 1,
    )
    work.db.add(made)
    work.db.flush()
    work.tracks.append(made)
    return made


def type_of(work: Work, talk: ImportedTalk) -> tuple[SubmissionType, int]:
    """The format and its minutes: of that name, made where there is none.

    For a file without it is the one whose minutes, with discussion or not, fill the slot.
    """
    length = slot_minutes(talk)
    kind = _named_type(work, talk) if talk.type else None
    if fits(talk.minutes):
        return kind or _filling(work, talk.minutes) or work.types[0], talk.minutes
    if length is None:
        kind = kind or work.types[0]
        return kind, kind.minutes
    filling = kind or _filling(work, length) or work.types[0]
    whole = filling.minutes + filling.discussion_minutes
    return filling, filling.minutes if length == whole else length


def slot_minutes(talk: ImportedTalk) -> int | None:
    """How long the talk's first slot is, if the file tells."""
    if talk.start is None or talk.end is None:
        return None
    return round((talk.end - talk.start).total_seconds() / 60)


def _filling(work: Work, minutes: int) -> SubmissionType | None:
    for kind in work.types:
        if minutes in (kind.minutes, kind.minutes + kind.discussion_minutes):
            return kind
    return None


def _named_type(work: Work, talk: ImportedTalk) -> SubmissionType:
    for kind in work.types:
        if same_name(work, kind.name, talk.type):
            return kind
    made = SubmissionType(
        conference_id=work.conference.id,
        name=talk.type,
        minutes=_usual_minutes(work, talk.type),
        position=max(kind.position for kind in work.types) + 1,
    )
    work.db.add(made)
    work.db.flush()
    work.types.append(made)
    return made


def _usual_minutes(work: Work, name: str) -> int:
    """What most talks of a format have."""
    alike = [one for one in work.found.talks + work.found.canceled if one.type == name]
    told = [one.minutes if fits(one.minutes) else slot_minutes(one) for one in alike]
    counted = Counter(minutes for minutes in told if minutes)
    return counted.most_common(1)[0][0] if counted else work.types[0].minutes


# The page's texts, and what else is the conference's own -----------------------------------


def take_texts(work: Work) -> None:
    """The file's texts where the conference has none of its own yet."""
    if work.found.program is not None:
        _take_own_texts(work, work.found.program)
        return
    sections = dict(work.conference.sections)
    for section in work.found.sections:
        if section.key in SECTION_KEYS and section.text and not sections.get(section.key):
            sections[section.key] = section.text
            if section.key == "registration" and not work.conference.registration_url:
                work.conference.registration_url = section.url
    if work.found.footer and not sections.get(CONTACT):
        sections[CONTACT] = work.found.footer
    if sections != work.conference.sections:
        work.conference.sections = sections


def _take_own_texts(work: Work, program: Program) -> None:
    conference = work.conference
    for section in program.sections:
        if section.key not in SECTION_KEYS | {CONTACT}:
            work.outcome.left.append(Doubt(None, "left.section", {"title": section.title}))
            continue
        here = str(conference.sections.get(section.key) or "")
        if here != section.text and (not here or work.change(section.key, ["text"])):
            conference.sections = {**conference.sections, section.key: section.text}
        url = conference.registration_url
        differs = bool(section.url) and url != section.url
        if differs and (not url or work.change(section.key, ["url"])):
            conference.registration_url = section.url
    conference.place = conference.place or program.place
    conference.markdown = conference.markdown or program.markdown
    _note_left(work, program)


def _note_left(work: Work, program: Program) -> None:
    """The conference's own facts are not a program's to change."""
    told = _facts(program)
    differing = [name for name, here in _own_facts(work.conference).items() if told[name] != here]
    if differing:
        data = {"fields": ", ".join(differing)}
        work.outcome.left.append(Doubt(None, "left.conference", data))


def _facts(program: Program) -> Mapping[str, object]:
    names = ("title", "zone", "language", "start", "end", "place", "contact", "markdown")
    return {name: getattr(program, name) for name in names}


def _own_facts(conference: Conference) -> Mapping[str, object]:
    return {
        "title": conference.name,
        "zone": conference.zone,
        "language": conference.language,
        "start": conference.start_date,
        "end": conference.end_date,
        "place": conference.place,
        "contact": conference.contact,
        "markdown": conference.markdown,
    }
