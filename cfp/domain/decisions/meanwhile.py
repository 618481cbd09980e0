"""What others have changed of what is pending while somebody looks at it.

Read from the log, as what is cleared leaves no row. Told is only what the person may know: neither
the moment nor a count moves by a change that a conflict of interest keeps from them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from cfp.actors import Actor
from cfp.audit import AuditEntry
from cfp.domain.accounts.models import Person
from cfp.domain.conferences.models import Conference
from cfp.domain.decisions.board import on_board
from cfp.domain.submissions.models import Submission
from cfp.policy import Fact, predicate


@dataclass(frozen=True)
class Changes:
    """Of how many submissions one person has changed the decision; `name` "" for nobody's."""

    name: str
    decisions: int


def newest_change(db: Session, actor: Actor, conference: Conference) -> datetime | None:
    """When anybody last changed one; a page asks before it reads what it shows."""
    newest = _changes(actor, conference).with_only_columns(AuditEntry.at)
    return db.scalar(newest.order_by(AuditEntry.at.desc()).limit(1))


def changed_since(
    db: Session, actor: Actor, conference: Conference, since: datetime | None
) -> Sequence[Changes]:
    """What others have changed after that moment, or at all where nothing had been; by name."""
    query = (
        _changes(actor, conference)
        .with_only_columns(Person.name, func.count(AuditEntry.submission_id.distinct()))
        .outerjoin(Person, Person.id == AuditEntry.actor_id)
        .where(AuditEntry.actor_id.is_distinct_from(actor.person_id))
        .group_by(AuditEntry.actor_id, Person.name)
        .order_by(Person.name, AuditEntry.actor_id)
    )
    if since is not None:
        query = query.where(AuditEntry.at > since)
    return [Changes(name or "", count) for name, count in db.execute(query)]


def _changes(actor: Actor, conference: Conference) -> Select[int]:
    return (
        select(AuditEntry.id)
        .join(Submission, Submission.id == AuditEntry.submission_id)
        .where(
            AuditEntry.conference_id == conference.id,
            AuditEntry.action == "decision.pending",
            predicate(actor, Fact.PENDING, conference),
            on_board(actor, conference),
        )
    )
