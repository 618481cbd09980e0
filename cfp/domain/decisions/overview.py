"""What the chairs' first page says: what waits for somebody, and how the call is going."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from sqlalchemy import ColumnElement, Select, String, and_, cast, exists, func, select
from sqlalchemy.orm import Session

from cfp.actors import Actor, RoleKind
from cfp.domain.conferences.models import Conference, Invitation
from cfp.domain.decisions.board import needs_another_chair
from cfp.domain.program.models import Placement, ProgramDraft, ProgramItem
from cfp.domain.submissions.models import Submission
from cfp.domain.submissions.states import IN_PROGRAM
from cfp.policy import Fact, Seat, can_ever_see, seat_of
from cfp.records import record


@record
class Overview:
    """Counts beside those of `queries.waiting`; None where they are not this person's to know.

    `barred` are the submissions with which the person has a blocking conflict: no figure of
    reviews or pending decisions includes them.
    """

    submissions: int
    unscheduled: int
    barred: int
    invitations: int | None
    drafts: int | None


def overview(db: Session, actor: Actor, conference: Conference) -> Overview:
    """All of it in one statement."""
    known = Overview(*db.execute(_counts(seat_of(actor, conference))).one())
    if actor.has(conference.id, RoleKind.CHAIR):
        return known
    judges = can_ever_see(actor, Fact.PENDING, conference)
    return Overview(known.submissions, known.unscheduled, known.barred if judges else 0, None, None)


@lru_cache(maxsize=64)
def _counts(seat: Seat) -> Select[int, int, int, int, int]:
    listed = seat.knows(Fact.LISTED)
    placed = (
        exists()
        .where(
            ProgramItem.submission_id == Submission.id,
            Placement.item_id == ProgramItem.id,
            ProgramDraft.id == Placement.draft_id,
            ProgramDraft.current,
        )
        .correlate(Submission)
    )
    unscheduled = and_(
        Submission.state.in_(IN_PROGRAM), ~placed, seat.knows(Fact.PLACEMENT)
    )
    open_invitations = select(func.count(Invitation.id)).where(
        Invitation.conference_id == seat.conference_id, Invitation.state == "sent"
    )
    draft = and_(Submission.conference_id == seat.conference_id, Submission.state == "draft")
    return select(
        _count(listed),
        _count(unscheduled),
        _count(and_(listed, seat.blocked())),
        open_invitations.scalar_subquery(),
        _count(draft),
    )


def days_of(db: Session, actor: Actor, conference: Conference) -> Sequence[tuple[date, int]]:
    """How many were submitted on each day (UTC) that had any, in order."""
    rows = db.execute(_days(seat_of(actor, conference)))
    return [(date.fromisoformat(text), count) for text, count in rows]


@lru_cache(maxsize=64)
def _days(seat: Seat) -> Select[str, int]:
    day = func.substr(cast(Submission.submitted, String), 1, 10).label("day")
    submitted = Submission.submitted.is_not(None)
    query = select(day, func.count()).where(submitted, seat.knows(Fact.LISTED))
    return query.group_by(day).order_by(day)


def without_chair(db: Session, actor: Actor, conference: Conference) -> Sequence[str]:
    """Codes of the submissions all of whose chairs have a blocking conflict, for any chair."""
    if not actor.has(conference.id, RoleKind.CHAIR):
        return ()
    return db.scalars(_without_chair(seat_of(actor, conference))).all()


@lru_cache(maxsize=64)
def _without_chair(seat: Seat) -> Select[str]:
    return select(Submission.code).where(needs_another_chair(seat)).order_by(Submission.code)


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return select(func.count(Submission.id)).where(condition).scalar_subquery()
