"""Reading dataclasses from JSON: what is refused, what was expected there, and where it stands."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal

import pytest

from cfp.formats.codec import decode, encode
from cfp.formats.errors import FormatError


@dataclass(frozen=True)
class Leaf:
    name: str
    size: int = 1

    def __post_init__(self) -> None:
        if self.size < 0:
            raise ValueError("no leaf is smaller than nothing")


@dataclass(frozen=True)
class Tree:
    kind: Literal["oak", "elm"]
    planted: date
    seen: datetime
    leaves: tuple[Leaf, ...] = ()
    felled: datetime | None = None
    ever_green: bool = False


SEEN = datetime(2027, 5, 4, 9, tzinfo=UTC)
TREE = Tree("oak", date(2001, 2, 3), SEEN, (Leaf("first"), Leaf("second", 2)), SEEN, True)


def test_what_was_written_is_read_back():
    assert decode(Tree, encode(TREE)) == TREE


def test_what_is_missing_takes_its_default_and_times_become_utc():
    stored = {"kind": "elm", "planted": "2001-02-03", "seen": "2027-05-04T11:00:00+02:00"}
    found = decode(Tree, stored)
    assert found == Tree("elm", date(2001, 2, 3), SEEN)
    assert found.seen.utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("change", "where", "expected"),
    [
        ({"kind": "ash"}, "/tree/kind", "oak | elm"),
        ({"planted": "soon"}, "/tree/planted", "date"),
        ({"planted": None}, "/tree/planted", "date"),
        ({"seen": "2027-05-04T09:00:00"}, "/tree/seen", "time with offset"),
        ({"felled": 7}, "/tree/felled", "time with offset"),
        ({"ever_green": 1}, "/tree/ever_green", "bool"),
        ({"height": 3}, "/tree/height", "nothing"),
        ({"leaves": "many"}, "/tree/leaves", "list"),
        ({"leaves": [{"name": "a"}, 5]}, "/tree/leaves/1", "object"),
        ({"leaves": [{"name": "a"}, {"size": 1}]}, "/tree/leaves/1/name", "a value"),
        ({"leaves": [{"name": 1}]}, "/tree/leaves/0/name", "str"),
        ({"leaves": [{"name": "a", "size": True}]}, "/tree/leaves/0/size", "int"),
        ({"leaves": [{"name": "a", "hue": "red"}]}, "/tree/leaves/0/hue", "nothing"),
        (
            {"leaves": [{"name": "a", "size": -1}]},
            "/tree/leaves/0",
            "no leaf is smaller than nothing",
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_place(change, where, expected):
    stored = encode(TREE)
    assert isinstance(stored, dict)
    with pytest.raises(FormatError) as refused:
        decode(Tree, stored | change, "/tree")
    assert refused.value.key == "format.field"
    assert refused.value.data == {"path": where, "expected": expected}


def test_the_first_of_several_faults_is_named():
    with pytest.raises(FormatError) as refused:
        decode(Tree, {"height": 3, "kind": "oak", "seen": 1})
    assert refused.value.data == {"path": "/planted", "expected": "a value"}


def test_the_whole_stands_at_a_stroke():
    with pytest.raises(FormatError) as refused:
        decode(Tree, [])
    assert refused.value.data == {"path": "/", "expected": "object"}


def test_a_type_without_reader_is_a_mistake_of_ours():
    with pytest.raises(TypeError, match="float"):
        decode(float, 0.5)
