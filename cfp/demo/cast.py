"""The people: accounts, profiles, and how the committee came together."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from cfp.actors import SYSTEM, Actor, RoleKind
from cfp.demo import script
from cfp.demo.stage import Stage
from cfp.domain.accounts import actions, profiles
from cfp.domain.assignment.documents import add_documents
from cfp.domain.assignment.pasted import Piece
from cfp.domain.assignment.reviewers import save_profile
from cfp.domain.conferences import actions as conferences
from cfp.domain.conferences.models import Conference, Invitation
from cfp.domain.conferences.queries import tracks_of


def make_people(stage: Stage, now: datetime) -> None:
    """An account for everybody with an address; who has none is only named on a talk."""
    known = set()
    for row in _everybody():
        if row["email"] and row["email"] not in known:
            known.add(row["email"])
            _make(stage, row, now)


def _everybody() -> Iterator[Mapping[str, Any]]:
    people = script.people()
    for role in script.ROLES:
        yield {**people[role], "administrator": role == "administrator"}
    yield from people["committee"]
    yield people["helper"]
    before = [script.Named.read(row["speaker"]) for row in script.conference()["before"]]
    for named in [*before, *(one for talk in script.talks() for one in talk.speakers)]:
        yield {"name": named.name, "affiliation": named.affiliation, "email": named.address}


def _make(stage: Stage, row: Mapping[str, Any], now: datetime) -> None:
    account = actions.add_user(
        stage.db,
        SYSTEM,
        name=row["name"],
        email=row["email"],
        password=row.get("password"),
        administrator=row.get("administrator", False),
        now=now,
    )
    profiles.change(
        stage.db,
        Actor(person_id=account.person_id),
        name=row["name"],
        affiliation=row["affiliation"],
        bio=row.get("bio", ""),
        zone=row.get("zone", ""),
    )


def gather_committee(stage: Stage, conference: Conference) -> None:
    """Invite everybody by mail; most accept, one declines, one has not answered."""
    tracks = {track.name: track.id for track in tracks_of(stage.db, conference)}
    for row in _members():
        track_id = tracks.get(row.get("track", ""))
        conferences.invite(
            stage.db,
            stage.chair,
            conference,
            entries=[(row["name"], row["email"])],
            kind=row.get("role", RoleKind.REVIEWER),
            track_id=track_id,
            links=stage.links,
            now=stage.then(-70, 9),
        )
    asked = select(Invitation).where(Invitation.conference_id == conference.id)
    for invitation in stage.db.scalars(asked.order_by(Invitation.id)).all():
        _answer(stage, invitation)
    stage.forget_roles()
    for row in _members():
        if "expertise" in row:
            _say_expertise(stage, conference, row, tracks)


def _members() -> list[Mapping[str, Any]]:
    people = script.people()
    return [people["reviewer"], *people["committee"], *people["invited"]]


def _answer(stage: Stage, invitation: Invitation) -> None:
    declined = {row["email"]: row for row in script.people()["invited"]}
    row = declined.get(invitation.address)
    if row is not None and not row["answer"]:
        return
    conferences.answer_invitation(
        stage.db,
        Actor() if row is not None else stage.actor(invitation.address),
        invitation,
        accept=row is None,
        reason=row["reason"] if row else "",
        now=stage.then(-69),
    )


def _say_expertise(
    stage: Stage, conference: Conference, row: Mapping[str, Any], tracks: Mapping[str, int]
) -> None:
    actor, some = stage.actor(row["email"]), row.get("some", ())
    save_profile(
        stage.db,
        actor,
        conference,
        expertise=row["expertise"],
        track_ids=[tracks[name] for name in row["tracks"] if name not in some],
        some_track_ids=[tracks[name] for name in some],
        load_wished=row["load"],
    )
    written = [Piece(one["title"], one["text"].strip()) for one in row.get("abstracts", ())]
    if written:
        add_documents(stage.db, actor, conference, pieces=written, now=stage.then(-68))


def reviewers() -> list[Mapping[str, Any]]:
    """The rows of everybody who reviews."""
    return [row for row in _members() if "expertise" in row]
