"""A chair's word about two people is there again next year, for those who may know of it."""

import re
from collections.abc import Callable

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cfp.domain.accounts.models import Email, Person
from cfp.domain.assignment.conflicts import find_conflicts, judge_conflict
from cfp.domain.assignment.models import Conflict, JudgedPair
from cfp.domain.conferences.models import Conference, Role
from cfp.domain.persons.erasure import erase
from cfp.domain.persons.merging import merge
from cfp.domain.submissions.models import Speaker, Submission
from cfp.policy import standing_of
from tests.factories import (
    NOW,
    add_speaker,
    give_role,
    make_conference,
    make_person,
    make_submission,
)
from tests.support.reviewing import Committee, actor_for, employ, make_committee
from tests.support.visitor import Visitor

As = Callable[[Person], Visitor]
FAR_AWAY = NOW.replace(year=2100)


@pytest.fixture
def first(db: Session) -> Committee:
    """Last year: the first reviewer and the first speaker work for one employer."""
    committee = make_committee(db, name="First Conference")
    committee.reviewers[0].affiliation = "Speaking 0"
    find_conflicts(db, committee.conference, now=NOW)
    return committee


def speaker_of(db: Session, submission: Submission) -> Person:
    return db.get_one(Person, submission.submitter_id)


def judge(db: Session, committee: Committee, verdict: str, person: Person | None = None) -> None:
    actor = actor_for(db, person or committee.chair)
    conflict = db.scalars(
        select(Conflict).where(Conflict.conference_id == committee.conference.id)
    ).one()
    submission = db.get_one(Submission, conflict.submission_id)
    standing = standing_of(db, actor, committee.conference, submission.code)
    assert standing is not None
    judge_conflict(
        db,
        actor,
        standing,
        conflict=conflict,
        verdict=verdict,
        reason="" if verdict == "open" else "zqwhy they met",
        now=NOW,
    )
    db.flush()


def again(
    db: Session, first: Committee, *, chair: Person | None = None, speakers: int = 1
) -> tuple[Conference, Submission]:
    """Next year: the same reviewer, a talk by the same speaker, and by more of that employer."""
    conference = make_conference(db, reviewing="assigned")
    give_role(db, conference, chair or first.chair, "chair")
    give_role(db, conference, first.reviewers[0], "reviewer")
    speaker = speaker_of(db, first.submissions[0])
    others = [make_person(db) for _ in range(speakers - 1)]
    submission = make_submission(db, conference, [speaker, *others])
    employ(db, submission, "Speaking 0")
    find_conflicts(db, conference, now=NOW)
    return conference, submission


def state_in(db: Session, conference: Conference) -> tuple[str, bool]:
    row = db.execute(
        select(Conflict.state, Conflict.recalled_id).where(
            Conflict.conference_id == conference.id, Conflict.kind == "affiliation"
        )
    ).one()
    return row[0], row[1] is not None


@pytest.mark.parametrize("verdict", ["confirmed", "dismissed"])
def test_the_same_two_people_begin_as_they_were_judged(db, first, verdict):
    judge(db, first, verdict)
    conference, submission = again(db, first)
    assert state_in(db, conference) == (verdict, True)
    assert find_conflicts(db, conference, now=NOW) == (0, 0)
    employ(db, submission, "Elsewhere")
    find_conflicts(db, conference, now=NOW)
    assert db.query(Conflict).filter_by(conference_id=conference.id).count() == 0


def test_another_talk_of_theirs_in_the_same_conference_too(db, first):
    judge(db, first, "dismissed")
    submission = make_submission(db, first.conference, [speaker_of(db, first.submissions[0])])
    employ(db, submission, "Speaking 0")
    find_conflicts(db, first.conference, submission=submission, now=NOW)
    states = db.query(Conflict).filter_by(kind="affiliation", state="dismissed").count()
    assert states == 2


