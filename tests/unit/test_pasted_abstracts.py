"""Abstracts out of pasted texts and uploaded files."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cfp.domain.assignment.pasted import FILE_LIMIT, TITLE_LENGTH, Piece, read_file, split
from cfp.errors import DomainError

TWO = [Piece("Nested tunnels", "One.\n\nTwo."), Piece("Offload", "Three.")]


@pytest.mark.parametrize(
    "text",
    [
        "Nested tunnels\nOne.\n\nTwo.\n\n\nOffload\nThree.",
        "Nested tunnels\n\nOne.\n\nTwo.\n\n---\nOffload\n\nThree.\n",
        "# Nested tunnels\nOne.\n\nTwo.\n## Offload ##\nThree.",
        "\n\n* * *\nNested   tunnels\nOne.\n\nTwo.\n=====\n-----\n\nOffload\nThree.\n----",
    ],
)
def test_headings_lines_and_two_empty_lines_separate(text):
    assert split(text) == TWO


@pytest.mark.parametrize("text", ["", " \n\n\n ", "---\n\n---"])
def test_nothing_is_nothing(text):
    assert split(text) == []


def test_a_text_without_a_title_is_titled_by_its_beginning():
    assert split("Only a line") == [Piece("Only a line")]
    long = "word " * 100
    (piece,) = split(long + "\nand more")
    assert piece.title.endswith("word…")
    assert len(piece.title) <= TITLE_LENGTH + 1
    assert piece.text == f"{long.strip()} \nand more"


def test_a_table_has_its_columns_in_any_order_and_case():
    content = '\ufeffAbstract,Year,TITLE\r\n"Text, with\r\na break",2024,One\n,2025,Two\n,,\n'
    pieces = read_file("mine.CSV", content.encode())
    assert pieces == [Piece("One", "Text, with\na break"), Piece("Two")]
    assert read_file("mine.txt", b"One\nText") == [Piece("One", "Text")]


@pytest.mark.parametrize(
    ("name", "content", "key"),
    [
        ("a.txt", b"\xff\xfe\x00", "document.no_text"),
        ("a.txt", b"PK\x03\x04", "document.no_text"),
        ("a.csv", b"year,place\n1,2", "document.no_columns"),
        ("a.csv", b"", "document.no_columns"),
        ("a.txt", b"x" * (FILE_LIMIT + 1), "document.too_large"),
        ("a.csv", b"title\n" + b"x" * 200_000, "document.no_text"),
    ],
)
def test_what_is_no_text_is_refused_at_the_file(name, content, key):
    with pytest.raises(DomainError) as error:
        read_file(name, content)
    assert (error.value.key, error.value.field) == (key, "file")


@given(st.text(alphabet="ab# \n-=", max_size=60))
def test_every_letter_of_any_text_is_kept(text):
    found = "".join(piece.title + piece.text for piece in split(text))
    for letter in "ab":
        assert found.count(letter) >= text.count(letter)
    assert all(piece.title for piece in split(text))
