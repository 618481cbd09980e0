"""Selecting: limits, a job, its scenario, comparing, applying, undoing; and who may know of it."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import Engine, insert
from sqlalchemy.orm import Session

from cfp.actors import SYSTEM
from cfp.audit import broken_links
from cfp.db import open_session
from cfp.domain.accounts.models import Person
from cfp.domain.accounts.queries import actor_of_person
from cfp.domain.conferences.models import (
    AffiliationAlias,
    Conference,
    Role,
    SubmissionType,
    Track,
)
from cfp.domain.decisions import (
    actions,
    scenario_applying,
    scenarios,
    selecting_limits,
    selecting_wishes,
)
from cfp.domain.decisions.models import PendingDecision, ScenarioItem, SelectionWish
from cfp.domain.decisions.scenario_applying import Wanted, preview
from cfp.domain.decisions.selecting import load_problem
from cfp.domain.decisions.selecting_limits import Limits
from cfp.domain.jobs import Job
from cfp.domain.program import versions
from cfp.domain.program.queries import waitlisted
from cfp.domain.submissions.models import Speaker, Submission
from cfp.errors import StaleError
from cfp.jobs import selection
from tests.factories import (
    NOW,
    give_role,
    make_conference,
    make_conflict,
    make_person,
    make_review,
    make_submission,
    make_track,
)
from tests.support.selecting import make_scenario
from tests.support.statements import counted
from tests.support.visitor import Page, Visitor, masked
from tests.support.working import Work

LogIn = Callable[[Person], Visitor]
BOARD = "/netconf/chair/decisions/"
SELECT = f"{BOARD}select/"
COMPUTE = "Compute the scenario"
APPLY = "Apply, pending for Chairs"
pytestmark = pytest.mark.usefixtures("later")


@pytest.fixture(autouse=True)
def few_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is a solve of its own; `tests/unit/test_selecting.py` makes as many as a chair gets."""
    monkeypatch.setattr(selection, "DRAWS", 10)


@pytest.fixture
def conference(db: Session) -> Conference:
    return make_conference(db, "netconf", capacities={"all": 90})


@pytest.fixture
def storage(db: Session, conference: Conference) -> Track:
    return make_track(db, conference, "Storage")


@pytest.fixture
def talks(db: Session, conference: Conference, storage: Track) -> list[Submission]:
    """Six talks of 30 minutes with means 5, 4.5, 4 (Main) and 3, 2.5, 2 (Storage)."""
    judges = [make_person(db, f"Judge {n}") for n in range(2)]
    made = []
    for number, scores in enumerate([(5, 5), (5, 4), (4, 4), (3, 3), (3, 2), (2, 2)]):
        track = storage if number > 2 else None
        owner = make_person(db, f"Speaker {number}")
        talk = make_submission(db, conference, [owner], title=f"Talk {number}", track=track)
        for judge, score in zip(judges, scores, strict=True):
            make_review(db, talk, judge, score)
        made.append(talk)
    return made


def compute(
    visitor: Visitor, work: Work, name: str = "First", **limits: object
) -> Page:
    """Set limits, have a scenario computed, and see it."""
    values = {"name": name, **{key.replace("_", "-"): value for key, value in limits.items()}}
    page = visitor.submit(visitor.get(SELECT), values, press=COMPUTE)
    assert "It waits for its turn" in page.text, page.text
    work()
    found = visitor.get(page.path)
    assert found.status == 200
    return found


def kept(visitor: Visitor, db: Session, chair: Person, conference: Conference) -> Page:
    """See a scenario with all talks in but the last."""
    scenario = make_scenario(db, chair, conference, "First")
    return visitor.get(f"{SELECT}{scenario.id}/")


def inside(visitor: Visitor, page: Page, show: str = "in") -> list[str]:
    shown = visitor.get(f"{page.path}list?show={show}&sort=title")
    return re.findall(r'class="row-title"[^>]*>([^<]+)<', shown.html)


def words(page: Page) -> str:
    """The page's text with blanks between its cells."""
    return " ".join(re.sub("<[^>]+>", " ", page.html).split()).replace(" ,", ",")


def pending(db: Session) -> dict[str, str]:
    rows = db.query(Submission.title, PendingDecision.outcome).join(
        PendingDecision, PendingDecision.submission_id == Submission.id
    )
    return dict(rows.all())


