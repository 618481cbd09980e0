"""Read the program's page: the conference's old page as it was published, and our own.

Our public page is read by the same code as everybody else's, so its mark-up is a contract. What
the template of the public page must write, and nothing else inside ``<main>`` after "Abstracts":

- One ``<main>`` and, after it, one ``<footer>``. What belongs to the frame (top bar, menus) stays
  outside both or in ``<nav>``. ``<nav>``, ``<form>``, ``<script>``, ``<style>``, ``<template>``,
  ``<noscript>`` and everything with the attribute ``hidden`` count as absent.
- ``<h1>`` is the conference's title, alone. ``<p class="when">`` after it may hold dates and
  place; it is not read.
- The introduction is what stands between the ``<h1>`` and the first ``<h2>``. Every other section
  is ``<h2 id="KEY">Title</h2>`` (KEY as ``Section.key``), then its text in
  ``<div class="typed">TEXT</div>`` and, if it has a link, ``<p><a href="URL">URL</a></p>`` (the
  text of the link is the URL). The contact section is not here but in the footer.
- ``class="typed"`` means ``white-space: pre-wrap``: the text stands between the tags exactly as
  typed, without line breaks or indentation of the template's own. URLs in it may be links.
- The schedule starts with ``<h2 id="schedule">Talks / Schedule</h2>``. Per day
  ``<h2 id="day1">Day 1</h2>`` and one ``<table>`` with ``<caption>``, ``<thead>`` and one ``<tr>``
  per slot. Cells are known by their class, so headings may be translated:
  ``<th scope="row" class="talk">`` with ``<a href="#t-CODE">Title</a>`` (a break:
  ``<span class="title">Title</span>``; names and marks such as "Plenary" may follow),
  ``<td class="time">`` with two elements like
  ``<time datetime="2025-11-19T09:30:00+01:00">09:30</time>`` (start, then end, with offset or
  ``Z``; what stands between and after them, such as "+1 day", is not read),
  ``<td class="room">`` with the room's name, ``<td class="slides">`` and
  ``<td class="video">``. Rows stand in the order of ``days.blocks_of``: that of time, the slots
  of a session together.
- Between a day's heading and its table there may be paragraphs (links to broadcasts).
- A session is a row of its own, before its slots (again where it goes on after a break):
  ``<tr class="session" data-session="7">`` (posters: ``class="session posters"``), in which one
  element has ``class="session-title"`` and one, if somebody chairs it, ``class="chair"`` with
  nothing but the name. Rows of its slots carry ``data-session="7"`` as well; what is for everybody
  is ``<tr class="plenary">``.
- The slot of a canceled talk is a row ``<tr class="canceled">`` or left out; the reader skips it.
  A canceled talk has no entry among the abstracts.
- Accepted talks without a slot are listed after the last day under
  ``<h2 id="unscheduled">…</h2>`` in a ``<ul>``.
- Then ``<h2 id="abstracts">Abstracts</h2>`` and per talk exactly these three elements, each
  starting on a line of its own in the source, one right after the other, in the order of
  ``Program.in_order()``::

    <h3 id="t-CODE">Title <a href="#day1">|TOP|</a></h3>
    <p class="speakers">Speaker(s): Ann Lee, Acme; Bob Ray (Org, Inc.)</p>
    <div class="abstract typed">abstract as typed</div>

  The heading's text ends in `` |TOP|`` and holds nothing but the title before it (the title may
  itself be a link to the talk's page; slides and videos are in the table). ``|TOP|`` of a talk
  without a slot points to ``#unscheduled``. The line of speakers is
  ``write_speakers(talk.speakers)``; names in it may be links. An imported talk's old anchor is kept
  as ``<a id="t1"></a>`` inside its ``<h3>``, before the title.
- Elements around the three (``<article>``, ``<section>``, ``<div>``) are fine and may carry the
  ``id`` instead of the ``<h3>``; text around them is not. Links beside a title (slides, calendar)
  stand in a ``<nav>`` between the speakers and the abstract. Other classes may be added anywhere.
- ``<footer>`` starts with ``<h2>Contact <a href="#top">|TOP|</a></h2>`` (its text is the marker
  line ``FOOTER``; it is part of the grammar and never translated, like ``|TOP|``, ``Day 1``,
  ``Abstracts`` and ``Speaker(s):``), then the contact section's text in
  ``<div class="typed">TEXT</div>``.

Where a conference shows Markdown, an abstract is what Markdown made of it, in a
``<div class="abstract">`` without ``typed``; reading back then gives the words, not the marks.

Why a real HTML5 parser: pages written by hand leave tags open, and a browser is what their authors
checked them with.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from xml.etree.ElementTree import Element

from cfp.formats.dates import event_date
from cfp.formats.grammar import (
    ABSTRACTS,
    DAY,
    FOOTER,
    HEADING,
    SPEAKERS,
    clean_text,
    without_marks,
)
from cfp.formats.html_blocks import Block, Page, classes, parse, text_of
from cfp.formats.html_schedule import PageDays, read_sessions, read_table
from cfp.formats.imported import Doubt, Imported, ImportedSlot, ImportedTalk, assemble
from cfp.formats.program import INTRODUCTION, Section, Session
from cfp.formats.sections import looks_like_footer, make_section, section_key
from cfp.formats.speakers import NameAndAffiliation, read_speakers, write_speakers

__all__ = ["page_text", "read_html", "write_speakers"]

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_SECTION_KEYS = (
    "introduction", "attendance", "registration", "booking", "broadcast", "contact", "schedule",
)  # fmt: skip
_IN_HEADING = re.compile(r"^(.*\S)\s*\(([^()]*)\)$")
_NOTE = re.compile(r"^NOTE\b:?\s*", re.IGNORECASE)


def page_text(html: str) -> str:
    """Return the page with its tags stripped: the text of main and footer.

    Every block stands on its own line. Typed text keeps its lines and cannot pass for a mark of
    the grammar (`without_marks`), so `read_text` finds the same submissions as `read_html`.
    """
    page = parse(html)
    # A page that leaves its heading to its generator has its title only in the front matter.
    headed = any(block.tag == "h1" for block in page.blocks)
    lines = [] if headed else [_page_title(page, "")]
    before: Block | None = None
    for block in page.blocks:
        speakers = before is not None and _is_title(before) and SPEAKERS.match(block.text)
        if not speakers and not (before is not None and before.tag == block.tag == "li"):
            lines.append("")
        if block.tag == "table":
            lines.extend(_table_lines(block.element))
        elif speakers or block.tag in _HEADINGS:
            lines.append(block.text)
        else:
            lines.append(without_marks(clean_text(block.text)))
        before = block
    return "\n".join(lines).strip("\n") + "\n"


def _table_lines(table: Element) -> Iterator[str]:
    for row in table.iter():
        if row.tag == "caption":
            yield text_of(row)
        elif row.tag == "tr":
            cells = [text_of(cell) for cell in row if cell.tag in ("td", "th")]
            yield "  ".join(cell for cell in cells if cell)


def _is_title(block: Block) -> bool:
    return block.tag in _HEADINGS and bool(HEADING.match(block.text)) and block.text != FOOTER


@dataclass
class _Parts:
    """A page taken apart: sections, tables by day, talks with the blocks that follow them."""

    sections: list[tuple[str, str, list[str]]] = field(
        default_factory=lambda: [(INTRODUCTION, "", [])]
    )
    tables: list[tuple[int | None, Element]] = field(default_factory=list)
    talks: list[tuple[Block, list[Block]]] = field(default_factory=list)
    footer: list[str] = field(default_factory=list)
    heading: str = ""
    place: str = "sections"
    day: int | None = None

    def take(self, block: Block) -> None:
        if block.in_footer or block.text == FOOTER:
            self.place = "footer"
        if block.text == FOOTER:
            return
        if self.place != "footer" and _is_title(block):
            self.place = "talks"
            self.talks.append((block, []))
        elif self.place != "footer" and block.tag in ("h1", "h2"):
            self._turn_to(block)
        elif block.tag == "table":
            self.tables.append((self.day, block.element))
        else:
            self._keep(block)

    def _turn_to(self, block: Block) -> None:
        key = block.element.get("id", "")
        if block.tag == "h1":
            self.heading = self.heading or block.text
        elif day := DAY.match(block.text):
            self.place, self.day = "schedule", int(day[1])
        elif key in ("abstracts", "unscheduled") or block.text == ABSTRACTS:
            self.place = "schedule"
        elif self.place == "sections":
            known = key if key in _SECTION_KEYS else section_key(block.text)
            self.sections.append((known, block.text, []))

    def _keep(self, block: Block) -> None:
        if self.place == "talks":
            self.talks[-1][1].append(block)
        elif self.place == "footer":
            self.footer.append(block.text)
        elif self.place == "sections" and "when" not in classes(block.element):
            self.sections[-1][2].append(block.text)


def read_html(text: str, start: date | None = None) -> Imported:
    """Read a page. `start` is the conference's first day: it completes and checks the dates.

    Raises:
        FormatError: `format.submissions` when there is no submission in it, `format.anchor`,
            `format.order`.
    """
    page = parse(text)
    parts = _Parts()
    for block in page.blocks:
        parts.take(block)
    title = _page_title(page, parts.heading)
    sections = tuple(_sections(parts))
    dates = event_date("\n".join([title, *(section.text for section in sections)]))
    doubts: list[Doubt] = []
    talks, aliases = _talks(parts, doubts)
    days = PageDays(dates, start)
    slots = [slot for day, table in parts.tables for slot in read_table(table, day, days, doubts)]
    named = [session for _, table in parts.tables for session in read_sessions(table)]
    sessions = {session.id: session for session in reversed(named)}
    found = Imported(
        title=title,
        talks=talks,
        slots=tuple(_settled(slot, aliases, sessions) for slot in slots),
        sections=sections,
        footer="\n\n".join(clean_text(text) for text in parts.footer),
        warnings=tuple(doubts),
        sessions=tuple(sessions[number] for number in sorted(sessions)),
    )
    return assemble(found, page_start=dates.date, start=start)


def _page_title(page: Page, heading: str) -> str:
    return page.front.get("title", "") or heading or page.head_title


def _sections(parts: _Parts) -> Iterator[Section]:
    for key, title, texts in parts.sections:
        section = make_section(key, title, "\n\n".join(texts))
        if section.text or section.url:
            yield section


def _settled(
    slot: ImportedSlot, aliases: Mapping[str, str], sessions: Mapping[int, Session]
) -> ImportedSlot:
    """Return a row with its talk's main anchor, and of no session the page does not name."""
    anchor = aliases.get(slot.anchor, slot.anchor) if slot.anchor is not None else None
    return replace(slot, anchor=anchor, session=slot.session if slot.session in sessions else None)


