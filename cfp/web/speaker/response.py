"""Answering to the reviews, while a round is open."""

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms.validators import InputRequired

from cfp.domain.reviews import responses
from cfp.domain.reviews.answers import answers_for_speakers
from cfp.errors import NotFoundError, StaleError
from cfp.policy import Action
from cfp.web import context
from cfp.web.forms import BaseForm, Text, ViewResponse, perform
from cfp.web.gate import permission
from cfp.web.speaker import blueprint
from cfp.web.wording import add_words

WRITE_SOMETHING = _l("Please write your answer.")

add_words(
    {
        "response.closed": _l("Answers are not taken at the moment."),
        "response.empty": WRITE_SOMETHING,
        "response.too_many_words": _l("These are %(words)s words; at most %(limit)s are taken."),
    }
)


class ResponseForm(BaseForm):
    """One text for all speakers of a submission."""

    text = Text(
        _l("Your answer"), [InputRequired(WRITE_SOMETHING)], limit=responses.RESPONSE_LIMIT
    )


@blueprint.get("/<slug>/submissions/<code>/answer")
@permission(Action.FOLLOW)
def response(slug: str, code: str) -> str:
    """What reviewers say, and the answer."""
    found = responses.own_response(context.db(), context.standing())
    form = ResponseForm(obj=found)
    form.revision.data = str(found.revision if found else 0)
    return _page(form)


@blueprint.post("/<slug>/submissions/<code>/answer")
@permission(Action.FOLLOW)
def save_response(slug: str, code: str) -> ViewResponse:
    form = ResponseForm()

    def act() -> str:
        try:
            responses.answer(
                context.db(),
                context.actor(),
                context.standing(),
                text=form.text.data or "",
                revision=form.made_from,
                now=context.now(),
            )
        except StaleError as error:
            label = str(form.text.label.text)
            theirs = {label: error.texts("theirs").get("text", "")}
            raise StaleError("stale", theirs=theirs, yours={label: form.text.data}) from error
        return url_for("speaker.response", slug=slug, code=code)

    return perform(form, act, lambda: _page(form), done=_("Saved for reviewers and chairs."))


def _page(form: ResponseForm) -> str:
    db, standing = context.db(), context.standing()
    conference, submission = standing.conference, standing.submission
    if not conference.asks_response or not conference.response_round:
        raise NotFoundError("not_found")
    return render_template(
        "speaker/response.html",
        form=form,
        conference=conference,
        submission=submission,
        texts=answers_for_speakers(db, standing),
        is_open=responses.is_open(conference, submission, context.now()),
    )
