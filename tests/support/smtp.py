"""A real SMTP server on loopback: it keeps what it is sent, and can be as rude as real ones."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.support.ports import free_port


@dataclass(frozen=True)
class Delivery:
    """One accepted message: the envelope as sent, the message as read back."""

    sender: str
    recipients: list[str]
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.raw, policy=policy.default)

    @property
    def text(self) -> str:
        part = self.message.get_body(("plain",))
        return part.get_content() if part else ""


@dataclass
class Postbox:
    """The server's memory and its moods. Change a mood at any time; it holds from the next command.

    Attributes:
        answer_to_mail: reply to MAIL FROM instead of accepting, e.g. "421 4.3.2 go away".
        answer_to_rcpt: reply by recipient, e.g. {"a@b.example": "550 5.1.1 no such user"}; the
            recipient "*" stands for everybody.
        answer_to_data: reply to the message itself, e.g. "451 4.3.0 later"; it is not kept.
        delay: seconds before the message is answered.
        hang_up_after_data: keep the message, then break the connection without an answer: the
            sender cannot know whether it arrived.
    """

    port: int
    deliveries: list[Delivery] = field(default_factory=list)
    attempts: int = 0
    answer_to_mail: str | None = None
    answer_to_rcpt: dict[str, str] = field(default_factory=dict)
    answer_to_data: str | None = None
    delay: float = 0
    hang_up_after_data: bool = False
    host: str = "127.0.0.1"

    @property
    def settings(self) -> dict[str, str]:
        """What makes the program send its mail here."""
        return {"CFP_MAIL_SERVER": self.host, "CFP_MAIL_PORT": str(self.port)}

    @property
    def messages(self) -> list[EmailMessage]:
        return [delivery.message for delivery in self.deliveries]

    def to(self, address: str) -> list[Delivery]:
        return [one for one in self.deliveries if address in one.recipients]

    def wait_for(self, number: int, *, timeout: float = 20) -> list[Delivery]:
        """Wait until `number` messages have come; fails with those that did."""
        self.wait_until(lambda: len(self.deliveries) >= number, timeout=timeout)
        return self.deliveries

    def wait_until(self, happened: Callable[[], bool], *, timeout: float = 20) -> None:
        end = time.monotonic() + timeout
        while not happened():
            if time.monotonic() > end:
                subjects = [(one.recipients, one.message["Subject"]) for one in self.deliveries]
                raise AssertionError(f"not within {timeout} s; {self.attempts=}, came: {subjects}")
            time.sleep(0.02)


class _Handler:
    def __init__(self, box: Postbox) -> None:
        self.box = box

    async def handle_MAIL(  # noqa: N802 -- the name aiosmtpd calls
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.box.attempts += 1
        if self.box.answer_to_mail:
            return self.box.answer_to_mail
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 sender ok"

    async def handle_RCPT(  # noqa: N802 -- the name aiosmtpd calls
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answers = self.box.answer_to_rcpt
        refusal = answers.get(address) or answers.get("*")
        if refusal:
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 recipient ok"

    async def handle_DATA(  # noqa: N802 -- the name aiosmtpd calls
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.box.delay:
            await asyncio.sleep(self.box.delay)
        if self.box.answer_to_data:
            return self.box.answer_to_data
        content = envelope.original_content or b""
        self.box.deliveries.append(
            Delivery(envelope.mail_from or "", list(envelope.rcpt_tos), content)
        )
        if self.box.hang_up_after_data and server.transport:
            server.transport.close()
        return "250 2.0.0 kept"


@contextmanager
def postbox() -> Iterator[Postbox]:
    box = Postbox(port=free_port())
    controller = Controller(_Handler(box), hostname=box.host, port=box.port)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()
