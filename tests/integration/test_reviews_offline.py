"""Reviews as a table: taken along, filled in, and brought back whole or not at all."""

import csv
import io
from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from cfp.domain.accounts.models import Person
from cfp.domain.conferences.models import Conference
from cfp.domain.reviews.models import Review, ReviewTally
from cfp.domain.submissions.models import Redaction, Submission
from tests.factories import (
    NOW,
    answer,
    give_role,
    make_conflict,
    make_field,
    make_person,
    make_review,
    make_submission,
    make_track,
)
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


def as_csv(rows: list[Row]) -> bytes:
    out = io.StringIO()
    table = csv.DictWriter(out, list(rows[0]))
    table.writeheader()
    table.writerows(rows)
    return out.getvalue().encode()


def bring(visitor: Visitor, rows: list[Row] | bytes) -> Page:
    """What is shown of a file."""
    data = rows if isinstance(rows, bytes) else as_csv(rows)
    page = visitor.get("/netconf/reviews/offline")
    fields = dict(page.form("file").fields) | {"file": (io.BytesIO(data), "mine.csv")}
    path = "/netconf/reviews/offline"
    answer = visitor.client.post(path, data=fields, content_type="multipart/form-data")
    return Page(path, answer)


def save(visitor: Visitor, shown: Page) -> Page:
    """Press the button below what is shown."""
    fields = dict(shown.form("reviews").fields)
    path = "/netconf/reviews/offline/save"
    return Page(path, visitor.client.post(path, data=fields))


def text(visitor: Visitor, path: str = "my-reviews.txt") -> str:
    answer = visitor.client.get(f"/netconf/reviews/{path}")
    assert answer.status_code == 200, path
    assert answer.headers["Content-Disposition"].startswith("attachment")
    return answer.text


def fill(form: str, code: str, key: str, value: str) -> str:
    """Write below a question of one review."""
    before, begun, rest = form.partition(f"==+== Review {code}\n")
    own, end, others = rest.partition("==+== Review ")
    head, line, tail = own.partition(f"==*== {key}\n")
    assert begun, code
    assert line, key
    hints = [one for one in tail.split("\n") if one.startswith("==-==")]
    count = next(i for i, one in enumerate([*tail.split("\n"), "x"]) if one not in hints)
    tail_lines = tail.split("\n")
    tail = "\n".join([*tail_lines[:count], value, *tail_lines[count:]])
    return before + begun + head + line + tail + end + others


def test_the_table_is_shown_and_only_then_saved(
    visitor: Visitor, talks: list[Submission], db: Session
) -> None:
    rows = sheet(visitor)
    assert set(rows) == {"Talk 0", "Talk 1", "Talk 2"}
    assert "zqoriginal" not in str(rows)
    rows["Talk 0"] |= {"score: Overall": "5", "confidence": "3", "comment": "-1\nis my line"}
    rows["Talk 1"] |= {"score: Overall": "2", "submit": "yes", "to chairs": "Hm."}
    shown = bring(visitor, list(rows.values()))
    assert shown.status == 200
    assert "2 reviews would change" in shown.text
    assert "1 review in the file is as it is here" in shown.text
    assert db.scalar(select(func.count(Review.id))) == 0
    db.rollback()
    assert save(visitor, shown).status == 303
    found = db.scalars(select(Review).order_by(Review.submission_id)).all()
    assert [(one.state, one.total) for one in found] == [("draft", 5.0), ("submitted", 2.0)]
    assert found[0].committee_text == "-1\nis my line"
    assert db.scalars(select(ReviewTally.reviews)).all() == [1]
    db.rollback()
    again = sheet(visitor)
    assert again["Talk 1"]["submit"] == "yes"
    assert "There is nothing to save." in bring(visitor, list(again.values())).text
    short = [{name: again["Talk 0"][name] for name in ("code", "revision")} | {"confidence": "4"}]
    assert save(visitor, bring(visitor, short)).status == 303
    kept = db.scalars(select(Review).where(Review.submission_id == talks[0].id)).one()
    assert (kept.confidence, kept.total, kept.committee_text) == (4, 5.0, "-1\nis my line")


def test_the_text_asks_everything_that_its_page_asks(
    visitor: Visitor, talks: list[Submission], conference: Conference, db: Session
) -> None:
    wide = {"tracks": [], "help": "Be kind."}
    kind = make_field(db, conference, "chairs", name="Kind", kind="choice",
                      options=["New work", "Old"], required=True, **wide)  # fmt: skip
    topics = make_field(db, conference, "speakers", name="Topics", kind="choices",
                        options=["Nets", "Disks", "CPUs"])  # fmt: skip
    elsewhere = make_field(db, conference, name="Elsewhere", types=[10**6])
    rae = db.scalars(select(Person).where(Person.name == "Rae Reviewer")).one()
    begun = make_review(db, talks[1], rae, state="draft", committee_text="== My\n\\== view")
    answer(db, begun, topics, "Disks\nTapes")
    conference.asks_speaker_text = conference.asks_ai_statement = True
    db.commit()
    form, code = text(visitor), talks[0].code
    assert elsewhere.name not in form
    assert "zqoriginal" not in form
    assert "==-== For the speakers, after the decisions." in form
    assert "[x] Disks\n[ ] CPUs\n[x] Tapes" in form
    assert text(visitor, f"{code}/my-review.txt").count("==+== Review") == 1
    for key, value in (
        ("score: Overall", "4"), ("confidence", "2 a little"), ("comment", "Two\n\nparts."),
        ("answer: Kind", "[X] new work"), ("answer: Topics", "nets; CPUs"), ("submit", "yes"),
    ):  # fmt: skip
        form = fill(form, code, key, value)
    unstated = bring(visitor, form.encode())
    assert unstated.status == 422
    number = form.split("\n").index("==+== Review " + code)
    assert f"Line {number + 1}" not in unstated.text, "it says the line of the question"
    assert "To submit it, say yes to “statement”." in unstated.text
    shown = bring(visitor, fill(form, code, "statement", "yes").encode())
    assert "1 review would change" in shown.text
    assert save(visitor, shown).status == 303
    mine = select(Review).where(Review.submission_id == talks[0].id)
    made = db.scalars(mine.options(selectinload(Review.answers))).one()
    assert (made.state, made.total, made.confidence) == ("submitted", 4.0, 2)
    assert (made.committee_text, made.ai_statement) == ("Two\n\nparts.", True)
    said = {one.field_id: one.text for one in made.answers}
    assert said == {kind.id: "New work", topics.id: "Nets\nCPUs"}
    db.refresh(begun)
    assert begun.committee_text == "== My\n\\== view", "what was left as it was has stayed"


