"""Processor time of a scenario of 5,000 submissions: `python -m tests.benchmarks.scenarios`.

Loaded, solved with the costs of all limits, stored, and applied to all of them, on SQLite.
"""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp import clock
from cfp.db import make_engine, open_session
from cfp.domain.accounts.queries import actor_of_person
from cfp.domain.conferences.models import Conference, Role, Track
from cfp.domain.decisions.scenario_applying import Wanted, apply_scenario, preview
from cfp.domain.decisions.scenarios import store_scenario
from cfp.domain.decisions.selecting import load_problem
from cfp.domain.decisions.selecting_limits import Limits
from cfp.jobs.selection import solve
from cfp.migrate import upgrade
from tests.benchmarks.large import build

Result = TypeVar("Result")


def timed(what: str, act: Callable[[], Result]) -> Result:
    began = time.process_time()
    found = act()
    print(f"{what:8} {time.process_time() - began:6.2f} s")
    return found


def measure(db: Session, slug: str) -> None:
    conference = db.scalars(select(Conference).where(Conference.slug == slug)).one()
    chair = db.scalars(select(Role.person_id).where(Role.kind == "chair")).one()
    tracks = db.scalars(select(Track.id).where(Track.conference_id == conference.id)).all()
    actor, now = actor_of_person(db, chair), clock.now()
    each = {f"least-{one}": 50 for one in tracks} | {f"most-{one}": 200 for one in tracks}
    limits = Limits({"all": 30_000, "speaker": 1, "affiliation": 20, "first": 20, **each})
    problem = timed("load", lambda: load_problem(db, actor, conference, limits))
    found = timed("solve", lambda: solve(problem))
    scenario = timed(
        "store",
        lambda: store_scenario(
            db, actor, conference, name="A", problem=problem, found=found, now=now
        ),
    )
    mark, wanted = preview(db, actor, conference, scenario).mark, Wanted(rest="reject")
    changed = timed(
        "apply",
        lambda: apply_scenario(
            db, actor, conference, scenario.id, wanted=wanted, mark=mark, now=now
        ),
    )
    print(f"{len(problem.candidates)} candidates, {len(found.accepted)} in, {changed.count} set")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{Path(folder) / 'large.sqlite3'}")
        upgrade(engine)
        with open_session(engine, writes=True) as db:
            measure(db, build(db).slug)
        engine.dispose()


if __name__ == "__main__":
    main()
