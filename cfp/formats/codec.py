"""Frozen dataclasses to plain JSON values and back, without loss and without surprises.

A published version is kept as JSON for years, so reading is strict: a value of another type, an
unknown key or a time without offset is an error that names its path. A key that is missing takes
the field's default, so that fields can be added without touching what was published before.
"""

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import UTC, date, datetime
from types import NoneType, UnionType
from typing import Literal, TypeVar, cast, get_args, get_origin, get_type_hints

from cfp.formats.errors import FormatError

Json = dict[str, "Json"] | list["Json"] | str | int | float | bool | None
T = TypeVar("T")


def rfc3339(moment: datetime) -> str:
    """Write a moment in UTC: `2025-11-19T08:30:00Z`."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def encode(value: object) -> Json:
    """Return plain JSON values; keys stand in the order of the fields."""
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [encode(item) for item in value]
    if is_dataclass(value):
        return {field.name: encode(getattr(value, field.name)) for field in fields(value)}
    if value is None or isinstance(value, str | int | bool):
        return value
    raise TypeError(f"no JSON for {type(value).__name__}")


def decode(kind: type[T], value: object, path: str = "") -> T:
    """Return the dataclass `kind` read from plain JSON values.

    Raises:
        FormatError: `format.field` with the path of what is wrong.
    """
    return cast(T, _value(kind, value, path))


def _wrong(path: str, expected: str) -> FormatError:
    return FormatError("format.field", path=path or "/", expected=expected)


def _value(kind: object, value: object, path: str) -> object:
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
    if type(value) is not kind:
        raise _wrong(path, cast(type, kind).__name__)
    return value


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


def _object(kind: type, value: object, path: str) -> object:
    if not isinstance(value, Mapping):
        raise _wrong(path, "object")
    known = {field.name: field for field in fields(kind)}
    for name in value:
        if name not in known:
            raise _wrong(f"{path}/{name}", "nothing")
    hints = get_type_hints(kind)
    given = {
        name: _value(hints[name], value[name], f"{path}/{name}")
        for name, field in known.items()
        if name in value or _required(field, f"{path}/{name}")
    }
    try:
        return kind(**given)
    except ValueError as refused:
        raise _wrong(path, str(refused)) from refused


def _required(field: "Field[object]", path: str) -> bool:
    if field.default is MISSING and field.default_factory is MISSING:
        raise _wrong(path, "a value")
    return False
