"""Phases that switch by themselves, and more time for one reviewer, through the pages."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp.domain.accounts.models import Person
from cfp.domain.assignment.handing import not_begun
from cfp.domain.assignment.letters import tell_assigned
from cfp.domain.conferences.models import Conference
from cfp.domain.mail.models import Message
from cfp.domain.reviews.models import Comment, Review, ReviewExtension
from cfp.domain.submissions.models import Submission
from cfp.links import Links
from cfp.phases import Phase, in_force, phases_of, stored
from tests.factories import (
    NOW,
    answer,
    give_role,
    make_assignment,
    make_conference,
    make_field,
    make_person,
    make_review,
    make_submission,
)
from tests.support.setting import make_chair, raw_post
from tests.support.visitor import Visitor

LogIn = Callable[[Person], Visitor]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
REVIEWS = Phase("r", "First reviews", NOW + DAY, NOW + 5 * DAY, others="never")
TALK = Phase(
    "d", "Discussion", NOW + 7 * DAY, NOW + 9 * DAY, reads="all", writes="nobody",
    others="always", names_shown=True, discusses=True,
)  # fmt: skip
PHASES = "/netconf/chair/settings/phases"


@pytest.fixture
def conference(db: Session) -> Conference:
    return make_conference(
        db, "netconf", reviewing="assigned", phases=stored([REVIEWS, TALK]), zone="UTC"
    )


@pytest.fixture
def reviewer(db: Session, conference: Conference) -> Person:
    person = make_person(db, "Rae Reviewer")
    give_role(db, conference, person, "reviewer")
    return person


@pytest.fixture
def talk(db: Session, conference: Conference, reviewer: Person) -> Submission:
    talk = make_submission(db, conference, [make_person(db)], title="Asked for")
    make_assignment(db, talk, reviewer)
    return talk


def test_phases_switch_by_themselves(
    visitor_as: LogIn, db: Session, conference: Conference, reviewer: Person, talk: Submission
) -> None:
    other, colleague = make_submission(db, conference, [make_person(db)], title="Elsewhere"), (
        make_person(db, "Named Colleague")
    )
    give_role(db, conference, colleague, "reviewer")
    conference.discusses = True
    for submission in (talk, other):
        review = make_review(db, submission, colleague, committee_text="Others say so.")
        answer(db, review, make_field(db, conference), "Others answer so.")
        answer(db, review, make_field(db, conference, "chairs"), "For chairs alone.")
    make_field(db, conference, name="Second thoughts?", phases=["d"])
    make_field(db, conference, name="First thoughts?", phases=["r"])
    path, elsewhere = f"/netconf/reviews/{talk.code}/", f"/netconf/reviews/{other.code}/"
    score = f"score_{db.scalars(select(Review.id)).first()}"
    db.commit()
    with time_machine.travel(NOW, tick=False) as clock:
        visitor = visitor_as(reviewer)
        page = visitor.get(path)
        assert "Next: First reviews" in page.text
        assert "closed" in page.text
        assert "committee_text" not in page.html
        assert visitor.get(elsewhere).status == 404

        clock.move_to(REVIEWS.starts)
        page = visitor.get(path)
        assert "First reviews until Sat 7 Mar 2026, 12:00" in page.text
        assert "Then: Discussion" in page.text
        assert "First thoughts?" in page.text
        assert "Second thoughts?" not in page.text
        assert "Others say so." not in page.text
        assert "not shown to reviewers in this phase" in page.text
        assert visitor.get(elsewhere).status == 404
        assert "Elsewhere" not in visitor.get("/netconf/reviews/").text
        score = next(one for one in page.form("committee_text").names if one.startswith("score_"))
        typed = {score: "4", "committee_text": "Mine."}
        visitor.submit(page, typed, having="committee_text", press="Submit review, next")
        page = visitor.get(path)
        late = dict(page.form("committee_text").fields) | {"submit": "1", "committee_text": "Late"}
        remark = {"text": "Hello", "audience": "reviewers"}
        assert "Others say so." not in page.text  # never, not even after one's own

        clock.move_to(REVIEWS.ends + HOUR)
        assert visitor.client.post(path, data=late).status_code == 409
        page = visitor.get(path)
        assert "Reviewing of this submission is closed." in page.text
        assert "Mine." in page.text  # one's own can still be read
        assert "0 of 1 done" not in visitor.get("/netconf/reviews/").text

        clock.move_to(TALK.starts)
        assert visitor.client.post(path, data=late).status_code == 409
        for address in (path, elsewhere):
            page = visitor.get(address)
            assert page.status == 200
            assert "Others say so." in page.text
            assert "Others answer so." in page.text
            assert "For chairs alone." not in page.text
            assert "committee_text" not in page.html
        assert "Named Colleague" in visitor.get(path).text
        assert "Named Colleague" not in visitor.get(elsewhere).text  # has no review of one's own
        page = visitor.get("/netconf/reviews/")
        assert "1 are done" in page.text
        assert page.links()["Elsewhere"] == elsewhere
        assert "to read, not assigned to you" in page.text
        assert "Skip" not in visitor.get(elsewhere).links()
        assert visitor.client.post(elsewhere, data=late).status_code == 403
        form = visitor.get(f"{elsewhere}discussion").form("text")
        sent = dict(form.fields) | remark
        assert visitor.client.post(f"{elsewhere}comments", data=sent).status_code == 303
        assert db.scalars(select(Comment.text)).all() == ["Hello"]

        clock.move_to(TALK.ends + HOUR)
        assert "Others say so." in visitor.get(path).text
        page = visitor.get(f"{path}discussion")
        assert "Hello" not in page.text
        assert "The discussion is not open now." in page.text
        assert visitor.client.post(f"{path}comments", data=sent).status_code == 403
    db.expire_all()
    own = select(Review.committee_text).where(Review.person_id == reviewer.id)
    assert db.scalars(own).all() == ["Mine."]


def test_more_time_is_given_shown_and_taken_back(
    visitor_as: LogIn, db: Session, conference: Conference, reviewer: Person, talk: Submission
) -> None:
    conference.reviews_due = REVIEWS.ends - DAY
    path, chairs = f"/netconf/reviews/{talk.code}/", "/netconf/chair/reviews/"
    field = make_field(db, conference, name="First thoughts?", phases=["r"])
    number, code, stranger = field.id, reviewer.code, make_person(db).code
    chair = visitor_as(make_chair(db, conference))
    assert [one.person_id for one in not_begun(db, conference)] == [reviewer.id]
    db.commit()
    visitor = visitor_as(reviewer)
    until = TALK.starts + 2 * DAY
    with time_machine.travel(TALK.starts, tick=False) as clock:
        assert "committee_text" not in visitor.get(path).html
        page = chair.get(f"{chairs}extensions/{code}")
        for values, said in (
            ({"until_date": "2026-03-01"}, "still ahead"),
            ({"until_date": "soon"}, "Not a valid date"),
            ({"until_date": ""}, "Give the day."),
            ({"reason": "x" * 301}, "longer than 300"),
        ):
            refused = raw_post(chair, page.path, values, having="until_date")
            assert (refused.status, said in refused.text) == (422, True), said
        assert chair.get(f"{chairs}extensions/{stranger}").status == 404
        given = {
            "until_date": str(until.date()), "until_time": "12:00", "reason": "Was ill for a week",
        }  # fmt: skip
        page = chair.submit(page, given, press="Give this time")
        assert "Rae Reviewer has more time" in page.text
        assert "Wed 11 Mar 2026, 12:00" in page.text
        page = visitor.get(path)
        assert "You were given time until Wed 11 Mar 2026, 12:00" in page.text
        assert "Was ill" not in page.text
        assert "You were given time" in visitor.get("/netconf/reviews/").text
        for rest in ("/netconf/reviews/asked", "/account/"):
            assert "Due Wed 11 Mar 2026, 12:00" in visitor.get(rest).text, rest
        tell_assigned(db, conference, [reviewer.id], epoch="x", links=Links(""), now=TALK.starts)
        db.commit()
        tell_assigned(db, conference, [reviewer.id], epoch="x", links=Links(""), now=TALK.starts)
        db.commit()
        for kind, words in (
            ("extension_given", "until\nWed 11 Mar 2026, 12:00"),
            ("assignment_new", "Reviews are due Wed 11 Mar 2026, 12:00"),
        ):
            mail = db.scalars(select(Message).where(Message.kind == kind)).one()
            assert (words in mail.body, "Was ill" in mail.body) == (True, False), mail.body
        db.rollback()
        score = next(one for one in page.form("committee_text").names if one.startswith("score_"))
        sent = {score: "4", f"field_{number}": "Still asked."}
        visitor.submit(page, sent, having="committee_text", press="Submit review, next")
        others = f"/netconf/chair/submissions/{talk.code}/"
        assert "Still asked." in chair.get(others).text
        assert not_begun(db, conference) == []

        clock.move_to(until + HOUR)
        assert "committee_text" not in visitor.get(path).html
        page = chair.get(f"{chairs}extensions/{code}")
        page = chair.submit(page, to=f"{chairs}extensions/{code}/end")
        assert "hold for Rae Reviewer again" in page.text
        assert db.query(ReviewExtension).count() == 0
        again = chair.client.post(f"{chairs}extensions/{code}/end", data={})
        assert again.status_code in {404, 422, 400}


# The chair's page -----------------------------------------------------------------------------


def save(chair: Visitor, **values: str) -> tuple[int, str]:
    page = raw_post(chair, PHASES, values, having="zone")
    return page.status, page.text


def test_phases_are_planned_on_one_page(visitor_as: LogIn, db: Session) -> None:
    conference = make_conference(db, "netconf", reviewing="assigned", zone="Europe/Prague")
    chair = visitor_as(make_chair(db, conference))
    db.commit()
    assert "Phases of reviewing" in chair.get("/netconf/chair/settings/").links()
    page = chair.submit(chair.get(PHASES), press="Add a phase")
    page = chair.submit(page, {"rows-0-name": "Some day"}, press="Add a phase")
    values = {
        "rows-1-name": "Reviews", "rows-1-starts_date": "2026-06-01", "rows-1-ends_date":
        "2026-06-10", "rows-1-others": "never", "rows-1-discusses": True, "zone": "Etc/GMT+12",
    }  # fmt: skip
    page = chair.submit(page, values, press="Save")
    assert "Saved." in page.text
    db.expire_all()
    reviews, planned = phases_of(conference)
    assert (planned.name, planned.starts) == ("Some day", None)
    assert reviews.starts == datetime(2026, 6, 1, 12, tzinfo=UTC)
    assert reviews.ends == datetime(2026, 6, 11, 11, 59, tzinfo=UTC)
    assert (reviews.others, reviews.discusses) == ("never", True)
    assert in_force(conference, reviews.starts).phase == reviews
    make_field(db, conference, name="In it?", phases=[reviews.key])
    db.commit()
    page = chair.submit(chair.get(PHASES), {"rows-1-name": "Another day"}, press="Save")
    db.expire_all()
    assert [one.key for one in phases_of(conference)] == [reviews.key, planned.key]
    page = chair.submit(chair.get(PHASES), press="Remove Phase 1")
    page = chair.submit(page, {}, press="Save")
    assert (page.status, "“In it?” of the review form" in page.text) == (422, True)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"rows-0-name": ""}, "Give each phase a name."),
        ({"rows-0-name": "Discussion"}, "Two phases are called"),
        ({"rows-0-starts_date": ""}, "ends and never begins"),
        ({"rows-0-ends_date": "2026-03-01"}, "ends before it begins"),
        ({"rows-0-ends_date": "2026-03-10"}, "at the same time"),
        ({"rows-0-writes": "all"}, "let them see all"),
        ({"rows-0-reads": "some"}, "Not a valid choice"),
        ({"rows-0-starts_date": "31.2.2026"}, "Not a valid date"),
        ({"rows-0-row_id": "strange"}, "there no more"),
        ({"zone": "Mars/Base"}, "Not a valid choice"),
        (
            {"zone": "Europe/Prague", "rows-0-starts_date": "2026-03-29",
             "rows-0-starts_time": "02:30"},
            "that time does not exist",
        ),
    ],
)  # fmt: skip
def test_phases_that_cannot_be_are_refused(
    visitor_as: LogIn, db: Session, conference: Conference, values: dict[str, str], said: str
) -> None:
    chair = visitor_as(make_chair(db, conference))
    db.commit()
    status, text = save(chair, **values)
    assert (status, said in text) == (422, True), text
    db.expire_all()
    assert phases_of(conference) == [REVIEWS, TALK]


def test_a_stale_plan_is_not_saved_over_another(
    visitor_as: LogIn, db: Session, conference: Conference
) -> None:
    chair = visitor_as(make_chair(db, conference))
    db.commit()
    page = chair.get(PHASES)
    conference.phases = stored([REVIEWS, replace(TALK, name="Second round")])
    db.commit()
    page = chair.submit(page, {"rows-0-name": "Mine"}, press="Save")
    assert (page.status, "Second round" in page.text, "Mine" in page.text) == (409, True, True)


def test_the_closing_day_cannot_be_before_the_due_day(
    visitor_as: LogIn, db: Session, conference: Conference
) -> None:
    chair = visitor_as(make_chair(db, conference))
    db.commit()
    path = "/netconf/chair/settings/reviewing"
    page = raw_post(
        chair, path, {"due_date": "2026-04-02", "close_date": "2026-04-01"}, having="reviewing"
    )
    assert (page.status, "before they are due" in page.text) == (422, True)
