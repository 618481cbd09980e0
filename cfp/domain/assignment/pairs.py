"""The pairs a solve chooses from, with their scores: all of them, or the promising ones of many.

Of a large conference each submission keeps the reviewers it matches best, those with a bid, those
it has or must have, and some in turn whatever their score, so that coverage stays possible.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from cfp.domain.assignment.facts import Facts
from cfp.domain.assignment.picks import Pair
from cfp.domain.assignment.rules import AVOID_COST
from cfp.domain.assignment.texts import Candidates

COMPLETE = 200_000
"""Pairs up to which every one is a candidate."""

BEST = 100
"""Reviewers each submission keeps by their score."""

LEAST = 10
"""Submissions each reviewer keeps by their texts, however many others are nearer to these."""

IN_TURN = 4
"""Reviewers taken in turn for each review a submission needs, in proportion to what each can take.

Were everybody free to review everything, giving each of them a fourth of a review would cover all
submissions within everybody's limit, and what can be covered in parts can be covered in wholes.
"""

Array = np.ndarray[Any, Any]


class Pairs(NamedTuple):
    """(N,) parallel arrays ordered by paper, then reviewer."""

    paper: Array
    reviewer: Array
    score: Array


class Matches:
    """How near texts are, by paper; a pair that is not there has nothing in common, or little."""

    def __init__(self, found: Candidates, papers: int) -> None:
        self.reviewer, self.score = found.reviewer, found.score
        self.start = np.searchsorted(found.paper, np.arange(papers + 1))

    def of_paper(self, paper: int) -> tuple[Array, Array]:
        """Reviewers and how near they are, 0 to 1."""
        here = slice(*self.start[paper : paper + 2])
        return self.reviewer[here], self.score[here]

    def of(self, paper: int, reviewer: int) -> float:
        reviewers, scores = self.of_paper(paper)
        at = int(np.searchsorted(reviewers, reviewer))
        known = at < len(reviewers) and reviewers[at] == reviewer
        return float(scores[at]) if known else 0.0


def is_large(papers: int, reviewers: int) -> bool:
    """Whether only promising pairs are looked at."""
    return papers * reviewers > COMPLETE


def candidate_pairs(
    facts: Facts,
    matches: Matches,
    *,
    room: Sequence[int],
    pinned: Collection[Pair],
    whole: Collection[int] = (),
) -> Pairs:
    """Every allowed pair, or the promising ones.

    Args:
        facts: what is known.
        matches: how near the texts are.
        room: (R,) what each may have at most.
        pinned: pairs that have to be candidates.
        whole: papers (rows) with every allowed pair, however large the conference.
    """
    table = _Table(facts, matches)
    wanted = table.columns_by_paper((*facts.bids, *facts.kept, *facts.stood, *pinned))
    turn = _Turn(room)
    large = is_large(len(facts.papers), len(facts.experts))
    chosen = []
    for row, score, open_ in table.rows():
        columns = np.flatnonzero(open_)
        if large and row not in whole:
            must = wanted.get(facts.papers[row].id, [])
            few = turn.take(facts.papers[row].demand * IN_TURN, open_)
            best = _best(columns, score, row)
            kept = np.unique(np.concatenate([best, few, np.array(must, np.int64)]))
            columns = kept[open_[kept]]
        chosen.append(Pairs(np.full(len(columns), row), columns, score[columns]))
    return Pairs(*(np.concatenate(each) for each in zip(*chosen, strict=True)))


def _best(columns: Array, score: Array, row: int) -> Array:
    """The best of these; among equals other ones for each paper, so that nobody is overlooked."""
    turned = (columns - row * BEST) % max(len(score), 1)
    return columns[np.lexsort((turned, -score[columns]))[:BEST]]


class _Turn:
    """Reviewers one after the other, each as often as they have room."""

    def __init__(self, room: Sequence[int]) -> None:
        rooms = np.array(room, np.int64)
        rounds = range(int(rooms.max(initial=0)))
        self.seats = np.concatenate([np.flatnonzero(rooms > each) for each in rounds] or [rooms])
        self.next = 0

    def take(self, count: int, open_: Array) -> Array:
        """The next so many different ones that are open; fewer where there are none."""
        taken: dict[int, None] = {}
        for step in range(len(self.seats)):
            if len(taken) >= count:
                break
            seat = int(self.seats[(self.next + step) % len(self.seats)])
            if open_[seat]:
                taken[seat] = None
        self.next += count
        return np.array(list(taken), np.int64)


class _Table:
    """Scores of one paper with everybody after the other."""

    def __init__(self, facts: Facts, matches: Matches) -> None:
        self.facts, self.matches = facts, matches
        self.place = {expert.person_id: row for row, expert in enumerate(facts.experts)}
        self.plain: dict[int, Array] = {}
        of_affinity = facts.rating.of_affinity
        self.text = np.array([of_affinity(float(one)) for one in matches.score])

    def columns_by_paper(self, pairs: Iterable[Pair]) -> Mapping[int, list[int]]:
        """Submission id -> columns of these people."""
        found: dict[int, list[int]] = defaultdict(list)
        for submission_id, person_id in pairs:
            if person_id in self.place:
                found[submission_id].append(self.place[person_id])
        return found

    def rows(self) -> Iterator[tuple[int, Array, Array]]:
        """(row, (R,) scores, (R,) who may have it) of each paper."""
        facts, rating = self.facts, self.facts.rating
        excluded = self.columns_by_paper(facts.excluded)
        kept = self.columns_by_paper(facts.kept)
        avoided = self.columns_by_paper(facts.avoided)
        bids = self._bids()
        asked = np.array([expert.person_id in facts.asked for expert in facts.experts])
        for row, paper in enumerate(facts.papers):
            score, open_ = self._plain(paper.track_id).copy(), asked.copy()
            reviewers, _near = self.matches.of_paper(row)
            score[reviewers] += self.text[slice(*self.matches.start[row : row + 2])]
            for column, value in bids.get(paper.id, ()):
                score[column] += rating.of_bid(value) - rating.of_bid(None)
            score[avoided.get(paper.id, [])] -= AVOID_COST
            open_[kept.get(paper.id, [])] = True
            open_[excluded.get(paper.id, [])] = False
            yield row, np.round(score, 6), open_

    def _bids(self) -> Mapping[int, list[tuple[int, str]]]:
        found: dict[int, list[tuple[int, str]]] = defaultdict(list)
        for (submission_id, person_id), value in self.facts.bids.items():
            if person_id in self.place:
                found[submission_id].append((self.place[person_id], value))
        return found

    def _plain(self, track_id: int) -> Array:
        """What everybody has by the track alone."""
        if track_id not in self.plain:
            rating, experts = self.facts.rating, self.facts.experts
            levels = np.array([rating.of_level(one.level(track_id)) for one in experts])
            self.plain[track_id] = levels + rating.of_bid(None)
        return self.plain[track_id]
