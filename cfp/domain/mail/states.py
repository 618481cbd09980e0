"""The states of a message and the only function that changes them."""

from collections.abc import Collection
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, update
from sqlalchemy.orm import Session

from cfp.domain.mail.models import Message
from cfp.records import record


class MessageState(StrEnum):
    """Where a message is.

    `gathered`: part of its reader's next daily mail, which says it anew. `sending`: handed to the
    mail server, which has not answered yet. `bounced`: our server took it, and a later one has sent
    it back.
    """

    HELD = "held"
    GATHERED = "gathered"
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"
    UNCERTAIN = "uncertain"
    BOUNCED = "bounced"
    CANCELED = "canceled"


@record
class Move:
    """From any of `sources` to `target`."""

    sources: frozenset[MessageState]
    target: MessageState


def _move(sources: Collection[MessageState], target: MessageState) -> Move:
    return Move(frozenset(sources), target)


_S = MessageState
MOVES = {
    # By the worker. A claimed message keeps its state until the moment it is handed over, so a
    # worker that dies earlier leaves one that is safely sent again, and later one that is not.
    "claim": _move({_S.HELD, _S.QUEUED}, _S.QUEUED),
    "hand_over": _move({_S.QUEUED}, _S.SENDING),
    "accept": _move({_S.SENDING, _S.UNCERTAIN}, _S.SENT),
    "postpone": _move({_S.QUEUED, _S.SENDING}, _S.QUEUED),
    "refuse": _move({_S.QUEUED, _S.SENDING}, _S.REFUSED),
    "doubt": _move({_S.SENDING}, _S.UNCERTAIN),
    "bounce": _move({_S.SENDING, _S.UNCERTAIN, _S.SENT}, _S.BOUNCED),
    "digest": _move({_S.GATHERED}, _S.SENT),
    # By a chair.
    "stop": _move({_S.HELD, _S.GATHERED, _S.QUEUED}, _S.CANCELED),
    "release": _move({_S.HELD, _S.GATHERED}, _S.QUEUED),
    "retry": _move({_S.REFUSED, _S.UNCERTAIN, _S.BOUNCED}, _S.QUEUED),
    "confirm": _move({_S.UNCERTAIN}, _S.SENT),
}


def can(name: str, state: str) -> bool:
    """Whether a message in this state can make the move; asked by pages and by actions alike."""
    return state in MOVES[name].sources


def move(db: Session, name: str, *where: ColumnElement[bool], **values: Any) -> list[int]:
    """Make a move for all messages that meet `where` and are in one of its source states.

    One conditional UPDATE, so of several workers and chairs at once exactly one succeeds.
    Returns the ids that moved.
    """
    chosen = MOVES[name]
    statement = (
        update(Message)
        .where(Message.state.in_(sorted(chosen.sources)), *where)
        .values(state=chosen.target, **values)
        .returning(Message.id)
        .execution_options(synchronize_session=False)
    )
    return list(db.scalars(statement))
