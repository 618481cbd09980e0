"""Logging in by a proof sent by mail, the browsers that are logged in, and new accounts."""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, select, union, update
from sqlalchemy.orm import Session, joinedload

from cfp import audit
from cfp.actors import Actor, RoleKind
from cfp.domain.accounts import passwords
from cfp.domain.accounts.models import Account, Email, LoginSession, Person, Token
from cfp.domain.accounts.profiles import own_account
from cfp.domain.accounts.queries import secret_hash
from cfp.domain.accounts.rules import (
    CLAIM_VALID,
    LOG_IN_DAYS,
    LOG_IN_VALID,
    STASH_VALID,
    address_key,
)
from cfp.domain.accounts.throttle import forgive, throttle_key
from cfp.domain.accounts.tokens import Issued, Purpose, is_open, issue, use
from cfp.domain.conferences.models import Conference, Role
from cfp.domain.mail.actions import queue
from cfp.domain.mail.models import Message
from cfp.domain.mail.render import fill, shipped
from cfp.domain.mail.rules import is_address
from cfp.domain.submissions.models import Speaker, Submission
from cfp.errors import DomainError, ForbiddenError, NotFoundError
from cfp.links import Links


def start_log_in(
    db: Session,
    *,
    email: str,
    browser: str,
    links: Links,
    now: datetime,
    payload: Mapping[str, Any] | None = None,
    conference: Conference | None = None,
) -> None:
    """Mail a link and a six-digit code; the same work whether or not there is an account.

    `browser` is the asking browser's random id: only there is the code good; the link is good
    anywhere. `payload` is kept (encoded as JSON) until the proof is given; see
    `cfp.web.account.continuations` for the keys it may have. `conference` is the Reply-To.

    Raises:
        DomainError: `address_bad`, for the field `email`.
    """
    known = email_with_person(db, checked_address(email))
    # A known key gets its mail at the address that was proved: see `address_key`.
    recipient = known.address if known else email.strip()
    stash = dict(payload or {})
    issued = issue(
        db,
        Purpose.LOG_IN,
        email=recipient,
        now=now,
        valid=STASH_VALID if "next" in stash else LOG_IN_VALID,
        payload=stash,
        browser=browser,
        conference_id=conference.id if conference else None,
    )
    link = links.log_in(issued.secret)
    person = known.person if known else None
    mail_proof(db, "log_in", issued, link, person=person, conference=conference, now=now)


def mail_proof(
    db: Session,
    kind: str,
    issued: Issued,
    link: str,
    *,
    person: Person | None,
    conference: Conference | None,
    now: datetime,
    **values: str,
) -> None:
    """Queue the mail of a token: private, and no part of any conference's own messages."""
    text = fill(shipped(kind), {"code": issued.code, "link": link, **values})
    queue(
        db,
        kind=kind,
        object_key=f"token:{issued.token.id}",
        epoch=0,
        person=person,
        recipient=issued.token.email,
        subject=text.subject,
        body=text.body,
        conference=conference,
        due=now,
        now=now,
        private=True,
    )


def send_again(db: Session, token: Token, *, now: datetime) -> None:
    """Queue a token's mail once more: the same link and code, whichever copy arrives first."""
    query = select(Message).where(Message.object_key == f"token:{token.id}", Message.private)
    sent = db.scalars(query.order_by(Message.id.desc()).limit(1)).one_or_none()
    if sent is None or not is_open(token, now):
        raise DomainError("code_gone", field="code")
    conference = db.get(Conference, sent.conference_id) if sent.conference_id else None
    person = db.get(Person, sent.person_id) if sent.person_id else None
    queue(
        db,
        kind=sent.kind,
        object_key=sent.object_key,
        epoch=int(sent.epoch) + 1,
        person=person,
        recipient=sent.recipient,
        subject=sent.subject,
        body=sent.body,
        conference=conference,
        due=now,
        now=now,
        private=True,
    )


def log_in(db: Session, token: Token, *, now: datetime) -> Account:
    """Use a log-in's token; returns the account of its address, made when there is none.

    Raises:
        DomainError: `link_used`. ForbiddenError: `account_disabled`.
    """
    use(db, token, now=now)
    said = token.payload
    name, affiliation = str(said.get("name", "")), str(said.get("affiliation", ""))
    account = account_of_address(db, token.email, now=now, name=name, affiliation=affiliation)
    forgive(db, throttle_key("code", address_key(token.email)))
    return account


