"""What other programs find in an export, compared with the version field by field.

Every reader here is somebody else's: what only our own code can read is no export.
"""

import csv
import io
import json
import re
import zipfile
from datetime import UTC, datetime
from functools import cache
from html import unescape
from pathlib import Path

import feedparser
import html5lib
import jsonschema
import openpyxl
import vobject.icalendar
import yaml
from icalendar import Calendar
from lxml import etree
from pybtex.database import parse_string
from pyld import jsonld

from cfp.formats.grammar import clean_text, one_line
from cfp.formats.ics import write_calendar
from cfp.formats.identity import speaker_uuid
from cfp.formats.jsonld import write_jsonld
from cfp.formats.program import Release
from cfp.formats.table import unsafe_cell
from cfp.formats.writers import WRITERS
from tests.unit.formats.programs import needed

SCHEMA = Path(__file__).parents[3] / "docs" / "program.schema.json"
TEX = (
    (r"{\textbackslash}", "\\"), (r"{\textbraceleft}", "{"), (r"{\textbraceright}", "}"),
    (r"{\textasciitilde}", "~"), (r"{\textasciicircum}", "^"),
    *((f"\\{sign}", sign) for sign in "&%$#_"),
)  # fmt: skip


def written(edition, name):
    """Return an export, made twice: the same version gives the same bytes."""
    data = WRITERS[name].write(edition)
    assert data == WRITERS[name].write(edition)
    return data


def held(program):
    """Return the slots on the days of the program that take place."""
    return [slot for day in program.days for slot in program.slots_of_day(day.number)]


def names(program, slot):
    talk = program.talk_by_code[slot.talk] if slot.talk is not None else None
    return [one_line(speaker.name) for speaker in talk.speakers] if talk else []


@cache
def xsd():
    return etree.XMLSchema(etree.parse(needed("schemas", "schedule.xml.xsd")))


@cache
def schema_of(path):
    kind = jsonschema.validators.validator_for(schema := json.loads(path.read_text()))
    return kind(schema, format_checker=kind.FORMAT_CHECKER)


def check_frab_xml(edition):
    program = edition.program
    root = etree.fromstring(written(edition, "schedule.xml"))
    xsd().assertValid(root)
    found = [
        (
            event.findtext("title"),
            datetime.fromisoformat(event.findtext("date")).astimezone(UTC),
            event.findtext("duration"),
            event.findtext("abstract"),
            [person.text for person in event.iter("person")],
        )
        for event in root.iter("event")
    ]
    assert sorted(found) == sorted(map(frab_facts(program), held(program)))
    rooms = {room.get("name") for room in root.iter("room") if room.get("guid")}
    assert rooms == {one_line(slot.room) for slot in held(program) if slot.room}


def frab_facts(program):
    return lambda slot: (
        one_line(program.title_of(slot)) or "-",
        slot.start,
        f"{slot.minutes // 60}:{slot.minutes % 60:02}",
        clean_text(program.talk_by_code[slot.talk].abstract) if slot.talk is not None else "",
        names(program, slot),
    )


def check_frab_json(edition):
    program = edition.program
    data = json.loads(written(edition, "schedule.json"))
    schema_of(needed("schemas", "schedule.schema.json")).validate(data)
    events = [
        event
        for day in data["schedule"]["conference"]["days"]
        for room in day["rooms"].values()
        for event in room
    ]
    found = [
        (
            event["title"],
            datetime.fromisoformat(event["date"]).astimezone(UTC),
            event["duration"],
            event["abstract"],
            [person["name"] for person in event["persons"]],
        )
        for event in events
    ]
    assert sorted(found) == sorted(map(frab_facts(program), held(program)))
    for key in ("guid", "id", "slug"):
        assert len({event[key] for event in events}) == len(events)
    assert all(not {"id", "name", "public_name"} <= set(person) for event in events
               for person in event["persons"])  # fmt: skip


