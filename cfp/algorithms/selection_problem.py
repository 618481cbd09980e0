"""What can be accepted, under which limits, and what came of it: plain arrays, no solver."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

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
    as_scores,
)
from cfp.algorithms.errors import ProblemError
from cfp.records import record

__all__ = [
    "NONE",
    "Amount",
    "Cost",
    "Entering",
    "FirstTime",
    "Items",
    "Limit",
    "PerAffiliation",
    "PerSpeaker",
    "ProblemError",
    "Relaxed",
    "Selection",
    "Waiting",
]

NONE = -1
"""No type, no track, no day, no affiliation."""

LARGEST = 1e9


@dataclass(frozen=True, init=False, eq=False)
class Items:
    """The submissions to choose from; whatever is left out is not known.

    Attributes:
        score: (n,) what accepting it adds to the value; may be negative.
        minutes: (n,) that it takes.
        type: (n,) number of its type, `NONE` = none.
        track: (n,)
        day: (n,) the one day on which it can be.
        speakers: (n,) ids of its speakers.
        affiliations: (n,) one id for each of its speakers' entries, `NONE` = not known.
        first_time: (n,) whether it counts for the share of first-time speakers.
        must: (n,) the chair wants it in.
        never: (n,) the chair wants it out.
    """

    score: Scores
    minutes: Counts
    type: Ids
    track: Ids
    day: Ids
    speakers: tuple[tuple[int, ...], ...]
    affiliations: tuple[tuple[int, ...], ...]
    first_time: Flags
    must: Flags
    never: Flags

    def __init__(
        self,
        *,
        score: ArrayLike,
        minutes: ArrayLike | None = None,
        type: ArrayLike | None = None,
        track: ArrayLike | None = None,
        day: ArrayLike | None = None,
        speakers: Sequence[Sequence[int]] = (),
        affiliations: Sequence[Sequence[int]] = (),
        first_time: ArrayLike | None = None,
        must: ArrayLike | None = None,
        never: ArrayLike | None = None,
    ) -> None:
        """Convert to arrays and check.

        Raises:
            ProblemError: the first fault found, with its place.
        """
        scores = as_scores("score", score)
        n = len(scores)
        none, no = np.full(n, NONE), np.zeros(n, np.bool_)
        vars(self).update(  # frozen: plain assignment is refused
            score=scores,
            minutes=as_counts("minutes", np.zeros(n) if minutes is None else minutes),
            type=as_ids("type", none if type is None else type),
            track=as_ids("track", none if track is None else track),
            day=as_ids("day", none if day is None else day),
            speakers=tuple(map(tuple, speakers)) or ((),) * n,
            affiliations=tuple(map(tuple, affiliations)) or ((),) * n,
            first_time=as_flags("first_time", no if first_time is None else first_time),
            must=as_flags("must", no if must is None else must),
            never=as_flags("never", no if never is None else never),
        )
        self._check()

    def __len__(self) -> int:
        return len(self.score)

    def _check(self) -> None:
        for name in vars(self):
            found = len(getattr(self, name))
            if found != len(self):
                raise ProblemError("problem.shape", field=name, expected=len(self), found=found)
        _check_size("score", np.abs(self.score))
        for row in np.flatnonzero(self.must & self.never):
            raise ProblemError("selection.must_never", field="must", row=int(row))


@record(kw_only=True)
class Amount:
    """So many minutes, or items, at least or at most; of one type, track or day, or in all.

    Attributes:
        name: what it is called in the answer.
        of: what is counted.
        least: or None.
        most: or None.
        type: only items of that type.
        track: only of that track.
        day: only of that day.
        price: of giving it up, beside that of the other limits.
    """

    name: str
    of: Literal["minutes", "items"] = "items"
    least: float | None = None
    most: float | None = None
    type: int | None = None
    track: int | None = None
    day: int | None = None
    price: float = 1.0

    def amounts(self, items: Items) -> Scores:
        """(n,) what each item counts for; 0 where it does not."""
        counts = items.minutes if self.of == "minutes" else np.ones(len(items))
        for name in ("type", "track", "day"):
            if getattr(self, name) is not None:
                counts = counts * (getattr(items, name) == getattr(self, name))
        return counts.astype(np.float64)

    def check(self) -> None:
        """Raise ProblemError unless it limits something and can be met by some number."""
        if self.least is None and self.most is None:
            raise ProblemError("selection.no_bound", name=self.name)
        for value in (self.least, self.most):
            if value is not None and not 0 <= value <= LARGEST:
                raise ProblemError("selection.bound_range", name=self.name, value=value)
        if self.least is not None and self.most is not None and self.least > self.most:
            raise ProblemError(
                "selection.least_above_most", name=self.name, least=self.least, most=self.most
            )
        if self.of not in ("minutes", "items"):
            raise ProblemError("selection.measure", name=self.name, value=self.of)


@record(kw_only=True)
class PerSpeaker:
    """At most so many items of each speaker."""

    name: str
    most: int
    price: float = 1.0

    def check(self) -> None:
        if not 0 <= self.most <= LARGEST or self.most != int(self.most):
            raise ProblemError("selection.bound_range", name=self.name, value=self.most)


@record(kw_only=True)
class PerAffiliation:
    """At most this share of the accepted speaker entries from each affiliation."""

    name: str
    share: float
    price: float = 1.0

    def check(self) -> None:
        _check_share(self.name, self.share)


@record(kw_only=True)
class FirstTime:
    """At least this share of the accepted items by first-time speakers."""

    name: str
    share: float
    price: float = 1.0

    def check(self) -> None:
        _check_share(self.name, self.share)


Limit = Amount | PerSpeaker | PerAffiliation | FirstTime


@record
class Relaxed:
    """A limit that had to be given up, and by how much in its own unit.

    Minutes or items; items too many, added over the speakers; entries too many, added over the
    affiliations; items by first-time speakers that lack.
    """

    name: str
    by: float


@record
class Cost:
    """What a limit costs: the value gained without it, who then enters and who leaves."""

    name: str
    gained: float
    enters: tuple[int, ...]
    leaves: tuple[int, ...]


@record
class Entering:
    """Who enters if a limit let one more in and nobody lost a place; else what blocks the best."""

    name: str
    item: int | None
    blocked_by: tuple[str, ...] = ()


@record
class Waiting:
    """Who moves up when an accepted one of this type and track drops out, in this order.

    Attributes:
        type: of the free slot.
        track: of it.
        items: first to last, each with those before it let in.
        blocked: who cannot move up, and the limits that block.
    """

    type: int
    track: int
    items: tuple[int, ...]
    blocked: tuple[tuple[int, tuple[str, ...]], ...] = ()


@record(kw_only=True, eq=False)
class Selection:
    """What to accept, and why.

    Attributes:
        accepted: (n,)
        value: sum of the scores of the accepted.
        bound: no choice within the limits is worth more; equal to the value where that is proven.
        relaxed: limits that cannot be met together with the others: the cheapest to give up.
        binding: names of the limits that cost something, dearest first; of the full ones where
            nobody asked for the costs.
        costs: of each binding limit.
        entering: for each most of minutes or items that is reached.
        waitlist: for each type and track with somebody left.
        chance: (n,) share of the draws in which it would be accepted, or None without draws.
        drawn: for how many draws there was time.
        used: name of each amount -> minutes or items accepted.
        seconds: wall seconds of each step.
    """

    accepted: Flags
    value: float
    bound: float
    relaxed: tuple[Relaxed, ...]
    binding: tuple[str, ...]
    costs: tuple[Cost, ...]
    entering: tuple[Entering, ...]
    waitlist: tuple[Waiting, ...]
    chance: Scores | None
    drawn: int
    used: dict[str, float]
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def proven(self) -> bool:
        """Whether no other choice is worth more, by over a ten-thousandth."""
        return self.bound - self.value <= 1.01e-4 * max(1.0, abs(self.value))


def check_limits(limits: Sequence[Limit]) -> None:
    """Raise ProblemError for a limit that no choice could meet, or two of one name."""
    names: set[str] = set()
    for limit in limits:
        if limit.name in names:
            raise ProblemError("selection.same_name", name=limit.name)
        names.add(limit.name)
        limit.check()
        if not 0 < limit.price <= LARGEST:
            raise ProblemError("selection.price_range", name=limit.name, value=limit.price)


def _check_share(name: str, share: float) -> None:
    if not 0 <= share <= 1:
        raise ProblemError("selection.share_range", name=name, value=share)


def _check_size(name: str, values: Scores) -> None:
    for row in np.flatnonzero(values > LARGEST):
        raise ProblemError("problem.too_large", field=name, row=int(row), value=float(values[row]))
