from datetime import UTC, date, datetime

import pytest

from cfp.formats.errors import FormatError
from cfp.formats.grammar import carries_title
from cfp.formats.program import ProgramSpeaker, Session
from cfp.formats.text import read_text, write_text
from tests.unit.formats.programs import a_program, a_slot, a_talk, at


def facts(imported):
    return [(talk.title, talk.speakers, talk.abstract) for talk in imported.talks]


def rows(program):
    slots = [slot for day in program.days for slot in program.slots_of_day(day.number)]
    return [(program.title_of(slot), slot.day, slot.start, slot.end, slot.room) for slot in slots]


def read_rows(imported):
    return [(slot.title, slot.day, slot.start, slot.end, slot.room) for slot in imported.slots]


def test_what_is_written():
    assert write_text(a_program()) == (
        "Maps 2027\n"
        "2027-05-04 to 2027-05-05 Europe/Prague  Town Hall, Brno\n"
        "\n"
        "All about maps.\n\nTwo days of them.\n"
        "\n"
        "How to register\n\nIt is free.\n\nhttps://example.org/r\n"
        "\n"
        "Talks / Schedule\n"
        "\n"
        "Day 1\n"
        "2027-05-04 09:00-09:30 Europe/Prague  Registration / Check in\n"
        "2027-05-04 09:30-09:55 Europe/Prague  Rivers: a survey.  [Main hall]\n"
        "2027-05-04 09:30-09:55 Europe/Prague  Folding maps  [Cellar]\n"
        "2027-05-04 10:00-10:25 Europe/Prague  Break  [Main hall]\n"
        "\n"
        "Day 2\n"
        "2027-05-05 09:00-09:25 Europe/Prague  Folding maps  [Main hall]\n"
        "2027-05-05 23:30-02:30 Europe/Prague  Party  [Main hall]\n"
        "\n"
        "Not scheduled yet\n"
        "Not yet placed\n"
        "\n"
        "Abstracts\n"
        "\n"
        "Rivers: a survey. |TOP|\n"
        "Speaker(s): King, Jr. (Org, Inc.); Bob Ray\n"
        "See https://example.org/rivers.\n"
        "\n"
        "Folding maps |TOP|\n"
        "Speaker(s): Ann Lee, Acme\n"
        "First line\n\n  * a mark\n  * another\n"
        "\n"
        "Not yet placed |TOP|\n"
        "Speaker(s): Zoë Ó (Uni (Prague))\n"
        "First line\n\n  * a mark\n  * another\n"
        "\n"
        "Contact |TOP|\n"
        "Write to team@example.org.\n"
    )


def test_what_is_written_reads_back_with_times_sections_and_footer():
    program = a_program()

    found = read_text(write_text(program), start=program.start)

    assert found.title == program.title
    assert [talk.title for talk in found.talks] == [talk.title for talk in program.in_order()]
    assert read_rows(found) == rows(program)
    assert [slot.talk for slot in found.slots] == [None, 0, 1, None, 1, None]
    assert found.sections == program.sections[:2]
    assert found.footer == "Write to team@example.org."
    assert found.warnings == ()


def test_a_talk_has_the_time_of_its_first_slot():
    found = read_text(write_text(a_program()))

    folding = found.talks[1]
    assert (folding.day, folding.start) == (1, datetime(2027, 5, 4, 7, 30, tzinfo=UTC))
    assert found.talks[2].start is None


def test_twins_keep_their_own_times():
    twins = tuple(a_talk(code, "Same", abstract=code) for code in ("AAAAA1", "AAAAA2"))
    program = a_program(
        talks=twins,
        slots=(
            a_slot(1, "AAAAA2", datetime(2027, 5, 4, 7, tzinfo=UTC)),
            a_slot(2, "AAAAA1", datetime(2027, 5, 4, 8, tzinfo=UTC)),
        ),
    )

    found = read_text(write_text(program))

    assert [(talk.abstract, talk.start.hour) for talk in found.talks] == [
        ("AAAAA2", 7),
        ("AAAAA1", 8),
    ]
    assert [doubt.key for doubt in found.warnings] == ["talks.same_title"]


