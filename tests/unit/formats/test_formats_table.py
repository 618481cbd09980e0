import csv
import io

import pytest

from cfp.formats.errors import FormatError
from cfp.formats.reading import read
from cfp.formats.table import csv_bytes, safe_cell, unsafe_cell, write_csv
from tests.unit.formats.programs import a_program, a_talk, an_edition
from tests.unit.formats.test_formats_text import facts, read_text, write_text


def table(data):
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "\uff1d1",
        "\uff0b1",
        "\uff0d1",
        "\uff20x",
        " =1",
        "'=1",
    ],
)
def test_no_cell_becomes_a_formula(text):
    assert safe_cell(text) == "'" + text
    assert unsafe_cell(safe_cell(text)) == text


@pytest.mark.parametrize("text", ["", "Ann", "'tis", "a=b", "''"])
def test_other_cells_stay_as_typed(text):
    assert safe_cell(text) == text
    assert unsafe_cell(text) == text


def test_numbers_times_and_nothing():
    assert [safe_cell(value) for value in (-1, 2.5, None, True)] == ["-1", "2.5", "", "yes"]
    assert csv_bytes(["a", "=b"], [[1, "x,y"]]) == b'\xef\xbb\xbfa,\'=b\r\n1,"x,y"\r\n'


def test_one_row_per_talk():
    rows = table(write_csv(an_edition(a_program())))
    assert [(row["code"], row["state"]) for row in rows] == [
        ("AAAAA2", "scheduled"),
        ("AAAAA1", "scheduled"),
        ("AAAAA3", "unscheduled"),
        ("AAAAA4", "canceled"),
    ]
    assert rows[0]["speakers"] == "King, Jr. (Org, Inc.); Bob Ray"
    assert rows[1]["start"] == "2027-05-04T07:30:00Z | 2027-05-05T07:00:00Z"
    assert rows[1]["room"] == "Cellar | Main hall"
    assert rows[1]["slides"] == "https://example.org/a.pdf"
    assert rows[0]["video"] == "https://example.org/v"


def test_formulas_in_every_text_are_disarmed_and_read_back():
    evil = '=HYPERLINK("http://evil")'
    talk = a_talk(title=evil, abstract=evil, track=evil)
    program = a_program(talks=(talk,), slots=())

    (row,) = table(write_csv(an_edition(program)))
    (found,) = read(write_csv(an_edition(program))).talks

    assert {row["title"], row["abstract"], row["track"]} == {f"'{evil}"}
    assert (found.title, found.abstract) == (evil, evil)


def test_table_reads_back():
    program = a_program()
    found = read(write_csv(an_edition(program)), format="csv")
    assert facts(found) == facts(read_text(write_text(program)))
    assert [(slot.talk, slot.day, slot.room) for slot in found.slots] == [
        (0, 1, "Main hall"),
        (1, 1, "Cellar"),
        (1, 2, "Main hall"),
    ]


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b"name\nx", r"format\.columns"),
        (b"title,speakers\n", "format.submissions"),
        (b"title,speakers\n" + b"x" * 140_000 + b",Ann", "format.csv"),
    ],
)
def test_other_tables_are_refused(data, key):
    with pytest.raises(FormatError, match=key):
        read(data, format="csv")


def test_times_that_are_none_are_a_doubt():
    found = read(b'title,speakers,start,end\nX,"A, Acme",monday,tuesday')
    assert "times.row" in {doubt.key for doubt in found.warnings}
    assert found.talks[0].start is None
