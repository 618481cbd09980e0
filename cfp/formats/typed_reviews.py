"""Reviews as somebody has typed them into a file, whatever its format: nothing is judged yet.

The parts of a review are named alike in all formats, see `key_of`: `score: NAME` and `answer: NAME`
for the conference's own questions, and those of `FIXED`.
"""

import re
from collections.abc import Mapping
from dataclasses import field

from cfp.records import record

SCORE, ANSWER = "score: ", "answer: "
FIXED = ("confidence", "comment", "to chairs", "to speakers", "statement", "submit")
MOST_REVIEWS = 5_000
_EMPTY_BOX = re.compile(r"^\s*\[\s?\].*$", re.MULTILINE)


@record
class Typed:
    """What stands in a part, and on which line of the file."""

    line: int
    text: str

    @property
    def is_empty(self) -> bool:
        """Whether nothing stands there, or only boxes without a mark."""
        return not _EMPTY_BOX.sub("", self.text).strip()


@record
class TypedReview:
    """One review as it stands at `line`; parts that the file does not have are not there."""

    line: int
    code: str
    revision: str = ""
    parts: Mapping[str, Typed] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was filled in."""
        return all(part.is_empty for part in self.parts.values())


def key_of(name: str) -> str | None:
    """The part that a heading or a column means, or None."""
    words = " ".join(name.split())
    for prefix in (SCORE, ANSWER):
        if words.casefold().startswith(prefix):
            return prefix + words[len(prefix) :]
    return words.casefold() if words.casefold() in FIXED else None
