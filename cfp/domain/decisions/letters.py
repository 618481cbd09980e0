"""Mails about decisions: one per person and announcement, whatever it says about their talks."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from cfp.domain.accounts.models import Person
from cfp.domain.conferences.models import Conference, SubmissionType, Track
from cfp.domain.conferences.queries import own_mails, primary_address
from cfp.domain.decisions.merging import JOINED, MERGED
from cfp.domain.decisions.rules import STATE_OF
from cfp.domain.mail import wording
from cfp.domain.mail.render import MailText, fill, shipped
from cfp.domain.mail.rules import is_address
from cfp.domain.reviews.answers import ForSpeakers, announced_to_speakers
from cfp.domain.submissions.models import Speaker, Submission
from cfp.links import Links
from cfp.records import record

KINDS = ("accepted", "waitlisted", "rejected", "revise", MERGED, JOINED, "several")
"""The kinds of mail that announce: by the state announced, or about several talks at once."""
KINDS_OF_ONE = KINDS[:-1]
REMINDER = "confirm_reminder"
PLACEHOLDERS = ("track", "type")
"""What mails about one decision know beside what their shipped texts say: for conditions."""
REVIEWS = "reviews"
"""The placeholder of what reviewers say to speakers; of several talks, one after the other.

No shipped text has it, so nothing of a review is sent unless a conference says so twice: by its
switch and by its own words.
"""
NEEDS_ANSWER = frozenset({"accepted", "revise", JOINED})

ConfirmLink = Callable[[Submission, Person], str]
"""Makes the address of a confirm page for one person and talk."""


@record
class Told:
    """One decision as its mail says it: `outcome` is the state it leads to."""

    submission: Submission
    outcome: str
    type: SubmissionType | None = None
    minutes: int | None = None
    note: str = ""
    into: Submission | None = None
    """The talk that it is merged into."""
    joined_by: tuple["Joining", ...] = ()
    """Makes it no decision, but news for a talk that others are merged into."""

    @property
    def kind(self) -> str:
        """The kind of the mail that says it alone."""
        if self.joined_by:
            return JOINED
        return self.outcome if self.into is None else MERGED


@record
class Joining:
    """A talk that is merged into another, and who of its speakers is not on that one yet."""

    submission: Submission
    names: tuple[str, ...]


@record
class Reader:
    """Somebody who is told: the submitter or an accepted speaker; address "" when there is none."""

    person: Person
    address: str


@record
class Letter:
    """One person's mail, rendered for them."""

    reader: Reader
    kind: str
    told: tuple[Told, ...]
    text: MailText
    about_review: bool = False
    """Whether it holds what reviewers say, which a chair with a conflict must not read."""

    @property
    def outcomes(self) -> list[str]:
        """The different outcomes it says, in the order of its talks; one may be "merged"."""
        return list(dict.fromkeys(one.kind for one in self.told if not one.joined_by))


def readers(db: Session, ids: Collection[int]) -> Mapping[int, list[Reader]]:
    """Who is told about each submission, with their main proved address; one statement."""
    submitters = select(Submission.id, Submission.submitter_id).where(Submission.id.in_(ids))
    speakers = select(Speaker.submission_id, Speaker.person_id).where(
        Speaker.submission_id.in_(ids), Speaker.state == "accepted", Speaker.person_id.is_not(None)
    )
    told = union(submitters, speakers).subquery()
    rows = db.execute(
        select(told.c.id, Person, primary_address(Person.id))
        .join(Person, Person.id == told.c.submitter_id)
        .order_by(told.c.id, Person.id)
    )
    found: dict[int, list[Reader]] = {id_: [] for id_ in ids}
    for submission_id, person, address in rows:
        found[submission_id].append(Reader(person, address if is_address(address or "") else ""))
    return found


