"""What a solve goes by: texts of reviewers, demand, least loads, and the chairs' rules."""

from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp.actors import SYSTEM
from cfp.audit import AuditEntry
from cfp.clock import now as clock_now
from cfp.domain.assignment import apart, documents, matching, proposals
from cfp.domain.assignment.candidates import candidates_for, text_match
from cfp.domain.assignment.coverage import coverage_of, lacking, not_covered
from cfp.domain.assignment.loads import capacity_of
from cfp.domain.assignment.models import (
    Proposal,
    ReviewerDocument,
    ReviewerProfile,
    TextMatch,
)
from cfp.domain.assignment.pasted import Piece
from cfp.domain.assignment.picks import Options
from cfp.domain.assignment.problems import figures_from, load_problem, picks_from, store_matches
from cfp.domain.assignment.proposal_lists import names_of
from cfp.domain.assignment.scoring import Because
from cfp.domain.decisions.queries import waiting
from cfp.domain.program import versions
from cfp.errors import DomainError, ForbiddenError, NotFoundError
from cfp.jobs.assignment import solve
from cfp.policy import standing_of
from tests.factories import (
    NOW,
    give_role,
    make_assignment,
    make_conference,
    make_conflict,
    make_person,
    make_review,
    make_submission,
    make_track,
)
from tests.support.reviewing import Committee, actor_for, make_committee


def proposed(db: Session, committee: Committee, options: Options | None = None) -> Proposal:
    """A proposal as the job makes it, without the process around it."""
    actor, chosen = actor_for(db, committee.chair), options or Options()
    loaded = load_problem(db, committee.conference, actor, chosen)
    plan = solve(loaded).plan
    store_matches(db, committee.conference, loaded, now=NOW)
    return proposals.store_proposal(
        db,
        actor,
        committee.conference,
        options=chosen,
        picks=picks_from(loaded, plan),
        figures=figures_from(loaded, plan),
        now=NOW,
    )


def pairs_of(proposal: Proposal) -> set[tuple[int, int]]:
    return {pick.pair for pick in proposals.picks_of(proposal)}


def loads_of(proposal: Proposal, committee: Committee) -> list[int]:
    people = [person_id for _submission, person_id in pairs_of(proposal)]
    return [people.count(one.id) for one in committee.reviewers]


def profile(db: Session, committee: Committee, number: int, **values: object) -> None:
    person_id = committee.reviewers[number].id
    here = {"conference_id": committee.conference.id, "person_id": person_id}
    db.add(ReviewerProfile(**here, **values))
    db.flush()


def test_what_reviewers_gave_and_what_is_published_finds_its_submission(db):
    committee = make_committee(db, submissions=3, reviewers=3, each=1)
    giver, speaker, silent = committee.reviewers
    for talk, title in zip(committee.submissions, ("Kernel tunnels", "Bread", "Tea"), strict=True):
        talk.title, talk.abstract = title, f"All about {title} and nothing else."
    pieces = [Piece("My bread thesis", "Sourdough, yeast and an oven."), Piece("Chess")]
    documents.add_documents(
        db, actor_for(db, giver), committee.conference, pieces=pieces, now=NOW
    )
    elsewhere = make_conference(db)
    talk = make_submission(
        db, elsewhere, [speaker], title="Old kernel tunnels", state="confirmed"
    )
    hidden = make_submission(db, elsewhere, [silent], title="Tea, tea and tea", state="rejected")
    versions.publish(db, SYSTEM, elsewhere, note="", now=clock_now())
    talk.title = "Changed after publication"
    proposal = proposed(db, committee, Options(most=1))
    picks = {pick.pair: pick for pick in proposals.picks_of(proposal)}
    tunnels, bread, tea = committee.submissions
    assert picks.keys() == {(tunnels.id, speaker.id), (bread.id, giver.id), (tea.id, silent.id)}
    told = picks[tunnels.id, speaker.id].because
    assert (told.kind, told.of) == ("talk", "Old kernel tunnels")
    assert {"kernel", "tunnels"} <= set(told.words)
    given = picks[bread.id, giver.id].because
    assert documents.ids_in([given, told]) == {given.of}
    assert names_of(db, (), (), {given.of}).documents == {given.of: "My bread thesis"}
    # What was not accepted is nobody's to know: it counts only once its speaker has copied it.
    assert (picks[tea.id, silent.id].parts.text, picks[tea.id, silent.id].because) == (0, None)
    assert hidden.title not in str([pick.because for pick in picks.values()])
    documents.remove_document(
        db, actor_for(db, giver), committee.conference, document_id=given.of
    )
    assert names_of(db, (), (), documents.ids_in([given])).documents == {}


