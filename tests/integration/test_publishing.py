"""Publishing and everything after it: who is told, what calendars make of it, and the way back."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar, Event
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from cfp import clock
from cfp.actors import SYSTEM
from cfp.db import open_session
from cfp.domain.accounts.models import Person
from cfp.domain.conferences.models import Conference, Room
from cfp.domain.decisions.models import Confirmation
from cfp.domain.mail.models import Message
from cfp.domain.program import drafts, releases, versions
from cfp.domain.program.models import Placement, ProgramItem, ProgramVersion
from cfp.domain.submissions.models import Speaker, Submission
from cfp.formats.program import Program
from cfp.jobs import worker
from cfp.links import Links
from tests.factories import NOW, give_role, make_conference, make_person, make_submission
from tests.support.mailbox import mails
from tests.support.outbox import config_for
from tests.support.smtp import Postbox
from tests.support.visitor import Page, Visitor

As = Callable[[Person], Visitor]
LINKS = Links("http://localhost")
START = datetime.fromisoformat("2026-11-19T10:00:00+01:00")
PUBLISH = "/netconf/chair/program/publish"
sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def conference(db: Session) -> Conference:
    conference = make_conference(db, "netconf")
    db.add(Room(conference_id=conference.id, name="Attic", position=1))
    db.flush()
    return conference


@pytest.fixture
def people(db: Session, conference: Conference) -> dict[str, Person]:
    found = {
        name: make_person(db, name.title(), email=f"{name}@example.org")
        for name in ("ada", "ben", "chair")
    }
    give_role(db, conference, found["chair"], "chair")
    return found


@pytest.fixture
def talks(
    db: Session, conference: Conference, people: dict[str, Person]
) -> dict[str, Submission]:
    """Three talks by Ada, the second with Ben; the third has no slot."""
    ada, ben = people["ada"], people["ben"]
    found = {
        "flows": make_submission(db, conference, [ada], title="Flows", state="confirmed"),
        "caches": make_submission(db, conference, [ada, ben], title="Caches", state="confirmed"),
        "queues": make_submission(db, conference, [ada], title="Queues", state="confirmed"),
    }
    place(db, conference, found["flows"], START)
    place(db, conference, found["caches"], START + timedelta(hours=1))
    drafts.place(
        db, SYSTEM, conference, code=None, title="Lunch", room_id=None,
        start=START + timedelta(hours=2), minutes=60, now=NOW,
    )  # fmt: skip
    return found


def place(db: Session, conference: Conference, talk: Submission, start: datetime) -> Placement:
    room = db.query(Room).filter_by(conference_id=conference.id).order_by(Room.id).first()
    assert room is not None
    return drafts.place(
        db, SYSTEM, conference, code=talk.code, title="", room_id=room.id, start=start,
        minutes=30, now=NOW,
    )  # fmt: skip


def move(db: Session, talk: Submission, hours: float, room: str | None = None) -> None:
    """Change the draft as the schedule page does."""
    query = select(Placement).join(ProgramItem, ProgramItem.id == Placement.item_id)
    placement = db.scalars(query.where(ProgramItem.submission_id == talk.id)).one()
    placement.start += timedelta(hours=hours)
    if room:
        placement.room_id = db.query(Room).filter_by(name=room).one().id
    db.flush()


def release(db: Session, conference: Conference, *, tell: bool = True, note: str = "") -> int:
    """Publish what there is; returns how many mails it queued."""
    now = clock.now()
    ready = releases.coming(db, conference, now=now)
    done = releases.publish(
        db, SYSTEM, conference, note=note, tell=tell, seen=ready.seen, links=LINKS, now=now
    )
    return done.mails


def program(db: Session, conference: Conference, number: int) -> Program:
    found = versions.numbered(db, conference, number)
    assert found is not None
    return versions.program_of(found)


def times(start: str, end: str) -> str:
    """How a page writes a slot of the first day."""
    return f"Thu 19 Nov, {start}\N{EN DASH}{end}"


def publish_by_page(visitor: Visitor, note: str = "", **more: Any) -> Page:
    page = visitor.get(PUBLISH)
    button = next(b.label for b in page.form("note").buttons if b.label.startswith("Publish"))
    return visitor.submit(page, {"note": note, **more}, press=button)


# The page --------------------------------------------------------------------------------------


def test_the_first_version_tells_each_speaker_when_they_speak(
    people: dict[str, Person], talks: dict[str, Submission], engine: Engine, visitor_as: As,
    stranger: Visitor,
) -> None:  # fmt: skip
    visitor = visitor_as(people["chair"])
    page = visitor.get(PUBLISH)
    assert "2 mails, as they will arrive" in page.text
    assert "Thu 19 Nov 2026, 10:00 Prague, Hall" in page.text
    page = publish_by_page(visitor, "Here it is.")
    assert "Version 1 is public. 2 mails are on their way." in page.text
    ada, ben = mails(engine, "program_published")
    assert (ada.recipient, ben.recipient) == ("ada@example.org", "ben@example.org")
    assert ada.body.index('"Flows"') < ada.body.index('"Caches"')
    assert '"Queues"' not in ada.body, "it has no slot to tell of"
    assert '"Flows"' not in ben.body
    assert "The organizers say: Here it is." in ben.body
    assert "{" not in ada.body + ada.subject
    assert "Flows" in stranger.get("/netconf/program/").text


def test_a_move_says_from_where_to_where_and_tells_those_it_concerns(
    conference: Conference, people: dict[str, Person], talks: dict[str, Submission],
    db: Session, engine: Engine, visitor_as: As,
) -> None:  # fmt: skip
    people["ben"].zone = "Asia/Kolkata"
    release(db, conference, tell=False)
    move(db, talks["caches"], 3, "Attic")
    visitor = visitor_as(people["chair"])
    page = visitor.get(PUBLISH)
    old, new = times("11:00", "11:30"), times("14:00", "14:30")
    assert f"Moved: Caches from {old}, Hall to {new}, Attic" in page.text
    assert "2 mails, as they will arrive" in page.text
    page = publish_by_page(visitor)
    assert "2 mails are on their way." in page.text
    ada, ben = mails(engine, "slot_changed")
    assert "Was: Thu 19 Nov 2026, 11:00 Prague, Hall" in ada.body
    assert "Now: Thu 19 Nov 2026, 14:00 Prague, Attic" in ada.body
    assert '"Flows"' not in ada.body
    assert "14:00 Prague = Thu 19 Nov 2026, 18:30 Kolkata, Attic" in ben.body
    assert "Nothing has changed since version 2." in visitor.get(PUBLISH).text


def test_a_typo_fix_is_one_button_and_nobody_is_told(
    conference: Conference, people: dict[str, Person], talks: dict[str, Submission],
    db: Session, engine: Engine, visitor_as: As,
) -> None:  # fmt: skip
    release(db, conference, tell=False)
    talks["flows"].title = "Flows, mended"
    visitor = visitor_as(people["chair"])
    page = visitor.get(PUBLISH)
    assert "Changed: Flows, mended (title)" in page.text
    assert "there is nobody to tell" in page.text
    page = visitor.submit(page, press="Publish version 2")
    assert "Version 2 is public." in page.text
    assert mails(engine) == []


def test_who_unticks_it_tells_nobody(
    people: dict[str, Person], talks: dict[str, Submission], engine: Engine, visitor_as: As
) -> None:
    page = publish_by_page(visitor_as(people["chair"]), tell=False)
    assert "Version 1 is public." in page.text
    assert mails(engine) == []


def test_the_bar_of_the_schedule_page_publishes_and_tells_in_one_go(
    conference: Conference, people: dict[str, Person], talks: dict[str, Submission],
    db: Session, engine: Engine, visitor_as: As,
) -> None:  # fmt: skip
    visitor = visitor_as(people["chair"])
    assert "not published." not in visitor.get("/netconf/chair/program/").text
    release(db, conference, tell=False)
    assert "not published." not in visitor.get("/netconf/chair/program/").text
    move(db, talks["caches"], 3)
    page = visitor.get("/netconf/chair/program/")
    assert "1 change is not published." in page.text
    page = visitor.submit(page, press="Publish and tell 2 speakers")
    assert page.path == "/netconf/chair/program/"
    assert "Version 2 is public. 2 mails are on their way." in page.text
    assert "not published." not in page.text
    assert len(mails(engine, "slot_changed")) == 2


def test_what_was_not_looked_at_is_not_published(
    conference: Conference, people: dict[str, Person], talks: dict[str, Submission],
    db: Session, engine: Engine, visitor_as: As,
) -> None:  # fmt: skip
    release(db, conference, tell=False)
    move(db, talks["caches"], 3)
    visitor = visitor_as(people["chair"])
    page = visitor.get(PUBLISH)
    move(db, talks["flows"], 3)
    page = visitor.submit(page, {"note": "Caches has moved."})
    assert page.status == 409
    assert "Something has changed since you looked." in page.text
    assert "Moved: Flows" in page.text
    assert dict(page.form("note").fields)["note"] == "Caches has moved."
    assert db.query(ProgramVersion).count() == 1
    assert mails(engine) == []
    page = visitor.submit(page, press="Publish version 2")
    assert "Version 2 is public." in page.text


def test_a_double_click_publishes_and_tells_once(
    conference: Conference, people: dict[str, Person], talks: dict[str, Submission],
    db: Session, engine: Engine, visitor_as: As,
) -> None:  # fmt: skip
    visitor = visitor_as(people["chair"])
    page = visitor.get(PUBLISH)
    for _ in range(2):
        assert visitor.submit(page, press="Publish version 1").status == 200
    assert db.query(ProgramVersion).count() == 1
    assert len(mails(engine)) == 2


def test_of_two_chairs_at_once_one_publishes(
    conference: Conference, talks: dict[str, Submission], db: Session, engine: Engine
) -> None:
    now = clock.now()
    number, seen = conference.id, releases.coming(db, conference, now=now).seen
    db.commit()
    outcomes: list[str] = []
    barrier = threading.Barrier(2)

    def one() -> None:
        with open_session(engine, writes=True) as own:
            barrier.wait()
            here = own.get_one(Conference, number)
            try:
                releases.publish(
                    own, SYSTEM, here, note="", tell=True, seen=seen, links=LINKS, now=now
                )
                own.commit()
                outcomes.append("published")
            except Exception as error:
                own.rollback()
                outcomes.append(type(error).__name__)

    threads = [threading.Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("published") == 1, outcomes
    assert set(outcomes) <= {"published", "DomainError", "StaleError", "IntegrityError"}
    with open_session(engine, writes=False) as fresh:
        assert fresh.query(ProgramVersion).count() == 1
        assert fresh.query(Message).count() == 2


# Calendars -------------------------------------------------------------------------------------


class Client:
    """A calendar as RFC 5546 asks: an entry is replaced by its UID if its SEQUENCE is not older."""

    def __init__(self) -> None:
        self.entries: dict[str, Event] = {}

    def receive(self, mail: EmailMessage) -> None:
        for part in mail.iter_attachments():
            assert part.get_content_type() == "text/calendar"
            calendar = Calendar.from_ical(part.get_content())
            method = str(calendar["METHOD"])
            assert part.get_param("method") == method
            for event in calendar.walk("VEVENT"):
                assert str(event["ORGANIZER"]) == "mailto:chairs@example.org"
                self._take(method, event)

    def _take(self, method: str, event: Event) -> None:
        uid = str(event["UID"])
        known = self.entries.get(uid)
        assert known is None or event["SEQUENCE"] > known["SEQUENCE"], "an older one, or a copy"
        if method == "CANCEL":
            assert str(event["STATUS"]) == "CANCELLED"
            self.entries.pop(uid, None)
        else:
            assert method == "PUBLISH"
            self.entries[uid] = event

    def times(self) -> dict[str, datetime]:
        return {
            str(event["SUMMARY"]): event["DTSTART"].dt.astimezone(UTC)
            for event in self.entries.values()
        }


def test_a_calendar_sees_updates_and_no_copies(
    conference: Conference, talks: dict[str, Submission], db: Session, database_url: str,
    instance: Path, postbox: Postbox,
) -> None:  # fmt: skip
    """By real mail: published, moved, given a slot, unscheduled, withdrawn."""
    config = config_for(instance, database_url, postbox.settings)
    client, seen = Client(), 0

    def deliver() -> dict[str, datetime]:
        nonlocal seen
        db.commit()
        worker.run_due_once(config)
        for delivery in postbox.deliveries[seen:]:
            if delivery.recipients == ["ada@example.org"]:
                client.receive(delivery.message)
        seen = len(postbox.deliveries)
        return client.times()

    release(db, conference)
    first = {"Flows": START, "Caches": START + timedelta(hours=1)}
    assert deliver() == first
    move(db, talks["caches"], 3)
    place(db, conference, talks["queues"], START + timedelta(hours=5))
    release(db, conference)
    moved = {
        "Flows": START,
        "Caches": START + timedelta(hours=4),
        "Queues": START + timedelta(hours=5),
    }
    assert deliver() == moved
    query = select(Placement).join(ProgramItem, ProgramItem.id == Placement.item_id)
    gone = db.scalars(query.where(ProgramItem.submission_id == talks["queues"].id)).one()
    db.delete(gone)
    talks["flows"].state = "withdrawn"
    release(db, conference)
    assert deliver() == {"Caches": START + timedelta(hours=4)}
    assert len(postbox.to("ada@example.org")) == 3, "one mail each time, whatever it says"


# Stability and going back ----------------------------------------------------------------------


def identities(program: Program) -> dict[str, tuple[str, int, str | None]]:
    """GUID, number and anchor by title, of talks and of breaks."""
    found = {talk.title: (talk.guid, talk.id, talk.anchor) for talk in program.talks}
    breaks = {slot.title: (slot.guid, slot.id, None) for slot in program.slots if not slot.talk}
    return {**found, **breaks}


def stamps(program: Program) -> dict[str, int]:
    return {program.title_of(slot): slot.changed_in for slot in program.slots}


@sqlite_only
def test_whatever_changes_everything_else_stays_what_it_was(
    conference: Conference, people: dict[str, Person], talks: dict[str, Submission], db: Session
) -> None:
    item = db.query(ProgramItem).filter_by(submission_id=talks["flows"].id).one()
    item.anchor = "t7"
    release(db, conference)
    first = program(db, conference, 1)
    move(db, talks["caches"], 3)
    release(db, conference)
    assert stamps(program(db, conference, 2)) == {"Flows": 1, "Caches": 2, "Lunch": 1}
    db.query(Room).filter_by(name="Hall").one().name = "Great hall"
    release(db, conference)
    assert stamps(program(db, conference, 3)) == {"Flows": 3, "Caches": 3, "Lunch": 1}
    talks["flows"].state = "withdrawn"
    release(db, conference)
    fourth = program(db, conference, 4)
    assert stamps(fourth) == {"Flows": 4, "Caches": 3, "Lunch": 1}
    assert fourth.talk_by_code[talks["flows"].code].canceled
    late = make_submission(db, conference, [people["ada"]], title="Late", state="accepted")
    place(db, conference, late, START + timedelta(days=1))
    release(db, conference)
    fifth = program(db, conference, 5)
    assert stamps(fifth) == {"Flows": 4, "Caches": 3, "Lunch": 1, "Late": 5}
    known = identities(first)
    assert {title: identities(fifth)[title] for title in known} == known
    assert identities(fifth)["Flows"][2] == "t7"


def test_a_withdrawn_talk_is_a_thing_to_do_and_then_stays_as_canceled(
    conference: Conference, people: dict[str, Person], talks: dict[str, Submission],
    db: Session, visitor_as: As, stranger: Visitor,
) -> None:  # fmt: skip
    release(db, conference)
    talks["flows"].state = "withdrawn"
    visitor = visitor_as(people["chair"])
    dashboard = visitor.get("/netconf/chair/")
    assert "talk will not take place and is still in the published program" in dashboard.text
    page = visitor.get(PUBLISH)
    assert f"Canceled: Flows was {times('10:00', '10:30')}, Hall" in page.text
    page = publish_by_page(visitor)
    assert "is still in the published program" not in visitor.get("/netconf/chair/").text
    code = talks["flows"].code
    assert "Canceled." in stranger.get(f"/netconf/program/talks/{code}/").text
    calendar = Calendar.from_ical(stranger.get("/netconf/program/schedule.ics").html)
    status = {str(one["SUMMARY"]): str(one["STATUS"]) for one in calendar.walk("VEVENT")}
    assert status == {"Flows": "CANCELLED", "Caches": "CONFIRMED", "Lunch": "CONFIRMED"}


def test_a_former_version_is_published_again_with_what_was_withdrawn_canceled(
    conference: Conference, people: dict[str, Person], talks: dict[str, Submission],
    db: Session, engine: Engine, visitor_as: As, stranger: Visitor,
) -> None:  # fmt: skip
    release(db, conference, note="The first.")
    late = make_submission(db, conference, [people["ben"]], title="Late", state="accepted")
    place(db, conference, late, START + timedelta(days=1))
    move(db, talks["caches"], 3)
    release(db, conference, tell=False)
    talks["flows"].state = "withdrawn"
    visitor = visitor_as(people["chair"])
    page = visitor.get(PUBLISH)
    page = visitor.get(page.links()["Version 1"])
    assert "The first." in page.text
    assert f"Moved: Caches from {times('14:00', '14:30')}" in page.text
    assert "Canceled: Flows" in page.text
    page = visitor.submit(page, {"note": "Back."}, press="Publish it again as version 3")
    assert "Version 3 is public. 2 mails are on their way." in page.text
    third = program(db, conference, 3)
    assert {third.title_of(slot): slot.start for slot in third.slots} == {
        "Flows": START, "Caches": START + timedelta(hours=1), "Lunch": START + timedelta(hours=2),
    }  # fmt: skip
    assert stamps(third) == {"Flows": 3, "Caches": 3, "Lunch": 1}
    assert third.talk_by_code[talks["flows"].code].canceled
    assert {talk.title for talk in third.unscheduled()} == {"Late", "Queues"}
    assert stranger.get(f"/netconf/program/talks/{late.code}/").status == 200
    ben = next(one for one in mails(engine, "slot_changed") if one.recipient == "ben@example.org")
    assert '"Late" has no time any more' in ben.body
    page = visitor.get(page.links()["Version 3"])
    assert "This is what everyone reads now" in page.text


@sqlite_only
def test_going_back_to_what_is_the_same_is_no_version(
    conference: Conference, people: dict[str, Person], talks: dict[str, Submission],
    db: Session, visitor_as: As,
) -> None:  # fmt: skip
    release(db, conference)
    talks["flows"].title = "Flows!"
    release(db, conference)
    talks["flows"].title = "Flows"
    release(db, conference)
    visitor = visitor_as(people["chair"])
    page = visitor.get("/netconf/chair/program/versions/1/")
    assert "the same as this" in page.text
    assert visitor.get("/netconf/chair/program/versions/2/preview").text.count("Flows!")
    assert visitor.get("/netconf/chair/program/versions/9/").status == 404


@sqlite_only
def test_readers_of_the_draft_read_versions_and_can_t_go_back(
    conference: Conference, talks: dict[str, Submission], db: Session, visitor_as: As
) -> None:
    release(db, conference)
    talks["flows"].title = "Flows!"
    release(db, conference)
    reader = make_person(db)
    give_role(db, conference, reader, "reader")
    page = visitor_as(reader).get("/netconf/chair/program/versions/2/")
    assert "Changed: Flows! (title)" in page.text
    page = visitor_as(reader).get("/netconf/chair/program/versions/1/")
    assert "Go back to it" not in page.text
    assert "ada@example.org" not in page.html


# Names -----------------------------------------------------------------------------------------


def test_a_name_is_taken_out_of_every_version_and_that_is_in_the_log(
    conference: Conference, people: dict[str, Person], talks: dict[str, Submission],
    db: Session, visitor_as: As, stranger: Visitor,
) -> None:  # fmt: skip
    release(db, conference)
    talks["flows"].title = "Flows!"
    release(db, conference)
    visitor = visitor_as(people["chair"])
    assert "There is no such name." in visitor.get("/netconf/chair/program/names").text
    ben = visitor_as(people["ben"])
    ben.submit(ben.get("/account/data"), {"sure": True})
    assert "Ben" in stranger.get("/netconf/program/").text
    page = visitor.get("/netconf/chair/program/names")
    place_of_ben = db.query(Speaker).filter_by(name="Deleted person").one()
    page = visitor.submit(page, {"key_of_name": place_of_ben.code}, press="Take the name out")
    assert "The name is gone." in page.text
    assert "There is no such name." in page.text
    public = stranger.get("/netconf/program/").text
    assert "Ben" not in public
    assert "Ada" in public
    for number in (1, 2):
        assert "Ben" not in visitor.get(f"/netconf/chair/program/versions/{number}/preview").text
    assert "took a name out of published versions" in visitor.get("/netconf/chair/log").text


# Broadcasts and the day ------------------------------------------------------------------------


def test_broadcast_links_become_public_with_the_next_version(
    conference: Conference, people: dict[str, Person], talks: dict[str, Submission],
    db: Session, visitor_as: As,
) -> None:  # fmt: skip
    release(db, conference)
    visitor = visitor_as(people["chair"])
    attic = db.query(Room).filter_by(name="Attic").one()
    path = "/netconf/chair/program/day/broadcasts"
    page = visitor.submit(visitor.get(path), {"link_1_0": "http://example.org"})
    assert page.status == 422
    links = {"link_1_0": "https://b.example.org/1", f"link_2_{attic.id}": "https://b.example.org/2"}
    page = visitor.submit(visitor.get(path), links)
    assert "1 change is not published." in page.text
    publish_by_page(visitor)
    shown = program(db, conference, 2).broadcasts
    assert [(one.day, one.room, one.url) for one in shown] == [
        (1, "", "https://b.example.org/1"),
        (2, "Attic", "https://b.example.org/2"),
    ]
    visitor.submit(visitor.get(path), dict.fromkeys(links, ""))
    publish_by_page(visitor)
    assert program(db, conference, 3).broadcasts == ()


def test_sheets_say_what_each_may_know(
    conference: Conference, people: dict[str, Person], talks: dict[str, Submission],
    db: Session, visitor_as: As,
) -> None:  # fmt: skip
    db.add(
        Confirmation(
            conference_id=conference.id, submission_id=talks["flows"].id, remote=True,
            zone="America/St_Johns", recording=False, at=NOW,
        )
    )  # fmt: skip
    release(db, conference)
    reader = make_person(db)
    give_role(db, conference, reader, "reader")
    chair, helper = visitor_as(people["chair"]), visitor_as(reader)
    index = helper.get("/netconf/chair/program/day/")
    path = index.links()["Run sheet Thu 19 Nov 2026 Hall"]
    sheet = chair.get(path)
    assert times("10:00", "10:30").removeprefix("Thu 19 Nov, ") in sheet.text
    assert "remotely 05:30 St Johns" in sheet.text
    assert "Lunch" in sheet.text, "what has no room is for every room"
    assert "remote" not in helper.get(path).text
    assert "Flows" in helper.get(path).text
    sign = helper.get(path.replace("run-sheet", "door-sign"))
    assert "Flows" in sign.text
    assert "remote" not in sign.text
    for query in ("?day=9&room=Hall", "?day=1&room=Cellar", "?day=x", ""):
        assert chair.get(f"/netconf/chair/program/day/run-sheet{query}").status == 404
