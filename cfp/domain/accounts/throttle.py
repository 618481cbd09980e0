"""Counting tries in the database, so that it works over threads, processes and machines.

The caller gives a session of its own and commits it before the work that is being limited (the
one exception to "one commit"): a try counts whatever becomes of it.
"""

import hashlib
import math
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from cfp.db import insert_absent
from cfp.domain.accounts.models import Throttle
from cfp.domain.accounts.rules import Pace
from cfp.errors import ThrottledError


def throttle_key(kind: str, about: str) -> str:
    """The row's key. Hashed: what strangers type into a log-in page is not kept."""
    return f"{kind}:{hashlib.sha256(about.encode()).hexdigest()[:32]}"


def count(db: Session, paces: Mapping[str, Pace], *, now: datetime) -> None:
    """Count a try under each key. Raises ThrottledError(seconds=...) when one must still wait."""
    for key in sorted(paces):
        row = _locked_row(db, key, now)
        if row.next_allowed > now:
            seconds = math.ceil((row.next_allowed - now).total_seconds())
            raise ThrottledError("throttled", seconds=seconds)
        pace = paces[key]
        left, row.updated = pace.left(row.tries, row.updated, now)
        row.tries = left + 1
        row.next_allowed = now + pace.wait(row.tries)
    db.flush()


def forgive(db: Session, key: str) -> None:
    """Forget the tries under a key: the right one has come."""
    db.execute(delete(Throttle).where(Throttle.key == key))


def _locked_row(db: Session, key: str, now: datetime) -> Throttle:
    fresh = {"key": key, "tries": 0, "next_allowed": now, "updated": now}
    db.execute(insert_absent(db.get_bind().dialect.name, Throttle).values(fresh))
    return db.scalars(select(Throttle).where(Throttle.key == key).with_for_update()).one()