def test_every_wrong_line_is_said_and_nothing_is_saved_unasked(
    visitor: Visitor, talks: list[Submission], conference: Conference, db: Session
) -> None:
    rows = sheet(visitor)
    good, wrong, other = rows["Talk 0"], rows["Talk 1"], rows["Talk 2"]
    good["score: Overall"], wrong["score: Overall"] = "5", "9"
    wrong["confidence"] = "very"
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
        f"Line 3: {wrong['code']} 9 is not on the scale.",
        f"Line 3: {wrong['code']} confidence: “very” is no whole number.",
        f"Line 4: {other['code']} submit: “maybe” is neither yes nor no.",
        f"Line 5: {good['code']} {good['code']} is there already, in line 2.",
        "“ZZZZZZ” is nothing that waits for your review.",
        f"“{stranger.code}” is nothing that waits for your review.",
    ):
        assert words in page.text, words
    assert db.scalar(select(func.count(Review.id))) == 0
    assert "Leave those out and save the other one" in page.text
    db.rollback()
    assert save(visitor, page).status == 303
    assert db.scalars(select(Review.submission_id)).all() == [talks[0].id]


@pytest.mark.parametrize("blind", [False, True])
def test_what_is_read_on_the_page_is_taken_along_and_nothing_else(
    visitor: Visitor, talks: list[Submission], conference: Conference, db: Session, blind: bool
) -> None:
    conference.blind = blind
    db.commit()
    row, form = sheet(visitor)["Talk 1"], text(visitor)
    assert (row["format"], row["minutes"], row["track"]) == ("Talk", "25", "")
    assert "==-== Talk, 25 min\n" in form
    assert ("Ada Example" in row["speakers"]) is ("==-== Ada Example" in form) is not blind
    make_track(db, conference, "Storage")
    db.commit()
    assert sheet(visitor)["Talk 1"]["track"] == "Main"
    assert "==-== Talk, 25 min · Main\n" in text(visitor)


def test_all_that_is_missing_in_a_review_is_said_at_once(
    visitor: Visitor, talks: list[Submission], conference: Conference, db: Session
) -> None:
    make_field(db, conference, name="Why?", required=True)
    conference.asks_ai_statement = True
    db.commit()
    row = sheet(visitor)["Talk 0"] | {"comment": "Good.", "submit": "yes"}
    page = bring(visitor, [row])
    assert page.status == 422
    for words in ("a score for “Overall”", "answer “Why?”", "say yes to “statement”"):
        assert words in page.text, words


def test_a_change_elsewhere_and_a_conflict_are_respected(
    visitor: Visitor, talks: list[Submission], db: Session
) -> None:
    rows, form = sheet(visitor), text(visitor)
    shown = bring(visitor, [rows["Talk 0"] | {"comment": "Offline."}])
    rae = db.scalars(select(Person).where(Person.name == "Rae Reviewer")).one()
    make_review(db, talks[0], rae, committee_text="Written on the page.")
    make_conflict(db, talks[1], rae)
    db.commit()
    refused = save(visitor, shown)
    assert refused.status == 422
    assert "changed elsewhere since you downloaded" in refused.text
    rows["Talk 0"]["comment"], rows["Talk 1"]["comment"] = "Offline.", "Biased."
    page = bring(visitor, list(rows.values()))
    assert "changed elsewhere since you downloaded" in page.text
    assert f"“{talks[1].code}” is nothing that waits" in page.text
    assert db.scalars(select(Review.committee_text)).all() == ["Written on the page."]
    db.rollback()
    assert "Talk 1" not in sheet(visitor)
    untouched = bring(visitor, form.encode())
    assert untouched.status == 200, "what was not filled in offends nobody"
    assert "There is nothing to save." in untouched.text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "There is nothing in this file."),
        (b"title\nx\n", "missing: code"),
        (b"code,comment\n\xff,x\n", "Line 2 is not UTF-8"),
        (b"code,score: Beauty,comment\nX,3,\n", "is nothing that waits"),
        (b"==+== Review X\nlost\n", "Line 2 belongs to no question"),
        (b"==+== Review X\n==*== beauty\n", "Line 2: there is no question “beauty”"),
    ],
)
def test_bad_files_say_what_is_wrong(visitor: Visitor, data: bytes, words: str) -> None:
    page = bring(visitor, data)
    assert page.status == 422
    assert words in page.text
