"""BibTeX: an `@inproceedings` per talk, in UTF-8.

BibTeX counts even escaped braces, so a brace of the text is a command's. Names it would part
otherwise (a comma, " and ") stand in braces. Source: Oren Patashnik, "BibTeXing", 1988.
"""

import re
from collections.abc import Iterator

from cfp.formats.grammar import clean_text, one_line, strip_controls
from cfp.formats.program import Program, Talk
from cfp.formats.writers import Edition

_ESCAPES = str.maketrans({
    "\\": r"{\textbackslash}",
    "{": r"{\textbraceleft}",
    "}": r"{\textbraceright}",
    "~": r"{\textasciitilde}",
    "^": r"{\textasciicircum}",
    **{char: f"\\{char}" for char in "&%$#_"},
})  # fmt: skip
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_PARTED = re.compile(r",|\band\b", re.IGNORECASE)


def write_bibtex(edition: Edition) -> str:
    """Return an entry per talk that takes place; the key is made of the codes, which last."""
    program = edition.program
    return "\n".join(_entry(edition, program, talk) for talk in program.in_order())


def escaped(text: str) -> str:
    """Return text as TeX shows it."""
    return strip_controls(text).translate(_ESCAPES)


def _entry(edition: Edition, program: Program, talk: Talk) -> str:
    lines = [f"  {name} = {value}" for name, value in _fields(edition, program, talk)]
    key = re.sub("[^A-Za-z0-9]", "-", f"{program.conference}-{talk.code}")
    return "@inproceedings{" + ",\n".join([key, *lines]) + "\n}\n"


def _fields(edition: Edition, program: Program, talk: Talk) -> Iterator[tuple[str, str]]:
    slots = program.slots_by_talk.get(talk.code, ())
    day = slots[0].start.astimezone(program.zone_info).date() if slots else program.start
    if talk.speakers:
        yield "author", f"{{{' and '.join(_name(one.name) for one in talk.speakers)}}}"
    # The second pair of braces keeps the capitals as they are.
    yield "title", f"{{{{{escaped(one_line(talk.title))}}}}}"
    yield "booktitle", f"{{{{{escaped(one_line(program.title))}}}}}"
    yield "year", f"{{{day.year}}}"
    yield "month", _MONTHS[day.month - 1]
    if program.place:
        yield "address", f"{{{escaped(one_line(program.place))}}}"
    yield "url", f"{{{_address(edition.links.talk(program.conference, talk.code))}}}"
    for material in edition.materials_of(talk.code, "slides")[:1]:
        yield "note", f"{{Slides: {escaped(one_line(edition.absolute(material.url)))}}}"
    if talk.abstract:
        yield "abstract", f"{{{escaped(clean_text(talk.abstract))}}}"


def _name(name: str) -> str:
    """Particles as in "Ludwig van Beethoven" are BibTeX's to know; other signs are not."""
    plain = one_line(name)
    return f"{{{escaped(plain)}}}" if _PARTED.search(plain) else escaped(plain)


def _address(url: str) -> str:
    return url.replace("%", r"\%").replace("#", r"\#")
