"""What a tag can be called, and how tags are typed: `hot room:large order:3 note:"ask again"`."""

import re
from collections.abc import Iterable, Mapping

from cfp.domain.submissions.rules import folded
from cfp.errors import DomainError
from cfp.records import record

NAME_LIMIT, VALUE_LIMIT, TYPED_LIMIT, TAG_LIMIT = 30, 60, 20, 200
COLORS = ("blue", "green", "amber", "purple", "teal", "orange", "olive", "red", "gray")
AUDIENCES = ("chairs", "reviewers")

_NAME = re.compile(r"[^\s\"\\(),:=<>!-][^\s\"\\(),:=<>!]*")
_TYPED = re.compile(r'\s*([^\s":=]+)(?:[:=](?:"([^"]*)"|([^\s"]+)))?(?=\s|$)')
_NUMBER = re.compile(r"-?[0-9]{1,9}(?:\.[0-9]{1,6})?")


@record
class Typed:
    """A tag as typed: its name, and its value or nothing."""

    name: str
    value: str = ""

    @property
    def key(self) -> str:
        """The name as it is compared."""
        return folded(self.name)


def read_tags(text: str, *, field: str = "tags") -> list[Typed]:
    """The tags of a line, each once, the last of two with one name.

    Raises:
        DomainError: at `field`: `tag.unread`, `tag.many`, and those of `check_name`.
    """
    found: dict[str, Typed] = {}
    at, end = 0, len(text.rstrip())
    while at < end:
        match = _TYPED.match(text, at)
        if match is None:
            raise DomainError("tag.unread", field=field, text=text[at:].strip()[:40])
        value = " ".join((match[2] or match[3] or "").split())
        typed = Typed(match[1].removeprefix("#"), value)
        check_name(typed.name, field=field)
        if len(value) > VALUE_LIMIT:
            raise DomainError("tag.long_value", field=field, name=typed.name, limit=VALUE_LIMIT)
        found[typed.key] = typed
        at = match.end()
    if len(found) > TYPED_LIMIT:
        raise DomainError("tag.many", field=field, limit=TYPED_LIMIT)
    return list(found.values())


def check_name(name: str, *, field: str) -> None:
    """Raise DomainError unless it is one short word that a search can name: `tag.bad_name`."""
    if len(name) > NAME_LIMIT or not _NAME.fullmatch(name) or not folded(name):
        raise DomainError("tag.bad_name", field=field, name=name[:40], limit=NAME_LIMIT)


def written(name: str, value: str) -> str:
    """A tag as it is typed; `read_tags` reads it back."""
    if not value:
        return name
    return f'{name}:"{value}"' if re.search(r'[\s"]', value) else f"{name}:{value}"


def number_of(value: str) -> float | None:
    """The value as a number, where it is one."""
    return float(value) if _NUMBER.fullmatch(value) else None


def next_color(used: Iterable[str]) -> str:
    """The color that the fewest tags have, the first of those."""
    counts = dict.fromkeys(COLORS, 0)
    for color in used:
        counts[color] = counts.get(color, 0) + 1
    return min(COLORS, key=lambda color: counts[color])


def difference(before: str, after: str) -> tuple[list[Typed], list[Typed]]:
    """What to add and what to take off so that the tags of one line become those of another.

    Raises:
        DomainError: as `read_tags`, for what is wrong in `after`.
    """
    old: Mapping[str, Typed] = {one.key: one for one in read_tags(before, field="before")}
    new = {one.key: one for one in read_tags(after)}
    added = [one for key, one in new.items() if key not in old or old[key].value != one.value]
    return added, [one for key, one in old.items() if key not in new]
