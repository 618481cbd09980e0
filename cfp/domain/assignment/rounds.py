"""The round of assigning and reviewing that runs now."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp.domain.assignment.models import ReviewRound
from cfp.domain.conferences.models import Conference


def current_round(db: Session, conference: Conference) -> int:
    """The round that is assigned and reviewed now."""
    newest = select(ReviewRound.id).where(ReviewRound.conference_id == conference.id)
    return db.scalars(newest.order_by(ReviewRound.number.desc()).limit(1)).one()


def lock_round(db: Session, conference: Conference) -> None:
    """One assignment at a time: two chairs at once would each see the other's as not there."""
    round_id = current_round(db, conference)
    db.execute(select(ReviewRound.id).where(ReviewRound.id == round_id).with_for_update())
