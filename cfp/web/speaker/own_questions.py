"""The conference's own questions as fields of the confirm page."""

from collections.abc import Mapping, Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, RadioField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional

from cfp.domain.decisions.confirm_answers import ANSWER_LIMIT, Asked, field_name
from cfp.web.forms import BaseForm, Text
from cfp.web.wording import add_words

add_words(
    {
        "confirm_answer.missing": _l("Please answer this."),
        "confirm_answer.bad": _l("Choose one of the answers offered."),
    }
)

ANSWER = _l("Please answer this.")
CHOOSE = _l("Choose one.")


def fields_of(asked: Sequence[Asked]) -> Mapping[str, Field]:
    """A field per question, by its name in the form."""
    return {field_name(one.question): _field_of(one) for one in asked}


def data_of(asked: Sequence[Asked]) -> Mapping[str, str]:
    """What was answered before, by the same names."""
    return {field_name(one.question): one.text for one in asked}


def answers(form: BaseForm, names: Sequence[str]) -> Mapping[int, str]:
    """What the fields say, by the questions' ids."""
    return {int(name.removeprefix("question_")): form[name].data or "" for name in names}


def _field_of(one: Asked) -> Field:
    question = one.question
    words = {"description": question.help}
    if not one.offered:
        needed = [InputRequired(ANSWER)] if question.required else []
        return Text(question.name, needed, limit=ANSWER_LIMIT, **words)
    check = InputRequired(CHOOSE) if question.required else Optional()
    return RadioField(question.name, [check], choices=_choices(one), **words)


def _choices(one: Asked) -> list[SelectChoice]:
    """What can be chosen; what was chosen before and is offered no more can still be kept."""
    yes_no = {"yes": _("Yes"), "no": _("No")} if one.question.kind == "yes_no" else {}
    choices = [SelectChoice(text, yes_no.get(text, text)) for text in one.offered]
    if one.gone:
        gone = _("%(answer)s (no longer offered)", answer=one.gone)
        choices.append(SelectChoice(one.gone, gone))
    if not one.question.required:
        choices.append(SelectChoice("", _("no answer")))
    return choices
