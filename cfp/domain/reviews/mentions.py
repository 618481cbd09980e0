"""Mentions inside a comment: "@" and a name, kept as a pseudonym, read as its reader may know it.

Pure: texts in, texts out. A name that stands in the text without "@" is the writer's own word.
"""

import re
from collections.abc import Mapping

from cfp.domain.submissions.rules import folded

LOOKED_AT = 100
_TOKEN = re.compile(r"@([0-9A-F]{6})\b")


def encode(text: str, people: Mapping[str, str]) -> tuple[str, frozenset[str]]:
    """The text with pseudonyms in place of the names after "@", and who is mentioned.

    `people` maps a name (or a pseudonym) as the writer knows it to the pseudonym; the longest name
    that fits counts, whatever its case. What fits nobody stays as it is, and so does what stands
    behind more "@" than anybody means: each is held against every name.
    """
    names = sorted(people, key=len, reverse=True)
    parts, found, rest, looked = [], set(), text, 0
    while "@" in rest and looked < LOOKED_AT:
        before, _, rest = rest.partition("@")
        parts.append(before)
        at_word = before[-1:].isalnum()
        looked += not at_word
        name = None if at_word else next((one for one in names if _begins(rest, one)), None)
        if name is None:
            parts.append("@")
            continue
        found.add(people[name])
        parts.append(f"@{people[name]}")
        rest = rest[len(name) :]
    return "".join([*parts, rest]), frozenset(found)


def decode(text: str, names: Mapping[str, str]) -> str:
    """The text as somebody reads it: `names` maps pseudonyms to what this reader may call them."""
    return _TOKEN.sub(lambda match: f"@{names.get(match[1], match[1])}", text)


def _begins(text: str, name: str) -> bool:
    """Whether the text begins with the name, and the name ends with it."""
    following = text[len(name) : len(name) + 1]
    return folded(text[: len(name)]) == folded(name) and not following.isalnum()
