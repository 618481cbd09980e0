"""Programs of other systems: frab's and pretalx's files as they write them."""

import io
import json
import zipfile
from datetime import UTC, datetime

import openpyxl
import pytest

from cfp.formats.errors import FormatError
from cfp.formats.program import ProgramSpeaker
from cfp.formats.reading import read
from cfp.formats.speakers import NameAndAffiliation
from cfp.formats.writers import WRITERS
from tests.unit.formats.programs import a_program, an_edition

FRAB = """<?xml version="1.0" encoding="utf-8"?>
<schedule><generator name="frab" version="0.7"/><version>v1</version>
 <conference><acronym>fosm27</acronym><title>Free Maps 2027</title></conference>
 <day index="1" date="2027-05-04" start="2027-05-04T09:00:00+02:00" end="2027-05-04T18:00:00+02:00">
  <room name="Saal 1">
   <event id="11" guid="6dd8b53e-5cbb-4f29-bd9f-6d04a5c21e52">
    <date>2027-05-04T10:00:00+02:00</date><start>10:00</start><duration>00:45</duration>
    <room>Saal 1</room><slug>a</slug><title>Folding</title><track>Paper</track><type>lecture</type>
    <language>de</language><abstract>Short.</abstract><description>Long.</description>
    <persons><person id="3">Ann Lee</person><person id="4">Bob Ray</person></persons>
    <links><link href="https://blog.example.org/maps">Our blog</link>
     <link href="https://media.example.org/1">Recording</link></links>
    <attachments><attachment href="https://maps.example.org/a.pdf">Folds</attachment></attachments>
   </event>
   <event id="12" guid="7dd8b53e-5cbb-4f29-bd9f-6d04a5c21e52">
    <date>2027-05-04T11:00:00+02:00</date><duration>1:00</duration><title>Mittag</title>
   </event>
  </room>
 </day>
</schedule>"""
WIDGET = {
    "timezone": "Europe/Prague",
    "talks": [
        {"code": "ABCDEF", "title": "Folding", "abstract": "Text", "speakers": ["ZZTOP1"],
         "track": 5, "room": 9, "start": "2027-05-04T10:00:00+02:00",
         "end": "2027-05-04T10:45:00+02:00"},
        {"title": {"en": "Lunch", "de": "Mittag"}, "room": 9,
         "start": "2027-05-04T12:00:00", "end": "2027-05-04T13:00:00"},
    ],
    "rooms": [{"id": 9, "name": {"en": "Hall"}}],
    "tracks": [{"id": 5, "name": "Paper"}],
    "speakers": [{"code": "ZZTOP1", "name": "Ann Lee", "biography": "x"}],
}  # fmt: skip
API = {
    "count": 3,
    "results": [
        {"code": "ABCDEF", "title": "Folding", "abstract": "Text", "state": "confirmed",
         "speakers": [{"code": "ZZTOP1", "name": "Ann Lee", "biography": "x"}],
         "submission_type": {"en": "Talk"}, "track": {"en": "Paper"}, "content_locale": "en",
         "slot": {"room": {"en": "Hall"}, "start": "2027-05-04T08:00:00Z",
                  "end": "2027-05-04T08:45:00Z"}},
        {"code": "GHIJKL", "title": "Twice", "state": "accepted", "speakers": [],
         "slots": [
             {"room": {"id": 1, "name": {"en": "Hall"}}, "start": "2027-05-04T09:00:00Z",
              "end": "2027-05-04T09:30:00Z"},
             {"room": {"id": 1, "name": {"en": "Hall"}}, "start": "2027-05-05T09:00:00Z",
              "end": "2027-05-05T09:30:00Z"}]},
        {"code": "MNOPQR", "title": "Not accepted", "state": "rejected", "speakers": []},
    ],
}  # fmt: skip


def at(hour, minute=0, day=4):
    return datetime(2027, 5, day, hour, minute, tzinfo=UTC)


