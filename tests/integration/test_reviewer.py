"""A reviewer's pages: queue, review, draft, conflict, bids, comments, and what stays hidden."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cfp import clock
from cfp.domain.accounts.models import Person
from cfp.domain.assignment.models import Assignment, Bid, Conflict
from cfp.domain.conferences.models import Conference, Criterion
from cfp.domain.reviews.models import Review, ReviewRevision, Score
from cfp.domain.submissions.models import Submission
from tests.factories import (
    give_role,
    make_assignment,
    make_conference,
    make_person,
    make_review,
    make_submission,
)
from tests.support.statements import counted
from tests.support.visitor import Page, Visitor

QUEUE = "/netconf/reviews/"
LogIn = Callable[[Person], Visitor]


@pytest.fixture
def conference(db: Session) -> Conference:
    return make_conference(db, "netconf")


@pytest.fixture
def reviewer(db: Session, conference: Conference) -> Person:
    person = make_person(db, "Rae Reviewer")
    give_role(db, conference, person, "reviewer")
    return person


@pytest.fixture
def talk(db: Session, conference: Conference) -> Submission:
    owner = make_person(db, "Ada Example")
    return make_submission(db, conference, [owner, "Ben Sample"], title="Flows")


def criterion(db: Session) -> str:
    return f"score_{db.scalars(select(Criterion.id)).first()}"


def path(talk: Submission, rest: str = "") -> str:
    return f"/netconf/reviews/{talk.code}/{rest}"


def review_page(visitor: Visitor, talk: Submission) -> Page:
    page = visitor.get(path(talk))
    assert page.status == 200
    return page


def submit(visitor: Visitor, db: Session, talk: Submission, **values: str) -> Page:
    name = criterion(db)
    db.rollback()
    page = review_page(visitor, talk)
    sent = {name: "4", "committee_text": "Solid.", **values}
    return visitor.submit(page, sent, having="committee_text", press="Submit review, next")


def test_from_the_queue_through_the_next_to_done(
    visitor_as: LogIn, reviewer: Person, talk: Submission, conference: Conference, db: Session
) -> None:
    make_submission(db, conference, [make_person(db)], title="Caching")
    make_submission(db, conference, [make_person(db)], title="A draft", state="draft")
    visitor = visitor_as(reviewer)
    page = visitor.get(QUEUE)
    assert "0 of 2 done" in page.text
    assert "A draft" not in page.text
    page = visitor.get("/netconf/reviews/next")
    first = page.path
    name = criterion(db)
    db.rollback()
    page = visitor.submit(
        page, {name: "5"}, having="committee_text", press="Submit review, next"
    )
    assert page.path not in {first, QUEUE}
    page = visitor.submit(
        page, {name: "2"}, having="committee_text", press="Submit review, next"
    )
    assert page.path == QUEUE
    assert "All 2 are done" in page.text
    assert db.scalars(select(Review.total).order_by(Review.total)).all() == [2.0, 5.0]


def test_a_draft_is_kept_without_scores_and_a_submit_is_refused(
    visitor_as: LogIn, reviewer: Person, talk: Submission, db: Session
) -> None:
    visitor = visitor_as(reviewer)
    page = review_page(visitor, talk)
    page = visitor.submit(page, {"committee_text": "Half"}, press="Save draft")
    assert "Draft saved" in page.text
    refused = visitor.submit(page, {}, having="committee_text", press="Submit review, next")
    assert refused.status == 422
    assert "Please give a score for" in refused.text
    assert "Half" in refused.html
    assert db.scalars(select(Review.state)).all() == ["draft"]


def test_autosave_keeps_a_draft_and_never_touches_what_is_submitted(
    visitor_as: LogIn, reviewer: Person, talk: Submission, db: Session
) -> None:
    visitor = visitor_as(reviewer)
    page = review_page(visitor, talk)
    data = dict(page.form("committee_text").fields) | {"committee_text": "As I type"}
    saved = visitor.client.post(path(talk, "autosave"), data=data)
    assert saved.status_code == 200
    stale = visitor.client.post(path(talk, "autosave"), data=data | {"committee_text": "Other"})
    assert stale.status_code == 409
    data |= {"revision": str(saved.get_json()["revision"]), "committee_text": "More"}
    assert visitor.client.post(path(talk, "autosave"), data=data).status_code == 200
    submit(visitor, db, talk)
    db.expire_all()
    own = db.scalars(select(Review)).one()
    data |= {"revision": str(own.revision), "committee_text": "Too late"}
    assert visitor.client.post(path(talk, "autosave"), data=data).status_code == 422
    db.expire_all()
    assert db.scalars(select(Review.committee_text)).one() == "Solid."


def test_a_change_after_submitting_keeps_what_was_said(
    visitor_as: LogIn, reviewer: Person, talk: Submission, db: Session
) -> None:
    visitor = visitor_as(reviewer)
    submit(visitor, db, talk)
    name = criterion(db)
    db.rollback()
    page = visitor.get(path(talk))
    form = page.form("committee_text")
    data = dict(form.fields) | {name: "1", "committee_text": "Not so solid.", "submit": "1"}
    assert visitor.client.post(path(talk), data=data).status_code == 303
    stale = visitor.client.post(path(talk), data=data | {"committee_text": "Third"})
    assert stale.status_code == 409
    assert "Third" in stale.text
    assert "Not so solid." in stale.text
    db.expire_all()
    assert db.scalars(select(Review.total)).one() == 1.0
    kept = db.scalars(select(ReviewRevision)).one()
    assert kept.content["committee_text"] == "Solid."
    assert kept.content["total"] == 4.0


def test_saving_changes_stays_where_they_are_and_says_so(
    visitor_as: LogIn, reviewer: Person, talk: Submission, conference: Conference, db: Session
) -> None:
    make_submission(db, conference, [make_person(db)], title="Caching")
    visitor = visitor_as(reviewer)
    submit(visitor, db, talk)
    changed = {"committee_text": "Not so solid."}
    page = visitor.submit(
        visitor.get(path(talk)), changed, press="Save changes for Reviewers and chairs"
    )
    assert page.path == path(talk)
    assert "Changes saved." in page.text
    assert "Review submitted." not in page.text


def test_the_list_stays_as_it_was_searched_while_one_reviews(
    visitor_as: LogIn, reviewer: Person, talk: Submission, conference: Conference, db: Session
) -> None:
    name = criterion(db)
    for title in ("Apple one", "Pear", "Apple two", "Plum", "Apple three"):
        make_submission(db, conference, [make_person(db)], title=title)
    db.commit()
    visitor, listed = visitor_as(reviewer), "?q=apple&show=open&sort=-title"
    page = visitor.get(f"/netconf/reviews/next{listed}")
    assert "Apple two" in page.text, "the last by its title"
    onward = page.path.replace("/?", "/skip?")
    for address in (f"{QUEUE}{listed}", onward):
        assert address.replace("&", "&amp;") in page.html
    assert "Apple three" in visitor.get(onward).text
    for title in ("Apple three", "Apple one", "Your reviews"):
        page = visitor.submit(
            page, {name: "4"}, having="committee_text", press="Submit review, next"
        )
        assert title in page.text
    assert "Nothing fits this filter." in page.text
    assert "3 of 6 done" in page.text


def test_skip_is_there_while_it_leads_somewhere_else(
    visitor_as: LogIn, reviewer: Person, talk: Submission, conference: Conference, db: Session
) -> None:
    other = make_submission(db, conference, [make_person(db)], title="Caching")
    visitor = visitor_as(reviewer)
    assert path(other) == visitor.get(path(talk, "skip")).path
    assert path(talk, "skip") in visitor.get(path(talk)).html
    submit(visitor, db, talk)
    assert path(other, "skip") not in visitor.get(path(other)).html
    assert path(talk, "skip") in visitor.get(path(talk)).html


def test_others_reviews_show_after_ones_own_without_their_names(
    visitor_as: LogIn, reviewer: Person, talk: Submission, conference: Conference, db: Session
) -> None:
    other = make_person(db, "Hidden Colleague")
    give_role(db, conference, other, "reviewer")
    make_review(db, talk, other, committee_text="I doubt it.", chair_text="For chairs.")
    visitor = visitor_as(reviewer)
    page = review_page(visitor, talk)
    assert "I doubt it." not in page.text
    assert "You see them once yours is submitted" in page.text
    submit(visitor, db, talk)
    page = review_page(visitor, talk)
    assert "I doubt it." in page.text
    assert "Hidden Colleague" not in page.text
    assert "For chairs." not in page.text


def test_names_are_absent_where_the_conference_is_blind(
    visitor_as: LogIn, reviewer: Person, talk: Submission, conference: Conference, db: Session
) -> None:
    visitor = visitor_as(reviewer)
    assert "Ben Sample" in review_page(visitor, talk).text
    conference.blind = True
    db.commit()
    page = review_page(visitor, talk)
    assert "Ben Sample" not in page.html
    assert "Ada Example" not in page.html
    assert "Names are hidden" in page.text


def test_a_declared_conflict_hides_the_text_at_once_and_can_be_undone(
    visitor_as: LogIn, reviewer: Person, talk: Submission, db: Session
) -> None:
    visitor = visitor_as(reviewer)
    page = review_page(visitor, talk)
    page = visitor.submit(page, {"reason": "We share an office."}, to=path(talk, "conflict"))
    assert talk.abstract not in page.text
    assert "You have a conflict of interest" in page.text
    assert visitor.client.post(path(talk), data={}).status_code in {400, 403, 422}
    assert db.scalars(select(Conflict.reason)).one() == "We share an office."
    db.rollback()
    page = visitor.submit(page, press="Undo: I have no conflict")
    assert talk.abstract in page.text
    assert db.scalar(select(func.count(Conflict.id))) == 0


def test_a_confirmed_conflict_cannot_be_taken_back(
    visitor_as: LogIn, reviewer: Person, talk: Submission, db: Session
) -> None:
    visitor = visitor_as(reviewer)
    page = visitor.submit(review_page(visitor, talk), {"reason": "x"}, to=path(talk, "conflict"))
    db.scalars(select(Conflict)).one().state = "confirmed"
    db.commit()
    assert visitor.submit(page, press="Undo: I have no conflict").status == 409


def test_assigned_reviewing_shows_only_what_is_assigned(
    visitor_as: LogIn, reviewer: Person, talk: Submission, conference: Conference, db: Session
) -> None:
    conference.reviewing = "assigned"
    other = make_submission(db, conference, [make_person(db)], title="Not theirs")
    make_assignment(db, talk, reviewer)
    visitor = visitor_as(reviewer)
    page = visitor.get(QUEUE)
    assert "Flows" in page.text
    assert "Not theirs" not in page.text
    assert visitor.get(path(other)).status == 404
    page = review_page(visitor, talk)
    page = visitor.submit(page, {"reason": "No time."}, press="Decline, reason for Chairs")
    assert "Flows" not in visitor.get(QUEUE).text
    declined = db.scalars(select(Assignment)).one()
    assert (declined.state, declined.reason) == ("declined", "No time.")


def test_bids_show_titles_before_anything_is_assigned(
    visitor_as: LogIn, reviewer: Person, talk: Submission, conference: Conference, db: Session
) -> None:
    conference.reviewing, conference.uses_bids = "assigned", True
    conference.blind = True
    visitor = visitor_as(reviewer)
    page = visitor.get("/netconf/reviews/bids/")
    assert "Flows" in page.text
    page = visitor.submit(page, press="want to Flows")
    assert db.scalars(select(Bid.value)).one() == "want"
    db.rollback()
    page = visitor.get(path(talk, "bid"))
    assert "Ben Sample" not in page.html
    page = visitor.submit(page, {"bid": ""}, press="Save bid")
    assert db.scalar(select(func.count(Bid.id))) == 0
    assert visitor.get(path(talk)).status == 404, "not assigned: nothing to review"


def test_profile_is_for_assigned_reviewing(
    visitor_as: LogIn, reviewer: Person, conference: Conference, db: Session
) -> None:
    visitor = visitor_as(reviewer)
    page = visitor.get("/netconf/reviews/profile")
    page = visitor.submit(page, {"expertise": "Caches", "load_wished": "7"})
    assert "Caches" in page.html
    bad = visitor.submit(page, {"load_wished": "-1"})
    assert bad.status == 422


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"committee_text": "x" * 20_001}, 422),
        ({"committee_text": "a\x00b"}, 422),
        ({"committee_text": "a\ud800b".encode("utf-8", "surrogatepass")}, 303),
        ({"SCORE": "9"}, 422),
        ({"SCORE": "-1"}, 422),
        ({"SCORE": "four"}, 422),
        ({"SCORE": ["3", "5"]}, 303),
        ({"revision": "x"}, 409),
        ({"revision": "-1"}, 409),
    ],
)
def test_bad_input_is_refused_where_it_is(
    visitor_as: LogIn,
    reviewer: Person,
    talk: Submission,
    db: Session,
    values: dict[str, object],
    status: int,
) -> None:
    visitor, name = visitor_as(reviewer), criterion(db)
    db.rollback()
    page = review_page(visitor, talk)
    data: dict[str, object] = dict(page.form("committee_text").fields) | {name: "3"}
    data |= {name if key == "SCORE" else key: value for key, value in values.items()}
    answer = visitor.client.post(path(talk), data=data | {"submit": "1"})
    assert answer.status_code == status, answer.text
    stored = db.scalar(select(func.count(Score.value)))
    assert stored == (1 if status == 303 else 0)


def test_a_double_click_submits_once(
    visitor_as: LogIn, reviewer: Person, talk: Submission, db: Session
) -> None:
    visitor, name = visitor_as(reviewer), criterion(db)
    db.rollback()
    page = review_page(visitor, talk)
    for _ in range(2):
        answer = visitor.submit(
            page, {name: "3"}, having="committee_text", press="Submit review, next"
        )
        assert answer.status == 200
    assert db.scalar(select(func.count(Review.id))) == 1
    assert db.scalar(select(func.count(ReviewRevision.id))) == 0


@pytest.mark.parametrize("kind", [None, "reader"])
def test_nobody_else_reviews(
    visitor_as: LogIn, conference: Conference, talk: Submission, db: Session, kind: str | None
) -> None:
    other = make_person(db)
    if kind:
        give_role(db, conference, other, kind)
    visitor = visitor_as(other)
    assert visitor.get(QUEUE).status == 404
    assert visitor.get(path(talk)).status == (403 if kind else 404)
    assert visitor.get(path(talk, "nonsense")).status == 404
    unknown = visitor.get("/netconf/reviews/ZZZZZZ/")
    assert unknown.status == 404


def test_reviewing_that_is_closed_says_so(
    visitor_as: LogIn, reviewer: Person, talk: Submission, conference: Conference, db: Session
) -> None:
    visitor = visitor_as(reviewer)
    page = review_page(visitor, talk)
    conference.reviewing_open = False
    conference.reviews_due = clock.now() - timedelta(days=1)
    db.commit()
    closed = review_page(visitor, talk)
    assert "Reviewing of this submission is closed" in closed.text
    refused = visitor.submit(page, {"committee_text": "Typed late."}, press="Save draft")
    assert (refused.status, "Typed late." in refused.html) == (409, True)
    queue = visitor.get(QUEUE)
    assert "0 of 1 are done. Reviewing is closed." in queue.text
    for one in (closed, queue):
        assert "min left" not in one.text
        assert "Skip" not in one.text.replace("Skip to the content", "")
        assert "data-keys-open" not in one.html


@pytest.mark.parametrize("talks", [2, 60])
def test_pages_take_few_statements_whatever_the_size(
    app: Flask,
    visitor_as: LogIn,
    reviewer: Person,
    conference: Conference,
    talk: Submission,
    db: Session,
    talks: int,
) -> None:
    owner = make_person(db)
    for _ in range(talks):
        make_review(db, make_submission(db, conference, [owner]), reviewer)
    visitor = visitor_as(reviewer)
    engine = app.extensions["cfp"].engine
    for address, most in ((QUEUE, 10), ("/netconf/reviews/bids/", 10), (path(talk), 15)):
        with counted(engine) as statements:
            visitor.get(address)
        assert len(statements) <= most, [address, *statements]


def test_an_abstract_in_markdown_reads_as_on_the_public_page(
    visitor_as: LogIn, reviewer: Person, talk: Submission, conference: Conference, db: Session
) -> None:
    """With nothing in it that would tell the speaker's machine who reads."""
    conference.markdown = True
    talk.abstract = "*Quick* <b>bold</b> ![picture](https://spy.example/p.png)\n\n- one"
    chair = make_person(db)
    give_role(db, conference, chair, "chair")
    db.commit()
    for page in (
        review_page(visitor_as(reviewer), talk),
        visitor_as(chair).get(f"/netconf/chair/submissions/{talk.code}/"),
    ):
        assert "<em>Quick</em>" in page.html
        assert "<li>one</li>" in page.html
        assert "<b>bold</b>" not in page.html
        assert "<img" not in page.html
