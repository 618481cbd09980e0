"""`sessions.xlsx`: the table of `sessions.csv` as a workbook, and such workbooks read.

A workbook is a zip of XML: before openpyxl sees it, its size unpacked is checked and a document
type refused, so that neither can grow in memory.
"""

import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime

import openpyxl
import xlsxwriter

from cfp.formats.codec import rfc3339
from cfp.formats.errors import FormatError
from cfp.formats.imported import Imported
from cfp.formats.table import HEADER, Cell, read_rows, rows_of, safe_cell
from cfp.formats.writers import Edition
from cfp.formats.xml_tree import refuse_doctype

_CREATED = datetime(2000, 1, 1)  # noqa: DTZ001 - a workbook's dates have no zone
_CELL_LIMIT = 32_767
"""Characters Excel takes in a cell; an abstract beyond it is cut, and says so."""

_CUT = " [...]"
_UNPACKED_LIMIT = 50_000_000
_WIDTHS = {"title": 50, "speakers": 40, "abstract": 60, "start": 22, "end": 22}


def write_xlsx(edition: Edition) -> bytes:
    """Return the workbook: one sheet, its heading frozen, text as text and minutes as numbers."""
    out = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(out, options) as book:
        # The time of writing would make every export another file.
        book.set_properties({"created": _CREATED, "title": "Sessions"})
        sheet = book.add_worksheet("Sessions")
        sheet.write_row(0, 0, HEADER, book.add_format({"bold": True}))
        sheet.freeze_panes(1, 2)
        for column, name in enumerate(HEADER):
            sheet.set_column(column, column, _WIDTHS.get(name, 14))
        for number, row in enumerate(rows_of(edition.program, edition.materials), start=1):
            for column, value in enumerate(row):
                if isinstance(value, int):
                    sheet.write_number(number, column, value)
                else:
                    sheet.write_string(number, column, _fitting(safe_cell(value)))
    return out.getvalue()


def _fitting(text: str) -> str:
    return text if len(text) <= _CELL_LIMIT else text[: _CELL_LIMIT - len(_CUT)] + _CUT


def read_xlsx(data: bytes, start: date | None = None) -> Imported:
    """Read the first sheet of a workbook as `read_csv` reads a table.

    Raises:
        FormatError: `format.zip` for a zip that is no workbook, `format.size` unpacked, and those
            of a table.
    """
    _check(data)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        rows = list(_rows(book.worksheets[0])) if book.worksheets else []
    # What is inside a broken workbook decides what openpyxl stumbles over.
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, SyntaxError, OSError,
            zipfile.BadZipFile) as wrong:  # fmt: skip
        raise FormatError("format.zip") from wrong
    return read_rows(rows, start)


def _check(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if "xl/workbook.xml" not in archive.namelist():
                raise FormatError("format.zip")
            if sum(entry.file_size for entry in entries) > _UNPACKED_LIMIT:
                raise FormatError("format.size", limit=_UNPACKED_LIMIT)
            for entry in entries:
                if entry.filename.endswith((".xml", ".rels")):
                    refuse_doctype(archive.read(entry))
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError) as wrong:
        raise FormatError("format.zip") from wrong


def _rows(sheet: object) -> Iterator[tuple[int, Sequence[str]]]:
    for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):  # type: ignore[attr-defined]  # openpyxl ships no types
        yield number, [_typed(value) for value in row]


def _typed(value: Cell) -> str:
    if isinstance(value, datetime):
        return rfc3339(value) if value.tzinfo else value.isoformat()
    return "" if value is None else str(value)
