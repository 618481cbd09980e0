"""The plan in the making: what stands where and when, and what has no place yet."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, aliased

from cfp import audit
from cfp.actors import Actor
from cfp.domain.conferences.models import Conference, Room, SubmissionType
from cfp.domain.decisions.models import Decision
from cfp.domain.program.models import Placement, ProgramDraft, ProgramItem
from cfp.domain.program.rules import Placed, check_slot
from cfp.domain.submissions.models import Speaker, Submission
from cfp.domain.submissions.states import IN_PROGRAM
from cfp.errors import DomainError, NotFoundError, StaleError

TITLE_LIMIT = 300


@dataclass(frozen=True)
class Unplaced:
    """An accepted talk without a slot; `minutes` is what it was accepted for, with discussion."""

    code: str
    title: str
    minutes: int


@dataclass(frozen=True)
class Plan:
    """A draft as the schedule page shows it."""

    draft: ProgramDraft
    placed: Sequence[Placed]
    unplaced: Sequence[Unplaced]
    minutes: Mapping[str, int]
    """Code of a talk to the minutes it was accepted for, without discussion."""


def current_draft(db: Session, conference: Conference) -> ProgramDraft:
    """The draft that is edited and published."""
    query = select(ProgramDraft).where(
        ProgramDraft.conference_id == conference.id, ProgramDraft.current.is_(True)
    )
    return db.scalars(query.order_by(ProgramDraft.id).limit(1)).one()


def plan_of(db: Session, conference: Conference) -> Plan:
    """The current draft with everything its page needs, in four statements."""
    draft = current_draft(db, conference)
    speakers = _speakers_by_submission(db, conference)
    talks = _talks(db, conference)
    rows = db.execute(
        select(Placement, ProgramItem, Submission, Room.name)
        .join(ProgramItem, ProgramItem.id == Placement.item_id)
        .outerjoin(Submission, Submission.id == ProgramItem.submission_id)
        .outerjoin(Room, Room.id == Placement.room_id)
        .where(Placement.draft_id == draft.id)
        .order_by(Placement.start, Room.position, Placement.id)
    ).all()
    placed = [
        _placed(placement, item, submission, room, talks, speakers)
        for placement, item, submission, room in rows
    ]
    taken = {one.code for one in placed}
    unplaced = [
        Unplaced(talk.code, talk.title, talk.minutes + talk.discussion)
        for talk in talks.values()
        if talk.code not in taken and talk.state in IN_PROGRAM
    ]
    return Plan(
        draft,
        placed,
        sorted(unplaced, key=lambda talk: talk.title.casefold()),
        {talk.code: talk.minutes for talk in talks.values()},
    )


@dataclass(frozen=True)
class _Talk:
    code: str
    title: str
    state: str
    minutes: int
    discussion: int


def _talks(db: Session, conference: Conference) -> dict[int, _Talk]:
    """The talks that are or were in the program, with the minutes of their last decision."""
    newest = (
        select(Decision.submission_id, func.max(Decision.id).label("id"))
        .where(Decision.conference_id == conference.id)
        .group_by(Decision.submission_id)
        .subquery()
    )
    given = aliased(SubmissionType)
    rows = db.execute(
        select(
            Submission.id,
            Submission.code,
            Submission.title,
            Submission.state,
            func.coalesce(Decision.minutes, given.minutes),
            given.discussion_minutes,
        )
        .outerjoin(newest, newest.c.submission_id == Submission.id)
        .outerjoin(Decision, Decision.id == newest.c.id)
        .join(given, given.id == func.coalesce(Decision.type_id, Submission.type_id))
        .where(Submission.conference_id == conference.id, Submission.announced.is_not(None))
    )
    return {row[0]: _Talk(*row[1:]) for row in rows}


def _speakers_by_submission(
    db: Session, conference: Conference
) -> Mapping[int, frozenset[tuple[int | str, str]]]:
    rows = db.execute(
        select(Speaker.submission_id, Speaker.person_id, Speaker.code, Speaker.name)
        .join(Submission, Submission.id == Speaker.submission_id)
        .where(
            and_(
                Speaker.conference_id == conference.id,
                Speaker.state != "removed",
                Speaker.speaks.is_(True),
                Submission.state.in_(IN_PROGRAM),
            )
        )
    )
    found: dict[int, set[tuple[int | str, str]]] = {}
    for submission_id, person_id, code, name in rows:
        found.setdefault(submission_id, set()).add((person_id or code, name))
    return {submission_id: frozenset(people) for submission_id, people in found.items()}


def _placed(
    placement: Placement,
    item: ProgramItem,
    submission: Submission | None,
    room: str | None,
    talks: Mapping[int, _Talk],
    speakers: Mapping[int, frozenset[tuple[int | str, str]]],
) -> Placed:
    talk = talks.get(submission.id) if submission else None
    return Placed(
        placement_id=placement.id,
        revision=placement.revision,
        item_id=item.id,
        number=item.number,
        guid=item.guid,
        title=submission.title if submission else item.title,
        code=submission.code if submission else None,
        state=submission.state if submission else None,
        room_id=placement.room_id,
        room=room or "",
        start=placement.start,
        minutes=placement.minutes,
        talk_minutes=talk.minutes if talk else None,
        wanted_minutes=talk.minutes + talk.discussion if talk else None,
        speakers=speakers.get(submission.id, frozenset()) if submission else frozenset(),
    )


def place(
    db: Session,
    actor: Actor,
    conference: Conference,
    *,
    code: str | None,
    title: str,
    room_id: int | None,
    start: datetime,
    minutes: int,
    now: datetime,
) -> Placement:
    """Put an accepted talk (by code) or a break (by title) into the current draft.

    Raises:
        NotFoundError: no such accepted talk, or no such room.
        DomainError: minutes, day or a missing title, at the field.
    """
    check_slot(start, minutes, conference.start_date, conference.end_date, conference.zone)
    _check_room(db, conference, room_id)
    draft = current_draft(db, conference)
    if code is not None:
        item = item_of(db, _accepted(db, conference, code))
    else:
        item = _new_break(db, conference, title)
    placement = Placement(
        conference_id=conference.id,
        draft_id=draft.id,
        item_id=item.id,
        room_id=room_id,
        start=start,
        minutes=minutes,
    )
    db.add(placement)
    db.flush()
    _record(db, actor, conference, "program.place", item, now)
    return placement


def move(
    db: Session,
    actor: Actor,
    conference: Conference,
    placement_id: int,
    *,
    revision: int,
    title: str | None = None,
    room_id: int | None,
    start: datetime,
    minutes: int,
    now: datetime,
) -> Placement:
    """Give a placement another room, time or length; `title` renames a break.

    Raises:
        StaleError: somebody moved it meanwhile.
    """
    check_slot(start, minutes, conference.start_date, conference.end_date, conference.zone)
    _check_room(db, conference, room_id)
    placement = _placement(db, conference, placement_id)
    if placement.revision != revision:
        raise StaleError("stale")
    item = db.get_one(ProgramItem, placement.item_id)
    if title is not None and item.submission_id is None:
        item.title = _checked_title(title)
    placement.room_id, placement.start, placement.minutes = room_id, start, minutes
    _record(db, actor, conference, "program.move", item, now)
    return placement


def remove(
    db: Session, actor: Actor, conference: Conference, placement_id: int, *, now: datetime
) -> None:
    """Take something out of the draft; its identity stays for when it comes back."""
    placement = _placement(db, conference, placement_id)
    item = db.get_one(ProgramItem, placement.item_id)
    db.delete(placement)
    _record(db, actor, conference, "program.remove", item, now)


def item_of(db: Session, submission: Submission) -> ProgramItem:
    """The lasting identity of a submission in programs; made when first needed."""
    query = select(ProgramItem).where(ProgramItem.submission_id == submission.id)
    item = db.scalars(query).one_or_none()
    return item or new_item(db, submission.conference_id, submission_id=submission.id)


def new_item(
    db: Session,
    conference_id: int,
    *,
    submission_id: int | None = None,
    title: str = "",
    anchor: str = "",
) -> ProgramItem:
    """A new identity: a random guid and the conference's next number, both for ever."""
    last = select(func.max(ProgramItem.number)).where(ProgramItem.conference_id == conference_id)
    item = ProgramItem(
        conference_id=conference_id,
        guid=str(uuid.uuid4()),
        number=(db.scalar(last) or 0) + 1,
        submission_id=submission_id,
        title=title,
        anchor=anchor,
    )
    db.add(item)
    db.flush()
    return item


