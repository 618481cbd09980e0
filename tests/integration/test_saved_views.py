"""Saved views: a list as it looks, by a name; one's own, or shared by the chairs."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp.actors import SYSTEM
from cfp.domain.accounts.models import Person
from cfp.domain.accounts.queries import actor_of_person
from cfp.domain.conferences.models import SavedView
from cfp.domain.conferences.views import QUERY_LIMIT, kept_query
from cfp.domain.persons.erasure import erase
from cfp.domain.persons.exporting import own_data
from tests.factories import NOW
from tests.support.cast import World, make_world
from tests.support.visitor import Page, Visitor

Log = Callable[[Person], Visitor]
QUERY = "q=state:submitted+score>3&sort=-mean&columns=code,mean"


@pytest.fixture
def world(db: Session) -> World:
    return make_world(db)


def listed(visitor: Visitor, world: World, query: str = "") -> Page:
    page = visitor.get(f"/{world.conference.slug}/chair/submissions/?{query}")
    assert page.status == 200
    return page


def keep(visitor: Visitor, world: World, name: str, shared: bool = False) -> Page:
    page = listed(visitor, world, f"{QUERY}&page=3")
    to = f"/{world.conference.slug}/chair/views/"
    return visitor.submit(page, {"name": name, "shared": shared}, to=to, press="Save")


def views(db: Session) -> list[tuple[str, str, bool]]:
    db.expire_all()
    rows = db.scalars(select(SavedView).order_by(SavedView.name))
    return [(one.name, one.query, one.shared) for one in rows]


def test_a_view_is_kept_and_found_again(db: Session, world: World, visitor_as: Log) -> None:
    visitor = visitor_as(world.people["chair"])
    page = keep(visitor, world, "Good ones")
    assert page.status == 200
    assert "This view is saved." in page.text
    (kept,) = views(db)
    assert kept == ("Good ones", kept_query(QUERY), False)
    link = listed(visitor, world).links()["Good ones"]
    again = visitor.get(link)
    assert 'aria-current="true">Good ones' in again.html
    keep(visitor, world, "Good ones")  # replaces it
    assert len(views(db)) == 1
    for path in ("decisions/", "people/"):  # not on another list
        assert "Good ones" not in visitor.get(f"/{world.conference.slug}/chair/{path}").text


def test_shared_ones_are_for_chairs_and_own_ones_for_oneself(
    db: Session, world: World, visitor_as: Log
) -> None:
    chair = visitor_as(world.people["chair"])
    keep(chair, world, "Mine")
    keep(chair, world, "Ours", shared=True)
    reader = visitor_as(world.people["reader"])
    page = listed(reader, world, "sort=title")
    to = f"/{world.conference.slug}/chair/views/"
    reader.submit(page, {"name": "Readers", "shared": True}, to=to, press="Save")
    assert ("Readers", "sort=title", False) in views(db)  # a reader shares nothing
    for name, sees in (
        ("chair", {"Mine", "Ours"}),
        ("conflicted_chair", {"Ours"}),
        ("track_chair", {"Ours"}),
        ("reader", {"Readers"}),
    ):
        links = listed(visitor_as(world.people[name]), world).links()
        shown = {word.split()[0] for word in links} & {"Mine", "Ours", "Readers"}
        assert shown == sees, name


def test_rename_share_and_delete(db: Session, world: World, visitor_as: Log) -> None:
    chair, slug = visitor_as(world.people["chair"]), world.conference.slug
    keep(chair, world, "One")
    keep(chair, world, "Two", shared=True)
    ids = {one.name: one.id for one in db.scalars(select(SavedView))}
    page = chair.get(f"/{slug}/chair/views/")
    to = f"/{slug}/chair/views/{ids['One']}"
    bad = chair.submit(page, {"name": "Two"}, to=to)
    assert bad.status == 422
    assert "You have a view “Two” of this list already." in bad.text
    page = chair.submit(page, {"name": "First", "shared": True}, to=to)
    assert ("First", kept_query(QUERY), True) in views(db)
    # Another chair can change and delete what is shared; a track chair can't.
    track_chair = visitor_as(world.people["track_chair"])
    assert "First" not in track_chair.get(f"/{slug}/chair/views/").text
    form = dict(page.form(to=to).fields)
    assert track_chair.client.post(to, data={**form, "name": "Mine"}).status_code in {404, 422}
    other = visitor_as(world.people["conflicted_chair"])
    page = other.get(f"/{slug}/chair/views/")
    other.submit(page, to=f"{to}/delete")
    assert [name for name, _query, _shared in views(db)] == ["Two"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_can_not_be_kept_is_refused(db: Session, world: World, visitor_as: Log) -> None:
    visitor, to = visitor_as(world.people["chair"]), f"/{world.conference.slug}/chair/views/"
    page = listed(visitor, world, QUERY)
    form = dict(page.form(to=to).fields)
    for changes, status in (
        ({"name": ""}, 422),
        ({"name": "x" * 61}, 422),
        ({"name": "a\x01"}, 422),
        ({"name": "a", "page": "settings"}, 404),
        ({"name": "a", "query": f"q={'x' * QUERY_LIMIT}"}, 422),
    ):
        answer = visitor.client.post(to, data={**form, **changes})
        assert answer.status_code == status, changes
    assert views(db) == []


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("", ""),
        ("page=3&q=&sort=title", "sort=title"),
        ("_external=1&slug=x&endpoint=y&to=people&picked=A&state=accepted", "state=accepted"),
        ("q=%00%FF&columns=a,b", "q=%00%EF%BF%BD&columns=a%2Cb"),
        ("nonsense", ""),
    ],
)
def test_only_what_says_how_a_list_looks_is_kept(query: str, kept: str) -> None:
    assert kept_query(query) == kept


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_they_are_in_ones_own_data_and_go_with_the_account(
    db: Session, world: World, visitor_as: Log
) -> None:
    person = world.people["conflicted_chair"]
    keep(visitor_as(person), world, "Mine", shared=True)
    keep(visitor_as(world.people["chair"]), world, "Another's")
    data = own_data(db, actor_of_person(db, person.id), now=NOW)
    assert [one["title"] for one in data["saved_views"]] == ["Mine"]
    erase(db, SYSTEM, person_id=person.id, now=NOW)
    assert [name for name, _query, _shared in views(db)] == ["Another's"]
