"""Tags: put on and taken off, found, renamed, joined, deleted; for chairs, or reviewers too."""

from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cfp.actors import SYSTEM
from cfp.audit import AuditEntry
from cfp.domain.accounts.models import Person
from cfp.domain.conferences.actions import creation
from cfp.domain.submissions.models import SubmissionTag, Tag
from cfp.domain.submissions.states import State
from tests.factories import NOW, make_person, make_submission
from tests.support.cast import World, make_world
from tests.support.visitor import Page, Visitor

Log = Callable[[Person], Visitor]


@pytest.fixture
def world(db: Session) -> World:
    return make_world(db)


def chair_page(visitor: Visitor, world: World, path: str) -> Page:
    page = visitor.get(f"/{world.conference.slug}/chair/{path}")
    assert page.status == 200
    return page


def tag(visitor: Visitor, world: World, codes: list[str], line: str, press: str) -> Page:
    """Pick these in the list, press "Tag these", fill in the line."""
    listed = chair_page(visitor, world, "submissions/")
    page = visitor.submit(listed, {"picked": codes}, press="Tag these")
    return visitor.submit(page, {"tags": line}, press=press)


def on(db: Session, world: World, state: State = State.SUBMITTED) -> dict[str, str]:
    """Name to value of the tags of the submission in this state."""
    db.expire_all()
    rows = db.execute(
        select(Tag.name, SubmissionTag.value)
        .join(SubmissionTag)
        .where(SubmissionTag.submission_id == world.submissions[state].id)
        .order_by(Tag.name)
    )
    return {name: value for name, value in rows}  # noqa: C416 - a Row is no pair to mypy


def test_tags_are_made_by_using_them_on_many(db: Session, world: World, visitor_as: Log) -> None:
    visitor = visitor_as(world.people["chair"])
    states = (State.SUBMITTED, State.CONFIRMED)
    codes = [world.submissions[state].code for state in states]
    page = tag(visitor, world, codes, 'Hot room:"large hall" points:3', "Put on")
    assert "2 submissions changed." in page.text
    for state in states:
        assert on(db, world, state) == {"Hot": "", "points": "3", "room": "large hall"}
    assert len(set(db.scalars(select(Tag.color)))) == 3  # no two alike while there are others
    page = tag(visitor, world, codes[:1], "hot POINTS:4", "Take off")
    assert "1 submission changed." in page.text
    assert on(db, world) == {"room": "large hall"}
    page = tag(visitor, world, codes, "room:small", "Put on")
    assert on(db, world, State.CONFIRMED)["room"] == "small"
    listed = chair_page(visitor, world, "submissions/?q=tag:room:small")
    assert listed.text.count("Tag room small") == 2
    again = tag(visitor, world, codes, "room:small", "Put on")
    assert "0 submissions changed." in again.text
    entries = db.scalars(select(AuditEntry).where(AuditEntry.action == "submission.tag")).all()
    assert len(entries) == 5  # one for each submission that changed, for those who may know it
    assert all(entry.submission_id and "Hot" not in str(entry.detail) for entry in entries)


def test_one_submission_has_its_tags_in_a_line(
    db: Session, world: World, visitor_as: Log
) -> None:
    visitor, code = visitor_as(world.people["track_chair"]), world.submissions["submitted"].code
    page = chair_page(visitor, world, f"submissions/{code}/")
    page = visitor.get(page.links()["Add tags"])
    page = visitor.submit(page, {"tags": 'hot note:"ask again"'}, press="Save")
    assert "Tag note ask again" in page.text
    first = visitor.get(page.links()["Change its tags"])
    second = visitor.get(page.links()["Change its tags"])
    assert first.form("tags").fields[-1] == ("tags", 'hot note:"ask again"')
    visitor.submit(second, {"tags": 'hot note:"ask again" late'}, press="Save")
    visitor.submit(first, {"tags": 'note:"asked"'}, press="Save")
    assert on(db, world) == {"late": "", "note": "asked"}  # what somebody else put on stays


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", "Name at least one tag."),
        ('a "b', "can't be read as tags"),
        ("a: b", "can't be read as tags"),
        ("x" * 31, "can't be a tag"),
        ("-no", "can't be a tag"),
        ("a,b", "can't be a tag"),
        ("a:" + "x" * 61, "more than 60 characters"),
        (" ".join(f"t{n}" for n in range(21)), "At most 20 tags at once."),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_no_tag_is_refused_where_it_stands(
    db: Session, world: World, visitor_as: Log, line: str, words: str
) -> None:
    visitor = visitor_as(world.people["chair"])
    code = world.submissions["submitted"].code
    page = tag(visitor, world, [code], line, "Put on")
    assert page.status == 422
    assert words in page.text
    assert code in page.text
    assert db.scalar(select(func.count(Tag.id))) == 0


