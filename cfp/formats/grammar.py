"""The grammar of the program's text: its fixed lines, and what it cannot carry.

The fixed words are part of the format and the same in every language of the page.
"""

import re

TOP = "|TOP|"
SCHEDULE = "Talks / Schedule"
ABSTRACTS = "Abstracts"
FOOTER = f"Contact {TOP}"
"""Ends the abstracts. Unlike a title it is followed by no line of speakers."""

HEADING = re.compile(r"^(\S|\S.*\S)\s*\|TOP\|\s*$")
SPEAKERS = re.compile(r"^Speakers?(?:\(s\))?:")
DAY = re.compile(r"^Day (\d{1,3})$")

_BREAKS = re.compile("[\t\n\x0b\x0c\r\x1c-\x1e\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def strip_controls(text: str) -> str:
    """Drop what neither XML, iCalendar nor UTF-8 can carry; tab and line feed stay."""
    # What is printable holds none; asking is ten times as fast as looking.
    return text if text.isprintable() else _CONTROLS.sub("", text)


def one_line(text: str) -> str:
    """Return a title, name or room as one line: line breaks and runs of blanks become one blank.

    Only the blanks HTML folds are folded: the no-break space before a French colon is typed text.
    """
    plain = text if text.isprintable() else strip_controls(_BREAKS.sub(" ", text))
    return (re.sub(" +", " ", plain) if "  " in plain else plain).strip()


def clean_text(text: str) -> str:
    """Return an abstract as it is kept and read back: no blank lines around, no trailing blanks."""
    if " \n" not in text and text.replace("\n", "").isprintable():
        return text.strip("\n").rstrip()  # most texts; the long way gives the same
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    lines = [strip_controls(line).rstrip() for line in lines]
    while lines and not lines[0]:
        lines.pop(0)
    return "\n".join(lines).rstrip()


def carries_title(title: str) -> bool:
    """Whether a title reads back: one line, not empty, not itself ending in `|TOP|`."""
    return bool(title) and title == one_line(title) and not title.endswith(TOP)


def without_marks(text: str) -> str:
    """Return free text that cannot be taken for the grammar's own lines.

    Otherwise an abstract holding a heading and a line of speakers would become a submission of
    its own when the page is read back. Such a line gets one blank in front, so that only somebody
    who types the grammar itself sees a change.
    """
    if "Speaker" not in text and FOOTER not in text:
        return text
    return "\n".join(
        f" {line}" if SPEAKERS.match(line) or line.rstrip() == FOOTER else line
        for line in text.split("\n")
    )
