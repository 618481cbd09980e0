"""What the text to fill in says around its questions."""

from collections.abc import Sequence

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from cfp.domain.conferences.models import Conference, Criterion, ReviewField
from cfp.domain.reviews.offline import Change, Own
from cfp.domain.reviews.offline_questions import STATEMENT, SUBMIT, Question, value_of
from cfp.formats.review_text import PartForm
from cfp.web.reviewer.forms import AI_STATEMENT, CONFIDENCE, scale_words

AUDIENCES = {
    "chairs": _l("For the chairs."),
    "reviewers": _l("For reviewers and chairs."),
    "speakers": _l("For the speakers, after the decisions."),
}
TEXTS = {
    "confidence": _l("How well do you know this subject?"),
    "comment": _l("Comment"),
    "to chairs": _l("Remark for the chairs"),
    "to speakers": _l("Feedback for the speakers"),
    STATEMENT: AI_STATEMENT,
    SUBMIT: _l("Submit this review? Write yes; nothing keeps it as a draft."),
}


def opening(conference: Conference) -> list[str]:
    """How to fill it in."""
    return [
        _("Reviews for %(conference)s", conference=conference.name),
        "",
        _("Write each answer below its question. Lines that begin with ==-== are there to read."),
        _("Leave those that begin with ==+== and ==*== as they are: they say what belongs where."),
        _("Bring the file back on the page where you got it: you are shown what would change,"),
        _("and nothing is saved before you say so. What you leave as it is changes nothing."),
    ]


def notes_of(own: Own) -> list[str]:
    """The submission, to read."""
    state = _("submitted") if own.is_submitted else _("draft") if own.review else ""
    mine = [_("Your review so far: %(state)s", state=state)] if state else []
    length = _("%(n)s min", n=own.minutes)
    facts = " · ".join(filter(None, (f"{own.format}, {length}", own.track)))
    return ["", own.title, facts, *filter(None, [own.speakers]), "", own.abstract, "", *mine]


def words_of(question: Question) -> str:
    """What a question is called on pages."""
    return question.asks.name if question.asks is not None else str(TEXTS[question.key])


def part_of(own: Own, question: Question, change: Change | None = None) -> PartForm:
    """The part of a text that asks this; `change`: with its answers instead of the stored ones."""
    value = answer_words(own, question, change)
    return PartForm(question.key, _hints(question), value, _boxes(question, value))


def answer_words(own: Own, question: Question, change: Change | None = None) -> str:
    """The answer as it is written into a file."""
    if question.kind == SUBMIT:
        return "yes" if (change.submit if change else own.is_submitted) else ""
    if question.kind == STATEMENT:
        stored = own.review is not None and own.review.ai_statement
        return "yes" if (change.statement if change else stored) else ""
    return value_of(question, change.content if change else own.content)


def _hints(question: Question) -> list[str]:
    asks = question.asks
    lines = [words_of(question)] if asks is None else []
    if asks is not None and asks.help:
        lines.append(asks.help)
    if isinstance(asks, Criterion):
        lines += [_("One of:"), *(f"  {words}" for words in scale_words(asks))]
    elif question.kind == "confidence":
        lines += [f"  {words}" for words in CONFIDENCE.values()]
    elif isinstance(asks, ReviewField) and asks.kind != "text":
        several = asks.kind == "choices"
        lines.append(_("Mark any with x.") if several else _("Mark one with x."))
    if question.audience:
        lines.append(str(AUDIENCES[question.audience]))
    if question.is_required:
        lines.append(_("Needed to submit."))
    return lines


def _boxes(question: Question, value: str) -> Sequence[tuple[str, bool]]:
    """The options of a choice, those that were chosen and are offered no more among them."""
    if not isinstance(question.asks, ReviewField) or question.asks.kind == "text":
        return ()
    said = value.split("\n") if value else []
    offered = [str(one) for one in question.asks.options]
    gone = [one for one in said if one not in offered]
    return [(one, one in said) for one in (*offered, *gone)]
