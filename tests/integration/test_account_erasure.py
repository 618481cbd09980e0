"""A copy of one's data, and an account's end: what goes, what stays."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from cfp import audit
from cfp.actors import Actor
from cfp.audit import AuditEntry, AuditSalt, broken_links
from cfp.db import Base, open_session
from cfp.domain.accounts.models import Account, Email, Person, Token
from cfp.domain.conferences.models import Conference, Role
from cfp.domain.mail.actions import queue
from cfp.domain.mail.models import Message
from cfp.domain.persons.erasure import erase
from cfp.domain.program.models import ProgramVersion
from cfp.domain.reviews.models import Review
from cfp.domain.submissions.models import Speaker, Submission, SubmissionRevision
from cfp.errors import NotNowError
from tests.factories import (
    NOW,
    give_role,
    make_assignment,
    make_conference,
    make_person,
    make_review,
    make_submission,
)
from tests.support.visitor import Page, Visitor

As = Callable[[Person], Visitor]
SECRETS = ("Zelda Quixotic", "quixotic@example.org", "Windmill Works", "I tilt at windmills")


@pytest.fixture
def conference(db: Session) -> Conference:
    return make_conference(db, slug="one", name="Conference One")


@pytest.fixture
def zelda(db: Session, conference: Conference) -> Person:
    """Somebody with a trace of everything a person can leave behind."""
    person = make_person(db, "Zelda Quixotic", email="Quixotic@example.org")
    person.affiliation, person.bio = "Windmill Works", "I tilt at windmills."
    other = make_person(db, "Other Owner")
    make_submission(db, conference, [person], title="An unfinished draft", state="draft")
    both = [person, other]
    talk = make_submission(db, conference, both, title="A confirmed one", state="confirmed")
    for row in db.query(Speaker).filter_by(person_id=person.id):
        row.affiliation, row.bio, row.address = "Windmill Works", person.bio, "quixotic@example.org"
        row.address_key = row.address
    talk.people_text = "zelda quixotic windmill works other owner"
    code = db.query(Speaker).filter_by(person_id=person.id, submission_id=talk.id).one().code
    speakers = [{"code": code, "name": "Zelda Quixotic", "affiliation": "Windmill Works"}]
    db.add(
        SubmissionRevision(
            conference_id=conference.id,
            submission_id=talk.id,
            number=1,
            content={"title": "Before", "speakers": speakers},
            at=NOW,
        )
    )
    reviewed = make_submission(db, conference, [other], title="Somebody else's")
    give_role(db, conference, person, "reviewer")
    make_assignment(db, reviewed, person, "done")
    make_review(db, reviewed, person, committee_text="A fair review.")
    queue(
        db,
        kind="received",
        object_key="submission:1",
        epoch=0,
        person=person,
        recipient="quixotic@example.org",
        recipient_name="Zelda Quixotic",
        subject="We have your talk",
        body="Hello Zelda Quixotic",
        conference=conference,
        due=NOW,
        now=NOW,
    )
    frozen = {"talks": [{"title": "A confirmed one", "speakers": ["Zelda Quixotic"]}]}
    db.add(
        ProgramVersion(conference_id=conference.id, number=1, published=NOW, program=frozen)
    )
    actor = Actor(person_id=person.id)
    after = {"title": "A confirmed one"}
    audit.record(db, actor, "submission.edit", "submission:X", now=NOW, after=after)
    db.commit()
    return person


def delete_account(visitor: Visitor) -> Page:
    return visitor.submit(visitor.get("/account/data"), {"sure": True})


def everything(db: Session, *but: str) -> str:
    """All rows of all tables as text."""
    tables = [table for table in Base.metadata.sorted_tables if table.name not in but]
    return "\n".join(
        f"{table.name}: {tuple(row)!r}" for table in tables for row in db.execute(select(table))
    )


def test_the_person_is_gone_from_every_table(
    db: Session, zelda: Person, visitor_as: As
) -> None:
    visitor = visitor_as(zelda)
    visitor.get("/account/log-in")
    before = everything(db, "program_version").lower()
    for secret in SECRETS:
        assert secret.lower() in before, f"the test plants no {secret!r}"
    page = delete_account(visitor)
    assert page.path == "/"
    kept = everything(db, "program_version").lower()
    for secret in SECRETS:
        assert secret.lower() not in kept
    assert visitor.client.get("/account/").status_code == 302


def test_what_others_decided_and_published_stays(
    db: Session, zelda: Person, visitor_as: As
) -> None:
    delete_account(visitor_as(zelda))
    titles = set(db.scalars(select(Submission.title)))
    assert titles == {"A confirmed one", "Somebody else's"}
    places = {row.name for row in db.query(Speaker)}
    assert "Deleted person" in places
    assert "Other Owner" in places
    assert db.query(Review).one().committee_text == "A fair review."
    assert db.get_one(Person, zelda.id).name == "Deleted person"
    assert "Zelda Quixotic" in json.dumps(db.query(ProgramVersion).one().program)
    assert db.query(Role).filter_by(person_id=zelda.id).count() == 0
    assert db.query(Account).filter_by(person_id=zelda.id).count() == 0
    assert [mail.state for mail in db.query(Message)] == ["canceled"]


def test_the_log_stays_whole_without_the_salts(
    db: Session, zelda: Person, visitor_as: As
) -> None:
    entries = db.scalar(select(func.count()).select_from(AuditEntry)) or 0
    delete_account(visitor_as(zelda))
    assert broken_links(db) == []
    assert db.scalar(select(func.count()).select_from(AuditEntry)) == entries + 1
    assert db.query(AuditSalt).count() == 0


def test_the_address_can_begin_anew(
    db: Session, zelda: Person, visitor_as: As, stranger: Visitor
) -> None:
    delete_account(visitor_as(zelda))
    stranger.submit(stranger.get("/account/log-in"), {"email": "quixotic@example.org"})
    assert db.query(Email).filter_by(key="quixotic@example.org").count() == 0
    assert db.query(Token).count() == 1


def test_the_only_chair_is_told_to_hand_over(
    db: Session, conference: Conference, visitor_as: As
) -> None:
    chair = make_person(db, "Chair")
    give_role(db, conference, chair, "chair")
    without_account = make_person(db, "Ghost", account=False)
    give_role(db, conference, without_account, "chair")
    switched_off = make_person(db, "Off")
    db.query(Account).filter_by(person_id=switched_off.id).update({"disabled": True})
    give_role(db, conference, switched_off, "chair")
    visitor = visitor_as(chair)
    page = visitor.get("/account/data")
    assert "only chair of Conference One" in page.text
    token = dict(visitor.get("/account/addresses").form("email").fields)["csrf_token"]
    data = {"csrf_token": token, "sure": "y"}
    assert visitor.client.post("/account/delete", data=data).status_code == 409
    assert db.query(Account).filter_by(person_id=chair.id).count() == 1
    give_role(db, conference, make_person(db, "Second"), "chair")
    delete_account(visitor)
    assert db.query(Account).filter_by(person_id=chair.id).count() == 0


def test_the_only_administrator_stays(db: Session, visitor_as: As) -> None:
    root = make_person(db, "Root")
    db.query(Account).filter_by(person_id=root.id).update({"administrator": True})
    assert delete_account(visitor_as(root)).status == 409
    assert db.query(Account).filter_by(person_id=root.id).count() == 1


@pytest.mark.parametrize("last", ["chairs", "administrators"])
def test_the_last_two_cannot_both_leave_at_once(
    db: Session, engine: Engine, conference: Conference, last: str
) -> None:
    two = [make_person(db, name).id for name in ("First", "Second")]
    for one in two:
        if last == "chairs":
            give_role(db, conference, db.get_one(Person, one), "chair")
        else:
            db.query(Account).filter_by(person_id=one).update({"administrator": True})
    db.commit()
    together = Barrier(2)

    def leave(person_id: int) -> str:
        with open_session(engine, writes=True) as own:
            together.wait(timeout=30)
            try:
                erase(own, Actor(person_id=person_id), person_id=person_id, now=NOW)
                own.commit()
            except NotNowError as error:
                return error.key
            return "left"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(leave, two)) == ["left", f"only_{last.removesuffix('s')}"]


def test_deleting_needs_the_tick(db: Session, zelda: Person, visitor_as: As) -> None:
    visitor = visitor_as(zelda)
    page = visitor.submit(visitor.get("/account/data"), {"sure": False})
    assert page.status == 422
    assert 'id="sure-error"' in page.html
    assert visitor.client.get("/account/delete").status_code == 405
    assert db.query(Account).filter_by(person_id=zelda.id).count() == 1


def test_the_copy_holds_what_is_ones_own(
    db: Session, zelda: Person, visitor_as: As, engine: Engine
) -> None:
    visitor = visitor_as(zelda)
    answer = visitor.client.get("/account/data.json")
    assert answer.headers["Content-Disposition"] == "attachment; filename=my-data.json"
    data = json.loads(answer.text)
    assert data["person"]["name"] == "Zelda Quixotic"
    assert {talk["title"] for talk in data["submissions"]} == {
        "An unfinished draft",
        "A confirmed one",
    }
    assert [review["committee_text"] for review in data["reviews"]] == ["A fair review."]
    assert [score["value"] for score in data["scores"]] == [4]
    assert [mail["subject"] for mail in data["mails"]] == ["We have your talk"]


def test_the_copy_holds_nothing_of_others(
    db: Session, conference: Conference, zelda: Person, visitor_as: As
) -> None:
    judge = make_person(db, "Judge Hidden", email="judge@example.org")
    talk = db.query(Submission).filter_by(title="A confirmed one").one()
    make_review(db, talk, judge, committee_text="Secretly dull.")
    text = visitor_as(zelda).client.get("/account/data.json").text
    for secret in ("Judge", "judge@", "Secretly dull", "Other Owner", "Somebody else"):
        assert secret not in text
