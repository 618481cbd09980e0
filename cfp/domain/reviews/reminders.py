"""Reminding reviewers of what waits for them."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from cfp import audit
from cfp.actors import Actor
from cfp.domain.accounts import choices
from cfp.domain.accounts.choices import How, Kind
from cfp.domain.accounts.models import Person
from cfp.domain.assignment.letters import addresses_of, letter_values
from cfp.domain.assignment.rules import REMINDERS
from cfp.domain.conferences.models import Conference
from cfp.domain.mail import actions as mail
from cfp.domain.mail.render import MailText, fill, template_for
from cfp.domain.reviews.figures import Progress, progress_of_all
from cfp.domain.reviews.rules import is_late, reviewing_is_open
from cfp.errors import NotNowError
from cfp.links import Links
from cfp.records import record

REMINDER = REMINDERS[0]


@record
class Nudge:
    """A mail as it would go to a reviewer, or be part of their daily one.

    `preview` ends as the mail will, without the link that is its reader's alone.
    """

    reviewer: Progress
    person: Person
    address: str
    text: MailText
    preview: MailText
    daily: bool


def waiting_for(
    progress: Sequence[Progress], conference: Conference, now: datetime
) -> list[Progress]:
    """The reviewers who are late: something is open, and it was due before now."""
    return [
        one
        for one in progress
        if one.open > 0
        and is_late(conference, now, one.extended)
        and reviewing_is_open(conference, now, one.extended)
    ]


def nudges(
    db: Session,
    actor: Actor,
    conference: Conference,
    *,
    only: Collection[str] = (),
    links: Links,
    now: datetime,
) -> list[Nudge]:
    """One mail to each late reviewer, or to those with the codes `only`, late or not.

    It counts what the person who asks may know of; whoever had one today gets no second, and
    whoever wants none gets none.
    """
    chosen = _chosen(db, actor, conference, only, now)
    return written(db, conference, chosen, kind=REMINDER, links=links, now=now)


def _chosen(
    db: Session, actor: Actor, conference: Conference, only: Collection[str], now: datetime
) -> list[Progress]:
    progress = progress_of_all(db, actor, conference, only=only)
    return progress if only else waiting_for(progress, conference, now)


def written(
    db: Session,
    conference: Conference,
    progress: Iterable[Progress],
    *,
    kind: str,
    links: Links,
    now: datetime,
) -> list[Nudge]:
    """A mail of this kind to each of them for whom something is open, but to nobody twice a day.

    Nor to those who want no reminders.
    """
    due = {
        one.person_id: one
        for one in progress
        if one.open > 0 and (one.nudged is None or one.nudged.date() < now.date())
    }
    hows = choices.hows(db, conference, Kind.REMINDERS, due)
    template, ready = template_for(db, conference, kind), []
    for person, address in addresses_of(db, [id_ for id_ in due if hows[id_] is not How.NEVER]):
        one = due[person.id]
        values = letter_values(conference, links, person.name, one.open, one.extended)
        text = fill(template, values)
        preview = choices.with_way_out(text, conference.language, links.choices())
        daily = hows[person.id] is How.DAILY
        ready.append(Nudge(one, person, address, text, preview, daily))
    return ready


def unwilling_of(
    db: Session, actor: Actor, conference: Conference, *, only: Collection[str] = (), now: datetime
) -> list[str]:
    """The names of those who would be reminded and want no reminders by mail."""
    chosen = _chosen(db, actor, conference, only, now)
    waiting = {one.person_id: one.name for one in chosen if one.open > 0}
    hows = choices.hows(db, conference, Kind.REMINDERS, waiting)
    return [name for id_, name in waiting.items() if hows[id_] is How.NEVER]


def nudge(
    db: Session,
    actor: Actor,
    conference: Conference,
    *,
    only: Collection[str] = (),
    links: Links,
    now: datetime,
) -> int:
    """Send them; returns how many.

    Raises:
        NotNowError: `nudge.nobody`, when nothing is open or all were reminded today.
    """
    ready = nudges(db, actor, conference, only=only, links=links, now=now)
    if not ready:
        raise NotNowError("nudge.nobody")
    epoch = now.date().isoformat()
    send(db, conference, ready, kind=REMINDER, epoch=epoch, links=links, now=now)
    audit.of_conference(
        db, actor, "review.nudge", conference, now=now, detail={"mails": len(ready)}
    )
    return len(ready)


def send(
    db: Session,
    conference: Conference,
    ready: Iterable[Nudge],
    *,
    kind: str,
    epoch: str,
    links: Links,
    now: datetime,
) -> None:
    """Put them into the outbox; the same kind and epoch reaches nobody twice."""
    for one in ready:
        link = choices.way_out(
            db, one.person.id, kind=Kind.REMINDERS, conference=conference, links=links, now=now
        )
        text = choices.with_way_out(one.text, conference.language, link)
        mail.write_to(
            db,
            conference,
            one.person,
            one.address,
            text,
            kind=kind,
            epoch=epoch,
            about_review=True,
            unsubscribe=link,
            gathered=one.daily,
            now=now,
        )
