"""Reviews as chairs follow them, and reminding reviewers."""

import csv
import io
from collections.abc import Callable

import pytest
import time_machine
from sqlalchemy.orm import Session

from cfp.audit import AuditEntry
from cfp.domain.accounts.models import Person
from cfp.domain.mail.models import Message
from cfp.domain.submissions.models import Submission
from tests.factories import (
    NOW,
    give_role,
    make_assignment,
    make_conference,
    make_conflict,
    make_person,
    make_review,
    make_submission,
)
from tests.support.cast import World, make_world
from tests.support.statements import counted
from tests.support.visitor import Page, Visitor

Log = Callable[[Person], Visitor]
NONE = "\N{EN DASH}"


@pytest.fixture(autouse=True)
def _today() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


def reviews(visitor: Visitor, world: World, path: str = "") -> Page:
    return visitor.get(f"/{world.conference.slug}/chair/reviews{path or '/'}")


def rows_of(page: Page) -> dict[str, list[str]]:
    """The cells of each row of the page's table, by what stands in its first."""
    found = {}
    for row in page.tree.iter("tr"):
        cells = [" ".join("".join(cell.itertext()).split()) for cell in row]
        found[cells[0]] = cells[1:]
    return found


def scored(db: Session, world: World, submission: Submission, *values: int) -> None:
    for value in values:
        make_review(db, submission, make_person(db), value)


@pytest.mark.parametrize("path", ["/", "/reviewers", ".csv"])
@pytest.mark.parametrize("name", ["reader", "reviewer", "owner", "administrator"])
def test_scores_are_for_those_who_decide(
    db: Session, visitor_as: Log, name: str, path: str
) -> None:
    world = make_world(db)
    assert reviews(visitor_as(world.people[name]), world, path).status == 404


def test_scores_by_submission(db: Session, visitor_as: Log) -> None:
    world = make_world(db)
    scored(db, world, world.submissions["submitted"], 2, 4)
    scored(db, world, world.submissions["accepted"], 5)
    make_review(db, world.submissions["accepted"], make_person(db), 1, state="draft")
    page = reviews(visitor_as(world.people["chair"]), world)
    found = rows_of(page)
    for state, cells in (("submitted", ["3.0", "1.4", "2"]), ("accepted", ["5.0", NONE, "1"])):
        submission = world.submissions[state]
        assert found[f"{submission.title}{submission.code}"][-3:] == cells
    assert "2 submissions have a score" in page.text


def test_a_track_chair_has_their_track_alone(db: Session, visitor_as: Log) -> None:
    world = make_world(db)
    scored(db, world, world.submissions["submitted"], 2)
    page = reviews(visitor_as(world.people["other_track_chair"]), world)
    assert world.submissions["submitted"].title not in page.text
    assert "have a score" not in page.text
    file = reviews(visitor_as(world.people["other_track_chair"]), world, ".csv").response
    assert len(file.data.splitlines()) == 1


def test_a_conflict_takes_the_submission_off_the_list(db: Session, visitor_as: Log) -> None:
    world = make_world(db)
    scored(db, world, world.submissions["submitted"], 2)
    visitor = visitor_as(world.people["conflicted_chair"])
    page = reviews(visitor, world)
    assert world.submissions["submitted"].title not in page.text
    assert len(rows_of(page)) == 2  # the heading, and the one without a conflict
    assert len(reviews(visitor, world, ".csv").response.data.splitlines()) == 1


def test_the_file_has_each_review_with_its_scores(db: Session, visitor_as: Log) -> None:
    world = make_world(db)
    submission = world.submissions["submitted"]
    make_review(db, submission, world.people["reviewer"], 4, confidence=3)
    make_review(db, submission, make_person(db), 1, state="draft")
    text = reviews(visitor_as(world.people["chair"]), world, ".csv").response.data
    rows = list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"))))
    assert len(rows) == 1
    wanted = {"code": submission.code, "reviewer": "Reviewer", "total": "4.0", "Overall": "4"}
    assert wanted.items() <= rows[0].items()
    assert rows[0]["confidence"] == "3"


def test_progress_where_reviewers_are_assigned(db: Session, visitor_as: Log) -> None:
    world = make_world(db, reviewing="assigned", reviews_due=NOW.replace(day=1))
    other = make_person(db, "Other Reviewer")
    give_role(db, world.conference, other, "reviewer")
    make_assignment(db, world.submissions["submitted"], other, "done")
    make_review(db, world.submissions["submitted"], other)
    found = rows_of(reviews(visitor_as(world.people["chair"]), world, "/reviewers"))
    asked = sum(1 for one in world.submissions.values() if one.state != "draft")
    assert found["Reviewer"][:3] == [str(asked), "0", "1"]  # one of them is under review
    assert found["Other Reviewer"][:3] == ["1", "1", "0"]
    blocked = rows_of(reviews(visitor_as(world.people["conflicted_chair"]), world, "/reviewers"))
    assert blocked["Reviewer"][:3] == ["0", "0", "0"]
    assert blocked["Other Reviewer"][:3] == ["0", "0", "0"]


def test_how_each_question_was_answered_is_told_of_what_one_may_read(
    db: Session, visitor_as: Log
) -> None:
    world = make_world(db)
    scored(db, world, world.submissions["submitted"], 2, 5)
    chair = reviews(visitor_as(world.people["chair"]), world, "/reviewers")
    assert "2 answers, mean 3.5, spread 2.1." in chair.text
    blocked = reviews(visitor_as(world.people["conflicted_chair"]), world, "/reviewers")
    assert "answers, mean" not in blocked.text


