"""Pairs that exclude each other in a way one flow cannot hold: two sides, of which one stays empty.

"Not together" couples two reviewers on one paper. Where a paper needs a senior, an affiliation's
juniors and seniors come in by gates of their own (see `flow`), so their two sides are coupled here.
"""


import numpy as np

from cfp.algorithms.arrays import Counts, Flags, Ids
from cfp.algorithms.reduction import Reduced
from cfp.records import record


@record(eq=False)
class Couplings:
    """Each coupling has two sides; the first is the one to give up where nothing else says which.

    Attributes:
        pair: (E,) positions of open pairs.
        side: (E,) twice the coupling's number, plus one on its second side.
        count: how many couplings there are.
    """

    pair: Counts
    side: Counts
    count: int

    def used(self, amount: Counts) -> Counts:
        """(G, 2) the flow on each side."""
        return _sums(self.side, amount[self.pair], 2 * self.count).reshape(-1, 2)

    def broken(self, amount: Counts) -> Counts:
        """Numbers of the couplings that have flow on both sides."""
        return np.flatnonzero((self.used(amount) > 0).all(axis=1))

    def closing(self, closed: Flags, sides: Counts) -> Flags:
        """(M,) `closed`, and the pairs of these sides."""
        fewer = closed.copy()
        fewer[self.pair[np.isin(self.side, sides)]] = True
        return fewer

    def tolls(self, price: Counts, pairs: int) -> Counts:
        """(M,) what each pair pays when each coupling takes its price from both sides."""
        return _sums(self.pair, price[self.side // 2], pairs)


def couplings_of(reduced: Reduced) -> Couplings:
    """All of them, whether or not any plan would break them."""
    together, mixed = _together(reduced), _mixed(reduced)
    pair, side = (
        np.concatenate([together.ravel(), mixed[0]]),
        np.concatenate([np.arange(together.size), mixed[1] + together.size]),
    )
    return Couplings(pair, side, int(side.max(initial=-1)) // 2 + 1)


def apart_pairs(reduced: Reduced) -> Counts:
    """(K, 2) positions of open pairs of two reviewers on one paper who must not meet."""
    found: list[Counts] = [np.zeros((0, 2), np.int64)]
    for one, other in np.unique(np.sort(reduced.problem.apart, axis=1), axis=0):
        ones, others = (np.flatnonzero(reduced.reviewer == r) for r in (one, other))
        _, at, its = np.intersect1d(reduced.paper[ones], reduced.paper[others], return_indices=True)
        found.append(np.stack([ones[at], others[its]], axis=1))
    return np.concatenate(found)


def _together(reduced: Reduced) -> Counts:
    """The same, the lower score first."""
    pairs = apart_pairs(reduced)
    score = reduced.problem.score[reduced.pair[pairs]]
    return np.take_along_axis(pairs, np.argsort(score, axis=1, kind="stable"), axis=1)


def _mixed(reduced: Reduced) -> tuple[Counts, Counts]:
    """Pairs and sides of affiliations that have juniors (first) and seniors for a paper."""
    affiliation = reduced.problem.affiliation[reduced.reviewer]
    tied = np.flatnonzero((affiliation >= 0) & reduced.need_senior[reduced.paper])
    size = np.int64(affiliation.max(initial=0)) + 1
    _, group = np.unique(reduced.paper[tied] * size + affiliation[tied], return_inverse=True)
    side = 2 * group + reduced.problem.senior[reduced.reviewer[tied]]
    members = np.bincount(side, minlength=2 * (int(group.max(initial=-1)) + 1)).reshape(-1, 2)
    several = np.minimum(members[:, 0], members[:, 1]) > 0
    kept, number = several[group], np.cumsum(several) - 1
    return tied[kept], 2 * number[group[kept]] + side[kept] % 2


def _sums(ids: Ids | Counts, values: Counts, size: int) -> Counts:
    """(size,) exact sums of whole numbers."""
    found = np.zeros(size, np.int64)
    np.add.at(found, ids, values)
    return found
