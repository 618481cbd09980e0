"""The program as text: `program.txt`, and the text of anybody's page with its tags stripped.

Rows of the schedule are `YYYY-MM-DD HH:MM-HH:MM ZONE  Title  [Room]`, two blanks between the parts.
ZONE is the IANA name; in the hour that occurs twice when clocks go back it is UTC, and so are the
times. An end more than a day later (or none at all: 0 minutes) is written with its own date.

A row of a session ends in `  Session N`, one that is for everybody in `  Plenary`. Before the first
row of session N in a day stands `Session N  Title  (posters)  (chair: Name)`, its last two parts
where they apply.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from cfp.formats.dates import EventDate, event_date
from cfp.formats.errors import FormatError
from cfp.formats.grammar import (
    ABSTRACTS,
    DAY,
    FOOTER,
    HEADING,
    SCHEDULE,
    SPEAKERS,
    TOP,
    clean_text,
    one_line,
    without_marks,
)
from cfp.formats.imported import Doubt, Imported, ImportedSlot, ImportedTalk, assemble
from cfp.formats.program import (
    CONTACT,
    INTRODUCTION,
    Program,
    Section,
    Session,
    Slot,
    Talk,
    comes_twice,
)
from cfp.formats.sections import looks_like_footer, split_sections
from cfp.formats.speakers import read_speakers, write_speakers
from cfp.formats.writers import Edition
from cfp.records import record

UNSCHEDULED = "Not scheduled yet"

_ROW = re.compile(
    r"^(\d{4}-\d\d-\d\d) (\d\d:\d\d)-(?:(\d{4}-\d\d-\d\d) )?(\d\d:\d\d) (\S+)"
    r"  (.*?)(?:  \[(.*)\])?(?:  Session (\d{1,9}))?(?:  (Plenary))?$"
)
_SESSION = re.compile(r"^Session (\d{1,9})  (.+?)(?:  (\(posters\)))?(?:  \(chair: (.*)\))?$")
_WHEN = re.compile(r"^(\d{4}-\d\d-\d\d) to \d{4}-\d\d-\d\d \S+(?:  .*)?$")
_OFFSET = re.compile(r"^([+-])(\d\d):?(\d\d)$")


def write_text_file(edition: Edition) -> str:
    """Return `program.txt`."""
    return write_text(edition.program)


def write_text(program: Program) -> str:
    """Write the text of a version; canceled talks are left out, as nothing marks them there."""
    return "\n".join(_lines(program)).rstrip() + "\n"


def _lines(program: Program) -> Iterator[str]:
    yield one_line(program.title)
    place = one_line(program.place)
    when = f"{program.start} to {program.end} {program.zone}"
    yield f"{when}  {place}" if place else when
    for section in program.sections:
        if section.key != CONTACT:
            yield from _section_lines(section)
    yield from ("", SCHEDULE)
    yield from _schedule_lines(program)
    yield from ("", ABSTRACTS)
    for talk in program.in_order():
        yield from _talk_lines(talk)
    yield from ("", FOOTER)
    contact = program.section(CONTACT)
    yield without_marks(clean_text(contact.text if contact else program.contact))


def _section_lines(section: Section) -> Iterator[str]:
    if section.key != INTRODUCTION:
        yield from ("", one_line(section.title))
    for part in (clean_text(section.text), one_line(section.url)):
        if part:
            yield from ("", without_marks(part))


def _schedule_lines(program: Program) -> Iterator[str]:
    for day in program.days:
        yield from ("", f"Day {day.number}")
        told: set[int] = set()
        for slot in program.slots_of_day(day.number):
            session = program.session_of(slot)
            if session is not None and session.id not in told:
                told.add(session.id)
                yield _session_line(session)
            yield _row(program, slot)
    unscheduled = program.unscheduled()
    if unscheduled:
        yield from ("", UNSCHEDULED)
        for talk in unscheduled:
            yield _title(talk.title)


def _session_line(session: Session) -> str:
    posters = "  (posters)" if session.posters else ""
    chair = f"  (chair: {one_line(session.chair)})" if session.chair else ""
    return f"Session {session.id}  {one_line(session.title) or '-'}{posters}{chair}"


def _row(program: Program, slot: Slot) -> str:
    zone = program.zone
    times = _times(slot, program.zone_info)
    doubtful = any(comes_twice(one, program.zone_info) for one in (slot.start, slot.end))
    if doubtful or _span(*times, zone) != (slot.start, slot.end):
        zone, times = "UTC", _times(slot, UTC)
    start_date, start, end_date, end = times
    until = f"{end_date} {end}" if end_date else end
    room = one_line(slot.room)
    row = f"{start_date} {start}-{until} {zone}  {_title(program.title_of(slot))}"
    place = f"  [{room}]" if room else ""
    session = f"  Session {slot.session}" if slot.session is not None else ""
    return f"{row}{place}{session}{'  Plenary' if slot.plenary else ''}"


def _times(slot: Slot, zone: tzinfo) -> tuple[str, str, str | None, str]:
    start, end = slot.start.astimezone(zone), slot.end.astimezone(zone)
    elapsed = end.replace(tzinfo=None) - start.replace(tzinfo=None)
    dated = not timedelta(0) < elapsed < timedelta(days=1)
    return (
        f"{start:%Y-%m-%d}",
        f"{start:%H:%M}",
        f"{end:%Y-%m-%d}" if dated else None,
        f"{end:%H:%M}",
    )


def _title(title: str) -> str:
    plain = one_line(title)
    while plain.endswith(TOP):
        plain = plain.removesuffix(TOP).strip()
    return plain or "-"


def _talk_lines(talk: Talk) -> Iterator[str]:
    yield from ("", f"{_title(talk.title)} {TOP}", write_speakers(talk.speakers))
    abstract = clean_text(talk.abstract)
    if abstract:
        yield without_marks(abstract)


@record
class _Heading:
    """Where a talk stands: indices of its title line and of its line of speakers."""

    title: int
    speakers: int


def read_text(text: str, start: date | None = None) -> Imported:
    """Read the grammar. `start` is the conference's first day, to compare the file's dates with.

    Raises:
        FormatError: `format.submissions` when there is no submission in it, `format.zone`,
            `format.order` for a row that ends before it starts.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    headings = list(_headings(lines))
    doubts: list[Doubt] = []
    first = headings[0].title if headings else len(lines)
    title, sections, page = _preamble(lines[:first])
    talks, footer = _talks(lines, headings, doubts)
    sessions = _sessions(lines[:first])
    slots = tuple(_slots(lines[:first], sessions, doubts))
    doubts.extend(_lone_headings(lines, headings))
    found = Imported(
        title, talks, slots, sections, footer, tuple(doubts), sessions=tuple(sessions.values())
    )
    return assemble(found, page_start=page.date, start=start)


