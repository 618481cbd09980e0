"""What the chairs' first page says: what waits for somebody, and how the call is going."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, String, and_, cast, exists, func, select
from sqlalchemy.orm import Session

from cfp.actors import Actor, RoleKind
from cfp.domain.conferences.models import Conference, Invitation
from cfp.domain.decisions.board import needs_another_chair
from cfp.domain.program.models import Placement, ProgramDraft, ProgramItem
from cfp.domain.submissions.models import Submission
from cfp.domain.submissions.states import IN_PROGRAM
from cfp.policy import Fact, can_ever_see, predicate, seat_of, unblocked


@dataclass(frozen=True)
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
    listed = predicate(actor, Fact.LISTED, conference)
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
        Submission.state.in_(IN_PROGRAM), ~placed, predicate(actor, Fact.PLACEMENT, conference)
    )
    open_invitations = select(func.count(Invitation.id)).where(
        Invitation.conference_id == conference.id, Invitation.state == "sent"
    )
    draft = and_(Submission.conference_id == conference.id, Submission.state == "draft")
    row = db.execute(
        select(
            _count(listed),
            _count(unscheduled),
            _count(and_(listed, ~unblocked(actor, conference))),
            open_invitations.scalar_subquery(),
            _count(draft),
        )
    ).one()
    known = Overview(*row)
    if actor.has(conference.id, RoleKind.CHAIR):
        return known
    judges = can_ever_see(actor, Fact.PENDING, conference)
    return Overview(known.submissions, known.unscheduled, known.barred if judges else 0, None, None)


def days_of(db: Session, actor: Actor, conference: Conference) -> Sequence[tuple[date, int]]:
    """How many were submitted on each day (UTC) that had any, in order."""
    day = func.substr(cast(Submission.submitted, String), 1, 10).label("day")
    rows = db.execute(
        select(day, func.count())
        .where(Submission.submitted.is_not(None), predicate(actor, Fact.LISTED, conference))
        .group_by(day)
        .order_by(day)
    )
    return [(date.fromisoformat(text), count) for text, count in rows]


def without_chair(db: Session, actor: Actor, conference: Conference) -> Sequence[str]:
    """Codes of the submissions all of whose chairs have a blocking conflict, for any chair."""
    if not actor.has(conference.id, RoleKind.CHAIR):
        return ()
    query = select(Submission.code).where(needs_another_chair(seat_of(actor, conference)))
    return db.scalars(query.order_by(Submission.code)).all()


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return select(func.count(Submission.id)).where(condition).scalar_subquery()
