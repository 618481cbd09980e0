"""Error pages: what happened, what is safe, what to do. Errors carry keys, `wording` the words."""

import logging

from flask import Flask, Response, current_app, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from cfp.errors import DomainError, StaleError, ThrottledError
from cfp.uploads import FULL
from cfp.web import context
from cfp.web.wording import say

KEYS = {
    400: "bad_request",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
}
log = logging.getLogger("cfp.web")


def init_app(app: Flask) -> None:
    """One handler per kind of trouble; all lead to the same page."""
    app.register_error_handler(DomainError, _domain)
    app.register_error_handler(StaleDataError, lambda _e: _domain(StaleError("stale")))
    app.register_error_handler(CSRFError, lambda _e: _outdated())
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(OperationalError, _database)
    app.register_error_handler(IntegrityError, _collided)
    app.register_error_handler(OSError, _no_room)
    app.register_error_handler(Exception, _broken)


def page(
    key: str, status: int, error: DomainError | None = None, back: str | None = None
) -> Response:
    """The error page for a key; texts that came with the request are given back for copying."""
    body = render_template(
        "errors/error.html",
        status=status,
        sentence=say(error or DomainError(key)),
        yours=_typed() if status not in {403, 404} else None,
        back=back,
        request_id=None,
    )
    response = make_response(body, status)
    if isinstance(error, ThrottledError):
        response.headers["Retry-After"] = str(error.data.get("seconds", 60))
    return response


def _typed() -> dict[str, str]:
    """What the person had typed, without what they did not type or must not be shown again."""
    hidden = {"csrf_token", "key", "revision", "password", "code", "act"}
    try:
        shown = {name: text for name, text in request.form.items() if len(text) > 3}
    except (HTTPException, OSError):
        return {}  # it is what could not be received
    return {
        name.replace("-", " ").replace("_", " ").capitalize(): text
        for name, text in shown.items()
        if name not in hidden
    }


def _outdated() -> Response:
    """The browser was logged out, or logged in anew, after the form was opened.

    A form that saves itself says so and keeps its text; others lead back to the form as it is now.
    """
    if request.accept_mimetypes.best == "application/json":
        return make_response({}, 401)
    error = DomainError("csrf")
    return page(error.key, error.status, error, back=request.path if _can_be_read() else None)


def _can_be_read() -> bool:
    """Whether there is a page at the address that was written to."""
    routes = current_app.create_url_adapter(request)
    return routes is not None and routes.test(request.path, method="GET")


def _domain(error: DomainError) -> Response:
    if isinstance(error, StaleError) and error.texts("theirs"):
        return _both_texts(error)
    return page(error.key, error.status, error)


def _both_texts(error: StaleError) -> Response:
    """What is stored now beside what was typed: a stale save loses neither."""
    yours = error.texts("yours") or _typed()
    fields = [(label, text, yours.get(label, "")) for label, text in error.texts("theirs").items()]
    back = error.data.get("back") or request.path
    body = render_template("errors/stale.html", fields=fields, back=back, by=None)
    return make_response(body, error.status)


def _http(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400:
        return make_response(error.get_response())
    response = page(KEYS.get(status, "bad_request" if status < 500 else "broken"), status)
    if isinstance(error, MethodNotAllowed):
        response.headers["Allow"] = ", ".join(error.valid_methods or ())
    return response


def _collided(error: IntegrityError) -> Response:
    """Two people made the same thing at once: the second is told, and nothing of it is stored."""
    log.warning("collision at %s: %s", request.endpoint, type(error.orig).__name__)
    context.close_db(error)
    return _domain(StaleError("stale"))


def _database(error: OperationalError) -> Response:
    log.error("database: %s", error.orig)
    context.close_db(error)
    response = page("busy", 503)
    response.headers["Retry-After"] = "5"
    return response


def _no_room(error: OSError) -> Response:
    """The disk is full while what was sent is still being received."""
    if error.errno not in FULL:
        return _broken(error)
    log.error("no room at %s: %s", request.endpoint, error.strerror)
    context.close_db(error)
    return page("storage_full", 507)


def _broken(error: Exception) -> Response:
    log.exception("unhandled error at %s", request.endpoint)
    context.close_db(error)
    return page("broken", 500)
