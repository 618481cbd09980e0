"""What everybody sees: all conferences, the call of one, and whether the service lives."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from cfp import clock
from cfp.app import Runtime
from cfp.domain.accounts.models import Person
from cfp.domain.conferences.models import Conference
from cfp.domain.program.models import ProgramVersion
from tests.factories import NOW, make_person, make_submission, make_track
from tests.support.setting import make_administrator, make_chair, open_conference
from tests.support.statements import counted
from tests.support.visitor import Visitor

Log_in = Callable[[Person], Visitor]


@pytest.fixture
def conference(db: Session) -> Conference:
    start = clock.now().date() + timedelta(days=90)
    conference = open_conference(db, start_date=start, end_date=start)
    db.commit()
    return conference


def test_the_call(stranger: Visitor, conference: Conference, db: Session) -> None:
    conference.sections = {"introduction": "All about flows.", "booking": "Hotel Moon."}
    conference.decisions_by = date(2031, 1, 2)
    db.commit()
    page = stranger.get("/netconf/")
    assert f"<title>{conference.name}</title>" in page.html
    for said in (
        conference.name,
        "All about flows.",
        "Hotel and travel",
        "Talk, 25 minutes and 5 for discussion",
        "Open until",
        "in 1",
        "2 Jan 2031",
        "Reviewers see who speaks.",
    ):
        assert said in page.text
    for silent in ("Tracks", "Main", "How to attend", "Program", "Chairing"):
        assert silent not in page.text
    assert stranger.get(page.links()["Submit your talk"]).status == 200


def test_a_deadline_anywhere_on_earth_is_shown_in_both_zones(
    stranger: Visitor, conference: Conference, db: Session
) -> None:
    conference.deadline_zone = "Etc/GMT+12"
    db.commit()
    page = stranger.get("/netconf/")
    assert page.text.index("AoE") < page.text.index("Prague (") if "Prague (" in page.text else True
    assert "AoE" in page.text
    assert page.html.count("<time") >= 3


def test_several_tracks_and_a_blind_committee_are_said(
    stranger: Visitor, conference: Conference, db: Session
) -> None:
    make_track(db, conference, "Storage").description = "Disks <b>and</b> tapes."
    conference.blind = True
    db.commit()
    page = stranger.get("/netconf/")
    assert "Storage Disks <b>and</b> tapes." in page.text
    assert "keep names out" in page.text


@pytest.mark.parametrize(
    ("opens", "deadline", "archived", "said"),
    [
        (1, 5, False, "Opens"),
        (None, 5, False, "Not open yet."),
        (-9, -1, False, "Closed since"),
        (-9, 5, True, "Closed since"),
    ],
)
def test_no_button_when_the_call_is_not_open(
    stranger: Visitor,
    conference: Conference,
    db: Session,
    opens: int | None,
    deadline: int,
    archived: bool,
    said: str,
) -> None:
    now = clock.now()
    conference.opens = None if opens is None else now + timedelta(days=opens)
    conference.deadline = now + timedelta(days=deadline)
    conference.archived = archived
    db.commit()
    page = stranger.get("/netconf/")
    assert said in page.text
    assert "Submit your talk" not in page.links()


def test_grace_is_not_for_visitors(stranger: Visitor, conference: Conference, db: Session) -> None:
    conference.deadline, conference.grace_minutes = clock.now() - timedelta(minutes=1), 15
    db.commit()
    page = stranger.get("/netconf/")
    assert "Closed since" in page.text
    assert "grace" not in page.text.casefold()


def publish(db: Session, conference: Conference) -> None:
    db.add(
        ProgramVersion(
            conference_id=conference.id, number=1, published=NOW, program={}, differences=[]
        )
    )
    db.commit()


def test_after_publication_it_leads_to_the_program(
    stranger: Visitor, conference: Conference, db: Session
) -> None:
    publish(db, conference)
    assert stranger.get("/netconf/").links()["See the program"] == "/netconf/program/"
    assert stranger.get("/").links()["Program"] == "/netconf/program/"


def test_all_conferences(stranger: Visitor, conference: Conference, db: Session) -> None:
    past = open_conference(
        db, "old", name="Old One", start_date=date(2020, 1, 1), end_date=date(2020, 1, 2)
    )
    later = open_conference(db, "later", name="Later One")
    later.start_date = later.end_date = conference.start_date + timedelta(days=1)
    db.commit()
    page = stranger.get("/")
    places = [page.text.index(name) for name in (conference.name, "Later One", "Past", past.name)]
    assert places == sorted(places)
    assert "Call open until" in page.text
    assert "New conference" not in page.text


def test_nothing_private_shows(
    stranger: Visitor, visitor_as: Log_in, conference: Conference, db: Session
) -> None:
    chair = make_chair(db, conference, "Cher Secret")
    make_submission(db, conference, [make_person(db, "Sam Speaker")], title="Secret Talk")
    db.commit()
    for path in ("/", "/netconf/"):
        html = stranger.get(path).html
        for hidden in ("Cher", "Sam", "Secret Talk"):
            assert hidden not in html
    assert "Chairing" in visitor_as(chair).get("/netconf/").links()


def test_an_empty_instance_says_what_to_do(
    stranger: Visitor, visitor_as: Log_in, db: Session
) -> None:
    assert "Administrators log in" in stranger.get("/").text
    assert visitor_as(make_person(db)).get("/").path == "/"
    assert visitor_as(make_administrator(db)).get("/").path == "/new"


def test_no_such_conference(stranger: Visitor, conference: Conference) -> None:
    for path in ("/nowhere/", "/NETCONF/", "/netconf%00/", "/../"):
        assert stranger.get(path).status == 404
    assert stranger.get("/?q=%00").status == 400
    assert stranger.client.post("/netconf/").status_code in (405, 422)


def test_it_is_cheap(stranger: Visitor, conference: Conference, db: Session, app: object) -> None:
    engine: Engine = app.extensions["cfp"].engine  # type: ignore[attr-defined]
    for number in range(30):
        open_conference(db, f"more{number}")
    db.commit()
    for path, most in (("/", 3), ("/netconf/", 5)):
        with counted(engine) as statements:
            stranger.get(path)
        assert len(statements) <= most


def test_watchers(stranger: Visitor, engine: Engine, database_url: str) -> None:
    assert stranger.get("/healthz").status == 200
    assert stranger.get("/readyz").status == 200


def test_not_ready_on_a_full_disk(stranger: Visitor, app: Flask) -> None:
    runtime = app.extensions["cfp"]
    full = replace(runtime.config, instance=Path("/proc"))  # which never has a free byte
    app.extensions["cfp"] = Runtime(full, runtime.engine)
    assert stranger.get("/healthz").status == 200
    assert stranger.get("/readyz").status == 503
    assert stranger.get("/").status == 200


def test_not_ready_without_migrations(stranger: Visitor, db: Session) -> None:
    db.execute(text("DELETE FROM alembic_version"))
    db.commit()
    assert stranger.get("/healthz").status == 200
    assert stranger.get("/readyz").status == 503
