"""The committee's list of submissions."""

import csv
import io
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from cfp.domain.accounts.models import Person
from cfp.domain.decisions.models import PendingDecision
from cfp.domain.submissions.models import Submission
from cfp.domain.submissions.rules import content_text, people_text
from tests.factories import (
    NOW,
    give_role,
    make_conference,
    make_person,
    make_review,
    make_submission,
    make_track,
)
from tests.support.cast import World, make_world
from tests.support.statements import counted
from tests.support.visitor import Visitor, titles

Log = Callable[[Person], Visitor]


@pytest.fixture
def world(db: Session) -> World:
    return make_world(db)


def talk(db: Session, world: World, title: str, **changes: object) -> Submission:
    submission = make_submission(
        db, world.conference, [world.people["owner"]], title=title, track=world.track, **changes
    )
    submission.search_text = content_text(submission.code, title, submission.abstract)
    submission.people_text = people_text([("Zoë Ångström", "Tromsø Labs")])
    return submission


def listed(visitor: Visitor, world: World, query: str = "") -> list[str]:
    page = visitor.get(f"/{world.conference.slug}/chair/submissions/{query}")
    assert page.status == 200
    return titles(page)


def test_chairs_see_everything_but_drafts(db: Session, world: World, visitor_as: Log) -> None:
    shown = listed(visitor_as(world.people["chair"]), world)
    assert len(shown) == len(world.submissions)  # one draft less, one of another track more
    assert world.submissions["draft"].title not in shown


def test_a_chair_who_speaks_does_not_list_their_own_draft(
    db: Session, world: World, visitor_as: Log
) -> None:
    give_role(db, world.conference, world.people["owner"], "chair")
    shown = listed(visitor_as(world.people["owner"]), world)
    assert world.submissions["draft"].title not in shown


def test_track_chairs_see_their_track_only(db: Session, world: World, visitor_as: Log) -> None:
    give_role(db, world.conference, world.people["other_track_chair"], "reviewer")
    shown = listed(visitor_as(world.people["other_track_chair"]), world)
    assert len(shown) == 1  # though a reviewer of everything may read the others as well
    assert not set(shown) & {one.title for one in world.submissions.values()}


def test_readers_have_no_figures_of_reviews(db: Session, world: World, visitor_as: Log) -> None:
    make_review(db, world.submissions["submitted"], world.people["reviewer"], 5)
    reader = visitor_as(world.people["reader"])
    everything = listed(reader, world)
    assert len(everything) == len(world.submissions)
    page = reader.get(f"/{world.conference.slug}/chair/submissions/")
    for word in ("Mean", "Spread", "Pending decision", "Write to these"):
        assert word not in page.text
    assert listed(reader, world, "?sort=mean") == everything
    assert listed(reader, world, "?reviews=1") == []
    assert listed(reader, world, "?pending=accept") == []


@pytest.mark.parametrize("name", ["owner", "reviewer", "other_speaker", "administrator"])
def test_others_have_no_such_page(world: World, visitor_as: Log, name: str) -> None:
    visitor = visitor_as(world.people[name])
    for path in ("submissions/", "submissions.csv"):
        assert visitor.get(f"/{world.conference.slug}/chair/{path}").status == 404


def test_strangers_are_asked_to_log_in(world: World, client: FlaskClient) -> None:
    answer = client.get(f"/{world.conference.slug}/chair/submissions/")
    assert answer.status_code == 302
    assert "log-in" in answer.headers["Location"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=kernel", ["Kernel paths"]),
        ("q=ZOE+angstrom", ["Kernel paths", "Flow tables"]),
        ("q=tromso+flow", ["Flow tables"]),
        ("q=kernel+flow", []),
        ("q=100%25", []),
        ("q=_", []),
        ("q=kernel&state=submitted", ["Kernel paths"]),
        ("q=kernel&state=accepted", []),
        ("q=zoe&track=Storage", []),
        ("q=zoe&type=Short+talk", []),
        ("q=zoe&reviews=0", ["Flow tables"]),
        ("q=zoe&reviews=2", ["Kernel paths"]),
        ("q=zoe&reviews=1%2B", ["Kernel paths"]),
        ("q=zoe&reviews=lt2", ["Flow tables"]),
        ("q=zoe&pending=waitlist", ["Kernel paths"]),
        ("q=zoe&pending=none", ["Flow tables"]),
        ("q=zoe&sort=title", ["Flow tables", "Kernel paths"]),
        ("q=zoe&sort=-title", ["Kernel paths", "Flow tables"]),
        ("q=zoe&sort=mean", ["Kernel paths", "Flow tables"]),
    ],
)
def test_search_filters_and_order(
    db: Session, world: World, visitor_as: Log, query: str, found: list[str]
) -> None:
    talk(db, world, "Flow tables", submitted=NOW.replace(day=1))
    kernel = talk(db, world, "Kernel paths")
    for value in (3, 4):
        make_review(db, kernel, make_person(db), value)
    here = {"conference_id": world.conference.id, "submission_id": kernel.id}
    db.add(PendingDecision(outcome="waitlist", at=NOW, **here))
    assert listed(visitor_as(world.people["chair"]), world, f"?{query}") == found


