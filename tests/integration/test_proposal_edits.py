"""Swaps, marks and taking them back: what they do to a proposal's figures, and who is refused."""

import csv
import io
import re
from threading import Barrier, Thread

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp.actors import Actor
from cfp.algorithms.alternatives import alternatives
from cfp.domain.assignment import applying, editing, proposals, tallies
from cfp.domain.assignment.models import (
    Assignment,
    Bid,
    Proposal,
    ProposalPick,
    ProposalReviewer,
    ProposalSubmission,
    ReviewerProfile,
    ReviewersApart,
)
from cfp.domain.assignment.picks import Options
from cfp.domain.assignment.problems import figures_from, load_problem, picks_from
from cfp.errors import DomainError, NotNowError
from cfp.jobs.assignment import solve
from cfp.links import Links
from tests.factories import (
    NOW,
    give_role,
    make_assignment,
    make_conflict,
    make_person,
    make_review,
)
from tests.support.reviewing import Committee, actor_for, make_committee

LINKS = Links("http://localhost")


@pytest.fixture
def committee(db: Session) -> Committee:
    """Four talks, two reviews each; reviewer 0 wants all, everybody else says nothing."""
    committee = make_committee(db, submissions=4, reviewers=5, each=2, uses_bids=True)
    own = {"conference_id": committee.conference.id, "person_id": committee.reviewers[0].id}
    db.add(ReviewerProfile(**own, track_ids=[], load_wished=2))
    for talk in committee.submissions:
        db.add(Bid(**own, submission_id=talk.id, value="want", changed=NOW))
    db.flush()
    return committee


@pytest.fixture
def chair(db: Session, committee: Committee) -> Actor:
    return actor_for(db, committee.chair)


@pytest.fixture
def proposal(db: Session, committee: Committee, chair: Actor) -> Proposal:
    return propose(db, committee, chair)


def propose(db: Session, committee: Committee, chair: Actor) -> Proposal:
    loaded = load_problem(db, committee.conference, chair, Options())
    plan = solve(loaded).plan
    return proposals.store_proposal(
        db, chair, committee.conference, options=Options(),
        picks=picks_from(loaded, plan, alternatives(loaded.problem, plan)),
        figures=figures_from(loaded, plan), now=NOW,
    )  # fmt: skip


def rows(db: Session) -> dict[tuple[int, int], tuple[str, bool]]:
    """Every pair with its mark, and whether it counts."""
    found = db.scalars(select(ProposalPick)).all()
    return {(row.submission_id, row.person_id): (row.mark, row.counts) for row in found}


def on(db: Session, submission_id: int) -> set[int]:
    return {pair[1] for pair, (_mark, counts) in rows(db).items()
            if counts and pair[0] == submission_id}  # fmt: skip


def swap(db, committee, chair, proposal, number, leaves, comes) -> None:
    editing.swap(
        db, chair, committee.conference, committee.submissions[number], proposal=proposal,
        person_id=leaves, instead_id=comes, uses_tracks=False,
    )  # fmt: skip


def someone(db, committee, number, *, on_it: bool) -> int:
    """Somebody who is, or is not, on a submission in the proposal; never the one who knows it."""
    here = on(db, committee.submissions[number].id)
    return next(
        one.id for one in committee.reviewers[1:] if (one.id in here) is on_it
    )


def check_sums(db: Session, proposal: Proposal) -> None:
    """What is stored beside the pairs is what the pairs say."""
    db.expire_all()
    counting = [row for row in db.scalars(select(ProposalPick)) if row.counts]
    for side in db.scalars(select(ProposalSubmission)):
        mine = [row.score for row in counting if row.submission_id == side.submission_id]
        assert (side.planned, side.score) == (len(mine), pytest.approx(sum(mine)))
    for side in db.scalars(select(ProposalReviewer)):
        assert side.planned == sum(row.person_id == side.person_id for row in counting)
    tally = tallies.tally_of(db, proposal)
    assert tally.planned == len(counting)
    assert tally.total == pytest.approx(sum(row.score for row in counting))
    assert sum(load * number for load, number in enumerate(tally.loads)) == len(counting)


