"""A chair's edits of a proposal: marks, swaps, and taking them back; the figures follow at once.

Every edit is made on the locked row of its proposal, so two chairs edit one after the other, and
an edit of what the other has taken away meanwhile is refused.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import literal, select, tuple_, union_all
from sqlalchemy.orm import Session

from cfp.actors import Actor
from cfp.domain.assignment.candidates import Candidate, candidates_for, text_match
from cfp.domain.assignment.company import facts_for_rules, rules_against
from cfp.domain.assignment.models import (
    Assignment,
    Proposal,
    ProposalPick,
    ProposalReviewer,
)
from cfp.domain.assignment.picks import COUNTING, Options, Pair
from cfp.domain.assignment.proposals import picks_of
from cfp.domain.assignment.rules import REFUSED
from cfp.domain.assignment.tallies import count_again
from cfp.domain.conferences.models import Conference
from cfp.domain.reviews.models import Review
from cfp.domain.submissions.models import Submission
from cfp.domain.submissions.states import State
from cfp.errors import DomainError, NotNowError
from cfp.records import record

MARKS = frozenset({"", "pinned", "dropped", "forbidden"})


def mark(
    db: Session,
    actor: Actor,
    conference: Conference,
    *,
    proposal: Proposal,
    pairs: Collection[Pair],
    as_: str,
) -> None:
    """Pin, drop or forbid some of a proposal's pairs, or have them as proposed again ("").

    A pair that was swapped is put back first: a mark is about the pair as proposed.

    Raises:
        NotNowError: `assignment.not_open`, when it is applied or undone;
            `assignment.started`, for a pair to be left out whose review has begun.
        DomainError: `assignment.no_pick`, `assignment.bad_mark`.
    """
    _check_open(proposal)
    if as_ not in MARKS:
        raise DomainError("assignment.bad_mark")
    rows = _rows(db, proposal, pairs)
    if as_ in {"dropped", "forbidden"}:
        _check_not_started(db, proposal, pairs)
    touched = {row.submission_id for row in rows}
    for row in rows:
        _mark_one(db, row, as_)
    count_again(db, proposal, sorted(touched))


def take_back(
    db: Session, actor: Actor, conference: Conference, *, proposal: Proposal
) -> None:
    """Everything as proposed again. Raises NotNowError `assignment.not_open`."""
    _check_open(proposal)
    edited = select(ProposalPick).where(
        ProposalPick.proposal_id == proposal.id, ProposalPick.mark != ""
    )
    rows = list(db.scalars(edited))
    for row in rows:
        row.mark, row.counts, row.instead_of_id = "", row.proposed, None
        if not row.proposed and not row.stood:
            db.delete(row)
    count_again(db, proposal)


def swap(
    db: Session,
    actor: Actor,
    conference: Conference,
    submission: Submission,
    *,
    proposal: Proposal,
    person_id: int,
    instead_id: int,
    uses_tracks: bool,
) -> None:
    """Have another reviewer in the place of one; both their loads and all figures follow.

    Raises:
        NotNowError: `assignment.not_open`, `assignment.started`, `assignment.not_under_review`,
            and `assignment.moved_on` when the pair is not in the proposal any more.
        DomainError: `assignment.blocked`, `assignment.declined`, `assignment.there`,
            `assignment.not_reviewer`, or for a chair's rule that no solve breaks
            `assignment.breaks_apart`, `assignment.breaks_affiliation`, `assignment.breaks_senior`,
            at the field `person`.
    """
    _check_open(proposal)
    row = _row(db, proposal, submission.id, person_id)
    if row is None or not row.counts:
        raise NotNowError("assignment.moved_on")
    if submission.state != State.SUBMITTED:
        raise NotNowError("assignment.not_under_review")
    _check_not_started(db, proposal, [(submission.id, person_id)])
    choice = _choice(
        db, actor, conference, submission, proposal, person_id, instead_id, uses_tracks
    )
    origin = row.instead_of_id or row.person_id
    if row.mark == "chosen":
        _leave(db, row)
    else:
        row.mark, row.counts = "swapped", False
    db.flush()
    other = _row(db, proposal, submission.id, instead_id)
    if other is not None and other.proposed:  # back to what was proposed
        _return(db, proposal, submission.id, origin)
        other.mark, other.counts = "", True
    else:
        _enter(db, proposal, submission.id, other, choice, origin)
    _know(db, proposal, choice)
    count_again(db, proposal, [submission.id])


def options_with_marks(proposal: Proposal) -> Options:
    """What to ask for to solve again as the chair has edited it."""
    options = Options.from_json(proposal.parameters)
    picks = picks_of(proposal)
    return replace(
        options,
        imported=None,
        removed=frozenset(),
        submissions=None,
        pinned=frozenset(pick.pair for pick in picks if pick.mark in {"pinned", "chosen"}),
        forbidden=options.forbidden | {pick.pair for pick in picks if pick.mark == "forbidden"},
    )


@record
class Choice:
    """Somebody who could take a pair's place; `planned` is their load in the proposal."""

    candidate: Candidate
    planned: int
    most: int | None
    declined: bool
    forbidden: bool
    breaks: Sequence[str]
    """The chairs' rules against it, of `company.RULES`."""

    @property
    def full(self) -> bool:
        return self.most is not None and self.planned >= self.most

    @property
    def possible(self) -> bool:
        """Whether they may be chosen; who is full may, and the page says so."""
        candidate = self.candidate
        return not (candidate.blocked or candidate.load.paused or self.declined or self.breaks)


