"""One mail a day with everything that somebody wants to hear of once a day.

It is made when it is sent, from what its reader may know then: what waits for it are cursors and
gathered reminders, not texts. Making it, moving the cursors and noting the morning are one
transaction, so a worker that dies leaves all of it or nothing, and a second one finds it done.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp.actors import Actor
from cfp.domain.accounts import choices
from cfp.domain.accounts.choices import How, Kind
from cfp.domain.accounts.models import Person
from cfp.domain.accounts.queries import actor_of_person
from cfp.domain.assignment.letters import addresses_of, letter_values
from cfp.domain.conferences.models import Conference
from cfp.domain.mail import wording
from cfp.domain.mail.actions import write_to
from cfp.domain.mail.models import MailChoice, Message
from cfp.domain.mail.render import fill, shipped
from cfp.domain.mail.states import move
from cfp.domain.persons import news
from cfp.domain.reviews import telling
from cfp.domain.reviews.escalation import everything
from cfp.domain.reviews.figures import progress_of_all
from cfp.domain.reviews.rules import reviewing_is_open
from cfp.links import Links

KIND = "digest"
APART = timedelta(hours=20)
"""Nobody gets two within this time, not even by moving to another zone; less than a short day."""


def due_people(db: Session, *, now: datetime) -> list[int]:
    """Whose morning has come; a plain read, which locks nothing."""
    query = (
        select(MailChoice.person_id, Person.zone, Conference.zone, MailChoice.digested)
        .join(Person, Person.id == MailChoice.person_id)
        .join(Conference, Conference.id == MailChoice.conference_id)
        .where(MailChoice.how == str(How.DAILY))
        .order_by(MailChoice.person_id, MailChoice.id)
    )
    found = []
    for person_id, rows in groupby(db.execute(query), key=lambda row: row[0]):
        theirs = list(rows)
        at = choices.morning(theirs[0][1] or theirs[0][2], now)
        if _is_due([row[3] for row in theirs], at):
            found.append(person_id)
    return found


def _is_due(digested: Sequence[datetime], at: datetime) -> bool:
    return bool(digested) and at - max(digested) >= APART


def send(db: Session, *, person_id: int, links: Links, now: datetime) -> bool:
    """Queue the person's mail of this morning; False when it is done or there is nothing new."""
    rows = db.execute(
        select(MailChoice, Conference)
        .join(Conference, Conference.id == MailChoice.conference_id)
        .where(MailChoice.person_id == person_id, MailChoice.how == str(How.DAILY))
        .order_by(MailChoice.id)
        .with_for_update(of=MailChoice)
    ).all()
    person = db.get_one(Person, person_id)
    at = choices.morning(person.zone or rows[0][1].zone, now) if rows else now
    if not _is_due([row.digested for row, _conference in rows], at):
        return False
    actor, sections = actor_of_person(db, person_id), []
    for conference in dict.fromkeys(conference for _row, conference in rows):
        theirs = {Kind(row.kind): row for row, here in rows if here is conference}
        items = _items(db, actor, conference, theirs, person, links, now)
        sections += [(conference, items)] if items else []
    for row, _conference in rows:
        row.digested = at
    reached = addresses_of(db, [person_id])
    if sections and reached:
        _queue(db, *reached[0], sections, links, at, now)
    db.flush()
    return bool(sections and reached)


def _items(
    db: Session,
    actor: Actor,
    conference: Conference,
    theirs: dict[Kind, MailChoice],
    person: Person,
    links: Links,
    now: datetime,
) -> list[str]:
    """What is new to the person in one conference, a paragraph each."""
    items = []
    if Kind.REMINDERS in theirs:
        items += _reminder(db, actor, conference, person, links, now)
    if Kind.COMMENTS in theirs:
        items += _comments(db, actor, conference, links)
    if Kind.NEWS in theirs:
        lines, _number = news.gather(db, actor, conference, theirs[Kind.NEWS])
        link = links.submissions(conference.slug)
        items += ["\n".join([*lines, link])] if lines else []
    return items


def _reminder(
    db: Session,
    actor: Actor,
    conference: Conference,
    person: Person,
    links: Links,
    now: datetime,
) -> list[str]:
    """What waits for their review, if they were to be reminded and something still does."""
    waiting = (
        Message.person_id == person.id,
        Message.conference_id == conference.id,
        Message.state == "gathered",
    )
    if db.scalar(select(Message.id).where(*waiting).limit(1)) is None:
        return []
    progress = progress_of_all(db, everything(conference), conference, only=[person.code])
    number = progress[0].open if progress and actor.reviews_in(conference.id) else 0
    extended = progress[0].extended if progress else None
    if not number or not reviewing_is_open(conference, now, extended):
        move(db, "stop", *waiting)
        return []
    move(db, "digest", *waiting, sent=now)
    values = letter_values(conference, links, person.name, number, extended)
    said = wording.part("digest_reminder", values, conference.language)
    return ["\n".join(line for line in (said, values["due"], values["link"]) if line)]


def _comments(db: Session, actor: Actor, conference: Conference, links: Links) -> list[str]:
    language, items = conference.language, []
    for one in telling.gather(db, actor, conference):
        values = {
            "comments": telling.counted(one.comments, language),
            "title": one.title,
            "code": one.code,
        }
        said = wording.part("digest_comments", values, language)
        items.append(f"{said}\n{links.discussion(conference.slug, one.code)}")
    return items


def _queue(
    db: Session,
    person: Person,
    address: str,
    sections: Sequence[tuple[Conference, list[str]]],
    links: Links,
    at: datetime,
    now: datetime,
) -> None:
    """No conference is its sender: its text may be of several, and no chair is to read it."""
    link = choices.way_out(db, person.id, kind=None, conference=None, links=links, now=now)
    language = sections[0][0].language
    blocks = [
        "\n\n".join([f"{conference.name}\n{'-' * len(conference.name)}", *items])
        for conference, items in sections
    ]
    values = {
        "name": person.name,
        "conferences": ", ".join(conference.name for conference, _items in sections),
        "sections": "\n\n".join(blocks),
        "choices": links.choices(),
        "link": link,
    }
    text = fill(shipped(KIND, language), values)
    write_to(
        db, None, person, address, text, kind=KIND, epoch=at.isoformat(), unsubscribe=link, now=now
    )
