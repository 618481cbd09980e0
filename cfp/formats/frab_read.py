"""c3voc's schedule.xml and schedule.json read: from frab, pretalx, osem, and from us.

Both say the same, so both become `_Event`s first. Times have offsets; an event whose time has none
is at the conference's clocks. Breaks are events of the type "break", or without persons and code.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from cfp.formats import frab_links
from cfp.formats.errors import FormatError
from cfp.formats.frab import BREAK, GENERATOR
from cfp.formats.grammar import clean_text, one_line
from cfp.formats.identity import first_guid
from cfp.formats.imported import Doubt, Imported, ImportedSlot, ImportedTalk, assemble
from cfp.formats.json_values import items, mapping, text, texts
from cfp.formats.moments import moment_of, zone_named
from cfp.formats.program import ProgramSpeaker
from cfp.formats.speakers import NameAndAffiliation
from cfp.formats.xml_tree import XmlElement, parse_xml
from cfp.records import record

_DURATION = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):(\d{2})(?::(\d{2}))?")
_ID = re.compile("[0-9]{1,10}")


@record
class _Event:
    """An event of either format; `values` are its plain fields, empty where it has none."""

    values: Mapping[str, str]
    persons: tuple[NameAndAffiliation, ...]
    day: int | None
    room: str
    line: int | None = None
    people: tuple[ProgramSpeaker, ...] = ()
    references: tuple[frab_links.Reference, ...] = ()

    def __getitem__(self, name: str) -> str:
        return self.values.get(name, "")


_FIELDS = (
    "title", "subtitle", "date", "start", "duration", "end", "abstract", "description", "type",
    "track", "language", "code", "guid", "id", "slug",
)  # fmt: skip


def read_frab_xml(source: str, start: date | None = None) -> Imported:
    """Read a schedule.xml.

    Raises:
        FormatError: `format.xml`, `format.doctype`, `format.shape`, `format.zone`,
            `format.order`, `format.submissions`.
    """
    root = parse_xml(source)
    conference = root.first("conference")
    if root.tag != "schedule" or conference is None:
        raise FormatError("format.shape", root.line, format="XML")
    generator = root.first("generator")
    ours = generator is not None and generator.attributes.get("name") == GENERATOR
    events = [
        _xml_event(event, _number(day.attributes.get("index", "")), _xml_room(room, ours=ours))
        for day in root.all("day")
        for room in day.all("room")
        for event in room.all("event")
    ]
    zone = conference.text_of("time_zone_name")
    return _imported(conference.text_of("title"), zone, events, start, ours=ours)


def _xml_room(room: XmlElement, *, ours: bool) -> str:
    """Where we wrote it, a room without guid stands for none."""
    everywhere = ours and "guid" not in room.attributes
    return "" if everywhere else one_line(room.attributes.get("name", ""))


def _xml_event(event: XmlElement, day: int | None, room: str) -> _Event:
    values = {name: event.text_of(name) for name in _FIELDS}
    values |= {name: event.attributes.get(name, "") for name in ("code", "guid", "id")}
    abstract = event.first("abstract")
    values["abstract"] = abstract.text if abstract is not None else ""
    persons = event.first("persons")
    names = [one.text for one in persons.all("person")] if persons is not None else []
    people = tuple(NameAndAffiliation(one_line(name)) for name in names if one_line(name))
    references = tuple(frab_links.of_xml(event))
    return _Event(values, people, day, room, event.line, references=references)


def read_frab_json(data: Mapping[str, object], start: date | None = None) -> Imported:
    """Read a schedule.json that is parsed already.

    Raises:
        FormatError: `format.field`, and those of a schedule.xml.
    """
    schedule = mapping(data.get("schedule"), "/schedule")
    conference = mapping(schedule.get("conference"), "/schedule/conference")
    generator = data.get("generator")
    ours = isinstance(generator, Mapping) and generator.get("name") == GENERATOR
    rooms = items(conference.get("rooms", []), "/schedule/conference/rooms")
    known = {text(room.get("name")) for room in rooms if isinstance(room, Mapping)}
    events = list(_json_events(conference, known if ours else None))
    zone = text(conference.get("time_zone_name"))
    return _imported(texts(conference.get("title")), zone, events, start, ours=ours)


def _json_events(conference: Mapping[str, object], known: set[str] | None) -> Iterator[_Event]:
    for number, one in enumerate(items(conference.get("days"), "/schedule/conference/days")):
        path = f"/schedule/conference/days/{number}"
        day = mapping(one, path)
        for name, events in mapping(day.get("rooms", {}), f"{path}/rooms").items():
            everywhere = known is not None and name not in known
            room = "" if everywhere else one_line(name)
            for event in items(events, f"{path}/rooms/{name}"):
                index = _number(text(day.get("index")))
                yield _json_event(mapping(event, f"{path}/rooms/{name}"), index, room)


def _json_event(event: Mapping[str, object], day: int | None, room: str) -> _Event:
    values = {name: texts(event.get(name)) for name in _FIELDS}
    persons = event.get("persons")
    listed = persons if isinstance(persons, list) else []
    named = [_json_person(one) for one in listed if isinstance(one, Mapping)]
    people = tuple(one for one in named if one.name)
    plain = tuple(NameAndAffiliation(one.name, one.affiliation) for one in people)
    references = tuple(frab_links.of_json(event))
    return _Event(values, plain, day, room, people=people, references=references)


def _json_person(person: Mapping[str, object]) -> ProgramSpeaker:
    return ProgramSpeaker(
        text(person.get("code")) or None,
        one_line(text(person.get("name")) or text(person.get("public_name"))),
        one_line(text(person.get("affiliation"))),
        clean_text(text(person.get("biography"))),
    )


def _number(value: str) -> int | None:
    return int(value) if re.fullmatch("[0-9]{1,3}", value) else None


def _imported(
    title: str, zone: str, events: Sequence[_Event], start: date | None, *, ours: bool
) -> Imported:
    reader = _Reader(zone_named(zone), ours=ours)
    # By time, and a talk's event with the code before those without.
    order = ((event.day or 0, event["date"], not event["code"]) for event in events)
    for _, event in sorted(zip(order, events, strict=True), key=lambda pair: pair[0]):
        reader.take(event)
    talks = tuple(_identified(talk, reader.slots) for talk in reader.talks)
    found = Imported(
        one_line(title), talks, tuple(reader.slots), warnings=tuple(reader.doubts)
    )
    return assemble(found, page_start=None, start=start)


def _identified(talk: ImportedTalk, slots: Sequence[ImportedSlot]) -> ImportedTalk:
    """A talk given twice has the guid from which its other ones derive, and the id beside it."""
    numbers = {slot.guid: slot.number for slot in slots if slot.anchor == talk.anchor}
    guid = first_guid(numbers)
    return replace(talk, guid=guid, number=numbers[guid])


class _Reader:
    """Events become talks and rows; one that comes twice is one talk with two rows."""

    def __init__(self, clocks: ZoneInfo | None, *, ours: bool) -> None:
        self.clocks = clocks
        self.ours = ours
        self.talks: list[ImportedTalk] = []
        self.slots: list[ImportedSlot] = []
        self.doubts: list[Doubt] = []
        self.coded: dict[str, str] = {}
        self.anchors: dict[tuple[object, ...], str] = {}

    def take(self, event: _Event) -> None:
        title = one_line(event["title"])
        if not title:
            return
        nobody = not (event.persons or event["code"])
        is_break = nobody and (event["type"] == BREAK or not self.ours)
        anchor = None if is_break else self._anchor(event, title)
        start, end = self._times(event, title)
        self.slots.append(
            ImportedSlot(
                title,
                event.day,
                start,
                end,
                event.room,
                anchor=anchor,
                line=event.line,
                guid=event["guid"],
                number=int(event["id"]) if _ID.fullmatch(event["id"]) else 0,
            )
        )

    def _anchor(self, event: _Event, title: str) -> str:
        """As codes are unique in a file, the second event of a talk may go without its code."""
        abstract = "\n\n".join(filter(None, (event["abstract"], event["description"])))
        key = (title, event.persons, abstract)
        code = event["code"]
        known = self.coded.get(code) if code else self.anchors.get(key)
        if known is not None:
            return known
        materials = frab_links.materials_of(event.references)
        self.doubts += frab_links.left_out(event.references, materials, title, event.line)
        anchor = f"t-{code or event['guid'] or event['id'] or len(self.talks) + 1}"
        self.coded[code] = self.anchors[key] = anchor
        self.talks.append(
            ImportedTalk(
                title,
                event.persons,
                clean_text(abstract),
                anchor,
                line=event.line,
                type=one_line(event["type"]),
                track=one_line(event["track"]),
                language=event["language"],
                code=code,
                people=event.people,
                materials=materials,
            )
        )
        return anchor

    def _times(self, event: _Event, title: str) -> tuple[datetime | None, datetime | None]:
        start, end = (moment_of(event[name], self.clocks) for name in ("date", "end"))
        length = _DURATION.fullmatch(event["duration"])
        if start is not None and end is None and length:
            end = start + _length(*length.groups())
        if start is None or end is None:
            self.doubts.append(Doubt(event.line, "times.row", {"title": title}))
            return None, None
        if end < start:
            raise FormatError("format.order", event.line, title=title)
        return start, end


def _length(days: str | None, hours: str, minutes: str, _seconds: str | None) -> timedelta:
    return timedelta(days=int(days or 0), hours=int(hours), minutes=int(minutes))