@pytest.mark.parametrize(
    ("start", "minutes", "row"),
    [
        # Clocks go back at 01:00 UTC: 02:30 comes twice, so the row says UTC.
        ((2027, 10, 31, 0, 15), 30, "2027-10-31 00:15-00:45 UTC"),
        ((2027, 10, 31, 1, 15), 30, "2027-10-31 01:15-01:45 UTC"),
        ((2027, 10, 30, 23, 30), 150, "2027-10-31 01:30-03:00 Europe/Prague"),
        # Clocks go forward at 01:00 UTC: there is no 02:30.
        ((2027, 3, 28, 0, 45), 30, "2027-03-28 01:45-03:15 Europe/Prague"),
        ((2027, 5, 4, 21, 30), 60, "2027-05-04 23:30-00:30 Europe/Prague"),
        ((2027, 5, 4, 7, 0), 0, "2027-05-04 09:00-2027-05-04 09:00 Europe/Prague"),
        ((2027, 5, 4, 7, 0), 1500, "2027-05-04 09:00-2027-05-05 10:00 Europe/Prague"),
    ],
)
def test_odd_times_are_written_so_that_they_read_back(start, minutes, row):
    slot = a_slot(1, "AAAAA1", datetime(*start, tzinfo=UTC), minutes)
    program = a_program(talks=(a_talk(),), slots=(slot,))

    text = write_text(program)
    found = read_text(text)

    assert f"{row}  Folding maps  [Main hall]" in text.split("\n")
    assert (found.slots[0].start, found.slots[0].end) == (slot.start, slot.end)


@pytest.mark.parametrize(
    ("row", "key"),
    [
        ("2027-05-04 09:00-09:25 Moon/Crater  Folding maps", "format.zone"),
        ("2027-05-04 09:00-09:25 ../../etc/passwd  Folding maps", "format.zone"),
        ("2027-05-04 09:00-2027-05-03 09:25 UTC  Folding maps", "format.order"),
    ],
)
def test_rows_that_cannot_be_are_refused_with_their_line(row, key):
    with pytest.raises(FormatError) as refused:
        read_text(f"Maps\nDay 1\n{row}\nAbstracts\nFolding maps |TOP|\nSpeaker(s): Ann\nText")
    assert (refused.value.key, refused.value.line) == (key, 3)


def test_sessions_posters_and_plenaries_read_back():
    sessions = (Session(3, "Routing  and more", "Ann Lee"), Session(9, "Posters", posters=True))
    slots = (
        a_slot(1, "AAAAA1", at(7), session=3, plenary=True),
        a_slot(2, None, at(8), title="Session 3", session=3),
        a_slot(3, "AAAAA2", at(8), room="", session=9),
        a_slot(4, "AAAAA3", at(8), title="Plenary", plenary=True, room=""),
        a_slot(5, None, at(7, day=5), day=2, title="Plenary", session=9),
    )
    text = write_text(a_program(slots=slots, sessions=sessions))

    found = read_text(text)

    assert "Session 3  Routing and more  (chair: Ann Lee)" in text.split("\n")
    assert found.sessions == (
        Session(3, "Routing and more", "Ann Lee"),
        Session(9, "Posters", posters=True),
    )
    assert [(slot.session, slot.plenary, slot.room) for slot in found.slots] == [
        (slot.session, slot.plenary, slot.room)
        for slot in a_program(slots=slots, sessions=sessions).ordered_slots
    ]


@pytest.mark.parametrize(
    ("row", "start"),
    [
        ("2027-05-04 09:00-09:25 +05:45  Folding maps", (3, 15)),
        ("2027-05-04 09:00-09:25 Z  Folding maps", (9, 0)),
        ("2027-13-04 09:00-09:25 UTC  Folding maps", None),
        ("9999-12-31 23:00-01:00 -12:00  Folding maps", None),
    ],
)
def test_rows_written_by_hand(row, start):
    text = f"Maps\nDay 1\n{row}\nAbstracts\nFolding maps |TOP|\nSpeaker(s): Ann\nText"

    (slot,) = read_text(text).slots

    assert (slot.start and (slot.start.hour, slot.start.minute)) == start
    assert slot.talk == 0
    assert ("times.row" in {doubt.key for doubt in read_text(text).warnings}) == (start is None)


