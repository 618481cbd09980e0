"""Undoing every step leads back to the start, and doing them again to where it went."""

from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from cfp.actors import Actor
from cfp.db import make_engine, open_session
from cfp.domain.conferences.models import Conference, Room
from cfp.domain.program import blocks, drafts, steps
from cfp.domain.program.models import Placement, ProgramItem, ProgramSession
from cfp.domain.program.plans import current_draft, plan_of
from cfp.errors import DomainError
from tests.factories import NOW, make_conference, make_person, make_submission

START = datetime(2026, 11, 19, 8, tzinfo=ZoneInfo("Europe/Prague"))
"""On the conference's clock, as forms give it."""

times = st.integers(0, 20).map(lambda n: START + timedelta(minutes=15 * n))
minutes = st.sampled_from([10, 25, 30, 60])
which = st.integers(0, 7)
flags = st.booleans()
ACTS = st.one_of(
    st.tuples(st.just("place"), which, times, minutes, flags),
    st.tuples(st.just("break"), which, times, minutes),
    st.tuples(st.just("move"), which, times, minutes, flags, flags),
    st.tuples(st.just("swap"), which, which),
    st.tuples(st.just("pin"), which, flags),
    st.tuples(st.just("remove"), which),
    st.tuples(st.just("replace"), which, which),
    st.tuples(st.just("session"), st.sets(which, min_size=1), flags),
    st.tuples(st.just("rename"), flags),
    st.tuples(st.just("join"), which, flags),
    st.tuples(st.just("dissolve")),
    st.tuples(st.just("shift"), times, st.sampled_from([-15, 5, 30])),
    st.tuples(st.just("late"), times, st.sampled_from([-5, 10, 15])),
)


