"""Publishing a version and telling those it concerns, in one transaction; and going back to one."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import field, replace
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from cfp.actors import Actor
from cfp.domain.conferences.models import Conference
from cfp.domain.program import changes, telling, versions
from cfp.domain.program.changes import Line, Move
from cfp.domain.program.differences import same_frame, stamped
from cfp.domain.program.models import ProgramItem, ProgramVersion
from cfp.domain.program.plans import Plan, plan_of
from cfp.domain.program.telling import SlotLetter, Told
from cfp.domain.submissions.models import Submission
from cfp.domain.submissions.states import IN_PROGRAM
from cfp.errors import DomainError, NotFoundError, StaleError
from cfp.formats import program as frozen
from cfp.formats.codec import encode
from cfp.links import Links
from cfp.records import record


@record
class Coming:
    """What would be published now, against what everyone reads.

    Attributes:
        latest: the number of what everyone reads, 0 before the first.
        told: the people who would get a mail, and what it says.
        unreached: moves of talks none of whose people has an address.
        differs: whether readers would see anything new.
    """

    latest: int
    known: frozen.Program | None
    program: frozen.Program
    lines: Sequence[Line]
    told: Sequence[Told]
    unreached: Sequence[Move]
    differs: bool = field(default=True)

    @property
    def count(self) -> int:
        """How many differences there are; one where only the texts around the program differ."""
        return len(self.lines) or int(self.differs and self.known is not None)

    @property
    def seen(self) -> str:
        """A digest of what a chair has looked at: who publishes, publishes that and no more."""
        shown = [
            self.latest,
            [encode(line.difference) for line in self.lines],
            encode(replace(self.program, published_at=_NO_TIME, slots=(), note="")),
            [encode((slot.guid, *_place(slot))) for slot in self.program.ordered_slots],
            [one.reader.person.id for one in self.told],
        ]
        return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()[:32]


_NO_TIME = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def _place(slot: frozen.Slot) -> tuple[str, str, str]:
    return slot.start.isoformat(), slot.end.isoformat(), slot.room


@record
class Published:
    """The version, and how many mails it has queued."""

    version: ProgramVersion
    mails: int


def coming(
    db: Session,
    conference: Conference,
    *,
    now: datetime,
    before: ProgramVersion | None = None,
    plan: Plan | None = None,
) -> Coming:
    """The current draft as the next version; writes nothing.

    `before` is the public version and `plan` the draft's, for who has loaded them.
    """
    before = before or versions.latest(db, conference)
    known = versions.program_of(before) if before else None
    plan = plan or plan_of(db, conference)
    return _coming(db, conference, known, versions.following(db, conference, known, plan, now=now))


def coming_again(
    db: Session, conference: Conference, version: ProgramVersion, *, now: datetime
) -> Coming:
    """A former version as the next one; writes nothing."""
    before = versions.latest(db, conference)
    if before is None:
        raise NotFoundError("not_found")
    current = versions.program_of(before)
    return _coming(db, conference, current, _restored(db, conference, version, current, now))


def letters_of(
    db: Session, conference: Conference, ready: Coming, *, note: str, links: Links
) -> list[SlotLetter]:
    """The mails as they would go with this note."""
    program = replace(ready.program, note=note)
    return telling.letters(db, conference, ready.known, program, ready.told, links=links)


def publish(
    db: Session,
    actor: Actor,
    conference: Conference,
    *,
    note: str,
    tell: bool,
    seen: str,
    links: Links,
    now: datetime,
) -> Published:
    """Freeze the current draft as the next version and, if so wished, tell the speakers.

    Raises:
        DomainError: `nothing_changed` (at the note).
        StaleError: `publish.changed` (at the note), when it is not what was looked at (`seen`).
    """
    ready = coming(db, conference, now=now)
    _check(ready, seen)
    version = versions.publish(db, actor, conference, note=note, now=now)
    return _tell(db, conference, ready, version, tell=tell, links=links, now=now)


def republish(
    db: Session,
    actor: Actor,
    conference: Conference,
    number: int,
    *,
    note: str,
    tell: bool,
    seen: str,
    links: Links,
    now: datetime,
) -> Published:
    """Publish a former version again, as the next one.

    What has been withdrawn since then stays canceled, and what was published since then keeps its
    page, without a slot. The draft stays as it is.

    Raises:
        NotFoundError: there is no such version.
        DomainError: `nothing_changed`, StaleError: `publish.changed`, both at the note.
    """
    former = versions.numbered(db, conference, number)
    if former is None:
        raise NotFoundError("not_found")
    ready = coming_again(db, conference, former, now=now)
    _check(ready, seen)
    program = replace(ready.program, note=note)
    version = versions.store(db, actor, conference, program, ready.known)
    return _tell(db, conference, ready, version, tell=tell, links=links, now=now)


def withdrawn_in_program(db: Session, conference: Conference) -> Sequence[Submission]:
    """Talks that will not take place although the published program still says so."""
    off = db.scalars(_OFF, {"conference": conference.id}).all()
    before = versions.latest(db, conference) if off else None
    if before is None:
        return []
    talks = before.program["program"]["talks"]
    published = {talk["code"] for talk in talks if not talk.get("canceled")}
    return [talk for talk in off if talk.code in published]


_OFF = (
    select(Submission)
    .join(ProgramItem, ProgramItem.submission_id == Submission.id)
    .where(
        ProgramItem.conference_id == bindparam("conference"),
        Submission.state.not_in(IN_PROGRAM),
    )
    .order_by(Submission.title, Submission.id)
)
"""What has a place among the talks of any version and will not take place: mostly nothing, and then
no version, which is long, need be read."""


def _coming(
    db: Session, conference: Conference, known: frozen.Program | None, program: frozen.Program
) -> Coming:
    lines = changes.lines(known, program)
    told, unreached = telling.told_by(db, conference, known, program)
    return Coming(
        known.number if known else 0,
        known,
        program,
        lines,
        told,
        unreached,
        known is None or bool(lines) or not same_frame(known, program),
    )


def _check(ready: Coming, seen: str) -> None:
    if not ready.differs:
        raise DomainError("nothing_changed", field="note")
    if seen != ready.seen:
        raise StaleError("publish.changed", field="note")


def _tell(
    db: Session,
    conference: Conference,
    ready: Coming,
    version: ProgramVersion,
    *,
    tell: bool,
    links: Links,
    now: datetime,
) -> Published:
    if not tell:
        return Published(version, 0)
    program = versions.program_of(version)
    written = telling.letters(db, conference, ready.known, program, ready.told, links=links)
    telling.queue(db, conference, written, number=version.number, now=now)
    return Published(version, len(written))


def _restored(
    db: Session,
    conference: Conference,
    former: ProgramVersion,
    current: frozen.Program,
    now: datetime,
) -> frozen.Program:
    old = versions.program_of(former)
    off = _off(db, conference, [*old.talk_by_code, *current.talk_by_code])
    talks = [*old.talks, *(one for one in current.talks if one.code not in old.talk_by_code)]
    canceled_since = [
        slot
        for slot in current.slots
        if slot.talk in off and slot.talk not in old.slots_by_talk
    ]
    program = replace(
        old,
        number=current.number + 1,
        published_at=now,
        note="",
        talks=tuple(replace(talk, canceled=talk.code in off) for talk in talks),
        slots=(*old.slots, *(replace(slot, session=None) for slot in canceled_since)),
    )
    return stamped(program, current)


def _off(db: Session, conference: Conference, codes: Sequence[str]) -> set[str]:
    """Those of the talks that will not take place as things are now."""
    query = select(Submission.code).where(
        Submission.conference_id == conference.id,
        Submission.code.in_(codes),
        Submission.state.in_(IN_PROGRAM),
    )
    return set(codes) - set(db.scalars(query))
