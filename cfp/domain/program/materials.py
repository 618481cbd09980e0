"""Slides and video links: the public layer beside the versions, with its own stamp."""

from collections.abc import Sequence
from datetime import datetime
from typing import BinaryIO
from urllib.parse import urlsplit

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from cfp import audit
from cfp.actors import Actor
from cfp.domain.program.file_types import clean_name, media_type_of
from cfp.domain.program.models import Material, StoredFile
from cfp.domain.program.stamps import count_change
from cfp.domain.submissions.models import Submission
from cfp.domain.submissions.states import IN_PROGRAM
from cfp.errors import DomainError, NotNowError
from cfp.policy import Relation, Standing
from cfp.records import record
from cfp.uploads import Uploads

KINDS = ("slides", "video")
URL_LIMIT = 500


@record
class Given:
    """A material as its talk's page shows it; `file` where it is an upload, not a link."""

    material: Material
    file: StoredFile | None

    @property
    def waits(self) -> bool:
        """Whether it is for a chair to look at before everyone may."""
        return self.material.state == "given"


def give(
    db: Session, actor: Actor, standing: Standing, *, kind: str, url: str, now: datetime
) -> Material:
    """Give the link, or another one in place of what is there; shown at once or after an OK.

    Raises:
        NotNowError: `not_in_program`, unless the talk is accepted or confirmed.
        DomainError: `material_url`, at the field `kind`: https only, a host, no password.
    """
    _check_state(standing)
    if kind not in KINDS or not is_material_url(url):
        raise DomainError("material_url", field=kind)
    row = _row(db, standing.submission, kind)
    if row is not None and row.url == url:
        return row
    row = _put(db, actor, standing, row, kind, url, now)
    db.execute(delete(StoredFile).where(StoredFile.material_id == row.id))
    _note(db, actor, standing.submission, "material.give", kind, row.state, now)
    return row


def upload(
    db: Session,
    actor: Actor,
    standing: Standing,
    *,
    source: BinaryIO,
    name: str,
    uploads: Uploads,
    now: datetime,
) -> Material:
    """Give slides as a file, in place of what is there; shown at once or after a chair's OK.

    The bytes are on the disk before the row is stored. If the row is not, they are swept.

    Raises:
        NotNowError: `not_in_program`, unless the talk is accepted or confirmed.
        DomainError: at the field `file`: of another type, empty, or too large.
        StorageFullError: `storage_full`.
    """
    _check_state(standing)
    submission = standing.submission
    try:
        media_type = media_type_of(source, name)
        stored = uploads.write(source)
    except DomainError as error:
        error.data.setdefault("field", "file")
        raise
    row = _put(db, actor, standing, _row(db, submission, "slides"), "slides", "", now)
    db.execute(delete(StoredFile).where(StoredFile.material_id == row.id))
    db.add(
        StoredFile(
            conference_id=submission.conference_id,
            submission_id=submission.id,
            material_id=row.id,
            storage=stored.storage,
            name=clean_name(name),
            media_type=media_type,
            size=stored.size,
            digest=stored.digest,
            created=now,
        )
    )
    db.flush()
    _note(db, actor, submission, "material.give", "slides", row.state, now)
    return row


def remove(db: Session, actor: Actor, standing: Standing, *, kind: str, now: datetime) -> None:
    """Take the link or the file away; nothing happens where there is none."""
    row = _row(db, standing.submission, kind)
    if row is not None:
        db.execute(delete(StoredFile).where(StoredFile.material_id == row.id))
        db.delete(row)
        db.flush()
        _note(db, actor, standing.submission, "material.remove", kind, row.state, now)


def approve(db: Session, actor: Actor, standing: Standing, *, kind: str, now: datetime) -> None:
    """Show what was given. Raises NotNowError `not_now` when nothing waits."""
    row = _row(db, standing.submission, kind)
    if row is None or row.state != "given":
        raise NotNowError("not_now")
    row.state = "shown"
    _note(db, actor, standing.submission, "material.approve", kind, "shown", now)


def given_for(db: Session, submission: Submission) -> dict[str, Given]:
    """What has been given for a submission, shown or not, by kind."""
    query = (
        select(Material, StoredFile)
        .outerjoin(StoredFile, StoredFile.material_id == Material.id)
        .where(Material.submission_id == submission.id)
        .order_by(Material.kind)
    )
    return {material.kind: Given(material, file) for material, file in db.execute(query)}


def stored_names(db: Session) -> Sequence[str]:
    """The names in the folder of uploads that rows name."""
    return db.scalars(select(StoredFile.storage)).all()


def is_material_url(url: str) -> bool:
    """Whether it may be linked from the public page."""
    if len(url) > URL_LIMIT or not url.isprintable() or " " in url:
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme == "https" and bool(parts.hostname) and parts.username is None
    except ValueError:
        return False


def _check_state(standing: Standing) -> None:
    if standing.submission.state not in IN_PROGRAM:
        raise NotNowError("not_in_program")


def _row(db: Session, submission: Submission, kind: str) -> Material | None:
    query = select(Material).where(Material.submission_id == submission.id, Material.kind == kind)
    return db.scalars(query).one_or_none()


def _put(
    db: Session,
    actor: Actor,
    standing: Standing,
    row: Material | None,
    kind: str,
    url: str,
    now: datetime,
) -> Material:
    submission = standing.submission
    if row is None:
        row = Material(
            conference_id=submission.conference_id, submission_id=submission.id, kind=kind
        )
        db.add(row)
    by_chair = Relation.CHAIR in standing.relations
    waits = standing.conference.materials_need_approval and not by_chair
    row.url, row.state = url, "given" if waits else "shown"
    row.given_by_id, row.given = actor.person_id, now
    db.flush()
    return row


def _note(
    db: Session,
    actor: Actor,
    submission: Submission,
    action: str,
    kind: str,
    state: str,
    now: datetime,
) -> None:
    count_change(db, submission.conference_id, now=now)
    audit.of_submission(
        db, actor, action, submission, now=now, detail={"kind": kind, "state": state}
    )