def test_each_pair_says_how_to_do_without_it(db, committee, proposal):
    picks = proposals.picks_of(proposal)
    knows = [pick for pick in picks if pick.person_id == committee.reviewers[0].id]
    assert len(knows) == 2
    for pick in picks:
        step = pick.alternative
        assert step is not None
        assert (pick.submission_id, step.person_id) not in {one.pair for one in picks}
        if step.takes_id is not None:
            assert (step.takes_id, step.person_id) in {one.pair for one in picks}
    assert {round(pick.alternative.cost, 4) for pick in knows} == {0.0}


def test_a_swap_moves_loads_and_figures_and_is_taken_back(db, committee, chair, proposal):
    before, figures = rows(db), tallies.tally_of(db, proposal)
    expert, talk = committee.reviewers[0].id, committee.submissions
    number = next(n for n in range(4) if expert in on(db, talk[n].id))
    comes = someone(db, committee, number, on_it=False)
    swap(db, committee, chair, proposal, number, expert, comes)
    check_sums(db, proposal)
    after = tallies.tally_of(db, proposal)
    assert after.total == pytest.approx(figures.total - 0.35)
    assert (after.missing, after.marked, after.changes) == (0, 2, 8)
    assert rows(db)[talk[number].id, expert] == ("swapped", False)
    assert rows(db)[talk[number].id, comes] == ("chosen", True)
    other = next(one.id for one in committee.reviewers[1:] if one.id not in on(db, talk[number].id))
    swap(db, committee, chair, proposal, number, comes, other)
    assert (talk[number].id, comes) not in rows(db)
    editing.mark(
        db, chair, committee.conference, proposal=proposal,
        pairs=[(talk[number].id, other)], as_="",
    )  # fmt: skip
    check_sums(db, proposal)
    assert rows(db) == before
    assert tallies.tally_of(db, proposal) == figures


def test_all_edits_are_taken_back_at_once(db, committee, chair, proposal):
    before, figures = rows(db), tallies.tally_of(db, proposal)
    for number in (0, 1):
        leaves = someone(db, committee, number, on_it=True)
        swap(
            db, committee, chair, proposal, number, leaves,
            someone(db, committee, number, on_it=False),
        )  # fmt: skip
    pick = next(one for one in proposals.picks_of(proposal) if one.mark == "")
    editing.mark(
        db, chair, committee.conference, proposal=proposal, pairs=[pick.pair], as_="forbidden"
    )
    assert tallies.tally_of(db, proposal).missing == 1
    check_sums(db, proposal)
    editing.take_back(db, chair, committee.conference, proposal=proposal)
    check_sums(db, proposal)
    assert rows(db) == before
    assert tallies.tally_of(db, proposal) == figures


def test_a_swap_back_to_what_was_proposed_is_no_edit(db, committee, chair, proposal):
    before = rows(db)
    leaves, comes = (someone(db, committee, 0, on_it=it) for it in (True, False))
    swap(db, committee, chair, proposal, 0, leaves, comes)
    swap(db, committee, chair, proposal, 0, comes, leaves)
    assert rows(db) == before


@pytest.mark.parametrize("as_", ["pinned", "dropped", "forbidden"])
def test_a_mark_on_a_swap_is_about_the_place(db, committee, chair, proposal, as_):
    leaves, comes = (someone(db, committee, 0, on_it=it) for it in (True, False))
    swap(db, committee, chair, proposal, 0, leaves, comes)
    talk = committee.submissions[0].id
    editing.mark(
        db, chair, committee.conference, proposal=proposal, pairs=[(talk, comes)], as_=as_
    )
    check_sums(db, proposal)
    missing = tallies.tally_of(db, proposal).missing
    assert missing == (0 if as_ == "pinned" else 1)
    options = editing.options_with_marks(proposal)
    assert ((talk, comes) in options.pinned) is (as_ == "pinned")
    assert ((talk, comes) in options.forbidden) is (as_ == "forbidden")


