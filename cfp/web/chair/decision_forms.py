"""Forms of deciding and announcing, and the sentences for what can be wrong."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, IntegerField, RadioField, SelectField, TimeField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import NumberRange, Optional, StopValidation

from cfp.domain.decisions.announcements import HOLD_LIMIT
from cfp.domain.decisions.board import Choice
from cfp.domain.decisions.merging import MERGE
from cfp.domain.decisions.repeating import MOST_DAYS
from cfp.domain.decisions.rules import CAPACITY_LIMIT, MINUTES_LIMIT, NOTE_LIMIT
from cfp.domain.submissions.rules import TITLE_LIMIT
from cfp.web.chair.setup_forms import CountForm, Day, Whole, needed
from cfp.web.forms import BaseForm, Line, Text
from cfp.web.wording import add_words

PER_HOUR_LIMIT = 100_000
CLEAR = "clear"
"""What a form says for "nothing pending"."""
MERGE_LIMIT = TITLE_LIMIT + 20
"""Characters of a title with its code behind."""

OUTCOME_WORDS = {
    "accept": _l("accepted"),
    "waitlist": _l("waitlisted"),
    "reject": _l("not accepted"),
    "revise": _l("changes asked"),
    MERGE: _l("merged"),
}
ACT_WORDS = {
    "accept": _l("Accept"),
    "waitlist": _l("Waitlist"),
    "reject": _l("Don't accept"),
    "revise": _l("Ask for changes"),
}

add_words(
    {
        "decision.unknown_outcome": _l("Choose one of the decisions."),
        "decision.not_from_here": _l("From its present state it can't become that."),
        "decision.unknown_type": _l("Choose one of the formats."),
        "decision.bad_minutes": _l("Give between 1 and %(limit)s minutes, or leave it empty."),
        "decision.needs_note": _l(
            "The speakers know another decision already: explain this one to them."
        ),
        "decision.no_target": _l("Give the code or the title of the talk it is merged into."),
        "decision.unknown_target": _l(
            "“%(asked)s” is neither the code nor the title of a talk that it can be merged into."
        ),
        "decision.several_targets": _l(
            "Several talks are called “%(asked)s”. Give the code of the one that is meant."
        ),
        "decision.is_target": _l(
            "Another is to be merged into this one, so it can't be merged itself."
        ),
        "decision.long_note": _l("Write at most %(limit)s characters."),
        "decision.bad_capacity": _l("Give between 1 and %(limit)s minutes, or leave it empty."),
        "decision.nothing_to_undo": _l("There is nothing to undo any more."),
        "decision.nothing_picked": _l("Select at least one submission first."),
        "announce.nothing": _l("Nothing is pending any more: it has been announced or cleared."),
        "announce.changed": _l(
            "Something has changed since you read the mails. They are shown as they would go now; "
            "read them again."
        ),
        "announce.bad_time": _l("Give a time from now on, within half a year."),
        "announce.bad_hold": _l("Give between 0 and %(limit)s minutes."),
        "announce.empty_mail": _l("The mail to %(name)s has no subject or no text."),
        "announce.long_mail": _l("The mail to %(name)s has more than %(limit)s characters."),
        "remind.nobody": _l("Nobody is left to remind."),
        "remind.bad_days": _l("Give a number from 1 to %(limit)s, or leave it empty."),
    }
)


class CountsFor:
    """Whatever stands in the field is right unless this decision is chosen: nobody reads it then.

    It need not even be on the page any more, so nobody could be told there what is wrong with it.
    """

    def __init__(self, outcome: str) -> None:
        self.outcome = outcome

    def __call__(self, form: "DecideForm", field: Field) -> None:
        """End the checks of the field, with those before forgotten."""
        if form.outcome.data != self.outcome:
            field.errors = []
            raise StopValidation


class DecideForm(BaseForm):
    outcome = RadioField(_l("Decision"), [needed(_l("Choose one of the decisions."))])
    type_id = SelectField(
        _l("Accepted as"), validators=[CountsFor("accept"), Optional()], coerce=int
    )
    minutes = IntegerField(
        _l("Minutes"),
        [CountsFor("accept"), Optional(), NumberRange(1, MINUTES_LIMIT)],
        default=None,
    )
    into = Line(_l("Merged into"), [CountsFor(MERGE)], limit=MERGE_LIMIT)
    note = Text(_l("Note to the speakers"), limit=NOTE_LIMIT)
    merging = False
    """Whether it can be merged into another."""

    def offer(self, outcomes: Sequence[str], types: Sequence[Choice], *, merging: bool) -> None:
        """Set the choices: what its state lets it become, if need be a merge, and the formats."""
        self.merging = merging
        self.outcome.choices = [
            *(SelectChoice(name, ACT_WORDS[name]) for name in outcomes),
            *([SelectChoice(MERGE, _l("Merge into another"))] if merging else []),
            SelectChoice(CLEAR, _l("Nothing pending")),
        ]
        self.type_id.choices = [SelectChoice(one.id, format_words(one)) for one in types]


class ManyForm(BaseForm):
    """A bulk change; `picked` and the pressed button `act` are read from the request."""


class AnnounceForm(CountForm):
    hold_minutes = Whole(
        _l("Minutes in which you can still stop the mails"), 0, HOLD_LIMIT, default=0
    )
    per_hour = Whole(_l("Mails an hour, at most"), 1, PER_HOUR_LIMIT, optional=True)
    at_date = Day(_l("Announce on"), [Optional()])
    at_time = TimeField(_l("at"), [Optional()])


class RepeatForm(BaseForm):
    """How often speakers who have not answered are reminded without a chair's doing."""

    days = Whole(_l("Every so many days"), 1, MOST_DAYS, optional=True)


def capacity_form(fields: Sequence[tuple[str, str]], stored: Mapping[str, int]) -> BaseForm:
    """A form with an optional number of minutes for each (key, label)."""
    numbers = {
        key: IntegerField(
            label,
            [Optional(), NumberRange(1, CAPACITY_LIMIT)],
            render_kw={"inputmode": "numeric"},
        )
        for key, label in fields
    }
    attributes: dict[str, Any] = {"keys": tuple(numbers), **numbers}
    form: BaseForm = type("CapacityForm", (BaseForm,), attributes)(data=dict(stored))
    return form


def format_words(one: Choice) -> str:
    """Talk, 25 + 5 min."""
    if not one.discussion:
        return str(_("%(name)s, %(minutes)s min", name=one.name, minutes=one.minutes))
    return str(
        _(
            "%(name)s, %(minutes)s + %(discussion)s min",
            name=one.name,
            minutes=one.minutes,
            discussion=one.discussion,
        )
    )
