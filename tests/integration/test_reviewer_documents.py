"""The pages on which reviewers say what they know and give what they have written."""

import io
import json
from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp.domain.accounts.models import Person
from cfp.domain.assignment.apart import keep_apart
from cfp.domain.assignment.models import ReviewerDocument, ReviewerProfile, ReviewersApart
from cfp.domain.persons.merging import merge
from tests.factories import (
    NOW,
    make_conference,
    make_person,
    make_review,
    make_submission,
    make_track,
)
from tests.support.reviewing import Committee, actor_for, make_committee
from tests.support.visitor import Visitor

VisitorAs = Callable[[Person], Visitor]


@pytest.fixture
def committee(db: Session) -> Committee:
    return make_committee(db, submissions=1, reviewers=3)


@pytest.fixture
def reviewer(committee: Committee, visitor_as: VisitorAs) -> Visitor:
    return visitor_as(committee.reviewers[0])


def at(committee: Committee, rest: str = "") -> str:
    return f"/{committee.conference.slug}/reviews/profile{rest}"


def titles(db: Session) -> list[str]:
    db.expire_all()
    return list(db.scalars(select(ReviewerDocument.title).order_by(ReviewerDocument.id)))


def test_levels_are_asked_where_there_are_tracks_to_tell_apart(committee, reviewer, db):
    assert "How well you know each track" not in reviewer.get(at(committee)).text
    make_track(db, committee.conference, "Storage")
    make_track(db, committee.conference, "Networks")
    db.commit()
    page = reviewer.get(at(committee))
    levels = {label: name for name, label in _levels(page).items()}
    values = {levels["Storage"]: "2", levels["Networks"]: "1", "expertise": "Caches"}
    saved = reviewer.submit(page, values, press="Save")
    assert saved.status == 200
    stored = db.scalars(select(ReviewerProfile)).one()
    assert [f"level_{id_}" for id_ in stored.track_ids] == [levels["Storage"]]
    assert [f"level_{id_}" for id_ in stored.some_track_ids] == [levels["Networks"]]
    again = reviewer.submit(saved, {levels["Storage"]: "0"}, press="Save")
    db.expire_all()
    assert (again.status, db.scalars(select(ReviewerProfile)).one().track_ids) == (200, [])


def test_past_reviews_are_asked_for_where_there_are_enough_elsewhere(committee, reviewer, db):
    person, speaker = committee.reviewers[0], make_person(db)
    elsewhere = make_conference(db)
    says = "What I have reviewed before tells what I know"
    for _number in range(2):
        make_review(db, make_submission(db, elsewhere, [speaker]), person)
    make_review(db, committee.submissions[0], person)
    db.commit()
    assert says not in reviewer.get(at(committee)).text, "two talks elsewhere, and one here"
    third = make_review(db, make_submission(db, elsewhere, [speaker]), person)
    db.commit()
    page = reviewer.get(at(committee))
    assert says in page.text
    reviewer.submit(page, {"past_reviews": "y"}, press="Save")
    db.expire_all()
    assert db.scalars(select(ReviewerProfile.past_reviews)).one()
    db.delete(third)
    db.commit()
    reviewer.submit(reviewer.get(at(committee)), {"expertise": "Caches"}, press="Save")
    stored = select(ReviewerProfile.past_reviews, ReviewerProfile.expertise)
    assert db.execute(stored).one() == (True, "Caches"), "nobody was asked: it stays"


def _levels(page) -> dict[str, str]:
    """Name of each track's field -> the track."""
    labels = {one.get("for"): "".join(one.itertext()) for one in page.tree.iter("label")}
    fields = [one for one in page.tree.iter("select") if one.get("name", "").startswith("level_")]
    return {one.get("name"): labels[one.get("id")] for one in fields}


def test_abstracts_are_pasted_uploaded_changed_and_removed(committee, reviewer, db):
    page = reviewer.get(reviewer.get(at(committee)).links()["Add abstracts"])
    page = reviewer.submit(page, {"pasted": "One\nText.\n\n\nTwo\nMore."}, having="pasted")
    assert titles(db) == ["One", "Two"]
    table = (io.BytesIO(b"title,abstract\nThree,Etc.\nOne,Text.\n"), "mine.csv")
    page = reviewer.submit(page, {"file": table}, having="pasted")
    assert titles(db) == ["One", "Two", "Three"]
    form = reviewer.get(page.links()["Change Two"])
    other = reviewer.get(page.links()["Change Two"])
    page = reviewer.submit(form, {"title": "Two, again"}, press="Save")
    assert titles(db) == ["One", "Two, again", "Three"]
    assert reviewer.submit(other, {"title": "Too late"}, press="Save").status == 409
    assert reviewer.submit(form, {"title": ""}, press="Save").status == 422
    page = reviewer.submit(page, press="Remove Two, again")
    assert "Removed." in page.text
    assert titles(db) == ["One", "Three"]


