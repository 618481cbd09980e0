"""Changes of a draft as steps: each remembers how it was, so that its maker can take it back.

Two chairs may work on one draft. Everybody takes back their own steps only, and only while what
the step left there is still there; so undoing never undoes what somebody else did meanwhile.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, func, insert, select, update
from sqlalchemy.orm import Session

from cfp import audit
from cfp.actors import Actor
from cfp.domain.conferences.models import Conference
from cfp.domain.program.models import (
    Placement,
    ProgramDraft,
    ProgramItem,
    ProgramSession,
    ProgramStep,
)
from cfp.domain.program.plans import draft_of
from cfp.errors import NotNowError

State = dict[str, Any]
PLACEMENT = ("item_id", "room_id", "session_id", "minutes", "pinned", "plenary")
SESSION = ("title", "chair", "posters")


class Step:
    """One change in the making: `touch` what is about to change, `made` what is new."""

    def __init__(self, db: Session, draft: ProgramDraft) -> None:
        self.db, self.draft = db, draft
        newest = select(func.max(Placement.id)).where(Placement.draft_id == draft.id)
        self.before: State = {"placements": {}, "sessions": {}, "newest": db.scalar(newest) or 0}
        self.items: set[int] = set()

    def touch(self, *rows: Placement | ProgramSession) -> None:
        """Remember how these are now."""
        placements = [row for row in rows if isinstance(row, Placement)]
        titles = _titles(self.db, placements)
        for row in rows:
            if isinstance(row, Placement):
                kept = _placement_state(row, titles)
                self.items.add(row.item_id)
            else:
                kept = _session_state(row)
            self.before[_kind(row)].setdefault(str(row.id), kept)

    def made(self, row: Placement | ProgramSession) -> None:
        """Remember that this was not there."""
        self.db.add(row)
        self.db.flush()
        if isinstance(row, Placement):
            self.items.add(row.item_id)
            self.before["placements"].setdefault(str(row.id), None)


def locked(db: Session, conference: Conference, draft_id: int | None) -> ProgramDraft:
    """The draft, which nobody else changes until this transaction ends."""
    draft = draft_of(db, conference, draft_id)
    query = select(ProgramDraft).where(ProgramDraft.id == draft.id).with_for_update()
    return db.scalars(query.execution_options(populate_existing=True)).one()


@contextmanager
def changing(
    db: Session,
    actor: Actor,
    conference: Conference,
    draft: ProgramDraft,
    act: str,
    *,
    now: datetime,
    detail: Mapping[str, Any] | None = None,
) -> Iterator[Step]:
    """A step named `act`, stored with its audit entry when the block ends without an error."""
    step = Step(db, draft)
    yield step
    db.flush()
    after = _now(db, draft, step.before)
    if _plain(after) == _plain(step.before):
        return
    _drop_undone(db, actor, draft)
    items = db.scalars(select(ProgramItem).where(ProgramItem.id.in_(step.items))).all()
    db.add(
        ProgramStep(
            conference_id=conference.id,
            draft_id=draft.id,
            item_id=items[0].id if len(items) == 1 else None,
            by_id=actor.person_id,
            at=now,
            act=act,
            before=step.before,
            after=after,
        )
    )
    db.flush()
    _note(db, actor, conference, draft, f"program.{act}", items, now, detail)


def undo(
    db: Session,
    actor: Actor,
    conference: Conference,
    *,
    draft_id: int | None = None,
    now: datetime,
) -> ProgramStep:
    """Take back one's own last step.

    Raises:
        NotNowError: `schedule.nothing_to_undo`; `schedule.moved_on`, when somebody has since
            changed what it left.
    """
    draft = locked(db, conference, draft_id)
    step = last_step(db, actor, draft)
    if step is None:
        raise NotNowError("schedule.nothing_to_undo")
    _go(db, actor, conference, draft, step, "undo", now)
    return step


def redo(
    db: Session,
    actor: Actor,
    conference: Conference,
    *,
    draft_id: int | None = None,
    now: datetime,
) -> ProgramStep:
    """Do again what one has just undone. Raises as `undo` does."""
    draft = locked(db, conference, draft_id)
    step = next_step(db, actor, draft)
    if step is None:
        raise NotNowError("schedule.nothing_to_undo")
    _go(db, actor, conference, draft, step, "redo", now)
    return step


def around(
    db: Session, actor: Actor, draft: ProgramDraft
) -> tuple[ProgramStep | None, ProgramStep | None]:
    """What this person could undo, and what they could do again, in one statement."""
    asked = {"draft": draft.id, "by": actor.person_id}
    query = _around(somebody=actor.person_id is not None)
    found = {step.state: step for step in db.scalars(query, asked)}
    return found.get("done"), found.get("undone")


@cache
def _around(*, somebody: bool) -> Select[ProgramStep]:
    """Of the draft and the person given at execution; made once, as the schedule's page asks it."""
    by: BindParameter[int] = bindparam("by")
    own = (
        ProgramStep.draft_id == bindparam("draft"),
        ProgramStep.by_id == by if somebody else ProgramStep.by_id.is_(None),
    )
    newest = select(func.max(ProgramStep.id)).where(*own, ProgramStep.state == "done")
    oldest = select(func.min(ProgramStep.id)).where(*own, ProgramStep.state == "undone")
    either = ProgramStep.id.in_([newest.scalar_subquery(), oldest.scalar_subquery()])
    return select(ProgramStep).where(either)


