"""Where names are hidden: hints for speakers and chairs, and a version that reviewers read."""

from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from cfp.domain.accounts.models import Person
from cfp.domain.conferences.models import Conference
from cfp.domain.submissions.models import Redaction, Submission
from tests.factories import give_role, make_assignment, make_person, make_submission
from tests.support.setting import make_chair, open_conference
from tests.support.visitor import Visitor

LogIn = Callable[[Person], Visitor]
ABSTRACT = "Intro.\nWe at Example Org, zqlab, show it; Ada Exemplar built it."


@pytest.fixture
def conference(db: Session) -> Conference:
    return open_conference(db, blind=True, reviewing="assigned", uses_bids=True)


@pytest.fixture
def owner(db: Session) -> Person:
    return make_person(db, "Ada Exemplar")


@pytest.fixture
def talk(db: Session, conference: Conference, owner: Person) -> Submission:
    return make_submission(
        db, conference, [owner], title="Exemplar on zqlab", abstract=ABSTRACT
    )


@pytest.fixture
def reviewer(db: Session, conference: Conference, talk: Submission) -> Person:
    person = make_person(db, "Rae Reviewer")
    give_role(db, conference, person, "reviewer")
    make_assignment(db, talk, person)
    return person


def test_speakers_are_told_where_they_show_and_nothing_is_in_their_way(
    visitor_as: LogIn, owner: Person, talk: Submission, conference: Conference, db: Session
) -> None:
    visitor, edit = visitor_as(owner), f"/netconf/submissions/{talk.code}/edit"
    page = visitor.get(f"/netconf/submissions/{talk.code}/")
    assert "these places may tell them" in page.text
    assert "<mark>Example Org</mark>" in page.html
    assert "<mark>Ada Exemplar</mark> built it" in page.html
    assert "<mark>Exemplar</mark> on zqlab" in visitor.get(edit).html
    data = {"title": "By Ada Exemplar", "abstract": "x", "speakers-0-name": "Ada Exemplar"}
    token = dict(visitor.get(edit).form("abstract").fields)
    shown = visitor.client.post("/netconf/submissions/preview", data=token | data)
    assert "<mark>Ada Exemplar</mark>" in shown.text
    assert visitor.submit(visitor.get(edit), {"title": "By Ada Exemplar"}).status == 200
    conference.blind = False
    db.commit()
    assert "<mark>" not in visitor.get(edit).html
    assert "<mark>" not in visitor.get(f"/netconf/submissions/{talk.code}/").html


def test_a_redacted_version_is_all_that_reviewers_read(
    visitor_as: LogIn,
    owner: Person,
    reviewer: Person,
    talk: Submission,
    conference: Conference,
    db: Session,
) -> None:
    code = talk.code
    head = visitor_as(make_chair(db, conference))
    page = head.get(f"/netconf/chair/submissions/{code}/")
    assert "<mark>Ada Exemplar</mark>" in page.html
    assert "line 2" in page.text
    redact = f"/netconf/chair/submissions/{code}/redacted"
    changes = {"other_title": "y", "title": "Zqother", "other_abstract": "y", "abstract": ""}
    page = head.submit(head.get(redact), changes, having="other_title")
    assert "No name, affiliation, address or link" in page.text
    assert "Exemplar on zqlab" in page.text, "chairs read what was submitted"
    stored = db.get_one(Redaction, talk.id)
    assert (stored.title, stored.abstract) == ("Zqother", "")
    db.rollback()
    reader = visitor_as(reviewer)
    pages = [
        f"/netconf/reviews/{code}/",
        "/netconf/reviews/",
        "/netconf/reviews/asked",
        "/netconf/reviews/bids/",
        f"/netconf/reviews/{code}/bid",
        f"/netconf/reviews/{code}/conflict",
        "/netconf/reviews/?sort=title&q=zqother",
    ]
    for path in pages:
        seen = reader.get(path)
        assert seen.status == 200, path
        assert "Zqother" in seen.text, path
        assert "zqlab" not in seen.html, path
    assert "Zqother" not in reader.get("/netconf/reviews/?q=zqlab").text
    assert "Exemplar on zqlab" in visitor_as(owner).get(f"/netconf/submissions/{code}/").text
    make_submission(db, conference, [owner], title="Another one")
    conference.blind = False
    db.commit()
    assert "Exemplar on zqlab" in reader.get(f"/netconf/reviews/{code}/").text


def test_an_emptied_title_is_a_code_and_taking_back_shows_the_original(
    visitor_as: LogIn,
    owner: Person,
    reviewer: Person,
    talk: Submission,
    conference: Conference,
    db: Session,
) -> None:
    head, reader = visitor_as(make_chair(db, conference)), visitor_as(reviewer)
    redact = f"/netconf/chair/submissions/{talk.code}/redacted"
    first = head.get(redact)
    head.submit(first, {"other_title": "y", "title": ""}, having="other_title")
    page = reader.get("/netconf/reviews/")
    assert talk.code in page.text
    assert "zqlab" not in page.text
    stale = head.submit(first, {"other_title": "y", "title": "Mine"}, having="other_title")
    assert stale.status == 409
    assert "Mine" in stale.html
    head.submit(head.get(redact), {"other_title": False}, having="other_title")
    assert "Exemplar on zqlab" in reader.get("/netconf/reviews/").text
    edit = f"/netconf/submissions/{talk.code}/edit"
    visitor = visitor_as(owner)
    visitor.submit(visitor.get(edit), {"title": "Zqrenamed"})
    assert "Zqrenamed" in reader.get("/netconf/reviews/?q=title:zqrenamed").text
