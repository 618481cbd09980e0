"""The public program: read back from its own page, cached, the same for everyone."""

import re
import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, select
from sqlalchemy.orm import Session

from cfp.actors import SYSTEM
from cfp.db import open_session
from cfp.domain.accounts.models import Person
from cfp.domain.conferences.models import Conference, Room
from cfp.domain.program import drafts, versions
from cfp.domain.program.models import Material
from cfp.domain.submissions.models import Speaker, Submission
from cfp.formats.html import page_text, read_html
from cfp.formats.text import read_text
from cfp.formats.writers import WRITERS
from cfp.links import Links
from tests.factories import NOW, add_speaker, make_conference, make_person, make_submission
from tests.support.setting import make_chair
from tests.support.statements import counted
from tests.support.visitor import Visitor

OFFERED = [name for name, writer in WRITERS.items() if writer.offered]
TITLES = ("Flows & <b>tables</b>", "Naïve caching…", "A talk called 1.")


@pytest.fixture
def published(db: Session) -> tuple[Conference, list[Submission]]:
    """Three accepted talks, two of them placed, a break, and version 1."""
    conference = make_conference(
        db,
        "netconf",
        sections={"introduction": "Come, all.\nTwo lines.", "contact": "Write to us."},
    )
    person = make_person(db, "Ada Example")
    talks = [
        make_submission(
            db,
            conference,
            [person],
            title=title,
            state="confirmed",
            abstract="First.\n\n* one\n* see https://example.org/a.",
        )
        for title in TITLES
    ]
    add_speaker(db, talks[0], "Ben Sample", 1, affiliation="Org, Inc.")
    make_submission(db, conference, [person], title="Hidden and undecided")
    start = datetime.fromisoformat("2026-11-19T09:00:00+01:00")
    room = db.query(Room).filter_by(conference_id=conference.id).one()
    _place(db, conference, None, "Registration", start, 30, room)
    _place(db, conference, talks[0].code, "", start + timedelta(minutes=30), 30, room)
    _place(db, conference, talks[1].code, "", start + timedelta(hours=24), 15, room)
    versions.publish(db, SYSTEM, conference, note="First.", now=NOW)
    db.commit()
    return conference, talks


def _place(
    db: Session,
    conference: Conference,
    code: str | None,
    title: str,
    start: datetime,
    minutes: int,
    room: Room,
) -> None:
    drafts.place(
        db,
        SYSTEM,
        conference,
        code=code,
        title=title,
        room_id=room.id,
        start=start,
        minutes=minutes,
        now=NOW,
    )


