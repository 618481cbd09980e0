"""What a conference asks on the confirm page beside what every conference does."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp import audit
from cfp.actors import Actor
from cfp.domain.conferences import rules
from cfp.domain.conferences.actions.ordering import move_up, place_at_end
from cfp.domain.conferences.models import Conference, ConfirmQuestion
from cfp.domain.conferences.queries import confirm_questions_of
from cfp.domain.decisions.models import ConfirmAnswer
from cfp.errors import DomainError
from cfp.records import record


@record
class QuestionText:
    """What a question asks, how it is answered, and whether it has to be."""

    name: str
    help: str
    kind: str
    options: Sequence[str] = ()
    required: bool = False


def add_question(
    db: Session, actor: Actor, conference: Conference, *, content: QuestionText, now: datetime
) -> ConfirmQuestion:
    """Ask one more; talks confirmed before simply do not answer it.

    Raises:
        DomainError: with the field of the form it is about.
    """
    _check(content)
    position = place_at_end(db, conference, ConfirmQuestion)
    question = ConfirmQuestion(conference_id=conference.id, position=position)
    _write(question, content)
    db.add(question)
    db.flush()
    _record(db, actor, "confirm_question.add", question, now)
    return question


def change_question(
    db: Session,
    actor: Actor,
    conference: Conference,
    question: ConfirmQuestion,
    *,
    content: QuestionText,
    now: datetime,
) -> None:
    """Change a question; answers given stay as they are, those no longer offered too.

    Once there are answers it is answered in the same way for good: a text is no choice.

    Raises:
        DomainError: with the field of the form it is about.
    """
    _check(content)
    given = select(ConfirmAnswer.submission_id).where(ConfirmAnswer.question_id == question.id)
    if question.kind != content.kind and db.scalar(given.limit(1)) is not None:
        raise DomainError("confirm_question.other_kind", field="kind")
    _write(question, content)
    db.flush()
    _record(db, actor, "confirm_question.change", question, now)


def archive_question(
    db: Session,
    actor: Actor,
    conference: Conference,
    question: ConfirmQuestion,
    *,
    now: datetime,
) -> None:
    """Stop asking it, or ask it again; what was answered is kept."""
    question.archived = not question.archived
    db.flush()
    action = "confirm_question.archive" if question.archived else "confirm_question.use_again"
    _record(db, actor, action, question, now)


def move_question(
    db: Session,
    actor: Actor,
    conference: Conference,
    question: ConfirmQuestion,
    *,
    now: datetime,
) -> None:
    """Ask it one place earlier."""
    move_up(confirm_questions_of(db, conference), question)
    db.flush()
    _record(db, actor, "confirm_question.move", question, now)


def _check(content: QuestionText) -> None:
    if not content.name or len(content.name) > rules.FIELD_NAME_LIMIT:
        raise DomainError("confirm_question.nameless", field="name")
    if content.kind not in rules.CONFIRM_KINDS:
        raise DomainError("conference.bad_choice", field="kind")
    if content.kind == "choice":
        rules.check_options(content.kind, content.options)
    elif content.options:
        raise DomainError("confirm_question.no_options", field="options")


def _write(question: ConfirmQuestion, content: QuestionText) -> None:
    question.name, question.help = content.name, content.help
    question.kind, question.options = content.kind, list(content.options)
    question.required = content.required


def _record(
    db: Session, actor: Actor, action: str, question: ConfirmQuestion, now: datetime
) -> None:
    audit.record(
        db,
        actor,
        action,
        f"confirm_question:{question.id}",
        now=now,
        conference_id=question.conference_id,
        detail={"kind": question.kind, "required": question.required},
    )
