"""Tags as they are typed: what is read is written back, and read again as it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cfp.domain.submissions.search import parse
from cfp.domain.submissions.tag_rules import (
    COLORS,
    difference,
    next_color,
    number_of,
    read_tags,
    written,
)
from cfp.errors import DomainError
from tests.unit.test_theme import THEME


@given(st.text(max_size=60))
def test_any_line_is_read_or_refused(line: str) -> None:
    try:
        found = read_tags(line)
    except DomainError as error:
        assert error.field == "tags"  # noqa: PT017 - most lines are no tags, and that is right
    else:
        assert read_tags(" ".join(written(one.name, one.value) for one in found)) == found
        for one in found:
            parse(f"tag:{one.name}")  # whatever can be a tag can be searched for


def test_values_and_doubles() -> None:
    line = ' #hot Room:"a  large hall" room=small 2024 '
    assert [(one.name, one.value) for one in read_tags(line)] == [
        ("hot", ""),
        ("room", "small"),
        ("2024", ""),
    ]


def test_the_difference_of_two_lines() -> None:
    added, removed = difference("hot room:large old", "room:small hot new")
    assert [one.name for one in added] == ["room", "new"]
    assert [one.name for one in removed] == ["old"]


@pytest.mark.parametrize(
    ("value", "number"),
    [("3", 3.0), ("-2.5", -2.5), ("", None), ("3 m", None), ("1e9", None), ("nan", None)],
)
def test_a_number_is_one_by_its_looks(value: str, number: float | None) -> None:
    assert number_of(value) == number


def test_colors_are_spread_and_are_in_the_theme() -> None:
    assert next_color([]) == COLORS[0]
    assert next_color(COLORS[:3]) == COLORS[3]
    assert all(f".tag-{color} {{" in THEME for color in COLORS)
