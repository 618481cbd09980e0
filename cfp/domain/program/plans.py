"""A draft as its page, the solver and the next version read it.

A draft may hold talks whose acceptance is not announced. They are there for those alone who may
know the pending decision; for everybody else, and for every version, they are not there at all.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import field
from functools import cache, cached_property, lru_cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Row,
    Select,
    Subquery,
    and_,
    bindparam,
    case,
    false,
    func,
    or_,
    select,
    union,
)
from sqlalchemy.orm import Session, aliased

from cfp.actors import Actor
from cfp.domain.conferences.models import Conference, Room, SubmissionType
from cfp.domain.decisions import confirmations
from cfp.domain.decisions.models import Confirmation, Decision, PendingDecision
from cfp.domain.program.models import Placement, ProgramDraft, ProgramItem, ProgramSession
from cfp.domain.program.rules import Needs, Placed
from cfp.domain.submissions.models import Speaker, Submission
from cfp.domain.submissions.states import IN_PROGRAM, State
from cfp.errors import NotFoundError
from cfp.policy import Fact, predicate
from cfp.records import record

ACCEPTED_ONCE = (*IN_PROGRAM, State.DECLINED, State.CANCELED)
"""States that say by themselves that an acceptance was announced."""
NO_NEEDS = Needs()
People = frozenset[tuple[int | str, str]]


@record
class Unplaced:
    """An accepted talk without a slot; `minutes` is what it was accepted for, with discussion.

    `pending`: its acceptance is not announced.
    """

    code: str
    title: str
    minutes: int
    pending: bool = False
    speakers: People = frozenset()
    needs: Needs = NO_NEEDS
    audience: int | None = None


@record
class Block:
    """A session: slots under one title."""

    id: int
    number: int
    title: str
    chair: str
    posters: bool
    revision: int


@record
class Plan:
    """A draft as one person may know it."""

    draft: ProgramDraft
    placed: Sequence[Placed]
    unplaced: Sequence[Unplaced]
    minutes: Mapping[str, int]
    """Code of a talk to the minutes it was accepted for, without discussion."""
    sessions: Mapping[int, Block] = field(default_factory=dict)
    """The sessions of what is placed, by id."""
    needs: Mapping[int, Needs] = field(default_factory=dict)
    """What was said on the confirm pages, by submission id."""
    rooms: Sequence[Room] = ()
    """The rooms in use, in their order, whether anything is placed there or not."""

    @cached_property
    def by_id(self) -> Mapping[int, Placed]:
        return {one.placement_id: one for one in self.placed}

    @property
    def mark(self) -> str:
        """Differs as soon as anything that this person sees in it does."""
        rows = [
            *sorted((one.placement_id, one.revision, one.item_id) for one in self.placed),
            *sorted((one.id, one.revision) for one in self.sessions.values()),
        ]
        return hashlib.sha256(repr(rows).encode()).hexdigest()


def current_draft(db: Session, conference: Conference) -> ProgramDraft:
    """The draft that is published."""
    return db.scalars(_CURRENT, {"conference": conference.id}).one()


def draft_of(db: Session, conference: Conference, draft_id: int | None) -> ProgramDraft:
    """A certain draft of the conference, or without an id its current one."""
    if draft_id is None:
        return current_draft(db, conference)
    query = select(ProgramDraft).where(
        ProgramDraft.conference_id == conference.id, ProgramDraft.id == draft_id
    )
    found = db.scalars(query).one_or_none()
    if found is None:
        raise NotFoundError("not_found")
    return found


def plan_of(
    db: Session,
    conference: Conference,
    *,
    actor: Actor | None = None,
    draft: ProgramDraft | None = None,
) -> Plan:
    """The draft (the current one) with everything its page needs, in six statements.

    Without an actor it is as the public may come to know it: nothing that is pending.
    """
    draft = draft or current_draft(db, conference)
    talks = _talks(db, conference, _secrets_of(actor, conference))
    people = _speakers_by_submission(db, conference)
    needs = needs_by_submission(db, conference)
    rows = db.execute(_placements(told(actor, conference)), {"draft": draft.id}).all()
    placed = [_placed(row, talks, people, needs) for row in rows]
    sessions = {
        row.session_id: Block(
            row.session_id,
            row.session_number,
            row.session_title,
            row.session_chair,
            row.session_posters,
            row.session_revision,
        )
        for row in rows
        if row.session_id is not None
    }
    taken = {one.code for one in placed}
    unplaced = [
        Unplaced(
            talk.code,
            talk.title,
            talk.minutes + talk.discussion,
            talk.pending,
            people.get(id_, frozenset()),
            needs.get(id_, NO_NEEDS),
            talk.audience,
        )
        for id_, talk in talks.items()
        if talk.code not in taken and (talk.pending or talk.state in IN_PROGRAM)
    ]
    return Plan(
        draft,
        placed,
        sorted(unplaced, key=lambda talk: talk.title.casefold()),
        {talk.code: talk.minutes for talk in talks.values()},
        sessions,
        needs,
        _rooms(db, conference),
    )


def _rooms(db: Session, conference: Conference) -> Sequence[Room]:
    return db.scalars(_ROOMS, {"conference": conference.id}).all()


# Statements of nothing but what is asked for are made once: making one takes longer than running
# it, and the schedule's page has many.
_HERE: BindParameter[int] = bindparam("conference")
_CURRENT = (
    select(ProgramDraft)
    .where(ProgramDraft.conference_id == _HERE, ProgramDraft.current.is_(True))
    .order_by(ProgramDraft.id)
    .limit(1)
)
_ROOMS = (
    select(Room)
    .where(Room.conference_id == _HERE, Room.archived.is_(False))
    .order_by(Room.position, Room.id)
)
_CONFIRMATIONS = select(Confirmation).where(Confirmation.conference_id == _HERE)


@record
class _Talk:
    code: str
    title: str
    state: str
    pending: bool
    minutes: int
    discussion: int
    audience: int | None


def _newest(conference_id: int) -> Subquery:
    """The decision that holds now, for each submission that has one."""
    return (
        select(Decision.submission_id, func.max(Decision.id).label("id"))
        .where(Decision.conference_id == conference_id)
        .group_by(Decision.submission_id)
        .subquery()
    )


_GIVEN = aliased(SubmissionType, name="given_type")  # made once: an alias costs more than its query


def _talks(db: Session, conference: Conference, known: ColumnElement[bool]) -> dict[int, _Talk]:
    """The talks that are, were or are to be in the program, with the minutes of their decision."""
    rows = db.execute(_talks_of(conference.id, known))
    return {row[0]: _Talk(*row[1:]) for row in rows}


@lru_cache(maxsize=64)
def _talks_of(conference_id: int, known: ColumnElement[bool]) -> Select[Any]:
    newest, given = _newest(conference_id), _GIVEN
    pending = and_(PendingDecision.outcome == "accept", Submission.state.not_in(IN_PROGRAM), known)
    own = (Decision.type_id, Submission.type_id)
    columns: list[Any] = [
        Submission.id,
        Submission.code,
        Submission.title,
        Submission.state,
        PendingDecision.id.is_not(None),
        case(
            (
                PendingDecision.id.is_not(None),
                func.coalesce(PendingDecision.minutes, given.minutes),
            ),
            else_=func.coalesce(Decision.minutes, given.minutes),
        ),
        given.discussion_minutes,
        ProgramItem.audience,
    ]
    return (
        select(*columns)
        .outerjoin(newest, newest.c.submission_id == Submission.id)
        .outerjoin(Decision, Decision.id == newest.c.id)
        .outerjoin(PendingDecision, and_(PendingDecision.submission_id == Submission.id, pending))
        .outerjoin(ProgramItem, ProgramItem.submission_id == Submission.id)
        .join(given, given.id == func.coalesce(PendingDecision.type_id, *own))
        .where(
            Submission.id.in_(_decided(conference_id)),
            or_(Submission.announced.is_not(None), PendingDecision.id.is_not(None)),
        )
    )


def _decided(conference_id: int | BindParameter[int]) -> CompoundSelect[int]:
    """The ids of the submissions with a decision, announced or pending: found first, being few."""
    announced = select(Submission.id).where(
        Submission.conference_id == conference_id, Submission.announced.is_not(None)
    )
    pending = select(PendingDecision.submission_id).where(
        PendingDecision.conference_id == conference_id
    )
    return union(announced, pending)


def told(actor: Actor | None, conference: Conference) -> ColumnElement[bool]:
    """Which rows of `program_item`, joined with `submission`, this person may know of."""
    return _told(conference.id, _secrets_of(actor, conference))


@lru_cache(maxsize=64)
def _told(conference_id: int, secrets: ColumnElement[bool]) -> ColumnElement[bool]:
    return or_(ProgramItem.submission_id.is_(None), _known(conference_id, secrets))


def known_submission(actor: Actor | None, conference: Conference) -> ColumnElement[bool]:
    """Which submissions may be known to be planned: their acceptance is told, or theirs to know."""
    return _known(conference.id, _secrets_of(actor, conference))


@lru_cache(maxsize=64)
def _known(conference_id: int, secrets: ColumnElement[bool]) -> ColumnElement[bool]:
    accepted_once = select(Decision.submission_id).where(
        Decision.conference_id == conference_id, Decision.outcome == State.ACCEPTED
    )
    return or_(
        Submission.state.in_(ACCEPTED_ONCE),
        and_(Submission.state == State.WITHDRAWN, Submission.id.in_(accepted_once)),
        secrets,
    )


def _secrets_of(actor: Actor | None, conference: Conference) -> ColumnElement[bool]:
    return predicate(actor, Fact.PENDING, conference) if actor else false()


@lru_cache(maxsize=64)
def _placements(known: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """Of the draft given at execution, those that may be known of."""
    return (
        select(
            Placement.id,
            Placement.revision,
            Placement.item_id,
            Placement.room_id,
            Placement.start,
            Placement.minutes,
            Placement.occurrence,
            Placement.pinned,
            Placement.plenary,
            ProgramItem.number,
            ProgramItem.guid,
            func.coalesce(Submission.title, ProgramItem.title).label("title"),
            ProgramItem.submission_id,
            Submission.code,
            Submission.state,
            Room.name.label("room"),
            Room.capacity,
            ProgramSession.id.label("session_id"),
            ProgramSession.number.label("session_number"),
            ProgramSession.title.label("session_title"),
            ProgramSession.chair.label("session_chair"),
            ProgramSession.posters.label("session_posters"),
            ProgramSession.revision.label("session_revision"),
        )
        .join(ProgramItem, ProgramItem.id == Placement.item_id)
        .outerjoin(Submission, Submission.id == ProgramItem.submission_id)
        .outerjoin(Room, Room.id == Placement.room_id)
        .outerjoin(ProgramSession, ProgramSession.id == Placement.session_id)
        .where(Placement.draft_id == bindparam("draft"), known)
        .order_by(Placement.start, Room.position, Placement.id)
    )


def _speakers_by_submission(db: Session, conference: Conference) -> Mapping[int, People]:
    rows = db.execute(_speaking(), {"conference": conference.id})
    found: dict[int, set[tuple[int | str, str]]] = {}
    for submission_id, person_id, code, name in rows:
        found.setdefault(submission_id, set()).add((person_id or code, name))
    return {submission_id: frozenset(people) for submission_id, people in found.items()}


@cache
def _speaking() -> Select[int, int | None, str, str]:
    return select(Speaker.submission_id, Speaker.person_id, Speaker.code, Speaker.name).where(
        Speaker.submission_id.in_(_decided(_HERE)),
        Speaker.state != "removed",
        Speaker.speaks.is_(True),
    )


def needs_by_submission(db: Session, conference: Conference) -> Mapping[int, Needs]:
    """What has been said on the confirm pages, by submission."""
    rows = db.scalars(_CONFIRMATIONS, {"conference": conference.id})
    return {
        row.submission_id: Needs(
            tuple(confirmations.unavailable(conference, row)),
            row.remote,
            row.zone,
            row.recording,
        )
        for row in rows
    }


def _placed(
    row: Row[*tuple[Any, ...]],
    talks: Mapping[int, _Talk],
    people: Mapping[int, People],
    needs: Mapping[int, Needs],
) -> Placed:
    talk = talks.get(row.submission_id)
    return Placed(
        placement_id=row.id,
        revision=row.revision,
        item_id=row.item_id,
        number=row.number or 0,
        guid=row.guid,
        title=row.title,
        code=row.code,
        state=row.state,
        room_id=row.room_id,
        room=row.room or "",
        start=row.start,
        minutes=row.minutes,
        occurrence=row.occurrence,
        talk_minutes=talk.minutes if talk else None,
        wanted_minutes=talk.minutes + talk.discussion if talk else None,
        speakers=people.get(row.submission_id, frozenset()),
        capacity=row.capacity,
        session=row.session_id,
        posters=bool(row.session_posters),
        pinned=row.pinned,
        plenary=row.plenary,
        pending=talk.pending if talk else False,
        audience=talk.audience if talk else None,
        needs=needs.get(row.submission_id, NO_NEEDS),
    )