def decide(db: Session, chair: Person, talks: list[Submission], outcome: str) -> None:
    conference = db.get_one(Conference, talks[0].conference_id)
    actor = actor_of_person(db, chair.id)
    codes = [talk.code for talk in talks]
    actions.set_many(db, actor, conference, codes=codes, outcome=outcome, now=NOW)


# The journey ----------------------------------------------------------------------------------


def test_from_limits_to_a_scenario_compared_applied_and_undone(
    visitor_as: LogIn, chair, talks, storage, db, work: Work
):
    visitor = visitor_as(chair)
    plain = compute(visitor, work, "By score")
    assert "3 in" in words(plain)
    assert "90 of 90 min" in plain.text
    assert "no other choice within these limits has more" in plain.text
    assert "90 minutes in all: Talk 3" in plain.text, "who enters with one slot more"
    assert "Talk, Storage: Talk 3, then 2 more" in words(plain)
    assert inside(visitor, plain) == ["Talk 0", "Talk 1", "Talk 2"]
    floor = compute(visitor, work, "Two of Storage", **{f"least_{storage.id}": "2"})
    assert inside(visitor, floor) == ["Talk 0", "Talk 3", "Talk 4"]
    assert "at least 2 of Storage +3.0 Talk 1, Talk 2 Talk 3, Talk 4" in words(floor)
    listed = visitor.get(f"{floor.path}list?sort=-chance")
    assert "In of 10 draws" in listed.text
    row = r"Talk 1 \w{6} first-time speakers Main Talk 30 min 4.50 not in"
    assert re.search(row, words(listed))
    assert "number 1" in listed.text
    shown = visitor.get(f"{floor.path}list?show=in&sort=title")
    file = visitor.client.get(shown.links()["CSV of what is shown"]).get_data(as_text=True)
    assert re.findall(r"Talk \d", file) == ["Talk 0", "Talk 3", "Talk 4"]

    page = visitor.submit(floor, press="Compare")
    assert "Limits of its own at least 2 of Storage none" in words(page)
    assert "Sum of scores 10.5 13.5" in words(page)
    assert re.findall(r'row-title"[^>]*>([^<]+)<', page.html) == [f"Talk {n}" for n in (1, 2, 3, 4)]

    page = visitor.get(f"{floor.path}apply")
    assert "3 would be accepted, pending" in words(page)
    page = visitor.submit(page, {"first": "1", "rest": "reject"}, press=APPLY)
    assert "Pending now for 6 submissions. You can undo it." in page.text
    assert pending(db) == {
        "Talk 0": "accept", "Talk 3": "accept", "Talk 4": "accept",
        "Talk 1": "waitlist", "Talk 5": "waitlist", "Talk 2": "reject",
    }  # fmt: skip
    assert "as in a scenario" in page.text
    assert "Since it was computed" not in visitor.get(floor.path).text
    assert "applied" in visitor.get(SELECT).text
    visitor.submit(page, press="Undo your last change")
    assert pending(db) == {}
    assert "Since it was computed" not in visitor.get(floor.path).text
    visitor.submit(visitor.get(f"{floor.path}apply"), {"rest": ""}, press=APPLY)
    assert set(pending(db).values()) == {"accept"}
    assert broken_links(db) == []
    assert "applied a scenario" in visitor.get("/netconf/chair/log/").text


def test_what_is_announced_stays_and_the_waitlist_joins_when_asked(
    visitor_as: LogIn, chair, conference, talks, db, work: Work
):
    talks[5].state, talks[5].announced = "confirmed", NOW
    talks[0].state, talks[0].announced = "rejected", NOW
    talks[1].state, talks[1].announced = "waitlisted", NOW
    visitor = visitor_as(chair)
    page = compute(visitor, work)
    assert inside(visitor, page) == ["Talk 2", "Talk 3", "Talk 5"]
    assert inside(visitor, page, "out") == ["Talk 4"]
    page = compute(visitor, work, waitlisted=True)
    assert inside(visitor, page) == ["Talk 1", "Talk 2", "Talk 5"]
    visitor.submit(visitor.get(f"{page.path}apply"), {"rest": "reject"}, press=APPLY)
    assert pending(db) == {
        "Talk 1": "accept", "Talk 2": "accept", "Talk 3": "reject", "Talk 4": "reject"
    }  # fmt: skip


