"""Tracks and formats that parts of the review form are limited to."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp.domain.conferences.models import (
    Conference,
    Criterion,
    ReviewField,
    SubmissionType,
    Track,
)
from cfp.errors import DomainError

LIMITED = (Criterion, ReviewField)


def check_limits(
    db: Session, conference: Conference, *, tracks: Sequence[int], types: Sequence[int]
) -> None:
    """Raise DomainError `form.bad_limit` for a track or format that is not the conference's."""
    for name, model, ids in (("tracks", Track, tracks), ("types", SubmissionType, types)):
        query = select(model.id).where(model.conference_id == conference.id, model.id.in_(ids))
        if ids and set(db.scalars(query)) != set(ids):
            raise DomainError("form.bad_limit", field=name)


def limits_to(db: Session, row: Track | SubmissionType) -> bool:
    """Whether part of the review form is asked only in this track or format, among others."""
    name = "tracks" if isinstance(row, Track) else "types"
    for model in LIMITED:
        query = select(getattr(model, name)).where(model.conference_id == row.conference_id)
        if any(row.id in ids for ids in db.scalars(query)):
            return True
    return False


def carried_over(
    ids: Sequence[int], names: Mapping[int, str], there: Mapping[str, int]
) -> list[int] | None:
    """Ids of the rows with the same names in another conference; None when no limit is left.

    A part that was limited to what is not there would be asked everywhere, which nobody has said.
    """
    found = [there[names[id_]] for id_ in ids if names.get(id_) in there]
    return None if ids and not found else found


def names_by_id(rows: Iterable[Track | SubmissionType]) -> dict[int, str]:
    """What these are called."""
    return {one.id: one.name for one in rows}


def ids_by_name(rows: Iterable[Track | SubmissionType]) -> dict[str, int]:
    """Which of these is called so."""
    return {one.name: one.id for one in rows}
