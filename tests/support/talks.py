"""An open call as of now, and what is typed into its form."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp import clock
from cfp.domain.conferences.models import Conference, SubmissionType, Track
from cfp.domain.submissions.models import Speaker, Submission
from cfp.domain.submissions.rules import Content, SpeakerEntry
from cfp.links import Links
from tests.factories import make_conference
from tests.support.visitor import Page, Value

LINKS = Links("http://localhost")
TALK: Mapping[str, Value] = {
    "title": "Flows, fast and slow",
    "abstract": "What we measured.\n\n* much\n* little",
    "speakers-0-name": "Ada Example",
    "speakers-0-affiliation": "University A",
}


def hours(number: float) -> datetime:
    """The moment so many hours from now."""
    return clock.now() + timedelta(hours=number)


def open_conference(db: Session, slug: str = "netconf", **changes: object) -> Conference:
    """A conference whose call is open now and for three days."""
    days = {"opens": hours(-240), "deadline": hours(72), "created": hours(-240)}
    soon = {"start_date": hours(1000).date(), "end_date": hours(1024).date()}
    conference = make_conference(db, slug, **{**days, **soon, **changes})
    db.commit()
    return conference


def content_for(db: Session, conference: Conference, **changes: Any) -> Content:
    """A whole talk by Ada."""
    values = {
        "title": "Flows, fast and slow",
        "abstract": "What we measured.",
        "type_id": first_id(db, SubmissionType, conference),
        "track_id": first_id(db, Track, conference),
        "speakers": (SpeakerEntry("Ada Example", "University A", "ada@example.org"),),
    }
    return Content(**{**values, **changes})


def first_id(db: Session, table: type[SubmissionType | Track], conference: Conference) -> int:
    query = select(table.id).where(table.conference_id == conference.id).order_by(table.id)
    found = db.scalars(query).first()
    assert found is not None
    return found


def only_submission(db: Session) -> Submission:
    db.expire_all()
    return db.scalars(select(Submission)).one()


def names(db: Session, submission: Submission) -> list[tuple[str, str]]:
    """(name, state) of everybody who was ever on it, in order."""
    query = select(Speaker).where(Speaker.submission_id == submission.id)
    rows = db.scalars(query.order_by(Speaker.position, Speaker.id))
    return [(row.name, row.state) for row in rows]


def hidden(page: Page, to: str | None = None) -> dict[str, str]:
    """The fields nobody types (token, key, revision) of the page's form, for raw posts."""
    form = page.form("title") if to is None else page.form(to=to)
    wanted = {"csrf_token", "key", "revision"}
    return {name: str(value) for name, value in form.fields if name in wanted}
