"""The conference's own questions on the confirm page: asked, answered, read, and by whom."""

import csv
from collections.abc import Callable
from io import StringIO

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp.actors import SYSTEM
from cfp.domain.accounts.models import Person
from cfp.domain.accounts.queries import actor_of_person
from cfp.domain.conferences.actions import NewConference, clone
from cfp.domain.conferences.models import Conference, ConfirmQuestion, Track
from cfp.domain.conferences.queries import confirm_questions_of
from cfp.domain.decisions import confirmations
from cfp.domain.decisions.models import ConfirmAnswer, Confirmation, Decision
from cfp.domain.persons.erasure import erase
from cfp.domain.persons.exporting import own_data
from cfp.domain.submissions.models import Speaker, Submission
from cfp.domain.submissions.states import State
from tests.factories import NOW, give_role, make_person, make_question, make_submission, make_track
from tests.support.talks import LINKS, hours, open_conference
from tests.support.visitor import Page, Value, Visitor

COLUMNS = (
    *("code", "title", "announced", "format", "minutes", "at", "state", "answered", "mails"),
    *("given", "time zone", "recording", "format fits", "remark"),
)
"""Of the list of what is announced, before the conference's own questions."""
As = Callable[[Person], Visitor]
ANSWER = {"format_fits": "yes", "remote": "no", "recording": "yes"}
SETTINGS = "/netconf/chair/settings/confirm/"


@pytest.fixture
def conference(db: Session) -> Conference:
    return open_conference(db)


@pytest.fixture
def ada(db: Session) -> Person:
    return make_person(db, "Ada Example", email="ada@example.org")


@pytest.fixture
def chair(db: Session, conference: Conference) -> Person:
    chair = make_person(db, "Cora Chair")
    give_role(db, conference, chair, "chair")
    db.commit()
    return chair


@pytest.fixture
def talk(db: Session, conference: Conference, ada: Person) -> Submission:
    talk = make_submission(db, conference, [ada, "Chen"], state="accepted", title="Flows")
    given = {"outcome": "accepted", "type_id": talk.type_id, "at": hours(0)}
    db.add(Decision(conference_id=conference.id, submission_id=talk.id, **given))
    db.commit()
    return talk


def url(talk: Submission) -> str:
    return f"/netconf/submissions/{talk.code}/confirm"


def said(db: Session) -> dict[str, str]:
    db.expire_all()
    names = select(ConfirmQuestion.name, ConfirmAnswer.text).join(
        ConfirmAnswer, ConfirmAnswer.question_id == ConfirmQuestion.id
    )
    return {row[0]: row[1] for row in db.execute(names)}


def names(db: Session, conference: Conference) -> list[str]:
    db.expire_all()
    return [one.name for one in confirm_questions_of(db, conference)]


def asked(chair: Visitor, **values: Value) -> Page:
    return chair.submit(chair.get(f"{SETTINGS}new"), values, press="Save")


def test_chairs_ask_order_change_and_archive(
    db: Session, conference: Conference, chair: Person, visitor_as: As
) -> None:
    visitor = visitor_as(chair)
    assert "You ask nothing of your own." in visitor.get(SETTINGS).text
    page = asked(visitor, name="Size?", kind="choice", options="S\nM\nL", required=True)
    assert page.path == SETTINGS
    page = asked(visitor, name="Dinner?", kind="yes_no")
    assert names(db, conference) == ["Size?", "Dinner?"]
    visitor.submit(page, {}, press="Move up Dinner?")
    assert names(db, conference) == ["Dinner?", "Size?"]
    assert "Dinner?, Size?" in visitor.get("/netconf/chair/settings/").text
    for values, message in (
        ({"name": "", "kind": "text"}, "Say what you ask."),
        ({"name": "x" * 121, "kind": "text"}, "120"),
        ({"name": "Kept", "kind": "choice", "options": "one"}, "at least two different answers"),
        ({"name": "Kept", "kind": "yes_no", "options": "one"}, "Only choosing one has answers"),
    ):
        page = asked(visitor, **values)
        assert page.status == 422, values
        assert message in page.text
    dinner = confirm_questions_of(db, conference)[0]
    visitor.submit(visitor.get(SETTINGS), to=f"{SETTINGS}{dinner.id}/archive")
    assert names(db, conference) == ["Size?"]
    visitor.submit(visitor.get(SETTINGS), press="Use again Dinner?")
    assert names(db, conference) == ["Dinner?", "Size?"]


