"""Forms of selections and scenarios."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import NumberRange, Optional

from cfp.domain.decisions.board import Choice
from cfp.domain.decisions.models import SelectionLimits
from cfp.domain.decisions.scenario_applying import FIRST_LIMIT, Wanted
from cfp.domain.decisions.selecting import NAME_LIMIT
from cfp.domain.decisions.selecting_limits import BOUNDS, split
from cfp.web.chair.setup_forms import Whole
from cfp.web.forms import BaseForm, Line


class LimitsForm(BaseForm):
    """What a selection keeps; `keys` are the fields that hold a number each."""

    keys: Sequence[str] = ()
    waitlisted = BooleanField(_l("Those on the announced waitlist can be chosen, too"))
    name = Line(_l("Name of the scenario"), limit=NAME_LIMIT)

    @property
    def numbers(self) -> dict[str, int | None]:
        """What was typed, by key."""
        return {key: self[key].data for key in self.keys}

    def texts(self) -> dict[str, str]:
        """Everything that is stored of it, for a comparison with what another has stored."""
        found = {
            str(self[key].label.text): "" if self[key].data is None else str(self[key].data)
            for key in self.keys
        }
        said = _("yes") if self.waitlisted.data else _("no")
        return {**found, str(self.waitlisted.label.text): said}


def limits_form(
    tracks: Sequence[Choice], stored: SelectionLimits, name: str, *, typed: bool = True
) -> LimitsForm:
    """The form with the limits that hold; not `typed`: as stored, whatever was sent."""
    labels: dict[str, object] = {}
    for track in tracks:
        labels[f"least-{track.id}"] = _("At least of %(name)s", name=track.name)
        labels[f"most-{track.id}"] = _("At most of %(name)s", name=track.name)
    labels["speaker"] = _l("Of one speaker, at most")
    labels["affiliation"] = _l("Speakers from one employer, at most")
    labels["first"] = _l("By first-time speakers, at least")
    fields: dict[str, Any] = {key: _number(key, label) for key, label in labels.items()}
    made = type("ChosenLimitsForm", (LimitsForm,), {"keys": tuple(labels), **fields})
    data = {**stored.limits, "waitlisted": stored.waitlisted, "name": name}
    data["revision"] = str(stored.revision)
    form: LimitsForm = made(data=data) if typed else made(formdata=None, data=data)
    return form


def _number(key: str, label: object) -> IntegerField:
    return IntegerField(
        label,
        [Optional(), NumberRange(*BOUNDS[split(key)[0]])],
        render_kw={"inputmode": "numeric"},
    )


class NameForm(BaseForm):
    name = Line(_l("Name"), limit=NAME_LIMIT)


class ApplyForm(BaseForm):
    """What becomes of whom; `revision` is the mark of what was shown."""

    first = Whole(_l("Waitlist of each format and track: the first"), 0, FIRST_LIMIT, default=0)
    rest = RadioField(
        _l("All others"),
        choices=[
            SelectChoice("", _l("stay as they are")),
            SelectChoice("clear", _l("have nothing pending")),
            SelectChoice("reject", _l("are not accepted")),
            SelectChoice("waitlist", _l("are waitlisted")),
        ],
        default="",
    )
    anyway = BooleanField(_l("Also where somebody has decided since"))

    @property
    def wanted(self) -> Wanted:
        """What was chosen, as the domain has it."""
        return Wanted(self.first.data or 0, self.rest.data or "", bool(self.anyway.data))
