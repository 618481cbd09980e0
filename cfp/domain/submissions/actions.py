"""What people do with submissions. `move` is the one place where a state changes."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from sqlalchemy.orm import Session

from cfp import audit
from cfp.actors import Actor
from cfp.domain.submissions.letters import tell_owners
from cfp.domain.submissions.states import MOVES, Moment, State, is_open
from cfp.errors import NotNowError
from cfp.links import Links
from cfp.policy import Standing

MAILS: Mapping[str, str] = MappingProxyType(
    {
        "submit": "received",
        "resubmit": "received",
        "withdraw": "withdrawn",
        "confirm": "confirmed",
        "decline": "declined",
        "cancel": "canceled",
    }
)
"""The mail each move sends to the talk's people; announcing sends one per person, by itself."""


def move(
    db: Session,
    actor: Actor,
    standing: Standing,
    name: str,
    *,
    now: datetime,
    links: Links | None = None,
    announcing: bool = False,
) -> None:
    """Make a move of the table: state, times, audit entry and the move's mail, or nothing.

    `links` is needed by moves that send a mail (`MAILS`). `announcing` is for the one action that
    announces a batch; without it those moves are never open.

    Raises:
        NotNowError: `not_now`, for a wrong state, person or moment.
    """
    rule, submission, before = MOVES[name], standing.submission, standing.submission.state
    batch = announcing and rule.moment is Moment.ANNOUNCING
    if (
        before not in rule.sources
        or not rule.who & standing.relations
        or not (batch or is_open(rule.moment, standing.conference, now))
    ):
        raise NotNowError("not_now", state=before, move=name)
    submission.state = rule.target
    submission.changed = now
    if batch:
        submission.announced = now
    if rule.target is State.SUBMITTED:
        submission.submitted = submission.submitted or now
    audit.record(
        db,
        actor,
        f"submission.{name}",
        f"submission:{submission.code}",
        now=now,
        conference_id=submission.conference_id,
        submission_id=submission.id,
        detail={"from": before, "to": str(rule.target)},
    )
    if name in MAILS:
        if links is None:
            raise ValueError(f"the mail of {name} needs links")
        tell_owners(db, standing.conference, submission, MAILS[name], links=links, now=now)
