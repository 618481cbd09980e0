"""The solver's problem from what is stored, and its plan as a proposal's picks and figures.

Only jobs and the command line import this module: it needs numpy, which no page does.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from cfp.actors import Actor, RoleKind
from cfp.algorithms.problem import Alternatives, Plan, Problem
from cfp.domain.assignment.models import Assignment, Bid, Conflict, ReviewerProfile
from cfp.domain.assignment.proposals import (
    Alternative,
    Options,
    Pair,
    Pick,
    digest,
    standing_pairs,
)
from cfp.domain.assignment.queries import (
    avoided_kinds,
    blocked_set,
    current_round,
    reviewer_ids,
)
from cfp.domain.assignment.rules import LOAD_LIMIT
from cfp.domain.assignment.scoring import (
    Expert,
    Paper,
    Parts,
    Rating,
    expert_of,
    sharing,
    telling,
)
from cfp.domain.conferences.models import Conference, Role, Track
from cfp.domain.reviews.models import Review
from cfp.domain.submissions.models import Submission
from cfp.domain.submissions.states import State
from cfp.errors import DomainError
from cfp.policy import takes_bids, unblocked

SLACK = 1
"""Reviews above the even load that the better match may give to somebody."""


@dataclass(frozen=True)
class Facts:
    """Everything read from the database, by id; pairs are (submission, person)."""

    papers: Sequence[Paper]
    experts: Sequence[Expert]
    rating: Rating
    demand: int
    asked: Collection[int]
    limits: Mapping[int, int]
    outside: Mapping[int, int]
    bids: Mapping[Pair, str]
    avoided: Collection[Pair]
    excluded: Collection[Pair]
    kept: Collection[Pair]
    stood: Collection[Pair]


@dataclass(frozen=True)
class Loaded:
    """A problem, and which submission and which person its rows stand for."""

    problem: Problem
    submission_ids: Sequence[int]
    person_ids: Sequence[int]
    facts: Facts
    options: Options

    def parts(self, paper: int, reviewer: int) -> Parts:
        """Why this pair has its score."""
        return _parts(self.facts, self.facts.papers[paper], self.facts.experts[reviewer])

    def pair(self, paper: int, reviewer: int) -> Pair:
        return self.submission_ids[paper], self.person_ids[reviewer]


def load_problem(
    db: Session, conference: Conference, actor: Actor, options: Options
) -> Loaded:
    """Submissions under review that `actor` has no conflict with, and everybody who may be asked.

    Raises:
        DomainError: `assignment.nothing`, `assignment.no_reviewers`.
    """
    facts = _facts(db, conference, actor, options)
    if not facts.papers:
        raise DomainError("assignment.nothing")
    if not facts.asked:
        raise DomainError("assignment.no_reviewers")
    place = {expert.person_id: row for row, expert in enumerate(facts.experts)}
    number = {paper.id: row for row, paper in enumerate(facts.papers)}
    papers, reviewers, scores = _candidates(facts, place)
    wished = {pair for pair in options.pinned - set(facts.excluded) if pair[1] in facts.asked}
    least, most = _loads(facts, options)
    problem = Problem(
        paper=papers,
        reviewer=reviewers,
        score=scores,
        demand=np.full(len(facts.papers), facts.demand),
        load_min=least,
        load_max=most,
        pinned=_rows({*facts.kept, *wished}, number, place),
        previous=_rows(facts.stood, number, place),
    )
    return Loaded(problem, list(number), list(place), facts, options)


def current_rows(loaded: Loaded) -> list[list[int]]:
    """What stands and can stay, as rows (paper, reviewer): what a repair starts from."""
    return [[int(paper), int(reviewer)] for paper, reviewer in loaded.problem.previous]


def imported_rows(loaded: Loaded) -> list[list[int]]:
    """The pairs of an imported table as rows (paper, reviewer)."""
    number = {id_: row for row, id_ in enumerate(loaded.submission_ids)}
    place = {id_: row for row, id_ in enumerate(loaded.person_ids)}
    return _rows(loaded.options.imported or (), number, place)


def picks_from(
    loaded: Loaded, plan: Plan, alternatives: Alternatives | None = None
) -> Iterator[Pick]:
    """The plan's pairs with the parts of their scores, and how to do without each.

    What a chair had pinned stays marked, and so does what an imported table takes away.
    """
    for row, (paper, reviewer) in enumerate(
        zip(plan.paper.tolist(), plan.reviewer.tolist(), strict=True)
    ):
        pair = loaded.pair(paper, reviewer)
        mark = "pinned" if pair in loaded.options.pinned else ""
        step = _alternative(loaded, alternatives, row) if alternatives is not None else None
        yield Pick(*pair, loaded.parts(paper, reviewer), mark, step)
    for submission_id, person_id in sorted(loaded.options.removed & set(loaded.facts.stood)):
        yield Pick(submission_id, person_id, Parts(), "dropped")


def _alternative(loaded: Loaded, found: Alternatives, row: int) -> Alternative | None:
    reviewer, takes = int(found.reviewer[row]), int(found.takes[row])
    if reviewer < 0:
        return None
    return Alternative(
        cost=float(found.cost[row]),
        person_id=loaded.person_ids[reviewer],
        takes_id=loaded.submission_ids[takes] if takes >= 0 else None,
    )


def figures_from(loaded: Loaded, plan: Plan) -> dict[str, Any]:
    """The plan's figures as they are stored with its proposal and shown."""
    pairs = zip(plan.paper.tolist(), plan.reviewer.tolist(), strict=True)
    bids = Counter(loaded.facts.bids.get(loaded.pair(*row), "") for row in pairs)
    return {
        "scope": list(zip(loaded.submission_ids, loaded.problem.demand.tolist(), strict=True)),
        "loads": _load_limits(loaded),
        "stood": digest(loaded.facts.stood),
        "objective": plan.objective,
        "total": _rounded(plan.total),
        "optimum": _rounded(plan.optimum),
        "bound": _rounded(plan.total_bound),
        "worst": _rounded(plan.worst),
        "worst_bound": _rounded(plan.worst_bound),
        "demand": int(loaded.problem.demand.sum()),
        "planned": len(plan.paper),
        "missing": int(plan.paper_missing.sum()),
        "bids": dict(bids) if loaded.facts.rating.uses_bids else {},
        "requests": _requests(loaded, plan),
        "shortfalls": _shortfalls(loaded, plan),
        "seconds": round(sum(plan.seconds.values()), 3),
    }