def test_past_reviews_count_where_their_reviewer_says_so_and_tell_nothing_of_the_talks(db):
    committee = make_committee(db, submissions=3, reviewers=3, each=1)
    elsewhere, speaker = make_conference(db), make_person(db)

    def review(reviewer: int, subject: str, state: str = "rejected", written: str = "submitted"):
        text = f"Much more about {subject} at Falkenmark"
        talk = make_submission(
            db, elsewhere, [speaker], title="Secret", abstract=text, state=state
        )
        make_review(db, talk, committee.reviewers[reviewer], state=written)

    for number, subject in enumerate(("tunnels", "yeast", "chess")):
        talk = committee.submissions[number]
        talk.title, talk.abstract = f"On {subject}", f"All about {subject}"
        for _time in range(2):
            review(number, subject)
    review(0, "tunnels")
    review(1, "yeast")
    review(2, "chess", state="withdrawn")
    review(2, "chess", written="draft")
    for number, says_so in enumerate((True, False, True)):
        profile(db, committee, number, past_reviews=says_so)
    picks = {pick.pair: pick for pick in proposals.picks_of(proposed(db, committee))}
    near = {pair: pick.because for pair, pick in picks.items() if pick.parts.text}
    tunnels, knows = committee.submissions[0], committee.reviewers[0]
    assert near == {(tunnels.id, knows.id): Because("reviews", "", ())}


def test_a_pair_has_the_same_number_by_hand_as_in_the_proposal(db):
    committee = make_committee(db, submissions=2, reviewers=2, each=1)
    one = committee.submissions[0]
    one.abstract = "Nested tunnels with hardware offload"
    profile(db, committee, 0, expertise="tunnels", track_ids=[one.track_id])
    make_track(db, committee.conference, "Another")
    conference, actor = committee.conference, actor_for(db, committee.chair)

    def by_hand() -> dict[int, float]:
        near = text_match(db, one)
        found = candidates_for(
            db, actor, conference, one, asked=[], uses_tracks=True, near=near
        )
        return {each.load.person_id: each.parts for each in found}

    before = by_hand()[committee.reviewers[0].id]
    assert (before.text, before.track) == (0, 0.2)
    proposal = proposed(db, committee)
    pick = next(p for p in proposals.picks_of(proposal) if p.submission_id == one.id)
    assert pick.parts.text > 0
    after = by_hand()[pick.person_id]
    assert after.total == pytest.approx(pick.parts.total, abs=1e-3)
    proposed(db, committee)
    assert len(db.scalars(select(TextMatch)).all()) == 2


def test_only_ones_own_talks_are_offered_and_copied_without_a_trace(db):
    committee = make_committee(db, submissions=1, reviewers=2)
    mine, other = committee.reviewers
    elsewhere = make_conference(db)
    rejected = make_submission(db, elsewhere, [mine], title="Not this time", state="rejected")
    make_submission(db, elsewhere, [mine], title="Unfinished", state="draft")
    theirs = make_submission(db, elsewhere, [other], title="Theirs")
    make_submission(db, committee.conference, [mine], title="Handed in here")
    actor, conference = actor_for(db, mine), committee.conference

    def offered() -> list[str]:
        there = documents.documents_of(db, actor, conference)
        return [talk.title for talk in documents.past_talks(db, actor, conference, there=there)]

    assert offered() == ["Not this time"]
    entries = len(db.scalars(select(AuditEntry)).all())
    documents.copy_talk(db, actor, conference, code=rejected.code, now=NOW)
    assert offered() == []
    (copy,) = db.scalars(select(ReviewerDocument))
    assert (copy.title, copy.text) == ("Not this time", rejected.abstract)
    assert len(db.scalars(select(AuditEntry)).all()) == entries
    for code in (theirs.code, "NOSUCH"):
        with pytest.raises(NotFoundError):
            documents.copy_talk(db, actor, conference, code=code, now=NOW)
    with pytest.raises(NotFoundError):
        documents.document_of(db, actor_for(db, other), conference, copy.id)


