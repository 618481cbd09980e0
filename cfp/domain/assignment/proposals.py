"""Proposals: asked for, stored by the solver's job, compared with what stands, edited.

A proposal is about a set of submissions, those its asker may assign. Only who may assign every one
of them sees it at all: parts of it would tell who reviews what.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session, defer

from cfp.actors import Actor, RoleKind
from cfp.domain import jobs
from cfp.domain.assignment.conflicts import find_conflicts
from cfp.domain.assignment.models import Assignment, Proposal
from cfp.domain.assignment.queries import (
    assignable,
    current_round,
    lost_assignments,
    reviewer_ids,
)
from cfp.domain.assignment.rules import ACTIVE, KEPT, LOAD_LIMIT, OBJECTIVES
from cfp.domain.assignment.scoring import Because, Parts
from cfp.domain.conferences.models import Conference
from cfp.domain.reviews.models import Review
from cfp.domain.submissions.models import Submission
from cfp.errors import DomainError, NotFoundError, NotNowError
from cfp.policy import Action, may

JOB_KIND = "assignment"
REMEMBERED = 10
"""How many proposals the page lists."""

Pair = tuple[int, int]
"""(submission id, person id)."""


@dataclass(frozen=True)
class Options:
    """What a solve is asked for.

    Attributes:
        most: reviews for each reviewer at most; None = as even as possible.
        tracks: only these tracks; None = all.
        repair: change as little as possible.
        objective: one of `OBJECTIVES`; a repair has its own.
        pinned: pairs that have to be in it.
        forbidden: pairs that must not be in it.
        replaced: pairs whose reviewers say nothing: somebody else shall have them.
    """

    most: int | None = None
    tracks: tuple[int, ...] | None = None
    repair: bool = False
    pinned: frozenset[Pair] = frozenset()
    forbidden: frozenset[Pair] = frozenset()
    objective: str = "balanced"
    replaced: frozenset[Pair] = frozenset()

    def as_json(self) -> dict[str, Any]:
        return {
            "most": self.most,
            "tracks": None if self.tracks is None else list(self.tracks),
            "repair": self.repair,
            "pinned": sorted(map(list, self.pinned)),
            "forbidden": sorted(map(list, self.forbidden)),
            "objective": self.objective,
            "replaced": sorted(map(list, self.replaced)),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Options":
        tracks = stored.get("tracks")
        return cls(
            most=stored.get("most"),
            tracks=None if tracks is None else tuple(tracks),
            repair=bool(stored.get("repair")),
            pinned=frozenset((one[0], one[1]) for one in stored.get("pinned", ())),
            forbidden=frozenset((one[0], one[1]) for one in stored.get("forbidden", ())),
            objective=stored.get("objective", "balanced"),
            replaced=frozenset((one[0], one[1]) for one in stored.get("replaced", ())),
        )


class Pick(NamedTuple):
    """A pair of the proposal.

    mark: "" as solved, "pinned", "dropped" (not applied) or "forbidden" (nor solved so again).
    because: the text behind the parts, where there is one.
    """

    submission_id: int
    person_id: int
    parts: Parts
    mark: str = ""
    because: Because | None = None

    @property
    def pair(self) -> Pair:
        return self.submission_id, self.person_id

    @property
    def counts(self) -> bool:
        """Whether applying the proposal makes it an assignment."""
        return self.mark in {"", "pinned"}

    def as_json(self) -> list[Any]:
        because = self.because.as_json() if self.because else None
        return [self.submission_id, self.person_id, self.parts.as_json(), self.mark, because]

    @classmethod
    def from_json(cls, stored: Sequence[Any]) -> "Pick":
        submission_id, person_id, parts, mark, *because = stored
        reason = Because.from_json(because[0]) if because else None
        return cls(submission_id, person_id, Parts(*parts), mark, reason)


class Stand(NamedTuple):
    """An assignment as it stands; `started` when a review has been begun, `blocked` since then."""

    id: int
    submission_id: int
    person_id: int
    state: str
    pinned: bool
    started: bool
    blocked: bool

    @property
    def pair(self) -> Pair:
        return self.submission_id, self.person_id

    @property
    def kept(self) -> bool:
        """Whether a solve must leave it: said yes, begun, or pinned by a chair."""
        return not self.blocked and (self.state in KEPT or self.started or self.pinned)


@dataclass(frozen=True)
class Difference:
    """What applying a proposal changes; `gone` says why for each pair that is taken away."""

    new: Sequence[Pick]
    kept: Sequence[Pick]
    left_out: Sequence[Pick]
    gone: Mapping[Pair, str]

    @property
    def changes(self) -> int:
        return len(self.new) + len(self.gone)


def request_proposal(
    db: Session, actor: Actor, conference: Conference, *, options: Options, now: datetime
) -> jobs.Job:
    """Ask for a proposal, on conflicts that are up to date.

    Raises:
        NotNowError: `assignment.everyone`, where everyone reviews everything;
            `assignment.running`, when the person's last one is still being computed.
        DomainError: `assignment.no_reviewers`, `assignment.nothing`, `assignment.bad_most`,
            `assignment.bad_objective`.
    """
    check_assigned(conference)
    if options.most is not None and not 1 <= options.most <= LOAD_LIMIT:
        raise DomainError("assignment.bad_most", field="most", limit=LOAD_LIMIT)
    if options.objective not in OBJECTIVES:
        raise DomainError("assignment.bad_objective", field="objective")
    last = last_job(db, actor, conference)
    if last is not None and jobs.can("cancel", last.state):
        raise NotNowError("assignment.running")
    if db.execute(reviewer_ids(conference).limit(1)).first() is None:
        raise DomainError("assignment.no_reviewers")
    if db.scalars(select(Submission.id).where(assignable(actor, conference)).limit(1)).first() is (
        None
    ):
        raise DomainError("assignment.nothing")
    find_conflicts(db, conference, now=now)
    options = replace(options, tracks=tracks_of(actor, conference))
    parameters = options.as_json()
    return jobs.enqueue(
        db, actor, kind=JOB_KIND, parameters=parameters, conference=conference, now=now
    )


def check_assigned(conference: Conference) -> None:
    """Raise NotNowError `assignment.everyone` where there is nothing to assign."""
    if conference.reviewing != "assigned":
        raise NotNowError("assignment.everyone")


def tracks_of(actor: Actor, conference: Conference) -> tuple[int, ...] | None:
    """The tracks this person assigns in: None for a chair, who assigns in all."""
    if actor.person_id is None or actor.has(conference.id, RoleKind.CHAIR):
        return None
    return tuple(sorted(actor.tracks(conference.id)))


def last_job(db: Session, actor: Actor, conference: Conference) -> jobs.Job | None:
    """The person's newest solve here."""
    query = select(jobs.Job).where(
        jobs.Job.conference_id == conference.id,
        jobs.Job.kind == JOB_KIND,
        jobs.Job.requested_by_id == actor.person_id,
    )
    return db.scalars(query.order_by(jobs.Job.id.desc()).limit(1)).one_or_none()


