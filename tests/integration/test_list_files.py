"""Every list as a file: the rows and columns its page shows, in its order, all pages of them."""

import csv
import io
from collections.abc import Callable

import pytest
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from cfp.domain.accounts.models import Person
from cfp.domain.decisions.models import Decision
from cfp.domain.mail.models import Message
from cfp.domain.reviews import noticing
from cfp.domain.submissions.models import SubmissionTag, Tag
from cfp.domain.submissions.states import State
from cfp.web.chair.saved_views import PAGES
from cfp.web.files import TABLES
from tests.factories import (
    NOW,
    make_assignment,
    make_conflict,
    make_guest,
    make_person,
    make_review,
    make_submission,
)
from tests.support.calibrating import calibrate
from tests.support.cast import World, make_world
from tests.support.visitor import Page, Visitor, titles

Log = Callable[[Person], Visitor]
FORMULA = '=HYPERLINK("https://example.org")'

LISTS = {
    "submissions": ("submissions/", "submissions", "sort=title"),
    "decisions": ("decisions/", "decisions", "sort=-title"),
    "announced": ("decisions/announced", "decisions/announced", "sort=title"),
    "reviews": ("reviews/", "reviews/scores", "reviews=1%2B&sort=title"),
    "people": ("people/", "people", "who=speakers&sort=-name"),
    "messages": ("messages/", "messages", "state=trouble&sort=subject"),
    "conflicts": ("conflicts/", "conflicts", "kind=declared&sort=-person"),
    "assignment_submissions": (
        *("assignment/submissions/", "assignment/submissions", "sort=-title"),
    ),
    "assignment_answers": ("assignment/answers/", "assignment/answers", "show=assigned"),
    "log": ("log/", "log", "action=submission.edit"),
}
"""The page, its files, and a question, of each list of the chairs."""

FURTHER = {
    "sure": ("decisions/sure", "sort=title", 55),
    "guest_list": ("reviews/guests", "state=accepted&sort=name", 1),
    "quality": ("reviews/quality", "flag=short&sort=title", 55),
    "wishes": ("decisions/select/wishes", "q=talk&sort=-title", 55),
}
"""Lists of which no view is kept: their page and file, a question, and how many rows answer it."""

REVIEWERS = {
    "queue": ("reviews/", "reviews/queue", "show=open&q=talk&sort=-title"),
    "bids": ("reviews/bids/", "reviews/bids", "show=none&sort=title"),
}
"""The same of those of a reviewer."""


def grow(db: Session, world: World) -> None:
    """More than a page of everything, some of it with a formula for a title."""
    here, reviewers = world.conference.id, [make_person(db) for _ in range(3)]
    for number in range(60):
        owner = make_person(db, FORMULA if number == 7 else f"Speaker {number}")
        title = f"{FORMULA} {number}" if number % 20 == 3 else f"Talk {number}"
        talk = make_submission(db, world.conference, [owner], title=title, track=world.track)
        if number < 55:
            make_review(db, talk, reviewers[number % 3], number % 5 + 1)
            make_conflict(db, talk, reviewers[(number + 1) % 3])
            make_assignment(db, talk, reviewers[number % 3])
        db.add(
            Message(
                conference_id=here, kind="free", object_key=f"{number}", subject=title,
                recipient="a@example.org", recipient_name=FORMULA, body="b", state="refused",
                message_id=f"<{number}@x>", due=NOW, created=NOW,
            )
        )  # fmt: skip
    for state in (State.ACCEPTED, State.REJECTED):
        talk = world.submissions[state]
        db.add(Decision(conference_id=here, submission_id=talk.id, outcome=state, at=NOW))
    tag = Tag(conference_id=here, name="hot", key="hot", color="red")
    db.add(tag)
    db.flush()
    row = {"conference_id": here, "submission_id": world.submissions[State.SUBMITTED].id}
    db.add(SubmissionTag(tag_id=tag.id, value="very", value_key="very", **row))


def cells_of(visitor: Visitor, path: str) -> list[list[str]]:
    answer = visitor.client.get(path)
    assert answer.status_code == 200, path
    assert answer.headers["Cache-Control"] == "no-store"
    name = path.partition("?")[0].rpartition(".")[2]
    assert answer.headers["Content-Disposition"].endswith(f'.{name}"')
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    if name == "csv":
        return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    sheet = load_workbook(io.BytesIO(answer.data)).worksheets[0]
    return [
        ["" if cell is None else str(cell) for cell in row]
        for row in sheet.iter_rows(values_only=True)
    ]


def firsts(visitor: Visitor, path: str, query: str) -> list[str]:
    """What heads each row, over all pages."""
    found: list[str] = []
    for number in range(1, 9):
        page = visitor.get(f"{path}?{query}&page={number}")
        if "Next" not in page.links():
            return found + heads(page)
        found += heads(page)
    raise AssertionError("the pages do not end")


def heads(page: Page) -> list[str]:
    bodies = list(page.tree.iter("tbody"))[-1:]  # a chart's table stands before
    rows = [row for body in bodies for row in body.iter("tr")]
    named = [cell for row in rows for cell in row.iter("th")]
    assert not named or len(named) == len(rows)
    return [" ".join("".join(one.itertext()).split()) for one in named] or ["" for _ in rows]


def test_every_list_is_known_here_and_can_be_kept() -> None:
    assert set(LISTS) == set(PAGES)
    assert set(TABLES) == {*LISTS, *FURTHER, *REVIEWERS, "scenario_list"}


