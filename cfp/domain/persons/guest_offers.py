"""What somebody is asked who gets a link to review or to help with a single submission."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import Session, aliased

from cfp.actors import Actor
from cfp.domain.accounts import tokens
from cfp.domain.accounts.models import Email, Person, Token
from cfp.domain.conferences.models import Conference
from cfp.domain.reviews.models import Guest
from cfp.domain.submissions.models import Submission
from cfp.domain.submissions.redaction import shown
from cfp.policy import Relation, Standing
from cfp.records import record


@record
class GuestOffer:
    """The question; `title` as whoever says yes may read it. `asker`: who wants to know."""

    guest: Guest
    submission: Submission
    conference: Conference
    asker: str
    title: str
    token: Token

    @property
    def address(self) -> str:
        return self.guest.address

    @property
    def name(self) -> str:
        return self.guest.name


def guest_offer(db: Session, secret: str) -> GuestOffer | None:
    """What a link asks, answered or not."""
    token = tokens.find(db, secret, tokens.Purpose.REVIEW_INVITATION)
    return _offer(db, token) if token else None


def own_guest_offer(
    db: Session, actor: Actor, guest_id: int, *, now: datetime
) -> GuestOffer | None:
    """The same for somebody who has proved the address the link was sent to, while it works."""
    proved = exists().where(
        Email.key == Guest.key, Email.person_id == actor.person_id, Email.verified.is_not(None)
    )
    query = select(Token).join(Guest, _its_link(now))
    token = db.scalars(
        query.where(Guest.id == guest_id, proved).order_by(Token.id.desc()).limit(1)
    ).first()
    return _offer(db, token) if token else None


def link_works(now: datetime) -> ColumnElement[bool]:
    """Whether what a guest was sent can still be answered, as SQL on its row."""
    return exists().where(_its_link(now))


def _its_link(now: datetime) -> ColumnElement[bool]:
    return and_(
        Token.purpose == str(tokens.Purpose.REVIEW_INVITATION),
        Token.submission_id == Guest.submission_id,
        Token.payload["guest"].as_integer() == Guest.id,
        Token.used.is_(None),
        Token.expires > now,
    )


def _offer(db: Session, token: Token) -> GuestOffer | None:
    asker = aliased(Person)
    row = db.execute(
        select(Guest, Submission, Conference, asker.name)
        .join(Submission, Submission.id == Guest.submission_id)
        .join(Conference, Conference.id == Guest.conference_id)
        .outerjoin(asker, asker.id == Guest.asked_by_id)
        .where(Guest.id == token.payload.get("guest"))
    ).one_or_none()
    if row is None:
        return None
    guest, submission, conference, name = row
    reads = frozenset({Relation.HELPER})
    standing = Standing(conference, submission, reads, blocked=False, own_review_in=False)
    return GuestOffer(guest, submission, conference, name or "", shown(db, standing)[0], token)
