"""What waits for a decision, and what has been decided."""

from collections.abc import Mapping
from functools import lru_cache

from sqlalchemy import ScalarSelect, Select, func, select
from sqlalchemy.orm import Session, aliased

from cfp.actors import Actor
from cfp.domain.conferences.models import Conference
from cfp.domain.decisions.models import Decision, PendingDecision
from cfp.domain.decisions.rules import DECIDABLE
from cfp.domain.mail.models import Message
from cfp.domain.mail.queries import TROUBLE, readable_from
from cfp.domain.reviews.models import ReviewTally
from cfp.domain.submissions.models import Submission
from cfp.policy import Fact, Seat, seat_of


def waiting(db: Session, actor: Actor, conference: Conference) -> Mapping[str, int]:
    """How many things wait at each stage, in one statement; a blocked chair's are left out.

    submissions: drafts are nobody's to wait for, so nothing. assignment and reviews: submissions
    short of reviews. decisions: pending ones to announce. messages: refused or uncertain mails.
    """
    row = db.execute(_waiting(seat_of(actor, conference), conference.reviews_per_submission)).one()
    return {"reviews": row[0], "decisions": row[1], "program": row[2], "messages": row[3]}


@lru_cache(maxsize=64)
def _waiting(seat: Seat, wanted: int) -> Select[int, int, int, int]:
    """Kept, because every page of the chairs asks it."""
    number = func.count(Submission.id)
    reviews = func.coalesce(ReviewTally.reviews, 0)
    short = (
        select(number)
        .outerjoin(ReviewTally, ReviewTally.submission_id == Submission.id)
        .where(
            Submission.state == "submitted",
            seat.knows(Fact.CHAIR_REVIEWS),
            reviews < func.coalesce(Submission.reviews_wanted, wanted),
        )
    )
    pending = (
        select(number)
        .join(PendingDecision, PendingDecision.submission_id == Submission.id)
        .where(
            PendingDecision.conference_id == seat.conference_id,
            Submission.state.in_(sorted(DECIDABLE)),
            seat.knows(Fact.PENDING),
        )
    )
    unconfirmed = select(number).where(Submission.state == "accepted", seat.knows(Fact.LISTED))
    trouble = (
        select(func.count(Message.id))
        .outerjoin(Submission, Submission.id == Message.submission_id)
        .where(Message.state.in_(TROUBLE), readable_from(seat))
    )
    parts = (short, pending, unconfirmed, trouble)
    return select(*(part.scalar_subquery() for part in parts))


_DECISION = aliased(Decision, name="newest_decision")


def newest_decision() -> ScalarSelect[int]:
    """The id of a submission's announced decision that holds now, as a scalar in SQL."""
    return (
        select(func.max(_DECISION.id))
        .where(_DECISION.submission_id == Submission.id)
        .correlate(Submission)
        .scalar_subquery()
    )
