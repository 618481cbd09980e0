"""Settings: the fields of the review form that are answered in words or by choosing."""

from collections.abc import Callable, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from cfp.domain.conferences import actions
from cfp.domain.conferences.models import ReviewField
from cfp.domain.conferences.rules import FIELD_NAME_LIMIT
from cfp.domain.reviews import form_changes
from cfp.domain.reviews.form_changes import Effect
from cfp.phases import phases_of
from cfp.policy import Action
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.chair.editing import edit
from cfp.web.chair.settings_criteria import (
    archive_words,
    effect_words,
    lines_of,
    list_url,
    offered_limits,
    pressed,
)
from cfp.web.chair.setup_forms import needed
from cfp.web.forms import BaseForm, Line, Text, Ticks, ViewResponse
from cfp.web.gate import permission
from cfp.web.wording import add_words

add_words(
    {
        "field.nameless": _l("Give the question a name."),
        "field.no_options": _l("A text has no answers to choose from."),
        "field.few_options": _l("Give at least two different answers, one per line."),
        "field.long_options": _l("At most %(limit)s answers, each on a short line."),
        "field.widened": _l(
            "It has been answered for fewer people. Nobody else reads what was meant for them; "
            "archive it and ask a new question."
        ),
        "field.other_kind": _l(
            "It has been answered; texts and choices can't become each other. "
            "Archive it and ask a new question."
        ),
    }
)

TEXTS = ("name", "help", "kind", "audience", "required", "tracks", "types", "phases")


class FieldForm(BaseForm):
    """One field of the review form."""

    name = Line(_l("Question"), [needed(_l("Give the question a name."))], limit=FIELD_NAME_LIMIT)
    help = Text(_l("What reviewers should think of"), limit=2_000)
    kind = RadioField(
        _l("Answered by"),
        [needed(_l("Choose how it is answered."))],
        choices=[
            SelectChoice("text", _l("a text")),
            SelectChoice("choice", _l("choosing one answer")),
            SelectChoice("choices", _l("choosing any number of answers")),
        ],
    )
    options = Text(
        _l("Answers to choose from"), limit=12_000, description=_l("One per line; none for a text.")
    )
    audience = RadioField(
        _l("Who reads the answer"),
        [needed(_l("Choose who reads it."))],
        choices=[
            SelectChoice("chairs", _l("chairs, and track chairs in their tracks")),
            SelectChoice("reviewers", _l("reviewers and chairs, as they read the review")),
            SelectChoice(
                "speakers",
                _l("speakers too, after the decision, if the conference sends them texts"),
            ),
        ],
    )
    required = BooleanField(_l("Must be answered"))
    tracks = Ticks(_l("Only in these tracks"), [Optional()], coerce=int)
    types = Ticks(_l("Only for these formats"), [Optional()], coerce=int)
    phases = Ticks(_l("Only in these phases"), [Optional()])

    def __init__(
        self,
        *,
        tracks_offered: Sequence[tuple[int, str]] = (),
        types_offered: Sequence[tuple[int, str]] = (),
        phases_offered: Sequence[tuple[str, str]] = (),
        **kwargs: object,
    ) -> None:
        super().__init__(**kwargs)
        self.tracks.choices = [SelectChoice(*one) for one in tracks_offered]
        self.types.choices = [SelectChoice(*one) for one in types_offered]
        self.phases.choices = [SelectChoice(*one) for one in phases_offered]


@blueprint.route("/<slug>/chair/settings/review-form/fields/new", methods=["GET", "POST"])
@permission(Action.SET_UP)
def settings_field_new(slug: str) -> ViewResponse | str:
    """One more field."""

    def act(form: FieldForm) -> Effect:
        actions.add_field(
            context.db(),
            context.actor(),
            context.conference(),
            content=_content(form),
            now=context.now(),
        )
        return Effect()

    stored = {"kind": "text", "audience": "reviewers", "tracks": [], "types": [], "phases": []}
    return _edit(stored, act, _("New text or choice"), None)


@blueprint.route("/<slug>/chair/settings/review-form/fields/<int:number>", methods=["GET", "POST"])
@permission(Action.SET_UP)
def settings_field(slug: str, number: int) -> ViewResponse | str:
    """One field: words, answers, audience, where and when it is asked."""
    field = context.row(ReviewField, number)

    def act(form: FieldForm) -> Effect:
        return form_changes.change_field(
            context.db(),
            context.actor(),
            context.conference(),
            field,
            content=_content(form),
            now=context.now(),
        )

    stored = {name: getattr(field, name) for name in TEXTS}
    stored["options"] = "\n".join(map(str, field.options))
    return _edit(stored, act, field.name, field)


@blueprint.post("/<slug>/chair/settings/review-form/fields/<int:number>/archive")
@permission(Action.SET_UP)
def settings_field_archive(slug: str, number: int) -> ViewResponse:
    """Stop asking it, or ask it again; what was answered is kept."""
    field = context.row(ReviewField, number)
    return pressed(form_changes.archive_field, field, archive_words(field))


@blueprint.post("/<slug>/chair/settings/review-form/fields/<int:number>/up")
@permission(Action.SET_UP)
def settings_field_up(slug: str, number: int) -> ViewResponse:
    """Ask it one place earlier."""
    field = context.row(ReviewField, number)
    return pressed(actions.move_field, field, _("Moved up."))


def _content(form: FieldForm) -> actions.FieldText:
    values: dict[str, Any] = {name: form[name].data for name in TEXTS}
    return actions.FieldText(options=lines_of(form.options.data), **values)


def _edit(
    stored: dict[str, Any],
    act: Callable[[FieldForm], Effect],
    title: str,
    field: ReviewField | None,
) -> ViewResponse | str:
    db, actor, conference = context.db(), context.actor(), context.conference()
    effects: list[Effect] = []
    _scored, written = form_changes.answered(db, actor, conference) if field else ({}, {})
    phases = [(one.key, one.name) for one in phases_of(conference)]
    return edit(
        FieldForm,
        stored,
        lambda form: effects.append(act(form)),
        template="chair/settings_field.html",
        location=list_url(),
        done=lambda: effect_words(_("Saved."), effects[0]),
        options={**offered_limits(field), "phases_offered": phases},
        title=title,
        field=field,
        answered=written.get(field.id, 0) if field else 0,
        reviews=form_changes.submitted(db, actor, conference),
        conference=conference,
    )
