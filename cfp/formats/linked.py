"""Links inside plain text, for pages that show what people typed."""

import re
from collections.abc import Iterator

from markupsafe import Markup, escape

_LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]}]")


def linked(text: str) -> Markup:
    """Plain text with its addresses made clickable, nothing else changed."""
    return Markup("".join(_parts(text))) if "://" in text else escape(text)  # noqa: S704 - escaped below


def _parts(text: str) -> Iterator[str]:
    position = 0
    for match in _LINK.finditer(text):
        yield escape(text[position : match.start()])
        address = escape(match.group())
        yield f'<a href="{address}" rel="nofollow noopener ugc">{address}</a>'
        position = match.end()
    yield escape(text[position:])