def _load_limits(loaded: Loaded) -> list[tuple[int, int, int]]:
    """(person, least, most) of everybody who may be asked, or keeps something."""
    least, most = loaded.problem.load_min.tolist(), loaded.problem.load_max.tolist()
    return list(zip(loaded.person_ids, least, most, strict=True))


def _requests(loaded: Loaded, plan: Plan) -> dict[str, int]:
    """How far reviewers get what they asked for: bids and tracks of pairs, and own loads."""
    facts, load = loaded.facts, plan.reviewer_load.tolist()
    pairs = zip(plan.paper.tolist(), plan.reviewer.tolist(), strict=True)
    given = Counter(facts.bids.get(loaded.pair(*row), "") for row in pairs)
    wanting = {person_id for (_, person_id), bid in facts.bids.items() if bid == "want"}
    getting = {
        loaded.person_ids[reviewer]
        for paper, reviewer in zip(plan.paper.tolist(), plan.reviewer.tolist(), strict=True)
        if facts.bids.get(loaded.pair(paper, reviewer)) == "want"
    }
    said = [
        (facts.limits[id_], load[row] + facts.outside.get(id_, 0))
        for row, id_ in enumerate(loaded.person_ids)
        if id_ in facts.limits
    ]
    return {
        "wanted": given["want"],
        "wanting": len(wanting & set(loaded.person_ids)),
        "getting": len(getting),
        "limits": len(said),
        "within": sum(has <= limit for limit, has in said),
    }


def _shortfalls(loaded: Loaded, plan: Plan) -> list[dict[str, Any]]:
    """One report for each group of reviewers that is too small, whatever it is too small for."""
    found: dict[tuple[int, ...], dict[str, Any]] = {}
    for one in plan.shortfalls:
        people = tuple(loaded.person_ids[row] for row in one.reviewers.tolist())
        report = found.setdefault(
            people,
            {"submissions": [], "people": list(people), "demand": 0, "capacity": 0, "missing": 0},
        )
        report["submissions"] += [loaded.submission_ids[row] for row in one.papers.tolist()]
        for name in ("demand", "capacity", "missing"):
            report[name] += getattr(one, name)
    return list(found.values())


def _rounded(value: float) -> float | None:
    return round(float(value), 6) if np.isfinite(value) else None


# Reading ----------------------------------------------------------------------------------------


