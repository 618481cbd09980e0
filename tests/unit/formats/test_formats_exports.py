"""Every export as its consumers read it, and each trap of their schemas."""

import io
import json
import re
from dataclasses import fields, replace
from datetime import date

import openpyxl
import pytest
import yaml
from lxml import etree

from cfp.formats import program as frozen
from cfp.formats.identity import numbers
from cfp.formats.markdown import front_matter, harmless
from cfp.formats.program import Broadcast, Day, Difference, Release, Room, Session
from tests.unit.formats.consumers import CHECKS, SCHEMA, written
from tests.unit.formats.programs import a_program, a_slot, a_talk, an_edition, at

NASTY = "</script><!-- {{ danger }} & \u2028 \u202e\u0627\u0628 = x_y% #1 \\ ~^$"


def nasty():
    """A talk whose every text is a trap, in a session, with slides; two breaks of one name."""
    talk = a_talk(
        "AAAAA1",
        f"=1+1 {NASTY}"[:300],
        speakers=(
            frozen.ProgramSpeaker("S1", "King, Jr.", "Org, Inc.", NASTY),
            frozen.ProgramSpeaker(None, "Ann and Bob", "=cmd()"),
        ),
        abstract=f"- {NASTY}\n\ntitle: a: b\n---\nno",
        track="A & B",
    )
    slots = (
        a_slot(1, talk.code, at(7), session=5, plenary=True),
        a_slot(2, None, at(8)),
        a_slot(3, None, at(9), room=""),
        a_slot(4, talk.code, at(22, 30), 200, room="Cellar", session=5),
        a_slot(5, None, at(12, day=5), day=2, title="", minutes=100 * 60 - 1),
    )
    return a_program(
        conference="m-x",
        talks=(talk, a_talk("AAAAA2", "x" * 300, speakers=(), abstract="")),
        slots=slots,
        sessions=(Session(5, "Rivers, and more", "Zoë Ó"),),
        broadcasts=(Broadcast(1, "Main hall", "https://example.org/live?a=1&b=2"),),
        days=(Day(1, date(2027, 5, 4)), Day(2, date(2027, 5, 5)), Day(3, date(2027, 5, 6))),
        rooms=(
            *(Room(f"Room {number}", 10) for number in range(13)),
            Room("Main hall", 200),
            Room("Cellar"),
        ),
    )


@pytest.mark.parametrize("name", CHECKS)
def test_consumers_find_what_the_version_holds(name):
    CHECKS[name](an_edition())
    CHECKS[name](an_edition(nasty()))


@pytest.mark.parametrize("name", CHECKS)
def test_a_program_without_a_schedule_is_sound_as_well(name):
    CHECKS[name](an_edition(a_program(slots=(), days=(), rooms=(), sections=())))


@pytest.mark.parametrize("zone", ["Japan", "Etc/GMT+5", "Zulu", "America/St_Johns", "UTC"])
@pytest.mark.parametrize("name", ["schedule.xml", "schedule.json", "schedule.ics", "JSON-LD"])
def test_zones_of_every_kind_of_name(name, zone):
    CHECKS[name](an_edition(a_program(zone=zone)))


def events_of(program):
    root = etree.fromstring(written(an_edition(program), "schedule.xml"))
    return list(root.iter("event"))


def test_two_breaks_of_one_name_have_slugs_of_their_own():
    slugs = [event.findtext("slug") for event in events_of(nasty())]
    assert len(set(slugs)) == len(slugs)
    assert all(re.fullmatch(r"[a-z0-9_]{4,}-[a-z0-9\-_]{4,}", slug) for slug in slugs)


def test_a_talk_given_twice_has_its_code_once_and_two_numbers():
    events = [event for event in events_of(nasty()) if event.find("persons") is not None]
    assert [event.get("code") for event in events] == ["AAAAA1", None]
    assert len({event.get("id") for event in events}) == 2


