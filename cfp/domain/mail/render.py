"""Mail texts: a shipped or a conference's own template, with values filled in once.

A shipped text is `templates/mail/KIND.txt`: first line `Subject: ...`, then a blank line and the
body, as Jinja with `{% trans %}` so that it can be translated. Jinja never sees a value:
placeholders such as `{title}` are substituted afterwards, in one pass, so what a speaker typed can
neither become mark-up nor name another placeholder. A conference's own text has placeholders and
the conditions of `conditions.py`.
"""

import re
from collections.abc import Collection, Mapping
from functools import lru_cache

from babel.support import NullTranslations, Translations
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp.domain.conferences.models import Conference
from cfp.domain.mail.conditions import MARK, resolve
from cfp.domain.mail.models import MailTemplate
from cfp.errors import DomainError
from cfp.paths import resource
from cfp.records import record

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


@record
class MailText:
    """A subject and a body, with or without placeholders."""

    subject: str
    body: str


def shipped(kind: str, language: str = "en") -> MailText:
    """The text that comes with the application, placeholders still in it."""
    text = _environment(language).get_template(f"{kind}.txt").render()
    head, _, body = text.partition("\n\n")
    return MailText(head.removeprefix("Subject:").strip(), body.strip() + "\n")


def template_for(db: Session, conference: Conference, kind: str) -> MailText:
    """The conference's own text of this kind, else the shipped one."""
    own = db.scalars(
        select(MailTemplate).where(
            MailTemplate.conference_id == conference.id, MailTemplate.kind == kind
        )
    ).one_or_none()
    return MailText(own.subject, own.body) if own else shipped(kind, conference.language)


def fill(text: MailText, values: Mapping[str, str]) -> MailText:
    """Judge the conditions, then substitute every placeholder, once.

    Raises:
        DomainError: `mail.bad_condition`, `mail.unknown_placeholder`.
    """
    subject = " ".join(_substitute(resolve(text.subject, values), values).split())
    return MailText(subject, _substitute(resolve(text.body, values), values))


def check(text: MailText, known: Collection[str]) -> None:
    """Raise, at the field it stands in, what `fill` would for values of these names."""
    for field, part in (("subject", text.subject), ("body", text.body)):
        values = dict.fromkeys(known, "")
        try:
            _substitute(_every_part(part, values), values)
        except DomainError as error:
            raise DomainError(error.key, field=field, **error.data) from error


def _every_part(text: str, values: Mapping[str, str]) -> str:
    """Without the marks of conditions, whatever they ask."""
    resolve(text, values)
    return MARK.sub("", text)


def _substitute(text: str, values: Mapping[str, str]) -> str:
    def value_of(match: re.Match[str]) -> str:
        name = match.group(1)
        if name not in values:
            raise DomainError("mail.unknown_placeholder", name="{" + name + "}")
        return values[name]

    return PLACEHOLDER.sub(value_of, text)


@lru_cache
def _environment(language: str) -> Environment:
    folder = resource("templates")
    environment = Environment(
        loader=FileSystemLoader(folder / "mail"),
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,  # noqa: S701 - plain text, and no value ever reaches it
    )
    translations = Translations.load(folder.parent / "translations", [language])
    environment.install_gettext_translations(  # type: ignore[attr-defined]  # from the extension
        translations if isinstance(translations, NullTranslations) else NullTranslations()
    )
    return environment
