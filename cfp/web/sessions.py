"""One session interface: a signed cookie for strangers, an opaque id with a row for persons.

The person's cookie carries nothing but the id. What Flask wants to keep between two requests for
them is derived (the CSRF secret, from the id) or travels in a short-lived signed cookie of its own
(the note shown after a redirect), so that a GET never writes to the database.
"""

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv6Network, ip_address
from typing import Any

from flask import Flask, Request, Response, request
from flask.json.tag import TaggedJSONSerializer
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask_login import AnonymousUserMixin, LoginManager, UserMixin
from itsdangerous import BadSignature, URLSafeTimedSerializer

from cfp.actors import ANYBODY, Actor
from cfp.domain.accounts import actions, queries
from cfp.web import context

USER = "_user_id"
NOTES = "_flashes"
CSRF = "csrf_token"
NOTE_SECONDS = 120
STRANGER_DAYS = 2


@dataclass
class Visitor(UserMixin):
    """The logged-in person as flask-login wants them; its id is the browser's opaque one."""

    id: str
    actor: Actor = field(default=ANYBODY)


class Stranger(AnonymousUserMixin):
    actor = ANYBODY


class SessionInterface(SecureCookieSessionInterface):
    """See the module's docstring."""

    serializer = TaggedJSONSerializer()

    def get_cookie_name(self, app: Flask) -> str:
        """`__Host-` binds the cookie to this host and to https, where there is https."""
        return "__Host-cfp" if context_secure(app) else "cfp"

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession:
        value = request.cookies.get(self.get_cookie_name(app), "")
        if not value:
            return self.session_class()
        if not value.startswith("p."):
            return super().open_session(app, request) or self.session_class()
        opaque = value[2:]
        secret = app.secret_key
        key = secret if isinstance(secret, bytes) else str(secret).encode()
        session = self.session_class(
            {
                USER: opaque,
                "_fresh": True,
                CSRF: hmac.new(key, b"csrf" + opaque.encode(), hashlib.sha256).hexdigest(),
            }
        )
        notes = self._read_notes(app, request)
        if notes:
            session[NOTES] = notes
        session.modified = False
        return session

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if not session.modified:
            return
        name = self.get_cookie_name(app)
        opaque = session.get(USER)
        if opaque is None:
            if request_had_person(app):
                response.delete_cookie(name, **self._attributes(app))
            super().save_session(app, session, response)
            return
        response.set_cookie(
            name, f"p.{opaque}", max_age=timedelta(days=30), **self._attributes(app)
        )
        self._write_notes(app, session.get(NOTES), response)

    def get_cookie_secure(self, app: Flask) -> bool:
        return context_secure(app)

    def get_expiration_time(self, app: Flask, session: SessionMixin) -> datetime | None:
        return datetime.now(UTC) + timedelta(days=STRANGER_DAYS)

    def _attributes(self, app: Flask) -> dict[str, Any]:
        return {
            "httponly": True,
            "secure": context_secure(app),
            "samesite": "Lax",
            "path": "/",
        }

    def _signer(self, app: Flask) -> URLSafeTimedSerializer:
        return URLSafeTimedSerializer(str(app.secret_key), salt="note")

    def _read_notes(self, app: Flask, request: Request) -> list[Any]:
        value = request.cookies.get(f"{self.get_cookie_name(app)}-note", "")
        if not value:
            return []
        try:
            notes = self._signer(app).loads(value, max_age=NOTE_SECONDS)
        except BadSignature:
            return []
        return [tuple(note) for note in notes]

    def _write_notes(self, app: Flask, notes: object, response: Response) -> None:
        name = f"{self.get_cookie_name(app)}-note"
        if isinstance(notes, list) and notes:
            value = self._signer(app).dumps([[kind, str(text)] for kind, text in notes])
            response.set_cookie(name, value, max_age=NOTE_SECONDS, **self._attributes(app))
        else:
            response.delete_cookie(name, **self._attributes(app))


def context_secure(app: Flask) -> bool:
    """Whether this installation is reached over https."""
    secure: bool = app.extensions["cfp"].config.secure
    return secure


def request_had_person(app: Flask) -> bool:
    """Whether the browser sent a person's cookie (which a log-out must then delete)."""
    name = app.session_interface.get_cookie_name(app)
    return request.cookies.get(name, "").startswith("p.")


def load_visitor(opaque: str) -> Visitor | None:
    """flask-login's loader: session row, person and roles in one statement.

    What a person sends renews the row, with the view's own commit; looking never does.
    """
    actor = queries.actor_of_session(
        context.db(), opaque, now=context.now(), open_creation=context.config().open_creation
    )
    if actor is None:
        return None
    if request.method not in context.SAFE_METHODS:
        actions.touch_login_session(context.db(), actor, now=context.now())
    return Visitor(opaque, actor)


def init_app(app: Flask) -> None:
    """Install the interface and flask-login on it."""
    app.session_interface = SessionInterface()
    manager = LoginManager()
    manager.session_protection = None  # the id is opaque, hashed in its row, and revocable
    manager.anonymous_user = Stranger
    manager.user_loader(load_visitor)
    manager.init_app(app)


def network() -> str:
    """The caller's network for throttling: an IPv4 address, or the /64 of an IPv6 one."""
    said = request.remote_addr or "unknown"
    try:
        address = ip_address(said)
    except ValueError:
        return said
    if isinstance(address, IPv4Address):
        return said
    return str(address.ipv4_mapped or IPv6Network((int(address) >> 64 << 64, 64)))
