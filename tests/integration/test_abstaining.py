"""Abstaining, the history of a review, and what has changed since it was written."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp.domain.accounts.models import Person
from cfp.domain.assignment.models import Assignment
from cfp.domain.conferences.models import Conference, Criterion
from cfp.domain.reviews.models import Review, ReviewTally
from cfp.domain.submissions.models import Submission
from tests.factories import (
    answer,
    give_role,
    make_assignment,
    make_field,
    make_person,
    make_review,
    make_submission,
)
from tests.support.setting import make_chair, open_conference
from tests.support.visitor import Visitor

LogIn = Callable[[Person], Visitor]


@pytest.fixture
def conference(db: Session) -> Conference:
    return open_conference(db, reviewing="assigned")


@pytest.fixture
def reviewer(db: Session, conference: Conference) -> Person:
    person = make_person(db, "Rae Reviewer")
    give_role(db, conference, person, "reviewer")
    return person


@pytest.fixture
def talk(db: Session, conference: Conference, reviewer: Person) -> Submission:
    owner = make_person(db, "Ada Example", email="ada@example.org")
    submission = make_submission(db, conference, [owner], title="Flows")
    make_assignment(db, submission, reviewer)
    return submission


def path(talk: Submission, rest: str = "") -> str:
    return f"/netconf/reviews/{talk.code}/{rest}"


def test_abstaining_is_done_for_the_reviewer_and_no_review(
    visitor_as: LogIn, reviewer: Person, talk: Submission, conference: Conference, db: Session
) -> None:
    other, chair = make_person(db), make_chair(db, conference)
    give_role(db, conference, other, "reviewer")
    make_review(db, talk, other, committee_text="Somebody else's view.")
    visitor, head = visitor_as(reviewer), visitor_as(chair)
    page = visitor.submit(visitor.get(path(talk)), {"committee_text": "Hm"}, press="Save draft")
    empty = visitor.submit(page, {"abstention": ""}, to=path(talk, "abstain"))
    assert empty.status == 422
    assert "Please say why" in empty.text
    page = visitor.submit(page, {"abstention": "Not my field."}, to=path(talk, "abstain"))
    assert page.path == "/netconf/reviews/"
    assert "All 1 are done" in page.text
    assert "abstained" in page.text
    assert "Somebody else's view." not in visitor.get(path(talk)).text
    assert db.scalars(select(Assignment.state)).one() == "abstained"
    assert db.scalars(select(ReviewTally.reviews)).one() == 1
    db.rollback()
    seen = head.get(f"/netconf/chair/submissions/{talk.code}/")
    assert "Not my field." in seen.text
    assert "abstained" in seen.text
    assert "Not my field." not in visitor_as(other).get(path(talk)).text
    page = visitor.submit(visitor.get(path(talk)), press="Review it after all")
    assert "Hm" in page.html
    assert db.scalars(select(Assignment.state)).one() == "accepted"


def test_a_submitted_review_is_not_abstained_from(
    visitor_as: LogIn, reviewer: Person, talk: Submission, db: Session
) -> None:
    visitor = visitor_as(reviewer)
    page = visitor.get(path(talk))
    make_review(db, talk, reviewer)
    db.commit()
    late = visitor.submit(page, {"abstention": "Changed my mind."}, to=path(talk, "abstain"))
    assert late.status == 409
    assert db.scalars(select(Review.state)).one() == "submitted"
    db.rollback()
    again = visitor.client.post(path(talk, "after-all"), data=dict(page.form("abstention").fields))
    assert again.status_code == 409


def test_a_review_keeps_its_history_for_its_author_and_the_chairs(
    visitor_as: LogIn, reviewer: Person, talk: Submission, conference: Conference, db: Session
) -> None:
    name = f"score_{db.scalars(select(Criterion.id)).first()}"
    other, chair = make_person(db), make_chair(db, conference)
    give_role(db, conference, other, "reviewer")
    make_assignment(db, talk, other)
    make_review(db, talk, other)
    review = make_review(
        db, talk, reviewer, committee_text="Solid work.", chair_text="Odd.", pseudonym="F00F00"
    )
    db.commit()
    pseudonym, review_id = review.pseudonym, review.id
    visitor = visitor_as(reviewer)
    assert "It says what it said" in visitor.get(path(talk, "history")).text
    changed = {name: "2", "committee_text": "Weak work.", "chair_text": "Very odd."}
    visitor.submit(visitor.get(path(talk)), changed, having="committee_text")
    page = visitor.get(path(talk, "history"))
    assert "<del>Solid</del><ins>Weak</ins> work." in page.html
    assert "<del>4</del><ins>2</ins>" in page.html
    head = visitor_as(chair)
    link = path(talk, f"history/{pseudonym}")
    assert link in head.get(f"/netconf/chair/submissions/{talk.code}/").html
    assert "<del>Odd</del><ins>Very odd</ins>" in head.get(link).html
    assert visitor_as(other).get(link).status == 404, "not even who may read the review itself"
    db.get_one(Review, review_id).state = "draft"
    db.commit()
    assert head.get(link).status == 404


def test_a_history_shows_the_conference_s_own_questions_too(
    visitor_as: LogIn, reviewer: Person, talk: Submission, conference: Conference, db: Session
) -> None:
    why = make_field(db, conference, "chairs", name="Why?")
    fit = make_field(db, conference, name="Whom?", kind="choices", options=["All", "Few"])
    review = make_review(db, talk, reviewer, pseudonym="F00F00")
    answer(db, review, why, "Good figures.")
    answer(db, review, fit, "All")
    fields = {"why": f"field_{why.id}", "fit": f"field_{fit.id}"}
    chair = make_chair(db, conference)
    db.commit()
    visitor = visitor_as(reviewer)
    changed = {fields["why"]: "Poor figures.", fields["fit"]: ["All", "Few"]}
    visitor.submit(visitor.get(path(talk)), changed, having="committee_text")
    head = visitor_as(chair).get(path(talk, "history/F00F00"))
    for page in (visitor.get(path(talk, "history")), head):
        assert "<del>Good</del><ins>Poor</ins> figures." in page.html
        assert "<del>All</del><ins>All, Few</ins>" in page.html
    visitor.submit(visitor.get(path(talk)), {fields["fit"]: []}, having="committee_text")
    assert "<del>All, Few</del></dd>" in visitor.get(path(talk, "history")).html


def test_changed_since_the_review_shows_what(
    visitor_as: LogIn, reviewer: Person, talk: Submission, conference: Conference, db: Session
) -> None:
    make_review(db, talk, reviewer, seen_revision=1)
    same = make_submission(db, conference, [make_person(db)], title="As it was")
    make_assignment(db, same, reviewer)
    make_review(db, same, reviewer, seen_revision=1)
    owner = db.get_one(Person, talk.submitter_id)
    db.commit()
    visitor, speaker = visitor_as(reviewer), visitor_as(owner)
    edit = f"/netconf/submissions/{talk.code}/edit"
    page = speaker.get(edit)
    typed = {"title": "Flows, revisited", "note": "zqnote"}
    page = speaker.submit(page, typed, press="Save changes")
    assert page.status == 200
    queue = visitor.get("/netconf/reviews/")
    assert "changed since Flows, revisited" in queue.text
    assert "changed since As it was" not in queue.text
    page = visitor.get(path(talk))
    assert "has changed since your review" in page.text
    page = visitor.get(path(talk, "changes"))
    assert "Flows<ins>, revisited</ins>" in page.html
    assert "zqnote" not in page.html
