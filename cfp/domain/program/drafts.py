"""What is done to one slot of a draft: placed, moved, swapped, replaced, taken out."""

import uuid
from datetime import datetime
from itertools import count

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from cfp.actors import Actor
from cfp.domain.conferences.models import Conference, Room
from cfp.domain.decisions import actions as decisions
from cfp.domain.decisions.models import PendingDecision
from cfp.domain.decisions.rules import mark
from cfp.domain.program.blocks import join
from cfp.domain.program.models import Placement, ProgramDraft, ProgramItem, ProgramSession
from cfp.domain.program.plans import told
from cfp.domain.program.rules import check_slot
from cfp.domain.program.steps import changing, locked
from cfp.domain.submissions.models import Submission
from cfp.domain.submissions.states import IN_PROGRAM, State
from cfp.errors import DomainError, NotFoundError, NotNowError, StaleError
from cfp.formats.grammar import carries_title
from cfp.policy import Fact, predicate, standing_of

TITLE_LIMIT = 300
KEEP = -1
"""For a session: as it is."""


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
    draft_id: int | None = None,
    plenary: bool = False,
    again: bool = False,
) -> Placement:
    """Put an accepted talk (by code) or a break (by title) into a draft, the current one if none.

    A talk whose acceptance is still pending is planned by those who know of it. `again`: it may
    stand somewhere already, for it is given more than once.

    Raises:
        NotFoundError: no such accepted talk, or no such room or draft.
        NotNowError: `schedule.placed_already`.
        DomainError: minutes, day, or a title that is missing or would not read back, at the field.
    """
    check_slot(start, minutes, conference.start_date, conference.end_date, conference.zone)
    _check_room(db, conference, room_id)
    draft = locked(db, conference, draft_id)
    if code is not None:
        item = item_of(db, accepted(db, actor, conference, code))
        if not again:
            _refuse_placed(db, draft, item)
    else:
        item = new_item(db, conference.id, title=_checked_title(title))
    placement = Placement(
        conference_id=conference.id,
        draft_id=draft.id,
        item_id=item.id,
        occurrence=free_occurrence(db, draft.id, item.id),
        room_id=room_id,
        start=start,
        minutes=minutes,
        plenary=plenary,
    )
    with changing(db, actor, conference, draft, "place", now=now) as step:
        step.made(placement)
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
    pinned: bool | None = None,
    plenary: bool | None = None,
    session: int | None = KEEP,
    audience: int | None = KEEP,
) -> Placement:
    """Give a placement another room, time or length; `title` renames a break.

    `session`: the number of the one it is to be part of, None for none. With posters, see there.
    `audience`: how many people are expected at the talk, in whichever slot; None: nobody knows.

    Raises:
        StaleError: somebody moved it meanwhile.
    """
    check_slot(start, minutes, conference.start_date, conference.end_date, conference.zone)
    _check_room(db, conference, room_id)
    placement, draft = locked_placement(db, actor, conference, placement_id, revision)
    item = db.get_one(ProgramItem, placement.item_id)
    new_title = title if title is None or item.submission_id else _checked_title(title)
    with changing(db, actor, conference, draft, "move", now=now) as step:
        step.touch(placement)
        placement.room_id, placement.start, placement.minutes = room_id, start, minutes
        if pinned is not None:
            placement.pinned = pinned
        if plenary is not None:
            placement.plenary = plenary
        if new_title is not None and item.submission_id is None:
            item.title = new_title
        if audience != KEEP and item.submission_id is not None:
            item.audience = audience
        if session == KEEP and placement.session_id is not None:
            session = db.get_one(ProgramSession, placement.session_id).number
        if session != KEEP:
            join(db, actor, conference, draft, step, placement, session)
    return placement


def pin(
    db: Session,
    actor: Actor,
    conference: Conference,
    placement_id: int,
    *,
    revision: int,
    pinned: bool,
    now: datetime,
) -> None:
    """Have solvers leave it where it is, or let it go free. Raises as `move` does."""
    placement, draft = locked_placement(db, actor, conference, placement_id, revision)
    with changing(db, actor, conference, draft, "pin" if pinned else "unpin", now=now) as step:
        step.touch(placement)
        placement.pinned = pinned


def swap(
    db: Session,
    actor: Actor,
    conference: Conference,
    placement_id: int,
    *,
    revision: int,
    other_id: int,
    other_revision: int,
    now: datetime,
) -> None:
    """Let two change places; each keeps its own minutes. Raises as `move` does."""
    one, draft = locked_placement(db, actor, conference, placement_id, revision)
    other, _same = locked_placement(db, actor, conference, other_id, other_revision)
    if other.draft_id != draft.id:
        raise NotFoundError("not_found")
    with changing(db, actor, conference, draft, "swap", now=now) as step:
        step.touch(one, other)
        one.room_id, other.room_id = other.room_id, one.room_id
        one.start, other.start = other.start, one.start
        one.session_id, other.session_id = other.session_id, one.session_id


def remove(
    db: Session,
    actor: Actor,
    conference: Conference,
    placement_id: int,
    *,
    now: datetime,
    revision: int | None = None,
) -> None:
    """Take something out of the draft; its identity stays for when it comes back."""
    placement, draft = locked_placement(db, actor, conference, placement_id, revision)
    with changing(db, actor, conference, draft, "remove", now=now) as step:
        step.touch(placement)
        db.delete(placement)


