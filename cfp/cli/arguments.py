"""What several commands take, checked before anything is opened: wrong usage, exit 2."""

from datetime import date, datetime, time

import click

from cfp.domain.mail.rules import is_address

NAME_LIMIT = 200
FIRST_YEAR, LAST_YEAR = 1970, 9000


def checked_name(_ctx: click.Context, _parameter: click.Parameter, value: str) -> str:
    """One line of printable text: it stands on pages and in mail headers."""
    name = " ".join(value.split())
    if not name or not name.isprintable() or len(name) > NAME_LIMIT:
        raise click.BadParameter(f"a name of 1 to {NAME_LIMIT} printable characters is needed")
    return name


def checked_line(_ctx: click.Context, _parameter: click.Parameter, value: str) -> str:
    """One line of printable text, or none."""
    line = " ".join(value.split())
    if not line.isprintable() or len(line) > NAME_LIMIT:
        raise click.BadParameter(f"at most {NAME_LIMIT} printable characters")
    return line


def checked_address(
    _ctx: click.Context, _parameter: click.Parameter, value: str | None
) -> str | None:
    """One e-mail address, if any."""
    if value is not None and not is_address(value.strip()):
        raise click.BadParameter(f"{value!r} is not an e-mail address")
    return value.strip() if value is not None else None


class Day(click.ParamType[date]):
    """A day as YYYY-MM-DD."""

    name = "date"

    def convert(
        self, value: str | date, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        if isinstance(value, date):
            return value
        try:
            day = date.fromisoformat(value)
        except ValueError:
            day = date.min
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            self.fail(f"{value!r} is not a day; write it as 2027-05-20", param, ctx)
        return day


class WallTime(click.ParamType[datetime]):
    """A day, or a day and a time, as a clock shows them; a day alone means its last minute."""

    name = "date [time]"

    def convert(
        self, value: str | datetime, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            moment = None
        if (
            moment is None
            or moment.tzinfo is not None
            or not FIRST_YEAR <= moment.year <= LAST_YEAR
        ):
            text = f"{value!r} is not a time; write it as 2027-05-20 or '2027-05-20 23:59'"
            self.fail(text, param, ctx)
        return datetime.combine(moment, time(23, 59)) if len(value) <= len("2027-05-20") else moment
