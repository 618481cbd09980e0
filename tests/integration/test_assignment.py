"""Who reviews what: a solve in its own process, applied as a whole, undone, done by hand."""

import json
from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp.config import Config
from cfp.domain.assignment import actions, applying, editing, proposals
from cfp.domain.assignment.conflicts import find_conflicts
from cfp.domain.assignment.coverage import coverage_of, not_covered
from cfp.domain.assignment.loads import capacity_of, loads_of
from cfp.domain.assignment.models import (
    Assignment,
    Bid,
    Proposal,
    ProposalPick,
    ReviewerProfile,
)
from cfp.domain.assignment.picks import Options
from cfp.domain.assignment.problems import figures_from, load_problem, picks_from
from cfp.domain.conferences.models import Role
from cfp.domain.jobs import Job
from cfp.domain.mail.models import Message
from cfp.errors import DomainError, ForbiddenError, NotFoundError, NotNowError
from cfp.jobs.assignment import solve
from cfp.jobs.worker import run_due_once
from cfp.links import Links
from cfp.policy import standing_of
from tests.factories import (
    NOW,
    add_speaker,
    give_role,
    make_assignment,
    make_conflict,
    make_person,
    make_review,
    make_submission,
    make_track,
)
from tests.support.cli import run_cli
from tests.support.outbox import config_for
from tests.support.reviewing import Committee, actor_for, make_committee

LINKS = Links("https://cfp.example")


@pytest.fixture
def committee(db: Session) -> Committee:
    return make_committee(db)


@pytest.fixture
def config(instance, database_url) -> Config:
    return config_for(instance, database_url)


def pairs(db: Session, *states: str) -> set[tuple[int, int]]:
    rows = db.execute(
        select(Assignment.submission_id, Assignment.person_id).where(
            Assignment.state.in_(states or ("assigned", "accepted", "done"))
        )
    )
    return {(row[0], row[1]) for row in rows}


def propose(
    db: Session, committee: Committee, options: Options | None = None, who=None
) -> Proposal:
    """A proposal as the job makes it, without the process around it."""
    actor = actor_for(db, who or committee.chair)
    chosen = options or Options(tracks=proposals.tracks_of(actor, committee.conference))
    find_conflicts(db, committee.conference, now=NOW)
    loaded = load_problem(db, committee.conference, actor, chosen)
    plan = solve(loaded).plan
    return proposals.store_proposal(
        db,
        actor,
        committee.conference,
        options=chosen,
        picks=picks_from(loaded, plan),
        figures=figures_from(loaded, plan),
        now=NOW,
    )


def apply(db: Session, committee: Committee, proposal: Proposal, who=None) -> applying.Applied:
    return applying.apply(
        db,
        actor_for(db, who or committee.chair),
        committee.conference,
        proposal_id=proposal.id,
        links=LINKS,
        now=NOW,
    )


def undo(db: Session, committee: Committee, proposal: Proposal) -> applying.Applied:
    actor = actor_for(db, committee.chair)
    return applying.undo(db, actor, committee.conference, proposal_id=proposal.id, now=NOW)


def standing(db, committee, number, who=None):
    actor = actor_for(db, who or committee.chair)
    code = committee.submissions[number].code
    return actor, standing_of(db, actor, committee.conference, code)


def test_a_job_in_its_own_process_stores_a_proposal(db, committee, config):
    actor = actor_for(db, committee.chair)
    job = proposals.request_proposal(db, actor, committee.conference, options=Options(), now=NOW)
    db.commit()
    assert run_due_once(config).jobs == 1
    db.expire_all()
    job = db.get_one(Job, job.id)
    assert (job.state, job.error) == ("done", "")
    proposal = proposals.proposal_of(db, actor, committee.conference, job.result["proposal_id"])
    assert proposal.figures["missing"] == 0
    assert proposal.figures["total"] == proposal.figures["optimum"] == proposal.figures["bound"]
    assert len(proposals.picks_of(proposal)) == 12
    assert pairs(db) == set()


