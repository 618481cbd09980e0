"""The mails about a published version: to the speakers whose slot is another one than before."""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from cfp.domain.accounts.models import Person
from cfp.domain.conferences.models import Conference
from cfp.domain.conferences.queries import primary_address
from cfp.domain.decisions.letters import Reader
from cfp.domain.mail import actions as mail
from cfp.domain.mail import wording
from cfp.domain.mail.actions import Attachment
from cfp.domain.mail.render import MailText, fill, template_for
from cfp.domain.mail.rules import is_address
from cfp.domain.program.calendars import attachments
from cfp.domain.program.changes import Move, Where, moves
from cfp.domain.submissions.models import Speaker, Submission
from cfp.formats.program import Program
from cfp.links import Links
from cfp.records import record

FIRST, CHANGED = "program_published", "slot_changed"
"""The kinds of mail: with the first version, and with every later one."""


@record
class Told:
    """One person and what changes for their talks."""

    reader: Reader
    moves: tuple[tuple[Submission, Move], ...]


@record
class SlotLetter:
    """One person's mail, rendered for them, with its calendar files."""

    told: Told
    kind: str
    text: MailText
    attachments: tuple[Attachment, ...]


def told_by(
    db: Session, conference: Conference, old: Program | None, new: Program
) -> tuple[list[Told], list[Move]]:
    """Who is told what, by name; and the moves that reach nobody, for want of an address."""
    changed = {move.code: move for move in moves(old, new) if move.code is not None}
    if not changed:
        return [], []
    rows = _readers(db, conference, changed)
    theirs: dict[int, list[tuple[Submission, Move]]] = {}
    known: dict[int, Reader] = {}
    for talk, reader in sorted(rows, key=lambda row: _first_moment(changed[row[0].code])):
        known[reader.person.id] = reader
        theirs.setdefault(reader.person.id, []).append((talk, changed[talk.code]))
    reached = {talk.code for found in theirs.values() for talk, _move in found}
    order = sorted(known.values(), key=lambda reader: (reader.person.name, reader.person.id))
    told = [Told(reader, tuple(theirs[reader.person.id])) for reader in order]
    return told, [move for code, move in changed.items() if code not in reached]


def letters(
    db: Session,
    conference: Conference,
    old: Program | None,
    new: Program,
    told: Sequence[Told],
    *,
    links: Links,
) -> list[SlotLetter]:
    """Their mails: one per person, whatever it says about their talks."""
    if not told:
        return []
    kind = FIRST if old is None else CHANGED
    text = template_for(db, conference, kind)
    return [
        SlotLetter(
            one,
            kind,
            _tidy(fill(text, _values(conference, old, new, one, links))),
            tuple(
                attachments(
                    old,
                    new,
                    [talk.code for talk, _move in one.moves],
                    contact=conference.contact,
                    links=links,
                )
            ),
        )
        for one in told
    ]


def queue(
    db: Session,
    conference: Conference,
    written: Sequence[SlotLetter],
    *,
    number: int,
    now: datetime,
) -> None:
    """Put the mails about version `number` into the outbox, in the transaction that makes it."""
    for letter in written:
        person = letter.told.reader.person
        about = [talk for talk, _move in letter.told.moves]
        mail.write_to(
            db,
            conference,
            person,
            letter.told.reader.address,
            letter.text,
            kind=letter.kind,
            object_key=f"conference:{conference.id}:person:{person.id}",
            epoch=f"version {number}",
            submission=about[0] if len(about) == 1 else None,
            attachments=letter.attachments,
            now=now,
        )


def _readers(
    db: Session, conference: Conference, codes: Collection[str]
) -> list[tuple[Submission, Reader]]:
    """The submitter and the accepted speakers of each talk, where they have an address."""
    here = (Submission.conference_id == conference.id, Submission.code.in_(codes))
    submitters = select(Submission.id, Submission.submitter_id.label("person_id")).where(*here)
    speakers = (
        select(Submission.id, Speaker.person_id)
        .join(Speaker, Speaker.submission_id == Submission.id)
        .where(*here, Speaker.state == "accepted", Speaker.person_id.is_not(None))
    )
    pairs = union(submitters, speakers).subquery()
    rows = db.execute(
        select(Submission, Person, primary_address(Person.id))
        .join(pairs, pairs.c.id == Submission.id)
        .join(Person, Person.id == pairs.c.person_id)
        .order_by(Submission.id, Person.id)
    )
    return [
        (talk, Reader(person, address))
        for talk, person, address in rows
        if is_address(address or "")
    ]


def _first_moment(move: Move) -> datetime:
    return (move.now or move.before)[0].start


def _values(
    conference: Conference, old: Program | None, new: Program, told: Told, links: Links
) -> Mapping[str, str]:
    zones = (conference.zone, told.reader.person.zone)
    parts = [
        wording.part(
            "speaks_at" if old is None else f"slot_{move.kind}",
            {
                "title": talk.title,
                "before": _in_words(move.before, zones, conference.language),
                "now": _in_words(move.now, zones, conference.language),
                "link": links.talk(conference.slug, talk.code),
            },
            conference.language,
        )
        for talk, move in told.moves
    ]
    note = wording.part("version_note", {"note": new.note}, conference.language)
    return {
        "name": told.reader.person.name,
        "conference": conference.name,
        "contact": conference.contact,
        "link": links.program(conference.slug),
        "talks": "\n\n".join(parts),
        "note": note if new.note else "",
    }


def _tidy(text: MailText) -> MailText:
    """Without the gap that a paragraph leaves which this mail does not have."""
    return MailText(text.subject, re.sub(r"\n{3,}", "\n\n", text.body).strip() + "\n")


def _in_words(found: Sequence[Where], zones: Sequence[str], language: str) -> str:
    return "; ".join(
        ", ".join(filter(None, (wording.moments(one.start, zones, language), one.room)))
        for one in found
    )
