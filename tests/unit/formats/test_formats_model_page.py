"""The page of a real conference, as text and as published."""

import json
from datetime import date

from cfp.formats.html import page_text, read_html
from cfp.formats.imported import imported_json
from cfp.formats.reading import read
from cfp.formats.text import read_text
from cfp.formats.utf8 import decode
from tests.unit.formats.programs import real


def content(imported_or_expected, words=False):
    """Return title and talks as the expected file has them; page and text wrap differently."""
    fold = (lambda text: text.split()) if words else (lambda text: text)
    return {
        "title": imported_or_expected["title"],
        "talks": [
            {
                "title": talk["title"],
                "speakers": talk["speakers"],
                "abstract": fold(talk["abstract"]),
            }
            for talk in imported_or_expected["talks"]
        ],
    }


def test_text_parses_to_the_expected_submissions_exactly():
    expected = json.loads(real("expected.json"))

    found = read(real("program.txt"))

    assert content(imported_json(found)) == expected
    assert len(found.talks) == 28
    assert sum(len(talk.speakers) for talk in found.talks) == 48
    assert len({speaker for talk in found.talks for speaker in talk.speakers}) == 43
    assert found.footer.startswith("To reach the organizers")
    assert [doubt.key for doubt in found.warnings] == ["times.unknown", "footer.proposed"]


def test_page_parses_to_the_same_submissions_and_all_rows_with_their_times():
    expected = json.loads(real("expected.json"))

    found = read(real("program.html"), start=date(2025, 11, 19))
    result = imported_json(found)

    assert content(result, words=True) == content(expected, words=True)
    assert found.warnings == ()
    assert len(result["slots"]) == 38
    assert [slot["talk"] for slot in result["slots"] if slot["talk"] is not None] == list(range(28))
    assert result["slots"][0] == {
        "title": "Registration / Check in",
        "talk": None,
        "room": "",
        "day": 1,
        "start": "2025-11-19T07:00:00Z",
        "end": "2025-11-19T08:00:00Z",
        "session": None,
        "plenary": False,
    }
    last = result["talks"][27]
    assert (last["anchor"], last["day"]) == ("t28", 2)
    assert (last["start"], last["end"]) == ("2025-11-20T15:30:00Z", "2025-11-20T16:05:00Z")
    assert all(slot["start"] and slot["end"] for slot in result["slots"])


def test_typed_lines_of_the_page_are_kept():
    found = read(real("program.html"))

    assert "    *   Overview of new enhancements" in found.talks[1].abstract
    assert "</" not in "".join(talk.abstract for talk in found.talks)
    assert found.footer.startswith("To reach the organizers")


def test_stripped_page_holds_the_same_submissions():
    page = decode(real("program.html"))

    stripped = read_text(page_text(page))

    assert content(imported_json(stripped)) == content(imported_json(read_html(page)))


def test_without_a_year_on_the_page_the_conference_tells_it():
    page = decode(real("program.html")).replace("2025", "this year")

    assert read_html(page).talks[0].start is None
    assert "times.row" in {doubt.key for doubt in read_html(page).warnings}
    told = read_html(page, start=date(2025, 11, 19))
    assert told.talks[0].start is not None
    assert told.talks[0].start.year == 2025


def test_disagreeing_dates_are_warned_of():
    keys = [doubt.key for doubt in read(real("program.html"), start=date(2024, 11, 19)).warnings]
    assert keys == ["dates.start"]
    december = decode(real("program.html")).replace(">Nov<", ">Mar<")
    assert "dates.month" in {doubt.key for doubt in read_html(december).warnings}
