"""Reminding of unconfirmed talks by itself, every so many days; the worker's sweep calls it.

What a reminder says and to whom is that of `reminders`; here is only when. The days count from the
announcement, then from the last reminder, whether a chair or this has sent it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp import audit
from cfp.actors import SYSTEM, Actor
from cfp.domain.conferences.actions.settings import change
from cfp.domain.conferences.models import Conference
from cfp.domain.decisions.letters import REMINDER
from cfp.domain.decisions.models import Decision
from cfp.domain.decisions.queries import newest_decision
from cfp.domain.decisions.reminders import send_reminders
from cfp.domain.mail.models import Message
from cfp.domain.reviews.escalation import everything
from cfp.domain.submissions.models import Submission
from cfp.domain.submissions.states import State
from cfp.errors import DomainError
from cfp.links import Links

MOST_DAYS = 60


def repeat_every(
    db: Session, actor: Actor, conference: Conference, *, days: int | None, now: datetime
) -> None:
    """Have speakers reminded every so many days until they answer; None: by hand alone.

    Raises:
        DomainError: `remind.bad_days`, at its field.
    """
    if days is not None and not 1 <= days <= MOST_DAYS:
        raise DomainError("remind.bad_days", field="days", limit=MOST_DAYS)
    change(db, actor, conference, "conference.change_reminders", {"confirm_days": days}, now=now)


def due_conferences(db: Session, *, now: datetime) -> Sequence[int]:
    """Where somebody is to be reminded now; plain reads, which lock nothing."""
    wanting = select(Conference).where(
        Conference.confirm_days.is_not(None),
        Conference.archived.is_(False),
        Conference.end_date >= now.date(),
    )
    return [one.id for one in db.scalars(wanting) if _is_due(db, one, now)]


def remind_again(db: Session, *, conference_id: int, links: Links, now: datetime) -> None:
    """Send what is due in one conference. Whoever comes second finds it done."""
    conference = db.scalars(
        select(Conference).where(Conference.id == conference_id).with_for_update()
    ).one_or_none()
    if conference is None or not _is_due(db, conference, now):
        return
    since = _since(conference, now)
    ready = send_reminders(
        db, everything(conference), conference, announced_by=since, links=links, now=now
    )
    if ready.letters:
        audit.record(
            db,
            SYSTEM,
            "decision.remind_confirm",
            f"conference:{conference.id}",
            now=now,
            conference_id=conference.id,
            detail={"talks": len(ready.talks), "mails": len(ready.letters)},
        )


def _is_due(db: Session, conference: Conference, now: datetime) -> bool:
    """Whether a talk waits for an answer for so long, and no reminder has gone since."""
    if conference.confirm_days is None:
        return False
    since = _since(conference, now)
    waits = (
        select(Submission.id)
        .join(Decision, Decision.id == newest_decision())
        .where(
            Submission.conference_id == conference.id,
            Submission.state == State.ACCEPTED,
            Decision.at <= since,
        )
    )
    recent = select(Message.id).where(
        Message.conference_id == conference.id, Message.kind == REMINDER, Message.created > since
    )
    return db.scalar(waits.limit(1)) is not None and db.scalar(recent.limit(1)) is None


def _since(conference: Conference, now: datetime) -> datetime:
    return now - timedelta(days=conference.confirm_days or 0)
