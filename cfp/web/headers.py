"""Headers of every answer, and the refusal of foreign Host headers and impossible addresses."""

from flask import Flask, Response, request
from flask_babel import lazy_gettext as _l
from werkzeug.exceptions import BadRequest, NotFound

from cfp.errors import DomainError
from cfp.web import context
from cfp.web.assets import ENDPOINTS
from cfp.web.wording import add_words

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


add_words({"foreign_host": _l("This server is reached at %(url)s and by no other name.")})


class ForeignHostError(DomainError):
    """A request to a name that is not ours; `url` in the data is where we are."""

    status = 400


def init_app(app: Flask) -> None:
    app.before_request(refuse_foreign_host)
    app.before_request(refuse_nul)
    app.after_request(add_headers)


def refuse_foreign_host() -> None:
    """Links and cookies belong to one host; any other name for this server is a mistake.

    Those who watch the process may call it by its address: they follow no links. And the page that
    says so has its style.
    """
    if request.path in {"/healthz", "/readyz"} or request.endpoint in ENDPOINTS:
        return
    config = context.config()
    if request.host != config.host:
        raise ForeignHostError("foreign_host", url=config.base_url)


def refuse_nul() -> None:
    """No name and no search has a NUL, and PostgreSQL fails on it; forms refuse theirs."""
    if "\0" in request.path:
        raise NotFound
    if any("\0" in text for pair in request.args.items(multi=True) for text in pair):
        raise BadRequest


def add_headers(response: Response) -> Response:
    """Security headers; private pages are not stored, public ones have set their own caching."""
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CSP)
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    if context.config().secure:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    if request.endpoint not in ENDPOINTS and not response.cache_control.public:
        headers["Cache-Control"] = "no-store"
    return response