def test_a_job_without_anything_to_do_says_why(db, committee, work):
    actor = actor_for(db, committee.chair)
    proposals.request_proposal(db, actor, committee.conference, options=Options(), now=NOW)
    for submission in committee.submissions:
        submission.state = "withdrawn"
    db.commit()
    job = work()
    assert (job.state, job.error) == ("failed", "assignment.nothing")


def test_only_one_solve_at_a_time_and_only_where_there_is_something_to_assign(db, committee):
    actor, conference = actor_for(db, committee.chair), committee.conference

    def ask(most: int | None = None) -> None:
        options = Options(most=most)
        proposals.request_proposal(db, actor, conference, options=options, now=NOW)

    with pytest.raises(DomainError, match="bad_most"):
        ask(0)
    conference.reviewing = "everyone"
    with pytest.raises(NotNowError, match="everyone"):
        ask()
    conference.reviewing = "assigned"
    ask()
    with pytest.raises(NotNowError, match="running"):
        ask()


def test_bids_tracks_words_and_conflicts_decide(db):
    committee = make_committee(db, submissions=3, reviewers=4, each=1, uses_bids=True)
    bidder, tracked, versed, colleague = committee.reviewers
    one, two, three = committee.submissions
    other = make_track(db, committee.conference, "Storage")
    two.track_id = other.id
    three.abstract = "Hardware offload of connection tracking with nested tunnels"
    colleague.affiliation = "Speaking 0"
    db.add(
        Bid(
            conference_id=committee.conference.id,
            submission_id=one.id,
            person_id=bidder.id,
            value="want",
            changed=NOW,
        )
    )
    db.add(
        ReviewerProfile(
            conference_id=committee.conference.id, person_id=tracked.id, track_ids=[other.id]
        )
    )
    db.add(
        ReviewerProfile(
            conference_id=committee.conference.id,
            person_id=versed.id,
            track_ids=[],
            expertise="offload, tunnels",
        )
    )
    db.flush()
    proposal = propose(db, committee)
    stored = proposals.picks_of(proposal)
    picks = {pick.pair: pick.parts for pick in stored}
    assert set(picks) == {(one.id, bidder.id), (two.id, tracked.id), (three.id, versed.id)}
    assert picks[one.id, bidder.id].bid == 0.5
    assert picks[two.id, tracked.id].track == 0.2
    assert 0 < picks[three.id, versed.id].text < 0.3
    because = {pick.pair: pick.because for pick in stored}[three.id, versed.id]
    assert (because.kind, set(because.words)) == ("profile", {"offload", "tunnels"})
    total = sum(parts.total for parts in picks.values())
    assert proposal.figures["total"] == pytest.approx(total)
    assert proposal.figures["bids"] == {"want": 1, "": 2}


def test_nobody_is_worse_off_than_need_be_unless_only_the_sum_counts(db):
    """Two submissions compete for one reviewer; ten others let the sum give 1 % for fairness."""
    committee = make_committee(db, submissions=12, reviewers=12, each=1, uses_bids=True)
    (one, two), (ada, ben) = committee.submissions[:2], committee.reviewers[:2]
    others = zip(committee.submissions[2:], committee.reviewers[2:], strict=True)
    bids = {(one, ada): "want", (one, ben): "can", (two, ada): "can"}
    for (submission, person), value in (bids | dict.fromkeys(others, "want")).items():
        db.add(
            Bid(
                conference_id=committee.conference.id,
                submission_id=submission.id,
                person_id=person.id,
                value=value,
                changed=NOW,
            )
        )
    db.flush()
    for objective, worst, pair in (("max", 0.15, (one, ada)), ("balanced", 0.3, (one, ben))):
        proposal = propose(db, committee, Options(most=1, objective=objective))
        chosen = {pick.pair for pick in proposals.picks_of(proposal)}
        assert (pair[0].id, pair[1].id) in chosen
        assert proposal.figures["worst"] == worst