@pytest.mark.usefixtures("published")
def test_the_page_reads_back_to_the_program(stranger: Visitor) -> None:
    page = stranger.get("/netconf/program/")
    assert page.status == 200
    read = read_html(page.html)
    assert [talk.title for talk in read.talks] == list(TITLES)
    assert read.talks[0].abstract == "First.\n\n* one\n* see https://example.org/a."
    names = [(one.name, one.affiliation) for one in read.talks[0].speakers]
    assert names == [("Ada Example", "Example Org"), ("Ben Sample", "Org, Inc.")]
    assert [(slot.title, slot.start.isoformat()) for slot in read.slots if slot.start] == [
        ("Registration", "2026-11-19T08:00:00+00:00"),
        (TITLES[0], "2026-11-19T08:30:00+00:00"),
        (TITLES[1], "2026-11-20T08:00:00+00:00"),
    ]
    assert not read.warnings
    stripped = read_text(page_text(page.html))
    assert [talk.title for talk in stripped.talks] == list(TITLES)
    assert "undecided" not in page.html


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(
    ("asked", "shown", "named"),
    [
        ("0", "08:30", "UTC+00:00"),
        ("%2B1", "09:30", "UTC+01:00"),
        ("+1", "09:30", "UTC+01:00"),
        ("-1", "07:30", "UTC-01:00"),
        ("5.5", "14:00", "UTC+05:30"),
        ("%2B0530", "14:00", "UTC+05:30"),
        ("-03:30", "05:00", "UTC-03:30"),
        ("%2B5:45", "14:15", "UTC+05:45"),
        ("Z", "08:30", "UTC+00:00"),
        ("14", "22:30", "UTC+14:00"),
        ("-12", "20:30", "UTC-12:00"),
    ],
)
def test_times_at_another_offset(stranger: Visitor, asked: str, shown: str, named: str) -> None:
    page = stranger.get(f"/netconf/program/?utc={asked}")
    assert page.status == 200
    assert f">{shown}</time>" in page.html
    assert named in page.text
    assert ("-1 day" in page.text) is (asked == "-12")


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize("asked", ["15", "-13", "abc", "5.33", "1:7", "--1", "1e3", "99999", "+"])
def test_a_wrong_offset_is_an_error_beside_its_field(stranger: Visitor, asked: str) -> None:
    page = stranger.get(f"/netconf/program/?utc={asked}")
    assert page.status == 422
    assert "is not an offset from UTC" in page.text
    assert ">09:30</time>" in page.html


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize("name", ["", "speakers/", "embed.html", "embed.js", *OFFERED])
def test_is_cached_by_its_bytes_and_sets_no_cookie(stranger: Visitor, name: str) -> None:
    first = stranger.get(f"/netconf/program/{name}").response
    assert first.status_code == 200
    assert "Set-Cookie" not in first.headers
    assert "public" in first.headers["Cache-Control"]
    again = stranger.client.get(
        f"/netconf/program/{name}", headers={"If-None-Match": first.headers["ETag"]}
    )
    assert again.status_code == 304
    assert again.data == b""
    assert first.headers.get("Access-Control-Allow-Origin") == (
        None if name in ("", "speakers/") else "*"
    )


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize("name", OFFERED)
def test_every_format_is_served_as_it_is_written(
    stranger: Visitor, db: Session, published: tuple[Conference, list[Submission]], name: str
) -> None:
    conference, _ = published
    version = versions.latest(db, conference)
    assert version is not None
    config = stranger.client.application.extensions["cfp"].config
    edition = versions.edition_of(db, conference, version, Links(config.base_url))
    answer = stranger.get(f"/netconf/program/{name}").response
    assert answer.data == WRITERS[name].write(edition)
    assert answer.mimetype == WRITERS[name].mimetype
    shown = "attachment" if name == "program.html" else "inline"
    assert answer.headers["Content-Disposition"] == f'{shown}; filename="netconf-{name}"'


@pytest.mark.usefixtures("published")
def test_formats_that_do_not_exist_are_not_found(stranger: Visitor) -> None:
    for path in ("netconf/program/program.doc", "nowhere/program/program.txt"):
        assert stranger.get(f"/{path}").status == 404


def test_chosen_talks_have_a_calendar_of_their_own(
    stranger: Visitor, published: tuple[Conference, list[Submission]]
) -> None:
    codes = [talk.code for talk in published[1][:2]]
    calendar = stranger.get(f"/netconf/program/schedule.ics?talks={codes[1]},ZZZZZZ").html
    assert calendar.count("BEGIN:VEVENT") == 1
    assert codes[1] in calendar
    assert codes[0] not in calendar


def test_what_is_known_takes_one_statement(
    stranger: Visitor, published: tuple[Conference, list[Submission]], engine: object
) -> None:
    code = published[1][0].code
    for path in ("", "program.txt", f"talks/{code}/"):
        stranger.get(f"/netconf/program/{path}")
        with counted(stranger.client.application.extensions["cfp"].engine) as statements:
            stranger.get(f"/netconf/program/{path}")
        assert len(statements) == 1, statements


def test_that_statement_stands_in_no_transaction_and_those_after_it_do(
    stranger: Visitor, published, db: Session
) -> None:
    """The pool hands the same connection on, as it was."""
    engine: Engine = stranger.client.application.extensions["cfp"].engine
    stranger.get("/netconf/program/")
    alone: list[bool] = []

    def look(connection: Connection, *_rest: object) -> None:
        alone.append(not _in_transaction(connection))

    event.listen(engine, "after_cursor_execute", look)
    stranger.get("/netconf/program/")
    assert alone == [True]
    with open_session(engine, writes=True) as other:
        make_person(other, "Nobody Yet")
        assert alone[-1] is False
    assert db.scalars(select(Person).where(Person.name == "Nobody Yet")).all() == []


def _in_transaction(connection: Connection) -> bool:
    driver: Any = connection.connection.dbapi_connection
    if isinstance(driver, sqlite3.Connection):
        return driver.in_transaction
    return bool(driver.info.transaction_status)


