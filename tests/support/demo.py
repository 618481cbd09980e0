"""The demo conference behind a real server, for whoever looks at pages."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cfp import clock
from cfp.db import make_engine, open_session
from cfp.demo.loading import load
from cfp.domain.accounts.models import Person
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


@contextmanager
def demo(instance: Path) -> Iterator[Demo]:
    """Load it into the migrated database of the instance, and serve it."""
    port = free_port()
    engine = make_engine(f"sqlite:///{instance / 'cfp.sqlite3'}")
    with open_session(engine, writes=True) as db:
        conference = load(
            db,
            links=Links(f"http://127.0.0.1:{port}"),
            solve=assignment.solve,
            calibrate=calibrate.solve,
            compare=compare.solve,
            choose=selection.solve,
            now=clock.now(),
        )
        places = list(Places(db, conference).all())
        people = {place.viewer for place in places} - {NOBODY}
        cookies = {one: make_login(db, db.get_one(Person, one), now=clock.now()) for one in people}
        slug = conference.slug
        db.commit()
    engine.dispose()
    with serving(instance, port=port) as server:
        yield Demo(server, slug, places, cookies)
