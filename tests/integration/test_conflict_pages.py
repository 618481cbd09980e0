"""Declaring and listing: what reviewers and speakers say, who reads it, and what follows."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp.domain.accounts.models import Person
from cfp.domain.assignment.conflicts import find_conflicts
from cfp.domain.assignment.models import Bid, Collaborator, Conflict
from cfp.domain.conferences.models import Conference
from cfp.domain.persons.exporting import own_data
from cfp.domain.submissions.models import Submission
from tests.factories import (
    NOW,
    add_speaker,
    give_role,
    make_assignment,
    make_conference,
    make_conflict,
    make_person,
    make_submission,
)
from tests.support.reviewing import actor_for, employ, make_committee
from tests.support.statements import counted
from tests.support.visitor import Page, Visitor

As = Callable[[Person], Visitor]


@pytest.fixture
def conference(db: Session) -> Conference:
    return make_conference(db, "netconf", reviewing="assigned", uses_bids=True)


def member(db: Session, conference: Conference, name: str, kind: str = "reviewer") -> Person:
    person = make_person(db, name)
    give_role(db, conference, person, kind)
    return person


@pytest.fixture
def reviewer(db: Session, conference: Conference) -> Person:
    return member(db, conference, "Rae Reviewer")


@pytest.fixture
def chair(db: Session, conference: Conference) -> Person:
    return member(db, conference, "Cleo Chair", "chair")


@pytest.fixture
def owner(db: Session) -> Person:
    return make_person(db, "Ada Example")


@pytest.fixture
def talk(db: Session, conference: Conference, owner: Person) -> Submission:
    return make_submission(db, conference, [owner], title="Flows")


def rows(db: Session) -> list[tuple[str, str, str, str]]:
    """What is stored; but for the e-mail domain that everybody in tests shares."""
    columns = (Conflict.kind, Conflict.type, Conflict.reason, Conflict.state)
    found = db.execute(select(*columns).where(Conflict.kind != "domain").order_by(Conflict.kind))
    return [tuple(row) for row in found]


# Reviewers ------------------------------------------------------------------------------------


def test_a_bidder_says_so_from_the_list_of_bids_with_a_type(
    db: Session, visitor_as: As, reviewer: Person, chair: Person, talk: Submission
) -> None:
    visitor = visitor_as(reviewer)
    bids = visitor.get("/netconf/reviews/bids/")
    page = visitor.get(bids.links()["conflict of interest Flows"])
    said = {"type": "advisor", "reason": "I supervised her thesis."}
    page = visitor.submit(page, said, press="Declare the conflict")
    assert "declared (advisor or advised): I supervised her thesis." in page.text
    assert rows(db) == [("declared", "advisor", "I supervised her thesis.", "open")]
    db.rollback()
    read = visitor_as(chair).get("/netconf/chair/conflicts/").text
    assert "declared (advisor or advised)" in read
    page = visitor.submit(page, press="Undo: I have no conflict")
    assert (page.status, page.path) == (200, "/netconf/reviews/bids/")
    assert rows(db) == []


def test_a_wrong_type_is_refused(
    db: Session, visitor_as: As, reviewer: Person, talk: Submission
) -> None:
    visitor = visitor_as(reviewer)
    page = visitor.get(f"/netconf/reviews/{talk.code}/conflict")
    form = page.form("reason")
    data = {**dict(form.fields), "type": "enemy", "reason": "x"}
    assert visitor.client.post(page.path, data=data).status_code == 422
    assert rows(db) == []


def test_a_chair_declares_about_themselves(
    db: Session, visitor_as: As, chair: Person, talk: Submission
) -> None:
    visitor = visitor_as(chair)
    page = visitor.get(f"/netconf/chair/submissions/{talk.code}/")
    page = visitor.get(page.links()["I have one myself"])
    page = visitor.submit(page, {"reason": "She is my sister."}, press="Declare the conflict")
    assert "You have a conflict of interest" in page.text
    page = visitor.submit(page, press="Undo: I have no conflict")
    assert page.path == f"/netconf/chair/submissions/{talk.code}/"


@pytest.mark.parametrize("blind", [False, True], ids=["open", "blind"])
def test_what_was_found_or_said_tells_a_blind_reviewer_no_name(
    db: Session, visitor_as: As, conference: Conference, talk: Submission, blind: bool
) -> None:
    """The reasons name employers and people: in the page and in the export of one's own data."""
    conference.blind = blind
    conference.conflict_policies = {"affiliation": "block"}
    reviewer = member(db, conference, "Rae Reviewer")
    for kind, reason in (("affiliation", "Zq Employer"), ("by_speaker", "zq sister")):
        make_conflict(db, talk, reviewer, kind).reason = reason
    noted = make_conflict(db, talk, reviewer)
    noted.reason = "zqchair wrote this"
    db.flush()
    text = visitor_as(reviewer).get(f"/netconf/reviews/{talk.code}/").text
    exported = str(own_data(db, actor_for(db, reviewer), now=NOW)["conflicts"])
    for told in (text, exported):
        assert "zqchair" not in told
        assert ("zq sister" in told) is not blind
        assert ("Zq Employer" in told) is not blind
        assert ("by_speaker" in told or "by a speaker" in told) is not blind
    assert "declared" in text


