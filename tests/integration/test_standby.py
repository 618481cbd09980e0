"""What happens after an assignment is applied: answers, stand-by, repair, reminders, hand-over."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from cfp import clock
from cfp.actors import SYSTEM
from cfp.audit import AuditEntry, broken_links
from cfp.config import Config
from cfp.db import open_session
from cfp.domain.accounts.models import Person
from cfp.domain.assignment import handing, standby
from cfp.domain.assignment.lateness import Wanted, change_plan
from cfp.domain.assignment.models import Assignment, HandOver, LatePlan, LateReminder, Standby
from cfp.domain.assignment.openings import openings_of
from cfp.domain.conferences.models import Role
from cfp.domain.jobs import Job
from cfp.domain.mail.models import Message
from cfp.domain.reviews import escalation
from cfp.domain.reviews.models import ReviewExtension
from cfp.errors import NotNowError
from cfp.jobs.worker import run_due_once
from cfp.links import Links
from tests.factories import (
    give_role,
    make_assignment,
    make_conflict,
    make_person,
    make_review,
    make_track,
)
from tests.support.outbox import a_worker, config_for, wait_for
from tests.support.reviewing import Committee, actor_for, make_committee
from tests.support.statements import counted
from tests.support.visitor import Visitor

VisitorAs = Callable[[Person], Visitor]
LINKS = Links("http://localhost")
DUE = datetime(2026, 9, 10, 21, 59, tzinfo=UTC)
"""The 10th, 23:59 in Prague."""
MORNING = datetime(2026, 9, 12, 7, 0, tzinfo=UTC)
"""9:00 in Prague, two days after."""
FIRST, SECOND, LAST = "review_reminder", "review_reminder_firm", "review_reminder_last"


@pytest.fixture
def committee(db: Session) -> Committee:
    return make_committee(db, submissions=3, reviewers=5, reviews_due=DUE)


@pytest.fixture
def config(instance, database_url) -> Config:
    return config_for(instance, database_url)


def plan(db: Session, committee: Committee, now: datetime = DUE, **changes: object) -> None:
    """Stand-by is kept; a reminder two days after the reviews were due, and what a test wants."""
    values: dict = {
        "reminders": {2: FIRST}, "send_at": 9 * 60, "standby": True, "silent_days": 5,
        "proposes": False, "hand_over_days": None,
    }  # fmt: skip
    wanted = Wanted(**{**values, **changes})
    change_plan(db, SYSTEM, committee.conference, wanted=wanted, now=now)


def in_reserve(db: Session, committee: Committee, *people: Person, reviews: int = 2) -> None:
    for person in people:
        standby.keep_in_reserve(
            db, SYSTEM, committee.conference, code=person.code, reviews=reviews, now=DUE
        )


def sweep(db: Session, now: datetime) -> None:
    """What the worker does, in its short transactions."""
    for id_ in escalation.due_conferences(db, now=now):
        escalation.act(db, conference_id=id_, links=LINKS, now=now)
    db.commit()


def mails(db: Session, kind: str) -> list[Message]:
    query = select(Message).where(Message.kind == kind).order_by(Message.id)
    return list(db.scalars(query))


def state(db: Session, submission, reviewer) -> str | None:
    return db.scalar(
        select(Assignment.state).where(
            Assignment.submission_id == submission.id, Assignment.person_id == reviewer.id
        )
    )


def at(committee: Committee, rest: str) -> str:
    return f"/{committee.conference.slug}/{rest}"


# Answers ----------------------------------------------------------------------------------------


def test_yes_to_all_then_no_to_one_and_back(committee, visitor_as: VisitorAs, db):
    ada, ben = committee.reviewers[:2]
    one, two, three = committee.submissions
    for talk in (one, two, three):
        make_assignment(db, talk, ada)
    visitor = visitor_as(ada)
    queue = visitor.get(at(committee, "reviews/"))
    assert "The chairs ask you for 3 reviews" in queue.text
    queue = visitor.submit(queue, press="I will do all 3")
    assert queue.path == at(committee, "reviews/")
    assert "The chairs ask you" not in queue.text
    assert {state(db, talk, ada) for talk in (one, two, three)} == {"accepted"}
    page = visitor.get(at(committee, "reviews/asked"))
    refused = visitor.submit(page, {"reason": "No time."}, press="Decline, reason for Chairs")
    assert refused.status == 422
    assert "Select what your answer is about." in refused.text
    page = visitor.submit(
        refused, {"picked": [one.code], "reason": "No time."}, press="Decline, reason for Chairs"
    )
    assert one.title not in page.text
    assert "No time." in page.text
    assert visitor.get(at(committee, f"reviews/{one.code}/")).status == 404
    back = visitor.submit(page, press=f"Undo: I will review it {one.code}")
    assert back.path == at(committee, f"reviews/{one.code}/")
    assert state(db, one, ada) == "accepted"
    page = visitor.submit(
        visitor.get(at(committee, "reviews/asked")),
        {"picked": [one.code]},
        press="Decline, reason for Chairs",
    )
    form = page.form(to=at(committee, "reviews/asked/undo"))
    make_assignment(db, one, ben).created = clock.now() + timedelta(seconds=1)
    late = visitor.client.post(form.action, data=dict(form.fields))
    assert late.status_code == 409
    assert "somebody else is asked" in visitor.get(page.path).text
    assert state(db, one, ada) == "declined"


def test_to_begin_is_a_yes_and_nobody_answers_for_another(committee, visitor_as: VisitorAs, db):
    ada, ben = committee.reviewers[:2]
    talk, other = committee.submissions[:2]
    make_assignment(db, talk, ada)
    make_assignment(db, other, ben)
    visitor = visitor_as(ada)
    page = visitor.get(at(committee, f"reviews/{talk.code}/"))
    visitor.submit(page, {"committee_text": "Half"}, press="Save draft")
    assert state(db, talk, ada) == "accepted"
    form = visitor.get(at(committee, "reviews/asked")).form("picked")
    sent = [*form.fields, ("picked", other.code), ("decline", "1")]
    data: dict[str, list[object]] = {}
    for name, value in sent:
        data.setdefault(name, []).append(value)
    assert visitor.client.post(at(committee, "reviews/asked"), data=data).status_code == 409
    assert state(db, other, ben) == "assigned"


def test_where_everyone_reviews_everything_only_reminders_show(visitor_as: VisitorAs, db):
    committee = make_committee(db, reviewing="everyone", reviews_due=DUE)
    reviewer, chair = visitor_as(committee.reviewers[0]), visitor_as(committee.chair)
    assert reviewer.get(at(committee, "reviews/asked")).status == 404
    assert "What you are asked for" not in reviewer.get(at(committee, "reviews/")).text
    assert "Stand-by" not in reviewer.get(at(committee, "reviews/profile")).text
    assert chair.get(at(committee, "chair/assignment/standby")).status == 404
    page = chair.get(at(committee, "chair/reviews/plan"))
    assert page.status == 200
    assert "Stand-by" not in page.text
    assert "Hand over" not in page.text


# Stand-by and repair ----------------------------------------------------------------------------


def test_offer_mark_and_release(committee, visitor_as: VisitorAs, db):
    plan(db, committee)
    ada, ben = committee.reviewers[:2]
    reviewer, chair = visitor_as(ada), visitor_as(committee.chair)
    profile = reviewer.get(at(committee, "reviews/profile"))
    refused = reviewer.submit(profile, {"reviews": "-3"}, press="I can step in")
    assert refused.status == 422
    page = reviewer.submit(profile, {"reviews": "2"}, press="I can step in")
    assert "on stand-by for up to 2 reviews" in page.text
    pool = chair.get(at(committee, "chair/assignment/standby"))
    assert "their own offer" in pool.text
    pool = chair.submit(pool, {"person": ben.code, "reviews": "4"}, press="Put on stand-by")
    assert standby.pool_of(db, committee.conference) == {ada.id: 2, ben.id: 4}
    pool = chair.submit(pool, press=f"Release {ben.name}")
    assert standby.pool_of(db, committee.conference) == {ada.id: 2}
    plan(db, committee, standby=False)
    assert standby.pool_of(db, committee.conference) == {}
    assert "Stand-by" not in reviewer.get(at(committee, "reviews/profile")).text


def test_a_repair_asks_stand_by_first_and_an_ordinary_solve_never(
    committee, visitor_as: VisitorAs, work, db
):
    """Of two who could take what was declined the one on stand-by is asked; loads say otherwise."""
    plan(db, committee)
    *_others, reserve = committee.reviewers
    in_reserve(db, committee, reserve, reviews=1)
    chair = visitor_as(committee.chair)
    page = chair.get(at(committee, "chair/assignment/"))
    waiting = chair.submit(page, press="Make a proposal")
    work()
    chair.submit(chair.get(waiting.path), press="Apply 6 changes")
    people = set(db.scalars(select(Assignment.person_id)))
    assert reserve.id not in people
    rows = db.scalars(select(Assignment).order_by(Assignment.id)).all()
    for gone in rows[:2]:
        gone.state, gone.reason = "declined", "No time."
    kept = {(one.submission_id, one.person_id) for one in rows[2:]}
    page = chair.get(at(committee, "chair/assignment/"))
    assert "2 reviews need somebody new" in page.text
    assert "declined: 2" in page.text
    assert "2 reviews need somebody new" in chair.get(at(committee, "chair/")).text
    waiting = chair.submit(page, press="Propose a repair")
    work()
    chair.submit(chair.get(waiting.path), press="Apply 2 changes")
    active = select(Assignment.submission_id, Assignment.person_id).where(
        Assignment.state.in_(("assigned", "accepted", "done"))
    )
    now = {(row[0], row[1]) for row in db.execute(active)}
    assert kept < now
    assert sorted(person == reserve.id for _talk, person in now - kept) == [False, True]
    me = actor_for(db, committee.chair)
    assert openings_of(db, me, committee.conference, now=DUE).reviews == 0


def test_every_way_to_drop_out_is_counted_once(committee, db):
    plan(db, committee)
    ada, ben, cat, dan, eve = committee.reviewers
    one, two, three = committee.submissions
    make_assignment(db, one, ada, "declined")
    make_assignment(db, one, ben)
    make_conflict(db, one, ben)
    make_assignment(db, two, cat, "accepted")
    db.query(Role).filter_by(person_id=cat.id, kind="reviewer").delete()
    make_assignment(db, two, dan)
    silent = make_assignment(db, three, eve)
    make_assignment(db, three, ada, "done")
    make_review(db, three, ada)
    db.add(
        Message(
            conference_id=committee.conference.id, kind=FIRST, object_key="x", epoch="e",
            person_id=eve.id, recipient="eve@example.org", subject="s", body="b",
            message_id="<1@x>", state="sent", due=DUE, created=DUE,
        )
    )  # fmt: skip
    silent.changed = DUE - timedelta(days=1)
    me = actor_for(db, committee.chair)
    early = openings_of(db, me, committee.conference, now=DUE + timedelta(days=4))
    assert dict(early.whys) == {"declined": 1, "conflict": 1, "left": 1}
    found = openings_of(db, me, committee.conference, now=DUE + timedelta(days=6))
    assert dict(found.whys) == {"declined": 1, "conflict": 1, "left": 1, "silent": 1}
    assert found.reviews == 4
    assert found.silent == {(three.id, eve.id)}
    make_conflict(db, three, committee.chair)
    mine = openings_of(db, actor_for(db, committee.chair), committee.conference, now=DUE)
    assert "silent" not in mine.whys


def test_silence_is_repaired_and_the_silent_are_told(
    committee, visitor_as: VisitorAs, work, db
):
    plan(db, committee, silent_days=1)
    ada, ben, cat, dan, reserve = committee.reviewers
    in_reserve(db, committee, reserve, reviews=5)
    pairs = [(ada, ben), (ben, cat), (cat, dan)]
    for talk, people in zip(committee.submissions, pairs, strict=True):
        for person in people:
            make_assignment(db, talk, person, "assigned" if person is ada else "accepted")
    db.add(
        Message(
            conference_id=committee.conference.id, kind=FIRST, object_key="x", epoch="e",
            person_id=ada.id, recipient="a@example.org", subject="s", body="b",
            message_id="<1@x>", state="sent", due=DUE, created=DUE,
        )
    )  # fmt: skip
    chair = visitor_as(committee.chair)
    page = chair.get(at(committee, "chair/assignment/"))
    assert "no answer after a reminder: 1" in page.text
    waiting = chair.submit(page, press="Propose a repair")
    work()
    repair = chair.get(waiting.path)
    assert "no answer after a reminder" in repair.text
    chair.submit(repair, press="Apply 2 changes")
    assert state(db, committee.submissions[0], ada) is None
    assert state(db, committee.submissions[0], reserve) == "assigned"
    told = mails(db, "handed_over")
    assert [one.person_id for one in told] == [ada.id]
    assert "1 of your reviews has been handed over" in told[0].subject


# Reminders --------------------------------------------------------------------------------------


def test_each_reminder_goes_once_to_those_with_open_reviews(committee, db):
    ada, ben, cat = committee.reviewers[:3]
    one, two = committee.submissions[:2]
    make_assignment(db, one, ada)
    make_assignment(db, one, ben, "done")
    make_review(db, one, ben)
    blocked = make_assignment(db, two, cat)
    make_conflict(db, two, cat)
    plan(db, committee, reminders={-1: FIRST, 2: SECOND, 9: LAST}, now=DUE - timedelta(days=9))
    assert blocked.state == "assigned"
    sweep(db, DUE - timedelta(days=2))
    assert mails(db, FIRST) == []
    before = datetime(2026, 9, 9, 7, 0, tzinfo=UTC)
    sweep(db, before)
    sweep(db, before + timedelta(minutes=1))
    assert [one.person_id for one in mails(db, FIRST)] == [ada.id]
    escalation.act(db, conference_id=committee.conference.id, links=LINKS, now=MORNING)
    db.rollback()
    assert mails(db, SECOND) == []
    sweep(db, MORNING)
    (mail,) = mails(db, SECOND)
    assert mail.person_id == ada.id
    assert mail.about_review
    assert one.title not in mail.subject + mail.body
    make_review(db, one, ada)
    db.scalars(select(Assignment).where(Assignment.person_id == ada.id)).one().state = "done"
    sweep(db, MORNING + timedelta(days=20))
    assert mails(db, LAST) == []
    assert not escalation.due_conferences(db, now=MORNING + timedelta(days=30))
    assert broken_links(db) == []


def test_after_a_long_sleep_only_the_newest_is_sent(committee, db):
    make_assignment(db, committee.submissions[0], committee.reviewers[0])
    plan(db, committee, reminders={-1: FIRST, 2: SECOND, 5: LAST}, now=DUE - timedelta(days=9))
    sweep(db, DUE + timedelta(days=30))
    assert (len(mails(db, FIRST)), len(mails(db, SECOND)), len(mails(db, LAST))) == (0, 0, 1)
    sweep(db, DUE + timedelta(days=31))
    assert db.scalar(select(func.count(Message.id))) == 1


def test_a_moment_that_is_over_is_passed_over_and_a_later_deadline_counts_anew(committee, db):
    make_assignment(db, committee.submissions[0], committee.reviewers[0])
    plan(db, committee, now=DUE + timedelta(days=4))
    sweep(db, DUE + timedelta(days=4))
    assert mails(db, FIRST) == []
    committee.conference.reviews_due = DUE + timedelta(days=10)
    sweep(db, MORNING + timedelta(days=9))
    assert mails(db, FIRST) == []
    sweep(db, MORNING + timedelta(days=10))
    assert len(mails(db, FIRST)) == 1


def test_two_workers_at_once_send_one(committee, engine, db):
    make_assignment(db, committee.submissions[0], committee.reviewers[0])
    plan(db, committee)
    db.commit()
    for _ in range(2):
        with open_session(engine, writes=True) as other:
            escalation.act(
                other, conference_id=committee.conference.id, links=LINKS, now=MORNING
            )
            other.commit()
    assert len(mails(db, FIRST)) == 1


def test_the_worker_follows_the_plan_where_everyone_reviews_too(db, config):
    committee = make_committee(db, submissions=2, reviewing="everyone", reviews_due=DUE)
    plan(db, committee, standby=False)
    db.commit()
    with time_machine.travel(MORNING, tick=True):
        run_due_once(config)
        run_due_once(config)
    assert len(mails(db, FIRST)) == len(committee.reviewers)


def test_a_chair_plans_reads_what_will_happen_and_is_refused_nonsense(
    committee, visitor_as: VisitorAs, db
):
    make_assignment(db, committee.submissions[0], committee.reviewers[0])
    committee.conference.reviews_due = clock.now() + timedelta(days=30)
    chair = visitor_as(committee.chair)
    path = at(committee, "chair/reviews/plan")
    page = chair.submit(chair.get(path), press="Add a reminder")
    filled = {"rows-0-days": "2", "rows-0-side": "after", "rows-0-kind": SECOND}
    nonsense = (
        {"rows-0-days": "-1"}, {"rows-0-days": "1e9"}, {"silent_days": "0"},
        {"send_at": "25:00"}, {"hand_over_days": "3"},
    )  # fmt: skip
    for wrong in nonsense:
        refused = chair.submit(page, {**filled, **wrong}, press="Save")
        assert refused.status == 422, wrong
        assert db.scalar(select(func.count()).select_from(LateReminder)) == 0
    saved = chair.submit(
        page, {**filled, "standby": True, "hand_over_days": "3"}, press="Save"
    )
    assert "1 reviewer gets reminder 1, as things are now." in saved.text
    assert "09:00 Prague" in saved.text
    assert "1 review that nobody has begun goes to stand-by" in saved.text
    assert "Second reminder: 1 review waits" in saved.text
    twice = chair.submit(saved, press="Add a reminder")
    twice = chair.submit(
        twice, {"rows-1-days": "2", "rows-1-side": "after", "rows-1-kind": LAST}, press="Save"
    )
    assert "Two reminders are on the same day." in twice.text
    assert db.scalars(select(LateReminder.kind)).all() == [SECOND]


# Hand-over --------------------------------------------------------------------------------------


def test_what_nobody_began_is_handed_over_once_and_can_be_given_back(
    committee, visitor_as: VisitorAs, config, db
):
    ada, ben, cat, reserve, second = committee.reviewers
    one, two, three = committee.submissions
    plan(db, committee, reminders={}, hand_over_days=2)
    in_reserve(db, committee, reserve, reviews=1)
    in_reserve(db, committee, second, reviews=1)
    for talk in (one, two, three):
        make_assignment(db, talk, ada)
    make_assignment(db, one, ben, "accepted")
    make_review(db, one, ben, state="draft")
    make_assignment(db, two, cat, "declined")
    make_conflict(db, three, reserve)
    make_conflict(db, three, second)
    db.commit()
    with time_machine.travel(MORNING - timedelta(minutes=1), tick=True):
        run_due_once(config)
        assert db.scalar(select(func.count(Job.id))) == 0
    db.rollback()
    with time_machine.travel(MORNING + timedelta(minutes=1), tick=True):
        run_due_once(config)
        run_due_once(config)
    (job,) = db.scalars(select(Job)).all()
    assert (job.state, job.result) == ("done", {"late": 3, "handed": 2})
    assert state(db, one, ben) == "accepted"
    assert [state(db, talk, ada) for talk in (one, two, three)] == [
        "handed_over", "handed_over", "assigned",
    ]  # fmt: skip
    takers = db.scalars(select(HandOver.taker_id)).all()
    assert sorted(takers) == sorted([reserve.id, second.id])
    given = {one.person_id: one.until for one in db.scalars(select(ReviewExtension))}
    assert given.keys() == {reserve.id, second.id}
    assert min(given.values()) >= MORNING + timedelta(days=2), "as long again as till then"
    told = {(mail.kind, mail.person_id) for mail in db.scalars(select(Message))}
    assert told == {
        ("handed_over", ada.id), ("assignment_new", reserve.id), ("assignment_new", second.id),
    }  # fmt: skip
    assert not any(talk.title in mails(db, "handed_over")[0].body for talk in (one, two))
    audits = select(func.count(AuditEntry.id)).where(AuditEntry.action == "assignment.hand_over")
    assert db.scalar(audits) == 2
    assert visitor_as(ada).get(at(committee, f"reviews/{one.code}/")).status == 404
    chair = visitor_as(committee.chair)
    page = chair.get(at(committee, "chair/assignment/answers/?show=handed_over"))
    assert page.text.count("Give back") == 2
    form = next(form for form in page.forms() if one.code in form.action)
    chair.client.post(form.action, data=dict(form.fields))
    assert state(db, one, ada) == "assigned"
    assert {state(db, one, reserve), state(db, one, second)} == {None}
    taker = reserve if state(db, two, reserve) else second
    make_review(db, two, taker, state="draft")
    form = next(form for form in page.forms() if two.code in form.action)
    assert chair.client.post(form.action, data=dict(form.fields)).status_code == 409
    assert state(db, two, ada) == "handed_over"


def test_what_changed_while_it_was_computed_stays(committee, db):
    ada, ben, _cat, reserve, second = committee.reviewers
    one, two, three = committee.submissions
    plan(db, committee, hand_over_days=2)
    in_reserve(db, committee, reserve, second, reviews=1)
    for talk in (one, two, three):
        make_assignment(db, talk, ada)
    moves = [
        handing.Move(one.id, ada.id, reserve.id),
        handing.Move(two.id, ada.id, reserve.id),
        handing.Move(three.id, ada.id, second.id),
        handing.Move(two.id, ben.id, second.id),
    ]
    make_review(db, one, ada, state="draft")
    make_conflict(db, three, second)
    done = handing.hand_over(
        db, committee.conference, moves=moves, epoch="e", links=LINKS, now=MORNING
    )
    assert done == 1
    assert [state(db, talk, ada) for talk in (one, two, three)] == [
        "assigned", "handed_over", "assigned",
    ]  # fmt: skip


def test_hand_over_is_off_until_switched_on_and_needs_stand_by(committee, db):
    make_assignment(db, committee.submissions[0], committee.reviewers[0])
    plan(db, committee, reminders={})
    sweep(db, MORNING + timedelta(days=50))
    assert db.scalar(select(func.count(Job.id))) == 0
    plan(db, committee, standby=False)
    with pytest.raises(NotNowError, match=r"standby\.off"):
        in_reserve(db, committee, committee.reviewers[1])


def test_a_repair_is_proposed_by_itself_once_and_never_applied(committee, config, db):
    ada, ben, *_others = committee.reviewers
    for talk in committee.submissions:
        make_assignment(db, talk, ada, "accepted")
        make_assignment(db, talk, ben, "accepted")
    plan(db, committee, reminders={}, proposes=True)
    sweep(db, DUE)
    assert db.scalar(select(func.count(Job.id))) == 0
    db.scalars(select(Assignment).where(Assignment.person_id == ben.id)).first().state = "declined"
    sweep(db, DUE)
    sweep(db, DUE)
    (job,) = db.scalars(select(Job)).all()
    db.commit()
    run_due_once(config)
    db.refresh(job)
    assert job.state == "done"
    active = select(func.count(Assignment.id)).where(Assignment.state == "accepted")
    assert db.scalar(active) == 5


# Progress ---------------------------------------------------------------------------------------


def test_answers_are_listed_for_those_who_may_know(committee, visitor_as: VisitorAs, db):
    ada, ben = committee.reviewers[:2]
    one, two = committee.submissions[:2]
    make_assignment(db, one, ada, "declined").reason = "On leave."
    make_assignment(db, two, ben, "accepted")
    other = make_track(db, committee.conference, "Elsewhere")
    track_chair = make_person(db, "Tia Track")
    give_role(db, committee.conference, track_chair, "track_chair", other)
    path = at(committee, "chair/assignment/answers/")
    chair = visitor_as(committee.chair)
    assert "On leave." in chair.get(path).text
    assert "On leave." not in chair.get(f"{path}?show=accepted").text
    assert ben.name in chair.get(f"{path}?show=late").text
    assert "On leave." not in visitor_as(track_chair).get(path).text
    make_conflict(db, one, committee.chair)
    assert "On leave." not in chair.get(path).text
    assert visitor_as(ada).get(path).status == 404


def test_the_pages_take_as_many_statements_for_few_as_for_many(
    committee, visitor_as: VisitorAs, app, db
):
    plan(db, committee, reminders={-2: FIRST, 2: SECOND, 5: LAST}, hand_over_days=2)
    chair = visitor_as(committee.chair)
    paths = [
        at(committee, rest)
        for rest in (
            "chair/", "chair/assignment/", "chair/assignment/answers/",
            "chair/assignment/standby", "chair/reviews/plan",
        )
    ]  # fmt: skip
    engine = app.extensions["cfp"].engine

    def counts() -> list[int]:
        found = []
        for path in paths:
            chair.get(path)
            with counted(engine) as statements:
                assert chair.get(path).status == 200
            found.append(len(statements))
        return found

    for person in committee.reviewers[:2]:
        make_assignment(db, committee.submissions[0], person, "declined")
    in_reserve(db, committee, committee.reviewers[4])
    few = counts()
    for talk in committee.submissions[1:]:
        for person in committee.reviewers[:3]:
            make_assignment(db, talk, person, "declined")
    in_reserve(db, committee, *committee.reviewers[2:4])
    assert counts() == few
    assert max(few) <= 15
    assert few[2] <= 10
    assert db.scalar(select(func.count(Standby.id))) == 3
    assert db.get(LatePlan, committee.conference.id)


def test_a_worker_killed_at_any_moment_leaves_each_thing_done_once(committee, config, engine, db):
    """Reminder and hand-over are due; workers die over them, and the last one finds the rest."""
    ada, reserve = committee.reviewers[0], committee.reviewers[4]
    committee.conference.reviews_due = clock.now() - timedelta(days=3)
    plan(db, committee, now=clock.now() - timedelta(days=2, hours=23), hand_over_days=2)
    in_reserve(db, committee, reserve, reviews=3)
    for talk in committee.submissions:
        make_assignment(db, talk, ada)
    db.commit()

    def happened(what: Select[Any]) -> Callable[[], bool]:
        def look() -> bool:
            with open_session(engine, writes=False) as fresh:
                return bool(fresh.scalar(what))

        return look

    running = select(func.count(Job.id)).where(Job.state != "queued")
    for what in (select(func.count(Message.id)), running):
        with a_worker(config) as worker:
            wait_for(happened(what), worker)
            worker.kill()
    with a_worker(config) as worker:
        wait_for(happened(select(func.count(Job.id)).where(Job.state == "done")), worker)
    assert [mail.person_id for mail in mails(db, FIRST)] == [ada.id]
    assert [mail.person_id for mail in mails(db, "handed_over")] == [ada.id]
    assert {state(db, talk, ada) for talk in committee.submissions} == {"handed_over"}
    assert db.scalar(select(func.count(HandOver.id))) == 3
    assert len(db.scalars(select(Job)).all()) == 1
