"""Submissions with the people who are asked to review them."""

from collections.abc import Sequence
from types import MappingProxyType
from typing import Any

from sqlalchemy import Subquery, and_, func, select
from sqlalchemy.orm import Session, aliased

from cfp.actors import Actor
from cfp.domain.accounts.models import Person
from cfp.domain.assignment.blocking import lost_assignments
from cfp.domain.assignment.counting import count_where
from cfp.domain.assignment.models import Assignment
from cfp.domain.assignment.rules import ACTIVE
from cfp.domain.conferences.models import Conference, Track
from cfp.domain.reviews.models import Review
from cfp.domain.submissions.models import Submission
from cfp.domain.submissions.queries import reviews_wanted
from cfp.policy import Column, Fact, View
from cfp.records import record

# Made once: an alias costs more than most queries.
_BEGUN = aliased(Review, name="begun")


def assignment_list(actor: Actor, conference: Conference) -> View:
    """A row per submission under review with its reviewers counted; narrow by `assignable`.

    `lost` are those asked who meanwhile have a blocking conflict: they cannot review it.
    """
    have = _effective(conference)
    asked = func.coalesce(have.c.effective, 0)
    columns: dict[str, Any] = {
        "id": Submission.id,
        "code": Submission.code,
        "title": Submission.title,
        "track": Track.name,
        "asked": asked,
        "wanted": reviews_wanted(conference),
        "lost": func.coalesce(have.c.lost, 0),
        "declined": func.coalesce(have.c.declined, 0),
        "done": func.coalesce(have.c.done, 0),
    }
    source = Submission.__table__.join(Track, Track.id == Submission.track_id).outerjoin(
        have, have.c.submission_id == Submission.id
    )
    return View(
        conference=conference,
        source=source,
        rows=Fact.REVIEWERS,
        columns=MappingProxyType({name: Column(what) for name, what in columns.items()}),
        one_each=True,
    )


@record
class Asked:
    """Somebody asked to review a submission."""

    submission_id: int
    person_id: int
    person_code: str
    name: str
    state: str
    reason: str
    pinned: bool
    blocked: bool
    started: bool


def asked_about(
    db: Session, conference: Conference, submission_ids: Sequence[int]
) -> dict[int, list[Asked]]:
    """Who is, or was, asked about each submission; one statement for a list."""
    lost, review = lost_assignments(conference, submission_ids), _BEGUN
    rows = db.execute(
        select(
            Assignment.submission_id,
            Assignment.person_id,
            Person.code,
            Person.name,
            Assignment.state,
            Assignment.reason,
            Assignment.pinned,
            Assignment.id.in_(select(lost.c.id)),
            review.id.is_not(None),
        )
        .join(Person, Person.id == Assignment.person_id)
        .outerjoin(
            review,
            and_(
                review.submission_id == Assignment.submission_id,
                review.person_id == Assignment.person_id,
            ),
        )
        .where(
            Assignment.conference_id == conference.id,
            Assignment.submission_id.in_(submission_ids),
        )
        .order_by(Assignment.state == "declined", func.lower(Person.name), Person.id)
    )
    found: dict[int, list[Asked]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(Asked(*row))
    return found


def _effective(conference: Conference) -> Subquery:
    """Assignments counted per submission; `effective` are active and not blocked since."""
    lost = lost_assignments(conference)
    gone = (
        select(lost.c.submission_id, func.count().label("number"))
        .group_by(lost.c.submission_id)
        .subquery()
    )
    counts = (
        select(
            Assignment.submission_id,
            count_where(Assignment.state.in_(ACTIVE)).label("active"),
            count_where(Assignment.state == "declined").label("declined"),
            count_where(Assignment.state == "done").label("done"),
        )
        .where(Assignment.conference_id == conference.id)
        .group_by(Assignment.submission_id)
        .subquery()
    )
    number = func.coalesce(gone.c.number, 0)
    return (
        select(
            counts.c.submission_id,
            (counts.c.active - number).label("effective"),
            number.label("lost"),
            counts.c.declined,
            counts.c.done,
        )
        .outerjoin(gone, gone.c.submission_id == counts.c.submission_id)
        .subquery()
    )
