"""What a person says about themselves, for all conferences."""

from flask import render_template

from cfp.policy import Action
from cfp.web.account import blueprint
from cfp.web.gate import permission


@blueprint.get("/account/profile")
@permission(Action.HAVE_ACCOUNT)
def profile() -> str:
    return render_template("account/profile.html")
