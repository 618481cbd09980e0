"""The schedule of an import: slots found again, made, compared, changed, and their sessions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from cfp.domain.program.drafts import item_of
from cfp.domain.program.import_frame import Work, fits, room_of
from cfp.domain.program.import_items import make_item, note_identity
from cfp.domain.program.models import Placement, ProgramItem, ProgramSession
from cfp.domain.submissions.models import Submission
from cfp.formats.identity import OFTEN, as_guid, nth_guid
from cfp.formats.imported import ImportedSlot
from cfp.formats.program import Session

FIELDS = ("title", "time", "room", "plenary", "session")


@dataclass
class _Pair:
    """A slot of the file and what it is here; `placement` is null for a new one."""

    slot: ImportedSlot
    item: ProgramItem
    placement: Placement | None

    @property
    def minutes(self) -> int:
        assert self.slot.start is not None  # noqa: S101 - slots without times make no pair
        assert self.slot.end is not None  # noqa: S101 - the same
        return round((self.slot.end - self.slot.start).total_seconds() / 60)


def take_slots(work: Work, talks: Sequence[Submission]) -> None:
    """Place in the current draft what has a time in the file. `talks` are those of the file."""
    waiting = _Waiting(work)
    pairs = []
    for slot in work.found.slots:
        if slot.start is not None and slot.end is not None:
            submission = talks[slot.talk] if slot.talk is not None else None
            pairs.append(waiting.pair(slot, submission))
    sessions = _take_sessions(work, pairs)
    for pair in pairs:
        session = sessions[pair.slot.session] if pair.slot.session is not None else None
        if pair.placement is None:
            _place(work, pair, session)
        else:
            _compare(work, pair, pair.placement, session)
    work.db.flush()


class _Waiting:
    """The slots of the draft that none of the file's is yet."""

    def __init__(self, work: Work) -> None:
        self.work = work
        rows = work.db.execute(
            select(Placement, ProgramItem)
            .join(ProgramItem, ProgramItem.id == Placement.item_id)
            .where(Placement.draft_id == work.plan.draft.id)
            .order_by(Placement.start, Placement.id)
        )
        self.rows = [(placement, item) for placement, item in rows]
        self.guids = {as_guid(slot.guid) for slot in work.found.slots} - {""}

    def pair(self, slot: ImportedSlot, submission: Submission | None) -> _Pair:
        """The slot of that talk, or the break: of several the file's by its guid, else by time."""
        wanted = as_guid(slot.guid)
        alike = [row for row in self.rows if self._is(row[1], slot, submission)]
        known = [row for row in alike if _guid(*row) == wanted]
        alike = [row for row in alike if _guid(*row) not in self.guids]
        same = [row for row in alike if row[0].start == slot.start]
        if known or alike:
            row = (known or same or alike)[0]
            self.rows.remove(row)
            pair = _Pair(slot, row[1], row[0])
        elif submission is not None:
            pair = _Pair(slot, item_of(self.work.db, submission), None)
        else:
            pair = _Pair(slot, make_item(self.work, slot.guid, slot.number, title=slot.title), None)
        if submission is None:
            note_identity(self.work, pair.item, slot.guid, slot.number)
        return pair

    def _is(self, item: ProgramItem, slot: ImportedSlot, submission: Submission | None) -> bool:
        if submission is not None or item.submission_id is not None:
            return submission is not None and item.submission_id == submission.id
        if item.guid in self.guids:
            return item.guid == as_guid(slot.guid)
        return item.title == slot.title


def _guid(placement: Placement, item: ProgramItem) -> str:
    """By which calendars know a slot of the draft."""
    return nth_guid(item.guid, placement.occurrence)


def _occurrence(work: Work, item: ProgramItem, slot: ImportedSlot) -> int:
    """The one by which calendars know the file's slot, where it is free, else the next one."""
    query = select(Placement.occurrence).where(
        Placement.draft_id == work.plan.draft.id, Placement.item_id == item.id
    )
    taken, wanted = set(work.db.scalars(query)), as_guid(slot.guid)
    free = [number for number in range(1, len(taken) + OFTEN) if number not in taken]
    return next((one for one in free if nth_guid(item.guid, one) == wanted), free[0])


