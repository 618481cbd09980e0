"""A program read from a file into a conference: what is new is made, nothing is ever deleted.

What is there already and differs is reported, and changed only when asked to. People of a file
have no account and no e-mail; they can claim their talks later.
"""

import secrets
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from cfp import audit
from cfp.actors import Actor
from cfp.domain.accounts.models import Person
from cfp.domain.conferences.models import Conference, Room, SubmissionType, Track
from cfp.domain.decisions.models import Decision
from cfp.domain.program.drafts import item_of, new_item
from cfp.domain.program.models import Placement, ProgramItem
from cfp.domain.program.plans import current_draft
from cfp.domain.submissions.codes import new_submission_code, speaker_code
from cfp.domain.submissions.models import Speaker, Submission, SubmissionRevision
from cfp.domain.submissions.rules import affiliation_key, content_text, people_text
from cfp.domain.submissions.states import State
from cfp.errors import DomainError
from cfp.formats.imported import Imported, ImportedSlot, ImportedTalk
from cfp.formats.speakers import NameAndAffiliation

NOBODY = "Unknown"
LANGUAGE_LIMIT = 20
"""Characters: what a file gives for a language's code."""

SECTION_KEYS = frozenset({"introduction", "attendance", "registration", "booking", "broadcast"})


@dataclass(frozen=True)
class Change:
    """Something that is there and differs in the file; `fields` are the names of what differs."""

    title: str
    fields: tuple[str, ...]


@dataclass
class Outcome:
    """What an import did: talks and slots made, left alone, and different ones."""

    talks_created: int = 0
    slots_created: int = 0
    unchanged: int = 0
    changes: list[Change] = field(default_factory=list)
    updated: bool = False


@dataclass
class _Import:
    """One import at work: the conference as it stands, looked up once."""

    db: Session
    actor: Actor
    conference: Conference
    update: bool
    now: datetime
    outcome: Outcome
    types: Sequence[SubmissionType]
    track: Track
    rooms: dict[str, Room]
    tracks: dict[str, Track]
    capacities: dict[str, int | None] = field(default_factory=dict)
    people: dict[tuple[str, str], tuple[int, str]] = field(default_factory=dict)


def import_program(
    db: Session,
    actor: Actor,
    conference: Conference,
    found: Imported,
    *,
    update: bool,
    now: datetime,
) -> Outcome:
    """Make the file's talks and slots part of the conference, in the caller's transaction.

    A talk is the same when its title is, else when its anchor is; a break when its title is.

    Raises:
        DomainError: `import_no_format`, for a conference without a format or a track.
    """
    work = _begin(db, actor, conference, update, now)
    if found.program is not None:
        work.capacities = {room.name: room.capacity for room in found.program.rooms}
        for room in found.program.rooms:
            _room(work, room.name)
    known = _Known(db, conference)
    talks = [_take_talk(work, known, talk, found) for talk in found.talks]
    _take_slots(work, found, talks)
    _take_sections(work, found)
    outcome = work.outcome
    outcome.updated = update and bool(outcome.changes)
    if outcome.talks_created or outcome.slots_created or outcome.updated:
        audit.record(
            db,
            actor,
            "program.import",
            f"conference:{conference.slug}",
            now=now,
            conference_id=conference.id,
            detail={
                "talks": outcome.talks_created,
                "slots": outcome.slots_created,
                "updated": len(outcome.changes) if update else 0,
            },
        )
    return outcome


def _begin(
    db: Session, actor: Actor, conference: Conference, update: bool, now: datetime
) -> _Import:
    here = SubmissionType.conference_id == conference.id
    types = db.scalars(
        select(SubmissionType).where(here).order_by(SubmissionType.position, SubmissionType.id)
    ).all()
    tracks = db.scalars(
        select(Track)
        .where(Track.conference_id == conference.id)
        .order_by(Track.position, Track.id)
    ).all()
    if not types or not tracks:
        raise DomainError("import_no_format", slug=conference.slug)
    rooms = db.scalars(
        select(Room).where(Room.conference_id == conference.id).order_by(Room.position, Room.id)
    ).all()
    by_name = {room.name: room for room in rooms}
    if rooms:
        by_name[""] = rooms[0]
    by_track = {track.name: track for track in tracks}
    return _Import(
        db, actor, conference, update, now, Outcome(), types, tracks[0], by_name, by_track
    )


class _Known:
    """The talks the conference has already, by title and by anchor; each is matched once."""

    def __init__(self, db: Session, conference: Conference) -> None:
        rows = db.execute(
            select(Submission, ProgramItem.anchor)
            .outerjoin(ProgramItem, ProgramItem.submission_id == Submission.id)
            .where(Submission.conference_id == conference.id, Submission.announced.is_not(None))
            .options(selectinload(Submission.speakers))
            .order_by(Submission.id)
        ).all()
        self.by_title: dict[str, list[Submission]] = defaultdict(list)
        self.by_anchor: dict[str, Submission] = {}
        for submission, anchor in rows:
            self.by_title[submission.title].append(submission)
            for one in (anchor, f"t-{submission.code}"):
                if one:
                    self.by_anchor[one] = submission
        self.used: set[int] = set()

    def match(self, talk: ImportedTalk, titles: set[str]) -> Submission | None:
        """The same title first; else the same anchor, if its talk is not in the file by title."""
        for submission in self.by_title.get(talk.title, ()):
            if submission.id not in self.used:
                self.used.add(submission.id)
                return submission
        found = self.by_anchor.get(talk.anchor or "")
        if found is None or found.id in self.used or found.title in titles:
            return None
        self.used.add(found.id)
        return found


