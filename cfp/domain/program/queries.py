"""What pages ask of the program: has it changed since they were made; who could step in?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, bindparam, func, select
from sqlalchemy.orm import Session

from cfp.actors import Actor
from cfp.domain.conferences.models import Conference
from cfp.domain.program.models import Material, ProgramVersion
from cfp.domain.submissions.models import Submission
from cfp.domain.submissions.states import IN_PROGRAM, State
from cfp.policy import Action, may


@dataclass(frozen=True)
class Stamp:
    """What a public program is made of: equal stamps mean equal pages."""

    conference_id: int
    version_id: int
    materials: int
    changed: datetime


_NEWEST = (
    select(ProgramVersion.id)
    .where(ProgramVersion.conference_id == Conference.id)
    .order_by(ProgramVersion.number.desc())
    .limit(1)
    .correlate(Conference)
    .scalar_subquery()
)
_STAMP = (
    select(
        Conference.id,
        ProgramVersion.id,
        ProgramVersion.published,
        func.count(Submission.id),
        func.max(Material.given),
    )
    .join(ProgramVersion, ProgramVersion.id == _NEWEST)
    .outerjoin(Material, and_(Material.conference_id == Conference.id, Material.state == "shown"))
    .outerjoin(
        Submission,
        and_(Submission.id == Material.submission_id, Submission.state.in_(IN_PROGRAM)),
    )
    .where(Conference.slug == bindparam("slug"))
    .group_by(Conference.id, ProgramVersion.id, ProgramVersion.published)
)
"""Made once: making it took longer than running it, and every public page runs it."""


def stamp_of(db: Session, slug: str) -> Stamp | None:
    """The stamp of what a conference shows, in one statement; None while nothing is published."""
    row = db.execute(_STAMP, {"slug": slug}).one_or_none()
    if row is None:
        return None
    conference_id, version_id, published, materials, given = row
    return Stamp(conference_id, version_id, materials, max(published, given or published))


def waitlisted(db: Session, actor: Actor, conference: Conference) -> Sequence[tuple[str, str]]:
    """Code and title of the waitlisted talks this person could accept, in the order of titles."""
    rows = db.execute(
        select(Submission.code, Submission.title)
        .where(Submission.state == State.WAITLISTED, may(actor, Action.DECIDE_ONE, conference))
        .order_by(Submission.title, Submission.id)
    )
    return [(code, title) for code, title in rows]
