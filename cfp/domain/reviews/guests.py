"""Asking somebody for one submission: a reviewer who wants help with it, or a chair.

What is answered to whoever asks never depends on who is behind the address: that somebody has a
conflict of interest would tell who speaks, and a mail would tell a speaker who reviews them. So
nothing is sent then, and only chairs see why.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, select, update
from sqlalchemy.orm import Session

from cfp import audit
from cfp.actors import Actor, RoleKind
from cfp.domain.accounts.models import Email, Token
from cfp.domain.accounts.rules import address_key
from cfp.domain.accounts.tokens import Purpose
from cfp.domain.assignment.blocking import is_blocked_pair
from cfp.domain.assignment.conflicts import find_conflicts
from cfp.domain.assignment.models import Assignment
from cfp.domain.assignment.rounds import current_round, lock_round
from cfp.domain.conferences.models import Conference, Role
from cfp.domain.conferences.rules import check_address
from cfp.domain.reviews import guest_letters, guest_rules
from cfp.domain.reviews.actions import check_may_review
from cfp.domain.reviews.extensions import until_of
from cfp.domain.reviews.models import Guest, Review
from cfp.domain.reviews.rules import can_be_reviewed
from cfp.domain.submissions.models import Speaker, Submission
from cfp.errors import DomainError, ForbiddenError, NotFoundError, NotNowError
from cfp.links import Links
from cfp.policy import HELPING, Action, Relation, Standing, allowed, standing_of


def may_delegate(actor: Actor, conference: Conference) -> bool:
    """Whether somebody may write for this person here: for those with the role, where it is on."""
    return conference.delegation != "off" and actor.has(conference.id, RoleKind.REVIEWER)


def ask_for_help(
    db: Session,
    actor: Actor,
    standing: Standing,
    *,
    name: str,
    address: str,
    links: Links,
    now: datetime,
) -> Guest:
    """Have somebody write one's review; mailed at once, or when a chair has approved it.

    Raises:
        DomainError: `conference.bad_address`, `guest.yourself`, `guest.there`, `guest.too_many`, at
            the field.
    """
    check_may_review(actor, standing, now)
    if not may_delegate(actor, standing.conference):
        raise NotFoundError("not_found")
    _check_review(db, actor, standing.submission)
    guest = _new(db, actor, standing, name, address, now)
    guest.for_id = actor.person_id
    _check_new(db, actor, guest)
    waits = standing.conference.delegation == "approved"
    guest.state = "proposed" if waits else "sent"
    db.flush()
    _record(db, actor, "guest.ask", standing.submission, guest, now)
    if not waits:
        _send(db, standing.conference, standing.submission, guest, links, now)
    return guest


def invite(
    db: Session,
    actor: Actor,
    standing: Standing,
    *,
    name: str,
    address: str,
    links: Links,
    now: datetime,
) -> Guest:
    """Ask somebody from outside for a review of their own; a chair's or track chair's act.

    Raises:
        DomainError: as `ask_for_help`, and `guest.is_reviewer` for one of the committee's.
        NotNowError: `reviewing_closed`.
    """
    if not allowed(actor, Action.ASSIGN_ONE, standing, now):
        raise ForbiddenError("forbidden")
    if not can_be_reviewed(standing.conference, standing.submission, now):
        raise NotNowError("reviewing_closed")
    guest = _new(db, actor, standing, name, address, now)
    guest.state = "sent"
    _check_new(db, actor, guest)
    reviews = exists().where(
        Role.conference_id == guest.conference_id,
        Role.kind == RoleKind.REVIEWER,
        Role.person_id == Email.person_id,
    )
    if db.scalar(select(Email.id).where(*_proved(guest.key), reviews)) is not None:
        raise DomainError("guest.is_reviewer", field="address")
    db.flush()
    _record(db, actor, "guest.invite", standing.submission, guest, now)
    _send(db, standing.conference, standing.submission, guest, links, now)
    return guest


def judge(
    db: Session,
    actor: Actor,
    standing: Standing,
    *,
    number: int,
    approve: bool,
    links: Links,
    now: datetime,
) -> None:
    """A chair's yes or no to somebody whom a reviewer wants to ask."""
    if not allowed(actor, Action.ASSIGN_ONE, standing, now):
        raise ForbiddenError("forbidden")
    guest = guest_of(db, standing, number)
    move = "approve" if approve else "refuse"
    guest.state, guest.changed = guest_rules.after(move, guest.state), now
    db.flush()
    _record(db, actor, f"guest.{move}", standing.submission, guest, now)
    if approve:
        _send(db, standing.conference, standing.submission, guest, links, now)


