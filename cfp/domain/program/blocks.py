"""Sessions: slots under one title, made, changed, moved as a whole, dissolved.

The posters of a session are held side by side: they share its room and its time, and move together.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from cfp.actors import Actor
from cfp.domain.conferences.models import Conference
from cfp.domain.program.models import Placement, ProgramDraft, ProgramItem, ProgramSession
from cfp.domain.program.plans import told
from cfp.domain.program.rules import check_slot
from cfp.domain.program.steps import Step, changing, locked
from cfp.domain.submissions.models import Submission
from cfp.errors import DomainError, NotFoundError, StaleError
from cfp.formats.grammar import carries_title
from cfp.formats.speakers import carries

TITLE_LIMIT = 300
NAME_LIMIT = 200


def make_session(
    db: Session,
    actor: Actor,
    conference: Conference,
    *,
    slots: Mapping[int, int],
    title: str,
    chair: str,
    posters: bool,
    now: datetime,
    draft_id: int | None = None,
) -> ProgramSession:
    """Put slots (id -> revision) of a draft under one title.

    Raises:
        DomainError: at the field, `session_title`, `session_chair` (too long), `title_marks`,
            `chair_marks` (would not read back), `session_empty`.
        NotFoundError: a slot is gone. StaleError: somebody moved one.
    """
    _check(title, chair)
    if not slots:
        raise DomainError("session_empty", field="picked")
    draft = locked(db, conference, draft_id)
    rows = _slots(db, actor, conference, draft, slots)
    last = select(func.max(ProgramSession.number)).where(
        ProgramSession.conference_id == conference.id
    )
    made = ProgramSession(
        conference_id=conference.id,
        draft_id=draft.id,
        number=(db.scalar(last) or 0) + 1,
        title=title,
        chair=chair,
        posters=posters,
    )
    with changing(db, actor, conference, draft, "session", now=now) as step:
        step.made(made)
        step.touch(*rows)
        for row in rows:
            row.session_id = made.id
        if posters:
            _side_by_side(rows)
    return made


def change_session(
    db: Session,
    actor: Actor,
    conference: Conference,
    number: int,
    *,
    revision: int,
    title: str,
    chair: str,
    posters: bool,
    now: datetime,
    draft_id: int | None = None,
) -> None:
    """Say otherwise how it is called, who chairs it, and whether it is one of posters.

    Raises:
        StaleError: somebody did so meanwhile.
    """
    _check(title, chair)
    draft = locked(db, conference, draft_id)
    session, rows = _session(db, actor, conference, draft, number)
    if session.revision != revision:
        raise StaleError("stale")
    with changing(db, actor, conference, draft, "session", now=now) as step:
        step.touch(session)
        session.title, session.chair = title, chair
        if posters and not session.posters:
            step.touch(*rows)
            _side_by_side(rows)
        session.posters = posters


def move_session(
    db: Session,
    actor: Actor,
    conference: Conference,
    number: int,
    *,
    room_id: int | None,
    start: datetime,
    now: datetime,
    draft_id: int | None = None,
) -> None:
    """Have all of it begin then and there, in the order and with the gaps it has."""
    draft = locked(db, conference, draft_id)
    _session_row, rows = _session(db, actor, conference, draft, number)
    first = min(row.start for row in rows)
    with changing(db, actor, conference, draft, "move", now=now) as step:
        _shift(step, conference, rows, start - first)
        for row in rows:
            row.room_id = room_id


def dissolve_session(
    db: Session,
    actor: Actor,
    conference: Conference,
    number: int,
    *,
    now: datetime,
    draft_id: int | None = None,
) -> None:
    """Leave its slots where they are, each for itself."""
    draft = locked(db, conference, draft_id)
    _session_row, rows = _session(db, actor, conference, draft, number)
    with changing(db, actor, conference, draft, "dissolve", now=now) as step:
        step.touch(*rows)
        for row in rows:
            row.session_id = None


def join(
    db: Session,
    actor: Actor,
    conference: Conference,
    draft: ProgramDraft,
    step: Step,
    placement: Placement,
    number: int | None,
) -> None:
    """Within a step that has touched it: make a slot part of a session, or of none.

    Among posters it takes their room and time; where it was one of them, they come along with it.
    """
    if number is None:
        placement.session_id = None
        return
    session, rows = _session(db, actor, conference, draft, number)
    others = [row for row in rows if row.id != placement.id]
    if session.posters and others and placement.session_id != session.id:
        _share(placement, others[0])
    elif session.posters:
        step.touch(*others)
        for row in others:
            _share(row, placement)
    placement.session_id = session.id


def run_late(
    db: Session,
    actor: Actor,
    conference: Conference,
    *,
    room_id: int | None,
    since: datetime,
    until: datetime,
    minutes: int,
    now: datetime,
    draft_id: int | None = None,
) -> None:
    """Shift what begins in a room from `since` on by minutes, until its next break.

    The break gives the time. `until` is when the day ends, if there is none.

    Raises:
        DomainError: `late_nothing` at the start, where nothing begins before the break.
    """
    draft = locked(db, conference, draft_id)
    here = (Placement.room_id == room_id, Placement.start >= since, Placement.start < until)
    everywhere = (Placement.room_id.is_(None), *here[1:])
    rows = _told(db, actor, conference, draft, *here)
    breaks = [row for row in rows if _is_break(db, row)]
    breaks += _told(db, actor, conference, draft, *everywhere)
    end = min((row.start for row in breaks), default=until)
    late = [row for row in rows if row.start < end]
    if not late:
        raise DomainError("late_nothing", field="start")
    detail = {"minutes": minutes}
    with changing(db, actor, conference, draft, "late", now=now, detail=detail) as step:
        _shift(step, conference, late, timedelta(minutes=minutes))


def _shift(step: Step, conference: Conference, rows: Sequence[Placement], by: timedelta) -> None:
    step.touch(*rows)
    for row in rows:
        days = (conference.start_date, conference.end_date, conference.zone)
        check_slot(row.start + by, row.minutes, *days)
        row.start += by


def _side_by_side(rows: Sequence[Placement]) -> None:
    """From the first one's start to the last one's end, in the first one's room."""
    first = min(rows, key=lambda row: (row.start, row.id))
    end = max(row.start + timedelta(minutes=row.minutes) for row in rows)
    first.minutes = round((end - first.start).total_seconds() / 60)
    for row in rows:
        _share(row, first)


