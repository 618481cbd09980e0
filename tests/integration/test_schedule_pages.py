"""The pages of the schedule: stale and refused forms, undo, sessions, drafts, a computed plan."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from cfp import clock
from cfp.domain.accounts.models import Person
from cfp.domain.jobs import Job, claim
from cfp.domain.program.models import Placement, ProgramDraft, ProgramSession, TimetableProposal
from cfp.jobs import registry
from cfp.jobs.context import JobContext
from tests.factories import NOW, give_role, make_conflict, make_person
from tests.support.planning import Setting, at, make_setting
from tests.support.statements import counted
from tests.support.visitor import Visitor

PAGE = "/netconf/chair/program/"
Log_in = Callable[[Person], Visitor]


@pytest.fixture
def here(db: Session) -> Setting:
    return make_setting(db)


@pytest.fixture
def chair(here: Setting, visitor_as: Log_in) -> Visitor:
    return visitor_as(here.chair)


def starts(here: Setting) -> list[object]:
    here.db.expire_all()
    return [one.start for one in here.plan().placed]


def test_a_stale_move_shows_both_places(here: Setting, chair: Visitor) -> None:
    row = here.place(here.talk("One"))
    path = f"{PAGE}slots/{row.id}/"
    first, second = chair.get(path), chair.get(path)
    chair.submit(first, {"start": "11:00", "room": str(here.attic.id)}, press="Move")
    page = chair.submit(second, {"start": "12:00", "minutes": "45"}, press="Move")
    assert page.status == 409
    assert "Thu 19 Nov, 12:00, 45 min, Hall" in page.text
    assert "Thu 19 Nov, 11:00, 30 min, Attic" in page.text
    assert starts(here) == [at(60)]


def test_how_many_people_are_expected_stays_whatever_is_dragged(
    here: Setting, chair: Visitor
) -> None:
    row = here.place(here.talk("One"), room_id=here.attic.id)
    path = f"{PAGE}slots/{row.id}/"
    page = chair.submit(chair.get(path), {"audience": "0"}, press="Move")
    assert page.status == 422
    page = chair.submit(page, {"audience": "999"}, press="Move")
    assert "More people are expected than Attic has seats" in page.text
    dragged = {k: v for k, v in chair.get(path).form("audience").fields if k != "audience"}
    chair.client.post(path, data={**dragged, "start": "11:00"})
    assert starts(here) == [at(60)]
    assert "More people are expected than Attic" in chair.get(PAGE).text
    page = chair.submit(chair.get(path), {"audience": ""}, press="Move")
    assert "More people are" not in page.text


def test_undo_and_redo_are_buttons_that_say_what(here: Setting, chair: Visitor) -> None:
    row = here.place(here.talk("One"))
    page = chair.get(f"{PAGE}slots/{row.id}/")
    page = chair.submit(page, {"start": "11:00"}, press="Move")
    page = chair.submit(page, press="Undo: move One")
    assert starts(here) == [at(0)]
    page = chair.submit(page, press="Redo: move")
    assert starts(here) == [at(60)]
    row = here.db.query(Placement).one()
    row.start = at(90)
    page = chair.submit(page, press="Undo: move One")
    assert page.status == 409
    assert "Somebody has changed this part" in page.text
    assert starts(here) == [at(90)]


def test_a_session_is_made_changed_moved_and_dissolved(here: Setting, chair: Visitor) -> None:
    rows = [here.place(here.talk(f"Talk {n}"), 30 * n) for n in range(2)]
    picked = [f"{row.id}-{row.revision}" for row in rows]
    page = chair.get(PAGE)
    values = {"title": "Morning", "chair": "Ada Example", "picked": picked}
    page = chair.submit(page, {**values, "title": ""}, press="Make the session")
    assert page.status == 422
    assert "Please give the session a title" in page.text
    page = chair.submit(page, values, press="Make the session")
    assert "chaired by Ada Example" in page.text
    page = chair.get(f"{PAGE}sessions/1/")
    page = chair.submit(page, {"title": "Noon"}, press="Save")
    assert "Noon" in page.text
    page = chair.get(f"{PAGE}sessions/1/")
    chair.submit(page, {"start": "12:00", "room": str(here.attic.id)}, press="Move the session")
    assert starts(here) == [at(120), at(150)]
    page = chair.submit(chair.get(f"{PAGE}sessions/1/"), press="Dissolve the session")
    assert "Noon" not in page.text
    assert chair.get(f"{PAGE}sessions/1/").status == 404
    assert here.db.query(ProgramSession).count() == 1


def test_what_the_program_s_text_cannot_carry_is_refused_at_its_field(
    here: Setting, chair: Visitor
) -> None:
    row = here.place(here.talk("One"))
    page = chair.get(PAGE)
    values = {"title": "Morning", "chair": "", "picked": [f"{row.id}-{row.revision}"]}
    for wrong, said in (
        ({"title": "Morning |TOP|"}, "program page ends titles so"),
        ({"chair": "Ada; Ben"}, "without semicolons"),
        ({"chair": "Ada (remote"}, "each bracket closed"),
    ):
        refused = chair.submit(page, {**values, **wrong}, press="Make the session")
        assert refused.status == 422
        assert said in refused.text
    assert here.db.query(ProgramSession).count() == 0
    words = {"title": "Lunch |TOP|", "start": "15:00", "minutes": "30"}
    refused = chair.submit(chair.get(PAGE), words, to=PAGE)
    assert refused.status == 422
    assert "program page ends titles so" in refused.text
    assert starts(here) == [row.start]


def test_slots_that_moved_meanwhile_make_no_session(here: Setting, chair: Visitor) -> None:
    row = here.place(here.talk("One"))
    page = chair.get(PAGE)
    other = chair.get(f"{PAGE}slots/{row.id}/")
    chair.submit(other, {"start": "11:00"}, press="Move")
    values = {"title": "Morning", "picked": [f"{row.id}-1"]}
    assert chair.submit(page, values, press="Make the session").status in {409, 422}
    assert here.db.query(ProgramSession).count() == 0


def test_swap_pin_and_give_once_more(here: Setting, chair: Visitor) -> None:
    one, two = here.talk("One"), here.talk("Two")
    first, second = here.place(one), here.place(two, 60, room_id=here.attic.id)
    page = chair.get(f"{PAGE}slots/{first.id}/")
    value = f"{second.id}-{second.revision}"
    chair.submit(page, {"other": value}, press="Swap")
    here.db.expire_all()
    assert (first.start, first.room_id) == (at(60), here.attic.id)
    page = chair.get(f"{PAGE}slots/{first.id}/")
    assert "stays" in chair.submit(page, {"pinned": "y"}, press="Move").text
    page = chair.get(f"{PAGE}?again={one.code}")
    chair.submit(page, {"what": f"again-{one.code}", "start": "15:00"}, to=PAGE)
    assert starts(here).count(at(300)) == 1
    page = chair.get(PAGE)
    assert "again-" not in page.html


def test_a_talk_is_replaced_by_one_of_the_waitlist(here: Setting, chair: Visitor) -> None:
    gone, waiting = here.talk("Gone"), here.talk("Waiting", state="waitlisted")
    row = here.place(gone)
    gone.state = "canceled"
    page = chair.get(f"{PAGE}slots/{row.id}/")
    page = chair.submit(page, {"by": waiting.code}, press="Replace")
    assert "Its acceptance is pending" in page.text
    assert "acceptance, pending" in page.text
    assert "Waiting" not in chair.get(f"{PAGE}preview").text


def test_a_room_runs_late(here: Setting, chair: Visitor) -> None:
    here.place(here.talk("One"))
    page = chair.get(f"{PAGE}late")
    values = {"day": "2026-11-19", "start": "10:00", "minutes": "15", "room": str(here.hall.id)}
    bad = chair.submit(page, {**values, "minutes": "999"}, press="Shift")
    assert bad.status == 422
    nothing = chair.submit(page, {**values, "start": "10:05"}, press="Shift")
    assert nothing.status == 422
    assert "Nothing begins there" in nothing.text
    chair.submit(page, values, press="Shift")
    assert starts(here) == [at(15)]


def test_drafts_are_copied_named_used_and_thrown_away(here: Setting, chair: Visitor) -> None:
    here.place(here.talk("One"))
    page = chair.get(f"{PAGE}drafts/")
    assert chair.submit(page, {"name": ""}, press="Copy").status == 422
    page = chair.submit(page, {"name": "Plan B"}, press="Copy")
    assert "This is the draft “Plan B”" in page.text
    copy = here.db.query(ProgramDraft).filter_by(current=False).one()
    row = here.db.query(Placement).filter_by(draft_id=copy.id).one()
    chair.submit(chair.get(f"{PAGE}slots/{row.id}/"), {"start": "11:00"}, press="Move")
    assert starts(here) == [at(0)]
    changes = chair.get(f"{PAGE}changes?draft={copy.id}")
    assert "Nothing is public yet" in changes.text
    page = chair.submit(chair.get(f"{PAGE}drafts/"), press="Make current Plan B")
    assert starts(here) == [at(60)]
    assert chair.get(f"{PAGE}?draft=99999").status == 404
    assert chair.get(f"{PAGE}?draft=x").status == 404
    chair.submit(page, press="Throw away Draft")
    assert here.db.query(ProgramDraft).count() == 1


def test_a_blocked_chair_and_a_reader_see_no_trace_of_a_secret_slot(
    here: Setting, visitor_as: Log_in
) -> None:
    blocked, reader = make_person(here.db), make_person(here.db)
    give_role(here.db, here.conference, blocked, "chair")
    give_role(here.db, here.conference, reader, "reader")
    here.place(here.talk("Open"))
    secret = here.secret("Secret title")
    make_conflict(here.db, secret, blocked)
    people = [visitor_as(person) for person in (blocked, reader)]
    before = [one.get(PAGE).text for one in people]
    row = here.place(secret, 60)
    assert [one.get(PAGE).text for one in people] == before
    assert people[0].get(f"{PAGE}slots/{row.id}/").status == 404
    for text in before:
        assert "Secret title" not in text


def test_the_page_takes_few_statements_and_the_same_for_more(
    here: Setting, chair: Visitor, app: Flask
) -> None:
    found = []
    for size in (2, 40):
        for number in range(size):
            here.place(here.talk(f"Talk {size} {number}"), 5 * number, 5)
            here.secret(f"Secret {size} {number}")
        counts = []
        for path in ("", "changes", "drafts/", "auto", "late"):
            with counted(app.extensions["cfp"].engine) as statements:
                assert chair.get(f"{PAGE}{path}").status == 200
            counts.append(len(statements))
        found.append(counts)
    assert found[0] == found[1]
    assert max(found[1]) <= 15, found


# A computed plan ------------------------------------------------------------------------------


def compute(here: Setting, engine: Engine) -> TimetableProposal:
    """Do the job that waits, as its process would."""
    here.db.expire_all()
    job = here.db.query(Job).order_by(Job.id.desc()).first()
    assert job is not None
    now = clock.now()
    claimed = claim(here.db, job.id, claimed_by="test", now=now, lease=now - NOW)
    assert claimed is not None
    here.db.commit()
    context = JobContext(engine, claimed, "test")
    try:
        context.finish(registry.TASKS[job.kind].load()(context))
    finally:
        context.close()
    here.db.expire_all()
    return here.db.query(TimetableProposal).order_by(TimetableProposal.id.desc()).one()


def test_a_computed_plan_is_looked_at_applied_and_taken_back(
    here: Setting, chair: Visitor, engine: Engine
) -> None:
    ada = make_person(here.db, "Ada")
    stays = here.place(here.talk("Stays", ada), 60, room_id=here.attic.id)
    here.place("Lunch", 120, 60, room_id=None)
    talks = [here.talk(f"Talk {n}", ada) for n in range(2)]
    picky = here.talk("Only at three")
    here.said(picky, availability={"2026-11-19": "15:00-15:30", "2026-11-20": "none"})
    page = chair.get(f"{PAGE}auto")
    assert "Not everything fits" not in page.text
    page = chair.submit(page, {"keep": "placed", "seconds": "10"}, press="Compute")
    assert "It waits for its turn." in page.text
    found = compute(here, engine)
    page = chair.get(page.path)
    assert page.path == f"{PAGE}auto/{found.id}"
    assert "Apply 3 changes" in page.text
    page = chair.submit(page, press="Apply 3 changes")
    plan = here.plan()
    assert plan.unplaced == []
    placed = {one.title: one for one in plan.placed}
    assert placed["Stays"].placement_id == stays.id
    assert (placed["Only at three"].start, placed["Stays"].start) == (at(300), at(60))
    hers = sorted((placed[t.title].start, placed[t.title].end) for t in talks)
    assert all(end <= at(60) or start >= at(90) for start, end in hers)
    assert hers[0][1] <= hers[1][0]
    assert "Apply" not in chair.get(f"{PAGE}auto/{found.id}").text
    chair.submit(chair.get(PAGE), press="Undo: apply the proposal")
    here.db.expire_all()
    assert [one.title for one in here.plan().placed] == ["Stays", "Lunch"]


def test_a_plan_computed_from_what_has_changed_since_is_not_applied(
    here: Setting, chair: Visitor, engine: Engine
) -> None:
    row = here.place(here.talk("One"))
    here.talk("Two")
    chair.submit(chair.get(f"{PAGE}auto"), {"seconds": "5"}, press="Compute")
    found = compute(here, engine)
    page = chair.get(f"{PAGE}auto/{found.id}")
    chair.submit(chair.get(f"{PAGE}slots/{row.id}/"), {"start": "11:00"}, press="Move")
    page = chair.submit(page, press="Apply 1 change")
    assert page.status == 409
    assert starts(here) == [at(60)]
    page = chair.get(f"{PAGE}auto/{found.id}")
    assert "can't be applied" in page.text
    chair.submit(page, press="Discard")
    here.db.expire_all()
    assert found.state == "discarded"


def test_what_can_t_fit_is_said_before_anything_is_computed(here: Setting, chair: Visitor) -> None:
    for number in range(3):
        here.talk(f"Talk {number}")
    impossible = here.talk("Never")
    here.said(impossible, availability={"2026-11-19": "none", "2026-11-20": "none"})
    page = chair.get(f"{PAGE}auto")
    hours = {"opens": "09:00", "closes": "09:20", "seconds": "5"}
    page = chair.submit(page, hours, press="Compute")
    assert page.status == 422
    assert "Not everything fits" in page.text
    assert "needs 30 minutes; the longest free time is 20" in page.text
    assert here.db.query(Job).count() == 0
    page = chair.submit(page, {**hours, "anyway": "y"}, press="Compute")
    assert here.db.query(Job).count() == 1
    hours = {"opens": "18:00", "closes": "09:00"}
    page = chair.submit(chair.get(f"{PAGE}auto"), hours, press="Compute")
    assert page.status == 422
    assert "has to end after it begins" in page.text


def test_a_proposal_with_a_secret_is_nobody_s_who_may_not_know_it(
    here: Setting, chair: Visitor, engine: Engine, visitor_as: Log_in
) -> None:
    blocked = make_person(here.db)
    give_role(here.db, here.conference, blocked, "chair")
    make_conflict(here.db, here.secret("Secret title"), blocked)
    chair.submit(chair.get(f"{PAGE}auto"), {"seconds": "5"}, press="Compute")
    found = compute(here, engine)
    assert [row["code"] for row in found.result["placements"]] == found.result["codes"]
    assert "Secret title" in chair.get(f"{PAGE}auto/{found.id}").text
    other = visitor_as(blocked)
    assert other.get(f"{PAGE}auto/{found.id}").status == 404
    assert "Secret title" not in other.get(f"{PAGE}auto").text
