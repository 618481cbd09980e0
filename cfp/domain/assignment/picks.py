"""What a solve is asked for, what it picks, and what stands: plain values, no query is made."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from cfp.domain.assignment.rules import KEPT
from cfp.domain.assignment.scoring import Because, Parts
from cfp.records import record

Pair = tuple[int, int]
"""(submission id, person id)."""


@record
class Options:
    """What a solve is asked for.

    Attributes:
        most: reviews for each reviewer at most; None = as even as possible.
        tracks: only these tracks; None = all.
        repair: change as little as possible.
        objective: one of `OBJECTIVES`; a repair has its own.
        pinned: pairs that have to be in it.
        forbidden: pairs that must not be in it.
        replaced: pairs whose reviewers say nothing: somebody else shall have them.
        submissions: only these; None = all.
        imported: the pairs themselves, where they come from a table and are only to be judged.
        removed: pairs that stand and that the table takes away in so many words.
    """

    most: int | None = None
    tracks: tuple[int, ...] | None = None
    repair: bool = False
    pinned: frozenset[Pair] = frozenset()
    forbidden: frozenset[Pair] = frozenset()
    objective: str = "balanced"
    replaced: frozenset[Pair] = frozenset()
    submissions: frozenset[int] | None = None
    imported: frozenset[Pair] | None = None
    removed: frozenset[Pair] = frozenset()

    def as_json(self) -> dict[str, Any]:
        return {
            "most": self.most,
            "tracks": None if self.tracks is None else list(self.tracks),
            "repair": self.repair,
            "pinned": sorted(map(list, self.pinned)),
            "forbidden": sorted(map(list, self.forbidden)),
            "objective": self.objective,
            "replaced": sorted(map(list, self.replaced)),
            **self._import_as_json(),
        }

    def _import_as_json(self) -> dict[str, Any]:
        if self.imported is None:
            return {}
        return {
            "submissions": sorted(self.submissions or ()),
            "imported": sorted(map(list, self.imported)),
            "removed": sorted(map(list, self.removed)),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Options":
        tracks, imported = stored.get("tracks"), stored.get("imported")
        return cls(
            most=stored.get("most"),
            tracks=None if tracks is None else tuple(tracks),
            repair=bool(stored.get("repair")),
            pinned=_pairs(stored.get("pinned", ())),
            forbidden=_pairs(stored.get("forbidden", ())),
            objective=stored.get("objective", "balanced"),
            replaced=_pairs(stored.get("replaced", ())),
            submissions=None if imported is None else frozenset(stored["submissions"]),
            imported=None if imported is None else _pairs(imported),
            removed=_pairs(stored.get("removed", ())),
        )


def _pairs(stored: Iterable[Sequence[int]]) -> frozenset[Pair]:
    return frozenset((one[0], one[1]) for one in stored)


class Alternative(NamedTuple):
    """The cheapest single step by which the proposal does without a pair.

    `person_id` reviews the submission instead, and where `takes_id` is given, the pair's reviewer
    takes that one's place on this other submission. `cost` is what the sum of all scores loses: an
    upper bound, as a rearrangement of many pairs may lose less.
    """

    cost: float
    person_id: int
    takes_id: int | None = None

    def as_json(self) -> dict[str, int | None]:
        return {"person": self.person_id, "takes": self.takes_id}


COUNTING = frozenset({"", "pinned", "chosen"})
"""Marks of pairs that applying makes assignments."""


class Pick(NamedTuple):
    """A pair of the proposal.

    mark: "" as solved, "pinned", "dropped" (not applied), "forbidden" (nor solved so again),
    "swapped" (somebody else took its place) or "chosen" (who did, by a chair).
    because: the text behind the parts, where there is one.
    """

    submission_id: int
    person_id: int
    parts: Parts
    mark: str = ""
    because: Because | None = None
    alternative: Alternative | None = None

    @property
    def pair(self) -> Pair:
        return self.submission_id, self.person_id

    @property
    def counts(self) -> bool:
        """Whether applying the proposal makes it an assignment."""
        return self.mark in COUNTING


class Stand(NamedTuple):
    """An assignment as it stands; `started` when a review has been begun, `blocked` since then."""

    id: int
    submission_id: int
    person_id: int
    state: str
    pinned: bool
    started: bool
    blocked: bool

    @property
    def pair(self) -> Pair:
        return self.submission_id, self.person_id

    @property
    def kept(self) -> bool:
        """Whether a solve must leave it: said yes, begun, or pinned by a chair."""
        return not self.blocked and (self.state in KEPT or self.started or self.pinned)


@record
class Difference:
    """What applying a proposal changes; `gone` says why for each pair that is taken away."""

    new: Sequence[Pick]
    kept: Sequence[Pick]
    left_out: Sequence[Pick]
    gone: Mapping[Pair, str]

    @property
    def changes(self) -> int:
        return len(self.new) + len(self.gone)


def parts_from(stored: Sequence[Any]) -> Parts:
    """The parts of a score as a row keeps them."""
    return Parts(*stored)


def digest(pairs: Iterable[Pair]) -> str:
    """What stood, in few letters: a proposal made on something else is not applied."""
    text = ";".join(f"{submission_id},{person_id}" for submission_id, person_id in sorted(pairs))
    return hashlib.sha256(text.encode()).hexdigest()[:32]
