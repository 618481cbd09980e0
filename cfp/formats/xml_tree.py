"""XML as a small tree that knows its lines; a document type, and so every entity bomb, is refused.

The standard library's own tree has no lines. Source of the dangers: the table "XML vulnerabilities"
in Python's documentation; all of them need a document type, or deep nesting.
"""

from dataclasses import dataclass, field
from xml.parsers import expat

from cfp.formats.errors import FormatError

_DEPTH_LIMIT = 100


@dataclass
class XmlElement:
    """An element; `text` is what stands in it before and between its children."""

    tag: str
    attributes: dict[str, str]
    line: int
    text: str = ""
    children: list["XmlElement"] = field(default_factory=list)

    def all(self, tag: str) -> list["XmlElement"]:
        """The children of a name."""
        return [child for child in self.children if child.tag == tag]

    def first(self, tag: str) -> "XmlElement | None":
        """The first child of a name."""
        return next(iter(self.all(tag)), None)

    def text_of(self, tag: str) -> str:
        """The text of the first child of a name; empty without one."""
        child = self.first(tag)
        return child.text.strip() if child is not None else ""


def parse_xml(text: str) -> XmlElement:
    """Return the root element.

    Raises:
        FormatError: `format.xml` with the line of what is wrong, `format.doctype`.
    """
    builder = _Builder(text.encode())
    builder.run()
    return builder.root.children[0]


def refuse_doctype(data: bytes) -> None:
    """Refuse a part of a workbook that defines entities, or is no XML at all."""
    _Builder(data, keep=False).run()


class _Builder:
    """One parse; without `keep` only what is refused is looked for."""

    def __init__(self, data: bytes, *, keep: bool = True) -> None:
        self.data = data
        self.root = XmlElement("", {}, 0)
        self.open = [self.root]
        self.parser = expat.ParserCreate("utf-8")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._doctype
        if keep:
            self.parser.StartElementHandler = self._start
            self.parser.EndElementHandler = self._end
            self.parser.CharacterDataHandler = self._text

    def run(self) -> None:
        try:
            self.parser.Parse(self.data, True)
        except expat.ExpatError as wrong:
            reason = expat.errors.messages[wrong.code]
            raise FormatError("format.xml", wrong.lineno, reason=reason) from None

    def _doctype(self, *_declaration: object) -> None:
        raise FormatError("format.doctype", self.parser.CurrentLineNumber)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        line = self.parser.CurrentLineNumber
        if len(self.open) > _DEPTH_LIMIT:
            raise FormatError("format.xml", line, reason="too many elements in each other")
        element = XmlElement(tag, attributes, line)
        self.open[-1].children.append(element)
        self.open.append(element)

    def _end(self, _tag: str) -> None:
        self.open.pop()

    def _text(self, text: str) -> None:
        self.open[-1].text += text
