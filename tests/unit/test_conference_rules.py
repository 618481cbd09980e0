"""Addresses, wall clocks, pasted lines and the state of a call, on plain facts."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from cfp.domain.conferences import rules
from cfp.domain.conferences.models import Conference
from cfp.errors import DomainError

NOON = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Open vSwitch and OVN 2025", "open-vswitch-and-ovn-2025"),
        ("  Nétconf -- 2027!  ", "netconf-2027"),
        ("日本語", ""),
        ("x" * 60, "x" * 40),
        ("ab " * 20, "ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-ab-a"),
    ],
)
def test_a_name_proposes_an_address_that_is_one(name, slug):
    assert rules.proposed_slug(name) == slug
    if slug:
        rules.check_slug(slug)


@pytest.mark.parametrize(
    "slug", ["", "-a", "a-", "a--b", "A", "a b", "a/b", "a.b", "ä", "x" * 41, "new"]
)
def test_what_is_no_address(slug):
    with pytest.raises(DomainError) as caught:
        rules.check_slug(slug)
    assert caught.value.field == "slug"


def test_a_wall_time_is_a_moment():
    moment = rules.instant(date(2026, 7, 1), time(23, 59), "Europe/Prague", field="x")
    assert moment == datetime(2026, 7, 1, 21, 59, tzinfo=UTC)
    aoe = rules.instant(date(2026, 7, 1), time(23, 59), rules.AOE, field="x")
    assert aoe == datetime(2026, 7, 2, 11, 59, tzinfo=UTC)


def test_an_hour_shown_twice_is_the_earlier_one():
    moment = rules.instant(date(2026, 10, 25), time(2, 30), "Europe/Prague", field="x")
    assert moment == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "at"), [(date(2026, 3, 29), time(2, 30)), (date(1, 1, 1), time(0, 0))]
)
def test_an_hour_that_is_none(day, at):
    with pytest.raises(DomainError, match="no_such_time") as caught:
        rules.instant(day, at, "Europe/Prague", field="deadline_date")
    assert caught.value.field == "deadline_date"


def test_the_same_wall_time_elsewhere():
    moved = rules.same_wall_time(NOON, "Europe/Prague", "America/New_York")
    assert moved == datetime(2026, 9, 1, 18, 0, tzinfo=UTC)
    assert rules.same_wall_time(moved, "America/New_York", "Europe/Prague") == NOON


@pytest.mark.parametrize(
    ("opens", "deadline", "archived", "state"),
    [
        (None, 1, False, "unopened"),
        (1, 2, False, "ahead"),
        (-1, 1, False, "open"),
        (0, 0, False, "open"),
        (-2, -0.2, False, "grace"),
        (-2, -0.25, False, "grace"),
        (-2, -0.3, False, "closed"),
        (-1, 1, True, "archived"),
    ],
)
def test_the_state_of_a_call(opens, deadline, archived, state):
    conference = Conference(
        opens=None if opens is None else NOON + timedelta(hours=opens),
        deadline=NOON + timedelta(hours=deadline),
        grace_minutes=15,
        archived=archived,
    )
    assert rules.call_state(conference, NOON) == state


def test_pasted_lines():
    text = (
        'Ada Example <ada@example.org>,\n\n ben@example.org ;\n"Cy, Dr." <cy@example.org>\nnobody\n'
    )
    lines = rules.read_lines(text + "Ben <BEN@example.org>\nx <a@b@c>\n<d@example.org>\n")
    assert [(line.number, line.name, line.address, line.problem) for line in lines] == [
        (1, "Ada Example", "ada@example.org", ""),
        (3, "", "ben@example.org", ""),
        (4, "Cy, Dr.", "cy@example.org", ""),
        (5, "", "", "no_address"),
        (6, "Ben", "BEN@example.org", "doubled"),
        (7, "", "", "bad_address"),
        (8, "", "d@example.org", ""),
    ]


@pytest.mark.parametrize(
    ("low", "high", "labels", "good"),
    [
        (1, 5, ["a", "b", "c", "d", "e"], True),
        (0, 10, [], True),
        (1, 5, ["a"], False),
        (5, 5, [], False),
        (-1, 3, [], False),
        (1, 11, [], False),
    ],
)
def test_scales(low, high, labels, good):
    if good:
        rules.check_scale(low, high, labels)
    else:
        with pytest.raises(DomainError):
            rules.check_scale(low, high, labels)
