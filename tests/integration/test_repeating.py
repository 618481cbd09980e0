"""Speakers who do not answer are reminded as often as a chair has said, and no longer."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp.audit import AuditEntry
from cfp.domain.accounts.models import Person
from cfp.domain.conferences.models import Conference
from cfp.domain.decisions import repeating
from cfp.domain.decisions.models import Decision
from cfp.domain.mail.models import Message
from cfp.domain.submissions.models import Submission
from cfp.links import Links
from tests.factories import NOW, make_person, make_submission
from tests.support.setting import make_chair, open_conference
from tests.support.visitor import Visitor

LogIn = Callable[[Person], Visitor]
LINKS, DAY = Links("https://cfp.example.org"), timedelta(days=1)
PAGE = "/netconf/chair/decisions/remind"


def accept(db: Session, conference: Conference, title: str, days_ago: int) -> Submission:
    talk = make_submission(db, conference, [make_person(db)], title=title, state="accepted")
    row = {"conference_id": conference.id, "submission_id": talk.id, "outcome": "accepted"}
    db.add(Decision(**row, at=NOW - days_ago * DAY))
    return talk


def sweep(db: Session, days: float) -> list[str]:
    """What the worker does so many days from now; the titles it reminds of."""
    now, before = NOW + days * DAY, db.scalars(select(Message.id)).all()
    for number in repeating.due_conferences(db, now=now):
        repeating.remind_again(db, conference_id=number, links=LINKS, now=now)
        repeating.remind_again(db, conference_id=number, links=LINKS, now=now)
    db.commit()
    new = db.scalars(select(Message).where(Message.id.not_in(before)).order_by(Message.id)).all()
    assert {one.kind for one in new} <= {"confirm_reminder"}
    assert all("/confirm/" in one.body for one in new), "with a button of their own"
    return [title for one in new for title in ("Old", "New") if title in one.body]


def test_whoever_does_not_answer_is_reminded_until_they_do(db: Session, visitor_as: LogIn) -> None:
    conference = open_conference(db)
    old, new = (accept(db, conference, title, ago) for title, ago in (("Old", 4), ("New", 1)))
    conference.end_date = (NOW + 12 * DAY).date()
    chair = visitor_as(make_chair(db, conference))
    assert repeating.due_conferences(db, now=NOW) == [], "nobody has asked for it"
    db.commit()
    page = chair.get(PAGE)
    refused = chair.submit(page, {"days": "61"}, having="days")
    assert refused.status == 422
    assert "61" in refused.html
    chair.submit(refused, {"days": "3"}, having="days")
    assert db.scalars(select(AuditEntry.action)).all().count("conference.change_reminders") == 1
    db.commit()
    assert sweep(db, 0) == ["Old"]
    assert sweep(db, 1) == [], "once, whoever sweeps how often"
    assert sorted(sweep(db, 3.1)) == ["New", "Old"]
    assert sweep(db, 5) == []
    new.state = "confirmed"
    db.commit()
    assert sweep(db, 6.2) == ["Old"]
    chair.submit(chair.get(PAGE), {"days": ""}, having="days")
    assert sweep(db, 9.5) == [], "by hand again"
    chair.submit(chair.get(PAGE), {"days": "3"}, having="days")
    db.commit()
    assert sweep(db, 13.5) == [], "it is over"
    assert old.state == "accepted"
