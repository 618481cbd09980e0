"""The chairs' pages of the assignment and of conflicts of interest."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from cfp.domain.accounts.models import Account, Person
from cfp.domain.assignment.models import (
    Assignment,
    Conflict,
    Proposal,
    ProposalPick,
    ReviewerProfile,
)
from cfp.domain.assignment.rounds import current_round
from cfp.domain.conferences.models import AffiliationAlias
from cfp.domain.jobs import Job
from tests.factories import (
    give_role,
    make_assignment,
    make_conflict,
    make_person,
    make_review,
    make_track,
)
from tests.support.reviewing import Committee, make_committee
from tests.support.statements import counted
from tests.support.visitor import Page, Visitor
from tests.support.working import Work

VisitorAs = Callable[[Person], Visitor]


@pytest.fixture
def committee(db: Session) -> Committee:
    return make_committee(db)


@pytest.fixture
def chair(committee: Committee, visitor_as: VisitorAs) -> Visitor:
    return visitor_as(committee.chair)


def at(committee: Committee, rest: str = "") -> str:
    return f"/{committee.conference.slug}/chair/assignment/{rest}"


def conflicts_at(committee: Committee, rest: str = "") -> str:
    return f"/{committee.conference.slug}/chair/conflicts/{rest}"


def proposed(chair: Visitor, committee: Committee, work: Work, **values: str) -> Page:
    """Ask for a proposal, have it computed, and look at it."""
    page = chair.get(at(committee))
    waiting = chair.submit(page, values, press="Make a proposal")
    assert "waits for its turn" in waiting.text
    assert work().state == "done"
    return chair.get(waiting.path)


def pairs(db: Session) -> set[tuple[int, int]]:
    active = Assignment.state.in_(("assigned", "accepted", "done"))
    rows = db.execute(select(Assignment.submission_id, Assignment.person_id).where(active))
    return {(row[0], row[1]) for row in rows}


def test_from_coverage_over_a_proposal_to_the_assignment_and_back(chair, committee, work, db):
    page = chair.get(at(committee))
    assert "0 of 12 wanted" in page.text
    assert "6 submissions have too few." in page.text
    proposal = proposed(chair, committee, work)
    assert proposal.path.endswith("/proposals/1")
    assert "Nobody worse off than need be" in proposal.text
    assert "12 new" in proposal.text
    assert pairs(db) == set()
    applied = chair.submit(proposal, press="Apply 12 changes")
    assert applied.status == 200
    assert "12 reviews are asked for" in applied.text
    assert len(pairs(db)) == 12
    overview = chair.get(at(committee))
    assert "12 of 12 wanted" in overview.text
    assert "Every submission has enough." in overview.text
    undone = chair.submit(applied, press="Undo")
    assert "Undone: it is as it was before." in undone.text
    assert pairs(db) == set()


def test_a_chair_edits_and_solves_again(chair, committee, work, db):
    proposal = proposed(chair, committee, work)
    first, second = [
        control.get("value")
        for control in proposal.tree.iter("input")
        if control.get("name") == "picked"
    ][:2]
    pinned = chair.submit(proposal, {"picked": [first]}, press="Pin")
    assert "pinned" in pinned.text
    forbidden = chair.submit(pinned, {"picked": [second]}, press="Forbid")
    assert "Apply 11 changes" in forbidden.text
    assert "forbidden" in chair.get(f"{forbidden.path}?show=left_out").text
    waiting = chair.submit(forbidden, press="Solve again with this")
    work()
    again = chair.get(waiting.path)
    values = {control.get("value") for control in again.tree.iter("input")}
    assert first in values
    assert second not in values
    chair.submit(again, press="Apply 12 changes")
    db.expire_all()
    assert tuple(int(part) for part in second.split("-")) not in pairs(db)
    assert db.scalars(select(Assignment).where(Assignment.pinned)).one()


def test_what_changed_since_is_refused_and_said(chair, committee, work, db):
    proposal = proposed(chair, committee, work)
    make_assignment(db, committee.submissions[0], committee.reviewers[0])
    db.commit()
    refused = chair.submit(proposal, press="Apply 12 changes")
    assert refused.status == 409
    assert "Nothing was applied" in refused.text
    assert len(pairs(db)) == 1
    page = chair.get(proposal.path)
    assert "can't be applied" in page.text
    assert "Apply" not in {button.label.split()[0] for f in page.forms() for button in f.buttons}


def test_a_decline_is_repaired_from_the_overview(chair, committee, work, db):
    applied = chair.submit(proposed(chair, committee, work), press="Apply 12 changes")
    declined = db.scalars(select(Assignment).order_by(Assignment.id)).first()
    declined.state, declined.reason = "declined", "No time."
    db.commit()
    page = chair.get(at(committee))
    assert "1 submission has too few." in page.text
    waiting = chair.submit(page, press="Propose a repair")
    work()
    repair = chair.get(waiting.path)
    assert "As few changes as possible" in repair.text
    chair.submit(repair, press="Apply 1 change")
    assert len(pairs(db)) == 12
    assert (
        "No time."
        in chair.get(at(committee, f"submissions/{_code(committee, declined.submission_id)}/")).text
    )
    assert chair.submit(chair.get(applied.path), press="Undo").status == 409


def test_the_shortfall_is_said_in_words(chair, committee, work, db):
    for reviewer in committee.reviewers[:5]:
        make_conflict(db, committee.submissions[0], reviewer)
    db.commit()
    page = chair.get(at(committee))
    assert "1 of 6 reviewers may review it, 5 have a conflict of interest" in page.text
    proposal = proposed(chair, committee, work)
    assert "1 submission can only be reviewed by 1 reviewer" in proposal.text
    assert "who can give 1 of 2 reviews: 1 missing." in proposal.text
    assert "Talk 0" in proposal.text
    assert "Reviewer 5" in proposal.text


def test_where_everyone_reviews_the_page_says_so_and_offers_the_switch(
    chair, committee, db, visitor_as
):
    committee.conference.reviewing = "everyone"
    db.commit()
    page = chair.get(at(committee))
    assert "everyone reviews everything" in page.text
    assert _post(chair, at(committee), at(committee, "propose")) == 409
    switched = chair.submit(page, press="Assign reviewers to submissions")
    assert "From now on" in switched.text
    db.expire_all()
    assert committee.conference.reviewing == "assigned"


def test_a_job_shows_its_progress_is_stopped_and_is_nobody_elses(chair, committee, db, visitor_as):
    waiting = chair.submit(chair.get(at(committee)), press="Make a proposal")
    other = make_person(db, "Other Chair")
    give_role(db, committee.conference, other, "chair")
    assert visitor_as(other).get(waiting.path).status == 404
    job = db.scalars(select(Job)).one()
    job.state, job.progress = "running", 0.4
    db.commit()
    assert "40 % are done." in chair.get(waiting.path).text
    stopped = chair.submit(chair.get(waiting.path), press="Stop")
    assert "Nothing was changed." in stopped.text
    assert "It was stopped." in chair.get(waiting.path).text


def test_a_failed_job_says_why(chair, committee, db):
    waiting = chair.submit(chair.get(at(committee)), press="Make a proposal")
    job = db.scalars(select(Job)).one()
    job.state, job.error, job.result = "failed", "assignment.nothing", {}
    db.commit()
    assert "No submission waits for reviewers." in chair.get(waiting.path).text


def test_only_one_solve_runs_at_a_time(chair, committee, db):
    page = chair.get(at(committee))
    chair.submit(page, press="Make a proposal")
    assert "still being computed" in chair.get(at(committee)).text
    refused = chair.submit(page, {"most": "3"}, press="Make a proposal")
    assert refused.status == 409
    assert len(db.scalars(select(Job)).all()) == 1


def test_the_best_sum_can_be_asked_for(chair, committee, work, db):
    proposal = proposed(chair, committee, work, objective="max")
    assert "The best possible match" in proposal.text
    assert db.scalars(select(Proposal)).one().parameters["objective"] == "max"
    token = {"objective": "worst", "most": ""}
    assert _post(chair, at(committee), at(committee, "propose"), **token) == 422


def test_the_same_form_sent_twice_asks_once(chair, committee, db):
    page = chair.get(at(committee))
    first = chair.submit(page, press="Make a proposal")
    second = chair.submit(page, press="Make a proposal")
    assert first.path == second.path
    assert len(db.scalars(select(Job)).all()) == 1


@pytest.mark.parametrize("most", ["0", "-1", "1001", "many", "1e3", "\u0663x"])
def test_a_bad_limit_is_told_at_its_field(chair, committee, db, most):
    refused = chair.submit(chair.get(at(committee)), {"most": most}, press="Make a proposal")
    assert refused.status == 422
    assert "Please look at this" in refused.text
    assert db.scalars(select(Job)).all() == []


def test_by_hand_with_the_reasons(chair, committee, db):
    submission, blocked, avoided = (
        committee.submissions[0],
        committee.reviewers[0],
        committee.reviewers[1],
    )
    make_conflict(db, submission, blocked)
    make_conflict(db, submission, avoided, "affiliation")
    db.add(
        ReviewerProfile(
            conference_id=committee.conference.id,
            person_id=committee.reviewers[2].id,
            track_ids=[],
            expertise="talk",
        )
    )
    db.commit()
    where = at(committee, f"submissions/{submission.code}/")
    page = chair.get(where)
    assert "knows talk" in page.text
    assert "same employer" in page.text
    assert "Ask Reviewer 0" not in page.text
    asked = chair.submit(page, press="Ask Reviewer 2")
    assert "Asked; a mail is on its way." in asked.text
    free = chair.submit(asked, press="Let go free Reviewer 2")
    assert pairs(db) == {(submission.id, committee.reviewers[2].id)}
    taken = chair.submit(free, press="Take off Reviewer 2")
    assert "Taken off." in taken.text
    assert pairs(db) == set()


def _code(committee: Committee, submission_id: int) -> str:
    return next(one.code for one in committee.submissions if one.id == submission_id)


def _post(visitor: Visitor, page: str, target: str, **values: str) -> int:
    """What a page does not offer, sent all the same with a token from a page that can be had."""
    token = next(
        value
        for form in visitor.get(page).forms()
        for name, value in form.fields
        if name == "csrf_token"
    )
    data = {"csrf_token": token, "key": "k" * 24, **values}
    return visitor.client.post(target, data=data).status_code


@pytest.mark.parametrize(
    ("act", "who", "status"),
    [
        ("ask", "blocked", 422),
        ("ask", "nobody", 422),
        ("ask", "stranger", 422),
        ("take", "nobody", 422),
        ("take", "reviewer", 404),
        ("pin", "reviewer", 404),
    ],
)
def test_what_is_not_offered_by_hand_is_refused(chair, committee, db, act, who, status):
    submission = committee.submissions[0]
    make_conflict(db, submission, committee.reviewers[0])
    codes = {
        "blocked": committee.reviewers[0].code,
        "reviewer": committee.reviewers[1].code,
        "stranger": make_person(db).code,
        "nobody": "x\0" * 300,
    }
    db.commit()
    where = at(committee, f"submissions/{submission.code}/")
    assert _post(chair, where, where + act, person=codes[who]) == status
    assert pairs(db) == set()


def test_the_list_says_who_is_asked_and_is_filtered(chair, committee, db):
    make_assignment(db, committee.submissions[0], committee.reviewers[0])
    make_assignment(db, committee.submissions[0], committee.reviewers[1], "declined")
    make_assignment(db, committee.submissions[1], committee.reviewers[2])
    make_conflict(db, committee.submissions[1], committee.reviewers[2])
    db.commit()
    page = chair.get(at(committee, "submissions/"))
    assert "Reviewer 0, Reviewer 1 declined" in page.text
    assert "Reviewer 2 conflict" in page.text
    for show, titles in (("declined", {0}), ("lost", {1}), ("lacking", set(range(6)))):
        text = chair.get(at(committee, f"submissions/?show={show}")).text
        assert {number for number in range(6) if f"Talk {number}" in text} == titles
    text = chair.get(at(committee, "submissions/?asked=1&q=talk")).text
    assert "Talk 0" in text
    assert "Talk 1" not in text
    assert chair.get(at(committee, "submissions/?q=%25&asked=x&show=y&sort=z&page=0")).status == 200


def test_a_chair_limits_a_reviewer(chair, committee, db):
    page = chair.get(at(committee, "reviewers/"))
    code = committee.reviewers[0].code
    form = chair.get(page.links()["Change Reviewer 0"])
    saved = chair.submit(form, {"capped": "2", "paused": True}, press="Save")
    assert "Reviewer 0 pauses" in saved.text
    profile = db.scalars(select(ReviewerProfile)).one()
    assert (profile.load_capped, profile.paused) == (2, True)
    bad = chair.submit(
        chair.get(at(committee, f"reviewers/{code}")), {"capped": "-1"}, press="Save"
    )
    assert bad.status == 422
    for other in (committee.chair.code, "nonesuch", "%00"):
        assert chair.get(at(committee, f"reviewers/{other}")).status == 404


def test_a_track_chair_has_their_tracks_only(committee, db, visitor_as, work):
    track, person = make_track(db, committee.conference, "Storage"), make_person(db, "T Chair")
    give_role(db, committee.conference, person, "track_chair", track)
    committee.submissions[0].track_id = track.id
    make_assignment(db, committee.submissions[1], committee.reviewers[0])
    db.commit()
    visitor = visitor_as(person)
    page = visitor.get(at(committee))
    assert "In your tracks" in page.text
    assert "0 of 2 wanted" in page.text
    assert "Talk 1" not in visitor.get(at(committee, "submissions/")).text
    assert "Reviewer 0 0 0" in visitor.get(at(committee, "reviewers/")).text
    assert visitor.get(at(committee, f"submissions/{committee.submissions[1].code}/")).status == 404
    proposal = proposed(visitor, committee, work)
    visitor.submit(proposal, press="Apply 2 changes")
    assert len(pairs(db)) == 3
    for path in (conflicts_at(committee), at(committee, f"reviewers/{committee.chair.code}")):
        assert visitor.get(path).status == 404


def test_a_chair_with_a_conflict_sees_nothing_of_that_submission(
    chair, committee, work, db, visitor_as
):
    other = make_person(db, "Other Chair")
    give_role(db, committee.conference, other, "chair")
    hidden = committee.submissions[0]
    make_conflict(db, hidden, other)
    db.commit()
    proposal = chair.submit(proposed(chair, committee, work), press="Apply 12 changes")
    blocked = visitor_as(other)
    assert blocked.get(proposal.path).status == 404
    overview = blocked.get(at(committee))
    assert "10 of 10 wanted" in overview.text
    assert "proposals/" not in overview.html
    assert hidden.title not in blocked.get(at(committee, "submissions/")).text
    assert blocked.get(at(committee, f"submissions/{hidden.code}/")).status in {403, 404}
    own = proposed(blocked, committee, work)
    assert own.status == 200
    assert hidden.title not in own.text


def _outsiders(db: Session, committee: Committee) -> dict[str, Person]:
    reader, admin = make_person(db, "Reader"), make_person(db, "Admin")
    give_role(db, committee.conference, reader, "reader")
    db.query(Account).filter_by(person_id=admin.id).one().administrator = True
    return {"reviewer": committee.reviewers[0], "reader": reader, "administrator": admin}


@pytest.mark.parametrize("who", ["reviewer", "reader", "administrator"])
def test_nobody_else_has_these_pages(committee, db, visitor_as, who):
    person = _outsiders(db, committee)[who]
    proposal = Proposal(
        conference_id=committee.conference.id,
        round_id=_round(db, committee),
        figures={},
        created=committee.conference.created,
    )
    db.add(proposal)
    conflict = make_conflict(db, committee.submissions[0], committee.reviewers[1])
    db.commit()
    visitor = visitor_as(person)
    code = committee.submissions[0].code
    for path in (
        at(committee),
        at(committee, "submissions/"),
        at(committee, "reviewers/"),
        at(committee, f"proposals/{proposal.id}"),
        at(committee, f"proposals/{proposal.id}/reviewers/"),
        at(committee, f"proposals/{proposal.id}.csv"),
        at(committee, f"proposals/{proposal.id}/submissions/{code}/{committee.chair.code}"),
        at(committee, "assignments.csv"),
        at(committee, "import"),
        at(committee, f"submissions/{code}/"),
        conflicts_at(committee),
        conflicts_at(committee, "new"),
        conflicts_at(committee, "affiliations"),
    ):
        assert visitor.get(path).status in {403, 404}, path
    assert conflict.state == "open"


def _round(db: Session, committee: Committee) -> int:
    return current_round(db, committee.conference)


def test_strangers_are_asked_to_log_in(committee, db, stranger):
    db.commit()
    assert "Log in" in stranger.get(at(committee)).text
    assert stranger.client.post(at(committee, "propose")).status_code in {400, 401, 422}


def test_bad_ids_and_wrong_methods(chair, committee):
    for rest in ("proposals/1", "proposals/0", "proposals/99999999999", "proposals/x", "jobs/7"):
        assert chair.get(at(committee, rest)).status == 404
    for rest in ("propose", "start", "proposals/1/apply", "proposals/1/undo", "jobs/1/cancel"):
        assert chair.client.get(at(committee, rest)).status_code == 405
    assert chair.client.post(at(committee)).status_code == 405


def test_a_mark_of_nothing_is_refused(chair, committee, work, db):
    page = proposed(chair, committee, work)
    for values in (
        {},
        {"picked": "999-999", "as": "pinned"},
        {"picked": "1-2"},
        {"picked": "x"},
        {"picked": "1-2-3", "as": "pinned"},
        {"picked": "\u0661-\u0662", "as": "pinned"},
        {"as": "pinned"},
    ):
        assert _post(chair, page.path, page.path + "/marks", **values) == 422, values
    assert set(db.scalars(select(ProposalPick.mark))) == {""}


def test_conflicts_are_listed_filtered_and_led_to_the_judge(chair, committee, db):
    committee.reviewers[0].affiliation = "Speaking 0"
    make_conflict(db, committee.submissions[1], committee.reviewers[1])
    db.commit()
    page = chair.submit(chair.get(conflicts_at(committee)), press="Look through everything again")
    assert "same employerSpeaking 0" in page.text
    assert "declaredThey share an office." in page.text
    only = chair.get(conflicts_at(committee, "?kind=affiliation&state=open&q=Reviewer+0"))
    assert "Talk 0" in only.text
    assert "Talk 1" not in only.text
    judge = chair.get(only.links()["Judge Reviewer 0, Talk 0"])
    chair.submit(judge, {"reason": "Another <b>office</b>"}, press="It does not count")
    after = chair.get(conflicts_at(committee, "?state=dismissed"))
    assert "dismissed, does not countCleo Chair: Another <b>office</b>" in after.text
    assert chair.get(conflicts_at(committee, "?q=%25_&kind=x&state=y&sort=-q")).status == 200


def test_a_chair_notes_a_conflict_of_somebody_else(chair, committee, db):
    form = chair.get(conflicts_at(committee, "new"))
    reviewer = committee.reviewers[0]
    values = {"submission": committee.submissions[0].code.lower(), "person": reviewer.code}
    missing = chair.submit(form, values, press="Note it")
    assert "Give a reason" in missing.text
    unknown = chair.submit(form, {**values, "submission": "ZZZZZZ", "reason": "x"}, press="Note it")
    assert "There is no submission with this code." in unknown.text
    noted = chair.submit(form, {**values, "reason": "Siblings"}, press="Note it")
    assert "Siblings" in noted.text
    conflict = db.scalars(select(Conflict)).one()
    assert (conflict.kind, conflict.person_id) == ("declared", reviewer.id)
    assert committee.chair.code not in form.html


def test_a_chair_joins_two_employers_and_parts_them(chair, committee, db):
    committee.reviewers[0].affiliation = "Speaking Zero Ltd."
    db.commit()
    page = chair.get(conflicts_at(committee, "affiliations"))
    assert "Speaking Zero Ltd." in page.text
    joined = chair.submit(
        page, {"one": "Speaking Zero", "other": "SPEAKING 0"}, press="They are the same"
    )
    assert "Speaking Zero Ltd. = Speaking 0" in joined.text
    assert db.scalars(select(Conflict.kind)).all() == ["affiliation"]
    same = chair.submit(
        joined, {"one": "Speaking zero", "other": "speaking 0"}, press="They are the same"
    )
    assert "count as one already" in same.text
    empty = chair.submit(joined, {"one": "n/a", "other": "speaking 0"}, press="They are the same")
    assert "names no employer" in empty.text
    chair.submit(joined, press="They are two Speaking Zero Ltd. and Speaking 0")
    assert db.scalars(select(AffiliationAlias)).all() == []
    assert db.scalars(select(Conflict)).all() == []


def first_pair(chair_page: Page) -> str:
    """Where the first pair of a proposal is swapped."""
    return next(path for label, path in chair_page.links().items() if label.startswith("Swap"))


def test_many_reviewers_are_paged_searched_and_sorted(db, visitor_as):
    committee = make_committee(db, submissions=1, reviewers=62)
    asked, busy = committee.submissions[0], committee.reviewers[61]
    make_assignment(db, asked, busy, state="declined")
    chair = visitor_as(committee.chair)
    loads = chair.get(at(committee, "reviewers/"))
    assert ("Page 1 of 2" in loads.text, busy.name in loads.text) == (True, False)
    assert busy.name in chair.get(at(committee, "reviewers/?sort=-reviewer")).text
    assert busy.name in chair.get(at(committee, "reviewers/?sort=-declined")).text
    assert "Page 2 of 2" in chair.get(at(committee, "reviewers/?page=2")).text
    assert "Page 2 of 2" in chair.get(at(committee, "reviewers/?page=999999999999")).text
    assert "3 in all" in chair.get(at(committee, "reviewers/?q=REVIEWER+6&page=0&sort=x")).text
    assert "Nothing fits" in chair.get(at(committee, "reviewers/?q=nobody")).text
    one = chair.get(at(committee, f"submissions/{asked.code}/"))
    assert "12 more match less" in one.text
    found = chair.get(f"{one.path}?q=reviewer+5")
    assert found.text.count("Reviewer 5") >= 10
    assert ("Reviewer 4" in found.text, "more match" in found.text) == (False, False)
    chair.submit(found, press="Ask Reviewer 59")
    assert pairs(db) == {(asked.id, committee.reviewers[59].id)}
    assert "Nobody else" in chair.get(f"{one.path}?q=nobody").text


def test_statements_stay_few_whatever_the_size(db, visitor_as, engine: Engine, app, work):
    seen: dict[str, list[int]] = {}
    for size in (3, 60):
        committee = make_committee(db, submissions=size, reviewers=max(4, size // 6), each=1)
        for number, submission in enumerate(committee.submissions):
            reviewer = committee.reviewers[number % len(committee.reviewers)]
            make_assignment(db, submission, reviewer)
            make_conflict(db, submission, reviewer, "affiliation")
        make_review(db, committee.submissions[0], committee.reviewers[0])
        visitor = visitor_as(committee.chair)
        proposal = proposed(visitor, committee, work, most="60")
        for name, path in {
            "list": at(committee, "submissions/"),
            "reviewers": at(committee, "reviewers/"),
            "conflicts": conflicts_at(committee),
            "overview": at(committee),
            "proposal": f"{proposal.path}?show=all",
            "found": f"{proposal.path}?show=all&q=talk&reviewer=r&sort=-cost",
            "loads": f"{proposal.path}/reviewers/",
            "pairs as a file": f"{proposal.path}.csv",
            "pairs as a workbook": f"{proposal.path}.xlsx",
            "assignments as a file": at(committee, "assignments.json"),
            "import": at(committee, "import"),
            "pair": first_pair(chair_page=visitor.get(f"{proposal.path}?show=new")),
            "one": at(committee, f"submissions/{committee.submissions[0].code}/"),
            "affiliations": conflicts_at(committee, "affiliations"),
        }.items():
            with counted(app.extensions["cfp"].engine) as statements:
                assert visitor.get(path).status == 200
            seen.setdefault(name, []).append(len(statements))
    lists = ("list", "reviewers", "conflicts", "overview", "one", "proposal", "found", "loads")
    limits = dict.fromkeys(lists, 10)
    for name, (few, many) in seen.items():
        assert few == many <= limits.get(name, 15), (name, few, many)
