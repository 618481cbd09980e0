"""Tables of who reviews what: what is read from them, and where a fault is."""

import json

import pytest

from cfp.formats.errors import FormatError
from cfp.formats.pairs import PairRow, json_bytes, read_pairs
from cfp.formats.table import csv_bytes


@pytest.mark.parametrize(
    "table",
    [
        "submission,reviewer\nA1B2C3,Ada Example\n",
        "\ufeffCode;Title;Reviewer\r\nA1B2C3;x;Ada Example\r\n",
        "paper\temail\nA1B2C3\tAda Example",
        "\n\nsubmission,reviewer,action\n,,\nA1B2C3, Ada  Example ,\n",
        '[{"submission": "A1B2C3", "reviewer": "Ada Example", "more": [1]}]',
        '{"assignments": [{"Code": "A1B2C3", "Reviewer": "Ada Example", "action": null}]}',
    ],
)
def test_every_dialect_says_the_same(table: str) -> None:
    (row,) = read_pairs(table.encode())
    assert (row.submission, row.reviewer, row.act) == ("A1B2C3", "Ada Example", "assign")


def test_lines_count_from_the_top_of_the_file() -> None:
    table = 'submission,reviewer,note\nA,ada,"one\ntwo"\n\nB,ben,\n'
    assert [row.line for row in read_pairs(table.encode())] == [3, 5]


@pytest.mark.parametrize(
    ("word", "act"),
    [("", "assign"), ("Add", "assign"), ("REMOVE", "remove"), ("-", "remove"), ("perhaps", None)],
)
def test_actions(word: str, act: str | None) -> None:
    assert PairRow(1, "A", "ada", word).act == act


@pytest.mark.parametrize(
    ("data", "key", "line"),
    [
        (b"", "format.empty", None),
        (b" \n ", "format.empty", None),
        (b"title,reviewer\nx,y", "format.columns", 1),
        (b"submission\nx", "format.columns", 1),
        (b"submission,reviewer\nA,\xff", "format.bytes", 2),
        (b"submission,reviewer\nA,\0", "format.bytes", 2),
        (b"[{", "format.json", 1),
        (b"[1]", "format.field", None),
        (b'{"assignments": 7}', "format.field", None),
        (b'"text"', "format.columns", 1),
        (b'submission,reviewer\nA,"' + b"x" * 200_000, "format.csv", None),
        (b"x" * 5_000_001, "format.size", None),
    ],
)
def test_what_is_no_table_is_refused_with_its_place(data: bytes, key: str, line) -> None:
    with pytest.raises(FormatError) as caught:
        read_pairs(data)
    assert caught.value.key == key
    if line is not None:
        assert caught.value.line == line


def test_what_is_written_is_read_again_and_is_no_formula() -> None:
    header = ["submission", "reviewer", "name", "action"]
    rows = [("A1B2C3", "r@example.org", "=HYPERLINK(1)", "remove")]
    data = csv_bytes(header, rows)
    assert b"'=HYPERLINK" in data
    for written in (data, json_bytes(header, rows)):
        assert read_pairs(written) == [
            PairRow(2 if written is data else 1, "A1B2C3", "r@example.org", "remove")
        ]
    assert json.loads(json_bytes(header, rows))["assignments"][0]["name"] == "=HYPERLINK(1)"
