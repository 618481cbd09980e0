"""The audit log of a conference as its chairs read it."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Join, and_, case, false, func, null, or_, select
from sqlalchemy.orm import Session, aliased

from cfp.actors import Actor, RoleKind
from cfp.audit import AuditEntry
from cfp.domain.accounts.models import Person
from cfp.domain.conferences.models import Conference
from cfp.domain.submissions.models import Submission
from cfp.policy import Column, Fact, Seat, View, seat_of
from cfp.records import record

COUNTS_REVIEWS = ("assignment.", "decision.", "proposal.", "review.")
"""Entries about many submissions at once whose figures a chair with a conflict may not know."""


@record
class Log(View):
    """A row per entry, whether or not it is about a submission."""

    def known(self, actor: Actor) -> ColumnElement[bool]:
        """Nothing on drafts, nor on submissions with which the person has a blocking conflict."""
        return _known(seat_of(actor, self.conference))


@lru_cache(maxsize=64)
def _known(seat: Seat) -> ColumnElement[bool]:
    if RoleKind.CHAIR not in seat.roles:
        return false()
    about_one = and_(AuditEntry.submission_id.is_not(None), seat.knows(Fact.LOG))
    about_none = AuditEntry.submission_id.is_(None)
    return and_(AuditEntry.conference_id == seat.conference_id, or_(about_none, about_one))


# Made once: an alias costs more than most queries.
_DOER, _OTHER = aliased(Person, name="doer"), aliased(Person, name="acting_for")


def log(actor: Actor, conference: Conference) -> View:
    """The log's entries for this person; `detail` is None where it would count too much."""
    source, columns = _entries(seat_of(actor, conference))
    return Log(conference, source, Fact.LOG, columns)


@lru_cache(maxsize=64)
def _entries(seat: Seat) -> tuple[Join, Mapping[str, Column]]:
    """Kept: the same objects for the same seat, so that the list's statement is kept as well."""
    doer, other = _DOER, _OTHER
    source = (
        AuditEntry.__table__.outerjoin(Submission, Submission.id == AuditEntry.submission_id)
        .outerjoin(doer, doer.id == AuditEntry.actor_id)
        .outerjoin(other, other.id == AuditEntry.acting_for_id)
    )
    tells = and_(
        AuditEntry.submission_id.is_(None),
        or_(*(AuditEntry.action.startswith(prefix) for prefix in COUNTS_REVIEWS)),
        seat.blocked_anywhere(),
    )
    columns = {
        "id": AuditEntry.id,
        "number": AuditEntry.number,
        "at": AuditEntry.at,
        "action": AuditEntry.action,
        "actor": func.coalesce(doer.name, ""),
        "acting_for": func.coalesce(other.name, ""),
        "code": Submission.code,
        "title": Submission.title,
        "detail": case((tells, null()), else_=AuditEntry.detail),
    }
    return source, MappingProxyType({name: Column(what) for name, what in columns.items()})


def actions_of(db: Session, actor: Actor, conference: Conference) -> Sequence[Any]:
    """The actions there are entries of, for this person."""
    view = log(actor, conference)
    action = view.column(actor, "action")
    query = select(action).select_from(view.source).where(view.known(actor))
    return db.scalars(query.distinct().order_by(action)).all()
