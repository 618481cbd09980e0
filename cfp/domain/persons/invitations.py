"""Finding what somebody was asked by mail, and answering it, with or without an account.

The token mailed to an address is the proof of that address. Somebody who is logged in answers as
themselves; the address becomes theirs too when it is nobody's.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp.actors import Actor
from cfp.domain.accounts import addresses, tokens
from cfp.domain.accounts.actions import account_of_address, email_with_person
from cfp.domain.accounts.models import Account, Email, Person, Token
from cfp.domain.accounts.rules import address_key
from cfp.domain.accounts.tokens import Purpose
from cfp.domain.conferences import rules
from cfp.domain.conferences.models import Conference, Invitation, Track
from cfp.domain.persons.guest_offers import GuestOffer
from cfp.domain.submissions.models import Speaker, Submission
from cfp.records import record


@record
class RoleOffer:
    """An invitation to a role, as its page tells it; `token` is None for one's own list."""

    invitation: Invitation
    conference: Conference
    inviter: str
    track: str
    token: Token | None = None

    @property
    def address(self) -> str:
        return self.invitation.address

    @property
    def name(self) -> str:
        return self.invitation.name


@record
class Naming:
    """A place on a submission that somebody says is yours."""

    speaker: Speaker
    submission: Submission
    conference: Conference
    submitter: str
    token: Token | None = None

    @property
    def address(self) -> str:
        return self.speaker.address

    @property
    def name(self) -> str:
        return self.speaker.name


Asked = RoleOffer | Naming | GuestOffer


def role_offer(db: Session, secret: str) -> RoleOffer | None:
    """What a link offers, answered or not."""
    token = tokens.find(db, secret, Purpose.ROLE_INVITATION)
    found = _offer(db, token.payload.get("invitation")) if token else None
    return None if found is None else RoleOffer(*found, token=token)


def own_role_offer(db: Session, actor: Actor, invitation_id: int) -> RoleOffer | None:
    """An open offer to an address that the person has proved."""
    found = _offer(db, invitation_id)
    if found is None or found[0].state != "sent" or not _is_own(db, actor, found[0].key):
        return None
    return RoleOffer(*found)


def naming(db: Session, secret: str) -> Naming | None:
    """What a link asks, answered or not; nothing when the place has another address since."""
    token = tokens.find(db, secret, Purpose.SPEAKER_INVITATION)
    found = _naming(db, token.payload.get("speaker")) if token else None
    if token is None or found is None or found[0].address_key != address_key(token.email):
        return None
    return Naming(*found, token=token)


def own_naming(db: Session, actor: Actor, speaker_id: int) -> Naming | None:
    """An open question to an address that the person has proved."""
    found = _naming(db, speaker_id)
    open_ = found is not None and found[0].state == "invited" and found[0].person_id is None
    if found is None or not open_ or not _is_own(db, actor, found[0].address_key):
        return None
    return Naming(*found)


def is_open(asked: Asked, now: datetime) -> bool:
    """Whether it can still be answered."""
    if isinstance(asked, RoleOffer):
        waits = rules.is_open(asked.invitation, now)
    elif isinstance(asked, GuestOffer):
        waits = asked.guest.state == "sent"
    else:
        waits = asked.speaker.state in {"named", "invited"} and asked.speaker.person_id is None
    return waits and (asked.token is None or tokens.is_open(asked.token, now))


def prove(db: Session, asked: Asked, *, now: datetime) -> Account:
    """Use the mail's token; returns the account of its address, made when there is none."""
    if asked.token is None:
        raise ValueError("only a link from a mail proves an address")
    tokens.use(db, asked.token, now=now)
    return account_of_address(db, asked.token.email, now=now, name=asked.name)


def answer_as(db: Session, actor: Actor, asked: Asked, *, now: datetime) -> None:
    """Use the token as somebody who is logged in; a new address becomes theirs."""
    if asked.token is None:
        return
    tokens.use(db, asked.token, now=now)
    if actor.person_id is None:
        return
    if email_with_person(db, asked.token.email) is None:
        address = asked.token.email
        addresses.add_proved(db, actor, person_id=actor.person_id, address=address, now=now)


def _offer(
    db: Session, invitation_id: object
) -> tuple[Invitation, Conference, str, str] | None:
    row = db.execute(
        select(Invitation, Conference, Person.name, Track.name)
        .join(Conference, Conference.id == Invitation.conference_id)
        .outerjoin(Person, Person.id == Invitation.invited_by_id)
        .outerjoin(Track, Track.id == Invitation.track_id)
        .where(Invitation.id == invitation_id)
    ).one_or_none()
    return None if row is None else (row[0], row[1], row[2] or "", row[3] or "")


def _naming(
    db: Session, speaker_id: object
) -> tuple[Speaker, Submission, Conference, str] | None:
    row = db.execute(
        select(Speaker, Submission, Conference, Person.name)
        .join(Submission, Submission.id == Speaker.submission_id)
        .join(Conference, Conference.id == Speaker.conference_id)
        .join(Person, Person.id == Submission.submitter_id)
        .where(Speaker.id == speaker_id)
    ).one_or_none()
    return None if row is None else (row[0], row[1], row[2], row[3])


def _is_own(db: Session, actor: Actor, key: str) -> bool:
    own = select(Email.id).where(
        Email.key == key, Email.person_id == actor.person_id, Email.verified.is_not(None)
    )
    return bool(key) and actor.person_id is not None and db.scalar(own) is not None
