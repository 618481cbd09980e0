"""Proposals: asked for, stored by the solver's job, compared with what stands, edited.

A proposal is about a set of submissions, those its asker may assign. Only who may assign every one
of them sees it at all: parts of it would tell who reviews what.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, exists, insert, select, true
from sqlalchemy.orm import Session, defer, object_session

from cfp.actors import Actor, RoleKind
from cfp.domain import jobs
from cfp.domain.assignment.conflicts import find_conflicts
from cfp.domain.assignment.models import (
    Assignment,
    Proposal,
    ProposalPick,
    ProposalReviewer,
    ProposalSubmission,
)
from cfp.domain.assignment.queries import (
    assignable,
    current_round,
    lost_assignments,
    reviewer_ids,
)
from cfp.domain.assignment.rules import ACTIVE, KEPT, LOAD_LIMIT, OBJECTIVES
from cfp.domain.assignment.scoring import Because, Parts
from cfp.domain.assignment.tallies import count_again, fingerprint
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
        submissions: only these; None = all.
        imported: the pairs themselves, where they come from a table and are only to be judged.
        removed: pairs that stand and that the table takes away in so many words.
    """

    most: int | None = None
    tracks: tuple[int, ...] | None = None
    repair: bool = False
    pinned: frozenset[Pair] = frozenset()
    forbidden: frozenset[Pair] = frozenset()
    objective: str = "balanced"
    replaced: frozenset[Pair] = frozenset()
    submissions: frozenset[int] | None = None
    imported: frozenset[Pair] | None = None
    removed: frozenset[Pair] = frozenset()

    def as_json(self) -> dict[str, Any]:
        return {
            "most": self.most,
            "tracks": None if self.tracks is None else list(self.tracks),
            "repair": self.repair,
            "pinned": sorted(map(list, self.pinned)),
            "forbidden": sorted(map(list, self.forbidden)),
            "objective": self.objective,
            "replaced": sorted(map(list, self.replaced)),
            **self._import_as_json(),
        }

    def _import_as_json(self) -> dict[str, Any]:
        if self.imported is None:
            return {}
        return {
            "submissions": sorted(self.submissions or ()),
            "imported": sorted(map(list, self.imported)),
            "removed": sorted(map(list, self.removed)),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Options":
        tracks, imported = stored.get("tracks"), stored.get("imported")
        return cls(
            most=stored.get("most"),
            tracks=None if tracks is None else tuple(tracks),
            repair=bool(stored.get("repair")),
            pinned=_pairs(stored.get("pinned", ())),
            forbidden=_pairs(stored.get("forbidden", ())),
            objective=stored.get("objective", "balanced"),
            replaced=_pairs(stored.get("replaced", ())),
            submissions=None if imported is None else frozenset(stored["submissions"]),
            imported=None if imported is None else _pairs(imported),
            removed=_pairs(stored.get("removed", ())),
        )


def _pairs(stored: Iterable[Sequence[int]]) -> frozenset[Pair]:
    return frozenset((one[0], one[1]) for one in stored)


class Alternative(NamedTuple):
    """The cheapest single step by which the proposal does without a pair.

    `person_id` reviews the submission instead, and where `takes_id` is given, the pair's reviewer
    takes that one's place on this other submission. `cost` is what the sum of all scores loses: an
    upper bound, as a rearrangement of many pairs may lose less.
    """

    cost: float
    person_id: int
    takes_id: int | None = None

    def as_json(self) -> dict[str, int | None]:
        return {"person": self.person_id, "takes": self.takes_id}


COUNTING = frozenset({"", "pinned", "chosen"})
"""Marks of pairs that applying makes assignments."""


class Pick(NamedTuple):
    """A pair of the proposal.

    mark: "" as solved, "pinned", "dropped" (not applied), "forbidden" (nor solved so again),
    "swapped" (somebody else took its place) or "chosen" (who did, by a chair).
    because: the text behind the parts, where there is one.
    """

    submission_id: int
    person_id: int
    parts: Parts
    mark: str = ""
    because: Because | None = None
    alternative: Alternative | None = None

    @property
    def pair(self) -> Pair:
        return self.submission_id, self.person_id

    @property
    def counts(self) -> bool:
        """Whether applying the proposal makes it an assignment."""
        return self.mark in COUNTING


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
    """Keep what a solve has found.

    `figures`, as `problems` makes them, hold under "scope" each submission with its demand, under
    "loads" each reviewer with the least and the most aimed at, and under "stood" a digest.
    """
    own = {name: value for name, value in figures.items() if name not in {"scope", "loads"}}
    proposal = Proposal(
        conference_id=conference.id,
        round_id=current_round(db, conference),
        parameters=options.as_json(),
        figures=own,
        created_by_id=actor.person_id,
        created=now,
    )
    db.add(proposal)
    db.flush()
    picks, scope = list(picks), dict(figures["scope"])
    stands = [one for one in standing_pairs(db, conference) if one.submission_id in scope]
    _insert_picks(db, proposal, picks, stands, set(db.scalars(reviewer_ids(conference))))
    _insert_sides(db, proposal, picks, scope, figures.get("loads", ()))
    unchanged = digest(one.pair for one in stands) == figures["stood"]
    proposal.figures = {**own, "stands": fingerprint(db, proposal) if unchanged else []}
    count_again(db, proposal)
    return proposal


def _insert_picks(
    db: Session,
    proposal: Proposal,
    picks: Sequence[Pick],
    stands: Sequence[Stand],
    reviewers: Collection[int],
) -> None:
    """The solve's pairs, and those that stand and are not among them with the reason.

    The reason of a pair that the solve had to keep: "begun", or "agreed" to or pinned.
    """
    stood, planned = {one.pair for one in stands}, {pick.pair for pick in picks}
    gone = compare(picks, stands, reviewers).gone
    fixed = {"conference_id": proposal.conference_id, "proposal_id": proposal.id}
    stays = {one.pair: "begun" if one.started else "agreed" for one in stands if one.kept}
    rows = [
        {**fixed, **_row(pick), "stood": pick.pair in stood, "why": stays.get(pick.pair, "")}
        for pick in picks
    ]
    why = "import" if proposal.parameters.get("imported") is not None else None
    rows += [
        {
            **fixed,
            **_row(Pick(*pair, Parts())),
            "proposed": False,
            "stood": True,
            "counts": False,
            "why": why if why and reason == "other" else reason,
        }
        for pair, reason in gone.items()
        if pair not in planned
    ]
    if rows:
        db.execute(insert(ProposalPick), rows)


def _row(pick: Pick) -> dict[str, Any]:
    alternative = pick.alternative
    return {
        "submission_id": pick.submission_id,
        "person_id": pick.person_id,
        "proposed": True,
        "counts": pick.counts,
        "mark": pick.mark,
        "score": pick.parts.total,
        "parts": pick.parts.as_json(),
        "because": pick.because.as_json() if pick.because else [],
        "why": "",
        "alternative": alternative.as_json() if alternative else {},
        "cost": round(alternative.cost, 6) if alternative else None,
    }


def _insert_sides(
    db: Session,
    proposal: Proposal,
    picks: Sequence[Pick],
    scope: Mapping[int, int],
    loads: Iterable[Sequence[int]],
) -> None:
    """The submissions with their demand, and everybody who could be asked with their limits."""
    fixed = {"conference_id": proposal.conference_id, "proposal_id": proposal.id}
    limits = {person_id: (least, most) for person_id, least, most in loads}
    people = dict.fromkeys((*limits, *(pick.person_id for pick in picks)))
    submissions = [
        {**fixed, "submission_id": id_, "demand": demand} for id_, demand in scope.items()
    ]
    reviewers = [
        {**fixed, "person_id": id_, "least": limits.get(id_, (0, None))[0],
         "most": limits.get(id_, (0, None))[1]}
        for id_ in people
    ]  # fmt: skip
    if submissions:
        db.execute(insert(ProposalSubmission), submissions)
    if reviewers:
        db.execute(insert(ProposalReviewer), reviewers)


def proposal_of(
    db: Session, actor: Actor, conference: Conference, proposal_id: int, *, lock: bool = False
) -> Proposal:
    """A proposal this person may see: they may assign every submission it is about.

    Raises:
        NotFoundError: there is none, or it is not theirs to know of.
    """
    query = select(Proposal).where(
        Proposal.conference_id == conference.id,
        Proposal.id == proposal_id,
        _is_own(actor, conference),
    )
    if not lock:
        query = query.options(defer(Proposal.undo), defer(Proposal.parameters))
    proposal = db.scalars(query.with_for_update() if lock else query).one_or_none()
    if proposal is None:
        raise NotFoundError("not_found")
    return proposal


def proposals_of(db: Session, actor: Actor, conference: Conference) -> list[Proposal]:
    """The newest proposals this person may see."""
    query = (
        select(Proposal)
        .where(Proposal.conference_id == conference.id, _is_own(actor, conference))
        .options(defer(Proposal.parameters), defer(Proposal.undo))
        .order_by(Proposal.id.desc())
        .limit(REMEMBERED)
    )
    return list(db.scalars(query))


def _is_own(actor: Actor, conference: Conference) -> ColumnElement[bool]:
    """Whether the person may assign every submission that the proposal is about."""
    if actor.person_id is None:
        return true()
    not_theirs = (
        select(Submission.id)
        .where(
            Submission.conference_id == conference.id,
            ~may(actor, Action.ASSIGN_ONE, conference),
        )
        .correlate(None)
    )
    return ~exists().where(
        ProposalSubmission.proposal_id == Proposal.id,
        ProposalSubmission.submission_id.in_(not_theirs),
    )


def _session(proposal: Proposal) -> Session:
    db = object_session(proposal)
    if db is None:
        raise RuntimeError("a proposal is read in the session it was loaded in")
    return db


def scope_of(proposal: Proposal) -> set[int]:
    """The submissions the proposal is about."""
    scope = select(ProposalSubmission.submission_id).where(
        ProposalSubmission.proposal_id == proposal.id
    )
    return set(_session(proposal).scalars(scope))


def picks_of(proposal: Proposal) -> list[Pick]:
    """Its pairs, also those a chair has left out; not what it merely takes away."""
    row = ProposalPick
    query = (
        select(row.submission_id, row.person_id, row.parts, row.mark, row.because)
        .add_columns(row.alternative, row.cost)
        .where(row.proposal_id == proposal.id, row.proposed | (row.mark != ""))
        .order_by(row.submission_id, row.id)
    )
    return [
        Pick(
            *(submission_id, person_id, parts_from(parts), mark),
            *(Because.from_json(because), _alternative(step, cost)),
        )
        for submission_id, person_id, parts, mark, because, step, cost in _session(
            proposal
        ).execute(query)
    ]


def parts_from(stored: Sequence[Any]) -> Parts:
    """The parts of a score as a row keeps them."""
    return Parts(*stored)


def _alternative(stored: Mapping[str, Any], cost: float | None) -> Alternative | None:
    return None if cost is None else Alternative(cost, stored["person"], stored["takes"])


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
