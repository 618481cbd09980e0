"""What a chair is told of others' changes while the list of decisions stays open."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from cfp.domain.accounts.models import Person
from cfp.domain.accounts.queries import actor_of_person
from cfp.domain.decisions import actions
from cfp.domain.submissions.models import Submission
from cfp.domain.submissions.states import State
from tests.factories import NOW, make_submission
from tests.support.cast import World, make_world
from tests.support.statements import counted
from tests.support.visitor import Page, Visitor

LogIn = Callable[[Person], Visitor]
SINCE = re.compile(r'data-meanwhile="([^"]+)"')
pytestmark = pytest.mark.usefixtures("later")


@pytest.fixture
def world(db: Session) -> World:
    return make_world(db)


def decide(db: Session, world: World, talk: Submission, outcome: str | None, name: str) -> None:
    actor = actor_of_person(db, world.people[name].id)
    actions.set_many(
        db, actor, world.conference, codes=[talk.code], outcome=outcome,
        now=NOW + timedelta(days=40, minutes=talk.id),
    )  # fmt: skip
    db.commit()


def opened(visitor: Visitor, world: World) -> str:
    """Open the board and take the address that it asks."""
    page = visitor.get(f"/{world.conference.slug}/chair/decisions/?view=board")
    found = SINCE.search(page.html)
    assert found is not None
    return found[1].replace("&amp;", "&")


def said(visitor: Visitor, address: str) -> str:
    answer = visitor.client.get(address)
    assert answer.status_code == 200
    return str(answer.json["said"])


def test_others_changes_are_said_and_one_s_own_are_not(
    app: Flask, world: World, visitor_as: LogIn, db: Session
) -> None:
    chair = visitor_as(world.people["chair"])
    speaker = world.people["other_speaker"]
    talks = [make_submission(db, world.conference, [speaker], track=world.track) for _ in range(3)]
    decide(db, world, talks[0], "accept", "track_chair")
    address = opened(chair, world)
    assert said(chair, address) == ""
    decide(db, world, talks[1], "waitlist", "chair")
    assert said(chair, address) == ""
    decide(db, world, talks[1], None, "track_chair")
    decide(db, world, talks[2], "reject", "track_chair")
    with counted(app.extensions["cfp"].engine) as statements:
        answer = chair.client.get(address)
    name = world.people["track_chair"].name
    assert answer.json["said"] == f"{name} has changed 2 decisions since you opened this page."
    assert len(statements) <= 4, statements
    assert said(chair, opened(chair, world)) == ""
    decide(db, world, talks[2], None, "conflicted_chair")
    other = world.people["conflicted_chair"].name
    assert f"since you opened this page: {other} 1, {name} 2." in said(chair, address)


def test_before_anything_was_pending(world: World, visitor_as: LogIn, db: Session) -> None:
    chair = visitor_as(world.people["chair"])
    address = opened(chair, world)
    assert "since=0" in address
    decide(db, world, world.submissions[State.SUBMITTED], "accept", "track_chair")
    assert "has changed 1 decision since" in said(chair, address)


def test_a_conflict_keeps_it_from_a_chair(world: World, visitor_as: LogIn, db: Session) -> None:
    """Neither the sentence nor the moment that the page asks from tells of a hidden change."""
    barred = visitor_as(world.people["conflicted_chair"])
    address = opened(barred, world)
    decide(db, world, world.submissions[State.SUBMITTED], "accept", "chair")
    assert said(barred, address) == ""
    assert opened(barred, world) == address
    assert said(visitor_as(world.people["track_chair"]), address) != ""


@pytest.mark.parametrize("since", ["", "?since=", "?since=x", "?since=-1", "?since=%FF"])
def test_odd_moments_say_nothing(world: World, visitor_as: LogIn, db: Session, since: str) -> None:
    chair = visitor_as(world.people["chair"])
    decide(db, world, world.submissions[State.SUBMITTED], "accept", "track_chair")
    assert said(chair, f"/{world.conference.slug}/chair/decisions/meanwhile{since}") == ""


def test_who_may_not_see_what_is_pending_finds_no_address(world: World, visitor_as: LogIn) -> None:
    for name in ("owner", "reviewer", "administrator"):
        address = f"/{world.conference.slug}/chair/decisions/meanwhile?since=0"
        assert Page(address, visitor_as(world.people[name]).client.get(address)).status == 404
