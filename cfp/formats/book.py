"""The book of abstracts as PDF, set by typst (the extra `[pdf]`).

The template `book.typ` gets everything as JSON and shows it as text, so that no title is ever read
as a command. Typst brings the fonts of Latin, Greek and Cyrillic; what they lack is taken from the
fonts of the machine, if it has them.
"""

import json
from collections.abc import Iterator
from pathlib import Path

from cfp.formats.clock import Clock
from cfp.formats.codec import Json
from cfp.formats.days import blocks_of
from cfp.formats.errors import FormatError
from cfp.formats.grammar import clean_text, one_line
from cfp.formats.people import people_of
from cfp.formats.program import Program, Session, Slot, Talk
from cfp.formats.speakers import write_entries
from cfp.formats.words import known_language, long_day, short_day, words_of
from cfp.formats.writers import Edition

_TEMPLATE = Path(__file__).with_name("book.typ")


def write_book(edition: Edition) -> bytes:
    """Return the book: cover, days, abstracts, index of speakers.

    Raises:
        FormatError: `format.pdf` where typst is not installed.
    """
    try:
        import typst  # noqa: PLC0415 - an extra that not every installation has
    except ImportError:
        raise FormatError("format.pdf") from None
    data = json.dumps(_book(edition.program), ensure_ascii=False)
    pdf = typst.compile(_TEMPLATE.read_bytes(), format="pdf", sys_inputs={"book": data})
    return bytes(pdf)


def _book(program: Program) -> dict[str, Json]:
    say, clock = words_of(program.language).gettext, Clock.of(program)
    published = clock.wall(program.published_at).date()
    number, day = program.number, short_day(published, program.language)
    return {
        "title": one_line(program.title),
        "language": known_language(program.language).partition("_")[0],
        "date": [published.year, published.month, published.day],
        "when": _dates(program),
        "place": one_line(program.place),
        "edition": say("Version %(n)s, %(day)s") % {"n": number, "day": day},
        "rooms": len(program.rooms) > 1,
        "words": {
            "book": say("Book of abstracts"),
            "abstracts": say("Abstracts"),
            "speakers": say("Speakers"),
            "chair": say("Chair:"),
            "posters": say("Posters"),
            "canceled": say("canceled"),
        },
        "days": [_day(program, clock, day.number) for day in program.days],
        "talks": [_talk(program, clock, talk) for talk in program.in_order()],
        "people": list(_people(program)),
    }


def _dates(program: Program) -> str:
    start, end = (short_day(day, program.language) for day in (program.start, program.end))
    return start if start == end else f"{start} \N{EN DASH} {end}"


def _day(program: Program, clock: Clock, number: int) -> dict[str, Json]:
    day = next(one for one in program.days if one.number == number)
    blocks = blocks_of(program, number)
    rows: list[Json] = []
    for block in blocks:
        for place, slot in enumerate(block.slots):
            rows.append(
                {
                    **_row(program, clock, slot),
                    "session": _head(block.session) if block.session and not place else None,
                    "inside": block.session is not None,
                }
            )
    zone = clock.label(blocks[0].slots[0].start) if blocks else clock.name
    return {"title": long_day(day.date, program.language), "zone": zone, "rows": rows}


def _row(program: Program, clock: Clock, slot: Slot) -> dict[str, Json]:
    talk = program.talk_by_code[slot.talk] if slot.talk is not None else None
    return {
        "code": talk.code if talk else "",
        "time": _time(clock, slot),
        "title": one_line(program.title_of(slot)),
        "names": ", ".join(one_line(one.name) for one in talk.speakers) if talk else "",
        "room": one_line(slot.room),
        "canceled": program.is_canceled(slot),
    }


def _head(session: Session) -> dict[str, Json]:
    return {
        "title": one_line(session.title),
        "chair": one_line(session.chair),
        "posters": session.posters,
    }


def _time(clock: Clock, slot: Slot) -> str:
    return f"{clock.wall(slot.start):%H:%M}\N{EN DASH}{clock.wall(slot.end):%H:%M}"


def _talk(program: Program, clock: Clock, talk: Talk) -> dict[str, Json]:
    return {
        "code": talk.code,
        "title": one_line(talk.title),
        "speakers": write_entries(talk.speakers),
        "when": "; ".join(
            _when(program, clock, slot) for slot in program.slots_by_talk.get(talk.code, ())
        ),
        "abstract": list(_paragraphs(talk.abstract)),
    }


def _when(program: Program, clock: Clock, slot: Slot) -> str:
    day = long_day(clock.wall(slot.start).date(), program.language)
    room = one_line(slot.room) if len(program.rooms) > 1 else ""
    return ", ".join(part for part in (day, _time(clock, slot), room) if part)


def _paragraphs(text: str) -> Iterator[Json]:
    """Yield paragraphs: lists of lines, each its indentation and what follows it."""
    for paragraph in clean_text(text).split("\n\n"):
        lines: list[Json] = [
            [len(line) - len(line.lstrip()), line.lstrip()] for line in paragraph.split("\n")
        ]
        yield lines


def _people(program: Program) -> Iterator[Json]:
    for person in people_of(program):
        if person.comes:
            yield {
                "name": one_line(person.name),
                "affiliations": "; ".join(map(one_line, person.affiliations)),
                "codes": [talk.code for talk in person.talks if not talk.canceled],
            }
