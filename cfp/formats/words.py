"""The words and dates of what is made of a program, in the program's own language."""

from datetime import date
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.support import NullTranslations, Translations

from cfp.paths import PACKAGE


@lru_cache(maxsize=8)
def words_of(language: str) -> NullTranslations:
    """Our own words in a language; English where there is no catalog."""
    return Translations.load(PACKAGE / "translations", [language])


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
