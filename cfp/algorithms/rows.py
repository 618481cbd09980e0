"""The rules of an assignment as rows of a linear program, for what one flow cannot hold.

Everything is "rows @ x <= upper" over one column per open pair and, where not every minimum can be
met, one column per reviewer for what is lacking to it.
"""


import numpy as np
from scipy.sparse import csr_array

from cfp.algorithms.arrays import Counts, Flags, Ids, Scores
from cfp.algorithms.couplings import apart_pairs, couplings_of
from cfp.algorithms.plans import sum_by
from cfp.algorithms.reduction import Reduced
from cfp.records import record

NEAR = 5  # best candidates of a paper that a linear program starts with

Block = tuple[Counts, Counts, Scores]  # row, column, value of each entry


@record(kw_only=True, eq=False)
class Program:
    """A linear program without its floor's height.

    Attributes:
        pairs: the first columns are the open pairs, so many.
        cost: (C,) to be kept low: minus the score of each column.
        highest: (C,) upper limit of each column; the lower one is 0.
        seats: (P, C) with `filled`: each paper has so many reviews, exactly.
        rows: (K, C) with `upper`: everything else. The last ones are the floors.
        always: (K,) rows that bind nearly always; the others are left out until they are broken.
        early: (K,) rows that are taken in with their second column: where no flow holds a rule,
            very many of them bind, and to meet them one by one would take very many rounds.
        floor_papers: papers of the floor rows, whose `upper` is minus the height.
        held_score: (floors,) what the pins already give to each of these papers.
    """

    pairs: int
    cost: Scores
    highest: Scores
    seats: csr_array
    filled: Scores
    rows: csr_array
    upper: Scores
    always: Flags
    early: Flags
    floor_papers: Counts
    held_score: Scores

    @property
    def floors(self) -> slice:
        return slice(len(self.upper) - len(self.floor_papers), len(self.upper))

    def upper_at(self, height: float) -> Scores:
        """(K,) right-hand sides when no floor paper may have less than `height`."""
        upper = self.upper.copy()
        upper[self.floors] = self.held_score - height
        return upper


def program(reduced: Reduced, missing: Counts, unmet: int, fair: Flags) -> Program:
    """Rows of a problem where each paper lacks `missing` (P,) and all minima together `unmet`."""
    pairs, owed = len(reduced.pair), np.flatnonzero(reduced.owed)
    columns = pairs + (len(owed) if unmet else 0)
    score = reduced.problem.score[reduced.pair]
    held = reduced.problem.score[reduced.held]
    pinned = sum_by(reduced.problem.paper[reduced.held], held, len(reduced.seats))
    papers = np.flatnonzero(fair)
    blocks = [
        (_room(reduced), reduced.room),
        (_lacking(pairs, columns), np.array([unmet])),
        (_owed(reduced, owed, columns), -reduced.owed[owed]),
        _juniors(reduced),
        _affiliations(reduced),
        _apart(reduced),
        (_floors(reduced, score, papers), pinned[papers]),
    ]
    rows, upper = _stack(blocks, columns)
    ends = np.cumsum([len(right) for _, right in blocks])
    return Program(
        pairs=pairs,
        cost=np.append(-score, np.zeros(columns - pairs)),
        highest=np.append(np.ones(pairs), reduced.owed[owed][: columns - pairs]).astype(np.float64),
        seats=_matrix(_entries(reduced.paper), len(reduced.seats), columns),
        filled=(reduced.seats - missing).astype(np.float64),
        rows=rows,
        upper=upper,
        always=np.arange(len(upper)) <= len(reduced.room),
        early=_between(ends[3], ends[5] if couplings_of(reduced).count else ends[3], len(upper)),
        floor_papers=papers,
        held_score=pinned[papers],
    )


def promising(reduced: Reduced, chosen: Counts) -> Flags:
    """(M,) the best candidates of each paper, and a plan's pairs."""
    score = reduced.problem.score[reduced.pair]
    order = np.lexsort((-score, reduced.paper))
    paper = reduced.paper[order]
    rank = np.arange(len(paper)) - np.searchsorted(paper, paper)
    near = np.zeros(len(paper), np.bool_)
    near[order[rank < NEAR]] = True
    near[chosen] = True
    return near


def _between(first: int, end: int, size: int) -> Flags:
    number = np.arange(size)
    flags: Flags = (number >= first) & (number < end)
    return flags


def _matrix(block: Block, rows: int, columns: int) -> csr_array:
    row, column, value = block
    return csr_array((value, (row, column)), shape=(rows, columns))


def _stack(blocks: list[tuple[Block, Counts | Scores]], columns: int) -> tuple[csr_array, Scores]:
    first, parts = 0, []
    for (row, column, value), upper in blocks:
        parts.append((row + first, column, value))
        first += len(upper)
    row, column, value = (np.concatenate(part) for part in zip(*parts, strict=True))
    upper = np.concatenate([upper for _, upper in blocks]).astype(np.float64)
    return _matrix((row, column, value), first, columns), upper


def _entries(row: Counts | Ids, column: Counts | None = None) -> Block:
    column = np.arange(len(row)) if column is None else column
    return row.astype(np.int64), column, np.ones(len(row))


def _room(reduced: Reduced) -> Block:
    return _entries(reduced.reviewer)


def _lacking(pairs: int, columns: int) -> Block:
    """One row: what is lacking to all minima together."""
    return _entries(np.zeros(columns - pairs, np.int64), np.arange(pairs, columns))


def _owed(reduced: Reduced, owed: Counts, columns: int) -> Block:
    place = np.full(len(reduced.room), -1)
    place[owed] = np.arange(len(owed))
    row = place[reduced.reviewer]
    column = np.flatnonzero(row >= 0)
    lacking = np.arange(len(reduced.pair), columns)
    row = np.concatenate([row[column], np.arange(len(lacking))])
    return row, np.concatenate([column, lacking]), -np.ones(len(row))


def _juniors(reduced: Reduced) -> tuple[Block, Counts]:
    papers = np.flatnonzero(reduced.need_senior)
    place = np.full(len(reduced.seats), -1)
    place[papers] = np.arange(len(papers))
    junior = ~reduced.problem.senior[reduced.reviewer]
    column = np.flatnonzero(junior & (place[reduced.paper] >= 0))
    return _entries(place[reduced.paper[column]], column), np.maximum(reduced.seats[papers] - 1, 0)


def _affiliations(reduced: Reduced) -> tuple[Block, Counts]:
    affiliation = reduced.problem.affiliation[reduced.reviewer]
    tied = np.flatnonzero(affiliation >= 0)
    size = np.int64(affiliation.max(initial=0)) + 1
    _, member, count = np.unique(
        reduced.paper[tied] * size + affiliation[tied], return_inverse=True, return_counts=True
    )
    several = count > 1
    place = np.cumsum(several) - 1
    behind = several[member]
    return (
        _entries(place[member[behind]], tied[behind]),
        np.ones(np.count_nonzero(several), np.int64),
    )


def _apart(reduced: Reduced) -> tuple[Block, Counts]:
    column = apart_pairs(reduced).ravel()
    return _entries(np.arange(len(column)) // 2, column), np.ones(len(column) // 2, np.int64)


def _floors(reduced: Reduced, score: Scores, papers: Counts) -> Block:
    place = np.full(len(reduced.seats), -1)
    place[papers] = np.arange(len(papers))
    column = np.flatnonzero(place[reduced.paper] >= 0)
    return place[reduced.paper[column]], column, -score[column]