def test_each_submission_gets_as_many_reviews_as_it_wants(db):
    committee = make_committee(db, submissions=4, reviewers=6, each=2)
    conference, actor = committee.conference, actor_for(db, committee.chair)
    storage = make_track(db, conference, "Storage")
    one, two, three, four = committee.submissions
    three.track_id = four.track_id = storage.id
    blocked = committee.reviewers[0]
    make_conflict(db, four, committee.chair)
    standing = standing_of(db, actor, conference, one.code)
    matching.set_wanted(db, actor, standing, wanted=4, now=NOW)
    wanted = {"track_id": storage.id, "type_id": None, "now": NOW}
    assert matching.set_wanted_of_many(db, actor, conference, wanted=1, **wanted) == 1
    assert [talk.reviews_wanted for talk in committee.submissions] == [4, None, 1, None]
    for bad in (0, 21):
        with pytest.raises(DomainError, match="demand"):
            matching.set_wanted_of_many(db, actor, conference, wanted=bad, **wanted)
    other = standing_of(db, actor, conference, four.code)
    with pytest.raises(ForbiddenError):
        matching.set_wanted(db, actor, other, wanted=3, now=NOW)
    coverage = coverage_of(db, actor, conference)
    assert (coverage.wanted, coverage.assigned, coverage.lacking) == (7, 0, 3)
    proposal = proposed(db, committee)
    counts = [sum(pair[0] == talk.id for pair in pairs_of(proposal)) for talk in (one, two, three)]
    assert counts == [4, 2, 1]
    for number in range(2):
        make_assignment(db, one, committee.reviewers[number])
    make_assignment(db, three, blocked)
    assert coverage_of(db, actor, conference).assigned == 3
    assert lacking(db, actor, conference) == coverage_of(db, actor, conference).lacking == 2
    assert waiting(db, actor, conference)["reviews"] == 3
    for reviewer in committee.reviewers[:3]:
        make_conflict(db, one, reviewer)
    takers = capacity_of(db, conference).takers
    short = not_covered(db, actor, conference, takers=takers)
    assert [(each.code, each.eligible) for each in short] == [(one.code, 3)]


def test_the_least_load_is_kept_or_reported(db):
    committee = make_committee(db, submissions=6, reviewers=6, each=1)
    profile(db, committee, 0, load_least=4)
    profile(db, committee, 1, load_least=3)
    for submission in committee.submissions[1:]:
        make_conflict(db, submission, committee.reviewers[1])
    db.flush()
    proposal = proposed(db, committee)
    assert loads_of(proposal, committee)[:2] == [4, 1]
    unmet = proposal.figures["unmet"]
    assert unmet["least"] == [[committee.reviewers[1].id, 1, 3]]
    assert proposal.figures["missing"] == 0


def test_every_submission_has_a_senior_or_is_named(db):
    committee = make_committee(db, submissions=3, reviewers=5, each=2, needs_senior=True)
    profile(db, committee, 0, senior=True)
    profile(db, committee, 1, senior=True, load_capped=1)
    proposal = proposed(db, committee)
    seniors = {one.id for one in committee.reviewers[:2]}
    for submission in committee.submissions:
        assert any(pair[1] in seniors for pair in pairs_of(proposal) if pair[0] == submission.id)
    last = committee.submissions[2]
    for person in committee.reviewers[:2]:
        make_conflict(db, last, person)
    again = proposed(db, committee)
    named = again.figures["unmet"]["senior"] or again.figures["shortfalls"][0]["seniors_only"]
    assert named == [last.id]


def test_reviewers_of_one_employer_and_those_kept_apart_never_share_a_submission(db):
    committee = make_committee(
        db, submissions=3, reviewers=6, each=2, one_per_affiliation=True, uses_bids=True
    )
    ada, ben, cay, dee = committee.reviewers[:4]
    ada.affiliation, ben.affiliation = "Red Hat, Inc.", "red hat"
    for free in committee.reviewers[4:]:
        free.affiliation = "Freelance"
    chair, conference = actor_for(db, committee.chair), committee.conference
    apart.keep_apart(db, chair, conference, one=cay.code, other=dee.code, now=NOW)
    for options in (Options(), Options(repair=True)):
        chosen = pairs_of(proposed(db, committee, options))
        for submission in committee.submissions:
            together = {person for talk, person in chosen if talk == submission.id}
            assert len(together) == 2
            assert not {ada.id, ben.id} <= together
            assert not {cay.id, dee.id} <= together
    one = committee.submissions[0]
    pinned = frozenset({(one.id, ada.id), (one.id, ben.id)})
    crowded = proposed(db, committee, replace(Options(), pinned=pinned))
    assert crowded.figures["unmet"]["crowded"] == [one.id]


