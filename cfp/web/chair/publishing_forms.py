"""Forms of publishing: a version's note and who is told, broadcast links, an erased name."""

from collections.abc import Mapping, Sequence
from datetime import date

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired
from wtforms.widgets import URLInput

from cfp.domain.conferences.models import Room
from cfp.domain.program.broadcasts import Place
from cfp.domain.program.forgetting import OldName
from cfp.domain.program.materials import URL_LIMIT, is_material_url
from cfp.domain.program.versions import NOTE_LIMIT
from cfp.web.forms import BaseForm, Line, Text


class PublishForm(BaseForm):
    """`seen` says which changes were looked at; `back` where the button was pressed."""

    note = Text(_l("Note to the readers"), limit=NOTE_LIMIT)
    tell = BooleanField(_l("Tell the speakers"), default=True)
    seen = HiddenField()
    back = HiddenField()


class EraseForm(BaseForm):
    key_of_name = RadioField(
        _l("Whose name"), [InputRequired(_l("Choose one of them."))], choices=()
    )

    def offer(self, names: Sequence[OldName]) -> None:
        """Set the names there are."""
        known = {one.key: one.name for one in reversed(names)}
        self.key_of_name.choices = [SelectChoice(key, name) for key, name in known.items()]


class BroadcastForm(BaseForm):
    """A field per day and room, made for the conference by `broadcast_form`."""

    @property
    def links(self) -> Mapping[Place, str]:
        """What was typed, by place."""
        return {place: self._fields[name].data for name, place in self.places.items()}

    places: Mapping[str, Place] = {}


def broadcast_form(
    days: Sequence[date], rooms: Sequence[Room], stored: Mapping[Place, str]
) -> BroadcastForm:
    """The form with a field for each day and room, and for each day as a whole."""
    places: dict[str, Place] = {}
    fields: dict[str, object] = {}
    for number, day in enumerate(days, 1):
        for room in (None, *rooms):
            name = f"link_{number}_{room.id if room else 0}"
            places[name] = (day, room.id if room else None)
            label = room.name if room else _l("All rooms") if rooms else _l("The broadcast")
            fields[name] = Line(label, [_check_url], limit=URL_LIMIT, widget=URLInput())
    kind = type("BroadcastsOfConference", (BroadcastForm,), {**fields, "places": places})
    form: BroadcastForm = kind(data={name: stored.get(at, "") for name, at in places.items()})
    return form


def _check_url(form: BaseForm, field: Line) -> None:
    if field.data and not is_material_url(field.data):
        raise ValidationError(str(_l("Give the full address, starting with https://")))
