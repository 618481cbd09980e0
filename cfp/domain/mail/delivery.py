"""What a worker does with the outbox: claim a message, hand it over, stamp what came of it.

A claim is a lease: `claimed_by` names the worker and `claimed_until` when others may take over, so
a worker that never comes back blocks nothing. Every stamp names its claim, so a worker that was
only slow cannot overwrite what another has done since.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, joinedload

from cfp.domain.mail.models import Message
from cfp.domain.mail.rules import MAX_ATTEMPTS, backoff
from cfp.domain.mail.states import MOVES, MessageState, move

GAVE_UP = "gave_up"
"""`refusal` of a message whose workers died each time before handing it over."""
NO_ANSWER = "no_answer"
"""`refusal` of a message whose worker died after handing it over."""


def due_ids(db: Session, *, now: datetime, limit: int) -> list[int]:
    """Messages that can be claimed now: private ones (log-in links, invitations) first."""
    query = select(Message.id).where(_due(now), Message.attempts < MAX_ATTEMPTS)
    order = (Message.private.desc(), Message.due, Message.id)
    return list(db.scalars(query.order_by(*order).limit(limit)))


def claim(
    db: Session, message_id: int, *, claimed_by: str, now: datetime, lease: timedelta
) -> Message | None:
    """Take a due message for `lease`; None when somebody else was faster or it was stopped."""
    moved = move(
        db,
        "claim",
        Message.id == message_id,
        _due(now),
        claimed_by=claimed_by,
        claimed_until=now + lease,
        attempts=Message.attempts + 1,
    )
    if not moved:
        return None
    sender = joinedload(Message.conference)
    return db.get(Message, message_id, options=[sender], populate_existing=True)


def hand_over(
    db: Session, message_id: int, *, claimed_by: str, now: datetime, lease: timedelta
) -> bool:
    """Note, just before the text goes to the server, that from here on it may arrive.

    False when the message was stopped or the claim has run out: then it must not be sent.
    """
    return bool(
        move(
            db,
            "hand_over",
            _claimed(message_id, claimed_by),
            Message.claimed_until > now,
            claimed_until=now + lease,
        )
    )


def accept(db: Session, message_id: int, *, claimed_by: str, now: datetime) -> bool:
    """The server took it."""
    where = _claimed(message_id, claimed_by)
    return bool(move(db, "accept", where, sent=now, refusal="", claimed_until=None))


def refuse(db: Session, message_id: int, *, claimed_by: str, reason: str) -> bool:
    """The server will never take it: a dead letter, shown to the chairs."""
    where = _claimed(message_id, claimed_by)
    return bool(move(db, "refuse", where, refusal=reason, claimed_until=None))


def doubt(db: Session, message_id: int, *, claimed_by: str, reason: str) -> bool:
    """The connection broke after the text went out: shown, and not repeated blindly."""
    where = _claimed(message_id, claimed_by)
    return bool(move(db, "doubt", where, refusal=reason, claimed_until=None))


def postpone(
    db: Session, message: Message, *, claimed_by: str, reason: str, now: datetime, jitter: float
) -> bool:
    """It did not work this time: later again, or a dead letter after the last try."""
    if message.attempts >= MAX_ATTEMPTS:
        return refuse(db, message.id, claimed_by=claimed_by, reason=reason)
    return bool(
        move(
            db,
            "postpone",
            _claimed(message.id, claimed_by),
            due=now + backoff(message.attempts, jitter),
            refusal=reason,
            claimed_by=None,
            claimed_until=None,
        )
    )


def sweep(db: Session, *, now: datetime) -> int:
    """Settle what dead workers left and nobody may simply repeat; returns how many messages."""
    lapsed = Message.claimed_until <= now
    doubtful = move(db, "doubt", lapsed, refusal=NO_ANSWER, claimed_until=None)
    worn_out = and_(lapsed, Message.attempts >= MAX_ATTEMPTS)
    refused = move(db, "refuse", worn_out, refusal=GAVE_UP, claimed_until=None)
    return len(doubtful) + len(refused)


def needs_sweep(db: Session, *, now: datetime) -> bool:
    """Whether `sweep` has something to do; a plain read, so idle workers take no write lock."""
    worn_out = and_(Message.state == MessageState.QUEUED, Message.attempts >= MAX_ATTEMPTS)
    abandoned = or_(Message.state == MessageState.SENDING, worn_out)
    query = select(Message.id).where(abandoned, Message.claimed_until <= now)
    return db.scalar(query.limit(1)) is not None


def _due(now: datetime) -> ColumnElement[bool]:
    return and_(
        Message.state.in_(sorted(MOVES["claim"].sources)),
        Message.due <= now,
        or_(Message.claimed_until.is_(None), Message.claimed_until <= now),
    )


def _claimed(message_id: int, claimed_by: str) -> ColumnElement[bool]:
    return and_(Message.id == message_id, Message.claimed_by == claimed_by)
