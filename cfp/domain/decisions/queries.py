"""What waits for a decision, and what has been decided."""

from collections.abc import Mapping

from sqlalchemy import ScalarSelect, and_, case, func, select
from sqlalchemy.orm import Session, aliased

from cfp.actors import Actor
from cfp.domain.conferences.models import Conference
from cfp.domain.decisions.models import Decision, PendingDecision
from cfp.domain.decisions.rules import DECIDABLE
from cfp.domain.mail.models import Message
from cfp.domain.mail.queries import TROUBLE, readable
from cfp.domain.reviews.models import ReviewTally
from cfp.domain.submissions.models import Submission
from cfp.policy import Fact, predicate


def waiting(db: Session, actor: Actor, conference: Conference) -> Mapping[str, int]:
    """How many things wait at each stage, in one statement; a blocked chair's are left out.

    submissions: drafts are nobody's to wait for, so nothing. assignment and reviews: submissions
    short of reviews. decisions: pending ones to announce. messages: refused or uncertain mails.
    """
    reviewed = select(ReviewTally.submission_id).where(
        ReviewTally.conference_id == conference.id,
        ReviewTally.reviews >= conference.reviews_per_submission,
    )
    own = select(ReviewTally.reviews).where(ReviewTally.submission_id == Submission.id)
    usual = Submission.reviews_wanted.is_(None)
    enough = case(
        (usual, Submission.id.in_(reviewed)),
        else_=func.coalesce(own.scalar_subquery(), 0) >= Submission.reviews_wanted,
    )
    short = and_(
        Submission.state == "submitted", ~enough, predicate(actor, Fact.CHAIR_REVIEWS, conference)
    )
    pending = and_(
        PendingDecision.conference_id == conference.id,
        Submission.state.in_(sorted(DECIDABLE)),
        predicate(actor, Fact.PENDING, conference),
    )
    row = db.execute(
        select(
            select(func.count(Submission.id)).where(short).scalar_subquery(),
            select(func.count(PendingDecision.id))
            .join(Submission, Submission.id == PendingDecision.submission_id)
            .where(pending)
            .scalar_subquery(),
            select(func.count(Submission.id))
            .where(Submission.state == "accepted", predicate(actor, Fact.LISTED, conference))
            .scalar_subquery(),
            select(func.count(Message.id))
            .outerjoin(Submission, Submission.id == Message.submission_id)
            .where(Message.state.in_(TROUBLE), readable(actor, conference))
            .scalar_subquery(),
        )
    ).one()
    return {"reviews": row[0], "decisions": row[1], "program": row[2], "messages": row[3]}


_DECISION = aliased(Decision, name="newest_decision")


def newest_decision() -> ScalarSelect[int]:
    """The id of a submission's announced decision that holds now, as a scalar in SQL."""
    return (
        select(func.max(_DECISION.id))
        .where(_DECISION.submission_id == Submission.id)
        .correlate(Submission)
        .scalar_subquery()
    )
