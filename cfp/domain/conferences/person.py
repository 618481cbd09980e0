"""What one person has to do with a conference, as somebody else may know it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from cfp.actors import Actor
from cfp.domain.accounts.models import Account, Person
from cfp.domain.conferences.models import Conference, Role, Track
from cfp.domain.mail.models import Message
from cfp.domain.reviews.models import Review
from cfp.domain.submissions.models import Speaker, Submission
from cfp.policy import Fact, predicate

MESSAGES_SHOWN = 30


def by_id(db: Session, person_id: int) -> Person:
    """The person."""
    return db.get_one(Person, person_id)


def has_account(db: Session, person_id: int) -> bool:
    """Whether the person can log in."""
    return db.scalar(select(Account.id).where(Account.person_id == person_id)) is not None


def talks_of(
    db: Session, actor: Actor, conference: Conference, person_id: int
) -> Sequence[Submission]:
    """The submissions the person speaks on or has submitted, that `actor` may know so about."""
    speaks = exists().where(
        Speaker.submission_id == Submission.id,
        Speaker.person_id == person_id,
        Speaker.state != "removed",
    )
    query = select(Submission).where(
        or_(speaks, Submission.submitter_id == person_id),
        Submission.state != "draft",
        predicate(actor, Fact.ADDRESSES, conference),
    )
    return db.scalars(query.order_by(Submission.id)).all()


def roles_of(
    db: Session, conference: Conference, person_id: int
) -> list[tuple[str, int | None, str]]:
    """(kind, id of the track or None, its name or "") of each role."""
    query = (
        select(Role.kind, Role.track_id, func.coalesce(Track.name, ""))
        .outerjoin(Track, Track.id == Role.track_id)
        .where(Role.conference_id == conference.id, Role.person_id == person_id)
        .order_by(Role.id)
    )
    return [(kind, track_id, name) for kind, track_id, name in db.execute(query)]


def reviews_by(db: Session, actor: Actor, conference: Conference, person_id: int) -> int:
    """How many reviews the person has submitted, of those `actor` may know of."""
    query = (
        select(func.count(Review.id))
        .join(Submission, Submission.id == Review.submission_id)
        .where(
            Review.person_id == person_id,
            Review.state == "submitted",
            predicate(actor, Fact.CHAIR_REVIEWS, conference),
        )
    )
    return db.scalar(query) or 0


def messages_to(db: Session, actor: Actor, conference: Conference, person_id: int) -> Sequence[Any]:
    """The newest mails to the person (id, kind, subject, state, created) `actor` may know of."""
    about = select(Submission.id).where(predicate(actor, Fact.MAIL, conference))
    about_review = select(Submission.id).where(predicate(actor, Fact.REVIEW_MAIL, conference))
    query = (
        select(Message.id, Message.kind, Message.subject, Message.state, Message.created)
        .where(
            Message.conference_id == conference.id,
            Message.person_id == person_id,
            Message.private.is_(False),
            or_(
                Message.submission_id.is_(None),
                Message.submission_id.in_(about) & Message.about_review.is_(False),
                Message.submission_id.in_(about_review),
            ),
        )
        .order_by(Message.id.desc())
        .limit(MESSAGES_SHOWN)
    )
    return db.execute(query).all()
