"""More time for one reviewer, given by a chair and shown to both."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from cfp import audit
from cfp.actors import Actor
from cfp.domain.accounts.models import Person
from cfp.domain.assignment.letters import addresses_of, letter_values, tell_reviewer
from cfp.domain.conferences.models import Conference, Role
from cfp.domain.mail import wording
from cfp.domain.mail.render import fill, template_for
from cfp.domain.reviews.models import Guest, ReviewExtension
from cfp.domain.reviews.rules import has_more_time
from cfp.errors import DomainError, NotFoundError
from cfp.links import Links

REASON_LIMIT = 300
GIVEN, ENDED = "extension_given", "extension_ended"


def extension_of(
    db: Session, conference: Conference, person_id: int | None
) -> ReviewExtension | None:
    """What somebody was given, running or over."""
    return db.scalars(
        select(ReviewExtension).where(
            ReviewExtension.conference_id == conference.id, ReviewExtension.person_id == person_id
        )
    ).one_or_none()


def reviews_in(conference: Conference) -> ColumnElement[bool]:
    """Whether a person reviews there, by role or as somebody asked from outside, as SQL."""
    role = exists().where(
        Role.conference_id == conference.id, Role.person_id == Person.id, Role.kind == "reviewer"
    )
    guest = exists().where(
        Guest.conference_id == conference.id,
        Guest.person_id == Person.id,
        Guest.for_id.is_(None),
        Guest.state == "accepted",
    )
    return or_(role, guest)


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
    links: Links,
    now: datetime,
) -> ReviewExtension:
    """Give a reviewer time until then, in place of what they were given before, and tell them.

    The reason is the chairs' and is not told.

    Raises:
        NotFoundError: no reviewer of this conference.
        DomainError: `extension.past` or `extension.too_long` at its field.
    """
    if db.scalar(select(Person.id).where(Person.id == person_id, reviews_in(conference))) is None:
        raise NotFoundError("not_found")
    if until <= now:
        raise DomainError("extension.past", field="until_date")
    if len(reason) > REASON_LIMIT:
        raise DomainError("extension.too_long", field="reason", limit=REASON_LIMIT)
    found = extension_of(db, conference, person_id) or ReviewExtension(
        conference_id=conference.id, person_id=person_id
    )
    if found.until != until:
        _tell(db, conference, person_id, GIVEN, until, links, now)
    found.until, found.reason = until, reason
    found.granted_by_id, found.created = actor.person_id, now
    db.add(found)
    db.flush()
    detail = {"until": until.isoformat()}
    _record(db, actor, "review.extend", conference, person_id, now=now, detail=detail)
    return found


def withdraw(
    db: Session,
    actor: Actor,
    conference: Conference,
    *,
    person_id: int,
    links: Links,
    now: datetime,
) -> None:
    """Take the time back and, if it was still running, say so; what was written stays.

    Raises:
        NotFoundError: nothing was given.
    """
    found = extension_of(db, conference, person_id)
    if found is None:
        raise NotFoundError("not_found")
    if has_more_time(found.until, now):
        _tell(db, conference, person_id, ENDED, None, links, now)
    db.delete(found)
    db.flush()
    _record(db, actor, "review.end_extension", conference, person_id, now=now, detail={})


def _tell(
    db: Session,
    conference: Conference,
    person_id: int,
    kind: str,
    until: datetime | None,
    links: Links,
    now: datetime,
) -> None:
    """Which days hold for the reviewer from now on."""
    text, language = template_for(db, conference, kind), conference.language
    for person, address in addresses_of(db, [person_id]):
        values = letter_values(conference, links, person.name, 0, until)
        clocks = (conference.zone, person.zone)
        moment = wording.moments(until, clocks, language) if until else ""
        tell_reviewer(
            db,
            conference,
            kind,
            person,
            address,
            fill(text, {**values, "until": moment, "queue": links.queue(conference.slug)}),
            epoch=now.isoformat(),
            now=now,
        )


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