def test_what_stands_open_between_them_already_follows_at_once(db, first):
    submission = make_submission(db, first.conference, [speaker_of(db, first.submissions[0])])
    employ(db, submission, "Speaking 0")
    find_conflicts(db, first.conference, now=NOW)
    one, other = db.query(Conflict).order_by(Conflict.id)
    db.delete(other)
    db.flush()
    judge(db, first, "confirmed")
    other = db.query(Conflict).filter_by(submission_id=submission.id).one()
    assert (other.state, other.recalled_id is not None) == ("confirmed", True)
    assert one.recalled_id is None
    find_conflicts(db, first.conference, now=NOW)
    assert one.state == "confirmed"


def test_a_dismissal_says_nothing_of_others_a_confirmation_counts_whoever_else_is_there(db, first):
    judge(db, first, "dismissed")
    assert state_in(db, again(db, first, speakers=2)[0]) == ("open", False)
    judge(db, first, "confirmed")
    assert state_in(db, again(db, first, speakers=2)[0]) == ("confirmed", True)


def test_a_co_speaker_who_joins_opens_a_dismissed_one_again(db, first):
    judge(db, first, "dismissed")
    conference, submission = again(db, first)
    add_speaker(db, submission, make_person(db), 1)
    employ(db, submission, "Speaking 0")
    find_conflicts(db, conference, submission=submission, now=NOW)
    assert state_in(db, conference) == ("open", False)


def test_the_last_word_counts_and_can_be_taken_back(db, first):
    judge(db, first, "confirmed")
    second, _submission = again(db, first)
    committee = Committee(second, first.chair)
    judge(db, committee, "dismissed")
    assert state_in(db, second) == ("dismissed", False)
    assert state_in(db, again(db, first)[0]) == ("dismissed", True)
    judge(db, committee, "open")
    assert find_conflicts(db, second, now=NOW) == (0, 0)
    assert state_in(db, second) == ("open", False)
    assert state_in(db, again(db, first)[0]) == ("open", False)


def test_somebody_judged_by_an_address_is_known_by_it_once_they_have_an_account(db, first):
    reviewer, submission = first.reviewers[0], first.submissions[0]
    reviewer.affiliation = "Elsewhere"
    address = "named@r0.example"
    db.execute(
        update(Email).where(Email.person_id == reviewer.id).values(key="reviewer@r0.example")
    )
    add_speaker(db, submission, "N. N.", 1, address=address, address_key=address)
    find_conflicts(db, first.conference, now=NOW)
    judge(db, first, "dismissed")
    assert db.query(JudgedPair).one().other_key == address
    conference = make_conference(db)
    give_role(db, conference, first.chair, "chair")
    give_role(db, conference, reviewer, "reviewer")
    known = make_submission(db, conference, [make_person(db, email=address)])
    employ(db, known, "Somewhere")
    find_conflicts(db, conference, now=NOW)
    row = db.query(Conflict).filter_by(conference_id=conference.id).one()
    assert (row.kind, row.state) == ("domain", "dismissed")


def test_only_where_somebody_else_chairs_both(db, first):
    """A chair's word crosses by a chair who knows it, and not by the one whom it is about."""
    judge(db, first, "dismissed")
    stranger = make_person(db)
    assert state_in(db, again(db, first, chair=stranger)[0]) == ("open", False)
    concerned = first.reviewers[0]
    give_role(db, first.conference, concerned, "chair")
    assert state_in(db, again(db, first, chair=concerned)[0]) == ("open", False)


def test_a_chair_who_leaves_later_opens_nothing(db, first):
    judge(db, first, "confirmed")
    conference, _submission = again(db, first)
    db.query(Role).filter_by(conference_id=conference.id, kind="chair").delete()
    find_conflicts(db, conference, now=NOW)
    assert state_in(db, conference) == ("confirmed", True)


# Who learns what ------------------------------------------------------------------------------


