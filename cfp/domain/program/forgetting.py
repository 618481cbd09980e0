"""Taking a name out of published versions: the only thing that ever changes in one, and audited."""

import copy
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp import audit
from cfp.actors import Actor
from cfp.domain.conferences.models import Conference
from cfp.domain.program.models import ProgramVersion
from cfp.domain.program.stamps import count_change
from cfp.domain.submissions.models import Speaker
from cfp.errors import NotFoundError
from cfp.records import record

ERASED = "Deleted person"


@record
class OldName:
    """A name that versions hold and the conference does not any more.

    `key` is the speaker's code, or `chair:` with the name of who chaired a session.
    """

    key: str
    name: str
    versions: tuple[int, ...]


def old_names(db: Session, conference: Conference) -> list[OldName]:
    """What can be erased for good, by name: of speakers who left or have deleted their account.

    A name the talk still carries would be back with the next version; it is changed in the talk.
    """
    rows = db.execute(
        select(Speaker.code, Speaker.name).where(
            Speaker.conference_id == conference.id, Speaker.state != "removed"
        )
    )
    carried = {row.code: row.name for row in rows}
    found: dict[tuple[str, str], list[int]] = {}
    for version in _versions(db, conference):
        for key, name in _names(version.program["program"]):
            if name not in {ERASED, "", carried.get(key)}:
                found.setdefault((key, name), []).append(version.number)
    return [
        OldName(key, name, tuple(dict.fromkeys(numbers)))
        for (key, name), numbers in sorted(found.items(), key=lambda one: one[0][1].casefold())
    ]


def erase(db: Session, actor: Actor, conference: Conference, *, key: str, now: datetime) -> int:
    """Take the name, affiliation and biography out of every version; returns of how many.

    Raises:
        NotFoundError: no version holds it.
    """
    numbers = []
    for version in _versions(db, conference):
        content = copy.deepcopy(version.program)
        if _blank(content["program"], key):
            version.program = content
            numbers.append(version.number)
    if not numbers:
        raise NotFoundError("not_found")
    count_change(db, conference.id, now=now)
    audit.of_conference(
        db, actor, "program.erase_name", conference, now=now, detail={"versions": numbers}
    )
    return len(numbers)


def _versions(db: Session, conference: Conference) -> list[ProgramVersion]:
    query = select(ProgramVersion).where(ProgramVersion.conference_id == conference.id)
    return list(db.scalars(query.order_by(ProgramVersion.number)))


def _names(program: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for talk in program["talks"]:
        for speaker in talk["speakers"]:
            if speaker["code"]:
                yield speaker["code"], speaker["name"]
    for session in program.get("sessions", []):
        yield f"chair:{session['chair']}", session["chair"]


def _blank(program: dict[str, Any], key: str) -> bool:
    found = False
    for talk in program["talks"]:
        for speaker in talk["speakers"]:
            if speaker["code"] == key and speaker["name"] != ERASED:
                speaker.update(name=ERASED, affiliation="", bio="")
                found = True
    for session in program.get("sessions", []):
        if session["chair"] and f"chair:{session['chair']}" == key:
            session["chair"] = ""
            found = True
    return found