@pytest.mark.parametrize(
    ("one", "other", "key", "field"),
    [
        ("Reviewer 0", "Reviewer 0", "apart.same", "other"),
        ("Reviewer 1", "Reviewer 0", "apart.there", "other"),
        ("Cleo Chair", "Reviewer 0", "apart.unknown", "one"),
        ("Reviewer 1", "Speaker 0", "apart.unknown", "other"),
    ],
)
def test_only_two_reviewers_who_are_not_yet_are_kept_apart(db, one, other, key, field):
    committee = make_committee(db, submissions=1, reviewers=2)
    people = {p.name: p.code for p in (committee.chair, *committee.reviewers)}
    people["Speaker 0"] = make_person(db, "Speaker 0").code
    chair, conference = actor_for(db, committee.chair), committee.conference
    first, second = committee.reviewers
    apart.keep_apart(db, chair, conference, one=first.code, other=second.code, now=NOW)
    with pytest.raises(DomainError) as error:
        apart.keep_apart(
            db, chair, conference, one=people[one], other=people[other], now=NOW
        )
    assert (error.value.key, error.value.field) == (key, field)
    (pair,) = apart.apart_of(db, conference)
    with pytest.raises(NotFoundError):
        apart.let_together(db, chair, make_conference(db), apart_id=pair.id, now=NOW)
    apart.let_together(db, chair, conference, apart_id=pair.id, now=NOW)
    assert apart.apart_pairs(db, conference) == []


def test_with_a_cap_the_same_solve_is_drawn_anew_and_keeps_every_limit(db):
    committee = make_committee(
        db, submissions=4, reviewers=6, each=2, chance_cap=50, uses_bids=True
    )
    drawn = [proposed(db, committee) for _ in range(8)]
    assert len({frozenset(pairs_of(one)) for one in drawn}) > 1
    for proposal in drawn:
        assert (proposal.figures["objective"], proposal.figures["cap"]) == ("drawn", 50)
        assert proposal.figures["missing"] == 0
        assert max(loads_of(proposal, committee)) <= 3
    repaired = proposed(db, committee, Options(repair=True))
    assert (repaired.figures["objective"], repaired.figures["cap"]) == ("repair", None)


def test_the_weights_decide_which_part_counts(db):
    committee = make_committee(db, submissions=2, reviewers=2, each=1)
    storage = make_track(db, committee.conference, "Storage")
    one, two = committee.submissions
    one.abstract, two.track_id = "Nested tunnels with offload", storage.id
    profile(db, committee, 0, expertise="nested tunnels offload", track_ids=[storage.id])
    conference, chair = committee.conference, actor_for(db, committee.chair)
    for weights, own in (({"track": 0, "text": 9}, one), ({"track": 9, "text": 0}, two)):
        matching.change_matching(
            db,
            chair,
            conference,
            weights=weights,
            needs_senior=False,
            one_per_affiliation=False,
            chance_cap=None,
            now=NOW,
        )
        assert (own.id, committee.reviewers[0].id) in pairs_of(proposed(db, committee))


@pytest.mark.parametrize(
    ("weights", "cap", "key", "field"),
    [
        ({"bid": 101}, None, "matching.bad_weight", "weight_bid"),
        ({"text": -1}, None, "matching.bad_weight", "weight_text"),
        ({"luck": 1}, None, "matching.bad_weight", "weight_luck"),
        ({"track": 0, "bid": 0, "text": 0}, None, "matching.no_weight", "weight_track"),
        ({}, 0, "matching.bad_cap", "chance_cap"),
        ({}, 101, "matching.bad_cap", "chance_cap"),
    ],
)
def test_rules_that_make_no_sense_are_refused(db, weights, cap, key, field):
    committee = make_committee(db, submissions=1, reviewers=1)
    with pytest.raises(DomainError) as error:
        matching.change_matching(
            db,
            actor_for(db, committee.chair),
            committee.conference,
            weights=weights,
            needs_senior=False,
            one_per_affiliation=False,
            chance_cap=cap,
            now=NOW,
        )
    assert (error.value.key, error.value.field) == (key, field)


def test_documents_have_limits_and_are_added_as_a_whole(db):
    committee = make_committee(db, submissions=1, reviewers=1)
    actor, conference = actor_for(db, committee.reviewers[0]), committee.conference

    def add(*pieces: Piece) -> int:
        return documents.add_documents(db, actor, conference, pieces=pieces, now=NOW)

    many = [Piece(f"Talk {number}") for number in range(29)]
    assert add(*many, many[0]) == 29
    assert add(many[3]) == 0
    for pieces, key in (
        ([], "document.none"),
        ([Piece("a"), Piece("b")], "document.too_many"),
        ([Piece("Long", "x" * 10_001)], "document.too_long"),
        ([Piece("x" * 301)], "document.too_long"),
    ):
        with pytest.raises(DomainError) as error:
            add(*pieces)
        assert (error.value.key, error.value.field) == (key, "pasted")
    assert documents.count_of(db, actor, conference) == 29
    give_role(db, conference, committee.chair, "reviewer")
    assert documents.count_of(db, actor_for(db, committee.chair), conference) == 0
