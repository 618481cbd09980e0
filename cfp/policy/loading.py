"""One submission with all that `Standing` says of one person, loaded in one statement."""

from functools import lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, false, select
from sqlalchemy.orm import Session

from cfp.actors import Actor, RoleKind
from cfp.domain.assignment.models import Assignment
from cfp.domain.conferences.models import Conference
from cfp.domain.reviews.models import ReviewExtension
from cfp.domain.submissions.models import Submission
from cfp.phases import in_force
from cfp.policy import relations
from cfp.policy.meanings import ACTIVE_ASSIGNMENTS, takes_bids
from cfp.policy.seats import Seat, related, seat_of
from cfp.policy.standing import Standing
from cfp.policy.tables import Relation


def standing_of(db: Session, actor: Actor, conference: Conference, code: str) -> Standing | None:
    """Load a submission by code with what this person is to it; None when there is no such code."""
    row = db.execute(_standing_row(seat_of(actor, conference)), {"code": code}).one_or_none()
    if row is None:
        return None
    submission, speaks, blocked, own_review_in, assignment_state, extended, guest, helps = row
    here, reviews = conference.id, actor.has(conference.id, RoleKind.REVIEWER)
    reads = in_force(conference, actor.at).reads_all or assignment_state in ACTIVE_ASSIGNMENTS
    is_it = {
        Relation.SPEAKER: speaks,
        Relation.REVIEWER: guest or (reviews and reads),
        Relation.BIDDER: reviews and takes_bids(conference),
        Relation.TRACK_CHAIR: submission.track_id in actor.tracks(here),
        Relation.CHAIR: actor.has(here, RoleKind.CHAIR),
        Relation.READER: actor.has(here, RoleKind.READER),
        Relation.HELPER: helps,
    }
    return Standing(
        conference,
        submission,
        frozenset(relation for relation, true in is_it.items() if true),
        blocked,
        own_review_in,
        assignment_state,
        actor.at,
        extended,
    )


@lru_cache(maxsize=256)
def _standing_row(seat: Seat) -> Select[Any]:
    """A submission by its `:code`, with what the person is to it; kept, as `seats._known` is."""
    me = seat.person_id or 0
    asked = (
        select(Assignment.state)
        .where(Assignment.submission_id == Submission.id, Assignment.person_id == me)
        .order_by(Assignment.round_id.desc())
        .limit(1)
        .scalar_subquery()
    )
    extended = (
        select(ReviewExtension.until)
        .where(ReviewExtension.conference_id == seat.conference_id, ReviewExtension.person_id == me)
        .scalar_subquery()
    )
    return select(
        Submission,
        relations.is_speaker(me).label("speaks"),
        seat.blocked().label("blocked"),
        relations.own_review_in(me).label("own_review_in"),
        asked.label("assignment_state"),
        extended.label("extended"),
        (relations.is_guest(me) if seat.guest else false()).label("guest"),
        (related(seat, Relation.HELPER) if seat.helps else false()).label("helps"),
    ).where(Submission.conference_id == seat.conference_id, Submission.code == bindparam("code"))