def test_musts_and_nevers_are_said_of_submissions(
    visitor_as: LogIn, chair, talks, db, work: Work
):
    visitor = visitor_as(chair)
    path = f"{SELECT}wishes"
    page = visitor.submit(visitor.get(path), {"picked": [talks[5].code]}, press="Must be in")
    assert "Noted for 1 submission." in page.text
    visitor.submit(visitor.get(path), {"picked": [talks[0].code, talks[4].code]}, press="Never in")
    assert "1 must be in, 2 are never" in visitor.get(SELECT).text
    assert "Talk 5" in visitor.get(f"{path}?wish=must").text
    page = compute(visitor, work)
    assert inside(visitor, page) == ["Talk 1", "Talk 2", "Talk 5"]
    assert inside(visitor, page, "wished") == ["Talk 0", "Talk 4", "Talk 5"]
    visitor.submit(visitor.get(path), {"picked": [talks[4].code]}, press="Free")
    assert db.query(SelectionWish).count() == 2
    picked = {"picked": [talks[4].code], "wish": "perhaps"}
    form = dict(visitor.get(path).form("picked").fields)
    assert visitor.client.post(path, data={**form, **picked}).status_code == 422
    assert visitor.client.post(path, data=form).status_code == 422


def test_people_and_employers_are_counted_with_what_chairs_have_joined(
    db, conference, chair, talks
):
    talks[1].submitter_id = talks[0].submitter_id
    written = ("Big Inc", "Great Company", "Other", "self", "", "x")
    for talk, name in zip(talks, written, strict=True):
        speaker = db.query(Speaker).filter_by(submission_id=talk.id).one()
        speaker.affiliation = name
        speaker.affiliation_key = name.casefold()
    db.query(Speaker).filter_by(submission_id=talks[1].id).one().person_id = talks[0].submitter_id
    alias = {"key": "great company", "canonical_key": "big inc"}
    db.add(AffiliationAlias(conference_id=conference.id, **alias))
    db.flush()
    problem = load_problem(db, actor_of_person(db, chair.id), conference, Limits())
    entries = [one.speakers[0] for one in problem.candidates]
    assert entries[0].person == entries[1].person != entries[2].person
    assert [one.employer for one in entries] == ["big inc", "big inc", "other", "", "", "x"]


def test_first_time_is_whom_no_earlier_published_program_names(db, conference, chair, talks):
    earlier = make_conference(db, "before", start_date=date(2025, 5, 1), end_date=date(2025, 5, 2))
    later = make_conference(db, "after", start_date=date(2027, 5, 1), end_date=date(2027, 5, 2))
    secret = make_conference(db, "secret", start_date=date(2025, 5, 1), end_date=date(2025, 5, 2))
    person = [db.get_one(Person, talk.submitter_id) for talk in talks]
    make_submission(db, earlier, [person[0]], state="confirmed")
    make_submission(db, earlier, [person[1]], state="rejected")
    make_submission(db, later, [person[2]], state="confirmed")
    make_submission(db, secret, [person[3]], state="confirmed")
    for published in (earlier, later):
        versions.publish(db, SYSTEM, published, note="", now=NOW)
    problem = load_problem(db, actor_of_person(db, chair.id), conference, Limits())
    assert [one.first_time for one in problem.candidates] == [False, *[True] * 5]


def test_what_is_pending_tells_format_and_minutes(db, conference, chair, talks):
    short = db.query(SubmissionType).filter_by(name="Short talk").one()
    here = {"conference_id": conference.id, "at": NOW}
    for talk, changes in (
        (talks[0], {"outcome": "accept", "type_id": short.id, "minutes": 7}),
        (talks[1], {"outcome": "reject"}),
    ):
        db.add(PendingDecision(submission_id=talk.id, **here, **changes))
    db.flush()
    found = load_problem(db, actor_of_person(db, chair.id), conference, Limits()).candidates
    assert [(one.minutes, one.pending) for one in found[:3]] == [
        (12, "accept"), (30, "reject"), (30, "")
    ]  # fmt: skip
    assert found[0].type_id == short.id


# Limits ---------------------------------------------------------------------------------------