def test_a_list_is_compared_at_once_and_taken_along(
    db: Session, visitor_as: As, reviewer: Person, conference: Conference, talk: Submission
) -> None:
    employ(db, talk, "Red Hat Czech, s.r.o.")
    visitor = visitor_as(reviewer)
    page = visitor.get(visitor.get("/netconf/reviews/").links()["Collaborators"])
    people = "Example, Ada\nSomebody Else"
    page = visitor.submit(page, {"people": people, "organizations": "ACME"}, press="Save")
    assert page.status == 422
    assert "Line 1: write the name as people say it" in page.text
    assert db.query(Collaborator).count() == 0
    db.rollback()
    listed = {"people": "Example Ada (Red Hat)\nSomebody Else", "organizations": "red hat czech"}
    page = visitor.submit(page, listed, press="Save")
    assert dict(page.form("people").fields)["people"] == listed["people"].replace("\n", "\r\n")
    assert rows(db) == [
        ("collaborator", "", "Example Ada (Red Hat)", "open"),
        ("organization", "", "red hat czech", "open"),
    ]
    other = make_conference(db, "nextconf")
    give_role(db, other, reviewer, "reviewer")
    db.commit()
    page = visitor.get("/nextconf/reviews/collaborators")
    assert "your list from another conference" in page.text
    assert "Somebody Else" in page.text
    assert db.query(Collaborator).filter_by(conference_id=other.id).count() == 0
    db.rollback()
    visitor.submit(visitor.get("/netconf/reviews/collaborators"), {"people": ""}, press="Save")
    assert [row[0] for row in rows(db)] == ["organization"]


def test_a_list_meets_a_submission_that_comes_later(
    db: Session, conference: Conference, reviewer: Person, owner: Person
) -> None:
    whose = {"conference_id": conference.id, "person_id": reviewer.id}
    for text, key in (("Ben Sample", "ben sample"), ("Ada", ""), ("Ex", "")):
        db.add(Collaborator(text=text, name_key=key, **whose))
    late = make_submission(db, conference, [owner], title="Later")
    add_speaker(db, late, "Sample, Ben")
    find_conflicts(db, conference, submission=late, now=NOW)
    assert rows(db) == [("collaborator", "", "Ben Sample", "open")]
    find_conflicts(db, conference, now=NOW)
    assert len(rows(db)) == 1


# Speakers -------------------------------------------------------------------------------------


def conflicts_page(visitor: Visitor, talk: Submission) -> Page:
    return visitor.get(f"/netconf/submissions/{talk.code}/conflicts")


