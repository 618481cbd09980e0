"""Logging in, out, and the list of browsers that are logged in."""

from flask import redirect, render_template, url_for
from flask_login import logout_user
from werkzeug.wrappers import Response

from cfp.policy import Action
from cfp.web.account import blueprint
from cfp.web.gate import permission


@blueprint.get("/account/log-in")
@permission(Action.LOG_IN)
def log_in() -> str:
    return render_template("account/log-in.html")


@blueprint.post("/account/log-out")
@permission(Action.LOG_IN)
def log_out() -> Response:
    logout_user()
    return redirect(url_for("public.index"), 303)
