"""Write to whom a list names: to whom, how it reads for each, and only when the number is typed."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from cfp.audit import AuditEntry
from cfp.domain.accounts.models import Person
from cfp.domain.conferences.models import Conference
from cfp.domain.mail.models import Message
from cfp.domain.submissions.models import Submission
from tests.factories import give_role, make_person, make_submission
from tests.support.setting import make_chair, open_conference, raw_post
from tests.support.statements import counted
from tests.support.visitor import Page, Visitor

Log_in = Callable[[Person], Visitor]
WRITE = "/netconf/chair/write"
TEXT = {"subject": "About {title}", "body": "Dear {name},\n\nsee {link}."}


@pytest.fixture
def conference(db: Session) -> Conference:
    return open_conference(db)


@pytest.fixture
def visitor(visitor_as: Log_in, db: Session, conference: Conference) -> Visitor:
    return visitor_as(make_chair(db, conference))


@pytest.fixture
def talks(db: Session, conference: Conference) -> dict[str, Submission]:
    """Flows by Ada and Ben, Disks by Ada and somebody only named, a draft by Dora."""
    ada, ben, dora = (
        make_person(db, name, email=f"{name.lower()}@example.org")
        for name in ("Ada", "Ben", "Dora")
    )
    made = {
        "flows": make_submission(db, conference, [ada, ben], title="Flows"),
        "disks": make_submission(db, conference, [ada, "Named Only"], title="Disks"),
        "draft": make_submission(db, conference, [dora], title="Hidden draft", state="draft"),
    }
    db.commit()
    return made


def messages(db: Session) -> list[Message]:
    return list(db.scalars(select(Message).order_by(Message.recipient, Message.epoch)))


def send(visitor: Visitor, query: str, count: int, **values: str) -> Page:
    page = visitor.submit(
        visitor.get(f"{WRITE}?{query}"), {**TEXT, **values}, press="Read them first"
    )
    assert page.status == 200, page.text
    return visitor.submit(page, {"count": str(count)}, press="Send")


def test_one_mail_to_each_person_of_the_filter(
    visitor: Visitor, talks: dict[str, Submission], db: Session
) -> None:
    link = visitor.get("/netconf/chair/people/?who=speakers").links()["Write to these 3"]
    page = visitor.get(link)
    assert "Write to 3 people" in page.text
    assert "Named Only" in page.text
    assert "Dora" not in page.text
    page = visitor.submit(page, TEXT, press="Read them first")
    assert "About Flows; Disks" in page.text
    assert messages(db) == []
    page = visitor.submit(page, {"count": "2"}, press="Send")
    assert page.path == "/netconf/chair/people/?who=speakers"
    assert "2 mails are on their way." in page.text
    sent = messages(db)
    assert [(m.recipient, m.subject) for m in sent] == [
        ("ada@example.org", "About Flows; Disks"),
        ("ben@example.org", "About Flows"),
    ]
    assert sent[1].body == (
        f"Dear Ben,\n\nsee http://localhost/netconf/submissions/{talks['flows'].code}/.\n"
    )
    assert {m.kind for m in sent} == {"free"}
    assert db.scalars(select(AuditEntry.action)).all() == ["message.write"]


def test_one_mail_about_each_talk_to_all_its_speakers(
    visitor: Visitor, talks: dict[str, Submission], db: Session
) -> None:
    codes = ",".join(talk.code for talk in talks.values())
    send(visitor, f"to=talks&codes={codes}", 3)
    sent = messages(db)
    assert sorted((m.recipient, m.subject, m.submission_id) for m in sent) == [
        ("ada@example.org", "About Disks", talks["disks"].id),
        ("ada@example.org", "About Flows", talks["flows"].id),
        ("ben@example.org", "About Flows", talks["flows"].id),
    ]


def test_a_line_for_each(visitor: Visitor, talks: dict[str, Submission], db: Session) -> None:
    query = f"to=talks&codes={talks['flows'].code}"
    page = visitor.submit(
        visitor.get(f"{WRITE}?{query}"), {**TEXT, "lines": "X1"}, press="Read them first"
    )
    assert (page.status, "1 lines for 2 mails" in page.text) == (422, True)
    send(visitor, query, 2, body="Code: {line}", lines="X1\n\nX2\n")
    assert [m.body for m in messages(db)] == ["Code: X1\n", "Code: X2\n"]


def test_one_person(visitor: Visitor, db: Session, conference: Conference) -> None:
    rea = make_person(db, "Rea", email="rea@example.org")
    give_role(db, conference, rea, "reviewer")
    send(visitor, f"to=person&one={rea.code}", 1, subject="Hello")
    assert [(m.recipient, m.person_id) for m in messages(db)] == [("rea@example.org", rea.id)]


def test_a_name_is_text_and_no_placeholder(
    visitor: Visitor, talks: dict[str, Submission], db: Session
) -> None:
    talks["flows"].title = "{contact} <b>&\r\nBcc: x@example.org"
    db.commit()
    page = visitor.submit(
        visitor.get(f"{WRITE}?to=talks&codes={talks['flows'].code}"), TEXT, press="Read them first"
    )
    assert "<b>&amp;" not in page.html.replace("&lt;b&gt;", "")
    visitor.submit(page, {"count": "2"}, press="Send")
    assert {m.subject for m in messages(db)} == {"About {contact} <b>& Bcc: x@example.org"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"count": ""}, "Type 3,"),
        ({"count": "2"}, "Type 3,"),
        ({"count": "\uff13"}, "Type 3,"),
        ({"count": None}, "Type 3,"),
        ({"count": "3", "subject": ""}, "Give the mail a subject."),
        ({"count": "3", "subject": "a\nBcc: b@example.org"}, "can't be stored"),
        ({"count": "3", "body": "{reviewer}"}, "{reviewer} is not among"),
        ({"count": "3", "body": "x\x00"}, "can't be stored"),
        ({"count": "3", "body": "x" * 1_000_000}, "cannot be longer"),
        ({"count": "3", "per": "everybody"}, "Not a valid choice"),
    ],
)
def test_nothing_goes_out_by_mistake(
    visitor: Visitor,
    talks: dict[str, Submission],
    db: Session,
    change: dict[str, object],
    said: str,
) -> None:
    codes = ",".join(talk.code for talk in talks.values())
    path = f"{WRITE}?to=talks&codes={codes}"
    page = raw_post(visitor, path, {**TEXT, "send": "1", **change}, having="body")
    assert (page.status, said in page.text) == (422, True)
    assert messages(db) == []


def test_a_wrong_number_shows_the_mails_again(
    visitor: Visitor, talks: dict[str, Submission], db: Session
) -> None:
    page = send(visitor, "to=people&who=speakers", 7)
    assert (page.status, "About Flows; Disks" in page.text) == (422, True)
    visitor.submit(page, {"count": "2"}, press="Send")
    assert len(messages(db)) == 2


def test_a_double_click_sends_once(
    visitor: Visitor, talks: dict[str, Submission], db: Session
) -> None:
    path = f"{WRITE}?to=people&who=speakers"
    page = visitor.submit(visitor.get(path), TEXT, press="Read them first")
    data = {**dict(page.form("body").fields), "count": "2", "send": "1"}
    assert [visitor.client.post(path, data=data).status_code for _ in range(2)] == [303, 303]
    assert len(messages(db)) == 2


def test_nobody_of_elsewhere_and_no_draft(
    visitor: Visitor, talks: dict[str, Submission], db: Session
) -> None:
    other = open_conference(db, "other")
    foreign = make_submission(db, other, [make_person(db, "Foreign")])
    for query in (
        f"to=talks&codes={foreign.code},{talks['draft'].code}",
        "to=talks&codes=",
        "to=talks",
        f"to=person&one={'0' * 10}",
        "to=people&q=nobody+at+all",
    ):
        page = visitor.get(f"{WRITE}?{query}")
        assert (page.status, "Nobody in this list." in page.text) == (200, True)
    assert visitor.get(f"{WRITE}?to=the+press").status == 404


def test_it_is_the_chairs_alone(
    visitor_as: Log_in,
    stranger: Visitor,
    talks: dict[str, Submission],
    db: Session,
    conference: Conference,
) -> None:
    for kind in ("reviewer", "reader"):
        person = make_person(db)
        give_role(db, conference, person, kind)
        other = visitor_as(person)
        assert other.get(WRITE).status == 404
        token = dict(other.get("/netconf/").forms()[0].fields)
        data = {**token, **TEXT, "count": "2", "send": "1"}
        assert other.client.post(f"{WRITE}?to=people", data=data).status_code == 404
    assert stranger.get(WRITE).path.startswith("/account/log-in")
    assert messages(db) == []


def test_it_is_cheap(visitor: Visitor, talks: dict[str, Submission], app: object) -> None:
    engine: Engine = app.extensions["cfp"].engine  # type: ignore[attr-defined]
    with counted(engine) as statements:
        visitor.get(f"{WRITE}?to=people")
    assert len(statements) <= 10
