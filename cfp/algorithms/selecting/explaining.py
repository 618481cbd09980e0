"""Why a choice is what it is: what each limit costs, and who is next."""

from collections.abc import Iterator, Sequence
from time import monotonic

import numpy as np

from cfp.algorithms.arrays import Counts, Flags, Scores
from cfp.algorithms.selecting.rows import SLACK, Rows
from cfp.algorithms.selecting.solving import ROUNDING, Solver
from cfp.algorithms.selection_problem import Amount, Cost, Entering, Items, Limit, Waiting
from cfp.algorithms.steps import Steps


def costs(
    solver: Solver,
    score: Scores,
    rows: Rows,
    asked: Sequence[tuple[int, str]],
    chosen: Flags,
    steps: Steps,
    gap: float,
) -> tuple[Cost, ...]:
    """Solve again without each limit (number, name); dearest first. Duals mislead: x is whole."""
    value, found = float(score[chosen].sum()), []
    for done, (limit, name) in enumerate(asked, start=1):
        rest = rows.without(limit)
        best = solver.best(score, rest, gap=gap)
        gained = 0.0 if best is None else float(score[best.accepted].sum()) - value
        if best is not None and gained > ROUNDING * max(1.0, abs(value)):
            near = _nearer(score, rest, chosen, best.accepted)
            enters, leaves = near & ~chosen, chosen & ~near
            found.append(Cost(name, gained, _numbers(enters), _numbers(leaves)))
        steps.advance(done / len(asked))
    return tuple(sorted(found, key=lambda cost: -cost.gained))


def _nearer(score: Scores, rows: Rows, standing: Flags, other: Flags) -> Flags:
    """The other choice without its exchanges of an item for one of the same score."""
    near = other.copy()
    for enters in np.flatnonzero(other & ~standing):
        for leaves in np.flatnonzero(standing & ~near & (score == score[enters])):
            near[[enters, leaves]] = False, True
            if not rows.excess(near).any():
                break
            near[[enters, leaves]] = True, False
    return near


class _Room:
    """What the limits still let in beside the accepted, who all stay."""

    def __init__(self, limits: Sequence[Limit], rows: Rows, chosen: Flags) -> None:
        self.limits, self.rows = limits, rows
        self.amount = rows.activity(chosen)
        self._columns = rows.matrix.tocsc()

    def joined(self, item: int) -> Scores:
        """(R,) what the accepted and one item more add up to."""
        joined: Scores = self.amount + self.rows.per_entry * self.rows.entries[item]
        own = slice(*self._columns.indptr[item : item + 2])
        joined[self._columns.indices[own]] += self._columns.data[own]
        return joined

    def blocked(self, joined: Scores, open_: Flags) -> tuple[str, ...]:
        """The limits that these amounts break and the accepted do not, rows left open aside.

        A floor that the accepted just keep can break too: a share of them does.
        """
        worse = (joined > self.rows.upper + SLACK) & (joined > self.amount + SLACK)
        worse |= (joined < self.rows.lower - SLACK) & (joined < self.amount - SLACK)
        found = np.unique(self.rows.owner[worse & ~open_]).tolist()
        return tuple(self.limits[one].name for one in found)


def entering(
    items: Items, limits: Sequence[Limit], rows: Rows, chosen: Flags, left: Counts
) -> tuple[Entering, ...]:
    """For each amount that lets in none of those left: who were next if it did; `left` best first.

    Who is blocked by other limits is passed over, and where all are, the limits that block the best
    one are named.
    """
    room, found = _Room(limits, rows, chosen), []
    for number, limit in enumerate(limits):
        if not isinstance(limit, Amount) or limit.most is None:
            continue
        own = rows.owner == number
        amounts = limit.amounts(items)
        candidates = [int(one) for one in left if amounts[one]]
        if own.any() and candidates and _full(room, own, candidates):
            found.append(_next(room, limit.name, own, candidates))
    return tuple(found)


def waitlist(
    items: Items, limits: Sequence[Limit], rows: Rows, chosen: Flags, left: Counts
) -> tuple[Waiting, ...]:
    """Who moves up, per type and track: a slot that gets free makes room in every amount."""
    amounts = [number for number, limit in enumerate(limits) if isinstance(limit, Amount)]
    open_ = np.isin(rows.owner, amounts)
    kinds = np.column_stack([items.type, items.track])[left]
    room, found = _Room(limits, rows, chosen), []
    start = room.amount
    for type_, track in np.unique(kinds, axis=0).tolist():
        room.amount = start
        waiting, blocked = [], []
        for item in left[(kinds == (type_, track)).all(axis=1)].tolist():
            joined = room.joined(item)
            by = room.blocked(joined, open_)
            if by:
                blocked.append((item, by))
            else:
                waiting.append(item)
                room.amount = joined
        found.append(Waiting(type_, track, tuple(waiting), tuple(blocked)))
    return tuple(found)


def chances(
    solver: Solver, rows: Rows, draws: Scores, steps: Steps, *, gap: float, seconds: float
) -> tuple[Scores, int]:
    """(n,) share of the draws (D, n) in which each would be accepted, and how many these are.

    Those for which there is no more time are left out; the first is made in any case.
    """
    inside, done, ends = np.zeros(draws.shape[1]), 0, monotonic() + seconds
    for score in draws:
        best = solver.best(score, rows, gap=gap)
        inside += 0 if best is None else best.accepted
        done += 1
        if monotonic() >= ends:
            break
        steps.advance(done / len(draws))
    return inside / done, done


def full(limits: Sequence[Limit], rows: Rows, chosen: Flags) -> Iterator[str]:
    """Names of the limits that have no room at all."""
    amount = rows.activity(chosen)
    tight = (amount >= rows.upper - SLACK) | (amount <= rows.lower + SLACK)
    for limit in np.unique(rows.owner[tight]).tolist():
        yield limits[limit].name


def _full(room: _Room, own: Flags, candidates: Sequence[int]) -> bool:
    return all((room.joined(one) > room.rows.upper + SLACK)[own].any() for one in candidates)


def _next(room: _Room, name: str, own: Flags, candidates: Sequence[int]) -> Entering:
    blocked: tuple[str, ...] = ()
    for item in candidates:
        by = room.blocked(room.joined(item), own)
        if not by:
            return Entering(name, item)
        blocked = blocked or by
    return Entering(name, None, blocked)


def _numbers(chosen: Flags) -> tuple[int, ...]:
    return tuple(int(one) for one in np.flatnonzero(chosen))
