"""Submissions that share too few reviewers: said before a solve, and what the solve then says."""

import pytest
from sqlalchemy.orm import Session

from cfp.domain.accounts.models import Person
from cfp.domain.assignment.models import ReviewerProfile
from cfp.domain.assignment.picks import Options
from cfp.domain.assignment.problems import load_problem
from cfp.domain.assignment.proposal_lists import names_of
from cfp.domain.assignment.scarcity import Scarce, scarce_groups
from cfp.jobs.assignment import solve
from cfp.web.chair import assignment as pages
from tests.factories import make_assignment, make_conflict, make_review
from tests.support.reviewing import Committee, actor_for, keep_standby, make_committee
from tests.support.statements import counted


def profile(db: Session, committee: Committee, person: Person, **values: object) -> None:
    db.add(
        ReviewerProfile(
            conference_id=committee.conference.id, person_id=person.id, track_ids=[], **values
        )
    )


def planted(db: Session, **changes: object) -> Committee:
    """The first two of five talks may be reviewed by Reviewers 0 and 1 only, who take one each."""
    committee = make_committee(db, submissions=5, reviewers=8, each=2, **changes)
    for submission in committee.submissions[:2]:
        for reviewer in committee.reviewers[2:]:
            make_conflict(db, submission, reviewer)
    for reviewer in committee.reviewers[:2]:
        profile(db, committee, reviewer, load_wished=1)
    db.commit()
    return committee


def said(committee: Committee, groups: list[Scarce]) -> list[tuple[object, ...]]:
    return sorted(
        (sorted(title for _, title in one.submissions), one.reviewers, one.wanted, one.possible)
        for one in groups
        if not one.senior
    )


def solved(db: Session, committee: Committee) -> list[tuple[object, ...]]:
    actor = actor_for(db, committee.chair)
    figures = solve(load_problem(db, committee.conference, actor, Options())).figures
    found = []
    for one in figures["shortfalls"]:
        names = names_of(db, one["people"], one["submissions"])
        titles = sorted(title for _code, title in names.submissions.values())
        found.append((titles, sorted(names.people.values()), one["demand"], one["capacity"]))
    return sorted(found)


def test_it_says_beforehand_what_a_solve_would(db):
    committee = planted(db)
    talks, people = committee.submissions, committee.reviewers
    actor = actor_for(db, committee.chair)

    def check(*expected: tuple[object, ...]) -> None:
        db.commit()
        groups = scarce_groups(db, actor, committee.conference)
        assert said(committee, groups) == solved(db, committee) == list(expected)

    both = ["Talk 0", "Talk 1"], ["Reviewer 0", "Reviewer 1"]
    check((*both, 4, 2))
    make_assignment(db, talks[0], people[0], "accepted")
    check((*both, 4, 2))
    make_assignment(db, talks[2], people[1], "accepted")
    check((*both, 4, 1))
    make_assignment(db, talks[1], people[1], "declined")
    check((["Talk 0"], ["Reviewer 0", "Reviewer 1"], 2, 1), (["Talk 1"], ["Reviewer 0"], 2, 0))
    make_review(db, talks[1], people[2])
    make_assignment(db, talks[3], people[3])
    keep_standby(db, committee.conference, *people[3:6])
    for person in people[6:]:
        profile(db, committee, person, paused=True)
    check(
        (["Talk 0"], ["Reviewer 0", "Reviewer 1"], 2, 1),
        (["Talk 1"], ["Reviewer 0"], 2, 0),
        (["Talk 4"], ["Reviewer 0", "Reviewer 1", "Reviewer 2"], 2, 1),
    )


def test_the_overview_says_it_in_words_or_on_a_page_of_its_own(app, db, visitor_as, monkeypatch):
    committee = planted(db, needs_senior=True)
    profile(db, committee, committee.reviewers[5], senior=True)
    db.commit()
    sentence = (
        "2 submissions can only be reviewed by 2 reviewers, who can give 2 of 4 reviews: 2 missing."
    )
    senior = "2 submissions need a senior reviewer each, and none may review them."
    visitor = visitor_as(committee.chair)
    path = f"/{committee.conference.slug}/chair/assignment/"
    page = visitor.get(path)
    for words in (sentence, senior, "Talk 0, Talk 1 · Reviewer 0, Reviewer 1"):
        assert words in page.text
    monkeypatch.setattr(pages, "CHECKED_AT_ONCE", 0)
    page = visitor.get(path)
    assert sentence not in page.text
    with counted(app.extensions["cfp"].engine) as statements:
        page = visitor.get(page.links()["Look for submissions that share too few reviewers"])
    assert len(statements) <= 10
    assert sentence in page.text
    assert senior in page.text


def test_where_nobody_has_a_limit_there_is_nothing_to_look_for(db, visitor_as):
    committee = make_committee(db, submissions=5, reviewers=8, each=2)
    db.commit()
    visitor = visitor_as(committee.chair)
    path = f"/{committee.conference.slug}/chair/assignment/"
    assert "share too few" not in visitor.get(path).text
    assert "No submissions share too few reviewers." in visitor.get(f"{path}scarce").text


@pytest.mark.parametrize("limit", [None, 4])
def test_more_than_an_even_load_rather_than_a_missing_review(db, limit):
    """Six talks that only two may review: they take more than others, as far as they would."""
    committee = make_committee(db, submissions=6, reviewers=12, each=2)
    for submission in committee.submissions:
        for reviewer in committee.reviewers[2:]:
            make_conflict(db, submission, reviewer)
    if limit is not None:
        profile(db, committee, committee.reviewers[0], load_wished=limit)
    db.commit()
    actor = actor_for(db, committee.chair)
    figures = solve(load_problem(db, committee.conference, actor, Options())).figures
    most = {person_id: most for person_id, _least, most in figures["loads"]}
    assert figures["missing"] == (0 if limit is None else 6 - limit)
    assert most[committee.reviewers[0].id] == (6 if limit is None else limit)
    assert most[committee.reviewers[5].id] == 2
