"""Abstracts out of what somebody pastes or uploads: plain text, Markdown headings, or a table."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from cfp.errors import DomainError

FILE_LIMIT = 500_000
"""Bytes of an uploaded file: thirty abstracts are far below."""

TITLE_LENGTH = 80
"""Of the title that is made where none is given."""

_RULE = re.compile(r"\s*([-=*_])(?:\s*\1){2,}\s*")
_LONGEST_TITLE = 200
_TITLES, _TEXTS = ("title", "name", "talk"), ("abstract", "text", "description", "summary")


class Piece(NamedTuple):
    """An abstract with its title."""

    title: str
    text: str = ""


def split(text: str) -> list[Piece]:
    """The abstracts in a text.

    A Markdown heading, a line of dashes or two empty lines begin the next one, whose first line is
    its title. One empty line is one between paragraphs.
    """
    return [piece for block in _blocks(text) if (piece := _piece(block)) is not None]


def read_file(name: str, content: bytes) -> list[Piece]:
    """The abstracts in an uploaded file: a table by its name's ending, else text as pasted.

    Raises:
        DomainError: `document.too_large`, `document.no_text`, `document.no_columns`, at `file`.
    """
    if len(content) > FILE_LIMIT:
        raise DomainError("document.too_large", field="file", limit=FILE_LIMIT // 1000)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DomainError("document.no_text", field="file") from None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if any(ord(character) < 32 and character not in "\n\t\f" for character in text):
        raise DomainError("document.no_text", field="file")
    text = text.replace("\f", "\n")
    return list(_rows(text)) if name.lower().endswith(".csv") else split(text)


def _rows(text: str) -> Iterator[Piece]:
    table = csv.DictReader(io.StringIO(text))
    names = {(name or "").strip().lower(): name for name in table.fieldnames or ()}
    title = next((names[name] for name in _TITLES if name in names), None)
    body = next((names[name] for name in _TEXTS if name in names), None)
    if title is None and body is None:
        raise DomainError("document.no_columns", field="file")
    try:
        for row in table:
            piece = _named(_cell(row, title), _cell(row, body))
            if piece is not None:
                yield piece
    except csv.Error:
        raise DomainError("document.no_text", field="file") from None


def _cell(row: Mapping[str, str | None], name: str | None) -> str:
    return (row.get(name) or "").strip() if name is not None else ""


def _blocks(text: str) -> Iterator[list[str]]:
    block: list[str] = []
    empty = 0
    for line in text.splitlines():
        begins = _heading(line) or _RULE.fullmatch(line) or (empty >= 2 and line.strip())
        if begins and block:
            yield block
            block = []
        if not _RULE.fullmatch(line):
            block.append(line)
        empty = 0 if line.strip() else empty + 1
    yield block


def _heading(line: str) -> str:
    """The text of a Markdown heading, as "# Title" or "## Title ##"; empty for another line."""
    text = line.strip()
    marks = len(text) - len(text.lstrip("#"))
    is_heading = 1 <= marks <= 6 and text[marks : marks + 1].isspace()
    return text[marks:].rstrip("#").strip() if is_heading else ""


def _piece(block: list[str]) -> Piece | None:
    lines = "\n".join(block).strip().splitlines()
    if not lines:
        return None
    heading = _heading(lines[0])
    first = heading or lines[0].strip()
    rest = "\n".join(lines[1:]).strip()
    if not heading and (not rest or len(first) > _LONGEST_TITLE):
        return _named("", "\n".join(lines).strip())
    return _named(first, rest)


def _named(title: str, text: str) -> Piece | None:
    if title:
        return Piece(" ".join(title.split()), text)
    if not text:
        return None
    start = " ".join(text.split())
    short = start[:TITLE_LENGTH].rsplit(" ", 1)[0] + "…" if len(start) > TITLE_LENGTH else start
    return Piece(short, text if text != short else "")
