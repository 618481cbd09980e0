"""How a plan could do without each of its pairs, and what that costs: the cheapest single step.

Two kinds of steps are looked at. A *replacement*: another reviewer with room for one more takes
the paper. An *exchange*: another reviewer takes the paper, and in return the pair's reviewer takes
one of theirs. Both keep every rule the plan keeps: candidates only, loads and minima, seniority,
one per affiliation, "not together", pins. A paper that needs a senior and has one keeps one, also
while it lacks reviewers. What a whole new solve without the pair would lose is at
most this much; chains of more than two papers may do with less.

With B[t, r] = the most that reviewer r in the place of t adds on any of t's papers, the best
exchange for (p, r) is the highest score[p, t] + B[t, r]: two passes over pairs times reviewers.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from cfp.algorithms.arrays import Counts, Flags, Ids, Scores
from cfp.algorithms.plans import sum_by
from cfp.algorithms.problem import Alternatives, Plan, Problem
from cfp.records import record

BLOCK = 2_000_000  # numbers of a block of pairs times reviewers: 16 MB
WIDTH = 2_048  # reviewers whose exchanges are looked at together

NEVER = -np.inf


@record(eq=False)
class _Others:
    """Everybody else on the paper of each pair: parallel (pair, other's reviewer)."""

    pair: Counts
    reviewer: Ids


@record(eq=False)
class _Best:
    """The best step found so far for each pair."""

    gain: Scores
    reviewer: Ids
    takes: Ids

    def improve(self, pairs: Counts, gain: Scores, reviewer: Ids, takes: Ids) -> None:
        """Take these where they are better."""
        better = gain > self.gain[pairs]
        found = pairs[better]
        self.gain[found] = gain[better]
        self.reviewer[found] = reviewer[better]
        self.takes[found] = takes[better]


def alternatives(problem: Problem, plan: Plan) -> Alternatives:
    """The cheapest replacement or exchange for each pair of a plan; pins have none.

    Args:
        problem: what the plan was made of.
        plan: any plan of that problem, whether or not it has the highest total.
    """
    table = _Table(problem, plan)
    pairs = len(plan.paper)
    best = _Best(
        np.full(pairs, NEVER), np.full(pairs, -1, np.int32), np.full(pairs, -1, np.int32)
    )
    _replace(table, best)
    for first in range(0, problem.reviewers, WIDTH):
        _exchange(table, best, first, min(first + WIDTH, problem.reviewers))
    found = best.reviewer >= 0
    return Alternatives(
        cost=np.where(found, plan.score - np.where(found, best.gain, 0), np.nan),
        reviewer=best.reviewer,
        takes=best.takes,
    )


class _Table:
    """Scores of who could take whose place, made block by block."""

    def __init__(self, problem: Problem, plan: Plan) -> None:
        self.problem, self.plan = problem, plan
        self.movable: Counts = np.flatnonzero(~plan.pinned)
        order = np.argsort(problem.paper, kind="stable")
        self._start = np.searchsorted(problem.paper[order], np.arange(problem.papers + 1))
        self._reviewer, self._score = problem.reviewer[order], problem.score[order]
        self._chosen = np.searchsorted(plan.paper, np.arange(problem.papers + 1))
        self._needs_senior = self._sole_seniors()
        apart = np.concatenate([problem.apart, problem.apart[:, ::-1]])
        self._apart = apart[np.argsort(apart[:, 0], kind="stable")]

    def blocks(self) -> Iterator[tuple[Counts, Scores]]:
        """Movable pairs, and for each (b, R) the score anybody in its place would have there.

        -inf for those who cannot: no candidates, on the paper already, or against a rule.
        """
        size = max(1, BLOCK // max(self.problem.reviewers, 1))
        for first in range(0, len(self.movable), size):
            pairs = self.movable[first : first + size]
            yield pairs, self._scores(pairs)

    def _scores(self, pairs: Counts) -> Scores:
        papers = self.plan.paper[pairs]
        scores = np.full((len(pairs), self.problem.reviewers), NEVER)
        row, place = _spread(self._start[papers], self._start[papers + 1])
        scores[row, self._reviewer[place]] = self._score[place]
        row, chosen = _spread(self._chosen[papers], self._chosen[papers + 1])
        scores[row, self.plan.reviewer[chosen]] = NEVER
        rest = chosen != pairs[row]
        self._refuse(scores, pairs, _Others(row[rest], self.plan.reviewer[chosen[rest]]))
        return scores

    def _refuse(self, scores: Scores, pairs: Counts, others: _Others) -> None:
        problem = self.problem
        juniors = ~problem.senior
        scores[np.ix_(self._needs_senior[pairs], juniors)] = NEVER
        theirs = problem.affiliation[others.reviewer]
        tied = theirs >= 0
        for row, affiliation in zip(others.pair[tied], theirs[tied], strict=True):
            scores[row, problem.affiliation == affiliation] = NEVER
        first = np.searchsorted(self._apart[:, 0], others.reviewer, side="left")
        last = np.searchsorted(self._apart[:, 0], others.reviewer, side="right")
        row, place = _spread(first, last)
        scores[others.pair[row], self._apart[place, 1]] = NEVER

    def _sole_seniors(self) -> Flags:
        """(K,) pairs whose reviewer is the only senior on a paper that needs one."""
        plan, problem = self.plan, self.problem
        senior = problem.senior[plan.reviewer]
        number = sum_by(plan.paper, senior.astype(np.float64), problem.papers)
        sole: Flags = senior & problem.need_senior[plan.paper] & (number[plan.paper] == 1)
        return sole


def _spread(first: Counts, last: Counts) -> tuple[Counts, Counts]:
    """Rows 0..n-1 repeated, and beside each the places first..last-1 of its row."""
    length = last - first
    row = np.repeat(np.arange(len(first)), length)
    within = np.arange(length.sum()) - np.repeat(np.cumsum(length) - length, length)
    return row, np.repeat(first, length) + within


def _replace(table: _Table, best: _Best) -> None:
    """Whoever has room takes the paper; the pair's reviewer must not fall below the minimum."""
    problem, plan = table.problem, table.plan
    full = plan.reviewer_load >= problem.load_max
    spare = plan.reviewer_load > problem.load_min
    for pairs, scores in table.blocks():
        scores[:, full] = NEVER
        scores[~spare[plan.reviewer[pairs]]] = NEVER
        reviewer = scores.argmax(axis=1).astype(np.int32)
        gain = scores[np.arange(len(pairs)), reviewer]
        best.improve(pairs, gain, reviewer, np.full(len(pairs), -1, np.int32))


def _exchange(table: _Table, best: _Best, first: int, last: int) -> None:
    """Two reviewers change places on two papers, for the pairs of the reviewers first..last-1."""
    plan, reviewers = table.plan, table.problem.reviewers
    added = np.full((reviewers, last - first), NEVER)
    on: NDArray[np.int32] = np.full((reviewers, last - first), -1, np.int32)
    for pairs, scores in table.blocks():
        gains = scores[:, first:last] - plan.score[pairs, None]
        for pair, gain in zip(pairs, gains, strict=True):
            giver = plan.reviewer[pair]
            better = gain > added[giver]
            added[giver, better] = gain[better]
            on[giver, better] = plan.paper[pair]
    for pairs, scores in table.blocks():
        here = (plan.reviewer[pairs] >= first) & (plan.reviewer[pairs] < last)
        own = plan.reviewer[pairs[here]] - first
        gains = scores[here] + added[:, own].T
        other = gains.argmax(axis=1).astype(np.int32)
        gain = gains[np.arange(len(own)), other]
        best.improve(pairs[here], gain, other, on[other, own])
