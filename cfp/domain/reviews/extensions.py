"""More time for one reviewer, given by a chair and shown to both."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp import audit
from cfp.actors import Actor
from cfp.domain.conferences.models import Conference, Role
from cfp.domain.reviews.models import ReviewExtension
from cfp.errors import DomainError, NotFoundError

REASON_LIMIT = 300


def extension_of(
    db: Session, conference: Conference, person_id: int | None
) -> ReviewExtension | None:
    """What somebody was given, running or over."""
    return db.scalars(
        select(ReviewExtension).where(
            ReviewExtension.conference_id == conference.id, ReviewExtension.person_id == person_id
        )
    ).one_or_none()


def until_of(db: Session, conference: Conference, person_id: int | None) -> datetime | None:
    """Until when somebody has time, if they were given more."""
    found = extension_of(db, conference, person_id) if person_id is not None else None
    return found.until if found else None


def extended_until(db: Session, actor: Actor, conference: Conference) -> datetime | None:
    """Until when the person themselves has time."""
    return until_of(db, conference, actor.person_id)


def grant(
    db: Session,
    actor: Actor,
    conference: Conference,
    *,
    person_id: int,
    until: datetime,
    reason: str,
    now: datetime,
) -> ReviewExtension:
    """Give a reviewer time until then, in place of what they were given before.

    Raises:
        NotFoundError: no reviewer of this conference.
        DomainError: `extension.past` or `extension.too_long` at its field.
    """
    reviewer = select(Role.id).where(
        Role.conference_id == conference.id, Role.person_id == person_id, Role.kind == "reviewer"
    )
    if db.scalar(reviewer) is None:
        raise NotFoundError("not_found")
    if until <= now:
        raise DomainError("extension.past", field="until_date")
    if len(reason) > REASON_LIMIT:
        raise DomainError("extension.too_long", field="reason", limit=REASON_LIMIT)
    found = extension_of(db, conference, person_id) or ReviewExtension(
        conference_id=conference.id, person_id=person_id
    )
    found.until, found.reason = until, reason
    found.granted_by_id, found.created = actor.person_id, now
    db.add(found)
    db.flush()
    detail = {"until": until.isoformat()}
    _record(db, actor, "review.extend", conference, person_id, now=now, detail=detail)
    return found


def withdraw(
    db: Session, actor: Actor, conference: Conference, *, person_id: int, now: datetime
) -> None:
    """Take the time back; what was written stays.

    Raises:
        NotFoundError: nothing was given.
    """
    found = extension_of(db, conference, person_id)
    if found is None:
        raise NotFoundError("not_found")
    db.delete(found)
    db.flush()
    _record(db, actor, "review.end_extension", conference, person_id, now=now, detail={})


def _record(
    db: Session,
    actor: Actor,
    action: str,
    conference: Conference,
    person_id: int,
    *,
    now: datetime,
    detail: Mapping[str, str],
) -> None:
    name, here = f"person:{person_id}", conference.id
    audit.record(db, actor, action, name, now=now, conference_id=here, detail=detail)
