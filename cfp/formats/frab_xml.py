"""frab's `schedule.xml`, valid against c3voc's XSD.

A `<person>` takes no affiliation; empty `<url>` elements are refused, so they are left out.
"""

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from cfp.formats import frab
from cfp.formats.grammar import one_line, strip_controls
from cfp.formats.identity import acronym, speaker_uuid
from cfp.formats.program import Material, Program, Talk
from cfp.formats.writers import Edition

_DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'


def write_frab_xml(edition: Edition) -> str:
    """Return the schedule as XML."""
    program, links = edition.program, edition.links
    root = Element("schedule")
    SubElement(root, "generator", name=frab.GENERATOR)
    _text(root, "url", f"{links.program(program.conference)}schedule.xml")
    _text(root, "version", frab.published(program))
    days = frab.days(edition)
    _conference(root, edition, len(days))
    for day in days:
        attributes = {"index": str(day.index), "date": day.date, "start": day.start, "end": day.end}
        element = SubElement(root, "day", attributes)
        for name, events in day.rooms.items():
            room = SubElement(element, "room", _room(program, name, events))
            for event in events:
                _event(room, edition, event)
    indent(root, " ")
    return _DECLARATION + tostring(root, encoding="unicode") + "\n"


def _text(parent: Element, tag: str, text: str, **attributes: str) -> None:
    SubElement(parent, tag, attributes).text = strip_controls(text)


def _room(program: Program, name: str, events: list[frab.FrabEvent]) -> dict[str, str]:
    real = any(event.slot.room for event in events)
    return {"name": name, "guid": frab.room_guid(program, name)} if real else {"name": name}


def _conference(root: Element, edition: Edition, days: int) -> None:
    program = edition.program
    page = edition.links.program(program.conference)
    conference = SubElement(root, "conference")
    _text(conference, "acronym", acronym(program))
    _text(conference, "title", one_line(program.title))
    _text(conference, "start", program.start.isoformat())
    _text(conference, "end", program.end.isoformat())
    _text(conference, "days", str(days))
    _text(conference, "timeslot_duration", "0:05")
    _text(conference, "base_url", page)
    _text(conference, "url", page)
    _text(conference, "time_zone_name", program.zone)
    for track in sorted({one_line(talk.track) for talk in program.talks if talk.track}):
        _text(conference, "track", "", name=track)


def _event(room: Element, edition: Edition, event: frab.FrabEvent) -> None:
    element = SubElement(room, "event", guid=event.guid, id=str(event.id))
    if event.code:
        element.set("code", event.code)
    for name in ("room", "title", "subtitle", "type", "date", "start", "duration"):
        _text(element, name, getattr(event, name))
    for name in ("abstract", "slug", "track", "language"):
        _text(element, name, getattr(event, name))
    if event.talk is None:
        return
    _text(element, "url", event.url)
    _persons(element, edition.program, event.talk)
    recording = SubElement(element, "recording")
    _text(recording, "license", "")
    _text(recording, "optout", "false" if event.talk.recorded else "true")
    links = SubElement(element, "links")
    for video in event.videos:
        _reference(links, "link", edition, video)
    attachments = SubElement(element, "attachments")
    for slides in event.slides:
        _reference(attachments, "attachment", edition, slides)


def _persons(element: Element, program: Program, talk: Talk) -> None:
    persons = SubElement(element, "persons")
    for speaker in talk.speakers:
        guid = speaker_uuid(program, speaker)
        _text(persons, "person", one_line(speaker.name), guid=guid)


def _reference(parent: Element, name: str, edition: Edition, material: Material) -> None:
    label = one_line(material.label) or material.kind
    href = one_line(edition.absolute(material.url))
    _text(parent, name, label, href=href, type=material.kind)
