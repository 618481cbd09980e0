"""The mail to reviewers who are asked: one each, however many submissions it is about."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from cfp.domain.accounts.models import Email, Person
from cfp.domain.assignment.models import Assignment
from cfp.domain.assignment.rules import MINUTES_PER_REVIEW, due_of
from cfp.domain.conferences.models import Conference
from cfp.domain.mail import wording
from cfp.domain.mail.actions import write_to
from cfp.domain.mail.models import Message
from cfp.domain.mail.render import MailText, fill, template_for
from cfp.domain.mail.states import move
from cfp.domain.reviews.models import ReviewExtension
from cfp.domain.submissions.models import Submission
from cfp.domain.submissions.states import State
from cfp.links import Links

KIND, HANDED_OVER = "assignment_new", "handed_over"


def tell_assigned(
    db: Session,
    conference: Conference,
    people: Collection[int],
    *,
    epoch: str,
    links: Links,
    now: datetime,
) -> int:
    """Say how many reviews wait and lead to the first; returns how many mails that are.

    No title and no name is in it: it says nothing that a lost mail could tell.
    """
    if not people:
        return 0
    text = template_for(db, conference, KIND)
    waits, more_time = _waiting(db, conference, people), more_time_of(db, conference, people)
    mails = 0
    for person, address in addresses_of(db, people):
        number = waits.get(person.id, 0)
        if not number:
            continue
        values = letter_values(
            conference, links, person.name, number, more_time.get(person.id)
        )
        filled = fill(text, values)
        tell_reviewer(db, conference, KIND, person, address, filled, epoch=epoch, now=now)
        mails += 1
    return mails


def tell_handed_over(
    db: Session,
    conference: Conference,
    people: Mapping[int, int],
    *,
    epoch: str,
    links: Links,
    now: datetime,
) -> int:
    """Tell each person that so many of their reviews went to somebody else; returns the mails.

    Which reviews, and to whom, is not in it: it is not theirs to know any more.
    """
    text = template_for(db, conference, HANDED_OVER)
    told = addresses_of(db, people) if people else []
    for person, address in told:
        number = people[person.id]
        handed = wording.part(
            "reviews_handed_one" if number == 1 else "reviews_handed",
            {"count": str(number)},
            conference.language,
        )
        values = letter_values(conference, links, person.name, number)
        filled = fill(text, {**values, "handed": handed})
        tell_reviewer(db, conference, HANDED_OVER, person, address, filled, epoch=epoch, now=now)
    return len(told)


def tell_reviewer(
    db: Session,
    conference: Conference,
    kind: str,
    person: Person,
    address: str,
    text: MailText,
    *,
    epoch: str,
    now: datetime,
) -> None:
    """One mail about reviews to a person: of this kind and epoch there is one."""
    write_to(
        db, conference, person, address, text, kind=kind, epoch=epoch, about_review=True, now=now
    )


def stop_assigned(db: Session, conference: Conference, *, epoch: str) -> int:
    """Stop those mails of one proposal that have not gone out; returns how many."""
    kinds = Message.kind.in_((KIND, HANDED_OVER))
    of_it = (Message.conference_id == conference.id, kinds, Message.epoch == epoch)
    return len(move(db, "stop", *of_it))


def more_time_of(
    db: Session, conference: Conference, people: Collection[int]
) -> dict[int, datetime]:
    """Until when those of them who were given more time have it."""
    rows = db.execute(
        select(ReviewExtension.person_id, ReviewExtension.until).where(
            ReviewExtension.conference_id == conference.id, ReviewExtension.person_id.in_(people)
        )
    )
    return dict(rows.all())


def letter_values(
    conference: Conference,
    links: Links,
    name: str,
    number: int,
    extended: datetime | None = None,
) -> dict[str, str]:
    """The placeholders of the mails to reviewers; `extended`: until when this one has time."""
    language = conference.language
    due = due_of(conference, extended)
    by = wording.moment(due, conference.zone, language) if due else ""
    return {
        "name": name,
        "conference": conference.name,
        "waiting": wording.part(
            "reviews_wait_one" if number == 1 else "reviews_wait", {"count": str(number)}, language
        ),
        "minutes": str(number * MINUTES_PER_REVIEW),
        "due": wording.part("reviews_due", {"moment": by}, language) if by else "",
        "link": links.next_review(conference.slug),
        "answer": links.asked(conference.slug),
        "contact": conference.contact,
    }


def _waiting(
    db: Session, conference: Conference, people: Collection[int]
) -> dict[int, int]:
    """Reviews that each of them has still to give."""
    rows = db.execute(
        select(Assignment.person_id, func.count())
        .join(Submission, Submission.id == Assignment.submission_id)
        .where(
            Assignment.conference_id == conference.id,
            Assignment.person_id.in_(people),
            Assignment.state.in_(("assigned", "accepted")),
            Submission.state == State.SUBMITTED,
        )
        .group_by(Assignment.person_id)
    )
    return dict(rows.all())


def addresses_of(db: Session, people: Collection[int]) -> list[tuple[Person, str]]:
    """Each with their main proved address; who has none is not written to."""
    rows = db.execute(
        select(Person, Email.address)
        .join(Email, and_(Email.person_id == Person.id, Email.verified.is_not(None)))
        .where(Person.id.in_(people))
        .order_by(Person.id, Email.primary.desc(), Email.id)
    )
    found: dict[int, tuple[Person, str]] = {}
    for person, address in rows:
        found.setdefault(person.id, (person, address))
    return list(found.values())