class World:
    """A conference with two rooms and talks, and one chair who tries things."""

    def __init__(self, db: Session) -> None:
        self.db = db
        self.conference: Conference = make_conference(db)
        db.add(Room(conference_id=self.conference.id, name="Attic", position=1))
        db.flush()
        person = make_person(db)
        self.me = Actor(person_id=person.id)
        rooms = db.query(Room).order_by(Room.id).filter_by(conference_id=self.conference.id)
        self.rooms: list[int | None] = [*(room.id for room in rooms), None]
        self.codes = [
            make_submission(db, self.conference, [person], state="confirmed").code
            for _ in range(5)
        ]

    def state(self) -> list[Any]:
        """Everything that undo promises to bring back."""
        self.db.flush()
        rows = self.db.query(Placement, ProgramItem.title).join(
            ProgramItem, ProgramItem.id == Placement.item_id
        )
        placed = [
            (
                *(row.id, row.item_id, title, row.room_id, row.session_id, row.start),
                *(row.minutes, row.pinned, row.plenary),
            )
            for row, title in rows.order_by(Placement.id)
        ]
        used = {row[4] for row in placed}
        sessions = self.db.query(ProgramSession).order_by(ProgramSession.id)
        return [
            placed,
            [(one.id, one.title, one.chair, one.posters) for one in sessions if one.id in used],
        ]

    def act(self, act: str, *values: Any) -> None:
        getattr(self, f"_{act}")(*values)

    def _nth(self, number: int) -> Placement:
        found = self.db.query(Placement).order_by(Placement.id).all()
        if not found:
            raise DomainError("nothing")
        return found[number % len(found)]

    def _code(self, number: int) -> str:
        return self.codes[number % len(self.codes)]

    def _number(self) -> int:
        plan = plan_of(self.db, self.conference)
        if not plan.sessions:
            raise DomainError("nothing")
        return min(one.number for one in plan.sessions.values())

    def _place(self, number: int, start: datetime, length: int, again: bool) -> None:
        drafts.place(
            self.db, self.me, self.conference, code=self._code(number), title="", again=again,
            room_id=self.rooms[number % 2], start=start, minutes=length, now=NOW,
        )  # fmt: skip

    def _break(self, number: int, start: datetime, length: int) -> None:
        drafts.place(
            self.db, self.me, self.conference, code=None, title=f"Break {number}",
            room_id=self.rooms[number % 3], start=start, minutes=length, now=NOW,
        )  # fmt: skip

    def _move(self, n: int, start: datetime, length: int, plenary: bool, pinned: bool) -> None:
        row = self._nth(n)
        drafts.move(
            self.db, self.me, self.conference, row.id, revision=row.revision, title=f"New {n}",
            room_id=self.rooms[n % 3], start=start, minutes=length, plenary=plenary,
            pinned=pinned, now=NOW,
        )  # fmt: skip

    def _swap(self, one: int, two: int) -> None:
        row, other = self._nth(one), self._nth(two)
        drafts.swap(
            self.db, self.me, self.conference, row.id, revision=row.revision,
            other_id=other.id, other_revision=other.revision, now=NOW,
        )  # fmt: skip

    def _pin(self, number: int, pinned: bool) -> None:
        row = self._nth(number)
        drafts.pin(
            self.db, self.me, self.conference, row.id, revision=row.revision, pinned=pinned, now=NOW
        )

    def _remove(self, number: int) -> None:
        drafts.remove(self.db, self.me, self.conference, self._nth(number).id, now=NOW)

    def _replace(self, number: int, code: int) -> None:
        row = self._nth(number)
        drafts.replace(
            self.db, self.me, self.conference, row.id, revision=row.revision,
            code=self._code(code), now=NOW,
        )  # fmt: skip

    def _session(self, numbers: set[int], posters: bool) -> None:
        rows = [self._nth(number) for number in numbers]
        blocks.make_session(
            self.db, self.me, self.conference, slots={row.id: row.revision for row in rows},
            title="Together", chair="Cher", posters=posters, now=NOW,
        )  # fmt: skip

    def _rename(self, posters: bool) -> None:
        plan = plan_of(self.db, self.conference)
        number = self._number()
        session = next(one for one in plan.sessions.values() if one.number == number)
        blocks.change_session(
            self.db, self.me, self.conference, number, revision=session.revision,
            title=f"{session.title}!", chair="", posters=posters, now=NOW,
        )  # fmt: skip

    def _join(self, number: int, leave: bool) -> None:
        row = self._nth(number)
        drafts.move(
            self.db, self.me, self.conference, row.id, revision=row.revision,
            room_id=row.room_id, start=row.start, minutes=row.minutes,
            session=None if leave else self._number(), now=NOW,
        )  # fmt: skip

    def _dissolve(self) -> None:
        blocks.dissolve_session(self.db, self.me, self.conference, self._number(), now=NOW)

    def _shift(self, start: datetime, _by: int) -> None:
        blocks.move_session(
            self.db, self.me, self.conference, self._number(), room_id=self.rooms[0],
            start=start, now=NOW,
        )  # fmt: skip

    def _late(self, since: datetime, by: int) -> None:
        blocks.run_late(
            self.db, self.me, self.conference, room_id=self.rooms[0], since=since,
            until=START + timedelta(hours=12), minutes=by, now=NOW,
        )  # fmt: skip


@pytest.fixture
def database(sqlite_template: Path, tmp_path: Path) -> str:
    file = tmp_path / "cfp.sqlite3"
    file.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{file}"


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(ACTS, min_size=1, max_size=15), back=st.integers(0, 15))
def test_undo_leads_back_and_redo_forth(database: str, acts: list[Any], back: int) -> None:
    engine = make_engine(database)
    with open_session(engine, writes=True) as db:
        world = World(db)
        start = world.state()
        for act in acts:
            with suppress(DomainError):
                world.act(*act)
        draft, end = current_draft(db, world.conference), world.state()
        done = _undo_all(db, world, draft)
        assert world.state() == start
        for _ in range(done):
            steps.redo(db, world.me, world.conference, now=NOW)
        assert world.state() == end
        assert steps.next_step(db, world.me, draft) is None
        # Part of the way back, something else: what had been undone cannot come again.
        for _ in range(min(back, done)):
            steps.undo(db, world.me, world.conference, now=NOW)
        world.act("break", 0, START, 30)
        assert steps.next_step(db, world.me, draft) is None
        _undo_all(db, world, draft)
        assert world.state() == start
        db.rollback()
    engine.dispose()


def _undo_all(db: Session, world: World, draft: Any) -> int:
    done = 0
    while steps.last_step(db, world.me, draft) is not None:
        steps.undo(db, world.me, world.conference, now=NOW)
        done += 1
    return done
