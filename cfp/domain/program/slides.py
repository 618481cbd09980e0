"""Slides and videos over all talks: who has given what, who is reminded, and pasted links."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp import audit
from cfp.actors import Actor
from cfp.domain.conferences.models import Conference
from cfp.domain.decisions.letters import Reader, readers
from cfp.domain.mail import actions as mail
from cfp.domain.mail import wording
from cfp.domain.mail.models import Message
from cfp.domain.mail.render import MailText, fill, template_for
from cfp.domain.program import materials, versions
from cfp.domain.program.changes import places
from cfp.domain.program.materials import Given
from cfp.domain.program.models import Material, StoredFile
from cfp.domain.program.pasting import Link, Pasted, read_links
from cfp.domain.submissions.models import Submission
from cfp.domain.submissions.states import IN_PROGRAM
from cfp.errors import DomainError, NotNowError
from cfp.formats.program import Program
from cfp.links import Links
from cfp.policy import Relation, Standing
from cfp.records import record

REMINDER = "slides_reminder"


@record
class TalkMaterials:
    """A talk that takes place, with what has been given for it by kind."""

    talk: Submission
    given: Mapping[str, Given]


@record
class Letter:
    """One person's reminder, rendered for them."""

    reader: Reader
    talks: tuple[Submission, ...]
    text: MailText


@record
class Reminders:
    """The mails that would go now; `today` counts the people who have been reminded today."""

    talks: tuple[Submission, ...]
    letters: tuple[Letter, ...]
    today: int


def materials_of_all(db: Session, conference: Conference) -> list[TalkMaterials]:
    """Every accepted talk by title, in two statements."""
    talks = db.scalars(
        select(Submission)
        .where(Submission.conference_id == conference.id, Submission.state.in_(IN_PROGRAM))
        .order_by(Submission.title, Submission.id)
    ).all()
    found: dict[int, dict[str, Given]] = {}
    rows = db.execute(
        select(Material, StoredFile)
        .outerjoin(StoredFile, StoredFile.material_id == Material.id)
        .where(Material.conference_id == conference.id)
    )
    for material, file in rows:
        found.setdefault(material.submission_id, {})[material.kind] = Given(material, file)
    return [TalkMaterials(talk, found.get(talk.id, {})) for talk in talks]


def reminders(
    db: Session, conference: Conference, *, links: Links, now: datetime
) -> Reminders:
    """One mail to each submitter and accepted speaker of talks without slides, once a day."""
    missing = [
        one.talk for one in materials_of_all(db, conference) if "slides" not in one.given
    ]
    readers_of = readers(db, [talk.id for talk in missing])
    done = _reminded_today(db, conference, now)
    version = versions.latest(db, conference)
    program = versions.program_of(version) if version else None
    text = template_for(db, conference, REMINDER)
    theirs: dict[int, tuple[Reader, list[Submission]]] = {}
    for talk in missing:
        for reader in readers_of[talk.id]:
            if reader.address and reader.person.id not in done:
                theirs.setdefault(reader.person.id, (reader, []))[1].append(talk)
    order = sorted(theirs.values(), key=lambda one: (one[0].person.name, one[0].person.id))
    written = [
        Letter(reader, tuple(talks), _write(conference, text, reader, talks, program, links))
        for reader, talks in order
    ]
    known = {reader.person.id for found in readers_of.values() for reader in found}
    return Reminders(tuple(missing), tuple(written), len(known & done))


def remind(
    db: Session, actor: Actor, conference: Conference, *, links: Links, now: datetime
) -> int:
    """Send them; returns how many.

    Raises:
        NotNowError: `remind.nobody`.
    """
    ready = reminders(db, conference, links=links, now=now)
    if not ready.letters:
        raise NotNowError("remind.nobody")
    for letter in ready.letters:
        mail.write_to(
            db,
            conference,
            letter.reader.person,
            letter.reader.address,
            letter.text,
            kind=REMINDER,
            object_key=f"{_key(conference)}{letter.reader.person.id}",
            epoch=now.date().isoformat(),
            submission=letter.talks[0] if len(letter.talks) == 1 else None,
            now=now,
        )
    audit.of_conference(
        db,
        actor,
        "material.remind",
        conference,
        now=now,
        detail={"talks": len(ready.talks), "mails": len(ready.letters)},
    )
    return len(ready.letters)


@record
class PastedLink:
    """A pasted link and what it does to its talk: `before` is the link in its place, if any."""

    link: Link
    title: str
    before: str | None

    @property
    def changes(self) -> bool:
        """Whether it is not there already."""
        return self.before != self.link.url


def read_pasted(
    db: Session, conference: Conference, text: str
) -> tuple[list[PastedLink], Pasted]:
    """The table as it would be applied, and what is wrong with it."""
    known = {one.talk.code: one for one in materials_of_all(db, conference)}
    pasted = read_links(text, known)
    shown = [
        PastedLink(link, known[link.code].talk.title, _before(known[link.code], link.kind))
        for link in pasted.links
    ]
    return shown, pasted


def apply_pasted(
    db: Session, actor: Actor, conference: Conference, *, text: str, now: datetime
) -> int:
    """Give all the links of the table; returns how many were not there already.

    Raises:
        DomainError: at the field `text`, `paste.mistakes` or `paste.empty`; then nothing is given.
    """
    shown, pasted = read_pasted(db, conference, text)
    if pasted.mistakes:
        raise DomainError("paste.mistakes", field="text", count=len(pasted.mistakes))
    if not shown:
        raise DomainError("paste.empty", field="text")
    known = {one.talk.code: one.talk for one in materials_of_all(db, conference)}
    new = [one for one in shown if one.changes]
    for one in new:
        standing = Standing(
            conference, known[one.link.code], frozenset({Relation.CHAIR}), False, False
        )
        materials.give(db, actor, standing, kind=one.link.kind, url=one.link.url, now=now)
    return len(new)


def _before(one: TalkMaterials, kind: str) -> str | None:
    given = one.given.get(kind)
    if given is None:
        return None
    return given.file.name if given.file else given.material.url


def _write(
    conference: Conference,
    text: MailText,
    reader: Reader,
    talks: Sequence[Submission],
    program: Program | None,
    links: Links,
) -> MailText:
    parts = [
        wording.part(
            "slides_missing",
            {
                "title": talk.title,
                "when": _when(conference, program, talk),
                "link": links.materials(conference.slug, talk.code),
            },
            conference.language,
        )
        for talk in talks
    ]
    values = {
        "name": reader.person.name,
        "conference": conference.name,
        "contact": conference.contact,
        "talks": "\n\n".join(parts),
    }
    return fill(text, values)


def _when(conference: Conference, program: Program | None, talk: Submission) -> str:
    found = places(program, talk.code)
    if found:
        return wording.moment(found[0].start, conference.zone, conference.language)
    return wording.day(conference.start_date, conference.language)


def _key(conference: Conference) -> str:
    return f"conference:{conference.id}:person:"


def _reminded_today(db: Session, conference: Conference, now: datetime) -> set[int]:
    keys = db.scalars(
        select(Message.object_key).where(
            Message.conference_id == conference.id,
            Message.kind == REMINDER,
            Message.epoch == now.date().isoformat(),
        )
    )
    return {int(key.removeprefix(_key(conference))) for key in keys}
