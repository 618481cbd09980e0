"""Errors into words. Each blueprint adds the sentences of its keys to `WORDS`."""

from collections.abc import Mapping

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from cfp.errors import CfpError, DomainError


class LoginNeededError(DomainError):
    """The session has ended; the form's text is given back on the page."""

    status = 401


WORDS: dict[str, LazyString] = {
    "not_found": _l("This page does not exist, or it is not yours to see."),
    "forbidden": _l("You can see this, but changing it is not yours to do."),
    "undeclared": _l("This page is not available."),
    "login_needed": _l("You are not logged in any more. Log in again; nothing you typed is lost."),
    "stale": _l("Somebody saved a change while you were editing."),
    "not_now": _l("This can't be done any more: the state has changed since you opened the page."),
    "throttled": _l("Too many tries. Please wait %(seconds)s seconds and try again."),
    "csrf": _l(
        "This form has expired: you logged out or in meanwhile, or this browser keeps no cookies. "
        "Nothing you typed is lost; open the form again."
    ),
    "too_large": _l("This is more than can be sent at once."),
    "bad_request": _l("The request could not be understood."),
    "method_not_allowed": _l("This address can't be used that way."),
    "busy": _l("The database is busy or out of space. Nothing was saved; please try again."),
    "broken": _l("Something went wrong on our side. Nothing was half-done; please try again."),
}


def add_words(words: Mapping[str, LazyString]) -> None:
    """Add a blueprint's sentences; a key means one thing everywhere."""
    doubled = WORDS.keys() & words.keys()
    if doubled:
        raise RuntimeError(f"error keys worded twice: {', '.join(sorted(doubled))}")
    WORDS.update(words)


def say(error: CfpError) -> str:
    """The sentence for a person; data fill its placeholders."""
    words = WORDS.get(error.key)
    return str(words) % error.data if words is not None else error.key