def _new_break(db: Session, conference: Conference, title: str) -> ProgramItem:
    return new_item(db, conference.id, title=_checked_title(title))


def _checked_title(title: str) -> str:
    if not title or len(title) > TITLE_LIMIT:
        raise DomainError("break_title", field="title", limit=TITLE_LIMIT)
    return title


def _accepted(db: Session, conference: Conference, code: str) -> Submission:
    query = select(Submission).where(
        Submission.conference_id == conference.id,
        Submission.code == code,
        Submission.state.in_(IN_PROGRAM),
    )
    found = db.scalars(query).one_or_none()
    if found is None:
        raise NotFoundError("not_found")
    return found


def _placement(db: Session, conference: Conference, placement_id: int) -> Placement:
    query = select(Placement).where(
        Placement.conference_id == conference.id, Placement.id == placement_id
    )
    found = db.scalars(query).one_or_none()
    if found is None:
        raise NotFoundError("not_found")
    return found


def _check_room(db: Session, conference: Conference, room_id: int | None) -> None:
    if room_id is None:
        return
    query = select(Room.id).where(Room.conference_id == conference.id, Room.id == room_id)
    if db.scalars(query).one_or_none() is None:
        raise DomainError("no_such_room", field="room")


def _record(
    db: Session,
    actor: Actor,
    conference: Conference,
    action: str,
    item: ProgramItem,
    now: datetime,
) -> None:
    audit.record(
        db,
        actor,
        action,
        f"program item {item.number}",
        now=now,
        conference_id=conference.id,
        submission_id=item.submission_id,
    )
