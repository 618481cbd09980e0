"""Timetables proposed by the solver: asked for, stored, shown as a difference, applied or not.

A proposal is about talks, some of them perhaps still secret. Only who may know of every one of
them sees it at all.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from cfp.actors import Actor
from cfp.domain import jobs
from cfp.domain.conferences.models import Conference, Room
from cfp.domain.jobs import Job
from cfp.domain.program.drafts import accepted, free_occurrence, item_of
from cfp.domain.program.models import Placement, TimetableProposal
from cfp.domain.program.plans import Plan, draft_of, known_submission, plan_of
from cfp.domain.program.rules import Placed
from cfp.domain.program.steps import changing, locked
from cfp.domain.program.timetables import KEEPS, SECONDS, Loaded, Options, load_problem
from cfp.domain.submissions.models import Submission
from cfp.errors import DomainError, NotFoundError, NotNowError
from cfp.records import record

JOB_KIND = "timetable"
REMEMBERED = 5


def request_proposal(
    db: Session,
    actor: Actor,
    conference: Conference,
    *,
    options: Options,
    draft_id: int | None,
    now: datetime,
) -> Job:
    """Ask for a timetable of a draft; a job computes it.

    Raises:
        DomainError: `timetable.hours`, `timetable.nothing`, each at its field.
    """
    check_options(options)
    loaded = load_problem(db, conference, actor, options, draft_id=draft_id)
    if not loaded.items:
        raise DomainError("timetable.nothing", field="keep")
    return jobs.enqueue(
        db,
        actor,
        kind=JOB_KIND,
        parameters={"draft": loaded.plan.draft.id, **options.as_json()},
        conference=conference,
        now=now,
    )


def check_options(options: Options) -> None:
    """Raise DomainError at the field that can't be."""
    if options.keep not in KEEPS:
        raise DomainError("timetable.keep", field="keep")
    if not options.opens < options.closes:
        raise DomainError("timetable.hours", field="closes")
    if not SECONDS[0] <= options.seconds <= SECONDS[1]:
        raise DomainError("timetable.seconds", field="seconds", least=SECONDS[0], most=SECONDS[1])


def store_proposal(
    db: Session,
    actor: Actor,
    conference: Conference,
    loaded: Loaded,
    result: Mapping[str, Any],
    *,
    now: datetime,
) -> TimetableProposal:
    """Keep what was found, to be looked at."""
    made = TimetableProposal(
        conference_id=conference.id,
        draft_id=draft_of(db, conference, loaded.plan.draft.id).id,
        by_id=actor.person_id,
        created=now,
        mark=loaded.plan.mark,
        options=loaded.options.as_json(),
        result=dict(result),
    )
    db.add(made)
    db.flush()
    return made


def proposal_of(
    db: Session, actor: Actor, conference: Conference, number: int
) -> TimetableProposal:
    """A proposal, if this person may know of all it is about.

    Raises:
        NotFoundError: there is none such.
    """
    query = select(TimetableProposal).where(
        TimetableProposal.conference_id == conference.id, TimetableProposal.id == number
    )
    found = db.scalars(query).one_or_none()
    if found is None or not _knows(db, actor, conference, found.result["codes"]):
        raise NotFoundError("not_found")
    return found


def proposals_of(
    db: Session, actor: Actor, conference: Conference, draft_id: int
) -> Sequence[TimetableProposal]:
    """One's own newest proposals for a draft, without what is in them."""
    query = (
        select(TimetableProposal)
        .where(
            TimetableProposal.conference_id == conference.id,
            TimetableProposal.draft_id == draft_id,
            TimetableProposal.by_id == actor.person_id,
        )
        .options(defer(TimetableProposal.result))
    )
    return db.scalars(query.order_by(TimetableProposal.id.desc()).limit(REMEMBERED)).all()


@record
class Line:
    """What a proposal does with a talk: placed, moved, out (of the draft), stays, or left out.

    `why` it has no slot, with the minutes it needs and the longest time there is for it.
    """

    kind: str
    code: str
    title: str
    start: datetime | None = None
    room: str = ""
    before: Placed | None = None
    why: str = ""
    needed: int = 0
    longest: int = 0


