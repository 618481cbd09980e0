"""Deny by default: every route declares the action it serves, and the gate loads and authorises.

A route with `slug` in its address has its conference loaded, one with `code` its submission and
what the person is to it; both are then judged by the one policy. What a person may not see
answers exactly like what does not exist.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, g, redirect, request, url_for
from sqlalchemy import bindparam, select
from werkzeug.wrappers import Response as BaseResponse

from cfp.domain.conferences.models import Conference
from cfp.errors import ForbiddenError, NotFoundError
from cfp.policy import Action, Fact, Standing, allowed, sees, standing_of
from cfp.web import context
from cfp.web.assets import ENDPOINTS
from cfp.web.wording import LoginNeededError

View = TypeVar("View", bound=Callable[..., Any])

UNGUARDED = ENDPOINTS
_AT = select(Conference).where(Conference.slug == bindparam("slug"))  # made once: all pages ask
FOR_ANYBODY = frozenset({Action.VISIT, Action.LOG_IN, Action.SUBMIT_NEW})


def permission(action: Action) -> Callable[[View], View]:
    """Declare what a route serves. The decorator sits directly above the view."""

    def declare(view: View) -> View:
        view.permission = action  # type: ignore[attr-defined]  # read back by the gate
        return view

    return declare


def permission_of(app: Flask, endpoint: str) -> Action | None:
    """The action an endpoint has declared."""
    return getattr(app.view_functions[endpoint], "permission", None)


def refuse_undeclared(app: Flask) -> None:
    """Raise at start-up when a route says nothing about who may use it."""
    silent = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint not in UNGUARDED and permission_of(app, rule.endpoint) is None
    }
    if silent:
        raise RuntimeError(f"these routes declare no permission: {', '.join(sorted(silent))}")


def guard(app: Flask) -> BaseResponse | None:
    """Before every view: find the objects of the address and ask the policy."""
    endpoint = request.endpoint
    if endpoint is None or endpoint in UNGUARDED:
        return None
    action = permission_of(app, endpoint)
    if action is None:
        raise ForbiddenError("undeclared")
    if action not in FOR_ANYBODY and context.actor().person_id is None:
        return ask_to_log_in()
    arguments = request.view_args or {}
    if "slug" in arguments:
        g.conference = _conference(arguments["slug"])
    if action not in FOR_ANYBODY:
        if "code" in arguments:
            g.standing = _standing(arguments["code"])
        _judge(action)
    return None


def ask_to_log_in() -> BaseResponse:
    """To the log-in page and back; a form sent with an ended session is told so, not lost."""
    if request.method not in context.SAFE_METHODS:
        raise LoginNeededError("login_needed")
    return redirect(url_for("account.log_in", next=request.full_path.rstrip("?")), 302)


def _conference(slug: str) -> Conference:
    found = context.db().scalars(_AT, {"slug": slug}).one_or_none()
    if found is None:
        raise NotFoundError("not_found")
    return found


def _standing(code: str) -> Standing:
    found = standing_of(context.db(), context.actor(), context.conference(), code)
    if found is None or not sees(found, Fact.CONTENT):
        raise NotFoundError("not_found")
    return found


def _judge(action: Action) -> None:
    obj = g.get("standing") or g.get("conference")
    if allowed(context.actor(), action, obj, context.now()):
        return
    if isinstance(obj, Standing) and not allowed(
        context.actor(), action, obj.conference, context.now()
    ):
        raise ForbiddenError("forbidden")
    if not isinstance(obj, Standing):
        raise NotFoundError("not_found")


def no_store(response: Response) -> Response:
    """Private pages are not kept by browsers or proxies; public ones set their own headers."""
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    return response