def _take_talk(work: _Import, known: _Known, talk: ImportedTalk, found: Imported) -> Submission:
    submission = known.match(talk, {one.title for one in found.talks})
    if submission is None:
        work.outcome.talks_created += 1
        return _create(work, talk)
    differs = _differences(submission, talk)
    if not differs:
        work.outcome.unchanged += 1
        return submission
    work.outcome.changes.append(Change(talk.title, tuple(differs)))
    if work.update:
        _change(work, submission, talk)
    return submission


def _differences(submission: Submission, talk: ImportedTalk) -> list[str]:
    shown = [
        NameAndAffiliation(one.name, one.affiliation)
        for one in submission.speakers
        if one.state != "removed"
    ]
    compared = {
        "title": submission.title == talk.title,
        "abstract": submission.abstract == talk.abstract,
        "speakers": shown == list(talk.speakers),
    }
    return [name for name, same in compared.items() if not same]


def _create(work: _Import, talk: ImportedTalk) -> Submission:
    db, now = work.db, work.now
    people = [_person(work, speaker) for speaker in talk.speakers]
    owner = people[0][0] if people else _new_person(work, NameAndAffiliation(NOBODY, ""))
    kind, minutes = _type_of(work, talk)
    track = _track_of(work, talk)
    submission = Submission(
        conference_id=work.conference.id,
        code=new_submission_code(db),
        type_id=kind.id,
        track_id=track.id,
        title=talk.title,
        abstract=talk.abstract,
        language=talk.language[:LANGUAGE_LIMIT] or work.conference.language,
        submitter_id=owner,
        state=State.CONFIRMED,
        created=now,
        changed=now,
        submitted=now,
        announced=now,
        shuffle=secrets.randbelow(2**31),
        speakers=[],
    )
    _index(submission, talk.speakers)
    db.add(submission)
    db.flush()
    db.add(
        Decision(
            conference_id=work.conference.id,
            submission_id=submission.id,
            outcome=State.ACCEPTED,
            type_id=kind.id,
            minutes=minutes,
            by_id=work.actor.person_id,
            at=now,
        )
    )
    _set_speakers(work, submission, talk.speakers)
    item = item_of(db, submission)
    item.anchor = talk.anchor or ""
    return submission


def _change(work: _Import, submission: Submission, talk: ImportedTalk) -> None:
    work.db.add(
        SubmissionRevision(
            conference_id=submission.conference_id,
            submission_id=submission.id,
            number=submission.revision,
            content={"title": submission.title, "abstract": submission.abstract},
            by_id=work.actor.person_id,
            at=work.now,
        )
    )
    if "speakers" in _differences(submission, talk):
        for speaker in submission.speakers:
            speaker.state = "removed"
        _set_speakers(work, submission, talk.speakers)
    submission.title, submission.abstract = talk.title, talk.abstract
    submission.changed = work.now
    _index(submission, talk.speakers)
    work.db.flush()


def _index(submission: Submission, speakers: Iterable[NameAndAffiliation]) -> None:
    submission.search_text = content_text(
        submission.code, submission.title, submission.abstract
    )
    submission.people_text = people_text([(one.name, one.affiliation) for one in speakers])


def _set_speakers(
    work: _Import, submission: Submission, speakers: Sequence[NameAndAffiliation]
) -> None:
    """The people as the file names them; one that stood here before comes back as they were."""
    before = {(one.name, one.affiliation): one for one in submission.speakers}
    for position, speaker in enumerate(speakers):
        row = before.get((speaker.name, speaker.affiliation))
        if row is not None:
            row.state, row.position = "accepted", position
            continue
        person_id, code = _person(work, speaker)
        work.db.add(
            Speaker(
                conference_id=work.conference.id,
                submission_id=submission.id,
                person_id=person_id,
                code=code,
                name=speaker.name,
                affiliation=speaker.affiliation,
                affiliation_key=affiliation_key(speaker.affiliation),
                position=position,
                state="accepted",
            )
        )
    work.db.flush()


def _person(work: _Import, speaker: NameAndAffiliation) -> tuple[int, str]:
    """Same name and affiliation = the same person, with one code in the conference."""
    key = (speaker.name, speaker.affiliation)
    if key in work.people:
        return work.people[key]
    found = work.db.execute(
        select(Speaker.person_id, Speaker.code)
        .where(
            Speaker.conference_id == work.conference.id,
            Speaker.name == speaker.name,
            Speaker.affiliation == speaker.affiliation,
            Speaker.person_id.is_not(None),
        )
        .order_by(Speaker.id)
        .limit(1)
    ).one_or_none()
    if found is not None and found[0] is not None:
        work.people[key] = (found[0], found[1])
        return work.people[key]
    person_id = _new_person(work, speaker)
    code = speaker_code(
        work.db,
        work.conference.id,
        person_id=person_id,
        name=speaker.name,
        affiliation_key=affiliation_key(speaker.affiliation),
        address_key="",
        taken={code for _id, code in work.people.values()},
    )
    work.people[key] = (person_id, code)
    return work.people[key]


