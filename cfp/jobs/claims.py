"""Names for claims, and the short transactions in which a worker makes and settles them."""

import os
import secrets
import socket
import time
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from cfp.db import open_session

Result = TypeVar("Result")


def new_claim() -> str:
    """A name for one claim, never used again, that tells an operator where to look."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


def commit(engine: Engine, action: Callable[[Session], Result], *, patience: float = 0.0) -> Result:
    """Run `action` and commit, for up to `patience` seconds also through a database's restart.

    `action` must be a conditional change: its commit may have happened although no answer came.
    """
    end = time.monotonic() + patience
    while True:
        try:
            with open_session(engine, writes=True) as db:
                result = action(db)
                db.commit()
                return result
        except OperationalError:
            if time.monotonic() >= end:
                raise
            time.sleep(0.5)
