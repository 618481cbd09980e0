"""Versions: the current draft frozen, numbered and published. What the public sees."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, defer

from cfp import audit
from cfp.actors import Actor
from cfp.domain.conferences.models import Conference
from cfp.domain.program.differences import differences, same
from cfp.domain.program.freezing import freeze, make_items, number_items
from cfp.domain.program.models import (
    Material,
    ProgramDraft,
    ProgramVersion,
    StoredFile,
)
from cfp.domain.program.plans import Plan, plan_of
from cfp.domain.submissions.models import Submission
from cfp.domain.submissions.states import IN_PROGRAM
from cfp.errors import DomainError
from cfp.formats import program as frozen
from cfp.formats.codec import decode, encode
from cfp.formats.writers import Edition
from cfp.links import Links
from cfp.uploads import Uploads

NOTE_LIMIT = 500


_LATEST = (
    select(ProgramVersion)
    .where(ProgramVersion.conference_id == bindparam("conference"))
    .order_by(ProgramVersion.number.desc())
    .limit(1)
)
"""Made once: making it takes longer than running it, and the schedule's pages ask for it."""


def latest(db: Session, conference: Conference) -> ProgramVersion | None:
    """The version the public sees, if any."""
    return db.scalars(_LATEST, {"conference": conference.id}).one_or_none()


def numbered(db: Session, conference: Conference, number: int) -> ProgramVersion | None:
    """A certain version."""
    query = select(ProgramVersion).where(
        ProgramVersion.conference_id == conference.id, ProgramVersion.number == number
    )
    return db.scalars(query).one_or_none()


def program_of(version: ProgramVersion) -> frozen.Program:
    """The typed program a version holds."""
    return frozen.from_json(version.program)[0]


def history_of(db: Session, conference: Conference, until: int) -> tuple[frozen.Release, ...]:
    """What each version up to the number `until` changed, the newest first."""
    return tuple(
        frozen.Release(
            one.number,
            one.published,
            one.note,
            tuple(decode(frozen.Difference, each) for each in one.differences),
        )
        for one in versions_of(db, conference)
        if one.number <= until
    )


def edition_of(
    db: Session,
    conference: Conference,
    version: ProgramVersion,
    links: Links,
    *,
    uploads: Uploads | None = None,
) -> Edition:
    """A version with all that its formats show; with `uploads`, the bytes of slides as well."""
    program = program_of(version)
    return Edition(
        program,
        shown_materials(db, conference, program, links),
        links,
        history_of(db, conference, version.number),
        _reader(db, conference, uploads) if uploads else None,
    )


def shown_materials(
    db: Session, conference: Conference, program: frozen.Program, links: Links
) -> tuple[frozen.Material, ...]:
    """Slides and videos everyone may see, in a lasting order.

    Only of talks of this version that take place: a talk that is accepted since then is nobody's
    to know yet, whatever its speakers have given.
    """
    rows = db.execute(
        select(Submission.code, Material.kind, Material.url, StoredFile.name)
        .join(Submission, Submission.id == Material.submission_id)
        .outerjoin(StoredFile, StoredFile.material_id == Material.id)
        .where(
            Material.conference_id == conference.id,
            Material.state == "shown",
            Submission.state.in_(IN_PROGRAM),
        )
        .order_by(Submission.code, Material.kind)
    )
    taking_place = {talk.code for talk in program.talks if not talk.canceled}
    return tuple(
        frozen.Material(
            talk=code,
            kind="slides" if kind == "slides" else "video",
            url=links.file(conference.slug, code, file) if file else url,
            file=file or "",
        )
        for code, kind, url, file in rows
        if code in taking_place
    )


def _reader(
    db: Session, conference: Conference, uploads: Uploads
) -> Callable[[frozen.Material], bytes]:
    """What reads the bytes of uploaded slides, also when no database is at hand any more."""
    rows = db.execute(
        select(Submission.code, Material.kind, StoredFile.storage)
        .join(Submission, Submission.id == StoredFile.submission_id)
        .join(Material, Material.id == StoredFile.material_id)
        .where(StoredFile.conference_id == conference.id)
    )
    storage = {(code, kind): name for code, kind, name in rows}

    def read(material: frozen.Material) -> bytes:
        return uploads.path(storage[material.talk, material.kind]).read_bytes()

    return read


def preview(
    db: Session,
    conference: Conference,
    before: ProgramVersion | None,
    *,
    now: datetime,
    draft: ProgramDraft | None = None,
) -> frozen.Program:
    """The program as it would be published now, after `before`, from this or the current draft."""
    known = program_of(before) if before else None
    return following(db, conference, known, plan_of(db, conference, draft=draft), now=now)


def following(
    db: Session, conference: Conference, known: frozen.Program | None, plan: Plan, *, now: datetime
) -> frozen.Program:
    """The plan as it would be published now, after `known`; writes nothing."""
    return freeze(db, conference, plan, known.number + 1 if known else 1, now, "", known)


def publish(
    db: Session,
    actor: Actor,
    conference: Conference,
    *,
    note: str,
    now: datetime,
    restored: frozen.Program | None = None,
) -> ProgramVersion:
    """Freeze the current draft as the next version.

    `restored` is a lost one that it follows where there is no version: calendars go on counting,
    and what was canceled stays so.

    Raises:
        DomainError: `nothing_changed` (at the note), when it equals the published one.
    """
    before = latest(db, conference)
    known = program_of(before) if before else restored
    number = known.number + 1 if known else 1
    number_items(db, conference)
    make_items(db, conference, known)
    program = freeze(db, conference, plan_of(db, conference), number, now, note, known)
    return store(db, actor, conference, program, known, restores=before is None)


def store(
    db: Session,
    actor: Actor,
    conference: Conference,
    program: frozen.Program,
    known: frozen.Program | None,
    *,
    restores: bool = False,
) -> ProgramVersion:
    """Keep a program that comes after `known` as the version everyone reads from now on.

    `restores`: `known` itself was lost, so that nothing needs to have changed since.

    Raises:
        DomainError: `nothing_changed` (at the note).
    """
    changes = differences(known, program)
    if known is not None and not restores and same(known, program):
        raise DomainError("nothing_changed", field="note")
    version = ProgramVersion(
        conference_id=conference.id,
        number=program.number,
        published=program.published_at,
        published_by_id=actor.person_id,
        note=program.note,
        program=frozen.to_json(program),
        differences=[encode(change) for change in changes],
    )
    db.add(version)
    db.flush()
    audit.record(
        db,
        actor,
        "program.publish",
        f"version {program.number}",
        now=program.published_at,
        conference_id=conference.id,
        detail={"number": program.number, "changes": len(changes)},
    )
    return version

def versions_of(db: Session, conference: Conference) -> Sequence[ProgramVersion]:
    """Every version without its program, which is long; the newest first."""
    query = (
        select(ProgramVersion)
        .where(ProgramVersion.conference_id == conference.id)
        .options(defer(ProgramVersion.program, raiseload=True))
    )
    return db.scalars(query.order_by(ProgramVersion.number.desc())).all()
