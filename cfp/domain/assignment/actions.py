"""What chairs do with assignments: apply and undo a proposal, assign and take back by hand."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, insert, or_, select, update
from sqlalchemy.orm import Session

from cfp import audit
from cfp.actors import Actor, RoleKind
from cfp.domain.assignment import letters
from cfp.domain.assignment.models import Assignment, Proposal, ReviewerProfile, ReviewRound
from cfp.domain.assignment.proposals import (
    Pair,
    Pick,
    Stand,
    check_assigned,
    compare,
    digest,
    picks_of,
    proposal_of,
    scope_of,
    standing_pairs,
)
from cfp.domain.assignment.queries import (
    blocked_pairs,
    current_round,
    is_blocked_pair,
    reviewer_ids,
)
from cfp.domain.assignment.rules import ACTIVE, LOAD_LIMIT
from cfp.domain.conferences.models import Conference, Role
from cfp.domain.reviews.models import Review
from cfp.domain.submissions.models import Submission
from cfp.domain.submissions.states import State
from cfp.errors import DomainError, ForbiddenError, NotFoundError, NotNowError
from cfp.links import Links
from cfp.policy import Action, Standing, allowed


@dataclass(frozen=True)
class Applied:
    """What applying or undoing has done; `kept` pairs it had to leave as they are."""

    added: int
    removed: int
    mails: int = 0
    kept: int = 0


def apply(
    db: Session,
    actor: Actor,
    conference: Conference,
    *,
    proposal_id: int,
    links: Links,
    now: datetime,
) -> Applied:
    """Make a proposal the assignment, as a whole, and tell each reviewer who is asked anew.

    Raises:
        NotNowError: `assignment.not_open`, when it was applied before;
            `assignment.world_changed`, when somebody has assigned, declined, withdrawn or found a
            conflict since it was made: then make a new one.
    """
    check_assigned(conference)
    _lock_round(db, conference)
    proposal = proposal_of(db, actor, conference, proposal_id, lock=True)
    if proposal.state != "proposed":
        raise NotNowError("assignment.not_open")
    stands = _in_scope(db, conference, proposal)
    picks = [pick for pick in picks_of(proposal) if pick.counts]
    _refuse_changed(db, conference, proposal, picks, stands)
    difference = compare(picks, stands, ())
    gone = [one for one in stands if one.pair in difference.gone]
    proposal.undo = {
        "added": [list(pick.pair) for pick in difference.new],
        "removed": _snapshot(db, [one.id for one in gone]),
        "pinned": _newly_pinned(difference.kept, stands),
    }
    _delete(db, gone)
    _insert(db, proposal, difference.new, now)
    _pin(db, proposal, proposal.undo["pinned"], True)
    proposal.state, proposal.applied = "applied", now
    counts = {"new": len(difference.new), "taken_away": len(gone)}
    _record(db, actor, "assignment.apply", conference, proposal, counts, now)
    asked = {pick.person_id for pick in difference.new}
    mails = letters.tell_assigned(
        db, conference, asked, epoch=_epoch(proposal), links=links, now=now
    )
    return Applied(len(difference.new), len(gone), mails)


def undo(
    db: Session, actor: Actor, conference: Conference, *, proposal_id: int, now: datetime
) -> Applied:
    """Restore what stood before a proposal was applied; what was begun or said since stays.

    Reviewers' mails that have not gone out are stopped.

    Raises:
        NotNowError: `assignment.not_applied`; `assignment.not_last`, when another proposal has
            been applied to the same submissions since.
    """
    _lock_round(db, conference)
    proposal = proposal_of(db, actor, conference, proposal_id, lock=True)
    if proposal.state != "applied":
        raise NotNowError("assignment.not_applied")
    if any(scope_of(proposal) & scope_of(later) for later in _applied_after(db, proposal)):
        raise NotNowError("assignment.not_last")
    stands = {one.pair: one for one in _in_scope(db, conference, proposal)}
    added = [(row[0], row[1]) for row in proposal.undo["added"]]
    here = [stands[pair] for pair in added if pair in stands]
    back = [one for one in here if not one.started]
    _delete(db, back)
    restored, missing = _restore(db, conference, proposal)
    _pin(db, proposal, proposal.undo["pinned"], False)
    proposal.state = "undone"
    counts = {"taken_away": len(back), "restored": restored}
    _record(db, actor, "assignment.undo", conference, proposal, counts, now)
    letters.stop_assigned(db, conference, epoch=_epoch(proposal))
    return Applied(restored, len(back), kept=len(here) - len(back) + missing)


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
    _lock_round(db, conference)
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
    _record_one(db, actor, "assignment.by_hand", standing, person_id, now)
    epoch = f"by-hand:{assignment.id}:{now.isoformat()}"
    letters.tell_assigned(db, conference, {person_id}, epoch=epoch, links=links, now=now)


def unassign(
    db: Session, actor: Actor, standing: Standing, *, person_id: int, now: datetime
) -> None:
    """Take an assignment back. Raises NotNowError `assignment.started` once a review has begun."""
    _check_one(actor, standing, now)
    conference, submission = standing.conference, standing.submission
    _lock_round(db, conference)
    assignment = _assignment(db, conference, submission, person_id)
    if assignment is None:
        raise NotFoundError("not_found")
    blocked = is_blocked_pair(db, conference, submission.id, person_id)
    if _review_state(db, submission, person_id) and not blocked:
        raise NotNowError("assignment.started")
    db.delete(assignment)
    db.flush()
    _record_one(db, actor, "assignment.take_away", standing, person_id, now)


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
    now: datetime,
) -> None:
    """How many reviews a reviewer may be given at most (None: their own wish), or none for now.

    Raises:
        DomainError: `bad_load`. NotFoundError: for nobody's reviewer.
    """
    if capped is not None and not 0 <= capped <= LOAD_LIMIT:
        raise DomainError("bad_load", field="capped")
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
    db.flush()
    audit.record(
        db,
        actor,
        "reviewer.limits",
        f"person:{person_id}",
        now=now,
        conference_id=conference.id,
        detail={"most": capped, "paused": paused},
    )


def _lock_round(db: Session, conference: Conference) -> None:
    """One assignment at a time: two chairs at once would each see the other's as not there."""
    round_id = current_round(db, conference)
    db.execute(select(ReviewRound.id).where(ReviewRound.id == round_id).with_for_update())


