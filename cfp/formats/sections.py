"""The words before the schedule and after the abstracts, which have no marks in the text."""

import re
from collections.abc import Sequence

from cfp.formats.grammar import ABSTRACTS, DAY, SCHEDULE, clean_text
from cfp.formats.program import CONTACT, INTRODUCTION, Section

_KEYS = (
    ("broadcast", ("broadcast", "stream", "online", "remote")),
    ("booking", ("book", "hotel", "accommodation", "travel")),
    ("registration", ("regist", "ticket")),
    ("attendance", ("attend", "venue", "location")),
    (CONTACT, ("contact", "organizer", "organiser")),
)
_FOOTER_START = re.compile(
    r"^(to reach|to contact|contact|for (general )?(discussion|questions|information)|questions\b"
    r"|if you have (any )?questions|please (contact|e-?mail)|e-?mail\b|\u00a9|copyright)",
    re.IGNORECASE,
)
_FOOTER_WORDS = re.compile(r"\S@\S|mailing list|organi[sz]er|\u00a9|copyright", re.IGNORECASE)
_URL = re.compile(r"^https?://\S+$")
_HEADING_LENGTH = 80


def section_key(title: str) -> str:
    """Return the key of a section whose page gives it only a title."""
    folded = title.casefold()
    if title.strip() == SCHEDULE:
        return "schedule"
    return next((key for key, words in _KEYS if any(word in folded for word in words)), "other")


def looks_like_footer(paragraph: str) -> bool:
    """Whether a paragraph tells how to reach somebody, rather than ending an abstract."""
    return bool(_FOOTER_START.match(paragraph) and _FOOTER_WORDS.search(paragraph))


def make_section(key: str, title: str, text: str) -> Section:
    """Return a section; a last line that is nothing but an address is its link."""
    lines = clean_text(text).split("\n")
    if _URL.match(lines[-1].strip()):
        return Section(key, title, clean_text("\n".join(lines[:-1])), lines[-1].strip())
    return Section(key, title, "\n".join(lines))


def split_sections(lines: Sequence[str]) -> tuple[Section, ...]:
    """Part the lines between the title and the first day into sections.

    A heading is a short line without a full stop. Where the text has blank lines, it stands
    between two of them; where tags were stripped without leaving any, it just is short.
    """
    body = _before_schedule(lines)
    spaced = any(not line.strip() for line in _trimmed(body))
    key, title, text = INTRODUCTION, "", list[str]()
    found: list[Section] = []
    for number, line in enumerate(body):
        if _is_heading(body, number, spaced):
            found.append(make_section(key, title, "\n".join(text)))
            key, title, text = section_key(line), line.strip(), []
        else:
            text.append(line)
    found.append(make_section(key, title, "\n".join(text)))
    return tuple(section for section in found if section.text or section.url)


def _before_schedule(lines: Sequence[str]) -> list[str]:
    for number, line in enumerate(lines):
        if DAY.match(line.rstrip()) or line.rstrip() == ABSTRACTS:
            return list(lines[:number])
    return list(lines)


def _trimmed(lines: Sequence[str]) -> list[str]:
    return clean_text("\n".join(lines)).split("\n")


def _is_heading(lines: Sequence[str], number: int, spaced: bool) -> bool:
    line = lines[number].strip()
    if line == SCHEDULE:
        return True
    if not line or len(line) > _HEADING_LENGTH or line[-1] in ".,:;!?)" or _URL.match(line):
        return False
    alone = number > 0 and not lines[number - 1].strip()
    ends = number + 1 == len(lines) or not lines[number + 1].strip()
    return (alone and ends) if spaced else True