def test_what_is_not_asked_is_not_there(
    db: Session, visitor_as: As, conference: Conference, talk: Submission, owner: Person
) -> None:
    visitor = visitor_as(owner)
    own = f"/netconf/submissions/{talk.code}/"
    assert "Say who" not in visitor.get(own).links()
    assert conflicts_page(visitor, talk).status == 404
    conference.committee_shown = True
    draft = make_submission(db, conference, [owner], state="draft")
    db.commit()
    assert "Say who" in visitor.get(own).links()
    assert conflicts_page(visitor, talk).status == 200
    assert conflicts_page(visitor, draft).status == 404
    token = dict(conflicts_page(visitor, talk).form("reviewer").fields)["csrf_token"]
    listed = visitor.client.post(
        f"{own}collaborators", data={"csrf_token": token, "people": "Rae Reviewer"}
    )
    assert listed.status_code == 404


def test_speakers_name_a_reviewer_who_is_blocked_and_may_read_it(
    db: Session,
    visitor_as: As,
    conference: Conference,
    reviewer: Person,
    chair: Person,
    talk: Submission,
    owner: Person,
) -> None:
    conference.committee_shown = True
    both = member(db, conference, "Bo Both", "chair")
    give_role(db, conference, both, "reviewer")
    colleague = member(db, conference, "Col League")
    add_speaker(db, talk, colleague, 1)
    make_assignment(db, talk, reviewer)
    db.commit()
    visitor = visitor_as(owner)
    page = visitor.get(visitor.get(f"/netconf/submissions/{talk.code}/").links()["Say who"])
    assert page.form("reviewer").choices["reviewer"] == {"", reviewer.code}
    said = {"reviewer": reviewer.code, "type": "personal", "reason": "We were married."}
    assert visitor.submit(page, {**said, "reason": ""}).status == 422
    page = visitor.submit(page, said)
    assert "personal: We were married." in page.text
    assert visitor.submit(page, said).status == 422
    assert "personal: We were married." in conflicts_page(visitor_as(colleague), talk).text
    read = visitor_as(reviewer).get(f"/netconf/reviews/{talk.code}/").text
    assert "declared by a speaker (personal): We were married." in read
    assert "Undo" not in read
    assert talk.abstract not in read
    assert "We were married." in visitor_as(chair).get("/netconf/chair/conflicts/").text
    page = visitor.submit(conflicts_page(visitor, talk), press="Take back Rae Reviewer")
    assert rows(db) == []


def test_a_speaker_learns_nothing_of_what_reviewers_said_nor_of_what_chairs_made_of_it(
    db: Session,
    visitor_as: As,
    conference: Conference,
    reviewer: Person,
    talk: Submission,
    owner: Person,
) -> None:
    conference.committee_shown = True
    db.commit()
    visitor = visitor_as(owner)
    before = conflicts_page(visitor, talk).text
    declared = make_conflict(db, talk, reviewer)
    db.commit()
    assert conflicts_page(visitor, talk).text == before
    said = {"reviewer": reviewer.code, "reason": "We compete."}
    visitor.submit(conflicts_page(visitor, talk), said)
    page = conflicts_page(visitor, talk)
    for state in ("confirmed", "dismissed"):
        db.query(Conflict).filter(Conflict.id != declared.id).update({"state": state})
        db.commit()
        assert conflicts_page(visitor, talk).text == page.text
        refused = visitor.submit(conflicts_page(visitor, talk), press="Take back Rae Reviewer")
        assert (refused.status, state in refused.text) == (409, False)


def test_a_submission_cannot_name_them_all(
    db: Session, visitor_as: As, conference: Conference, talk: Submission, owner: Person
) -> None:
    conference.committee_shown = True
    people = [member(db, conference, f"Reviewer {number}") for number in range(11)]
    for person in people[:10]:
        make_conflict(db, talk, person, "by_speaker")
    db.commit()
    visitor = visitor_as(owner)
    said = {"reviewer": people[10].code, "reason": "x"}
    page = visitor.submit(conflicts_page(visitor, talk), said)
    assert (page.status, "At most 10 can be named" in page.text) == (422, True)


