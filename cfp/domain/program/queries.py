"""What pages ask of the program: has it changed since they were made; who could step in?"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, String, and_, bindparam, case, cast, func, or_, select
from sqlalchemy.orm import Session, aliased

from cfp.actors import Actor
from cfp.domain.conferences.models import Conference
from cfp.domain.decisions.models import Scenario, ScenarioItem
from cfp.domain.decisions.scenarios import seen
from cfp.domain.program.models import Material, ProgramStamp, ProgramVersion
from cfp.domain.submissions.models import Submission
from cfp.domain.submissions.states import IN_PROGRAM, State
from cfp.policy import Action, may
from cfp.records import record


@record
class Stamp:
    """What a public program is made of: equal stamps mean equal pages.

    Attributes:
        number: counts what has changed without a new version.
        materials: the ids of the shown materials of talks that take place; a talk that is
            withdrawn takes its own out of the public's sight, and is no change of a material.
    """

    conference_id: int
    version_id: int
    number: int
    materials: str
    changed: datetime


_NEWEST = (
    select(ProgramVersion.id)
    .where(ProgramVersion.conference_id == Conference.id)
    .order_by(ProgramVersion.number.desc())
    .limit(1)
    .correlate(Conference)
    .scalar_subquery()
)
_SHOWN = (
    select(func.aggregate_strings(cast(Material.id, String), " "))
    .join(Submission, Submission.id == Material.submission_id)
    .where(
        Material.conference_id == Conference.id,
        Material.state == "shown",
        # Each state apart: a list has to be written out anew at every execution.
        or_(*(Submission.state == state for state in IN_PROGRAM)),
    )
    .correlate(Conference)
    .scalar_subquery()
)
_STAMP = (
    select(
        Conference.id,
        ProgramVersion.id,
        ProgramVersion.published,
        ProgramStamp.number,
        ProgramStamp.changed,
        _SHOWN,
    )
    .join(ProgramVersion, ProgramVersion.id == _NEWEST)
    .outerjoin(ProgramStamp, ProgramStamp.conference_id == Conference.id)
    .where(Conference.slug == bindparam("slug"))
)
"""Made once: making it took longer than running it, and every public page runs it."""


def stamp_of(db: Connection, slug: str) -> Stamp | None:
    """The stamp of what a conference shows, in one statement; None while nothing is published.

    It takes a connection, because a session takes longer than this does, and every public page
    asks it.
    """
    row = db.execute(_STAMP, {"slug": slug}).one_or_none()
    if row is None:
        return None
    conference_id, version_id, published, number, changed, materials = row
    last = max(published, changed or published)
    return Stamp(conference_id, version_id, number or 0, materials or "", last)


def waitlisted(
    db: Session, actor: Actor, conference: Conference, *, instead_of: str
) -> Sequence[tuple[str, str]]:
    """Code and title of the waitlisted talks this person could accept, the next one first.

    Those of the same format and track as the talk with the code `instead_of` come first, and of
    them whom the scenario applied last would let move up; then it is the order of titles.
    """
    gone, item = aliased(Submission), ScenarioItem
    applied = (
        select(Scenario.id)
        .where(seen(actor, conference), Scenario.applied.is_not(None))
        .order_by(Scenario.applied.desc(), Scenario.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    alike = and_(Submission.type_id == gone.type_id, Submission.track_id == gone.track_id)
    rows = db.execute(
        select(Submission.code, Submission.title)
        .outerjoin(gone, and_(gone.code == instead_of, gone.conference_id == conference.id))
        .outerjoin(item, and_(item.submission_id == Submission.id, item.scenario_id == applied))
        .where(Submission.state == State.WAITLISTED, may(actor, Action.DECIDE_ONE, conference))
        .order_by(
            case((alike, 0), else_=1), item.place.nulls_last(), Submission.title, Submission.id
        )
    )
    return [(code, title) for code, title in rows]
