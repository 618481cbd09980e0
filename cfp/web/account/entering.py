"""Turning a proof into a logged-in browser, in the same transaction as what goes on after it."""

import hashlib
import hmac
from collections.abc import Callable

from flask import current_app, g, request, session
from flask_login import current_user
from werkzeug.wrappers import Response

from cfp.actors import Actor
from cfp.domain.accounts import actions, queries
from cfp.domain.accounts.models import Account
from cfp.domain.accounts.rules import device_name
from cfp.web import context
from cfp.web.forms import BaseForm, ViewResponse, perform
from cfp.web.sessions import CSRF, NOTES, USER, Visitor


def enter(
    form: BaseForm,
    page: Callable[[], str],
    prove: Callable[[], Account],
    then: Callable[[Actor], str],
) -> ViewResponse:
    """Log this browser in as the account that `prove` returns, then do `then` as that person.

    All in one transaction: an error in either leaves nothing done and nobody logged in.
    """
    opaque = _id_to_be(form)
    response = perform(form, lambda: _open(opaque, prove, then), page)
    if isinstance(response, Response):
        notes = session.get(NOTES)  # what `then` has said
        session.clear()
        session[USER] = opaque
        if notes:
            session[NOTES] = notes
    return response


def _open(opaque: str, prove: Callable[[], Account], then: Callable[[Actor], str]) -> str:
    db, now, before = context.db(), context.now(), current_user._get_current_object()
    try:
        account = prove()
        if before.actor.session_id is not None:
            actions.end_login_session(db, before.actor, session_id=before.actor.session_id)
        device = device_name(request.user_agent.string)
        actions.open_login_session(db, account.id, device, now, opaque)
        actor = queries.actor_of_session(
            db, opaque, now=now, open_creation=context.config().open_creation
        )
        if actor is None:
            raise RuntimeError("a session that was just opened is not there")
        _act_as(Visitor(opaque, actor))
        return then(actor)
    except Exception:
        _act_as(before)
        raise


def _act_as(visitor: object) -> None:
    """Make `context.actor()` this person for the rest of the request (where flask-login looks)."""
    g._login_user = visitor


def _id_to_be(form: BaseForm) -> str:
    """The browser's opaque id, the same when the same form is sent twice.

    After a double click the browser throws the first answer away, and its cookie with it; the
    second answer must carry the same one. Secret, because it is made with the application's key.
    """
    secret = str(current_app.secret_key).encode()
    parts = ("log-in", str(session.get(CSRF, "")), str(form.key.data), request.path)
    return hmac.new(secret, "\0".join(parts).encode(), hashlib.sha256).hexdigest()