def _anchors(block: Block) -> list[str]:
    """Return all anchors of a talk, the oldest first: an imported page's own, then ours."""
    inner = [link.get("id") or link.get("name") for link in block.element.iter("a")]
    outer = [block.element.get("id")]
    if block.container is not None:
        outer.append(block.container.get("id"))
    return [anchor for anchor in (*inner, *outer) if anchor]


def _day_of(block: Block) -> int | None:
    targets = [link.get("href", "") for link in block.element.iter("a")]
    found = [re.fullmatch(r"#day(\d{1,3})", target) for target in targets]
    return next((int(match[1]) for match in found if match), None)


def _talks(parts: _Parts, doubts: list[Doubt]) -> tuple[tuple[ImportedTalk, ...], dict[str, str]]:
    talks: list[ImportedTalk] = []
    aliases: dict[str, str] = {}
    for number, (heading, body) in enumerate(parts.talks, start=1):
        anchors = _anchors(heading)
        for anchor in anchors:
            aliases.setdefault(anchor, anchors[0])
        title, speakers, rest = _head(heading, body, doubts)
        if number == len(parts.talks) and not parts.footer:
            rest = _without_footer(rest, parts, doubts)
        talks.append(
            ImportedTalk(
                title=title,
                speakers=speakers,
                abstract=_abstract(title, rest, doubts),
                anchor=anchors[0] if anchors else None,
                day=_day_of(heading),
                line=heading.line,
            )
        )
    return tuple(talks), aliases


