"""Abstaining: a reviewer has read a submission and can't judge it.

It is a state of the review, not a score: nothing of it counts in totals and tallies, nobody but
the chairs reads the reason, and it opens no others' reviews. For the reviewer it is done; what the
chairs wanted is open again, so where reviewers are assigned somebody else can be asked.
"""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from cfp import audit
from cfp.actors import Actor
from cfp.domain.assignment.models import Assignment
from cfp.domain.assignment.rules import REASON_LIMIT
from cfp.domain.reviews import queries
from cfp.domain.reviews.actions import check_may_review, new_review
from cfp.domain.reviews.models import Review
from cfp.domain.reviews.totals import count_again
from cfp.errors import DomainError, NotNowError
from cfp.policy import Standing


def abstain(
    db: Session, actor: Actor, standing: Standing, *, reason: str, now: datetime
) -> Review:
    """Say that one can't judge this; what was written so far is kept as the reviewer's own.

    Raises:
        DomainError: `abstain.no_reason`, or `too_long`, at the field `abstention`.
        NotNowError: reviewing is closed, or `abstain.submitted`.
    """
    check_may_review(actor, standing, now)
    if not reason:
        raise DomainError("abstain.no_reason", field="abstention")
    if len(reason) > REASON_LIMIT:
        raise DomainError("too_long", field="abstention")
    review = queries.own_review(db, actor, standing.submission)
    if review is None:
        review = new_review(db, actor, standing, now)
    elif review.state == "submitted":
        raise NotNowError("abstain.submitted")
    review.state, review.abstention, review.changed = "abstained", reason, now
    _set_assignment(db, review, "abstained", reason, now)
    audit.of_submission(db, actor, "review.abstain", standing.submission, now=now)
    count_again(db, [review.submission_id])
    return review


def take_back(db: Session, actor: Actor, standing: Standing, *, now: datetime) -> None:
    """Review it after all: what was written before is there again as a draft.

    Raises NotNowError: reviewing is closed, or there is nothing to take back.
    """
    check_may_review(actor, standing, now)
    review = queries.own_review(db, actor, standing.submission)
    if review is None or review.state != "abstained":
        raise NotNowError("not_now")
    review.state, review.abstention, review.changed = "draft", "", now
    _set_assignment(db, review, "accepted", "", now)
    db.flush()


def _set_assignment(
    db: Session, review: Review, state: str, reason: str, now: datetime
) -> None:
    """Of whoever was asked; a review that nobody asked for has none."""
    db.flush()
    db.execute(
        update(Assignment)
        .where(
            Assignment.submission_id == review.submission_id,
            Assignment.person_id == review.person_id,
            Assignment.round_id == review.round_id,
        )
        .values(state=state, reason=reason, changed=now)
    )
