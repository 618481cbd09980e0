"""What goes beyond a score and a text: each is off until the conference asks for it."""

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField

from cfp.domain.conferences import actions
from cfp.domain.conferences.rules import RESPONSE_WORDS_LIMIT
from cfp.policy import Action
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.chair.editing import edit
from cfp.web.chair.setup_forms import Whole
from cfp.web.forms import BaseForm, ViewResponse
from cfp.web.gate import permission

SWITCHES = (
    *("discusses", "summarizes", "rates_reviews", "asks_ai_statement", "asks_response"),
    "response_words",
)


class DiscussionForm(BaseForm):
    """Columns of the conference by their names."""

    discusses = BooleanField(_l("Reviewers and chairs discuss submissions"))
    summarizes = BooleanField(_l("Somebody sums the reviews of a submission up"))
    asks_response = BooleanField(_l("Speakers can answer to the reviews before the decision"))
    response_words = Whole(_l("Words of an answer, at most"), 1, RESPONSE_WORDS_LIMIT)
    rates_reviews = BooleanField(_l("Chairs say whether a review was helpful"))
    asks_ai_statement = BooleanField(_l("Reviewers state that the review is their own work"))


@blueprint.route("/<slug>/chair/settings/discussion", methods=["GET", "POST"])
@permission(Action.SET_UP)
def settings_discussion(slug: str) -> ViewResponse | str:
    """The switches."""
    conference = context.conference()

    def act(form: DiscussionForm) -> None:
        switches: dict[str, Any] = {name: form[name].data for name in SWITCHES}
        actions.change_reviewing(
            context.db(),
            context.actor(),
            conference,
            switches=switches,
            conflict_policies={},
            now=context.now(),
        )

    return edit(
        DiscussionForm,
        {name: getattr(conference, name) for name in SWITCHES},
        act,
        template="chair/settings_discussion.html",
        location=url_for("chair.settings", slug=slug),
        done=_("Saved."),
        conference=conference,
    )
