"""The call: when it opens and closes, and the mails about it."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from cfp import audit
from cfp.actors import Actor
from cfp.domain.accounts.models import Email, Person
from cfp.domain.conferences import rules
from cfp.domain.conferences.actions.settings import change
from cfp.domain.conferences.models import Conference
from cfp.domain.mail import actions as mail
from cfp.domain.mail import wording
from cfp.domain.mail.render import MailText, fill, template_for
from cfp.domain.submissions.models import Submission
from cfp.errors import DomainError, NotNowError
from cfp.links import Links
from cfp.records import record


@record
class CallTimes:
    """When the call is open; times are aware, `deadline_zone` is only for showing."""

    opens: datetime | None
    deadline: datetime
    deadline_zone: str
    grace_minutes: int
    edits_until: datetime | None
    changes_until: datetime | None
    decisions_by: date | None


def change_call(
    db: Session, actor: Actor, conference: Conference, *, times: CallTimes, now: datetime
) -> None:
    """Set every time of the call. Nobody is told; `extend_deadline` does that.

    Raises:
        DomainError: with the field it is about.
    """
    rules.check_zone(times.deadline_zone, field="deadline_zone")
    if not 0 <= times.grace_minutes <= rules.GRACE_LIMIT:
        raise DomainError("call.bad_grace", field="grace_minutes")
    if times.opens is not None and times.opens >= times.deadline:
        raise DomainError("call.opens_late", field="opens_date")
    if times.edits_until is not None and times.edits_until < times.deadline:
        raise DomainError("call.edits_early", field="edits_date")
    if times.changes_until is not None and times.changes_until < times.deadline:
        raise DomainError("call.edits_early", field="changes_date")
    change(db, actor, conference, "call.change", vars(times), now=now)


def open_call(db: Session, actor: Actor, conference: Conference, *, now: datetime) -> None:
    """Open the call now. Raises NotNowError when its deadline has passed: extend that first."""
    if conference.deadline <= now:
        raise NotNowError("call.deadline_passed")
    change(db, actor, conference, "call.open", {"opens": now}, now=now)


def close_call(db: Session, actor: Actor, conference: Conference, *, now: datetime) -> None:
    """Close the call now, for drafts too; extending the deadline opens it again.

    Raises:
        NotNowError: `call.not_open`.
    """
    if conference.opens is None or not conference.opens <= now < conference.deadline:
        raise NotNowError("call.not_open")
    change(db, actor, conference, "call.close", {"deadline": now, "grace_minutes": 0}, now=now)


def extend_deadline(
    db: Session,
    actor: Actor,
    conference: Conference,
    *,
    deadline: datetime,
    deadline_zone: str,
    tell: str,
    links: Links,
    now: datetime,
) -> int:
    """Move the deadline later and say so to `tell`: nobody, drafts or everybody.

    "drafts" are the owners of drafts, "everybody" also those who have submitted. Returns how many
    mails that makes.

    Raises:
        DomainError: `call.not_later`, `call.tell_whom`, `conference.unknown_zone`.
    """
    rules.check_zone(deadline_zone, field="deadline_zone")
    if tell not in {"nobody", "drafts", "everybody"}:
        raise DomainError("call.tell_whom", field="tell")
    if deadline <= max(conference.deadline, now):
        raise DomainError("call.not_later", field="deadline_date")
    values: dict[str, object] = {"deadline": deadline, "deadline_zone": deadline_zone}
    for name in ("edits_until", "changes_until"):
        until = getattr(conference, name)
        if until is not None and until < deadline:
            values[name] = deadline
    states = {"nobody": (), "drafts": ("draft",), "everybody": ("draft", "submitted")}[tell]
    owners = owners_of(db, conference, states)
    change(
        db,
        actor,
        conference,
        "call.extend",
        values,
        now=now,
        detail={"told": len(owners), "tell": tell},
    )
    text = template_for(db, conference, "deadline_extended")
    _tell(db, conference, "deadline_extended", text, owners, links, deadline.isoformat(), now)
    return len(owners)


def remind_drafts(
    db: Session, actor: Actor, conference: Conference, *, links: Links, now: datetime
) -> int:
    """Mail the owners of drafts, each once a day at most; returns how many.

    What a draft says is read by nobody here, neither for the mail nor for the log.

    Raises:
        NotNowError: `call.not_open`.
    """
    if conference.opens is None or not conference.opens <= now <= conference.deadline:
        raise NotNowError("call.not_open")
    owners = owners_of(db, conference, ("draft",))
    text = template_for(db, conference, "draft_reminder")
    _tell(db, conference, "draft_reminder", text, owners, links, now.date().isoformat(), now)
    audit.of_conference(
        db, actor, "call.remind_drafts", conference, now=now, detail={"count": len(owners)}
    )
    return len(owners)


@record
class Owner:
    """Whoever has typed something in, and where mail reaches them."""

    person_id: int
    name: str
    address: str


def owners_of(db: Session, conference: Conference, states: Sequence[str]) -> list[Owner]:
    """The people whose submissions are in one of the states, each once, who have an address."""
    address = (
        select(Email.address)
        .where(Email.person_id == Person.id, Email.verified.is_not(None))
        .order_by(Email.primary.desc(), Email.id)
        .limit(1)
        .scalar_subquery()
    )
    query = (
        select(Person.id, Person.name, address)
        .where(_owns(conference, states), address.is_not(None))
        .order_by(Person.id)
    )
    return [Owner(*row) for row in db.execute(query)]


def draft_owners(db: Session, conference: Conference) -> int:
    """How many people have a draft that is not submitted."""
    return db.scalar(select(func.count(Person.id)).where(_owns(conference, ("draft",)))) or 0


def _owns(conference: Conference, states: Sequence[str]) -> ColumnElement[bool]:
    return exists().where(
        Submission.submitter_id == Person.id,
        Submission.conference_id == conference.id,
        Submission.state.in_(list(states)),
    )


def mail_values(conference: Conference, name: str, links: Links) -> dict[str, str]:
    """What the mails about the call may say."""
    return {
        "name": name,
        "conference": conference.name,
        "deadline": wording.moment(
            conference.deadline, conference.deadline_zone, conference.language
        ),
        "link": links.conference(conference.slug) + "submissions/",
    }


def _tell(
    db: Session,
    conference: Conference,
    kind: str,
    text: MailText,
    owners: Sequence[Owner],
    links: Links,
    epoch: str,
    now: datetime,
) -> None:
    for owner in owners:
        filled = fill(text, mail_values(conference, owner.name, links))
        mail.queue(
            db,
            kind=kind,
            object_key=f"conference:{conference.id}",
            epoch=epoch,
            person=db.get(Person, owner.person_id),
            recipient=owner.address,
            recipient_name=owner.name,
            subject=filled.subject,
            body=filled.body,
            conference=conference,
            due=now,
            now=now,
        )
