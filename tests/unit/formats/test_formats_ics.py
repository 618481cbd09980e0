import re
from datetime import UTC, datetime

import pytest
from icalendar import Calendar

from cfp.formats.ics import write_ics
from tests.unit.formats.programs import a_program, a_slot, a_talk, at


def address(talk):
    return f"https://example.org/maps2027/talks/{talk.code}/"


def events(program, **options):
    data = write_ics(program, url_for_talk=address, **options)
    return Calendar.from_ical(data).walk("VEVENT")


def test_every_slot_has_its_entry_with_its_own_lasting_identity():
    program = a_program()
    found = events(program)
    assert [str(one["UID"]) for one in found] == [slot.guid for slot in program.ordered_slots]
    assert [(one.start, one.end) for one in found] == [
        (slot.start, slot.end) for slot in program.ordered_slots
    ]
    assert {one["DTSTART"].params.get("TZID") for one in found} == {"Europe/Prague"}
    assert all(str(one["LOCATION"]) for one in found)
    assert str(found[0]["LOCATION"]) == "Town Hall, Brno"
    assert str(found[1]["SUMMARY"]) == "Folding maps" or str(found[1]["SUMMARY"])
    assert {one["DTSTAMP"].dt for one in found} == {program.published_at}


def test_the_time_zone_comes_along_and_is_right_on_the_days():
    calendar = Calendar.from_ical(write_ics(a_program(), url_for_talk=address))
    (zone,) = calendar.walk("VTIMEZONE")
    assert str(zone["TZID"]) == "Europe/Prague"
    summer = zone.to_tz().utcoffset(datetime(2027, 5, 4, 9))  # noqa: DTZ001 - a zone wants local time
    assert summer is not None
    assert summer.total_seconds() == 7200
    assert len(write_ics(a_program(), url_for_talk=address)) < 8000


@pytest.mark.parametrize("zone", ["UTC", "Etc/UTC"])
def test_utc_needs_no_zone(zone):
    data = write_ics(a_program(zone=zone), url_for_talk=address)
    assert b"VTIMEZONE" not in data
    assert b"DTSTART:20270504T070000Z" in data


def test_the_hour_that_comes_twice_is_given_in_utc():
    twice = a_slot(1, "AAAAA1", datetime(2027, 10, 31, 1, 15, tzinfo=UTC), 30)
    data = write_ics(a_program(talks=(a_talk(),), slots=(twice,)), url_for_talk=address)
    assert b"DTSTART:20271031T011500Z" in data
    assert Calendar.from_ical(data).walk("VEVENT")[0].start == twice.start


def test_canceled_talks_stay_with_the_same_identity():
    status = {str(one["UID"]): str(one["STATUS"]) for one in events(a_program())}
    assert status["slot-6"] == "CANCELLED"
    assert {value for uid, value in status.items() if uid != "slot-6"} == {"CONFIRMED"}


def test_changes_raise_sequence_and_last_modified():
    changed = datetime(2027, 3, 1, tzinfo=UTC)
    slot = a_slot(1, "AAAAA1", at(7), changed_in=2, changed_at=changed)
    (event,) = events(a_program(slots=(slot,)))
    assert (event["SEQUENCE"], event["LAST-MODIFIED"].dt) == (2, changed)


def test_chosen_talks_only():
    found = events(a_program(), only={"AAAAA1"})
    assert [str(one["UID"]) for one in found] == ["slot-3", "slot-5"]
    assert events(a_program(), only=()) == []


def test_lines_are_folded_and_nothing_breaks_out_of_its_line():
    nasty = a_talk(
        title="A\x07B\r\nBEGIN:VEVENT; x, y \\n \u2028" + "ž" * 80,
        abstract="one\x00\r\ntwo\nEND:VCALENDAR",
    )
    program = a_program(talks=(nasty,), slots=(a_slot(1, nasty.code, at(7)),))
    data = write_ics(program, url_for_talk=address)

    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    assert not re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]", data)
    (event,) = Calendar.from_ical(data).walk("VEVENT")
    assert str(event["SUMMARY"]) == "AB BEGIN:VEVENT; x, y \\n " + "ž" * 80
    assert str(event["DESCRIPTION"]) == "Ann Lee, Acme\n\none\ntwo\nEND:VCALENDAR"
    assert str(event["URL"]) == address(nasty)


def test_same_version_same_bytes():
    assert write_ics(a_program(), url_for_talk=address) == write_ics(
        a_program(), url_for_talk=address
    )