def replace(
    db: Session,
    actor: Actor,
    conference: Conference,
    placement_id: int,
    *,
    revision: int,
    code: str,
    now: datetime,
) -> bool:
    """Put another talk into a slot; True when its acceptance is still to be announced.

    One of the waitlist gets a pending acceptance by it, for nobody but an announcement promises
    a speaker anything. Taking the step back leaves that decision pending.

    Raises:
        NotFoundError: no such talk that this person could accept.
    """
    placement, draft = locked_placement(db, actor, conference, placement_id, revision)
    submission = _promoted(db, actor, conference, code, now)
    item = item_of(db, submission)
    _refuse_placed(db, draft, item)
    with changing(db, actor, conference, draft, "replace", now=now) as step:
        step.touch(placement)
        placement.item_id, placement.occurrence = item.id, 1
        step.items.add(item.id)
    return submission.state not in IN_PROGRAM


def _promoted(
    db: Session, actor: Actor, conference: Conference, code: str, now: datetime
) -> Submission:
    standing = standing_of(db, actor, conference, code)
    if standing is None or standing.submission.state != State.WAITLISTED:
        return accepted(db, actor, conference, code)
    known = predicate(actor, Fact.PENDING, conference)
    if db.scalar(select(Submission.id).where(Submission.code == code, known)) is None:
        raise NotFoundError("not_found")
    pending = decisions.pending_of(db, standing.submission)
    if pending is None or pending.outcome != "accept":
        decisions.set_pending(
            db, actor, standing, outcome="accept", revision=mark(pending), now=now
        )
    return standing.submission


def item_of(db: Session, submission: Submission) -> ProgramItem:
    """The lasting identity of a submission in programs; made when first needed.

    It gets its number when its acceptance is announced.
    """
    query = select(ProgramItem).where(ProgramItem.submission_id == submission.id)
    item = db.scalars(query).one_or_none()
    if item is None:
        return new_item(
            db,
            submission.conference_id,
            submission_id=submission.id,
            numbered=submission.state in IN_PROGRAM,
        )
    if item.number is None and submission.state in IN_PROGRAM:
        item.number = next_number(db, submission.conference_id)
        db.flush()
    return item


def free_occurrence(db: Session, draft_id: int, item_id: int) -> int:
    """The number of an item's next slot in a draft; one that was taken out gives its number on."""
    here = (Placement.draft_id == draft_id, Placement.item_id == item_id)
    taken = set(db.scalars(select(Placement.occurrence).where(*here)))
    return next(number for number in count(1) if number not in taken)


def new_item(
    db: Session,
    conference_id: int,
    *,
    submission_id: int | None = None,
    title: str = "",
    anchor: str = "",
    numbered: bool = True,
) -> ProgramItem:
    """A new identity: a random guid and the conference's next number, both for ever."""
    item = ProgramItem(
        conference_id=conference_id,
        guid=str(uuid.uuid4()),
        number=next_number(db, conference_id) if numbered else None,
        submission_id=submission_id,
        title=title,
        anchor=anchor,
    )
    db.add(item)
    db.flush()
    return item


def accepted(db: Session, actor: Actor, conference: Conference, code: str) -> Submission:
    """A talk that may be placed: accepted, or to be, as far as this person may know.

    Raises:
        NotFoundError: there is none.
    """
    planned = select(PendingDecision.submission_id).where(PendingDecision.outcome == "accept")
    known = predicate(actor, Fact.PENDING, conference)
    query = select(Submission).where(
        Submission.conference_id == conference.id,
        Submission.code == code,
        or_(Submission.state.in_(IN_PROGRAM), Submission.id.in_(planned) & known),
    )
    found = db.scalars(query).one_or_none()
    if found is None:
        raise NotFoundError("not_found")
    return found


def locked_placement(
    db: Session, actor: Actor, conference: Conference, placement_id: int, revision: int | None
) -> tuple[Placement, ProgramDraft]:
    """A slot to be changed and its draft, which nobody else changes meanwhile.

    Raises:
        NotFoundError: it never was, is not for this person to know, or somebody took it out.
        StaleError: it is not at `revision` any more.
    """
    query = (
        select(Placement)
        .join(ProgramItem, ProgramItem.id == Placement.item_id)
        .outerjoin(Submission, Submission.id == ProgramItem.submission_id)
        .where(
            Placement.conference_id == conference.id,
            Placement.id == placement_id,
            told(actor, conference),
        )
    )
    found = db.scalars(query).one_or_none()
    if found is None:
        raise NotFoundError("not_found")
    draft = locked(db, conference, found.draft_id)
    placement = db.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if placement is None:
        raise NotFoundError("not_found")
    if revision is not None and placement.revision != revision:
        raise StaleError("stale")
    return placement, draft


def _refuse_placed(db: Session, draft: ProgramDraft, item: ProgramItem) -> None:
    query = select(Placement.id).where(Placement.draft_id == draft.id, Placement.item_id == item.id)
    if db.scalars(query.limit(1)).first() is not None:
        raise NotNowError("schedule.placed_already")


def next_number(db: Session, conference_id: int) -> int:
    """The number of the conference's next item that the public may know."""
    last = select(func.max(ProgramItem.number)).where(ProgramItem.conference_id == conference_id)
    return (db.scalar(last) or 0) + 1


def _checked_title(title: str) -> str:
    if not title or len(title) > TITLE_LIMIT:
        raise DomainError("break_title", field="title", limit=TITLE_LIMIT)
    if not carries_title(title):
        raise DomainError("title_marks", field="title")
    return title


def _check_room(db: Session, conference: Conference, room_id: int | None) -> None:
    if room_id is None:
        return
    query = select(Room.id).where(Room.conference_id == conference.id, Room.id == room_id)
    if db.scalars(query).one_or_none() is None:
        raise DomainError("no_such_room", field="room")
