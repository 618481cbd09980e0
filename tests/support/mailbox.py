"""What the application has put into its outbox, as the person reads it who gets it."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlalchemy import Engine, select

from cfp.db import open_session
from cfp.domain.mail.models import Message


@dataclass(frozen=True)
class Mail:
    recipient: str
    subject: str
    body: str
    kind: str

    @property
    def code(self) -> str:
        """The six digits in the subject."""
        found = re.search(r"\b\d{6}\b", self.subject)
        assert found, self.subject
        return found.group()

    @property
    def link(self) -> str:
        """The path of the link that is the recipient's alone, else of the first link."""
        paths = [urlsplit(found).path for found in re.findall(r"https?://\S+", self.body)]
        secret = [path for path in paths if path.startswith(("/account/", "/confirm/"))]
        return (secret or paths)[0]


def mails(engine: Engine, kind: str | None = None) -> list[Mail]:
    """All mails queued so far, or those of a kind, oldest first."""
    with open_session(engine, writes=False) as db:
        rows = db.scalars(select(Message).order_by(Message.id))
        return [
            Mail(row.recipient, row.subject, row.body, row.kind)
            for row in rows
            if kind in (None, row.kind)
        ]


def last_mail(engine: Engine, kind: str | None = None) -> Mail:
    found = mails(engine, kind)
    assert found, f"no mail of kind {kind}"
    return found[-1]
