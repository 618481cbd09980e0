"""Offsets from UTC as people type them: `+1`, `5.5`, `+0530`, `-03:30`, `+5:45`, `Z`."""

import re
from datetime import timedelta, timezone

from cfp.formats.errors import FormatError

EARLIEST, LATEST = timedelta(hours=-12), timedelta(hours=14)
STEP = timedelta(minutes=15)
_CLOCK = re.compile(r"([+-]?)(\d{1,2}):(\d{2})|([+-]?)(\d{2})(\d{2})")
_HOURS = re.compile(r"([+-]?)(\d{1,2})(?:[.,](\d{1,2}))?")


def read_offset(text: str) -> timezone:
    """Read an offset; a leading blank stands for the "+" that an address turns into one.

    Raises:
        FormatError: `offset`, for anything that is no quarter hour from -12:00 to +14:00.
    """
    typed = "+" + text.strip() if text.startswith(" ") and text.strip()[:1].isdigit() else text
    typed = typed.strip().upper().removeprefix("UTC").replace("\N{MINUS SIGN}", "-").strip()
    offset = timedelta(0) if typed in {"Z", "0"} else _delta(typed)
    if offset is None or not EARLIEST <= offset <= LATEST or offset % STEP:
        raise FormatError("offset", text=text)
    return timezone(offset)


def _delta(typed: str) -> timedelta | None:
    clock = _CLOCK.fullmatch(typed)
    if clock:
        sign, hours, minutes = (clock[1], clock[2], clock[3]) if clock[3] else clock.group(4, 5, 6)
        if int(minutes) > 59:
            return None
        return _signed(sign, timedelta(hours=int(hours), minutes=int(minutes)))
    decimal = _HOURS.fullmatch(typed)
    if decimal:
        share = float(f"0.{decimal[3]}") if decimal[3] else 0.0
        return _signed(decimal[1], timedelta(hours=int(decimal[2]) + share))
    return None


def _signed(sign: str, delta: timedelta) -> timedelta:
    return -delta if sign == "-" else delta


def offset_name(zone: timezone) -> str:
    """UTC+05:45: how a fixed offset is shown."""
    minutes = round((zone.utcoffset(None) or timedelta(0)).total_seconds() / 60)
    sign = "-" if minutes < 0 else "+"
    return f"UTC{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