def check_calendar(edition):
    program = edition.program
    data = written(edition, "schedule.ics")
    assert all(len(line) <= 75 for line in data.split(b"\r\n"))
    wanted = [
        (
            slot.guid,
            slot.start,
            slot.end,
            one_line(program.title_of(slot)),
            "CANCELLED" if program.is_canceled(slot) else "CONFIRMED",
            slot.changed_in,
        )
        for slot in program.ordered_slots
    ]
    found = [
        (
            str(one["UID"]), one.start, one.end, str(one["SUMMARY"]), str(one["STATUS"]),
            one["SEQUENCE"],
        )
        for one in Calendar.from_ical(data).walk("VEVENT")
    ]  # fmt: skip
    assert found == wanted
    # vobject keeps the first rules it reads of a zone for as long as the process lives.
    vars(vobject.icalendar)["__tzidMap"].pop(program.zone, None)
    calendar = vobject.readOne(data.decode())
    second = [
        (
            one.uid.value, one.dtstart.value.astimezone(UTC), one.dtend.value.astimezone(UTC),
            one.summary.value, one.status.value, int(one.sequence.value),
        )
        for one in calendar.contents.get("vevent", [])
    ]  # fmt: skip
    assert second == wanted
    assert all(one.location.value for one in calendar.contents.get("vevent", []))
    assert all(one.dtstamp.value == program.published_at.replace(microsecond=0)
               for one in calendar.contents.get("vevent", []))  # fmt: skip
    assert write_calendar(edition, only=()).count(b"BEGIN:VEVENT") == 0


def check_jsonld(edition):
    program = edition.program
    written_twice = {write_jsonld(edition) for _ in range(2)}
    (source,) = written_twice
    assert "<" not in source
    page = f'<html><body><script type="application/ld+json">{source}</script><p>x</body></html>'
    event = linked_data(page)
    assert event["@type"] == "Event"
    found = [
        (
            one["name"],
            datetime.fromisoformat(one["startDate"]).astimezone(UTC),
            datetime.fromisoformat(one["endDate"]).astimezone(UTC),
            one["eventStatus"].rpartition("/Event")[2],
            [(who["name"], who.get("affiliation", {}).get("name", ""))
             for who in each(one, "performer")],
        )
        for one in each(event, "subEvent")
    ]  # fmt: skip
    assert found == [
        (
            one_line(program.title_of(slot)),
            slot.start,
            slot.end,
            "Cancelled" if program.is_canceled(slot) else "Scheduled",
            [
                (one_line(who.name), one_line(who.affiliation))
                for who in (program.talk_by_code[slot.talk].speakers if slot.talk else ())
            ],
        )
        for slot in program.ordered_slots
    ]
    assert all(
        one["location"] and one["eventAttendanceMode"] for one in each(event, "subEvent")
    )


def linked_data(page):
    """Return a page's JSON-LD as a processor understands it: expanded, and named by schema.org."""
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    (source,) = tree.findall(".//script[@type='application/ld+json']")
    context = {"@vocab": "https://schema.org/"}

    def load(url, _options):
        assert url == "https://schema.org"  # never fetched: its terms stand under its own address
        return {"documentUrl": url, "contextUrl": None, "document": {"@context": context}}

    expanded = jsonld.expand(json.loads(source.text), {"documentLoader": load})
    return jsonld.compact(expanded, {"@context": context})


def each(node, term):
    """Return the values of a term; a lone one is not a list in compact JSON-LD."""
    found = node.get(term, [])
    return found if isinstance(found, list) else [found]


def check_sessionize(edition):
    program = edition.program
    data = json.loads(written(edition, "sessionize.json"))
    people = {one["id"]: one for one in data["speakers"]}
    rooms = {one["id"]: one["name"] for one in data["rooms"]}
    sessions = data["sessions"]
    assert all(isinstance(one["id"], str) for one in sessions)
    assert len({one["id"] for one in sessions}) == len(sessions)
    found = [
        (
            one["title"],
            one["startsAt"],
            rooms.get(one["roomId"], ""),
            [key for key in one["speakers"] if people[key]["fullName"]],
            one["isServiceSession"],
        )
        for one in sessions
    ]
    assert found == [
        *(
            (
                one_line(program.title_of(slot)),
                slot.start.astimezone(program.zone_info).replace(tzinfo=None).isoformat(),
                one_line(slot.room),
                speaker_ids(program, slot.talk),
                slot.talk is None,
            )
            for slot in program.ordered_slots
            if not program.is_canceled(slot)
        ),
        *(
            (one_line(talk.title), None, "", speaker_ids(program, talk.code), False)
            for talk in program.unscheduled()
        ),
    ]
    given = {
        speaker_uuid(program, who): one_line(who.name)
        for talk in reversed(program.in_order())
        for who in reversed(talk.speakers)
    }
    assert {key: one["fullName"] for key, one in people.items()} == given
    numbers = {int(one["id"]) for one in sessions}
    assert all(set(one["sessions"]) <= numbers for one in data["speakers"])


def speaker_ids(program, code):
    talk = program.talk_by_code.get(code)
    return [speaker_uuid(program, who) for who in talk.speakers] if talk else []


