"""Comparisons and rankings as choices: of some alternatives, one was taken.

A comparison is one choice of "the first", "the second" or "equal". A ranking is a choice of the
best of all, then of the best of the rest, and so on (Plackett 1975; Luce 1959). An alternative is a
row of features, and what is not taken is told apart by nothing else, so both are the same model.
"""

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import coo_array, csr_array

from cfp.algorithms.arrays import Counts, Ids, Scores, as_ids, check_known
from cfp.algorithms.errors import ProblemError
from cfp.records import record

LARGEST_ID = 10_000_000
OUTCOMES = (1, 0, -1)
"""The first is better, they are equal, the second is better."""


@record(eq=False)
class Said:
    """Checked comparisons: each of the first with the second, and whole rankings.

    Attributes:
        first: (K,)
        second: (K,)
        outcome: (K,) of `OUTCOMES`.
        rankings: best first, each of at least two.
        reviewer: (K,) who compared; empty where nobody says.
        rankers: (len(rankings),) who ranked; empty likewise.
        size: n; numbers are below it.
    """

    first: Ids
    second: Ids
    outcome: Ids
    rankings: Sequence[Ids]
    reviewer: Ids
    rankers: Ids
    size: int

    @cached_property
    def pairs(self) -> tuple[Counts, Counts, Counts, Counts]:
        """(first, second, outcome, who) of every two that were laid side by side.

        Those of a ranking are among them; who is -1 where nobody says.
        """
        ranked = [np.triu_indices(len(one), 1) for one in self.rankings]
        better = [one[i] for one, (i, _) in zip(self.rankings, ranked, strict=True)]
        worse = [one[j] for one, (_, j) in zip(self.rankings, ranked, strict=True)]
        sizes = [len(i) for i, _ in ranked]
        who, by = _or_nobody(self.reviewer, self.first), _or_nobody(self.rankers, sizes)
        return (
            np.concatenate([self.first, *better]).astype(np.int64),
            np.concatenate([self.second, *worse]).astype(np.int64),
            np.concatenate([self.outcome, np.ones(sum(sizes), np.int64)]).astype(np.int64),
            np.concatenate([who, np.repeat(by, sizes)]).astype(np.int64),
        )

    @property
    def has_ties(self) -> bool:
        return bool((self.outcome == 0).any())


def _or_nobody(who: Ids, for_each: Sequence[int] | Ids) -> Counts:
    return who.astype(np.int64) if len(who) else np.full(len(for_each), -1, np.int64)


def read(
    first: ArrayLike,
    second: ArrayLike,
    outcome: ArrayLike,
    rankings: Sequence[ArrayLike],
    reviewer: ArrayLike | None,
    rankers: ArrayLike | None,
    size: int | None,
) -> Said:
    """Check.

    Raises:
        ProblemError: the first fault found, with its place, or that nothing was compared.
    """
    arrays = {"first": as_ids("first", first), "second": as_ids("second", second)}
    arrays["outcome"] = as_ids("outcome", outcome)
    arrays["reviewer"] = as_ids("reviewer", () if reviewer is None else reviewer)
    ranked = [as_ids("rankings", one) for one in rankings]
    by = as_ids("rankers", () if rankers is None else rankers)
    _check_shapes(arrays, ranked, by)
    _check_values(arrays, ranked)
    named = np.concatenate([arrays["first"], arrays["second"], *ranked])
    if not len(named):
        raise ProblemError("problem.no_comparisons", field="first")
    most = LARGEST_ID if size is None else size
    check_known("first", named, most)
    for name, values in (("reviewer", arrays["reviewer"]), ("rankers", by)):
        check_known(name, values, LARGEST_ID)
    return Said(
        arrays["first"],
        arrays["second"],
        arrays["outcome"],
        ranked,
        arrays["reviewer"],
        by,
        int(named.max()) + 1 if size is None else size,
    )


def _check_shapes(arrays: dict[str, Ids], ranked: Sequence[Ids], by: Ids) -> None:
    rows = len(arrays["first"])
    wanted = {"second": rows, "outcome": rows, "reviewer": rows if len(arrays["reviewer"]) else 0}
    for name, length in wanted.items():
        if len(arrays[name]) != length:
            found = str(arrays[name].shape)
            raise ProblemError("problem.shape", field=name, expected=f"({length},)", found=found)
    if len(by) not in {0, len(ranked)}:
        expected = f"({len(ranked)},)"
        raise ProblemError("problem.shape", field="rankers", expected=expected, found=str(by.shape))