def test_a_talk_has_its_page_and_others_have_none(
    stranger: Visitor, db: Session, published: tuple[Conference, list[Submission]]
) -> None:
    conference, talks = published
    page = stranger.get(f"/netconf/program/talks/{talks[0].code}/")
    assert page.status == 200
    assert "Ben Sample" in page.text
    undecided = db.query(Submission).filter_by(state="submitted").one()
    unknown = stranger.get("/netconf/program/talks/ZZZZZZ/")
    hidden = stranger.get(f"/netconf/program/talks/{undecided.code}/")
    assert (hidden.status, hidden.html) == (404, unknown.html)
    assert stranger.get("/nowhere/program/").status == 404
    assert conference.slug == "netconf"


def test_a_link_appears_at_once_and_a_change_only_when_published(
    stranger: Visitor, db: Session, published: tuple[Conference, list[Submission]]
) -> None:
    conference, talks = published
    stranger.get("/netconf/program/")
    talks[0].title = "Changed later"
    db.add(
        Material(
            conference_id=conference.id,
            submission_id=talks[0].id,
            kind="slides",
            url="https://example.org/slides.pdf",
            given=NOW + timedelta(hours=1),
        )
    )
    db.commit()
    page = stranger.get("/netconf/program/")
    assert "https://example.org/slides.pdf" in page.html
    assert "Changed later" not in page.html
    version = versions.publish(db, SYSTEM, conference, note="Typo.", now=NOW)
    db.commit()
    assert version.number == 2
    assert version.differences == [
        {"kind": "changed", "title": "Changed later", "details": ["title"]}
    ]
    assert "Changed later" in stranger.get("/netconf/program/").html


def test_what_is_withdrawn_after_publishing_stays_as_canceled(
    stranger: Visitor, db: Session, published: tuple[Conference, list[Submission]]
) -> None:
    conference, talks = published
    before = versions.program_of(versions.latest(db, conference))
    talks[0].state = "withdrawn"
    db.flush()
    after = versions.program_of(
        versions.publish(db, SYSTEM, conference, note="", now=NOW + timedelta(days=1))
    )
    db.commit()
    assert after.talk_by_code[talks[0].code].canceled
    kept = {slot.guid: slot for slot in before.slots}
    for slot in after.slots:
        assert slot.guid in kept
        assert (slot.changed_in == 2) is (slot.talk == talks[0].code)
    page = stranger.get("/netconf/program/")
    assert talks[0].title not in [talk.title for talk in read_html(page.html).talks]
    assert "Canceled" in stranger.get(f"/netconf/program/talks/{talks[0].code}/").text
    calendar = stranger.get("/netconf/program/schedule.ics").html
    assert "STATUS:CANCELLED" in calendar


@pytest.mark.usefixtures("published")
def test_other_sites_may_show_the_schedule(stranger: Visitor) -> None:
    for name in ("embed.html", "embed.js"):
        answer = stranger.get(f"/netconf/program/{name}").response
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
    fragment = stranger.get("/netconf/program/embed.html").html
    assert "http://localhost/netconf/program/talks/" in fragment
    assert not re.search(r"<(script|style|link|html)|\bid=", fragment)


def test_a_speaker_has_a_page_and_nobody_else(
    stranger: Visitor, db: Session, published: tuple[Conference, list[Submission]]
) -> None:
    codes = {
        speaker.name: speaker.code
        for speaker in db.query(Speaker).filter_by(submission_id=published[1][0].id)
    }
    page = stranger.get(f"/netconf/program/speakers/{codes['Ada Example']}/")
    assert all(title in page.text for title in TITLES)
    assert "undecided" not in page.text
    hidden = db.query(Speaker).join(Submission).filter(Submission.state == "submitted").one()
    for code in (hidden.code, "ZZZZZZ"):
        assert stranger.get(f"/netconf/program/speakers/{code}/").status == 404
    listed = stranger.get("/netconf/program/speakers/")
    assert listed.text.count("Ada Example") == 1


@pytest.mark.usefixtures("published")
def test_what_one_room_or_the_command_line_alone_has_is_not_there(stranger: Visitor) -> None:
    for name in ("grid/", "static.zip", "book.pdf"):
        assert stranger.get(f"/netconf/program/{name}").status == 404


def test_the_preview_is_the_page_with_links_that_lead_there(
    visitor_as: Callable[[Person], Visitor],
    db: Session,
    published: tuple[Conference, list[Submission]],
) -> None:
    conference, talks = published
    page = visitor_as(make_chair(db, conference)).get("/netconf/chair/program/preview")
    assert [talk.title for talk in read_html(page.html).talks] == list(TITLES)
    assert f'href="/netconf/program/talks/{talks[0].code}/"' in page.html
