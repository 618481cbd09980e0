"""A reviewer's reviews as a table, to be filled without a network and read back by line.

One row per submission: `code`, `title` and `abstract` to read, a column `score: NAME` for each
question, `confidence`, a column for each text, `submit` (yes, or nothing for a draft) and
`revision`, which tells whether the review was changed elsewhere meanwhile. CSV may be parted by
commas, semicolons or tabs; texts may have several lines.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from cfp.formats.errors import FormatError
from cfp.formats.table import Cell, csv_bytes, unsafe_cell
from cfp.formats.utf8 import decode

TEXTS = ("comment", "to chairs", "to speakers")
SCORE = "score: "
MOST_ROWS = 5_000
YES = frozenset({"yes", "y", "1", "true", "x"})
NO = frozenset({"", "no", "n", "0", "false"})


@dataclass(frozen=True)
class SheetRow:
    """One review as it stands at `line`; every cell as typed, absent columns as ""."""

    line: int
    code: str
    scores: Mapping[str, str] = field(default_factory=dict)
    confidence: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)
    submit: str = ""
    revision: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was filled in."""
        filled = (*self.scores.values(), self.confidence, *self.texts.values(), self.submit)
        return not any(filled)


def header(questions: Sequence[str], *, confidence: bool, speakers: bool) -> list[str]:
    """The names of the columns for this form, in order."""
    texts = TEXTS if speakers else TEXTS[:2]
    sure = ["confidence"] if confidence else []
    scores = [f"{SCORE}{name}" for name in questions]
    return ["code", "title", "abstract", *scores, *sure, *texts, "submit", "revision"]


def write_sheet(names: Sequence[str], rows: Iterable[Mapping[str, Cell]]) -> bytes:
    """The table as CSV; each row by the names of the columns."""
    return csv_bytes(names, ([row.get(name) for name in names] for row in rows))


def read_sheet(data: bytes) -> list[SheetRow]:
    """Read it back; rows without anything in them are passed over.

    Raises:
        FormatError: `format.empty`, `format.columns` (missing), `format.csv`, `format.rows`, and
            those of `decode`.
    """
    source = decode(data)
    if not source.strip():
        raise FormatError("format.empty")
    first = next(line for line in source.split("\n") if line.strip())
    table = csv.reader(io.StringIO(source, newline=""), delimiter=max(",;\t", key=first.count))
    names: list[str] = []
    rows: list[SheetRow] = []
    line = 1
    try:
        for cells in table:
            if any(cell.strip() for cell in cells):
                if not names:
                    names = _names(cells)
                else:
                    rows.append(_row(line, names, cells))
            line = table.line_num + 1
    except csv.Error as wrong:
        raise FormatError("format.csv", table.line_num, reason=str(wrong)) from None
    if len(rows) > MOST_ROWS:
        raise FormatError("format.rows", limit=MOST_ROWS)
    return rows


def _names(cells: Sequence[str]) -> list[str]:
    names = [" ".join(unsafe_cell(cell).split()) for cell in cells]
    known = [name if name.startswith(SCORE) else name.casefold() for name in names]
    if "code" not in known:
        raise FormatError("format.columns", 1, missing="code")
    return known


def _row(line: int, names: Sequence[str], cells: Sequence[str]) -> SheetRow:
    named: dict[str, str] = {}
    for name, cell in zip(names, cells, strict=False):
        named.setdefault(name, unsafe_cell(cell).strip())
    return SheetRow(
        line=line,
        code=named.get("code", ""),
        scores={
            name.removeprefix(SCORE): cell for name, cell in named.items() if name.startswith(SCORE)
        },
        confidence=named.get("confidence", ""),
        texts={name: named.get(name, "") for name in TEXTS},
        submit=named.get("submit", ""),
        revision=named.get("revision", ""),
    )
