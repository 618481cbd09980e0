"""What is wrong with a plan. Warnings never block and never lie; the chair decides."""

from collections.abc import Iterable, Sequence
from dataclasses import field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from cfp.domain.submissions.states import IN_PROGRAM
from cfp.errors import DomainError
from cfp.records import record

MINUTES_LIMIT = 1_440
DAYS_AROUND = 1
"""A slot may start a day before or after the conference: a tutorial day, a long night."""

Interval = tuple[datetime, datetime]


@record
class Needs:
    """What the speakers have said on the confirm page; `zone` is where a remote one sits."""

    shut: tuple[Interval, ...] = ()
    remote: bool = False
    zone: str = ""
    recording: bool = True

    def shut_during(self, start: datetime, end: datetime) -> bool:
        """Whether they can't at some moment of that time."""
        return any(start < until and since < end for since, until in self.shut)


@record
class Placed:
    """Something in a plan: a talk or a break, where and when. Times are UTC.

    `pending`: a talk whose acceptance is not announced. `session` is the id of its block, `posters`
    whether that one's talks are held side by side.
    """

    placement_id: int
    revision: int
    item_id: int
    number: int
    guid: str
    title: str
    code: str | None
    state: str | None
    room_id: int | None
    room: str
    start: datetime
    minutes: int
    occurrence: int = 1
    wanted_minutes: int | None = None
    talk_minutes: int | None = None
    speakers: frozenset[tuple[int | str, str]] = field(default_factory=frozenset)
    capacity: int | None = None
    session: int | None = None
    posters: bool = False
    pinned: bool = False
    plenary: bool = False
    pending: bool = False
    audience: int | None = None
    needs: Needs = field(default_factory=Needs)

    @property
    def end(self) -> datetime:
        return self.start + timedelta(minutes=self.minutes)

    @property
    def gone(self) -> bool:
        """Whether it is a talk that will not take place, as far as is known."""
        return self.code is not None and not self.pending and self.state not in IN_PROGRAM


@record
class PlanWarning:
    """A key to be worded, the placements it is about, and names to fill in."""

    key: str
    placements: tuple[int, ...]
    name: str = ""


def overlap(one: Placed, other: Placed) -> bool:
    """Whether they take place at the same time."""
    return one.start < other.end and other.start < one.end


def warnings_of(placed: Sequence[Placed]) -> list[PlanWarning]:
    """Everything that looks wrong: rooms, speakers, minutes, and talks that will not take place."""
    found: list[PlanWarning] = []
    for one, other in _simultaneous(placed):
        found += _clashes(one, other)
    largest = max((one.capacity or 0 for one in placed), default=0)
    for one in placed:
        found += _alone(one, largest)
    return found


def _clashes(one: Placed, other: Placed) -> Iterable[PlanWarning]:
    """What two at one time mean, unless they are posters side by side."""
    if one.posters and one.session == other.session:
        return
    both = (one.placement_id, other.placement_id)
    if one.room_id is not None and one.room_id == other.room_id:
        yield PlanWarning("room_twice", both, one.room)
    elif for_all := _for_all(one, other):
        yield PlanWarning("beside_plenary", both, for_all.title)
    for _key, name in sorted(one.speakers & other.speakers, key=str):
        yield PlanWarning("speaker_twice", both, name)


def _for_all(one: Placed, other: Placed) -> Placed | None:
    """Which of them everybody goes to: a plenary; beside a talk also what has no room, as lunch."""
    talks = one.code is not None or other.code is not None
    found = (each for each in (one, other) if each.plenary or (talks and each.room_id is None))
    return next(found, None)


def _alone(one: Placed, largest: int) -> Iterable[PlanWarning]:
    alone = (one.placement_id,)
    if one.gone:
        yield PlanWarning("not_in_program", alone, one.title)
    elif one.talk_minutes is not None and one.minutes < one.talk_minutes:
        yield PlanWarning("talk_cut", alone, one.title)
    elif one.wanted_minutes is not None and one.minutes < one.wanted_minutes:
        yield PlanWarning("discussion_cut", alone, one.title)
    if one.needs.shut_during(one.start, one.end):
        yield PlanWarning("unavailable", alone, one.title)
    if one.plenary and one.capacity is not None and one.capacity < largest:
        yield PlanWarning("room_small", alone, one.room)
    if one.capacity is not None and (one.audience or 0) > one.capacity:
        yield PlanWarning("room_full", alone, one.room)


def _simultaneous(placed: Iterable[Placed]) -> Iterable[tuple[Placed, Placed]]:
    """Pairs at one time, without comparing those that are hours apart."""
    running: list[Placed] = []
    for one in sorted(placed, key=lambda slot: (slot.start, slot.placement_id)):
        running = [other for other in running if other.end > one.start]
        for other in running:
            yield other, one
        running.append(one)


def check_slot(start: datetime, minutes: int, first: date, last: date, zone: str) -> None:
    """Raise DomainError at the field: minutes, or a day the conference does not have."""
    if not 1 <= minutes <= MINUTES_LIMIT:
        raise DomainError("slot_minutes", field="minutes", limit=MINUTES_LIMIT)
    day = start.astimezone(ZoneInfo(zone)).date()
    around = timedelta(days=DAYS_AROUND)
    if not first - around <= day <= last + around:
        raise DomainError("slot_day", field="day")
