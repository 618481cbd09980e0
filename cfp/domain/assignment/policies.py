"""What each kind of conflict means here, and how many pairs would feel a change of that."""

from collections.abc import Mapping

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

from cfp.actors import Actor
from cfp.domain.assignment.models import Assignment, Conflict
from cfp.domain.assignment.rules import ACTIVE
from cfp.domain.conferences.models import Conference
from cfp.domain.submissions.models import Submission
from cfp.policy import DEFAULT_CONFLICT_POLICIES, Action, Fact, conflict_policy, may, predicate
from cfp.records import record

CHOSEN = tuple(kind for kind in DEFAULT_CONFLICT_POLICIES if kind != "own")
"""The kinds a conference chooses a policy for: one's own submission always blocks."""


@record
class Pairs:
    """The conflicts of a kind: open ones follow the policy, judged ones do not.

    `asked` are open ones whose reviewer is asked to review it, of those this person may know of.
    """

    open: int = 0
    judged: int = 0
    asked: int = 0


@record
class Change:
    """A policy that would be another, and what that touches."""

    kind: str
    before: str
    after: str
    pairs: Pairs


def pairs_by_kind(db: Session, actor: Actor, conference: Conference) -> Mapping[str, Pairs]:
    """Counted in one statement; a kind without any is not in it."""
    is_open = Conflict.state == "open"
    asked = and_(is_open, Assignment.id.is_not(None), may(actor, Action.ASSIGN_ONE, conference))
    rows = db.execute(
        select(
            Conflict.kind,
            func.count(case((is_open, Conflict.id)).distinct()),
            func.count(case((~is_open, Conflict.id)).distinct()),
            func.count(case((asked, Conflict.id)).distinct()),
        )
        .join(Submission, Submission.id == Conflict.submission_id)
        .outerjoin(
            Assignment,
            and_(
                Assignment.submission_id == Conflict.submission_id,
                Assignment.person_id == Conflict.person_id,
                Assignment.state.in_(ACTIVE),
            ),
        )
        .where(
            Conflict.conference_id == conference.id, predicate(actor, Fact.CONFLICTS, conference)
        )
        .group_by(Conflict.kind)
    )
    return {kind: Pairs(*counts) for kind, *counts in rows}


def changes(
    conference: Conference, chosen: Mapping[str, str], pairs: Mapping[str, Pairs]
) -> list[Change]:
    """What would mean something else, and to whom; without pairs nobody feels it."""
    found = [
        Change(kind, conflict_policy(conference, kind), chosen[kind], pairs.get(kind, Pairs()))
        for kind in CHOSEN
        if kind in chosen
    ]
    return [one for one in found if one.before != one.after and one.pairs.open]
