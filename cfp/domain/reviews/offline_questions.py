"""The review form as a file asks it: each question with its key, and how an answer is read."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from cfp.domain.conferences.models import Conference, Criterion, ReviewField
from cfp.domain.reviews.content import Content
from cfp.domain.reviews.rules import CONFIDENCE_LEVELS
from cfp.errors import DomainError
from cfp.formats.review_text import chosen
from cfp.formats.typed_reviews import ANSWER, SCORE
from cfp.records import record

SUBMIT, STATEMENT = "submit", "statement"
TEXT_KEYS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "committee_text": ("comment", "reviewers"),
        "chair_text": ("to chairs", "chairs"),
        "speaker_text": ("to speakers", "speakers"),
    }
)
"""The texts that every review has: their keys, and who reads them."""

YES = frozenset({"yes", "y", "1", "true", "x"})
NO = frozenset({"", "no", "n", "0", "false"})


@record
class Question:
    """One part of the form.

    kind: score, confidence, text, choice, choices, statement or submit. `field` is the name of it
    on the page, `asks` the row it comes from, where it is the conference's own.
    """

    key: str
    kind: str
    field: str
    audience: str = ""
    asks: Criterion | ReviewField | None = None

    @property
    def is_required(self) -> bool:
        """To submit; a draft may be half filled."""
        return self.kind == STATEMENT or (self.asks is not None and self.asks.required)


def questions_of(
    conference: Conference, criteria: Sequence[Criterion], fields: Sequence[ReviewField]
) -> list[Question]:
    """What is asked of one submission, in the order of its page."""
    named = _keys([*criteria, *fields])
    scores = [Question(named[one], "score", f"score_{one.id}", asks=one) for one in criteria]
    sure = [Question("confidence", "confidence", "confidence")] * conference.asks_confidence
    texts = [
        Question(key, "text", name, audience)
        for name, (key, audience) in TEXT_KEYS.items()
        if audience != "speakers" or conference.asks_speaker_text
    ]
    own = [
        Question(named[one], one.kind, f"field_{one.id}", one.audience, one) for one in fields
    ]
    stated = [Question(STATEMENT, STATEMENT, "ai_statement", "chairs")]
    stated *= conference.asks_ai_statement
    return [*scores, *sure, *texts, *own, *stated, Question(SUBMIT, SUBMIT, SUBMIT)]


def criteria_in(questions: Sequence[Question]) -> list[Criterion]:
    """Those of them that are scores."""
    return [one.asks for one in questions if isinstance(one.asks, Criterion)]


def fields_in(questions: Sequence[Question]) -> list[ReviewField]:
    """Those of them that are the conference's own texts and choices."""
    return [one.asks for one in questions if isinstance(one.asks, ReviewField)]


def value_of(question: Question, content: Content) -> str:
    """The answer as it is written into a file; options one per line."""
    if isinstance(question.asks, Criterion):
        return str(content.scores.get(question.asks.id, ""))
    if isinstance(question.asks, ReviewField):
        return content.answers.get(question.asks.id, "")
    if question.kind == "confidence":
        return str(content.confidence or "")
    return str(getattr(content, question.field, ""))


def read(question: Question, text: str, content: Content) -> Content:
    """The content with this answer in it. Raises DomainError where it can't be read."""
    asks = question.asks
    if isinstance(asks, Criterion):
        others = {key: value for key, value in content.scores.items() if key != asks.id}
        given = {asks.id: _number(question, text, range(asks.low, asks.high + 1))} if text else {}
        return replace(content, scores={**others, **given})
    if isinstance(asks, ReviewField):
        said = text if asks.kind == "text" else "\n".join(_options(asks, text))
        return replace(content, answers={**content.answers, asks.id: said})
    if question.kind == "confidence":
        levels = range(CONFIDENCE_LEVELS[0], CONFIDENCE_LEVELS[-1] + 1)
        return replace(content, confidence=_number(question, text, levels) if text else None)
    texts: dict[str, Any] = {question.field: text}
    return replace(content, **texts)


def says_yes(question: Question, text: str) -> bool:
    """Yes or no, also as a box to tick. Raises DomainError `sheet.no_yes`."""
    words = text.strip().casefold()
    if words.startswith("["):
        return bool(chosen(text))
    if words not in YES | NO:
        raise DomainError("sheet.no_yes", name=question.key, text=text[:40])
    return words in YES


def _keys(asked: Sequence[Criterion | ReviewField]) -> Mapping[Criterion | ReviewField, str]:
    """Keys by what is asked; of two with one name the later gets a number."""
    found: dict[Criterion | ReviewField, str] = {}
    for one in asked:
        prefix = SCORE if isinstance(one, Criterion) else ANSWER
        wanted = next(key for key in _candidates(prefix, one.name) if key not in found.values())
        found[one] = wanted
    return found


def _candidates(prefix: str, name: str) -> Iterator[str]:
    key = prefix + " ".join(name.split())
    yield key
    number = 2
    while True:
        yield f"{key} ({number})"
        number += 1


def _number(question: Question, text: str, scale: range) -> int:
    """A number of the scale, also with its words behind it: "4 good". Raises DomainError."""
    first = text.split(maxsplit=1)[0].rstrip(":.,")
    if not (first.isascii() and first.isdigit() and len(first) < 9):
        raise DomainError("sheet.no_number", name=question.key, text=text[:40])
    if int(first) not in scale:
        raise DomainError("bad_score", field=question.field, value=int(first))
    return int(first)


def _options(field: ReviewField, text: str) -> list[str]:
    """What was chosen, in the words it is offered in; `;` parts several on one line too."""
    offered = {" ".join(str(one).split()).casefold(): str(one) for one in field.options}
    lines = chosen(text)
    if len(lines) == 1 and " ".join(lines[0].split()).casefold() not in offered:
        lines = [part.strip() for part in lines[0].split(";") if part.strip()]
    return [offered.get(" ".join(one.split()).casefold(), one) for one in lines]
