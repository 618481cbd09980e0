"""Which two a reviewer is asked to compare next: plain facts in, ids out."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from cfp.records import record

HANDFUL = 7
"""So many can be ranked at once: more than that nobody keeps in mind (Miller 1956)."""


@record
class Told:
    """What a reviewer has said: ids, and their places; those skipped have none."""

    members: Sequence[int]
    places: Sequence[int] = ()


@dataclass
class _Known:
    """Of one submission by one reviewer: whom it met, won how often, and what is connected."""

    met: set[int] = field(default_factory=set)
    compared: int = 0
    won: float = 0.0
    group: int = 0

    @property
    def level(self) -> float:
        """Share of wins, a half until anything is known."""
        return (self.won + 0.5) / (self.compared + 1)


def next_pair(order: Sequence[int], told: Iterable[Told]) -> tuple[int, int] | None:
    """The two of whom a comparison tells most; None when every two were compared or skipped.

    One is what this reviewer has compared least, in their own order. The other is one that nothing
    connects it with yet, but which has been compared itself, so that a few comparisons are enough
    to connect all. Of these it is the one compared least, so that no submission becomes the measure
    of all others, and then the nearest by the wins so far, as of two alike the outcome tells most.
    The same answer until something is said; which one stands first is neither's merit.
    """
    told = list(told)
    known, place = _known(order, told), {id_: number for number, id_ in enumerate(order)}
    for one in sorted(order, key=lambda id_: (known[id_].compared, place[id_])):
        mine = known[one]
        others = [id_ for id_ in order if id_ != one and id_ not in mine.met]
        if others:
            other = min(others, key=lambda id_: (*_distance(mine, known[id_]), place[id_]))
            return (one, other) if (one + other + len(told)) % 2 else (other, one)
    return None


def handful(order: Sequence[int], told: Iterable[Told]) -> list[int]:
    """Those of `order` that were compared least, as many as can be ranked at once."""
    known = _known(order, told)
    place = {id_: number for number, id_ in enumerate(order)}
    return sorted(order, key=lambda id_: (known[id_].compared, place[id_]))[:HANDFUL]


def places_left_right(better: str) -> tuple[int, int] | None:
    """Of two: 1 is the better one; None where it was skipped."""
    return {"left": (1, 2), "right": (2, 1), "equal": (1, 1), "skip": None}[better]


def _distance(one: _Known, other: _Known) -> tuple[bool, bool, int, float]:
    return (
        other.group == one.group,
        not other.compared,
        other.compared,
        round(abs(one.level - other.level), 9),
    )


def _known(order: Sequence[int], told: Iterable[Told]) -> dict[int, _Known]:
    here = {id_: _Known(group=id_) for id_ in order}
    groups: dict[int, list[int]] = defaultdict(list, {id_: [id_] for id_ in order})
    for one in told:
        places = dict(zip(one.members, one.places, strict=False))
        for a, b in combinations([id_ for id_ in one.members if id_ in here], 2):
            here[a].met.add(b)
            here[b].met.add(a)
            if places:
                _count(here[a], here[b], places[a], places[b])
                _join(here, groups, here[a].group, here[b].group)
    return here


def _count(one: _Known, other: _Known, place: int, beside: int) -> None:
    share = 0.5 if place == beside else float(place < beside)
    one.won, other.won = one.won + share, other.won + 1 - share
    one.compared, other.compared = one.compared + 1, other.compared + 1


def _join(here: dict[int, _Known], groups: dict[int, list[int]], one: int, other: int) -> None:
    """The smaller group takes the name of the larger."""
    if one == other:
        return
    if len(groups[one]) < len(groups[other]):
        one, other = other, one
    for id_ in groups.pop(other):
        here[id_].group = one
        groups[one].append(id_)
