"""The addresses of a person: added by proof, removed, one of them primary."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cfp import audit
from cfp.actors import Actor
from cfp.domain.accounts.actions import checked_address, email_with_person, mail_proof
from cfp.domain.accounts.models import Email, Person, Token
from cfp.domain.accounts.rules import LOG_IN_VALID, address_key
from cfp.domain.accounts.tokens import Purpose, issue, use
from cfp.errors import DomainError, NotFoundError
from cfp.links import Links


def start_adding(
    db: Session, actor: Actor, *, email: str, browser: str, links: Links, now: datetime
) -> None:
    """Mail a code and a link to a further address; the same whoever it belongs to now.

    Raises:
        DomainError: `address_bad` or `address_yours`, for the field `email`.
    """
    known = email_with_person(db, checked_address(email))
    if known is not None and known.person_id == actor.person_id:
        raise DomainError("address_yours", field="email")
    issued = issue(
        db,
        Purpose.ADD_ADDRESS,
        email=known.address if known else email.strip(),
        now=now,
        valid=LOG_IN_VALID,
        browser=browser,
        person_id=actor.person_id,
    )
    link = links.log_in(issued.secret)
    mail_proof(db, "add_address", issued, link, person=None, conference=None, now=now)


def finish_adding(db: Session, actor: Actor, token: Token, *, now: datetime) -> Person | None:
    """Use the proof. Returns None when the address is now the actor's, else whose it is.

    Raises:
        DomainError: `link_used`. NotFoundError when it was somebody else who asked.
    """
    if token.person_id is None or token.person_id != actor.person_id:
        raise NotFoundError("not_found")
    use(db, token, now=now)
    known = email_with_person(db, token.email)
    if known is not None and known.verified is None and known.person.account is not None:
        db.delete(known)
        db.flush()
        known = None
    if known is None:
        add_proved(db, actor, person_id=token.person_id, address=token.email, now=now)
        return None
    return None if known.person_id == actor.person_id else known.person


def add_proved(
    db: Session, actor: Actor, *, person_id: int, address: str, now: datetime
) -> None:
    """Give a person an address they have proved to read and that is nobody's yet."""
    has_primary = select(Email.id).where(Email.person_id == person_id, Email.primary)
    email = Email(
        person_id=person_id,
        address=address,
        key=address_key(address),
        verified=now,
        primary=db.scalar(has_primary) is None,
    )
    db.add(email)
    db.flush()
    audit.record(db, actor, "account.add_address", f"person:{person_id}", now=now)


def remove(db: Session, actor: Actor, *, email_id: int, now: datetime) -> None:
    """Take an address away from its person. Raises DomainError("address_primary")."""
    email = _own(db, actor, email_id)
    if email.primary:
        raise DomainError("address_primary")
    db.delete(email)
    audit.record(db, actor, "account.remove_address", f"person:{actor.person_id}", now=now)


def make_primary(db: Session, actor: Actor, *, email_id: int, now: datetime) -> None:
    """Choose the address that mail goes to."""
    email = _own(db, actor, email_id)
    db.execute(update(Email).where(Email.person_id == actor.person_id).values(primary=False))
    email.primary = True
    audit.record(db, actor, "account.primary_address", f"person:{actor.person_id}", now=now)


def _own(db: Session, actor: Actor, email_id: int) -> Email:
    query = select(Email).where(Email.id == email_id, Email.person_id == actor.person_id)
    found = db.scalars(query).one_or_none()
    if found is None:
        raise NotFoundError("not_found")
    return found
