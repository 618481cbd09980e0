"""The public page itself, not only its contract, reads back; and its layouts lose nothing."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from cfp.formats.days import blocks_of, grid_of
from cfp.formats.html import page_text, read_html
from cfp.formats.pages import Place, program_page
from cfp.formats.program import Session
from cfp.formats.text import read_text
from cfp.formats.writers import Edition
from cfp.links import Links
from tests.property.test_formats import TITLES, found, has_talks, programs, published


@st.composite
def with_sessions(draw):
    """A program, some of whose slots are parts of sessions, and some for everybody."""
    program = draw(programs())
    sessions = tuple(
        Session(number, draw(TITLES), draw(st.just("") | TITLES), draw(st.booleans()))
        for number in (1, 2)
    )
    slots = tuple(
        replace(
            slot,
            session=draw(st.none() | st.sampled_from([1, 2])),
            plenary=bool(slot.room) and draw(st.sampled_from([False, False, True])),
        )
        for slot in program.slots
    )
    return replace(program, sessions=sessions, slots=slots)


@given(with_sessions().filter(has_talks))
def test_the_public_page_reads_back_and_so_does_its_text(program):
    html = program_page(Edition(program, (), Links("https://cfp.example.org")), Place())

    imported = read_html(html)

    assert imported.title == program.title
    assert found(imported) == published(program)
    slots = [
        slot
        for day in program.days
        for block in blocks_of(program, day.number)
        for slot in block.slots
        if not program.is_canceled(slot)
    ]
    assert [
        (slot.title, slot.day, slot.start, slot.end, slot.room, slot.session, slot.plenary)
        for slot in imported.slots
    ] == [
        (
            *(program.title_of(slot), slot.day, slot.start, slot.end, slot.room),
            *(slot.session, slot.plenary),
        )
        for slot in slots
    ]
    assert found(read_text(page_text(html))) == published(program)


@given(with_sessions())
def test_blocks_hold_every_slot_once_in_time_within_each(program):
    for day in program.days:
        blocks = blocks_of(program, day.number)
        held = [slot for block in blocks for slot in block.slots]
        assert sorted(held, key=lambda slot: slot.id) == sorted(
            (slot for slot in program.slots if slot.day == day.number), key=lambda slot: slot.id
        )
        for block in blocks:
            assert [slot.start for slot in block.slots] == sorted(s.start for s in block.slots)
            number = block.session.id if block.session else None
            assert all(slot.session == number for slot in block.slots)


@given(with_sessions())
def test_the_grid_is_filled_exactly_and_shows_every_slot(program):
    for day in program.days:
        grid = grid_of(program, day.number)
        free = [[True] * len(grid.rooms) for _ in grid.rows]
        shown = set()
        for number, row in enumerate(grid.rows):
            for cell in row.cells:
                first = free[number].index(True)
                for line in free[number : number + cell.rows]:
                    for column in range(first, first + cell.columns):
                        assert line[column], "two cells in one place"
                        line[column] = False
                shown.update(slot.id for slot in cell.slots)
        assert not any(any(line) for line in free)
        assert shown == {slot.id for slot in program.slots_of_day(day.number)}