def test_contradictions_are_told_at_the_field_or_given_up_in_words(
    visitor_as: LogIn, chair, talks, storage, db, work: Work
):
    visitor = visitor_as(chair)
    least, most = f"least-{storage.id}", f"most-{storage.id}"
    page = visitor.get(SELECT)
    refused = visitor.submit(page, {least: "3", most: "2", "speaker": "1"}, press=COMPUTE)
    assert refused.status == 422
    assert "At least this many can't be: at most 2 may." in refused.text
    assert ("speaker", "1") in refused.form("speaker").fields, "nothing typed is lost"
    assert db.query(Job).count() == 0
    page = compute(visitor, work, **{f"least_{storage.id}": "3", "first": "100"})
    assert "Given up" not in page.text
    assert inside(visitor, page) == ["Talk 3", "Talk 4", "Talk 5"]
    page = compute(visitor, work, **{f"least_{storage.id}": "5"})
    assert "Not all limits can be met together" in page.text
    assert "at least 5 of Storage: 2 too few" in page.text
    assert "Limits it was given" in page.text, "it did not keep to all of them"
    page = visitor.submit(page, press="Compare")
    assert "at least 5 of Storage (2 too few)" in words(page)


@pytest.mark.parametrize(
    "values",
    [
        {"speaker": "0"}, {"speaker": "x"}, {"affiliation": "101"}, {"first": "-1"},
        {"affiliation": "9" * 30}, {"name": ""}, {"name": "n" * 81}, {"name": "a\0b"},
    ],
)  # fmt: skip
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_bad_limits_store_nothing(visitor_as: LogIn, chair, talks, db, values):
    visitor = visitor_as(chair)
    page = visitor.submit(visitor.get(SELECT), {"name": "One", **values}, press=COMPUTE)
    assert page.status == 422
    assert db.query(Job).count() == 0
    assert "Scenario" in page.text


def test_two_chairs_who_set_limits_at_once(visitor_as: LogIn, chair, conference, talks, db):
    other = make_person(db, "Other Chair")
    give_role(db, conference, other, "chair")
    one, two = visitor_as(chair), visitor_as(other)
    first, second = one.get(SELECT), two.get(SELECT)
    save = "Only save the limits"
    assert one.submit(first, {"speaker": "2"}, press=save).status == 200
    refused = two.submit(second, {"speaker": "5", "first": "20"}, press=save)
    assert refused.status == 409
    texts = re.findall(r"<textarea[^>]*>([^<]*)</textarea>", refused.html)
    assert [one.strip() for one in texts] == ["5", "2", "20", ""], "both texts of what differs"
    assert 'value="2"' in two.get(SELECT).html


def test_the_later_of_two_first_limits_is_told(engine: Engine, db, conference, chair):
    actor, id_ = actor_of_person(db, chair.id), conference.id
    db.commit()

    def save(session: Session, number: int) -> None:
        here = session.get_one(Conference, id_)
        selecting_limits.save_limits(
            session, actor, here, numbers={"speaker": number}, waitlisted=False, revision="0",
            now=NOW,
        )  # fmt: skip
        session.commit()

    with open_session(engine, writes=True) as first:
        save(first, 1)
    with open_session(engine, writes=True) as second, pytest.raises(StaleError):
        save(second, 2)


def test_without_a_limit_or_a_submission_it_says_so(
    visitor_as: LogIn, chair, conference, storage, db
):
    conference.capacities = {}
    visitor = visitor_as(chair)
    page = visitor.get(SELECT)
    assert "Nothing holds anything back" in page.text
    page = visitor.submit(page, {"name": "One"}, press=COMPUTE)
    assert page.status == 422
    assert "nothing to choose from" in page.text
    assert "nothing to choose from" in visitor.get(f"{SELECT}wishes").text


# What has changed since -----------------------------------------------------------------------


