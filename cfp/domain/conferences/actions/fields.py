"""The review form: its fields that are answered in words or by choosing."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp import audit
from cfp.actors import Actor
from cfp.domain.conferences import rules
from cfp.domain.conferences.actions.limits import check_limits
from cfp.domain.conferences.actions.ordering import move_up, place_at_end
from cfp.domain.conferences.models import Conference, ReviewField
from cfp.domain.conferences.queries import fields_of
from cfp.domain.reviews.models import ReviewAnswer
from cfp.errors import DomainError
from cfp.phases import phases_of
from cfp.records import record


@record
class FieldText:
    """What a field asks, of whom its answer is read, and where and when it is asked."""

    name: str
    help: str
    kind: str
    options: Sequence[str]
    audience: str
    required: bool = False
    tracks: Sequence[int] = ()
    types: Sequence[int] = ()
    phases: Sequence[str] = ()


def add_field(
    db: Session, actor: Actor, conference: Conference, *, content: FieldText, now: datetime
) -> ReviewField:
    """Add a field; reviews given before simply do not answer it.

    Raises:
        DomainError: with the field of the form it is about.
    """
    _check(db, conference, content)
    position = place_at_end(db, conference, ReviewField)
    field = ReviewField(conference_id=conference.id, position=position)
    _write(field, content)
    db.add(field)
    db.flush()
    _record(db, actor, "review_field.add", conference, field, now)
    return field


def change_field(
    db: Session,
    actor: Actor,
    conference: Conference,
    field: ReviewField,
    *,
    content: FieldText,
    now: datetime,
) -> None:
    """Change a field; answers given stay as they are.

    What was answered for some is never shown to more, and words are not turned into choices: once
    there are answers, these need a field of their own.

    Raises:
        DomainError: with the field of the form it is about.
    """
    _check(db, conference, content)
    given = select(ReviewAnswer.review_id).where(ReviewAnswer.field_id == field.id)
    answered = db.scalar(given.limit(1)) is not None
    if answered and rules.widens(field.audience, content.audience):
        raise DomainError("field.widened", field="audience")
    if answered and "text" in {field.kind, content.kind} and field.kind != content.kind:
        raise DomainError("field.other_kind", field="kind")
    _write(field, content)
    db.flush()
    _record(db, actor, "review_field.change", conference, field, now)


def archive_field(
    db: Session, actor: Actor, conference: Conference, field: ReviewField, *, now: datetime
) -> None:
    """Take a field off the form, or ask it again; its answers are kept."""
    field.archived = not field.archived
    db.flush()
    action = "review_field.archive" if field.archived else "review_field.use_again"
    _record(db, actor, action, conference, field, now)


def move_field(
    db: Session, actor: Actor, conference: Conference, field: ReviewField, *, now: datetime
) -> None:
    """Ask it one place earlier."""
    move_up(fields_of(db, conference), field)
    db.flush()
    _record(db, actor, "review_field.move", conference, field, now)


def _check(db: Session, conference: Conference, content: FieldText) -> None:
    if not content.name or len(content.name) > rules.FIELD_NAME_LIMIT:
        raise DomainError("field.nameless", field="name")
    if content.kind not in rules.FIELD_KINDS:
        raise DomainError("conference.bad_choice", field="kind")
    if content.audience not in rules.AUDIENCES:
        raise DomainError("conference.bad_choice", field="audience")
    rules.check_options(content.kind, content.options)
    check_limits(db, conference, tracks=content.tracks, types=content.types)
    if not set(content.phases) <= {one.key for one in phases_of(conference)}:
        raise DomainError("form.bad_limit", field="phases")


def _write(field: ReviewField, content: FieldText) -> None:
    field.name, field.help = content.name, content.help
    field.kind, field.options = content.kind, list(content.options)
    field.audience, field.required = content.audience, content.required
    field.tracks, field.types = sorted(content.tracks), sorted(content.types)
    field.phases = sorted(content.phases)


def _record(
    db: Session,
    actor: Actor,
    action: str,
    conference: Conference,
    field: ReviewField,
    now: datetime,
) -> None:
    audit.record(
        db,
        actor,
        action,
        f"review_field:{field.id}",
        now=now,
        conference_id=conference.id,
        detail={
            "kind": field.kind,
            "audience": field.audience,
            "required": field.required,
            "limits": len(field.tracks) + len(field.types) + len(field.phases),
        },
    )
