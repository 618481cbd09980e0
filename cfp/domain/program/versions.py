"""Versions: the current draft frozen, numbered and published. What the public sees."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session, defer, joinedload

from cfp import audit
from cfp.actors import Actor
from cfp.domain.conferences.models import Conference, Track
from cfp.domain.program.drafts import item_of
from cfp.domain.program.models import (
    Material,
    ProgramDraft,
    ProgramItem,
    ProgramVersion,
    RoomBroadcast,
    StoredFile,
)
from cfp.domain.program.plans import Plan, plan_of
from cfp.domain.program.rules import Placed
from cfp.domain.submissions.models import Speaker, Submission
from cfp.domain.submissions.states import IN_PROGRAM
from cfp.errors import DomainError
from cfp.formats import program as frozen
from cfp.formats.codec import decode, encode
from cfp.formats.identity import nth_guid
from cfp.formats.program import Difference
from cfp.formats.writers import Edition
from cfp.links import Links
from cfp.uploads import Uploads

NOTE_LIMIT = 500
SECTION_ORDER = ("introduction", "attendance", "registration", "booking", "broadcast", "contact")


def latest(db: Session, conference: Conference) -> ProgramVersion | None:
    """The version the public sees, if any."""
    query = select(ProgramVersion).where(ProgramVersion.conference_id == conference.id)
    return db.scalars(query.order_by(ProgramVersion.number.desc()).limit(1)).one_or_none()


def numbered(db: Session, conference: Conference, number: int) -> ProgramVersion | None:
    """A certain version."""
    query = select(ProgramVersion).where(
        ProgramVersion.conference_id == conference.id, ProgramVersion.number == number
    )
    return db.scalars(query).one_or_none()


def program_of(version: ProgramVersion) -> frozen.Program:
    """The typed program a version holds."""
    return frozen.from_json(version.program)[0]


def history_of(db: Session, conference: Conference, until: int) -> tuple[frozen.Release, ...]:
    """What each version up to the number `until` changed, the newest first."""
    return tuple(
        frozen.Release(
            one.number,
            one.published,
            one.note,
            tuple(decode(frozen.Difference, each) for each in one.differences),
        )
        for one in versions_of(db, conference)
        if one.number <= until
    )


def edition_of(
    db: Session,
    conference: Conference,
    version: ProgramVersion,
    links: Links,
    *,
    uploads: Uploads | None = None,
) -> Edition:
    """A version with all that its formats show; with `uploads`, the bytes of slides as well."""
    program = program_of(version)
    return Edition(
        program,
        shown_materials(db, conference, program, links),
        links,
        history_of(db, conference, version.number),
        _reader(db, conference, uploads) if uploads else None,
    )


def shown_materials(
    db: Session, conference: Conference, program: frozen.Program, links: Links
) -> tuple[frozen.Material, ...]:
    """Slides and videos everyone may see, in a lasting order.

    Only of talks of this version that take place: a talk that is accepted since then is nobody's
    to know yet, whatever its speakers have given.
    """
    rows = db.execute(
        select(Submission.code, Material.kind, Material.url, StoredFile.name)
        .join(Submission, Submission.id == Material.submission_id)
        .outerjoin(StoredFile, StoredFile.material_id == Material.id)
        .where(
            Material.conference_id == conference.id,
            Material.state == "shown",
            Submission.state.in_(IN_PROGRAM),
        )
        .order_by(Submission.code, Material.kind)
    )
    taking_place = {talk.code for talk in program.talks if not talk.canceled}
    return tuple(
        frozen.Material(
            talk=code,
            kind="slides" if kind == "slides" else "video",
            url=links.file(conference.slug, code, file) if file else url,
            file=file or "",
        )
        for code, kind, url, file in rows
        if code in taking_place
    )


def _reader(
    db: Session, conference: Conference, uploads: Uploads
) -> Callable[[frozen.Material], bytes]:
    """What reads the bytes of uploaded slides, also when no database is at hand any more."""
    rows = db.execute(
        select(Submission.code, Material.kind, StoredFile.storage)
        .join(Submission, Submission.id == StoredFile.submission_id)
        .join(Material, Material.id == StoredFile.material_id)
        .where(StoredFile.conference_id == conference.id)
    )
    storage = {(code, kind): name for code, kind, name in rows}

    def read(material: frozen.Material) -> bytes:
        return uploads.path(storage[material.talk, material.kind]).read_bytes()

    return read


def preview(
    db: Session,
    conference: Conference,
    before: ProgramVersion | None,
    *,
    now: datetime,
    draft: ProgramDraft | None = None,
    plan: Plan | None = None,
) -> frozen.Program:
    """The program as it would be published now, after `before`, from this or the current draft.

    Writes nothing. `plan` is the draft's, for who has loaded it.
    """
    number = before.number + 1 if before else 1
    known = program_of(before) if before else None
    plan = plan or plan_of(db, conference, draft=draft)
    return _freeze(db, conference, plan, number, now, "", known)


def publish(
    db: Session,
    actor: Actor,
    conference: Conference,
    *,
    note: str,
    now: datetime,
    restored: frozen.Program | None = None,
) -> ProgramVersion:
    """Freeze the current draft as the next version.

    `restored` is a lost one that it follows where there is no version: calendars go on counting,
    and what was canceled stays so.

    Raises:
        DomainError: `nothing_changed` (at the note), when it equals the published one.
    """
    before = latest(db, conference)
    known = program_of(before) if before else restored
    number = known.number + 1 if known else 1
    _number_items(db, conference)
    plan = plan_of(db, conference)
    program = _freeze(db, conference, plan, number, now, note, known, make_items=True)
    return store(db, actor, conference, program, known, restores=before is None)


def store(
    db: Session,
    actor: Actor,
    conference: Conference,
    program: frozen.Program,
    known: frozen.Program | None,
    *,
    restores: bool = False,
) -> ProgramVersion:
    """Keep a program that comes after `known` as the version everyone reads from now on.

    `restores`: `known` itself was lost, so that nothing needs to have changed since.

    Raises:
        DomainError: `nothing_changed` (at the note).
    """
    changes = differences(known, program)
    if known is not None and not restores and same(known, program):
        raise DomainError("nothing_changed", field="note")
    version = ProgramVersion(
        conference_id=conference.id,
        number=program.number,
        published=program.published_at,
        published_by_id=actor.person_id,
        note=program.note,
        program=frozen.to_json(program),
        differences=[encode(change) for change in changes],
    )
    db.add(version)
    db.flush()
    audit.record(
        db,
        actor,
        "program.publish",
        f"version {program.number}",
        now=program.published_at,
        conference_id=conference.id,
        detail={"number": program.number, "changes": len(changes)},
    )
    return version


def stamped(program: frozen.Program, before: frozen.Program) -> frozen.Program:
    """The program with the stamps of `before` where a slot is as it was, else with its own.

    Calendars see a change only where there is one.
    """
    own = [
        replace(slot, changed_in=program.number, changed_at=program.published_at)
        for slot in program.slots
    ]
    return replace(program, slots=_stamped(own, program, before))


def versions_of(db: Session, conference: Conference) -> Sequence[ProgramVersion]:
    """Every version without its program, which is long; the newest first."""
    query = (
        select(ProgramVersion)
        .where(ProgramVersion.conference_id == conference.id)
        .options(defer(ProgramVersion.program, raiseload=True))
    )
    return db.scalars(query.order_by(ProgramVersion.number.desc())).all()


def same(old: frozen.Program, new: frozen.Program) -> bool:
    """Whether readers would see no difference at all."""
    return not differences(old, new) and _frame(old) == _frame(new)


def differences(old: frozen.Program | None, new: frozen.Program) -> list[Difference]:
    """What `new` changes: talks first, then breaks, in the order of the program."""
    if old is None:
        return []
    return [
        *_talk_differences(old, new),
        *_break_differences(old, new),
        *_session_differences(old, new),
    ]


def _talk_differences(old: frozen.Program, new: frozen.Program) -> Iterable[Difference]:
    for talk in new.talks:
        before = old.talk_by_code.get(talk.code)
        if before is None:
            yield Difference("new", talk.title)
        elif talk.canceled and not before.canceled:
            yield Difference("canceled", talk.title)
        else:
            yield from _changed(
                talk.title,
                _places(old, talk.code) != _places(new, talk.code),
                [name for name in _SHOWN if getattr(before, name) != getattr(talk, name)],
            )
    for code, talk in old.talk_by_code.items():
        if code not in new.talk_by_code:
            yield Difference("removed", talk.title)


_SHOWN = ("title", "speakers", "abstract", "type", "track", "canceled")


def _changed(title: str, moved: bool, details: Sequence[str]) -> Iterable[Difference]:
    if moved:
        yield Difference("moved", title)
    if details:
        yield Difference("changed", title, tuple(details))


def _places(program: frozen.Program, code: str) -> list[tuple[datetime, datetime, str]]:
    return [(slot.start, slot.end, slot.room) for slot in program.slots_by_talk.get(code, ())]


def _break_differences(old: frozen.Program, new: frozen.Program) -> Iterable[Difference]:
    before = {slot.guid: slot for slot in old.slots if slot.talk is None}
    after = {slot.guid: slot for slot in new.slots if slot.talk is None}
    for guid, slot in after.items():
        known = before.get(guid)
        if known is None:
            yield Difference("new", slot.title)
        else:
            moved = (known.start, known.end, known.room) != (slot.start, slot.end, slot.room)
            yield from _changed(slot.title, moved, ["title"] if known.title != slot.title else [])
    for guid, slot in before.items():
        if guid not in after:
            yield Difference("removed", slot.title)


def _session_differences(old: frozen.Program, new: frozen.Program) -> Iterable[Difference]:
    for number, session in new.session_by_id.items():
        before = old.session_by_id.get(number)
        if before is None:
            yield Difference("new", session.title)
        else:
            yield from _changed(
                session.title,
                _members(old, number) != _members(new, number),
                [name for name in _TOLD if getattr(before, name) != getattr(session, name)],
            )
    for number, session in old.session_by_id.items():
        if number not in new.session_by_id:
            yield Difference("removed", session.title)


_TOLD = ("title", "chair", "posters")


def _members(program: frozen.Program, number: int) -> set[str]:
    return {slot.guid for slot in program.slots if slot.session == number}


def _frame(program: frozen.Program) -> tuple[object, ...]:
    """What surrounds the talks and slots, which `differences` covers."""
    about = (program.title, program.zone, program.start, program.end, program.place)
    plenary = {slot.guid for slot in program.slots if slot.plenary}
    texts = (program.language, program.contact, program.sections)
    return *about, *texts, program.rooms, program.broadcasts, plenary


def _freeze(
    db: Session,
    conference: Conference,
    plan: Plan,
    number: int,
    now: datetime,
    note: str,
    before: frozen.Program | None,
    *,
    make_items: bool = False,
) -> frozen.Program:
    days = tuple(
        frozen.Day(index + 1, conference.start_date + timedelta(days=index))
        for index in range((conference.end_date - conference.start_date).days + 1)
    )
    rooms = plan.rooms
    talks = _talks(db, conference, plan, before, make_items=make_items)
    several = len(rooms) > 1
    program = frozen.Program(
        conference=conference.slug,
        title=conference.name,
        zone=conference.zone,
        language=conference.language,
        start=conference.start_date,
        end=conference.end_date,
        place=conference.place,
        number=number,
        published_at=now,
        note=note,
        contact=conference.contact,
        sections=_sections(conference),
        days=days,
        rooms=tuple(frozen.Room(room.name, room.capacity) for room in rooms) if several else (),
        talks=talks,
        broadcasts=_broadcasts(db, conference, {room.id: room.name for room in rooms}, days),
    )
    canceled = {talk.code for talk in talks if talk.canceled}
    slots = _slots(plan, program, canceled, before, several=several)
    return replace(
        program,
        slots=_stamped(slots, program, before),
        sessions=_sessions(plan, slots, before),
    )


def _broadcasts(
    db: Session, conference: Conference, rooms: Mapping[int, str], days: Sequence[frozen.Day]
) -> tuple[frozen.Broadcast, ...]:
    """The links of days and rooms that there still are; by day, those without a room first."""
    number = {day.date: day.number for day in days}
    named = rooms.items() if len(rooms) > 1 else ()
    order: dict[int | None, str] = dict([(None, ""), *named])
    rank = {room_id: place for place, room_id in enumerate(order)}
    rows = db.scalars(select(RoomBroadcast).where(RoomBroadcast.conference_id == conference.id))
    found = [row for row in rows if row.day in number and row.room_id in order]
    return tuple(
        frozen.Broadcast(number[row.day], order[row.room_id], row.url)
        for row in sorted(found, key=lambda one: (one.day, rank[one.room_id]))
    )


def _sections(conference: Conference) -> tuple[frozen.Section, ...]:
    """The conference's own texts; untitled keys are titled by whoever shows them."""
    return tuple(
        frozen.Section(
            key=key,
            title=SECTION_TITLES[key],
            text=str(conference.sections.get(key, "")),
            url=conference.registration_url if key == "registration" else "",
        )
        for key in SECTION_ORDER
        if conference.sections.get(key) or (key == "registration" and conference.registration_url)
    )


