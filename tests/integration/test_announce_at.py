"""Announcing at a set time and at a pace: what was read then, or nothing."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine
from sqlalchemy.orm import Session

from cfp import clock
from cfp.domain.accounts.models import Person
from cfp.domain.conferences.models import Conference, SubmissionType, Track
from cfp.domain.decisions.models import Decision, PendingDecision
from cfp.domain.jobs import Job
from cfp.domain.mail.models import MailTemplate, Message
from cfp.domain.submissions.models import Submission
from cfp.jobs.worker import run_due_once
from tests.factories import NOW, give_role, make_person, make_submission
from tests.support.outbox import config_for
from tests.support.visitor import Page, Visitor

LogIn = Callable[[Person], Visitor]
PAGE = "/netconf/chair/decisions/announce"


@pytest.fixture
def talks(db: Session, conference: Conference) -> list[Submission]:
    """Three talks of one speaker each, accepted while nobody knows."""
    made = []
    for name in ("Ada", "Bea", "Cid"):
        speaker = make_person(db, name, email=f"{name.lower()}@example.org")
        talk = make_submission(db, conference, [speaker], title=f"Talk of {name}")
        db.add(
            PendingDecision(
                conference_id=conference.id,
                submission_id=talk.id,
                outcome="accept",
                type_id=talk.type_id,
                at=NOW,
            )
        )
        made.append(talk)
    db.flush()
    return made


def ask(visitor: Visitor, **values: str) -> Page:
    fields = {"count": "3", "hold_minutes": "0", **values}
    return visitor.submit(visitor.get(PAGE), fields, press="Announce and send")


def tomorrow() -> dict[str, str]:
    local = (clock.now() + timedelta(days=1)).astimezone(ZoneInfo("Europe/Prague"))
    return {"at_date": f"{local:%Y-%m-%d}", "at_time": f"{local:%H:%M}"}


def run_tomorrow(instance: Path, database_url: str) -> None:
    with time_machine.travel(clock.now() + timedelta(days=1, minutes=1), tick=True):
        assert run_due_once(config_for(instance, database_url)).jobs == 1


def test_what_was_read_is_announced_at_its_time_and_not_before(
    visitor_as: LogIn, chair, talks, db, instance, database_url
) -> None:
    page = ask(visitor_as(chair), **tomorrow(), per_hour="2")
    assert "Cher Chair has set an announcement for" in page.text
    assert (db.query(Decision).count(), db.query(Message).count()) == (0, 0)
    db.commit()
    assert run_due_once(config_for(instance, database_url)).jobs == 0
    run_tomorrow(instance, database_url)
    db.expire_all()
    assert db.query(Job).one().state == "done", db.query(Job).one().error
    assert [talk.state for talk in talks] == ["accepted"] * 3
    mails = db.query(Message).order_by(Message.recipient).all()
    assert [mail.state for mail in mails] == ["queued", "queued", "held"]
    assert mails[2].due - mails[1].due == timedelta(hours=1)


def test_nothing_is_announced_that_has_changed_since(
    visitor_as: LogIn, chair, talks, db, instance, database_url
) -> None:
    visitor = visitor_as(chair)
    ask(visitor, **tomorrow())
    talks[1].title = "Another talk"
    db.commit()
    run_tomorrow(instance, database_url)
    db.expire_all()
    assert db.query(Job).one().error == "announce.changed"
    assert (db.query(Decision).count(), db.query(Message).count()) == (0, 0)
    assert "has not been announced. Something has changed" in visitor.get(PAGE).text


def test_any_chair_can_take_it_back(visitor_as: LogIn, chair, conference, talks, db) -> None:
    ask(visitor_as(chair), **tomorrow())
    other = make_person(db, "Otto Other")
    give_role(db, conference, other, "chair")
    visitor = visitor_as(other)
    page = visitor.submit(visitor.get(PAGE), press="Take it back")
    assert "Everything stays pending" in page.text
    assert "has set an announcement" not in page.text
    assert db.query(Job).one().state == "canceled"
    assert visitor.get(f"{PAGE}/0/cancel").status == 405


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"at_date": "2020-01-01"}, "Give a time from now on, within half a year."),
        ({"at_date": "2199-01-01"}, "Give a time from now on, within half a year."),
        ({"at_date": "soon"}, "Not a valid date value."),
        ({"per_hour": "0"}, "Number must be between 1 and 100000."),
        ({"per_hour": "many"}, "Not a valid integer value."),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_wrong_times_are_told_at_the_field(
    visitor_as: LogIn, chair, talks, db, wrong, said
) -> None:
    page = ask(visitor_as(chair), **wrong)
    assert page.status == 422
    assert said in page.text
    assert (db.query(Job).count(), db.query(Decision).count()) == (0, 0)


def test_a_mail_says_by_when_changes_are_handed_in(
    visitor_as: LogIn, chair, conference, talks, db
) -> None:
    conference.changes_until = clock.now() + timedelta(days=9)
    for pending in db.query(PendingDecision):
        pending.outcome, pending.type_id = "revise", None
    ask(visitor_as(chair))
    assert ["Please do so until" in mail.body for mail in db.query(Message)] == [True] * 3


def test_a_mail_says_what_its_track_and_format_ask_for(
    visitor_as: LogIn, chair, conference, talks, db
) -> None:
    track = db.get_one(Track, talks[0].track_id).name
    kind = db.get_one(SubmissionType, talks[0].type_id).name
    body = f'{{if track is "{track}"}}HERE{{end}}{{if type is "{kind}"}}THIS{{else}}THAT{{end}}'
    template = MailTemplate(conference_id=conference.id, kind="accepted", subject="Yes", body=body)
    db.add(template)
    ask(visitor_as(chair))
    assert [mail.body for mail in db.query(Message)] == ["HERETHIS\n"] * 3
