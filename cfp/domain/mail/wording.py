"""Moments and parts of a mail in words, in the conference's language."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime

from cfp.domain.mail.render import fill, shipped

AOE = "Etc/GMT+12"


def moment(at: datetime, zone: str, language: str = "en") -> str:
    """Tue 1 Sep 2026, 23:59 Prague; AoE for the last place on earth."""
    local = at.astimezone(ZoneInfo(zone))
    named = "AoE" if zone == AOE else zone.rsplit("/", 1)[-1].replace("_", " ")
    return f"{format_datetime(local, 'EEE d MMM y, HH:mm', locale=language)} {named}"


def moments(at: datetime, zones: Sequence[str], language: str = "en") -> str:
    """The same moment on each clock that shows another time: "... Prague = ... Kolkata".

    The first zone is the one that counts; empty ones are nobody's.
    """
    shown: dict[timedelta | None, str] = {}
    for zone in zones:
        if zone:
            shown.setdefault(at.astimezone(ZoneInfo(zone)).utcoffset(), zone)
    return " = ".join(moment(at, zone, language) for zone in shown.values())


def day(value: date, language: str = "en") -> str:
    """Tue 1 Sep 2026."""
    return format_date(value, "EEE d MMM y", locale=language)


def part(name: str, values: Mapping[str, str], language: str = "en") -> str:
    """A paragraph that only some mails have: `templates/mail/_NAME.txt`, filled."""
    return fill(shipped(f"_{name}", language), values).body.strip()