def read(visitor: Visitor, conference: Conference, submission: Submission) -> dict[str, str]:
    base = f"/{conference.slug}/chair/"
    paths = ["conflicts/", "", "log/", "assignment/", f"submissions/{submission.code}/"]
    pages = {path: visitor.get(base + path).html for path in paths}
    judges = re.findall(r'href="([^"]+/conflicts/\d+)"', pages[paths[-1]])
    assert judges
    pages["judge"] = visitor.get(judges[0]).html
    masks = [r'name="csrf_token"[^>]*', r'name="key"[^>]*', r'value="[\w.-]{20,}"']
    return {path: re.sub("|".join(masks), "", text) for path, text in pages.items()}


@pytest.mark.parametrize("verdict", ["confirmed", "dismissed"])
def test_a_chair_of_another_conference_sees_no_difference(
    db: Session, first: Committee, visitor_as: As, verdict: str
) -> None:
    """Two worlds: in the second the pair was judged before. Nobody there chairs there too."""
    stranger = make_person(db, "Strange Chair")
    judge(db, first, verdict)
    conference, submission = again(db, first, chair=stranger)
    db.commit()
    visitor = visitor_as(stranger)
    after = read(visitor, conference, submission)
    db.query(JudgedPair).delete()
    db.query(Conflict).filter_by(conference_id=first.conference.id).update({"state": "open"})
    find_conflicts(db, conference, now=NOW)
    db.commit()
    before = read(visitor, conference, submission)
    assert [path for path in before if before[path] != after[path]] == []


def test_why_and_where_is_told_to_who_chairs_both_and_to_no_other_chair(
    db: Session, first: Committee, visitor_as: As
) -> None:
    judge(db, first, "dismissed")
    colleague = make_person(db, "Col League")
    conference, submission = again(db, first)
    give_role(db, conference, colleague, "chair")
    db.commit()
    knows = read(visitor_as(first.chair), conference, submission)
    guesses = read(visitor_as(colleague), conference, submission)
    for path in ("conflicts/", f"submissions/{submission.code}/", "judge"):
        assert "zqwhy" in knows[path], path
        assert "First Conference" in knows[path], path
        assert "dismissed" in guesses[path], path
        assert "judged before" in guesses[path], path
    told = "".join(guesses.values())
    assert not [word for word in ("zqwhy", "First Conference", "Cleo Chair:") if word in told]


def test_a_chair_opens_it_again_with_one_button(
    db: Session, first: Committee, visitor_as: As
) -> None:
    judge(db, first, "confirmed")
    conference, submission = again(db, first)
    db.commit()
    visitor = visitor_as(first.chair)
    page = visitor.get(f"/{conference.slug}/chair/submissions/{submission.code}/")
    (link,) = re.findall(r'href="([^"]+/conflicts/\d+)"', page.html)
    visitor.submit(visitor.get(link), press="Leave it open again")
    assert state_in(db, conference) == ("open", False)
    db.query(JudgedPair).filter_by(conference_id=first.conference.id).update({"at": FAR_AWAY})
    find_conflicts(db, conference, now=NOW)
    assert state_in(db, conference) == ("open", False)


# Persons --------------------------------------------------------------------------------------


def test_joined_persons_are_remembered_as_one_and_deleted_ones_are_forgotten(db, first):
    judge(db, first, "confirmed")
    conference, submission = again(db, first)
    reviewer, speaker = first.reviewers[0], speaker_of(db, submission)
    other = make_person(db, "Newer Self", account=False)
    db.commit()
    merge(db, actor_for(db, other_with_account := make_person(db)), into_id=other_with_account.id,
          other_id=speaker.id, now=NOW)  # fmt: skip
    assert db.query(JudgedPair).filter_by(other_id=other_with_account.id).count() == 1
    assert state_in(db, conference) == ("confirmed", True)
    merge(db, actor_for(db, reviewer), into_id=reviewer.id, other_id=other.id, now=NOW)
    assert state_in(db, conference) == ("confirmed", True)
    erase(db, actor_for(db, other_with_account), person_id=other_with_account.id, now=NOW)
    assert db.query(JudgedPair).count() == 0
    find_conflicts(db, conference, now=NOW)
    assert db.query(Conflict).filter_by(conference_id=conference.id).count() == 0
    assert db.query(Speaker).filter_by(submission_id=submission.id).one().name == "Deleted person"
