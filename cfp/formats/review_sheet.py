"""A reviewer's reviews as a table, to be filled without a network and read back by line.

One row per submission: `code` and what is to be read of it, a column for each part of a review
(see `typed_reviews`), and `revision`, which tells whether the review was changed elsewhere
meanwhile. CSV may be parted by commas, semicolons or tabs; texts may have several lines, and so
has an answer with several options. A column that is left out leaves its part as it is.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence

from cfp.formats.errors import FormatError
from cfp.formats.table import Cell, csv_bytes, unsafe_cell
from cfp.formats.typed_reviews import MOST_REVIEWS, Typed, TypedReview, key_of
from cfp.formats.utf8 import decode

READ = ("title", "format", "minutes", "track", "speakers", "abstract")
"""Columns about the submission; what is changed in them changes nothing."""


def write_sheet(keys: Sequence[str], rows: Iterable[Mapping[str, Cell]]) -> bytes:
    """The table as CSV, with a column for each of these parts; each row by the columns' names."""
    names = ["code", *READ, *keys, "revision"]
    return csv_bytes(names, ([row.get(name) for name in names] for row in rows))


def read_sheet(data: bytes) -> list[TypedReview]:
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
    rows: list[TypedReview] = []
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
    if len(rows) > MOST_REVIEWS:
        raise FormatError("format.rows", limit=MOST_REVIEWS)
    return rows


def _names(cells: Sequence[str]) -> list[str]:
    names = [" ".join(unsafe_cell(cell).split()) for cell in cells]
    known = [key_of(name) or name.casefold() for name in names]
    if "code" not in known:
        raise FormatError("format.columns", 1, missing="code")
    return known


def _row(line: int, names: Sequence[str], cells: Sequence[str]) -> TypedReview:
    named: dict[str, str] = {}
    for name, cell in zip(names, cells, strict=False):
        named.setdefault(name, unsafe_cell(cell).strip())
    return TypedReview(
        line=line,
        code=named.get("code", ""),
        revision=named.get("revision", ""),
        parts={name: Typed(line, cell) for name, cell in named.items() if key_of(name)},
    )
