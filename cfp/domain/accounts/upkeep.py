"""What has outlived its use: old proofs, ended log-ins, counted tries, receipts, log-in mails."""

from datetime import datetime, timedelta

from sqlalchemy import delete, exists, or_, select
from sqlalchemy.orm import Session

from cfp.domain.accounts.models import LoginSession, Receipt, Throttle, Token
from cfp.domain.mail.models import Message
from cfp.domain.mail.states import MessageState

KEPT = timedelta(days=7)
"""How long after its end a thing is kept: long enough to say "used already" and not "unknown"."""
SLACK = timedelta(days=1)
LOG_IN_MAILS = ("log_in", "add_address")


def needs_purge(db: Session, *, now: datetime) -> bool:
    """Whether something is a day overdue; a plain read over two indexes, at most true once a day.

    Where nobody posts, nothing piles up.
    """
    limit = now - KEPT - SLACK
    overdue = or_(exists().where(Receipt.created < limit), exists().where(Token.expires < limit))
    return bool(db.scalar(select(overdue)))


def purge(db: Session, *, now: datetime) -> None:
    """Delete all of it."""
    limit = now - KEPT
    db.execute(delete(Receipt).where(Receipt.created < limit))
    db.execute(delete(Token).where(Token.expires < limit))
    db.execute(delete(LoginSession).where(LoginSession.expires < now))
    db.execute(delete(Throttle).where(Throttle.updated < limit, Throttle.next_allowed < now))
    old = (Message.kind.in_(LOG_IN_MAILS), Message.created < limit)
    settled = Message.state.not_in((MessageState.QUEUED, MessageState.SENDING))
    db.execute(delete(Message).where(*old, settled))
