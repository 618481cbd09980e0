"""The form of a talk: what it asks for, what a draft may still lack, rows of speakers."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    FieldList,
    Form,
    FormField,
    HiddenField,
    RadioField,
    SelectField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length
from wtforms.widgets import EmailInput

from cfp.domain.conferences.models import SubmissionType, Track
from cfp.domain.mail.rules import is_address
from cfp.domain.submissions import rules
from cfp.domain.submissions.rules import Content, SpeakerEntry
from cfp.formats.grammar import carries_title
from cfp.formats.speakers import carries, read_entries
from cfp.web.forms import BaseForm, Line, Text, refuse_controls
from cfp.web.numbers import number_or

NAME_LIMIT = 200
SPEAKS = [SelectChoice("yes", _l("Speaks")), SelectChoice("no", _l("Author only"))]
LACKS = {
    "title": _l("Give it a title."),
    "abstract": _l("Say what it is about."),
    "speakers": _l("Name at least one speaker."),
}


class Folded(Line):
    """A line in which runs of blanks count as one, as they do on the public page."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        super().process_formdata([re.sub(" +", " ", value) for value in valuelist])


def _refuse_uncarried(form: Form, field: Line) -> None:
    """Refuse what would not read back from the program's line of speakers."""
    if not carries(field.data or ""):
        raise ValidationError(
            _(
                "Write this without semicolons and with each bracket closed: on the program "
                "page a semicolon stands between two people."
            )
        )


