"""The pages on which speakers follow their talks, and what they can do there."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from cfp.domain.accounts.models import Person
from cfp.domain.conferences.models import Conference
from cfp.domain.decisions.models import Decision, PendingDecision
from cfp.domain.mail.models import Message
from cfp.domain.submissions.models import Speaker, Submission
from cfp.domain.submissions.states import State
from tests.factories import (
    add_speaker,
    give_role,
    make_assignment,
    make_person,
    make_review,
    make_submission,
)
from tests.support.mailbox import last_mail, mails
from tests.support.statements import counted
from tests.support.talks import hours, names, open_conference
from tests.support.visitor import Visitor

As = Callable[[Person], Visitor]


@pytest.fixture
def conference(db: Session) -> Conference:
    return open_conference(db)


@pytest.fixture
def ada(db: Session) -> Person:
    return make_person(db, "Ada Example", email="ada@example.org")


def page_url(submission: Submission) -> str:
    return f"/netconf/submissions/{submission.code}/"


def announce(db: Session, talk: Submission, outcome: str, note: str = "") -> None:
    db.add(
        Decision(
            conference_id=talk.conference_id,
            submission_id=talk.id,
            outcome=outcome,
            type_id=talk.type_id,
            minutes=20,
            note=note,
            at=hours(0),
        )
    )
    db.flush()


# What is shown ---------------------------------------------------------------------------------


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("state", "words", "buttons"),
    [
        (State.DRAFT, "nobody but you can see it", {"Delete the draft"}),
        (State.SUBMITTED, "We have your talk", {"Withdraw"}),
        (State.ACCEPTED, "Please confirm", {"Withdraw"}),
        (State.WAITLISTED, "on the waitlist", {"Withdraw"}),
        (State.REJECTED, "not accepted this time", set()),
        (State.REVISE, "change it as asked", {"Withdraw"}),
        (State.CONFIRMED, "it is confirmed", {"Withdraw"}),
        (State.DECLINED, "you can't come", set()),
        (State.CANCELED, "have canceled it", set()),
        (State.WITHDRAWN, "It is withdrawn", set()),
    ],
)
def test_each_state_says_what_comes_next_and_offers_what_can_be_done(
    conference: Conference,
    ada: Person,
    db: Session,
    visitor_as: As,
    state: State,
    words: str,
    buttons: set[str],
) -> None:
    talk = make_submission(db, conference, [ada], state=state)
    page = visitor_as(ada).get(page_url(talk))
    assert page.status == 200
    assert words in page.text
    offered = {button.label.split(" ")[0] for form in page.forms() for button in form.buttons}
    expected = {label.split(" ")[0] for label in buttons}
    assert offered - {"Log"} == expected


def test_it_shows_content_speakers_decision_and_own_mails_only(
    conference: Conference, ada: Person, db: Session, visitor_as: As
) -> None:
    talk = make_submission(db, conference, [ada, "Chen Named"], state="accepted", note="For chairs")
    add_speaker(db, talk, "Dora", 2, state="invited", address="d@example.org", invited=hours(-1))
    announce(db, talk, "accepted", "Please keep it short.")
    ben = make_person(db, "Ben")
    for person, subject in ((ada, "To Ada"), (ben, "To Ben")):
        db.add(
            Message(
                conference_id=conference.id,
                submission_id=talk.id,
                person_id=person.id,
                kind="free",
                object_key=subject,
                recipient="a@example.org",
                subject=subject,
                body="Hello",
                message_id=f"<{subject}>",
                due=hours(0),
                created=hours(0),
            )
        )
    text = visitor_as(ada).get(page_url(talk)).text
    for shown in (
        talk.title,
        talk.abstract,
        "Speaker(s): Ada Example, Example Org; Chen Named",
        "For chairs",
        "Please keep it short.",
        "Talk, 20 + 5 minutes",
        "no answer yet",
        "To Ada",
    ):
        assert shown in text
    assert "To Ben" not in text


def test_nothing_of_the_review_shows_before_and_only_the_speakers_text_after(
    conference: Conference, ada: Person, db: Session, visitor_as: As
) -> None:
    talk = make_submission(db, conference, [ada])
    reviewer = make_person(db, "Secret Reviewer")
    give_role(db, conference, reviewer, "reviewer")
    make_assignment(db, talk, reviewer)
    make_review(
        db,
        talk,
        reviewer,
        committee_text="committee secret",
        chair_text="chair secret",
        speaker_text="Good figures.",
    )
    db.add(
        PendingDecision(
            conference_id=conference.id,
            submission_id=talk.id,
            outcome="accepted",
            note="pending secret",
            at=hours(0),
        )
    )
    conference.sends_speaker_text = True
    visitor = visitor_as(ada)
    text = visitor.get(page_url(talk)).html
    assert not any(word in text for word in ("secret", "Secret", "Good figures"))
    talk.state, talk.announced = "rejected", hours(0)
    announce(db, talk, "rejected")
    page = visitor.get(page_url(talk))
    assert "Good figures." in page.text
    assert "secret" not in page.html.casefold()
    conference.sends_speaker_text = False
    assert "Good figures." not in visitor.get(page_url(talk)).text


def test_the_list_has_one_s_own_and_nothing_else(
    conference: Conference, ada: Person, db: Session, visitor_as: As
) -> None:
    ben = make_person(db, "Ben")
    own = make_submission(db, conference, [ada], title="Mine", state="draft")
    shared = make_submission(db, conference, [ben, ada], title="Ours", state="accepted")
    make_submission(db, conference, [ben], title="Theirs")
    elsewhere = open_conference(db, "elsewhere")
    make_submission(db, elsewhere, [ada], title="Elsewhere")
    page = visitor_as(ada).get("/netconf/submissions/")
    assert "Mine" in page.text
    assert "Ours" in page.text
    assert "Theirs" not in page.text
    assert "Elsewhere" not in page.text
    assert page.links()["Mine"] == f"/netconf/submissions/{own.code}/edit"
    assert f"/netconf/submissions/{shared.code}/confirm" in page.links().values()


def test_an_empty_list_leads_to_the_form(
    conference: Conference, ada: Person, db: Session, visitor_as: As
) -> None:
    visitor = visitor_as(ada)
    page = visitor.get("/netconf/submissions/")
    assert page.links()["Submit a talk"] == "/netconf/submissions/new"
    conference.deadline = hours(-1)
    assert "Submit a talk" not in visitor.get("/netconf/submissions/").links()


def test_statements_stay_few_whatever_the_number(
    app: Flask, conference: Conference, ada: Person, db: Session, visitor_as: As
) -> None:
    visitor = visitor_as(ada)
    talks = [make_submission(db, conference, [ada], state="accepted") for _ in range(3)]
    few = statements(app, visitor, "/netconf/submissions/")
    talks += [make_submission(db, conference, [ada, "Chen"]) for _ in range(20)]
    assert statements(app, visitor, "/netconf/submissions/") == few <= 10
    announce(db, talks[0], "accepted")
    assert statements(app, visitor, page_url(talks[0])) <= 15
    assert statements(app, visitor, f"/netconf/submissions/{talks[0].code}/confirm") <= 15


def statements(app: Flask, visitor: Visitor, url: str) -> int:
    with counted(app.extensions["cfp"].engine) as seen:
        assert visitor.get(url).status == 200
    return len(seen)


# Who -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_only_its_speakers_follow_it(
    conference: Conference, ada: Person, db: Session, visitor_as: As, stranger: Visitor
) -> None:
    talk = make_submission(db, conference, [ada])
    other, chair, reviewer = make_person(db), make_person(db), make_person(db)
    give_role(db, conference, chair, "chair")
    give_role(db, conference, reviewer, "reviewer")
    for who, status in ((ada, 200), (other, 404), (chair, 403), (reviewer, 403)):
        assert visitor_as(who).get(page_url(talk)).status == status
    assert stranger.client.get(page_url(talk)).status_code == 302
    visitor = visitor_as(other)
    token = {"csrf_token": csrf(visitor)}
    for act in (
        "withdraw",
        "discard",
        "leave",
        "materials/slides",
        "materials/slides/remove",
        "confirm",
        "decline",
        "speakers/X/invite",
    ):
        url = f"{page_url(talk)}{act}"
        assert visitor.client.post(url, data=token).status_code == 404
        assert visitor.client.put(url, data=token).status_code in {400, 405, 422}
    assert db.get_one(Submission, talk.id).state == "submitted"
    missing = visitor_as(ada).get("/netconf/submissions/ABCDEF/")
    assert missing.status == 404


def csrf(visitor: Visitor) -> str:
    form = visitor.get("/netconf/submissions/new").form("title")
    return str(dict(form.fields)["csrf_token"])


def test_what_is_not_yours_looks_like_what_is_not_there(
    conference: Conference, ada: Person, db: Session, visitor_as: As
) -> None:
    talk = make_submission(db, conference, [ada])
    visitor = visitor_as(make_person(db))
    one, other = visitor.get(page_url(talk)), visitor.get("/netconf/submissions/ABCDEF/")
    assert (one.status, one.text) == (other.status, other.text)


# What can be done ------------------------------------------------------------------------------


def test_withdrawing_tells_all_its_people(
    conference: Conference, ada: Person, db: Session, engine: Engine, visitor_as: As
) -> None:
    ben = make_person(db, "Ben", email="ben@example.org")
    talk = make_submission(db, conference, [ada, ben], state="accepted")
    announce(db, talk, "accepted", "")
    talk.announced = hours(0)
    visitor = visitor_as(ben)
    page = visitor.submit(visitor.get(page_url(talk)), press=f"Withdraw {talk.title}")
    assert "It is withdrawn" in page.text
    # The day it was decided is not the day it was withdrawn.
    assert re.search(r"Decided, done\w+ \d+ \w+ \d{4}withdrawn What happens next", page.text)
    assert db.get_one(Submission, talk.id).state == "withdrawn"
    told = {mail.recipient for mail in mails(engine, "withdrawn")}
    assert told == {"ada@example.org", "ben@example.org"}


def test_what_is_rejected_can_t_be_withdrawn(
    conference: Conference, ada: Person, db: Session, visitor_as: As
) -> None:
    talk = make_submission(db, conference, [ada], state="rejected")
    visitor = visitor_as(ada)
    answer = visitor.client.post(f"{page_url(talk)}withdraw", data={"csrf_token": csrf(visitor)})
    assert answer.status_code == 409
    assert db.get_one(Submission, talk.id).state == "rejected"


def test_a_draft_can_be_deleted_and_nothing_else(
    conference: Conference, ada: Person, db: Session, visitor_as: As
) -> None:
    draft = make_submission(db, conference, [ada, "Chen"], state="draft")
    talk = make_submission(db, conference, [ada])
    db.add(
        Message(
            conference_id=conference.id,
            submission_id=draft.id,
            person_id=ada.id,
            kind="draft_reminder",
            object_key="x",
            recipient="a@example.org",
            subject="Reminder",
            body="Hello",
            message_id="<x>",
            due=hours(0),
            created=hours(0),
        )
    )
    visitor = visitor_as(ada)
    number = draft.id
    page = visitor.submit(visitor.get(page_url(draft)), press="Delete the draft")
    assert page.path == "/netconf/submissions/"
    assert db.get(Submission, number) is None
    assert db.scalars(select(Speaker).where(Speaker.submission_id == number)).all() == []
    answer = visitor.client.post(f"{page_url(talk)}discard", data={"csrf_token": csrf(visitor)})
    assert answer.status_code == 409
    assert db.get(Submission, talk.id) is not None


def test_asking_again_waits_ten_minutes(
    conference: Conference, ada: Person, db: Session, engine: Engine, visitor_as: As
) -> None:
    talk = make_submission(db, conference, [ada])
    dora = add_speaker(
        db, talk, "Dora", 1, state="invited", address="d@example.org", invited=hours(-1)
    )
    visitor = visitor_as(ada)
    page = visitor.get(page_url(talk))
    page = visitor.submit(page, press="Ask again Dora")
    assert page.status == 200
    assert last_mail(engine, "speaker_invitation").recipient == "d@example.org"
    assert visitor.submit(page, press="Ask again Dora").status == 409
    dora.invited = hours(-1) - timedelta(minutes=1)
    dora.state = "removed"
    url = f"{page_url(talk)}speakers/{dora.code}/invite"
    assert visitor.client.post(url, data={"csrf_token": csrf(visitor)}).status_code == 404
    assert len(mails(engine, "speaker_invitation")) == 1


def test_a_co_speaker_takes_only_themselves_off(
    conference: Conference, ada: Person, db: Session, engine: Engine, visitor_as: As
) -> None:
    ben = make_person(db, "Ben", email="ben@example.org")
    talk = make_submission(db, conference, [ada, ben])
    visitor = visitor_as(ben)
    page = visitor.submit(visitor.get(page_url(talk)), press="Take me off")
    assert page.path == "/netconf/submissions/"
    assert names(db, talk) == [("Ada Example", "accepted"), ("Ben", "removed")]
    assert last_mail(engine, "speaker_left").recipient == "ada@example.org"
    assert visitor.get(page_url(talk)).status == 404
