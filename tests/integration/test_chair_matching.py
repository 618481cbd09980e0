"""The chairs' pages of what the matching goes by."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp.domain.accounts.models import Person
from cfp.domain.assignment.models import ReviewerDocument, ReviewerProfile, ReviewersApart
from cfp.domain.conferences.actions.creation import COPIED_SETTINGS
from tests.factories import NOW, give_role, make_assignment, make_conflict, make_person, make_track
from tests.support.reviewing import Committee, make_committee
from tests.support.statements import counted
from tests.support.visitor import Visitor

VisitorAs = Callable[[Person], Visitor]


@pytest.fixture
def committee(db: Session) -> Committee:
    return make_committee(db, submissions=3, reviewers=4, each=2)


@pytest.fixture
def chair(committee: Committee, visitor_as: VisitorAs) -> Visitor:
    return visitor_as(committee.chair)


def at(committee: Committee, rest: str = "") -> str:
    return f"/{committee.conference.slug}/chair/assignment/{rest}"


def test_only_weights_of_what_is_used_are_asked_and_the_others_stay(committee, chair, db):
    rules = at(committee, "rules")
    assert "What counts how much" not in chair.get(rules).text
    make_track(db, committee.conference, "Storage")
    db.commit()
    page = chair.get(rules)
    assert "weight_bid" not in page.html
    saved = chair.submit(page, {"weight_track": "10", "weight_text": "90"}, press="Save")
    assert saved.status == 200
    db.expire_all()
    assert committee.conference.match_weights == {"bid": 50, "track": 10, "text": 90}
    committee.conference.uses_bids = True
    db.commit()
    page = chair.get(rules)
    none = chair.submit(
        page, {"weight_bid": "0", "weight_track": "0", "weight_text": "0"}, press="Save"
    )
    assert (none.status, "Something has to count" in none.text) == (422, True)
    for bad in ("-1", "101", "many", ""):
        assert chair.submit(page, {"weight_text": bad}, press="Save").status == 422


def test_rules_are_off_until_asked_for_and_go_to_the_next_year(committee, chair, db):
    rules, reviewer = at(committee, "rules"), committee.reviewers[0]
    limits = at(committee, f"reviewers/{reviewer.code}")
    assert "senior" not in chair.get(limits).text
    first, second = chair.get(rules), chair.get(rules)
    asked = {"needs_senior": True, "one_per_affiliation": True, "chance_cap": "60"}
    assert "Nobody counts as senior yet" in chair.submit(first, asked, press="Save").text
    assert chair.submit(second, {"chance_cap": ""}, press="Save").status == 409
    for bad in ("0", "101", "x"):
        page = chair.submit(chair.get(rules), {"chance_cap": bad}, press="Save")
        assert page.status == 422
    db.expire_all()
    conference = committee.conference
    assert (conference.needs_senior, conference.one_per_affiliation) == (True, True)
    assert conference.chance_cap == 60
    assert {"match_weights", *asked} <= set(COPIED_SETTINGS)
    chair.submit(chair.get(limits), {"senior": True, "least": "2", "capped": "3"}, press="Save")
    profile = db.scalars(select(ReviewerProfile)).one()
    assert (profile.senior, profile.load_least, profile.load_capped) == (True, 2, 3)
    assert "Nobody counts as senior" not in chair.get(rules).text
    listed = chair.get(at(committee, "reviewers/")).text
    assert "Reviewer 0 senior" in listed
    assert "at least 2, at most 3" in listed
    turned = chair.submit(chair.get(limits), {"least": "4"}, press="Save")
    assert (turned.status, "more than the limit" in turned.text) == (422, True)


def test_two_are_kept_apart_and_let_together_again(committee, chair, db):
    one, other = committee.reviewers[:2]
    form = chair.get(chair.get(at(committee, "rules")).links()["Keep two apart"])
    same = chair.submit(form, {"one": one.code, "other": one.code}, press="Keep apart")
    assert (same.status, "two different people" in same.text) == (422, True)
    page = chair.submit(form, {"one": one.code, "other": other.code}, press="Keep apart")
    assert "Reviewer 0 and Reviewer 1" in page.text
    again = chair.submit(form, {"one": other.code, "other": one.code}, press="Keep apart")
    assert again.status == 422
    chair.submit(page, press="Take back Reviewer 0 and Reviewer 1")
    assert db.scalars(select(ReviewersApart)).all() == []


def test_demand_is_set_for_a_format_and_for_one(committee, chair, db):
    one = committee.submissions[0]
    page = chair.get(at(committee, f"submissions/{one.code}/"))
    assert "2 reviews are wanted." in page.text
    saved = chair.submit(
        chair.get(page.links()["Change how many"]), {"wanted": "4"}, press="Save"
    )
    assert "4 reviews are wanted." in saved.text
    assert "8 reviews in all" in chair.get(at(committee)).text
    assert "0 of 4" in chair.get(at(committee, "submissions/?show=lacking")).text
    page = chair.get(at(committee, "demand"))
    done = chair.submit(page, {"wanted": "1"}, press="Set for all of these")
    assert "3 submissions changed." in done.text
    done = chair.submit(page, {"wanted": ""}, press="Set for all of these")
    assert "3 submissions changed." in done.text
    for bad in ("0", "21", "x"):
        answer = chair.submit(page, {"wanted": bad}, press="Set for all of these")
        assert answer.status == 422
    form = dict(page.form("wanted").fields) | {"type": "999"}
    assert chair.client.post(at(committee, "demand"), data=form).status_code == 404
    db.expire_all()
    assert {talk.reviews_wanted for talk in committee.submissions} == {None}


def test_a_track_chair_sets_the_demand_in_their_track_only(committee, visitor_as, db):
    inside, outside, conflicted = committee.submissions
    track = make_track(db, committee.conference, "Storage")
    inside.track_id = conflicted.track_id = track.id
    person = make_person(db)
    give_role(db, committee.conference, person, "track_chair", track)
    make_conflict(db, conflicted, person)
    visitor = visitor_as(person)
    wanted = "submissions/{}/wanted"
    assert visitor.get(at(committee, wanted.format(inside.code))).status == 200
    for talk in (outside, conflicted):
        assert visitor.get(at(committee, wanted.format(talk.code))).status in {403, 404}
    for page in ("rules", "apart", "demand"):
        assert visitor.get(at(committee, page)).status in {403, 404}
    assert "Rules" not in visitor.get(at(committee)).text


def test_where_everyone_reviews_there_are_no_rules(committee, chair, db):
    committee.conference.reviewing = "everyone"
    db.commit()
    code = committee.submissions[0].code
    for page in ("rules", "apart", "demand", f"submissions/{code}/wanted"):
        assert chair.get(at(committee, page)).status == 404
    settings = chair.get(f"/{committee.conference.slug}/chair/settings/reviewing")
    assert "Weights and rules" not in settings.text


def test_a_proposal_says_why_and_which_rules_it_cannot_keep(committee, chair, db, work):
    one, giver = committee.submissions[0], committee.reviewers[0]
    one.abstract = "Nested tunnels in hardware"
    committee.conference.needs_senior = True
    here = {"conference_id": committee.conference.id, "person_id": giver.id}
    db.add(ReviewerDocument(title="Tunnels I dug", text="Nested ones.", created=NOW, **here))
    db.add(ReviewerProfile(load_least=3, load_wished=1, **here))
    db.commit()
    waiting = chair.submit(chair.get(at(committee)), press="Make a proposal")
    assert work().state == "done"
    page = chair.get(waiting.path)
    assert "wrote “Tunnels I dug”: " in page.text
    assert "texts 0." in page.text
    assert "Rules that can't be kept" in page.text
    assert "Reviewer 0 has 1 of at least 3 reviews." in page.text
    by_hand = chair.get(at(committee, f"submissions/{one.code}/"))
    assert "Texts were compared when a proposal was last made" in by_hand.text
    assert "texts 0." in by_hand.text
    for document in db.scalars(select(ReviewerDocument)):
        db.delete(document)
    db.commit()
    assert "Tunnels I dug" not in chair.get(page.path).text


def test_a_draw_and_a_lack_of_seniors_are_said(committee, chair, db, work):
    committee.conference.chance_cap, committee.conference.needs_senior = 60, True
    here = {"conference_id": committee.conference.id}
    db.add(ReviewerProfile(person_id=committee.reviewers[0].id, senior=True, **here))
    make_conflict(db, committee.submissions[0], committee.reviewers[0])
    db.commit()
    page = chair.get(at(committee))
    assert "none with a chance above 60 %" in page.text
    waiting = chair.submit(page, press="Make a proposal")
    work()
    proposal = chair.get(waiting.path).text
    assert "no pair had a chance above 60 %" in proposal
    assert "no senior reviewer. Talk 0" in proposal
    assert "of them need" in proposal


def test_statements_stay_few_whatever_the_size(db, visitor_as, app: Flask):
    seen: dict[str, list[int]] = {}
    for size in (4, 40):
        committee = make_committee(db, submissions=size, reviewers=size, each=1)
        for number, person in enumerate(committee.reviewers):
            here = {"conference_id": committee.conference.id, "created": NOW}
            db.add(ReviewerDocument(person_id=person.id, title=f"Text {number}", **here))
            other = committee.reviewers[number - 1].id
            db.add(ReviewersApart(person_id=person.id, other_id=other, **here))
            make_assignment(db, committee.submissions[number], person)
        chair, reviewer = visitor_as(committee.chair), visitor_as(committee.reviewers[0])
        mine = f"/{committee.conference.slug}/reviews/profile"
        code = committee.submissions[0].code
        for visitor, path in (
            *((chair, at(committee, page)) for page in ("rules", "apart", "demand")),
            (chair, at(committee, f"submissions/{code}/wanted")),
            (reviewer, mine),
            (reviewer, f"{mine}/abstracts/"),
        ):
            with counted(app.extensions["cfp"].engine) as statements:
                assert visitor.get(path).status == 200
            seen.setdefault(path.rpartition("/chair/")[2].rpartition("/")[2], []).append(
                len(statements)
            )
    for name, (few, many) in seen.items():
        assert few == many <= 15, (name, few, many)
