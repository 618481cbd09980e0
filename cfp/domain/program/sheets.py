"""Run sheets and door signs: what takes place in a room on a day, for those who run it."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session as Db

from cfp.actors import Actor
from cfp.domain.conferences.models import Conference
from cfp.domain.decisions.models import Confirmation
from cfp.domain.submissions.models import Submission
from cfp.formats.program import Broadcast, Day, Program, Session, Slot, Talk
from cfp.policy import Fact, predicate
from cfp.records import record


@record
class Presence:
    """What the speakers have said about being there; `zone` is "" where they did not say."""

    remote: bool
    zone: str
    recording: bool


@record
class Row:
    """A slot on a sheet. `presence` is None where it is not known, or not this person's to know."""

    slot: Slot
    title: str
    talk: Talk | None
    session: Session | None
    presence: Presence | None

    @property
    def recorded(self) -> bool:
        """Whether it may be recorded: what was said last, else what was published."""
        if self.presence is not None:
            return self.presence.recording
        return self.talk is None or self.talk.recorded


@record
class Sheet:
    """A room on a day, in order of time; slots without a room belong to every room."""

    day: Day
    room: str
    rows: tuple[Row, ...]
    broadcasts: tuple[Broadcast, ...]


def sheets_of(program: Program) -> list[tuple[Day, list[str]]]:
    """Each day with the rooms that have something of their own; [""] where rooms have no names."""
    found = []
    for day in program.days:
        used = {slot.room for slot in program.slots_of_day(day.number)}
        named = [room.name for room in program.rooms if room.name in used]
        named += sorted(used - {room.name for room in program.rooms} - {""})
        if used:
            found.append((day, named or [""]))
    return found


def sheet_of(
    program: Program, number: int, room: str, presence: Mapping[str, Presence]
) -> Sheet | None:
    """The sheet; None where there is no such day or nothing takes place in the room."""
    days = {day.number: day for day, rooms in sheets_of(program) if room in rooms}
    day = days.get(number)
    if day is None:
        return None
    slots = [slot for slot in program.slots_of_day(number) if slot.room in {room, ""}]
    rows = tuple(_row(program, slot, presence) for slot in slots)
    links = [one for one in program.broadcasts if one.day == number and one.room in {room, ""}]
    return Sheet(day, room, rows, tuple(links))


def presences(db: Db, actor: Actor, conference: Conference) -> Mapping[str, Presence]:
    """What speakers have confirmed, by code; only of talks whose speakers' data one may know."""
    rows = db.execute(
        select(Submission.code, Confirmation.remote, Confirmation.zone, Confirmation.recording)
        .join(Confirmation, Confirmation.submission_id == Submission.id)
        .where(
            Submission.conference_id == conference.id,
            predicate(actor, Fact.ADDRESSES, conference),
        )
    )
    return {code: Presence(remote, zone, recording) for code, remote, zone, recording in rows}


def changes_of_session(rows: Sequence[Row]) -> list[tuple[Session | None, list[Row]]]:
    """The rows parted where another session begins, so that its title and chair head them."""
    parts: list[tuple[Session | None, list[Row]]] = []
    for row in rows:
        if not parts or parts[-1][0] != row.session:
            parts.append((row.session, []))
        parts[-1][1].append(row)
    return parts


def _row(program: Program, slot: Slot, presence: Mapping[str, Presence]) -> Row:
    talk = program.talk_by_code[slot.talk] if slot.talk is not None else None
    session = program.session_by_id[slot.session] if slot.session is not None else None
    said = presence.get(talk.code) if talk else None
    return Row(slot, program.title_of(slot), talk, session, said)