def test_an_avoided_pair_is_taken_where_nobody_else_can_be_had(db):
    committee = make_committee(db, submissions=1, reviewers=2, each=2)
    blocked, colleague = committee.reviewers
    colleague.affiliation = "Speaking 0"
    make_conflict(db, committee.submissions[0], blocked)
    proposal = propose(db, committee)
    (pick,) = proposals.picks_of(proposal)
    assert (pick.person_id, pick.parts.avoid) == (colleague.id, 1.0)
    (short,) = proposal.figures["shortfalls"]
    assert short["submissions"] == [committee.submissions[0].id]
    assert short["people"] == [colleague.id]
    assert (short["demand"], short["capacity"], short["missing"]) == (2, 1, 1)


def test_loads_are_even_and_wishes_and_caps_are_kept(db):
    committee = make_committee(db, submissions=12, reviewers=6, each=2)
    for person, limits in zip(
        committee.reviewers,
        [{"load_wished": 1}, {"load_capped": 2, "load_wished": 9}],
        strict=False,
    ):
        db.add(
            ReviewerProfile(conference_id=committee.conference.id, person_id=person.id, **limits)
        )
    db.add(
        ReviewerProfile(
            conference_id=committee.conference.id, person_id=committee.reviewers[2].id, paused=True
        )
    )
    db.flush()
    picks = proposals.picks_of(propose(db, committee))
    loads = [sum(pick.person_id == one.id for pick in picks) for one in committee.reviewers]
    assert loads[:3] == [1, 2, 0]
    assert sum(loads) == 24
    assert max(loads[3:]) - min(loads[3:]) <= 2
    few = proposals.picks_of(propose(db, committee, Options(most=3)))
    assert max(sum(pick.person_id == one.id for pick in few) for one in committee.reviewers) == 3


def test_apply_assigns_tells_each_reviewer_once_and_is_logged(db, committee):
    proposal = propose(db, committee)
    applied = apply(db, committee, proposal)
    planned = {pick.pair for pick in proposals.picks_of(proposal)}
    assert pairs(db) == planned
    assert (applied.added, applied.removed) == (12, 0)
    mails = db.scalars(select(Message)).all()
    assert applied.mails == len(mails) == len({pair[1] for pair in planned})
    assert all("reviews/next" in mail.body and "Talk" not in mail.body for mail in mails)
    assert {"wait" in mail.subject for mail in mails} == {True}
    with pytest.raises(NotNowError, match="not_open"):
        apply(db, committee, proposal)


def test_applying_the_same_again_changes_nothing(db, committee):
    apply(db, committee, propose(db, committee))
    before = pairs(db)
    again = apply(db, committee, propose(db, committee))
    assert (again.added, again.removed, again.mails) == (0, 0, 0)
    assert pairs(db) == before


@pytest.mark.parametrize(
    "event", ["assigned", "taken away", "blocked", "withdrawn", "declined", "left", "accepted"]
)
def test_what_happened_since_refuses_the_whole_proposal(db, committee, event):
    stood = make_assignment(db, committee.submissions[0], committee.reviewers[0])
    options = Options(forbidden=frozenset({(stood.submission_id, stood.person_id)}))
    proposal = propose(db, committee, options)
    pick = proposals.picks_of(proposal)[0]
    submission = next(one for one in committee.submissions if one.id == pick.submission_id)
    reviewer = next(one for one in committee.reviewers if one.id == pick.person_id)
    if event == "assigned":
        make_assignment(db, submission, reviewer)
    elif event == "taken away":
        db.delete(stood)
    elif event == "blocked":
        make_conflict(db, submission, reviewer)
    elif event == "withdrawn":
        submission.state = "withdrawn"
    elif event == "declined":
        make_assignment(db, submission, reviewer, "declined")
    elif event == "left":
        db.delete(db.query(Role).filter_by(person_id=reviewer.id).one())
    else:
        stood.state = "accepted"
    db.flush()
    before = pairs(db)
    with pytest.raises(NotNowError, match="world_changed"):
        apply(db, committee, proposal)
    assert pairs(db) == before


