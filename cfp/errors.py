"""Errors carry a stable key and data; the web and the command line put them into words."""

from collections.abc import Mapping, Sequence


class CfpError(Exception):
    """Base of everything this application raises on purpose."""

    def __init__(self, key: str, **data: object) -> None:
        super().__init__(key)
        self.key = key
        self.data = data

    def __str__(self) -> str:
        details = ", ".join(f"{name}={value!r}" for name, value in self.data.items())
        return f"{self.key} ({details})" if details else self.key


class ConfigError(CfpError):
    """A setting that cannot be used; `name` and `value` are in the data."""


class DomainError(CfpError):
    """A rule of the conference was not met. `field` in the data names the form's field, if any."""

    status = 422

    @property
    def field(self) -> str | None:
        """Name of the form field the message belongs to."""
        value = self.data.get("field")
        return value if isinstance(value, str) else None

    @property
    def every(self) -> tuple["DomainError", ...]:
        """This one, and what else was found wrong with the same form."""
        also = self.data.get("also")
        return (self, *also) if isinstance(also, tuple) else (self,)


def raise_together(errors: Sequence[DomainError]) -> None:
    """Raise the first of these with the others in it, so that all can be mended at once."""
    if errors:
        first, *others = errors
        raise DomainError(first.key, **first.data, also=tuple(others))


class NotFoundError(DomainError):
    """Does not exist, or must look as if it did not."""

    status = 404


class ForbiddenError(DomainError):
    """Exists, and the person may know it, but may not do this."""

    status = 403


class NotNowError(DomainError):
    """Right person, wrong moment: a closed call, a state that has moved on."""

    status = 409


class StaleError(DomainError):
    """Somebody else saved first. `theirs` and `yours` in the data are mappings of field to text."""

    status = 409

    def texts(self, whose: str) -> dict[str, str]:
        """The stored texts (`theirs`) or the typed ones (`yours`), by the field's label."""
        found = self.data.get(whose)
        return dict(found) if isinstance(found, Mapping) else {}


class ThrottledError(DomainError):
    """Too many tries; `seconds` in the data is when to come back."""

    status = 429
