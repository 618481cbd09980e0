"""What a selection has to keep: numbers by key, as chairs set them.

"all", "type-ID" and "track-ID" are the minutes of `Conference.capacities`. Beside them "least-ID"
and "most-ID" say how many of a track, "speaker" how many of one speaker, "affiliation" the largest
share in percent of speakers from one employer, "first" the least share of first-time speakers.
"""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cfp import audit
from cfp.actors import Actor
from cfp.domain.conferences.models import Conference, Track
from cfp.domain.decisions.models import SelectionLimits
from cfp.domain.submissions.states import State
from cfp.errors import DomainError, StaleError
from cfp.records import record

COUNT_LIMIT = 10_000
BOUNDS: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        "least": (1, COUNT_LIMIT),
        "most": (0, COUNT_LIMIT),
        "speaker": (1, 20),
        "affiliation": (1, 100),
        "first": (1, 100),
    }
)
"""Kind of limit -> the lowest and the highest number it can have."""

MINUTES = ("all", "type", "track")
"""Kinds of minutes that a selection keeps; those of days are the plan's."""
OPEN = (State.SUBMITTED, State.WAITLISTED)
"""States of what can be chosen; the waitlisted only where a chair says so."""


def minutes_of(conference: Conference) -> dict[str, int]:
    """The minutes there are that a selection keeps, by `rules.capacity_key`."""
    kinds = conference.capacities.items()
    return {key: number for key, number in kinds if key.partition("-")[0] in MINUTES}


@record
class Limits:
    """All that one selection keeps: number by key, and whether the waitlisted can be chosen."""

    numbers: Mapping[str, int] = field(default_factory=dict)
    waitlisted: bool = False

    @classmethod
    def of(cls, conference: Conference, row: SelectionLimits) -> "Limits":
        """The minutes there are, and what else is set."""
        return cls({**minutes_of(conference), **row.limits}, row.waitlisted)

    def as_json(self) -> dict[str, Any]:
        return {"numbers": dict(self.numbers), "waitlisted": self.waitlisted}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Limits":
        return cls(dict(stored["numbers"]), bool(stored["waitlisted"]))

    @property
    def hold(self) -> bool:
        """Whether anything keeps everything from being accepted."""
        return any(split(key)[0] not in ("least", "first") for key in self.numbers)

    @property
    def states(self) -> tuple[State, ...]:
        """The states of what can be chosen."""
        return OPEN if self.waitlisted else OPEN[:1]


def split(key: str) -> tuple[str, int | None]:
    """("track", 2) of "track-2", ("all", None) of "all"."""
    kind, _dash, number = key.partition("-")
    return kind, int(number) if number else None


def limits_of(db: Session, conference: Conference) -> SelectionLimits:
    """What is set, or (not stored, of revision 0) what holds until something is."""
    stored = db.get(SelectionLimits, conference.id)
    return stored or SelectionLimits(
        conference_id=conference.id, limits={}, waitlisted=False, revision=0
    )


def save_limits(
    db: Session,
    actor: Actor,
    conference: Conference,
    *,
    numbers: Mapping[str, int | None],
    waitlisted: bool,
    revision: str,
    now: datetime,
) -> None:
    """Set all limits but the minutes; None for "not limited".

    `revision` is that of what the form was filled with.

    Raises:
        StaleError: `stale`, when another chair has set them since.
        DomainError: at its field: `select.bad_number`, `select.least_above_most`.
    """
    row = limits_of(db, conference)
    if revision != str(row.revision):
        raise StaleError("stale")
    kept = {key: value for key, value in numbers.items() if value is not None}
    _check(db, conference, kept)
    before = {"limits": dict(row.limits), "waitlisted": row.waitlisted}
    if before == {"limits": kept, "waitlisted": waitlisted}:
        return
    row.limits, row.waitlisted = kept, waitlisted
    _store(db, row)
    audit.of_conference(
        db,
        actor,
        "selection.limits",
        conference,
        now=now,
        before=before,
        after={"limits": kept, "waitlisted": waitlisted},
    )


def _check(db: Session, conference: Conference, numbers: Mapping[str, int]) -> None:
    tracks = set(db.scalars(select(Track.id).where(Track.conference_id == conference.id)))
    for key, value in numbers.items():
        kind, id_ = split(key)
        low, high = BOUNDS[kind]
        if not low <= value <= high or (id_ is not None and id_ not in tracks):
            raise DomainError("select.bad_number", field=key, low=low, high=high)
        most = numbers.get(f"most-{id_}")
        if kind == "least" and most is not None and value > most:
            raise DomainError("select.least_above_most", field=key, most=most)


def _store(db: Session, row: SelectionLimits) -> None:
    """Two chairs who set limits for the first time at once: the later one is told."""
    if row.revision == 0:
        row.revision = 1
    try:
        with db.begin_nested():
            db.add(row)
            db.flush()
    except IntegrityError as error:
        raise StaleError("stale") from error