def test_progress_where_everybody_reviews_everything(db: Session, visitor_as: Log) -> None:
    world = make_world(db, reviews_per_submission=2)
    enough = make_submission(db, world.conference, [world.people["owner"]], track=world.track)
    scored(db, world, enough, 3, 3)
    one_more = make_submission(db, world.conference, [world.people["owner"]], track=world.track)
    make_review(db, one_more, world.people["reviewer"])
    make_conflict(db, world.submissions["submitted"], world.people["reviewer"], state="dismissed")
    found = rows_of(reviews(visitor_as(world.people["chair"]), world, "/reviewers"))
    # Short of reviews: the submitted one, one_more, and the other track's.
    assert found["Reviewer"][:2] == ["1", "2"]
    assert found["Blocked Reviewer"][:2] == ["0", "2"]


# Reminding --------------------------------------------------------------------------------------


def late_world(db: Session) -> World:
    return make_world(db, reviewing="assigned", reviews_due=NOW.replace(day=1))


def test_late_reviewers_are_reminded_once_a_day(db: Session, visitor_as: Log) -> None:
    world = late_world(db)
    visitor = visitor_as(world.people["chair"])
    page = reviews(visitor, world, "/nudge")
    assert "1 review waits for you" in page.text
    refused = visitor.submit(page, {"count": "7"}, press="Send")
    assert refused.status == 422
    done = visitor.submit(refused, {"count": "2"}, press="Send")
    assert "2 mails are on their way" in done.text
    mails = db.query(Message).filter_by(kind="review_reminder").all()
    late = {world.people[name].id for name in ("reviewer", "guest")}
    assert {one.person_id for one in mails} == late
    assert mails[0].about_review
    assert f"/{world.conference.slug}/reviews/next" in mails[0].body
    assert db.query(AuditEntry).filter_by(action="review.nudge").count() == 1
    assert "reminded today already" in reviews(visitor, world, "/nudge").text
    assert "2 Mar 2026" in reviews(visitor, world, "/reviewers").text
    assert visitor.submit(page, {"count": "2"}, press="Send").status == 200  # the same form again
    assert db.query(Message).filter_by(kind="review_reminder").count() == 2


def test_before_it_is_due_nobody_is_late_but_one_can_be_reminded(
    db: Session, visitor_as: Log
) -> None:
    world = make_world(db, reviewing="assigned", reviews_due=NOW.replace(day=9))
    visitor = visitor_as(world.people["chair"])
    assert "Nobody is late" in reviews(visitor, world, "/nudge").text
    code = world.people["reviewer"].code
    page = reviews(visitor, world, f"/nudge?person={code}")
    visitor.submit(page, {"count": "1"}, press="Send")
    assert db.query(Message).filter_by(kind="review_reminder").count() == 1


@pytest.mark.parametrize("query", ["person=wrong", "person=%27", "person=" + "x" * 3000])
def test_a_strange_reviewer_gets_nothing(db: Session, visitor_as: Log, query: str) -> None:
    world = late_world(db)
    page = reviews(visitor_as(world.people["chair"]), world, f"/nudge?{query}")
    assert page.status == 200
    assert "Nothing is open for this reviewer" in page.text


def test_a_chair_with_a_conflict_reminds_of_what_they_may_know(
    db: Session, visitor_as: Log
) -> None:
    world = late_world(db)
    visitor = visitor_as(world.people["conflicted_chair"])
    assert "Nobody is late" in reviews(visitor, world, "/nudge").text
    free = make_submission(db, world.conference, [world.people["owner"]], track=world.track)
    make_assignment(db, free, world.people["reviewer"])
    assert "1 review waits for you" in reviews(visitor, world, "/nudge").text
    assert "2 reviews wait for you" in reviews(
        visitor_as(world.people["chair"]), world, "/nudge"
    ).text


@pytest.mark.parametrize("name", ["track_chair", "reader", "reviewer", "owner"])
def test_only_chairs_remind(db: Session, visitor_as: Log, name: str) -> None:
    world = late_world(db)
    assert reviews(visitor_as(world.people[name]), world, "/nudge").status == 404


def test_the_statements_do_not_grow(db: Session, app: object, visitor_as: Log) -> None:
    conference = make_conference(db, reviewing="assigned", reviews_due=NOW.replace(day=1))
    chair = make_person(db)
    give_role(db, conference, chair, "chair")
    visitor = visitor_as(chair)
    counts: dict[str, list[int]] = {"/": [], "/reviewers": []}
    for number in (2, 20):
        for _ in range(number):
            reviewer = make_person(db)
            give_role(db, conference, reviewer, "reviewer")
            submission = make_submission(db, conference, [make_person(db)])
            make_review(db, submission, reviewer, 3)
            make_assignment(db, submission, make_person(db))
        db.commit()
        for path, found in counts.items():
            with counted(app.extensions["cfp"].engine) as statements:  # type: ignore[attr-defined]
                assert visitor.get(f"/{conference.slug}/chair/reviews{path}").status == 200
            found.append(len(statements))
    for found in counts.values():
        assert found[0] == found[1]
        assert found[1] <= 10
