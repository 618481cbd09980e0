"""Whom reviewers list as collaborators, and speakers for their submission: kept, read, replaced."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import fields
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, or_, select, true
from sqlalchemy.orm import Session

from cfp import audit
from cfp.actors import Actor
from cfp.domain.assignment.collaborators import Entry, read_organizations, read_people
from cfp.domain.assignment.grounds import Lists
from cfp.domain.assignment.models import Collaborator
from cfp.domain.conferences.models import Conference
from cfp.policy import Standing
from cfp.records import record

_ENTRY = tuple(getattr(Collaborator, one.name) for one in fields(Entry))


@record
class Typed:
    """A list as the two fields of a form show it."""

    people: str = ""
    organizations: str = ""


def list_of_reviewer(db: Session, actor: Actor, conference: Conference) -> Typed | None:
    """What the reviewer has listed here; None when nothing."""
    mine = Collaborator.person_id == actor.person_id
    return _typed(db, and_(mine, Collaborator.conference_id == conference.id))


def last_list_of(db: Session, actor: Actor) -> Typed | None:
    """What the reviewer has listed last anywhere: to begin with, where they have not yet."""
    newest = (
        select(Collaborator.conference_id)
        .where(Collaborator.person_id == actor.person_id)
        .order_by(Collaborator.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    mine = Collaborator.person_id == actor.person_id
    return _typed(db, and_(mine, Collaborator.conference_id == newest))


def list_of_submission(db: Session, standing: Standing) -> Typed:
    """What its speakers have listed for it."""
    here = Collaborator.submission_id == standing.submission.id
    return _typed(db, here) or Typed()


def save_for_reviewer(
    db: Session,
    actor: Actor,
    conference: Conference,
    *,
    people: str,
    organizations: str,
    now: datetime,
) -> None:
    """Replace the reviewer's list. Raises DomainError with the `field` and the `line`."""
    entries = [*read_people(people), *read_organizations(organizations)]
    mine = and_(
        Collaborator.person_id == actor.person_id, Collaborator.conference_id == conference.id
    )
    _replace(db, mine, conference, entries, person_id=actor.person_id)
    about = f"person:{actor.person_id}"
    audit.record(
        db, actor, "collaborators.list", about, now=now, conference_id=conference.id
    )


def save_for_submission(
    db: Session, actor: Actor, standing: Standing, *, people: str, organizations: str, now: datetime
) -> None:
    """Replace what the speakers list for their submission. Raises DomainError, as above."""
    entries = [*read_people(people), *read_organizations(organizations)]
    submission = standing.submission
    here = Collaborator.submission_id == submission.id
    _replace(db, here, standing.conference, entries, submission_id=submission.id)
    audit.of_submission(db, actor, "collaborators.list_for", submission, now=now)


def lists_of(
    db: Session,
    conference: Conference,
    *,
    person_id: int | None,
    submissions: Collection[int] | None,
    keys: Iterable[str],
) -> Lists:
    """What is listed here; one statement.

    For some submissions, only what bears on them is read: their own lists, and of the reviewers'
    the entries with one of `keys` (of names, addresses and employers).
    """
    wanted: ColumnElement[bool] = true()
    if person_id is not None:
        mine = Collaborator.person_id == person_id
        wanted = or_(mine, Collaborator.submission_id.is_not(None))
    if submissions is not None:
        some = sorted({key for key in keys if key})
        column = Collaborator
        bears = (column.name_key, column.address_key, column.affiliation_key)
        theirs = Collaborator.submission_id.in_(submissions)
        wanted = and_(wanted, or_(theirs, *(key.in_(some) for key in bears)))
    rows = db.execute(
        select(Collaborator.person_id, Collaborator.submission_id, *_ENTRY)
        .where(Collaborator.conference_id == conference.id, wanted)
        .order_by(Collaborator.id)
    )
    by_person: dict[int, list[Entry]] = {}
    by_submission: dict[int, list[Entry]] = {}
    for person, submission, *entry in rows:
        kept = by_person if submission is None else by_submission
        kept.setdefault(person if submission is None else submission, []).append(Entry(*entry))
    return Lists(by_person, by_submission)


def _typed(db: Session, which: ColumnElement[bool]) -> Typed | None:
    rows = db.execute(
        select(Collaborator.organization, Collaborator.text)
        .where(which)
        .order_by(Collaborator.position, Collaborator.id)
    ).all()
    if not rows:
        return None
    people = "\n".join(text for organization, text in rows if not organization)
    return Typed(people, "\n".join(text for organization, text in rows if organization))


def _replace(
    db: Session,
    which: ColumnElement[bool],
    conference: Conference,
    entries: Sequence[Entry],
    *,
    person_id: int | None = None,
    submission_id: int | None = None,
) -> None:
    db.execute(delete(Collaborator).where(which))
    whose = {"person_id": person_id, "submission_id": submission_id}
    db.add_all(
        Collaborator(conference_id=conference.id, position=number, **vars(entry), **whose)
        for number, entry in enumerate(entries)
    )
    db.flush()
