"""The words and dates of what is made of a program, in the program's own language."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.support import NullTranslations, Translations
from markupsafe import Markup, escape

from cfp.paths import PACKAGE

_NONE: Mapping[str, object] = MappingProxyType({})


@lru_cache(maxsize=8)
def words_of(language: str) -> NullTranslations:
    """Our own words in a language; English where there is no catalog."""
    return Translations.load(PACKAGE / "translations", [language])


class Words:
    """What the templates of HTML call to say something in one language: some hundred times a page.

    The same answers as Jinja's own functions, which go by way of the template's context: what is
    said is markup, the values in it are escaped, and `%%` is a percent sign, with or without them.
    """

    def __init__(self, translations: NullTranslations) -> None:
        self._translations = translations
        self._plain = lru_cache(maxsize=8192)(self._said)

    def gettext(self, text: str, /, **values: object) -> Markup:
        """The words for a text of the code."""
        return self._said(text, values) if values else self._plain(text)

    def ngettext(self, singular: str, plural: str, num: int, /, **values: object) -> Markup:
        """The same for a number, which the words may hold as `%(num)s`."""
        words = self._translations.ungettext(singular, plural, num)
        return _filled(words, {"num": num, **values})

    def _said(self, text: str, values: Mapping[str, object] = _NONE) -> Markup:
        return _filled(self._translations.ugettext(text), values)


def _filled(words: str, values: Mapping[str, object]) -> Markup:
    if "%" in words:
        # What Markup's own `%` does, which wraps each value anew at every use.
        words %= {
            name: value if isinstance(value, int) else escape(value)
            for name, value in values.items()
        }
    return Markup(words)  # noqa: S704 - our own words, or a translator's


def short_day(day: date, language: str) -> str:
    """19 Nov 2025."""
    return format_date(day, "d MMM y", locale=known_language(language))


def long_day(day: date, language: str) -> str:
    """Wednesday 19 November 2025."""
    return format_date(day, "EEEE d MMMM y", locale=known_language(language))


@lru_cache(maxsize=64)
def known_language(language: str) -> str:
    """The language as dates are told in it; English for a code nobody knows."""
    try:
        return str(Locale.parse(language))
    except (ValueError, UnknownLocaleError):
        return "en"


def language_name(code: str, language: str) -> str:
    """What a language is called in another; a code nobody knows stays as it is."""
    try:
        return Locale.parse(code).get_display_name(known_language(language)) or code
    except (ValueError, UnknownLocaleError):
        return code
