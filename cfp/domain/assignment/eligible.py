"""Who may be asked for reviews now, and for which submissions a person may ask them."""

from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, select

from cfp.actors import Actor, RoleKind
from cfp.domain.assignment.models import ReviewerProfile
from cfp.domain.conferences.models import Conference, Role
from cfp.domain.reviews.models import Guest
from cfp.domain.submissions.models import Submission
from cfp.domain.submissions.states import State
from cfp.policy import Action, Seat, seat_of


def assignable(actor: Actor, conference: Conference) -> ColumnElement[bool]:
    """The submissions whose reviewers this person chooses: under review, their own to assign."""
    return assignable_from(seat_of(actor, conference))


@lru_cache(maxsize=64)
def assignable_from(seat: Seat) -> ColumnElement[bool]:
    """As `assignable`, for everybody who sits alike."""
    return and_(Submission.state == State.SUBMITTED, seat.may(Action.ASSIGN_ONE))


def reviewer_ids(conference: Conference) -> Any:  # noqa: ANN401 - a Select whose type says less
    """Who may be asked now, as SQL: with the role and not paused."""
    return reviewers_of(conference.id)


def reviewers_of(conference_id: int) -> Any:  # noqa: ANN401 - as above
    """As `reviewer_ids`, for a statement that is kept."""
    paused = exists().where(
        ReviewerProfile.conference_id == conference_id,
        ReviewerProfile.person_id == Role.person_id,
        ReviewerProfile.paused,
    )
    return select(Role.person_id).where(
        Role.conference_id == conference_id, Role.kind == RoleKind.REVIEWER, ~paused
    )


def guest_ids(conference_id: int) -> Any:  # noqa: ANN401 - a Select whose type says less
    """Who reviews as a guest, as SQL: has a place on what they were invited to, and no role."""
    return select(Guest.person_id).where(
        Guest.conference_id == conference_id, Guest.for_id.is_(None), Guest.state == "accepted"
    )