SECTION_TITLES: Mapping[str, str] = {
    "introduction": "",
    "attendance": "How to attend",
    "registration": "Registration",
    "booking": "Hotel and travel",
    "broadcast": "Broadcast and discussion",
    "contact": "Contact",
}


def _talks(
    db: Session,
    conference: Conference,
    plan: Plan,
    before: frozen.Program | None,
    *,
    make_items: bool,
) -> tuple[frozen.Talk, ...]:
    """Accepted talks, and those published before that will not take place, as canceled."""
    published = set(before.talk_by_code) if before else set()
    tracks = select(func.count(Track.id)).where(
        Track.conference_id == conference.id, Track.archived.is_(False)
    )
    rows = (
        db.execute(
            select(Submission, ProgramItem, tracks.scalar_subquery())
            .outerjoin(ProgramItem, ProgramItem.submission_id == Submission.id)
            .where(
                Submission.conference_id == conference.id,
                Submission.state.in_(IN_PROGRAM) | Submission.code.in_(published),
            )
            .options(
                joinedload(Submission.speakers),
                joinedload(Submission.type),
                joinedload(Submission.track),
            )
            .order_by(Submission.code)
        )
        .unique()
        .all()
    )
    return tuple(
        _talk(
            conference,
            plan,
            submission,
            item or (item_of(db, submission) if make_items else None),
            with_track=count > 1,
        )
        for submission, item, count in rows
    )


