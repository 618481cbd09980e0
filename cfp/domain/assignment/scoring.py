"""What speaks for a reviewer on a submission, in parts that can be shown. No query is made."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from cfp.domain.assignment.models import ReviewerProfile
from cfp.domain.assignment.rules import (
    AVOID_COST,
    BIDS,
    COMMON_FROM,
    COMMON_SHARE,
    NO_BID,
    WEIGHT_BID,
    WEIGHT_TRACK,
    WEIGHT_WORDS,
)
from cfp.domain.submissions.rules import folded

_WORD = re.compile(r"[^\W_]+")
_EMPTY = frozenset(
    _WORD.findall(
        "about all also and any are because been but can could does for from has have how into "
        "its more most not our out over she should some such than that the their them then there "
        "these they this those use used using via was well were what when which who why will "
        "with would you your"
    )
)


_BID_WORDS = {
    round(WEIGHT_BID * worth, 4): word for word, worth in {**BIDS, "": NO_BID}.items()
}


class Parts(NamedTuple):
    """The parts of a pair's score; `avoid` is a cost, the others lie between 0 and their weight."""

    bid: float = 0.0
    track: float = 0.0
    words: float = 0.0
    avoid: float = 0.0

    @property
    def total(self) -> float:
        return round(self.bid + self.track + self.words - self.avoid, 6)

    @property
    def bid_word(self) -> str | None:
        """The bid behind its part, "" for none; None where bids are not used."""
        return _BID_WORDS.get(self.bid)

    def as_json(self) -> list[float]:
        return list(self)


@dataclass(frozen=True, slots=True)
class Paper:
    """A submission to be reviewed: its track and the words that tell it from others."""

    id: int
    track_id: int
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Expert:
    """A reviewer as they describe themselves."""

    person_id: int
    track_ids: frozenset[int]
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Rating:
    """How this conference rates a pair: what is not used is worth nothing to anybody."""

    uses_bids: bool
    uses_tracks: bool

    def parts(self, paper: Paper, expert: Expert, bid: str | None, avoid: bool) -> Parts:
        """The parts of one pair's score."""
        in_track = self.uses_tracks and paper.track_id in expert.track_ids
        worth = BIDS.get(bid or "", NO_BID) if self.uses_bids else 0.0
        return Parts(
            bid=round(WEIGHT_BID * worth, 4),
            track=WEIGHT_TRACK if in_track else 0.0,
            words=round(WEIGHT_WORDS * _share(paper.words & expert.words), 4),
            avoid=AVOID_COST if avoid else 0.0,
        )


def expert_of(person_id: int, profile: ReviewerProfile | None) -> Expert:
    """A reviewer as their profile says; who has none is known by their bids alone."""
    if profile is None:
        return Expert(person_id, frozenset(), frozenset())
    return Expert(person_id, frozenset(profile.track_ids), words_of(profile.expertise))


def words_of(text: str) -> frozenset[str]:
    """The words of a text that can mean a subject, folded as search does it."""
    return frozenset(
        word for word in _WORD.findall(folded(text)) if len(word) > 2 and word not in _EMPTY
    )


def telling(texts: Mapping[int, str]) -> dict[int, frozenset[str]]:
    """The words of each text without those that too many of them share."""
    words = {id_: words_of(text) for id_, text in texts.items()}
    if len(words) < COMMON_FROM:
        return words
    seen = Counter(word for some in words.values() for word in some)
    common = {word for word, count in seen.items() if count > COMMON_SHARE * len(words)}
    return {id_: some - common for id_, some in words.items()}


def sharing(papers: Iterable[Paper], experts: Collection[Expert]) -> dict[int, set[int]]:
    """Paper id -> person ids of the experts with a word in common."""
    by_word: dict[str, list[int]] = {}
    for expert in experts:
        for word in expert.words:
            by_word.setdefault(word, []).append(expert.person_id)
    return {
        paper.id: {id_ for word in paper.words for id_ in by_word.get(word, ())}
        for paper in papers
    }


def _share(words: Collection[str]) -> float:
    """0, 1/3, 1/2, 3/5, ...: each further word in common tells less."""
    return len(words) / (len(words) + 2)
