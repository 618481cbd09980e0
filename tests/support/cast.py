"""The fixed cast of the permission tests, on a conference with a talk in every state.

Every submission is by the owner with a co-speaker who has accepted. The reviewer is assigned to
all of them and has reviewed none unless asked; the blocked reviewer and the conflicted chair have
a declared (blocking) conflict with each; the track chair chairs their track. The guest has been
invited to review each, the helper to write about each for the reviewer; neither has a role.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from cfp.actors import ANYBODY, Actor
from cfp.domain.accounts.models import Account, Person
from cfp.domain.accounts.queries import actor_of_session
from cfp.domain.conferences.models import Conference, Track
from cfp.domain.submissions.models import Submission
from cfp.domain.submissions.states import State
from tests.factories import (
    NOW,
    give_role,
    make_assignment,
    make_conference,
    make_conflict,
    make_guest,
    make_login,
    make_person,
    make_submission,
    make_track,
)

CAST = (
    "owner",
    "co_speaker",
    "other_speaker",
    "reviewer",
    "blocked_reviewer",
    "track_chair",
    "other_track_chair",
    "chair",
    "conflicted_chair",
    "reader",
    "administrator",
    "guest",
    "helper",
    "anonymous",
)


@dataclass(frozen=True)
class World:
    """The conference, who plays in it, and one submission per state."""

    conference: Conference
    track: Track
    people: dict[str, Person]
    submissions: dict[str, Submission]
    actors: dict[str, Actor] = field(default_factory=dict)

    def actor(self, db: Session, name: str) -> Actor:
        """The person as a request would load them."""
        if name == "anonymous":
            return ANYBODY
        if name not in self.actors:
            cookie = make_login(db, self.people[name])
            actor = actor_of_session(db, cookie.removeprefix("p."), now=NOW)
            assert actor is not None
            self.actors[name] = actor
        return self.actors[name]


def make_world(
    db: Session,
    *,
    blind: bool = False,
    after: Callable[[Session, "World"], None] | None = None,
    **changes: object,
) -> World:
    """Build the world; `after` plants what a test needs on top."""
    conference = make_conference(db, blind=blind, **{"delegation": "on", **changes})
    track, other = make_track(db, conference, "Networks"), make_track(db, conference, "Storage")
    people = {
        name: make_person(db, name.replace("_", " ").title())
        for name in CAST
        if name != "anonymous"
    }
    _give_roles(db, conference, people, track, other)
    submissions = {
        state: make_submission(
            db, conference, [people["owner"], people["co_speaker"]], state=state, track=track
        )
        for state in State
    }
    make_submission(db, conference, [people["other_speaker"]], track=other)
    for submission in submissions.values():
        make_assignment(db, submission, people["reviewer"])
        make_conflict(db, submission, people["blocked_reviewer"])
        make_conflict(db, submission, people["conflicted_chair"])
        make_guest(db, submission, people["guest"])
        make_guest(db, submission, people["helper"], for_whom=people["reviewer"])
    world = World(conference, track, people, submissions)
    if after is not None:
        after(db, world)
    db.commit()
    return world


def _give_roles(
    db: Session, conference: Conference, people: dict[str, Person], track: Track, other: Track
) -> None:
    for name, kind in (
        ("reviewer", "reviewer"),
        ("blocked_reviewer", "reviewer"),
        ("chair", "chair"),
        ("conflicted_chair", "chair"),
        ("reader", "reader"),
    ):
        give_role(db, conference, people[name], kind)
    give_role(db, conference, people["track_chair"], "track_chair", track)
    give_role(db, conference, people["other_track_chair"], "track_chair", other)
    account = db.query(Account).filter_by(person_id=people["administrator"].id).one()
    account.administrator = True
    db.flush()
