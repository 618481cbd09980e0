"""In which zone a page shows its times, and how: the wall clock, the offset, a shifted date."""

from dataclasses import field
from datetime import date, datetime, timedelta, timezone, tzinfo

from babel.dates import format_date
from markupsafe import Markup

from cfp.formats.offsets import offset_name
from cfp.formats.program import Program, Slot
from cfp.formats.words import known_language
from cfp.records import record


@record
class Clock:
    """A zone by its name, and the language its dates are told in.

    What it has written is kept: in a program of many rooms a few moments occur again and again.
    """

    zone: tzinfo
    name: str
    language: str = "en"
    _known: dict[tuple[datetime, datetime, date], Markup] = field(
        default_factory=dict, repr=False, compare=False
    )

    @classmethod
    def of(cls, program: Program, offset: timezone | None = None) -> "Clock":
        """The event's own clock, or one at a fixed offset from UTC."""
        if offset is None:
            return cls(program.zone_info, program.zone, program.language)
        return cls(offset, offset_name(offset), program.language)

    def wall(self, moment: datetime) -> datetime:
        """The moment on this clock's wall."""
        return moment.astimezone(self.zone)

    @property
    def minutes(self) -> int:
        """Minutes east of UTC, of a clock at a fixed offset."""
        return round((self.zone.utcoffset(None) or timedelta(0)).total_seconds() / 60)

    @property
    def offset(self) -> str:
        """+05:30: what one would type for a clock at a fixed offset."""
        return self.name.removeprefix("UTC")

    def label(self, moment: datetime) -> str:
        """The zone with its offset at that moment: `Europe/Prague (UTC+01:00)`."""
        offset = offset_name(timezone(self.wall(moment).utcoffset() or timedelta(0)))
        return offset if offset == self.name else f"{self.name} ({offset})"

    def span(self, slot: Slot, day: date, *, days: tuple[str, str]) -> Markup:
        """Start and end of a slot listed under `day`; another date is named and counted.

        `days` are the words for one day and for several, in the page's language.
        """
        key = (slot.start, slot.end, day)
        if key not in self._known:
            self._known[key] = self._span(slot, day, days)
        return self._known[key]

    def moment(self, moment: datetime, day: date, *, days: tuple[str, str]) -> Markup:
        """A single time, as `span` shows its two."""
        wall = self.wall(moment)
        return _time(wall) + self._mark(wall.date(), day, days)

    def _span(self, slot: Slot, day: date, days: tuple[str, str]) -> Markup:
        start, end = self.wall(slot.start), self.wall(slot.end)
        shifts = [(one.date() - day).days for one in (start, end)]
        marks = [self._mark(one.date(), day, days) for one in (start, end)]
        if shifts[0] == shifts[1]:
            return _time(start) + "\N{EN DASH}" + _time(end) + marks[1]
        return _time(start) + marks[0] + "\N{EN DASH}" + _time(end) + marks[1]

    def _mark(self, shown: date, day: date, days: tuple[str, str]) -> Markup:
        shift = (shown - day).days
        if not shift:
            return Markup()
        pattern = "d MMM" if shown.year == day.year else "d MMM y"
        named = format_date(shown, pattern, locale=known_language(self.language))
        word = days[0] if abs(shift) == 1 else days[1]
        return Markup(' <span class="shift">({0:+d} {1}, {2})</span>').format(shift, word, named)


def _time(wall: datetime) -> Markup:
    shown = f'<time datetime="{wall.isoformat()}">{wall:%H:%M}</time>'
    return Markup(shown)  # noqa: S704 - digits only
