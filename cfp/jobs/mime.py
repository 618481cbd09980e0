"""From a row of the outbox to a mail as it goes over the wire."""

import base64
from datetime import datetime
from email.headerregistry import (
    Address,
    BaseHeader,
    ContentTypeHeader,
    HeaderRegistry,
    UnstructuredHeader,
)
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import parseaddr
from typing import cast

from cfp.domain.mail.models import Message
from cfp.domain.mail.rules import header_text


class _LinkHeader(UnstructuredHeader, BaseHeader):
    """A link in a header stays whole: encoded in parts, as long words are, nobody could follow it.

    Links have no white space, so that they cannot start another header.
    """

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}:{policy.linesep} {self}{policy.linesep}"


_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("list-unsubscribe", _LinkHeader)
# Long lines and umlauts are quoted, so any server takes it; a line break in a header is an error.
WIRE = SMTP.clone(cte_type="7bit", header_factory=_HEADERS)


def compose(message: Message, *, sender: str, now: datetime) -> EmailMessage:
    """The mail of a message, from `sender` ("Name <address>" or the address alone).

    A conference's mail is from the same address and has the conference's name.

    Raises:
        ValueError: a header holds a line break or no address; also UnicodeEncodeError for text
            that is not Unicode. The row cannot be sent, now or later.
    """
    mail = EmailMessage(policy=WIRE)
    mail["From"] = _named(sender, message.conference.name) if message.conference else sender
    mail["To"] = _address(message.recipient, message.recipient_name)
    if message.reply_to:
        mail["Reply-To"] = _address(message.reply_to)
    mail["Subject"] = message.subject
    mail["Date"] = now
    mail["Message-ID"] = message.message_id
    mail["Auto-Submitted"] = "auto-generated"
    if message.unsubscribe:
        mail["List-Unsubscribe"] = f"<{message.unsubscribe}>"
        if message.unsubscribe.startswith("https:"):
            # RFC 8058: mail programs then offer a button of their own, which sends a POST.
            mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(message.body)
    for attachment in message.attachments:
        kind = cast(ContentTypeHeader, _HEADERS("Content-Type", attachment["media_type"]))
        mail.add_attachment(
            base64.b64decode(attachment["content"]),
            maintype=kind.maintype,
            subtype=kind.subtype,
            params=dict(kind.params),
            filename=attachment["name"],
        )
    return mail


def envelope_address(address: str) -> str:
    """The address with its domain in ASCII, as servers without SMTPUTF8 want it."""
    local, _, domain = address.rpartition("@")
    return f"{local}@{domain.encode('idna').decode()}"


def _named(sender: str, name: str) -> Address:
    return _address(parseaddr(sender)[1], header_text(name))


def _address(address: str, name: str = "") -> Address:
    return Address(display_name=name, addr_spec=envelope_address(address))