def log_in_with_password(
    db: Session, account_id: int, checked_hash: str | None, *, throttled: str
) -> Account:
    """The account whose password was checked against `checked_hash`, outside of a transaction.

    Raises:
        DomainError: `log_in_wrong`, when the password has been changed meanwhile.
        ForbiddenError: `account_disabled`.
    """
    account = db.get_one(Account, account_id, populate_existing=True)
    if account.password_hash is None or account.password_hash != checked_hash:
        raise DomainError("log_in_wrong", field="email")
    refuse_disabled(account)
    forgive(db, throttled)
    return account


def account_of_address(
    db: Session, address: str, *, now: datetime, name: str = "", affiliation: str = ""
) -> Account:
    """The account of whoever has just proved to read `address`, made when there is none.

    `name` and `affiliation` are given to a person who has none yet.

    Raises:
        ForbiddenError: `account_disabled`.
    """
    known = email_with_person(db, address)
    if known is not None and known.verified is None and known.person.account is not None:
        # Somebody else's unproved claim gives way to the proof.
        db.delete(known)
        db.flush()
        known = None
    person = known.person if known else _new_person(db, address, now)
    person.name = person.name or name
    person.affiliation = person.affiliation or affiliation
    if known is not None and known.verified is None:
        known.verified = now
    account = person.account or _new_account(db, person, now)
    refuse_disabled(account)
    return account


def open_login_session(
    db: Session, account_id: int, device: str, now: datetime, opaque: str | None = None
) -> str:
    """Log a browser in for 30 days; returns its opaque id, of which only the hash is kept."""
    opaque = opaque or random_id()
    db.add(
        LoginSession(
            account_id=account_id,
            id_hash=secret_hash(opaque),
            device=device,
            created=now,
            last_used=now,
            expires=now + timedelta(days=LOG_IN_DAYS),
        )
    )
    db.flush()
    return opaque


def random_id() -> str:
    """256 bits that nobody can guess."""
    return secrets.token_urlsafe(32)


# Made once: everything that is sent asks it, and making it takes longer than running it.
_TOUCH = (
    update(LoginSession)
    .where(LoginSession.id == bindparam("session"), LoginSession.last_used < bindparam("stale"))
    .values(last_used=bindparam("now"), expires=bindparam("until"))
    .execution_options(synchronize_session=False)
)


def touch_login_session(db: Session, actor: Actor, *, now: datetime) -> None:
    """Note that a browser was used and keep it logged in; at most once an hour."""
    stale = now - timedelta(hours=1)
    if actor.session_id is not None and actor.last_used is not None and actor.last_used < stale:
        until = now + timedelta(days=LOG_IN_DAYS)
        asked = {"session": actor.session_id, "now": now, "stale": stale, "until": until}
        db.execute(_TOUCH, asked)


def end_login_session(db: Session, actor: Actor, *, session_id: int) -> None:
    """Log one of the person's browsers out. Raises NotFoundError for anybody else's."""
    ended = db.execute(
        delete(LoginSession)
        .where(LoginSession.id == session_id, LoginSession.account_id == actor.account_id)
        .returning(LoginSession.id)
    ).one_or_none()
    if ended is None:
        raise NotFoundError("not_found")


def end_other_login_sessions(db: Session, actor: Actor) -> int:
    """Log out every browser of the person but this one; returns how many."""
    ended = db.execute(
        delete(LoginSession)
        .where(LoginSession.account_id == actor.account_id, LoginSession.id != actor.session_id)
        .returning(LoginSession.id)
    )
    return len(ended.all())


def set_password(db: Session, actor: Actor, *, password_hash: str | None, now: datetime) -> None:
    """Store a new password's hash, or none; every other browser is logged out."""
    account = own_account(db, actor)
    account.password_hash = password_hash
    ended = end_other_login_sessions(db, actor)
    verb = "account.set_password" if password_hash else "account.remove_password"
    audit.record(db, actor, verb, f"account:{account.id}", now=now, detail={"ended": ended})


