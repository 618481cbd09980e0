"""What is exported can be imported with nothing lost, not even by what calendars know it."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp.actors import SYSTEM
from cfp.db import make_engine, open_session
from cfp.domain.conferences.models import Conference, Room, SubmissionType, Track
from cfp.domain.conferences.rules import DEFAULT_ROOM
from cfp.domain.decisions.models import Decision
from cfp.domain.program import blocks, broadcasts, versions
from cfp.domain.program.differences import same
from cfp.domain.program.imports import Outcome, import_program
from cfp.domain.program.models import Material, ProgramItem, ProgramSession, StoredFile
from cfp.domain.submissions.models import Speaker, Submission
from cfp.formats import program as frozen
from cfp.formats.program import Program
from cfp.formats.reading import read
from cfp.formats.writers import WRITERS
from cfp.links import Links
from tests.factories import NOW, make_conference, make_person
from tests.support.cli import run_cli
from tests.support.planning import Setting, make_setting

LATER = NOW.replace(month=6)
LINKS = Links("https://cfp.example.org")
LIVE = "https://live.example.org/attic"
OTHER = "https://elsewhere.example/slides"


@pytest.fixture
def fresh(sqlite_template: Path, tmp_path: Path) -> Iterator[Session]:
    """The empty database of another instance."""
    file = shutil.copy(sqlite_template, tmp_path / "fresh.sqlite3")
    engine = make_engine(f"sqlite:///{file}")
    with open_session(engine, writes=True) as session:
        yield session
    engine.dispose()


@pytest.fixture
def setting(db: Session) -> Setting:
    """All that a version can hold, published twice: then one talk was canceled."""
    setting = make_setting(db)
    setting.conference.sections = {"introduction": "Come.", "contact": "Write to us."}
    setting.conference.markdown = True
    setting.conference.registration_url = "https://tickets.example.org"
    _fill(setting)
    versions.publish(db, setting.me, setting.conference, note="First", now=NOW)
    gone = db.scalars(select(Submission).where(Submission.title == "Gone")).one()
    gone.state = "canceled"
    db.flush()
    versions.publish(db, setting.me, setting.conference, note="Canceled", now=LATER)
    return setting


def _fill(setting: Setting) -> None:
    db, here = setting.db, setting.conference
    setting.hall.name = "Aula"
    track = Track(conference_id=here.id, name="Deep", position=1)
    lab = SubmissionType(conference_id=here.id, name="Lab", minutes=90, position=2)
    db.add_all([track, lab])
    ada, ben, twin = make_person(db, "Ada"), make_person(db, "Ben"), make_person(db, "Ben")
    flows = setting.talk("Flows", ada, ben, twin)
    db.flush()
    row = db.scalars(select(Speaker).where(Speaker.person_id == ada.id)).one()
    row.bio = "Ada writes;\n\nand reads."
    flows.track_id, flows.type_id, flows.language = track.id, lab.id, "de"
    setting.said(flows, recording=False)
    decided = {"conference_id": here.id, "outcome": "accepted", "at": NOW}
    db.add(Decision(submission_id=flows.id, type_id=lab.id, minutes=75, **decided))
    db.flush()
    setting.place(flows, 0, 75)
    setting.place(flows, 300, 60, room_id=setting.attic.id, again=True)
    setting.place(setting.talk("Keynote", ada), 100, 20, plenary=True)
    setting.place("Lunch", 130, 60, room_id=None)
    setting.place("Lunch", 130 + 24 * 60, 60, room_id=None)
    setting.place(setting.talk("Gone", ben), 400, 30)
    setting.talk("Waiting", twin)
    posters = [setting.place(setting.talk(f"Poster {one}"), 200, 45) for one in "AB"]
    alone = setting.place(setting.talk("Alone"), 250, 10)
    for title, chair, held, rows in (("Walls", "", True, posters), ("One", "Cy", False, [alone])):
        slots = {row.id: row.revision for row in rows}
        blocks.make_session(
            db, setting.me, here, slots=slots, title=title, chair=chair, posters=held, now=NOW
        )
    own = {"conference_id": here.id, "submission_id": flows.id, "given": NOW}
    db.add(Material(kind="slides", url="https://slides.example.org/1", **own))
    db.add(Material(kind="video", url="https://video.example.org/1", **own))
    first = here.start_date
    links = {(first, None): "https://live.example.org/", (first, setting.attic.id): LIVE}
    broadcasts.change(db, setting.me, here, links=links, now=NOW)
    db.flush()


def exported(db: Session, conference: Conference, name: str = "program.json") -> bytes:
    version = versions.latest(db, conference)
    assert version is not None
    return WRITERS[name].write(versions.edition_of(db, conference, version, LINKS))


def newest(db: Session, conference: Conference) -> Program:
    version = versions.latest(db, conference)
    assert version is not None
    return versions.program_of(version)


def taken(
    db: Session, conference: Conference, data: bytes, *, update: bool = False, publish: bool = False
) -> Outcome:
    found = read(data, start=conference.start_date)
    outcome = import_program(db, SYSTEM, conference, found, update=update, now=LATER)
    if publish:
        versions.publish(
            db, SYSTEM, conference, note="", now=LATER, restored=outcome.restored
        )
    return outcome


def twin_of(db: Session, conference: Conference, slug: str = "restored") -> Conference:
    """A conference with the same facts, as it is before anything is planned."""
    made = make_conference(db, slug, name=conference.name, place="")
    db.scalars(select(Room).where(Room.conference_id == made.id)).one().name = DEFAULT_ROOM
    db.flush()
    return made


def told(program: Program) -> Program:
    """All that must be equal."""
    return replace(
        program, conference="", number=0, published_at=NOW, note="", slots=program.ordered_slots
    )


def nothing_new(outcome: Outcome) -> bool:
    return not (outcome.talks_created or outcome.slots_created or outcome.changes)


def test_a_lost_program_comes_back_as_it_was(setting: Setting, fresh: Session) -> None:
    data = exported(setting.db, setting.conference)
    old = newest(setting.db, setting.conference)
    assert {talk.canceled for talk in old.talks} == {True, False}
    assert {slot.changed_in for slot in old.slots} == {1, 2}
    here = twin_of(fresh, setting.conference)
    outcome = taken(fresh, here, data, publish=True)
    assert (outcome.left, outcome.changes) == ([], [])
    new = newest(fresh, here)
    assert told(new) == told(old)
    assert new.number == old.number + 1
    materials = frozen.from_json(json.loads(data))[1]
    assert versions.shown_materials(fresh, here, new, LINKS) == materials
    again = exported(fresh, here)
    assert nothing_new(taken(fresh, here, data))
    assert nothing_new(taken(fresh, here, again))
    assert same(new, versions.preview(fresh, here, versions.latest(fresh, here), now=NOW))


def test_the_copy_of_the_copy_is_the_same(setting: Setting, fresh: Session) -> None:
    here = twin_of(fresh, setting.conference)
    taken(fresh, here, exported(setting.db, setting.conference), publish=True)
    copy = exported(fresh, here)
    old = newest(fresh, here)
    fresh.rollback()
    again = twin_of(fresh, setting.conference, "again")
    taken(fresh, again, copy, publish=True)
    assert told(newest(fresh, again)) == told(old)


def test_a_second_conference_of_the_instance_gets_identities_of_its_own(
    setting: Setting,
) -> None:
    db = setting.db
    data = exported(db, setting.conference)
    old = newest(db, setting.conference)
    here = twin_of(db, setting.conference)
    outcome = taken(db, here, data, publish=True)
    assert [one.key for one in outcome.left] == ["left.canceled"]
    new = newest(db, here)
    assert new.number == 1
    assert not {slot.guid for slot in new.slots} & {slot.guid for slot in old.slots}
    assert not set(new.talk_by_code) & set(old.talk_by_code)
    assert {one.code for talk in new.talks for one in talk.speakers} == {
        one.code for talk in old.talks if not talk.canceled for one in talk.speakers
    }
    shown = [_shape(one) for one in (old, new)]
    assert shown[0] == shown[1]
    assert {talk.anchor for talk in new.talks} == {
        f"t-{talk.code}" for talk in old.talks if not talk.canceled
    }
    assert nothing_new(taken(db, here, data, update=True))
    assert newest(db, setting.conference) == old


def _shape(program: Program) -> list[tuple[Any, ...]]:
    """What readers see of the schedule."""
    return sorted(
        (slot.start, program.title_of(slot), slot.end, slot.room, slot.plenary,
         session and (session.title, session.chair, session.posters))
        for slot in program.slots
        if not program.is_canceled(slot)
        for session in [program.session_of(slot)]
    )  # fmt: skip


def _edited(data: bytes, edit: dict[str, Any]) -> bytes:
    """The file with other values: of talks by title, sessions by title, breaks by title."""
    whole = json.loads(data)
    program = whole["program"]
    for one in (*program["talks"], *program["sessions"], *program["slots"]):
        one.update(edit.get(one["title"], {}))
    return json.dumps(whole).encode()


@pytest.mark.parametrize(
    ("title", "values", "fields"),
    [
        ("Flows", {"title": "Streams"}, ("title",)),
        ("Flows", {"type": "Demo", "track": "New", "minutes": 70}, ("type", "track", "minutes")),
        ("Flows", {"abstract": "More.", "recorded": True, "language": "fr"},
         ("abstract", "language", "recorded")),
        ("Flows", {"canceled": True}, ("canceled",)),
        ("Gone", {"canceled": False}, ("canceled",)),
        ("Walls", {"title": "Stands", "chair": "Di"}, ("title", "chair")),
        ("One", {"posters": True}, ("posters",)),
    ],
)
def test_a_difference_is_told_and_made_only_when_asked_for(
    setting: Setting, title: str, values: dict[str, Any], fields: tuple[str, ...]
) -> None:
    db, here = setting.db, setting.conference
    before = newest(db, here)
    changed = _edited(exported(db, here), {title: values})
    name = str(values.get("title", title))
    outcome = taken(db, here, changed)
    assert (name, fields) in [(one.title, one.fields) for one in outcome.changes]
    assert not outcome.talks_created
    assert same(before, versions.preview(db, here, versions.latest(db, here), now=NOW))
    outcome = taken(db, here, changed, update=True, publish=True)
    assert outcome.updated
    found = newest(db, here)
    everything = [*found.talks, *found.sessions]
    one = next(one for one in everything if one.title == name)
    assert {key: getattr(one, key) for key in values} == values


def test_breaks_rooms_and_plenaries_differ_too(setting: Setting) -> None:
    db, here = setting.db, setting.conference
    whole = json.loads(exported(db, here))
    slots = whole["program"]["slots"]
    lunch = next(slot for slot in slots if slot["title"] == "Lunch")
    lunch.update(title="Feast", room="Attic", plenary=True)
    whole["program"]["rooms"][0]["capacity"] = 120
    whole["materials"][0]["url"] = OTHER
    whole["program"]["broadcasts"][1]["url"] = OTHER
    data = json.dumps(whole).encode()
    changes = {(one.title, one.fields) for one in taken(db, here, data).changes}
    assert changes == {
        ("Feast", ("title", "room", "plenary")), ("Aula", ("capacity",)), ("Flows", ("slides",)),
        ("Attic", ("broadcast",)),
    }  # fmt: skip
    taken(db, here, data, update=True, publish=True)
    found = newest(db, here)
    feast = next(slot for slot in found.slots if slot.title == "Feast")
    assert (feast.guid, feast.room, feast.plenary) == (lunch["guid"], "Attic", True)
    assert [one.title for one in found.slots if one.talk is None] == ["Feast", "Lunch"]
    assert found.rooms[0].capacity == 120
    assert [one.url for one in found.broadcasts] == ["https://live.example.org/", OTHER]
    assert OTHER in {one.url for one in versions.shown_materials(db, here, found, LINKS)}


def test_uploaded_slides_come_back_as_a_link_and_stay_where_they_are(
    setting: Setting, fresh: Session
) -> None:
    db = setting.db
    row = db.scalars(select(Material).where(Material.kind == "slides")).one()
    row.url = ""
    own = {"conference_id": row.conference_id, "submission_id": row.submission_id}
    about = {"name": "a.pdf", "media_type": "application/pdf", "size": 1, "digest": "x"}
    db.add(StoredFile(material_id=row.id, storage="x", created=NOW, **own, **about))
    db.flush()
    data = exported(db, setting.conference)
    assert nothing_new(taken(db, setting.conference, data, update=True))
    assert db.scalars(select(StoredFile)).one().material_id == row.id
    here = twin_of(fresh, setting.conference)
    taken(fresh, here, data, publish=True)
    slides, _video = versions.shown_materials(fresh, here, newest(fresh, here), LINKS)
    assert (slides.url, slides.file) == (LINKS.file("netconf", slides.talk, "a.pdf"), "")


def test_what_the_conference_cannot_take_is_told(setting: Setting, fresh: Session) -> None:
    whole = json.loads(exported(setting.db, setting.conference))
    program = whole["program"]
    program["contact"] = "others@example.org"
    program["sections"].append({"key": "sponsors", "title": "Sponsors", "text": "X", "url": ""})
    program["broadcasts"] = [{"day": 1, "room": "", "url": "http://live.example.org"}]
    whole["materials"][0].update(url="files/slides.pdf", file="slides.pdf")
    here = twin_of(fresh, setting.conference)
    outcome = taken(fresh, here, json.dumps(whole).encode())
    assert [(one.key, dict(one.data)) for one in outcome.left] == [
        ("left.section", {"title": "Sponsors"}),
        ("left.conference", {"fields": "contact"}),
        ("left.material", {"title": "Flows", "url": "files/slides.pdf"}),
        ("left.broadcast", {"url": "http://live.example.org"}),
    ]
    assert here.contact == "chairs@example.org"


def test_numbers_no_column_holds_and_codes_no_address_has_are_given_anew(
    setting: Setting, fresh: Session
) -> None:
    whole = json.loads(exported(setting.db, setting.conference))
    program = whole["program"]
    flows = next(talk for talk in program["talks"] if talk["title"] == "Flows")
    for slot in program["slots"]:
        slot["talk"] = "../x" if slot["talk"] == flows["code"] else slot["talk"]
    whole["materials"] = []
    flows.update(code="../x", guid="no-guid", id=2**40, minutes=2**40)
    flows["speakers"][1]["code"] = flows["speakers"][0]["code"] = "a/b"
    program["rooms"][0]["capacity"] = 2**40
    here = twin_of(fresh, setting.conference)
    outcome = taken(fresh, here, json.dumps(whole).encode())
    assert outcome.restored is None
    made = fresh.scalars(select(Submission).where(Submission.title == "Flows")).one()
    assert len(made.code) == 6
    rows = fresh.scalars(select(Speaker).where(Speaker.submission_id == made.id)).all()
    assert len({row.code for row in rows}) == len({row.person_id for row in rows}) == 3
    assert all(row.code.isalnum() for row in rows)
    item = fresh.scalars(select(ProgramItem).where(ProgramItem.submission_id == made.id)).one()
    assert item.number is not None
    assert item.number < 100
    assert item.guid != "no-guid"


@pytest.mark.parametrize("name", ["schedule.xml", "schedule.json"])
def test_what_others_read_keeps_codes_and_guids(
    setting: Setting, fresh: Session, name: str
) -> None:
    old = newest(setting.db, setting.conference)
    data = exported(setting.db, setting.conference, name)
    here = twin_of(fresh, setting.conference)
    outcome = taken(fresh, here, data, publish=True)
    new = newest(fresh, here)
    held = [slot for slot in old.slots if not old.is_canceled(slot)]
    assert {(slot.guid, slot.id, slot.talk, slot.start, slot.room) for slot in new.slots} == {
        (slot.guid, slot.id, slot.talk, slot.start, slot.room) for slot in held
    }
    for code, talk in new.talk_by_code.items():
        known = old.talk_by_code[code]
        assert (talk.guid, talk.type, talk.track) == (known.guid, known.type, known.track)
        if name == "schedule.json":
            assert talk.speakers == known.speakers
    assert len(new.talks) == outcome.talks_created == 5
    shown = {
        (one.talk, one.kind, one.url) for one in versions.shown_materials(fresh, here, new, LINKS)
    }
    assert {kind for _talk, kind, _url in shown} == {"slides", "video"}
    assert shown == {
        (one.talk, one.kind, one.url)
        for one in versions.shown_materials(setting.db, setting.conference, old, LINKS)
    }
    assert nothing_new(taken(fresh, here, data, update=True))
    assert fresh.scalars(select(ProgramSession)).all() == []
    affiliation = select(Speaker).where(Speaker.name == "Ada")
    for one in setting.db.scalars(affiliation):
        one.affiliation = "Acme"
    setting.db.flush()
    if name == "schedule.xml":  # it has no affiliations to tell
        assert nothing_new(taken(setting.db, setting.conference, data, update=True))


def test_the_command_restores_and_publishes(
    setting: Setting, fresh: Session, instance: Path, tmp_path: Path
) -> None:
    file = tmp_path / "program.json"
    file.write_bytes(exported(setting.db, setting.conference))
    old = newest(setting.db, setting.conference)
    twin_of(fresh, setting.conference)
    fresh.commit()
    settings = {"CFP_DATABASE_URL": f"sqlite:///{tmp_path / 'fresh.sqlite3'}"}
    arguments = ("import", "program", str(file), "--conference", "restored", "--publish", "--json")
    done = run_cli(instance, settings, *arguments)
    assert done.returncode == 0, done.stderr
    outcome = json.loads(done.stdout)["outcome"]
    assert (outcome["version"], outcome["left"]) == (old.number + 1, [])
    written = run_cli(instance, settings, "export", "restored", "program.json")
    assert told(frozen.from_json(json.loads(written.stdout))[0]) == told(old)
    again = json.loads(run_cli(instance, settings, *arguments).stdout)["outcome"]
    assert (again["talks_created"], again["slots_created"], again["version"]) == (0, 0, None)


def test_one_thing_that_cannot_be_leaves_nothing_done(
    setting: Setting, fresh: Session, instance: Path, tmp_path: Path
) -> None:
    file = tmp_path / "program.json"
    whole = json.loads(exported(setting.db, setting.conference))
    whole["program"]["slots"][-1]["session"] = 77
    file.write_text(json.dumps(whole))
    twin_of(fresh, setting.conference)
    fresh.commit()
    settings = {"CFP_DATABASE_URL": f"sqlite:///{tmp_path / 'fresh.sqlite3'}"}
    done = run_cli(instance, settings, "import", "program", str(file), "--conference", "restored")
    assert done.returncode == 1
    assert fresh.scalars(select(Submission)).all() == []