def store_proposal(
    db: Session,
    actor: Actor,
    conference: Conference,
    *,
    options: Options,
    picks: Iterable[Pick],
    figures: Mapping[str, Any],
    now: datetime,
) -> Proposal:
    """Keep what a solve has found. `figures` holds its "scope" and "stood", see `problems`."""
    proposal = Proposal(
        conference_id=conference.id,
        round_id=current_round(db, conference),
        parameters=options.as_json(),
        pairs=[pick.as_json() for pick in picks],
        figures=dict(figures),
        created_by_id=actor.person_id,
        created=now,
    )
    db.add(proposal)
    db.flush()
    return proposal


def proposal_of(
    db: Session, actor: Actor, conference: Conference, proposal_id: int, *, lock: bool = False
) -> Proposal:
    """A proposal this person may see: they may assign every submission it is about.

    Raises:
        NotFoundError: there is none, or it is not theirs to know of.
    """
    query = select(Proposal).where(
        Proposal.conference_id == conference.id, Proposal.id == proposal_id
    )
    proposal = db.scalars(query.with_for_update() if lock else query).one_or_none()
    if proposal is None or not scope_of(proposal) <= _own_scope(db, actor, conference):
        raise NotFoundError("not_found")
    return proposal


def proposals_of(db: Session, actor: Actor, conference: Conference) -> list[Proposal]:
    """The newest proposals this person may see."""
    own = _own_scope(db, actor, conference)
    query = (
        select(Proposal)
        .where(Proposal.conference_id == conference.id)
        .options(defer(Proposal.pairs), defer(Proposal.undo))
        .order_by(Proposal.id.desc())
        .limit(REMEMBERED)
    )
    return [one for one in db.scalars(query) if scope_of(one) <= own]


def _own_scope(db: Session, actor: Actor, conference: Conference) -> set[int]:
    query = select(Submission.id)
    if actor.person_id is not None:
        query = query.where(may(actor, Action.ASSIGN_ONE, conference))
    return set(db.scalars(query.where(Submission.conference_id == conference.id)))


