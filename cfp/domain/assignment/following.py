"""How those who were asked take it: a row per reviewer and submission, for chairs."""

from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import and_, case, select
from sqlalchemy.orm import Session, aliased

from cfp.domain.accounts.models import Person
from cfp.domain.assignment.blocking import lost_assignments
from cfp.domain.assignment.models import Assignment
from cfp.domain.assignment.openings import is_silent, silent_before
from cfp.domain.assignment.rules import REFUSED
from cfp.domain.conferences.models import Conference, Track
from cfp.domain.reviews.models import Review, ReviewExtension
from cfp.domain.submissions.models import Submission
from cfp.policy import Column, Fact, View

OPEN = ("assigned", "silent", "accepted", "begun")
"""Of the states of `answers_list`, those with a review still to come."""

_REVIEW = aliased(Review, name="followed_review")


def answers_list(db: Session, conference: Conference, *, now: datetime) -> View:
    """`state`: one of `OPEN`, or done, declined, conflict, handed_over, abstained."""
    lost = lost_assignments(conference)
    silent = is_silent(conference.id, silent_before(db, conference, now))
    state = case(
        (Assignment.state.in_(REFUSED), Assignment.state),
        (Assignment.id.in_(select(lost.c.id)), "conflict"),
        (Assignment.state == "done", "done"),
        (_REVIEW.id.is_not(None), "begun"),
        (and_(Assignment.state == "assigned", silent), "silent"),
        else_=Assignment.state,
    )
    more_time = select(ReviewExtension.person_id).where(
        ReviewExtension.conference_id == conference.id, ReviewExtension.until >= now
    )
    columns: dict[str, Any] = {
        "id": Assignment.id,
        "submission_id": Submission.id,
        "code": Submission.code,
        "title": Submission.title,
        "submitted": Submission.state,
        "track": Track.name,
        "person": Person.name,
        "person_code": Person.code,
        "state": state,
        "more_time": Assignment.person_id.in_(more_time),
        "reason": Assignment.reason,
        "changed": Assignment.changed,
    }
    source = (
        Assignment.__table__.join(Submission, Submission.id == Assignment.submission_id)
        .join(Track, Track.id == Submission.track_id)
        .join(Person, Person.id == Assignment.person_id)
        .outerjoin(
            _REVIEW,
            and_(
                _REVIEW.submission_id == Assignment.submission_id,
                _REVIEW.person_id == Assignment.person_id,
                _REVIEW.round_id == Assignment.round_id,
            ),
        )
    )
    return View(
        conference=conference,
        source=source,
        rows=Fact.REVIEWERS,
        columns=MappingProxyType({name: Column(what) for name, what in columns.items()}),
    )
