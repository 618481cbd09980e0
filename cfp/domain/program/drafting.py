"""Several drafts of one program: copied, named, thrown away; one is current and is published."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from cfp import audit
from cfp.actors import Actor
from cfp.domain.conferences.models import Conference
from cfp.domain.program.models import (
    Placement,
    ProgramDraft,
    ProgramSession,
    ProgramStep,
    TimetableProposal,
)
from cfp.domain.program.plans import draft_of
from cfp.errors import DomainError, NotNowError, StaleError

NAME_LIMIT = 100
DRAFTS_LIMIT = 20
"""More than anybody keeps apart."""


def drafts_of(db: Session, conference: Conference) -> Sequence[ProgramDraft]:
    """All of them, the current one first."""
    query = select(ProgramDraft).where(ProgramDraft.conference_id == conference.id)
    return db.scalars(query.order_by(ProgramDraft.current.desc(), ProgramDraft.id)).all()


def copy_draft(
    db: Session,
    actor: Actor,
    conference: Conference,
    draft_id: int | None,
    *,
    name: str,
    now: datetime,
) -> ProgramDraft:
    """Another draft that begins as this one stands; everything keeps its identity.

    It takes along what its maker may not know of, as unseen as it was.

    Raises:
        DomainError: `draft_name`, `drafts_full`, at the name.
    """
    _check(name)
    every = _locked(db, conference)
    if len(every) >= DRAFTS_LIMIT:
        raise DomainError("drafts_full", field="name", limit=DRAFTS_LIMIT)
    source = draft_of(db, conference, draft_id)
    made = ProgramDraft(conference_id=conference.id, name=name, current=False, created=now)
    db.add(made)
    db.flush()
    sessions: dict[int | None, int | None] = {None: None}
    for old in db.scalars(select(ProgramSession).where(ProgramSession.draft_id == source.id)):
        session = ProgramSession(draft_id=made.id, **_values(old, _SESSION))
        db.add(session)
        db.flush()
        sessions[old.id] = session.id
    for place in db.scalars(select(Placement).where(Placement.draft_id == source.id)):
        session_id = sessions[place.session_id]
        db.add(Placement(draft_id=made.id, session_id=session_id, **_values(place, _PLACEMENT)))
    db.flush()
    _note(db, actor, conference, "draft_copy", made, now)
    return made


def rename_draft(
    db: Session,
    actor: Actor,
    conference: Conference,
    draft_id: int,
    *,
    revision: int,
    name: str,
    now: datetime,
) -> None:
    """Call it otherwise. Raises StaleError, or DomainError at the name."""
    _check(name)
    draft = draft_of(db, conference, draft_id)
    if draft.revision != revision:
        raise StaleError("stale")
    draft.name = name
    _note(db, actor, conference, "draft_rename", draft, now)


def use_draft(
    db: Session, actor: Actor, conference: Conference, draft_id: int, *, now: datetime
) -> None:
    """Make it the current one, which is published next; nothing is published by it."""
    chosen = draft_of(db, conference, draft_id)
    for draft in _locked(db, conference):
        draft.current = draft.id == chosen.id
    _note(db, actor, conference, "draft_use", chosen, now)


def delete_draft(
    db: Session, actor: Actor, conference: Conference, draft_id: int, *, now: datetime
) -> None:
    """Throw it away with its steps. Raises NotNowError `draft_current` for the current one."""
    draft = draft_of(db, conference, draft_id)
    _locked(db, conference)
    if draft.current:
        raise NotNowError("draft_current")
    for table in (ProgramStep, TimetableProposal, Placement, ProgramSession):
        db.execute(delete(table).where(table.draft_id == draft.id))
    db.delete(draft)
    _note(db, actor, conference, "draft_delete", draft, now)


_SESSION = ("conference_id", "number", "title", "chair", "posters")
_PLACEMENT = (
    *("conference_id", "item_id", "occurrence", "room_id", "start", "minutes"),
    *("pinned", "plenary"),
)


def _values(row: Placement | ProgramSession, names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _locked(db: Session, conference: Conference) -> Sequence[ProgramDraft]:
    """Of two who change the set of drafts at once, one waits."""
    query = select(ProgramDraft).where(ProgramDraft.conference_id == conference.id)
    ordered = query.order_by(ProgramDraft.id).with_for_update()
    return db.scalars(ordered.execution_options(populate_existing=True)).all()


def _check(name: str) -> None:
    if not name or len(name) > NAME_LIMIT:
        raise DomainError("draft_name", field="name", limit=NAME_LIMIT)


def _note(
    db: Session,
    actor: Actor,
    conference: Conference,
    act: str,
    draft: ProgramDraft,
    now: datetime,
) -> None:
    db.flush()
    name, here = f"draft {draft.id}", conference.id
    audit.record(db, actor, f"program.{act}", name, now=now, conference_id=here)