def write_announcement(
    db: Session,
    conference: Conference,
    told: Sequence[Told],
    readers_of: Mapping[int, Sequence[Reader]],
    *,
    confirm_link: ConfirmLink,
    links: Links,
) -> list[Letter]:
    """The mails that announce these decisions, one per person who has an address, by name."""
    texts, names = _texts(db, conference, KINDS), _names(db, conference)
    quoting = {kind for kind in KINDS if _quotes(conference, texts[kind])}
    said = _said(db, conference, told) if quoting else {}
    letters = []
    for reader, theirs in _by_reader(told, readers_of):
        kind = theirs[0].kind if len(theirs) == 1 else "several"
        values = _values(conference, reader, links)
        values[REVIEWS] = _quoted(conference, theirs, said) if kind in quoting else ""
        if kind == "several":
            values |= _several(conference, reader, theirs, confirm_link, links)
        else:
            values |= _about(conference, reader, theirs[0], confirm_link, links)
            values |= {
                "track": names.tracks.get(theirs[0].submission.track_id, ""),
                "type": names.types.get(_type_id(theirs[0]), ""),
            }
        text = _tidy(fill(texts[kind], values))
        letters.append(Letter(reader, kind, theirs, text, about_review=kind in quoting))
    return letters


def _quotes(conference: Conference, text: MailText) -> bool:
    return conference.sends_speaker_text and f"{{{REVIEWS}}}" in text.subject + text.body


def _said(db: Session, conference: Conference, told: Sequence[Told]) -> Mapping[int, str]:
    """What reviewers say to the speakers of each submission, one after the other, without names."""
    found = announced_to_speakers(db, conference, [one.submission.id for one in told])
    return {
        id_: "\n\n".join(
            wording.part(
                "reviewer_says", {"number": str(n), "text": _lines(one)}, conference.language
            )
            for n, one in enumerate(reviews, start=1)
        )
        for id_, reviews in found.items()
    }


def _quoted(conference: Conference, theirs: Sequence[Told], said: Mapping[int, str]) -> str:
    """What is said of one talk, or of each of several under its title; "" where nothing is."""
    if len(theirs) == 1:
        return said.get(theirs[0].submission.id, "")
    parts = []
    for one in theirs:
        if one.submission.id in said:
            values = {"title": one.submission.title, "code": one.submission.code}
            heading = wording.part("reviews_of", values, conference.language)
            parts.append(f"{heading}\n\n{said[one.submission.id]}")
    return "\n\n".join(parts)


def _lines(one: ForSpeakers) -> str:
    parts = [one.text, *(f"{answer.question}\n{answer.text}" for answer in one.answers)]
    return "\n\n".join(part for part in parts if part)


def write_reminders(
    db: Session,
    conference: Conference,
    unconfirmed: Sequence[Told],
    readers_of: Mapping[int, Sequence[Reader]],
    *,
    confirm_link: ConfirmLink,
    links: Links,
) -> list[Letter]:
    """One mail per person about all their accepted talks that nobody has confirmed."""
    text = _texts(db, conference, (REMINDER,))[REMINDER]
    letters = []
    for reader, theirs in _by_reader(unconfirmed, readers_of):
        parts = [
            wording.part(
                "unconfirmed",
                _about(conference, reader, one, confirm_link, links),
                conference.language,
            )
            for one in theirs
        ]
        values = {**_values(conference, reader, links), "talks": "\n\n".join(parts)}
        letters.append(Letter(reader, REMINDER, theirs, _tidy(fill(text, values))))
    return letters


def _texts(db: Session, conference: Conference, kinds: Sequence[str]) -> dict[str, MailText]:
    own = own_mails(db, conference)
    return {
        kind: MailText(own[kind].subject, own[kind].body)
        if kind in own
        else shipped(kind, conference.language)
        for kind in kinds
    }


def _type_id(told: Told) -> int:
    return told.type.id if told.type else told.submission.type_id


@record
class _Names:
    """What the conference calls its tracks and formats, by id."""

    tracks: Mapping[int, str]
    types: Mapping[int, str]


