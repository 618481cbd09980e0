"""What makes chairs look twice at a review. Simple rules that can be explained, and nothing more.

Pure: texts and scores in, flags out. A flag is no verdict: a short review may say all there is.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence

from cfp.domain.reviews.opinion_words import Words, words_of
from cfp.domain.submissions.rules import folded
from cfp.records import record

SHORT, EQUAL, ODDS = "short", "equal", "odds"
FLAGS = (SHORT, EQUAL, ODDS)
"""Those that a review has by itself; `late` and `copied` come from the dates and other reviews."""

FEW_WORDS = 20
EQUAL_FROM = 3
"""Criteria from which equal scores for all of them say little."""

COPY_FROM = 8
"""Words below which two equal texts mean nothing."""

HIGH, LOW = 0.75, 0.25
"""Shares of the scale beyond which a score is high or low."""

AGAINST_WORDS = 2
"""Words on the other side that a text must have, with none on the score's, to be at odds."""

_WORD = re.compile(r"[^\W_]+")


@record
class Looked:
    """What was found in one review: its flags, its length, and what tells equal texts."""

    flags: tuple[str, ...]
    words: int
    key: str


def look(
    texts: Sequence[str],
    scores: Mapping[int, int],
    scales: Mapping[int, tuple[int, int]],
    language: str,
) -> Looked:
    """Look at one review: all its texts, criterion -> value, criterion -> (lowest, highest).

    What its words say is judged in `language`, and in one without a list of words not at all.
    """
    words = [folded(word) for text in texts for word in _WORD.findall(text)]
    flags = []
    if len(words) < FEW_WORDS:
        flags.append(SHORT)
    if len(scores) >= EQUAL_FROM and len(set(scores.values())) == 1:
        flags.append(EQUAL)
    listed = words_of(language)
    if listed and _at_odds(words, _share(scores, scales), listed):
        flags.append(ODDS)
    return Looked(tuple(flags), len(words), _key(words))


def opinions(words: Sequence[str], listed: Words) -> tuple[int, int]:
    """How many words praise and how many blame; "not" up to two words before turns one round."""
    praise = blame = 0
    for place, word in enumerate(words):
        turned = any(one in listed.negations for one in words[max(0, place - 2) : place])
        if word in listed.praise or word in listed.blame:
            good = (word in listed.praise) is not turned
            praise, blame = praise + good, blame + (not good)
    return praise, blame


def _at_odds(words: Sequence[str], share: float | None, listed: Words) -> bool:
    """A high score with blame alone, or a low one with praise alone."""
    if share is None:
        return False
    praise, blame = opinions(words, listed)
    if share >= HIGH:
        return blame >= AGAINST_WORDS and praise == 0
    return share <= LOW and praise >= AGAINST_WORDS and blame == 0


def _share(scores: Mapping[int, int], scales: Mapping[int, tuple[int, int]]) -> float | None:
    """Where the scores stand on their scales on average, from 0 to 1."""
    shares = [
        (value - scales[key][0]) / (scales[key][1] - scales[key][0])
        for key, value in scores.items()
        if key in scales and scales[key][1] > scales[key][0]
    ]
    return sum(shares) / len(shares) if shares else None


def _key(words: Sequence[str]) -> str:
    """The same for texts that differ in case, accents and punctuation only; "" for short ones."""
    if len(words) < COPY_FROM:
        return ""
    return hashlib.sha256(" ".join(words).encode("utf-8", "surrogatepass")).hexdigest()[:32]