def _talk(
    conference: Conference,
    plan: Plan,
    submission: Submission,
    item: ProgramItem | None,
    *,
    with_track: bool,
) -> frozen.Talk:
    own_language = submission.language == conference.language
    needs = plan.needs.get(submission.id)
    return frozen.Talk(
        code=submission.code,
        guid=item.guid if item else "",
        id=(item.number or 0) if item else 0,
        title=submission.title,
        speakers=tuple(_speaker(one) for one in submission.speakers if _is_shown(one)),
        abstract=submission.abstract,
        type=submission.type.name,
        track=submission.track.name if with_track else "",
        minutes=plan.minutes.get(submission.code, submission.type.minutes),
        anchor=(item.anchor or None) if item else None,
        canceled=submission.state not in IN_PROGRAM,
        language="" if own_language else submission.language,
        recorded=needs is None or needs.recording,
    )


def _number_items(db: Session, conference: Conference) -> None:
    """Give talks that were planned while their acceptance was a secret their lasting numbers."""
    waiting = db.scalars(
        select(Submission)
        .join(ProgramItem, ProgramItem.submission_id == Submission.id)
        .where(
            Submission.conference_id == conference.id,
            Submission.state.in_(IN_PROGRAM),
            ProgramItem.number.is_(None),
        )
        .order_by(Submission.id)
    ).all()
    for submission in waiting:
        item_of(db, submission)


