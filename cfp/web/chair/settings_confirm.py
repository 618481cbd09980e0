"""Settings: what the conference asks on the confirm page beside what every conference does."""

from collections.abc import Callable
from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField
from wtforms.fields.choices import SelectChoice

from cfp.domain.conferences import actions, queries
from cfp.domain.conferences.models import ConfirmQuestion
from cfp.domain.conferences.rules import FIELD_NAME_LIMIT
from cfp.domain.decisions import confirm_answers
from cfp.policy import Action
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.chair.editing import edit
from cfp.web.chair.settings_criteria import archive_words, lines_of, pressed
from cfp.web.chair.setup_forms import needed
from cfp.web.forms import BaseForm, Line, Text, ViewResponse
from cfp.web.gate import permission
from cfp.web.wording import add_words

add_words(
    {
        "confirm_question.nameless": _l("Say what you ask."),
        "confirm_question.no_options": _l("Only choosing one has answers to choose from."),
        "confirm_question.other_kind": _l(
            "It has been answered; an answer of one kind can't become one of another. "
            "Archive it and ask a new question."
        ),
    }
)

TEXTS = ("name", "help", "kind", "required")


class QuestionForm(BaseForm):
    """One question of the confirm page."""

    name = Line(_l("Question"), [needed(_l("Say what you ask."))], limit=FIELD_NAME_LIMIT)
    help = Text(_l("What speakers should know"), limit=2_000)
    kind = RadioField(
        _l("Answered by"),
        [needed(_l("Choose how it is answered."))],
        choices=[
            SelectChoice("text", _l("a text")),
            SelectChoice("yes_no", _l("yes or no")),
            SelectChoice("choice", _l("choosing one answer")),
        ],
    )
    options = Text(
        _l("Answers to choose from"),
        limit=12_000,
        description=_l("One per line; only where one is chosen."),
    )
    required = BooleanField(_l("Must be answered"))


@blueprint.get("/<slug>/chair/settings/confirm/")
@permission(Action.SET_UP)
def settings_confirm(slug: str) -> str:
    """The questions in their order, and those no longer asked."""
    db, conference = context.db(), context.conference()
    return render_template(
        "chair/settings_confirm.html",
        conference=conference,
        questions=queries.confirm_questions_of(db, conference),
        archived=queries.confirm_questions_of(db, conference, archived=True),
        counts=confirm_answers.counts(db, conference),
    )


@blueprint.route("/<slug>/chair/settings/confirm/new", methods=["GET", "POST"])
@permission(Action.SET_UP)
def settings_confirm_new(slug: str) -> ViewResponse | str:
    """One more question."""

    def act(form: QuestionForm) -> None:
        actions.add_question(
            context.db(),
            context.actor(),
            context.conference(),
            content=_content(form),
            now=context.now(),
        )

    return _edit({"kind": "text"}, act, _("New question"), None)


@blueprint.route("/<slug>/chair/settings/confirm/<int:number>", methods=["GET", "POST"])
@permission(Action.SET_UP)
def settings_confirm_question(slug: str, number: int) -> ViewResponse | str:
    """One question: words, answers, whether it has to be answered."""
    question = context.row(ConfirmQuestion, number)

    def act(form: QuestionForm) -> None:
        actions.change_question(
            context.db(),
            context.actor(),
            context.conference(),
            question,
            content=_content(form),
            now=context.now(),
        )

    stored = {name: getattr(question, name) for name in TEXTS}
    stored["options"] = "\n".join(map(str, question.options))
    return _edit(stored, act, question.name, question)


@blueprint.post("/<slug>/chair/settings/confirm/<int:number>/archive")
@permission(Action.SET_UP)
def settings_confirm_archive(slug: str, number: int) -> ViewResponse:
    """Stop asking it, or ask it again; what was answered is kept."""
    question = context.row(ConfirmQuestion, number)
    return pressed(actions.archive_question, question, archive_words(question), back=_list_url())


@blueprint.post("/<slug>/chair/settings/confirm/<int:number>/up")
@permission(Action.SET_UP)
def settings_confirm_up(slug: str, number: int) -> ViewResponse:
    """Ask it one place earlier."""
    question = context.row(ConfirmQuestion, number)
    return pressed(actions.move_question, question, _("Moved up."), back=_list_url())


def _list_url() -> str:
    return url_for("chair.settings_confirm", slug=context.conference().slug)


def _content(form: QuestionForm) -> actions.QuestionText:
    values: dict[str, Any] = {name: form[name].data for name in TEXTS}
    return actions.QuestionText(options=lines_of(form.options.data), **values)


def _edit(
    stored: dict[str, Any],
    act: Callable[[QuestionForm], None],
    title: str,
    question: ConfirmQuestion | None,
) -> ViewResponse | str:
    counts = confirm_answers.counts(context.db(), context.conference()) if question else {}
    return edit(
        QuestionForm,
        stored,
        act,
        template="chair/settings_confirm_question.html",
        location=_list_url(),
        done=_("Saved."),
        title=title,
        answered=counts.get(question.id, 0) if question else 0,
    )
