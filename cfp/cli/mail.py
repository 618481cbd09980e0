"""`cfp mail test`: one mail, now, and what was said to it. `cfp mail bounced`: what came back."""

import secrets
import sys
import time
from collections.abc import Mapping
from typing import BinaryIO

import click
from sqlalchemy.orm import Session

from cfp import clock
from cfp.actors import SYSTEM
from cfp.cli.arguments import checked_address
from cfp.cli.connecting import session
from cfp.cli.runtime import json_option, report
from cfp.config import Config
from cfp.domain.mail import actions
from cfp.domain.mail.models import Message
from cfp.domain.mail.render import fill, shipped
from cfp.domain.mail.states import MessageState, can
from cfp.errors import ConfigError, NotNowError
from cfp.formats.bounce import read_bounce
from cfp.jobs.outbox import send_one

NOTICE_LIMIT = 5_000_000
"""Bytes; what is cut off is the returned mail's end, and nobody reads that."""
SECONDS_FOR_A_WORKER = 60.0
"""A worker that runs may have been quicker than this command; its answer is waited for."""

WORDS: Mapping[str, str] = {
    MessageState.SENT: "{server} has taken the mail for {address}.",
    MessageState.REFUSED: "{server} refuses it: {answer}",
    MessageState.UNCERTAIN: "{server} did not say whether it took the mail: {answer}",
    MessageState.CANCELED: "The mail could not be handed to {server}: {answer}",
}


@click.group()
def mail() -> None:
    """The mail this installation sends."""


@mail.command()
@click.argument("address", callback=checked_address)
@json_option
@click.pass_obj
def test(config: Config, address: str, as_json: bool) -> None:
    """Send one mail to ADDRESS now."""
    if not config.mail_server:
        raise ConfigError("no_mail_server")
    message_id = _queue(config, address)
    send_one(config, message_id)
    state, answer = _outcome(config, message_id)
    server = f"{config.mail_server}:{config.mail_port}"
    text = WORDS[state].format(server=server, address=address, answer=answer)
    data = {"address": address, "server": server, "state": state, "answer": answer}
    report(text, data, as_json=as_json)
    sys.exit(0 if state == MessageState.SENT else 1)


@mail.command()
@click.argument("notice", type=click.File("rb"), default="-")
@json_option
@click.pass_obj
def bounced(config: Config, notice: BinaryIO, as_json: bool) -> None:
    """Note a mail that came back, from the mail server's NOTICE (a file; - is standard input)."""
    bounce = read_bounce(notice.read(NOTICE_LIMIT))
    with session(config, writes=True) as db:
        message = actions.take_back_bounce(
            db, SYSTEM, message_id=bounce.message_id, reason=bounce.reason, now=clock.now()
        )
        db.commit()
        address = message.recipient
    data = {"address": address, "message_id": bounce.message_id, "reason": bounce.reason}
    report(f"The mail for {address} came back: {bounce.reason}", data, as_json=as_json)


def _queue(config: Config, address: str) -> int:
    text, now = fill(shipped("test"), {"site": config.host}), clock.now()
    with session(config, writes=True) as db:
        message = actions.queue(
            db,
            kind="test",
            object_key="site",
            epoch=secrets.token_hex(8),
            person=None,
            recipient=address,
            subject=text.subject,
            body=text.body,
            conference=None,
            due=now,
            now=now,
            private=True,
        )
        db.commit()
        return message.id


def _outcome(config: Config, message_id: int) -> tuple[str, str]:
    """What became of it; a test that is not on its way now is not sent later either."""
    end = time.monotonic() + SECONDS_FOR_A_WORKER
    while True:
        with session(config, writes=True) as db:
            message = db.get_one(Message, message_id)
            waits = message.state == MessageState.SENDING or message.claimed_by is not None
            if message.state == MessageState.QUEUED and (not waits or time.monotonic() > end):
                _stop(db, message)
            if message.state in WORDS:
                return message.state, message.refusal
        if time.monotonic() > end:
            return MessageState.UNCERTAIN, "no answer yet"
        time.sleep(0.2)


def _stop(db: Session, message: Message) -> None:
    """Take it out of the outbox, unless a worker has just handed it over."""
    if not can("stop", message.state):
        return
    try:
        actions.stop(db, SYSTEM, message=message, now=clock.now())
    except NotNowError:
        db.rollback()
    else:
        db.commit()
