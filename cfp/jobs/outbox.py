"""Sends what is due. Between its three short transactions no lock is held and anything may die.

Claim (nobody else sends it) -> hand over (from here on it may arrive) -> stamp (what came of it).
Killed before the second, the message is sent again; killed after it, it is shown as uncertain.
"""

import logging
import random
import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Engine

from cfp import clock
from cfp.config import Config
from cfp.db import make_engine, open_session
from cfp.domain.mail import delivery
from cfp.domain.mail.models import Message
from cfp.errors import CfpError
from cfp.jobs.claims import commit, new_claim
from cfp.jobs.mime import compose, envelope_address
from cfp.jobs.pace import Pace
from cfp.jobs.smtp import Failure, Mailer, Postponed, Refused, ServerDownError, failure

_BATCH = 20
_PATIENCE = 60.0
log = logging.getLogger(__name__)


@dataclass
class Drained:
    """What one pass did. `failed`: refused, postponed or uncertain."""

    sent: int = 0
    failed: int = 0
    server_down: bool = False


class _NotOursError(CfpError):
    """The message was stopped, or the claim ran out, before it was handed over."""


@dataclass
class _Sending:
    """One claimed message on its way."""

    engine: Engine
    message: Message
    claim: str
    lease: timedelta
    handed_over: bool = False

    def hand_over(self) -> None:
        """Called when the server has accepted sender and recipient. Raises _NotOursError."""
        now = clock.now()
        kept = commit(
            self.engine,
            lambda db: delivery.hand_over(
                db, self.message.id, claimed_by=self.claim, now=now, lease=self.lease
            ),
        )
        if not kept:
            raise _NotOursError("mail.not_ours")
        self.handed_over = True

    def stamp(self, outcome: Failure | None) -> None:
        """Note what came of it; patiently, or a mail that was sent would be left in doubt."""
        id_, by, now = self.message.id, self.claim, clock.now()
        log.info("message %d: %s", id_, type(outcome).__name__ if outcome else "Sent")
        jitter = random.random()  # noqa: S311 - spreads load, hides nothing
        match outcome:
            case None:
                commit(
                    self.engine,
                    lambda db: delivery.accept(db, id_, claimed_by=by, now=now),
                    patience=_PATIENCE,
                )
            case Postponed(reason=reason):
                commit(
                    self.engine,
                    lambda db: delivery.postpone(
                        db, self.message, claimed_by=by, reason=reason, now=now, jitter=jitter
                    ),
                    patience=_PATIENCE,
                )
            case _:
                stamp = delivery.refuse if isinstance(outcome, Refused) else delivery.doubt
                commit(
                    self.engine,
                    lambda db: stamp(db, id_, claimed_by=by, reason=outcome.reason),
                    patience=_PATIENCE,
                )


def send_due(
    config: Config, engine: Engine, pace: Pace, *, stopping: Callable[[], bool] = lambda: False
) -> Drained:
    """Send what is due, one after the other, until nothing is left or `stopping()`.

    A server that is out of reach ends the pass, and has cost only one message a try. Without a
    configured server everything waits.
    """
    drained = Drained()
    _sweep(engine)
    if not config.mail_server:
        return drained
    with Mailer(config) as mailer:
        while ids := _due(engine):
            for message_id in ids:
                if stopping() or drained.server_down:
                    return drained
                _send_one(config, engine, pace, mailer, message_id, drained)
    return drained


def send_one(config: Config, message_id: int, *, pace: Pace | None = None) -> None:
    """Send one message now if it is due; its row then says what came of it."""
    engine = make_engine(config.database_url)
    try:
        with Mailer(config) as mailer:
            _send_one(config, engine, pace or Pace(), mailer, message_id, Drained())
    finally:
        engine.dispose()


def _due(engine: Engine) -> list[int]:
    with open_session(engine, writes=False) as db:
        return delivery.due_ids(db, now=clock.now(), limit=_BATCH)


def _sweep(engine: Engine) -> None:
    now = clock.now()
    with open_session(engine, writes=False) as db:
        needed = delivery.needs_sweep(db, now=now)
    if needed:
        count = commit(engine, lambda db: delivery.sweep(db, now=now))
        log.warning("%d messages were left behind by a worker that died", count)


def _send_one(
    config: Config, engine: Engine, pace: Pace, mailer: Mailer, message_id: int, drained: Drained
) -> None:
    lease = timedelta(seconds=config.mail_timeout_seconds * pace.mail_steps)
    claim, now = new_claim(), clock.now()
    message = commit(
        engine, lambda db: delivery.claim(db, message_id, claimed_by=claim, now=now, lease=lease)
    )
    if message is None:
        return
    sending = _Sending(engine, message, claim, lease)
    try:
        outcome = _attempt(config, mailer, sending)
    except _NotOursError:
        mailer.drop()
        return
    sending.stamp(outcome)
    drained.sent += outcome is None
    drained.failed += outcome is not None
    drained.server_down = isinstance(outcome, Postponed) and outcome.server_down


def _attempt(config: Config, mailer: Mailer, sending: _Sending) -> Failure | None:
    message = sending.message
    try:
        mail = compose(message, sender=config.mail_from, now=clock.now())
        recipient = envelope_address(message.recipient)
    except (ValueError, LookupError) as error:
        return Refused(f"cannot be written as a mail: {type(error).__name__}")
    try:
        mailer.connect()
        mailer.send(mail, recipient, sending.hand_over)
    except ServerDownError as error:
        return Postponed(str(error.data["reason"]), server_down=True)
    except (smtplib.SMTPException, OSError, ValueError) as error:
        mailer.drop()
        return failure(error, handed_over=sending.handed_over)
    return None