def choices_for(
    db: Session,
    actor: Actor,
    conference: Conference,
    submission: Submission,
    *,
    proposal: Proposal,
    person_id: int,
    uses_tracks: bool,
) -> list[Choice]:
    """Everybody who could be on it instead of one, who can and has room first."""
    here, declined, facts = _around(db, conference, proposal, submission)
    found = candidates_for(
        db, actor, conference, submission, asked=sorted(here), uses_tracks=uses_tracks,
        near=text_match(db, submission),
    )  # fmt: skip
    loads = _loads(db, proposal)
    against = rules_against(
        facts, conference, beside=here - {person_id}, instead_of=person_id,
        people=[one.load.person_id for one in found],
    )  # fmt: skip
    forbidden = Options.from_json(proposal.parameters).forbidden
    choices = [
        Choice(
            candidate=one,
            planned=loads.get(one.load.person_id, (0, None))[0],
            most=loads.get(one.load.person_id, (0, one.load.limit))[1],
            declined=one.load.person_id in declined,
            forbidden=(submission.id, one.load.person_id) in forbidden,
            breaks=against.get(one.load.person_id, ()),
        )
        for one in found
    ]
    return sorted(choices, key=_place)


def _around(
    db: Session, conference: Conference, proposal: Proposal, submission: Submission
) -> tuple[set[int], set[int], Sequence[Any]]:
    """Who is on it in the proposal, who has declined it, and facts for rules; one statement."""
    nothing = (literal(0), literal(""), literal(""))
    here = select(literal("here"), ProposalPick.person_id, *nothing).where(
        ProposalPick.proposal_id == proposal.id,
        ProposalPick.submission_id == submission.id,
        ProposalPick.counts,
    )
    declined = select(literal("declined"), Assignment.person_id, *nothing).where(
        Assignment.submission_id == submission.id,
        Assignment.round_id == proposal.round_id,
        Assignment.state.in_(REFUSED),
    )
    query = union_all(here, declined, *facts_for_rules(conference))
    rows: Sequence[Any] = db.execute(query).all()
    on_it, refused = ({row[1] for row in rows if row[0] == what} for what in ("here", "declined"))
    return on_it, refused, rows


def _place(one: Choice) -> tuple[object, ...]:
    return not one.possible, one.forbidden, one.full, -one.candidate.parts.total, one.planned


def _loads(db: Session, proposal: Proposal) -> dict[int, tuple[int, int | None]]:
    row = ProposalReviewer
    query = select(row.person_id, row.planned, row.most).where(row.proposal_id == proposal.id)
    return {person_id: (planned, most) for person_id, planned, most in db.execute(query)}


def _choice(
    db: Session,
    actor: Actor,
    conference: Conference,
    submission: Submission,
    proposal: Proposal,
    leaves_id: int,
    person_id: int,
    uses_tracks: bool,
) -> Choice:
    """The person as a choice, or why they are none."""
    taken = _row(db, proposal, submission.id, person_id)
    if taken is not None and taken.counts:
        raise DomainError("assignment.there", field="person")
    choices = choices_for(
        db, actor, conference, submission, proposal=proposal, person_id=leaves_id,
        uses_tracks=uses_tracks,
    )  # fmt: skip
    found = next((one for one in choices if one.candidate.load.person_id == person_id), None)
    if found is None or found.candidate.load.paused:
        raise DomainError("assignment.not_reviewer", field="person")
    if found.candidate.blocked:
        raise DomainError("assignment.blocked", field="person")
    if found.declined:
        raise DomainError("assignment.declined", field="person")
    if found.breaks:
        raise DomainError(f"assignment.breaks_{found.breaks[0]}", field="person")
    return found


def _check_open(proposal: Proposal) -> None:
    if proposal.state != "proposed":
        raise NotNowError("assignment.not_open")