def last_step(db: Session, actor: Actor, draft: ProgramDraft) -> ProgramStep | None:
    """What this person could undo."""
    return around(db, actor, draft)[0]


def next_step(db: Session, actor: Actor, draft: ProgramDraft) -> ProgramStep | None:
    """What this person could do again."""
    return around(db, actor, draft)[1]


def _own(actor: Actor, draft: ProgramDraft, state: str) -> tuple[Any, ...]:
    return (
        ProgramStep.draft_id == draft.id,
        ProgramStep.by_id.is_(actor.person_id)
        if actor.person_id is None
        else ProgramStep.by_id == actor.person_id,
        ProgramStep.state == state,
    )


def _drop_undone(db: Session, actor: Actor, draft: ProgramDraft) -> None:
    """Whoever does something else does not go on with what they had undone."""
    db.execute(
        update(ProgramStep)
        .where(*_own(actor, draft, "undone"))
        .values(state="dropped")
        .execution_options(synchronize_session="fetch")
    )


def _go(
    db: Session,
    actor: Actor,
    conference: Conference,
    draft: ProgramDraft,
    step: ProgramStep,
    way: str,
    now: datetime,
) -> None:
    start, end = (step.after, step.before) if way == "undo" else (step.before, step.after)
    present = _now(db, draft, start)
    if _plain(present) != _plain(start):
        raise NotNowError("schedule.moved_on")
    items = _restore(db, conference, draft, present, end, newest=step.before["newest"])
    step.state = "undone" if way == "undo" else "done"
    # With the revisions of now, so that what comes back a second time is not taken for the first.
    if way == "undo":
        step.after = present
    else:
        step.before = {**present, "newest": step.before["newest"]}
    db.flush()
    _note(db, actor, conference, draft, f"program.{way}", items, now, {"act": step.act})


def _restore(
    db: Session,
    conference: Conference,
    draft: ProgramDraft,
    present: State,
    wanted: State,
    *,
    newest: int,
) -> Collection[ProgramItem]:
    """Make placements and sessions what they are in `wanted`; returns the items concerned."""
    states = [*present["placements"].values(), *wanted["placements"].values()]
    ids = {state["item_id"] for state in states if state}
    items = {
        item.id: item for item in db.scalars(select(ProgramItem).where(ProgramItem.id.in_(ids)))
    }
    if ids != items.keys():
        raise NotNowError("schedule.moved_on")
    _refuse_twice(db, draft, present, wanted, items, newest)
    rows = _placements(db, draft, present["placements"])
    for id_, state in wanted["placements"].items():
        row = rows.get(int(id_))
        if state is None:
            if row is not None:
                db.delete(row)
            continue
        values = _values(state)
        if row is None:
            table = Placement.__table__
            own = {"id": int(id_), "conference_id": conference.id, "draft_id": draft.id}
            revision = state["revision"] + 1
            db.execute(insert(table).values(**own, **values, revision=revision))  # type: ignore[arg-type]  # a Table
        else:
            for name, value in values.items():
                setattr(row, name, value)
        item = items[state["item_id"]]
        if item.submission_id is None:
            item.title = state["title"]
    for session in _sessions(db, draft, wanted["sessions"]):
        for name in SESSION:
            setattr(session, name, wanted["sessions"][str(session.id)][name])
    db.flush()
    return items.values()


