"""The call: its state, its deadline, and the drafts that are not in yet."""

from flask import render_template

from cfp.policy import Action
from cfp.web.chair import blueprint
from cfp.web.gate import permission


@blueprint.get("/<slug>/chair/call/")
@permission(Action.SET_UP)
def call(slug: str) -> str:
    """What the call is and how it stands."""
    return render_template("chair/placeholder.html")
