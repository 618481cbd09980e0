r"""The search language: a text to a small tree and back. Which keys there are is not its business.

    either = both ("OR" both)*                what stands side by side, or around AND, must all hold
    both   = one ("AND"? one)*
    one    = "-"? ("(" either ")" | term)
    term   = KEY sign value ("," value)* | value      a value without a key is a word to look for
    sign   = ":" | "=" | "!=" | "<" | "<=" | ">" | ">="     (":" may stand before the others)
    value  = any characters but blanks, or anything in quotes with \" and \\ for these two

One pass over the text without going back; length, terms and depth are bounded, so the time is too.
Only a key with a value right behind it is one: "QUIC: lessons" are two words.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import field
from typing import TypeAlias

from cfp.errors import DomainError
from cfp.records import record

LENGTH, TERMS, DEPTH = 500, 25, 8


class SearchError(DomainError):
    """A search that cannot be understood; `place` is the character in `cleaned` text, from 0."""

    status = 400

    @property
    def place(self) -> int:
        """Where the trouble begins."""
        value = self.data.get("place")
        return value if isinstance(value, int) else 0


@record
class Word:
    """A word or a phrase to look for."""

    text: str
    place: int = field(default=0, compare=False)


@record
class Term:
    """A key compared with values: `sign` is one of : != < <= > >=, and any of the values will do.

    Without values nothing stood behind the sign: a word that ends in it, unless it is a key.
    """

    key: str
    sign: str
    values: tuple[str, ...]
    place: int = field(default=0, compare=False)


@record
class Not:
    part: "Node"


@record
class And:
    parts: tuple["Node", ...]


@record
class Or:
    parts: tuple["Node", ...]


Node: TypeAlias = Word | Term | Not | And | Or

_KEY = re.compile(r"([A-Za-z][A-Za-z_]{0,29})(:?(?:!=|<=|>=|<|>|=)|:)")
_SIGN = re.compile(r"!=|[:<>=]")
_PLAIN = re.compile(r"[^\W_][^\s\"(),:=<>!]*")
_OPERATORS = frozenset({"OR", "AND"})


def cleaned(text: str) -> str:
    """What is read of a text: without characters that no stored text holds, blanks as spaces.

    A text that is far too long is cut, still too long to be read.
    """
    kept = (" " if c.isspace() else c for c in text[: LENGTH + 1])
    return "".join(c for c in kept if unicodedata.category(c) not in {"Cc", "Cs"})


def parse(text: str) -> Node | None:
    """The tree of a cleaned text, None where it asks for nothing.

    Raises:
        SearchError: `search.long`, `search.many`, `search.deep`, `search.quote`, `search.bracket`,
            `search.unopened`, `search.operator`, `search.no_value`, `search.lone_sign`.
    """
    if len(text) > LENGTH:
        raise SearchError("search.long", place=LENGTH, limit=LENGTH)
    reader = _Reader(text)
    found = reader.either(0)
    if reader.at < len(text):
        raise SearchError("search.unopened", place=reader.at)
    return found


class _Reader:
    """Where the reading is, and how many terms there were."""

    def __init__(self, text: str) -> None:
        self.text, self.at, self.terms = text, 0, 0

    def either(self, depth: int) -> Node | None:
        """Read up to a bracket that closes, or the end."""
        parts: list[Node] = []
        while True:
            part = self._both(depth)
            place = self.at
            again = self._operator("OR")
            if part is None and (again or parts):
                raise self._wrong("search.operator", place)
            if part is not None:
                parts += part.parts if isinstance(part, Or) else [part]
            if not again:
                return _joined(Or, parts)

    def _both(self, depth: int) -> Node | None:
        parts: list[Node] = []
        joined = False
        while True:
            self._skip()
            place = self.at
            part = None if self._operator("OR", look=True) else self._one(depth)
            if part is not None:
                parts += part.parts if isinstance(part, And) else [part]
            elif joined or self._operator("AND", look=True):
                raise self._wrong("search.operator", place)
            elif self._ended():
                return _joined(And, parts)
            joined = self._operator("AND")

    def _one(self, depth: int) -> Node | None:
        """The next term or bracket; None at an end, an operator, and for an empty phrase."""
        self._skip()
        if self._ended() or self._operator("AND", look=True):
            return None
        negated = self.text[self.at] == "-" and self.at + 1 < len(self.text)
        if negated and self.text[self.at + 1] not in " )":
            self.at += 1
            part = self._bracket(depth) or self._term()
            return Not(part) if part is not None else None
        return self._bracket(depth) or self._term()

    def _bracket(self, depth: int) -> Node | None:
        if not self.text.startswith("(", self.at):
            return None
        opened = self.at
        if depth == DEPTH:
            raise SearchError("search.deep", place=opened, limit=DEPTH)
        self.at += 1
        part = self.either(depth + 1)
        if part is None or not self.text.startswith(")", self.at):
            raise SearchError("search.bracket", place=opened)
        self.at += 1
        return part

    def _term(self) -> Node | None:
        place = self.at
        self.terms += 1
        if self.terms > TERMS:
            raise SearchError("search.many", place=place, limit=TERMS)
        match = _KEY.match(self.text, self.at)
        if match is None:
            if _SIGN.match(self.text, place):
                raise SearchError("search.lone_sign", place=place)
            text = self._value(",")
            return Word(text, place) if text else None
        self.at = match.end()
        sign = match[2].removeprefix(":").replace("=", "", match[2] in {"=", ":="}) or ":"
        return Term(match[1].casefold(), sign, tuple(self._values()), place)

    def _values(self) -> Iterator[str]:
        """What stands behind the sign, separated by commas."""
        first = True
        while True:
            place = self.at
            value = self._value()
            if value:
                yield value
            elif not first or self.text.startswith(",", self.at) or self.at > place:
                raise self._wrong("search.no_value", place)
            first = False
            if not self.text.startswith(",", self.at):
                return
            self.at += 1

    def _value(self, also: str = "") -> str:
        """A phrase, or the characters up to a blank, a comma or a bracket that is not its own."""
        if self.text.startswith('"', self.at):
            return self._phrase()
        start, opened = self.at, 0
        while self.at < len(self.text):
            character = self.text[self.at]
            opened += (character == "(") - (character == ")")
            if character == " " or opened < 0 or (character == "," and not also):
                break
            self.at += 1
        return self.text[start : self.at]

    def _phrase(self) -> str:
        opened, found = self.at, []
        self.at += 1
        while not self.text.startswith('"', self.at):
            self.at += self.text[self.at : self.at + 2] in {'\\"', "\\\\"}
            if self.at >= len(self.text):
                raise SearchError("search.quote", place=opened)
            found.append(self.text[self.at])
            self.at += 1
        self.at += 1
        return " ".join("".join(found).split())

    def _operator(self, name: str, *, look: bool = False) -> bool:
        """Whether the operator stands here, between blanks or brackets; read unless `look`ed at."""
        self._skip()
        end = self.at + len(name)
        if self.text[self.at : end] != name or self.text[end : end + 1] not in {"", " ", "(", ")"}:
            return False
        if not look:
            self.at = end
        return True

    def _wrong(self, key: str, place: int) -> SearchError:
        """About the character at this place, or the last one where the text has ended."""
        return SearchError(key, place=max(0, min(place, len(self.text) - 1)))

    def _skip(self) -> None:
        while self.text.startswith(" ", self.at):
            self.at += 1

    def _ended(self) -> bool:
        closed = self.at >= len(self.text) or self.text[self.at] == ")"
        return closed or self._operator("OR", look=True)


def _joined(kind: type[And] | type[Or], parts: list[Node]) -> Node | None:
    return kind(tuple(parts)) if len(parts) > 1 else (parts[0] if parts else None)


def printed(node: Node | None) -> str:
    """A text that `parse` reads as this tree."""
    if node is None:
        return ""
    if isinstance(node, Word):
        return _quoted(node.text)
    if isinstance(node, Term):
        return f"{node.key}{node.sign}{','.join(_quoted(value) for value in node.values)}"
    if isinstance(node, Not):
        return f"-{_grouped(node.part)}"
    word = " OR " if isinstance(node, Or) else " "
    return word.join(
        printed(part) if isinstance(part, Not) else _grouped(part) for part in node.parts
    )


def _grouped(node: Node) -> str:
    text = printed(node)
    return text if isinstance(node, Word | Term) else f"({text})"


def _quoted(text: str) -> str:
    if _PLAIN.fullmatch(text) and text not in _OPERATORS:
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
