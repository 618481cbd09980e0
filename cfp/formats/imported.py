"""What a reader found in a file, whatever its format, with everything it was not sure about."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from datetime import date, datetime, timedelta

from cfp.formats.codec import Json, encode, rfc3339
from cfp.formats.errors import FormatError
from cfp.formats.program import Material, Program, ProgramSpeaker, Section, Session
from cfp.formats.speakers import NameAndAffiliation
from cfp.records import record


@record
class Doubt:
    """One warning: where (line of the file, from 1), a stable key, its data, the other readings.

    Keys (data): `speakers.commas`, `.company`, `.parentheses`, `.listed`, `.and`, `.role`,
    `.unbalanced`, `.no_prefix` (entry), `.in_heading` (entry), `.missing` (title) ·
    `people.affiliations` (name, affiliations) · `talks.same_title` (title), `talks.heading`
    (title), `talks.note` (title, note), `talks.stray` (title) · `slots.anchor`, `slots.title`,
    `slots.unknown`, `slots.several` (title) · `times.unknown`, `times.row` (title) ·
    `dates.month` (cell, page), `dates.page`, `dates.start` (expected, found) ·
    `footer.proposed` (text).

    An import itself adds what the conference could not take: `left.conference` (fields),
    `left.section` (title), `left.broadcast` (url), `left.canceled` (title), `left.material` (title,
    url), which a reader also says of links that are neither slides nor a video.
    """

    line: int | None
    key: str
    data: Mapping[str, str] = field(default_factory=dict)
    alternatives: tuple[str, ...] = ()


@record
class ImportedTalk:
    """A submission of the file. Times are UTC, null when the file does not tell them.

    `type`, `track` and `language` are empty when the file does not tell them; text and page do not.
    So are `code`, `guid` and `number`, by which the place it comes from knows the talk, and
    `minutes`, what it was accepted for. `people` are the speakers with codes and bios. `materials`
    stand with the talk where a file tells them there, and need no code.
    """

    title: str
    speakers: tuple[NameAndAffiliation, ...]
    abstract: str
    anchor: str | None = None
    day: int | None = None
    start: datetime | None = None
    end: datetime | None = None
    line: int | None = None
    type: str = ""
    track: str = ""
    language: str = ""
    code: str = ""
    guid: str = ""
    number: int = 0
    minutes: int = 0
    people: tuple[ProgramSpeaker, ...] = ()
    recorded: bool = True
    materials: tuple[Material, ...] = ()


@record
class ImportedSlot:
    """A row of the schedule; `talk` is an index into the talks, null for a break.

    `anchor` is where the row's link leads. Text has no links: there, `by_title` says that the
    title alone tells a talk from a break. `session` is the id of one of the file's sessions.
    `guid` and `number` are those by which the place it comes from knows the slot.
    """

    title: str
    day: int | None
    start: datetime | None
    end: datetime | None
    room: str = ""
    talk: int | None = None
    anchor: str | None = None
    by_title: bool = False
    line: int | None = None
    session: int | None = None
    plenary: bool = False
    guid: str = ""
    number: int = 0


@record
class Imported:
    """All of a file. `program`, `canceled`, `materials` are there when it was our own JSON."""

    title: str
    talks: tuple[ImportedTalk, ...]
    slots: tuple[ImportedSlot, ...] = ()
    sections: tuple[Section, ...] = ()
    footer: str = ""
    warnings: tuple[Doubt, ...] = ()
    program: Program | None = None
    materials: tuple[Material, ...] = ()
    sessions: tuple[Session, ...] = ()
    canceled: tuple[ImportedTalk, ...] = ()


def imported_json(imported: Imported) -> dict[str, Json]:
    """Return what `cfp import program --json` prints."""
    return {
        "title": imported.title,
        "talks": [_talk_json(talk) for talk in imported.talks],
        "slots": [_slot_json(slot) for slot in imported.slots],
        "sessions": encode(imported.sessions),
        "warnings": [doubt_json(doubt) for doubt in imported.warnings],
    }


def _talk_json(talk: ImportedTalk) -> Json:
    return {
        "title": talk.title,
        "speakers": encode(talk.speakers),
        "abstract": talk.abstract,
        "anchor": talk.anchor,
        "day": talk.day,
        "start": _time_json(talk.start),
        "end": _time_json(talk.end),
    }


def _slot_json(slot: ImportedSlot) -> Json:
    return {
        "title": slot.title,
        "talk": slot.talk,
        "room": slot.room,
        "day": slot.day,
        "start": _time_json(slot.start),
        "end": _time_json(slot.end),
        "session": slot.session,
        "plenary": slot.plenary,
    }


def doubt_json(doubt: Doubt) -> Json:
    """Return a warning as `--json` prints it."""
    return {
        "line": doubt.line,
        "key": doubt.key,
        "data": dict(doubt.data),
        "alternatives": list(doubt.alternatives),
    }


def _time_json(moment: datetime | None) -> str | None:
    return rfc3339(moment) if moment else None


def assemble(found: Imported, *, page_start: date | None, start: date | None) -> Imported:
    """Join rows to talks and add the doubts that concern the file as a whole.

    `page_start` is the first day as the file's own words tell it, `start` as the conference does.

    Raises:
        FormatError: `format.submissions` when there is none, `format.anchor` when two talks have
            one anchor, or rows of different titles lead to one.
    """
    if not found.talks and found.program is None:
        raise FormatError("format.submissions")
    _refuse_shared_anchors(found.talks, found.slots)
    doubts = list(found.warnings)
    slots = tuple(_linked(found.slots, found.talks, doubts))
    doubts.extend(_date_doubts(slots, page_start, start))
    doubts.extend(_people_doubts(found.talks))
    doubts.extend(_title_doubts(found.talks))
    return replace(
        found, talks=_timed(found.talks, slots), slots=slots, warnings=tuple(_in_order(doubts))
    )


def _refuse_shared_anchors(
    talks: Iterable[ImportedTalk], slots: Iterable[ImportedSlot]
) -> None:
    """A talk given twice has two rows of one title; anything else is a slip of the pen."""
    anchors: set[str] = set()
    for talk in talks:
        if talk.anchor in anchors:
            raise FormatError("format.anchor", talk.line, anchor=talk.anchor)
        if talk.anchor is not None:
            anchors.add(talk.anchor)
    titles: dict[str, str] = {}
    for slot in slots:
        if slot.anchor is not None and titles.setdefault(slot.anchor, slot.title) != slot.title:
            raise FormatError("format.anchor", slot.line, anchor=slot.anchor)


def _in_order(doubts: Iterable[Doubt]) -> list[Doubt]:
    return sorted(doubts, key=lambda doubt: doubt.line or 0)


def _linked(
    slots: Iterable[ImportedSlot], talks: Sequence[ImportedTalk], doubts: list[Doubt]
) -> Iterator[ImportedSlot]:
    by_title: dict[str, list[int]] = {}
    for number, talk in enumerate(talks):
        by_title.setdefault(talk.title, []).append(number)
    seen: dict[str, int] = {}
    for slot in slots:
        same_title = by_title.get(slot.title, [])
        key = None
        if slot.anchor is not None:
            found, key = _by_anchor(slot, talks, same_title)
        elif slot.by_title and same_title:
            found, key = _by_turn(seen.get(slot.title, 0), same_title)
            seen[slot.title] = seen.get(slot.title, 0) + 1
        else:
            found = None
        if key:
            doubts.append(Doubt(slot.line, key, {"title": slot.title}))
        yield replace(slot, talk=found)


def _by_anchor(
    slot: ImportedSlot, talks: Sequence[ImportedTalk], same_title: Sequence[int]
) -> tuple[int | None, str | None]:
    anchored = [number for number, talk in enumerate(talks) if talk.anchor == slot.anchor]
    for number in anchored:
        if number in same_title:
            return number, None
    if same_title:
        return same_title[0], "slots.anchor"
    return (anchored[0], "slots.title") if anchored else (None, "slots.unknown")


def _by_turn(turn: int, same_title: Sequence[int]) -> tuple[int, str | None]:
    """Rows of twins stand in the order of the twins; one talk may have several rows."""
    if turn < len(same_title):
        return same_title[turn], None
    return same_title[-1], "slots.several" if len(same_title) > 1 else None


def _timed(
    talks: Iterable[ImportedTalk], slots: Iterable[ImportedSlot]
) -> tuple[ImportedTalk, ...]:
    first: dict[int, ImportedSlot] = {}
    for slot in slots:
        if slot.talk is not None:
            first.setdefault(slot.talk, slot)
    return tuple(
        replace(talk, day=first[number].day, start=first[number].start, end=first[number].end)
        if number in first
        else talk
        for number, talk in enumerate(talks)
    )


def _date_doubts(
    slots: Sequence[ImportedSlot], page_start: date | None, start: date | None
) -> Iterator[Doubt]:
    starts = [slot.start for slot in slots if slot.start]
    if not starts:
        yield Doubt(None, "times.unknown")
        return
    found = min(starts).date()
    for key, expected in (("dates.page", page_start), ("dates.start", start)):
        # A day's first hour may lie on the next or the previous day in UTC.
        if expected and abs(found - expected) > timedelta(days=1):
            yield Doubt(None, key, {"expected": str(expected), "found": str(found)})


def _people_doubts(talks: Iterable[ImportedTalk]) -> Iterator[Doubt]:
    affiliations: dict[str, dict[str, int | None]] = {}
    for talk in talks:
        for speaker in talk.speakers:
            affiliations.setdefault(speaker.name, {}).setdefault(speaker.affiliation, talk.line)
    for name, found in affiliations.items():
        if len(found) > 1:
            line = list(found.values())[1]
            data = {"name": name, "affiliations": "; ".join(found)}
            yield Doubt(line, "people.affiliations", data)


def _title_doubts(talks: Iterable[ImportedTalk]) -> Iterator[Doubt]:
    seen: set[str] = set()
    for talk in talks:
        if talk.title in seen:
            yield Doubt(talk.line, "talks.same_title", {"title": talk.title})
        seen.add(talk.title)
