"""My pages: everything one has, across conferences; where a log-in leads."""

from flask import render_template

from cfp.domain.persons.overview import overview
from cfp.links import Links
from cfp.policy import Action
from cfp.web import context
from cfp.web.account import blueprint
from cfp.web.gate import permission


@blueprint.get("/account/")
@permission(Action.HAVE_ACCOUNT)
def mine() -> str:
    mine = overview(context.db(), context.actor(), now=context.now())
    return render_template("account/mine.html", mine=mine, local=Links(""))
