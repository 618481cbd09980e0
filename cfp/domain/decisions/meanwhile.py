"""What others have changed of what is pending while somebody looks at it.

Read from the log, as what is cleared leaves no row. Told is only what the person may know: no
number moves by a change that a conflict of interest keeps from them (`board.Surroundings.newest`).
"""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cfp.actors import Actor
from cfp.audit import AuditEntry
from cfp.domain.accounts.models import Person
from cfp.domain.conferences.models import Conference
from cfp.domain.decisions.board import on_board
from cfp.domain.submissions.models import Submission
from cfp.policy import Fact, predicate
from cfp.records import record


@record
class Changes:
    """Of how many submissions one person has changed the decision; `name` "" for nobody's."""

    name: str
    decisions: int


def changed_since(
    db: Session, actor: Actor, conference: Conference, since: int
) -> Sequence[Changes]:
    """What others have changed after this entry of the log (0: ever), by name."""
    rows = db.execute(
        select(Person.name, func.count(AuditEntry.submission_id.distinct()))
        .select_from(AuditEntry)
        .join(Submission, Submission.id == AuditEntry.submission_id)
        .outerjoin(Person, Person.id == AuditEntry.actor_id)
        .where(
            AuditEntry.conference_id == conference.id,
            AuditEntry.action == "decision.pending",
            AuditEntry.id > since,
            AuditEntry.actor_id.is_distinct_from(actor.person_id),
            predicate(actor, Fact.PENDING, conference),
            on_board(actor, conference),
        )
        .group_by(AuditEntry.actor_id, Person.name)
        .order_by(Person.name, AuditEntry.actor_id)
    )
    return [Changes(name or "", count) for name, count in rows]
