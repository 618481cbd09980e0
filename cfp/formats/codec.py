"""Frozen dataclasses to plain JSON values and back, without loss and without surprises.

A published version is kept as JSON for years, so reading is strict: a value of another type, an
unknown key or a time without offset is an error that names its path. A key that is missing takes
the field's default, so that fields can be added without touching what was published before.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from types import NoneType, UnionType
from typing import Literal, TypeVar, cast, get_args, get_origin, get_type_hints

from cfp.formats.errors import FormatError

Json = dict[str, "Json"] | list["Json"] | str | int | float | bool | None
T = TypeVar("T")

_PLAIN = (str, int, bool)


def rfc3339(moment: datetime) -> str:
    """Write a moment in UTC: `2025-11-19T08:30:00Z`."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def encode(value: object) -> Json:
    """Return plain JSON values; keys stand in the order of the fields."""
    if value is None or isinstance(value, str | int | bool):
        return value
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [encode(item) for item in value]
    if is_dataclass(value):
        return {name: encode(getattr(value, name)) for name in _names(value.__class__)}
    raise TypeError(f"no JSON for {type(value).__name__}")


@lru_cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def decode(kind: type[T], value: object, path: str = "") -> T:
    """Return the dataclass `kind` read from plain JSON values.

    Raises:
        FormatError: `format.field` with the path of what is wrong.
    """
    try:
        return cast(T, _reader(kind)(value))  # type: ignore[arg-type] # a class is hashable
    except _Refused as refused:
        place = path + refused.place
        raise FormatError("format.field", path=place or "/", expected=refused.expected) from refused


class _Refused(Exception):  # noqa: N818 - becomes a FormatError, once its whole path is known
    """A value that cannot be read; every level on the way out puts its own step before `place`."""

    def __init__(self, expected: str, place: str = "") -> None:
        super().__init__(expected)
        self.expected = expected
        self.place = place

    def under(self, step: str | int) -> "_Refused":
        self.place = f"/{step}{self.place}"
        return self


Reader = Callable[[object], object]


@cache
def _reader(kind: object) -> Reader:
    """Return what reads values of a type, so that types are looked at once and not per value."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is UnionType:
        return _optional(arguments)
    if origin is tuple:
        return _items(_reader(arguments[0]))
    if origin is Literal:
        return _one_of(arguments)
    if kind is datetime:
        return _moment
    if kind is date:
        return _date
    if is_dataclass(kind):
        return _object(cast(type, kind))
    if kind in _PLAIN:
        return _plain(cast(type, kind))
    raise TypeError(f"no reader of {kind}")


def _plain(kind: type) -> Reader:
    def read(value: object) -> object:
        if type(value) is not kind:
            raise _Refused(kind.__name__)
        return value

    return read


def _optional(kinds: Sequence[object]) -> Reader:
    (inner,) = [_reader(one) for one in kinds if one is not NoneType]
    return lambda value: None if value is None else inner(value)


def _one_of(choices: Sequence[object]) -> Reader:
    def read(value: object) -> object:
        if value not in choices:
            raise _Refused(" | ".join(map(str, choices)))
        return value

    return read


def _items(item: Reader) -> Reader:
    def read(value: object) -> object:
        if not isinstance(value, list):
            raise _Refused("list")
        found: list[object] = []
        try:
            for each in value:
                found.append(item(each))  # noqa: PERF401 - its length is the place of what is wrong
        except _Refused as refused:
            raise refused.under(len(found)) from None
        return tuple(found)

    return read


def _date(value: object) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise _Refused("date") from None


def _moment(value: object) -> datetime:
    return _read_moment(str(value))


@lru_cache(maxsize=1024)  # in a program of many rooms a few moments occur again and again
def _read_moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise _Refused("time with offset") from None
    if moment.tzinfo is None:
        raise _Refused("time with offset")
    return moment.astimezone(UTC)


def _object(kind: type) -> Reader:
    as_written, any_object = _as_written(kind), _any_object(kind)

    def read(value: object) -> object:
        found = as_written(value)
        return any_object(value) if found is None else found

    return read


def _as_written(kind: type) -> Reader:
    """Return a quick reader of what `encode` wrote, with every key there.

    It fills the instance at once, several times as fast as the initializer of a frozen class, which
    sets field by field. Where anything is not as it should be it returns None: what may be missing
    and what is to be said about the rest is the other reader's.
    """
    hints, names = get_type_hints(kind), frozenset(_names(kind))
    plain = [(name, hints[name]) for name in names if hints[name] in _PLAIN]
    perhaps = [(name, one) for name in names for one in _PLAIN if hints[name] == one | None]
    known = {name for name, _kind in (*plain, *perhaps)}
    others = [(name, _reader(hints[name])) for name in names - known]
    check: Callable[[object], None] | None = getattr(kind, "__post_init__", None)

    def read(value: object) -> object:
        if type(value) is not dict or value.keys() != names:
            return None
        for name, wanted in plain:
            if type(value[name]) is not wanted:
                return None
        for name, wanted in perhaps:
            if value[name] is not None and type(value[name]) is not wanted:
                return None
        made: object = object.__new__(kind)
        given = made.__dict__
        given.update(value)
        try:
            for name, read_field in others:
                given[name] = read_field(value[name])
            if check is not None:
                check(made)
        except (_Refused, ValueError):
            return None
        return made

    return read


def _any_object(kind: type) -> Reader:
    hints = get_type_hints(kind)
    shape = [(field.name, _reader(hints[field.name]), _required(field)) for field in fields(kind)]

    def read(value: object) -> object:
        if not isinstance(value, Mapping):
            raise _Refused("object")
        given: dict[str, object] = {}
        for name, read_field, required in shape:
            if name in value:
                try:
                    given[name] = read_field(value[name])
                except _Refused as refused:
                    raise refused.under(name) from None
            elif required:
                raise _Refused("a value", f"/{name}")
        if len(given) < len(value):
            unknown = next(name for name in value if name not in given)
            raise _Refused("nothing", f"/{unknown}")
        try:
            return kind(**given)
        except ValueError as refused:
            raise _Refused(str(refused)) from refused

    return read


def _required(field: Field[object]) -> bool:
    return field.default is MISSING and field.default_factory is MISSING
