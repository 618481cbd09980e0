"""Discussing a submission: audiences, mentions, following, mails, summary, speakers' answers."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp import clock
from cfp.actors import Actor
from cfp.domain.accounts.models import Person
from cfp.domain.conferences.models import Conference
from cfp.domain.mail.models import Message
from cfp.domain.persons.erasure import erase
from cfp.domain.reviews import telling
from cfp.domain.reviews.models import Comment, Follow, Response, Review, Summary
from cfp.domain.submissions.models import Submission
from cfp.links import Links
from tests.factories import (
    give_role,
    make_assignment,
    make_conflict,
    make_person,
    make_review,
    make_submission,
)
from tests.support.setting import make_chair, open_conference
from tests.support.visitor import Page, Visitor

LogIn = Callable[[Person], Visitor]
LINKS = Links("http://localhost")


@pytest.fixture
def conference(db: Session) -> Conference:
    return open_conference(
        db,
        reviewing="assigned",
        discusses=True,
        summarizes=True,
        asks_response=True,
        asks_speaker_text=True,
        response_words=5,
    )


@pytest.fixture
def talk(db: Session, conference: Conference) -> Submission:
    return make_submission(db, conference, [make_person(db, "Ada Example")], title="Flows")


@pytest.fixture
def people(db: Session, conference: Conference, talk: Submission) -> dict[str, Person]:
    """Two reviewers whose reviews are in, and a chair."""
    found = {"chair": make_chair(db, conference)}
    for name in ("Rae Reviewer", "Bo Critic"):
        person = found[name.split()[0]] = make_person(db, name)
        give_role(db, conference, person, "reviewer")
        make_assignment(db, talk, person, "done")
        make_review(db, talk, person, pseudonym=f"{name[:1] * 2}0000".upper().replace("R", "A"))
    db.commit()
    return found


def path(talk: Submission, rest: str = "discussion") -> str:
    return f"/netconf/reviews/{talk.code}/{rest}"


def say(visitor: Visitor, talk: Submission, text: str, audience: str = "reviewers") -> Page:
    form = visitor.get(path(talk)).form("text")
    data = dict(form.fields) | {"text": text, "audience": audience}
    visitor.client.post(path(talk, "comments"), data=data)
    return visitor.get(path(talk))


def told(db: Session, talk: Submission, at: datetime) -> list[str]:
    """Who gets a mail about it at that moment."""
    for submission_id in telling.due_submissions(db, now=at):
        telling.tell(db, submission_id=submission_id, links=LINKS, now=at)
    db.commit()
    query = select(Message).where(Message.kind == "comments", Message.created == at)
    return sorted(message.recipient_name for message in db.scalars(query))


def test_who_reads_a_comment_is_on_its_button(
    visitor_as: LogIn, people: dict[str, Person], talk: Submission, db: Session
) -> None:
    rae, head = visitor_as(people["Rae"]), visitor_as(people["chair"])
    page = rae.get(path(talk))
    assert "Comment for Reviewers and chairs" in page.text
    assert "Comment for Chairs" not in page.text
    page = rae.submit(page, {"text": "Compare with last year."}, having="text")
    assert "Compare with last year." in page.text
    assert "Only us." in say(head, talk, "Only us.", "chairs").text
    assert "Only us." not in rae.get(path(talk)).text
    assert "2 comments" in head.get(f"/netconf/chair/submissions/{talk.code}/").text
    assert "1 comment," in rae.get(path(talk, "")).text
    for values in ({"text": ""}, {"audience": "speakers"}, {"audience": ""}, {"text": "x" * 5001}):
        data = dict(rae.get(path(talk)).form("text").fields)
        data |= {"text": "x", "audience": "reviewers", **values}
        assert rae.client.post(path(talk, "comments"), data=data).status_code == 422
    data["audience"] = "chairs"
    data["text"] = "To the chairs"
    assert rae.client.post(path(talk, "comments"), data=data).status_code == 303
    assert db.scalars(select(Comment.audience)).all() == ["reviewers", "chairs", "chairs"]


def test_the_decisions_say_how_far_a_discussion_is(
    visitor_as: LogIn, people: dict[str, Person], talk: Submission, db: Session
) -> None:
    """To who may read it: a chair with a conflict of interest is told of no discussion."""
    head, board = visitor_as(people["chair"]), "/netconf/chair/decisions"
    say(head, talk, "Only us.", "chairs")
    now = clock.now()
    where = {"submission_id": talk.id, "conference_id": talk.conference_id}
    db.add(Summary(**where, text="Solid.", submitted=now, changed=now))
    barred = make_chair(db, db.get_one(Conference, talk.conference_id))
    make_conflict(db, talk, barred)
    db.commit()
    other = visitor_as(barred)
    for path_ in (f"{board}/", f"{board}/?view=board"):
        assert "1 comment, summary" in head.get(path_).text
        assert "1 comment" not in other.get(path_).text
        assert "summary" not in other.get(path_).text
    file = f"{board}.csv?columns=comments"
    assert head.client.get(file).text.split() == ["\ufefftitle,comments", "Flows,1"]
    assert other.client.get(file).text.split()[1:] == ["Flows,"]


def test_mentions_are_read_as_each_may_know_the_other(
    visitor_as: LogIn, people: dict[str, Person], talk: Submission, db: Session
) -> None:
    rae, bo, head = (visitor_as(people[name]) for name in ("Rae", "Bo", "chair"))
    page = head.get(path(talk))
    assert 'data-mention="Bo Critic"' in page.html
    assert "Bo Critic" not in rae.get(path(talk)).html
    assert 'data-mention="BB0000"' in rae.get(path(talk)).html
    page = say(head, talk, "@Bo Critic and @AA0000, what do you say?")
    assert "@Bo Critic and @Rae Reviewer, what" in page.text
    assert db.scalars(select(Comment.text)).one().startswith("@BB0000 and @AA0000")
    db.rollback()
    for reader in (rae, bo):
        text = reader.get(path(talk)).html
        assert "@BB0000 and @AA0000" in text
        assert "Critic" not in text.replace("Bo Critic", "", 1 if reader is bo else 0)
    following = set(db.scalars(select(Follow.person_id)))
    assert following == {people["chair"].id, people["Bo"].id}


def test_mails_gather_and_go_only_to_those_who_may_read_it_then(
    visitor_as: LogIn,
    people: dict[str, Person],
    talk: Submission,
    conference: Conference,
    db: Session,
) -> None:
    rae, bo, head = (visitor_as(people[name]) for name in ("Rae", "Bo", "chair"))
    for one in (rae, bo):
        page = one.submit(one.get(path(talk)), press="Follow")
        assert "You follow this" in page.text
    say(head, talk, "One.")
    say(head, talk, "Two, for chairs.", "chairs")
    say(bo, talk, "Three.")
    now = clock.now()
    assert told(db, talk, now) == [], "somebody may still be writing"
    late = now + telling.QUIET + timedelta(seconds=1)
    assert told(db, talk, late) == ["Bo Critic", "Cher Chair", "Rae Reviewer"]
    mail = db.scalars(
        select(Message).where(Message.kind == "comments", Message.person_id == people["Rae"].id)
    ).one()
    assert "2 new comments" in mail.subject
    assert f"/netconf/reviews/{talk.code}/discussion" in mail.body
    assert "Three." not in mail.body
    db.rollback()
    assert told(db, talk, late + timedelta(days=1)) == [], "nobody twice"
    say(head, talk, "Four.")
    rae.submit(rae.get(path(talk)), press="Stop following")
    make_conflict(db, talk, people["Bo"])
    db.commit()
    assert told(db, talk, late + timedelta(days=2)) == []
    assert bo.get(path(talk)).status == 403
    stored = db.scalars(select(Comment.id).order_by(Comment.id.desc())).first()
    followers = select(Follow.told).where(Follow.person_id == people["Bo"].id)
    assert db.scalars(followers).one() == stored, "and not later, should the conflict go away"


def test_a_lead_sums_up_and_only_the_committee_reads_it(
    visitor_as: LogIn,
    people: dict[str, Person],
    talk: Submission,
    conference: Conference,
    db: Session,
) -> None:
    rae, bo, head = (visitor_as(people[name]) for name in ("Rae", "Bo", "chair"))
    owner = visitor_as(db.get_one(Person, talk.submitter_id))
    assert rae.get(path(talk, "summary")).status == 404
    page = head.get(path(talk))
    head.submit(page, {"lead": people["Rae"].code}, having="lead")
    page = rae.get(path(talk, "summary"))
    typed = {"text": "Zqsummary.", "speaker_text": "Zqforthem."}
    page = rae.submit(page, typed, press="Save draft")
    assert "Zqsummary." in head.get(path(talk)).text
    assert "Zqsummary." not in bo.get(path(talk)).text
    stale = rae.get(path(talk, "summary"))
    rae.submit(rae.get(path(talk, "summary")), press="Submit for Reviewers and chairs")
    assert rae.submit(stale, {"text": "Mine."}, press="Save draft").status == 409
    assert "Zqsummary." in bo.get(path(talk)).text
    assert "Rae Reviewer" not in bo.get(path(talk)).html
    mine = f"/netconf/submissions/{talk.code}/"
    assert "Zqforthem." not in owner.get(mine).text
    conference.sends_speaker_text, talk.state, talk.announced = True, "rejected", clock.now()
    db.commit()
    assert "Zqforthem." in owner.get(mine).text
    assert "Zqsummary." not in owner.get(mine).text
    db.get_one(Summary, talk.id).submitted = None
    db.commit()
    assert "Zqforthem." not in owner.get(mine).text


def test_speakers_answer_once_a_chair_has_opened_the_round(
    visitor_as: LogIn,
    people: dict[str, Person],
    talk: Submission,
    conference: Conference,
    db: Session,
) -> None:
    owner = visitor_as(db.get_one(Person, talk.submitter_id))
    rae, head = visitor_as(people["Rae"]), visitor_as(people["chair"])
    mine, answer = f"/netconf/submissions/{talk.code}/", f"/netconf/submissions/{talk.code}/answer"
    assert owner.get(answer).status == 404
    page = head.get("/netconf/chair/reviews/answers")
    assert "Nothing is there to be shown yet." in page.text
    late = make_person(db, "Late Reviewer")
    give_role(db, conference, late, "reviewer")
    own = db.scalars(select(Review).where(Review.person_id == people["Rae"].id)).one()
    own.speaker_text = "Zqread this."
    db.commit()
    assert "Zqread" not in owner.get(mine).text
    ends = (clock.now() + timedelta(days=3)).date().isoformat()
    page = head.get("/netconf/chair/reviews/answers")
    past = head.submit(page, {"until_date": "2020-01-01"}, having="until_date")
    assert past.status == 422
    page = head.submit(page, {"until_date": ends}, having="until_date")
    assert "Round 1 is open" in page.text
    assert db.scalars(select(Message.subject).where(Message.kind == "response_open")).one()
    db.rollback()
    make_review(
        db, talk, late, speaker_text="Zqlater.", submitted=clock.now() + timedelta(seconds=5)
    )
    db.commit()
    decided = make_submission(
        db, conference, [db.get_one(Person, talk.submitter_id)], state="rejected"
    )
    make_review(db, decided, people["Rae"], speaker_text="Zqdecided.")
    db.commit()
    assert "Zqdecided." not in owner.get(f"/netconf/submissions/{decided.code}/").text
    page = owner.get(answer)
    assert "Zqread this." in page.text
    assert "Zqlater." not in page.text
    assert "Rae" not in page.text
    long = owner.submit(page, {"text": "one two three four five six"}, having="text")
    assert long.status == 422
    assert "6 words; at most 5" in long.text
    done = owner.submit(page, {"text": "Zqanswer of ours."}, having="text")
    assert done.status == 200
    assert "Zqanswer of ours." in rae.get(path(talk)).text
    stale = owner.submit(page, {"text": "Other."}, having="text")
    assert stale.status == 409
    head.submit(head.get("/netconf/chair/reviews/answers"), press="End it now")
    closed = owner.submit(done, {"text": "Too late."}, having="text")
    assert closed.status == 409
    assert db.scalars(select(Response.text)).all() == ["Zqanswer of ours."]


def test_what_one_said_is_in_ones_data_and_goes_or_stays_as_it_should(
    visitor_as: LogIn, people: dict[str, Person], talk: Submission, db: Session
) -> None:
    rae, head = visitor_as(people["Rae"]), visitor_as(people["chair"])
    say(rae, talk, "Zqmine.")
    say(head, talk, "Zqchairs, @Bo Critic.", "reviewers")
    data = rae.client.get("/account/data.json").get_json()
    (comment,) = data["comments"]
    assert (comment["text"], comment["detail"]) == ("Zqmine.", "reviewers")
    assert [one["detail"] for one in data["follows"]] == ["on"]
    assert "Zqchairs" not in str(data)
    erase(db, Actor(person_id=people["Rae"].id), person_id=people["Rae"].id, now=clock.now())
    db.commit()
    assert people["Rae"].id not in set(db.scalars(select(Follow.person_id)))
    page = head.get(path(talk))
    assert "Zqmine." in page.text
    assert "Rae" not in page.text
