"""Workbooks read as tables.

A workbook is a zip of XML: before openpyxl sees it, its size unpacked is checked and a document
type refused, so that neither can grow in memory. Apart from the writer, because openpyxl brings
numpy, for which a serving process has no use.
"""

import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime

import openpyxl

from cfp.formats.codec import rfc3339
from cfp.formats.errors import FormatError
from cfp.formats.imported import Imported
from cfp.formats.table import Cell, read_rows
from cfp.formats.xml_tree import refuse_doctype

_UNPACKED_LIMIT = 50_000_000
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, RuntimeError, OSError, EOFError, SyntaxError),
    *(ValueError, KeyError, TypeError, AttributeError, IndexError),
)
"""What is inside a broken workbook decides what zipfile and openpyxl stumble over."""


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
    except _BROKEN as wrong:
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
    except FormatError:
        raise
    except _BROKEN as wrong:
        raise FormatError("format.zip") from wrong


def _rows(sheet: object) -> Iterator[tuple[int, Sequence[str]]]:
    for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):  # type: ignore[attr-defined]  # openpyxl ships no types
        yield number, [_typed(value) for value in row]


def _typed(value: Cell) -> str:
    if isinstance(value, datetime):
        return rfc3339(value) if value.tzinfo else value.isoformat()
    return "" if value is None else str(value)
