"""Single mails of an announcement in words of their own; all others are as their kind says."""

from collections.abc import Mapping, Sequence

from cfp.domain.decisions.letters import ConfirmLink, Letter
from cfp.domain.mail.render import MailText
from cfp.errors import DomainError

SUBJECT_LIMIT, BODY_LIMIT = 200, 20_000

Words = Mapping[str, MailText]
"""By the code of who gets the mail, as previews have it: with the common address as the button."""


def check_words(letters: Sequence[Letter], words: Words) -> None:
    """Raise DomainError `announce.empty_mail` or `announce.long_mail` for the first fault."""
    for letter in letters:
        own = words.get(letter.reader.person.code)
        if own is None:
            continue
        name = letter.reader.person.name
        if not own.subject.strip() or not own.body.strip():
            raise DomainError("announce.empty_mail", field="count", name=name)
        if len(own.subject) > SUBJECT_LIMIT or len(own.body) > BODY_LIMIT:
            raise DomainError("announce.long_mail", field="count", name=name, limit=BODY_LIMIT)


def reworded(
    letter: Letter, words: Words, common: ConfirmLink, own_button: ConfirmLink
) -> MailText:
    """What the reader gets: the words of their own, if any, with the button that is theirs."""
    own, person = words.get(letter.reader.person.code), letter.reader.person
    if own is None:
        return letter.text
    body = own.body
    for one in letter.told:
        if one.kind == "accepted":
            button = common(one.submission, person)
            body = body.replace(button, own_button(one.submission, person))
    return MailText(own.subject, body)
