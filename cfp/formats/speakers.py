"""The line of speakers: `Speaker(s): Ann Lee, Acme; Bob Ray (Org, Inc.)`.

Pages of other years write it in ways that have two readings. The reader then follows one rule and
says so, with the other readings, instead of guessing silently.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Protocol

from cfp.formats.grammar import SPEAKERS, one_line
from cfp.records import record


@record
class NameAndAffiliation:
    """One entry as it was read; `affiliation` is empty when none was given."""

    name: str
    affiliation: str = ""


class Named(Protocol):
    """Whoever has a name and an affiliation can be written."""

    @property
    def name(self) -> str: ...
    @property
    def affiliation(self) -> str: ...


@record
class SpeakersLine:
    """What was read, and the doubts about it: (key, entry, other readings)."""

    speakers: tuple[NameAndAffiliation, ...]
    doubts: tuple[tuple[str, str, tuple[str, ...]], ...] = ()


_Doubt = tuple[str, tuple[tuple[NameAndAffiliation, ...], ...]]

_COMPANY = re.compile(
    r",\s*(Inc|Incorporated|Ltd|Limited|LLC|LLP|GmbH|AG|KG|SE|S\.?A|S\.?r\.?l|s\.?r\.?o|B\.?V"
    r"|Oy|AB|PLC|Pty|Co|Corp|Corporation|Company)\.?$",
    re.IGNORECASE,
)
_ROLE = re.compile(r"\b(hosted|moderated|moderator|chaired|chair|facilitated|panelists?)\b", re.I)
_ROLE_WORDS = re.compile(
    r"^.*\b(hosted|moderated|chaired|facilitated) by\b|\(?\b(session )?(moderator|chair)\b\)?"
    r"|^panelists?:?",
    re.IGNORECASE,
)
_DOUBTFUL = re.compile(rf"[,;()]|\band\b|{_ROLE.pattern}", re.IGNORECASE)
"""Without any of it a name is nothing but a name; most are, and checking them all takes long."""

_NAME_SUFFIX = re.compile(r"^(Jr|Sr|II|III|IV|Ph\.?D|M\.?D|Esq)\.?$", re.IGNORECASE)
_AND = re.compile(r"\s+and\s+")


def _split(text: str, separators: str) -> Iterator[str]:
    """Split at separators outside parentheses; where parentheses do not match, at each of them."""
    depth, piece = 0, ""
    flat = not _balanced(text)
    for char in text:
        depth += (char == "(") - (char == ")")
        if char in separators and (flat or depth == 0):
            yield piece
            piece = ""
        else:
            piece += char
    yield piece


def _balanced(text: str) -> bool:
    depth = 0
    for char in text:
        depth += (char == "(") - (char == ")")
        if depth < 0:
            return False
    return depth == 0


def _parenthesized(entry: str) -> NameAndAffiliation | None:
    """Read `Name (Org)`: the last group of parentheses, which may hold groups itself."""
    if not entry.endswith(")") or not _balanced(entry):
        return None
    depth = 0
    for position in range(len(entry) - 1, 0, -1):
        depth += (entry[position] == ")") - (entry[position] == "(")
        if depth == 0:
            name = entry[:position].strip()
            return NameAndAffiliation(name, entry[position + 1 : -1].strip()) if name else None
    return None


def _listed(entry: str) -> list[NameAndAffiliation]:
    """Read `A (Org, Inc.), B (Org)`: several of `Name (Org)` joined by commas, else nothing."""
    pieces = [piece.strip().removeprefix("and ").strip() for piece in _split(entry, ",")]
    read = [_parenthesized(piece) for piece in pieces]
    found = [one for one in read if one is not None]
    return found if len(found) > 1 and len(found) == len(pieces) else []


def _comma(entry: str) -> NameAndAffiliation:
    """Read `Name, Org`; without a comma there is no affiliation."""
    name, _, affiliation = entry.partition(",")
    if not name.strip():
        return NameAndAffiliation(entry)
    return NameAndAffiliation(name.strip(), affiliation.strip())


def _shared(names: Sequence[str], affiliation: str) -> tuple[NameAndAffiliation, ...]:
    return tuple(NameAndAffiliation(name.strip(), affiliation) for name in names)


def _commas_doubt(entry: str) -> _Doubt | None:
    """`A, B, Org`: two people who share one, or one person at "B, Org", or the name "A, B"."""
    company = _COMPANY.search(entry)
    stem = entry[: company.start()] if company else entry
    ending = entry[company.start() :] if company else ""
    parts = [part.strip() for part in stem.split(",")]
    if len(parts) == 1 and company:
        return "speakers.company", ((NameAndAffiliation(entry),),)
    if len(parts) < 3:
        return None
    affiliation = parts[-1] + ending
    one_name = (NameAndAffiliation(", ".join(parts[:-1]), affiliation),)
    if _NAME_SUFFIX.match(parts[1]):
        return "speakers.commas", (one_name,)
    return "speakers.commas", (_shared(parts[:-1], affiliation), one_name)


def _name_doubt(found: NameAndAffiliation) -> _Doubt | None:
    """`Ann, Acme (Prague)`: the group may be part of an affiliation that began at the comma."""
    first, comma, rest = found.name.partition(",")
    if not comma or _NAME_SUFFIX.match(rest.strip()):
        return None
    whole = f"{rest.strip()} ({found.affiliation})"
    return "speakers.parentheses", ((NameAndAffiliation(first.strip(), whole),),)


def _and_doubt(entry: str, found: NameAndAffiliation, grouped: bool) -> _Doubt | None:
    """`A and B, Org` may be two people, and so may `A, Org and B`; `A (B and C)` is one."""
    names = _AND.split(found.name)
    if len(names) > 1:
        return "speakers.and", (_shared(names, found.affiliation),)
    pieces = _AND.split(entry)
    if grouped or len(pieces) == 1:
        return None
    return "speakers.and", (tuple(_comma(piece.strip()) for piece in pieces),)


def _role_doubt(entry: str) -> _Doubt | None:
    """`Panel hosted by Ann, Acme`, `Ann (moderator), Acme`: the word may not be the name's."""
    if not _ROLE.search(entry):
        return None
    person = one_line(_ROLE_WORDS.sub(" ", entry)).replace(" ,", ",").strip(" ,:")
    other = _parenthesized(person) or _comma(person) if person else None
    return "speakers.role", ((other,),) if other else ()


