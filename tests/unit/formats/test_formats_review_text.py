"""A reviewer's text is read back as it was written, whatever an answer holds; errors say where."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cfp.formats.errors import FormatError
from cfp.formats.review_text import (
    PartForm,
    ReviewText,
    chosen,
    is_text_form,
    read_text,
    write_text,
)
from cfp.formats.typed_reviews import Typed

LINES = st.text(
    st.one_of(st.sampled_from("=\\*+- []x\n"), st.characters(categories=["L", "N", "P"]))
)


@given(LINES, LINES)
def test_any_answer_is_read_back_as_it_was_written(one: str, other: str) -> None:
    """Also one that looks like the form itself; only blanks around it and at ends of lines go."""
    parts = [PartForm("comment", ["==*== submit"], one), PartForm("answer: Any", (), other)]
    (review,) = read_text(write_text(["A\nnote"], [ReviewText("A1B2C3", 4, ["=="], parts)]))
    assert (review.code, review.revision) == ("A1B2C3", "4")
    said = {key: part.text for key, part in review.parts.items()}
    assert said == {"comment": _tidy(one), "answer: Any": _tidy(other)}


def _tidy(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.split("\n")).strip()


def test_options_are_boxes_and_lines_are_counted() -> None:
    options = [("New  work", True), ("[a] b", False)]
    choice = PartForm("answer: Kind", ["Mark one."], options=options)
    first = ReviewText("A", 0, ["Title"], [PartForm("score: Fit", ["1 to 5"]), choice])
    data = write_text((), [first, ReviewText("B", 2, parts=[PartForm("submit", (), "yes")])])
    assert is_text_form(data)
    assert not is_text_form(b"code,comment\nA,==-==\n")
    one, other = read_text(data)
    assert one.parts["answer: Kind"].text == "[x] New work\n[ ] [a] b"
    assert chosen(one.parts["answer: Kind"].text) == ["New work"]
    assert chosen("New work\n\nOther") == ["New work", "Other"]
    lines = data.decode().split("\n")
    assert lines[one.line - 1] == "==+== Review A"
    assert lines[one.parts["score: Fit"].line - 1] == "==*== score: Fit"
    assert lines[one.parts["answer: Kind"].line - 1] == "[x] New work"
    assert other.parts == {"submit": Typed(lines.index("yes") + 1, "yes")}
    boxes = ReviewText("C", 0, parts=[PartForm("answer: Kind", options=[("a", False)])])
    assert read_text(write_text((), [boxes]))[0].is_empty


@pytest.mark.parametrize(
    ("text", "key", "line"),
    [
        ("", "format.empty", None),
        ("==-== only notes\n", "format.columns", 1),
        ("==+== Review A\n\nlost\n", "format.form", 3),
        ("==*== comment\nx\n", "format.form", 1),
        ("==+== Revision 3\n", "format.form", 1),
        ("==+== Review A\n==*== beauty\n3\n", "format.part", 2),
        ("==+== Review A\n==*== comment\na\n==*== Comment\nb\n", "format.twice", 4),
    ],
)
def test_a_wrong_text_says_where(text: str, key: str, line: int | None) -> None:
    with pytest.raises(FormatError) as error:
        read_text(text.encode())
    assert (error.value.key, error.value.line) == (key, line)