@pytest.mark.parametrize(
    ("pasted", "file", "said"),
    [
        ("", None, "Paste something, or choose a file."),
        ("One", b"Two", "not both"),
        ("", b"\xff\xfe\x00", "no plain text"),
        ("", b" ", "This file is empty."),
        ("Long\n" + "x" * 10_001, None, "longer than 10000 characters"),
    ],
)
def test_what_cannot_be_taken_is_said_at_its_field(committee, reviewer, db, pasted, file, said):
    page = reviewer.get(at(committee, "/abstracts/"))
    values = {"pasted": pasted} | ({"file": (io.BytesIO(file), "a.txt")} if file else {})
    answer = reviewer.submit(page, values, having="pasted")
    assert (answer.status, titles(db)) == (422, [])
    assert said in answer.text
    assert pasted[:4] in answer.html


def test_past_talks_are_added_with_one_press_by_their_speaker_alone(
    committee, reviewer, visitor_as, db
):
    talk = make_submission(
        db, make_conference(db), [committee.reviewers[0]], title="Refused", state="rejected"
    )
    db.commit()
    page = reviewer.get(at(committee, "/abstracts/"))
    page = reviewer.submit(page, press="Add Refused")
    assert titles(db) == ["Refused"]
    assert "Add my past talks" not in page.text
    (number,) = db.scalars(select(ReviewerDocument.id))
    stranger = visitor_as(committee.reviewers[1])
    assert "Refused" not in stranger.get(at(committee, "/abstracts/")).text
    for path, data in (
        (f"/abstracts/{number}", {"title": "Mine"}),
        (f"/abstracts/{number}/remove", {}),
        ("/abstracts/copy", {"talk": talk.code}),
        ("/abstracts/copy", {"talk": "\0"}),
    ):
        token = dict(stranger.get(at(committee, "/abstracts/")).form("pasted").fields)
        answer = stranger.client.post(at(committee, path), data={**token, **data})
        assert answer.status_code == 404
    assert stranger.get(at(committee, f"/abstracts/{number}")).status == 404
    assert titles(db) == ["Refused"]


def test_what_was_given_last_year_is_given_again_with_one_press(committee, reviewer, db):
    mine = {"person_id": committee.reviewers[0].id, "created": NOW}
    last_year = make_conference(db).id
    here = committee.conference.id
    for conference_id, title in ((last_year, "Old"), (last_year, "Both"), (here, "Both")):
        db.add(ReviewerDocument(conference_id=conference_id, title=title, **mine))
    other = {**mine, "person_id": committee.reviewers[1].id}
    db.add(ReviewerDocument(conference_id=last_year, title="Theirs", **other))
    db.commit()
    page = reviewer.get(at(committee, "/abstracts/"))
    assert "You have given 1 abstract to another conference here." in page.text
    added = reviewer.submit(page, press="Add them here too")
    assert "You have given" not in added.text
    rows = select(ReviewerDocument.title).where(ReviewerDocument.conference_id == here)
    assert sorted(db.scalars(rows)) == ["Both", "Old"]
    again = reviewer.client.post(
        at(committee, "/abstracts/copy-earlier"), data=dict(added.form("pasted").fields)
    )
    assert again.status_code == 404


def test_where_everyone_reviews_nothing_of_it_shows(committee, reviewer, db):
    committee.conference.reviewing = "everyone"
    db.commit()
    assert "What you have written" not in reviewer.get(at(committee)).text
    assert reviewer.get(at(committee, "/abstracts/")).status == 404
    assert reviewer.get(at(committee, "/abstracts/1")).status == 404


def test_it_is_in_the_persons_export_and_goes_with_them(committee, visitor_as, db):
    person, other = committee.reviewers[0], committee.reviewers[1]
    here = {"conference_id": committee.conference.id, "created": NOW}
    db.add(ReviewerDocument(person_id=person.id, title="Mine", text="All mine", **here))
    chair, conference = actor_for(db, committee.chair), committee.conference
    keep_apart(db, chair, conference, one=other.code, other=person.code, now=NOW)
    visitor = visitor_as(person)
    page = visitor.get("/account/data")
    answer = visitor.client.get(page.links()["Download my data"])
    data = json.loads(answer.data)
    assert [one["title"] for one in data["abstracts"]] == ["Mine"]
    assert other.name not in answer.text
    visitor.submit(page, {"sure": True})
    assert titles(db) == []
    assert db.scalars(select(ReviewersApart)).all() == []


def test_who_is_joined_keeps_the_abstracts_of_both_and_is_not_kept_from_themselves(committee, db):
    one, two, three = committee.reviewers
    here = {"conference_id": committee.conference.id, "created": NOW}
    for person in (one, two):
        db.add(ReviewerDocument(person_id=person.id, title=person.name, **here))
    chair, conference = actor_for(db, committee.chair), committee.conference
    for first, second in ((one, two), (two, three)):
        keep_apart(db, chair, conference, one=first.code, other=second.code, now=NOW)
    merge(db, actor_for(db, one), into_id=one.id, other_id=two.id, now=NOW)
    assert titles(db) == [one.name, two.name]
    assert set(db.scalars(select(ReviewerDocument.person_id))) == {one.id}
    (row,) = db.scalars(select(ReviewersApart))
    assert {row.person_id, row.other_id} == {one.id, three.id}
