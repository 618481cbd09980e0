"""The only reader of the clock outside tests; domain functions are given `now`."""

from datetime import UTC, datetime


def now() -> datetime:
    """The current moment, aware, in UTC."""
    return datetime.now(UTC)
