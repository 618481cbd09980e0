"""A pasted table of links: each line a talk's code and the addresses of its video and slides.

What stands in the text and what is wrong with which line; no database. Columns are parted by
tabs, semicolons, commas, arrows or spaces, as spreadsheets and people write them. A first line of
words names the columns; without one they are code, video, slides.
"""

import re
from collections.abc import Collection, Mapping, Sequence

from cfp.domain.program.materials import KINDS, is_material_url
from cfp.records import record

DEFAULT_COLUMNS = ("code", "video", "slides")
LINE_LIMIT = 2_000
_CODE = re.compile(r"[0-9A-Z]{6}")
_WORDS = {
    **dict.fromkeys(("code", "talk", "talk code", "id"), "code"),
    **dict.fromkeys(("video", "video url", "recording"), "video"),
    **dict.fromkeys(("slides", "slides url"), "slides"),
}
# A comma in the middle of an address parts nothing: only one after the code or before an address.
_GAPS = re.compile(
    r"\s*(?:→|->|=>)\s*|\s*(?<=^.{6})[;,]\s*|\s*[;,]\s*(?=[;,\"]|https?://|$)|\s+"
)
_TABS, _WORD_GAPS = re.compile(r" *\t *"), re.compile(r"\s*[\t;,]\s*")


@record
class Link:
    """A link for a talk, from line number `line` (counted from 1)."""

    line: int
    code: str
    kind: str
    url: str


@record
class Mistake:
    """What is wrong with a line; `key` is to be worded, `text` the part of the line it is about."""

    line: int
    key: str
    text: str


@record
class Pasted:
    """All that could be read, and everything that could not."""

    links: tuple[Link, ...]
    mistakes: tuple[Mistake, ...]


def read_links(text: str, known: Collection[str]) -> Pasted:
    """Read the table; `known` are the codes of talks that can be given something."""
    links: list[Link] = []
    mistakes: list[Mistake] = []
    columns: Sequence[str] = DEFAULT_COLUMNS
    seen: dict[tuple[str, str], int] = {}
    first = True
    for number, line in enumerate(text.replace("\ufeff", "").splitlines(), 1):
        if not line.strip():
            continue
        header = _header(line) if first else None
        first = False
        if header:
            columns = header
            continue
        mistake = _read_line(number, _cells(line), columns, known, seen, links)
        if mistake:
            mistakes.append(mistake)
        if len(links) + len(mistakes) > LINE_LIMIT:
            mistakes.append(Mistake(number, "too_many", ""))
            break
    return Pasted(tuple(links), tuple(mistakes))


def _cells(line: str) -> list[str]:
    tidy = line.strip(" ")
    return _plain(_TABS.split(tidy) if "\t" in tidy else _GAPS.split(tidy))


def _plain(cells: Sequence[str]) -> list[str]:
    return [cell.strip().strip('"') for cell in cells]


def _header(line: str) -> Sequence[str] | None:
    """The columns that the line names; None where it is no line of names."""
    gaps = _WORD_GAPS if _WORD_GAPS.search(line) else re.compile(r"\s+")
    named = [_WORDS.get(cell.casefold(), "") for cell in _plain(gaps.split(line.strip(" ")))]
    return named if "code" in named else None


def _is_code(cell: str) -> bool:
    return _CODE.fullmatch(cell.upper()) is not None


def _read_line(
    number: int,
    cells: Sequence[str],
    columns: Sequence[str],
    known: Collection[str],
    seen: dict[tuple[str, str], int],
    links: list[Link],
) -> Mistake | None:
    row: Mapping[str, str] = dict(zip(columns, cells, strict=False))
    if any(cells[len(columns) :]):
        return Mistake(number, "columns", cells[len(columns)])
    code = row.get("code", "").upper()
    if not _is_code(code):
        return Mistake(number, "no_code", row.get("code", ""))
    if code not in known:
        return Mistake(number, "unknown_code", code)
    found = [(kind, row[kind]) for kind in KINDS if row.get(kind)]
    if not found:
        return Mistake(number, "no_url", code)
    for kind, url in found:
        if not is_material_url(url):
            return Mistake(number, "bad_url", url)
        if (code, kind) in seen:
            return Mistake(number, "twice", f"{code}, {seen[code, kind]}")
    for kind, url in found:
        seen[code, kind] = number
        links.append(Link(number, code, kind, url))
    return None
