"""`_` and `ngettext` as the pages' templates call them: in the language of the request.

The labels and messages of forms, which are looked up when they are shown, have the same words.
"""

from contextvars import ContextVar
from functools import lru_cache

from babel.support import NullTranslations
from flask import Flask, appcontext_popped, appcontext_pushed, g, has_app_context
from flask_babel import Domain, get_babel, get_domain
from markupsafe import Markup

from cfp.formats.words import Words

_WORDS: ContextVar[Words | None] = ContextVar("words", default=None)
"""Those of the request, once one is asked for: `g` would be gone through some hundred times."""


def init_app(app: Flask) -> None:
    """Replace what the i18n extension has installed; `{% trans %}` uses the same names."""
    get_babel(app).instance.domain_instance = PageDomain()
    for moment in (appcontext_pushed, appcontext_popped):
        moment.connect(_forget, app)
    app.jinja_env.globals.update(
        {"_": gettext, "gettext": gettext, "ngettext": ngettext, "_l": Later}
    )


class PageDomain(Domain):
    """Finds the catalog of a request once, where the extension's own does for each word."""

    def get_translations(self) -> NullTranslations:
        """The words in the page's language; outside of a request, those of the code."""
        found: NullTranslations | None = g.get("translations") if g else None
        if found is None:
            found = super().get_translations()
            if g:
                g.translations = found
        return found


class Later:
    """Words that are looked up when they are shown, in the language of that page.

    For tables of words in templates that are imported without context: those are made once for the
    life of the process, and would stay in the language of whoever came first.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def __html__(self) -> str:
        return gettext(self._text)

    def __str__(self) -> str:
        return gettext(self._text)


def gettext(text: str, /, **values: object) -> Markup:
    """The words in the page's language; `%%` is a percent sign, with and without values."""
    return (_WORDS.get() or _words()).gettext(text, **values)


def ngettext(singular: str, plural: str, num: int, /, **values: object) -> Markup:
    """The same for a number, which the words may hold as `%(num)s`."""
    return (_WORDS.get() or _words()).ngettext(singular, plural, num, **values)


def _words() -> Words:
    found = _of(get_domain().get_translations())
    if has_app_context():
        _WORDS.set(found)
    return found


@lru_cache(maxsize=32)
def _of(translations: NullTranslations) -> Words:
    """One for each catalog, of which the extension keeps one for each language."""
    return Words(translations)


def _forget(_app: Flask) -> None:
    _WORDS.set(None)
