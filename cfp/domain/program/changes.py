"""What one program changes against another, with the places things had and have."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from cfp.domain.program.differences import differences, in_order
from cfp.formats.program import Difference, Program, Slot
from cfp.records import record


@record
class Where:
    """A time and a room, as readers see them."""

    start: datetime
    end: datetime
    room: str


@record
class Move:
    """The places of a talk, or of a break, before and now; none where it had or has none."""

    code: str | None
    title: str
    before: tuple[Where, ...]
    now: tuple[Where, ...]
    canceled: bool = False

    @property
    def kind(self) -> str:
        """The word for it: new, moved, canceled (it will not take place) or removed (no slot)."""
        if self.canceled:
            return "canceled"
        if not self.now:
            return "removed"
        return "moved" if self.before else "new"


def moves(old: Program | None, new: Program) -> list[Move]:
    """Every talk and break whose place is another one, in the order of the new program.

    A canceled talk keeps its place on the page, but nobody has to be there any more.
    """
    return [*_talk_moves(old, new), *_break_moves(old, new)]


@record
class Line:
    """One difference with the move behind it, where there is one."""

    difference: Difference
    move: Move | None


def lines(old: Program | None, new: Program) -> list[Line]:
    """The differences of a version, each with where from and where to."""
    known: dict[str, list[Move]] = {}
    for move in moves(old, new):
        known.setdefault(move.title, []).append(move)
    return [Line(one, _taken(known, one)) for one in differences(old, new)]


_WITH_PLACE = frozenset({"new", "scheduled", "moved", "unscheduled", "canceled", "removed"})


def _taken(known: dict[str, list[Move]], one: Difference) -> Move | None:
    """The next move of that title; two breaks may be called alike, in the same order."""
    found = known.get(one.title)
    return found.pop(0) if found and one.kind in _WITH_PLACE else None


def places(program: Program | None, code: str) -> tuple[Where, ...]:
    """Where and when a talk takes place; nowhere when it is canceled."""
    talk = program.talk_by_code.get(code) if program else None
    if program is None or talk is None or talk.canceled:
        return ()
    return tuple(_where(slot) for slot in program.slots_by_talk.get(code, ()))


def slots_of(program: Program | None, codes: Iterable[str]) -> Sequence[Slot]:
    """The slots of these talks that take place, in order of time."""
    wanted = set(codes)
    if program is None:
        return []
    return [
        slot
        for slot in program.ordered_slots
        if slot.talk in wanted and not program.is_canceled(slot)
    ]


def _where(slot: Slot) -> Where:
    return Where(slot.start, slot.end, slot.room)


def _talk_moves(old: Program | None, new: Program) -> Iterator[Move]:
    gone = [talk for talk in old.talks if talk.code not in new.talk_by_code] if old else []
    for talk in (*in_order(new), *gone):
        before, now = places(old, talk.code), places(new, talk.code)
        known = old.talk_by_code.get(talk.code) if old else None
        canceled = talk.canceled and known is not None and not known.canceled
        if before != now or canceled:
            yield Move(talk.code, talk.title, before, now, canceled)


def _break_moves(old: Program | None, new: Program) -> Iterator[Move]:
    before = {slot.guid: slot for slot in old.ordered_slots if slot.talk is None} if old else {}
    after = {slot.guid: slot for slot in new.ordered_slots if slot.talk is None}
    for guid, slot in (*after.items(), *((k, v) for k, v in before.items() if k not in after)):
        was, now = before.get(guid), after.get(guid)
        move = Move(None, slot.title, _places_of(was), _places_of(now))
        if move.before != move.now:
            yield move


def _places_of(slot: Slot | None) -> tuple[Where, ...]:
    return (_where(slot),) if slot else ()
