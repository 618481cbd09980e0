"""What is read about submissions."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from sqlalchemy import (
    ColumnElement,
    Join,
    ScalarSelect,
    SQLColumnExpression,
    bindparam,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session

from cfp.actors import Actor
from cfp.domain.conferences.models import Conference, SubmissionType, Track
from cfp.domain.mail.models import Message
from cfp.domain.submissions.models import Speaker, Submission, SubmissionRevision
from cfp.policy import Action, Column, Fact, View, may


def own_submissions(conference: Conference) -> View:
    """A person's own; narrow it by `may(actor, Action.FOLLOW, conference)`."""
    source, columns = _of_own()
    return View(conference, source, Fact.CONTENT, columns)


@cache
def _of_own() -> tuple[Join, Mapping[str, Column]]:
    """Made once: nothing in it is of one conference."""
    source = Submission.__table__.join(SubmissionType.__table__).join(
        Track.__table__, Track.id == Submission.track_id
    )
    columns = {
        "id": Column(Submission.id),
        "code": Column(Submission.code),
        "title": Column(Submission.title),
        "state": Column(Submission.state),
        "type": Column(SubmissionType.name),
        "changed": Column(Submission.changed),
    }
    return source, MappingProxyType(columns)


class Standing(NamedTuple):
    """Somebody who stands on a submission, as typed for it."""

    submission_id: int
    name: str
    affiliation: str
    state: str


# Made once, and of columns: a list asks for some fifty and reads no more of them.
_STANDING = (
    select(Speaker.submission_id, Speaker.name, Speaker.affiliation, Speaker.state)
    .where(
        Speaker.submission_id.in_(bindparam("ids", expanding=True)), Speaker.state != "removed"
    )
    .order_by(Speaker.position, Speaker.id)
)


def speakers_by_submission(db: Session, ids: Collection[int]) -> Mapping[int, Sequence[Standing]]:
    """Those who stand on each of the submissions, in their order; one statement for a list."""
    found: dict[int, list[Standing]] = defaultdict(list)
    for row in db.execute(_STANDING, {"ids": list(ids)}):
        found[row[0]].append(Standing(*row))
    return found


def reviews_wanted(conference: Conference) -> ColumnElement[int]:
    """How many reviews a submission needs, as SQL on its row."""
    return func.coalesce(Submission.reviews_wanted, conference.reviews_per_submission)


def has_open_draft(db: Session, actor: Actor, conference: Conference) -> bool:
    """Whether the person has begun something here that is not handed in."""
    query = select(Submission.id).where(
        may(actor, Action.FOLLOW, conference), Submission.state == "draft"
    )
    return db.scalar(query.limit(1)) is not None


def offered_types(
    db: Session, conference: Conference, also: int | None = None
) -> Sequence[SubmissionType]:
    """The formats one can choose, and the one chosen before if it is offered no more."""
    query = select(SubmissionType).where(
        SubmissionType.conference_id == conference.id,
        or_(SubmissionType.archived.is_(False), SubmissionType.id == also),
    )
    return db.scalars(query.order_by(SubmissionType.position, SubmissionType.id)).all()


def offered_tracks(db: Session, conference: Conference, also: int | None = None) -> Sequence[Track]:
    """The tracks one can choose, as `offered_types`; while there is one, no page asks."""
    query = select(Track).where(
        Track.conference_id == conference.id, or_(Track.archived.is_(False), Track.id == also)
    )
    return db.scalars(query.order_by(Track.position, Track.id)).all()


def own_messages(db: Session, actor: Actor, submission: Submission) -> Sequence[Message]:
    """The mails this person was sent about it, newest first."""
    query = select(Message).where(
        Message.submission_id == submission.id,
        Message.person_id == actor.person_id,
        Message.state != "canceled",
        Message.state != "held",
    )
    return db.scalars(query.order_by(Message.id.desc()).limit(50)).all()


def last_edit(of: SQLColumnExpression[int]) -> ScalarSelect[int | None]:
    """The revision that the last edit of what a submission says replaced, as SQL; null if none did.

    A review that has seen revision N is out of date when this is N or more. Moves count revisions
    too, so the row's own number would call every review out of date that precedes a decision.
    """
    return (
        select(func.max(SubmissionRevision.number))
        .where(SubmissionRevision.submission_id == of)
        .scalar_subquery()
    )