def test_what_changed_since_is_said_and_left_alone(
    visitor_as: LogIn, chair, conference, talks, db, work: Work
):
    visitor = visitor_as(chair)
    page = compute(visitor, work)
    decide(db, chair, [talks[0]], "reject")
    decide(db, chair, [talks[2], talks[4]], "accept")
    talks[1].state = "withdrawn"
    make_review(db, talks[2], make_person(db), 1)
    make_submission(db, conference, [chair], title="Late")
    found = visitor.get(page.path)
    for words in ("1 announced, withdrawn", "1 reviews have changed", "2 decided by somebody"):
        assert words in found.text
    assert "new since" not in found.text, "one's own is not one's to decide"
    make_submission(db, conference, [make_person(db)], title="Late, too")
    assert "1 new since" in visitor.get(page.path).text
    assert inside(visitor, page, "changed") == ["Talk 0", "Talk 1", "Talk 2", "Talk 4"]
    form = visitor.get(f"{page.path}apply")
    assert "1 is not touched" in form.text
    assert "2 were decided by somebody since, and stay so" in form.text
    visitor.submit(form, {"rest": "reject"}, press=APPLY)
    assert pending(db) == {
        "Talk 0": "reject", "Talk 2": "accept", "Talk 3": "reject", "Talk 4": "accept",
        "Talk 5": "reject",
    }  # fmt: skip
    form = visitor.get(f"{page.path}apply")
    visitor.submit(form, {"rest": "clear", "anyway": True}, press=APPLY)
    assert pending(db) == {"Talk 0": "accept", "Talk 2": "accept"}


def test_a_decision_while_the_form_is_open_is_shown_before_anything_happens(
    visitor_as: LogIn, chair, conference, talks, db
):
    visitor = visitor_as(chair)
    page = kept(visitor, db, chair, conference)
    form = visitor.get(f"{page.path}apply")
    decide(db, chair, [talks[0]], "reject")
    again = visitor.submit(form, {"rest": "reject"}, press=APPLY)
    assert again.status == 409
    assert "Somebody has decided meanwhile, and nothing was applied" in again.text
    assert "Talk 0" in again.text
    assert pending(db) == {"Talk 0": "reject"}
    visitor.submit(again, {"rest": "waitlist"}, press=APPLY)
    assert len(pending(db)) == 6


def test_a_scenario_of_nothing_left_is_refused(
    visitor_as: LogIn, chair, conference, talks, db
):
    visitor = visitor_as(chair)
    page = kept(visitor, db, chair, conference)
    for talk in talks:
        talk.state = "withdrawn"
    refused = visitor.submit(visitor.get(f"{page.path}apply"), {"first": "0"}, press=APPLY)
    assert refused.status == 422
    assert "nothing left" in refused.text
    for wrong in ({"first": "-1"}, {"first": "x"}, {"first": "99999999999"}):
        assert visitor.submit(refused, wrong, press=APPLY).status == 422
    form = {**dict(refused.form("first").fields), "rest": "perhaps"}
    assert visitor.client.post(f"{page.path}apply", data=form).status_code == 422


# Keeping scenarios ----------------------------------------------------------------------------


def test_renamed_and_deleted_but_not_over_somebody_else(
    visitor_as: LogIn, chair, conference, talks, db
):
    visitor = visitor_as(chair)
    page = kept(visitor, db, chair, conference)
    stale = visitor.get(page.path)
    assert "Second" in visitor.submit(page, {"name": "Second"}, press="Rename").text
    assert visitor.submit(stale, {"name": "Third"}, press="Rename").status == 409
    assert visitor.submit(visitor.get(page.path), {"name": " "}, press="Rename").status == 422
    found = visitor.submit(visitor.get(page.path), press="Delete this scenario")
    assert "Decisions it has set stay" in found.text
    assert visitor.get(page.path).status == 404
    assert db.query(ScenarioItem).count() == 0


def test_the_oldest_of_one_s_own_go_but_not_the_one_applied_last(db, conference, chair, talks):
    actor = actor_of_person(db, chair.id)
    first = make_scenario(db, chair, conference, "applied")
    shown = preview(db, actor, conference, first)
    scenario_applying.apply_scenario(
        db, actor, conference, first.id, wanted=Wanted(), mark=shown.mark, now=NOW
    )
    for number in range(scenarios.REMEMBERED + 2):
        make_scenario(db, chair, conference, f"{number}")
    kept = [one.name for one, _maker in scenarios.scenarios_of(db, actor, conference)]
    assert len(kept) == scenarios.REMEMBERED + 1
    assert kept[-1] == "applied"
    assert "0" not in kept


def test_who_is_no_chair_any_more_gets_no_scenario(
    visitor_as: LogIn, chair, conference, talks, db, work: Work
):
    visitor = visitor_as(chair)
    visitor.submit(visitor.get(SELECT), {"name": "One"}, press=COMPUTE)
    db.query(Role).filter_by(person_id=chair.id).delete()
    job = work()
    assert (job.state, job.error) == ("failed", "forbidden")
    assert db.query(ScenarioItem).count() == 0


