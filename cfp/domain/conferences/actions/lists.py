"""Tracks, formats and rooms: short lists that are changed as a whole."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from cfp import audit
from cfp.actors import Actor
from cfp.domain.conferences import rules
from cfp.domain.conferences.actions.limits import limits_to
from cfp.domain.conferences.models import Conference, Invitation, Role, Room, SubmissionType, Track
from cfp.domain.decisions.models import Decision, PendingDecision, ScenarioItem
from cfp.domain.program.models import Placement
from cfp.domain.submissions.models import Submission
from cfp.errors import DomainError
from cfp.records import record

Row: TypeAlias = Track | SubmissionType | Room

USED_BY: Mapping[type[Row], Sequence[Any]] = {
    Track: (Submission.track_id, Role.track_id, Invitation.track_id, ScenarioItem.track_id),
    SubmissionType: (
        *(Submission.type_id, PendingDecision.type_id, Decision.type_id, ScenarioItem.type_id),
    ),
    Room: (Placement.room_id,),
}
"""What keeps a row: one that is pointed at is archived where another is deleted."""


@record
class ListRow:
    """A row as wanted: the id of one there is or None, its name, its other columns."""

    id: int | None
    name: str
    values: Mapping[str, Any] = field(default_factory=dict)


def set_tracks(
    db: Session, actor: Actor, conference: Conference, *, rows: Sequence[ListRow], now: datetime
) -> None:
    """Leave these tracks, in this order (values: description)."""
    _set(db, actor, conference, Track, rows, now)


def set_types(
    db: Session, actor: Actor, conference: Conference, *, rows: Sequence[ListRow], now: datetime
) -> None:
    """Leave these formats, in this order (values: minutes, discussion_minutes)."""
    for row in rows:
        minutes, discussion = row.values["minutes"], row.values["discussion_minutes"]
        rules.check_type(row.name, minutes, discussion, field="rows")
    _set(db, actor, conference, SubmissionType, rows, now)


def set_rooms(
    db: Session, actor: Actor, conference: Conference, *, rows: Sequence[ListRow], now: datetime
) -> None:
    """Leave these rooms, in this order (values: capacity or None)."""
    _set(db, actor, conference, Room, rows, now)


def use_again(
    db: Session, actor: Actor, conference: Conference, row: Row, *, now: datetime
) -> None:
    """Take a row out of the archive, to the end of its list."""
    row.archived, row.position = False, 10_000
    db.flush()
    _record(db, actor, conference, type(row), now, {"used_again": 1})


def _set(
    db: Session,
    actor: Actor,
    conference: Conference,
    model: type[Row],
    rows: Sequence[ListRow],
    now: datetime,
) -> None:
    """Make the table say what `rows` say.

    The conference's revision goes up, so of two lists saved at once on PostgreSQL one fails. A row
    that is used is archived instead of deleted; a new name that an archived row has takes it back.
    """
    rules.check_names([row.name for row in rows], field="rows")
    flag_modified(conference, "name")
    there = {one.id: one for one in _rows(db, model, conference)}
    archived = {one.name: one for one in there.values() if one.archived}
    wanted = {row.id for row in rows}
    gone = [one for one in there.values() if one.id not in wanted and not one.archived]
    counts = {
        "archived": 0,
        "deleted": 0,
        "added": sum(1 for row in rows if row.id is None),
    }
    for unwanted in gone:
        counts["archived" if _retire(db, unwanted) else "deleted"] += 1
    _free_names(db, there, rows)
    for position, row in enumerate(rows):
        kept = there.get(row.id) if row.id is not None else archived.get(row.name)
        if kept is None and row.id is not None:
            raise DomainError("conference.row_gone", field="rows", name=row.name)
        kept = kept or _new(db, model, conference)
        kept.name, kept.position, kept.archived = row.name, position, False
        for name, value in row.values.items():
            setattr(kept, name, value)
    db.flush()
    _record(db, actor, conference, model, now, {**counts, "count": len(rows)})


def _rows(db: Session, model: type[Row], conference: Conference) -> list[Row]:
    query: Select[Any] = select(model).where(model.conference_id == conference.id)
    return list(db.scalars(query))


def _new(db: Session, model: type[Row], conference: Conference) -> Row:
    row = model(conference_id=conference.id)
    db.add(row)
    return row


def _retire(db: Session, row: Row) -> bool:
    """Archive a row that something points at, delete another; says whether it was archived."""
    used = select(*(exists().where(column == row.id) for column in USED_BY[type(row)]))
    limits = not isinstance(row, Room) and limits_to(db, row)
    if any(db.execute(used).one()) or limits:
        row.archived = True
        return True
    db.delete(row)
    db.flush()
    return False


def _free_names(db: Session, there: Mapping[int, Row], rows: Sequence[ListRow]) -> None:
    """Two rows that swap their names would each find the other's taken."""
    taken = {row.name: row for row in there.values()}
    for row in rows:
        own = there.get(row.id) if row.id is not None else None
        if own is None or own.name == row.name:
            continue
        if row.name in taken and taken[row.name].archived:
            raise DomainError("conference.archived_name", field="rows", name=row.name)
        own.name = f"\ufffd{row.id}"
    db.flush()


def _record(
    db: Session,
    actor: Actor,
    conference: Conference,
    model: type[Row],
    now: datetime,
    detail: Mapping[str, Any],
) -> None:
    audit.of_conference(
        db, actor, f"{model.__tablename__}.change", conference, now=now, detail=detail
    )
