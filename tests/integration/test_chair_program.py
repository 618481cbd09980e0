"""The schedule pages: place, move, take out, preview, publish, slides and videos."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from cfp.domain.accounts.models import Person
from cfp.domain.conferences.models import Conference
from cfp.domain.program.models import Placement, ProgramVersion
from cfp.domain.submissions.models import Submission
from cfp.domain.submissions.states import State
from tests.factories import give_role, make_conference, make_person, make_submission
from tests.support.statements import counted
from tests.support.visitor import Visitor

DASH = "\N{EN DASH}"
Log_in = Callable[[Person], Visitor]


@pytest.fixture
def chair(db: Session) -> Person:
    return make_person(db, "Cher Chair")


@pytest.fixture
def conference(db: Session, chair: Person) -> Conference:
    conference = make_conference(db, "netconf")
    give_role(db, conference, chair, "chair")
    return conference


@pytest.fixture
def talk(db: Session, conference: Conference) -> Submission:
    person = make_person(db, "Ada Example")
    make_submission(db, conference, [person], title="Undecided", state="submitted")
    return make_submission(db, conference, [person], title="Flows", state="confirmed")


def place(visitor: Visitor, **values: str) -> object:
    page = visitor.get("/netconf/chair/program/")
    return visitor.submit(page, values, to="/netconf/chair/program/")


def test_from_placing_to_the_public_page(
    visitor_as: Log_in, stranger: Visitor, chair: Person, talk: Submission, db: Session
) -> None:
    visitor = visitor_as(chair)
    page = place(visitor, what=talk.code, day="2026-11-19", start="10:00")
    assert f"10:00{DASH}10:30" in page.text
    assert "Undecided" not in page.text
    page = place(visitor, what="", title="Lunch", day="2026-11-19", start="12:00", minutes="60")
    assert f"12:00{DASH}13:00" in page.text
    page = visitor.get("/netconf/chair/program/preview")
    assert "Lunch" in page.text
    assert stranger.get("/netconf/program/").status == 404
    page = visitor.get("/netconf/chair/program/publish")
    page = visitor.submit(page, {"note": "First."}, press="Publish version 1")
    assert "Version" in page.text
    public = stranger.get("/netconf/program/")
    assert "Flows" in public.text
    assert "Lunch" in public.text
    assert ">10:00</time>" in public.html
    page = visitor.get("/netconf/chair/program/publish")
    assert "Nothing has changed" in page.text


def test_moving_shows_its_difference_and_removing_too(
    visitor_as: Log_in, chair: Person, talk: Submission, db: Session
) -> None:
    visitor = visitor_as(chair)
    place(visitor, what=talk.code, day="2026-11-19", start="10:00")
    place(visitor, what="", title="Lunch", day="2026-11-20", start="12:00", minutes="60")
    page = visitor.get("/netconf/chair/program/publish")
    visitor.submit(page, {"note": "First."})
    slots = {row.minutes: row.id for row in db.query(Placement)}
    page = visitor.get(f"/netconf/chair/program/slots/{slots[30]}/")
    values = {"day": "2026-11-20", "start": "09:15", "minutes": "20"}
    page = visitor.submit(page, values, press="Move")
    assert f"09:15{DASH}09:35" in page.text
    assert "Shorter than the talk was accepted for" in page.text
    changes = visitor.get("/netconf/chair/program/publish").text
    assert "Moved: Flows" in changes
    lunch = slots[60]
    page = visitor.get(f"/netconf/chair/program/slots/{lunch}/")
    page = visitor.submit(page, press="Take out of the schedule")
    assert "Lunch" not in page.text
    assert "Removed: Lunch" in visitor.get("/netconf/chair/program/publish").text


def test_a_stale_move_is_refused_and_changes_nothing(
    visitor_as: Log_in, chair: Person, talk: Submission, db: Session
) -> None:
    visitor = visitor_as(chair)
    place(visitor, what=talk.code, day="2026-11-19", start="10:00")
    slot = db.query(Placement).one()
    path = f"/netconf/chair/program/slots/{slot.id}/"
    first, second = visitor.get(path), visitor.get(path)
    assert visitor.submit(first, {"start": "11:00"}, press="Move").status == 200
    assert visitor.submit(second, {"start": "12:00"}, press="Move").status == 409
    assert f"11:00{DASH}11:30" in visitor.get("/netconf/chair/program/").text


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"start": ""}, "Please give a time"),
        ({"start": "25:00"}, "time"),
        ({"minutes": "0"}, "Number must be between"),
        ({"minutes": "-5"}, "Number must be between"),
        ({"minutes": "1441"}, "Number must be between"),
        ({"minutes": "x"}, "integer"),
        ({"title": ""}, "Please give the break a title"),
        ({"title": "x" * 301}, "300"),
        ({"title": "a\x00b"}, "can't be stored"),
    ],
)
def test_bad_input_is_an_error_at_its_field(
    visitor_as: Log_in,
    chair: Person,
    talk: Submission,
    db: Session,
    values: dict[str, str],
    said: str,
) -> None:
    good = {"what": "", "title": "Lunch", "day": "2026-11-19", "start": "12:00", "minutes": "60"}
    page = place(visitor_as(chair), **{**good, **values})
    assert page.status == 422
    assert said in page.text
    assert db.query(Placement).count() == 0


@pytest.mark.parametrize(
    "forged", [{"what": "ZZZZZZ"}, {"day": "2026-12-24"}, {"room": "99999"}, {"day": "never"}]
)
def test_what_was_not_offered_is_refused(
    visitor_as: Log_in, chair: Person, talk: Submission, db: Session, forged: dict[str, str]
) -> None:
    visitor = visitor_as(chair)
    page = visitor.get("/netconf/chair/program/")
    form = page.form(to="/netconf/chair/program/")
    data = {**dict(form.fields), "what": "", "title": "Lunch", "start": "12:00", **forged}
    assert visitor.client.post("/netconf/chair/program/", data=data).status_code == 422
    assert db.query(Placement).count() == 0


def test_a_double_click_places_once(
    visitor_as: Log_in, chair: Person, talk: Submission, db: Session
) -> None:
    visitor = visitor_as(chair)
    page = visitor.get("/netconf/chair/program/")
    for _ in range(2):
        values = {"what": "", "title": "Lunch", "start": "12:00", "minutes": "60"}
        answer = visitor.submit(page, values, to="/netconf/chair/program/")
        assert answer.status == 200
    assert db.query(Placement).count() == 1


@pytest.mark.parametrize("kind", ["reader", "reviewer", None])
def test_only_chairs_change_the_program(
    visitor_as: Log_in,
    chair: Person,
    conference: Conference,
    talk: Submission,
    db: Session,
    kind: str | None,
) -> None:
    other = make_person(db)
    if kind:
        give_role(db, conference, other, kind)
    visitor = visitor_as(other)
    expected = 200 if kind == "reader" else 404
    assert visitor.get("/netconf/chair/program/").status == expected
    for path in ("publish", "materials", f"materials/{talk.code}/", "slots/1/"):
        assert visitor.get(f"/netconf/chair/program/{path}").status in {403, 404}, path
    assert db.query(ProgramVersion).count() == 0


def test_materials_by_chair_and_after_a_chairs_ok(
    visitor_as: Log_in,
    stranger: Visitor,
    chair: Person,
    conference: Conference,
    talk: Submission,
    db: Session,
) -> None:
    visitor = visitor_as(chair)
    visitor.submit(visitor.get("/netconf/chair/program/publish"), {"note": "First."})
    path = f"/netconf/chair/program/materials/{talk.code}/"
    page = visitor.submit(visitor.get(path), {"slides": "javascript:alert(1)"})
    assert page.status == 422
    page = visitor.submit(visitor.get(path), {"slides": "https://example.org/flows.pdf"})
    assert page.status == 200
    assert "https://example.org/flows.pdf" in stranger.get("/netconf/program/").html
    page = visitor.submit(visitor.get(path), {"slides": ""})
    assert "flows.pdf" not in stranger.get("/netconf/program/").html


@pytest.mark.parametrize("talks", [3, 40])
def test_the_pages_take_few_statements_whatever_the_size(
    visitor_as: Log_in,
    chair: Person,
    conference: Conference,
    talk: Submission,
    db: Session,
    talks: int,
) -> None:
    person = make_person(db)
    for _ in range(talks):
        make_submission(db, conference, [person], state=State.CONFIRMED)
    visitor = visitor_as(chair)
    for path in ("", "publish", "materials"):
        with counted(visitor.client.application.extensions["cfp"].engine) as statements:
            assert visitor.get(f"/netconf/chair/program/{path}").status == 200
        assert len(statements) <= 15, [path, *statements]
