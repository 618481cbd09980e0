"""The chairs' first page: figures, each with the list that shows it."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy.orm import Session

from cfp.domain.accounts.models import Person
from cfp.domain.conferences.models import Conference, Invitation
from cfp.domain.decisions.models import PendingDecision
from cfp.domain.mail.actions import queue
from cfp.web.chair.dashboard import timeline
from tests.factories import (
    NOW,
    give_role,
    make_conference,
    make_conflict,
    make_person,
    make_review,
    make_submission,
)
from tests.support.cast import World, make_world
from tests.support.statements import counted
from tests.support.visitor import Page, Visitor

Log = Callable[[Person], Visitor]


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def busy_world(db: Session) -> World:
    """One of everything that can wait."""
    world = make_world(db, reviewing="assigned", reviews_due=NOW.replace(day=1))
    here = {"conference_id": world.conference.id}
    submitted = world.submissions["submitted"]
    db.add(PendingDecision(submission_id=submitted.id, outcome="accept", at=NOW, **here))
    db.add(
        Invitation(
            address="x@example.org", key="x@example.org", kind="chair", created=NOW, **here
        )
    )
    message = queue(
        db,
        kind="free",
        object_key="x",
        epoch="1",
        person=None,
        recipient="x@example.org",
        subject="Hello",
        body="Text.",
        conference=world.conference,
        due=NOW,
        now=NOW,
    )
    message.state = "refused"
    db.commit()
    return world


def front(visitor: Visitor, world: World) -> Page:
    page = visitor.get(f"/{world.conference.slug}/chair/")
    assert page.status == 200
    return page


def waits(page: Page) -> list[str]:
    lists = [one for one in page.tree.iter("ul") if one.get("class") == "todo"]
    texts = ["".join(item[0].itertext()) for one in lists for item in one]
    return [" ".join(text.split()) for text in texts]


def test_a_chair_sees_all_that_waits_and_reaches_it(db: Session, visitor_as: Log) -> None:
    world = busy_world(db)
    visitor = visitor_as(world.people["chair"])
    page = front(visitor, world)
    assert waits(page) == [
        "2 submissions lack reviewers",
        "2 submissions have too few reviews",
        "2 reviewers are late",  # a guest is one of them
        "1 decision is pending, to be announced",
        "1 accepted talk is not confirmed",
        "2 accepted talks have no slot",
        "1 mail was refused, or nobody knows whether it arrived",
        "1 invitation to the committee has no answer",
        "1 draft is not submitted",
    ]
    for link in page.links().values():
        if "/chair/" in link:
            assert visitor.get(link).status == 200, link


def test_figures_agree_with_their_lists(db: Session, visitor_as: Log) -> None:
    world = busy_world(db)
    for name in ("chair", "track_chair"):
        visitor = visitor_as(world.people[name])
        page = front(visitor, world)
        for item, link in (
            ("too few reviews", "Look: submissions have too few reviews"),
            ("not confirmed", "Look: accepted talk is not confirmed"),
        ):
            links = [url for text, url in page.links().items() if item in text]
            number = next(int(one.split()[0]) for one in waits(page) if item in one)
            shown = visitor.get(links[0]).html.count('class="row-title"')
            assert shown == number, (name, link)


def test_a_conflict_leaves_submissions_out_and_says_so(db: Session, visitor_as: Log) -> None:
    world = busy_world(db)
    page = front(visitor_as(world.people["conflicted_chair"]), world)
    found = waits(page)
    assert "1 submission has too few reviews" in found  # the one without a conflict
    assert not any("late" in one or "pending" in one for one in found)
    assert "without yours: 9 submissions" in page.text
    assert "without yours" not in front(visitor_as(world.people["chair"]), world).text


def test_track_chairs_have_their_track(db: Session, visitor_as: Log) -> None:
    world = busy_world(db)
    own = front(visitor_as(world.people["track_chair"]), world)
    assert "1 submission has too few reviews" in waits(own)
    assert "Nudge" not in own.text
    assert "draft" not in own.text
    other = front(visitor_as(world.people["other_track_chair"]), world)
    assert waits(other) == ["1 submission lacks a reviewer", "1 submission has too few reviews"]


def test_readers_have_no_figures_of_reviews(db: Session, visitor_as: Log) -> None:
    world = busy_world(db)
    page = front(visitor_as(world.people["reader"]), world)
    assert waits(page) == ["1 accepted talk is not confirmed", "2 accepted talks have no slot"]
    assert "Coverage" not in page.text


@pytest.mark.parametrize("name", ["owner", "reviewer", "administrator", "other_speaker"])
def test_others_have_no_such_page(db: Session, visitor_as: Log, name: str) -> None:
    world = make_world(db)
    visitor = visitor_as(world.people[name])
    assert visitor.get(f"/{world.conference.slug}/chair/").status == 404


def test_each_cell_of_the_coverage_leads_to_its_list(db: Session, visitor_as: Log) -> None:
    world = busy_world(db)
    make_review(db, world.submissions["submitted"], make_person(db))
    visitor = visitor_as(world.people["chair"])
    cells = [a for a in front(visitor, world).tree.iter("a") if "heat-cell" in a.get("class", "")]
    assert len(cells) == 2
    for cell in cells:
        shown = visitor.get(cell.get("href", "")).html.count('class="row-title"')
        assert shown == int("".join(cell.itertext()))


def test_a_submission_without_a_free_chair_is_told_to_all(db: Session, visitor_as: Log) -> None:
    world = make_world(db)
    make_conflict(db, world.submissions["submitted"], world.people["chair"])
    for name in ("chair", "conflicted_chair"):
        page = front(visitor_as(world.people[name]), world)
        assert "1 submission needs another chair" in page.text
        assert world.submissions["submitted"].code in page.links()
    assert "another chair" not in front(visitor_as(world.people["track_chair"]), world).text


def test_last_nudge_is_shown(db: Session, visitor_as: Log) -> None:
    world = busy_world(db)
    visitor = visitor_as(world.people["chair"])
    page = visitor.get(f"/{world.conference.slug}/chair/reviews/nudge")
    visitor.submit(page, {"count": "2"}, press="Send")
    assert "last reminded Mon 2 Mar 2026" in front(visitor, world).text


def test_an_empty_conference_says_what_to_do(db: Session, visitor_as: Log) -> None:
    conference = make_conference(db)
    chair = make_person(db)
    give_role(db, conference, chair, "chair")
    page = visitor_as(chair).get(f"/{conference.slug}/chair/")
    assert "Nothing yet. While the first talks are on their way:" in page.text
    assert {"Invite", "The call", "Write"} <= set(page.links())
    assert "None yet." in page.text


def test_the_statements_do_not_grow(db: Session, app: object, visitor_as: Log) -> None:
    world = busy_world(db)
    visitor = visitor_as(world.people["chair"])
    counts = []
    for number in (1, 15):
        for _ in range(number):
            submission = make_submission(db, world.conference, [make_person(db)])
            make_review(db, submission, make_person(db))
        db.commit()
        with counted(app.extensions["cfp"].engine) as statements:  # type: ignore[attr-defined]
            front(visitor, world)
        counts.append(len(statements))
    assert counts[0] == counts[1]
    assert counts[1] <= 15


def test_the_line_over_time(db: Session, app: object) -> None:
    conference = Conference(opens=NOW - timedelta(days=4), deadline=NOW - timedelta(days=1))
    day = NOW.date()
    days = [(day - timedelta(days=3), 2), (day - timedelta(days=1), 5)]
    with app.test_request_context():  # type: ignore[attr-defined]
        points, mark = timeline(days, conference, NOW)
        assert [value for _label, value in points] == [0, 2, 2, 7, 7]
        assert (points[0][0], points[-1][0], mark) == ("26 Feb", "2 Mar", "1 Mar")
        conference.opens = NOW - timedelta(days=400)
        points, _mark = timeline(days, conference, NOW)
        assert len(points) <= 42
        assert points[-1][1] == 7
        assert timeline([], conference, NOW) == ([], None)