def test_a_list_for_a_submission_meets_the_committee(
    db: Session,
    visitor_as: As,
    conference: Conference,
    reviewer: Person,
    talk: Submission,
    owner: Person,
) -> None:
    conference.asks_collaborators = True
    db.commit()
    visitor = visitor_as(owner)
    page = conflicts_page(visitor, talk)
    assert "reviewer" not in page.form("people").names
    bad = visitor.submit(page, {"people": "Rae"})
    assert (bad.status, "Line 1: give the whole name" in bad.text) == (422, True)
    visitor.submit(page, {"people": "Reviewer Rae"})
    assert rows(db) == [("collaborator", "", "Reviewer Rae", "open")]
    mine = own_data(db, actor_for(db, owner), now=NOW)["collaborators"]
    assert [row["text"] for row in mine] == ["Reviewer Rae"]


# Odd bids -------------------------------------------------------------------------------------


def bidding(db: Session, reviewers: int) -> tuple[Conference, Person, list[Submission]]:
    """Two reviewers want each other's talk among sixty; another chair has written one of them."""
    committee = make_committee(db, submissions=58, reviewers=reviewers, uses_bids=True)
    one, other = committee.reviewers[:2]
    talks = [
        make_submission(db, committee.conference, [person], title=f"By {person.name}")
        for person in (one, other)
    ]
    for person, wanted in ((one, talks[1]), (other, talks[0])):
        for submission in (wanted, committee.submissions[person is other]):
            db.add(
                Bid(
                    conference_id=committee.conference.id,
                    submission_id=submission.id,
                    person_id=person.id,
                    value="want",
                    changed=NOW,
                )
            )
    db.commit()
    return committee.conference, committee.chair, talks


def test_odd_bids_are_told_to_chairs_from_thirty_reviewers_on(db: Session, visitor_as: As) -> None:
    conference, chair, talks = bidding(db, 29)
    visitor = visitor_as(chair)
    base = f"/{conference.slug}/chair/conflicts/"
    assert "Odd bids" not in visitor.get(base).links()
    assert visitor.get(base + "bids").status == 404
    member(db, conference, "The thirtieth")
    db.commit()
    page = visitor.get(visitor.get(base).links()["Odd bids"])
    assert "Reviewer 0 wants a submission of Reviewer 1" in page.text
    assert "By chance alone: 1 in 870" in page.text
    assert talks[0].title in page.links()
    conference.uses_bids = False
    db.commit()
    assert visitor.get(base + "bids").status == 404


def test_a_chair_with_a_conflict_reads_of_no_bid_on_that_submission(
    db: Session, visitor_as: As
) -> None:
    conference, _chair, talks = bidding(db, 30)
    conflicted = member(db, conference, "Con Flicted", "chair")
    make_conflict(db, talks[0], conflicted)
    visitor = visitor_as(conflicted)
    page = visitor.get(f"/{conference.slug}/chair/conflicts/bids")
    assert page.status == 200
    before = page.text
    db.query(Bid).filter_by(submission_id=talks[0].id).delete()
    db.commit()
    after = visitor.get(page.path).text
    assert after == before
    assert "Nothing unusual" in after


def test_the_report_takes_few_statements_whatever_the_size(
    app: Flask, db: Session, visitor_as: As
) -> None:
    numbers = []
    for size in (30, 45):
        conference, chair, _talks = bidding(db, size)
        visitor = visitor_as(chair)
        path = f"/{conference.slug}/chair/conflicts/bids"
        visitor.get(path)
        with counted(app.extensions["cfp"].engine) as statements:
            assert visitor.get(path).status == 200
        numbers.append(len(statements))
    assert numbers[0] == numbers[1] <= 10