def withdraw(
    db: Session, actor: Actor, standing: Standing, *, number: int, now: datetime
) -> None:
    """Take it back, by whoever asked or a chair: the link and what it opened are closed at once.

    A guest's own review that is submitted stays; one that is not is seen by nobody any more.
    """
    guest = guest_of(db, standing, number)
    mine = guest.for_id is not None and guest.for_id == actor.person_id
    if not mine and not allowed(actor, Action.ASSIGN_ONE, standing, now):
        raise NotFoundError("not_found")
    guest.state, guest.changed = guest_rules.after("withdraw", guest.state), now
    db.flush()
    _close(db, standing.conference, guest, now)
    _record(db, actor, "guest.withdraw", standing.submission, guest, now)


def accept(
    db: Session,
    actor: Actor,
    guest: Guest,
    conference: Conference,
    submission: Submission,
    *,
    now: datetime,
) -> None:
    """Say yes as this person: from now on they read the submission, and nothing else.

    Raises:
        NotNowError: `guest.not_now`, `reviewing_closed`.
        DomainError: `guest.blocked`, `guest.yourself`, `guest.reviews_it`.
    """
    if actor.person_id is None:
        raise ForbiddenError("forbidden")
    check_open(db, guest, conference, submission, now)
    guest.state, guest.changed = guest_rules.after("accept", guest.state), now
    _check_person(db, actor, guest, conference, submission)
    guest.person_id = actor.person_id
    find_conflicts(db, conference, person_id=actor.person_id, now=now)
    if is_blocked_pair(db, conference, submission.id, actor.person_id):
        raise DomainError("guest.blocked")
    if guest.for_id is None:
        _give_place(db, conference, guest, now)
    _record(db, actor, "guest.accept", submission, guest, now)


def decline(
    db: Session,
    actor: Actor,
    guest: Guest,
    submission: Submission,
    *,
    reason: str,
    now: datetime,
) -> None:
    """Say no, at first or later; the reason is for whoever asked."""
    guest.state, guest.changed = guest_rules.after("decline", guest.state), now
    guest.reason = reason
    db.flush()
    _record(db, actor, "guest.decline", submission, guest, now)


def guest_of(db: Session, standing: Standing, number: int) -> Guest:
    """One of those asked for this submission, locked. Raises NotFoundError."""
    found = db.scalars(
        select(Guest)
        .where(Guest.id == number, Guest.submission_id == standing.submission.id)
        .with_for_update()
    ).one_or_none()
    if found is None:
        raise NotFoundError("not_found")
    return found


def check_open(
    db: Session, guest: Guest, conference: Conference, submission: Submission, now: datetime
) -> None:
    """Raise NotNowError where the reviewer they write for, or all reviewers, have no time left."""
    until = until_of(db, conference, guest.for_id)
    if guest.for_id is not None and conference.delegation == "off":
        raise NotNowError("guest.not_now")
    if not can_be_reviewed(conference, submission, now, until):
        raise NotNowError("reviewing_closed")


def _new(
    db: Session, actor: Actor, standing: Standing, name: str, address: str, now: datetime
) -> Guest:
    check_address(address, field="address")
    guest = Guest(
        conference_id=standing.conference.id,
        submission_id=standing.submission.id,
        asked_by_id=actor.person_id,
        name=name,
        address=address,
        key=address_key(address),
        draft={},
        created=now,
        changed=now,
    )
    db.add(guest)
    return guest


