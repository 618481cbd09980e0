"""Answering a chair's offer: a person without an account becomes somebody who logs in."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp import audit
from cfp.actors import Actor
from cfp.domain.accounts import addresses, tokens
from cfp.domain.accounts.actions import account_of_address, email_with_person
from cfp.domain.accounts.models import Account, Person, Token
from cfp.domain.persons.merging import merge
from cfp.domain.submissions.models import Speaker, Submission
from cfp.errors import DomainError


def claimable(db: Session, token: Token) -> Person | None:
    """The person a claim is about, while they have no account."""
    account = select(Account.id).where(Account.person_id == token.person_id)
    person = db.get(Person, token.person_id) if token.person_id is not None else None
    taken = person is None or person.merged_into_id is not None or db.scalar(account) is not None
    return None if taken else person


def titles_of(db: Session, person: Person, token: Token) -> list[str]:
    """The titles of the person's talks in the conference that made the offer."""
    query = (
        select(Submission.title)
        .join(Speaker, Speaker.submission_id == Submission.id)
        .where(Speaker.person_id == person.id, Speaker.state != "removed")
        .where(Submission.conference_id == token.conference_id, Submission.state != "draft")
    )
    return list(db.scalars(query.order_by(Submission.title)))


def take(db: Session, actor: Actor, token: Token, *, now: datetime) -> Account:
    """Use the proof: what is kept under the person's name belongs to whoever answers.

    That is the actor if somebody is logged in, else the reader of the token's address, for whom
    an account is made when there is none. Raises DomainError `link_used`.
    """
    tokens.use(db, token, now=now)
    person = claimable(db, token)
    if person is None:
        raise DomainError("link_used")
    if actor.person_id is not None:
        known = email_with_person(db, token.email)
        if known is None:
            mine = actor.person_id
            addresses.add_proved(db, actor, person_id=mine, address=token.email, now=now)
        account = db.scalars(select(Account).where(Account.person_id == actor.person_id)).one()
    else:
        account = account_of_address(db, token.email, now=now, name=person.name)
    if account.person_id != person.id:
        joiner = actor if actor.person_id is not None else Actor(person_id=account.person_id)
        merge(db, joiner, into_id=account.person_id, other_id=person.id, now=now)
    return account


def refuse(db: Session, actor: Actor, token: Token, *, now: datetime) -> None:
    """Say "that's not me": the link is used up and nothing else happens."""
    tokens.use(db, token, now=now)
    about = f"person:{token.person_id}"
    here = token.conference_id
    audit.record(db, actor, "person.refuse_claim", about, now=now, conference_id=here)