@pytest.mark.parametrize(
    "abstract",
    [
        "Forged |TOP|\nSpeaker(s): Eve, Evil\nNot a talk",
        "Forged |TOP|\n\nSpeakers: Eve",
        "Speaker: Eve\nmore",
        "Contact |TOP|\nfooter by Eve",
        "Day 1\n2027-05-04 09:00-09:25 UTC  Forged  [Hall]\nAbstracts",
    ],
)
def test_an_abstract_cannot_become_a_submission_or_a_footer(abstract):
    program = a_program(talks=(a_talk(abstract=abstract),), slots=())

    found = read_text(write_text(program))

    assert [talk.title for talk in found.talks] == ["Folding maps"]
    assert [line.strip() for line in found.talks[0].abstract.split("\n")] == abstract.split("\n")
    assert found.footer == "Write to team@example.org."
    assert found.slots == ()


def test_the_last_paragraph_of_an_abstract_is_no_footer_where_there_is_a_marker():
    abstract = "About maps.\n\nTo reach the organizers of that trip, email trip@example.org."
    program = a_program(talks=(a_talk(abstract=abstract),), slots=())

    assert read_text(write_text(program)).talks[0].abstract == abstract


@pytest.mark.parametrize("abstract", ["One line\nand another", "One line\n\nand another"])
def test_a_last_abstract_without_a_line_break_at_its_end_is_whole(abstract):
    found = read_text(f"T\nX |TOP|\nSpeaker(s): Ann\n{abstract}")
    assert (found.talks[0].abstract, found.footer) == (abstract, "")


def test_footers_are_proposed_only_where_they_look_like_one():
    text = "T\nX |TOP|\nSpeaker(s): Ann\nAbout X.\n\nContact us: team@example.org\n"
    found = read_text(text)
    assert (found.talks[0].abstract, found.footer) == ("About X.", "Contact us: team@example.org")
    assert [doubt.line for doubt in found.warnings if doubt.key == "footer.proposed"] == [6]

    plain = read_text("T\nX |TOP|\nSpeaker(s): Ann\nAbout X.\n\nBring a map@home.\n")
    assert plain.footer == ""


@pytest.mark.parametrize(
    "title",
    [
        "A native way of integrating maps.",
        "What?!",
        "1. First",
        "a. b",
        "* starred",
        "Day 1",
        "Abstracts",
        "[x]",
        "Speaker(s): a title",
        "\u202bשם ארץ\u202c",
        "🗺 maps 🗺",
        "=1+1",
        "Talks / Schedule",
        "Contact",
        "a |TOP| b",
        "non\u00a0breaking : here",
    ],
)
def test_odd_titles_read_back(title):
    assert carries_title(title)
    talk = a_talk(title=title, speakers=(ProgramSpeaker(None, "Ann"),))
    program = a_program(talks=(talk,), slots=(a_slot(1, talk.code, a_program().slots[1].start),))

    found = read_text(write_text(program))

    assert [(one.title, one.start) for one in found.talks] == [(title, program.slots[0].start)]


@pytest.mark.parametrize("title", ["", " a", "a\nb", "a\u2028b", "a  b", "a |TOP|", "a\x07"])
def test_titles_the_grammar_cannot_carry_are_told_to_forms(title):
    assert not carries_title(title)
    program = a_program(talks=(a_talk(title=title),), slots=())
    assert len(read_text(write_text(program)).talks) == 1


def test_doubts_carry_their_lines():
    text = (
        "T\nX |TOP|\nSpeaker(s): A, B, Org\nfirst\nLone |TOP|\nstill first\n"
        "X |TOP|\nSpeakers: A, Other\nsecond"
    )
    found = read_text(text)

    assert [(doubt.line, doubt.key) for doubt in found.warnings] == [
        (None, "times.unknown"),
        (3, "speakers.commas"),
        (5, "talks.heading"),
        (7, "people.affiliations"),
        (7, "talks.same_title"),
    ]
    assert found.talks[0].abstract == "first\nLone |TOP|\nstill first"


def test_a_text_without_submissions_is_refused():
    with pytest.raises(FormatError, match=r"format\.submissions"):
        read_text("Just a letter.\n")


def test_a_wrong_start_is_a_doubt():
    found = read_text(write_text(a_program()), start=date(2026, 5, 4))
    assert [(doubt.key, doubt.data["found"]) for doubt in found.warnings] == [
        ("dates.start", "2027-05-04")
    ]