def scope_of(proposal: Proposal) -> set[int]:
    """The submissions the proposal is about."""
    return set(proposal.figures["scope"])


def picks_of(proposal: Proposal) -> list[Pick]:
    """Its pairs, also those a chair has left out."""
    return [Pick.from_json(stored) for stored in proposal.pairs]


def standing_pairs(
    db: Session, conference: Conference, *, lock: bool = False
) -> list[Stand]:
    """The active assignments of this round on submissions under review or decided."""
    lost, review = lost_assignments(conference), _review_of_pair()
    query = (
        select(
            Assignment.id,
            Assignment.submission_id,
            Assignment.person_id,
            Assignment.state,
            Assignment.pinned,
            review,
            Assignment.id.in_(select(lost.c.id)),
        )
        .join(Submission, Submission.id == Assignment.submission_id)
        .where(
            Assignment.round_id == current_round(db, conference),
            Assignment.state.in_(ACTIVE),
            Submission.state != "withdrawn",
        )
        .order_by(Assignment.submission_id, Assignment.person_id)
    )
    if lock:
        query = query.with_for_update(of=Assignment)
    return [Stand(*row) for row in db.execute(query)]


def _review_of_pair() -> ColumnElement[bool]:
    return exists().where(
        Review.submission_id == Assignment.submission_id,
        Review.person_id == Assignment.person_id,
        Review.round_id == Assignment.round_id,
    )


def digest(pairs: Iterable[Pair]) -> str:
    """What stood, in few letters: a proposal made on something else is not applied."""
    text = ";".join(f"{submission_id},{person_id}" for submission_id, person_id in sorted(pairs))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def difference(
    db: Session, conference: Conference, proposal: Proposal, picks: Sequence[Pick]
) -> Difference:
    """Compare its picks with what stands now in the proposal's submissions."""
    scope = scope_of(proposal)
    stands = [one for one in standing_pairs(db, conference) if one.submission_id in scope]
    reviewers = set(db.scalars(reviewer_ids(conference)))
    replaced = Options.from_json(proposal.parameters).replaced
    return compare(picks, stands, reviewers, replaced)


def compare(
    picks: Sequence[Pick],
    stands: Sequence[Stand],
    reviewers: Collection[int],
    replaced: Collection[Pair] = (),
) -> Difference:
    """New, kept and left out picks, and what is taken away.

    Why it is: "conflict", "silent", "not_asked" or "other".
    """
    stood = {one.pair for one in stands}
    planned = {pick.pair for pick in picks if pick.counts}

    def why(one: Stand) -> str:
        if one.blocked:
            return "conflict"
        if one.pair in replaced:
            return "silent"
        return "other" if one.person_id in reviewers else "not_asked"

    return Difference(
        new=[pick for pick in picks if pick.counts and pick.pair not in stood],
        kept=[pick for pick in picks if pick.counts and pick.pair in stood],
        left_out=[pick for pick in picks if not pick.counts],
        gone={one.pair: why(one) for one in stands if one.pair not in planned},
    )


def mark(
    db: Session,
    actor: Actor,
    conference: Conference,
    *,
    proposal: Proposal,
    pairs: Collection[Pair],
    as_: str,
) -> None:
    """Pin, drop or forbid some of a proposal's pairs, or take that back ("").

    Raises:
        NotNowError: `assignment.not_open`, when it is applied or undone;
            `assignment.started`, for a pair to be left out whose review has begun.
        DomainError: `assignment.no_pick`, `assignment.bad_mark`.
    """
    if proposal.state != "proposed":
        raise NotNowError("assignment.not_open")
    if as_ not in {"", "pinned", "dropped", "forbidden"}:
        raise DomainError("assignment.bad_mark")
    picks = picks_of(proposal)
    wanted = set(pairs)
    if not wanted or not wanted <= {pick.pair for pick in picks}:
        raise DomainError("assignment.no_pick")
    started = {one.pair for one in standing_pairs(db, conference) if one.started}
    if as_ in {"dropped", "forbidden"} and wanted & started:
        raise NotNowError("assignment.started")
    proposal.pairs = [
        (pick._replace(mark=as_) if pick.pair in wanted else pick).as_json() for pick in picks
    ]
    db.flush()


def options_with_marks(proposal: Proposal) -> Options:
    """What to ask for to solve again as the chair has edited it."""
    options = Options.from_json(proposal.parameters)
    picks = picks_of(proposal)
    return replace(
        options,
        pinned=frozenset(pick.pair for pick in picks if pick.mark == "pinned"),
        forbidden=options.forbidden | {pick.pair for pick in picks if pick.mark == "forbidden"},
    )
