"""The conference's own words for the mails it sends."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from cfp import audit
from cfp.actors import Actor
from cfp.domain.conferences.models import Conference
from cfp.domain.mail.models import MailTemplate
from cfp.domain.mail.render import MailText, check
from cfp.errors import DomainError


def change_mail(
    db: Session,
    actor: Actor,
    conference: Conference,
    *,
    kind: str,
    subject: str,
    body: str,
    placeholders: Collection[str],
    now: datetime,
) -> None:
    """Set the conference's text of one kind of mail; `placeholders` are those it may use.

    Raises:
        DomainError: `mail.empty`, or what `check` finds, at the field it stands in.
    """
    for field, text in (("subject", subject), ("body", body)):
        if not text.strip():
            raise DomainError("mail.empty", field=field)
    check(MailText(subject, body), placeholders)
    own = db.scalars(
        select(MailTemplate).where(
            MailTemplate.conference_id == conference.id, MailTemplate.kind == kind
        )
    ).one_or_none()
    if own is None:
        own = MailTemplate(conference_id=conference.id, kind=kind)
        db.add(own)
    own.subject, own.body = subject, body
    db.flush()
    _record(db, actor, "mail_template.change", conference, kind, now)


def restore_mail(
    db: Session, actor: Actor, conference: Conference, *, kind: str, now: datetime
) -> None:
    """Go back to the shipped text."""
    db.execute(
        delete(MailTemplate).where(
            MailTemplate.conference_id == conference.id, MailTemplate.kind == kind
        )
    )
    _record(db, actor, "mail_template.restore", conference, kind, now)


def _record(
    db: Session, actor: Actor, action: str, conference: Conference, kind: str, now: datetime
) -> None:
    audit.record(
        db,
        actor,
        action,
        f"mail_template:{kind}",
        now=now,
        conference_id=conference.id,
        detail={"kind": kind},
    )
