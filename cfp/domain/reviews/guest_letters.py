"""The mails around somebody who is asked for one submission.

No title stands in them, and no word of a review: a mail may be read by somebody else.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from cfp.domain.accounts import tokens
from cfp.domain.accounts.models import Person
from cfp.domain.assignment.letters import addresses_of
from cfp.domain.conferences.models import Conference
from cfp.domain.mail import wording
from cfp.domain.mail.actions import queue, write_to
from cfp.domain.mail.render import fill, template_for
from cfp.domain.reviews.extensions import until_of
from cfp.domain.reviews.guest_rules import LASTS
from cfp.domain.reviews.models import Guest
from cfp.domain.reviews.rules import closing_of
from cfp.domain.submissions.models import Submission
from cfp.links import Links


def ask(
    db: Session,
    conference: Conference,
    submission: Submission,
    guest: Guest,
    *,
    links: Links,
    now: datetime,
) -> None:
    """The invitation: its link is the proof of the address, and ends with the reviewing."""
    until = _until(db, conference, guest, now)
    secret = tokens.issue(
        db,
        tokens.Purpose.REVIEW_INVITATION,
        email=guest.address,
        now=now,
        valid=min(until - now, LASTS) if until else LASTS,
        payload={"guest": guest.id},
        conference_id=conference.id,
        submission_id=submission.id,
    ).secret
    kind = "review_invitation" if guest.for_id is None else "review_help"
    asker = db.get(Person, guest.asked_by_id) if guest.asked_by_id else None
    text = fill(
        template_for(db, conference, kind),
        {
            "name": guest.name or guest.address,
            "asker": asker.name if asker else "",
            "conference": conference.name,
            "by_when": _by_when(conference, until),
            "link": links.review_invitation(secret),
            "contact": conference.contact,
        },
    )
    queue(
        db,
        kind=kind,
        object_key=f"guest:{guest.id}",
        epoch=now.isoformat(),
        person=None,
        recipient=guest.address,
        recipient_name=guest.name,
        subject=text.subject,
        body=text.body,
        conference=conference,
        submission=submission,
        due=now,
        now=now,
        about_review=True,
        private=True,
    )


def tell(
    db: Session,
    kind: str,
    conference: Conference,
    submission: Submission,
    guest: Guest,
    *,
    person_id: int | None,
    other_id: int | None,
    link: str,
    now: datetime,
) -> None:
    """Tell one of the two what the `other` has done."""
    other = db.get(Person, other_id) if other_id else None
    template = template_for(db, conference, kind)
    for person, address in addresses_of(db, {person_id} if person_id else ()):
        values = {
            "name": person.name,
            "asker": other.name if other else "",
            "conference": conference.name,
            "link": link,
            "contact": conference.contact,
        }
        text = fill(template, values)
        write_to(
            db,
            conference,
            person,
            address,
            text,
            kind=kind,
            object_key=f"guest:{guest.id}",
            submission=submission,
            about_review=True,
            now=now,
        )


def _until(
    db: Session, conference: Conference, guest: Guest, now: datetime
) -> datetime | None:
    return closing_of(conference, now, until_of(db, conference, guest.for_id))


def _by_when(conference: Conference, until: datetime | None) -> str:
    """The day reviews are due, or else the last on which they are taken; a paragraph or nothing."""
    moment = conference.reviews_due or until
    if moment is None:
        return ""
    words = wording.moment(moment, conference.zone, conference.language)
    return wording.part("reviews_due", {"moment": words}, conference.language)
