"""The demo conference behind a real server, for whoever looks at pages."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from cfp import clock
from cfp.db import make_engine, open_session
from cfp.demo.loading import load
from cfp.domain.accounts.models import Person
from cfp.domain.conferences.models import Conference
from cfp.jobs import assignment, calibrate, compare, selection
from cfp.links import Links
from tests.factories import make_login
from tests.support.places import NOBODY, Place, Places
from tests.support.ports import free_port
from tests.support.server import Server, serving


@dataclass(frozen=True)
class Demo:
    """Attributes:
    slug: of the conference of this year.
    cookies: by person id, of everybody who looks at a page.
    """

    server: Server
    slug: str
    places: list[Place]
    cookies: dict[int, str]


PORT = 9
"""Stands in the mails; whoever serves a copy of the loaded database has a port of their own."""


def loaded_once(shared: Path, template: Path) -> Path:
    """A database with the demo, made from the migrated template by whichever process comes first.

    Loading takes seconds, and all that look at its pages may look at copies of one.
    """
    file, making = shared / "demo.sqlite3", shared / "demo.making"
    with (shared / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not file.exists():
            shutil.copy(template, making)
            _load(making)
            making.rename(file)
    return file


def _load(file: Path) -> None:
    engine = make_engine(f"sqlite:///{file}")
    with open_session(engine, writes=True) as db:
        load(
            db,
            links=Links(f"http://127.0.0.1:{PORT}"),
            solve=assignment.solve,
            calibrate=calibrate.solve,
            compare=compare.solve,
            choose=selection.solve,
            now=clock.now(),
        )
        db.commit()
    engine.dispose()


@contextmanager
def demo(instance: Path) -> Iterator[Demo]:
    """Serve the instance, whose database has the demo."""
    port = free_port()
    engine = make_engine(f"sqlite:///{instance / 'cfp.sqlite3'}")
    with open_session(engine, writes=True) as db:
        conference = db.scalars(select(Conference).order_by(Conference.start_date.desc())).all()[0]
        places = list(Places(db, conference).all())
        people = {place.viewer for place in places} - {NOBODY}
        cookies = {one: make_login(db, db.get_one(Person, one), now=clock.now()) for one in people}
        slug = conference.slug
        db.commit()
    engine.dispose()
    with serving(instance, port=port, worker=False) as server:
        yield Demo(server, slug, places, cookies)
