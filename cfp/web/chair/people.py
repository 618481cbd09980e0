"""Everybody of the conference."""

from flask import render_template

from cfp.policy import Action
from cfp.web.chair import blueprint
from cfp.web.gate import permission


@blueprint.get("/<slug>/chair/people/")
@permission(Action.READ_PEOPLE)
def people(slug: str) -> str:
    """The list."""
    return render_template("chair/placeholder.html")