def _is_shown(speaker: Speaker) -> bool:
    return speaker.state != "removed"


def _speaker(speaker: Speaker) -> frozen.ProgramSpeaker:
    return frozen.ProgramSpeaker(speaker.code, speaker.name, speaker.affiliation, speaker.bio)


def _slots(
    plan: Plan,
    program: frozen.Program,
    canceled: set[str],
    before: frozen.Program | None,
    *,
    several: bool,
) -> list[frozen.Slot]:
    """The draft's placements, and the last published places of canceled talks."""
    seen: dict[int, int] = {}
    slots = []
    for one in plan.placed:
        if one.code is not None and one.code not in program.talk_by_code:
            continue
        nth = seen[one.item_id] = seen.get(one.item_id, 0) + 1
        slots.append(_slot(one, nth, program, plan, several=several))
    placed = {slot.talk for slot in slots}
    gone = [slot for slot in before.slots if slot.talk in canceled] if before else []
    return slots + [
        replace(slot, changed_in=program.number, changed_at=program.published_at)
        for slot in gone
        if slot.talk not in placed
    ]


def _slot(
    one: Placed, nth: int, program: frozen.Program, plan: Plan, *, several: bool
) -> frozen.Slot:
    return frozen.Slot(
        guid=nth_guid(one.guid, nth),
        id=one.number,
        talk=one.code,
        title="" if one.code else one.title,
        room=one.room if several else "",
        start=one.start,
        end=one.end,
        day=frozen.day_number(one.start, program.zone, program.days),
        changed_in=program.number,
        changed_at=program.published_at,
        session=plan.sessions[one.session].number if one.session is not None else None,
        plenary=one.plenary,
    )


