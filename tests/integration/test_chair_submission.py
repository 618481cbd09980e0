"""The page of one submission for the committee, and what is done there."""

from collections.abc import Callable, Mapping

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from cfp import audit
from cfp.actors import Actor
from cfp.domain.accounts.models import Person
from cfp.domain.assignment.models import Assignment, Conflict
from cfp.domain.decisions.models import Decision, PendingDecision
from cfp.domain.mail.actions import queue
from cfp.domain.mail.models import Message
from cfp.domain.reviews.models import Comment
from cfp.domain.submissions.models import Submission, SubmissionRevision
from tests.factories import (
    NOW,
    add_speaker,
    give_role,
    make_assignment,
    make_conflict,
    make_person,
    make_review,
)
from tests.support.cast import World, make_world
from tests.support.statements import counted
from tests.support.visitor import Page, Visitor

Log = Callable[[Person], Visitor]

SECRETS = {
    "note": "A word to the chairs alone",
    "address": "owner@secret.example",
    "speaker": "Ghost Writer",
    "review": "Review that convinces",
    "chair_text": "Remark for the chairs",
    "comment": "1 comment",
    "reviewer": "Rita Reviewer",
    "pending": "waitlisted, pending",
    "pending_note": "Note of the pending decision",
    "decision": "Note of the announced decision",
    "mail": "A mail about it",
    "review_mail": "A mail about its review",
    "private_mail": "A mail with a secret",
    "conflict": "They share an office.",
    "log": "began a draft",
}
"""What is planted, each in one place of the page."""

KNOWN: Mapping[str, set[str]] = {
    "chair": set(SECRETS) - {"private_mail"},
    "conflicted_chair": {
        *("note", "address", "speaker", "decision", "mail", "conflict"),
    },
    "track_chair": set(SECRETS) - {"mail", "review_mail", "private_mail", "conflict", "log"},
    "reader": {"speaker", "decision"},
}


def make_page(db: Session) -> tuple[World, Submission]:
    """A world with an accepted talk that has something of everything."""
    world = make_world(db, reviewing="assigned", discusses=True)
    submission = world.submissions["accepted"]
    submission.note, submission.abstract = SECRETS["note"], "What was measured, and how."
    add_speaker(db, submission, SECRETS["speaker"], 5, address=SECRETS["address"])
    rita = make_person(db, SECRETS["reviewer"])
    give_role(db, world.conference, rita, "reviewer")
    make_assignment(db, submission, rita, "done")
    make_review(
        db,
        submission,
        rita,
        4,
        committee_text=SECRETS["review"],
        chair_text=SECRETS["chair_text"],
    )
    here = {"conference_id": world.conference.id, "submission_id": submission.id}
    chair = world.people["chair"]
    db.add_all(
        [
            Comment(
                person_id=rita.id,
                pseudonym="P",
                audience="chairs",
                text="Comment of the committee",
                created=NOW,
                **here,
            ),
            PendingDecision(
                outcome="waitlist", note=SECRETS["pending_note"], by_id=chair.id, at=NOW, **here
            ),
            Decision(
                outcome="accepted", note=SECRETS["decision"], minutes=20, by_id=chair.id, at=NOW,
                **here,
            ),
        ]
    )  # fmt: skip
    for subject, about_review, private in (
        (SECRETS["mail"], False, False),
        (SECRETS["review_mail"], True, False),
        (SECRETS["private_mail"], False, True),
    ):
        _mail(db, world, submission, subject, about_review, private)
    doer = Actor(person_id=chair.id)
    audit.record(db, doer, "submission.create", "submission:X", now=NOW, **here)
    db.commit()
    return world, submission


def _mail(
    db: Session, world: World, submission: Submission, subject: str, review: bool, private: bool
) -> Message:
    return queue(
        db,
        kind="free",
        object_key=subject,
        epoch="1",
        person=world.people["owner"],
        recipient="owner@example.org",
        subject=subject,
        body="Text.",
        conference=world.conference,
        submission=submission,
        due=NOW,
        now=NOW,
        about_review=review,
        private=private,
    )


def open_page(visitor: Visitor, world: World, submission: Submission) -> Page:
    return visitor.get(f"/{world.conference.slug}/chair/submissions/{submission.code}/")


