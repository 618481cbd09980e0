"""`_` and `ngettext` as templates call them: some hundred times a page, so they do little.

The same answers as Jinja's own, which go by way of the template's context and find the request's
language anew for each word. Pages are HTML, so what is said is markup and its values are escaped.
The labels and messages of forms, which are looked up when they are shown, have the same words.
"""

from babel.support import NullTranslations
from flask import Flask, g
from flask_babel import Domain, get_babel, get_domain
from markupsafe import Markup, escape


def init_app(app: Flask) -> None:
    """Replace what the i18n extension has installed; `{% trans %}` uses the same names."""
    get_babel(app).instance.domain_instance = PageDomain()
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
    return _filled(_translations().ugettext(text), values)


def ngettext(singular: str, plural: str, num: int, /, **values: object) -> Markup:
    """The same for a number, which the words may hold as `%(num)s`."""
    return _filled(_translations().ungettext(singular, plural, num), {"num": num, **values})


def _filled(words: str, values: dict[str, object]) -> Markup:
    if "%" in words:
        # What Markup's own `%` does, which wraps each value anew at every use.
        words %= {
            name: value if isinstance(value, int) else escape(value)
            for name, value in values.items()
        }
    return Markup(words)  # noqa: S704 - our own words, or a translator's


def _translations() -> NullTranslations:
    found: NullTranslations = g.get("translations") or get_domain().get_translations()
    return found
