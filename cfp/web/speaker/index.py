"""A person's own submissions in one conference."""

from flask import render_template

from cfp.policy import Action
from cfp.web.gate import permission
from cfp.web.speaker import blueprint


@blueprint.get("/<slug>/submissions/")
@permission(Action.OWN_SUBMISSIONS)
def index(slug: str) -> str:
    return render_template("speaker/index.html")