@pytest.mark.parametrize("name", KNOWN)
def test_each_sees_what_is_theirs_and_nothing_else(
    db: Session, visitor_as: Log, name: str
) -> None:
    world, submission = make_page(db)
    page = open_page(visitor_as(world.people[name]), world, submission)
    assert page.status == 200
    shown = {secret for secret, text in SECRETS.items() if text in page.text}
    assert shown == KNOWN[name]
    assert "What was measured" in page.text


@pytest.mark.parametrize("name", ["other_track_chair", "other_speaker", "administrator"])
def test_to_strangers_it_does_not_exist(db: Session, visitor_as: Log, name: str) -> None:
    world, submission = make_page(db)
    visitor = visitor_as(world.people[name])
    answer = open_page(visitor, world, submission)
    missing = visitor.get(f"/{world.conference.slug}/chair/submissions/ZZZZZZ/")
    assert (answer.status, answer.html) == (404, missing.html)


def test_speakers_and_reviewers_are_told_that_it_is_not_for_them(
    db: Session, visitor_as: Log
) -> None:
    world, submission = make_page(db)
    for name in ("owner", "reviewer"):
        assert open_page(visitor_as(world.people[name]), world, submission).status == 403


def test_a_reviewer_who_chairs_another_track_does_not_have_the_page(
    db: Session, visitor_as: Log
) -> None:
    world, submission = make_page(db)
    give_role(db, world.conference, world.people["reviewer"], "track_chair")
    assert open_page(visitor_as(world.people["reviewer"]), world, submission).status == 404


def test_drafts_are_not_there_not_even_ones_own(db: Session, visitor_as: Log) -> None:
    world, _submission = make_page(db)
    give_role(db, world.conference, world.people["owner"], "chair")
    for name in ("chair", "owner"):
        visitor = visitor_as(world.people[name])
        assert open_page(visitor, world, world.submissions["draft"]).status == 404


def test_one_walks_through_the_list_as_it_was(db: Session, visitor_as: Log) -> None:
    world, _submission = make_page(db)
    visitor = visitor_as(world.people["chair"])
    start = visitor.get(f"/{world.conference.slug}/chair/submissions/?sort=title&state=accepted")
    page = visitor.get(start.links()[world.submissions["accepted"].title])
    assert "Next" not in page.links()
    assert "Previous" not in page.links()
    assert "state=accepted" in page.links()["Submissions"] or "state=accepted" in page.html
    world.submissions["rejected"].state = "accepted"
    page = visitor.get(page.path)
    follow = "Next" if "Next" in page.links() else "Previous"
    there = visitor.get(page.links()[follow])
    assert world.submissions["rejected"].title in there.text
    assert "sort=title" in there.html


def test_what_has_changed_since_is_marked(db: Session, visitor_as: Log) -> None:
    world, submission = make_page(db)
    before = {
        "title": "An older title",
        "abstract": submission.abstract,
        "note": "An older note",
        "type": submission.type_id,
        "track": submission.track_id,
        "speakers": [],
    }
    db.add(
        SubmissionRevision(
            conference_id=world.conference.id,
            submission_id=submission.id,
            number=1,
            content=before,
            by_id=world.people["owner"].id,
            at=NOW,
        )
    )
    assert "An older title" in gone_from(visitor_as(world.people["chair"]), world, submission)
    assert "An older note" in gone_from(visitor_as(world.people["chair"]), world, submission)
    reader = visitor_as(world.people["reader"])
    assert "An older title" in gone_from(reader, world, submission)
    assert "note" not in gone_from(reader, world, submission)
    assert "Note for the chairs" not in open_page(reader, world, submission).text


def gone_from(visitor: Visitor, world: World, submission: Submission) -> str:
    page = open_page(visitor, world, submission)
    return "|".join("".join(one.itertext()) for one in page.tree.iter("del"))


def test_the_statements_stay_few(db: Session, app: object, visitor_as: Log) -> None:
    world, submission = make_page(db)
    visitor = visitor_as(world.people["chair"])
    with counted(app.extensions["cfp"].engine) as statements:  # type: ignore[attr-defined]
        assert open_page(visitor, world, submission).status == 200
    assert len(statements) <= 15, "\n".join(statements)


