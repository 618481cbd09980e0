"""What speaks for a reviewer on a submission, in parts that can be shown. No query is made."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import sqrt
from typing import Any, NamedTuple, Self

from cfp.domain.assignment.fillers import FILLERS
from cfp.domain.assignment.models import ReviewerProfile
from cfp.domain.assignment.rules import AVOID_COST, BIDS, LEVELS, NO_BID, USUAL_WEIGHTS
from cfp.domain.submissions.rules import folded

_WORD = re.compile(r"[^\W_]+")
DIGITS = 4
"""Of a part; what is finer nobody reads, and sums of parts stay exact."""


class Parts(NamedTuple):
    """The parts of a pair's score; `avoid` is a cost, the others lie between 0 and their weight.

    `bid_word` is the bid behind its part, "" for none; None where bids are not used.
    """

    bid: float = 0.0
    track: float = 0.0
    text: float = 0.0
    avoid: float = 0.0
    bid_word: str | None = None

    @property
    def total(self) -> float:
        return round(self.bid + self.track + self.text - self.avoid, 6)

    def as_json(self) -> list[Any]:
        return list(self)


class Because(NamedTuple):
    """The text of a reviewer that is nearest to a submission, and the words both share.

    kind: "profile", "document", "talk" or "reviews". `of` is a document's id, so that taking a
    document back takes its title back too, or a published talk's title. Of reviews elsewhere
    nothing more is told, also no words.
    """

    kind: str
    of: int | str
    words: tuple[str, ...]

    def as_json(self) -> list[Any]:
        return [self.kind, self.of, list(self.words)]

    @classmethod
    def from_json(cls, stored: Any) -> Self | None:  # noqa: ANN401 - JSON, none in older rows
        return cls(stored[0], stored[1], tuple(stored[2])) if stored else None


@dataclass(frozen=True, slots=True)
class Expert:
    """A reviewer as they describe themselves."""

    person_id: int
    track_ids: frozenset[int] = frozenset()
    some_track_ids: frozenset[int] = frozenset()

    def level(self, track_id: int) -> int:
        """How well they know a track: 2 well, 1 some, 0 they have not said so."""
        if track_id in self.track_ids:
            return 2
        return 1 if track_id in self.some_track_ids else 0


@dataclass(frozen=True, slots=True)
class Rating:
    """How this conference rates a pair: what is not used is worth nothing to anybody.

    `weights` are relative: their sum is what the best possible match is worth, 1.
    """

    uses_bids: bool
    uses_tracks: bool
    weights: Mapping[str, int] = field(default_factory=lambda: USUAL_WEIGHTS)

    def parts(self, level: int, bid: str | None, affinity: float, avoid: bool) -> Parts:
        """The parts of one pair's score; `affinity` is 0 to 1, as it was measured."""
        return Parts(
            bid=self.of_bid(bid),
            track=self.of_level(level),
            text=self.of_affinity(affinity),
            avoid=AVOID_COST if avoid else 0.0,
            bid_word=(bid or "") if self.uses_bids else None,
        )

    def of_bid(self, bid: str | None) -> float:
        """What a bid is worth; most pairs have none."""
        return self._share("bid", BIDS.get(bid or "", NO_BID)) if self.uses_bids else 0.0

    def of_level(self, level: int) -> float:
        """What knowing the track so well is worth."""
        return self._share("track", LEVELS[level]) if self.uses_tracks else 0.0

    def of_affinity(self, affinity: float) -> float:
        """What the texts are worth.

        Similarities of short texts are small, good ones between 0.05 and 0.3: their root stands on
        the scale of the other parts, in the same order and whatever the other pairs have.
        """
        return self._share("text", sqrt(affinity))

    def _share(self, name: str, worth: float) -> float:
        return round(self.weights[name] / sum(self.weights.values()) * worth, DIGITS)


def weights_of(stored: Mapping[str, int]) -> Mapping[str, int]:
    """A conference's weights: the usual ones unless a chair has said otherwise."""
    return {**USUAL_WEIGHTS, **stored}


def expert_of(person_id: int, profile: ReviewerProfile | None) -> Expert:
    """A reviewer as their profile says; who has none is known by their bids and texts alone."""
    if profile is None:
        return Expert(person_id)
    return Expert(person_id, frozenset(profile.track_ids), frozenset(profile.some_track_ids))


def words_of(text: str) -> frozenset[str]:
    """The words of a text that can mean a subject, folded as search does it."""
    return frozenset(
        word for word in _WORD.findall(folded(text)) if len(word) > 2 and word not in FILLERS
    )
