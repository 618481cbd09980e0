"""A plan and the accepted talks as the frozen program that a version holds."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    BindParameter,
    CompoundSelect,
    Row,
    Select,
    and_,
    bindparam,
    func,
    select,
    union,
)
from sqlalchemy.orm import Session

from cfp.domain.conferences.models import Conference, SubmissionType, Track
from cfp.domain.program.differences import keep_stamps
from cfp.domain.program.drafts import item_of
from cfp.domain.program.models import ProgramItem, RoomBroadcast
from cfp.domain.program.plans import Plan
from cfp.domain.program.rules import Placed
from cfp.domain.submissions.models import Speaker, Submission
from cfp.domain.submissions.states import IN_PROGRAM
from cfp.formats import program as frozen
from cfp.formats.identity import nth_guid

SECTION_ORDER = ("introduction", "attendance", "registration", "booking", "broadcast", "contact")


def freeze(
    db: Session,
    conference: Conference,
    plan: Plan,
    number: int,
    now: datetime,
    note: str,
    before: frozen.Program | None,
) -> frozen.Program:
    """The plan as version `number`, which comes after `before`; writes nothing."""
    days = tuple(
        frozen.Day(index + 1, conference.start_date + timedelta(days=index))
        for index in range((conference.end_date - conference.start_date).days + 1)
    )
    rooms = plan.rooms
    talks = _talks(db, conference, plan, before)
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
        markdown=conference.markdown,
        broadcasts=_broadcasts(db, conference, {room.id: room.name for room in rooms}, days),
    )
    canceled = {talk.code for talk in talks if talk.canceled}
    slots = _slots(plan, program, canceled, before, several=several)
    return replace(
        program,
        slots=keep_stamps(slots, program, before),
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
    db: Session, conference: Conference, plan: Plan, before: frozen.Program | None
) -> tuple[frozen.Talk, ...]:
    """Accepted talks, and those published before that will not take place, as canceled."""
    rows = db.execute(_wanted(), _asked(conference, before))
    return tuple(_talk(conference, plan, [*each]) for _id, each in groupby(rows, itemgetter(0)))


def _asked(conference: Conference, before: frozen.Program | None) -> Mapping[str, object]:
    return {"here": conference.id, "published": list(before.talk_by_code) if before else []}


def _wanted_ids() -> CompoundSelect[int]:
    """Those in the program of the conference `:here`, and of its others those `:published`."""
    here = select(Submission.id).where(Submission.conference_id == _HERE)
    published: BindParameter[str] = bindparam("published", expanding=True)
    return union(
        here.where(Submission.state.in_(IN_PROGRAM)), here.where(Submission.code.in_(published))
    )


_HERE: BindParameter[int] = bindparam("here")


@cache
def _wanted() -> Select[Any]:
    """A row for each of `_wanted_ids` and each of its speakers, in order; or one without a speaker.

    Made once, and of columns alone: the schedule's page asks it, to say what is not published yet.
    """
    tracks = select(func.count(Track.id)).where(
        Track.conference_id == _HERE, Track.archived.is_(False)
    )
    columns: tuple[Any, ...] = (
        *(Submission.id, Submission.code, Submission.title, Submission.abstract),
        *(Submission.state, Submission.language),
        *(SubmissionType.name.label("type"), SubmissionType.minutes, Track.name.label("track")),
        *(ProgramItem.guid, ProgramItem.number, ProgramItem.anchor),
        *(Speaker.code.label("speaker"), Speaker.name, Speaker.affiliation, Speaker.bio),
        tracks.scalar_subquery().label("tracks"),
    )
    return (
        select(*columns)
        .join(SubmissionType, SubmissionType.id == Submission.type_id)
        .join(Track, Track.id == Submission.track_id)
        .outerjoin(ProgramItem, ProgramItem.submission_id == Submission.id)
        .outerjoin(
            Speaker, and_(Speaker.submission_id == Submission.id, Speaker.state != "removed")
        )
        .where(Submission.id.in_(_wanted_ids()))
        .order_by(Submission.code, Speaker.position, Speaker.id)
    )


def _talk(conference: Conference, plan: Plan, rows: Sequence[Row[Any]]) -> frozen.Talk:
    talk = rows[0]
    own_language = talk.language == conference.language
    needs = plan.needs.get(talk.id)
    return frozen.Talk(
        code=talk.code,
        guid=talk.guid or "",
        id=talk.number or 0,
        title=talk.title,
        speakers=tuple(
            frozen.ProgramSpeaker(row.speaker, row.name, row.affiliation, row.bio)
            for row in rows
            if row.speaker
        ),
        abstract=talk.abstract,
        type=talk.type,
        track=talk.track if talk.tracks > 1 else "",
        minutes=plan.minutes.get(talk.code, talk.minutes),
        anchor=talk.anchor or None,
        canceled=talk.state not in IN_PROGRAM,
        language="" if own_language else talk.language,
        recorded=needs is None or needs.recording,
    )


def make_items(db: Session, conference: Conference, before: frozen.Program | None) -> None:
    """Give every talk of the version after `before` its lasting identity, where it has none."""
    without = (
        select(Submission)
        .outerjoin(ProgramItem, ProgramItem.submission_id == Submission.id)
        .where(Submission.id.in_(_wanted_ids()), ProgramItem.id.is_(None))
        .order_by(Submission.code)
    )
    for submission in db.scalars(without, _asked(conference, before)).all():
        item_of(db, submission)


def number_items(db: Session, conference: Conference) -> None:
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


def _slots(
    plan: Plan,
    program: frozen.Program,
    canceled: set[str],
    before: frozen.Program | None,
    *,
    several: bool,
) -> list[frozen.Slot]:
    """The draft's placements, and the last published places of canceled talks."""
    slots = [
        _slot(one, program, plan, several=several)
        for one in plan.placed
        if one.code is None or one.code in program.talk_by_code
    ]
    placed = {slot.talk for slot in slots}
    gone = [slot for slot in before.slots if slot.talk in canceled] if before else []
    return slots + [
        replace(slot, changed_in=program.number, changed_at=program.published_at)
        for slot in gone
        if slot.talk not in placed
    ]


def _slot(one: Placed, program: frozen.Program, plan: Plan, *, several: bool) -> frozen.Slot:
    return frozen.Slot(
        guid=nth_guid(one.guid, one.occurrence),
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