def _sessions(
    plan: Plan, slots: Sequence[frozen.Slot], before: frozen.Program | None
) -> tuple[frozen.Session, ...]:
    """The sessions that something is part of; one of a canceled talk as it was published."""
    used = {slot.session for slot in slots}
    known = dict(before.session_by_id) if before else {}
    for one in plan.sessions.values():
        known[one.number] = frozen.Session(one.number, one.title, one.chair, one.posters)
    return tuple(known[number] for number in sorted(known) if number in used)


def _stamped(
    slots: Sequence[frozen.Slot], program: frozen.Program, before: frozen.Program | None
) -> tuple[frozen.Slot, ...]:
    """Keep the stamp of what is as it was: calendars see a change only where there is one."""
    if before is None:
        return tuple(slots)
    known = {slot.guid: slot for slot in before.slots}
    stamped = []
    for slot in slots:
        old = known.get(slot.guid)
        same = old is not None and _as_seen(old, before) == _as_seen(slot, program)
        stamped.append(
            replace(slot, changed_in=old.changed_in, changed_at=old.changed_at)
            if same and old is not None
            else slot
        )
    return tuple(stamped)


def _as_seen(slot: frozen.Slot, program: frozen.Program) -> tuple[object, ...]:
    talk = program.talk_by_code.get(slot.talk) if slot.talk else None
    plain = replace(slot, changed_in=0, changed_at=None)
    return plain, talk and (talk.title, talk.speakers, talk.abstract, talk.canceled)
