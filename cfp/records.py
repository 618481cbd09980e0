"""Records: frozen dataclasses that are cheap to define and to make.

`dataclass(frozen=True)` writes and compiles six functions for each class, which for the three
hundred behind the pages took a sixth of the start. Of a record only `__init__` is compiled, and it
sets the fields as that of any class does, not by the detour of one that refuses at run time: a list
makes thousands. What refuses to change a record is the type checker.

On a few hang rights and settings (actors, seats, standing, the policy's tables, the config): those
refuse at run time too.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import Any, TypeVar, dataclass_transform, overload

T = TypeVar("T")


@overload
def record(cls: type[T], /) -> type[T]: ...
@overload
def record(*, eq: bool = ..., kw_only: bool = ...) -> Callable[[type[T]], type[T]]: ...
@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(
    cls: type[T] | None = None, /, *, eq: bool = True, kw_only: bool = False
) -> type[T] | Callable[[type[T]], type[T]]:
    """Make a class a record; with `eq=False` each one is equal only to itself."""
    if cls is None:
        return lambda cls: _made(cls, eq=eq, kw_only=kw_only)
    return _made(cls, eq=eq, kw_only=kw_only)


def _made(cls: type[T], *, eq: bool, kw_only: bool) -> type[T]:
    made: Any = dataclass(repr=False, eq=False, kw_only=kw_only)(cls)
    made.__repr__ = _written
    if eq:
        _compare(made, attrgetter(*(one.name for one in fields(made) if one.compare)))
    return cls


def _written(self: Any) -> str:  # noqa: ANN401 - any record
    values = (f"{one.name}={getattr(self, one.name)!r}" for one in fields(self) if one.repr)
    return f"{type(self).__qualname__}({', '.join(values)})"


def _compare(cls: Any, values: Callable[[Any], object]) -> None:  # noqa: ANN401 - any record's class
    def equal(self: object, other: object) -> bool:
        return values(self) == values(other) if type(other) is type(self) else NotImplemented

    def hashed(self: object) -> int:
        return hash(values(self))

    cls.__eq__, cls.__hash__ = equal, hashed
