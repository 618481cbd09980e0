"""Values of other programs' JSON, of which nothing is certain."""

import json
import re
from collections.abc import Mapping

from cfp.formats.errors import FormatError

_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")
"""The escape itself, not a text about it, whose backslash is doubled."""


def parse_json(source: str) -> object:
    """Parse JSON whose strings are text.

    Raises:
        FormatError: `format.json`, with the line where there is one.
    """
    try:
        data: object = json.loads(source)
        # Escapes can spell halves of characters, which neither a page nor a database takes.
        json.dumps(data, ensure_ascii=False).encode()
    except json.JSONDecodeError as wrong:
        raise FormatError("format.json", wrong.lineno, reason=wrong.msg) from None
    except UnicodeEncodeError:
        raise FormatError("format.json", reason="half a character (a lone surrogate)") from None
    except (RecursionError, ValueError):
        raise FormatError("format.json", reason="too deep or too long") from None
    if _NUL.search(source):
        raise FormatError("format.json", reason="a NUL character")
    return data


def mapping(value: object, path: str) -> Mapping[str, object]:
    """Return an object, or refuse what is none."""
    if not isinstance(value, Mapping):
        raise FormatError("format.field", path=path, expected="object")
    return value


def items(value: object, path: str) -> list[object]:
    """Return a list, or refuse what is none."""
    if not isinstance(value, list):
        raise FormatError("format.field", path=path, expected="list")
    return value


def text(value: object) -> str:
    """Return a string or a number as text; nothing for anything else."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def texts(value: object) -> str:
    """Return text, or of `{"en": ..., "de": ...}` the English or first one, or a named object's."""
    if not isinstance(value, Mapping):
        return text(value)
    chosen = value.get("en") or value.get("name") or next(iter(value.values()), "")
    return texts(chosen) if isinstance(chosen, Mapping) else text(chosen)