def _new_person(work: _Import, speaker: NameAndAffiliation) -> int:
    person = Person(name=speaker.name, affiliation=speaker.affiliation, created=work.now)
    work.db.add(person)
    work.db.flush()
    return person.id


def _type_of(work: _Import, talk: ImportedTalk) -> tuple[SubmissionType, int]:
    """The format of that name; else whose minutes, with discussion or not, fill the slot."""
    named = next((kind for kind in work.types if kind.name == talk.type), None)
    if talk.start is None or talk.end is None:
        kind = named or work.types[0]
        return kind, kind.minutes
    minutes = round((talk.end - talk.start).total_seconds() / 60)
    if named is not None:
        whole = named.minutes + named.discussion_minutes
        return named, named.minutes if minutes == whole else minutes
    for kind in work.types:
        if minutes in (kind.minutes, kind.minutes + kind.discussion_minutes):
            return kind, kind.minutes
    return work.types[0], minutes


def _track_of(work: _Import, talk: ImportedTalk) -> Track:
    """The track of that name, made where there is none yet; the first one for a file without."""
    if not talk.track or talk.track == work.track.name:
        return work.track
    here = work.tracks.get(talk.track)
    if here is None:
        here = Track(
            conference_id=work.conference.id, name=talk.track, position=len(work.tracks)
        )
        work.db.add(here)
        work.db.flush()
        work.tracks[talk.track] = here
    return here


def _take_slots(work: _Import, found: Imported, talks: Sequence[Submission]) -> None:
    draft = current_draft(work.db, work.conference)
    rows = work.db.execute(
        select(Placement, ProgramItem)
        .join(ProgramItem, ProgramItem.id == Placement.item_id)
        .where(Placement.draft_id == draft.id)
        .order_by(Placement.start, Placement.id)
    ).all()
    waiting: dict[int | str, list[Placement]] = defaultdict(list)
    for placement, item in rows:
        waiting[item.submission_id or item.title].append(placement)
    for slot in found.slots:
        if slot.start is None or slot.end is None:
            continue
        submission = talks[slot.talk] if slot.talk is not None else None
        key = submission.id if submission else slot.title
        _take_slot(work, draft.id, slot, submission, waiting[key])


def _take_slot(
    work: _Import,
    draft_id: int,
    slot: ImportedSlot,
    submission: Submission | None,
    waiting: list[Placement],
) -> None:
    assert slot.start is not None  # noqa: S101 - the caller leaves out slots without times
    assert slot.end is not None  # noqa: S101 - the same
    minutes = round((slot.end - slot.start).total_seconds() / 60)
    room = _room(work, slot.room)
    if not waiting:
        item = _item(work, slot, submission)
        work.db.add(
            Placement(
                conference_id=work.conference.id,
                draft_id=draft_id,
                item_id=item.id,
                room_id=room,
                start=slot.start,
                minutes=minutes,
            )
        )
        work.outcome.slots_created += 1
        return
    same = [one for one in waiting if one.start == slot.start]
    placement = (same or waiting)[0]
    waiting.remove(placement)
    if (placement.start, placement.minutes) == (slot.start, minutes) and (
        not slot.room or placement.room_id == room
    ):
        return
    work.outcome.changes.append(Change(slot.title, ("time",)))
    if work.update:
        placement.start, placement.minutes = slot.start, minutes
        placement.room_id = room if slot.room else placement.room_id


def _item(work: _Import, slot: ImportedSlot, submission: Submission | None) -> ProgramItem:
    if submission is not None:
        return item_of(work.db, submission)
    return new_item(work.db, work.conference.id, title=slot.title)


def _room(work: _Import, name: str) -> int | None:
    if name not in work.rooms:
        if not name:
            return None
        room = Room(
            conference_id=work.conference.id,
            name=name,
            capacity=work.capacities.get(name),
            position=_next_position(work),
        )
        work.db.add(room)
        work.db.flush()
        work.rooms[name] = room
    return work.rooms[name].id


def _next_position(work: _Import) -> int:
    query = select(func.max(Room.position)).where(Room.conference_id == work.conference.id)
    return (work.db.scalar(query) or 0) + 1


def _take_sections(work: _Import, found: Imported) -> None:
    """The file's texts where the conference has none of its own yet."""
    sections = dict(work.conference.sections)
    for section in found.sections:
        if section.key in SECTION_KEYS and section.text and not sections.get(section.key):
            sections[section.key] = section.text
            if section.key == "registration" and not work.conference.registration_url:
                work.conference.registration_url = section.url
    if found.footer and not sections.get("contact"):
        sections["contact"] = found.footer
    if sections != work.conference.sections:
        work.conference.sections = sections
