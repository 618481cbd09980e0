"""Flags, ratings and the statement on AI, as chairs and reviewers meet them."""

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp.domain.accounts.models import Person
from cfp.domain.conferences.models import Criterion
from cfp.domain.reviews.models import Review, ReviewRating
from tests.factories import give_role, make_conflict, make_person, make_review, make_submission
from tests.support.setting import make_chair, open_conference
from tests.support.visitor import Visitor

LogIn = Callable[[Person], Visitor]
COPIED = "The same words stand here as in another one of these reviews, and they are many."


def test_chairs_see_flags_of_what_they_may_read(visitor_as: LogIn, db: Session) -> None:
    conference = open_conference(db)
    chair, owner = make_chair(db, conference), make_person(db, "Ada Example")
    first, second, third = (make_submission(db, conference, [owner]) for _ in range(3))
    rae, bo = make_person(db, "Rae Reviewer"), make_person(db, "Bo Critic")
    for person in (rae, bo):
        give_role(db, conference, person, "reviewer")
    make_review(db, first, rae, committee_text=COPIED + " Really, word for word it does.")
    make_review(db, second, rae, 5, committee_text=f"Weak, unclear. {COPIED} And so on, and so on.")
    make_review(db, third, bo, committee_text=COPIED)
    db.commit()
    head = visitor_as(chair)
    page = head.get("/netconf/chair/reviews/quality")
    assert "3 reviews are from before" in page.text
    page = head.submit(page, press="Look at them")
    assert "from before" not in page.text
    assert second.title in head.get("/netconf/chair/reviews/quality?flag=odds").text
    assert first.title not in head.get("/netconf/chair/reviews/quality?flag=odds").text
    name = f"score_{db.scalars(select(Criterion.id)).first()}"
    db.rollback()
    writer = visitor_as(rae)
    changed = {name: "4", "committee_text": COPIED.upper()}
    page = writer.get(f"/netconf/reviews/{first.code}/")
    save = "Save changes for Reviewers and chairs"
    writer.submit(page, changed, having="committee_text", press=save)
    page = head.get("/netconf/chair/reviews/quality?flag=copied")
    assert first.title in page.text
    assert third.title in page.text
    assert "Bo Critic" in page.text
    make_conflict(db, third, chair)
    db.commit()
    page = head.get("/netconf/chair/reviews/quality?flag=copied")
    assert "No review has this flag." in page.text, "its twin is not theirs to know"
    assert writer.get("/netconf/chair/reviews/quality").status == 404


def test_chairs_rate_reviews_but_not_their_own(visitor_as: LogIn, db: Session) -> None:
    conference = open_conference(db, rates_reviews=True)
    chair, rae = make_chair(db, conference), make_person(db, "Rae Reviewer")
    talk = make_submission(db, conference, [make_person(db)])
    for person in (rae, chair):
        give_role(db, conference, person, "reviewer")
    make_review(db, talk, rae, committee_text=COPIED + " And these are some more of them.")
    own = make_review(db, talk, chair)
    db.commit()
    head = visitor_as(chair)
    where = f"/netconf/chair/submissions/{talk.code}/"
    page = head.get(where)
    assert page.text.count("Did it help?") == 1
    page = head.submit(page, press="Yes Rae Reviewer")
    assert "You said: it helped." in page.text
    listed = "/netconf/chair/reviews/quality?flag="
    head.submit(head.get(listed), press="Look at them")
    assert talk.title in head.get(f"{listed}helpful").text
    assert "No review was rated so." in head.get(f"{listed}unhelpful").text
    assert "1,0" in head.client.get(listed.replace("?", ".csv?") + "helpful").text
    page = head.submit(page, press="Undo Rae Reviewer")
    page = head.submit(page, press="No Rae Reviewer")
    assert talk.title in head.get(f"{listed}unhelpful").text
    assert "0 yes, 1 no" not in head.get(listed).text, "it has no flag"
    assert db.scalars(select(ReviewRating.helpful)).all() == [False]
    db.rollback()
    data = dict(page.form("Undo Rae Reviewer").fields) | {"helpful": "1"}
    answer = head.client.post(f"{where}reviews/{own.pseudonym}/rating", data=data)
    assert answer.status_code == 404
    assert "it help" not in visitor_as(rae).get(f"/netconf/reviews/{talk.code}/").text


def test_the_statement_on_ai_is_asked_to_submit_and_only_where_wanted(
    visitor_as: LogIn, db: Session
) -> None:
    conference = open_conference(db, asks_ai_statement=True)
    rae = make_person(db, "Rae Reviewer")
    give_role(db, conference, rae, "reviewer")
    talk = make_submission(db, conference, [make_person(db)])
    name = f"score_{db.scalars(select(Criterion.id)).first()}"
    db.commit()
    visitor = visitor_as(rae)
    page = visitor.get(f"/netconf/reviews/{talk.code}/")
    page = visitor.submit(page, {name: "4"}, press="Save draft")
    refused = visitor.submit(page, {}, having="committee_text", press="Submit review, next")
    assert refused.status == 422
    assert "Please check this" in refused.text
    said = {"ai_statement": "y"}
    visitor.submit(refused, said, press="Submit review, next", having="ai_statement")
    assert db.scalars(select(Review.state)).one() == "submitted"
    conference.asks_ai_statement = False
    db.commit()
    assert "AI tool" not in visitor.get(f"/netconf/reviews/{talk.code}/").text
