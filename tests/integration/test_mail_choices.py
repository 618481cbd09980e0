"""Mails one can do without: at once, once a day in one mail, or not; and the way out in each."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from cfp import audit, clock
from cfp.actors import SYSTEM
from cfp.domain.accounts import choices
from cfp.domain.accounts.models import Person
from cfp.domain.accounts.queries import actor_of_person
from cfp.domain.conferences.models import Conference, Role
from cfp.domain.mail.models import MailChoice, Message
from cfp.domain.persons import digests, news
from cfp.domain.reviews import reminders, telling
from cfp.domain.reviews.models import Comment, Follow
from cfp.domain.submissions.models import Submission
from cfp.jobs.mime import compose
from cfp.links import Links
from tests.factories import (
    give_role,
    make_assignment,
    make_conflict,
    make_person,
    make_submission,
)
from tests.support.setting import make_chair, open_conference
from tests.support.visitor import Visitor

LogIn = Callable[[Person], Visitor]
LINKS = Links("https://cfp.example.org")


@pytest.fixture
def conference(db: Session) -> Conference:
    return open_conference(db, reviewing="assigned", discusses=True, others_reviews="always")


@pytest.fixture
def chair(db: Session, conference: Conference) -> Person:
    return make_chair(db, conference)


@pytest.fixture
def reviewer(db: Session, conference: Conference) -> Person:
    person = make_person(db, "Rae Reviewer")
    give_role(db, conference, person, "reviewer")
    return person


@pytest.fixture
def talks(db: Session, conference: Conference, reviewer: Person) -> list[Submission]:
    """Three that the reviewer was asked for."""
    speaker = make_person(db, "Ada Example")
    made = [make_submission(db, conference, [speaker], title=f"Talk {n}") for n in range(3)]
    for one in made:
        make_assignment(db, one, reviewer)
    db.commit()
    return made


def choose(db: Session, person: Person, now: datetime, **wanted: str) -> None:
    actor = actor_of_person(db, person.id)
    kinds = {(one.conference.id, str(one.kind)): str(one.how) for one in choices.offers(db, actor)}
    chosen = {key: wanted.get(key[1], how) for key, how in kinds.items()}
    choices.choose(db, actor, wanted=chosen, now=now)
    db.commit()


def remark(db: Session, talk: Submission, by: Person, at: datetime) -> None:
    values = {"pseudonym": "CC0000", "audience": "reviewers", "text": "Only to be read there."}
    here = {"conference_id": talk.conference_id, "submission_id": talk.id}
    db.add(Comment(**here, person_id=by.id, created=at, **values))
    db.commit()


def follow(db: Session, talk: Submission, person: Person) -> None:
    here = {"conference_id": talk.conference_id, "submission_id": talk.id}
    db.add(Follow(**here, person_id=person.id, pseudonym="AA0000"))
    db.commit()


def note(db: Session, talk: Submission, action: str, by: Person | None, at: datetime) -> None:
    actor = actor_of_person(db, by.id) if by else SYSTEM
    where = {"conference_id": talk.conference_id, "submission_id": talk.id}
    audit.record(db, actor, action, f"submission:{talk.code}", now=at, **where)
    db.commit()


def digest(db: Session, at: datetime) -> list[Message]:
    """What the worker's sweep makes of that moment."""
    for person_id in digests.due_people(db, now=at):
        digests.send(db, person_id=person_id, links=LINKS, now=at)
    db.commit()
    query = select(Message).where(Message.kind == "digest", Message.created == at)
    return list(db.scalars(query))


def mails(db: Session, kind: str) -> list[Message]:
    return list(db.scalars(select(Message).where(Message.kind == kind).order_by(Message.id)))


def test_a_person_chooses_per_conference_what_they_can_do_without(
    visitor_as: LogIn, db: Session, conference: Conference, reviewer: Person, chair: Person
) -> None:
    db.commit()
    visitor = visitor_as(reviewer)
    page = visitor.get("/account/mail")
    assert "everything about your own talks" in page.text
    assert "Submissions handed in" not in page.text, "news are for chairs"
    assert "Submissions handed in" in visitor_as(chair).get("/account/mail").text
    name = f"reminders_{conference.id}"
    page = visitor.submit(page, {name: "daily"}, press="Save")
    assert (name, "daily") in page.form(name).fields
    assert db.scalars(select(MailChoice.how)).all() == ["daily"]
    data = dict(page.form(name).fields) | {name: "weekly"}
    assert visitor.client.post("/account/mail", data=data).status_code == 422
    nobody = visitor_as(make_person(db, "Ada Example")).get("/account/mail")
    assert "There is nothing to choose" in nobody.text


