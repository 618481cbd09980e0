"""Reviews as a table: taken along, filled in, and brought back whole or not at all."""

import csv
import io
from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cfp.domain.accounts.models import Person
from cfp.domain.conferences.models import Conference
from cfp.domain.reviews.models import Review, ReviewTally
from cfp.domain.submissions.models import Redaction, Submission
from tests.factories import NOW, give_role, make_conflict, make_person, make_review, make_submission
from tests.support.setting import open_conference
from tests.support.visitor import Page, Visitor

LogIn = Callable[[Person], Visitor]
Row = dict[str, str]


@pytest.fixture
def conference(db: Session) -> Conference:
    return open_conference(db, blind=True, asks_confidence=True)


@pytest.fixture
def talks(db: Session, conference: Conference) -> list[Submission]:
    owner = make_person(db, "Ada Example")
    found = [make_submission(db, conference, [owner], title=f"Talk {n}") for n in range(3)]
    found[0].abstract = "zqoriginal"
    here = {"conference_id": conference.id, "submission_id": found[0].id}
    db.add(Redaction(abstract="", changed=NOW, **here))
    return found


@pytest.fixture
def visitor(visitor_as: LogIn, db: Session, conference: Conference, talks: object) -> Visitor:
    person = make_person(db, "Rae Reviewer")
    give_role(db, conference, person, "reviewer")
    db.commit()
    return visitor_as(person)


def sheet(visitor: Visitor) -> dict[str, Row]:
    """The table by title."""
    answer = visitor.client.get("/netconf/reviews/my-reviews.csv")
    assert answer.status_code == 200
    rows = csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline=""))
    return {row["title"]: row for row in rows}


def bring(visitor: Visitor, rows: list[Row] | bytes) -> Page:
    if not isinstance(rows, bytes):
        out = io.StringIO()
        table = csv.DictWriter(out, list(rows[0]))
        table.writeheader()
        table.writerows(rows)
        rows = out.getvalue().encode()
    page = visitor.get("/netconf/reviews/offline")
    data = dict(page.form("file").fields) | {"file": (io.BytesIO(rows), "mine.csv")}
    path = "/netconf/reviews/offline"
    answer = visitor.client.post(path, data=data, content_type="multipart/form-data")
    return Page(path, answer)


def test_the_table_goes_and_comes_back(
    visitor: Visitor, talks: list[Submission], db: Session
) -> None:
    rows = sheet(visitor)
    assert set(rows) == {"Talk 0", "Talk 1", "Talk 2"}
    assert "zqoriginal" not in str(rows)
    rows["Talk 0"] |= {"score: Overall": "5", "confidence": "3", "comment": "-1\nis my line"}
    rows["Talk 1"] |= {"score: Overall": "2", "submit": "yes", "to chairs": "Hm."}
    assert bring(visitor, list(rows.values())).status == 303
    found = db.scalars(select(Review).order_by(Review.submission_id)).all()
    assert [(one.state, one.total) for one in found] == [("draft", 5.0), ("submitted", 2.0)]
    assert found[0].committee_text == "-1\nis my line"
    assert db.scalars(select(ReviewTally.reviews)).all() == [1]
    revisions = [one.revision for one in found]
    db.rollback()
    again = sheet(visitor)
    assert again["Talk 1"]["submit"] == "yes"
    assert bring(visitor, list(again.values())).status == 303
    now = db.scalars(select(Review.revision).order_by(Review.submission_id)).all()
    assert now == revisions, "what was not changed is not touched"


def test_one_wrong_line_and_nothing_is_saved(
    visitor: Visitor, talks: list[Submission], conference: Conference, db: Session
) -> None:
    rows = sheet(visitor)
    good, wrong, other = rows["Talk 0"], rows["Talk 1"], rows["Talk 2"]
    good["score: Overall"], wrong["score: Overall"] = "5", "9"
    other |= {"submit": "maybe", "comment": "x"}
    stranger = make_submission(
        db, conference, [make_person(db)], state="draft", title="Somebody's draft"
    )
    lines = [good, wrong, other, good | {"comment": "twice"}, good | {"code": "ZZZZZZ"}]
    lines.append(good | {"code": stranger.code})
    db.commit()
    page = bring(visitor, lines)
    assert page.status == 422
    for words in (
        "Line 3: 9 is not on the scale.",
        "Line 4: submit: “maybe” is neither yes nor no.",
        f"Line 5: {good['code']} is there already, in line 2.",
        "Line 6: “ZZZZZZ” is nothing that waits for your review.",
        f"Line 7: “{stranger.code}” is nothing that waits for your review.",
    ):
        assert words in page.text
    assert db.scalar(select(func.count(Review.id))) == 0


def test_a_change_elsewhere_and_a_conflict_are_respected(
    visitor: Visitor, talks: list[Submission], db: Session
) -> None:
    rows = sheet(visitor)
    rae = db.scalars(select(Person).where(Person.name == "Rae Reviewer")).one()
    make_review(db, talks[0], rae, committee_text="Written on the page.")
    make_conflict(db, talks[1], rae)
    db.commit()
    rows["Talk 0"]["comment"], rows["Talk 1"]["comment"] = "Offline.", "Biased."
    page = bring(visitor, list(rows.values()))
    assert "changed elsewhere since you downloaded" in page.text
    assert f"“{talks[1].code}” is nothing that waits" in page.text
    assert db.scalars(select(Review.committee_text)).all() == ["Written on the page."]
    db.rollback()
    assert "Talk 1" not in sheet(visitor)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "There is nothing in this file."),
        (b"title\nx\n", "missing: code"),
        (b"code,comment\n\xff,x\n", "Line 2 is not UTF-8"),
        (b"code,score: Beauty,comment\nX,3,\n", "is nothing that waits"),
    ],
)
def test_bad_files_say_what_is_wrong(visitor: Visitor, data: bytes, words: str) -> None:
    page = bring(visitor, data)
    assert page.status == 422
    assert words in page.text
