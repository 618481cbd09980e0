"""Times and zones as files write them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from cfp.formats.errors import FormatError


def zone_named(name: str) -> ZoneInfo | None:
    """Return the zone of an IANA name; nothing of nothing.

    Raises:
        FormatError: `format.zone`.
    """
    try:
        return ZoneInfo(name) if name else None
    except (ValueError, KeyError, OSError):
        raise FormatError("format.zone", zone=name) from None


def moment_of(written: str, clocks: ZoneInfo | None = None) -> datetime | None:
    """Return a time in UTC; without an offset it is on the clocks given, or it is unknown."""
    try:
        moment = datetime.fromisoformat(written)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=clocks)
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None
