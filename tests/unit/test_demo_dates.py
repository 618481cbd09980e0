"""The demo's calendar, on days on which calendars are odd."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from cfp.demo.script import Named, talks
from cfp.demo.stage import Stage
from cfp.links import Links


@pytest.mark.parametrize(
    "now",
    [
        datetime(2026, 3, 28, 23, 30, tzinfo=UTC),  # clocks change in the night
        datetime(2026, 10, 24, 22, 30, tzinfo=UTC),
        datetime(2026, 10, 29, 11, 0, tzinfo=UTC),  # the conference is on New Year's Eve
        datetime(2027, 12, 31, 0, 5, tzinfo=UTC),
        datetime(2028, 2, 29, 11, 0, tzinfo=UTC),
    ],
)
def test_both_years_fall_on_thursdays_of_different_years(now: datetime) -> None:
    stage = Stage(Session(), Links(""), now)
    assert stage.first_day.weekday() == stage.first_day_before.weekday() == 3
    assert stage.first_day >= now.date() + timedelta(weeks=9)
    assert stage.first_day_before.year == stage.first_day.year - 1
    assert stage.at(-1, 23, 59) <= now


def test_speakers_are_read_from_one_line() -> None:
    ana = Named("Ana B", "Org, Inc.", "ana@b.example")
    assert Named.read("Ana B, Org, Inc. <ana@b.example>") == ana
    assert Named.read("Ana B") == Named("Ana B", "", "")
    assert len({talk.title for talk in talks()}) == len(talks())
