"""What a review says, apart from whose it is and whether it is submitted."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any

from cfp.domain.conferences.models import Criterion, ReviewField
from cfp.domain.reviews import answers as form_answers
from cfp.domain.reviews.models import Review, ReviewAnswer, Score
from cfp.domain.reviews.rules import CONFIDENCE_LEVELS, unanswered
from cfp.errors import DomainError
from cfp.records import record

TEXTS = ("committee_text", "chair_text", "speaker_text")


@record
class Content:
    """Scores by criterion, answers by field, both by id; texts stripped."""

    scores: Mapping[int, int] = field(default_factory=dict)
    confidence: int | None = None
    committee_text: str = ""
    chair_text: str = ""
    speaker_text: str = ""
    answers: Mapping[int, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """As a draft is stored; JSON has no numbers for names."""
        return {
            "scores": {str(key): value for key, value in self.scores.items()},
            "confidence": self.confidence,
            **{name: getattr(self, name) for name in TEXTS},
            "answers": {str(key): text for key, text in self.answers.items() if text},
        }


def from_json(stored: Mapping[str, Any]) -> Content:
    """As `as_json` has stored it, or nothing."""
    if not stored:
        return Content()
    return Content(
        scores={int(key): value for key, value in stored["scores"].items()},
        confidence=stored["confidence"],
        answers={int(key): text for key, text in stored["answers"].items()},
        **{name: stored[name] for name in TEXTS},
    )


def content_of(review: Review | None) -> Content:
    """What a review says, loaded with its scores and answers; nothing where there is none."""
    if review is None:
        return Content()
    return Content(
        scores={one.criterion_id: one.value for one in review.scores},
        confidence=review.confidence,
        answers=form_answers.texts_of(review),
        **{name: getattr(review, name).strip() for name in TEXTS},
    )


def as_review(content: Content, *, revision: int = 0) -> Review:
    """A review that is nobody's and is not stored, for a form or a page to show."""
    return Review(
        scores=[Score(criterion_id=key, value=value) for key, value in content.scores.items()],
        answers=[ReviewAnswer(field_id=key, text=text) for key, text in content.answers.items()],
        confidence=content.confidence,
        revision=revision,
        state="draft",
        ai_statement=False,
        **{name: getattr(content, name) for name in TEXTS},
    )


def joined(own: Content, other: Content, chosen: frozenset[int]) -> Content:
    """Both: one's own scores and choices first, and texts one below the other.

    `chosen` are the ids of fields that are answered by choosing.
    """
    texts = {name: _below(getattr(own, name), getattr(other, name)) for name in TEXTS}
    answers = {
        key: own.answers.get(key) or other.answers.get(key, "")
        if key in chosen
        else _below(own.answers.get(key, ""), other.answers.get(key, ""))
        for key in {**other.answers, **own.answers}
    }
    return Content(
        scores={**other.scores, **own.scores},
        confidence=own.confidence or other.confidence,
        answers=answers,
        **texts,
    )


def check_values(criteria: Sequence[Criterion], content: Content) -> None:
    """Raise DomainError `bad_score`, `bad_confidence` for what is on no scale that is asked."""
    ranges = {one.id: (one.low, one.high) for one in criteria}
    for criterion_id, value in content.scores.items():
        low, high = ranges.get(criterion_id, (1, 0))
        if not low <= value <= high:
            raise DomainError("bad_score", field=f"score_{criterion_id}", value=value)
    if content.confidence is not None and content.confidence not in CONFIDENCE_LEVELS:
        raise DomainError("bad_confidence", field="confidence", value=content.confidence)


def missing_in(
    criteria: Sequence[Criterion], fields: Sequence[ReviewField], content: Content
) -> list[DomainError]:
    """What is needed and not there: `score_missing`, `answer_missing` at each field."""
    scores = [
        DomainError("score_missing", field=f"score_{one.id}", name=one.name)
        for one in unanswered(criteria, content.scores)
    ]
    return [*scores, *form_answers.missing_in(fields, content.answers)]


def _below(own: str, other: str) -> str:
    return own if own == other else "\n\n".join(filter(None, (own, other)))
