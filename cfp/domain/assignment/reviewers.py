"""What reviewers say themselves: conflicts, bids, profile."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp import audit
from cfp.actors import Actor
from cfp.domain.assignment.conflicts import check_type
from cfp.domain.assignment.models import Bid, Conflict, ReviewerProfile
from cfp.domain.assignment.rules import BIDS, LOAD_LIMIT
from cfp.domain.conferences.models import Conference
from cfp.errors import DomainError, NotNowError
from cfp.policy import Standing


def declare_conflict(
    db: Session,
    actor: Actor,
    standing: Standing,
    *,
    reason: str,
    type: str = "other",
    now: datetime,
) -> Conflict:
    """Say "I have a conflict of interest"; declared before and taken back, it counts again.

    Raises DomainError `conflict.bad_type`.
    """
    check_type(type)
    submission = standing.submission
    conflict = _declared(db, actor, standing)
    if conflict is None:
        conflict = Conflict(
            conference_id=submission.conference_id,
            submission_id=submission.id,
            person_id=actor.person_id,
            kind="declared",
            source="declared",
            declared_by_id=actor.person_id,
            created=now,
        )
        db.add(conflict)
    conflict.type, conflict.reason, conflict.state = type, reason, "open"
    audit.of_submission(db, actor, "conflict.declare", standing.submission, now=now)
    return conflict


def take_back_conflict(db: Session, actor: Actor, standing: Standing, *, now: datetime) -> None:
    """Undo one's own declaration, as long as no chair has confirmed it."""
    conflict = _declared(db, actor, standing)
    if conflict is None or conflict.state != "open" or conflict.declared_by_id != actor.person_id:
        raise NotNowError("not_now")
    db.delete(conflict)
    audit.of_submission(db, actor, "conflict.take_back", standing.submission, now=now)


def _declared(db: Session, actor: Actor, standing: Standing) -> Conflict | None:
    return db.scalars(
        select(Conflict).where(
            Conflict.submission_id == standing.submission.id,
            Conflict.person_id == actor.person_id,
            Conflict.kind == "declared",
        )
    ).one_or_none()


def bid(
    db: Session, actor: Actor, standing: Standing, *, value: str, now: datetime
) -> None:
    """want, can, rather_not, or "" for no bid."""
    if value and value not in BIDS:
        raise DomainError("bad_bid", field="bid", value=value)
    submission = standing.submission
    found = db.scalars(
        select(Bid).where(
            Bid.submission_id == submission.id, Bid.person_id == actor.person_id
        )
    ).one_or_none()
    if not value:
        if found is not None:
            db.delete(found)
        return
    if found is None:
        found = Bid(
            conference_id=submission.conference_id,
            submission_id=submission.id,
            person_id=actor.person_id,
        )
        db.add(found)
    found.value, found.changed = value, now


def profile_of(db: Session, actor: Actor, conference: Conference) -> ReviewerProfile | None:
    """What the reviewer has said about themselves here, if anything."""
    return db.scalars(
        select(ReviewerProfile).where(
            ReviewerProfile.conference_id == conference.id,
            ReviewerProfile.person_id == actor.person_id,
        )
    ).one_or_none()


def save_profile(
    db: Session,
    actor: Actor,
    conference: Conference,
    *,
    expertise: str,
    track_ids: Sequence[int],
    load_wished: int | None,
    some_track_ids: Sequence[int] = (),
    past_reviews: bool | None = None,
) -> ReviewerProfile:
    """Store expertise, how well one knows which track, and how many reviews one will write.

    A track is known well (`track_ids`) or some (`some_track_ids`); well counts where it is both.
    Whether past reviews count stays as it is where nothing is said.
    """
    if load_wished is not None and not 0 <= load_wished <= LOAD_LIMIT:
        raise DomainError("bad_load", field="load_wished")
    profile = profile_of(db, actor, conference)
    if profile is None:
        profile = ReviewerProfile(conference_id=conference.id, person_id=actor.person_id)
        db.add(profile)
    profile.expertise = expertise
    profile.track_ids = sorted(track_ids)
    profile.some_track_ids = sorted({*some_track_ids} - {*track_ids})
    profile.load_wished = load_wished
    if past_reviews is not None:
        profile.past_reviews = past_reviews
    return profile