# Conflicts --------------------------------------------------------------------------------------


def conflict_of(db: Session, submission: Submission, person: Person) -> Conflict:
    return db.query(Conflict).filter_by(submission_id=submission.id, person_id=person.id).one()


def test_a_conflict_is_dismissed_with_a_reason(db: Session, visitor_as: Log) -> None:
    world, submission = make_page(db)
    conflict = conflict_of(db, submission, world.people["blocked_reviewer"])
    visitor = visitor_as(world.people["chair"])
    page = open_page(visitor, world, submission)
    asked = visitor.get(page.links()["Judge Blocked Reviewer"])
    refused = visitor.submit(asked, {"reason": ""}, press="It does not count")
    assert refused.status == 422
    done = visitor.submit(refused, {"reason": "Years ago."}, press="It does not count")
    assert "dismissed" in done.text
    db.refresh(conflict)
    assert (conflict.state, conflict.judgment) == ("dismissed", "Years ago.")
    assert conflict.judged_by_id == world.people["chair"].id


def test_nobody_judges_their_own_conflict(db: Session, visitor_as: Log) -> None:
    world, submission = make_page(db)
    visitor = visitor_as(world.people["conflicted_chair"])
    conflict = conflict_of(db, submission, world.people["conflicted_chair"])
    page = open_page(visitor, world, submission)
    assert "Judge Conflicted Chair" not in page.links()
    asked = visitor.get(page.links()["Judge Blocked Reviewer"])
    own = asked.path.rpartition("/")[0] + f"/{conflict.id}"
    answer = visitor.submit(Page(own, visitor.client.get(own)), {"reason": "x"}, having="reason",
                            press="It does not count")  # fmt: skip
    assert answer.status == 403
    db.refresh(conflict)
    assert conflict.state == "open"


@pytest.mark.parametrize("number", ["0", "999999", str(2**70)])
def test_no_such_conflict(db: Session, visitor_as: Log, number: str) -> None:
    world, submission = make_page(db)
    page = f"/{world.conference.slug}/chair/submissions/{submission.code}/conflicts/{number}"
    assert visitor_as(world.people["chair"]).get(page).status == 404


def test_a_conflict_of_another_submission_is_not_here(db: Session, visitor_as: Log) -> None:
    world, submission = make_page(db)
    other = make_conflict(db, world.submissions["submitted"], world.people["reviewer"])
    base = f"/{world.conference.slug}/chair/submissions/{submission.code}/conflicts"
    assert visitor_as(world.people["chair"]).get(f"{base}/{other.id}").status == 404


def test_track_chairs_and_readers_do_not_judge(db: Session, visitor_as: Log) -> None:
    world, submission = make_page(db)
    conflict = conflict_of(db, submission, world.people["blocked_reviewer"])
    page = f"/{world.conference.slug}/chair/submissions/{submission.code}/conflicts/{conflict.id}"
    for name in ("track_chair", "reader", "owner"):
        assert visitor_as(world.people[name]).get(page).status == 403


# Reviewers --------------------------------------------------------------------------------------


def assigned(db: Session, submission: Submission, person: Person) -> Assignment | None:
    return (
        db.query(Assignment)
        .filter_by(submission_id=submission.id, person_id=person.id)
        .one_or_none()
    )


def test_a_reviewer_is_asked_and_taken_off(db: Session, visitor_as: Log) -> None:
    world, _accepted = make_page(db)
    submission = world.submissions["submitted"]
    newcomer = make_person(db, "New Comer")
    give_role(db, world.conference, newcomer, "reviewer")
    visitor = visitor_as(world.people["chair"])
    page = open_page(visitor, world, submission)
    asked = visitor.submit(page, {"person": newcomer.code}, press="Ask to review")
    assert "a mail is on its way" in asked.text
    assert assigned(db, submission, newcomer) is not None
    mail = db.query(Message).filter_by(person_id=newcomer.id).one()
    assert mail.about_review
    off = visitor.submit(asked, press="Take off New Comer")
    assert "Taken off" in off.text
    assert assigned(db, submission, newcomer) is None


