"""The audit log as chairs read it."""

import csv
import io
from collections.abc import Callable

import pytest
from sqlalchemy.orm import Session

from cfp import audit
from cfp.actors import Actor
from cfp.domain.accounts.models import Person
from cfp.domain.submissions.models import Submission
from tests.factories import NOW
from tests.support.cast import World, make_world
from tests.support.statements import counted
from tests.support.visitor import Page, Visitor

Log = Callable[[Person], Visitor]


@pytest.fixture
def world(db: Session) -> World:
    return make_world(db)


def note(
    db: Session,
    world: World,
    action: str,
    submission: Submission | None = None,
    name: str = "chair",
    **more: object,
) -> None:
    audit.record(
        db,
        Actor(person_id=world.people[name].id),
        action,
        f"conference:{world.conference.id}",
        now=NOW,
        conference_id=world.conference.id,
        submission_id=submission.id if submission else None,
        **more,  # type: ignore[arg-type]
    )


def read(visitor: Visitor, world: World, query: str = "") -> Page:
    return visitor.get(f"/{world.conference.slug}/chair/log/{query}")


@pytest.mark.parametrize("name", ["track_chair", "reader", "reviewer", "owner", "administrator"])
def test_the_log_is_for_chairs(world: World, visitor_as: Log, name: str) -> None:
    visitor = visitor_as(world.people[name])
    assert read(visitor, world).status == 404
    assert visitor.get(f"/{world.conference.slug}/chair/log.csv").status == 404


def test_entries_are_told_in_words(db: Session, world: World, visitor_as: Log) -> None:
    submission = world.submissions["submitted"]
    note(db, world, "submission.edit", submission, detail={"from": "submitted", "count": 3})
    note(db, world, "call.extend")
    note(db, world, "something.unheard_of")
    note(
        db,
        world,
        "conflict.judge",
        submission,
        acting_for_id=world.people["reviewer"].id,
    )
    page = read(visitor_as(world.people["chair"]), world)
    for words in (
        "edited it",
        "from: submitted, count: 3",
        "extended the deadline",
        "something: unheard of",
        "judged a conflict of interest",
        "about Reviewer",
        submission.title,
    ):
        assert words in page.text, words


def test_drafts_leave_no_trace_for_chairs(db: Session, world: World, visitor_as: Log) -> None:
    note(db, world, "submission.create", world.submissions["draft"], "owner")
    page = read(visitor_as(world.people["chair"]), world)
    assert "began a draft" not in page.text
    assert "No entry fits" in page.text


def test_a_conflict_hides_its_submissions_and_counts_over_all(
    db: Session, world: World, visitor_as: Log
) -> None:
    submission = world.submissions["submitted"]
    note(db, world, "review.submit", submission, "reviewer")
    note(db, world, "decision.pending", submission)
    note(db, world, "assignment.apply", detail={"new": 84})
    note(db, world, "message.write", detail={"mails": 12})
    chair, blocked = (visitor_as(world.people[name]) for name in ("chair", "conflicted_chair"))
    for words in ("submitted a review", "changed a pending decision", "84"):
        assert words in read(chair, world).text
        assert words not in read(blocked, world).text
        assert words not in blocked.client.get(f"/{world.conference.slug}/chair/log.csv").text
    assert "applied an assignment" in read(blocked, world).text
    assert "mails: 12" in read(blocked, world).text


def test_filters(db: Session, world: World, visitor_as: Log) -> None:
    one, two = world.submissions["submitted"], world.submissions["accepted"]
    note(db, world, "submission.edit", one, "owner")
    note(db, world, "submission.confirm", two, "co_speaker")
    note(db, world, "call.open")
    visitor = visitor_as(world.people["chair"])

    def rows(query: str) -> int:
        page = read(visitor, world, query)
        found = len(list(page.tree.iter("tr")))
        assert f"{found - 1} in all" in page.text or not found
        return found

    for query, found in (
        ("", 3),
        ("?action=call.open", 1),
        ("?action=wrong", 0),
        ("?q=owner", 1),
        ("?q=nobody", 0),
        (f"?submission={one.code.lower()}", 1),
        (f"?submission={one.code}&q=co", 0),
        ("?submission=%27%25&page=7&sort=detail&slug=x", 0),
    ):
        assert rows(query) == (found + 1 if found else 0), query


def test_the_file_has_the_rows_shown(db: Session, world: World, visitor_as: Log) -> None:
    note(db, world, "submission.edit", world.submissions["submitted"])
    note(db, world, "call.open")
    visitor = visitor_as(world.people["chair"])
    link = read(visitor, world, "?action=call.open").links()["CSV of what is shown"]
    text = visitor.client.get(link).data.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["action"], row["who"]) for row in rows] == [("call.open", "Chair")]


def test_the_statements_do_not_grow_with_the_log(
    db: Session, world: World, app: object, visitor_as: Log
) -> None:
    visitor = visitor_as(world.people["chair"])
    counts = []
    for number in (2, 60):
        for _ in range(number):
            note(db, world, "submission.edit", world.submissions["submitted"])
        db.commit()
        with counted(app.extensions["cfp"].engine) as statements:  # type: ignore[attr-defined]
            assert read(visitor, world).status == 200
        counts.append(len(statements))
    assert counts[0] == counts[1]
    assert counts[1] <= 10
