"""Problem, plan and shortfall of an assignment: plain arrays, so that domain code needs no solver.

The letters are the literature's: P papers, R reviewers, and sparse candidate pairs as parallel
arrays. A pair that is absent is a conflict or no candidate and is never chosen.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from cfp.algorithms.arrays import (
    Counts,
    Flags,
    Ids,
    Scores,
    as_counts,
    as_flags,
    as_ids,
    as_rows,
    as_scores,
    check_known,
    check_unique,
)
from cfp.algorithms.errors import ProblemError
from cfp.records import record

__all__ = ["NO_AFFILIATION", "Alternatives", "Plan", "Problem", "ProblemError", "Shortfall"]

NO_AFFILIATION = -1


@dataclass(frozen=True, init=False, eq=False)
class Problem:
    """Who may review what, how much, and under which rules; whatever is left out is no rule.

    Attributes:
        paper: (N,) paper of each candidate pair, 0..P-1.
        reviewer: (N,) reviewer of each candidate pair, 0..R-1.
        score: (N,) what the pair adds to the total; higher is better, may be negative.
        demand: (P,) reviews each paper needs.
        load_min: (R,) reviews each reviewer shall have at least.
        load_max: (R,) reviews each reviewer has at most.
        pinned: (K, 2) rows (paper, reviewer) that the chair has fixed.
        previous: (K, 2) rows (paper, reviewer) that stand already; among equally good plans the
            one that keeps more of them is taken, and the plan says what is new against them.
        senior: (R,) True for reviewers who count as senior.
        need_senior: (P,) True where at least one reviewer has to be senior.
        affiliation: (R,) affiliation ids; of one affiliation at most one reviews a paper;
            a negative id = not restricted.
        apart: (K, 2) rows (reviewer, reviewer) that never review the same paper.
        cap: highest probability of any pair in a randomized assignment, in hundredths (what is
            finer is rounded down), or None for a plain one. Pins are certain all the same, and of
            two reviewers that are kept apart at most one may be drawn for a paper.
    """

    paper: Ids
    reviewer: Ids
    score: Scores
    demand: Counts
    load_min: Counts
    load_max: Counts
    pinned: Ids
    previous: Ids
    senior: Flags
    need_senior: Flags
    affiliation: Ids
    apart: Ids
    cap: float | None

    def __init__(
        self,
        *,
        paper: ArrayLike,
        reviewer: ArrayLike,
        score: ArrayLike,
        demand: ArrayLike,
        load_max: ArrayLike,
        load_min: ArrayLike | None = None,
        pinned: ArrayLike = (),
        previous: ArrayLike = (),
        senior: ArrayLike | None = None,
        need_senior: ArrayLike | None = None,
        affiliation: ArrayLike | None = None,
        apart: ArrayLike = (),
        cap: float | None = None,
    ) -> None:
        """Convert to arrays and check.

        Raises:
            ProblemError: the first fault found, with its place.
        """
        demands, most = as_counts("demand", demand), as_counts("load_max", load_max)
        papers, reviewers = len(demands), len(most)
        vars(self).update(  # frozen: plain assignment is refused
            paper=as_ids("paper", paper),
            reviewer=as_ids("reviewer", reviewer),
            score=as_scores("score", score),
            demand=demands,
            load_min=as_counts("load_min", _or(load_min, np.zeros(reviewers, np.int64))),
            load_max=most,
            pinned=as_rows("pinned", pinned),
            previous=as_rows("previous", previous),
            senior=as_flags("senior", _or(senior, np.zeros(reviewers, np.bool_))),
            need_senior=as_flags("need_senior", _or(need_senior, np.zeros(papers, np.bool_))),
            affiliation=as_ids("affiliation", _or(affiliation, np.full(reviewers, NO_AFFILIATION))),
            apart=as_rows("apart", apart),
            cap=cap,
        )
        _check(self)

    @property
    def papers(self) -> int:
        return len(self.demand)

    @property
    def reviewers(self) -> int:
        return len(self.load_max)

    def keys(self) -> Counts:
        """(N,) one number per candidate pair, unique and ordered by paper, then reviewer."""
        return self.paper.astype(np.int64) * self.reviewers + self.reviewer

    def check_pairs(self, name: str, rows: Ids) -> None:
        """Raise ProblemError where a row (paper, reviewer) is unknown or occurs twice."""
        check_known(name, rows[:, 0], self.papers)
        check_known(name, rows[:, 1], self.reviewers)
        check_unique(name, self.row_keys(rows), self.reviewers)

    def row_keys(self, rows: Ids) -> Counts:
        """(K,) the same number for rows (paper, reviewer)."""
        return rows[:, 0].astype(np.int64) * self.reviewers + rows[:, 1]


@record(kw_only=True, eq=False)
class Shortfall:
    """The smallest set of papers that share too few reviewers to have all their reviews.

    Attributes:
        papers: ids, ascending. Taken together they lack `missing` reviews in every plan.
        reviewers: ids, ascending: everybody who may review any of these papers.
        demand: reviews these papers need.
        capacity: reviews these reviewers can give to these papers, every rule kept.
        missing: demand - capacity.
        seniors_only: those of the papers for which only one more senior reviewer would help.
    """

    papers: Ids
    reviewers: Ids
    demand: int
    capacity: int
    missing: int
    seniors_only: Ids


@record(kw_only=True, eq=False)
class Plan:
    """An assignment with its figures and with everything that could not be had.

    Attributes:
        paper: (K,) paper of each chosen pair; rows are ordered by paper, then reviewer.
        reviewer: (K,) reviewer of each chosen pair.
        score: (K,) its score.
        pinned: (K,) the chair had fixed it.
        new: (K,) it does not stand already (`Problem.previous`, or `current` of a repair).
        dropped: (M, 2) rows (paper, reviewer) that stood and are not in the plan.
        paper_count: (P,) reviews planned for each paper.
        paper_score: (P,) sum of the scores of each paper's pairs.
        paper_missing: (P,) reviews each paper lacks.
        reviewer_load: (R,) reviews planned for each reviewer.
        load_unmet: (R,) reviews each reviewer lacks to the minimum.
        load_over: (R,) reviews above the maximum; only pins can cause them.
        without_senior: ids of papers that need a senior reviewer and have none.
        pins_unmet: (M, 2) pinned rows that are no candidates (a conflict), hence not in the plan.
        crowded: ids of papers where pins alone break an affiliation or "not together" rule.
        shortfalls: one for each group of papers that share too few reviewers.
        missing_bound: no plan has fewer missing reviews in all; equals what this one misses unless
            a search was cut short, or the pairs were given or drawn.
        total: sum of all scores.
        optimum: the highest total any plan with as few missing reviews can have.
        total_bound: no such plan can exceed this; equals `optimum` unless a search was cut short.
        total_limit: no plan of this objective, and with so good a `worst` where it is balanced, can
            exceed this; equals `total` unless a search was cut short.
        worst: lowest paper_score of the papers that need reviews and are in no shortfall, or nan.
        worst_bound: no plan can have a higher `worst`: the lowest of what each paper could have
            if it came first.
        worst_limit: no plan that keeps the floor can have a higher `worst`; of a balanced plan it
            equals `worst` unless the search was cut short.
        objective: "max", "balanced" or "repair"; "import" where the pairs were given.
        chance: (N,) of a randomized plan: the probability each candidate pair was drawn with, in
            the order of the problem's arrays; `optimum` and `total_bound` are then of the expected
            total, and `total_limit` is nan.
        seconds: wall seconds of each step.
    """

    paper: Ids
    reviewer: Ids
    score: Scores
    pinned: Flags
    new: Flags
    dropped: Ids
    paper_count: Counts
    paper_score: Scores
    paper_missing: Counts
    reviewer_load: Counts
    load_unmet: Counts
    load_over: Counts
    without_senior: Ids
    pins_unmet: Ids
    crowded: Ids
    shortfalls: tuple[Shortfall, ...]
    missing_bound: int
    total: float
    optimum: float
    total_bound: float
    total_limit: float
    worst: float
    worst_bound: float
    worst_limit: float
    objective: str
    chance: Scores | None = None
    seconds: Mapping[str, float] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """Every demand, minimum, pin and rule is met."""
        lacking = (self.paper_missing, self.load_unmet, self.load_over)
        broken = (self.without_senior, self.pins_unmet, self.crowded)
        return not any(part.any() for part in lacking) and not any(len(part) for part in broken)


@record(kw_only=True, eq=False)
class Alternatives:
    """The cheapest single step by which a plan does without each of its pairs.

    Attributes:
        cost: (K,) what the total loses, in the order of the plan's pairs; nan where there is none.
        reviewer: (K,) who reviews the paper instead, or -1.
        takes: (K,) the paper on which the pair's reviewer takes that one's place, or -1 where
            that one simply has room for one more.
    """

    cost: Scores
    reviewer: Ids
    takes: Ids


def _or(given: ArrayLike | None, default: ArrayLike) -> ArrayLike:
    return default if given is None else given


def _check(problem: Problem) -> None:
    n, papers, reviewers = len(problem.paper), problem.papers, problem.reviewers
    for name, values, expected in (
        ("reviewer", problem.reviewer, n),
        ("score", problem.score, n),
        ("load_min", problem.load_min, reviewers),
        ("senior", problem.senior, reviewers),
        ("affiliation", problem.affiliation, reviewers),
        ("need_senior", problem.need_senior, papers),
    ):
        if len(values) != expected:
            raise ProblemError("problem.shape", field=name, expected=expected, found=len(values))
    check_known("paper", problem.paper, papers)
    check_known("reviewer", problem.reviewer, reviewers)
    check_unique("paper, reviewer", problem.keys(), reviewers)
    _check_rows(problem)
    _check_loads(problem)


def _check_rows(problem: Problem) -> None:
    for name, rows in (("pinned", problem.pinned), ("previous", problem.previous)):
        problem.check_pairs(name, rows)
    for column in problem.apart.T:
        check_known("apart", column, problem.reviewers)
    same = np.flatnonzero(problem.apart[:, 0] == problem.apart[:, 1])
    if len(same):
        raise ProblemError(
            "problem.same_reviewer",
            field="apart",
            row=int(same[0]),
            reviewer=int(problem.apart[same[0], 0]),
        )


def _check_loads(problem: Problem) -> None:
    above = np.flatnonzero(problem.load_min > problem.load_max)
    if len(above):
        r = int(above[0])
        raise ProblemError(
            "problem.load_min_above_max",
            reviewer=r,
            load_min=int(problem.load_min[r]),
            load_max=int(problem.load_max[r]),
        )
    if problem.cap is not None and not 0.01 <= problem.cap <= 1:
        raise ProblemError("problem.cap_range", field="cap", value=problem.cap)
