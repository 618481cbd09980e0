"""Send what a chair has written."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from cfp import audit
from cfp.actors import Actor
from cfp.domain.accounts.models import Person
from cfp.domain.conferences.letters import Letter
from cfp.domain.conferences.models import Conference
from cfp.domain.mail import actions as mail
from cfp.domain.submissions.models import Submission
from cfp.errors import DomainError


def send_letters(
    db: Session,
    actor: Actor,
    conference: Conference,
    *,
    letters: Sequence[Letter],
    key: str,
    now: datetime,
) -> None:
    """Queue the letters as they were rendered; `key` names the batch, so none is sent twice.

    Raises:
        DomainError: `letter.nobody`.
    """
    if not letters:
        raise DomainError("letter.nobody")
    for letter in letters:
        mail.queue(
            db,
            kind="free",
            object_key=f"letter:{key}",
            epoch=letter.submission_id or "",
            person=db.get(Person, letter.person_id) if letter.person_id else None,
            recipient=letter.address,
            recipient_name=letter.name,
            subject=letter.text.subject,
            body=letter.text.body,
            conference=conference,
            submission=db.get(Submission, letter.submission_id) if letter.submission_id else None,
            due=now,
            now=now,
        )
    audit.of_conference(
        db, actor, "message.write", conference, now=now, detail={"count": len(letters)}
    )
