"""A program around New Year, published in an application and as a folder of files."""

import io
import shutil
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from werkzeug.serving import make_server

from cfp.app import create_app
from cfp.config import Config
from cfp.db import make_engine, open_session
from cfp.domain.program.models import ProgramVersion
from cfp.formats.program import (
    Broadcast,
    Day,
    Program,
    ProgramSpeaker,
    Room,
    Section,
    Session,
    Slot,
    Talk,
    to_json,
)
from cfp.formats.writers import WRITERS, Edition
from cfp.links import Links
from tests.factories import make_conference
from tests.support.ports import free_port

SLUG = "newyear"


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment in UTC, counted from 31 December 2026 as day 31."""
    return datetime(2026, 12, 31, hour, minute, tzinfo=UTC) + timedelta(days=day - 31)


def _talk(number: int, title: str, name: str, track: str, **changes: object) -> Talk:
    return Talk(
        f"AAAAA{number}",
        f"guid-{number}",
        number,
        title,
        (ProgramSpeaker(f"S{number}", name, "Acme", "Writes clocks."),),
        f"About {title.lower()}.\n\n  * see https://example.org/{number}.",
        "Talk",
        track,
        30,
        **changes,  # type: ignore[arg-type]  # real fields
    )


def new_year() -> Program:
    """Two days across the year, two rooms, a session, a party after midnight, one canceled."""
    talks = (
        _talk(1, "Čas and clocks", "Ada Example", "Time"),
        _talk(2, "Maps of the night", "Ben Sample", "Space", anchor="t1"),
        _talk(3, "Rivers in January", "Eve Third", "Space"),
        _talk(4, "Rockets, withdrawn", "Ben Sample", "Time", canceled=True),
        _talk(5, "A talk without a time", "Ada Example", "Time"),
    )
    rows = (
        (None, "Early walk", "", at(30, 23, 30), 30, 1, None),
        ("AAAAA1", "", "Main hall", at(31, 10, 30), 30, 1, 1),
        ("AAAAA2", "", "Cellar", at(31, 10, 30), 30, 1, None),
        ("AAAAA4", "", "Main hall", at(31, 11), 30, 1, 1),
        (None, "Fireworks", "", at(31, 22, 30), 60, 1, None),
        ("AAAAA3", "", "Main hall", at(32, 9), 30, 2, None),
        ("AAAAA1", "", "Cellar", at(32, 10), 30, 2, None),
    )
    slots = tuple(
        Slot(
            *(f"s{number}", number, code, title, room, start, start + timedelta(minutes=minutes)),
            day=day,
            session=session,
        )
        for number, (code, title, room, start, minutes, day, session) in enumerate(rows, 1)
    )
    return Program(
        conference=SLUG,
        title="New Year's Conference",
        zone="Europe/Prague",
        language="en",
        start=date(2026, 12, 31),
        end=date(2027, 1, 1),
        place="Prague",
        number=1,
        published_at=datetime(2026, 11, 1, 12, tzinfo=UTC),
        contact="team@example.org",
        sections=(Section("introduction", "", "Come, all."),),
        days=(Day(1, date(2026, 12, 31)), Day(2, date(2027, 1, 1))),
        rooms=(Room("Main hall"), Room("Cellar")),
        talks=talks,
        slots=slots,
        sessions=(Session(1, "Morning of clocks", "Ida Chair"),),
        broadcasts=(Broadcast(1, "Cellar", "https://video.example.org/cellar"),),
    )


@contextmanager
def published(folder: Path, template: Path) -> Iterator[str]:
    """The application with the program; its address."""
    address = f"http://127.0.0.1:{free_port()}"
    url = f"sqlite:///{shutil.copy(template, folder / 'cfp.sqlite3')}"
    engine, program = make_engine(url), new_year()
    with open_session(engine, writes=True) as db:
        conference = make_conference(db, SLUG, zone=program.zone)
        db.add(
            ProgramVersion(
                conference_id=conference.id,
                number=1,
                published=program.published_at,
                note="",
                program=to_json(program),
                differences=[],
            )
        )
        db.commit()
    settings = {"CFP_INSTANCE": str(folder), "CFP_DATABASE_URL": url, "CFP_BASE_URL": address}
    app = create_app(Config.from_env(settings))
    with served(app, int(address.rsplit(":", 1)[1])):
        yield address
    app.extensions["cfp"].engine.dispose()
    engine.dispose()


@contextmanager
def served(app: object, port: int) -> Iterator[None]:
    """A WSGI application on loopback, in a thread."""
    server = make_server("127.0.0.1", port, app, threaded=True)  # type: ignore[arg-type]  # WSGI
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def unpacked(folder: Path) -> Path:
    """The static site of the same program, as files."""
    edition = Edition(new_year(), (), Links("https://cfp.example.org"))
    with zipfile.ZipFile(io.BytesIO(WRITERS["static.zip"].write(edition))) as archive:
        archive.extractall(folder)
    return folder