def test_one_mail_a_day_says_what_its_reader_may_know_when_it_is_made(
    db: Session, conference: Conference, reviewer: Person, chair: Person, talks: list[Submission]
) -> None:
    noon = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
    reviewer.zone = "Asia/Kolkata"
    choose(db, reviewer, noon, comments="daily", reminders="daily")
    for talk in talks:
        follow(db, talk, reviewer)
        remark(db, talk, chair, noon)
        remark(db, talk, chair, noon)
    assert telling.due_submissions(db, now=noon + timedelta(hours=3)) == []
    ready = reminders.nudges(
        db, actor_of_person(db, chair.id), conference, only=[reviewer.code], links=LINKS, now=noon
    )
    assert [one.daily for one in ready] == [True]
    reminders.send(db, conference, ready, kind="review_reminder", epoch="x", links=LINKS, now=noon)
    db.commit()
    assert [one.state for one in mails(db, "review_reminder")] == ["gathered"]
    # Meanwhile one is lost from sight, and one review is given up.
    make_conflict(db, talks[0], reviewer)
    db.commit()
    kolkata = ZoneInfo("Asia/Kolkata")
    seven = datetime.combine(noon.date() + timedelta(days=1), choices.MORNING, kolkata)
    assert digest(db, (seven - timedelta(minutes=1)).astimezone(UTC)) == []
    first = seven.astimezone(UTC) + timedelta(minutes=3)
    (mail,) = digest(db, first)
    assert "2 reviews wait for you" in mail.body
    assert talks[0].title not in mail.body
    for talk in talks[1:]:
        assert f'2 new comments on "{talk.title}" ({talk.code}):' in mail.body
        assert LINKS.discussion("netconf", talk.code) in mail.body
    assert "Only to be read there" not in mail.body
    assert [one.state for one in mails(db, "review_reminder")] == ["sent"]
    assert digest(db, first + timedelta(hours=5)) == [], "one a day"
    assert digest(db, first + timedelta(days=1)) == [], "nothing is told twice"
    remark(db, talks[1], chair, first)
    remark(db, talks[0], chair, first)
    (mail,) = digest(db, first + timedelta(days=2))
    assert f'A new comment on "{talks[1].title}"' in mail.body
    assert "wait for you" not in mail.body


def test_a_worker_that_dies_or_comes_second_sends_nothing_twice(
    db: Session, conference: Conference, reviewer: Person, chair: Person, talks: list[Submission]
) -> None:
    now = clock.now()
    choose(db, reviewer, now, comments="daily")
    follow(db, talks[0], reviewer)
    remark(db, talks[0], chair, now)
    later = now + timedelta(days=2)
    assert digests.due_people(db, now=later) == [reviewer.id]
    assert digests.send(db, person_id=reviewer.id, links=LINKS, now=later)
    db.rollback()
    assert mails(db, "digest") == [], "killed before its commit, it has left nothing"
    assert digests.send(db, person_id=reviewer.id, links=LINKS, now=later)
    db.commit()
    assert not digests.send(db, person_id=reviewer.id, links=LINKS, now=later)
    db.commit()
    assert len(mails(db, "digest")) == 1


