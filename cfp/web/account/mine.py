"""My pages: everything one has, across conferences; where a log-in leads."""

from flask import render_template

from cfp.policy import Action
from cfp.web.account import blueprint
from cfp.web.gate import permission


@blueprint.get("/account/")
@permission(Action.HAVE_ACCOUNT)
def mine() -> str:
    return render_template("account/mine.html")
