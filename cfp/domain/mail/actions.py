"""What a conference does with its outbox: queue, stop, send again."""

import base64
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import TypedDict, Unpack

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cfp import audit
from cfp.actors import Actor
from cfp.domain.accounts.models import Person
from cfp.domain.conferences.models import Conference
from cfp.domain.mail.models import Message
from cfp.domain.mail.render import MailText
from cfp.domain.mail.rules import header_text, is_address
from cfp.domain.mail.states import MessageState, move
from cfp.domain.submissions.models import Submission
from cfp.errors import DomainError, NotFoundError, NotNowError
from cfp.records import record


@record
class Attachment:
    """A file of a mail; `media_type` such as "text/calendar"."""

    name: str
    media_type: str
    content: bytes

    def as_json(self) -> dict[str, str]:
        return {
            "name": header_text(self.name),
            "media_type": self.media_type,
            "content": base64.b64encode(self.content).decode(),
        }


def queue(
    db: Session,
    *,
    kind: str,
    object_key: str,
    epoch: str | int,
    person: Person | None,
    recipient: str,
    subject: str,
    body: str,
    conference: Conference | None,
    due: datetime,
    now: datetime,
    submission: Submission | None = None,
    attachments: Sequence[Attachment] = (),
    hold_until: datetime | None = None,
    recipient_name: str = "",
    about_review: bool = False,
    private: bool = False,
    unsubscribe: str = "",
    gathered: bool = False,
) -> Message:
    """Put a rendered mail into the outbox, in the transaction of the change that causes it.

    Queuing the same (kind, object_key, recipient, epoch) again returns the message already there,
    whatever became of it. With `hold_until` it can be stopped until then. A `gathered` one waits
    for its reader's daily mail.

    Raises:
        DomainError: `mail.bad_address`, when recipient or the conference's contact is not one.
    """
    contact = conference.contact if conference else ""
    for address in (recipient, contact) if conference else (recipient,):
        if not is_address(address):
            raise DomainError("mail.bad_address", address=address)
    message = Message(
        kind=kind,
        object_key=object_key,
        epoch=str(epoch),
        person_id=person.id if person else None,
        conference_id=conference.id if conference else None,
        submission_id=submission.id if submission else None,
        recipient=recipient,
        recipient_name=header_text(recipient_name),
        subject=header_text(subject),
        body=body,
        reply_to=contact,
        attachments=[attachment.as_json() for attachment in attachments],
        about_review=about_review,
        private=private,
        message_id=_message_id(contact),
        unsubscribe=unsubscribe,
        state=_first_state(hold_until, gathered),
        due=max(due, hold_until) if hold_until else due,
        created=now,
    )
    return _insert(db, message)


class Particulars(TypedDict, total=False):
    """What of a letter is not the same for most; see `queue`."""

    attachments: Sequence[Attachment]
    hold_until: datetime | None
    about_review: bool
    unsubscribe: str
    gathered: bool


def write_to(
    db: Session,
    conference: Conference | None,
    person: Person,
    address: str,
    text: MailText,
    *,
    kind: str,
    now: datetime,
    submission: Submission | None = None,
    object_key: str = "",
    epoch: str | int | None = None,
    **particulars: Unpack[Particulars],
) -> Message:
    """Queue a letter to somebody, due now.

    It is about the submission, or else the conference, or else the person, and of each kind there
    is one a moment, unless `object_key` and `epoch` say otherwise.
    """
    return queue(
        db,
        kind=kind,
        object_key=object_key or _about(submission, conference, person),
        epoch=now.isoformat() if epoch is None else epoch,
        person=person,
        recipient=address,
        recipient_name=person.name,
        subject=text.subject,
        body=text.body,
        conference=conference,
        submission=submission,
        due=now,
        now=now,
        **particulars,
    )


def _about(submission: Submission | None, conference: Conference | None, person: Person) -> str:
    if submission:
        return f"submission:{submission.id}"
    return f"conference:{conference.id}" if conference else f"person:{person.id}"