def _facts(db: Session, conference: Conference, actor: Actor, options: Options) -> Facts:
    papers = _papers(db, conference, actor, options)
    scope = {paper.id for paper in papers}
    stands = standing_pairs(db, conference)
    asked = set(db.scalars(reviewer_ids(conference)))
    members = set(
        db.scalars(
            select(Role.person_id).where(
                Role.conference_id == conference.id, Role.kind == RoleKind.REVIEWER
            )
        )
    )
    blocked, declined = blocked_set(db, conference), _declined(db, conference)
    reviewed = _reviewed(db, conference)
    given = {pair for pair in options.imported or () if pair[1] not in asked}
    stay = {one.pair for one in stands if one.kept or one.pair in given}
    kept = {pair for pair in stay if pair[1] in members} | reviewed
    kept = {pair for pair in kept - blocked - declined if pair[0] in scope} - options.forbidden
    profiles = _profiles(db, conference)
    tracks = db.scalars(select(Track.id).where(Track.conference_id == conference.id)).all()
    people = sorted(asked | {person_id for _submission_id, person_id in kept})
    visible = set(db.scalars(_scope_query(conference, actor, None)))
    return Facts(
        papers=papers,
        experts=[expert_of(person_id, profiles.get(person_id)) for person_id in people],
        rating=Rating(uses_bids=takes_bids(conference), uses_tracks=len(tracks) > 1),
        demand=conference.reviews_per_submission,
        asked=asked,
        limits=_limits(profiles),
        outside=Counter(
            one.person_id
            for one in stands
            if one.submission_id not in scope and one.submission_id in visible and not one.blocked
        ),
        bids=_bids(db, conference) if takes_bids(conference) else {},
        avoided=_avoided(db, conference),
        excluded=blocked | declined | options.forbidden,
        kept=kept,
        stood={one.pair for one in stands if one.submission_id in scope},
    )


def _papers(
    db: Session, conference: Conference, actor: Actor, options: Options
) -> list[Paper]:
    query = _scope_query(conference, actor, options.tracks).where(
        Submission.state == State.SUBMITTED
    )
    columns = (Submission.id, Submission.track_id, Submission.title, Submission.abstract)
    rows = db.execute(query.with_only_columns(*columns).order_by(Submission.id)).all()
    if options.submissions is not None:
        rows = [row for row in rows if row[0] in options.submissions]
    words = telling({row[0]: f"{row[2]} {row[3]}" for row in rows})
    return [Paper(row[0], row[1], words[row[0]]) for row in rows]


def _scope_query(conference: Conference, actor: Actor, tracks: tuple[int, ...] | None) -> Any:  # noqa: ANN401 - a Select whose columns are chosen by the caller
    """What the asker may know the reviewers of: their rights were checked when they asked."""
    query = select(Submission.id).where(
        Submission.conference_id == conference.id,
        Submission.state != State.DRAFT,
        unblocked(actor, conference),
    )
    return query if tracks is None else query.where(Submission.track_id.in_(tracks))


def _declined(db: Session, conference: Conference) -> set[Pair]:
    rows = db.execute(
        select(Assignment.submission_id, Assignment.person_id).where(
            Assignment.round_id == current_round(db, conference), Assignment.state == "declined"
        )
    )
    return {(submission_id, person_id) for submission_id, person_id in rows}


def _reviewed(db: Session, conference: Conference) -> set[Pair]:
    """Who has reviewed what, asked or not: where everyone reviewed before, nobody was asked."""
    rows = db.execute(
        select(Review.submission_id, Review.person_id).where(
            Review.round_id == current_round(db, conference), Review.state == "submitted"
        )
    )
    return {(submission_id, person_id) for submission_id, person_id in rows}


def _bids(db: Session, conference: Conference) -> dict[Pair, str]:
    rows = db.execute(
        select(Bid.submission_id, Bid.person_id, Bid.value).where(
            Bid.conference_id == conference.id
        )
    )
    return {(submission_id, person_id): value for submission_id, person_id, value in rows}


def _avoided(db: Session, conference: Conference) -> set[Pair]:
    rows = db.execute(
        select(Conflict.submission_id, Conflict.person_id).where(
            and_(
                Conflict.conference_id == conference.id,
                Conflict.state == "open",
                Conflict.kind.in_(avoided_kinds(conference)),
            )
        )
    )
    return {(submission_id, person_id) for submission_id, person_id in rows}


def _profiles(db: Session, conference: Conference) -> dict[int, ReviewerProfile]:
    query = select(ReviewerProfile).where(ReviewerProfile.conference_id == conference.id)
    return {profile.person_id: profile for profile in db.scalars(query)}


