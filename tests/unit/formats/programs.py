"""Invented programs, and the public page as its contract in `cfp.formats.html` describes it."""

import os
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from html import escape
from pathlib import Path

import pytest

from cfp.formats.codec import rfc3339
from cfp.formats.html import write_speakers
from cfp.formats.program import (
    Broadcast,
    Day,
    Material,
    Program,
    ProgramSpeaker,
    Room,
    Section,
    Session,
    Slot,
    Talk,
)
from cfp.formats.writers import Edition
from cfp.links import Links

SHARED = Path(__file__).parents[4] / "shared"


def needed(*names: str) -> Path:
    """Return a file that is not part of this repository."""
    path = SHARED.joinpath(*names)
    if not path.exists() and not os.environ.get("CI"):
        pytest.skip(f"it is not beside this repository: {path}")
    return path


def real(name: str) -> bytes:
    """Return a file of the model conference."""
    return needed("data", "ovscon2025", name).read_bytes()


def at(hour: int, minute: int = 0, day: int = 4) -> datetime:
    return datetime(2027, 5, day, hour, minute, tzinfo=UTC)


def a_talk(code: str = "AAAAA1", title: str = "Folding maps", **changes: object) -> Talk:
    number = int(code[-1], 36) + 1
    talk = Talk(
        code=code,
        guid=f"guid-{code}",
        id=number,
        title=title,
        speakers=(ProgramSpeaker("S1", "Ann Lee", "Acme"),),
        abstract="First line\n\n  * a mark\n  * another",
        type="Talk",
        track="Maps",
        minutes=25,
    )
    return replace(talk, **changes)  # type: ignore[arg-type] # tests name real fields


def a_slot(
    number: int, talk: str | None, start: datetime, minutes: int = 25, **changes: object
) -> Slot:
    slot = Slot(
        guid=f"slot-{number}",
        id=number,
        talk=talk,
        title="" if talk else "Break",
        room="Main hall",
        start=start,
        end=start + timedelta(minutes=minutes),
    )
    return replace(slot, **changes)  # type: ignore[arg-type] # tests name real fields


def a_program(**changes: object) -> Program:
    """Two days, two rooms, a talk given twice, one without a slot, one canceled, two breaks."""
    talks = (
        a_talk("AAAAA1"),
        a_talk(
            "AAAAA2",
            "Rivers: a survey.",
            speakers=(
                ProgramSpeaker("S2", "King, Jr.", "Org, Inc."),
                ProgramSpeaker(None, "Bob Ray"),
            ),
            abstract="See https://example.org/rivers.",
            anchor="t2",
        ),
        a_talk(
            "AAAAA3", "Not yet placed", speakers=(ProgramSpeaker("S3", "Zoë Ó", "Uni (Prague)"),)
        ),
        a_talk("AAAAA4", "Withdrawn late", canceled=True),
    )
    slots = (
        a_slot(1, None, at(7), 30, title="Registration / Check in", room=""),
        a_slot(2, "AAAAA2", at(7, 30)),
        a_slot(3, "AAAAA1", at(7, 30), room="Cellar"),
        a_slot(4, None, at(8), title="Break"),
        a_slot(5, "AAAAA1", at(7, day=5), day=2),
        a_slot(6, "AAAAA4", at(8, day=5), day=2),
        a_slot(7, None, at(21, 30, day=5), 180, day=2, title="Party"),
    )
    program = Program(
        conference="maps2027",
        title="Maps 2027",
        zone="Europe/Prague",
        language="en",
        start=date(2027, 5, 4),
        end=date(2027, 5, 5),
        place="Town Hall, Brno",
        number=3,
        published_at=datetime(2027, 4, 1, 12, tzinfo=UTC),
        contact="team@example.org",
        sections=(
            Section("introduction", "", "All about maps.\n\nTwo days of them."),
            Section("registration", "How to register", "It is free.", "https://example.org/r"),
            Section("contact", "Contact", "Write to team@example.org."),
        ),
        days=(Day(1, date(2027, 5, 4)), Day(2, date(2027, 5, 5))),
        rooms=(Room("Main hall", 200), Room("Cellar")),
        talks=talks,
        slots=slots,
    )
    return replace(program, **changes)  # type: ignore[arg-type] # tests name real fields


