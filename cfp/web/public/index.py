"""All conferences."""

from flask import render_template

from cfp.policy import Action
from cfp.web.gate import permission
from cfp.web.public import blueprint


@blueprint.get("/")
@permission(Action.VISIT)
def index() -> str:
    """The list."""
    return render_template("public/index.html")
