"""Where rooms can be watched: a link per day and room, or per day; part of the next version."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from cfp import audit
from cfp.actors import Actor
from cfp.domain.conferences.models import Conference, Room
from cfp.domain.program.materials import is_material_url
from cfp.domain.program.models import RoomBroadcast
from cfp.errors import DomainError

Place = tuple[date, int | None]
"""A day and a room's id; None for the whole event."""


def offered(db: Session, conference: Conference) -> tuple[Sequence[date], Sequence[Room]]:
    """The days and, where there are several, the rooms that a link can be for."""
    length = (conference.end_date - conference.start_date).days
    days = [conference.start_date + timedelta(days=number) for number in range(length + 1)]
    rooms = db.scalars(
        select(Room)
        .where(Room.conference_id == conference.id, Room.archived.is_(False))
        .order_by(Room.position, Room.id)
    ).all()
    return days, rooms if len(rooms) > 1 else []


def links_of(db: Session, conference: Conference) -> Mapping[Place, str]:
    """The links there are."""
    rows = db.scalars(select(RoomBroadcast).where(RoomBroadcast.conference_id == conference.id))
    return {(row.day, row.room_id): row.url for row in rows}


def change(
    db: Session,
    actor: Actor,
    conference: Conference,
    *,
    links: Mapping[Place, str],
    now: datetime,
) -> None:
    """Set the links of these places; an empty one takes the link away.

    Raises:
        DomainError: `material_url` when one is not an https address.
    """
    if any(url and not is_material_url(url) for url in links.values()):
        raise DomainError("material_url")
    known = links_of(db, conference)
    changed = {place: url for place, url in links.items() if url != known.get(place, "")}
    for (day, room_id), url in changed.items():
        db.execute(
            delete(RoomBroadcast).where(
                RoomBroadcast.conference_id == conference.id,
                RoomBroadcast.day == day,
                RoomBroadcast.room_id.is_not_distinct_from(room_id),
            )
        )
        if url:
            row = RoomBroadcast(conference_id=conference.id, day=day, room_id=room_id, url=url)
            db.add(row)
    db.flush()
    if changed:
        audit.of_conference(
            db, actor, "program.broadcasts", conference, now=now, detail={"count": len(changed)}
        )