def test_chairs_hear_of_what_speakers_do_if_they_want_to(
    db: Session, conference: Conference, chair: Person, talks: list[Submission]
) -> None:
    now = clock.now()
    other = make_person(db, "Tilda Track")
    give_role(db, conference, other, "track_chair")
    note(db, talks[0], "submission.submit", None, now)
    choose(db, chair, now, news="once")
    choose(db, other, now, news="daily")
    assert news.due_choices(db, now=now + timedelta(hours=3)) == [], "what was before is old"
    note(db, talks[1], "submission.submit", None, now)
    note(db, talks[1], "submission.withdraw", None, now)
    note(db, talks[2], "submission.withdraw", chair, now)
    note(db, talks[2], "submission.edit", None, now)
    assert news.due_choices(db, now=now + timedelta(minutes=1)) == [], "more may come"
    later = now + timedelta(minutes=11)
    (due,) = news.due_choices(db, now=later)
    assert news.tell(db, choice_id=due, links=LINKS, now=later)
    db.commit()
    assert news.due_choices(db, now=later + timedelta(hours=3)) == []
    (mail,) = mails(db, "news")
    assert mail.person_id == chair.id
    assert "1 change to submissions" in mail.subject
    assert f"Withdrawn: {talks[1].title} ({talks[1].code})" in mail.body
    assert talks[2].title not in mail.body, "what one has done oneself is no news"
    # The track chair has left when the daily mail is made.
    db.execute(delete(Role).where(Role.person_id == other.id))
    db.commit()
    assert digest(db, now + timedelta(days=2)) == []


def test_the_link_of_a_mail_stops_its_kind_and_looking_does_not(
    visitor_as: LogIn,
    app: Flask,
    db: Session,
    conference: Conference,
    reviewer: Person,
    chair: Person,
    talks: list[Submission],
) -> None:
    anonymous, now = Visitor(app.test_client()), clock.now()
    follow(db, talks[0], reviewer)
    remark(db, talks[0], chair, now - timedelta(hours=1))
    telling.tell(db, submission_id=talks[0].id, links=LINKS, now=now)
    db.commit()
    (mail,) = mails(db, "comments")
    assert mail.unsubscribe in mail.body
    sent = compose(mail, sender="Talks <cfp@example.org>", now=now).as_bytes()
    assert f"List-Unsubscribe:\r\n <{mail.unsubscribe}>\r\n".encode() in sent
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in sent
    path = mail.unsubscribe.removeprefix(LINKS.base)
    page = anonymous.get(path)
    assert "New comments in discussions you follow" in page.text
    assert db.scalars(select(MailChoice.how)).all() == []
    shown = visitor_as(chair).get(f"/netconf/chair/messages/{mail.id}/")
    assert mail.unsubscribe.rsplit("/", 1)[1] not in shown.html, "a chair gets no one's way out"
    # What a mail program sends for its reader: no cookie, no form, no redirect.
    answer = anonymous.client.post(path, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert db.scalars(select(MailChoice.how)).all() == ["never"]
    db.rollback()
    assert "You get no more" in anonymous.get(path).text
    choose(db, reviewer, now, comments="once")
    assert anonymous.client.post(path).status_code == 303
    assert db.scalars(select(MailChoice.how)).all() == ["once"], "it was good for one act"
    assert anonymous.get("/account/unsubscribe/" + "0" * 43).status == 404
    choose(db, reviewer, now, comments="never")
    remark(db, talks[0], chair, now)
    assert telling.tell(db, submission_id=talks[0].id, links=LINKS, now=now) == 0


def test_who_wants_no_reminders_is_named_to_the_chair_who_would_send_one(
    visitor_as: LogIn,
    db: Session,
    conference: Conference,
    reviewer: Person,
    chair: Person,
    talks: list[Submission],
) -> None:
    choose(db, reviewer, clock.now(), reminders="never")
    page = visitor_as(chair).get(f"/netconf/chair/reviews/nudge?person={reviewer.code}")
    assert "Rae Reviewer wants no reminders by mail." in page.text
    db.rollback()
    choose(db, reviewer, clock.now(), reminders="daily")
    page = visitor_as(chair).get(f"/netconf/chair/reviews/nudge?person={reviewer.code}")
    assert "in their daily mail" in page.text
    visitor = visitor_as(chair)
    page = visitor.get(f"/netconf/chair/reviews/nudge?person={reviewer.code}")
    data = dict(page.form("count").fields) | {"count": "1"}
    answer = visitor.client.post(page.path, data=data)
    assert answer.status_code == 303, answer.text
    (mail,) = mails(db, "review_reminder")
    assert mail.state == "gathered"
    db.rollback()
    choose(db, reviewer, clock.now(), reminders="never")
    db.expire_all()
    assert [one.state for one in mails(db, "review_reminder")] == ["canceled"]