def test_undo_restores_exactly_what_stood(db, committee):
    reviewers, submissions = committee.reviewers, committee.submissions
    stood = make_assignment(db, submissions[0], reviewers[0])
    make_assignment(db, submissions[1], reviewers[1], "accepted")
    options = Options(forbidden=frozenset({(stood.submission_id, stood.person_id)}))

    def state() -> set[tuple[object, ...]]:
        db.expire_all()
        return {
            (a.submission_id, a.person_id, a.state, a.reason, a.pinned, a.created)
            for a in db.scalars(select(Assignment))
        }

    before = state()
    proposal = propose(db, committee, options)
    applied = apply(db, committee, proposal)
    assert applied.removed == 1
    assert state() != before
    undone = undo(db, committee, proposal)
    assert state() == before
    assert undone.kept == 0
    assert {mail.state for mail in db.scalars(select(Message))} == {"canceled"}
    with pytest.raises(NotNowError, match="not_applied"):
        undo(db, committee, proposal)


def test_undo_leaves_what_was_begun_and_says_so(db, committee):
    proposal = propose(db, committee)
    apply(db, committee, proposal)
    begun = proposals.picks_of(proposal)[0]
    submission = next(one for one in committee.submissions if one.id == begun.submission_id)
    reviewer = next(one for one in committee.reviewers if one.id == begun.person_id)
    make_review(db, submission, reviewer, state="draft")
    undone = undo(db, committee, proposal)
    assert undone.kept == 1
    assert pairs(db) == {begun.pair}


def test_only_the_last_applied_proposal_is_undone(db, committee):
    first = propose(db, committee)
    apply(db, committee, first)
    second = propose(db, committee)
    apply(db, committee, second)
    with pytest.raises(NotNowError, match="not_last"):
        undo(db, committee, first)
    undo(db, committee, second)
    undo(db, committee, first)
    assert pairs(db) == set()


def test_who_is_taken_away_for_the_load_alone_is_said_to_be_full(db):
    """Where a review is missing afterwards, nobody else matches better."""
    committee = make_committee(db, submissions=2, reviewers=2, each=2)
    reviewer = committee.reviewers[0]
    apply(db, committee, propose(db, committee))
    db.add(
        ReviewerProfile(
            conference_id=committee.conference.id, person_id=reviewer.id, track_ids=[],
            load_capped=1,
        )
    )  # fmt: skip
    db.flush()
    proposal = propose(db, committee)
    gone = db.scalars(
        select(ProposalPick).where(
            ProposalPick.proposal_id == proposal.id, ProposalPick.counts.is_(False)
        )
    ).one()
    assert (gone.person_id, gone.why) == (reviewer.id, "full")


def test_later_solves_keep_what_was_begun_accepted_or_pinned(db):
    committee = make_committee(db, submissions=3, reviewers=6, each=1)
    for number, reviewer in enumerate(committee.reviewers[:3]):
        reviewer.affiliation = f"Speaking {number}"  # a reason to prefer anybody else
    one, two, three = committee.submissions
    make_assignment(db, one, committee.reviewers[0], "accepted")
    make_assignment(db, two, committee.reviewers[1])
    make_review(db, two, committee.reviewers[1], state="draft")
    make_assignment(db, three, committee.reviewers[2]).pinned = True
    db.flush()
    before = pairs(db)
    apply(db, committee, propose(db, committee))
    assert pairs(db) == before


