"""What is read of a conference: itself, its lists, its committee."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import (
    BindParameter,
    ScalarSelect,
    Select,
    SQLColumnExpression,
    bindparam,
    func,
    select,
)
from sqlalchemy.orm import Session, aliased

from cfp.actors import Actor, RoleKind
from cfp.domain.accounts.models import Email, Person
from cfp.domain.conferences.models import (
    Conference,
    ConfirmQuestion,
    Criterion,
    Invitation,
    ReviewField,
    Role,
    Room,
    SubmissionType,
    Track,
)
from cfp.domain.mail.models import MailTemplate, Message
from cfp.domain.program.models import ProgramVersion
from cfp.domain.submissions.models import Submission
from cfp.records import record

# Conferences ----------------------------------------------------------------------------------


def listed(db: Session, *, limit: int = 500) -> Sequence[Conference]:
    """Every conference, the latest first."""
    query = select(Conference).order_by(Conference.start_date.desc(), Conference.id.desc())
    return db.scalars(query.limit(limit)).all()


def upcoming(conferences: Sequence[Conference], today: date) -> list[Conference]:
    """Those not over yet, the nearest first."""
    ahead = [one for one in conferences if one.end_date >= today and not one.archived]
    return sorted(ahead, key=lambda one: (one.start_date, one.id))


def chaired_by(db: Session, actor: Actor) -> Sequence[Conference]:
    """The conferences this person chairs, the latest first: what a new one can be made from."""
    ids = [role.conference_id for role in actor.roles if role.kind is RoleKind.CHAIR]
    query = select(Conference).where(Conference.id.in_(ids))
    return db.scalars(query.order_by(Conference.start_date.desc(), Conference.id.desc())).all()


def by_slug(db: Session, slug: str) -> Conference | None:
    """The conference at this address."""
    return db.scalars(select(Conference).where(Conference.slug == slug)).one_or_none()


def published(db: Session) -> set[int]:
    """The ids of the conferences with a published program."""
    return set(db.scalars(select(ProgramVersion.conference_id).distinct()))


def published_version(db: Session, conference: Conference) -> int | None:
    """The number of the newest published program; None before the first."""
    query = select(func.max(ProgramVersion.number))
    return db.scalar(query.where(ProgramVersion.conference_id == conference.id))


# Lists of a conference ------------------------------------------------------------------------


def tracks_of(db: Session, conference: Conference, *, archived: bool = False) -> list[Track]:
    """Its tracks in their order."""
    return _rows(db, Track, conference, archived)


def types_of(
    db: Session, conference: Conference, *, archived: bool = False
) -> list[SubmissionType]:
    """Its formats in their order."""
    return _rows(db, SubmissionType, conference, archived)


def rooms_of(db: Session, conference: Conference, *, archived: bool = False) -> list[Room]:
    """Its rooms in their order."""
    return _rows(db, Room, conference, archived)


def criteria_of(db: Session, conference: Conference, *, archived: bool = False) -> list[Criterion]:
    """The questions of its review form in their order."""
    return _rows(db, Criterion, conference, archived)


def fields_of(
    db: Session, conference: Conference, *, archived: bool = False
) -> list[ReviewField]:
    """The questions of its review form that are answered in words, in their order."""
    return _rows(db, ReviewField, conference, archived)


def confirm_questions_of(
    db: Session, conference: Conference, *, archived: bool = False
) -> list[ConfirmQuestion]:
    """What it asks on the confirm page beside the usual, in their order."""
    return _rows(db, ConfirmQuestion, conference, archived)


Listed = TypeVar("Listed", Track, SubmissionType, Room, Criterion, ReviewField, ConfirmQuestion)


def _rows(db: Session, model: type[Listed], conference: Conference, archived: bool) -> list[Listed]:
    return list(db.scalars(_listed(model), {"here": conference.id, "archived": archived}))


@cache
def _listed(model: type[Listed]) -> Select[Listed]:
    """Made once a model: most pages name the tracks and formats."""
    here: BindParameter[int] = bindparam("here")
    archived: BindParameter[bool] = bindparam("archived")
    query = select(model).where(model.conference_id == here, model.archived == archived)
    return query.order_by(model.position, model.id)


def own_mails(db: Session, conference: Conference) -> dict[str, MailTemplate]:
    """The conference's own texts of mails, by kind."""
    query = select(MailTemplate).where(MailTemplate.conference_id == conference.id)
    return {own.kind: own for own in db.scalars(query)}


def call_figures(db: Session, conference: Conference) -> Mapping[str, int]:
    """How many drafts there are, whose, and how many submissions; one statement.

    Counts only: that is all a chair may know of drafts.
    """
    draft = Submission.state == "draft"
    row = db.execute(
        select(
            func.count(Submission.id).filter(draft),
            func.count(Submission.submitter_id.distinct()).filter(draft),
            func.count(Submission.id).filter(~draft),
        ).where(Submission.conference_id == conference.id)
    ).one()
    return {"drafts": row[0], "draft_owners": row[1], "submitted": row[2]}


def last_mail(db: Session, conference: Conference, kind: str) -> datetime | None:
    """When a mail of this kind was last queued."""
    query = select(Message.created).where(
        Message.conference_id == conference.id, Message.kind == kind
    )
    return db.scalar(query.order_by(Message.id.desc()).limit(1))


# The committee --------------------------------------------------------------------------------


@record
class Member:
    """Somebody on the committee: roles as (kind, track's name or "")."""

    person_id: int
    code: str
    name: str
    affiliation: str
    address: str
    roles: tuple[tuple[str, str], ...]


def committee_of(db: Session, conference: Conference) -> list[Member]:
    """Everybody with a role, by name; one statement."""
    rows = db.execute(
        select(
            Person.id,
            Person.code,
            Person.name,
            Person.affiliation,
            primary_address(Person.id),
            Role.kind,
            func.coalesce(Track.name, ""),
        )
        .join(Role, Role.person_id == Person.id)
        .outerjoin(Track, Track.id == Role.track_id)
        .where(Role.conference_id == conference.id)
        .order_by(func.lower(Person.name), Person.id, Role.id)
    ).all()
    members: dict[int, Member] = {}
    for person_id, code, name, affiliation, address, kind, track in rows:
        before = members[person_id].roles if person_id in members else ()
        roles = (*before, (kind, track))
        members[person_id] = Member(person_id, code, name, affiliation, address or "", roles)
    return list(members.values())


def invitations_of(db: Session, conference: Conference) -> Sequence[Any]:
    """Invitations not accepted (open, declined, taken back), the newest first, with their track."""
    query = (
        select(Invitation, func.coalesce(Track.name, "").label("track"))
        .outerjoin(Track, Track.id == Invitation.track_id)
        .where(Invitation.conference_id == conference.id, Invitation.state != "accepted")
        .order_by(Invitation.created.desc(), Invitation.id.desc())
    )
    return db.execute(query).all()


def address_of(db: Session, person_id: int) -> str | None:
    """Where mail reaches this person."""
    return db.scalar(select(primary_address(Person.id)).where(Person.id == person_id))


def primary_address(
    person_id: SQLColumnExpression[int] | SQLColumnExpression[int | None],
) -> ScalarSelect[str]:
    """Where mail reaches a person: their chosen address, as a scalar in SQL."""
    return (
        select(_EMAIL.address)
        .where(_EMAIL.person_id == person_id, _EMAIL.verified.is_not(None))
        .order_by(_EMAIL.primary.desc(), _EMAIL.id)
        .limit(1)
        .scalar_subquery()
    )


_EMAIL = aliased(Email, name="its_email")  # made once: an alias costs more than its query
