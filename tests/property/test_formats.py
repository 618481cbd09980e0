"""Whatever a program holds, its text, page, table and JSON read back to it."""

import contextlib
import json
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cfp.formats.errors import FormatError
from cfp.formats.grammar import carries_title, clean_text, one_line, without_marks
from cfp.formats.html import page_text, read_html
from cfp.formats.imported import imported_json
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
    from_json,
    to_json,
)
from cfp.formats.reading import read
from cfp.formats.speakers import NameAndAffiliation, carries, read_speakers, write_speakers
from cfp.formats.table import safe_cell, unsafe_cell
from cfp.formats.text import read_text, write_text
from cfp.formats.writers import WRITERS
from tests.unit.formats.consumers import CHECKS
from tests.unit.formats.programs import an_edition, page

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
# Letters that matter to the grammars come up often.
TRICKY = st.text(st.sampled_from("ab ,;()|:[]'=-<&\n\t1.*\u00a0\u2028\u202e🗺é"), max_size=20)
WORDS = (
    "Ann", " and ", "and ", ", Inc.", ", Jr.", " (", ")", ", ", "; ", " |TOP|", "\n", "Org",
    "Chair", "Speaker(s): ", "Contact |TOP|", "Day 1", "<h3>", "&amp;", "</div>", "'", "=1",
)  # fmt: skip
PIECES = st.lists(st.sampled_from(WORDS), max_size=7).map("".join)
TEXT = ANY_TEXT | TRICKY | PIECES
TITLES = TEXT.map(one_line).filter(carries_title)
TITLES = TITLES | st.just("t" * 300) | st.just("\u0645\u0631\u062d\u0628\u0627 \U0001f5fa")
BREAKS = st.just("Break") | TITLES
BROADCASTS = ((), (Broadcast(1, "", "https://example.org/a"), Broadcast(2, "Hall", "https://b.org")))
NAMES = TEXT.map(one_line).filter(lambda text: bool(text) and carries(text))
AFFILIATIONS = st.just("") | NAMES
ABSTRACTS = TEXT.map(clean_text).filter(lambda text: without_marks(text) == text)
ZONES = st.sampled_from(
    ["UTC", "Europe/Prague", "America/St_Johns", "Asia/Kathmandu", "Australia/Lord_Howe"]
)
# Around the hours in which clocks change, and anywhere else.
MOMENTS = st.one_of(
    st.datetimes(datetime(2001, 1, 1), datetime(2036, 12, 31)),  # noqa: DTZ001 - bounds are naive
    st.integers(0, 600).map(
        lambda minutes: datetime(2027, 10, 30, 20) + timedelta(minutes=minutes)  # noqa: DTZ001 - as above
    ),
    st.integers(0, 600).map(
        lambda minutes: datetime(2027, 3, 27, 22) + timedelta(minutes=minutes)  # noqa: DTZ001 - as above
    ),
).map(lambda moment: moment.replace(second=0, microsecond=0, tzinfo=UTC))
SPEAKERS = st.lists(
    st.builds(
        ProgramSpeaker,
        code=st.none() | st.just("S1"),
        name=NAMES,
        affiliation=AFFILIATIONS,
        bio=TEXT,
    ),
    max_size=3,
).map(tuple)


@st.composite
def programs(draw):
    zone = draw(ZONES)
    talks = tuple(
        Talk(
            code=f"AAAAA{number}",
            guid=f"guid-{number}",
            id=number + 1,
            title=draw(TITLES),
            speakers=draw(SPEAKERS),
            abstract=draw(ABSTRACTS),
            anchor=draw(st.none() | st.just(f"t{number}")),
            canceled=draw(st.sampled_from([False, False, True])),
        )
        for number in range(draw(st.integers(1, 4)))
    )
    sessions = tuple(
        Session(number, draw(TITLES), draw(st.just("") | NAMES), draw(st.booleans()))
        for number in range(1, draw(st.integers(1, 3)))
    )
    slots = tuple(
        draw(slots_of(number, talks, sessions)) for number in range(draw(st.integers(0, 6)))
    )
    return Program(
        conference="maps",
        title=draw(TITLES),
        zone=zone,
        language="en",
        start=draw(st.dates(date(2001, 1, 1), date(2036, 1, 1))),
        end=date(2036, 1, 2),
        place=draw(TEXT),
        number=draw(st.integers(1, 99)),
        published_at=draw(MOMENTS),
        note=draw(TEXT),
        sections=(
            Section("introduction", "", clean_text(draw(ABSTRACTS))),
            Section("contact", "Contact", draw(ABSTRACTS)),
        ),
        days=(Day(1, date(2027, 5, 4)), Day(2, date(2027, 5, 5)), Day(3, date(2027, 5, 6))),
        rooms=(Room("Hall", 100), *(Room(f"Cellar {number}") for number in range(14))),
        talks=talks,
        slots=slots,
        sessions=sessions,
        broadcasts=draw(st.sampled_from(BROADCASTS)),
    )


