"""Mail in a chair's own words: to whom, and how it reads for each of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from cfp.actors import Actor, RoleKind
from cfp.domain.accounts.models import Person
from cfp.domain.conferences.models import Conference
from cfp.domain.conferences.people import connections
from cfp.domain.conferences.queries import primary_address
from cfp.domain.mail.render import MailText, check, fill
from cfp.domain.submissions.models import Submission
from cfp.errors import DomainError
from cfp.links import Links
from cfp.records import record

PLACEHOLDERS = ("name", "title", "code", "link", "conference", "contact", "line")
"""What such a mail may say; `line` is one of the lines pasted with it, such as a ticket's code."""


@record
class Talk:
    """A submission as its own speakers may read of it."""

    id: int
    code: str
    title: str


@dataclass
class Recipient:
    """A person of the conference with the submissions they are written about."""

    person_id: int | None
    name: str
    address: str
    talks: list[Talk] = field(default_factory=list)


@record
class Letter:
    """One mail, rendered for its reader. `submission_id` where it is about one submission."""

    person_id: int | None
    name: str
    address: str
    submission_id: int | None
    text: MailText


def recipients(
    db: Session,
    actor: Actor,
    conference: Conference,
    *,
    people: Select[tuple[str]] | None = None,
    submissions: ColumnElement[bool] | None = None,
) -> list[Recipient]:
    """Whom a letter reaches, by name, in one statement.

    Either `people` (a SELECT of ids of `people_view`) with all their submissions, or the speakers
    of `submissions` (a condition on the table) with those alone. Only what `actor` may know.
    """
    whole = actor.has(conference.id, RoleKind.CHAIR)
    ties = connections(actor, conference, with_committee=whole and people is not None)
    c = ties.c
    name = func.coalesce(Person.name, c.name)
    query = (
        select(
            c.id,
            c.person_id,
            name,
            func.coalesce(primary_address(c.person_id), c.address),
            Submission.id,
            Submission.code,
            Submission.title,
        )
        .select_from(ties)
        .outerjoin(Person, Person.id == c.person_id)
        .outerjoin(Submission, Submission.id == c.submission_id)
    )
    if people is not None:
        query = query.where(c.id.in_(people))
    if submissions is not None:
        query = query.where(submissions)
    found: dict[str, Recipient] = {}
    for key, person_id, called, address, number, code, title in db.execute(
        query.order_by(name, c.id, Submission.id)
    ):
        one = found.setdefault(key, Recipient(person_id, called, address or ""))
        one.address = one.address or address or ""
        talk = Talk(number, code, title) if number is not None else None
        if talk is not None and talk not in one.talks:
            one.talks.append(talk)
    return list(found.values())


def letters(
    conference: Conference,
    reached: Iterable[Recipient],
    text: MailText,
    *,
    per_talk: bool,
    lines: Sequence[str] = (),
    links: Links,
) -> list[Letter]:
    """Render for each of them: one mail each, or one about each talk to each of its speakers.

    Whoever has no address is left out. With `lines` each mail gets one of them.

    Raises:
        DomainError: what `check` finds; `letter.lines_differ`, unless there are as many lines as
            mails.
    """
    check(text, PLACEHOLDERS)
    pairs: list[tuple[Recipient, Sequence[Talk]]] = []
    for one in reached:
        if one.address:
            split = per_talk and one.talks
            pairs += [(one, [talk]) for talk in one.talks] if split else [(one, one.talks)]
    if lines and len(lines) != len(pairs):
        raise DomainError("letter.lines_differ", field="lines", lines=len(lines), mails=len(pairs))
    return [
        Letter(
            one.person_id,
            one.name,
            one.address,
            talks[0].id if len(talks) == 1 else None,
            fill(text, {**_values(conference, one, talks, links), "line": line}),
        )
        for (one, talks), line in zip(pairs, lines or [""] * len(pairs), strict=True)
    ]


def _values(
    conference: Conference, one: Recipient, talks: Sequence[Talk], links: Links
) -> Mapping[str, str]:
    link = links.conference(conference.slug)
    if talks:
        link += "submissions/"
    if len(talks) == 1:
        link = links.submission(conference.slug, talks[0].code)
    return {
        "name": one.name,
        "title": "; ".join(talk.title for talk in talks),
        "code": ", ".join(talk.code for talk in talks),
        "link": link,
        "conference": conference.name,
        "contact": conference.contact,
    }
