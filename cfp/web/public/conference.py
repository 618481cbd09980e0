"""The conference's page: the call while it is open."""

from flask import render_template

from cfp.policy import Action
from cfp.web.gate import permission
from cfp.web.public import blueprint


@blueprint.get("/<slug>/")
@permission(Action.VISIT)
def conference(slug: str) -> str:
    """The page."""
    return render_template("public/conference.html")