def _head(
    heading: Block, body: Sequence[Block], doubts: list[Doubt]
) -> tuple[str, tuple[NameAndAffiliation, ...], Sequence[Block]]:
    """Find the speakers: on their line, in a heading without prefix, or in the title itself."""
    match = HEADING.match(heading.text)
    title = match[1] if match else heading.text
    first = body[0] if body else None
    if first is not None and SPEAKERS.match(first.text):
        return title, _speakers(first.text, first.line, doubts), body[1:]
    if first is not None and first.tag in _HEADINGS and not _NOTE.match(first.text):
        doubts.append(Doubt(first.line, "speakers.no_prefix", {"entry": first.text}))
        return title, _speakers(first.text, first.line, doubts), body[1:]
    inside = _IN_HEADING.match(title)
    if inside:
        doubts.append(Doubt(heading.line, "speakers.in_heading", {"entry": inside[2]}))
        return inside[1], _speakers(inside[2], heading.line, doubts), body
    doubts.append(Doubt(heading.line, "speakers.missing", {"title": title}))
    return title, (), body


def _speakers(text: str, line: int | None, doubts: list[Doubt]) -> tuple[NameAndAffiliation, ...]:
    read = read_speakers(text)
    doubts.extend(Doubt(line, key, {"entry": entry}, others) for key, entry, others in read.doubts)
    return read.speakers


def _without_footer(body: Sequence[Block], parts: _Parts, doubts: list[Doubt]) -> Sequence[Block]:
    """Part the last abstract from what follows it on a page without a footer of its own."""
    if not body:
        return body
    typed = [number for number, block in enumerate(body) if block.typed]
    if typed:
        after = body[typed[-1] + 1 :]
        parts.footer.extend(block.text for block in after)
        return body[: typed[-1] + 1]
    if len(body) > 1 and looks_like_footer(body[-1].text):
        parts.footer.append(body[-1].text)
        doubts.append(Doubt(body[-1].line, "footer.proposed", {"text": body[-1].text}))
        return body[:-1]
    return body


def _abstract(title: str, body: Sequence[Block], doubts: list[Doubt]) -> str:
    text = ""
    typed = any(block.typed for block in body)
    before = ""
    for block in body:
        if block.tag in _HEADINGS and _NOTE.match(block.text):
            doubts.append(Doubt(block.line, "talks.note", {"title": title, "note": block.text}))
            continue
        if typed and not block.typed:
            doubts.append(Doubt(block.line, "talks.stray", {"title": title}))
        joint = "\n" if before == block.tag == "li" else "\n\n"
        text = f"{text}{joint}{block.text}" if text else block.text
        before = block.tag
    return clean_text(text)