def test_only_what_is_ones_own_is_tagged(db: Session, world: World, visitor_as: Log) -> None:
    elsewhere = db.scalars(select(Tag)).all()
    assert elsewhere == []
    other = make_submission(db, world.conference, [make_person(db)], title="Of another track")
    code = world.submissions["submitted"].code
    for name, mine in (("track_chair", 1), ("conflicted_chair", 0), ("chair", 2)):
        visitor = visitor_as(world.people[name])
        path = f"/{world.conference.slug}/chair/submissions/tag"
        page = visitor.get(f"{path}?picked={code}&picked={other.code}")
        assert page.text.count("Of another track") == (mine == 2 or name == "conflicted_chair")
        assert (world.submissions["submitted"].title in page.text) is (name != "conflicted_chair")
    # Nor by sending what the page did not offer.
    visitor = visitor_as(world.people["conflicted_chair"])
    page = visitor.get(f"/{world.conference.slug}/chair/submissions/tag?picked={other.code}")
    form = page.form("tags")
    data = {**dict(form.fields), "picked": [code], "tags": "hot", "act": "add"}
    assert visitor.client.post(page.path, data=data).status_code == 422
    assert on(db, world) == {}
    refused = visitor.get(f"/{world.conference.slug}/chair/submissions/{code}/tags")
    assert refused.status == 403


def test_who_sees_what(db: Session, world: World, visitor_as: Log) -> None:
    chair = visitor_as(world.people["chair"])
    code = world.submissions["submitted"].code
    tag(chair, world, [code], "secret shown", "Put on")
    page = chair_page(chair, world, "tags/")
    page = chair.get(next(url for url in page.links().values() if url.endswith("/2/")))
    chair.submit(page, {"audience": "reviewers"}, press="Save")
    slug = world.conference.slug
    for name, path, sees in (
        ("chair", f"chair/submissions/{code}/", "secret shown"),
        ("track_chair", f"chair/submissions/{code}/", "secret shown"),
        ("conflicted_chair", f"chair/submissions/{code}/", ""),
        ("reader", f"chair/submissions/{code}/", ""),
        ("reviewer", "reviews/", "shown"),
        ("blocked_reviewer", "reviews/", ""),
        ("owner", f"submissions/{code}/", ""),
    ):
        visitor = visitor_as(world.people[name])
        text = visitor.get(f"/{slug}/{path}").text
        for word in ("secret", "shown"):
            assert (f"Tag {word}" in text) is (word in sees.split()), (name, word)
    counted = chair_page(visitor_as(world.people["conflicted_chair"]), world, "tags/")
    assert "secret Chairs 0" in counted.text


def test_rename_join_and_delete(db: Session, world: World, visitor_as: Log) -> None:
    visitor = visitor_as(world.people["chair"])
    one, two = (world.submissions[state].code for state in (State.SUBMITTED, State.CONFIRMED))
    tag(visitor, world, [one], "hot warm:2", "Put on")
    tag(visitor, world, [two], "warm:3 cold", "Put on")
    tag(visitor, world, [one], "cold:1", "Put on")

    def open_tag(name: str) -> Page:
        found = db.scalars(select(Tag.id).where(Tag.name == name)).one()
        return chair_page(visitor, world, f"tags/{found}/")

    page = visitor.submit(open_tag("hot"), {"name": "Warm"}, press="Save")
    assert page.status == 422
    assert "join the two instead" in page.text
    visitor.submit(open_tag("hot"), {"name": "urgent", "color": "red"}, press="Save")
    assert on(db, world) == {"cold": "1", "urgent": "", "warm": "2"}
    into = str(db.scalars(select(Tag.id).where(Tag.name == "warm")).one())
    page = visitor.submit(open_tag("cold"), {"into": into}, press="Join")
    assert "They are one now." in page.text
    assert on(db, world) == {"urgent": "", "warm": "2"}
    assert on(db, world, State.CONFIRMED) == {"warm": "3"}
    visitor.submit(open_tag("warm"), press="Delete the tag")
    assert on(db, world) == {"urgent": ""}
    assert db.scalars(select(Tag.name)).all() == ["urgent"]
    assert visitor.get(f"/{world.conference.slug}/chair/tags/{into}/").status == 404


def test_a_clone_has_the_tags_and_nothing_they_stand_on(
    db: Session, world: World, visitor_as: Log
) -> None:
    visitor = visitor_as(world.people["chair"])
    tag(visitor, world, [world.submissions["submitted"].code], "hot:3", "Put on")
    source = world.conference
    new = creation.NewConference(
        name="Next", slug="next", start_date=source.start_date, end_date=source.end_date,
        place="", zone="UTC", deadline=NOW, deadline_zone="UTC", contact="a@example.org",
    )  # fmt: skip
    made = creation.clone(db, SYSTEM, source, new=new, now=NOW)
    copied = db.scalars(select(Tag).where(Tag.conference_id == made.id)).one()
    assert (copied.name, copied.audience) == ("hot", "chairs")
    rows = select(func.count()).select_from(SubmissionTag)
    assert db.scalar(rows.where(SubmissionTag.conference_id == made.id)) == 0
