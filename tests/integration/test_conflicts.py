"""Conflicts of interest: what is found, what goes again, and what a chair's word changes."""

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from cfp.domain.accounts.models import Email
from cfp.domain.assignment import affiliations, common
from cfp.domain.assignment.blocking import blocked_pairs
from cfp.domain.assignment.conflicts import (
    conflict_of,
    declare_for,
    find_conflicts,
    find_conflicts_of,
    judge_conflict,
)
from cfp.domain.assignment.finding import common_in
from cfp.domain.assignment.models import Conflict
from cfp.domain.conferences.models import AffiliationAlias, Role
from cfp.domain.persons.merging import merge
from cfp.domain.submissions.models import Speaker, Submission
from cfp.errors import DomainError, ForbiddenError, NotNowError
from cfp.policy import standing_of, unblocked
from tests.factories import (
    NOW,
    add_speaker,
    give_role,
    make_conflict,
    make_person,
    make_submission,
)
from tests.support.cast import make_world
from tests.support.reviewing import Committee, actor_for, employ, make_committee
from tests.support.statements import counted


@pytest.fixture
def committee(db: Session) -> Committee:
    return make_committee(db)


def found(db: Session) -> set[tuple[int, int, str, str]]:
    rows = db.execute(
        select(Conflict.submission_id, Conflict.person_id, Conflict.kind, Conflict.reason)
    )
    return {tuple(row) for row in rows}


def find(db: Session, committee: Committee, **scope: object) -> tuple[int, int]:
    return find_conflicts(db, committee.conference, now=NOW, **scope)


def test_strangers_have_no_conflict(db, committee):
    assert find(db, committee) == (0, 0)


@pytest.mark.parametrize(
    ("theirs", "spoken", "meets"),
    [
        ("Red Hat", "Red Hat, Inc.", True),
        ("Universität Example", "universitat  example", True),
        ("Red Hat", "Red Hut", False),
        ("Independent", "independent", False),
        ("", "", False),
    ],
)
def test_the_same_affiliation_however_it_is_written(db, committee, theirs, spoken, meets):
    reviewer, submission = committee.reviewers[0], committee.submissions[0]
    reviewer.affiliation = theirs
    employ(db, submission, spoken)
    find(db, committee)
    expected = {(submission.id, reviewer.id, "affiliation", spoken)} if meets else set()
    assert found(db) == expected


def test_an_affiliation_given_for_an_own_talk_counts_too(db, committee):
    reviewer, submission = committee.reviewers[0], committee.submissions[0]
    reviewer.affiliation = ""
    own = make_submission(db, committee.conference, [reviewer])
    employ(db, own, "Hidden GmbH")
    employ(db, submission, "Hidden")
    find(db, committee)
    assert (submission.id, reviewer.id, "affiliation", "Hidden") in found(db)
    assert (own.id, reviewer.id, "own", "") in found(db)
    assert (own.id, reviewer.id, "affiliation", "Hidden GmbH") not in found(db)


def test_the_same_mail_domain_but_not_that_of_a_public_provider(db, committee):
    one, other = committee.reviewers[:2]
    first, second = committee.submissions[:2]
    for person, address in ((one, "a@corp.example"), (other, "a@gmail.com")):
        db.query(Email).filter_by(person_id=person.id).one().key = address
    add_speaker(db, first, "Somebody", address="b@corp.example", address_key="b@corp.example")
    add_speaker(db, second, "Somebody", address="b@gmail.com", address_key="b@gmail.com")
    find(db, committee)
    assert found(db) == {(first.id, one.id, "domain", "corp.example")}


def test_what_nearly_all_share_is_named_once_and_listed_only_to_block(db, committee, monkeypatch):
    """From all sides alike, or a person's change would bring back what is left out of the whole."""
    monkeypatch.setattr(common, "MOST_PAIRS", 7)
    monkeypatch.setattr(common, "FEW_PEOPLE", 0)
    for person in committee.reviewers[:4]:
        db.query(Email).filter_by(person_id=person.id).one().key = f"r{person.id}@corp.example"
    for number, submission in enumerate(committee.submissions[:2]):
        for address in (f"s{number}@corp.example", f"t{number}@rare.example"):
            add_speaker(db, submission, "Somebody", address=address, address_key=address)
    rare = committee.reviewers[4]
    db.query(Email).filter_by(person_id=rare.id).one().key = "r@rare.example"
    ever = {(one.id, rare.id, "domain", "rare.example") for one in committee.submissions[:2]}
    person_id, submission = committee.reviewers[0].id, committee.submissions[0]
    for scope in ({}, {"person_id": person_id}, {"submission": submission}):
        find(db, committee, **scope)
        assert found(db) == ever
    [named] = common_in(db, committee.conference)
    assert (named.key, named.people, named.submissions) == ("corp.example", 4, 2)
    committee.conference.conflict_policies = {"domain": "block"}
    find(db, committee)
    assert len(found(db)) == len(ever) + 4 * 2
    assert not common_in(db, committee.conference)