def test_reviews_given_where_everyone_reviewed_count_once_it_is_assigned(db):
    committee = make_committee(db, submissions=2, reviewers=4, each=2)
    make_review(db, committee.submissions[0], committee.reviewers[0])
    proposal = propose(db, committee)
    apply(db, committee, proposal)
    done = (committee.submissions[0].id, committee.reviewers[0].id)
    assert pairs(db, "done") == {done}
    assert len(pairs(db)) == 4


def test_a_decline_is_repaired_with_the_fewest_changes(db, committee):
    apply(db, committee, propose(db, committee))
    before = pairs(db)
    declined = db.scalars(select(Assignment).order_by(Assignment.id)).first()
    declined.state = "declined"
    db.flush()
    assert coverage_of(db, actor_for(db, committee.chair), committee.conference).lacking == 1
    proposal = propose(db, committee, Options(repair=True))
    applied = apply(db, committee, proposal)
    assert (applied.added, applied.removed) == (1, 0)
    assert len(pairs(db) - before) == 1
    assert (declined.submission_id, declined.person_id) not in pairs(db)


def test_edits_pin_leave_out_and_forbid(db, committee):
    proposal = propose(db, committee)
    actor = actor_for(db, committee.chair)
    first, second, third = (pick.pair for pick in proposals.picks_of(proposal)[:3])

    def mark(pair, as_):
        editing.mark(db, actor, committee.conference, proposal=proposal, pairs=[pair], as_=as_)

    mark(first, "pinned")
    mark(second, "dropped")
    mark(third, "forbidden")
    with pytest.raises(DomainError, match="no_pick"):
        mark((0, 0), "pinned")
    with pytest.raises(DomainError, match="bad_mark"):
        mark(first, "loved")
    again = propose(db, committee, editing.options_with_marks(proposal))
    planned = {pick.pair: pick for pick in proposals.picks_of(again)}
    assert first in planned
    assert planned[first].mark == "pinned"
    assert third not in planned
    apply(db, committee, proposal)
    assert not {second, third} & pairs(db)
    pinned = db.scalars(select(Assignment).where(Assignment.pinned)).one()
    assert (pinned.submission_id, pinned.person_id) == first


def test_a_chair_is_never_shown_or_given_what_they_have_a_conflict_with(db, committee):
    other = make_person(db, "Other Chair")
    give_role(db, committee.conference, other, "chair")
    full = propose(db, committee)
    make_conflict(db, committee.submissions[0], other)
    with pytest.raises(NotFoundError):
        proposals.proposal_of(db, actor_for(db, other), committee.conference, full.id)
    assert proposals.proposals_of(db, actor_for(db, other), committee.conference) == []
    apply(db, committee, full)
    own = propose(db, committee, who=other)
    assert committee.submissions[0].id not in proposals.scope_of(own)
    loads = loads_of(db, actor_for(db, other), committee.conference)
    assert sum(load.assigned for load in loads) == 10
    coverage = coverage_of(db, actor_for(db, other), committee.conference)
    assert (coverage.submissions, coverage.assigned) == (5, 10)
    actor, there = standing(db, committee, 0, other)
    with pytest.raises(ForbiddenError):
        actions.assign_by_hand(
            db, actor, there, person_id=committee.reviewers[0].id, links=LINKS, now=NOW
        )


def test_a_track_chair_assigns_in_their_track_and_minds_other_loads(db, committee):
    track = make_track(db, committee.conference, "Storage")
    chair = make_person(db, "Track Chair")
    give_role(db, committee.conference, chair, "track_chair", track)
    mine = committee.submissions[0]
    mine.track_id = track.id
    for submission in committee.submissions[1:4]:
        make_assignment(db, submission, committee.reviewers[0])
    db.flush()
    options = Options(most=3, tracks=(track.id,))
    proposal = propose(db, committee, options, who=chair)
    assert proposals.scope_of(proposal) == {mine.id}
    people = {pick.person_id for pick in proposals.picks_of(proposal)}
    assert committee.reviewers[0].id not in people
    apply(db, committee, proposal, who=chair)
    assert len(pairs(db)) == 5
    full = propose(db, committee)
    with pytest.raises(NotFoundError):
        apply(db, committee, full, who=chair)


