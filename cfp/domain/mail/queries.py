"""What chairs read of the outbox."""

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from types import MappingProxyType

from sqlalchemy import ColumnElement, Join, and_, false, or_, select
from sqlalchemy.orm import Session

from cfp.actors import Actor, RoleKind
from cfp.domain.conferences.models import Conference
from cfp.domain.mail.models import Message
from cfp.domain.mail.states import MessageState
from cfp.domain.submissions.models import Submission
from cfp.policy import Column, Fact, Seat, View, seat_of
from cfp.records import record

TROUBLE = (MessageState.REFUSED, MessageState.UNCERTAIN, MessageState.BOUNCED)
"""The states that wait for a chair."""


@record
class Outbox(View):
    """A row per mail of the conference, whether or not it is about a submission."""

    def known(self, actor: Actor) -> ColumnElement[bool]:
        """Mails with a secret of their recipient's are for nobody else, see `readable`."""
        return readable(actor, self.conference)


def outbox(conference: Conference) -> View:
    """The mails of a conference as its chairs list them."""
    source, columns = _mails()
    return Outbox(conference, source, Fact.MAIL, columns)


@cache
def _mails() -> tuple[Join, Mapping[str, Column]]:
    """Made once: nothing in it is of one conference."""
    columns = {
        "id": Message.id,
        "subject": Message.subject,
        "recipient": Message.recipient,
        "name": Message.recipient_name,
        "kind": Message.kind,
        "state": Message.state,
        "due": Message.due,
        "sent": Message.sent,
        "created": Message.created,
        "refusal": Message.refusal,
    }
    source = Message.__table__.outerjoin(Submission, Submission.id == Message.submission_id)
    return source, MappingProxyType({name: Column(what) for name, what in columns.items()})


def readable(actor: Actor, conference: Conference) -> ColumnElement[bool]:
    """The mails this person may read, over `message` joined to its submission, if it has one.

    What is about a review without being about one submission (such as how many wait for somebody)
    is told to no chair with a blocking conflict, because it counts those as well.
    """
    return readable_from(seat_of(actor, conference))


@lru_cache(maxsize=64)
def readable_from(seat: Seat) -> ColumnElement[bool]:
    """As `readable`; made once for everybody who sits alike."""
    if RoleKind.CHAIR not in seat.roles:
        return false()
    general = Message.about_review.is_(False)
    of_one = and_(seat.knows(Fact.MAIL), or_(general, seat.knows(Fact.REVIEW_MAIL)))
    of_none = and_(Message.submission_id.is_(None), or_(general, ~seat.blocked_anywhere()))
    here = Message.conference_id == seat.conference_id
    return and_(here, Message.private.is_(False), or_(of_one, of_none))


def message_of(db: Session, actor: Actor, conference: Conference, number: int) -> Message | None:
    """One mail, if this person may read it."""
    query = (
        select(Message)
        .outerjoin(Submission, Submission.id == Message.submission_id)
        .where(Message.id == number, readable(actor, conference))
    )
    return db.scalars(query).one_or_none()


def kinds_of(db: Session, actor: Actor, conference: Conference) -> Sequence[str]:
    """The kinds of mail there are to read, in the order of their names."""
    query = (
        select(Message.kind)
        .outerjoin(Submission, Submission.id == Message.submission_id)
        .where(readable(actor, conference))
        .distinct()
        .order_by(Message.kind)
    )
    return db.scalars(query).all()