def test_a_job_is_one_s_own_and_can_be_stopped(
    visitor_as: LogIn, chair, conference, talks, db
):
    visitor = visitor_as(chair)
    page = visitor.submit(visitor.get(SELECT), {"name": "One"}, press=COMPUTE)
    again = visitor.submit(visitor.get(SELECT), {"name": "Two"}, press=COMPUTE)
    assert again.status == 409
    assert "still being computed" in again.text
    other = make_person(db)
    give_role(db, conference, other, "chair")
    assert visitor_as(other).get(page.path).status == 404
    assert "Nothing was changed" in visitor.submit(page, press="Stop").text
    job = db.query(Job).one()
    job.state, job.error, job.result = "failed", "selection.no_time", {"seconds": 60.0}
    assert "No choice was found in 60.0 seconds" in visitor.get(page.path).text
    for path in ("jobs/999", "999/", "999/list", "999/apply", "999/compare?other=1"):
        assert visitor.get(f"{SELECT}{path}").status == 404


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_odd_addresses(visitor_as: LogIn, chair, conference, talks, db):
    visitor = visitor_as(chair)
    page = kept(visitor, db, chair, conference)
    for query in ("show=%FF", "track=x", "type=" + "9" * 20, "sort=nothing", "page=0", "q=%FF"):
        assert visitor.get(f"{page.path}list?{query}").status == 200
        assert visitor.get(f"{SELECT}wishes?{query}").status == 200
    for query in ("", "?other=1", "?other="):
        assert visitor.get(f"{page.path}compare{query}").path == page.path
    for query in ("?other=x", "?other=" + "9" * 30, "?other=%C2%B2"):
        assert visitor.get(f"{page.path}compare{query}").status == 404


# Who may know ---------------------------------------------------------------------------------


def test_a_chair_with_a_conflict_knows_nothing_of_what_it_is_about(
    visitor_as: LogIn, chair, conference, talks, db, work: Work
):
    """Neither scenarios it is in, nor what a colleague has said of it; their own is without it."""
    partial = make_person(db, "Partial Chair")
    give_role(db, conference, partial, "chair")
    make_conflict(db, talks[0], partial)
    visitor = visitor_as(partial)
    addresses = (SELECT, f"{SELECT}wishes", f"{SELECT}wishes?q=talk", BOARD)
    before = [masked(visitor.get(path)) for path in addresses]
    free = visitor_as(chair)
    secret = compute(free, work, "About all")
    free.submit(free.get(f"{SELECT}wishes"), {"picked": [talks[0].code]}, press="Never in")
    assert [masked(visitor.get(path)) for path in addresses] == before
    for path in (secret.path, f"{secret.path}list", f"{secret.path}apply"):
        assert visitor.get(path).status == 404
    picked = {**dict(visitor.get(f"{SELECT}wishes").form("picked").fields), "wish": "must"}
    sent = {**picked, "picked": [talks[0].code]}
    assert visitor.client.post(f"{SELECT}wishes", data=sent).status_code == 303
    assert db.query(SelectionWish).one().wish == "never"

    own = compute(visitor, work, "Mine")
    assert inside(visitor, own) == ["Talk 1", "Talk 2", "Talk 3"]
    shown = [visitor.get(f"{own.path}{rest}") for rest in ("", "list", "apply")]
    assert not any(talks[0].title in page.text for page in shown)
    assert "Without 1 submission with which you have a conflict" in shown[0].text
    assert visitor.get(f"{own.path}compare?other={secret.path.split('/')[-2]}").status == 404
    assert "About all" not in visitor.get(SELECT).text
    assert "Mine" in free.get(SELECT).text, "who may know of everything in it may know it"
    visitor.submit(visitor.get(f"{own.path}apply"), {"rest": "reject"}, press=APPLY)
    assert "Talk 0" not in pending(db)
    make_conflict(db, talks[3], partial)
    assert visitor.get(own.path).status == 404, "found later, it closes what was open"