def _check_values(arrays: dict[str, Ids], ranked: Sequence[Ids]) -> None:
    odd = np.flatnonzero(~np.isin(arrays["outcome"], OUTCOMES))
    if len(odd):
        row = int(odd[0])
        value = int(arrays["outcome"][row])
        raise ProblemError("problem.outcome", field="outcome", row=row, value=value)
    itself = np.flatnonzero(arrays["first"] == arrays["second"])
    if len(itself):
        raise ProblemError("problem.with_itself", field="second", row=int(itself[0]))
    for row, one in enumerate(ranked):
        if len(one) < 2 or len(np.unique(one)) < len(one):
            raise ProblemError("problem.with_itself", field="rankings", row=row)


@record(eq=False)
class Choices:
    """What was taken of what.

    Attributes:
        features: (R, n + 1) of each alternative: strengths, and the readiness to call two equal.
        choice: (R,) the choice that an alternative belongs to, in order.
        taken: (C,) the row that was taken.
    """

    features: csr_array
    choice: Counts
    taken: Counts

    @cached_property
    def sums(self) -> csr_array:
        """(C, R) sums @ values: over the alternatives of each choice."""
        rows, ones = len(self.choice), np.ones(len(self.choice))
        shape = (len(self.taken), rows)
        return csr_array((ones, (self.choice, np.arange(rows))), shape=shape)

    @cached_property
    def starts(self) -> Counts:
        """(C,) the first row of each choice."""
        return np.searchsorted(self.choice, np.arange(len(self.taken)))


def choices(said: Said, *, ties: bool) -> Choices:
    """All of them; `ties`: whether "equal" is among the alternatives."""
    pairs, table = _of_pairs(said, ties)
    blocks, taken = [pairs], [table]
    start, number = len(pairs.choice), len(table)
    for one in said.rankings:
        block, firsts = _of_ranking(one, start, number)
        blocks.append(block)
        taken.append(firsts)
        start, number = start + block.rows, number + len(firsts)
    parts = (np.concatenate([getattr(one, name) for one in blocks]) for name in _Block.PARTS)
    row, column, value, choice = parts
    features = csr_array(coo_array((value, (row, column)), shape=(start, said.size + 1)))
    return Choices(features, choice, np.concatenate(taken))


@record(eq=False)
class _Block:
    """Entries of the features by row, and the choice of each row."""

    row: Counts
    column: Counts
    value: Scores
    choice: Counts

    PARTS = ("row", "column", "value", "choice")

    @property
    def rows(self) -> int:
        return len(self.choice)


def _of_pairs(said: Said, ties: bool) -> tuple[_Block, Counts]:
    """The rows of each comparison stand together: the first, the second, and equal."""
    each, count = 3 if ties else 2, len(said.first)
    start = np.arange(count) * each
    first, second = said.first.astype(np.int64), said.second.astype(np.int64)
    rows: list[Counts] = [start, start + 1]
    columns: list[Counts] = [first, second]
    values = [np.ones(count), np.ones(count)]
    if ties:
        half, last = np.full(count, 0.5), np.full(count, said.size)
        rows += [start + 2] * 3
        columns += [first, second, last]
        values += [half, half, np.ones(count)]
    place = np.select([said.outcome == 1, said.outcome == -1], [0, 1], 2)
    choice = np.repeat(np.arange(count), each)
    entries = np.concatenate(rows), np.concatenate(columns), np.concatenate(values)
    return _Block(*entries, choice), start + place


def _of_ranking(one: Ids, start: int, number: int) -> tuple[_Block, Counts]:
    """The best of all, the best of the rest, ..., the better of the last two."""
    stages = len(one) - 1
    columns = np.concatenate([one[stage:] for stage in range(stages)]).astype(np.int64)
    lengths = len(one) - np.arange(stages)
    rows = start + np.arange(len(columns))
    choice = number + np.repeat(np.arange(stages), lengths)
    firsts = start + np.concatenate([[0], np.cumsum(lengths)[:-1]])
    return _Block(rows, columns, np.ones(len(columns)), choice), firsts.astype(np.int64)
