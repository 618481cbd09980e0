"""The solver's problem from what is stored, and its plan as a proposal's picks and figures.

Only jobs and the command line import this module: it needs numpy, which no page does.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from cfp.actors import Actor
from cfp.algorithms.problem import Alternatives, Plan, Problem
from cfp.domain.assignment.facts import Facts, read_facts
from cfp.domain.assignment.models import TextMatch
from cfp.domain.assignment.pairs import BEST, LEAST, Matches, candidate_pairs, is_large
from cfp.domain.assignment.picks import Alternative, Options, Pair, Pick, digest
from cfp.domain.assignment.rules import LOAD_LIMIT
from cfp.domain.assignment.scoring import Parts
from cfp.domain.assignment.texts import Texts
from cfp.domain.conferences.models import Conference
from cfp.errors import DomainError
from cfp.records import record

SLACK = 1
"""Reviews above the even load that the better match may give to somebody."""

NO_EMPLOYER = -1


@record
class Loaded:
    """What was read, and which submission and which person the problem's rows stand for.

    Texts are compared and the problem is made when first asked for: that takes long enough that no
    transaction should be open meanwhile.
    """

    submission_ids: Sequence[int]
    person_ids: Sequence[int]
    facts: Facts
    options: Options

    @cached_property
    def problem(self) -> Problem:
        """With every pair, or of a large conference with the promising ones."""
        return self.problem_with(())

    @cached_property
    def texts(self) -> Texts:
        return Texts([paper.document for paper in self.facts.papers], self.facts.written)

    @cached_property
    def matches(self) -> Matches:
        """How near the texts are, of all pairs or the nearest."""
        papers, reviewers = len(self.facts.papers), len(self.facts.experts)
        facts = self.facts
        known = (*facts.bids, *facts.kept, *facts.stood, *self._wished())
        best = BEST if is_large(papers, reviewers) else reviewers
        found = self.texts.candidates(best=best, least=LEAST, also=self._rows(known))
        return Matches(found, papers)

    def problem_with(self, whole: Collection[int]) -> Problem:
        """The problem with every pair of these papers (rows), however large it is."""
        facts, options = self.facts, self.options
        wished = {
            pair for pair in options.pinned - set(facts.excluded) if pair[1] in facts.asked
        }
        least, most = _loads(facts, options)
        pairs = candidate_pairs(
            facts, self.matches, room=most, pinned=self._wished(), whole=whole
        )
        return Problem(
            paper=pairs.paper,
            reviewer=pairs.reviewer,
            score=pairs.score,
            demand=[paper.demand for paper in facts.papers],
            load_min=least,
            load_max=most,
            pinned=self._rows({*facts.kept, *wished}),
            previous=self._rows(facts.stood),
            senior=[person_id in facts.seniors for person_id in self.person_ids],
            need_senior=[facts.needs_senior] * len(facts.papers),
            affiliation=_numbered(facts.employers, self.person_ids),
            apart=self._apart(),
            cap=None if facts.cap is None or options.repair else facts.cap / 100,
        )

    def imported_rows(self) -> list[tuple[int, int]]:
        """The pairs of an imported table as rows (paper, reviewer)."""
        return self._rows(self.options.imported or ())

    def _wished(self) -> Collection[Pair]:
        """Pairs that are looked at however little speaks for them."""
        return self.options.pinned | (self.options.imported or frozenset())

    def narrow(self, plan: Plan) -> set[int]:
        """Papers (rows) that lack reviews while not all who may review them were looked at."""
        if not is_large(len(self.facts.papers), len(self.facts.experts)):
            return set()
        short = {row for one in plan.shortfalls for row in one.papers.tolist()}
        return short | set(np.flatnonzero(plan.paper_missing).tolist())

    def parts(self, paper: int, reviewer: int) -> Parts:
        """Why this pair has its score."""
        near = self.matches.of(paper, reviewer)
        return self.facts.parts(self.facts.papers[paper], self.facts.experts[reviewer], near)

    def pair(self, paper: int, reviewer: int) -> Pair:
        return self.submission_ids[paper], self.person_ids[reviewer]

    def _rows(self, pairs: Iterable[Pair]) -> list[tuple[int, int]]:
        number, place = self._numbers
        return sorted(
            {
                (number[submission_id], place[person_id])
                for submission_id, person_id in pairs
                if submission_id in number and person_id in place
            }
        )

    @cached_property
    def _numbers(self) -> tuple[Mapping[int, int], Mapping[int, int]]:
        """Submission id -> row, person id -> column."""
        return (
            {id_: row for row, id_ in enumerate(self.submission_ids)},
            {id_: row for row, id_ in enumerate(self.person_ids)},
        )

    def _apart(self) -> list[tuple[int, int]]:
        place = self._numbers[1]
        pairs = self.facts.apart
        return [(place[one], place[other]) for one, other in pairs if {one, other} <= place.keys()]


class Solution(NamedTuple):
    """A plan, and what a proposal stores of it: its pairs, each with how to do without it."""

    plan: Plan
    picks: list[Pick]
    figures: dict[str, Any]


def load_problem(
    db: Session, conference: Conference, actor: Actor, options: Options
) -> Loaded:
    """Submissions under review that `actor` has no conflict with, and everybody who may be asked.

    Raises:
        DomainError: `assignment.nothing`, `assignment.no_reviewers`.
    """
    facts = read_facts(db, conference, actor, options)
    if not facts.papers:
        raise DomainError("assignment.nothing")
    if not facts.asked:
        raise DomainError("assignment.no_reviewers")
    papers = [paper.id for paper in facts.papers]
    return Loaded(papers, [expert.person_id for expert in facts.experts], facts, options)


def current_rows(loaded: Loaded) -> list[list[int]]:
    """What stands and can stay, as rows (paper, reviewer): what a repair starts from."""
    return [[int(paper), int(reviewer)] for paper, reviewer in loaded.problem.previous]


def picks_from(
    loaded: Loaded, plan: Plan, alternatives: Alternatives | None = None
) -> Iterator[Pick]:
    """The plan's pairs with the parts of their scores, and how to do without each.

    What a chair had pinned stays marked, and so does what an imported table takes away.
    """
    for row, (paper, reviewer) in enumerate(
        zip(plan.paper.tolist(), plan.reviewer.tolist(), strict=True)
    ):
        pair, parts = loaded.pair(paper, reviewer), loaded.parts(paper, reviewer)
        mark = "pinned" if pair in loaded.options.pinned else ""
        because = loaded.texts.because(paper, reviewer) if parts.text else None
        step = _alternative(loaded, alternatives, row) if alternatives is not None else None
        yield Pick(*pair, parts, mark, because, step)
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


def figures_from(loaded: Loaded, plan: Plan, problem: Problem | None = None) -> dict[str, Any]:
    """The plan's figures as they are stored with its proposal and shown.

    `problem` is the one that was solved, where it is not the one loaded.
    """
    pairs = zip(plan.paper.tolist(), plan.reviewer.tolist(), strict=True)
    bids = Counter(loaded.facts.bids.get(loaded.pair(*row), "") for row in pairs)
    return {
        "scope": list(zip(loaded.submission_ids, loaded.problem.demand.tolist(), strict=True)),
        "loads": _load_limits(loaded, problem or loaded.problem),
        "stood": digest(loaded.facts.stood),
        "objective": plan.objective if plan.chance is None else "drawn",
        "total": _rounded(plan.total),
        "optimum": _rounded(plan.optimum),
        "bound": _rounded(plan.total_bound),
        "worst": _rounded(plan.worst),
        "worst_bound": _rounded(plan.worst_bound),
        "demand": int(loaded.problem.demand.sum()),
        "planned": len(plan.paper),
        "missing": int(plan.paper_missing.sum()),
        "avoidable": _avoidable(plan),
        "bids": dict(bids) if loaded.facts.rating.uses_bids else {},
        "requests": _requests(loaded, plan),
        "shortfalls": _shortfalls(loaded, plan),
        "unmet": _unmet(loaded, plan),
        "cap": None if plan.chance is None else loaded.facts.cap,
        "seconds": round(sum(plan.seconds.values()), 3),
    }


def store_matches(db: Session, conference: Conference, loaded: Loaded, *, now: datetime) -> None:
    """Keep how near the texts are, for the pages on which a chair asks somebody by hand."""
    scope = list(loaded.submission_ids)
    db.execute(delete(TextMatch).where(TextMatch.submission_id.in_(scope)))
    rows = [
        {
            "submission_id": submission_id,
            "conference_id": conference.id,
            "scores": _nearest(loaded, row),
            "made": now,
        }
        for row, submission_id in enumerate(scope)
    ]
    db.execute(insert(TextMatch), rows)


def _nearest(loaded: Loaded, paper: int) -> list[list[float]]:
    reviewers, scores = loaded.matches.of_paper(paper)
    order = np.argsort(-scores, kind="stable")[:BEST].tolist()
    people = loaded.person_ids
    return [[people[int(reviewers[one])], round(float(scores[one]), 4)] for one in order]


def _load_limits(loaded: Loaded, problem: Problem) -> list[tuple[int, int, int]]:
    """(person, least, most) of everybody who may be asked, or keeps something."""
    least, most = problem.load_min.tolist(), problem.load_max.tolist()
    return list(zip(loaded.person_ids, least, most, strict=True))


def _requests(loaded: Loaded, plan: Plan) -> dict[str, int]:
    """How far reviewers get what they asked for: a submission they want, and their own loads."""
    facts, load = loaded.facts, plan.reviewer_load.tolist()
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
            {
                **{"submissions": [], "seniors_only": [], "people": list(people)},
                **{"demand": 0, "capacity": 0, "missing": 0},
            },
        )
        for name, rows in (("submissions", one.papers), ("seniors_only", one.seniors_only)):
            report[name] += [loaded.submission_ids[row] for row in rows.tolist()]
        for name in ("demand", "capacity", "missing"):
            report[name] += getattr(one, name)
    return list(found.values())


def _unmet(loaded: Loaded, plan: Plan) -> dict[str, list[Any]]:
    """What the chairs' rules ask for and cannot be had, beside missing reviews.

    least: rows (person id, reviews they have, reviews they should have). senior: submissions
    without a senior reviewer. crowded: submissions where what is kept breaks a rule already.
    """
    loads = dict(zip(loaded.person_ids, plan.reviewer_load.tolist(), strict=True))
    outside, asked = loaded.facts.outside, loaded.facts.asked
    have = {id_: loads[id_] + outside.get(id_, 0) for id_ in loads}
    return {
        "least": [
            [id_, have[id_], least]
            for id_, least in sorted(loaded.facts.least.items())
            if id_ in asked and have[id_] < least
        ],
        "senior": [loaded.submission_ids[row] for row in plan.without_senior.tolist()],
        "crowded": [loaded.submission_ids[row] for row in plan.crowded.tolist()],
    }


def _avoidable(plan: Plan) -> int:
    """Missing reviews that another plan might have: where a search was cut short."""
    if plan.objective == "import" or plan.chance is not None:
        return 0
    return int(plan.paper_missing.sum()) - plan.missing_bound


def _rounded(value: float) -> float | None:
    return round(float(value), 6) if np.isfinite(value) else None


def _numbered(employers: Mapping[int, str], people: Sequence[int]) -> list[int]:
    """(R,) a number for each employer."""
    numbers = {key: number for number, key in enumerate(sorted(set(employers.values())))}
    return [numbers[employers[id_]] if id_ in employers else NO_EMPLOYER for id_ in people]


def _loads(facts: Facts, options: Options) -> tuple[list[int], list[int]]:
    """(R,) the least and the most each may have here, after what they have elsewhere.

    Whoever is not asked any more keeps what was kept and gets nothing else. What is kept is above
    nobody's limit for being more than an even load.
    """
    kept = Counter(person_id for _submission_id, person_id in facts.kept)
    even = even_load(facts)
    evenly = options.most is None
    fewest = even - SLACK if evenly and not options.repair else 0
    most = even + SLACK if options.most is None else options.most
    least, highest = [], []
    for person_id in (expert.person_id for expert in facts.experts):
        asked = person_id in facts.asked
        wanted = facts.least.get(person_id, 0)
        above = max(most, wanted) if evenly else most
        fits = min(kept[person_id], _room(facts, person_id, LOAD_LIMIT if evenly else above))
        here = max(_room(facts, person_id, above), fits, 0)
        highest.append(here if asked else kept[person_id])
        floor = max(_room(facts, person_id, fewest), wanted - facts.outside.get(person_id, 0))
        least.append(min(max(floor, 0), highest[-1]) if asked else 0)
    return least, highest


def highest_loads(facts: Facts) -> list[int]:
    """(R,) the most each may have here by their own word or a chair's, however uneven that is."""
    kept = Counter(person_id for _submission_id, person_id in facts.kept)
    people = (expert.person_id for expert in facts.experts)
    return [
        max(_room(facts, id_, LOAD_LIMIT), kept[id_]) if id_ in facts.asked else kept[id_]
        for id_ in people
    ]


def even_load(facts: Facts) -> int:
    """The smallest common limit with room for every review, or the largest limit there is."""
    wanted = sum(paper.demand for paper in facts.papers)
    highest = min(len(facts.papers) + max(facts.outside.values(), default=0), LOAD_LIMIT)
    for most in range(1, highest):
        rooms = (_room(facts, one, most) for one in facts.asked if one not in facts.pool)
        if sum(max(room, 0) for room in rooms) >= wanted:
            return most
    return highest


def _room(facts: Facts, person_id: int, most: int) -> int:
    """A chair's cap or a wish beats the common limit downwards only; what is elsewhere counts.

    Whoever is on stand-by has said how much more, whatever the others have.
    """
    if person_id in facts.pool:
        return sum(pair[1] == person_id for pair in facts.kept) + facts.pool[person_id]
    limit = min(facts.limits.get(person_id, most), most)
    return limit - facts.outside.get(person_id, 0)