def _check_not_started(
    db: Session, proposal: Proposal, pairs: Collection[Pair]
) -> None:
    begun = select(Review.id).where(
        Review.round_id == proposal.round_id,
        tuple_(Review.submission_id, Review.person_id).in_(sorted(pairs)),
    )
    if db.execute(begun.limit(1)).first() is not None:
        raise NotNowError("assignment.started")


def _rows(db: Session, proposal: Proposal, pairs: Collection[Pair]) -> Sequence[ProposalPick]:
    """The rows of these pairs, all of them; what is merely taken away is not a chair's to mark."""
    wanted = set(pairs)
    query = select(ProposalPick).where(
        ProposalPick.proposal_id == proposal.id,
        tuple_(ProposalPick.submission_id, ProposalPick.person_id).in_(sorted(wanted)),
        ProposalPick.proposed | (ProposalPick.mark != ""),
    )
    rows = db.scalars(query).all() if wanted else []
    if not rows or len(rows) != len(wanted):
        raise DomainError("assignment.no_pick")
    return rows


def _row(
    db: Session, proposal: Proposal, submission_id: int, person_id: int
) -> ProposalPick | None:
    return db.scalars(
        select(ProposalPick).where(
            ProposalPick.proposal_id == proposal.id,
            ProposalPick.submission_id == submission_id,
            ProposalPick.person_id == person_id,
        )
    ).one_or_none()


def _mark_one(db: Session, row: ProposalPick, as_: str) -> None:
    if row.mark == "swapped":
        _put_back(db, row)
    elif row.mark == "chosen":
        if as_ == "pinned":  # as good as pinned already
            return
        chosen, row = row, _origin(db, row)
        if as_ == "forbidden":  # the one chosen; who was proposed is only left out
            chosen.mark, chosen.counts, chosen.instead_of_id = as_, False, None
            as_ = "dropped"
        else:
            _leave(db, chosen)
    row.mark, row.counts = as_, as_ in COUNTING and row.proposed
    if not row.proposed and not row.stood and not as_:
        db.delete(row)


def _origin(db: Session, row: ProposalPick) -> ProposalPick:
    """The proposed pair whose place a chosen one has taken."""
    return db.scalars(
        select(ProposalPick).where(
            ProposalPick.proposal_id == row.proposal_id,
            ProposalPick.submission_id == row.submission_id,
            ProposalPick.person_id == row.instead_of_id,
        )
    ).one()


def _put_back(db: Session, row: ProposalPick) -> None:
    """Take away whoever has a swapped pair's place."""
    chosen = db.scalars(
        select(ProposalPick).where(
            ProposalPick.proposal_id == row.proposal_id,
            ProposalPick.submission_id == row.submission_id,
            ProposalPick.instead_of_id == row.person_id,
            ProposalPick.mark == "chosen",
        )
    ).one_or_none()
    if chosen is not None:
        _leave(db, chosen)


def _leave(db: Session, row: ProposalPick) -> None:
    """A chosen pair goes; one that stands is taken away again, as was proposed."""
    row.mark, row.counts, row.instead_of_id = "", False, None
    if not row.stood:
        db.delete(row)


def _enter(
    db: Session,
    proposal: Proposal,
    submission_id: int,
    row: ProposalPick | None,
    choice: Choice,
    origin: int,
) -> None:
    parts = choice.candidate.parts
    if row is None:
        row = ProposalPick(
            conference_id=proposal.conference_id,
            proposal_id=proposal.id,
            submission_id=submission_id,
            person_id=choice.candidate.load.person_id,
            proposed=False,
        )
        db.add(row)
    row.mark, row.counts, row.instead_of_id = "chosen", True, origin
    row.parts, row.score = parts.as_json(), parts.total


def _return(db: Session, proposal: Proposal, submission_id: int, origin: int) -> None:
    """Where the chosen one was proposed elsewhere on the list, the swapped pair is left out."""
    row = _row(db, proposal, submission_id, origin)
    if row is not None and row.mark == "swapped":
        row.mark, row.counts = "dropped", False


def _know(db: Session, proposal: Proposal, choice: Choice) -> None:
    """Whoever has become a reviewer since the solve has a load here too."""
    person_id = choice.candidate.load.person_id
    known = select(ProposalReviewer.id).where(
        ProposalReviewer.proposal_id == proposal.id, ProposalReviewer.person_id == person_id
    )
    if db.execute(known).first() is None:
        db.add(
            ProposalReviewer(
                conference_id=proposal.conference_id,
                proposal_id=proposal.id,
                person_id=person_id,
                most=choice.candidate.load.limit,
            )
        )