def test_files_are_what_the_pages_show(db: Session, visitor_as: Log) -> None:
    world = make_world(db, reviewing="assigned", after=grow)
    for name in ("chair", "track_chair", "conflicted_chair"):
        visitor = visitor_as(world.people[name])
        for key, (page, file, query) in LISTS.items():
            base = f"/{world.conference.slug}/chair"
            if visitor.get(f"{base}/{page}").status == 404:
                assert visitor.client.get(f"{base}/{file}.csv").status_code == 404
                continue
            table = cells_of(visitor, f"{base}/{file}.csv?{query}")
            book = cells_of(visitor, f"{base}/{file}.xlsx?{query}")
            assert plain(table) == plain(book), key
            shown = firsts(visitor, f"{base}/{page}", query)
            assert len(table) - 1 == len(shown), key
            for row, head in zip(table[1:], shown, strict=True):
                assert not head or any(cell.lstrip("'") in head for cell in row if cell), key
            assert not [cell for row in table for cell in row if cell.startswith("=")]


def test_a_reviewers_files_are_what_their_pages_show(db: Session, visitor_as: Log) -> None:
    world = make_world(db, uses_bids=True, reviewing="assigned", blind=True, after=grow)
    visitor, base = visitor_as(world.people["reviewer"]), f"/{world.conference.slug}"
    for key, (page, file, query) in REVIEWERS.items():
        table = cells_of(visitor, f"{base}/{file}.csv?{query}")
        assert plain(table) == plain(cells_of(visitor, f"{base}/{file}.xlsx?{query}")), key
        shown = firsts(visitor, f"{base}/{page}", query)
        assert [row[1].lstrip("'") for row in table[1:]] == shown, key
        assert "Speaker" not in str(table)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_further_lists_have_files_too(db: Session, visitor_as: Log) -> None:
    def grow_more(db: Session, world: World) -> None:
        grow(db, world)
        world.conference.accept_count = 2
        make_guest(db, world.submissions[State.SUBMITTED], make_person(db))
        noticing.notice_all(db, world.conference)
        calibrate(db, world.conference)

    world = make_world(db, reviewing="assigned", after=grow_more)
    visitor, base = visitor_as(world.people["chair"]), f"/{world.conference.slug}/chair"
    for key, (page, query, least) in FURTHER.items():
        shown = visitor.get(f"{base}/{page}?{query}")
        assert "CSV of what is shown" in shown.links(), key
        table = cells_of(visitor, shown.links()["CSV of what is shown"])
        assert plain(table) == plain(cells_of(visitor, f"{base}/{page}.xlsx?{query}")), key
        whole = cells_of(visitor, f"{base}/{page}.csv")
        assert least <= len(table) - 1 <= len(whole) - 1, key
        assert all(row in whole for row in table), key
        head = table[0].index("title")
        assert {row[head].lstrip("'") for row in table[1:51]} == set(titles(shown)), key


def plain(table: list[list[str]]) -> list[list[str]]:
    """Numbers without their fraction where it is 0: a workbook's have none."""
    return [[cell.removesuffix(".0") for cell in row] for row in table]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_columns_are_chosen_in_the_address(db: Session, visitor_as: Log) -> None:
    world = make_world(db, after=grow)
    visitor, base = visitor_as(world.people["chair"]), f"/{world.conference.slug}/chair"
    page = visitor.get(f"{base}/submissions/?columns=mean&columns=tags&q=tag:hot")
    link = page.links()["CSV of what is shown"]
    assert "columns=mean,tags" in link
    table = cells_of(visitor, link)
    assert table == [
        ["title", "mean", "tags"],
        [world.submissions[State.SUBMITTED].title, "", "hot:very"],
    ]
    assert "Format" not in [" ".join(th.itertext()) for th in page.tree.iter("th")]
    assert len(cells_of(visitor, f"{base}/submissions.csv?columns=nonsense")[0]) == 12
    reader = visitor_as(world.people["reader"])
    assert cells_of(reader, f"{base}/submissions.csv?columns=mean,code")[0] == ["code", "title"]
    people = cells_of(visitor, f"{base}/people.csv?columns=e-mail")
    assert people[0] == ["name", "e-mail"]
    for page_, files in (("people/", "people"), ("reviews/", "reviews/scores")):
        shown = visitor.get(f"{base}/{page_}?columns=talks&columns=mean&columns=code")
        names = cells_of(visitor, shown.links()["CSV of what is shown"])[0]
        assert names in (["name", "talks"], ["code", "title", "mean"]), files
        heads = {" ".join("".join(th.itertext()).split()) for th in shown.tree.iter("th")}
        assert not {"Affiliation", "Confirmed", "State", "Spread"} & heads
    for page_, asked, names, head in (
        ("messages/", "sent", ["subject", "sent"], ["Subject", "Sent"]),
        ("conflicts/", "reason", ["person", "reason"], ["Who", "What"]),
        ("decisions/announced", "minutes", ["title", "minutes"], ["Title", "Announced as"]),
    ):
        shown = visitor.get(f"{base}/{page_}?columns={asked}")
        assert cells_of(visitor, shown.links()["CSV of what is shown"])[0] == names
        heads = [" ".join("".join(th.itertext()).split()) for th in shown.tree.iter("th")]
        assert heads[:2] == head


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_long_file_is_sent_from_the_disk(db: Session, visitor_as: Log) -> None:
    def long(db: Session, world: World) -> None:
        for _ in range(520):
            talk = make_submission(db, world.conference, [world.people["owner"]])
            talk.title = "long " * 500

    world = make_world(db, after=long)
    visitor = visitor_as(world.people["chair"])
    answer = visitor.client.get(f"/{world.conference.slug}/chair/submissions.csv")
    with answer:
        rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert len(answer.data) > 1 << 20
    assert len(rows) == 520 + len(world.submissions) + 1
