"""What reviewers, speakers and chairs fill in alike when they declare a conflict of interest."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField
from wtforms.fields.choices import SelectChoice

from cfp.domain.assignment.collaborators import LINE_LIMIT
from cfp.domain.assignment.rules import LISTED_AT_MOST
from cfp.web.forms import BaseForm, Text
from cfp.web.wording import add_words

add_words(
    {
        "collaborator.short": _l(
            "Line %(line)s: give the whole name, or an e-mail address; one word fits too many."
        ),
        "collaborator.comma": _l(
            "Line %(line)s: write the name as people say it, and an affiliation in brackets."
        ),
        "collaborator.several": _l("Line %(line)s: one person to a line, please."),
        "collaborator.unreadable": _l(
            "Line %(line)s: a bracket or an address is not complete. Write it like this: "
            "Ada Example <ada@example.org> (Example Org)."
        ),
        "collaborator.long": _l("Line %(line)s: a line has at most %(limit)s characters."),
        "collaborator.many": _l("Line %(line)s: a list has at most %(limit)s lines."),
        "collaborator.no_organization": _l("Line %(line)s: this names no organization."),
    }
)

TYPES = {
    "employer": _l("We have, or had, the same employer"),
    "collaborator": _l("We work, or worked, on something together"),
    "personal": _l("Family, friends, or the opposite"),
    "advisor": _l("One has advised or supervised the other"),
    "other": _l("Something else"),
}


def conflict_type() -> RadioField:
    """The question what a declared conflict is about, answered already: one click is enough."""
    choices = [SelectChoice(value, word) for value, word in TYPES.items()]
    return RadioField(_l("What is it about?"), choices=choices, default="other")


class CollaboratorsForm(BaseForm):
    """People and organizations, one to a line."""

    people = Text(_l("People"), limit=LINE_LIMIT * LISTED_AT_MOST)
    organizations = Text(_l("Organizations"), limit=LINE_LIMIT * LISTED_AT_MOST)
