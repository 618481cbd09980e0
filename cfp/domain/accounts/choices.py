"""Mails that one can do without: which kinds there are, and how each person wants each of them.

What is essential (codes, invitations, everything about one's own talks, new assignments) has no
kind here, so that no choice can keep it away.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, SQLColumnExpression, exists, func, select
from sqlalchemy.orm import Session

from cfp.actors import Actor, RoleKind
from cfp.audit import AuditEntry
from cfp.domain.accounts import tokens
from cfp.domain.accounts.models import Person, Token
from cfp.domain.accounts.tokens import Purpose
from cfp.domain.conferences.models import Conference
from cfp.domain.mail.models import MailChoice, Message
from cfp.domain.mail.render import MailText, fill, shipped
from cfp.domain.mail.states import move
from cfp.errors import DomainError
from cfp.links import Links
from cfp.records import record

MORNING = time(7)
LINK_GOOD_FOR = timedelta(days=90)


class Kind(StrEnum):
    """What can be chosen: comments one follows, reminders to review, news for chairs."""

    COMMENTS = "comments"
    REMINDERS = "reminders"
    NEWS = "news"


class How(StrEnum):
    ONCE = "once"
    DAILY = "daily"
    NEVER = "never"


USUAL: Mapping[Kind, How] = {
    Kind.COMMENTS: How.ONCE,
    Kind.REMINDERS: How.ONCE,
    Kind.NEWS: How.NEVER,
}
_CHAIRS = frozenset({RoleKind.CHAIR, RoleKind.TRACK_CHAIR})
_FOR: Mapping[Kind, frozenset[RoleKind]] = {
    Kind.COMMENTS: _CHAIRS | {RoleKind.REVIEWER},
    Kind.REMINDERS: frozenset({RoleKind.REVIEWER}),
    Kind.NEWS: _CHAIRS,
}


@record
class Offer:
    """One thing to choose: a kind of a conference's mail, and how it comes now."""

    conference: Conference
    kind: Kind
    how: How


def offers(db: Session, actor: Actor) -> list[Offer]:
    """What this person can choose, by conference, the newest first; two statements."""
    here = {role.conference_id for role in actor.roles} | actor.guest_in
    query = select(Conference).where(Conference.id.in_(here), Conference.archived.is_(False))
    conferences = db.scalars(query.order_by(Conference.start_date.desc(), Conference.id)).all()
    chosen = {
        (one.conference_id, one.kind): How(one.how)
        for one in db.scalars(select(MailChoice).where(MailChoice.person_id == actor.person_id))
    }
    return [
        Offer(one, kind, chosen.get((one.id, kind), USUAL[kind]))
        for one in conferences
        for kind in _kinds_of(actor, one)
    ]


def _kinds_of(actor: Actor, conference: Conference) -> Iterator[Kind]:
    for kind, roles in _FOR.items():
        missing = kind is Kind.COMMENTS and not conference.discusses
        guest = RoleKind.REVIEWER in roles and conference.id in actor.guest_in
        if not missing and (guest or any(actor.has(conference.id, role) for role in roles)):
            yield kind


def choose(
    db: Session, actor: Actor, *, wanted: Mapping[tuple[int, str], str], now: datetime
) -> None:
    """Take what somebody wants, by (conference's id, kind); what is not theirs is left alone.

    Raises:
        DomainError: `choice.unknown`, for a way that mails do not come.
    """
    for one in offers(db, actor):
        how = wanted.get((one.conference.id, one.kind), one.how)
        if how not in set(How):
            raise DomainError("choice.unknown")
        if how != one.how:
            _set(db, actor.person_id or 0, one.conference, one.kind, How(how), now)


def _set(
    db: Session, person_id: int, conference: Conference, kind: Kind, how: How, now: datetime
) -> None:
    row = _row(db, person_id, conference.id, kind)
    before = How(row.how) if row else USUAL[kind]
    newest, person = _newest_entry(db, conference), db.get_one(Person, person_id)
    if row is None:
        row = MailChoice(conference_id=conference.id, person_id=person_id, kind=str(kind))
    if before is How.NEVER:
        row.told = newest
    if before is not How.DAILY:
        row.digested = morning(person.zone or conference.zone, now)
    row.how = str(how)
    db.add(row)
    db.flush()
    if kind is Kind.REMINDERS and before is How.DAILY:
        _settle_gathered(db, person_id, conference, how, now)