def _names(db: Session, conference: Conference) -> _Names:
    tracks = select(Track.id, Track.name).where(Track.conference_id == conference.id)
    types = select(SubmissionType.id, SubmissionType.name).where(
        SubmissionType.conference_id == conference.id
    )
    return _Names(
        {row.id: row.name for row in db.execute(tracks)},
        {row.id: row.name for row in db.execute(types)},
    )


def _by_reader(
    told: Sequence[Told], readers_of: Mapping[int, Sequence[Reader]]
) -> list[tuple[Reader, tuple[Told, ...]]]:
    theirs: dict[int, list[Told]] = {}
    known: dict[int, Reader] = {}
    for one in told:
        for reader in readers_of[one.submission.id]:
            if reader.address:
                known[reader.person.id] = reader
                theirs.setdefault(reader.person.id, []).append(one)
    order = sorted(known.values(), key=lambda reader: (reader.person.name, reader.person.id))
    return [(reader, tuple(_first_accepted(theirs[reader.person.id]))) for reader in order]


def _first_accepted(told: Sequence[Told]) -> list[Told]:
    """What asks for an answer before what does not."""
    order = list(STATE_OF.values())
    return sorted(told, key=lambda one: order.index(one.outcome))


def _values(conference: Conference, reader: Reader, links: Links) -> dict[str, str]:
    return {
        "name": reader.person.name,
        "conference": conference.name,
        "contact": conference.contact,
        "talk": conference.talk_word,
        "link": links.conference(conference.slug) + "submissions/",
    }


def _about(
    conference: Conference, reader: Reader, told: Told, confirm_link: ConfirmLink, links: Links
) -> dict[str, str]:
    note = ""
    if told.note.strip():
        note = wording.part("decision_note", {"note": told.note.strip()}, conference.language)
    return {
        "title": told.submission.title,
        "code": told.submission.code,
        "format": _format(told, conference.language),
        "note": note,
        "by_when": _by_when(conference, reader, told),
        "link": links.submission(conference.slug, told.submission.code),
        "confirm": (
            confirm_link(told.submission, reader.person) if told.kind == "accepted" else ""
        ),
        "into": told.into.title if told.into else "",
        "joining": "\n".join(_joining(one) for one in told.joined_by),
    }


def _joining(one: Joining) -> str:
    """A line of a list: "Meters": Bob Sample, Cy Other."""
    return f'- "{one.submission.title}": {", ".join(one.names)}'


def _by_when(conference: Conference, reader: Reader, told: Told) -> str:
    """By when changes are to be handed in, on the conference's clock and the reader's."""
    until = conference.changes_until
    if told.outcome != "revise" or until is None:
        return ""
    clocks = (conference.deadline_zone, reader.person.zone)
    moment = wording.moments(until, clocks, conference.language)
    return wording.part("changes_until", {"until": moment}, conference.language)


def _several(
    conference: Conference,
    reader: Reader,
    theirs: Sequence[Told],
    confirm_link: ConfirmLink,
    links: Links,
) -> dict[str, str]:
    parts = [
        wording.part(
            f"outcome_{one.kind}",
            _about(conference, reader, one, confirm_link, links),
            conference.language,
        )
        for one in theirs
    ]
    needed = any(one.kind in NEEDS_ANSWER for one in theirs)
    return {
        "action": wording.part("action_needed", {}, conference.language) if needed else "",
        "count": str(len({one.submission.id for one in theirs})),
        "outcomes": "\n\n* * *\n\n".join(parts),
    }


def _format(told: Told, language: str) -> str:
    if told.type is None:
        return ""
    values = {
        "format": told.type.name,
        "minutes": str(told.minutes or told.type.minutes),
        "discussion": str(told.type.discussion_minutes),
    }
    with_discussion = "format_discussion" if told.type.discussion_minutes else "format"
    return wording.part(with_discussion, values, language)


def _tidy(text: MailText) -> MailText:
    """Without the gaps that paragraphs leave which this mail does not have."""
    return MailText(text.subject, re.sub(r"\n{3,}", "\n\n", text.body).strip() + "\n")
