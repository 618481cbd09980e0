"""News for chairs: what speakers have done with their submissions, read from the audit log.

Nothing is written down for each chair; their choice knows up to which entry they have had it. What
somebody may no longer know when it is told, they are not told.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from cfp.actors import Actor
from cfp.audit import AuditEntry
from cfp.domain.accounts import choices
from cfp.domain.accounts.choices import How, Kind
from cfp.domain.accounts.models import Person
from cfp.domain.accounts.queries import actor_of_person
from cfp.domain.assignment.letters import addresses_of
from cfp.domain.conferences.models import Conference
from cfp.domain.mail import wording
from cfp.domain.mail.actions import write_to
from cfp.domain.mail.models import MailChoice
from cfp.domain.mail.render import fill, template_for
from cfp.domain.submissions.models import Submission
from cfp.links import Links
from cfp.policy import Fact, predicate

QUIET, LONGEST = timedelta(minutes=10), timedelta(hours=2)
"""As of comments: a mail waits until nothing has happened for so long, but not for ever."""
NEWS: Mapping[str, Fact] = MappingProxyType(
    {
        "submission.submit": Fact.CONTENT,
        "submission.resubmit": Fact.CONTENT,
        "submission.withdraw": Fact.CONTENT,
        "submission.confirm": Fact.DECISION,
        "submission.decline": Fact.DECISION,
    }
)
"""What is news, and what somebody must be allowed to know to be told."""
MOST_LINES = 30


def due_choices(db: Session, *, now: datetime) -> list[int]:
    """Ids of choices of people who are to be told now; a plain read, which locks nothing."""
    quiet = func.max(AuditEntry.at) <= now - QUIET
    old = func.min(AuditEntry.at) <= now - LONGEST
    query = (
        select(MailChoice.id)
        .join(AuditEntry, AuditEntry.conference_id == MailChoice.conference_id)
        .where(
            MailChoice.kind == str(Kind.NEWS),
            MailChoice.how == str(How.ONCE),
            AuditEntry.id > MailChoice.told,
            AuditEntry.action.in_(NEWS),
        )
        .group_by(MailChoice.id)
        .having(or_(quiet, old))
    )
    return list(db.scalars(query.order_by(MailChoice.id).limit(100)))


def tell(db: Session, *, choice_id: int, links: Links, now: datetime) -> bool:
    """Tell one chair what is new to them; whoever comes second finds nothing."""
    row = db.scalars(
        select(MailChoice).where(MailChoice.id == choice_id).with_for_update()
    ).one_or_none()
    if row is None or row.how != How.ONCE:
        return False
    conference = db.get_one(Conference, row.conference_id)
    lines, number = gather(db, actor_of_person(db, row.person_id), conference, row)
    reached = addresses_of(db, [row.person_id])
    if lines and reached:
        _queue(db, conference, *reached[0], lines, number, row.told, links, now)
    db.flush()
    return bool(lines and reached)


def gather(
    db: Session, actor: Actor, conference: Conference, row: MailChoice
) -> tuple[list[str], int]:
    """What is new to this person, a line each and how many; from now on they have been told.

    Of each submission the last thing only. What they have done themselves is no news to them.
    """
    entries = and_(
        AuditEntry.conference_id == conference.id,
        AuditEntry.id > row.told,
        AuditEntry.action.in_(NEWS),
    )
    newest = db.scalar(select(func.max(AuditEntry.id)).where(entries))
    if newest is None:
        return [], 0
    may_know = or_(
        *(
            and_(AuditEntry.action == action, predicate(actor, fact, conference))
            for action, fact in NEWS.items()
        )
    )
    rows = db.execute(
        select(AuditEntry.action, Submission.code, Submission.title)
        .join(Submission, Submission.id == AuditEntry.submission_id)
        .where(entries, may_know, AuditEntry.actor_id.is_distinct_from(actor.person_id))
        .order_by(AuditEntry.id)
    ).all()
    row.told = newest
    last = {code: (action, title) for action, code, title in rows}
    return _lines(last, conference.language), len(last)


def _lines(last: Mapping[str, tuple[str, str]], language: str) -> list[str]:
    untitled = wording.part("without_title", {}, language)
    lines = []
    for code, (action, title) in last.items():
        values = {"title": title or untitled, "code": code}
        lines.append(wording.part(f"news_{action.rpartition('.')[2]}", values, language))
    if len(lines) <= MOST_LINES:
        return lines
    more = {"count": str(len(lines) - MOST_LINES)}
    return [*lines[:MOST_LINES], wording.part("news_more", more, language)]


def summary(number: int, language: str) -> str:
    """So many changes, in words."""
    name = "news_one" if number == 1 else "news_many"
    return wording.part(name, {"count": str(number)}, language)


def _queue(
    db: Session,
    conference: Conference,
    person: Person,
    address: str,
    lines: Sequence[str],
    number: int,
    told: int,
    links: Links,
    now: datetime,
) -> None:
    link = choices.way_out(
        db, person.id, kind=Kind.NEWS, conference=conference, links=links, now=now
    )
    values = {
        "name": person.name,
        "conference": conference.name,
        "summary": summary(number, conference.language),
        "news": "\n".join(lines),
        "link": links.submissions(conference.slug),
    }
    filled = fill(template_for(db, conference, str(Kind.NEWS)), values)
    text = choices.with_way_out(filled, conference.language, link)
    write_to(
        db,
        conference,
        person,
        address,
        text,
        kind=str(Kind.NEWS),
        epoch=told,
        unsubscribe=link,
        now=now,
    )
