"""`sessions.xlsx`: the table of `sessions.csv` as a workbook."""

import io
from datetime import datetime

import xlsxwriter

from cfp.formats.table import HEADER, rows_of, safe_cell
from cfp.formats.writers import Edition

_CREATED = datetime(2000, 1, 1)  # noqa: DTZ001 - a workbook's dates have no zone
_CELL_LIMIT = 32_767
"""Characters Excel takes in a cell; an abstract beyond it is cut, and says so."""

_CUT = " [...]"
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
