"""Setting the phases of reviewing, as a whole."""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp.actors import Actor
from cfp.domain.conferences import rules
from cfp.domain.conferences.actions.settings import change
from cfp.domain.conferences.models import Conference, ReviewField
from cfp.errors import DomainError
from cfp.phases import Phase, check_phases, phases_of, stored


def change_phases(
    db: Session,
    actor: Actor,
    conference: Conference,
    *,
    phases: Sequence[Phase],
    zone: str,
    now: datetime,
) -> None:
    """Leave these phases; zone: where their dates are read, "" for the conference's own.

    A phase with an empty key is new. One that a field is asked in cannot go.

    Raises:
        DomainError: at `rows`, as `check_phases` and `phase.asked_in`; `conference.unknown_zone`.
    """
    if zone:
        rules.check_zone(zone, field="zone")
    known = {one.key for one in phases_of(conference)}
    keys = [one.key for one in phases if one.key]
    if not set(keys) <= known or len(set(keys)) < len(keys):
        raise DomainError("phase.gone", field="rows")
    check_phases(phases, assigns=conference.reviewing == "assigned")
    _refuse_asked(db, conference, known - set(keys))
    new = [one if one.key else replace(one, key=secrets.token_hex(4)) for one in phases]
    values = {"phases": stored(new), "phases_zone": zone}
    change(db, actor, conference, "conference.change_phases", values, now=now)


def _refuse_asked(db: Session, conference: Conference, gone: set[str]) -> None:
    """Without its phase a field, archived or not, would be asked never, or always."""
    fields = select(ReviewField).where(ReviewField.conference_id == conference.id)
    for field in db.scalars(fields) if gone else ():
        if gone & set(field.phases):
            raise DomainError("phase.asked_in", field="rows", name=field.name)
