"""What is wrong with a plan. Warnings never block and never lie; the chair decides."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from cfp.errors import DomainError

MINUTES_LIMIT = 1_440
DAYS_AROUND = 1
"""A slot may start a day before or after the conference: a tutorial day, a long night."""


@dataclass(frozen=True)
class Placed:
    """Something in a plan: a talk or a break, where and when. Times are UTC."""

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
    wanted_minutes: int | None = None
    talk_minutes: int | None = None
    speakers: frozenset[tuple[int | str, str]] = field(default_factory=frozenset)

    @property
    def end(self) -> datetime:
        return self.start + timedelta(minutes=self.minutes)


@dataclass(frozen=True)
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
        both = (one.placement_id, other.placement_id)
        if one.room_id is not None and one.room_id == other.room_id:
            found.append(PlanWarning("room_twice", both, one.room))
        for _key, name in sorted(one.speakers & other.speakers, key=str):
            found.append(PlanWarning("speaker_twice", both, name))
    for one in placed:
        alone = (one.placement_id,)
        if one.code is not None and one.state not in {"accepted", "confirmed"}:
            found.append(PlanWarning("not_in_program", alone, one.title))
        elif one.talk_minutes is not None and one.minutes < one.talk_minutes:
            found.append(PlanWarning("talk_cut", alone, one.title))
        elif one.wanted_minutes is not None and one.minutes < one.wanted_minutes:
            found.append(PlanWarning("discussion_cut", alone, one.title))
    return found


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