def check_atom(edition):
    program = edition.program
    feed = feedparser.parse(written(edition, "feed.atom"))
    assert not feed.bozo, feed.get("bozo_exception")
    releases = edition.history or (Release(program.number, program.published_at, program.note, ()),)
    assert len({entry.id for entry in feed.entries}) == len(releases)
    for entry, release in zip(feed.entries, releases, strict=True):
        assert str(release.number) in entry.title
        assert datetime(*entry.updated_parsed[:6], tzinfo=UTC) == release.published_at.replace(
            microsecond=0
        )
        for difference in release.differences:
            assert one_line(difference.title) in entry.content[0].value


def check_markdown(edition):
    program = edition.program
    with zipfile.ZipFile(io.BytesIO(written(edition, "markdown.zip"))) as archive:
        files = {name: archive.read(name).decode() for name in archive.namelist()}
    assert set(files) == {"index.md", *(f"talks/{talk.code}.md" for talk in program.talks)}
    for talk in program.talks:
        _, front, body = files[f"talks/{talk.code}.md"].split("---\n", 2)
        values = yaml.safe_load(front)
        assert values["title"] == one_line(talk.title)
        assert values["canceled"] is talk.canceled
        assert [(who["name"], who["affiliation"]) for who in values["speakers"]] == [
            (one_line(who.name), one_line(who.affiliation)) for who in talk.speakers
        ]
        assert [
            tuple(datetime.fromisoformat(one[name]).astimezone(UTC) for name in ("start", "end"))
            for one in values["slots"]
        ] == [(slot.start, slot.end) for slot in program.slots_by_talk.get(talk.code, ())]
        assert unescape(body).strip("\n") == clean_text(talk.abstract).strip("\n")
        assert not re.search("<|{{|{%", body)


def check_bibtex(edition):
    program = edition.program
    entries = parse_string(written(edition, "program.bib").decode(), "bibtex").entries
    talks = {f"{program.conference}-{talk.code}".lower(): talk for talk in program.in_order()}
    assert {key.lower() for key in entries} == set(talks)
    for key, entry in entries.items():
        talk = talks[key.lower()]
        assert entry.type == "inproceedings"
        assert shown(entry.fields["title"]) == squeezed(talk.title)
        assert [shown(full_name(person)) for person in entry.persons.get("author", [])] == [
            squeezed(who.name) for who in talk.speakers
        ]
        if talk.abstract:
            assert shown(entry.fields["abstract"]) == squeezed(talk.abstract)


def shown(tex):
    """Return what TeX prints: braces of our commands are taken away last."""
    marks = {}
    for number, (command, sign) in enumerate(TEX):
        mark = chr(0xF0000 + number)
        marks[mark] = sign
        tex = tex.replace(command, mark)
    tex = tex.replace("{", "").replace("}", "")
    for mark, sign in marks.items():
        tex = tex.replace(mark, sign)
    return squeezed(tex)


def squeezed(text):
    return re.sub(r"\s+", " ", one_line(text)).strip()


def full_name(person):
    parts = (person.first_names, person.middle_names, person.prelast_names, person.last_names)
    return " ".join(word for words in parts for word in words)


def table_facts(program):
    canceled = [talk for talk in program.talks if talk.canceled]
    return [
        (talk.code, one_line(talk.title), clean_text(talk.abstract))
        for talk in (*program.in_order(), *canceled)
    ]


def check_csv(edition):
    text = written(edition, "sessions.csv").decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    check_rows(edition.program, rows)


def check_xlsx(edition):
    book = openpyxl.load_workbook(io.BytesIO(written(edition, "sessions.xlsx")))
    header, *rows = book.worksheets[0].iter_rows()
    assert all(cell.data_type != "f" for row in rows for cell in row)
    heads = [cell.value for cell in header]
    check_rows(
        edition.program,
        [dict(zip(heads, [str(cell.value or "") for cell in row], strict=True)) for row in rows],
    )


def check_rows(program, rows):
    found = [
        tuple(unsafe_cell(row[name]) for name in ("code", "title", "abstract")) for row in rows
    ]
    assert found == table_facts(program)
    assert not [value for row in rows for value in row.values() if value[:1] in set("=+-@\t\r")]


def check_json(edition):
    schema_of(SCHEMA).validate(json.loads(written(edition, "program.json")))


CHECKS = {
    "schedule.xml": check_frab_xml,
    "schedule.json": check_frab_json,
    "schedule.ics": check_calendar,
    "JSON-LD": check_jsonld,
    "sessionize.json": check_sessionize,
    "feed.atom": check_atom,
    "markdown.zip": check_markdown,
    "program.bib": check_bibtex,
    "sessions.csv": check_csv,
    "sessions.xlsx": check_xlsx,
    "program.json": check_json,
}