@st.composite
def slots_of(draw, number, talks, sessions):
    talk = draw(st.none() | st.sampled_from(talks))
    titles = {one.title for one in talks}
    start = draw(MOMENTS)
    return Slot(
        guid=f"slot-{number}",
        id=number + 1,
        talk=talk.code if talk else None,
        # In the text, only the title tells a break from a talk.
        title="" if talk else draw(BREAKS.filter(lambda title: title not in titles)),
        room=draw(st.sampled_from(["", "Hall", "Cellar 1"]) | TITLES),
        start=start,
        end=start + timedelta(minutes=draw(st.integers(0, 3000))),
        day=draw(st.integers(1, 2)),
        changed_in=draw(st.integers(1, 5)),
        changed_at=draw(st.none() | MOMENTS),
        session=draw(st.sampled_from([None, *(session.id for session in sessions)])),
        plenary=draw(st.booleans()),
    )


def published(program):
    """Return what a reader must find: titles, speakers, abstracts, in the order of the page."""
    return [
        (
            talk.title,
            tuple(NameAndAffiliation(who.name, who.affiliation) for who in talk.speakers),
            talk.abstract,
        )
        for talk in program.in_order()
    ]


def found(imported):
    return [(talk.title, talk.speakers, talk.abstract) for talk in imported.talks]


def rows(program):
    slots = [slot for day in program.days for slot in program.slots_of_day(day.number)]
    return [
        (
            *(program.title_of(slot), slot.day, slot.start, slot.end, slot.room),
            *(program.session_of(slot), slot.plenary),
        )
        for slot in slots
    ]


def found_rows(imported):
    sessions = {session.id: session for session in imported.sessions}
    return [
        (
            *(slot.title, slot.day, slot.start, slot.end, slot.room),
            *(sessions.get(slot.session), slot.plenary),
        )
        for slot in imported.slots
    ]


def has_talks(program):
    return bool(program.in_order())


@given(programs().filter(has_talks))
def test_text_reads_back(program):
    imported = read_text(write_text(program))

    assert imported.title == program.title
    assert found(imported) == published(program)
    assert found_rows(imported) == rows(program)


@given(programs().filter(has_talks))
def test_page_reads_back_and_so_does_its_text(program):
    html = page(program)

    imported = read_html(html)

    assert imported.title == program.title
    assert found(imported) == published(program)
    assert found_rows(imported) == rows(program)
    codes = [talk.code for talk in program.in_order()]
    links = [codes[slot.talk] if slot.talk is not None else None for slot in imported.slots]
    assert links == [slot.talk for day in program.days for slot in program.slots_of_day(day.number)]
    assert found(read_text(page_text(html))) == published(program)


@settings(max_examples=30)
@given(programs().filter(has_talks), st.sampled_from(["sessions.csv", "sessions.xlsx"]))
def test_table_reads_back(program, name):
    found_there = read(WRITERS[name].write(an_edition(program)))

    assert found(found_there) == published(program)
    sessions = {session.id: session for session in found_there.sessions}
    for slot in found_there.slots:
        before = [
            one
            for one in program.slots
            if (one.talk, one.start) == (slot.anchor.removeprefix("t-"), slot.start)
        ]
        names = [(one.title, one.chair) for one in map(program.session_of, before) if one]
        session = sessions.get(slot.session)
        assert session is None or (session.title, session.chair) in names


@settings(max_examples=50)
@given(programs(), st.sampled_from(["schedule.xml", "schedule.json"]))
def test_schedules_for_apps_read_back(program, name):
    slots = [slot for day in program.days for slot in program.slots_of_day(day.number)]
    data = WRITERS[name].write(an_edition(program))
    if not any(slot.talk for slot in slots):
        with pytest.raises(FormatError, match=r"format\.submissions"):
            read(data)
        return
    imported = read(data)

    assert sorted(row[:5] for row in found_rows(imported)) == sorted(
        row[:5] for row in rows(program)
    )
    scheduled = {slot.talk for slot in slots if slot.talk}
    wanted = [
        (
            talk.title,
            tuple(
                NameAndAffiliation(one.name, one.affiliation if name.endswith("json") else "")
                for one in talk.speakers
            ),
            talk.abstract,
        )
        for talk in program.in_order()
        if talk.code in scheduled
    ]
    assert sorted(found(imported), key=repr) == sorted(wanted, key=repr)


