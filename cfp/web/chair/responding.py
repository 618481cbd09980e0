"""Rounds in which speakers answer to the reviews: what opening one shows, opening and ending it."""

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from wtforms import TimeField
from wtforms.validators import Optional

from cfp.domain.mail.render import shipped
from cfp.domain.reviews import responses
from cfp.errors import NotFoundError
from cfp.policy import Action
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.chair.setup_forms import Day, Wall, needed
from cfp.web.forms import BaseForm, ViewResponse, perform, press
from cfp.web.gate import permission
from cfp.web.wording import add_words

add_words(
    {
        "response.past": _l("Choose an end that is ahead."),
        "response.off": _l("This conference does not ask speakers for answers."),
        "response.nothing": _l("There is no text for speakers in any review yet."),
    }
)


class RoundForm(BaseForm):
    """Until when speakers can answer."""

    until_date = Day(_l("Answers until, day"), [needed(_l("Choose a day."))])
    until_time = TimeField(_l("Time"), [Optional()])


@blueprint.get("/<slug>/chair/reviews/answers")
@permission(Action.CHAIR_ONLY)
def response(slug: str) -> str:
    """Where the round stands, and what a new one would show."""
    return _page(RoundForm())


@blueprint.post("/<slug>/chair/reviews/answers")
@permission(Action.CHAIR_ONLY)
def open_response(slug: str) -> ViewResponse:
    """Show the texts, and write to the speakers."""
    form, conference = RoundForm(), context.conference()

    def act() -> str:
        responses.open_round(
            context.db(),
            context.actor(),
            conference,
            until=Wall(form, "until").needed_moment(conference.zone),
            links=context.links(),
            now=context.now(),
        )
        return url_for("chair.response", slug=slug)

    return perform(form, act, lambda: _page(form), done=_("Open: the mails are on their way."))


@blueprint.post("/<slug>/chair/reviews/answers/close")
@permission(Action.CHAIR_ONLY)
def close_response(slug: str) -> ViewResponse:
    """End the round now."""

    def act() -> str:
        db, actor, conference = context.db(), context.actor(), context.conference()
        responses.close_round(db, actor, conference, now=context.now())
        return url_for("chair.response", slug=slug)

    return press(act, done=_("The round is over."))


def _page(form: RoundForm) -> str:
    db, conference, now = context.db(), context.conference(), context.now()
    if not conference.asks_response:
        raise NotFoundError("not_found")
    found = responses.preview(db, context.actor(), conference)
    until = conference.response_until
    return render_template(
        "chair/response.html",
        form=form,
        conference=conference,
        preview=found,
        running=until is not None and now <= until,
        mail=shipped("response_open", conference.language),
        button=ngettext(
            "Show them and write to the speakers of %(num)s submission",
            "Show them and write to the speakers of %(num)s submissions",
            found.submissions,
        ),
    )
