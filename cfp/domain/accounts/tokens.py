"""Proofs sent by mail: 256-bit links kept as hashes, and six digits bound to the asking browser.

A code alone could be guessed, so it is only good together with the browser's random id, which is
kept hashed as well; who reads the table learns neither link, nor code, nor browser.
"""

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum, auto
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cfp.domain.accounts.models import Token
from cfp.domain.accounts.queries import secret_hash
from cfp.errors import DomainError
from cfp.records import record

CODE_ATTEMPTS = 10
"""Wrong codes after which only the link works."""


class Purpose(StrEnum):
    """What a proof is good for. `CONFIRM_TALK` and `UNSUBSCRIBE` log nobody in."""

    LOG_IN = auto()
    ADD_ADDRESS = auto()
    MERGE = auto()
    CLAIM = auto()
    ROLE_INVITATION = auto()
    SPEAKER_INVITATION = auto()
    CONFIRM_TALK = auto()
    REVIEW_INVITATION = auto()
    FIRST_ACCOUNT = auto()
    UNSUBSCRIBE = auto()


@record
class Issued:
    """A new token and what only its mail may say: the link's secret and perhaps a code."""

    token: Token
    secret: str
    code: str = ""


def issue(
    db: Session,
    purpose: Purpose | str,
    *,
    email: str = "",
    now: datetime,
    valid: timedelta,
    payload: Mapping[str, Any] | None = None,
    browser: str | None = None,
    person_id: int | None = None,
    conference_id: int | None = None,
    submission_id: int | None = None,
) -> Issued:
    """Make a token; with `browser` (the asking browser's random id) it gets a code as well."""
    secret = secrets.token_urlsafe(32)
    code = f"{secrets.randbelow(10**6):06}" if browser else ""
    token = Token(
        hash=secret_hash(secret),
        code_hash=_code_hash(browser, code) if browser else None,
        browser=secret_hash(browser) if browser else None,
        purpose=str(purpose),
        email=email,
        person_id=person_id,
        conference_id=conference_id,
        submission_id=submission_id,
        payload=dict(payload or {}),
        attempts=0,
        created=now,
        expires=now + valid,
    )
    db.add(token)
    db.flush()
    return Issued(token, secret, code)


def find(db: Session, secret: str, *purposes: Purpose) -> Token | None:
    """The token behind a link, also when it is used or has expired (see `is_open`)."""
    query = select(Token).where(Token.hash == secret_hash(secret), Token.purpose.in_(purposes))
    return db.scalars(query).one_or_none()


def of_browser(db: Session, browser: str) -> list[Token]:
    """The newest tokens whose codes this browser has asked for, used ones too; newest first.

    All of one purpose. Two, because people type the code of the mail that came first; not more,
    because each one makes guessing easier.
    """
    query = select(Token).where(Token.browser == secret_hash(browser))
    newest = db.scalars(query.order_by(Token.id.desc()).limit(2)).all()
    return [token for token in newest if token.purpose == newest[0].purpose]


def is_open(token: Token | None, now: datetime) -> bool:
    """Whether the proof can still be given."""
    return token is not None and token.used is None and token.expires > now


def with_code(tokens: Sequence[Token], browser: str, code: str, *, now: datetime) -> Token:
    """The one whose code this is. Raises DomainError("code_wrong" or "code_gone", field="code")."""
    usable = [token for token in tokens if is_open(token, now) and token.attempts < CODE_ATTEMPTS]
    if not usable:
        raise DomainError("code_gone", field="code")
    typed = _code_hash(browser, "".join(code.split()))
    right = [token for token in usable if hmac.compare_digest(token.code_hash or "", typed)]
    if not right:
        raise DomainError("code_wrong", field="code")
    return right[0]


def count_attempt(db: Session, browser: str) -> None:
    """Count a try at the codes of a browser, in the throttle's own transaction."""
    tokens = update(Token).where(Token.browser == secret_hash(browser), Token.used.is_(None))
    db.execute(tokens.values(attempts=Token.attempts + 1))


def use(db: Session, token: Token, *, now: datetime) -> None:
    """Consume a token, once. Raises DomainError("link_used") when it was used or has expired."""
    consumed = db.execute(
        update(Token)
        .where(Token.id == token.id, Token.used.is_(None), Token.expires > now)
        .values(used=now)
        .returning(Token.id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if consumed is None:
        raise DomainError("link_used")


def _code_hash(browser: str, code: str) -> str:
    return hashlib.sha256(f"{browser}\0{code}".encode()).hexdigest()
