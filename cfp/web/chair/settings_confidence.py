"""Settings: what a review weighs by how well its reviewer knows the subject."""

from typing import cast

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import FloatField
from wtforms.widgets import TextInput

from cfp.domain.decisions import calibrating
from cfp.domain.decisions.calibrating_rules import CONFIDENCE_WEIGHTS, confidence_weights_of
from cfp.policy import Action
from cfp.web import context
from cfp.web.chair import blueprint
from cfp.web.chair.editing import edit
from cfp.web.chair.setup_forms import needed
from cfp.web.forms import BaseForm, ViewResponse
from cfp.web.gate import permission
from cfp.web.reviewer.forms import CONFIDENCE
from cfp.web.wording import add_words

add_words(
    {
        "confidence.bad_weight": _l("Give a weight from %(least)g to %(limit)g."),
    }
)

ConfidenceForm = cast(
    type[BaseForm],
    type(
        "ConfidenceForm",
        (BaseForm,),
        {
            f"level_{level}": FloatField(word, [needed(_l("Give a number."))], widget=TextInput())
            for level, word in CONFIDENCE.items()
        },
    ),
)


@blueprint.route("/<slug>/chair/settings/review-form/confidence", methods=["GET", "POST"])
@permission(Action.SET_UP)
def settings_confidence(slug: str) -> ViewResponse | str:
    """A weight for each level, and what it is used for."""
    db, actor, conference = context.db(), context.actor(), context.conference()

    def act(form: BaseForm) -> None:
        weights = [form[f"level_{level}"].data for level in CONFIDENCE_WEIGHTS]
        calibrating.weigh_confidence(db, actor, conference, weights=weights, now=context.now())

    return edit(
        ConfidenceForm,
        {f"level_{n}": weight for n, weight in confidence_weights_of(conference).items()},
        act,
        template="chair/settings_confidence.html",
        location=url_for("chair.settings_criteria", slug=slug),
        done=_("Saved. Adjusted scores that were computed before say that they are out of date."),
        conference=conference,
        given=calibrating.levels_given(db, actor, conference),
        usual=CONFIDENCE_WEIGHTS,
    )
