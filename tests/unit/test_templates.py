"""What can be seen in a template without filling it in."""

import re
from pathlib import Path

from cfp.paths import resource

GLUED = re.compile(r"\}\}\{% end(?:if|for) %\}\n\{\{ ?(?:n?gettext|_)\(")
"""A sentence behind a block at the end of a line: blocks take the line's end with them."""


def glued(template: Path) -> list[str]:
    """The lines before which a blank is missing."""
    text = template.read_text("utf-8")
    return [
        f"{template.name}:{text.count(chr(10), 0, found.end()) + 1}"
        for found in GLUED.finditer(text)
    ]


def test_no_sentence_begins_where_another_ends() -> None:
    templates = [*resource("templates").rglob("*.html"), *resource("templates").rglob("*.txt")]
    assert len(templates) > 100
    assert [place for one in templates for place in glued(one)] == []