def test_frabs_xml():
    found = read(FRAB.encode())
    (talk,) = found.talks
    assert found.title == "Free Maps 2027"
    assert (talk.title, talk.abstract, talk.track) == ("Folding", "Short.\n\nLong.", "Paper")
    assert (talk.language, talk.type, talk.line) == ("de", "lecture", 6)
    assert talk.speakers == (NameAndAffiliation("Ann Lee"), NameAndAffiliation("Bob Ray"))
    assert [(slot.talk, slot.title, slot.room, slot.start, slot.end) for slot in found.slots] == [
        (0, "Folding", "Saal 1", at(8), at(8, 45)),
        (None, "Mittag", "Saal 1", at(9), at(10)),
    ]
    assert {one.kind: one.url for one in talk.materials} == {
        "slides": "https://maps.example.org/a.pdf",
        "video": "https://media.example.org/1",
    }
    (left,) = (one for one in found.warnings if one.key == "left.material")
    assert left.data == {"title": "Folding", "url": "https://blog.example.org/maps"}


def test_pretalx_widget():
    found = read(json.dumps(WIDGET).encode())
    (talk,) = found.talks
    assert (talk.title, talk.track, talk.anchor) == ("Folding", "Paper", "t-ABCDEF")
    assert talk.speakers == (NameAndAffiliation("Ann Lee"),)
    assert talk.people == (ProgramSpeaker("ZZTOP1", "Ann Lee", bio="x"),)
    assert [(slot.talk, slot.title, slot.room, slot.start) for slot in found.slots] == [
        (0, "Folding", "Hall", at(8)),
        (None, "Lunch", "Hall", at(10)),
    ]


@pytest.mark.parametrize("data", [API, API["results"]], ids=["page", "bare list"])
def test_pretalx_api(data):
    found = read(json.dumps(data).encode())
    assert [(talk.title, talk.type, talk.track) for talk in found.talks] == [
        ("Folding", "Talk", "Paper"),
        ("Twice", "", ""),
    ]
    assert found.talks[0].people == (ProgramSpeaker("ZZTOP1", "Ann Lee", bio="x"),)
    assert [(slot.talk, slot.start, slot.room) for slot in found.slots] == [
        (0, at(8), "Hall"),
        (1, at(9), "Hall"),
        (1, at(9, day=5), "Hall"),
    ]


@pytest.mark.parametrize(
    ("source", "key"),
    [
        (FRAB.replace("0:45", "0:xx"), None),
        (FRAB.replace("<abstract>", "<end>2027-05-04T09:00:00+02:00</end><abstract>"),
         "format.order"),
        (FRAB.replace("</title><track>", "</titel><track>"), "format.xml"),
        (FRAB.replace("</conference>", "<time_zone_name>Moon/Base</time_zone_name></conference>"),
         "format.zone"),
        (FRAB.replace("<schedule>", "<!DOCTYPE schedule SYSTEM 'file:///etc/passwd'><schedule>"),
         "format.doctype"),
        (FRAB.replace("schedule>", "calendar>"), "format.shape"),
    ],
)  # fmt: skip
def test_frab_files_that_are_wrong(source, key):
    if key is None:
        assert "times.row" in {doubt.key for doubt in read(source.encode()).warnings}
        return
    with pytest.raises(FormatError) as refused:
        read(source.encode(), format="xml")
    assert refused.value.key == key


def test_a_workbook_typed_by_hand():
    book = openpyxl.Workbook()
    book.active.append(["Title", "Speakers", "Abstract", "Room"])
    book.active.append(["Folding", "Ann Lee, Acme; Bob Ray", "Text", None])
    out = io.BytesIO()
    book.save(out)
    (talk,) = read(out.getvalue()).talks
    assert (talk.title, talk.speakers[0]) == ("Folding", NameAndAffiliation("Ann Lee", "Acme"))


def test_a_workbook_that_grows_unpacked_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * 60_000_000)
    with pytest.raises(FormatError, match=r"format\.size"):
        read(out.getvalue())


@pytest.mark.parametrize("cut", [40, 400, 3000, -30])
def test_a_workbook_cut_off_is_refused(cut):
    data = WRITERS["sessions.xlsx"].write(an_edition(a_program()))
    with pytest.raises(FormatError):
        read(data[:cut])
