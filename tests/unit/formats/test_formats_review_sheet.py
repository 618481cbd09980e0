"""A reviewer's table is read back as it was written, and wrong ones say where."""

import pytest

from cfp.formats.errors import FormatError
from cfp.formats.review_sheet import read_sheet, write_sheet

KEYS = ["score: Overall", "score: Fits us", "confidence", "comment", "to chairs", "submit"]


def test_what_is_written_is_read_back() -> None:
    row = {
        "code": "A1B2C3", "title": "=1+1", "abstract": "Two\nlines", "score: Overall": 4,
        "comment": "-1 from me,\n\"really\"", "submit": "yes", "revision": 3,
    }  # fmt: skip
    data = write_sheet(KEYS, [row, {"code": "D4E5F6", "revision": 0}])
    assert b"'=1+1" in data
    first, second = read_sheet(data)
    typed = {key: part.text for key, part in first.parts.items()}
    assert (first.code, first.revision, list(typed)) == ("A1B2C3", "3", KEYS)
    assert (typed["score: Overall"], typed["score: Fits us"], typed["submit"]) == ("4", "", "yes")
    assert typed["comment"] == row["comment"]
    assert not first.is_empty
    assert second.is_empty
    assert (first.line, second.line) == (2, 5)


def test_other_separators_and_columns_are_taken() -> None:
    (row,) = read_sheet(b"\xef\xbb\xbfCode;Comment;My own;SCORE: Overall\r\nX;Y;Z;5\r\n;;;\r\n")
    assert row.code == "X"
    assert {key: part.text for key, part in row.parts.items()} == {
        "comment": "Y", "score: Overall": "5",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("data", "key", "line"),
    [
        (b"", "format.empty", None),
        (b"title,comment\nA,B\n", "format.columns", 1),
        (b"code\n\xff\n", "format.bytes", 2),
        (b'code\n"A' + b"x" * 200_000 + b'"\n', "format.csv", 2),
    ],
)
def test_a_wrong_table_says_where(data: bytes, key: str, line: int | None) -> None:
    with pytest.raises(FormatError) as error:
        read_sheet(data)
    assert (error.value.key, error.value.line or None) == (key, line)
