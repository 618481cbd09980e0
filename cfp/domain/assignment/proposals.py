"""Proposals: asked for, stored by the solver's job, compared with what stands, edited.

A proposal is about a set of submissions, those its asker may assign. Only who may assign every one
of them sees it at all: parts of it would tell who reviews what.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, exists, insert, select, true
from sqlalchemy.orm import Session, defer, object_session

from cfp.actors import Actor, RoleKind
from cfp.domain import jobs
from cfp.domain.accounts.models import Person
from cfp.domain.assignment.blocking import lost_assignments
from cfp.domain.assignment.conflicts import find_conflicts
from cfp.domain.assignment.eligible import assignable, reviewer_ids
from cfp.domain.assignment.models import (
    Assignment,
    Proposal,
    ProposalPick,
    ProposalReviewer,
    ProposalSubmission,
)
from cfp.domain.assignment.picks import (
    Alternative,
    Difference,
    Options,
    Pair,
    Pick,
    Stand,
    digest,
    parts_from,
)
from cfp.domain.assignment.rounds import current_round
from cfp.domain.assignment.rules import ACTIVE, LOAD_LIMIT, OBJECTIVES
from cfp.domain.assignment.scoring import Because, Parts
from cfp.domain.assignment.tallies import count_again, fingerprint
from cfp.domain.conferences.models import Conference
from cfp.domain.reviews.models import Review
from cfp.domain.submissions.models import Submission
from cfp.errors import DomainError, NotFoundError, NotNowError
from cfp.policy import Action, Seat, seat_of

JOB_KIND = "assignment"
REMEMBERED = 10
"""How many proposals the page lists."""

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
    loads = figures.get("loads", ())
    gone = _gone(db, conference, options, picks, stands, _full(picks, scope, loads))
    _insert_picks(db, proposal, picks, stands, gone)
    _insert_sides(db, proposal, picks, scope, loads)
    unchanged = digest(one.pair for one in stands) == figures["stood"]
    proposal.figures = {**own, "stands": fingerprint(db, proposal) if unchanged else []}
    count_again(db, proposal)
    return proposal


def _full(
    picks: Sequence[Pick], scope: Mapping[int, int], loads: Iterable[Sequence[int]]
) -> Callable[[Pair], bool]:
    """Whether a pair is not planned though its submission lacks reviews, for the load alone."""
    planned = [pick for pick in picks if pick.counts]
    has = Counter(pick.submission_id for pick in planned)
    load = Counter(pick.person_id for pick in planned)
    full = {person_id for person_id, _least, most in loads if load[person_id] >= most}
    return lambda pair: pair[1] in full and has[pair[0]] < scope[pair[0]]


def _gone(
    db: Session,
    conference: Conference,
    options: Options,
    picks: Sequence[Pick],
    stands: Sequence[Stand],
    is_full: Callable[[Pair], bool],
) -> dict[Pair, str]:
    """Why each pair that stands is taken away."""
    reviewers = set(db.scalars(reviewer_ids(conference)))
    gone = compare(picks, stands, reviewers, options.replaced).gone
    if options.imported is not None:
        return {pair: "import" if why == "other" else why for pair, why in gone.items()}
    return {
        pair: "full" if why == "other" and is_full(pair) else why for pair, why in gone.items()
    }


def _insert_picks(
    db: Session,
    proposal: Proposal,
    picks: Sequence[Pick],
    stands: Sequence[Stand],
    gone: Mapping[Pair, str],
) -> None:
    """The solve's pairs, and those that stand and are not among them with the reason.

    The reason of a pair that the solve had to keep: "begun", or "agreed" to or pinned.
    """
    stood, planned = {one.pair for one in stands}, {pick.pair for pick in picks}
    fixed = {"conference_id": proposal.conference_id, "proposal_id": proposal.id}
    stays = {one.pair: "begun" if one.started else "agreed" for one in stands if one.kept}
    rows = [
        {**fixed, **_row(pick), "stood": pick.pair in stood, "why": stays.get(pick.pair, "")}
        for pick in picks
    ]
    rows += [
        {
            **fixed,
            **_row(Pick(*pair, Parts())),
            "proposed": False,
            "stood": True,
            "counts": False,
            "why": reason,
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
    query = _proposal(seat_of(actor, conference), lock)
    proposal = db.scalars(query, {"proposal": proposal_id}).one_or_none()
    if proposal is None:
        raise NotFoundError("not_found")
    return proposal


@lru_cache(maxsize=64)
def _proposal(seat: Seat, lock: bool) -> Select[Proposal]:
    """The one given at execution; kept, because making it takes as long as answering it."""
    query = select(Proposal).where(
        Proposal.conference_id == seat.conference_id,
        Proposal.id == bindparam("proposal"),
        _is_own(seat),
    )
    if lock:
        return query.with_for_update()
    return query.options(defer(Proposal.undo), defer(Proposal.parameters))


def proposals_of(
    db: Session, actor: Actor, conference: Conference
) -> list[tuple[Proposal, str | None]]:
    """The newest proposals this person may see, and who asked for each; None is the system."""
    query = _proposals(seat_of(actor, conference))
    return [(proposal, name) for proposal, name in db.execute(query)]


@lru_cache(maxsize=64)
def _proposals(seat: Seat) -> Select[Proposal, str]:
    return (
        select(Proposal, Person.name)
        .outerjoin(Person, Person.id == Proposal.created_by_id)
        .where(Proposal.conference_id == seat.conference_id, _is_own(seat))
        .options(defer(Proposal.parameters), defer(Proposal.undo))
        .order_by(Proposal.id.desc())
        .limit(REMEMBERED)
    )


def _is_own(seat: Seat) -> ColumnElement[bool]:
    """Whether the person may assign every submission that the proposal is about."""
    if seat.person_id is None:
        return true()
    not_theirs = (
        select(Submission.id)
        .where(
            Submission.conference_id == seat.conference_id,
            ~seat.may(Action.ASSIGN_ONE),
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
