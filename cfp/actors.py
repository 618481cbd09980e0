"""Who is acting: a plain, frozen value loaded once per request."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class RoleKind(StrEnum):
    """What a person can be in a conference."""

    CHAIR = "chair"
    TRACK_CHAIR = "track_chair"
    REVIEWER = "reviewer"
    READER = "reader"


@dataclass(frozen=True)
class RoleFact:
    """One role: its conference, and for a track chair the track."""

    conference_id: int
    kind: RoleKind
    track_id: int | None = None


@dataclass(frozen=True)
class Actor:
    """A person with their roles, or (with no person) a stranger or the system itself.

    `at` is the moment they ask at, by which the policy knows the phase of reviewing; None where
    somebody acts at no moment of their own, such as a job, to whom phases are closed. `conferences`
    are those they have a role in, as (name, slug), the latest first: for pages only. `guest_in` and
    `helps_in` are conferences where they are asked, without a role, to review a submission for
    themselves or for one of its reviewers. `last_used` is when their browser last sent something,
    as far as that was noted.
    """

    person_id: int | None = None
    account_id: int | None = None
    session_id: int | None = None
    name: str = ""
    zone: str = ""
    administrator: bool = False
    creates_conferences: bool = False
    roles: frozenset[RoleFact] = frozenset()
    at: datetime | None = None
    conferences: tuple[tuple[str, str], ...] = ()
    guest_in: frozenset[int] = frozenset()
    helps_in: frozenset[int] = frozenset()
    last_used: datetime | None = None

    def has(self, conference_id: int, kind: RoleKind) -> bool:
        """Whether the person plays this role anywhere in the conference."""
        return any(r.conference_id == conference_id and r.kind is kind for r in self.roles)

    def reviews_in(self, conference_id: int) -> bool:
        """Whether they review there, by their role or as somebody asked for one submission."""
        return self.has(conference_id, RoleKind.REVIEWER) or conference_id in self.guest_in

    def tracks(self, conference_id: int) -> frozenset[int]:
        """The tracks the person chairs."""
        return frozenset(
            role.track_id
            for role in self.roles
            if role.conference_id == conference_id
            and role.kind is RoleKind.TRACK_CHAIR
            and role.track_id is not None
        )


ANYBODY = Actor()
"""Somebody who is not logged in."""

SYSTEM = Actor(name="system")
"""The application itself, acting on time or for the command line."""