def test_who_was_to_be_taken_away_can_be_kept_by_a_swap(db, committee, chair):
    talk, stays = committee.submissions[0], committee.reviewers[1]
    make_assignment(db, talk, stays)
    options = Options(forbidden=frozenset({(talk.id, stays.id)}))
    loaded = load_problem(db, committee.conference, chair, options)
    plan = solve(loaded).plan
    proposal = proposals.store_proposal(
        db, chair, committee.conference, options=Options(), picks=picks_from(loaded, plan),
        figures=figures_from(loaded, plan), now=NOW,
    )  # fmt: skip
    assert tallies.tally_of(db, proposal).gone == 1
    leaves = next(iter(on(db, talk.id)))
    swap(db, committee, chair, proposal, 0, leaves, stays.id)
    tally = tallies.tally_of(db, proposal)
    assert (tally.gone, tally.kept, tally.missing) == (0, 1, 0)
    editing.take_back(db, chair, committee.conference, proposal=proposal)
    assert tallies.tally_of(db, proposal).gone == 1
    swap(db, committee, chair, proposal, 0, leaves, stays.id)
    applied = applying.apply(
        db, chair, committee.conference, proposal_id=proposal.id, links=LINKS, now=NOW
    )
    assert (applied.added, applied.removed) == (7, 0)
    assert db.scalars(select(Assignment).where(Assignment.pinned)).one().person_id == stays.id


def test_what_a_swap_refuses(db, committee, chair, proposal):
    leaves, comes = (someone(db, committee, 0, on_it=it) for it in (True, False))
    talk, before = committee.submissions[0], rows(db)

    def refused(key: str, person: int = comes, kind: type[DomainError] = DomainError) -> None:
        with pytest.raises(kind, match=key):
            swap(db, committee, chair, proposal, 0, leaves, person)
        assert rows(db) == before

    refused("there", leaves)
    refused("not_reviewer", committee.chair.id)
    refused("not_reviewer", make_person(db).id)
    declined = make_assignment(db, talk, db.get_one(type(committee.chair), comes), "declined")
    refused("declined")
    db.delete(declined)
    conflict = make_conflict(db, talk, db.get_one(type(committee.chair), comes))
    refused("blocked")
    db.delete(conflict)
    begun = make_review(db, talk, db.get_one(type(committee.chair), leaves), state="draft")
    refused("started", kind=NotNowError)
    db.delete(begun)
    talk.state = "withdrawn"
    refused("not_under_review", kind=NotNowError)
    talk.state = "submitted"
    db.flush()
    swap(db, committee, chair, proposal, 0, leaves, comes)
    with pytest.raises(NotNowError, match="moved_on"):
        swap(db, committee, chair, proposal, 0, leaves, comes)
    proposal.state = "applied"
    for act in (
        lambda: swap(db, committee, chair, proposal, 0, comes, leaves),
        lambda: editing.take_back(db, chair, committee.conference, proposal=proposal),
    ):
        with pytest.raises(NotNowError, match="not_open"):
            act()


