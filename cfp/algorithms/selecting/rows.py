"""The limits as rows of a linear program."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.sparse import csr_array, vstack

from cfp.algorithms.arrays import Flags, Ids, Scores
from cfp.algorithms.selection_problem import (
    NONE,
    Amount,
    FirstTime,
    Items,
    Limit,
    PerAffiliation,
    PerSpeaker,
)
from cfp.records import record

SLACK = 1e-6
"""What a solver takes for met."""


@record(eq=False)
class Rows:
    """lower <= matrix @ x + per_entry * (entries @ x) <= upper, for x of 0 and 1.

    A share of all speaker entries fills its row, and of hundreds of affiliations one or two reach
    it; so their rows are written short, and the solver takes them in when an answer breaks them.

    Attributes:
        matrix: (R, n)
        per_entry: (R,)
        entries: (n,) speaker entries of each item.
        lower: (R,)
        upper: (R,)
        owner: (R,) the limit each row belongs to.
        unit: (R,) what an excess is measured by when several are compared.
    """

    matrix: csr_array
    per_entry: Scores
    entries: Scores
    lower: Scores
    upper: Scores
    owner: Ids
    unit: Scores

    def activity(self, x: Flags | Scores) -> Scores:
        """(R,) what these items add up to."""
        amount: Scores = self.matrix @ x + self.per_entry * float(self.entries @ x)
        return amount

    @property
    def lazy(self) -> Flags:
        """(R,) the rows that are written short."""
        return np.not_equal(self.per_entry, 0)

    def full(self) -> csr_array:
        """(R, n) what stands before x."""
        short = csr_array(self.per_entry[:, None]) @ csr_array(self.entries[None, :])
        return csr_array(self.matrix + short)

    def reach(self) -> tuple[Scores, Scores]:
        """(R,) the least and the most that any choice adds up to."""
        full = self.full()
        return full.minimum(0).sum(axis=1), full.maximum(0).sum(axis=1)

    def excess(self, x: Flags | Scores) -> Scores:
        """(R,) by how much each row is missed, rounding aside."""
        amount = self.activity(x)
        over = np.maximum(np.maximum(amount - self.upper, self.lower - amount), 0)
        return np.where(over > SLACK, over, 0)

    def without(self, limit: int) -> "Rows":
        """The others."""
        return self.only(self.owner != limit)

    def only(self, chosen: Flags) -> "Rows":
        """Some of the rows."""
        return replace(
            self,
            matrix=self.matrix[np.flatnonzero(chosen)],
            **{
                name: getattr(self, name)[chosen]
                for name in ("per_entry", "lower", "upper", "owner", "unit")
            },
        )

    def loosened(self, by: Scores) -> "Rows":
        """As wide as an excess needs."""
        return replace(self, lower=self.lower - by, upper=self.upper + by)


def rows_of(items: Items, limits: Sequence[Limit]) -> Rows:
    """Every limit's rows; one that no choice can break has none."""
    entries = np.array([len(each) for each in items.affiliations], np.float64)
    found = [_rows(items, limit, number, entries) for number, limit in enumerate(limits)]
    empty = _made(entries, csr_array((0, len(items))), np.zeros(0), np.zeros(0), 0)
    rows = replace(
        empty,
        matrix=csr_array(vstack([empty.matrix, *(each.matrix for each in found)])),
        **{
            name: np.concatenate([getattr(each, name) for each in [empty, *found]])
            for name in ("per_entry", "lower", "upper", "owner", "unit")
        },
    )
    least, most = rows.reach()
    return rows.only((least < rows.lower - SLACK) | (most > rows.upper + SLACK))


def _rows(items: Items, limit: Limit, number: int, entries: Scores) -> Rows:
    match limit:
        case Amount():
            lower = -np.inf if limit.least is None else limit.least
            upper = np.inf if limit.most is None else limit.most
            matrix = csr_array(limit.amounts(items)[None, :])
            return _made(entries, matrix, np.array([lower]), np.array([upper]), number)
        case PerSpeaker():
            matrix = _membership([sorted(set(each)) for each in items.speakers])
            most = np.full(matrix.shape[0], float(limit.most))
            return _made(entries, matrix, np.full_like(most, -np.inf), most, number)
        case PerAffiliation():
            known = [[one for one in each if one != NONE] for each in items.affiliations]
            matrix = _membership(known)
            none = np.zeros(matrix.shape[0])
            made = _made(entries, matrix, np.full_like(none, -np.inf), none, number)
            whole = np.full_like(none, max(limit.share * entries.sum(), 1))
            return replace(made, per_entry=none - limit.share, unit=whole)
        case FirstTime():
            matrix = csr_array((items.first_time - limit.share)[None, :])
            made = _made(entries, matrix, np.zeros(1), np.array([np.inf]), number)
            return replace(made, unit=np.array([max(limit.share * len(items), 1)]))


def _made(entries: Scores, matrix: csr_array, lower: Scores, upper: Scores, number: int) -> Rows:
    bound = np.maximum(np.where(np.isfinite(upper), upper, 0), np.where(lower > 0, lower, 0))
    return Rows(
        matrix=matrix,
        per_entry=np.zeros(len(lower)),
        entries=entries,
        lower=lower,
        upper=upper,
        owner=np.full(len(lower), number, np.int32),
        unit=np.maximum(bound, 1.0),
    )


def _membership(groups: Sequence[Sequence[int]]) -> csr_array:
    """(K, n) how often each id that occurs is in a group."""
    ids = np.array([one for each in groups for one in each], np.int64)
    item = np.repeat(np.arange(len(groups)), [len(each) for each in groups])
    known, row = np.unique(ids, return_inverse=True)
    shape = (len(known), len(groups))
    return csr_array((np.ones(len(ids)), (row, item)), shape=shape)