def _headings(lines: Sequence[str]) -> Iterator[_Heading]:
    for number, line in enumerate(lines):
        if HEADING.match(line):
            after = number + 1
            while after < len(lines) and not lines[after].strip():
                after += 1
            if after < len(lines) and SPEAKERS.match(lines[after]):
                yield _Heading(number, after)


def _lone_headings(lines: Sequence[str], headings: Sequence[_Heading]) -> Iterator[Doubt]:
    known = {heading.title for heading in headings}
    for number, line in enumerate(lines):
        found = HEADING.match(line)
        if found and number not in known and line.rstrip() != FOOTER:
            yield Doubt(number + 1, "talks.heading", {"title": found[1]})


def _preamble(lines: Sequence[str]) -> tuple[str, tuple[Section, ...], EventDate]:
    filled = [number for number, line in enumerate(lines) if line.strip()]
    title = lines[filled[0]].strip() if filled else ""
    after = filled[1:]
    page = EventDate()
    if after and (when := _WHEN.match(lines[after[0]])):
        page = event_date(when[1])
        after = after[1:]
    body = list(lines[after[0] :]) if after else []
    sections = split_sections(body)
    return title, sections, page if page.date else event_date("\n".join([title, *body]))


def _talks(
    lines: Sequence[str], headings: Sequence[_Heading], doubts: list[Doubt]
) -> tuple[tuple[ImportedTalk, ...], str]:
    talks: list[ImportedTalk] = []
    footer = ""
    ends = [*(heading.title for heading in headings[1:]), len(lines)]
    for heading, end in zip(headings, ends, strict=False):
        body = lines[heading.speakers + 1 : end]
        if end == len(lines):
            body, footer = _without_footer(body, heading.speakers + 2, doubts)
        title = HEADING.match(lines[heading.title])
        speakers = read_speakers(lines[heading.speakers])
        doubts.extend(
            Doubt(heading.speakers + 1, key, {"entry": entry}, others)
            for key, entry, others in speakers.doubts
        )
        talks.append(
            ImportedTalk(
                title=title[1] if title else "",
                speakers=speakers.speakers,
                abstract=clean_text("\n".join(body)),
                line=heading.title + 1,
            )
        )
    return tuple(talks), footer