def _place(work: Work, pair: _Pair, session: ProgramSession | None) -> None:
    work.db.add(
        Placement(
            conference_id=work.conference.id,
            draft_id=work.plan.draft.id,
            item_id=pair.item.id,
            occurrence=_occurrence(work, pair.item, pair.slot),
            room_id=room_of(work, pair.slot.room),
            session_id=session.id if session else None,
            start=pair.slot.start,
            minutes=pair.minutes,
            plenary=pair.slot.plenary,
        )
    )
    work.db.flush()
    work.outcome.slots_created += 1


def _compare(work: Work, pair: _Pair, placement: Placement, session: ProgramSession | None) -> None:
    slot, room = pair.slot, room_of(work, pair.slot.room)
    session_id = session.id if session else None
    tells_rooms = any(one.room for one in work.found.slots)
    tells_sessions = work.own or bool(work.found.sessions)
    same = (
        pair.item.submission_id is not None or pair.item.title == slot.title,
        (placement.start, placement.minutes) == (slot.start, pair.minutes),
        not tells_rooms or placement.room_id == room,
        placement.plenary == slot.plenary or not (slot.plenary or work.own),
        not tells_sessions or placement.session_id == session_id,
    )
    differs = [name for name, is_same in zip(FIELDS, same, strict=True) if not is_same]
    if not work.change(slot.title, differs):
        return
    if "title" in differs:
        pair.item.title = slot.title
    if slot.start is not None:
        placement.start, placement.minutes = slot.start, pair.minutes
    placement.room_id = room if tells_rooms else placement.room_id
    placement.plenary = slot.plenary or (placement.plenary and not work.own)
    placement.session_id = session_id if tells_sessions else placement.session_id


# Sessions ---------------------------------------------------------------------------------


def _take_sessions(work: Work, pairs: Sequence[_Pair]) -> Mapping[int, ProgramSession]:
    """The file's id of each session that has slots -> what it is in the draft."""
    used = {pair.slot.session for pair in pairs}
    query = select(ProgramSession).where(ProgramSession.draft_id == work.plan.draft.id)
    known = list(work.db.scalars(query.order_by(ProgramSession.number)))
    taken: dict[int, ProgramSession] = {}
    for session in work.found.sessions:
        if session.id not in used:
            continue
        found = _known_session(session, known, pairs)
        if found is None:
            found = _make_session(work, session)
        else:
            known.remove(found)
            _compare_session(work, session, found)
        work.kept = work.kept and found.number == session.id
        taken[session.id] = found
    return taken


def _known_session(
    session: Session, known: Sequence[ProgramSession], pairs: Sequence[_Pair]
) -> ProgramSession | None:
    """The same title, best under the same number; else the same number, with a slot in common."""
    titled = [one for one in known if one.title == session.title]
    for one in titled:
        if one.number == session.id:
            return one
    if titled:
        return titled[0]
    shared = {
        pair.placement.session_id
        for pair in pairs
        if pair.placement is not None and pair.slot.session == session.id
    }
    return next((one for one in known if one.number == session.id and one.id in shared), None)


def _make_session(work: Work, session: Session) -> ProgramSession:
    made = ProgramSession(
        conference_id=work.conference.id,
        draft_id=work.plan.draft.id,
        number=_free_number(work, session.id),
        title=session.title,
        chair=session.chair,
        posters=session.posters,
    )
    work.db.add(made)
    work.db.flush()
    return made


def _free_number(work: Work, number: int) -> int:
    """The file's, where no session of the conference ever had it; tables only count theirs."""
    here = ProgramSession.conference_id == work.conference.id
    used = select(ProgramSession.id).where(here, ProgramSession.number == number).limit(1)
    if fits(number) and work.db.scalar(used) is None:
        return number
    return (work.db.scalar(select(func.max(ProgramSession.number)).where(here)) or 0) + 1


def _compare_session(work: Work, session: Session, found: ProgramSession) -> None:
    """Others than our own JSON may not tell who chairs it, or that it is one of posters."""
    same = {
        "title": found.title == session.title,
        "chair": found.chair == session.chair or not (session.chair or work.own),
        "posters": found.posters == session.posters or not (session.posters or work.own),
    }
    if work.change(session.title, [name for name, is_same in same.items() if not is_same]):
        found.title = session.title
        found.chair = session.chair or ("" if work.own else found.chair)
        found.posters = session.posters or (found.posters and not work.own)
