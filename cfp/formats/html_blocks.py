"""A page as the sequence of its blocks of text, as a browser without style sheets would show it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

import html5lib
from html5lib.constants import tokenTypes

from cfp.records import record

_LINE = "source-line"
_BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "body", "caption", "dd", "details", "div",
    "dl", "dt", "fieldset", "figcaption", "figure", "footer", "h1", "h2", "h3", "h4", "h5",
    "h6", "header", "hr", "legend", "li", "main", "ol", "p", "pre", "section", "summary",
    "table", "td", "th", "tr", "tbody", "thead", "tfoot", "ul",
))  # fmt: skip
_ABSENT = frozenset((
    "head", "script", "style", "template", "noscript", "nav", "form", "select", "textarea",
    "button", "svg", "math", "iframe", "object", "audio", "video", "canvas", "dialog",
))  # fmt: skip
_FRONT_MATTER = re.compile(r"\A\s*---[ \t]*\n(.*?\n)---[ \t]*(?:\n|\Z)", re.DOTALL)
_BLANKS = re.compile("[ \t\n\f\r]+")


class _Parser(html5lib.HTMLParser):  # type: ignore[misc] # html5lib ships no types
    """Notes the line of every start tag, for warnings."""

    def mainLoop(self) -> None:  # noqa: N802 - html5lib's own hook
        emit = self.tokenizer.emitCurrentToken

        def emit_with_line() -> None:
            token = self.tokenizer.currentToken
            if token["type"] == tokenTypes["StartTag"]:
                token["data"].append([_LINE, str(self.tokenizer.stream.position()[0])])
            emit()

        self.tokenizer.emitCurrentToken = emit_with_line
        super().mainLoop()


@record
class Block:
    """Text of one block; `element` is the element it stands in.

    `typed` text has its blanks and lines as in the source. A table is one block without text.
    """

    element: Element
    text: str
    typed: bool = False
    in_footer: bool = False
    container: Element | None = None

    @property
    def tag(self) -> str:
        return str(self.element.tag)

    @property
    def line(self) -> int | None:
        return line_of(self.element)


@record
class Page:
    """A parsed page: `front` holds the values of a Jekyll front matter."""

    front: dict[str, str]
    head_title: str
    blocks: tuple[Block, ...]


def line_of(element: Element) -> int | None:
    value = element.get(_LINE, "")
    return int(value) if re.fullmatch("[0-9]{1,9}", value) else None


def classes(element: Element) -> list[str]:
    return element.get("class", "").split()


def folded(text: str) -> str:
    """Fold blanks as a browser does; no-break spaces are not blanks."""
    return _BLANKS.sub(" ", text).strip(" ")


def text_of(element: Element) -> str:
    """Return an element's text on one line."""
    parts = [text for kind, _, text in _events(element) if kind == "text"]
    return folded("".join(parts))


def parse(text: str) -> Page:
    """Read a page or a fragment of one; never fails, as browsers never do."""
    matter = _FRONT_MATTER.match(text)
    front = _front_values(matter[1]) if matter else {}
    if matter:
        text = "\n" * matter[0].count("\n") + text[matter.end() :]
    parser = _Parser(tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False)
    document: Element = parser.parse(text)
    title = document.find("./head/title")
    head_title = folded("".join(title.itertext())) if title is not None else ""
    blocks = [block for root in _roots(document) for block in _Flow().read(root)]
    return Page(front, head_title, tuple(blocks))


def _front_values(matter: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in matter.splitlines():
        key, colon, value = line.partition(":")
        if colon and not key.startswith((" ", "#", "-")):
            found[key.strip()] = _unquoted(value.strip())
    return found


def _unquoted(value: str) -> str:
    if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'":
        return value[1:-1]
    return value


def _roots(document: Element) -> list[Element]:
    """Return main and the footers outside it; a page without main counts as a whole."""
    main = next(document.iter("main"), None)
    if main is None:
        return list(document.iter("body"))
    inside = set(main.iter("footer"))
    return [main, *(footer for footer in document.iter("footer") if footer not in inside)]


def _absent(element: Element) -> bool:
    return (
        not isinstance(element.tag, str)  # a comment
        or element.tag in _ABSENT
        or element.get("hidden") is not None
    )


def _events(root: Element) -> Iterator[tuple[str, Element, str]]:
    """Yield open, text and close in order, without recursion: pages nest as deep as they like."""
    stack: list[tuple[str, Element, str]] = [("open", root, "")]
    while stack:
        kind, element, text = stack.pop()
        yield kind, element, text
        if kind != "open":
            continue
        stack.append(("close", element, ""))
        for child in reversed(element):
            stack.append(("text", element, child.tail or ""))
            if not _absent(child):
                stack.append(("open", child, ""))
        stack.append(("text", element, element.text or ""))


def _is_typed(element: Element) -> bool:
    return element.tag == "pre" or not {"typed", "abstract"}.isdisjoint(classes(element))


@dataclass
class _Flow:
    """Collects text until a block begins or ends."""

    pieces: list[str] = field(default_factory=list)
    open: list[Element] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    table: Element | None = None

    def read(self, root: Element) -> list[Block]:
        for kind, element, text in _events(root):
            if kind == "text":
                self.pieces.append(text)
            elif element.tag == "br" and kind == "open":
                self.pieces.append("\0")  # no page holds one: the parser replaces it
            elif element.tag in _BLOCKS or _is_typed(element):
                self._edge(kind, element)
        return self.blocks

    def _edge(self, kind: str, element: Element) -> None:
        self._flush()
        if kind == "open":
            self.open.append(element)
            if element.tag == "table" and self.table is None:
                self.table = element
                self.blocks.append(self._block(element, "", typed=False))
        else:
            self.open.pop()
            if element is self.table:
                self.table = None

    def _flush(self) -> None:
        text, self.pieces = "".join(self.pieces), []
        if not text.strip("\0 \t\n\f\r") or not self.open or self.table is not None:
            return
        typed = any(map(_is_typed, self.open))
        if typed:
            text = text.replace("\0", "\n")
        else:
            text = "\n".join(folded(line) for line in text.split("\0")).strip("\n")
        self.blocks.append(self._block(self.open[-1], text, typed=typed))

    def _block(self, element: Element, text: str, *, typed: bool) -> Block:
        return Block(
            element=element,
            text=f"* {text}" if element.tag == "li" and not typed else text,
            typed=typed,
            in_footer=any(one.tag == "footer" for one in self.open),
            container=next((one for one in reversed(self.open) if one.tag == "article"), None),
        )
