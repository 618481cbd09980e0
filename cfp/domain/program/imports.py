"""A program read from a file into a conference: what is new is made, nothing is ever deleted.

What is there already and differs is reported, and changed only when asked to. Codes, guids and
numbers of the file are kept where they are free, so that after a loss every calendar and every
address finds what it knew.
"""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from cfp import audit
from cfp.actors import Actor
from cfp.domain.conferences.models import Conference
from cfp.domain.program.import_frame import (
    Change,
    Outcome,
    Work,
    begin,
    fits,
    has_version,
    take_rooms,
    take_texts,
)
from cfp.domain.program.import_materials import take_broadcasts, take_materials
from cfp.domain.program.import_slots import take_slots
from cfp.domain.program.import_talks import note_items, take_talks
from cfp.formats.imported import Doubt, Imported
from cfp.formats.program import Program

__all__ = ["Change", "Outcome", "import_program"]


def import_program(
    db: Session,
    actor: Actor,
    conference: Conference,
    found: Imported,
    *,
    update: bool,
    now: datetime,
) -> Outcome:
    """Make what the file holds part of the conference, in the caller's transaction.

    A talk is the same when its code or guid is, else its title, else its anchor; a break when its
    guid is, else its title; a session when its title is.

    Raises:
        DomainError: `import_no_format`, for a conference without a format or a track.
    """
    work = begin(db, actor, conference, found, update=update, now=now)
    take_rooms(work)
    held, canceled = take_talks(work)
    take_slots(work, held)
    note_items(work, [*held, *canceled])
    take_texts(work)
    take_materials(work, [*held, *canceled])
    take_broadcasts(work)
    outcome = work.outcome
    outcome.updated = update and bool(outcome.changes)
    outcome.restored = _restored(work)
    _note(work)
    return outcome


def _restored(work: Work) -> Program | None:
    """The file's version, if the next one of this conference can follow it."""
    program = work.found.program
    if program is None or has_version(work):
        return None
    if work.kept and fits(program.number):
        return replace(program, conference=work.conference.slug)
    titles = [talk.title for talk in program.talks if talk.canceled]
    work.outcome.left += [Doubt(None, "left.canceled", {"title": title}) for title in titles]
    return None


def _note(work: Work) -> None:
    outcome = work.outcome
    if not (outcome.talks_created or outcome.slots_created or outcome.updated):
        return
    audit.record(
        work.db,
        work.actor,
        "program.import",
        f"conference:{work.conference.slug}",
        now=work.now,
        conference_id=work.conference.id,
        detail={
            "talks": outcome.talks_created,
            "slots": outcome.slots_created,
            "updated": len(outcome.changes) if outcome.updated else 0,
        },
    )
