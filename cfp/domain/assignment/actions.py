"""What chairs do with assignments by hand: ask somebody, take it back, say how much is enough."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cfp import audit
from cfp.actors import Actor, RoleKind
from cfp.domain.assignment import letters
from cfp.domain.assignment.blocking import is_blocked_pair
from cfp.domain.assignment.eligible import reviewer_ids
from cfp.domain.assignment.models import Assignment, HandOver, ReviewerProfile
from cfp.domain.assignment.proposals import check_assigned
from cfp.domain.assignment.rounds import current_round, lock_round
from cfp.domain.assignment.rules import ACTIVE, LOAD_LIMIT
from cfp.domain.conferences.models import Conference, Role
from cfp.domain.reviews.models import Guest, Review
from cfp.domain.submissions.models import Submission
from cfp.domain.submissions.states import State
from cfp.errors import DomainError, ForbiddenError, NotFoundError, NotNowError
from cfp.links import Links
from cfp.policy import Action, Standing, allowed


def assign_by_hand(
    db: Session, actor: Actor, standing: Standing, *, person_id: int, links: Links, now: datetime
) -> None:
    """Ask somebody to review a submission; no solve takes it away again.

    Raises:
        DomainError: `assignment.blocked`, `assignment.not_reviewer`, at the field `person`.
        NotNowError: `assignment.there`, `assignment.not_under_review`, `assignment.everyone`.
    """
    _check_one(actor, standing, now)
    conference, submission = standing.conference, standing.submission
    lock_round(db, conference)
    asked_now = reviewer_ids(conference).where(Role.person_id == person_id)
    if db.execute(asked_now).first() is None:
        raise DomainError("assignment.not_reviewer", field="person")
    if is_blocked_pair(db, conference, submission.id, person_id):
        raise DomainError("assignment.blocked", field="person")
    assignment = _assignment(db, conference, submission, person_id)
    if assignment is not None and assignment.state in ACTIVE:
        raise NotNowError("assignment.there")
    reviewed = _review_state(db, submission, person_id) == "submitted"
    if assignment is None:
        assignment = Assignment(
            conference_id=conference.id,
            round_id=current_round(db, conference),
            submission_id=submission.id,
            person_id=person_id,
            created=now,
        )
        db.add(assignment)
    assignment.state = "done" if reviewed else "assigned"
    assignment.reason, assignment.pinned, assignment.changed = "", True, now
    db.flush()
    db.execute(
        update(HandOver)
        .where(HandOver.submission_id == submission.id, HandOver.giver_id == person_id)
        .values(undone=now)
    )
    _record_one(db, actor, "assignment.assign", standing, person_id, now)
    epoch = f"by-hand:{assignment.id}:{now.isoformat()}"
    letters.tell_assigned(db, conference, {person_id}, epoch=epoch, links=links, now=now)


def unassign(
    db: Session, actor: Actor, standing: Standing, *, person_id: int, now: datetime
) -> None:
    """Take an assignment back. Raises NotNowError `assignment.started` once a review has begun."""
    _check_one(actor, standing, now)
    conference, submission = standing.conference, standing.submission
    lock_round(db, conference)
    assignment = _assignment(db, conference, submission, person_id)
    if assignment is None:
        raise NotFoundError("not_found")
    blocked = is_blocked_pair(db, conference, submission.id, person_id)
    if _review_state(db, submission, person_id) and not blocked:
        raise NotNowError("assignment.started")
    db.delete(assignment)
    db.execute(
        update(Guest)
        .where(
            Guest.submission_id == submission.id,
            Guest.person_id == person_id,
            Guest.for_id.is_(None),
            Guest.state == "accepted",
        )
        .values(state="withdrawn", changed=now, revision=Guest.revision + 1)
    )
    db.flush()
    _record_one(db, actor, "assignment.unassign", standing, person_id, now)


def set_pinned(
    db: Session, actor: Actor, standing: Standing, *, person_id: int, pinned: bool, now: datetime
) -> None:
    """Say whether solves must leave an assignment as it is. Raises NotFoundError."""
    _check_one(actor, standing, now)
    assignment = _assignment(db, standing.conference, standing.submission, person_id)
    if assignment is None or assignment.state not in ACTIVE:
        raise NotFoundError("not_found")
    if assignment.pinned == pinned:
        return
    assignment.pinned, assignment.changed = pinned, now
    action = "assignment.pin" if pinned else "assignment.unpin"
    _record_one(db, actor, action, standing, person_id, now)


def set_limits(
    db: Session,
    actor: Actor,
    conference: Conference,
    *,
    person_id: int,
    capped: int | None,
    paused: bool,
    least: int | None,
    senior: bool,
    now: datetime,
) -> None:
    """What a chair says about a reviewer: how much they are given, and whether they are senior.

    Args:
        db: the session.
        actor: who says it.
        conference: where.
        person_id: the reviewer.
        capped: reviews at most; None: their own wish counts.
        paused: no new ones for now.
        least: reviews at least, where that is possible.
        senior: counts where the conference wants a senior reviewer for each submission.
        now: the time.

    Raises:
        DomainError: `bad_load`, `load_turned` at `least`. NotFoundError: for nobody's reviewer.
    """
    for field, load in (("capped", capped), ("least", least)):
        if load is not None and not 0 <= load <= LOAD_LIMIT:
            raise DomainError("bad_load", field=field)
    if capped is not None and least is not None and least > capped:
        raise DomainError("load_turned", field="least")
    role = select(Role.id).where(
        Role.conference_id == conference.id,
        Role.person_id == person_id,
        Role.kind == RoleKind.REVIEWER,
    )
    if db.scalar(role) is None:
        raise NotFoundError("not_found")
    profile = db.scalars(
        select(ReviewerProfile).where(
            ReviewerProfile.conference_id == conference.id, ReviewerProfile.person_id == person_id
        )
    ).one_or_none()
    if profile is None:
        profile = ReviewerProfile(conference_id=conference.id, person_id=person_id)
        db.add(profile)
    profile.load_capped, profile.paused = capped, paused
    profile.load_least, profile.senior = least or None, senior
    db.flush()
    audit.record(
        db,
        actor,
        "reviewer.limits",
        f"person:{person_id}",
        now=now,
        conference_id=conference.id,
        detail={"most": capped, "paused": paused, "least": least, "senior": senior},
    )


def _check_one(actor: Actor, standing: Standing, now: datetime) -> None:
    if not allowed(actor, Action.ASSIGN_ONE, standing, now):
        raise ForbiddenError("forbidden")
    check_assigned(standing.conference)
    if standing.submission.state != State.SUBMITTED:
        raise NotNowError("assignment.not_under_review")


def _assignment(
    db: Session, conference: Conference, submission: Submission, person_id: int
) -> Assignment | None:
    return db.scalars(
        select(Assignment)
        .where(
            Assignment.round_id == current_round(db, conference),
            Assignment.submission_id == submission.id,
            Assignment.person_id == person_id,
        )
        .with_for_update()
    ).one_or_none()


def _review_state(db: Session, submission: Submission, person_id: int) -> str | None:
    query = select(Review.state).where(
        Review.submission_id == submission.id, Review.person_id == person_id
    )
    return db.scalars(query.limit(1)).first()


def _record_one(
    db: Session, actor: Actor, action: str, standing: Standing, person_id: int, now: datetime
) -> None:
    audit.of_submission(
        db, actor, action, standing.submission, now=now, detail={"person": person_id}
    )