def difference(
    db: Session, conference: Conference, proposal: TimetableProposal, plan: Plan
) -> list[Line]:
    """The proposal against the draft as it stands, in the order of the day; what is out last."""
    named = db.execute(select(Room.id, Room.name).where(Room.conference_id == conference.id))
    rooms = {row.id: row.name for row in named}
    titles: dict[str | None, str] = {one.code: one.title for one in plan.placed}
    titles |= {one.code: one.title for one in plan.unplaced}
    lines = [_line(row, plan, rooms, titles) for row in proposal.result["placements"]]
    lines.sort(key=lambda line: (line.start is None, line.start, line.room))
    left_out = [
        Line(
            "out" if row["placement"] in plan.by_id else "left_out",
            row["code"],
            titles.get(row["code"], row["code"]),
            before=plan.by_id.get(row["placement"]),
            why=row["why"],
            needed=row["needed"],
            longest=row["longest"],
        )
        for row in proposal.result["unplaced"]
    ]
    return [*lines, *left_out]


def _line(
    row: Mapping[str, Any],
    plan: Plan,
    rooms: Mapping[int, str],
    titles: Mapping[str | None, str],
) -> Line:
    before = plan.by_id.get(row["placement"])
    start = datetime.fromisoformat(row["start"])
    stays = before is not None and (before.start, before.room_id) == (start, row["room"])
    kind = "placed" if before is None else "stays" if stays else "moved"
    title = titles.get(row["code"], row["code"])
    return Line(kind, row["code"], title, start, rooms.get(row["room"], ""), before)


def apply_proposal(
    db: Session, actor: Actor, conference: Conference, number: int, *, now: datetime
) -> None:
    """Make the draft as proposed, in one step that can be taken back.

    Raises:
        NotNowError: `timetable.over`, when it was applied or discarded; `timetable.changed`, when
            the draft is not any more what it was computed from.
    """
    proposal = proposal_of(db, actor, conference, number)
    draft = locked(db, conference, proposal.draft_id)
    db.refresh(proposal)
    if proposal.state != "open":
        raise NotNowError("timetable.over")
    plan = plan_of(db, conference, actor=actor, draft=draft)
    if plan.mark != proposal.mark:
        raise NotNowError("timetable.changed")
    result = proposal.result
    ids = [row["placement"] for row in (*result["placements"], *result["unplaced"])]
    rows = {row.id: row for row in db.scalars(select(Placement).where(Placement.id.in_(ids)))}
    with changing(db, actor, conference, draft, "proposal", now=now) as step:
        step.touch(*rows.values())
        for row in result["placements"]:
            values = {"room_id": row["room"], "start": datetime.fromisoformat(row["start"])}
            if row["placement"] is not None:
                for name, value in values.items():
                    setattr(rows[row["placement"]], name, value)
                continue
            item = item_of(db, accepted(db, actor, conference, row["code"]))
            here = {"conference_id": conference.id, "draft_id": draft.id, "item_id": item.id}
            here["occurrence"] = free_occurrence(db, draft.id, item.id)
            step.made(Placement(**here, **values, minutes=row["minutes"]))
        for row in result["unplaced"]:
            if row["placement"] is not None:
                db.delete(rows[row["placement"]])
    proposal.state = "applied"
    db.flush()


def discard_proposal(db: Session, actor: Actor, conference: Conference, number: int) -> None:
    """Leave it. Raises NotNowError `timetable.over`."""
    proposal = proposal_of(db, actor, conference, number)
    if proposal.state != "open":
        raise NotNowError("timetable.over")
    proposal.state = "discarded"
    db.flush()


def _knows(db: Session, actor: Actor, conference: Conference, codes: Sequence[str]) -> bool:
    query = select(Submission.code).where(
        Submission.conference_id == conference.id,
        Submission.code.in_(codes),
        known_submission(actor, conference),
    )
    return set(codes) <= set(db.scalars(query))
