"""What reviewers have been given and what they take: each of them, and all together."""

from typing import Any

from sqlalchemy import Select, and_, bindparam, case, func, select
from sqlalchemy.orm import Session

from cfp.actors import Actor, RoleKind
from cfp.domain.accounts.models import Person
from cfp.domain.assignment.counting import count_where
from cfp.domain.assignment.eligible import reviewer_ids
from cfp.domain.assignment.models import Assignment, ReviewerProfile
from cfp.domain.assignment.rules import ACTIVE
from cfp.domain.conferences.models import Conference, Role
from cfp.domain.submissions.models import Submission
from cfp.domain.submissions.states import State
from cfp.policy import Action, seat_of
from cfp.records import record


@record
class Load:
    """What a reviewer has been given, of what this person may know, and what they can take."""

    person_id: int
    code: str
    name: str
    assigned: int
    done: int
    declined: int
    wished: int | None
    capped: int | None
    paused: bool
    least: int | None
    senior: bool

    @property
    def limit(self) -> int | None:
        """The chair's word, or else the reviewer's own wish."""
        return self.capped if self.capped is not None else self.wished


def loads_of(db: Session, actor: Actor, conference: Conference) -> list[Load]:
    """Every reviewer, by name; one statement."""
    own = select(Submission.id).where(
        Submission.state != State.WITHDRAWN, seat_of(actor, conference).may(Action.ASSIGN_ONE)
    )
    counts = (
        select(
            Assignment.person_id,
            count_where(Assignment.state.in_(ACTIVE)).label("assigned"),
            count_where(Assignment.state == "done").label("done"),
            count_where(Assignment.state == "declined").label("declined"),
        )
        .where(Assignment.conference_id == conference.id, Assignment.submission_id.in_(own))
        .group_by(Assignment.person_id)
        .subquery()
    )
    rows = db.execute(
        select(
            Person.id,
            Person.code,
            Person.name,
            func.coalesce(counts.c.assigned, 0),
            func.coalesce(counts.c.done, 0),
            func.coalesce(counts.c.declined, 0),
            ReviewerProfile.load_wished,
            ReviewerProfile.load_capped,
            func.coalesce(ReviewerProfile.paused, False),
            ReviewerProfile.load_least,
            func.coalesce(ReviewerProfile.senior, False),
        )
        .join(Role, Role.person_id == Person.id)
        .outerjoin(
            ReviewerProfile,
            and_(
                ReviewerProfile.person_id == Person.id,
                ReviewerProfile.conference_id == conference.id,
            ),
        )
        .outerjoin(counts, counts.c.person_id == Person.id)
        .where(Role.conference_id == conference.id, Role.kind == RoleKind.REVIEWER)
        .order_by(func.lower(Person.name), Person.id)
    )
    return [Load(*row) for row in rows]


def senior_count(db: Session, conference: Conference) -> int:
    """How many of those who may be asked count as senior."""
    query = select(func.count(ReviewerProfile.id)).where(
        ReviewerProfile.conference_id == conference.id,
        ReviewerProfile.senior,
        ReviewerProfile.person_id.in_(reviewer_ids(conference)),
    )
    return db.scalar(query) or 0


@record
class Capacity:
    """How much all who may be asked take together: `unlimited` of them have said no limit."""

    reviewers: int
    unlimited: int
    room: int
    none: int
    paused: int

    @property
    def takers(self) -> int:
        """Who may be asked and takes any."""
        return self.reviewers - self.none

    def missing(self, wanted: int) -> int:
        """Reviews that cannot be had even if everybody could review everything."""
        return 0 if self.unlimited else max(wanted - self.room, 0)


def capacity_of(db: Session, conference: Conference) -> Capacity:
    """Added up over everybody with the role; one statement."""
    row = db.execute(_CAPACITY, {"conference": conference.id}).one()
    return Capacity(*(value or 0 for value in row))


def _capacity() -> Select[int, int, Any, int, int]:
    """Of the conference given at execution."""
    profile = ReviewerProfile
    limit = func.coalesce(profile.load_capped, profile.load_wished)
    paused = func.coalesce(profile.paused, False)
    asked = ~paused
    here = and_(profile.person_id == Role.person_id, profile.conference_id == Role.conference_id)
    return (
        select(
            count_where(asked),
            count_where(and_(asked, limit.is_(None))),
            func.sum(case((asked, func.coalesce(limit, 0)), else_=0)),
            count_where(and_(asked, limit == 0)),
            count_where(paused),
        )
        .select_from(Role)
        .outerjoin(profile, here)
        .where(Role.conference_id == bindparam("conference"), Role.kind == RoleKind.REVIEWER)
    )


_CAPACITY = _capacity()
