"""What WTForms itself says of a field, in the page's language.

Its Flask extension reads the file of these words anew for every request that has a form.
"""

from functools import lru_cache

from babel.support import NullTranslations, Translations
from flask_babel import get_locale
from wtforms.i18n import messages_path


class FormWords:
    """What a form's Meta gives as its translations."""

    def gettext(self, text: str) -> str:
        return str(_here().ugettext(text))

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        return str(_here().ungettext(singular, plural, number))


FORM_WORDS = FormWords()


def _here() -> NullTranslations:
    return _catalog(str(get_locale() or "en"))


@lru_cache(maxsize=32)
def _catalog(language: str) -> NullTranslations:
    """Kept, for the languages that conferences have."""
    found: NullTranslations = Translations.load(messages_path(), [language], domain="wtforms")
    return found
