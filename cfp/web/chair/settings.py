"""Settings, a small page each."""

from flask import render_template

from cfp.policy import Action
from cfp.web.chair import blueprint
from cfp.web.gate import permission


@blueprint.get("/<slug>/chair/settings/")
@permission(Action.SET_UP)
def settings(slug: str) -> str:
    """The pages there are."""
    return render_template("chair/placeholder.html")
