"""Mail of the demo on the terminal, so that log-in codes can be read where there is no server."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, func, select

from cfp.config import Config
from cfp.db import make_engine, open_session
from cfp.domain.mail.models import Message

SECONDS_BETWEEN_LOOKS = 1.0


@contextmanager
def shown_mail(config: Config) -> Iterator[None]:
    """Print each private mail (codes, links, invitations) to stderr as it comes, while it runs.

    Others a chair reads under Messages; these are for nobody but their recipient.
    """
    leaving = threading.Event()
    watcher = threading.Thread(target=_watch, args=(config, leaving), name="mailbox", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        leaving.set()
        watcher.join()


def _watch(config: Config, leaving: threading.Event) -> None:
    engine = make_engine(config.database_url)
    last = _newest(engine)
    while not leaving.wait(SECONDS_BETWEEN_LOOKS):
        for message in _private_after(engine, last):
            last = message.id
            print(_as_text(message), file=sys.stderr, flush=True)
    engine.dispose()


def _newest(engine: Engine) -> int:
    with open_session(engine, writes=False) as db:
        return db.scalar(select(func.max(Message.id))) or 0


def _private_after(engine: Engine, last: int) -> list[Message]:
    with open_session(engine, writes=False) as db:
        query = select(Message).where(Message.id > last, Message.private)
        return list(db.scalars(query.order_by(Message.id)))


def _as_text(message: Message) -> str:
    body = "\n".join(f"  | {line}" for line in message.body.strip().splitlines())
    return f"\nMail to {message.recipient}: {message.subject}\n{body}"
