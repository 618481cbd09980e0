"""Delivery status notifications: what a mail server sends back about a mail it could not deliver.

RFC 3464 (the status), RFC 6522 (the report around it). The mail they are about is known by its
Message-ID, from the returned mail or its headers, which every server adds.
"""

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage, Message

from cfp.formats.errors import FormatError
from cfp.records import record

REASON_LIMIT = 500


@record
class Bounce:
    """A mail that will not arrive: its Message-ID with brackets, and the servers' reasons."""

    message_id: str
    reason: str


def read_bounce(content: bytes) -> Bounce:
    """The mail that failed, of a notification as it arrived.

    Raises:
        FormatError: `bounce.none` for any other mail, also one that says only that a delivery
            takes longer or has succeeded; `bounce.unnamed` where the mail it is about is not named.
    """
    mail = message_from_bytes(content, policy=policy.default)
    reasons = list(dict.fromkeys(_reasons(mail)))
    if not reasons:
        raise FormatError("bounce.none")
    message_id = next(_message_ids(mail), "")
    if not message_id:
        raise FormatError("bounce.unnamed")
    return Bounce(message_id, "; ".join(reasons)[:REASON_LIMIT])


def _reasons(mail: EmailMessage) -> Iterator[str]:
    """Of each recipient whom the mail does not reach."""
    for part in mail.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        for one in part.get_payload():
            if isinstance(one, Message) and _text(one, "Action").casefold() == "failed":
                said = _text(one, "Diagnostic-Code").partition(";")[2].strip()
                yield said or f"status {_text(one, 'Status') or 'unknown'}"


def _message_ids(mail: EmailMessage) -> Iterator[str]:
    for part in mail.walk():
        if part is mail:
            continue
        kind = part.get_content_type()
        if kind == "text/rfc822-headers":
            returned: Message = message_from_bytes(_bytes(part), policy=policy.compat32)
        elif part.get_content_maintype() == "message" and kind != "message/rfc822":
            continue
        else:
            returned = part
        if found := _text(returned, "Message-ID"):
            yield found


def _bytes(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _text(part: Message, name: str) -> str:
    """A header on one line, printable; "" where there is none."""
    words = " ".join(str(part.get(name, "")).split())
    return "".join(letter for letter in words if letter.isprintable())
