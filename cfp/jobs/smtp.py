"""Talking to the mail server, and telling apart what its answers mean for a message.

The standard library's client and not Flask-Mail's, which has no timeout, does not check the
server's certificate, and sees one step where the outbox needs two: before and after handing over.
"""

import contextlib
import smtplib
import ssl
from collections.abc import Callable
from email.message import EmailMessage
from email.utils import parseaddr
from types import TracebackType
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from cfp.config import Config
from cfp.errors import CfpError
from cfp.records import record

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

MAILS_PER_CONNECTION = 20
_REASON_LENGTH = 500


class ServerDownError(CfpError):
    """Nobody answers, or not as a mail server that would take mail from us: `reason` in data."""


@record
class Refused:
    """The server said 5xx to this message: it will never take it."""

    reason: str


@record
class Postponed:
    """Not now. `server_down`: it would be the same for every other message."""

    reason: str
    server_down: bool = False


@record
class Uncertain:
    """The text went out and no answer came back: it may have arrived."""

    reason: str


Failure = Refused | Postponed | Uncertain


class _Client(smtplib.SMTP):
    """Calls `before_data` when sender and recipient are accepted, just before the text goes out."""

    before_data: Callable[[], None]

    def data(self, msg: "ReadableBuffer | str") -> tuple[int, bytes]:
        self.before_data()
        return super().data(msg)


class _TlsClient(_Client, smtplib.SMTP_SSL):
    pass


class Mailer:
    """A connection that is opened by the first message and shared by those that follow it."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._client: _Client | None = None
        self._sent = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def connect(self) -> None:
        """Be ready to send. Raises ServerDownError."""
        if self._client is not None and self._sent < MAILS_PER_CONNECTION:
            return
        self.close()
        try:
            self._client, self._sent = _open(self._config), 0
        except (smtplib.SMTPException, OSError) as error:
            raise ServerDownError("mail.server_down", reason=_reason(error)) from error

    def send(self, mail: EmailMessage, recipient: str, before_data: Callable[[], None]) -> None:
        """Send one mail over the open connection. Raises what smtplib raises; see `failure`."""
        if self._client is None:
            raise ServerDownError("mail.server_down", reason="not connected")
        self._client.before_data = before_data
        self._sent += 1
        sender = parseaddr(self._config.mail_from)[1]
        # Not send_message(), which puts ">" before a line of the text that begins with "From ".
        self._client.sendmail(sender, [recipient], mail.as_bytes())

    def close(self) -> None:
        """Say goodbye. What the server says to that is no news about any message."""
        client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                client.quit()

    def drop(self) -> None:
        """Hang up, in whatever state the conversation is."""
        client, self._client = self._client, None
        if client is not None:
            client.close()


def failure(error: Exception, *, handed_over: bool) -> Failure:
    """What an error while sending means; `handed_over` says whether the text had gone out.

    A definite answer counts wherever it comes. Without one, a broken connection is harmless before
    the handing over, and leaves the message in doubt after it.
    """
    reason = _reason(error)
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, answer = next(iter(error.recipients.values()))
        return _by_code(code, _answer(code, answer))
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return Uncertain(reason) if handed_over else Postponed(reason)
    if isinstance(error, smtplib.SMTPResponseException):
        return _by_code(error.smtp_code, reason)
    if isinstance(error, (smtplib.SMTPNotSupportedError, ValueError)):
        return Refused(reason)
    return Uncertain(reason) if handed_over else Postponed(reason, server_down=True)


def _by_code(code: int, reason: str) -> Failure:
    return Refused(reason) if 500 <= code <= 599 else Postponed(reason)


def _open(config: Config) -> _Client:
    name = urlsplit(config.base_url).hostname  # spares a DNS query for our own name
    server = (config.mail_server, config.mail_port, name)
    timeout = config.mail_timeout_seconds
    context = ssl.create_default_context()
    client: _Client
    if config.mail_security == "tls":
        client = _TlsClient(*server, timeout=timeout, context=context)
    else:
        client = _Client(*server, timeout=timeout)
    try:
        if config.mail_security == "starttls":
            client.starttls(context=context)
        if config.mail_username:
            client.login(config.mail_username, config.mail_password)
    except BaseException:
        client.close()
        raise
    return client


def _reason(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return _answer(error.smtp_code, error.smtp_error)
    return _clean(f"{type(error).__name__}: {error}")


def _answer(code: int, answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return _clean(f"{code} {text}")


def _clean(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:_REASON_LENGTH]
