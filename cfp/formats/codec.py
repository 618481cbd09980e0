"""Frozen dataclasses to plain JSON values and back, without loss and without surprises.

A published version is kept as JSON for years, so reading is strict: a value of another type, an
unknown key or a time without offset is an error that names its path. A key that is missing takes
the field's default, so that fields can be added without touching what was published before.
"""

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
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
    return cast(T, _value(kind, value, path))


def _wrong(path: str, expected: str) -> FormatError:
    return FormatError("format.field", path=path or "/", expected=expected)


def _value(kind: object, value: object, path: str) -> object:
    if kind in _PLAIN and type(value) is kind:
        return value
    origin = get_origin(kind)
    if origin is UnionType:
        return _optional(kind, value, path)
    if origin is tuple:
        return _items(get_args(kind)[0], value, path)
    if origin is Literal:
        if value not in get_args(kind):
            raise _wrong(path, " | ".join(map(str, get_args(kind))))
        return value
    if kind in (datetime, date):
        return _moment(cast(type, kind), value, path)
    if is_dataclass(kind):
        return _object(cast(type, kind), value, path)
    raise _wrong(path, cast(type, kind).__name__)


def _optional(kind: object, value: object, path: str) -> object:
    if value is None and NoneType in get_args(kind):
        return None
    (inner,) = [one for one in get_args(kind) if one is not NoneType]
    return _value(inner, value, path)


def _items(kind: object, value: object, path: str) -> tuple[object, ...]:
    if not isinstance(value, list):
        raise _wrong(path, "list")
    return tuple(_value(kind, item, f"{path}/{number}") for number, item in enumerate(value))


def _moment(kind: type, value: object, path: str) -> date:
    expected = "time with offset" if kind is datetime else "date"
    try:
        if kind is date:
            return date.fromisoformat(str(value))
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        raise _wrong(path, expected) from None
    if moment.tzinfo is None:
        raise _wrong(path, expected)
    return moment.astimezone(UTC)


@lru_cache
def _shape(kind: type) -> tuple[tuple[str, object, bool], ...]:
    """Return name, type and whether it has no default, of each field; resolving types is slow."""
    hints = get_type_hints(kind)
    return tuple(
        (
            field.name,
            hints[field.name],
            field.default is MISSING and field.default_factory is MISSING,
        )
        for field in fields(kind)
    )


def _object(kind: type, value: object, path: str) -> object:
    if not isinstance(value, Mapping):
        raise _wrong(path, "object")
    given: dict[str, object] = {}
    for name, hint, required in _shape(kind):
        if name in value:
            given[name] = _value(hint, value[name], f"{path}/{name}")
        elif required:
            raise _wrong(f"{path}/{name}", "a value")
    for name in value:
        if name not in given:
            raise _wrong(f"{path}/{name}", "nothing")
    try:
        return kind(**given)
    except ValueError as refused:
        raise _wrong(path, str(refused)) from refused