def test_who_submits_speaks_or_is_named_by_a_proved_address(db, committee):
    submitter, speaker, named = committee.reviewers[:3]
    one = make_submission(db, committee.conference, [submitter, speaker])
    two = committee.submissions[0]
    key = db.query(Email).filter_by(person_id=named.id).one().key
    add_speaker(db, two, "N. N.", address=key, address_key=key)
    find(db, committee)
    assert {
        (one.id, submitter.id, "own", ""),
        (one.id, speaker.id, "co_speaker", ""),
        (two.id, named.id, "co_speaker", "address"),
    } == {row for row in found(db) if row[2] in {"own", "co_speaker"}}


def test_co_speakers_of_co_speakers_are_only_shown(db, committee):
    reviewer, friend = committee.reviewers[0], make_person(db, "Friend")
    together = make_submission(db, committee.conference, [friend, reviewer])
    apart = make_submission(db, committee.conference, [friend])
    code = db.query(Speaker).filter_by(submission_id=together.id, person_id=friend.id).one().code
    db.query(Speaker).filter_by(submission_id=apart.id).one().code = code
    find(db, committee)
    assert (apart.id, reviewer.id, "transitive", together.code) in found(db)
    blocked = blocked_pairs(committee.conference)
    pairs = set(db.execute(select(blocked.c.submission_id, blocked.c.person_id)))
    assert (apart.id, reviewer.id) not in pairs


def test_drafts_have_none(db, committee):
    make_submission(db, committee.conference, [committee.reviewers[0]], state="draft")
    assert find(db, committee) == (0, 0)


def test_again_changes_nothing_and_what_no_longer_holds_goes(db, committee):
    reviewer, submission = committee.reviewers[0], committee.submissions[0]
    reviewer.affiliation = "Speaking 0"
    assert find(db, committee) == (1, 0)
    assert find(db, committee) == (0, 0)
    reviewer.affiliation = "Elsewhere"
    assert find(db, committee, submission=submission) == (0, 1)
    assert found(db) == set()


@pytest.mark.parametrize("state", ["confirmed", "dismissed"])
def test_what_was_judged_or_declared_stays(db, committee, state):
    reviewer, submission = committee.reviewers[0], committee.submissions[0]
    reviewer.affiliation = "Speaking 0"
    find(db, committee)
    db.query(Conflict).one().state = state
    make_conflict(db, committee.submissions[1], reviewer)
    reviewer.affiliation = "Elsewhere"
    find(db, committee)
    kinds = {(row[0], row[2]) for row in found(db)}
    assert kinds == {(submission.id, "affiliation"), (committee.submissions[1].id, "declared")}
    reviewer.affiliation = "Speaking 0"
    find(db, committee)
    assert db.query(Conflict).filter_by(kind="affiliation").one().state == state


def test_a_scope_finds_what_the_whole_finds(db, committee):
    """One submission or one person at a time comes to the same as everything at once."""
    friend = make_person(db, "Friend")
    for number, reviewer in enumerate(committee.reviewers):
        reviewer.affiliation = f"Speaking {number % 2}"
    together = make_submission(db, committee.conference, [committee.reviewers[0], friend])
    alone = make_submission(db, committee.conference, [friend])
    shared = db.query(Speaker).filter_by(submission_id=together.id, person_id=friend.id).one()
    db.query(Speaker).filter_by(submission_id=alone.id).one().code = shared.code
    for submission in db.query(Submission).filter_by(conference_id=committee.conference.id):
        find(db, committee, submission=submission)
    by_submission = found(db)
    db.query(Conflict).delete()
    for person in [committee.chair, *committee.reviewers]:
        find_conflicts_of(db, person.id, now=NOW)
    by_person = found(db)
    db.query(Conflict).delete()
    find(db, committee)
    assert by_submission == by_person == found(db)
    assert {row[2] for row in found(db)} == {"own", "affiliation", "domain", "transitive"}


def test_leaving_the_committee_takes_the_found_ones_along(db, committee):
    reviewer = committee.reviewers[0]
    reviewer.affiliation = "Speaking 0"
    find(db, committee)
    db.execute(delete(Role).where(Role.person_id == reviewer.id))
    find_conflicts_of(db, reviewer.id, now=NOW)
    assert found(db) == set()


def test_a_chairs_word_joins_two_spellings(db, committee):
    reviewer, submission = committee.reviewers[0], committee.submissions[0]
    reviewer.affiliation = "RH"
    employ(db, submission, "Red Hat Czech")
    actor = actor_for(db, committee.chair)
    for one, other in (("RH", "Red Hat"), ("Red Hat", "Red Hat Czech")):
        affiliations.join(db, actor, committee.conference, one=one, other=other, now=NOW)
    find(db, committee)
    assert found(db) == {(submission.id, reviewer.id, "affiliation", "Red Hat Czech")}
    with pytest.raises(DomainError, match=r"affiliation\.same"):
        affiliations.join(db, actor, committee.conference, one="RH", other="red hat", now=NOW)
    for alias in db.query(AffiliationAlias).all():
        affiliations.part(db, actor, committee.conference, alias_id=alias.id, now=NOW)
    find(db, committee)
    assert found(db) == set()


