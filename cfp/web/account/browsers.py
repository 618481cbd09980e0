"""The browsers one is logged in with, ended one by one or all others at once."""

from flask import render_template, url_for
from flask_babel import gettext as _

from cfp.domain.accounts import actions, queries
from cfp.policy import Action
from cfp.web import context
from cfp.web.account import blueprint
from cfp.web.forms import ViewResponse, press
from cfp.web.gate import permission


@blueprint.get("/account/browsers")
@permission(Action.HAVE_ACCOUNT)
def browsers() -> str:
    actor = context.actor()
    found = queries.login_sessions_of(context.db(), actor.account_id or 0, now=context.now())
    return render_template("account/browsers.html", sessions=found, here=actor.session_id)


@blueprint.post("/account/browsers/<int:session_id>/end")
@permission(Action.HAVE_ACCOUNT)
def end_browser(session_id: int) -> ViewResponse:
    def act() -> str:
        actions.end_login_session(context.db(), context.actor(), session_id=session_id)
        return url_for("account.browsers")

    return press(act, done=_("Logged out there."))


@blueprint.post("/account/browsers/end-others")
@permission(Action.HAVE_ACCOUNT)
def end_other_browsers() -> ViewResponse:
    def act() -> str:
        actions.end_other_login_sessions(context.db(), context.actor())
        return url_for("account.browsers")

    return press(act, done=_("Logged out everywhere else."))
