"""A draft as a problem for the solver, and what it found as rows again."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp.actors import Actor
from cfp.algorithms.timetable_precheck import precheck
from cfp.algorithms.timetable_problem import (
    NOWHERE,
    Pin,
    Places,
    Precheck,
    Problem,
    Room,
    Timetable,
    Window,
)
from cfp.domain.conferences import models as conferences
from cfp.domain.conferences.models import Conference
from cfp.domain.program.plans import Plan, Unplaced, draft_of, plan_of
from cfp.domain.program.rules import Needs, Placed
from cfp.domain.submissions.models import Submission
from cfp.records import record

KEEPS = ("moves", "placed", "pinned")
"""What stands: it is moved as little as possible; it stays; only what is pinned stays."""
SECONDS = (5, 300)
FAR = 10**6
Speaker = int | str


@record
class Options:
    """What a solve is asked for: one of `KEEPS`, the hours of a day on its clock, and seconds."""

    keep: str = "moves"
    opens: str = "09:00"
    closes: str = "18:00"
    seconds: int = 30

    def as_json(self) -> dict[str, Any]:
        return vars(self).copy()

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Options":
        return cls(**{name: stored[name] for name in ("keep", "opens", "closes", "seconds")})


@record
class Item:
    """A talk to be placed: in its slot, if it has one."""

    code: str
    title: str
    minutes: int
    placed: Placed | None = None
    speakers: tuple[Speaker, ...] = ()
    names: Mapping[Speaker, str] = field(default_factory=dict)
    needs: Needs = field(default_factory=Needs)
    audience: int = 0


@record
class Loaded:
    """A problem with what its numbers mean."""

    problem: Problem
    items: Sequence[Item]
    rooms: Sequence[int]
    room_names: Sequence[str]
    base: datetime
    plan: Plan
    options: Options
    previous: Places | None
    speakers: Sequence[str]

    def moment(self, minute: int) -> datetime:
        """The moment that a minute of the problem is."""
        return self.base + timedelta(minutes=minute)


def load_problem(
    db: Session,
    conference: Conference,
    actor: Actor,
    options: Options,
    *,
    draft_id: int | None = None,
) -> Loaded:
    """What this person knows of the draft, as the solver wants it; reads only."""
    draft = draft_of(db, conference, draft_id)
    plan = plan_of(db, conference, actor=actor, draft=draft)
    base = datetime.combine(conference.start_date, time(0), tzinfo=UTC)
    rooms = _rooms(db, conference)
    frame = _Frame(base, [room.id for room in rooms])
    items, groups = _items(plan)
    people = _numbered(items)
    return Loaded(
        problem=Problem(
            minutes=[item.minutes for item in items],
            speakers=[[people[key] for key in item.speakers] for item in items],
            days=_days(conference, options, frame),
            rooms=[
                Room(capacity=room.capacity or 0, closed=_closed(plan, frame, room.id))
                for room in rooms
            ],
            breaks=_closed(plan, frame, None),
            item_available={
                number: _open(item.needs, frame)
                for number, item in enumerate(items)
                if item.needs.shut
            },
            plenary=[n for n, item in enumerate(items) if item.placed and item.placed.plenary],
            together=groups,
            track=_tracks(db, conference, items),
            audience=[item.audience for item in items],
            pinned=_pins(items, options, frame),
        ),
        items=items,
        rooms=frame.rooms,
        room_names=[room.name for room in rooms],
        base=base,
        plan=plan,
        options=options,
        previous=_previous(items, frame) if options.keep != "pinned" else None,
        speakers=[{k: v for item in items for k, v in item.names.items()}[key] for key in people],
    )


def look_before(loaded: Loaded) -> Precheck:
    """What cannot fit, before anything is computed."""
    return precheck(loaded.problem)


@record
class _Frame:
    """How moments and rooms are numbered."""

    base: datetime
    rooms: Sequence[int]

    def minute(self, moment: datetime) -> int:
        return round((moment - self.base).total_seconds() / 60)

    def window(self, start: datetime, end: datetime) -> Window:
        return self.minute(start), self.minute(end)

    def room(self, room_id: int | None) -> int | None:
        """A talk that is everywhere counts as one in the first room, for everybody."""
        if room_id is None:
            return 0
        return self.rooms.index(room_id) if room_id in self.rooms else None


def _rooms(db: Session, conference: Conference) -> Sequence[conferences.Room]:
    room = conferences.Room
    query = select(room).where(room.conference_id == conference.id, room.archived.is_(False))
    return db.scalars(query.order_by(room.position, room.id)).all()


def _items(plan: Plan) -> tuple[list[Item], list[list[int]]]:
    """Talks with and without a slot; and sessions without gaps, whose slots stay together.

    The posters of a session stay as they are: see `_closed`.
    """
    items: list[Item] = []
    sessions: dict[int, list[int]] = {}
    for one in plan.placed:
        if one.code is None or one.gone or one.posters:
            continue
        if one.session is not None:
            sessions.setdefault(one.session, []).append(len(items))
        items.append(_item(one.code, one, one))
    items += [_item(talk.code, talk, None) for talk in plan.unplaced]
    groups = [group for group in sessions.values() if _hangs_together([items[n] for n in group])]
    return items, groups


def _item(code: str, one: Placed | Unplaced, placed: Placed | None) -> Item:
    names = dict(sorted(one.speakers, key=str))
    audience = one.audience or 0
    return Item(code, one.title, one.minutes, placed, tuple(names), names, one.needs, audience)


def _hangs_together(group: Sequence[Item]) -> bool:
    slots = [item.placed for item in group if item.placed is not None]
    return len(slots) > 1 and all(
        one.end == other.start and one.room_id == other.room_id for one, other in pairwise(slots)
    )


def _numbered(items: Sequence[Item]) -> dict[Speaker, int]:
    keys = dict.fromkeys(key for item in items for key in item.speakers)
    return {key: number for number, key in enumerate(keys)}


def _days(conference: Conference, options: Options, frame: _Frame) -> list[Window]:
    zone, windows = ZoneInfo(conference.zone), []
    for offset in range((conference.end_date - conference.start_date).days + 1):
        day = conference.start_date + timedelta(days=offset)
        opens, closes = (
            datetime.combine(day, time.fromisoformat(wall), tzinfo=zone)
            for wall in (options.opens, options.closes)
        )
        windows.append(frame.window(opens, closes))
    return windows


def _closed(plan: Plan, frame: _Frame, room_id: int | None) -> list[Window]:
    """When a room (None: every room) holds what the solver does not move: breaks and posters."""
    return [
        frame.window(one.start, one.end)
        for one in plan.placed
        if (one.code is None or one.posters)
        and (one.room_id if not one.plenary else None) == room_id
    ]


def _open(needs: Needs, frame: _Frame) -> list[Window]:
    """When its speakers can, from when they can't."""
    windows, since = [], -FAR
    for start, end in sorted(frame.window(*one) for one in needs.shut):
        if since < start:
            windows.append((since, start))
        since = max(since, end)
    return [*windows, (since, FAR)]


