"""Small functions for templates: times in a named zone, and links inside plain text."""

import secrets
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime
from flask import Flask
from flask_babel import get_locale

from cfp.formats.linked import linked
from cfp.formats.rendering import formatted
from cfp.web import context
from cfp.web.rows import addresses, dots_of, numbered

AOE = "Etc/GMT+12"


def init_app(app: Flask) -> None:
    app.jinja_env.filters.update(
        in_zone=in_zone, clock_time=clock_time, day=day, zone_name=zone_name, linked=linked,
        formatted=formatted,
        dateformat=date_words, datetimeformat=moment_words,
    )  # fmt: skip
    app.jinja_env.globals["now"] = context.now
    app.jinja_env.globals["fresh_key"] = fresh_key
    app.jinja_env.globals.update(addresses=addresses, dots_of=dots_of, numbered=numbered)


def fresh_key() -> str:
    """An idempotency key for a form that is one button."""
    return secrets.token_urlsafe(18)


def in_zone(moment: datetime, zone: str) -> datetime:
    """The moment on the wall clock of a named zone."""
    return moment.astimezone(ZoneInfo(zone))


def zone_name(zone: str) -> str:
    """How people call the zone: Prague for Europe/Prague, AoE for the last place on earth."""
    return "AoE" if zone == AOE else zone.rsplit("/", 1)[-1].replace("_", " ")


def clock_time(moment: datetime, zone: str) -> str:
    """19 Nov 2025, 10:30 Prague."""
    local = in_zone(moment, zone)
    return f"{day(local.date())}, {local:%H:%M} {zone_name(zone)}"


def day(value: date) -> str:
    """19 Nov 2025, in the page's language."""
    return date_words(value, "d MMM y")


def date_words(value: date, pattern: str) -> str:
    """A day in the page's language; of a moment, the day it has on its own clock."""
    return _date_words(date(value.year, value.month, value.day), pattern, get_locale())


def moment_words(value: datetime, pattern: str) -> str:
    """A moment in the page's language, on its own clock and to the minute."""
    at = datetime(value.year, value.month, value.day, value.hour, value.minute)  # noqa: DTZ001 - as its own clock shows it
    return _moment_words(at, pattern, get_locale())


# Kept, because a list's rows are mostly of the same few days and minutes.


@lru_cache(maxsize=1024)
def _date_words(value: date, pattern: str, locale: Locale | None) -> str:
    return format_date(value, pattern, locale=locale or "en")


@lru_cache(maxsize=4096)
def _moment_words(value: datetime, pattern: str, locale: Locale | None) -> str:
    return format_datetime(value, pattern, locale=locale or "en")
