"""Applying a proposal as a whole, and undoing it."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, insert, or_, select, update
from sqlalchemy.orm import Session

from cfp import audit
from cfp.actors import Actor, RoleKind
from cfp.domain.assignment import letters
from cfp.domain.assignment.blocking import blocked_set
from cfp.domain.assignment.eligible import guest_ids, reviewer_ids
from cfp.domain.assignment.models import Assignment, Proposal
from cfp.domain.assignment.picks import Options, Pair, Pick, Stand, digest
from cfp.domain.assignment.proposals import (
    check_assigned,
    compare,
    picks_of,
    proposal_of,
    scope_of,
    standing_pairs,
)
from cfp.domain.assignment.rounds import lock_round
from cfp.domain.assignment.rules import REFUSED
from cfp.domain.conferences.models import Conference, Role
from cfp.domain.reviews.models import Review
from cfp.domain.submissions.models import Submission
from cfp.domain.submissions.states import State
from cfp.errors import NotNowError
from cfp.links import Links
from cfp.records import record

BY_CHAIR = frozenset({"pinned", "chosen"})
"""Marks of pairs that a chair wants: no later solve takes them away."""


@record
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
    lock_round(db, conference)
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
    silent = Counter(one.person_id for one in gone if one.pair in _silent(proposal, stands))
    letters.tell_handed_over(
        db, conference, silent, epoch=_epoch(proposal), links=links, now=now
    )
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
    lock_round(db, conference)
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
    silent = _silent(proposal, stands)
    by_chair = all(
        (one.pair in dropped or one.pair in silent) and not one.started for one in taken_back
    )
    possible = _possible(db, conference, proposal, planned, stood)
    if digest(stood) != proposal.figures["stood"] or not by_chair or not possible:
        raise NotNowError("assignment.world_changed")


def _silent(proposal: Proposal, stands: Iterable[Stand]) -> set[Pair]:
    """What the proposal gives to somebody else, and is still neither answered nor begun."""
    replaced = Options.from_json(proposal.parameters).replaced
    waits = (one for one in stands if one.state == "assigned" and not one.started)
    return {one.pair for one in waits if one.pair in replaced}


def _possible(
    db: Session,
    conference: Conference,
    proposal: Proposal,
    planned: Collection[Pair],
    stood: Collection[Pair],
) -> bool:
    """Whether nobody has come to be blocked, has declined or left, and nothing was withdrawn."""
    declined = select(Assignment.submission_id, Assignment.person_id).where(
        Assignment.round_id == proposal.round_id, Assignment.state.in_(REFUSED)
    )
    never = blocked_set(db, conference) | set(db.execute(declined))
    under_review = select(Submission.id).where(
        Submission.conference_id == conference.id, Submission.state == State.SUBMITTED
    )
    papers, reviewers = set(db.scalars(under_review)), set(db.scalars(reviewer_ids(conference)))
    known = set(stood) | _reviewed(db, proposal)
    return all(
        pair not in never and pair[0] in papers and (pair[1] in reviewers or pair in known)
        for pair in planned
    )


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
    return [list(pick.pair) for pick in kept if pick.mark in BY_CHAIR and pick.pair in loose]


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
                "pinned": pick.mark in BY_CHAIR,
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
    blocked = blocked_set(db, conference)
    reviewers = {*db.scalars(role), *db.scalars(guest_ids(conference.id))}
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
