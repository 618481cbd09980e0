"""Counting a try before the work it limits, in a transaction of its own."""

from collections.abc import Mapping

from flask import current_app

from cfp.db import FLUSHED, open_session
from cfp.domain.accounts import throttle
from cfp.domain.accounts.rules import Pace
from cfp.domain.accounts.tokens import count_attempt
from cfp.web import context
from cfp.web.sessions import network


def count(paces: Mapping[str, Pace], *, code_of: str | None = None) -> None:
    """Count a try under each key, and at the codes of a browser, or raise ThrottledError.

    Ends the transaction in which the gate has read who asks (SQLite has one writer); nothing may
    have been written in it yet.
    """
    end_reading()
    with open_session(current_app.extensions["cfp"].engine, writes=True) as db:
        throttle.count(db, paces, now=context.now())
        if code_of is not None:
            count_attempt(db, code_of)
        db.commit()


def end_reading() -> None:
    """Release the write lock before something slow; what was loaded stays usable."""
    db = context.db()
    if db.info.get(FLUSHED) or db.new or db.dirty or db.deleted:
        raise RuntimeError("something was written before a try was counted")
    db.commit()


def network_key() -> str:
    """The key under which the caller's network is counted."""
    return throttle.throttle_key("network", network())
