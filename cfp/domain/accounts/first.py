"""The first account of an instance: whoever reads the server's own output becomes administrator."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cfp.actors import SYSTEM
from cfp.domain.accounts.actions import add_user
from cfp.domain.accounts.models import Account, Token
from cfp.domain.accounts.tokens import Purpose, find, is_open, issue, use
from cfp.errors import DomainError

OFFER_VALID = timedelta(days=1)


def offer(db: Session, *, now: datetime) -> str | None:
    """The secret of a link that makes the first account; None once there is any account.

    A later offer takes the place of an earlier one, so only the newest output is worth reading.
    """
    if _somebody(db):
        return None
    earlier = update(Token).where(Token.purpose == Purpose.FIRST_ACCOUNT, Token.used.is_(None))
    db.execute(earlier.values(used=now).execution_options(synchronize_session=False))
    return issue(db, Purpose.FIRST_ACCOUNT, now=now, valid=OFFER_VALID).secret


def find_offer(db: Session, secret: str, *, now: datetime) -> Token | None:
    """The offer behind a link, while it stands and nobody has an account."""
    token = find(db, secret, Purpose.FIRST_ACCOUNT)
    return None if not is_open(token, now) or _somebody(db) else token


def take(
    db: Session, token: Token, *, name: str, email: str, password_hash: str | None, now: datetime
) -> Account:
    """Make the first account, an administrator's; its address is taken as proved.

    Raises:
        DomainError: `link_used`, also when somebody has an account meanwhile; `address_bad`.
    """
    use(db, token, now=now)
    if _somebody(db):
        raise DomainError("link_used")
    account = add_user(db, SYSTEM, name=name, email=email, administrator=True, now=now)
    account.password_hash = password_hash
    return account


def _somebody(db: Session) -> bool:
    return db.scalar(select(Account.id).limit(1)) is not None