def _first_state(hold_until: datetime | None, gathered: bool) -> MessageState:
    if gathered:
        return MessageState.GATHERED
    return MessageState.HELD if hold_until else MessageState.QUEUED


def stop(db: Session, actor: Actor, *, message: Message, now: datetime) -> None:
    """Keep a message from going out. Raises NotNowError when it has already been handed over."""
    _change(db, actor, "stop", message, now)


def release(db: Session, actor: Actor, *, message: Message, now: datetime) -> None:
    """Send a held message now instead of when its hold ends."""
    _change(db, actor, "release", message, now, due=now)


def retry(
    db: Session, actor: Actor, *, message: Message, now: datetime, recipient: str | None = None
) -> None:
    """Send what was refused, bounced or is uncertain again, at most to a corrected address.

    An uncertain one may arrive twice; its Message-ID stays the same, so that mail programs can
    tell. Raises NotNowError in any other state, DomainError `mail.bad_address`, or
    `mail.already_queued` when the corrected address has this very mail.
    """
    address = message.recipient if recipient is None else recipient.strip()
    if not is_address(address):
        raise DomainError("mail.bad_address", field="recipient", address=address)
    fresh = {"due": now, "attempts": 0, "refusal": "", "claimed_by": None, "claimed_until": None}
    try:
        with db.begin_nested():
            _change(db, actor, "retry", message, now, recipient=address, **fresh)
    except IntegrityError as error:
        raise DomainError("mail.already_queued", field="recipient", address=address) from error


def confirm_arrival(db: Session, actor: Actor, *, message: Message, now: datetime) -> None:
    """Settle an uncertain message: the recipient has it."""
    _change(db, actor, "confirm", message, now, sent=now, refusal="")


def take_back_bounce(
    db: Session, actor: Actor, *, message_id: str, reason: str, now: datetime
) -> Message:
    """Note that a mail has come back, and why; `message_id` with its brackets.

    Raises:
        NotFoundError: `mail.unknown_message_id`: no mail of ours, or one long deleted.
        NotNowError: `mail.state_moved_on`, when it is known already or waits to be sent again.
    """
    message = db.scalars(select(Message).where(Message.message_id == message_id)).one_or_none()
    if message is None:
        raise NotFoundError("mail.unknown_message_id", message_id=message_id)
    _change(db, actor, "bounce", message, now, refusal=reason)
    return message


def stop_all(db: Session, actor: Actor, *, conference: Conference, kind: str, now: datetime) -> int:
    """Stop everything of one kind that has not been handed over; returns how many."""
    stopped = move(db, "stop", Message.conference_id == conference.id, Message.kind == kind)
    if stopped:
        audit.of_conference(
            db,
            actor,
            "message.stop_all",
            conference,
            now=now,
            detail={"kind": kind, "count": len(stopped)},
        )
    return len(stopped)


def _insert(db: Session, message: Message) -> Message:
    """Insert first and look afterwards: one statement for each of many mails, and no race."""
    db.flush()
    try:
        with db.begin_nested():
            db.add(message)
            db.flush()
    except IntegrityError:
        same = select(Message).where(
            Message.kind == message.kind,
            Message.object_key == message.object_key,
            Message.recipient == message.recipient,
            Message.epoch == message.epoch,
        )
        existing = db.scalars(same).one_or_none()
        if existing is None:
            raise
        return existing
    return message


def _message_id(contact: str) -> str:
    """Made once and kept: a mail that is sent again is recognized as the same one."""
    domain = contact.rpartition("@")[2].encode("idna").decode() if contact else "cfp.invalid"
    return f"<{secrets.token_hex(16)}@{domain}>"


def _change(
    db: Session, actor: Actor, name: str, message: Message, now: datetime, **values: object
) -> None:
    db.flush()
    if not move(db, name, Message.id == message.id, **values):
        raise NotNowError("mail.state_moved_on", state=message.state)
    before = message.state
    db.refresh(message)
    audit.record(
        db,
        actor,
        f"message.{name}",
        f"message:{message.id}",
        now=now,
        conference_id=message.conference_id,
        submission_id=message.submission_id,
        detail={"kind": message.kind, "from": before, "to": message.state},
    )
