"""Addresses of the chairs' stages until each has its pages."""

from flask import render_template

from cfp.policy import Action
from cfp.web.chair import blueprint
from cfp.web.gate import permission


@blueprint.get("/<slug>/chair/assignment/")
@permission(Action.ASSIGN)
def assignment(slug: str) -> str:
    return render_template("chair/placeholder.html")