def test_by_hand_assigns_pins_and_tells(db, committee):
    actor, there = standing(db, committee, 0)
    reviewer = committee.reviewers[0]
    actions.assign_by_hand(db, actor, there, person_id=reviewer.id, links=LINKS, now=NOW)
    assignment = db.scalars(select(Assignment)).one()
    assert (assignment.state, assignment.pinned) == ("assigned", True)
    assert "1 review waits" in db.scalars(select(Message)).one().subject
    with pytest.raises(NotNowError, match="there"):
        actions.assign_by_hand(db, actor, there, person_id=reviewer.id, links=LINKS, now=NOW)
    actions.set_pinned(db, actor, there, person_id=reviewer.id, pinned=False, now=NOW)
    assert not assignment.pinned
    actions.unassign(db, actor, there, person_id=reviewer.id, now=NOW)
    assert pairs(db) == set()
    with pytest.raises(NotFoundError):
        actions.unassign(db, actor, there, person_id=reviewer.id, now=NOW)


@pytest.mark.parametrize("how", ["conflict", "speaker", "nobody", "paused"])
def test_by_hand_never_gives_a_blocked_pair_or_asks_a_stranger(db, committee, how):
    actor, there = standing(db, committee, 0)
    person = committee.reviewers[0]
    if how == "conflict":
        make_conflict(db, committee.submissions[0], person)
    elif how == "speaker":
        add_speaker(db, committee.submissions[0], person, 1)
    elif how == "nobody":
        person = make_person(db)
    else:
        db.add(
            ReviewerProfile(conference_id=committee.conference.id, person_id=person.id, paused=True)
        )
    db.flush()
    key = "not_reviewer" if how in {"nobody", "paused"} else "blocked"
    with pytest.raises(DomainError, match=key) as caught:
        actions.assign_by_hand(db, actor, there, person_id=person.id, links=LINKS, now=NOW)
    assert caught.value.field == "person"


def test_what_was_begun_is_not_taken_away_unless_it_must(db, committee):
    submission, reviewer = committee.submissions[0], committee.reviewers[0]
    make_assignment(db, submission, reviewer)
    make_review(db, submission, reviewer, state="draft")
    actor, there = standing(db, committee, 0)
    with pytest.raises(NotNowError, match="started"):
        actions.unassign(db, actor, there, person_id=reviewer.id, now=NOW)
    make_conflict(db, submission, reviewer)
    actions.unassign(db, actor, there, person_id=reviewer.id, now=NOW)
    assert pairs(db) == set()


def test_coverage_says_before_who_cannot_be_covered(db, committee):
    first = committee.submissions[0]
    for reviewer in committee.reviewers[:4]:
        make_conflict(db, first, reviewer)
    make_assignment(db, first, committee.reviewers[4], "declined")
    actor = actor_for(db, committee.chair)
    takers = capacity_of(db, committee.conference).takers
    short = not_covered(db, actor, committee.conference, takers=takers)
    assert takers == 6
    assert [(one.code, one.conflicts, one.declined, one.eligible) for one in short] == [
        (first.code, 4, 1, 1)
    ]
    coverage = coverage_of(db, actor, committee.conference)
    assert (coverage.submissions, coverage.wanted, coverage.assigned) == (6, 12, 0)


