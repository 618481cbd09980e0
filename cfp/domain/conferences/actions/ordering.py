"""The order of the questions of a form, kept in the `position` of each."""

from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cfp.domain.conferences.models import Conference, ConfirmQuestion, Criterion, ReviewField

Question = TypeVar("Question", Criterion, ReviewField, ConfirmQuestion)


def place_at_end(db: Session, conference: Conference, model: type[Question]) -> int:
    """The position of one more: behind all there are, archived ones too."""
    last = select(func.max(model.position)).where(model.conference_id == conference.id)
    return (db.scalar(last) or 0) + 1


def move_up(questions: Sequence[Question], question: Question) -> None:
    """Ask it one place earlier; the first one, and one that is not asked, stay where they are."""
    rows = list(questions)
    place = rows.index(question) if question in rows else 0
    if place:
        rows[place - 1], rows[place] = rows[place], rows[place - 1]
    for position, row in enumerate(rows):
        row.position = position
