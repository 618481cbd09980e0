"""Tables of who reviews what: read from CSV or JSON with the place of every row, and written.

Columns: `submission` (or code, paper, talk), `reviewer` (or email: an address, a code or a name),
and if there is one, `action`: assign (or nothing), or remove. What else there is, is not read, so
an export can be edited and read again. CSV may be parted by commas, semicolons or tabs. JSON is a
list of objects with the same names, or an object that holds it under "assignments".
"""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence

from cfp.formats.errors import FormatError
from cfp.formats.grammar import one_line
from cfp.formats.json_values import items, mapping, parse_json, text
from cfp.formats.table import Cell, unsafe_cell
from cfp.formats.utf8 import decode
from cfp.records import record

MOST_ROWS = 200_000
CELL_LIMIT = 300
_NAMES = {
    **dict.fromkeys(("submission", "code", "paper", "talk"), "submission"),
    **dict.fromkeys(("reviewer", "person"), "reviewer"),
    **dict.fromkeys(("email", "e-mail", "address"), "email"),
    "action": "action",
}
_ACTIONS = {
    **dict.fromkeys(("", "assign", "add", "+"), "assign"),
    **dict.fromkeys(("remove", "unassign", "take away", "-"), "remove"),
}


@record
class PairRow:
    """A row as it stands at `line` (in JSON: the number of the entry, from 1)."""

    line: int
    submission: str
    reviewer: str
    action: str

    @property
    def act(self) -> str | None:
        """Assign or remove; None for a word that is neither."""
        return _ACTIONS.get(self.action.casefold())


def read_pairs(data: bytes) -> list[PairRow]:
    """Read a table; JSON is known by its first character.

    Raises:
        FormatError: `format.empty`, `format.columns`, `format.csv`, `format.json`, `format.field`,
            `format.rows` (limit), and those of `decode`.
    """
    source = decode(data)
    if not source.strip():
        raise FormatError("format.empty")
    rows = _from_json(source) if source.lstrip()[0] in "[{" else _from_csv(source)
    if len(rows) > MOST_ROWS:
        raise FormatError("format.rows", limit=MOST_ROWS)
    return rows


def _from_csv(source: str) -> list[PairRow]:
    first = next(line for line in source.split("\n") if line.strip())
    delimiter = max(",;\t", key=first.count)
    table = csv.reader(io.StringIO(source, newline=""), delimiter=delimiter)
    header: list[str] = []
    rows: list[PairRow] = []
    try:
        for cells in table:
            if not any(cell.strip() for cell in cells):
                continue
            if not header:
                header = _header(cells)
                continue
            rows.append(_row(table.line_num, header, cells))
    except csv.Error as wrong:
        raise FormatError("format.csv", table.line_num, reason=str(wrong)) from None
    return rows


def _header(cells: Sequence[str]) -> list[str]:
    found: list[str] = []
    for cell in cells:
        name = _NAMES.get(cell.strip().casefold(), "")
        found.append("" if name in found else name)
    missing = [] if "submission" in found else ["submission"]
    if not {"reviewer", "email"} & set(found):
        missing.append("reviewer")
    if missing:
        raise FormatError("format.columns", 1, missing=", ".join(missing))
    return found


def _row(line: int, header: Sequence[str], cells: Sequence[str]) -> PairRow:
    named = {
        name: one_line(unsafe_cell(cell))[:CELL_LIMIT]
        for name, cell in zip(header, cells, strict=False)
        if name
    }
    return _pair(line, named)


def _pair(line: int, named: Mapping[str, str]) -> PairRow:
    return PairRow(
        line,
        named.get("submission", ""),
        named.get("reviewer") or named.get("email", ""),
        named.get("action", ""),
    )


def _from_json(source: str) -> list[PairRow]:
    data = parse_json(source)
    if isinstance(data, Mapping):
        data = data.get("assignments")
    return [
        _entry(number, mapping(entry, f"[{number}]"))
        for number, entry in enumerate(items(data, "assignments"), 1)
    ]


def _entry(number: int, entry: Mapping[str, object]) -> PairRow:
    named: dict[str, str] = {}
    for key, value in entry.items():
        name = _NAMES.get(key.casefold())
        if name is not None:
            named.setdefault(name, one_line(text(value))[:CELL_LIMIT])
    return _pair(number, named)


def json_bytes(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """Write rows as JSON that `read_pairs` reads."""
    entries = [dict(zip(header, row, strict=True)) for row in rows]
    return json.dumps({"assignments": entries}, ensure_ascii=False, indent=1).encode() + b"\n"