def _limits(profiles: Mapping[int, ReviewerProfile]) -> dict[int, int]:
    """What each takes at most where somebody has said so: the chair's word before their own."""
    said = {
        id_: profile.load_capped if profile.load_capped is not None else profile.load_wished
        for id_, profile in profiles.items()
    }
    return {id_: limit for id_, limit in said.items() if limit is not None}


# Building ---------------------------------------------------------------------------------------


def _parts(facts: Facts, paper: Paper, expert: Expert) -> Parts:
    pair = (paper.id, expert.person_id)
    return facts.rating.parts(paper, expert, facts.bids.get(pair), pair in facts.avoided)


def _candidates(
    facts: Facts, place: Mapping[int, int]
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Every allowed pair as (N,) paper, reviewer, score.

    Most pairs of a paper share the score of "nothing is known"; only the others are worked out.
    """
    excluded, kept = _by_paper(facts.excluded), _by_paper(facts.kept)
    special = _special(facts, place)
    asked = np.array([expert.person_id in facts.asked for expert in facts.experts])
    plain: dict[int, np.ndarray[Any, Any]] = {}
    papers, reviewers, scores = [], [], []
    for row, paper in enumerate(facts.papers):
        if paper.track_id not in plain:
            nobody = Paper(0, paper.track_id, frozenset())
            plain[paper.track_id] = np.array(
                [_parts(facts, nobody, expert).total for expert in facts.experts]
            )
        score, open_ = plain[paper.track_id].copy(), asked.copy()
        for person_id in special[paper.id]:
            expert = facts.experts[place[person_id]]
            score[place[person_id]] = _parts(facts, paper, expert).total
        open_[[place[one] for one in kept.get(paper.id, ())]] = True
        open_[[place[one] for one in excluded.get(paper.id, ()) if one in place]] = False
        columns = np.flatnonzero(open_)
        papers.append(np.full(len(columns), row))
        reviewers.append(columns)
        scores.append(score[columns])
    return np.concatenate(papers), np.concatenate(reviewers), np.concatenate(scores)


def _special(facts: Facts, place: Mapping[int, int]) -> dict[int, set[int]]:
    """Paper id -> people about whom something is known there: a bid, words, a conflict."""
    found: dict[int, set[int]] = defaultdict(set, sharing(facts.papers, facts.experts))
    for submission_id, person_id in (*facts.bids, *facts.avoided):
        if person_id in place:
            found[submission_id].add(person_id)
    return found


def _by_paper(pairs: Iterable[Pair]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for submission_id, person_id in pairs:
        found[submission_id].append(person_id)
    return found


def _rows(
    pairs: Iterable[Pair], number: Mapping[int, int], place: Mapping[int, int]
) -> list[list[int]]:
    return sorted(
        [number[submission_id], place[person_id]]
        for submission_id, person_id in pairs
        if submission_id in number and person_id in place
    )


def _loads(facts: Facts, options: Options) -> tuple[list[int], list[int]]:
    """(R,) the least and the most each may have here, after what they have elsewhere.

    Whoever is not asked any more keeps what was kept and gets nothing else.
    """
    kept = Counter(person_id for _submission_id, person_id in facts.kept)
    even = even_load(facts)
    fewest = even - SLACK if options.most is None else 0
    most = options.most if options.most is not None else even + SLACK
    least, highest = [], []
    for person_id in (expert.person_id for expert in facts.experts):
        asked = person_id in facts.asked
        highest.append(max(_room(facts, person_id, most), 0) if asked else kept[person_id])
        floor = _room(facts, person_id, fewest) if asked and not options.repair else 0
        least.append(min(max(floor, 0), highest[-1]))
    return least, highest


def even_load(facts: Facts) -> int:
    """The smallest common limit with room for every review, or the largest limit there is."""
    wanted = facts.demand * len(facts.papers)
    highest = min(len(facts.papers) + max(facts.outside.values(), default=0), LOAD_LIMIT)
    for most in range(1, highest):
        if sum(max(_room(facts, person_id, most), 0) for person_id in facts.asked) >= wanted:
            return most
    return highest


def _room(facts: Facts, person_id: int, most: int) -> int:
    """A chair's cap or a wish beats the common limit downwards only; what is elsewhere counts."""
    limit = min(facts.limits.get(person_id, most), most)
    return limit - facts.outside.get(person_id, 0)