def test_they_are_answered_with_log_in_and_by_the_mail_s_button(
    db: Session,
    conference: Conference,
    ada: Person,
    talk: Submission,
    visitor_as: As,
    stranger: Visitor,
) -> None:
    needs = make_question(db, conference, "What do you need?", help="There is HDMI.")
    dinner = make_question(db, conference, "Dinner?", kind="yes_no", required=True)
    size = make_question(db, conference, "Size?", kind="choice", options=["S", "M"])
    make_question(db, conference, "Archived?", archived=True)
    secret = confirmations.issue_confirm_token(db, conference, talk, ada, now=hours(0))
    db.commit()
    page = stranger.get(f"/confirm/{secret}")
    assert "There is HDMI." in page.text
    assert "Archived?" not in page.text
    typed = {**ANSWER, f"question_{needs.id}": "A pointer", f"question_{size.id}": "M"}
    page = stranger.submit(page, typed, press="Confirm")
    assert page.status == 422
    assert page.text.count("Choose one.") == 2, "in the summary and at the field"
    assert {f"question_{needs.id}": "A pointer"}.items() <= dict(page.form("remote").fields).items()
    assert (said(db), db.get_one(Submission, talk.id).state) == ({}, State.ACCEPTED)
    stranger.submit(page, {f"question_{dinner.id}": "no"}, press="Confirm")
    everything = {"What do you need?": "A pointer", "Dinner?": "no", "Size?": "M"}
    assert said(db) == everything

    db.get_one(ConfirmQuestion, size.id).options = ["L", "XL"]
    db.get_one(ConfirmQuestion, needs.id).archived = True
    db.commit()
    visitor = visitor_as(ada)
    page = visitor.get(url(talk))
    assert "M (no longer offered)" in page.text
    page = visitor.submit(page, {f"question_{dinner.id}": "yes"}, press="Save changes")
    assert said(db) == {**everything, "Dinner?": "yes"}, "what is asked no more is kept"
    assert "A pointer" in page.text
    page = visitor.submit(visitor.get(url(talk)), {f"question_{size.id}": ""}, press="Save changes")
    assert "Size?" not in said(db), "an answer can be taken back"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("bad", ["XXL", "x" * 2001, "a\x00b"])
def test_bad_answers_store_nothing(
    db: Session, conference: Conference, ada: Person, talk: Submission, visitor_as: As, bad: str
) -> None:
    kind = {"kind": "choice", "options": ["S", "M"]} if bad == "XXL" else {}
    question = make_question(db, conference, **kind)
    db.commit()
    visitor = visitor_as(ada)
    form = visitor.get(url(talk)).form("remote")
    data = {**dict(form.fields), **ANSWER, f"question_{question.id}": bad}
    assert visitor.client.post(url(talk), data=data).status_code == 422
    assert said(db) == {}
    assert db.scalars(select(Confirmation)).all() == []


def test_who_reads_them_and_the_file(
    db: Session,
    conference: Conference,
    ada: Person,
    chair: Person,
    talk: Submission,
    visitor_as: As,
) -> None:
    needs = make_question(db, conference, "=Needs?")
    gone = make_question(db, conference, "Gone?", kind="yes_no", archived=True)
    talk.state = "confirmed"
    here = {"conference_id": conference.id, "submission_id": talk.id}
    db.add(Confirmation(person_id=ada.id, remark="Hello", at=NOW, **here))
    db.add(ConfirmAnswer(submission_id=talk.id, question_id=needs.id, text="A pointer"))
    db.add(ConfirmAnswer(submission_id=talk.id, question_id=gone.id, text="yes"))
    mine, other, reviewer = (make_person(db, name) for name in ("Tara", "Otto", "Rita"))
    give_role(db, conference, mine, "track_chair", track=db.get_one(Track, talk.track_id))
    give_role(db, conference, other, "track_chair", track=make_track(db, conference, "Else"))
    give_role(db, conference, reviewer, "reviewer")
    db.commit()
    page = f"/netconf/chair/submissions/{talk.code}/"
    for person, reads in ((chair, True), (mine, True), (other, False), (reviewer, False)):
        assert ("A pointer" in visitor_as(person).get(page).text) is reads, person.name
    file = "/netconf/chair/decisions/confirmed.csv"
    text = visitor_as(chair).client.get(file).get_data(as_text=True).removeprefix("\ufeff")
    header, row = csv.reader(StringIO(text))
    line = dict(zip(header, row, strict=True))
    assert (line["title"], line["given"], line["remark"]) == ("Flows", "on site", "Hello")
    assert line["Gone? (archived)"] == "yes"
    assert "=Needs?" not in header, "no cell is a formula"
    assert "A pointer" in row
    assert visitor_as(reviewer).get(file).status == 404


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_answers_are_columns_of_what_is_announced(
    db: Session, conference: Conference, chair, ada, talk: Submission, visitor_as: As
) -> None:
    needs = make_question(db, conference, "=Needs, if any?")
    make_question(db, conference, "Never answered?", archived=True)
    talk.state = "confirmed"
    here = {"conference_id": conference.id, "submission_id": talk.id}
    db.add(Decision(outcome="accepted", type_id=talk.type_id, at=NOW, **here))
    db.add(Confirmation(person_id=ada.id, zone="Asia/Tokyo", remote=True, at=NOW, **here))
    db.add(ConfirmAnswer(submission_id=talk.id, question_id=needs.id, text="A pointer"))
    db.commit()
    visitor, page = visitor_as(chair), "/netconf/chair/decisions/announced"
    plain = visitor.get(page)
    assert "A pointer" not in plain.text
    assert "Never answered?" not in plain.text
    chosen = visitor.get(f"{page}?columns=given&columns=question_{needs.id}")
    assert "remotely" in chosen.text
    assert "A pointer" in chosen.text
    assert "Announced as" not in [" ".join(th.itertext()) for th in chosen.tree.iter("th")]
    for shown, header in (
        (chosen, ["title", "given", "'=Needs, if any?"]),
        (plain, [*COLUMNS, "'=Needs, if any?"]),
    ):
        link = shown.links()["CSV of what is shown"]
        text = visitor.client.get(link).get_data(as_text=True).removeprefix("\ufeff")
        names, row = csv.reader(StringIO(text))
        assert names == header
        assert (row[names.index("given")], row[-1]) == ("remotely", "A pointer")