def _check_new(db: Session, actor: Actor, guest: Guest) -> None:
    """Raise, at its field, what speaks against asking that whoever asks knows anyway."""
    with db.no_autoflush:
        mine = select(Email.id).where(Email.person_id == actor.person_id, *_proved(guest.key))
        if db.scalar(mine) is not None:
            raise DomainError("guest.yourself", field="address")
        ever = select(func.count(Guest.id)).where(
            Guest.submission_id == guest.submission_id,
            Guest.for_id.is_not_distinct_from(guest.for_id),
        )
        there = ever.where(Guest.state.in_(guest_rules.OPEN))
        if db.scalar(there.where(Guest.key == guest.key)):
            raise DomainError("guest.there", field="address")
        for asked, limit, key in (
            (there, guest_rules.HELPERS_AT_MOST, "guest.too_many"),
            (ever, guest_rules.ASKED_AT_MOST, "guest.enough"),
        ):
            if guest.for_id and (db.scalar(asked) or 0) >= limit:
                raise DomainError(key, field="address", limit=limit)


def _check_review(db: Session, actor: Actor, submission: Submission) -> None:
    state = select(Review.state).where(
        Review.submission_id == submission.id, Review.person_id == actor.person_id
    )
    if db.scalar(state) not in {None, "draft"}:
        raise NotNowError("guest.reviewed")


def _check_person(
    db: Session, actor: Actor, guest: Guest, conference: Conference, submission: Submission
) -> None:
    """Nobody reviews a submission twice, or writes about it for two."""
    if actor.person_id == guest.for_id:
        raise DomainError("guest.yourself")
    standing = standing_of(db, actor, conference, submission.code)
    reviews = standing is not None and Relation.REVIEWER in standing.relations
    helps = select(Guest.id).where(
        Guest.submission_id == submission.id,
        Guest.person_id == actor.person_id,
        Guest.state.in_(HELPING),
    )
    if reviews or db.scalar(helps.limit(1)) is not None:
        raise DomainError("guest.reviews_it")


def _send(
    db: Session,
    conference: Conference,
    submission: Submission,
    guest: Guest,
    links: Links,
    now: datetime,
) -> None:
    """Mail it, unless the address is of somebody who must not review this."""
    guest.held = _is_blocked(db, conference, submission, guest.key)
    if not guest.held:
        guest_letters.ask(db, conference, submission, guest, links=links, now=now)


def _is_blocked(
    db: Session, conference: Conference, submission: Submission, key: str
) -> bool:
    """Whether the address stands on the submission, or is of somebody with a conflict."""
    named = select(Speaker.id).where(
        Speaker.submission_id == submission.id,
        Speaker.address_key == key,
        Speaker.state != "removed",
    )
    if db.scalar(named.limit(1)) is not None:
        return True
    people = db.scalars(select(Email.person_id).where(*_proved(key))).all()
    return any(is_blocked_pair(db, conference, submission.id, one) for one in people)


def _give_place(db: Session, conference: Conference, guest: Guest, now: datetime) -> None:
    """A review place like anybody's; no solve takes it away."""
    lock_round(db, conference)
    here = {"round_id": current_round(db, conference), "submission_id": guest.submission_id}
    place = db.scalars(
        select(Assignment).filter_by(**here, person_id=guest.person_id).with_for_update()
    ).one_or_none()
    if place is None:
        place = Assignment(
            conference_id=conference.id, person_id=guest.person_id, created=now, **here
        )
        db.add(place)
    place.state, place.reason, place.pinned, place.changed = "accepted", "", True, now
    db.flush()


def _close(db: Session, conference: Conference, guest: Guest, now: datetime) -> None:
    """Use up the link, and take the review place away unless a review has come from it."""
    db.execute(
        update(Token)
        .where(
            Token.purpose == Purpose.REVIEW_INVITATION,
            Token.submission_id == guest.submission_id,
            Token.payload["guest"].as_integer() == guest.id,
            Token.used.is_(None),
        )
        .values(used=now)
    )
    if guest.for_id is None and guest.person_id is not None:
        lock_round(db, conference)
        places = select(Assignment).where(
            Assignment.submission_id == guest.submission_id,
            Assignment.person_id == guest.person_id,
            Assignment.state != "done",
        )
        for place in db.scalars(places):
            db.delete(place)
        db.flush()


def _proved(key: str) -> tuple[ColumnElement[bool], ...]:
    return Email.key == key, Email.verified.is_not(None)


def _record(
    db: Session, actor: Actor, action: str, submission: Submission, guest: Guest, now: datetime
) -> None:
    audit.of_submission(db, actor, action, submission, now=now, detail={"guest": guest.id})