def _read_entry(entry: str) -> tuple[tuple[NameAndAffiliation, ...], list[_Doubt]]:
    grouped = _parenthesized(entry)
    several = _listed(entry)
    if several:
        return tuple(several), [("speakers.listed", ())]
    found = grouped or _comma(entry)
    doubts = (
        _name_doubt(found) if grouped else _commas_doubt(entry),
        _and_doubt(entry, found, grouped is not None),
        _role_doubt(entry),
    )
    return (found,), [doubt for doubt in doubts if doubt]


def _read(text: str) -> tuple[tuple[NameAndAffiliation, ...], list[tuple[str, _Doubt]]]:
    speakers: list[NameAndAffiliation] = []
    doubts: list[tuple[str, _Doubt]] = []
    if not _balanced(text):
        doubts.append((text.strip(), ("speakers.unbalanced", ())))
    for piece in _split(text, ";"):
        entry = piece.strip().removeprefix("and ").strip()
        if entry:
            found, about = _read_entry(entry)
            speakers.extend(found)
            doubts.extend((entry, doubt) for doubt in about)
    return tuple(speakers), doubts


def read_entries(text: str) -> SpeakersLine:
    """Read what stands after `Speaker(s):`, with the doubts about each entry."""
    speakers, doubts = _read(text)
    return SpeakersLine(
        speakers,
        tuple((key, entry, tuple(map(write_entries, others))) for entry, (key, others) in doubts),
    )


def read_speakers(line: str) -> SpeakersLine:
    """Read a whole line of speakers; the prefix may be missing."""
    return read_entries(SPEAKERS.sub("", line.strip(), count=1))


@lru_cache(maxsize=4096)  # asked to carry a text, and again to choose the form of its entry
def _doubtful(text: str) -> bool:
    return _DOUBTFUL.search(text) is not None


def carries(text: str) -> bool:
    """Whether a name or an affiliation reads back from the line of speakers.

    Not so with `;`, line breaks, parentheses that do not match, a leading "and " or blanks around.
    Forms refuse those, so that the published page says what was typed. Nothing is carried as
    nothing; whether a name is required is the form's business.
    """
    if not text:
        return True
    if text != one_line(text) or ";" in text:
        return False
    if not _doubtful(text):
        return True
    as_name, _ = _read(f"{text} (x)")
    as_affiliation, _ = _read(f"x ({text})")
    return as_name == (NameAndAffiliation(text, "x"),) and as_affiliation == (
        NameAndAffiliation("x", text),
    )


@lru_cache(maxsize=4096)  # affiliations come again and again
def _carried(text: str) -> str:
    """Return the nearest text the line can carry, for data that came in before the rule."""
    plain = one_line(text.replace(";", ","))
    while plain.startswith("and "):
        plain = plain.removeprefix("and ").strip()
    if carries(plain):
        return plain
    return one_line(plain.replace("(", "[").replace(")", "]"))


@lru_cache(maxsize=4096)
def _follows_comma(affiliation: str) -> bool:
    """Whether the comma form is without doubt after a name without; the name then plays no part."""
    return _read(f"x, {affiliation}") == ((NameAndAffiliation("x", affiliation),), [])


def write_entry(speaker: Named) -> str:
    """Write one person: `Ann Lee, Acme`, or `Bob Ray (Org, Inc.)`."""
    name, affiliation = _carried(speaker.name), _carried(speaker.affiliation)
    comma = f"{name}, {affiliation}" if affiliation else name
    if name and not _doubtful(name) and _follows_comma(affiliation):
        return comma
    if _read(comma) == ((NameAndAffiliation(name, affiliation),), []):
        return comma
    return f"{name} ({affiliation})"


def write_entries(speakers: Iterable[Named]) -> str:
    """Write the people alone: `Ann Lee, Acme; Bob Ray (Org, Inc.)`."""
    return "; ".join([write_entry(speaker) for speaker in speakers])


def write_speakers(speakers: Iterable[Named]) -> str:
    """Write the line of speakers of the page, the text, the preview.

    The comma form is taken where it reads back without a doubt, else `Name (Affiliation)`.
    """
    return f"Speaker(s): {write_entries(speakers)}".rstrip()