def _tracks(db: Session, conference: Conference, items: Sequence[Item]) -> list[int]:
    """A number for the track of each; where there is but one, none."""
    rows = db.execute(
        select(Submission.code, Submission.track_id).where(
            Submission.conference_id == conference.id,
            Submission.code.in_([item.code for item in items]),
        )
    )
    track_of = {row.code: row.track_id for row in rows}
    known = sorted(set(track_of.values()))
    return [known.index(track_of[item.code]) if len(known) > 1 else NOWHERE for item in items]


def _pins(items: Sequence[Item], options: Options, frame: _Frame) -> dict[int, Pin]:
    """What stays: the pinned, with `placed` all that has a slot, and what is everywhere."""
    pins = {}
    for number, item in enumerate(items):
        one = item.placed
        if one is None:
            continue
        room = frame.room(one.room_id)
        stays = one.pinned or options.keep == "placed" or one.room_id is None
        if stays and room is not None:
            pins[number] = Pin(room=room, start=frame.minute(one.start))
    return pins


def _previous(items: Sequence[Item], frame: _Frame) -> Places:
    rooms, starts = [], []
    for item in items:
        room = frame.room(item.placed.room_id) if item.placed else None
        rooms.append(NOWHERE if room is None else room)
        starts.append(frame.minute(item.placed.start) if item.placed else 0)
    return Places(room=rooms, start=starts)


def result_from(loaded: Loaded, found: Timetable) -> dict[str, Any]:
    """What is stored of a solve."""
    left_out = {one.item for one in found.unplaced}
    return {
        "placements": [
            {
                "code": item.code,
                "placement": item.placed.placement_id if item.placed else None,
                "room": loaded.rooms[found.room[number]],
                "start": loaded.moment(found.start[number]).isoformat(),
                "minutes": item.minutes,
            }
            for number, item in enumerate(loaded.items)
            if number not in left_out and number not in loaded.problem.fixed
        ],
        "unplaced": [
            {
                "code": loaded.items[one.item].code,
                "placement": placed.placement_id if placed else None,
                "why": one.why,
                "needed": one.needed,
                "longest": one.longest,
            }
            for one in found.unplaced
            for placed in [loaded.items[one.item].placed]
        ],
        "broken": [{"rule": one.rule, "code": loaded.items[one.item].code} for one in found.broken],
        "codes": [item.code for item in loaded.items],
        "penalties": dict(found.penalties),
        "bounds": dict(found.bounds),
        "placed_bound": found.placed_bound,
        "objective": found.objective,
        "bound": found.bound,
        "model": found.model,
        "seconds": round(sum(found.seconds.values()), 1),
    }
