"""What administrators do with accounts; each act is in the instance's log."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, delete, func, or_, select
from sqlalchemy.orm import Session

from cfp import audit
from cfp.actors import SYSTEM, Actor
from cfp.domain.accounts.models import Account, Email, LoginSession, Person
from cfp.errors import ForbiddenError, NotFoundError, NotNowError
from cfp.records import record

PAGE_SIZE = 50


@record
class AccountRow:
    """One account as administrators see it; no talk, no role, no log-in's device."""

    id: int
    name: str
    address: str
    administrator: bool
    disabled: bool
    created: datetime
    last_used: datetime | None


def accounts(db: Session, *, search: str, page: int) -> tuple[Sequence[AccountRow], int]:
    """One page of accounts whose name or address contains `search`, and how many there are."""
    matching = _matching(search)
    total = db.scalar(select(func.count()).select_from(matching.subquery())) or 0
    used = (
        select(func.max(LoginSession.last_used))
        .where(LoginSession.account_id == Account.id)
        .scalar_subquery()
    )
    address = (
        select(Email.address)
        .where(Email.person_id == Person.id)
        .order_by(Email.primary.desc(), Email.id)
        .limit(1)
        .scalar_subquery()
    )
    query = (
        select(
            Account.id,
            Person.name,
            address,
            Account.administrator,
            Account.disabled,
            Account.created,
            used,
        )
        .join(Person, Person.id == Account.person_id)
        .where(Account.id.in_(matching))
        .order_by(func.lower(Person.name), Account.id)
    )
    rows = db.execute(query.limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE))
    return [AccountRow(*row) for row in rows], total


def set_disabled(
    db: Session, actor: Actor, *, account_id: int, disabled: bool, now: datetime
) -> None:
    """Switch an account off, which ends its sessions at once, or on again.

    Raises:
        NotNowError: `own_account`. NotFoundError for no such account. ForbiddenError when the
            actor is no administrator any more.
    """
    account = _other(db, actor, account_id)
    account.disabled = disabled
    if disabled:
        db.execute(delete(LoginSession).where(LoginSession.account_id == account.id))
    verb = "account.disable" if disabled else "account.enable"
    audit.record(db, actor, verb, f"account:{account.id}", now=now)


def set_administrator(
    db: Session, actor: Actor, *, account_id: int, administrator: bool, now: datetime
) -> None:
    """Make somebody an administrator, or no longer; never oneself, so one always remains.

    Raises:
        As `set_disabled`.
    """
    account = _other(db, actor, account_id)
    account.administrator = administrator
    verb = "account.make_administrator" if administrator else "account.no_administrator"
    audit.record(db, actor, verb, f"account:{account.id}", now=now)


def active_administrators(db: Session) -> list[int]:
    """The accounts of those who can act as one; they stay what they are until this is committed.

    Of two who take it from each other at once the second waits, and is none any more.
    """
    active = select(Account.id).where(Account.administrator, Account.disabled.is_(False))
    return list(db.scalars(active.order_by(Account.id).with_for_update()))


def _other(db: Session, actor: Actor, account_id: int) -> Account:
    if actor != SYSTEM and actor.account_id not in active_administrators(db):
        raise ForbiddenError("forbidden")
    account = db.get(Account, account_id)
    if account is None:
        raise NotFoundError("not_found")
    if account.id == actor.account_id:
        raise NotNowError("own_account")
    return account


def _matching(search: str) -> Select[int]:
    query = select(Account.id).join(Person, Person.id == Account.person_id)
    if not search:
        return query
    text = search.casefold()
    address = select(Email.person_id).where(Email.key.contains(text, autoescape=True))
    name = func.lower(Person.name).contains(text, autoescape=True)
    return query.where(or_(name, Person.id.in_(address)))