def test_nobody_but_chairs_of_the_whole_conference_finds_a_trace(
    visitor_as: LogIn, stranger, chair, conference, talks, storage, db
):
    people = {}
    for kind, track in (("track_chair", storage), ("reviewer", None), ("reader", None)):
        person = make_person(db)
        give_role(db, conference, person, kind, track)
        people[kind] = visitor_as(person)
    people["speaker"] = visitor_as(db.get_one(Person, talks[0].submitter_id))
    addresses = (BOARD, "/netconf/chair/", f"{BOARD}{talks[3].code}/", "/netconf/reviews/")
    addresses += ("/netconf/submissions/", f"/netconf/submissions/{talks[0].code}/")
    before = {kind: [masked(who.get(path)) for path in addresses] for kind, who in people.items()}
    page = kept(visitor_as(chair), db, chair, conference)
    codes = [talk.code for talk in talks]
    actor = actor_of_person(db, chair.id)
    selecting_wishes.set_wishes(db, actor, conference, codes=codes, wish="never", now=NOW)
    for kind, visitor in people.items():
        for path in (SELECT, f"{SELECT}wishes", page.path, f"{page.path}apply"):
            assert visitor.get(path).status in {403, 404}
        assert [masked(visitor.get(path)) for path in addresses] == before[kind]
        assert SELECT not in visitor.get(BOARD).html
    assert stranger.get(page.path).path.startswith("/account/log-in")


def test_a_freed_slot_is_offered_to_the_next_of_the_applied_scenario(
    visitor_as: LogIn, chair, conference, talks, storage, db, work: Work
):
    visitor = visitor_as(chair)
    page = compute(visitor, work)
    visitor.submit(visitor.get(f"{page.path}apply"), {"first": "9"}, press=APPLY)
    for talk in talks[2:]:
        talk.state, talk.announced = "waitlisted", NOW
    talks[5].title, talks[3].title = "A title that sorts first", "Zzz"
    db.flush()
    actor = actor_of_person(db, chair.id)
    gone = make_submission(db, conference, [make_person(db)], state="canceled", track=storage)
    names = [one[1] for one in waitlisted(db, actor, conference, instead_of=gone.code)]
    assert names == ["Zzz", "Talk 4", "A title that sorts first", "Talk 2"]
    partial = make_person(db)
    give_role(db, conference, partial, "chair")
    make_conflict(db, talks[0], partial)
    other = actor_of_person(db, partial.id)
    names = [one[1] for one in waitlisted(db, other, conference, instead_of=gone.code)]
    assert names == ["A title that sorts first", "Talk 4", "Zzz", "Talk 2"]


# Size -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_few_statements_whatever_the_size(
    app: Flask, visitor_as: LogIn, chair, conference, talks, db
):
    visitor = visitor_as(chair)
    one = kept(visitor, db, chair, conference)
    two = kept(visitor, db, chair, conference)
    other = one.path.split("/")[-2]
    lists = ["wishes", f"{two.path}list", f"{two.path}compare?other={other}"]
    pages = ["", two.path, f"{two.path}apply"]

    def statements(path: str) -> int:
        with counted(app.extensions["cfp"].engine) as seen:
            assert visitor.get(path if path.startswith("/") else SELECT + path).status == 200
        return len(seen)

    small = [statements(path) for path in (*lists, *pages)]
    grow(db, conference, [int(page.path.split("/")[-2]) for page in (one, two)])
    assert [statements(path) for path in (*lists, *pages)] == small
    assert max(small[: len(lists)]) <= 10, small
    assert max(small) <= 15, small


def grow(db: Session, conference: Conference, numbers: list[int]) -> None:
    """Sixty more submissions, half of them in one scenario and half in the other."""
    owner, judge = make_person(db), make_person(db)
    rows = []
    for place in range(60):
        talk = make_submission(db, conference, [owner], title=f"More {place}")
        make_review(db, talk, judge, 3)
        here = {
            "conference_id": conference.id, "submission_id": talk.id, "type_id": talk.type_id,
            "track_id": talk.track_id, "score": 3.0, "minutes": 30, "state": "submitted",
            "blocked": [], "place": None, "first_time": True, "fixed": False, "wish": "",
            "pending": "", "reviews": 1, "total": 3.0,
        }  # fmt: skip
        rows += [
            {**here, "scenario_id": number, "accepted": (place + number) % 2 == 0}
            for number in numbers
        ]
    db.execute(insert(ScenarioItem), rows)
