"""Changing single mails of an announcement before it goes, on the page that shows them all.

What is typed stays in the page's form until the number is typed and everything is sent.
"""

from collections.abc import Sequence

from flask import request

from cfp.domain.decisions.letters import Letter
from cfp.domain.mail.render import MailText

REDRAWS = ("change", "turn")
"""Buttons that show the page again, with what was typed: another mail to change, another page."""


def is_redrawn() -> bool:
    """Whether nothing is to be sent yet."""
    return request.method == "POST" and any(name in request.form for name in REDRAWS)


def opened() -> list[str]:
    """Whose mails are open to be changed, by their codes, in the order they were opened."""
    return list(dict.fromkeys([*request.form.getlist("edit"), *request.form.getlist("change")]))


def as_typed(letter: Letter) -> MailText:
    """The mail as it stands in the form; where it does not, as it is."""
    code = letter.reader.person.code
    subject = request.form.get(f"subject-{code}", letter.text.subject)
    body = request.form.get(f"body-{code}", letter.text.body)
    return MailText(" ".join(subject.split()), body.replace("\r\n", "\n").strip() + "\n")


def typed(letters: Sequence[Letter]) -> dict[str, MailText]:
    """The mails that say something else than they would, by their readers' codes."""
    open_, found = frozenset(opened()), {}
    for letter in letters:
        code, text = letter.reader.person.code, as_typed(letter)
        plain = MailText(" ".join(letter.text.subject.split()), letter.text.body.strip() + "\n")
        if code in open_ and text != plain:
            found[code] = text
    return found
