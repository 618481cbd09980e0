"""Build the application from a `Config`."""

import gc
import os
import secrets
import stat
from pathlib import Path

from flask import Flask, g, request
from flask_babel import Babel
from flask_bootstrap import Bootstrap5
from flask_wtf import CSRFProtect
from jinja2 import StrictUndefined
from sqlalchemy import Engine
from werkzeug.middleware.proxy_fix import ProxyFix

from cfp.config import Config
from cfp.db import make_engine
from cfp.errors import ConfigError
from cfp.paths import resource
from cfp.records import record
from cfp.web import assets, context, errors, filters, gate, headers, sessions, translating
from cfp.web.blueprints import BLUEPRINTS
from cfp.web.compiled import Compiled
from cfp.web.environment import PageEnvironment
from cfp.web.frame import frame
from cfp.web.routing import PageRule, RowNumber

NO_CSRF = ("account.confirm_unsubscribe",)
"""What mail programs post to by themselves: the secret in the address is the right to do it."""
FORM_AROUND = 64 * 1024
"""Bytes of the form around an uploaded file, so that a file of just the limit is taken."""


@record
class Runtime:
    """What the application carries: its settings and its database."""

    config: Config
    engine: Engine


def create_app(config: Config) -> Flask:
    """The Flask application. Refuses to start on a route without a permission."""
    app = Flask("cfp", template_folder=str(resource("templates")), static_folder=None)
    app.config.update(
        MAX_FORM_MEMORY_SIZE=4 * 1024 * 1024,
        MAX_FORM_PARTS=5_000,
        BOOTSTRAP_SERVE_LOCAL=True,
        WTF_CSRF_TIME_LIMIT=None,
        SESSION_COOKIE_SAMESITE="Lax",
        REFUSE_FORGOTTEN_COMMITS=False,
        TRAP_HTTP_EXCEPTIONS=False,
    )
    bind(app, config)
    app.url_rule_class = PageRule
    app.url_map.converters["int"] = RowNumber
    app.jinja_environment = PageEnvironment
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.bytecode_cache = Compiled()
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    if config.trusted_proxies:
        hops = config.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]  # the documented way
    _install(app)
    gate.refuse_undeclared(app)
    return app


def bind(app: Flask, config: Config) -> None:
    """Put the application on an installation: its keys, its limits, its database."""
    keys = secret_keys(config.instance)
    app.config.update(
        SECRET_KEY=keys[0],
        SECRET_KEY_FALLBACKS=keys[1:],
        MAX_CONTENT_LENGTH=config.uploads.limit + FORM_AROUND,
    )
    app.extensions["cfp"] = Runtime(config, make_engine(config.database_url))


def _install(app: Flask) -> None:
    headers.init_app(app)
    assets.init_app(app)
    csrf = CSRFProtect(app)
    Bootstrap5(app)
    Babel(app, locale_selector=_locale)
    translating.init_app(app)
    sessions.init_app(app)
    errors.init_app(app)
    filters.init_app(app)
    app.context_processor(frame)
    app.before_request(lambda: gate.guard(app))
    app.teardown_appcontext(context.close_db)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    for name in NO_CSRF:
        csrf.exempt(app.view_functions[name])


def _locale() -> str:
    conference = g.get("conference") if request else None
    return conference.language if conference is not None else "en"


def secret_keys(instance: Path) -> list[str]:
    """The signing keys, one per line: the first signs, the others are still accepted.

    Created at first use; refused when other users of the machine can read the file.
    """
    path = instance / "secret_key"
    instance.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise ConfigError("secret_key_readable", name=str(path)) from None
    except OSError as error:
        raise ConfigError("not_writable", name=str(path), value=error.strerror) from error
    else:
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(48) + "\n")
    try:
        keys = path.read_text().split()
    except OSError as error:
        raise ConfigError("unreadable", name=str(path), value=error.strerror) from error
    if not keys:
        raise ConfigError("secret_key_empty", name=str(path))
    return keys


def settle() -> None:
    """Tell the collector of a serving process that what is loaded stays, and to look less often.

    Going through it all again and again took a tenth of a second in the middle of some pages, and
    a seventh of all their time. To look for garbage a few times a page, and not every few hundred
    objects, saves a tenth of the rest.
    """
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)
