"""One submission with everything about it, each part for those who may know it."""

from flask import render_template

from cfp.policy import Action
from cfp.web.chair import blueprint
from cfp.web.gate import permission


@blueprint.get("/<slug>/chair/submissions/<code>/")
@permission(Action.READ)
def submission(slug: str, code: str) -> str:
    """The page."""
    return render_template("chair/placeholder.html")