def _refuse_twice(
    db: Session,
    draft: ProgramDraft,
    present: State,
    wanted: State,
    items: Mapping[int, ProgramItem],
    newest: int,
) -> None:
    """A talk that comes back must not have got another slot from somebody since then.

    `newest` is the last placement there was when the step was made; ids only grow.
    """
    back = {
        state["item_id"]
        for id_, state in wanted["placements"].items()
        if state is not None
        and items[state["item_id"]].submission_id is not None
        and (present["placements"][id_] or {}).get("item_id") != state["item_id"]
    }
    since = select(Placement.id).where(
        Placement.draft_id == draft.id,
        Placement.item_id.in_(back),
        Placement.id.not_in([int(id_) for id_ in wanted["placements"]]),
        Placement.id > newest,
    )
    if back and db.scalars(since.limit(1)).first() is not None:
        raise NotNowError("schedule.moved_on")


def _now(db: Session, draft: ProgramDraft, like: State) -> State:
    """How the rows that `like` names are now."""
    placements = _placements(db, draft, like["placements"])
    titles = _titles(db, placements.values())
    found: State = {"placements": {}, "sessions": {}}
    for id_ in like["placements"]:
        row = placements.get(int(id_))
        found["placements"][id_] = _placement_state(row, titles) if row else None
    for session in _sessions(db, draft, like["sessions"]):
        found["sessions"][str(session.id)] = _session_state(session)
    return found


def _placements(db: Session, draft: ProgramDraft, ids: Collection[str]) -> Mapping[int, Placement]:
    query = select(Placement).where(
        Placement.draft_id == draft.id, Placement.id.in_([int(id_) for id_ in ids])
    )
    return {row.id: row for row in db.scalars(query)}


def _sessions(db: Session, draft: ProgramDraft, ids: Collection[str]) -> Collection[ProgramSession]:
    query = select(ProgramSession).where(
        ProgramSession.draft_id == draft.id, ProgramSession.id.in_([int(id_) for id_ in ids])
    )
    return db.scalars(query).all() if ids else []


def _titles(db: Session, placements: Collection[Placement]) -> Mapping[int, str]:
    """Titles of the breaks among these: they belong to the item, and renaming is a step too."""
    ids = {row.item_id for row in placements}
    query = select(ProgramItem).where(ProgramItem.id.in_(ids))
    return {row.id: row.title for row in db.scalars(query)} if ids else {}


def _placement_state(row: Placement, titles: Mapping[int, str]) -> State:
    return {
        **{name: getattr(row, name) for name in PLACEMENT},
        **({} if row.occurrence == 1 else {"occurrence": row.occurrence}),
        "start": row.start.astimezone(UTC).isoformat(),
        "title": titles[row.item_id],
        "revision": row.revision,
    }


def _session_state(row: ProgramSession) -> State:
    return {name: getattr(row, name) for name in SESSION}


def _values(state: Mapping[str, Any]) -> dict[str, Any]:
    start = datetime.fromisoformat(state["start"])
    values = {name: state[name] for name in PLACEMENT}
    return {**values, "start": start, "occurrence": state.get("occurrence", 1)}


def _plain(state: State) -> State:
    """What there is to see, without what only counts."""
    placements = {
        id_: one and {name: value for name, value in one.items() if name != "revision"}
        for id_, one in state["placements"].items()
    }
    return {"placements": placements, "sessions": state["sessions"]}


def _kind(row: Placement | ProgramSession) -> str:
    return "placements" if isinstance(row, Placement) else "sessions"


def _note(
    db: Session,
    actor: Actor,
    conference: Conference,
    draft: ProgramDraft,
    action: str,
    items: Collection[ProgramItem],
    now: datetime,
    detail: Mapping[str, Any] | None,
) -> None:
    """One entry per item where there are few, each read by those who may read of its submission.

    A change of many is one entry that counts nothing: the count could tell of a secret one.
    """
    audit_of = [*items] if 0 < len(items) <= NOTED_ONE_BY_ONE else [None]
    for item in audit_of:
        name = f"draft {draft.id}" if item is None else f"program item {item.number or item.guid}"
        audit.record(
            db,
            actor,
            action,
            name,
            now=now,
            conference_id=conference.id,
            submission_id=item.submission_id if item else None,
            detail=detail,
        )


NOTED_ONE_BY_ONE = 2