def test_a_swap_keeps_the_rules_as_a_solve_does(db, committee, chair, proposal, visitor_as):
    """Never together, one of each employer, a senior: shown beside the choice, and refused."""
    conference, talk = committee.conference, committee.submissions[0]
    leaves = someone(db, committee, 0, on_it=True)
    [stays] = on(db, talk.id) - {leaves}
    away = [person for person in committee.reviewers if person.id not in on(db, talk.id)]
    people = {person.id: person for person in committee.reviewers}
    conference.one_per_affiliation = conference.needs_senior = True
    apart, colleague, junior = away
    own = {"conference_id": conference.id}
    db.add(ReviewersApart(**own, person_id=apart.id, other_id=stays, created=NOW))
    colleague.affiliation = f"{people[stays].affiliation}, Inc."
    for person_id in (leaves, apart.id, colleague.id):
        profile = db.query(ReviewerProfile).filter_by(person_id=person_id).one_or_none()
        if profile is None:
            profile = ReviewerProfile(**own, person_id=person_id, track_ids=[])
            db.add(profile)
        profile.senior = True
    db.flush()
    breaks = {apart.id: "apart", colleague.id: "affiliation", junior.id: "senior"}
    for person_id, rule in breaks.items():
        with pytest.raises(DomainError) as caught:
            swap(db, committee, chair, proposal, 0, leaves, person_id)
        assert caught.value.key == f"assignment.breaks_{rule}"
    db.commit()
    page = visitor_as(committee.chair).get(
        f"/{conference.slug}/chair/assignment/proposals/{proposal.id}"
        f"/submissions/{talk.code}/{people[leaves].code}"
    )
    assert page.text.count("breaks a rule") == len(breaks)
    assert not [one for one in page.forms() if one.action.endswith("/swap")]


def test_a_full_reviewer_may_be_chosen_and_is_said_to_be_over(db, committee, chair, proposal):
    expert = committee.reviewers[0].id
    number = next(n for n in range(4) if expert not in on(db, committee.submissions[n].id))
    swap(
        db, committee, chair, proposal, number,
        someone(db, committee, number, on_it=True), expert,
    )  # fmt: skip
    assert tallies.tally_of(db, proposal).over == 1


def test_a_conflict_found_since_refuses_what_a_chair_has_chosen(db, committee, chair, proposal):
    leaves, comes = (someone(db, committee, 0, on_it=it) for it in (True, False))
    swap(db, committee, chair, proposal, 0, leaves, comes)
    make_conflict(db, committee.submissions[0], db.get_one(type(committee.chair), comes))
    with pytest.raises(NotNowError, match="world_changed"):
        applying.apply(
            db, chair, committee.conference, proposal_id=proposal.id, links=LINKS, now=NOW
        )
    assert db.scalars(select(Assignment)).all() == []


