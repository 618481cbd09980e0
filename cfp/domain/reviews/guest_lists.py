"""Who is asked for single submissions, and how far they are: for chairs."""

from collections.abc import Sequence
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import Case, ScalarSelect, and_, case, func, select
from sqlalchemy.orm import Session, aliased

from cfp.actors import Actor
from cfp.domain.accounts.models import Person
from cfp.domain.assignment.models import Assignment
from cfp.domain.conferences.models import Conference
from cfp.domain.reviews.models import Guest, Review
from cfp.domain.submissions.models import Submission
from cfp.policy import ACTIVE_ASSIGNMENTS, Column, Fact, Standing, View, sees
from cfp.records import record

_ASKER, _GUEST = aliased(Person, name="asker"), aliased(Person, name="guest_person")


def guests_view(actor: Actor, conference: Conference) -> View:
    """A row per guest, of the submissions whose reviewers this person chooses."""
    columns = {
        "id": Guest.id,
        "code": Submission.code,
        "title": Submission.title,
        "name": func.coalesce(_GUEST.name, Guest.name),
        "address": Guest.address,
        "reviewer": _ASKER.name,
        "state": _state(),
        "held": Guest.held,
        "reason": Guest.reason,
        "changed": Guest.changed,
    }
    return View(
        conference=conference,
        source=Guest.__table__.join(Submission, Submission.id == Guest.submission_id)
        .outerjoin(_ASKER, _ASKER.id == Guest.for_id)
        .outerjoin(_GUEST, _GUEST.id == Guest.person_id),
        rows=Fact.CHAIR_REVIEWS,
        columns=MappingProxyType({name: Column(what) for name, what in columns.items()}),
    )


@record
class Listed:
    """One of those asked for a submission; `reviewer` for whom they write, "" for themselves."""

    id: int
    name: str
    address: str
    reviewer: str
    state: str
    held: bool
    reason: str
    changed: datetime


def guests_on(db: Session, standing: Standing) -> Sequence[Listed]:
    """All of one submission, the newest first, for who may know who reviews it."""
    if not sees(standing, Fact.CHAIR_REVIEWS):
        return []
    rows = db.execute(
        select(
            *(Guest, func.coalesce(_GUEST.name, Guest.name).label("shown")),
            *(func.coalesce(_ASKER.name, "").label("reviewer"), _state().label("stands")),
        )
        .outerjoin(_ASKER, _ASKER.id == Guest.for_id)
        .outerjoin(_GUEST, _GUEST.id == Guest.person_id)
        .where(Guest.submission_id == standing.submission.id)
        .order_by(Guest.id.desc())
    )
    return [
        Listed(
            id=guest.id,
            name=name,
            address=guest.address,
            reviewer=reviewer,
            state=state,
            held=guest.held,
            reason=guest.reason,
            changed=guest.changed,
        )
        for guest, name, reviewer, state in rows
    ]


def helpers() -> ScalarSelect[str]:
    """With whose help a review was written, as SQL on its row; null without."""
    return (
        select(func.aggregate_strings(func.coalesce(_GUEST.name, Guest.name), ", "))
        .select_from(Guest)
        .outerjoin(_GUEST, _GUEST.id == Guest.person_id)
        .where(
            Guest.submission_id == Review.submission_id,
            Guest.for_id == Review.person_id,
            Guest.state == "used",
        )
        .correlate(Review)
        .scalar_subquery()
    )


def _state() -> Case[str]:
    """As stored; of somebody with a review place what has become of that."""
    mine = and_(
        Assignment.submission_id == Guest.submission_id, Assignment.person_id == Guest.person_id
    )
    place = (
        select(Assignment.state)
        .where(mine)
        .order_by(Assignment.round_id.desc())
        .limit(1)
        .correlate(Guest)
        .scalar_subquery()
    )
    of_place = case(
        (place == "done", "reviewed"), (place.in_(ACTIVE_ASSIGNMENTS), "accepted"), else_="off"
    )
    has_place = and_(Guest.for_id.is_(None), Guest.state == "accepted")
    return case((has_place, of_place), else_=Guest.state)
