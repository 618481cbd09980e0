"""The mail server of the tests is difficult in the ways it claims to be."""

import smtplib

import pytest

from tests.support.smtp import Postbox

MESSAGE = "Subject: hello\r\nMessage-ID: <1@cfp.example>\r\n\r\nG\u0159\u00fc\u00dfe\r\n".encode()


def send(box: Postbox, *recipients: str, timeout: float = 10) -> None:
    with smtplib.SMTP(box.host, box.port, timeout=timeout) as connection:
        connection.sendmail("cfp@example.org", recipients, MESSAGE, mail_options=["SMTPUTF8"])


def test_keeps_what_it_is_sent(postbox):
    send(postbox, "ana@example.org", "ben@example.org")
    [delivery] = postbox.wait_for(1)
    assert delivery.sender == "cfp@example.org"
    assert delivery.recipients == ["ana@example.org", "ben@example.org"]
    assert delivery.message["Subject"] == "hello"
    assert delivery.raw == MESSAGE
    assert postbox.to("ana@example.org") == [delivery]
    assert postbox.to("eve@example.org") == []


@pytest.mark.parametrize(
    ("mood", "expected"),
    [
        ({"answer_to_mail": "421 4.3.2 go away"}, smtplib.SMTPResponseException),
        ({"answer_to_rcpt": {"*": "550 5.1.1 unknown"}}, smtplib.SMTPRecipientsRefused),
        ({"answer_to_data": "451 4.3.0 later"}, smtplib.SMTPDataError),
        ({"delay": 5}, smtplib.SMTPServerDisconnected),
    ],
)
def test_refuses_when_told(postbox, mood, expected):
    for name, value in mood.items():
        setattr(postbox, name, value)
    with pytest.raises(expected):
        send(postbox, "ana@example.org", timeout=0.5)
    assert postbox.deliveries == []
    assert postbox.attempts == 1


def test_refuses_one_recipient_of_two(postbox):
    postbox.answer_to_rcpt["ana@example.org"] = "550 5.1.1 unknown"
    send(postbox, "ana@example.org", "ben@example.org")
    assert [one.recipients for one in postbox.deliveries] == [["ben@example.org"]]


def test_hangs_up_on_a_message_it_kept(postbox):
    postbox.hang_up_after_data = True
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(postbox, "ana@example.org")
    assert len(postbox.deliveries) == 1