@pytest.mark.parametrize("name", CHECKS)
@settings(max_examples=12)
@given(program=programs())
def test_every_export_is_what_its_consumers_expect(name, program):
    CHECKS[name](an_edition(program))


@given(
    programs(),
    st.lists(
        st.builds(
            Material,
            talk=st.just("AAAAA0"),
            kind=st.sampled_from(["slides", "video"]),
            url=TEXT,
            label=TEXT,
        )
    ).map(tuple),
)
def test_json_is_lossless(program, materials):
    text = json.dumps(to_json(program, materials))
    assert from_json(json.loads(text)) == (program, materials)
    assert json.dumps(to_json(*from_json(json.loads(text)))) == text


@given(st.lists(st.builds(NameAndAffiliation, NAMES, AFFILIATIONS), max_size=4))
@example([NameAndAffiliation("King, Jr.", "Org, Inc."), NameAndAffiliation("A (B)")])
def test_carried_speakers_read_back(speakers):
    line = write_speakers(speakers)
    assert read_speakers(line).speakers == tuple(speakers)
    assert "\n" not in line


@given(TEXT, TEXT)
def test_no_name_can_bring_a_second_speaker(name, affiliation):
    line = write_speakers([NameAndAffiliation(name, affiliation), NameAndAffiliation("Zed")])
    read_back = read_speakers(line).speakers
    assert len(read_back) <= 2
    assert read_back[-1] == NameAndAffiliation("Zed")


@given(TEXT)
def test_abstracts_cannot_forge_the_grammar(abstract):
    text = f"T\nX |TOP|\nSpeaker(s): Ann\n{without_marks(clean_text(abstract))}\nContact |TOP|\nus"
    imported = read_text(text)
    assert (len(imported.talks), imported.footer) == (1, "us")


@given(TEXT)
def test_cleaning_twice_changes_nothing(text):
    assert clean_text(clean_text(text)) == clean_text(text)
    assert one_line(one_line(text)) == one_line(text)


@given(TEXT)
def test_cells_are_restored_exactly(text):
    plain = text.replace("\0", "")
    assert unsafe_cell(safe_cell(plain)) == plain
    assert not safe_cell(text).startswith(("=", "+", "-", "@", "\t", "\r"))


@given(
    st.binary(max_size=200) | TEXT.map(str.encode),
    st.sampled_from(["auto", "html", "text", "csv", "xml", "json", "xlsx"]),
)
@example(b"<table><tr><td class=time start=1 end=2 day=1>x |TOP|<h3>|TOP|", "html")
@example(b"<h3>x |TOP|</h3><table><tr></tr><tr><td></td></tr><tr><th>Talk<td>", "html")
def test_any_file_is_read_or_refused(data, kind):
    with contextlib.suppress(FormatError):
        json.dumps(imported_json(read(data, format=kind)))


READ_BACK = (
    "program.txt", "program.html", "program.json", "schedule.xml", "schedule.json",
    "sessions.csv", "sessions.xlsx",
)  # fmt: skip
WRITTEN = {name: WRITERS[name].write(an_edition()) for name in READ_BACK}
DAMAGES = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 300), st.binary(max_size=8)), min_size=1, max_size=4
)


@given(st.sampled_from(READ_BACK), DAMAGES)
def test_a_damaged_file_is_read_or_refused(name, damages):
    """In each damage so many bytes at a place have become others."""
    data = WRITTEN[name]
    for place, length, others in damages:
        begin = int(place * len(data))
        data = data[:begin] + others + data[begin + length :]
    with contextlib.suppress(FormatError):
        json.dumps(imported_json(read(data)))


MARK_UP = (
    "<h3 id=t1>", "</h3>", "x", " |TOP|", "<table>", "<tr>", "<td>", "<th>Talk", "</table>",
    "<pre>", "Speaker(s): a",
    "<h2>Day 1</h2>", "<main>", "<footer>", "<ul>", "<li>", "<p>", "<nav>", "2027",
    "<td class=time day=1 start=2 end=3>May", "<time datetime=2027-05-04T09:00Z>", "<a href=#t1>",
    "<time datetime=0001-01-01T00:00+10:00>", "<h1>", "<br>", "<!--", "-->", "<svg>", "<select>",
)  # fmt: skip


@given(st.lists(st.sampled_from(MARK_UP), max_size=25).map("".join))
def test_any_mark_up_is_read_or_refused(html):
    page_text(html)
    with contextlib.suppress(FormatError):
        json.dumps(imported_json(read_html(html)))
