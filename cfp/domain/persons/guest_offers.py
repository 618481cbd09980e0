"""What somebody is asked who gets a link to review or to help with a single submission."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from cfp.domain.accounts import tokens
from cfp.domain.accounts.models import Person, Token
from cfp.domain.conferences.models import Conference
from cfp.domain.reviews.models import Guest
from cfp.domain.submissions.models import Submission
from cfp.domain.submissions.redaction import shown
from cfp.policy import Relation, Standing


@dataclass(frozen=True)
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
    if token is None:
        return None
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
