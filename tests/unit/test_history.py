"""Two texts and what lies between them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cfp.domain.submissions.history import Effort, differences


@pytest.mark.parametrize(
    ("before", "after", "pieces"),
    [
        ("", "", []),
        ("same", "same", [("same", "same")]),
        ("", "new", [("new", "new")]),
        ("gone", "", [("gone", "gone")]),
        (
            "Fast switches in hardware",
            "Fast queues in hardware",
            [("same", "Fast "), ("gone", "switches"), ("new", "queues"), ("same", " in hardware")],
        ),
        (
            "one two three four",
            "five six three four",
            [("gone", "one two"), ("new", "five six"), ("same", " three four")],
        ),
    ],
)
def test_words_that_went_came_and_stayed(
    before: str, after: str, pieces: list[tuple[str, str]]
) -> None:
    assert list(differences(before, after, Effort())) == pieces


@given(st.text(max_size=200), st.text(max_size=200))
def test_both_texts_can_be_read_from_the_pieces(before: str, after: str) -> None:
    pieces = differences(before, after, Effort())
    assert "".join(text for kind, text in pieces if kind != "new") == before
    assert "".join(text for kind, text in pieces if kind != "gone") == after


def test_very_long_texts_are_shown_whole() -> None:
    before, after = "a " * 3000, "b " * 3000
    assert differences(before, after, Effort()) == (("gone", before), ("new", after))


def test_texts_that_would_take_minutes_to_compare_are_shown_whole() -> None:
    before, after = "." * 1000 + "," * 1000, ",." * 1000
    assert differences(before, after, Effort()) == (("gone", before), ("new", after))


def test_all_texts_of_a_page_have_one_effort() -> None:
    before, after, effort = "one two three", "one six three", Effort(15)
    assert differences(before, after, effort)[0] == ("same", "one ")
    assert differences(before, after, effort) == (("gone", before), ("new", after))
