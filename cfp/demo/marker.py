"""Whether the demo is there; apart from loading it, which needs much more of the program."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp.demo import script
from cfp.domain.accounts.models import Account, Email
from cfp.errors import ConfigError


def is_loaded(db: Session) -> bool:
    """Whether the demo is there. Raises ConfigError `demo_elsewhere` for anybody else's data."""
    administrator = script.people()["administrator"]["email"]
    if db.scalar(select(Email.id).where(Email.address == administrator)) is not None:
        return True
    if db.scalar(select(Account.id).limit(1)) is not None:
        raise ConfigError("demo_elsewhere")
    return False