def _settle_gathered(
    db: Session, person_id: int, conference: Conference, how: How, now: datetime
) -> None:
    """No daily mail will say these any more: they go out by themselves, or not at all."""
    theirs = (
        Message.person_id == person_id,
        Message.conference_id == conference.id,
        Message.state == "gathered",
    )
    if how is How.ONCE:
        move(db, "release", *theirs, due=now)
    else:
        move(db, "stop", *theirs)


def _row(db: Session, person_id: int, conference_id: int, kind: Kind) -> MailChoice | None:
    return db.scalars(
        select(MailChoice)
        .where(
            MailChoice.person_id == person_id,
            MailChoice.conference_id == conference_id,
            MailChoice.kind == str(kind),
        )
        .with_for_update()
    ).one_or_none()


def _newest_entry(db: Session, conference: Conference) -> int:
    query = select(func.max(AuditEntry.id)).where(AuditEntry.conference_id == conference.id)
    return db.scalar(query) or 0


def hows(
    db: Session, conference: Conference, kind: Kind, people: Collection[int]
) -> dict[int, How]:
    """How each of these people wants it."""
    rows = db.execute(
        select(MailChoice.person_id, MailChoice.how).where(
            MailChoice.conference_id == conference.id,
            MailChoice.kind == str(kind),
            MailChoice.person_id.in_(people),
        )
    )
    return dict.fromkeys(people, USUAL[kind]) | {person: How(how) for person, how in rows}


def gathers(
    kind: Kind, person_id: SQLColumnExpression[int], conference_id: SQLColumnExpression[int]
) -> ColumnElement[bool]:
    """Whether the person has this in their daily mail, as SQL."""
    return exists().where(
        MailChoice.person_id == person_id,
        MailChoice.conference_id == conference_id,
        MailChoice.kind == str(kind),
        MailChoice.how == str(How.DAILY),
    )


def morning(zone: str, now: datetime) -> datetime:
    """The last moment up to now when it was morning there: when daily mails go."""
    local = now.astimezone(ZoneInfo(zone))
    today = datetime.combine(local.date(), MORNING, ZoneInfo(zone))
    if today > local:
        today = datetime.combine(local.date() - timedelta(days=1), MORNING, ZoneInfo(zone))
    return today.astimezone(UTC)


def with_way_out(text: MailText, language: str, link: str) -> MailText:
    """The mail with a last paragraph that says how to have it otherwise."""
    closing = fill(shipped("_way_out", language), {"link": link}).body.strip()
    return MailText(text.subject, f"{text.body.rstrip()}\n\n{closing}\n")


def way_out(
    db: Session,
    person_id: int,
    *,
    kind: Kind | None,
    conference: Conference | None,
    links: Links,
    now: datetime,
) -> str:
    """A link for one mail that stops more of its kind; without a kind, the whole daily mail."""
    issued = tokens.issue(
        db,
        Purpose.UNSUBSCRIBE,
        now=now,
        valid=LINK_GOOD_FOR,
        payload={"kind": str(kind) if kind else ""},
        person_id=person_id,
        conference_id=conference.id if conference else None,
    )
    return links.unsubscribe(issued.secret)


def unsubscribe(db: Session, token: Token, *, now: datetime) -> None:
    """Stop what the token's mail was of. Raises DomainError `link_used`, when it is used or old."""
    tokens.use(db, token, now=now)
    person_id = token.person_id or 0
    if token.conference_id is not None:
        conference = db.get_one(Conference, token.conference_id)
        _set(db, person_id, conference, Kind(token.payload["kind"]), How.NEVER, now)
    else:
        daily = select(MailChoice.kind, Conference).join(
            Conference, Conference.id == MailChoice.conference_id
        )
        theirs = (MailChoice.person_id == person_id, MailChoice.how == str(How.DAILY))
        for kind, conference in db.execute(daily.where(*theirs)).all():
            _set(db, person_id, conference, Kind(kind), How.NEVER, now)
