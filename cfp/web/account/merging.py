"""Joining two persons who have turned out to be one: after a proof, explained, and on POST only."""

from flask import render_template, url_for
from flask_babel import gettext as _

from cfp.domain.accounts import tokens
from cfp.domain.accounts.models import Person, Token
from cfp.domain.accounts.tokens import Purpose
from cfp.domain.persons.merging import merge as join
from cfp.errors import NotFoundError
from cfp.policy import Action
from cfp.web import context
from cfp.web.account import blueprint
from cfp.web.forms import BaseForm, ViewResponse, press
from cfp.web.gate import permission


@blueprint.get("/account/merge/<token>")
@permission(Action.HAVE_ACCOUNT)
def merge(token: str) -> str:
    found = _proof(token)
    if not tokens.is_open(found, context.now()):
        raise NotFoundError("not_found")
    other = context.db().get_one(Person, found.payload["other"])
    return render_template("account/merge.html", form=BaseForm(), token=found, other=other)


@blueprint.post("/account/merge/<token>")
@permission(Action.HAVE_ACCOUNT)
def join_persons(token: str) -> ViewResponse:
    def act() -> str:
        db, actor, found = context.db(), context.actor(), _proof(token)
        tokens.use(db, found, now=context.now())
        other_id, into_id = int(found.payload["other"]), actor.person_id or 0
        join(db, actor, into_id=into_id, other_id=other_id, now=context.now())
        return url_for("account.mine")

    return press(act, done=_("Everything is in this account now."))


def _proof(secret: str) -> Token:
    """What this very person has proved; anybody else's link does not exist."""
    found = tokens.find(context.db(), secret, Purpose.MERGE)
    if found is None or found.person_id != context.actor().person_id:
        raise NotFoundError("not_found")
    return found
