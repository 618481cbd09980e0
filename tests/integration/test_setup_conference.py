"""A new conference: seven answers on one page, or last year's taken over."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cfp import clock
from cfp.audit import AuditEntry, broken_links
from cfp.domain.accounts.models import Person
from cfp.domain.assignment.models import ReviewRound
from cfp.domain.conferences.models import (
    Conference,
    Criterion,
    Invitation,
    Role,
    Room,
    SubmissionType,
    Track,
)
from cfp.domain.mail.models import MailTemplate
from cfp.domain.program.models import ProgramDraft
from cfp.domain.submissions.models import Submission
from tests.factories import give_role, make_person, make_submission, make_track
from tests.support.setting import make_administrator, make_chair, open_conference, raw_post
from tests.support.visitor import Page, Visitor

Log_in = Callable[[Person], Visitor]

SOON = (clock.now() + timedelta(days=60)).date()
ANSWERS = {
    "name": "Nétconf 2031 & friends",
    "start_date": "2031-05-14",
    "end_date": "2031-05-15",
    "place": "Brno",
    "zone": "Europe/Prague",
    "deadline_date": SOON.isoformat(),
    "contact": "chairs@example.org",
    "names": "hidden",
}


@pytest.fixture
def admin(db: Session) -> Person:
    return make_administrator(db)


@pytest.fixture
def visitor(visitor_as: Log_in, admin: Person) -> Visitor:
    return visitor_as(admin)


def create(visitor: Visitor, **changes: str) -> Page:
    return visitor.submit(visitor.get("/new"), {**ANSWERS, **changes}, press="Open the call")


def only_conference(db: Session) -> Conference:
    return db.scalars(select(Conference)).one()


def count(db: Session, model: type, **where: object) -> int:
    return db.scalar(select(func.count()).select_from(model).filter_by(**where)) or 0


def test_seven_answers_make_a_complete_open_call(
    visitor: Visitor, stranger: Visitor, admin: Person, db: Session
) -> None:
    page = create(visitor)
    assert page.status == 200
    assert "The call is open." in page.text
    conference = only_conference(db)
    assert conference.slug == "netconf-2031-friends"
    assert (conference.zone, conference.deadline_zone, conference.blind) == (
        "Europe/Prague",
        "Europe/Prague",
        True,
    )
    assert conference.reviewing == "everyone"
    for model in (Track, Room, Criterion, ReviewRound, ProgramDraft):
        assert count(db, model, conference_id=conference.id) == 1
    minutes = [(t.minutes, t.discussion_minutes) for t in db.scalars(select(SubmissionType))]
    assert minutes == [(25, 5), (10, 5)]
    criterion = db.scalars(select(Criterion)).one()
    assert (criterion.low, criterion.high, len(criterion.labels)) == (1, 5, 5)
    role = db.scalars(select(Role)).one()
    assert (role.person_id, role.kind) == (admin.id, "chair")
    assert "Submit your talk" in stranger.get("/netconf-2031-friends/").links()


def test_the_creator_s_own_role_is_in_the_log_of_the_instance_too(
    visitor: Visitor, db: Session
) -> None:
    create(visitor)
    entries = db.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [(e.action, e.conference_id is None) for e in entries] == [
        ("conference.create", False),
        ("role.give", False),
        ("role.give", True),
    ]
    assert broken_links(db) == []


def test_no_more_than_twelve_fields_are_filled(visitor: Visitor) -> None:
    assert len(ANSWERS) <= 12
    create(visitor)


def test_the_deadline_is_a_moment_in_its_own_zone(visitor: Visitor, db: Session) -> None:
    create(visitor, deadline_zone="Etc/GMT+12", deadline_time="12:00")
    deadline = only_conference(db).deadline
    assert (deadline.hour, deadline.minute) == (0, 0)
    assert deadline.date() == SOON + timedelta(days=1)


def test_formats_can_be_added_and_removed_without_script(visitor: Visitor, db: Session) -> None:
    page = visitor.submit(visitor.get("/new"), ANSWERS, press="Add a format")
    page = visitor.submit(
        page, {"types-2-name": "Poster", "types-2-minutes": "3"}, press="Remove Format 1"
    )
    assert count(db, Conference) == 0
    assert page.form("name").names >= {"types-1-name"}
    page = visitor.submit(page, {"types-1-discussion_minutes": "0"}, press="Open the call")
    assert page.status == 200
    names = [t.name for t in db.scalars(select(SubmissionType).order_by(SubmissionType.position))]
    assert names == ["Short talk", "Poster"]


def test_a_double_click_makes_one(visitor: Visitor, db: Session) -> None:
    form = visitor.get("/new").form("name")
    form.fill(ANSWERS)
    data = dict(form.fields)
    first = visitor.client.post("/new", data=data)
    second = visitor.client.post("/new", data=data)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    assert count(db, Conference) == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": ""}, "Give the conference a name."),
        ({"name": "x" * 1_000_000}, "cannot be longer"),
        ({"name": "a\x00b"}, "can't be stored"),
        ({"name": "a\r\nBcc: b@example.org"}, "can't be stored"),
        ({"slug": "Net Conf"}, "Use small letters"),
        ({"slug": "account"}, "is a page of this site"),
        ({"slug": "x" * 41}, "cannot be longer"),
        ({"name": "日本語"}, "Use small letters"),
        ({"start_date": ""}, "Give the first day."),
        ({"start_date": "31.12.2030"}, "Not a valid date value."),
        ({"end_date": "2031-05-13"}, "before the first"),
        ({"end_date": "9999-05-13"}, "between 1970 and 2200"),
        ({"zone": "Mars/Olympus"}, "Not a valid choice"),
        ({"deadline_zone": "../etc"}, "Not a valid choice"),
        ({"deadline_date": "2001-01-01"}, "has passed already"),
        ({"deadline_date": None}, "Give the day of the deadline."),
        ({"deadline_time": "25:00"}, "Not a valid time value."),
        ({"contact": "nobody"}, "not an e-mail address"),
        ({"contact": "a@example.org\nBcc: b@example.org"}, "can't be stored"),
        ({"names": "perhaps"}, "Not a valid choice"),
        ({"types-0-minutes": "99999999999999999999"}, "Number must be between"),
        ({"types-0-minutes": "ten"}, "Not a valid integer"),
        ({"types-0-name": ""}, "Each row needs a name"),
        ({"types-0-name": "Short Talk"}, "is there twice"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(
    visitor: Visitor, db: Session, changes: dict[str, object], said: str
) -> None:
    page = raw_post(visitor, "/new", {**ANSWERS, **changes}, having="name")
    assert page.status == 422
    assert said in page.text
    assert count(db, Conference) == 0
    if "place" not in changes:
        assert 'value="Brno"' in page.html


def test_an_hour_that_clocks_skip_is_refused(visitor: Visitor) -> None:
    skipped = {"deadline_date": "2031-03-30", "deadline_time": "02:30"}
    page = raw_post(visitor, "/new", {**ANSWERS, **skipped}, having="name")
    assert page.status == 422
    assert "skip this hour" in page.text


def test_markup_is_text(visitor: Visitor) -> None:
    page = create(visitor, name="<b>Bold</b> conf")
    assert "<b>Bold" not in page.html


def test_an_address_in_use_is_refused(visitor: Visitor, db: Session) -> None:
    open_conference(db, "netconf")
    page = raw_post(visitor, "/new", {**ANSWERS, "slug": "netconf"}, having="name")
    assert page.status == 422
    assert "There is a conference at" in page.text


def test_who_may_not_create_finds_nothing(
    visitor_as: Log_in, stranger: Visitor, db: Session
) -> None:
    chair = visitor_as(make_chair(db, open_conference(db)))
    assert chair.get("/new").status == 404
    assert chair.get("/new/from/netconf").status == 404
    assert stranger.get("/new").path.startswith("/account/log-in")
    assert chair.client.put("/new").status_code == 405


def test_an_administrator_of_an_empty_instance_lands_here(visitor: Visitor) -> None:
    assert visitor.get("/").path == "/new"


# Last year's ----------------------------------------------------------------------------------


@pytest.fixture
def last_year(db: Session, admin: Person) -> Conference:
    last = open_conference(
        db,
        "netconf-2030",
        blind=True,
        reviewing="assigned",
        asks_confidence=True,
        sections={"attendance": "Come by train."},
        others_reviews="never",
    )
    give_role(db, last, admin, "chair")
    make_track(db, last, "Storage")
    track = make_track(db, last, "Old")
    track.archived = True
    db.add(MailTemplate(conference_id=last.id, kind="accepted", subject="Yes", body="Come.\n"))
    make_submission(db, last, [make_person(db, "Old Speaker")], title="Last year's talk")
    give_role(db, last, make_person(db, "Rea Viewer"), "reviewer")
    storage = db.scalars(select(Track).filter_by(name="Storage")).one()
    give_role(
        db, last, make_person(db, "Tara Chair", email="tara@example.org"), "track_chair", storage
    )
    db.commit()
    return last


NEXT = {
    "name": "Netconf 2031",
    "slug": "netconf-2031",
    "start_date": "2031-05-14",
    "end_date": "2031-05-15",
    "deadline_date": SOON.isoformat(),
}


def clone(visitor: Visitor, **values: object) -> Page:
    page = visitor.get("/new/from/netconf-2030")
    return visitor.submit(page, {**NEXT, **values}, press="Open the call")


def test_a_clone_takes_settings_and_never_submissions(
    visitor: Visitor, last_year: Conference, db: Session
) -> None:
    assert clone(visitor).status == 200
    new = db.scalars(select(Conference).filter_by(slug="netconf-2031")).one()
    assert (new.blind, new.reviewing, new.asks_confidence) == (True, "assigned", True)
    assert new.sections == {"attendance": "Come by train."}
    tracks = {t.name for t in db.scalars(select(Track).filter_by(conference_id=new.id))}
    assert tracks == {"Main", "Storage"}
    assert count(db, MailTemplate, conference_id=new.id) == 1
    assert count(db, Submission, conference_id=new.id) == 0
    assert count(db, ReviewRound, conference_id=new.id) == 1
    assert count(db, Role, conference_id=new.id) == 1
    assert count(db, Invitation, conference_id=new.id) == 0


def test_the_committee_is_offered_unticked_and_invited_when_ticked(
    visitor: Visitor, last_year: Conference, db: Session
) -> None:
    page = visitor.get("/new/from/netconf-2030")
    assert "Rea Viewer" in page.text
    assert "Old Speaker" not in page.text
    assert not [name for name, _value in page.form("name").fields if name == "committee"]
    tara = db.scalars(select(Person).filter_by(name="Tara Chair")).one()
    clone(visitor, committee=[tara.code])
    invitation = db.scalars(select(Invitation)).one()
    new = db.scalars(select(Conference).filter_by(slug="netconf-2031")).one()
    track = db.scalars(select(Track).filter_by(conference_id=new.id, name="Storage")).one()
    assert (invitation.address, invitation.kind) == ("tara@example.org", "track_chair")
    assert (invitation.conference_id, invitation.track_id) == (new.id, track.id)


def test_only_one_s_own_conferences_can_be_cloned(
    visitor_as: Log_in, last_year: Conference, db: Session
) -> None:
    other = visitor_as(make_administrator(db, "Other Admin"))
    assert other.get("/new/from/netconf-2030").status == 404
    assert other.get("/new/from/nowhere").status == 404
    assert "netconf-2030" not in other.get("/new").html
