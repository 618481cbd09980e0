"""The chairs' page of the call: extend, remind, open, close."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from cfp import clock
from cfp.audit import AuditEntry
from cfp.domain.accounts.models import Person
from cfp.domain.conferences.models import Conference
from cfp.domain.mail.models import Message
from tests.factories import give_role, make_person, make_submission
from tests.support.setting import make_chair, open_conference, raw_post
from tests.support.statements import counted
from tests.support.visitor import Visitor

Log_in = Callable[[Person], Visitor]
CALL = "/netconf/chair/call/"
SECRET = "Unsubmitted masterpiece"


@pytest.fixture
def conference(db: Session) -> Conference:
    return open_conference(db)


@pytest.fixture
def visitor(visitor_as: Log_in, db: Session, conference: Conference) -> Visitor:
    return visitor_as(make_chair(db, conference))


@pytest.fixture
def drafts(db: Session, conference: Conference) -> None:
    """Two drafts of one person, one of another, and somebody who has submitted."""
    ada, ben = make_person(db, "Ada", email="ada@example.org"), make_person(db, "Ben")
    for person in (ada, ada, ben):
        make_submission(db, conference, [person], title=SECRET, state="draft")
    make_submission(db, conference, [make_person(db, "Cy", email="cy@example.org")])
    db.commit()


def messages(db: Session) -> list[Message]:
    return list(db.scalars(select(Message).order_by(Message.id)))


def test_counts_but_never_what_drafts_say(
    visitor: Visitor, drafts: None, conference: Conference
) -> None:
    page = visitor.get(CALL)
    assert "1 submitted" in page.text
    assert "3 drafts of 2 people" in page.text
    for path in (CALL, CALL + "remind", CALL + "extend"):
        assert SECRET not in visitor.get(path).html


def test_drafts_are_reminded_once_each_when_the_number_is_typed(
    visitor: Visitor, drafts: None, db: Session
) -> None:
    page = visitor.get(CALL + "remind")
    assert "Not submitted yet" in page.text
    for wrong in ("", "3", "two", "-2"):
        refused = raw_post(visitor, CALL + "remind", {"count": wrong}, having="count")
        assert (refused.status, "Type 2," in refused.text) == (422, True)
    assert messages(db) == []
    page = visitor.submit(page, {"count": "2"}, press="Send")
    assert "2 mails are on their way." in page.text
    assert "Last reminded" in page.text
    sent = messages(db)
    assert [m.kind for m in sent] == ["draft_reminder"] * 2
    assert all(SECRET not in m.subject + m.body and m.submission_id is None for m in sent)
    visitor.submit(visitor.get(CALL + "remind"), {"count": "2"}, press="Send")
    assert len(messages(db)) == 2


def test_a_double_click_reminds_once(visitor: Visitor, drafts: None, db: Session) -> None:
    data = dict(visitor.get(CALL + "remind").form("count").fields) | {"count": "2"}
    locations = {visitor.client.post(CALL + "remind", data=data).location for _ in range(2)}
    assert len(locations) == 1
    entries = db.scalars(select(AuditEntry.action)).all()
    assert entries == ["call.remind_drafts"]


@pytest.mark.parametrize(("tell", "told"), [("nobody", 0), ("drafts", 2), ("everybody", 3)])
def test_extending_is_one_action_that_tells_who_is_chosen(
    visitor: Visitor, drafts: None, db: Session, conference: Conference, tell: str, told: int
) -> None:
    before = conference.deadline
    page = visitor.get(CALL + "extend")
    page = visitor.submit(page, {"tell": tell}, press="Extend the deadline")
    assert page.path == CALL
    assert conference.deadline - before >= timedelta(days=6, hours=23)
    sent = messages(db)
    assert [m.kind for m in sent] == ["deadline_extended"] * told
    assert all(SECRET not in m.body for m in sent)
    new = f"{conference.deadline:%Y}"
    assert all(new in m.body for m in sent)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"deadline_date": "2026-01-01"}, "not later"),
        ({"deadline_date": ""}, "Give the day"),
        ({"tell": "the press"}, "Not a valid choice"),
        ({"tell": None}, "Choose who is told."),
        ({"deadline_zone": "Nowhere"}, "Not a valid choice"),
        ({"deadline_time": "noon"}, "Not a valid time"),
    ],
)
def test_a_bad_extension(
    visitor: Visitor, db: Session, conference: Conference, change: dict[str, object], said: str
) -> None:
    before = conference.deadline
    page = raw_post(visitor, CALL + "extend", change, having="tell")
    assert (page.status, said in page.text) == (422, True)
    assert conference.deadline == before


def test_close_now_and_extend_again(
    visitor: Visitor, stranger: Visitor, conference: Conference
) -> None:
    page = visitor.submit(visitor.get(CALL), press="Close the call now")
    assert "The call is closed." in page.text
    assert "Closed since" in stranger.get("/netconf/").text
    token = dict(page.forms()[0].fields)
    assert visitor.client.post(CALL + "close", data=token).status_code == 409
    page = visitor.submit(visitor.get(CALL + "extend"), press="Extend the deadline")
    assert "Open until" in stranger.get("/netconf/").text


def test_open_now(visitor: Visitor, stranger: Visitor, db: Session, conference: Conference) -> None:
    conference.opens = clock.now() + timedelta(days=2)
    db.commit()
    assert "Opens" in stranger.get("/netconf/").text
    assert "Submit your talk" not in stranger.get("/netconf/").links()
    visitor.submit(visitor.get(CALL), press="Open the call now")
    assert "Submit your talk" in stranger.get("/netconf/").links()
    conference.opens, conference.deadline = None, clock.now() - timedelta(days=1)
    db.commit()
    page = visitor.submit(visitor.get(CALL), press="Open the call now")
    assert (page.status, "extend it" in page.text) == (409, True)


def test_it_is_the_chairs_alone(
    visitor: Visitor, visitor_as: Log_in, stranger: Visitor, db: Session, conference: Conference
) -> None:
    for kind in ("reviewer", "reader"):
        person = make_person(db)
        give_role(db, conference, person, kind)
        other = visitor_as(person)
        for path in ("", "extend", "remind"):
            assert other.get(CALL + path).status == 404
        token = dict(other.get("/netconf/").forms()[0].fields)
        for path in ("open", "close"):
            assert other.client.post(CALL + path, data=token).status_code == 404
    assert stranger.get(CALL).path.startswith("/account/log-in")
    assert visitor.client.get(CALL + "close").status_code == 405
    assert visitor.client.post(CALL + "close").status_code == 422


def test_it_is_cheap(visitor: Visitor, drafts: None, app: object) -> None:
    engine: Engine = app.extensions["cfp"].engine  # type: ignore[attr-defined]
    for path in ("", "extend", "remind"):
        with counted(engine) as statements:
            visitor.get(CALL + path)
        assert len(statements) <= 15