class SpeakerRow(Form):
    """One speaker; `code` is of one who is on the submission already."""

    code = HiddenField(validators=[Length(max=20), refuse_controls])
    name = Folded(_l("Name"), [_refuse_uncarried], limit=NAME_LIMIT)
    affiliation = Folded(_l("Affiliation"), [_refuse_uncarried], limit=NAME_LIMIT)
    email = Line(_l("E-mail (optional)"), limit=254, widget=EmailInput())
    speaks = SelectField(_l("Role"), choices=SPEAKS)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed into the row: then it is no speaker."""
        return not (self.name.data or self.affiliation.data or self.email.data)

    def validate_name(self, field: Line) -> None:
        if not field.data and not self.is_empty:
            raise ValidationError(_("Every speaker needs a name."))

    def validate_email(self, field: Line) -> None:
        if field.data and not is_address(field.data):
            raise ValidationError(_("This is not an e-mail address."))

    def entry(self) -> SpeakerEntry:
        return SpeakerEntry(
            name=self.name.data,
            affiliation=self.affiliation.data,
            address=self.email.data,
            speaks=self.speaks.data == "yes",
            code=self.code.data or "",
        )


class TalkForm(BaseForm):
    """Content and speakers in one save. `track` is there only where there is a choice."""

    title = Folded(_l("Title"), limit=rules.TITLE_LIMIT)
    abstract = Text(_l("Abstract"), limit=rules.ABSTRACT_LIMIT)
    type = RadioField(_l("Format"), coerce=int)
    track = SelectField(_l("Track"), coerce=int)
    speakers = FieldList(FormField(SpeakerRow), _l("Speakers"), min_entries=1)
    paste = Text(_l("Several at once"), limit=rules.ABSTRACT_LIMIT)
    note = Text(_l("Note for the chairs"), limit=rules.NOTE_LIMIT)
    email = Line(_l("Your e-mail address"), limit=254, widget=EmailInput())

    def __init__(
        self,
        types: Sequence[SubmissionType],
        tracks: Sequence[Track],
        type_words: Callable[[SubmissionType], str],
        *,
        known: bool,
        data: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data=data)
        self.type.choices = [SelectChoice(one.id, type_words(one)) for one in types]
        self.track.choices = [SelectChoice(one.id, one.name) for one in tracks]
        self.only_track = tracks[0].id
        if self.type.data is None and request.method == "GET":
            self.type.data = types[0].id
        if len(tracks) == 1:
            del self.track
        if known:
            del self.email
        for name in ("title", "abstract", "type", "email"):
            if name in self:
                self[name].flags.required = True
        self.keep_pasted()

    whole = True
    """Whether what is required must be there; False while it may be saved half filled."""

    @property
    def submits(self) -> bool:
        """Whether the button was "Submit"; a stranger has no other."""
        return "email" in self or request.form.get("act") == "submit"

    def validate(self, extra_validators: object = None) -> bool:
        """Check limits always, and what is required of the whole."""
        fine: bool = super().validate(extra_validators)
        if not self.whole:
            return fine
        for name in rules.lacking(self.content()):
            field = self._fields[name]
            field.errors = [*field.errors, str(LACKS[name])]
            fine = False
        return fine

    def validate_title(self, field: Line) -> None:
        if field.data and not carries_title(field.data):
            raise ValidationError(_("A title can't end in |TOP|: the program page ends titles so."))

    def validate_speakers(self, field: FieldList) -> None:
        if len(field.entries) > rules.SPEAKER_LIMIT:
            limit = rules.SPEAKER_LIMIT
            raise ValidationError(_("At most %(limit)s speakers can be named.", limit=limit))
        twice = rules.named_twice(self.content().speakers)
        if twice is not None:
            raise ValidationError(_("%(name)s is named twice.", name=twice))

    def validate_email(self, field: Line) -> None:
        if not field.data:
            raise ValidationError(_("We need an address to write to you."))
        if not is_address(field.data):
            raise ValidationError(_("This is not an e-mail address."))

    def content(self) -> Content:
        """What was typed, as the domain takes it; a row with nothing in it is no speaker."""
        rows = [entry.form for entry in self.speakers]
        return Content(
            title=self.title.data,
            abstract=self.abstract.data,
            type_id=self.type.data if self.type.data is not None else 0,
            track_id=self.track.data if "track" in self else self.only_track,
            note=self.note.data,
            speakers=tuple(row.entry() for row in rows if not row.is_empty),
        )

    def keep_pasted(self) -> None:
        """Turn "Name, Affiliation; Name, Affiliation" into rows, for every button alike."""
        if not self.paste.data:
            return
        read = read_entries(self.paste.data.replace("\n", ";"))
        rows = [row for row in self._rows() if row["name"] or row["affiliation"] or row["email"]]
        rows += [
            {"name": one.name, "affiliation": one.affiliation, "speaks": "yes"}
            for one in read.speakers
        ]
        self._show_rows(rows)
        self.paste.data = ""
        self.doubts = [entry for _key, entry, _others in read.doubts]

    doubts: Sequence[str] = ()
    """Pasted entries that can be read in more than one way: to be looked at."""

    def press_row_button(self) -> bool:
        """Carry out a button of the rows, which changes what is shown and saves nothing."""
        for name in request.form:
            act, _dash, number = name.partition("-")
            position = number_or(number, -1)
            rows = self._rows()
            if name == "add_speaker":
                self._show_rows([*rows, {}])
                return True
            if name == "read_pasted":
                return True
            if act == "remove_speaker" and 0 <= position < len(rows):
                self._show_rows([*rows[:position], *rows[position + 1 :]] or [{}])
                return True
            if act == "up" and 0 < position < len(rows):
                rows[position - 1 : position + 1] = [rows[position], rows[position - 1]]
                self._show_rows(rows)
                return True
        return False

    def _rows(self) -> list[dict[str, Any]]:
        return [dict(entry.form.data) for entry in self.speakers]

    def _show_rows(self, rows: Sequence[dict[str, Any]]) -> None:
        while self.speakers.entries:
            self.speakers.pop_entry()
        self.speakers.last_index = -1
        for row in rows[: rules.SPEAKER_LIMIT + 1]:
            self.speakers.append_entry({"speaks": "yes", **row})


def row_of(entry: SpeakerEntry) -> dict[str, str]:
    """A speaker as the form's row shows them."""
    return {
        "code": entry.code,
        "name": entry.name,
        "affiliation": entry.affiliation,
        "email": entry.address,
        "speaks": "yes" if entry.speaks else "no",
    }