def test_a_blocked_reviewer_is_refused(db: Session, visitor_as: Log) -> None:
    world, _accepted = make_page(db)
    submission = world.submissions["submitted"]
    visitor = visitor_as(world.people["track_chair"])
    page = open_page(visitor, world, submission)
    blocked = world.people["blocked_reviewer"]
    refused = visitor.submit(page, {"person": blocked.code}, press="Ask to review")
    assert refused.status == 422
    assert assigned(db, submission, blocked) is None


def test_whoever_is_blocked_assigns_nobody(db: Session, visitor_as: Log) -> None:
    world, _accepted = make_page(db)
    submission = world.submissions["submitted"]
    for name in ("conflicted_chair", "reader"):
        visitor = visitor_as(world.people[name])
        page = open_page(visitor, world, submission)
        assert "Ask to review" not in page.text
        answer = visitor.client.post(page.path + "assign", data=csrf(page))
        assert answer.status_code == 403


def csrf(page: Page) -> dict[str, str]:
    for form in page.forms():
        for name, value in form.fields:
            if name == "csrf_token":
                return {"csrf_token": str(value), "person": "x"}
    raise AssertionError("no form with a token")


# Withdrawing ------------------------------------------------------------------------------------


def test_a_chair_withdraws_for_the_speakers_who_are_told(db: Session, visitor_as: Log) -> None:
    world, submission = make_page(db)
    visitor = visitor_as(world.people["chair"])
    page = open_page(visitor, world, submission)
    done = visitor.submit(page, press="Withdraw")
    assert "Withdrawn" in done.text
    db.refresh(submission)
    assert submission.state == "withdrawn"
    told = db.query(Message).filter_by(kind="withdrawn", submission_id=submission.id).all()
    assert {one.person_id for one in told} == {
        world.people["owner"].id,
        world.people["co_speaker"].id,
    }
    again = visitor.submit(page, press="Withdraw")
    assert again.status == 200
    assert db.query(Message).filter_by(kind="withdrawn").count() == len(told)


def test_track_chairs_do_not_withdraw(db: Session, visitor_as: Log) -> None:
    world, submission = make_page(db)
    visitor = visitor_as(world.people["track_chair"])
    page = open_page(visitor, world, submission)
    assert "Withdraw it for them" not in page.text
    assert visitor.client.post(page.path + "withdraw", data=csrf(page)).status_code == 403


def test_a_rejected_one_is_not_withdrawn(db: Session, visitor_as: Log) -> None:
    world, submission = make_page(db)
    visitor = visitor_as(world.people["chair"])
    token = csrf(open_page(visitor, world, submission))
    rejected = world.submissions["rejected"]
    page = open_page(visitor, world, rejected)
    assert "Withdraw it for them" not in page.text
    answer = visitor.client.post(page.path + "withdraw", data={**token, "key": "k"})
    assert answer.status_code == 409


@pytest.mark.parametrize("act", ["withdraw", "assign", "unassign"])
def test_a_get_changes_nothing(db: Session, visitor_as: Log, act: str) -> None:
    world, submission = make_page(db)
    base = f"/{world.conference.slug}/chair/submissions/{submission.code}/"
    assert visitor_as(world.people["chair"]).get(base + act).status == 405


def test_a_form_without_a_token_is_refused(
    db: Session, visitor_as: Log, client: FlaskClient
) -> None:
    world, submission = make_page(db)
    visitor = visitor_as(world.people["chair"])
    page = f"/{world.conference.slug}/chair/submissions/{submission.code}/withdraw"
    assert visitor.client.post(page).status_code == 422
    assert client.post(page).status_code in {302, 401, 422}


def test_the_page_leads_to_the_discussion(db: Session, visitor_as: Log) -> None:
    world, submission = make_page(db)
    visitor = visitor_as(world.people["chair"])
    page = open_page(visitor, world, submission)
    link = f"/{world.conference.slug}/reviews/{submission.code}/discussion"
    assert link in page.html
    said = visitor.get(link)
    assert "Comment of the committee" in said.text
    after = visitor.submit(said, {"text": "Let us talk."}, press="Comment for Chairs")
    assert after.path.split("#")[0] == link
    assert "Let us talk." in after.text
    world.conference.discusses = False
    db.commit()
    assert link not in open_page(visitor, world, submission).html
    assert visitor.get(link).status == 404
