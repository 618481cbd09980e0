"""The confirm page, by log-in and by the button in the mail."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from cfp.domain.accounts.models import Person, Token
from cfp.domain.conferences.models import Conference
from cfp.domain.decisions import confirmations
from cfp.domain.decisions.models import Confirmation, Decision
from cfp.domain.submissions.models import Speaker, Submission
from cfp.domain.submissions.states import State
from tests.factories import make_person, make_submission
from tests.support.mailbox import mails
from tests.support.talks import hours, open_conference
from tests.support.visitor import Page, Visitor

As = Callable[[Person], Visitor]
ANSWER = {"format_fits": "yes", "remote": "yes", "zone": "Asia/Kolkata", "recording": "no"}


@pytest.fixture
def conference(db: Session) -> Conference:
    return open_conference(db)


@pytest.fixture
def ada(db: Session) -> Person:
    return make_person(db, "Ada Example", email="ada@example.org")


@pytest.fixture
def talk(db: Session, conference: Conference, ada: Person) -> Submission:
    talk = make_submission(db, conference, [ada, "Chen"], state="accepted", title="Flows")
    db.add(
        Decision(
            conference_id=conference.id,
            submission_id=talk.id,
            outcome="accepted",
            type_id=talk.type_id,
            minutes=20,
            at=hours(0),
        )
    )
    db.commit()
    return talk


def url(talk: Submission) -> str:
    return f"/netconf/submissions/{talk.code}/confirm"


def token_url(db: Session, conference: Conference, talk: Submission, person: Person) -> str:
    secret = confirmations.issue_confirm_token(db, conference, talk, person, now=hours(0))
    db.commit()
    return f"/confirm/{secret}"


def answer(db: Session) -> Confirmation:
    db.expire_all()
    return db.scalars(select(Confirmation)).one()


def state(db: Session, talk: Submission) -> str:
    return db.get_one(Submission, talk.id).state


def test_everything_is_asked_at_once_and_kept(
    conference: Conference,
    talk: Submission,
    ada: Person,
    db: Session,
    engine: Engine,
    visitor_as: As,
) -> None:
    visitor = visitor_as(ada)
    page = visitor.get(url(talk))
    assert "Talk, 20 + 5 minutes" in page.text
    assert "Chen" in page.text
    day = conference.start_date.isoformat()
    typed = {**ANSWER, f"day_{day}": "morning", "bio": "Ada measures.", "remark": "A pointer"}
    page = visitor.submit(page, typed, press="Confirm")
    assert page.path == f"/netconf/submissions/{talk.code}/"
    assert state(db, talk) == State.CONFIRMED
    kept = answer(db)
    assert (kept.remote, kept.zone, kept.recording) == (True, "Asia/Kolkata", False)
    assert (kept.format_fits, kept.remark, kept.person_id) == (True, "A pointer", ada.id)
    assert kept.availability[day] == "morning"
    own = db.scalars(select(Speaker).where(Speaker.person_id == ada.id)).one()
    assert own.bio == "Ada measures."
    assert [mail.recipient for mail in mails(engine, "confirmed")] == ["ada@example.org"]


def test_nothing_is_assumed(talk: Submission, ada: Person, db: Session, visitor_as: As) -> None:
    visitor = visitor_as(ada)
    page = visitor.submit(visitor.get(url(talk)), {"remark": "Hello"}, press="Confirm")
    assert page.status == 422
    assert page.text.count("Choose one.") == 6, "three in the summary, three at the fields"
    assert dict(page.form("format_fits").fields)["remark"] == "Hello"
    assert state(db, talk) == State.ACCEPTED


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("zone", "Europe/Nowhere"),
        ("remote", "perhaps"),
        ("recording", "x"),
        ("remark", "x" * 2001),
        ("bio", "a\x00b"),
        ("format_fits", ""),
    ],
)
def test_bad_input_stores_nothing(
    talk: Submission, ada: Person, db: Session, visitor_as: As, field: str, value: str
) -> None:
    visitor = visitor_as(ada)
    form = visitor.get(url(talk)).form("format_fits")
    data = {**dict(form.fields), **ANSWER, field: value}
    assert visitor.client.post(url(talk), data=data).status_code == 422
    assert db.scalars(select(Confirmation)).all() == []
    assert state(db, talk) == State.ACCEPTED


def test_an_answer_can_be_changed_and_taken_back(
    talk: Submission, ada: Person, db: Session, engine: Engine, visitor_as: As
) -> None:
    visitor = visitor_as(ada)
    visitor.submit(visitor.get(url(talk)), ANSWER, press="Confirm")
    page = visitor.get(url(talk))
    assert ("zone", "Asia/Kolkata") in page.form("format_fits").fields
    visitor.submit(page, {"remote": "no"}, press="Save changes")
    assert (answer(db).remote, answer(db).zone) == (False, "")
    assert len(mails(engine, "confirmed")) == 1
    page = visitor.get(url(talk))
    visitor.submit(page, {"reason": "No visa"}, press="We can't come")
    assert state(db, talk) == State.DECLINED
    assert answer(db).reason == "No visa"
    assert len(mails(engine, "declined")) == 1
    assert visitor.get(url(talk)).path == f"/netconf/submissions/{talk.code}/"


def test_any_speaker_answers_and_nobody_else(
    conference: Conference, talk: Submission, db: Session, visitor_as: As, stranger: Visitor
) -> None:
    ben = make_person(db, "Ben")
    shared = make_submission(db, conference, [make_person(db), ben], state="accepted")
    visitor = visitor_as(ben)
    assert visitor.submit(visitor.get(url(shared)), ANSWER, press="Confirm").status == 200
    assert state(db, shared) == State.CONFIRMED
    assert visitor.get(url(talk)).status == 404
    assert stranger.client.get(url(talk)).status_code == 302


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "name", [State.DRAFT, State.SUBMITTED, State.REJECTED, State.WAITLISTED, State.WITHDRAWN]
)
def test_there_is_nothing_to_confirm_in_other_states(
    conference: Conference, ada: Person, talk: Submission, db: Session, visitor_as: As, name: State
) -> None:
    other = make_submission(db, conference, [ada], state=name)
    visitor = visitor_as(ada)
    form = visitor.get(url(talk)).form("format_fits")
    sent = visitor.client.post(url(other), data={**dict(form.fields), **ANSWER})
    assert sent.status_code in {403, 409}
    assert state(db, other) == name


# By the button in the mail ---------------------------------------------------------------------


def test_the_button_shows_and_its_press_confirms_without_log_in(
    conference: Conference, talk: Submission, ada: Person, db: Session, stranger: Visitor
) -> None:
    address = token_url(db, conference, talk, ada)
    page = stranger.get(address)
    assert page.status == 200
    assert state(db, talk) == State.ACCEPTED, "a GET does nothing"
    page = stranger.submit(page, ANSWER, press="Confirm")
    assert page.path == address
    assert "It is confirmed" in page.text
    assert (state(db, talk), answer(db).person_id) == (State.CONFIRMED, ada.id)
    assert stranger.client.get(f"/netconf/submissions/{talk.code}/").status_code == 302


def test_the_button_serves_one_act_once(
    conference: Conference, talk: Submission, ada: Person, db: Session, stranger: Visitor
) -> None:
    address = token_url(db, conference, talk, ada)
    page = stranger.get(address)
    stranger.submit(page, ANSWER, press="Confirm")
    assert not any("reason" in form.names for form in stranger.get(address).forms())
    again = stranger.submit(page, {"reason": "Changed my mind"}, press="We can't come")
    assert again.status in {409, 422}
    assert state(db, talk) == State.CONFIRMED


def test_the_button_can_also_say_no(
    conference: Conference, talk: Submission, ada: Person, db: Session, stranger: Visitor
) -> None:
    page = stranger.get(token_url(db, conference, talk, ada))
    page = stranger.submit(page, {"reason": "No visa"}, press="We can't come")
    assert "you can't come" in page.text
    assert (state(db, talk), answer(db).reason) == (State.DECLINED, "No visa")


def test_double_pressed_it_is_one_answer(
    conference: Conference,
    talk: Submission,
    ada: Person,
    db: Session,
    engine: Engine,
    stranger: Visitor,
) -> None:
    address = token_url(db, conference, talk, ada)
    data = {**dict(stranger.get(address).form("format_fits").fields), **ANSWER}
    first = stranger.client.post(address, data=data)
    second = stranger.client.post(address, data=data)
    assert first.status_code == second.status_code == 303
    assert first.location == second.location
    assert len(mails(engine, "confirmed")) == 1


def test_a_button_that_is_unknown_old_or_of_somebody_who_left_opens_nothing(
    conference: Conference, talk: Submission, ada: Person, db: Session, stranger: Visitor
) -> None:
    assert stranger.get("/confirm/nonsense").status == 404
    assert stranger.client.post("/confirm/nonsense").status_code in {404, 422}
    ben = make_person(db, "Ben")
    assert stranger.get(token_url(db, conference, talk, ben)).status == 404
    address = token_url(db, conference, talk, ada)
    for token in db.scalars(select(Token)):
        token.expires = hours(-1)
    page = stranger.get(address)
    assert page.status == 409
    assert "too old" in page.text


def test_another_token_is_no_button(
    conference: Conference, talk: Submission, ada: Person, db: Session, stranger: Visitor
) -> None:
    address = token_url(db, conference, talk, ada)
    for token in db.scalars(select(Token)):
        token.purpose = "log_in"
    assert stranger.get(address).status == 404


def test_when_they_can_t_is_told_to_the_schedule_as_intervals(conference: Conference) -> None:
    conference.zone = "Europe/Prague"
    row = Confirmation(
        availability={
            "2026-11-19": "morning",
            "2026-11-20": "none",
            "2026-11-21": "any",
            "2026-11-22": "afternoon",
        }
    )

    def utc(day: int, hour: int) -> datetime:
        return datetime(2026, 11, day, hour, tzinfo=UTC)

    assert confirmations.unavailable(conference, row) == [
        (utc(19, 12), utc(19, 23)),
        (utc(19, 23), utc(20, 23)),
        (utc(21, 23), utc(22, 12)),
    ]


@pytest.mark.parametrize(
    ("since", "until", "kept"),
    [("09:30", "12:00", "09:30-12:00"), ("", "11:00", "00:00-11:00"), ("15:15", "", "15:15-24:00")],
)
def test_the_very_times_of_a_day_are_kept_shown_again_and_told_to_the_schedule(
    conference: Conference,
    talk: Submission,
    ada: Person,
    db: Session,
    visitor_as: As,
    since: str,
    until: str,
    kept: str,
) -> None:
    day = conference.start_date.isoformat()
    visitor = visitor_as(ada)
    times = {f"day_{day}": "span", f"since_{day}": since, f"until_{day}": until}
    visitor.submit(visitor.get(url(talk)), {**ANSWER, **times}, press="Confirm")
    row = answer(db)
    assert row.availability[day] == kept
    shown = dict(visitor.get(url(talk)).form("format_fits").fields)
    assert {name: shown[name] for name in times} == {**times, f"since_{day}": since or "00:00"}
    shut = confirmations.unavailable(conference, row)
    assert len(shut) == (2 if since and until else 1)


@pytest.mark.parametrize(("since", "until"), [("", ""), ("12:00", "09:00"), ("25:00", "")])
def test_times_that_are_none_are_an_error_at_their_day(
    conference: Conference,
    talk: Submission,
    ada: Person,
    db: Session,
    visitor_as: As,
    since: str,
    until: str,
) -> None:
    day = conference.start_date.isoformat()
    visitor = visitor_as(ada)
    times = {f"day_{day}": "span", f"since_{day}": since, f"until_{day}": until}
    page = visitor.submit(visitor.get(url(talk)), {**ANSWER, **times}, press="Confirm")
    assert page.status == 422
    assert page.html.count("field-error") == 1
    assert state(db, talk) == State.ACCEPTED


def test_the_page_fits_a_conference_without_an_own_row(
    conference: Conference, ada: Person, db: Session, visitor_as: As
) -> None:
    talk = make_submission(db, conference, [ada], state="accepted")
    for row in db.scalars(select(Speaker).where(Speaker.submission_id == talk.id)):
        row.person_id, row.name = None, "Zoe Boss"
    page: Page = visitor_as(ada).get(url(talk))
    assert page.status == 200
    assert "bio" not in page.form("format_fits").names
