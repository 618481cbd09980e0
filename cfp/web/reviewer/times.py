"""What a reviewer is told about the time they have."""

from datetime import datetime

from cfp.domain.conferences.models import Conference
from cfp.domain.reviews.rules import closing_of, due_of, has_more_time, reviewing_is_open
from cfp.phases import InForce, in_force
from cfp.records import record


@record
class Clock:
    """The phase of the moment, and the person's own days: due, closing, more time if it runs."""

    rules: InForce
    is_open: bool
    due: datetime | None
    closes: datetime | None
    extended: datetime | None


def clock_of(conference: Conference, now: datetime, extended: datetime | None) -> Clock:
    """The days of somebody who was given time until `extended`, or was not."""
    return Clock(
        rules=in_force(conference, now),
        is_open=reviewing_is_open(conference, now, extended),
        due=due_of(conference, extended),
        closes=closing_of(conference, now, extended),
        extended=extended if has_more_time(extended, now) else None,
    )