@pytest.mark.parametrize(
    "query",
    [
        "page=0&page=2",
        "page=99999999999",
        "page=x",
        "sort=abstract",
        "sort=--title",
        "state=draft",
        "state=wrong",
        "pending=wrong",
        "reviews=-1",
        "reviews=1e9",
        "slug=x&code=y&endpoint=z&_external=1&_anchor=a",
        "q=%EF%BF%BD%ED%A0%80",
        "q=%01&track=%0D%0A&type=%27",
    ],
)
def test_a_strange_address_is_no_error(world: World, visitor_as: Log, query: str) -> None:
    visitor = visitor_as(world.people["chair"])
    for path in ("submissions/", "submissions.csv"):
        assert visitor.get(f"/{world.conference.slug}/chair/{path}?{query}").status == 200


def test_a_null_character_is_refused(world: World, visitor_as: Log) -> None:
    visitor = visitor_as(world.people["chair"])
    for name in ("q", "track", "type", "state", "sort"):
        assert visitor.get(f"/{world.conference.slug}/chair/submissions/?{name}=%00").status == 400


def test_markup_in_a_title_stays_text(db: Session, world: World, visitor_as: Log) -> None:
    talk(db, world, "<b>Bold</b> & co")
    page = visitor_as(world.people["chair"]).get(f"/{world.conference.slug}/chair/submissions/")
    assert "<b>Bold" not in page.html
    assert "<b>Bold</b> & co" in page.text


def test_fifty_are_a_page_and_the_filters_stay(
    db: Session, world: World, visitor_as: Log
) -> None:
    for number in range(51):
        talk(db, world, f"Many {number:02}")
    visitor = visitor_as(world.people["chair"])
    page = visitor.get(f"/{world.conference.slug}/chair/submissions/?q=many&sort=title")
    assert titles(page) == [f"Many {number:02}" for number in range(50)]
    assert titles(visitor.get(page.links()["Next"])) == ["Many 50"]


def test_the_file_has_exactly_the_rows_and_columns_shown(
    db: Session, world: World, visitor_as: Log
) -> None:
    first = talk(db, world, '=HYPERLINK("x")')
    for value in (2, 4):
        make_review(db, first, make_person(db), value)
    page = visitor_as(world.people["chair"]).get(
        f"/{world.conference.slug}/chair/submissions/?q=hyperlink"
    )
    file = visitor_as(world.people["chair"]).client.get(page.links()["CSV of what is shown"])
    assert file.mimetype == "text/csv"
    rows = list(csv.DictReader(io.StringIO(file.data.decode("utf-8-sig"))))
    assert len(rows) == 1
    assert rows[0]["title"] == '\'=HYPERLINK("x")'
    assert rows[0]["speakers"] == "Owner, Example Org"
    assert (rows[0]["reviews"], rows[0]["mean"], rows[0]["spread"]) == ("2", "3.0", "1.414")
    reader = visitor_as(world.people["reader"]).client.get(
        f"/{world.conference.slug}/chair/submissions.csv"
    )
    header = reader.data.decode("utf-8-sig").splitlines()[0]
    assert header == "code,title,speakers,track,format,state,submitted"


def test_what_is_picked_can_be_written_to_and_decided(
    db: Session, world: World, visitor_as: Log
) -> None:
    chosen = talk(db, world, "Chosen one")
    visitor = visitor_as(world.people["chair"])
    page = visitor.get(f"/{world.conference.slug}/chair/submissions/?q=one")
    letter = visitor.submit(page, {"picked": [chosen.code]}, press="Write to these")
    assert "Write to 1 person" in letter.text
    assert letter.links()["Back to the list"].endswith("/chair/submissions/?q=one")
    deciding = visitor.submit(page, {"picked": [chosen.code]}, press="Decide on these")
    assert deciding.status == 200
    assert "Chosen one" in deciding.text


def test_one_can_write_to_everybody_shown(db: Session, world: World, visitor_as: Log) -> None:
    make_submission(db, world.conference, [make_person(db, "Lea")], title="Chosen one")
    visitor = visitor_as(world.people["chair"])
    page = visitor.get(f"/{world.conference.slug}/chair/submissions/?q=chosen")
    assert "Write to 1 person" in visitor.get(page.links()["Write to these 1"]).text
    world.submissions["submitted"].search_text = "something chosen"
    page = visitor.get(f"/{world.conference.slug}/chair/submissions/?q=chosen")
    assert "Write to 3 people" in visitor.get(page.links()["Write to these 2"]).text


def test_the_statements_do_not_grow_with_the_list(
    db: Session, engine: Engine, app: object, visitor_as: Log
) -> None:
    conference = make_conference(db)
    make_track(db, conference, "Storage")
    chair = make_person(db)
    give_role(db, conference, chair, "chair")
    visitor = visitor_as(chair)
    counts = []
    for number in (2, 20):
        for _ in range(number):
            submission = make_submission(db, conference, [make_person(db), "Somebody"])
            make_review(db, submission, make_person(db), 3)
        db.commit()
        with counted(app.extensions["cfp"].engine) as statements:  # type: ignore[attr-defined]
            assert len(listed_at(visitor, conference.slug)) >= number
        counts.append(len(statements))
    assert counts[0] == counts[1]
    assert counts[1] <= 10


def listed_at(visitor: Visitor, slug: str) -> list[str]:
    return titles(visitor.get(f"/{slug}/chair/submissions/?reviews=1%2B&sort=-mean"))