def test_few_statements_whatever_the_size(db, engine):
    numbers = []
    for size in (3, 30):
        committee = make_committee(db, submissions=size, reviewers=4)
        for reviewer in committee.reviewers:
            reviewer.affiliation = "Speaking 1"
        db.flush()
        with counted(engine) as statements:
            find(db, committee)
        numbers.append(len(statements))
    assert numbers[0] == numbers[1] <= 10


def judge(db, committee, verdict, reason="We know them.", person=None):
    actor = actor_for(db, person or committee.chair)
    conflict = db.scalars(select(Conflict)).one()
    submission = db.get_one(Submission, conflict.submission_id)
    standing = standing_of(db, actor, committee.conference, submission.code)
    judge_conflict(
        db, actor, standing, conflict=conflict, verdict=verdict, reason=reason, now=NOW
    )
    return conflict


def test_a_chair_confirms_or_dismisses_with_a_reason(db, committee):
    committee.reviewers[0].affiliation = "Speaking 0"
    find(db, committee)
    assert judge(db, committee, "confirmed").state == "confirmed"
    assert judge(db, committee, "dismissed").judgment == "We know them."
    assert judge(db, committee, "open", "").state == "open"
    with pytest.raises(DomainError, match="reason_missing"):
        judge(db, committee, "confirmed", "")
    with pytest.raises(DomainError, match="bad_verdict"):
        judge(db, committee, "declared")


def test_nobody_judges_their_own_and_no_reviewer_judges(db, committee):
    committee.chair.affiliation = "Speaking 0"
    find(db, committee)
    with pytest.raises(ForbiddenError, match=r"conflict\.own"):
        judge(db, committee, "dismissed")
    with pytest.raises(ForbiddenError):
        judge(db, committee, "dismissed", person=committee.reviewers[0])


def test_an_own_submission_is_nothing_to_judge(db, committee):
    make_submission(db, committee.conference, [committee.reviewers[0]])
    find(db, committee)
    with pytest.raises(NotNowError, match=r"conflict\.settled"):
        judge(db, committee, "dismissed")


def test_a_chair_declares_for_somebody_else_on_the_committee(db, committee):
    actor = actor_for(db, committee.chair)
    submission, reviewer = committee.submissions[0], committee.reviewers[0]
    standing = standing_of(db, actor, committee.conference, submission.code)

    def declare(person_id: int, reason: str = "They are married.") -> None:
        declare_for(db, actor, standing, person_id=person_id, reason=reason, now=NOW)

    declare(reviewer.id)
    conflict = conflict_of(db, submission, reviewer.id, "declared")
    assert (conflict.state, conflict.declared_by_id) == ("open", committee.chair.id)
    for person, key in (
        (reviewer.id, "conflict.declared"),
        (make_person(db).id, "conflict.not_committee"),
        (committee.chair.id, "conflict.own"),
    ):
        with pytest.raises(DomainError, match=key):
            declare(person)
    with pytest.raises(DomainError, match="reason_missing"):
        declare(committee.reviewers[1].id, "")


def test_the_pairs_that_block_are_those_of_the_policy(db):
    """The policy asks it for one person; the assignment asks it for all at once."""
    world = make_world(db, reviewing="assigned", conflict_policies={"affiliation": "block"})
    conference = world.conference
    reviewer, chair = world.people["reviewer"], world.people["chair"]
    submissions = list(world.submissions.values())
    for kind, state in (("affiliation", "open"), ("domain", "open"), ("transitive", "confirmed")):
        make_conflict(db, submissions.pop(), reviewer, kind, state)
    make_conflict(db, submissions.pop(), chair, "declared", "dismissed")
    own = make_submission(db, conference, [reviewer, chair])
    add_speaker(db, own, world.people["reader"], 2, state="removed")
    give_role(db, conference, world.people["reader"], "reviewer")
    blocked = blocked_pairs(conference)
    at_once = set(db.execute(select(blocked.c.submission_id, blocked.c.person_id)))
    one_by_one = {
        (submission_id, person.id)
        for name, person in world.people.items()
        for submission_id in db.scalars(
            select(Submission.id).where(
                Submission.conference_id == conference.id,
                ~unblocked(world.actor(db, name), conference),
            )
        )
    }
    assert at_once == one_by_one
    assert (own.id, world.people["reader"].id) not in at_once


def test_a_profile_a_role_and_a_merge_bring_conflicts_at_once(db, committee, visitor_as):
    reviewer, submission = committee.reviewers[0], committee.submissions[0]
    visitor = visitor_as(reviewer)
    profile = visitor.get("/account/profile")
    visitor.submit(profile, {"affiliation": "Speaking 0"}, press="Save")
    assert (submission.id, reviewer.id, "affiliation", "Speaking 0") in found(db)
    other = make_person(db, "Old Self", account=False)
    committee.submissions[1].submitter_id = other.id
    speaker = db.query(Speaker).filter_by(submission_id=committee.submissions[1].id).one()
    speaker.person_id = other.id
    db.flush()
    merge(db, actor_for(db, reviewer), into_id=reviewer.id, other_id=other.id, now=NOW)
    assert (committee.submissions[1].id, reviewer.id, "own", "") in found(db)
