"""The rows of anyone's table, by the names in its heading."""

import csv
import io
from collections.abc import Iterator, Sequence

from cfp.formats.errors import FormatError

SEPARATORS = ",;\t"


def rows(
    text: str, needed: Sequence[str], also: Sequence[str] = ()
) -> Iterator[tuple[int, dict[str, str]]]:
    """Line and cells by column of every row that is not blank; columns not named are there too.

    The separator is a comma, a semicolon or a tab.

    Raises:
        FormatError: a needed column is missing, one that is read comes twice, a row has more cells
            than the heading, as "3,5" for 3.5 makes them, or it is no table.
    """
    heading = next((line for line in text.split("\n") if line.strip()), "")
    separator = max(SEPARATORS, key=heading.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    columns: list[str] = []
    try:
        for cells in reader:
            stripped = [cell.strip() for cell in cells]
            if not any(stripped):
                continue
            if not columns:
                columns = _columns(reader.line_num, stripped, needed, also)
            elif any(stripped[len(columns) :]):
                found, wanted = len(stripped), len(columns)
                raise FormatError("table.cells", reader.line_num, found=found, expected=wanted)
            else:
                padded = stripped + [""] * (len(columns) - len(stripped))
                yield reader.line_num, dict(zip(columns, padded, strict=False))
    except csv.Error as wrong:
        raise FormatError("format.csv", reader.line_num, reason=str(wrong)) from None


def _columns(
    line: int, heading: list[str], needed: Sequence[str], also: Sequence[str]
) -> list[str]:
    columns = [name.casefold() for name in heading]
    missing = [name for name in needed if name not in columns]
    if missing:
        raise FormatError("format.columns", line, missing=", ".join(missing))
    for name in (*needed, *also):
        if columns.count(name) > 1:
            raise FormatError("table.same_column", line, column=name)
    return columns


def number_of(names: dict[str, int], line: int, row: dict[str, str], column: str) -> int:
    """The number of what is named in a column; a name not seen before gets the next one.

    Raises:
        FormatError: `table.no_code`, where nothing is named.
    """
    code = row[column]
    if not code:
        raise FormatError("table.no_code", line, column=column)
    return names.setdefault(code, len(names))
