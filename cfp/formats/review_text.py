"""A reviewer's reviews as one readable text, filled in with any editor and read back by line.

After HotCRP's offline review form, in our own words:

    ==+== Review A1B2C3     begins a review; `==+== Revision 3` tells which version was taken along
    ==-== ...               to read: title, abstract, hints; passed over
    ==*== score: Overall    begins a part, see `typed_reviews`; what follows is its answer

Options of a choice are written out, `[ ]` or `[x]` before each. A line of an answer that begins
with `==` is written with a backslash before it. Other lines between a review and its first part
must be empty.
"""

import re
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import field

from cfp.formats.errors import FormatError
from cfp.formats.typed_reviews import MOST_REVIEWS, Typed, TypedReview, key_of
from cfp.formats.utf8 import decode
from cfp.records import record

HEAD, NOTE, PART = "==+==", "==-==", "==*=="
WIDTH = 90
_REVIEW = re.compile(r"==\+==\s*review\s+(\S+)\s*$", re.IGNORECASE)
_REVISION = re.compile(r"==\+==\s*revision\s+(\S+)\s*$", re.IGNORECASE)
_ESCAPED = re.compile(r"\\+==")
_OPTION = re.compile(r"\[(.?)\]\s*(.*)")


@record
class PartForm:
    """A part to fill: its key, what is said about it, and its answer so far.

    `options` makes it a choice: each as (words, chosen), and `value` is not used.
    """

    key: str
    hints: Sequence[str] = ()
    value: str = ""
    options: Sequence[tuple[str, bool]] = ()


@record
class ReviewText:
    """A review to fill; `notes` are what is read before."""

    code: str
    revision: int
    notes: Sequence[str] = ()
    parts: Sequence[PartForm] = field(default_factory=tuple)


def write_text(notes: Sequence[str], reviews: Iterable[ReviewText]) -> bytes:
    """The form as UTF-8; `notes` explain it, in the reader's language."""
    lines = [*_noted(notes), ""]
    for one in reviews:
        lines += [f"{HEAD} Review {one.code}", f"{HEAD} Revision {one.revision}"]
        lines += [*_noted(one.notes), ""]
        for part in one.parts:
            lines += [f"{PART} {part.key}", *_noted(part.hints), *_answer(part), ""]
        lines.append("")
    return "\n".join(lines).encode()


def read_text(data: bytes) -> list[TypedReview]:
    """Read it back.

    Raises:
        FormatError: `format.empty`, `format.form` (a line that belongs to nothing), `format.part`
            (name), `format.twice` (name), `format.rows`, and those of `decode`.
    """
    source = decode(data)
    if not source.strip():
        raise FormatError("format.empty")
    reader = _Reader()
    for number, line in enumerate(source.split("\n"), 1):
        reader.take(number, line)
    reader.end_review()
    if not reader.reviews:
        raise FormatError("format.columns", 1, missing=f"{HEAD} Review")
    return reader.reviews


def chosen(text: str) -> list[str]:
    """The options with a mark before them, or all lines where none has a place for one."""
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    marked = [_OPTION.fullmatch(line) for line in lines]
    if not any(marked):
        return lines
    return [
        found.group(2).strip() if found else line
        for found, line in zip(marked, lines, strict=True)
        if found is None or found.group(1).strip()
    ]


def is_text_form(data: bytes) -> bool:
    """Whether a file is such a form rather than a table."""
    return re.search(rb"^(\xef\xbb\xbf)?==[+*-]==", data, re.MULTILINE) is not None


class _Reader:
    """Line by line, with what is being read."""

    def __init__(self) -> None:
        self.reviews: list[TypedReview] = []
        self._begun: TypedReview | None = None
        self._parts: dict[str, Typed] = {}
        self._key = ""
        self._lines: list[tuple[int, str]] = []
        self._heading = 0

    def take(self, number: int, line: str) -> None:
        if line.startswith(NOTE):
            return
        if line.startswith(HEAD):
            self._head(number, line)
        elif line.startswith(PART):
            self._part(number, line.removeprefix(PART).strip())
        elif self._key:
            self._lines.append((number, line[1:] if _ESCAPED.match(line) else line))
        elif line.strip():
            raise FormatError("format.form", number)

    def end_review(self) -> None:
        self._end_part()
        if self._begun is not None:
            one = self._begun
            self.reviews.append(TypedReview(one.line, one.code, one.revision, self._parts))
        if len(self.reviews) > MOST_REVIEWS:
            raise FormatError("format.rows", limit=MOST_REVIEWS)
        self._begun, self._parts = None, {}

    def _head(self, number: int, line: str) -> None:
        review, revision = _REVIEW.match(line), _REVISION.match(line)
        if review:
            self.end_review()
            self._begun = TypedReview(number, review.group(1))
        elif revision and self._begun is not None:
            self._end_part()
            self._begun = TypedReview(self._begun.line, self._begun.code, revision.group(1))
        else:
            raise FormatError("format.form", number)

    def _part(self, number: int, name: str) -> None:
        self._end_part()
        key = key_of(name)
        if self._begun is None:
            raise FormatError("format.form", number)
        if key is None:
            raise FormatError("format.part", number, name=name[:80])
        if key in self._parts:
            raise FormatError("format.twice", number, name=name[:80])
        self._key, self._heading = key, number

    def _end_part(self) -> None:
        if self._key:
            first = next((number for number, line in self._lines if line.strip()), self._heading)
            text = "\n".join(line.rstrip() for _number, line in self._lines).strip()
            self._parts[self._key] = Typed(first, text)
        self._key, self._lines = "", []


def _noted(texts: Sequence[str]) -> list[str]:
    """Long lines are broken: an editor that does not wrap would hide most of an abstract."""
    lines = [line for text in texts for line in text.split("\n")]
    return [f"{NOTE} {part}".rstrip() for line in lines for part in _broken(line)]


def _broken(line: str) -> list[str]:
    indent = line[: len(line) - len(line.lstrip())]
    return textwrap.wrap(line, WIDTH, subsequent_indent=indent, break_long_words=False) or [""]


def _answer(part: PartForm) -> list[str]:
    if part.options:
        return [f"[{'x' if on else ' '}] {' '.join(words.split())}" for words, on in part.options]
    escaped = re.compile(r"\\*==")
    return [f"\\{line}" if escaped.match(line) else line for line in part.value.split("\n")]
