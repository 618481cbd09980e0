"""Forms of the schedule: where and when something takes place."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask_babel import format_date
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectField, TimeField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange, Optional

from cfp.domain.conferences.models import Conference, Room
from cfp.domain.program.drafts import TITLE_LIMIT, Unplaced
from cfp.domain.program.rules import DAYS_AROUND, MINUTES_LIMIT
from cfp.web.forms import BaseForm, Line

BREAK = ""
NO_ROOM = 0


class SlotForm(BaseForm):
    """Where and when; `day` and `start` are on the conference's own clock."""

    day = SelectField(_l("Day"))
    start = TimeField(_l("Start"), [InputRequired(_l("Please give a time such as 10:30."))])
    minutes = IntegerField(_l("Minutes"), [Optional(), NumberRange(1, MINUTES_LIMIT)])
    room = SelectField(_l("Room"), coerce=int)
    title = Line(_l("Title of the break"), limit=TITLE_LIMIT)

    def offer(self, conference: Conference, rooms: Sequence[Room]) -> None:
        """Fill the choices of days and rooms."""
        self.day.choices = [
            SelectChoice(day.isoformat(), format_date(day, "EEE d MMM"))
            for day in days_of(conference)
        ]
        self.room.choices = [
            *(SelectChoice(room.id, room.name) for room in rooms),
            SelectChoice(NO_ROOM, _l("no room")),
        ]
        if not self.is_submitted() and self.day.data is None:
            self.day.data = conference.start_date.isoformat()

    @property
    def room_id(self) -> int | None:
        """The chosen room's id."""
        return self.room.data or None

    def moment(self, conference: Conference) -> datetime:
        """The start as an instant."""
        wall: time = self.start.data
        day = date.fromisoformat(self.day.data)
        return datetime.combine(day, wall, tzinfo=ZoneInfo(conference.zone))


class PlaceForm(SlotForm):
    """A talk that has no slot yet, or a break."""

    what = SelectField(_l("What"))

    def offer_talks(self, talks: Sequence[Unplaced]) -> None:
        """Fill the choices of what can be placed."""
        self.what.choices = [
            *(SelectChoice(talk.code, f"{talk.title} ({talk.minutes} min)") for talk in talks),
            SelectChoice(BREAK, _l("a break, a meal, an opening ...")),
        ]


def days_of(conference: Conference) -> list[date]:
    """The days a slot may be on: the conference's, and one around it."""
    length = (conference.end_date - conference.start_date).days
    return [
        conference.start_date + timedelta(days=offset)
        for offset in range(-DAYS_AROUND, length + 1 + DAYS_AROUND)
    ]
