"""Addresses, passwords, waits: plain facts in, an answer out."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cfp.domain.accounts import passwords
from cfp.domain.accounts.rules import (
    CODE_OF_ADDRESS,
    FROM_NETWORK,
    MAIL_TO_ADDRESS,
    PASSWORD_OF_ADDRESS,
    Pace,
    address_key,
    device_name,
)
from cfp.errors import DomainError

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PACE = Pace(3, timedelta(minutes=10), timedelta(seconds=30), timedelta(minutes=5))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ada@Example.ORG", "ada@example.org"),
        (" ada@example.org ", "ada@example.org"),
        ("jürgen@müller.example", "ju\u0308rgen@xn--mller-kva.example"),
        ("STRASSE@example.org", "straße@example.org"),
    ],
)
def test_spellings_of_one_address_share_a_key(one: str, other: str) -> None:
    assert address_key(one) == address_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ada@example.org", "ada@example.com"),
        ("a.da@example.org", "ada@example.org"),
        ("ada+cfp@example.org", "ada@example.org"),
    ],
)
def test_different_addresses_do_not(one: str, other: str) -> None:
    assert address_key(one) != address_key(other)


@given(st.text(max_size=60))
def test_a_key_is_its_own_key(text: str) -> None:
    key = address_key(text)
    assert address_key(address_key(key)) == address_key(key)


def test_waits_grow_from_the_first_try_too_many_and_end() -> None:
    waits = [PACE.wait(tries).total_seconds() for tries in range(10)]
    assert waits == [0, 0, 0, 30, 60, 120, 240, 300, 300, 300]


def test_one_try_is_forgiven_per_refill() -> None:
    left, since = PACE.left(5, NOON, NOON + timedelta(minutes=29))
    assert (left, since) == (3, NOON + timedelta(minutes=20))
    assert PACE.left(5, NOON, NOON + timedelta(days=1))[0] == 0


@pytest.mark.parametrize(
    "pace", [MAIL_TO_ADDRESS, PASSWORD_OF_ADDRESS, CODE_OF_ADDRESS, FROM_NETWORK]
)
def test_nobody_is_locked_out_for_more_than_an_hour(pace: Pace) -> None:
    assert pace.wait(10**9) <= timedelta(hours=1)
    assert pace.wait(pace.free - 1) == timedelta(0)


GOOD = [
    "seven green bottles",
    "nine brown ravens fly",
    "kV9#xq2Lm!rT0zPw8",
    "Příliš žluťoučký kůň",
    "correct horse battery with staples",
    "three lions two deer one owl",
]


@pytest.mark.parametrize("password", GOOD)
def test_good_passwords_pass(password: str) -> None:
    passwords.check_rules(password, about=["Ada Example", "ada@example.org"])


@pytest.mark.parametrize(
    ("password", "key"),
    [
        ("fourteen chars", "password_short"),
        ("x" * 129, "password_long"),
        ("password password", "password_common"),
        ("Password1234567!", "password_common"),
        ("correct horse battery staple", "password_common"),
        ("aaaaaaaaaaaaaaaaaaaa", "password_common"),
        ("abcabcabcabcabcabc", "password_common"),
        ("abcdefghijklmnopqrs", "password_common"),
        ("9876543210987654321", "password_common"),
        ("Let-me-in! Let-me-in!", "password_common"),
        ("ada.example@example.org", "password_about_you"),
        ("Lovelace Lovelace 1815", "password_about_you"),
    ],
)
def test_bad_passwords_say_why(password: str, key: str) -> None:
    with pytest.raises(DomainError) as raised:
        passwords.check_rules(password, about=["Ada Lovelace", "ada.example@example.org"])
    assert raised.value.key == key
    assert raised.value.field == "password"


def test_a_hash_fits_its_password_alone_however_composed() -> None:
    kept = passwords.hash_password("Příliš žluťoučký kůň")
    assert passwords.matches(kept, "Pr\u030ci\u0301lis\u030c žluťoučký kůň")
    assert not passwords.matches(kept, "Prilis zlutoucky kun")
    assert not passwords.matches(None, "nobody has this password")
    assert not passwords.matches("not a hash", "seven green bottles")


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/2010 Firefox/140.0", "Firefox, Linux"),
        (
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/140.0.0.0 Mobile Safari/537.36",
            "Chrome, Android",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 "
            "(KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
            "Safari, iPhone",
        ),
        ("curl/8", ""),
        ("", ""),
    ],
)
def test_browsers_have_names_that_people_know(agent: str, name: str) -> None:
    assert device_name(agent) == name
