"""Mails about one submission to the people it belongs to, queued with what causes them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from cfp.domain.accounts.models import Email, Person
from cfp.domain.conferences.models import Conference
from cfp.domain.mail import wording
from cfp.domain.mail.actions import queue, write_to
from cfp.domain.mail.render import fill, template_for
from cfp.domain.submissions.models import Speaker, Submission
from cfp.links import Links


def owners(db: Session, submission: Submission) -> list[tuple[Person, str]]:
    """The submitter and the accepted speakers, each with their main proved address."""
    speaks = exists().where(
        Speaker.submission_id == submission.id,
        Speaker.person_id == Person.id,
        Speaker.state == "accepted",
    )
    rows = db.execute(
        select(Person, Email.address)
        .join(Email, Email.person_id == Person.id)
        .where(Email.verified.is_not(None), or_(Person.id == submission.submitter_id, speaks))
        .order_by(Person.id, Email.primary.desc(), Email.id)
    )
    found: dict[int, tuple[Person, str]] = {}
    for person, address in rows:
        found.setdefault(person.id, (person, address))
    return list(found.values())


def tell_owners(
    db: Session,
    conference: Conference,
    submission: Submission,
    kind: str,
    *,
    links: Links,
    now: datetime,
    more: Mapping[str, str] | None = None,
) -> None:
    """One mail of this kind to each person the submission belongs to."""
    text = template_for(db, conference, kind)
    for person, address in owners(db, submission):
        values = submission_values(conference, submission, links, zone=person.zone)
        filled = fill(text, {**values, **(more or {}), "name": person.name})
        write_to(
            db,
            conference,
            person,
            address,
            replace(filled, body=filled.body.rstrip() + "\n"),
            kind=kind,
            submission=submission,
            now=now,
        )


def tell_invited(
    db: Session,
    conference: Conference,
    submission: Submission,
    speaker: Speaker,
    by: str,
    secret: str,
    *,
    links: Links,
    now: datetime,
) -> None:
    """Ask a co-speaker, by a link that is theirs alone, whether it is them."""
    values = {
        **submission_values(conference, submission, links),
        "name": speaker.name,
        "by": by or conference.name,
        "link": links.speaker_invitation(secret),
    }
    _tell_address(db, conference, submission, speaker, "speaker_invitation", values, now, True)


def tell_changed(
    db: Session,
    conference: Conference,
    submission: Submission,
    fields: Sequence[str],
    *,
    links: Links,
    now: datetime,
) -> None:
    """A chair has edited it: say what, and where to look."""
    words = [wording.part(f"field_{field}", {}, conference.language) for field in fields]
    more = {"changes": ", ".join(words)}
    tell_owners(db, conference, submission, "changed_by_chair", links=links, now=now, more=more)


def tell_removed(
    db: Session,
    conference: Conference,
    submission: Submission,
    speaker: Speaker,
    *,
    links: Links,
    now: datetime,
) -> None:
    """Somebody who had been asked, or had accepted, is named on it no more."""
    values = {**submission_values(conference, submission, links), "name": speaker.name}
    _tell_address(db, conference, submission, speaker, "speaker_removed", values, now, False)


def _tell_address(
    db: Session,
    conference: Conference,
    submission: Submission,
    speaker: Speaker,
    kind: str,
    values: Mapping[str, str],
    now: datetime,
    private: bool,
) -> None:
    filled = fill(template_for(db, conference, kind), values)
    queue(
        db,
        kind=kind,
        object_key=f"speaker:{speaker.id}",
        epoch=now.isoformat(),
        person=None,
        recipient=speaker.address,
        recipient_name=speaker.name,
        subject=filled.subject,
        body=filled.body.rstrip() + "\n",
        conference=conference,
        submission=submission,
        due=now,
        now=now,
        private=private,
    )


def submission_values(
    conference: Conference, submission: Submission, links: Links, *, zone: str = ""
) -> dict[str, str]:
    """The placeholders every text about a submission may use; `zone` is the reader's own."""
    language = conference.language
    until = conference.edits_until or conference.deadline
    clocks = (conference.deadline_zone, conference.zone, zone)
    decisions = ""
    if conference.decisions_by is not None:
        by = {"day": wording.day(conference.decisions_by, language)}
        decisions = wording.part("decisions_by", by, language)
    return {
        "title": submission.title,
        "talk": conference.talk_word,
        "code": submission.code,
        "conference": conference.name,
        "contact": conference.contact,
        "link": links.submission(conference.slug, submission.code),
        "deadline": wording.moments(conference.deadline, clocks, language),
        "edits_until": wording.moments(until, clocks, language),
        "decisions": decisions,
    }
