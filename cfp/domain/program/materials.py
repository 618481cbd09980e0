"""Slides and video links: the public layer beside the versions, with its own stamp."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp import audit
from cfp.actors import Actor
from cfp.domain.program.models import Material
from cfp.domain.submissions.models import Submission
from cfp.domain.submissions.states import IN_PROGRAM
from cfp.errors import DomainError, NotNowError
from cfp.policy import Relation, Standing

KINDS = ("slides", "video")
URL_LIMIT = 500


def give(
    db: Session, actor: Actor, standing: Standing, *, kind: str, url: str, now: datetime
) -> Material:
    """Give the link, or another one in its place; shown at once or after a chair's OK.

    Raises:
        NotNowError: `not_in_program`, unless the talk is accepted or confirmed.
        DomainError: `material_url`, at the field `kind`: https only, a host, no password.
    """
    submission = standing.submission
    if submission.state not in IN_PROGRAM:
        raise NotNowError("not_in_program")
    if kind not in KINDS or not is_material_url(url):
        raise DomainError("material_url", field=kind)
    row = _row(db, submission, kind)
    if row is not None and row.url == url:
        return row
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
    _note(db, actor, submission, "material.give", kind, row.state, now)
    return row


def remove(db: Session, actor: Actor, standing: Standing, *, kind: str, now: datetime) -> None:
    """Take the link away; nothing happens where there is none."""
    row = _row(db, standing.submission, kind)
    if row is not None:
        db.delete(row)
        _note(db, actor, standing.submission, "material.remove", kind, row.state, now)


def approve(db: Session, actor: Actor, standing: Standing, *, kind: str, now: datetime) -> None:
    """Show what was given. Raises NotNowError `not_now` when nothing waits."""
    row = _row(db, standing.submission, kind)
    if row is None or row.state != "given":
        raise NotNowError("not_now")
    row.state = "shown"
    _note(db, actor, standing.submission, "material.approve", kind, "shown", now)


def materials_of(db: Session, submission: Submission) -> Sequence[Material]:
    """What has been given for a submission, shown or not, slides first."""
    query = select(Material).where(Material.submission_id == submission.id)
    return db.scalars(query.order_by(Material.kind)).all()


def is_material_url(url: str) -> bool:
    """Whether it may be linked from the public page."""
    if len(url) > URL_LIMIT or not url.isprintable() or " " in url:
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme == "https" and bool(parts.hostname) and parts.username is None
    except ValueError:
        return False


def _row(db: Session, submission: Submission, kind: str) -> Material | None:
    query = select(Material).where(Material.submission_id == submission.id, Material.kind == kind)
    return db.scalars(query).one_or_none()


def _note(
    db: Session,
    actor: Actor,
    submission: Submission,
    action: str,
    kind: str,
    state: str,
    now: datetime,
) -> None:
    audit.record(
        db,
        actor,
        action,
        f"submission:{submission.code}",
        now=now,
        conference_id=submission.conference_id,
        submission_id=submission.id,
        detail={"kind": kind, "state": state},
    )
