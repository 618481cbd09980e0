"""A record behaves as the frozen dataclass of the same fields would, as far as it runs."""

from dataclasses import asdict, dataclass, field, fields, replace

import pytest

from cfp.records import record


@record
class Place:
    room: str
    minutes: int = 25
    secret: str = field(default="", repr=False)
    seen: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Frozen:
    room: str
    minutes: int = 25
    secret: str = field(default="", repr=False)
    seen: int = field(default=0, compare=False)


@record
class Booked(Place):
    by: str = "nobody"


@record(eq=False)
class Alone:
    name: str


@record(kw_only=True)
class Named:
    first: str = "A"
    last: str


VALUES = [("E112",), ("E112", 30), ("E112", 30, "x"), ("E112", 30, "x", 4), ("D105", 30)]


@pytest.mark.parametrize("one", VALUES)
@pytest.mark.parametrize("other", VALUES)
def test_equality_and_hash_are_those_of_a_dataclass(one: tuple, other: tuple) -> None:
    same = Frozen(*one) == Frozen(*other)
    assert (Place(*one) == Place(*other)) is same
    assert (hash(Place(*one)) == hash(Place(*other))) is same


@pytest.mark.parametrize("values", VALUES)
def test_what_is_written_of_it_is_too(values: tuple) -> None:
    assert repr(Place(*values)) == repr(Frozen(*values)).replace("Frozen", "Place")
    assert asdict(Place(*values)) == asdict(Frozen(*values))


def test_records_of_two_classes_are_never_equal() -> None:
    assert Place("E112") != Booked("E112")
    assert Place("E112") != Frozen("E112")
    assert Place("E112") != "E112"


def test_one_that_inherits_compares_all_its_fields() -> None:
    assert [one.name for one in fields(Booked)] == ["room", "minutes", "secret", "seen", "by"]
    assert Booked("E112", by="Ada") == replace(Booked("E112"), by="Ada")
    assert Booked("E112", by="Ada") != Booked("E112")


def test_without_equality_each_is_only_itself() -> None:
    alone = Alone("Ada")
    assert alone == alone
    assert alone != Alone("Ada")
    assert len({alone, Alone("Ada")}) == 2
    assert repr(alone) == "Alone(name='Ada')"


def test_fields_by_keyword_come_in_any_order() -> None:
    assert Named(last="B").first == "A"
    with pytest.raises(TypeError, match="positional"):
        Named("A", "B")