def an_edition(program: Program | None = None, **changes: object) -> Edition:
    """The program with slides, a video and a history."""
    known = program or a_program(
        sessions=(Session(5, "Rivers, and more", "Zoë Ó"), Session(6, "Posters", posters=True)),
        broadcasts=(Broadcast(1, "", "https://example.org/live"),),
    )
    edition = Edition(known, some_materials(), Links("https://cfp.example.org"))
    return replace(edition, **changes)  # type: ignore[arg-type] # tests name real fields


def some_materials() -> tuple[Material, ...]:
    return (
        Material("AAAAA1", "slides", "https://example.org/a.pdf", "Slides"),
        Material("AAAAA2", "video", "https://example.org/v"),
    )


def page(program: Program) -> str:
    """Return the page that the contract asks for, with a frame around it."""
    parts = [
        "<!doctype html><html><head><title>Program</title><style>p {}</style></head><body>",
        "<header><nav>Menu |TOP|</nav></header><main>",
        f"<h1>{escape(program.title)}</h1><p class='when'>4 to 5 May 2020</p>",
        *(_section(section) for section in program.sections if section.key != "contact"),
        '<h2 id="schedule">Talks / Schedule</h2><form><label>UTC offset: <input></label></form>',
        *(_day(program, day) for day in program.days),
        '<h2 id="unscheduled">Not scheduled yet</h2><ul>',
        *(f"<li>{escape(talk.title)}</li>" for talk in program.unscheduled()),
        '</ul><h2 id="abstracts">Abstracts</h2>',
        *(_talk(program, talk) for talk in program.in_order()),
        '</main><footer><h2>Contact <a href="#top">|TOP|</a></h2>',
        f'<div class="typed">{escape(_contact(program))}</div></footer>',
        "<script>Ghost |TOP|</script></body></html>",
    ]
    return "\n".join(parts)


def _contact(program: Program) -> str:
    section = program.section("contact")
    return section.text if section else program.contact


def _section(section: Section) -> str:
    heading = f'<h2 id="{section.key}">{escape(section.title)}</h2>' if section.title else ""
    link = f'<p><a href="{section.url}">{section.url}</a></p>' if section.url else ""
    return f'{heading}<div class="typed">{escape(section.text)}</div>{link}'


def _day(program: Program, day: Day) -> str:
    slots = program.slots_of_day(day.number)
    first = {slot.session: slot for slot in reversed(slots)}
    rows = "".join(
        _block(program, slot, named=first[slot.session] is slot) + _row(program, slot)
        for slot in slots
    )
    return (
        f'<h2 id="day{day.number}">Day {day.number}</h2><table><caption>Tuesday</caption><thead>'
        f'<tr><th scope="col">Vortrag</th><th scope="col">Zeit</th></tr></thead>{rows}</table>'
    )


def _block(program: Program, slot: Slot, *, named: bool) -> str:
    session = program.session_of(slot)
    if session is None or not named:
        return ""
    posters = " posters" if session.posters else ""
    return (
        f'<tr class="session{posters}" data-session="{session.id}"><th colspan="3">'
        f'<span class="session-title">{escape(session.title)}</span> '
        f'<span class="chair">{escape(session.chair)}</span></th></tr>'
    )


def _row(program: Program, slot: Slot) -> str:
    title = escape(program.title_of(slot))
    if slot.talk is not None:
        title = f'<a href="#t-{slot.talk}">{title}</a>'
    times = "\u2013".join(
        f'<time datetime="{rfc3339(moment)}">{moment:%H:%M}</time>'
        for moment in (slot.start, slot.end)
    )
    block = f' data-session="{slot.session}"' if slot.session is not None else ""
    plenary = ' class="plenary"' if slot.plenary else ""
    return (
        f'<tr{block}{plenary}><th scope="row" class="talk">{title}</th>'
        f'<td class="time">{times}</td>'
        f'<td class="room">{escape(slot.room)}</td></tr>'
    )


def _talk(program: Program, talk: Talk) -> str:
    slots = program.slots_by_talk.get(talk.code)
    top = f"#day{slots[0].day}" if slots else "#unscheduled"
    old = f'<a id="{talk.anchor}"></a>' if talk.anchor else ""
    return (
        f'<article>\n<h3 id="t-{talk.code}">{old}{escape(talk.title)} '
        f'<a href="{top}">|TOP|</a></h3>\n'
        f'<p class="speakers">{escape(write_speakers(talk.speakers))}</p>\n<nav>Slides</nav>'
        f'<div class="abstract typed">{escape(talk.abstract)}</div>\n</article>'
    )
