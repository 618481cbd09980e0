"""What goes on once somebody has proved their address: the registry, and how to start it.

Whoever needs a proof before going on (such as the form of a new talk) registers a function here
and starts with `prove_address`. The typed content waits in the token; when the code or the link is
given, possibly on another device, the function runs in the log-in's own transaction.

Keys of a payload:
    next         name in `CONTINUATIONS`; without it the log-in only leads to `return_to`
    about        a title shown on the page behind the link ("finishes: ..."); never in the mail,
                 which would let strangers write to strangers
    return_to    local address to go to (checked by `local_address`)
    name, affiliation   given to the person if they have none yet
    anything else       the function's own
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask import current_app, session, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from cfp.actors import Actor
from cfp.domain.accounts import actions, rules
from cfp.domain.accounts.throttle import throttle_key
from cfp.domain.conferences.models import Conference
from cfp.web import context
from cfp.web.account.throttling import count, network_key
from cfp.web.forms import BaseForm, ViewResponse, perform, press
from cfp.web.sessions import USER

CONTINUATIONS: dict[str, Callable[[Actor, dict[str, Any]], str]] = {}
"""name -> (actor, payload) -> local address to go to.

Runs once, after the log-in, with `context.db()` open for writing; it must not commit. It should
keep what was typed whatever has happened meanwhile (a call that has closed: save a draft), because
an error here undoes the log-in too. `payload["received"]` (ISO 8601) is when the form was sent.
"""


def prove_address(
    form: BaseForm,
    page: Callable[[], str],
    *,
    email: Callable[[], str],
    payload: Callable[[], Mapping[str, Any]],
    conference: Conference | None = None,
) -> ViewResponse:
    """Validate the form, mail a link and a code to `email()`, and lead to the page for the code.

    Errors of the address go to the form's field `email`. Same page in the same way for everybody,
    whether or not there is an account. To be called before anything is written in the request.
    """
    if not form.validate_on_submit():
        return page(), 422
    count_mail(email())
    return perform(form, lambda: _start(email(), payload(), conference), page)


def send_proof(address: str, payload: Mapping[str, Any]) -> ViewResponse:
    """`prove_address` for a button: the address is known and is nothing that was typed."""
    count_mail(address)
    return press(lambda: _start(address, payload, None))


def count_mail(address: str) -> None:
    """Count a mail to an address, in a transaction of its own, or raise ThrottledError."""
    key = throttle_key("mail", rules.address_key(address))
    count({key: rules.MAIL_TO_ADDRESS, network_key(): rules.FROM_NETWORK})


def browser_id() -> str:
    """A random id of this browser, made when first needed; a person's is their session's."""
    if USER in session:
        return str(session[USER])
    if "browser" not in session:
        session["browser"] = actions.random_id()
    return str(session["browser"])


def go_on(actor: Actor, payload: dict[str, Any]) -> str:
    """Carry out what the payload says comes next; returns where to go."""
    name = payload.get("next")
    if isinstance(name, str) and name in CONTINUATIONS:
        return CONTINUATIONS[name](actor, payload)
    location = local_address(payload.get("return_to")) or url_for("account.mine")
    return location if actor.name else url_for("account.welcome", next=location)


def received(payload: Mapping[str, Any]) -> datetime:
    """When the form that is waiting in the payload was sent."""
    return datetime.fromisoformat(payload["received"])


def local_address(value: object) -> str | None:
    """The address rebuilt from its endpoint when it is a page of ours; we redirect nowhere else."""
    if not isinstance(value, str) or not re.match(r"/(?![/\\])", value) or len(value) > 500:
        return None
    path, _, query = value.partition("?")
    try:
        endpoint, arguments = current_app.url_map.bind("").match(path, method="GET")
    except (HTTPException, RequestRedirect):
        return None
    address = url_for(endpoint, **arguments)
    return f"{address}?{query}" if query and query.isascii() and query.isprintable() else address


def _start(email: str, payload: Mapping[str, Any], conference: Conference | None) -> str:
    actions.start_log_in(
        context.db(),
        email=email,
        browser=browser_id(),
        links=context.links(),
        now=context.now(),
        payload={"received": context.now().isoformat(), **payload} if payload else None,
        conference=conference,
    )
    return url_for("account.code")
