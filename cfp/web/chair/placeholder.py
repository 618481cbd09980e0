"""Addresses of the chairs' stages until each has its pages."""

from flask import render_template

from cfp.policy import Action
from cfp.web.chair import blueprint
from cfp.web.gate import permission


@blueprint.get("/<slug>/chair/")
@permission(Action.READ_COMMITTEE)
def dashboard(slug: str) -> str:
    return render_template("chair/placeholder.html")


@blueprint.get("/<slug>/chair/assignment/")
@permission(Action.ASSIGN)
def assignment(slug: str) -> str:
    return render_template("chair/placeholder.html")


@blueprint.get("/<slug>/chair/reviews/")
@permission(Action.READ_SCORES)
def reviews(slug: str) -> str:
    return render_template("chair/placeholder.html")


@blueprint.get("/<slug>/chair/decisions/")
@permission(Action.DECIDE)
def decisions(slug: str) -> str:
    return render_template("chair/placeholder.html")


@blueprint.get("/<slug>/chair/messages/")
@permission(Action.SEND_MAIL)
def messages(slug: str) -> str:
    return render_template("chair/placeholder.html")


@blueprint.get("/<slug>/chair/log/")
@permission(Action.READ_AUDIT)
def log(slug: str) -> str:
    return render_template("chair/placeholder.html")
