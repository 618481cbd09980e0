"""My pages: everything a person has, in all conferences, in seven statements."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, func, literal, select, union_all
from sqlalchemy.orm import Session

from cfp.actors import Actor, RoleKind
from cfp.domain.accounts.models import Email
from cfp.domain.conferences.models import Conference, Invitation
from cfp.domain.conferences.rules import INVITATION_LASTS
from cfp.domain.persons.guest_offers import link_works
from cfp.domain.reviews.models import Guest, Review, ReviewExtension
from cfp.domain.reviews.rules import due_of, reviewing_is_open
from cfp.domain.submissions.models import Speaker, Submission
from cfp.policy import HELPING, Action, may, own
from cfp.records import record

COMMITTEE = frozenset({RoleKind.CHAIR, RoleKind.TRACK_CHAIR, RoleKind.READER})


@record
class Reviewing:
    """A conference one reviews for, how many submissions wait for one's review, and until when.

    `due` is the person's own day, with what they were given beyond everybody's.
    """

    conference: Conference
    waiting: int
    due: datetime | None


@record
class Overview:
    """`talks`: rows with code, title, state, slug, conference, zone, deadline; newest first.

    `offers` are roles with id, kind, conference; `namings` are talks with id, title, conference
    on which somebody has named one of the person's addresses; `asked` are single reviews they are
    invited to, with id, conference, and `helps` where it is for somebody else; `helping` is what
    they write for reviewers, with code, slug, conference, state.
    """

    talks: Sequence[RowMapping] = ()
    reviewing: Sequence[Reviewing] = ()
    committees: Sequence[Conference] = ()
    offers: Sequence[RowMapping] = ()
    namings: Sequence[RowMapping] = ()
    asked: Sequence[RowMapping] = ()
    helping: Sequence[RowMapping] = ()
    empty: bool = field(init=False)

    def __post_init__(self) -> None:
        """An empty one gets a page of its own."""
        asked = (self.offers, self.namings, self.asked, self.helping)
        parts = (self.talks, self.reviewing, self.committees, *asked)
        object.__setattr__(self, "empty", not any(parts))


def overview(db: Session, actor: Actor, *, now: datetime) -> Overview:
    """What the person has anywhere."""
    conferences = _conferences(db, actor)
    more_time = _more_time(db, actor)
    counts = _reviews_waiting(db, actor, conferences, more_time, now)
    return Overview(
        talks=_talks(db, actor),
        reviewing=[
            Reviewing(one, counts.get(one.id, 0), due_of(one, more_time.get(one.id)))
            for one in conferences
            if actor.reviews_in(one.id)
        ],
        committees=[c for c in conferences if any(actor.has(c.id, kind) for kind in COMMITTEE)],
        offers=_offers(db, actor, now),
        namings=_namings(db, actor),
        asked=_asked(db, actor, now),
        helping=_helping(db, actor),
    )


def _conferences(db: Session, actor: Actor) -> Sequence[Conference]:
    ids = {role.conference_id for role in actor.roles} | actor.guest_in
    if not ids:
        return []
    query = select(Conference).where(Conference.id.in_(ids))
    return db.scalars(query.order_by(Conference.start_date.desc(), Conference.id)).all()


def _talks(db: Session, actor: Actor) -> Sequence[RowMapping]:
    query = (
        select(
            Submission.code,
            Submission.title,
            Submission.state,
            Conference.slug,
            Conference.name.label("conference"),
            Conference.talk_word,
            Conference.deadline,
            Conference.deadline_zone,
        )
        .join(Conference, Conference.id == Submission.conference_id)
        .where(own(actor))
    )
    rows = db.execute(query.order_by(Conference.start_date.desc(), Submission.id.desc()))
    return rows.mappings().all()


def _reviews_waiting(
    db: Session,
    actor: Actor,
    conferences: Sequence[Conference],
    more_time: Mapping[int, datetime],
    now: datetime,
) -> Mapping[int, int]:
    """Conference id -> submissions this person may review now and has not."""
    done = select(Review.submission_id).where(
        Review.person_id == actor.person_id, Review.state == "submitted"
    )
    counts = [
        select(literal(one.id), func.count(Submission.id)).where(
            may(actor, Action.REVIEW, one),
            Submission.state == "submitted",
            Submission.id.not_in(done),
        )
        for one in conferences
        if reviewing_is_open(one, now, more_time.get(one.id)) and actor.reviews_in(one.id)
    ]
    if not counts:
        return {}
    return {row[0]: row[1] for row in db.execute(union_all(*counts))}


def _helping(db: Session, actor: Actor) -> Sequence[RowMapping]:
    """What somebody writes for a reviewer, with no title: which one is shown is told there."""
    if not actor.helps_in:
        return []
    query = (
        select(Submission.code, Conference.slug, Conference.name.label("conference"), Guest.state)
        .join(Submission, Submission.id == Guest.submission_id)
        .join(Conference, Conference.id == Guest.conference_id)
        .where(Guest.person_id == actor.person_id, Guest.for_id.is_not(None))
        .where(Guest.state.in_(HELPING), Submission.announced.is_(None))
    )
    return db.execute(query.order_by(Guest.id)).mappings().all()


def _more_time(db: Session, actor: Actor) -> Mapping[int, datetime]:
    """Conference id -> until when this person was given time to review."""
    given = select(ReviewExtension.conference_id, ReviewExtension.until)
    return dict(db.execute(given.where(ReviewExtension.person_id == actor.person_id)).all())


def _offers(db: Session, actor: Actor, now: datetime) -> Sequence[RowMapping]:
    """Those that can still be answered; see `rules.is_open`."""
    query = (
        select(Invitation.id, Invitation.kind, Conference.name.label("conference"))
        .join(Conference, Conference.id == Invitation.conference_id)
        .where(Invitation.key.in_(_keys(actor)), Invitation.state == "sent")
        .where(Invitation.created > now - INVITATION_LASTS)
    )
    return db.execute(query.order_by(Invitation.id)).mappings().all()


def _namings(db: Session, actor: Actor) -> Sequence[RowMapping]:
    query = (
        select(Speaker.id, Submission.title, Conference.name.label("conference"))
        .join(Submission, Submission.id == Speaker.submission_id)
        .join(Conference, Conference.id == Speaker.conference_id)
        .where(Speaker.address_key.in_(_keys(actor)), Speaker.address_key != "")
        .where(Speaker.state == "invited", Speaker.person_id.is_(None))
    )
    return db.execute(query.order_by(Speaker.id)).mappings().all()


def _asked(db: Session, actor: Actor, now: datetime) -> Sequence[RowMapping]:
    """Reviews somebody was asked for whose link still works; no title, as in its mail."""
    helps = Guest.for_id.is_not(None).label("helps")
    query = (
        select(Guest.id, helps, Conference.name.label("conference"))
        .join(Conference, Conference.id == Guest.conference_id)
        .where(Guest.key.in_(_keys(actor)), Guest.state == "sent", link_works(now))
    )
    return db.execute(query.order_by(Guest.id)).mappings().all()


def _keys(actor: Actor) -> Any:  # noqa: ANN401 - a scalar subquery for in_()
    return select(Email.key).where(
        Email.person_id == actor.person_id, Email.verified.is_not(None)
    )