def _in_scope(db: Session, conference: Conference, proposal: Proposal) -> list[Stand]:
    scope = scope_of(proposal)
    stands = standing_pairs(db, conference, lock=True)
    return [one for one in stands if one.submission_id in scope]


def _refuse_changed(
    db: Session,
    conference: Conference,
    proposal: Proposal,
    picks: Sequence[Pick],
    stands: Sequence[Stand],
) -> None:
    planned, stood = {pick.pair for pick in picks}, {one.pair for one in stands}
    taken_back = [one for one in stands if one.kept and one.pair not in planned]
    dropped = {pick.pair for pick in picks_of(proposal) if not pick.counts}
    by_chair = all(one.pair in dropped and not one.started for one in taken_back)
    possible = _possible(db, conference, proposal, planned, stood)
    if digest(stood) != proposal.figures["stood"] or not by_chair or not possible:
        raise NotNowError("assignment.world_changed")


def _possible(
    db: Session,
    conference: Conference,
    proposal: Proposal,
    planned: Collection[Pair],
    stood: Collection[Pair],
) -> bool:
    """Whether nobody has come to be blocked, has declined or left, and nothing was withdrawn."""
    declined = select(Assignment.submission_id, Assignment.person_id).where(
        Assignment.round_id == proposal.round_id, Assignment.state == "declined"
    )
    never = _blocked(db, conference) | set(db.execute(declined))
    under_review = select(Submission.id).where(
        Submission.conference_id == conference.id, Submission.state == State.SUBMITTED
    )
    papers, reviewers = set(db.scalars(under_review)), set(db.scalars(reviewer_ids(conference)))
    known = set(stood) | _reviewed(db, proposal)
    return all(
        pair not in never and pair[0] in papers and (pair[1] in reviewers or pair in known)
        for pair in planned
    )


def _blocked(db: Session, conference: Conference) -> set[Pair]:
    pair = blocked_pairs(conference)
    rows = db.execute(select(pair.c.submission_id, pair.c.person_id))
    return {(submission_id, person_id) for submission_id, person_id in rows}


def _reviewed(db: Session, proposal: Proposal) -> set[Pair]:
    """Who has submitted a review: they need not be asked, and may have left the committee."""
    rows = db.execute(
        select(Review.submission_id, Review.person_id).where(
            Review.round_id == proposal.round_id, Review.state == "submitted"
        )
    )
    return {(submission_id, person_id) for submission_id, person_id in rows}


