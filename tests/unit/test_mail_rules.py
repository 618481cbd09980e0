import smtplib
from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cfp.domain import jobs
from cfp.domain.mail import states
from cfp.domain.mail.rules import (
    LONGEST_WAIT,
    MAX_ATTEMPTS,
    SHORTEST_WAIT,
    backoff,
    header_text,
    is_address,
)
from cfp.domain.mail.states import MessageState
from cfp.jobs.smtp import Postponed, Refused, Uncertain, failure

JITTER = st.floats(0, 1, exclude_max=True)


@given(st.integers(1, 1000), JITTER)
def test_the_wait_stays_between_a_minute_and_six_hours(attempts, jitter):
    assert SHORTEST_WAIT <= backoff(attempts, jitter) <= LONGEST_WAIT


@given(st.integers(1, 6), JITTER, JITTER)
@example(6, 0.99999, 0.99999)
def test_each_wait_is_longer_than_the_one_before_until_the_longest(attempts, one, other):
    assert backoff(attempts, one) < backoff(attempts + 1, other)


def test_all_tries_together_outlast_a_night():
    waits = sum((backoff(n, 0) for n in range(1, MAX_ATTEMPTS)), timedelta())
    assert waits > timedelta(hours=10)


@given(st.text())
def test_a_header_is_one_line_of_printable_text(text):
    assert len(f"x{header_text(text)}x".splitlines()) == 1


@given(st.text(alphabet="ab@.,; <>\r\n\t\x00\"'()[]:\\", max_size=12))
def test_an_address_holds_nothing_that_could_start_another(text):
    if is_address(text):
        assert text.count("@") == 1
        assert not set(text) & set(',; <>\r\n\t\x00"()[]:\\')


@pytest.mark.parametrize("text", ["a@b", "ada.lovelace+cfp@host.example", "jiří@háčky.example"])
def test_addresses_people_have_are_addresses(text):
    assert is_address(text)


LOST = smtplib.SMTPServerDisconnected("timed out")


@pytest.mark.parametrize(
    ("error", "handed_over", "expected"),
    [
        (smtplib.SMTPRecipientsRefused({"a": (550, b"no")}), False, Refused("550 no")),
        (smtplib.SMTPRecipientsRefused({"a": (450, b"later")}), False, Postponed("450 later")),
        (smtplib.SMTPSenderRefused(553, b"who?", "c"), False, Refused("553 who?")),
        (smtplib.SMTPDataError(554, b"5.7.1 spam"), True, Refused("554 5.7.1 spam")),
        (smtplib.SMTPDataError(451, b"a\r\nb\x00"), True, Postponed("451 a b")),
        (LOST, False, Postponed("SMTPServerDisconnected: timed out")),
        (LOST, True, Uncertain("SMTPServerDisconnected: timed out")),
        (OSError("reset"), True, Uncertain("OSError: reset")),
        (OSError("reset"), False, Postponed("OSError: reset", server_down=True)),
        (ValueError("no header"), False, Refused("ValueError: no header")),
    ],
)
def test_what_a_failure_means(error, handed_over, expected):
    assert failure(error, handed_over=handed_over) == expected


def test_a_sent_or_canceled_message_is_never_sent_again():
    leaving = {
        state: {name for name in states.MOVES if states.can(name, state)}
        for state in (MessageState.SENT, MessageState.CANCELED, MessageState.BOUNCED)
    }
    # What has come back was not read by anybody, and a person sends it again or nobody.
    assert list(leaving.values()) == [{"bounce"}, set(), {"retry"}]


def test_only_a_person_repeats_what_may_have_arrived():
    leaving = {name for name in states.MOVES if states.can(name, MessageState.UNCERTAIN)}
    assert leaving == {"accept", "retry", "confirm", "bounce"}


def test_every_state_of_a_job_but_done_can_be_left():
    stuck = [s for s in jobs.JobState if not any(jobs.can(name, s) for name in jobs.MOVES)]
    assert stuck == [jobs.JobState.DONE]
