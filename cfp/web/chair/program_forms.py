"""Forms of the schedule: a slot, a session, a draft."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask_babel import format_date
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, SelectField, SelectMultipleField, TimeField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange, Optional

from cfp.domain.conferences.models import Conference, Room
from cfp.domain.program import blocks, drafting
from cfp.domain.program.drafts import TITLE_LIMIT
from cfp.domain.program.plans import Block, Plan, Unplaced
from cfp.domain.program.rules import DAYS_AROUND, MINUTES_LIMIT, Placed
from cfp.web.forms import BaseForm, Line

BREAK = ""
NO_ROOM = 0
NO_SESSION = 0
AGAIN = "again-"
LATE_LIMIT = 240
AUDIENCE_LIMIT = 100_000
TIME_NEEDED = _l("Please give a time such as 10:30.")


class WhereForm(BaseForm):
    """Where and when; `day` and `start` are on the conference's own clock."""

    day = SelectField(_l("Day"))
    start = TimeField(_l("Start"), [InputRequired(TIME_NEEDED)])
    room = SelectField(_l("Room"), coerce=int)

    def offer(self, conference: Conference, rooms: Sequence[Room]) -> None:
        """Fill the choices of days and rooms."""
        self.day.choices = [
            SelectChoice(day.isoformat(), format_date(day, "EEE d MMM"))
            for day in days_of(conference)
        ]
        self.room.choices = [
            *(SelectChoice(room.id, room.name) for room in rooms),
            SelectChoice(NO_ROOM, _l("everywhere")),
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


class SlotForm(WhereForm):
    """A slot: its place, its length, and what it is besides."""

    minutes = IntegerField(_l("Minutes"), [Optional(), NumberRange(1, MINUTES_LIMIT)])
    title = Line(_l("Title of the break"), limit=TITLE_LIMIT)
    plenary = BooleanField(_l("For everybody: nothing else meanwhile"))
    pinned = BooleanField(_l("Stays here when the schedule is computed"))
    session = SelectField(_l("Session"), coerce=int, default=NO_SESSION)
    audience = IntegerField(_l("People expected"), [Optional(), NumberRange(1, AUDIENCE_LIMIT)])

    def offer_sessions(self, sessions: Iterable[Block]) -> None:
        """Fill the choices of sessions."""
        ordered = sorted(sessions, key=lambda one: one.number)
        self.session.choices = [
            SelectChoice(NO_SESSION, _l("none")),
            *(SelectChoice(one.number, one.title) for one in ordered),
        ]


class PlaceForm(SlotForm):
    """A talk that has no slot yet (or is given once more), or a break."""

    what = SelectField(_l("What"))

    def offer_talks(self, plan: Plan, again: str) -> None:
        """Fill the choices of what can be placed; `again`: the code of what has its slot."""
        twice = {one.code: one.title for one in plan.placed if one.code and one.code == again}
        self.what.choices = [
            *(SelectChoice(talk.code, _named(talk)) for talk in plan.unplaced),
            *(
                SelectChoice(f"{AGAIN}{code}", _l("%(title)s, once more", title=title))
                for code, title in twice.items()
            ),
            SelectChoice(BREAK, _l("a break, a meal, an opening ...")),
        ]

    @property
    def code(self) -> str | None:
        """The chosen talk's code, None for a break."""
        return (self.what.data or "").removeprefix(AGAIN) or None

    @property
    def again(self) -> bool:
        """Whether it is to be given once more."""
        return (self.what.data or "").startswith(AGAIN)


class SwapForm(BaseForm):
    other = SelectField(_l("Swap places with"))

    def offer(self, placed: Placed, plan: Plan) -> None:
        """Fill the choices: everything else in the draft, with its revision."""
        self.other.choices = [
            SelectChoice(f"{one.placement_id}-{one.revision}", one.title)
            for one in plan.placed
            if one.placement_id != placed.placement_id
        ]

    @property
    def chosen(self) -> tuple[int, int]:
        """The other's id and revision."""
        id_, revision = self.other.data.split("-")
        return int(id_), int(revision)


class ReplaceForm(BaseForm):
    by = SelectField(_l("Another talk in its place"))


class SessionForm(BaseForm):
    """A session's title, its chair, whether it is one of posters."""

    # An id of its own: on the schedule's page the form stands beside that of a break.
    title = Line(_l("Title of the session"), limit=blocks.TITLE_LIMIT, id="session-title")
    chair = Line(_l("Who chairs it"), limit=blocks.NAME_LIMIT)
    posters = BooleanField(_l("Posters: all at once, in one room"))


class NewSessionForm(SessionForm):
    """A session of slots, chosen as "id-revision"."""

    picked = SelectMultipleField(_l("Slots"))

    def offer(self, plan: Plan) -> None:
        """Fill the choices: everything in the draft."""
        self.picked.choices = [
            SelectChoice(f"{one.placement_id}-{one.revision}", one.title) for one in plan.placed
        ]

    @property
    def slots(self) -> dict[int, int]:
        """The chosen slots' revisions by id."""
        pairs = (value.split("-") for value in self.picked.data or ())
        return {int(id_): int(revision) for id_, revision in pairs}


class LateForm(WhereForm):
    minutes = IntegerField(
        _l("Minutes later"), [InputRequired(), NumberRange(-LATE_LIMIT, LATE_LIMIT)]
    )


class DraftForm(BaseForm):
    name = Line(_l("Name"), limit=drafting.NAME_LIMIT)


def days_of(conference: Conference) -> list[date]:
    """The days a slot may be on: the conference's, and one around it."""
    length = (conference.end_date - conference.start_date).days
    return [
        conference.start_date + timedelta(days=offset)
        for offset in range(-DAYS_AROUND, length + 1 + DAYS_AROUND)
    ]


def _named(talk: Unplaced) -> str:
    values = {"title": talk.title, "minutes": talk.minutes}
    if talk.pending:
        return str(_("%(title)s (%(minutes)s min, acceptance pending)", **values))
    return str(_("%(title)s (%(minutes)s min)", **values))