def test_answers_are_exported_and_erased_and_the_questions_go_on_to_next_year(
    db: Session, conference: Conference, ada: Person, talk: Submission
) -> None:
    question = make_question(db, conference, "Needs?", help="All of it")
    make_question(db, conference, "Gone?", archived=True)
    standing = confirmations.standing_of_token(
        db,
        confirmations.issue_confirm_token(db, conference, talk, ada, now=hours(0)),
        now=hours(0),
    )[2]
    actor = actor_of_person(db, ada.id)
    answer = confirmations.Answer(own={question.id: "A pointer"})
    confirmations.confirm(db, actor, standing, answer=answer, links=LINKS, now=hours(0))
    (mine,) = own_data(db, actor, now=NOW)["confirm_answers"]
    assert (mine["question"], mine["text"], mine["code"]) == ("Needs?", "A pointer", talk.code)
    erase(db, actor, person_id=ada.id, now=hours(1))
    assert said(db) == {}
    new = NewConference(
        "Next", "next", conference.start_date, conference.end_date, "", "UTC", conference.deadline,
        "UTC", "chairs@example.org",
    )  # fmt: skip
    copy = clone(db, SYSTEM, conference, new=new, now=NOW)
    assert [(one.name, one.help) for one in confirm_questions_of(db, copy)] == [
        ("Needs?", "All of it")
    ]


def test_an_answered_question_keeps_its_kind(
    db: Session, conference: Conference, chair: Person, talk: Submission, visitor_as: As
) -> None:
    question = make_question(db, conference, "Needs?")
    db.add(ConfirmAnswer(submission_id=talk.id, question_id=question.id, text="A pointer"))
    db.commit()
    visitor = visitor_as(chair)
    page = visitor.get(f"{SETTINGS}{question.id}")
    assert "1 talk answers this." in page.text
    page = visitor.submit(page, {"kind": "yes_no", "name": "Typed"}, press="Save")
    assert page.status == 422
    assert "It has been answered" in page.text
    assert dict(page.form("name").fields)["name"] == "Typed"
    page = visitor.submit(page, {"kind": "text"}, press="Save")
    assert page.status == 200
    assert said(db) == {"Typed": "A pointer"}


def test_the_speakers_are_changed_on_their_own_page_and_one_comes_back(
    db: Session,
    conference: Conference,
    ada: Person,
    talk: Submission,
    visitor_as: As,
    stranger: Visitor,
) -> None:
    visitor, change = visitor_as(ada), f"/netconf/submissions/{talk.code}/edit?then=confirm"
    assert change in visitor.get(url(talk)).links().values()
    page = visitor.get(change)
    page = visitor.submit(page, {"speakers-1-name": "Chen Li"}, press="Save")
    assert page.path == url(talk)
    assert "Chen Li" in page.text
    rows = select(Speaker.name).order_by(Speaker.position)
    assert db.scalars(rows).all() == ["Ada Example", "Chen Li"]
    secret = confirmations.issue_confirm_token(db, conference, talk, ada, now=hours(0))
    db.commit()
    assert change in stranger.get(f"/confirm/{secret}").links().values()
    assert stranger.client.get(change).status_code == 302, "the button's token does not open it"
    conference.edits_until = hours(-1)
    db.commit()
    page = visitor.get(url(talk))
    assert change not in page.links().values()
    assert "say so in the remark" in page.text