def test_two_chairs_at_once_apply_one_proposal_once(db, committee, visitor_as, app):
    """Two buttons pressed at the same moment: one applies, the other is told."""
    other = make_person(db, "Other Chair")
    give_role(db, committee.conference, other, "chair")
    proposal = propose(db, committee, actor_for(db, committee.chair))
    db.commit()
    path = f"/{committee.conference.slug}/chair/assignment/proposals/{proposal.id}"
    visitors = [visitor_as(committee.chair), visitor_as(other)]
    pages = [visitor.get(path) for visitor in visitors]
    start, found = Barrier(2), list[int]()

    def press(number: int) -> None:
        form = next(one for one in pages[number].forms() if one.action.endswith("/apply"))
        start.wait()
        answer = visitors[number].client.post(path + "/apply", data=dict(form.fields))
        found.append(answer.status_code)

    threads = [Thread(target=press, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [303, 409]
    db.expire_all()
    assert len(db.scalars(select(Assignment)).all()) == 8


def shown(page) -> set[tuple[str, str]]:
    """(title, reviewer) of the rows that can be picked."""
    titles = [one.get("data-title") for one in page.tree.iter("input") if one.get("data-title")]
    return {(title.split(" with ")[0], title.split(" with ")[1]) for title in titles}


def test_a_chair_finds_pairs_swaps_one_and_takes_it_back(db, committee, visitor_as):
    talks = committee.submissions
    proposal = propose(db, committee, actor_for(db, committee.chair))
    expert = committee.reviewers[0]
    number = next(n for n in range(4) if expert.id in on(db, talks[n].id))
    db.commit()
    visitor = visitor_as(committee.chair)
    path = f"/{committee.conference.slug}/chair/assignment/proposals/{proposal.id}"
    assert len(shown(visitor.get(path))) == 8
    assert {pair[0] for pair in shown(visitor.get(f"{path}?q=talk+2"))} == {"Talk 2"}
    by_code = shown(visitor.get(f"{path}?q={talks[1].code.lower()}"))
    assert {pair[0] for pair in by_code} == {"Talk 1"}
    assert {pair[1] for pair in shown(visitor.get(f"{path}?reviewer=Reviewer+0"))} == {"Reviewer 0"}
    assert shown(visitor.get(f"{path}?show=kept")) == set()
    best = re.findall('data-title="([^"]*)"', visitor.get(f"{path}?sort=-score").html)
    assert [title.endswith("with Reviewer 0") for title in best] == [True, True] + [False] * 6
    odd = "?show=x&q=%25&reviewer=_&track=y&sort=z&page=0"
    assert visitor.get(path + odd).status == 200
    pair = visitor.get(f"{path}/submissions/{talks[number].code}/{expert.code}")
    assert "Instead of Reviewer 0" in pair.text
    choice = next(one for one in pair.forms() if one.action.endswith("/swap"))
    edited = visitor.submit(pair, press=f"Choose {name_of(committee, choice)}")
    assert "Changed: the scores sum up to" in edited.text
    assert "As edited by a chair:" in edited.text
    assert "(-0.35)" in edited.text
    again = visitor.client.post(
        pair.path + "/swap", data=dict(choice.fields)
    )
    assert again.status_code == 303, "sent twice, it is done once"
    gone = visitor.get(f"{path}/submissions/{talks[number].code}/{expert.code}")
    assert gone.status == 404, "the pair is not in the proposal any more"
    back = visitor.submit(edited, press="Take all edits back")
    assert "As edited" not in back.text
    loads = visitor.get(f"{path}/reviewers/?q=reviewer+0&load=2&sort=x&page=9")
    assert loads.status == 200
    assert "Reviewer 1" not in loads.text
    asked = "q=reviewer&sort=-score"
    page = visitor.get(f"{path}/reviewers/?{asked}")
    heads = [head for head in page.tree.iter("th") if head.get("scope") == "row"]
    named = ["".join(name.itertext()) for head in heads for name in head.iter("a")]
    file = visitor.client.get(f"{path}/reviewers.csv?{asked}")
    saved = list(csv.DictReader(io.StringIO(file.data.decode("utf-8-sig"))))
    assert [one["reviewer"] for one in saved] == named
    assert sum(int(one["planned"]) for one in saved) == len(rows(db))


def name_of(committee: Committee, form) -> str:
    """Whom this button chooses."""
    return next(one.name for one in committee.reviewers if one.code == dict(form.fields)["instead"])


@pytest.mark.parametrize("instead", ["", "nobody", "x\0y", "own"])
def test_a_choice_of_nobody_is_refused(db, committee, visitor_as, instead):
    proposal = propose(db, committee, actor_for(db, committee.chair))
    submission_id, person_id = next(iter(rows(db)))
    code = next(one.code for one in committee.submissions if one.id == submission_id)
    person = next(one.code for one in committee.reviewers if one.id == person_id)
    db.commit()
    visitor = visitor_as(committee.chair)
    page = visitor.get(
        f"/{committee.conference.slug}/chair/assignment/proposals/{proposal.id}"
        f"/submissions/{code}/{person}"
    )
    fields = dict(next(one for one in page.forms() if one.action.endswith("/swap")).fields)
    value = committee.chair.code if instead == "own" else instead
    answer = visitor.client.post(page.path + "/swap", data={**fields, "instead": value})
    assert answer.status_code in {400, 422}
    db.expire_all()
    assert {mark for mark, _counts in rows(db).values()} == {""}