def add_user(
    db: Session,
    actor: Actor,
    *,
    name: str,
    email: str,
    now: datetime,
    password: str | None = None,
    administrator: bool = False,
) -> Account:
    """Make a person with an account whose address is taken as proved (the operator vouches).

    Raises:
        DomainError: `address_bad`, `address_taken` (field email) or a rule of passwords.
    """
    if email_with_person(db, checked_address(email)) is not None:
        raise DomainError("address_taken", field="email")
    if password is not None:
        passwords.check_rules(password, about=[name, email])
    account = _new_account(db, _new_person(db, email.strip(), now), now, actor)
    account.person.name = name
    account.password_hash = passwords.hash_password(password) if password is not None else None
    account.administrator = administrator
    if administrator:
        audit.record(db, actor, "account.make_administrator", f"account:{account.id}", now=now)
    return account


def offer_claim(
    db: Session,
    actor: Actor,
    *,
    conference: Conference,
    person: Person,
    address: str,
    links: Links,
    now: datetime,
) -> None:
    """Mail a person without an account the way to make what is kept under their name theirs.

    Whoever reads the mail gets all of it, so a chair may only offer what is theirs to see: a
    person of this conference who is in no conference that the chair does not chair. And only the
    newest offer is good: an earlier one may have gone to a mistyped address.

    Raises:
        DomainError: `address_bad`, for the field `email`.
        NotFoundError: for a person who has an account, or is not the chair's to offer.
    """
    known = email_with_person(db, checked_address(address))
    here = _conferences_of(db, person.id)
    has_account = db.scalar(select(Account.id).where(Account.person_id == person.id))
    if (
        has_account is not None
        or person.merged_into_id is not None
        or conference.id not in here
        or not all(actor.has(one, RoleKind.CHAIR) for one in here)
    ):
        raise NotFoundError("not_found")
    earlier = delete(Token).where(Token.purpose == Purpose.CLAIM, Token.person_id == person.id)
    db.execute(earlier.where(Token.used.is_(None)))
    issued = issue(
        db,
        Purpose.CLAIM,
        email=known.address if known else address.strip(),
        now=now,
        valid=CLAIM_VALID,
        person_id=person.id,
        conference_id=conference.id,
    )
    mail_proof(
        db,
        "claim",
        issued,
        links.claim(issued.secret),
        person=None,
        conference=conference,
        now=now,
        name=person.name,
        conference_name=conference.name,
    )
    about = f"person:{person.id}"
    audit.record(db, actor, "person.offer_claim", about, now=now, conference_id=conference.id)


def checked_address(address: str) -> str:
    """The address, trimmed. Raises DomainError("address_bad", field="email")."""
    if not is_address(address.strip()):
        raise DomainError("address_bad", field="email")
    return address.strip()


def refuse_disabled(account: Account) -> None:
    """Raise ForbiddenError("account_disabled") for one that may not log in."""
    if account.disabled:
        raise ForbiddenError("account_disabled")


def email_with_person(db: Session, address: str) -> Email | None:
    """The row of an address, with its person and their account if any."""
    whole = joinedload(Email.person).joinedload(Person.account).joinedload(Account.person)
    query = select(Email).where(Email.key == address_key(address)).options(whole)
    return db.scalars(query).one_or_none()


def _conferences_of(db: Session, person_id: int) -> set[int]:
    """Where the person stands on a submission, has submitted one, or plays a role."""
    parts = [
        select(Speaker.conference_id).where(Speaker.person_id == person_id),
        select(Submission.conference_id).where(Submission.submitter_id == person_id),
        select(Role.conference_id).where(Role.person_id == person_id),
    ]
    return set(db.scalars(union(*parts)))


def _new_person(db: Session, address: str, now: datetime) -> Person:
    person = Person(name="", created=now, account=None, emails=[])
    db.add(person)
    db.flush()
    key = address_key(address)
    person.emails.append(Email(address=address, key=key, verified=now, primary=True))
    return person


def _new_account(db: Session, person: Person, now: datetime, actor: Actor | None = None) -> Account:
    account = Account(person=person, created=now)
    db.add(account)
    db.flush()
    maker = actor or Actor(person_id=person.id)
    audit.record(db, maker, "account.create", f"account:{account.id}", now=now)
    return account