def _share(row: Placement, other: Placement) -> None:
    row.room_id, row.start, row.minutes = other.room_id, other.start, other.minutes


def _slots(
    db: Session,
    actor: Actor,
    conference: Conference,
    draft: ProgramDraft,
    wanted: Mapping[int, int],
) -> Sequence[Placement]:
    rows = _told(db, actor, conference, draft, Placement.id.in_(wanted))
    if len(rows) != len(wanted):
        raise NotFoundError("not_found")
    if any(row.revision != wanted[row.id] for row in rows):
        raise StaleError("stale")
    return rows


def _session(
    db: Session, actor: Actor, conference: Conference, draft: ProgramDraft, number: int
) -> tuple[ProgramSession, Sequence[Placement]]:
    """A session with those of its slots that this person knows of; without any it is not there."""
    query = select(ProgramSession).where(
        ProgramSession.draft_id == draft.id, ProgramSession.number == number
    )
    session = db.scalars(query.execution_options(populate_existing=True)).one_or_none()
    rows = session and _told(db, actor, conference, draft, Placement.session_id == session.id)
    if session is None or not rows:
        raise NotFoundError("not_found")
    return session, rows


def _told(
    db: Session,
    actor: Actor,
    conference: Conference,
    draft: ProgramDraft,
    *where: ColumnElement[bool],
) -> Sequence[Placement]:
    query = (
        select(Placement)
        .join(ProgramItem, ProgramItem.id == Placement.item_id)
        .outerjoin(Submission, Submission.id == ProgramItem.submission_id)
        .where(Placement.draft_id == draft.id, told(actor, conference), *where)
        .order_by(Placement.start, Placement.id)
        .execution_options(populate_existing=True)
    )
    return db.scalars(query).all()


def _is_break(db: Session, row: Placement) -> bool:
    return db.get_one(ProgramItem, row.item_id).submission_id is None


def _check(title: str, chair: str) -> None:
    if not title or len(title) > TITLE_LIMIT:
        raise DomainError("session_title", field="title", limit=TITLE_LIMIT)
    if len(chair) > NAME_LIMIT:
        raise DomainError("session_chair", field="chair", limit=NAME_LIMIT)
    if not carries_title(title):
        raise DomainError("title_marks", field="title")
    if not carries(chair):
        raise DomainError("chair_marks", field="chair")
