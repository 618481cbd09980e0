"""Tables as workbooks: `sessions.xlsx`, which is `sessions.csv`, and any list."""

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import IO, Any

from cfp.formats.table import HEADER, Cell, rows_of, safe_cell
from cfp.formats.writers import Edition

_CREATED = datetime(2000, 1, 1)  # noqa: DTZ001 - a workbook's dates have no zone
_CELL_LIMIT = 32_767
"""Characters Excel takes in a cell; an abstract beyond it is cut, and says so."""

_CUT = " [...]"
_WIDTHS = {"title": 50, "speakers": 40, "abstract": 60, "start": 22, "end": 22}


_PLAIN = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def write_xlsx(edition: Edition) -> bytes:
    """Return the workbook: one sheet, its heading frozen, text as text and minutes as numbers."""
    out = io.BytesIO()
    rows = rows_of(edition.program, edition.materials)
    _write(out, "Sessions", HEADER, rows, {"in_memory": True}, frozen=2)
    return out.getvalue()


def write_sheet(out: IO[bytes], header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    """Write any table into a file; rows go to disk one by one and are not kept in memory."""
    _write(out, "List", header, rows, {"constant_memory": True}, frozen=0)


def _write(
    out: IO[bytes],
    title: str,
    header: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    memory: Mapping[str, Any],
    *,
    frozen: int,
) -> None:
    import xlsxwriter  # noqa: PLC0415 - few ask for a workbook, and it takes a while to load

    with xlsxwriter.Workbook(out, {**_PLAIN, **memory}) as book:
        # The time of writing would make every export another file.
        book.set_properties({"created": _CREATED, "title": title})
        sheet = book.add_worksheet(title)
        for column, name in enumerate(header):
            sheet.set_column(column, column, _WIDTHS.get(name, 14))
        sheet.freeze_panes(1, frozen)
        sheet.write_row(0, 0, header, book.add_format({"bold": True}))
        for number, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                if isinstance(value, int | float) and not isinstance(value, bool):
                    sheet.write_number(number, column, value)
                else:
                    sheet.write_string(number, column, _fitting(safe_cell(value)))


def _fitting(text: str) -> str:
    return text if len(text) <= _CELL_LIMIT else text[: _CELL_LIMIT - len(_CUT)] + _CUT