def _without_footer(
    body: Sequence[str], line: int, doubts: list[Doubt]
) -> tuple[Sequence[str], str]:
    """Part the last abstract from what follows it; `line` is the number of its first line."""
    for number in range(len(body) - 1, -1, -1):
        if body[number].rstrip() == FOOTER:
            return body[:number], clean_text("\n".join(body[number + 1 :]))
    filled = [number for number, text in enumerate(body) if text.strip()]
    if len(filled) < 2:
        return body, ""
    begin = filled[-1]
    while begin > filled[0] and body[begin - 1].strip() and not looks_like_footer(body[begin]):
        begin -= 1
    proposed = clean_text("\n".join(body[begin:]))
    if begin <= filled[0] or not looks_like_footer(proposed):
        return body, ""
    doubts.append(Doubt(line + begin, "footer.proposed", {"text": proposed}))
    return body[:begin], proposed


def _sessions(lines: Sequence[str]) -> dict[int, Session]:
    found: dict[int, Session] = {}
    scheduled = False
    for line in lines:
        scheduled = scheduled or bool(DAY.match(line.rstrip()))
        if scheduled and (told := _SESSION.match(line.rstrip())):
            number, title, posters, chair = told.groups()
            session = Session(int(number), title, chair or "", posters is not None)
            found.setdefault(session.id, session)
    return found


def _slots(
    lines: Sequence[str], sessions: Mapping[int, Session], doubts: list[Doubt]
) -> Iterator[ImportedSlot]:
    day: int | None = None
    for number, line in enumerate(lines, start=1):
        if heading := DAY.match(line.rstrip()):
            day = int(heading[1])
        elif day is not None and (row := _ROW.match(line.rstrip())):
            *times, title, room, session, plenary = row.groups()
            if _zone(row[5]) is None:
                raise FormatError("format.zone", number, zone=row[5])
            span = _span(*times)
            if span is None:
                doubts.append(Doubt(number, "times.row", {"title": title}))
            elif span[1] < span[0]:
                raise FormatError("format.order", number, title=title)
            yield ImportedSlot(
                title=title,
                day=day,
                start=span[0] if span else None,
                end=span[1] if span else None,
                room=room or "",
                by_title=True,
                line=number,
                session=int(session) if session and int(session) in sessions else None,
                plenary=plenary is not None,
            )


def _span(
    start_date: str, start: str, end_date: str | None, end: str, zone: str
) -> tuple[datetime, datetime] | None:
    """Return start and end in UTC; an end before the start is on the next day."""
    known = _zone(zone)
    if known is None:
        return None
    try:
        begin = datetime.fromisoformat(f"{start_date}T{start}").replace(tzinfo=known)
        until = datetime.fromisoformat(f"{end_date or start_date}T{end}").replace(tzinfo=known)
        if end_date is None and until < begin:
            until += timedelta(days=1)
        return begin.astimezone(UTC), until.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _zone(name: str) -> tzinfo | None:
    if name in ("UTC", "Z"):
        return UTC
    try:
        if offset := _OFFSET.match(name):
            minutes = int(offset[2]) * 60 + int(offset[3])
            return timezone(timedelta(minutes=minutes if offset[1] == "+" else -minutes))
        return ZoneInfo(name)
    except (ValueError, KeyError, OSError):
        return None
