"""Notices of mails that could not be delivered, as different servers write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cfp.formats.bounce import Bounce, read_bounce
from cfp.formats.errors import FormatError

WHOLE = """\
From: MAILER-DAEMON@mx.example.org
To: cfp@example.org
Subject: Undelivered Mail Returned to Sender
Message-ID: <notice-1@mx.example.org>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

The mail could not be delivered.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; ada@example.net
Action: {action}
Status: 5.1.1
{diagnostic}
--b
Content-Type: {returned}

Message-ID:
 <sent-1@example.org>
Subject: Your talk is accepted

Hello.
--b--
"""
DIAGNOSTIC = "Diagnostic-Code: smtp; 550 5.1.1\n no such user here\n"


def notice(
    action: str = "failed", diagnostic: str = DIAGNOSTIC, returned: str = "message/rfc822"
) -> bytes:
    return WHOLE.format(action=action, diagnostic=diagnostic, returned=returned).encode()


@pytest.mark.parametrize("returned", ["message/rfc822", "text/rfc822-headers"])
@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
def test_the_mail_is_known_by_what_was_returned(returned: str, line_end: bytes) -> None:
    found = read_bounce(notice(returned=returned).replace(b"\n", line_end))
    assert found == Bounce("<sent-1@example.org>", "550 5.1.1 no such user here")


def test_without_a_diagnosis_the_status_is_the_reason() -> None:
    assert read_bounce(notice(diagnostic="")).reason == "status 5.1.1"


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed"])
def test_what_has_not_failed_is_no_bounce(action: str) -> None:
    with pytest.raises(FormatError, match=r"^bounce\.none"):
        read_bounce(notice(action=action))


def test_an_answer_of_a_person_is_no_bounce() -> None:
    with pytest.raises(FormatError, match=r"^bounce\.none"):
        read_bounce(b"From: ada@example.net\nMessage-ID: <a@b>\n\nI am away. Action: failed\n")


def test_a_notice_that_returns_nothing_names_no_mail() -> None:
    with pytest.raises(FormatError, match=r"^bounce\.unnamed"):
        read_bounce(notice(returned="text/plain").replace(b"Message-ID:\n <sent", b"<sent"))


@given(st.binary(max_size=300), st.integers(0, 900))
def test_whatever_arrives_is_read_or_refused(noise: bytes, place: int) -> None:
    whole = notice()
    try:
        found = read_bounce(whole[:place] + noise + whole[place:])
    except FormatError:
        return
    assert "\n" not in found.reason + found.message_id
