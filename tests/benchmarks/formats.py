"""Processor time of the page and of each export at its first writing, on a program of 600 slots.

`python -m tests.benchmarks.formats`
"""

import json
import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import TypeVar

from cfp.app import settle
from cfp.formats.jsonld import write_jsonld
from cfp.formats.pages import Place, program_page
from cfp.formats.program import Day, Program, ProgramSpeaker, Room, Session, from_json, to_json
from cfp.formats.writers import WRITERS
from tests.unit.formats.programs import a_program, a_slot, a_talk, an_edition, at

T = TypeVar("T")

SLOTS, ROOMS, DAYS = 600, 15, 3
RUNS = 5
ABSTRACT = "\n\n".join(["What is on a map, and what is left out of it. " * 4] * 5)


def program_of(size: int = SLOTS) -> Program:
    """Talks side by side in all rooms, 40 in each; everyone speaks once."""
    in_a_room = size // ROOMS
    a_day = -(-in_a_room // DAYS)
    talks = tuple(
        replace(
            a_talk(title=f"Talk {number} about maps, rivers & seas", abstract=ABSTRACT),
            code=f"T{number:05}",
            guid=str(uuid.uuid5(uuid.NAMESPACE_OID, str(number))),
            id=number + 1,
            speakers=(
                ProgramSpeaker(f"A{number}", f"Ann Lee {number}", "Acme, Inc."),
                ProgramSpeaker(f"B{number}", f"Bob Ray {number}", "University of Brno"),
            ),
        )
        for number in range(size)
    )
    slots = tuple(
        a_slot(
            talk.id,
            talk.code,
            at(7) + timedelta(days=turn // a_day, minutes=30 * (turn % a_day)),
            guid=talk.guid,
            room=f"Room {room}",
            day=1 + turn // a_day,
            session=1 + room,
        )
        for talk in talks
        for turn, room in [divmod(talk.id - 1, ROOMS)]
    )
    return a_program(
        talks=talks,
        slots=slots,
        rooms=tuple(Room(f"Room {number}", 100) for number in range(ROOMS)),
        sessions=tuple(Session(1 + number, f"Block {number}", "Zoë Ó") for number in range(ROOMS)),
        days=tuple(Day(1 + number, date(2027, 5, 4 + number)) for number in range(DAYS)),
    )


def first_page(stored: object) -> bytes:
    """What the first visitor of a version waits for: it is read as it is stored, then shown."""
    program, materials = from_json(stored)
    edition = replace(an_edition(program), materials=materials)
    return program_page(edition, Place(home="/")).encode()


def show(name: str, make: Callable[[], T], act: Callable[[T], bytes]) -> None:
    """Print the best of a few runs, each with a program of its own: nothing is kept between."""
    best = float("inf")
    for _ in range(RUNS):
        given = make()
        before = time.process_time()
        data = act(given)
        best = min(best, time.process_time() - before)
    print(f"{name:16} {best * 1000:6.1f} ms  {len(data) / 1000:6.0f} kB")


def main() -> int:
    """Print a line for the public page and for each export, as the serving process makes them."""
    settle()
    show("public page", lambda: json.loads(json.dumps(to_json(program_of()))), first_page)
    for name, writer in WRITERS.items():
        show(name, lambda: an_edition(program_of()), writer.write)
    show("JSON-LD", lambda: an_edition(program_of()), lambda one: write_jsonld(one).encode())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
