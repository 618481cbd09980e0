"""When a planned moment is, and whether it is due."""

from datetime import UTC, datetime, timedelta

import pytest

from cfp.domain.assignment.lateness import is_due, moment

DUE = datetime(2026, 10, 24, 22, 30, tzinfo=UTC)
"""Sunday the 25th, 00:30 in Prague, hours before its clocks go back."""


@pytest.mark.parametrize(
    ("zone", "days", "send_at", "expected"),
    [
        ("Europe/Prague", 0, 540, datetime(2026, 10, 25, 8, 0, tzinfo=UTC)),
        ("Europe/Prague", -1, 540, datetime(2026, 10, 24, 7, 0, tzinfo=UTC)),
        ("Europe/Prague", 2, 0, datetime(2026, 10, 26, 23, 0, tzinfo=UTC)),
        ("UTC", 0, 540, datetime(2026, 10, 24, 9, 0, tzinfo=UTC)),
        ("Etc/GMT+12", 1, 1439, datetime(2026, 10, 26, 11, 59, tzinfo=UTC)),
    ],
)
def test_days_count_from_the_day_there_at_the_clock_there(zone, days, send_at, expected):
    assert moment(DUE, zone, days, send_at) == expected


def test_without_a_day_there_is_no_moment():
    assert moment(None, "UTC", 1, 540) is None
    assert not is_due(None, None, DUE)


def test_a_moment_is_due_once_and_a_later_one_again():
    hour = timedelta(hours=1)
    assert not is_due(DUE, None, DUE - hour)
    assert is_due(DUE, None, DUE)
    assert not is_due(DUE, DUE, DUE + hour)
    assert not is_due(DUE - hour, DUE, DUE + hour)
    assert is_due(DUE + hour, DUE, DUE + hour)