def test_a_conflict_since_counts_as_lacking(db, committee):
    apply(db, committee, propose(db, committee))
    actor = actor_for(db, committee.chair)
    assert coverage_of(db, actor, committee.conference).lacking == 0
    submission_id, person_id = next(iter(pairs(db)))
    submission = next(one for one in committee.submissions if one.id == submission_id)
    make_conflict(db, submission, next(p for p in committee.reviewers if p.id == person_id))
    assert coverage_of(db, actor, committee.conference).lacking == 1
    proposal = propose(db, committee, Options(repair=True))
    rows = db.scalars(select(ProposalPick).where(ProposalPick.proposal_id == proposal.id)).all()
    gone = {(row.submission_id, row.person_id): row.why for row in rows if not row.counts}
    assert gone == {(submission_id, person_id): "conflict"}
    assert len([row for row in rows if row.counts and not row.stood]) == 1


def test_the_chair_sets_how_much_a_reviewer_takes(db, committee):
    actor, reviewer = actor_for(db, committee.chair), committee.reviewers[0]

    def limit(person_id: int, capped: int | None) -> None:
        actions.set_limits(
            db,
            actor,
            committee.conference,
            person_id=person_id,
            capped=capped,
            paused=False,
            least=None,
            senior=False,
            now=NOW,
        )

    limit(reviewer.id, 2)
    load = next(
        one for one in loads_of(db, actor, committee.conference) if one.person_id == reviewer.id
    )
    assert load.limit == 2
    with pytest.raises(DomainError, match="bad_load"):
        limit(reviewer.id, -1)
    with pytest.raises(NotFoundError):
        limit(make_person(db).id, 2)


def run(config: Config, *arguments: str):
    return run_cli(config.instance, {"CFP_DATABASE_URL": config.database_url}, "assign", *arguments)


def test_the_command_line_says_what_would_change_and_does_it(db, committee, config):
    committee.reviewers[0].affiliation = "Speaking 0"
    db.commit()
    slug = committee.conference.slug
    dry = run(config, slug, "--dry-run", "--json")
    outcome = json.loads(dry.stdout)
    assert (dry.returncode, outcome["new"], outcome["missing"]) == (0, 12, 0)
    assert outcome["conflicts_changed"] == 1
    db.expire_all()
    assert pairs(db) == set()
    assert db.query(Proposal).count() == 0
    db.commit()
    real = run(config, slug)
    assert real.returncode == 0
    assert real.stdout.startswith("12 of 12 reviews for 6 submissions are assigned")
    db.expire_all()
    assert len(pairs(db)) == 12


def test_the_command_line_warns_of_what_cannot_be_covered(db, config):
    committee = make_committee(db, submissions=2, reviewers=2, each=3, needs_senior=True)
    db.commit()
    done = run(config, committee.conference.slug, "--dry-run")
    assert "2 submissions without a senior reviewer." in done.stdout
    assert done.returncode == 3
    codes = ", ".join(sorted(one.code for one in committee.submissions))
    assert (
        f"2 submissions ({codes}) can only be reviewed by 2 reviewers (Reviewer 0, Reviewer 1), "
        "who can give 4 of 6 reviews: 2 missing." in done.stdout
    )


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"reviewing": "everyone"}, "everyone reviews everything"),
        ({}, "There is no conference called"),
    ],
)
def test_the_command_line_refuses_in_one_sentence(db, config, change, sentence):
    committee = make_committee(db, **change)
    db.commit()
    slug = committee.conference.slug if change else "nonesuch"
    refused = run(config, slug, "--dry-run")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert sentence in refused.stderr
    assert refused.stderr.count("\n") == 1


def test_withdrawn_submissions_and_drafts_get_nobody(db, committee):
    committee.submissions[0].state = "withdrawn"
    make_submission(db, committee.conference, [make_person(db)], state="draft")
    proposal = propose(db, committee)
    assert len(proposals.scope_of(proposal)) == 5


def test_options_survive_their_way_through_the_database():
    options = Options(3, (1, 2), True, frozenset({(1, 2)}), frozenset({(3, 4), (1, 4)}), "max")
    stored = json.loads(json.dumps(options.as_json()))
    assert Options.from_json(stored) == options
    assert Options.from_json({}) == replace(Options())
