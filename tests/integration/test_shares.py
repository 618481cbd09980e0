"""Who is in: the page of shares, for a chair and for one with a conflict of interest."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from cfp.domain.accounts.models import Person
from cfp.domain.conferences.models import AffiliationAlias, SubmissionType
from cfp.domain.decisions.models import PendingDecision
from tests.factories import (
    NOW,
    add_speaker,
    give_role,
    make_conference,
    make_conflict,
    make_person,
    make_submission,
    make_track,
)
from tests.support.visitor import Page, Visitor

LogIn = Callable[[Person], Visitor]
SHARES = "/netconf/chair/decisions/shares"


def rows(page: Page) -> list[str]:
    return [
        " ".join(" ".join("".join(cell.itertext()).split()) for cell in row)
        for row in page.tree.iter("tr")
    ]


def test_shares_by_track_employer_and_experience(db: Session, visitor_as: LogIn) -> None:
    conference = make_conference(db, "netconf")
    storage = make_track(db, conference, "Storage")
    kind = db.query(SubmissionType).filter_by(conference_id=conference.id).first()
    assert kind
    talks = [make_submission(db, conference, [make_person(db)], track=storage) for _ in range(6)]
    for talk, written in zip(
        talks, ("ACME", "ACME", "Acme Inc.", "none", "ACME", "ACME"), strict=True
    ):
        key = {"ACME": "acme", "Acme Inc.": "acme inc"}.get(written, "none")
        add_speaker(db, talk, "Co Speaker", 1, affiliation=written, affiliation_key=key)
    db.add(AffiliationAlias(conference_id=conference.id, key="acme inc", canonical_key="acme"))
    talks[0].state = "confirmed"
    here = {"conference_id": conference.id, "outcome": "accept", "type_id": kind.id, "at": NOW}
    db.add(PendingDecision(submission_id=talks[1].id, **here))
    for _ in range(4):
        make_submission(db, conference, [make_person(db)])
    chair, barred = make_person(db), make_person(db)
    for person in (chair, barred):
        give_role(db, conference, person, "chair")
    make_conflict(db, talks[1], barred)
    db.commit()

    page = visitor_as(chair).get(SHARES)
    assert "Storage 2 of 6 33 % 1 pending" in rows(page)
    assert "ACME 2 of 5 40 % 1 pending" in rows(page)
    assert "Main track" not in page.text, "four are too few"
    assert "By experience" not in page.text, "nobody can have spoken before"
    page = visitor_as(barred).get(SHARES)
    assert "Storage 1 of 5 20 %" in rows(page)
    assert not [row for row in rows(page) if row.startswith("ACME")]