def test_canceled_talks_empty_days_and_empty_addresses_are_left_out():
    root = etree.fromstring(written(an_edition(), "schedule.xml"))
    assert "Withdrawn late" not in [title.text for title in root.iter("title")]
    assert [day.get("index") for day in root.iter("day")] == ["1", "2"]
    assert all(url.text for url in root.iter("url", "feedback_url"))
    empty = replace(a_program(), slots=a_program().slots[:3])
    assert len(list(etree.fromstring(written(an_edition(empty), "schedule.xml")).iter("day"))) == 1


def test_numbers_stay_when_talks_move_and_are_never_shared():
    program = nasty()
    first, second = program.slots[0], program.slots[3]
    talk = replace(program.talks[0], guid=first.guid)
    before = replace(program, talks=(talk, *program.talks[1:]), slots=(
        first, replace(second, id=first.id), *program.slots[1:3], program.slots[4]))  # fmt: skip
    swapped = replace(before, slots=(
        replace(first, start=second.start, end=second.end),
        replace(before.slots[1], start=first.start, end=first.end), *before.slots[2:]))  # fmt: skip
    assert numbers(before) == numbers(swapped)
    assert len(set(numbers(before).values())) == len(numbers(before))
    assert all(0 < number < 2**31 for number in numbers(before).values())


def test_identities_stay_when_something_else_changes():
    """Move, rename a room, withdraw, add: what was there keeps what apps and calendars key on."""
    before = a_program()
    moved = replace(before.slots[1], start=at(12), end=at(13), room="Attic")
    after = a_program(
        slots=(before.slots[0], moved, *before.slots[2:], a_slot(99, None, at(18))),
        rooms=(Room("Attic"), *before.rooms),
        number=4,
    )

    def known(program):
        data = json.loads(written(an_edition(program), "schedule.json"))
        return {
            (event["title"], event["guid"], event["id"])
            for day in data["schedule"]["conference"]["days"]
            for room in day["rooms"].values()
            for event in room
        }

    assert known(before) < known(after)


@pytest.mark.parametrize(
    "text", ["no", "12:30", "title: a: b", "'x", '"', "é\u2028\x85", "1e3", "🗺", "\ufeff", "@a"]
)
def test_front_matter_keeps_strings_strings(text):
    assert yaml.safe_load(front_matter({"a": text, "b": [{"c": text}]}).strip("-\n")) == {
        "a": text,
        "b": [{"c": text}],
    }


def test_page_generators_have_nothing_to_run():
    assert harmless("{{< x >}} {% y %} <b> &lt;") == (
        "&#123;{&lt; x >}} &#123;% y %} &lt;b> &amp;lt;"
    )


def test_the_feed_tells_each_version_with_its_differences():
    history = (
        Release(2, at(9), "Typo.", (Difference("moved", "A <b>"), Difference("new", "B"))),
        Release(1, at(7), "", ()),
    )
    edition = an_edition(history=history)
    CHECKS["feed.atom"](edition)
    text = written(edition, "feed.atom").decode()
    assert "Typo.\nMoved: A &lt;b&gt;\nNew: B" in text
    assert "The program is published." in text


def test_broadcasts_and_sessions_are_told_in_the_calendar():
    text = written(an_edition(nasty()), "schedule.ics").decode().replace("\r\n ", "")
    assert "CONFERENCE;VALUE=URI;FEATURE=VIDEO:https://example.org/live?a=1&b=2" in text
    assert "Session: Rivers\\, and more\\nSession chair: Zoë Ó" in text


def test_an_abstract_longer_than_a_cell_is_cut_visibly():
    program = a_program(talks=(a_talk(abstract="x" * 40_000),), slots=())
    book = openpyxl.load_workbook(io.BytesIO(written(an_edition(program), "sessions.xlsx")))
    cell = next(one for one in book.worksheets[0][2] if str(one.value).startswith("x"))
    assert len(cell.value) == 32_767
    assert cell.value.endswith("x [...]")


def test_the_schema_names_every_field_and_no_other():
    schema = json.loads(SCHEMA.read_text())
    for name, described in schema["$defs"].items():
        assert list(described["properties"]) == [one.name for one in fields(getattr(frozen, name))]
