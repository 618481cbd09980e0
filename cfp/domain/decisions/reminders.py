"""Reminding of accepted talks that nobody has confirmed."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp import audit
from cfp.actors import Actor
from cfp.domain.accounts.models import Person
from cfp.domain.conferences.models import Conference, SubmissionType
from cfp.domain.decisions.announcements import common_button
from cfp.domain.decisions.confirmations import issue_confirm_token
from cfp.domain.decisions.letters import (
    REMINDER,
    ConfirmLink,
    Letter,
    Told,
    readers,
    write_reminders,
)
from cfp.domain.decisions.models import Decision
from cfp.domain.decisions.queries import newest_decision
from cfp.domain.mail import actions as mail
from cfp.domain.mail.models import Message
from cfp.domain.submissions.models import Submission
from cfp.domain.submissions.states import State
from cfp.errors import NotNowError
from cfp.links import Links
from cfp.policy import Fact, predicate
from cfp.records import record


@record
class Reminders:
    """The mails that would go now; `today` counts the people who have been reminded today."""

    talks: tuple[Told, ...]
    letters: tuple[Letter, ...]
    today: int


def reminders(
    db: Session, actor: Actor, conference: Conference, *, links: Links, now: datetime
) -> Reminders:
    """One mail to each submitter and accepted speaker of unconfirmed talks, once a day at most."""
    return _write(db, actor, conference, common_button(conference, links), links, now)


def remind(
    db: Session, actor: Actor, conference: Conference, *, links: Links, now: datetime
) -> int:
    """Send them, each with buttons of its reader's own; returns how many.

    Raises:
        NotNowError: `remind.nobody`.
    """
    ready = send_reminders(db, actor, conference, links=links, now=now)
    if not ready.letters:
        raise NotNowError("remind.nobody")
    detail = {"talks": len(ready.talks), "mails": len(ready.letters)}
    audit.of_conference(db, actor, "decision.remind_confirm", conference, now=now, detail=detail)
    return len(ready.letters)


def send_reminders(
    db: Session,
    actor: Actor,
    conference: Conference,
    *,
    announced_by: datetime | None = None,
    links: Links,
    now: datetime,
) -> Reminders:
    """Queue the mails, perhaps only those about what was announced by some moment."""

    def own_button(submission: Submission, person: Person) -> str:
        return links.confirm_by_token(
            issue_confirm_token(db, conference, submission, person, now=now)
        )

    ready = _write(db, actor, conference, own_button, links, now, announced_by)
    for letter in ready.letters:
        mail.write_to(
            db,
            conference,
            letter.reader.person,
            letter.reader.address,
            letter.text,
            kind=REMINDER,
            object_key=_object_key(conference, letter.reader.person.id),
            epoch=now.date().isoformat(),
            submission=letter.told[0].submission if len(letter.told) == 1 else None,
            now=now,
        )
    return ready


def _write(
    db: Session,
    actor: Actor,
    conference: Conference,
    button: ConfirmLink,
    links: Links,
    now: datetime,
    announced_by: datetime | None = None,
) -> Reminders:
    talks = _unconfirmed(db, actor, conference, announced_by)
    readers_of = readers(db, [one.submission.id for one in talks])
    done = _reminded_today(db, conference, now)
    waiting = {
        submission_id: [one for one in known if one.person.id not in done]
        for submission_id, known in readers_of.items()
    }
    letters = write_reminders(db, conference, talks, waiting, confirm_link=button, links=links)
    today = {one.person.id for known in readers_of.values() for one in known} & done
    return Reminders(tuple(talks), tuple(letters), len(today))


def _unconfirmed(
    db: Session, actor: Actor, conference: Conference, announced_by: datetime | None
) -> list[Told]:
    query = (
        select(Submission, Decision, SubmissionType)
        .select_from(Submission)
        .outerjoin(Decision, Decision.id == newest_decision())
        .outerjoin(SubmissionType, SubmissionType.id == Decision.type_id)
        .where(Submission.state == State.ACCEPTED, predicate(actor, Fact.DECISION, conference))
        .order_by(Submission.title, Submission.id)
    )
    if announced_by is not None:
        query = query.where(Decision.at <= announced_by)
    rows = db.execute(query)
    return [
        Told(talk, str(State.ACCEPTED), kind, decision.minutes if decision else None)
        for talk, decision, kind in rows
    ]


def _reminded_today(db: Session, conference: Conference, now: datetime) -> set[int]:
    prefix = _object_key(conference, 0).removesuffix("0")
    keys = db.scalars(
        select(Message.object_key).where(
            Message.conference_id == conference.id,
            Message.kind == REMINDER,
            Message.epoch == now.date().isoformat(),
        )
    )
    return {int(key.removeprefix(prefix)) for key in keys if key.startswith(prefix)}


def _object_key(conference: Conference, person_id: int) -> str:
    return f"conference:{conference.id}:person:{person_id}"