def _snapshot(db: Session, ids: Sequence[int]) -> list[list[Any]]:
    """Rows to be deleted, as they can be made again."""
    rows = []
    for part in _slices(ids):
        query = select(
            Assignment.submission_id,
            Assignment.person_id,
            Assignment.state,
            Assignment.reason,
            Assignment.pinned,
            Assignment.created,
        ).where(Assignment.id.in_(part))
        rows += [[*row[:5], row[5].isoformat()] for row in db.execute(query)]
    return rows


def _newly_pinned(kept: Iterable[Pick], stands: Iterable[Stand]) -> list[list[int]]:
    loose = {one.pair for one in stands if not one.pinned}
    return [list(pick.pair) for pick in kept if pick.mark == "pinned" and pick.pair in loose]


def _delete(db: Session, stands: Sequence[Stand]) -> None:
    for part in _slices([one.id for one in stands]):
        db.execute(delete(Assignment).where(Assignment.id.in_(part)))


def _insert(db: Session, proposal: Proposal, picks: Sequence[Pick], now: datetime) -> None:
    """New rows; whoever has submitted a review already has done it."""
    if not picks:
        return
    done = _reviewed(db, proposal)
    db.execute(
        insert(Assignment),
        [
            {
                "conference_id": proposal.conference_id,
                "round_id": proposal.round_id,
                "submission_id": pick.submission_id,
                "person_id": pick.person_id,
                "state": "done" if pick.pair in done else "assigned",
                "reason": "",
                "pinned": pick.mark == "pinned",
                "created": now,
                "changed": now,
            }
            for pick in picks
        ],
    )


def _pin(db: Session, proposal: Proposal, pairs: Sequence[Sequence[int]], pinned: bool) -> None:
    for submission_id, person_id in pairs:
        db.execute(
            update(Assignment)
            .where(
                Assignment.round_id == proposal.round_id,
                Assignment.submission_id == submission_id,
                Assignment.person_id == person_id,
            )
            .values(pinned=pinned)
        )


def _restore(db: Session, conference: Conference, proposal: Proposal) -> tuple[int, int]:
    """Make the removed rows again; returns how many, and how many cannot be any more."""
    role = select(Role.person_id).where(
        Role.conference_id == conference.id, Role.kind == RoleKind.REVIEWER
    )
    there = select(Assignment.submission_id, Assignment.person_id).where(
        Assignment.round_id == proposal.round_id
    )
    blocked, reviewers = _blocked(db, conference), set(db.scalars(role))
    known = set(db.execute(there))
    lost = [row for row in proposal.undo["removed"] if (row[0], row[1]) not in known]
    back = [row for row in lost if (row[0], row[1]) not in blocked and row[1] in reviewers]
    if back:
        db.execute(insert(Assignment), [_row_again(proposal, row) for row in back])
    return len(back), len(lost) - len(back)


def _row_again(proposal: Proposal, stored: Sequence[Any]) -> dict[str, Any]:
    submission_id, person_id, state, reason, pinned, created = stored
    at = datetime.fromisoformat(created)
    return {
        "conference_id": proposal.conference_id,
        "round_id": proposal.round_id,
        "submission_id": submission_id,
        "person_id": person_id,
        "state": state,
        "reason": reason,
        "pinned": pinned,
        "created": at,
        "changed": at,
    }


def _applied_after(db: Session, proposal: Proposal) -> Sequence[Proposal]:
    query = select(Proposal).where(
        Proposal.conference_id == proposal.conference_id,
        Proposal.state == "applied",
        or_(
            Proposal.applied > proposal.applied,
            and_(Proposal.applied == proposal.applied, Proposal.id > proposal.id),
        ),
    )
    return db.scalars(query).all()


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


def _slices(ids: Sequence[int], size: int = 5_000) -> Iterable[Sequence[int]]:
    """Databases take some ten thousand values in one statement."""
    return (ids[start : start + size] for start in range(0, len(ids), size))


def _epoch(proposal: Proposal) -> str:
    return f"proposal:{proposal.id}"


def _record(
    db: Session,
    actor: Actor,
    action: str,
    conference: Conference,
    proposal: Proposal,
    counts: dict[str, int],
    now: datetime,
) -> None:
    name = f"proposal:{proposal.id}"
    audit.record(db, actor, action, name, now=now, conference_id=conference.id, detail=counts)


def _record_one(
    db: Session, actor: Actor, action: str, standing: Standing, person_id: int, now: datetime
) -> None:
    audit.record(
        db,
        actor,
        action,
        f"submission:{standing.submission.code}",
        now=now,
        conference_id=standing.conference.id,
        submission_id=standing.submission.id,
        detail={"person": person_id},
    )
