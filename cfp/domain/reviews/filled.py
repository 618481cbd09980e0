"""The review form of one submission with what a person has filled in so far."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from cfp.actors import Actor
from cfp.domain.conferences.models import Criterion, ReviewField
from cfp.domain.conferences.queries import fields_of
from cfp.domain.reviews.models import Review
from cfp.domain.reviews.queries import criteria_of, own_review
from cfp.domain.reviews.rules import asked_of, phase_now
from cfp.policy import Standing
from cfp.records import record


@record
class Filled:
    """`criteria` and `fields` are asked about it now, `every` are the criteria of all submissions.

    `review` is the person's own, None before they begin.
    """

    every: Sequence[Criterion]
    criteria: Sequence[Criterion]
    fields: Sequence[ReviewField]
    review: Review | None


def filled_by(db: Session, actor: Actor, standing: Standing, *, now: datetime) -> Filled:
    """The form as this person has it now."""
    conference, submission = standing.conference, standing.submission
    every = criteria_of(db, conference)
    phase = phase_now(conference, now, standing.extended)
    return Filled(
        every,
        asked_of(every, submission),
        asked_of(fields_of(db, conference), submission, phase=phase),
        own_review(db, actor, submission),
    )
