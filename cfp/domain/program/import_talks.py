"""The talks of an import: found again, made, compared, changed."""

import re
import secrets
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from cfp.domain.decisions.models import Confirmation, Decision
from cfp.domain.program.import_frame import Work, fits, same_name, track_of, type_of
from cfp.domain.program.import_items import make_item, note_identity
from cfp.domain.program.import_people import new_person, people_of, person_of, set_speakers, shown
from cfp.domain.program.models import ProgramItem
from cfp.domain.submissions.codes import ALPHABET, SUBMISSION_LENGTH, new_submission_code
from cfp.domain.submissions.models import Submission, SubmissionRevision
from cfp.domain.submissions.rules import content_text, people_text
from cfp.domain.submissions.states import IN_PROGRAM, State
from cfp.formats.identity import as_guid
from cfp.formats.imported import ImportedTalk
from cfp.formats.speakers import NameAndAffiliation

NOBODY = "Unknown"
LANGUAGE_LIMIT = 20
"""Characters: what a file gives for a language's code."""
_CODE = re.compile(f"[{ALPHABET}]{{{SUBMISSION_LENGTH}}}")


def take_talks(work: Work) -> tuple[list[Submission], list[Submission]]:
    """The submissions of the file's talks and of its canceled ones, each in the file's order."""
    known = _Known(work)
    found = work.found
    held = [_take(work, known, talk, canceled=False) for talk in found.talks]
    return held, [_take(work, known, talk, canceled=True) for talk in found.canceled]


class _Known:
    """The talks the conference has already; each is matched once."""

    def __init__(self, work: Work) -> None:
        rows = work.db.execute(
            select(Submission, ProgramItem)
            .outerjoin(ProgramItem, ProgramItem.submission_id == Submission.id)
            .where(
                Submission.conference_id == work.conference.id, Submission.announced.is_not(None)
            )
            .options(
                selectinload(Submission.speakers),
                selectinload(Submission.type),
                selectinload(Submission.track),
            )
            .order_by(Submission.id)
        ).all()
        self.by_title: dict[str, list[Submission]] = defaultdict(list)
        self.by_identity: dict[str, Submission] = {}
        self.by_anchor: dict[str, Submission] = {}
        for submission, item in rows:
            self.by_title[submission.title].append(submission)
            self.by_identity[submission.code] = submission
            self.by_anchor[f"t-{submission.code}"] = submission
            if item is not None:
                self.by_identity[item.guid] = submission
                self.by_anchor[item.anchor or f"t-{submission.code}"] = submission
        talks = work.found.talks + work.found.canceled
        self.titles = {talk.title for talk in talks}
        self.tells_affiliations = any(one.affiliation for talk in talks for one in talk.speakers)
        self.spoken_for = {
            found.id
            for talk in talks
            for name in (talk.code, as_guid(talk.guid))
            if (found := self.by_identity.get(name))
        }
        self.used: set[int] = set()

    def match(self, talk: ImportedTalk) -> Submission | None:
        """The same code or guid; else the same title; else the same anchor."""
        found = self._identified(talk) or self._titled(talk) or self._anchored(talk)
        if found is not None:
            self.used.add(found.id)
        return found

    def _identified(self, talk: ImportedTalk) -> Submission | None:
        for name in (talk.code, as_guid(talk.guid)):
            found = self.by_identity.get(name)
            if found is not None and found.id not in self.used:
                return found
        return None

    def _titled(self, talk: ImportedTalk) -> Submission | None:
        """Not one that is another talk of the file by its code."""
        for found in self.by_title.get(talk.title, ()):
            if found.id not in self.used and found.id not in self.spoken_for:
                return found
        return None

    def _anchored(self, talk: ImportedTalk) -> Submission | None:
        """If its talk is not in the file by title."""
        found = self.by_anchor.get(talk.anchor or "")
        taken = found is None or found.id in self.used or found.title in self.titles
        return None if taken else found


def _take(work: Work, known: _Known, talk: ImportedTalk, *, canceled: bool) -> Submission:
    submission = known.match(talk)
    if submission is None:
        work.outcome.talks_created += 1
        submission = _create(work, talk, canceled=canceled)
    else:
        if not known.tells_affiliations:
            talk = _with_affiliations(talk, submission)
        differs = _differences(work, submission, talk, canceled=canceled)
        work.outcome.unchanged += not differs
        if work.change(talk.title, differs):
            _change(work, submission, talk, differs)
    if talk.code and submission.code != talk.code:
        work.kept = False
    return submission


def _with_affiliations(talk: ImportedTalk, submission: Submission) -> ImportedTalk:
    """The talk with the affiliations known here: c3voc's XML, for one, has none to tell."""
    known = {row.name: row.affiliation for row in shown(submission)}
    speakers = [replace(one, affiliation=known.get(one.name, "")) for one in talk.speakers]
    people = [replace(one, affiliation=known.get(one.name, "")) for one in talk.people]
    return replace(talk, speakers=tuple(speakers), people=tuple(people))


def _differences(
    work: Work, submission: Submission, talk: ImportedTalk, *, canceled: bool
) -> list[str]:
    """What the file tells otherwise; what it does not tell is no difference."""
    people = [NameAndAffiliation(one.name, one.affiliation) for one in shown(submission)]
    compared = {
        "title": submission.title == talk.title,
        "abstract": submission.abstract == talk.abstract,
        "speakers": people == list(talk.speakers),
        "type": not talk.type or same_name(work, submission.type.name, talk.type),
        "track": not talk.track or same_name(work, submission.track.name, talk.track),
        "language": not talk.language or submission.language == talk.language[:LANGUAGE_LIMIT],
        "minutes": not fits(talk.minutes) or _minutes(work, submission) == talk.minutes,
    }
    if people == list(talk.speakers) and talk.people:
        bios = zip(shown(submission), talk.people, strict=True)
        compared["bio"] = all(one.bio in ("", row.bio) for row, one in bios)
    if work.own:
        compared["recorded"] = _recorded(work, submission) == talk.recorded
        compared["canceled"] = (submission.state not in IN_PROGRAM) == canceled
    return [name for name, same in compared.items() if not same]


def _minutes(work: Work, submission: Submission) -> int:
    return work.plan.minutes.get(submission.code, submission.type.minutes)


def _recorded(work: Work, submission: Submission) -> bool:
    needs = work.plan.needs.get(submission.id)
    return needs is None or needs.recording


def _create(work: Work, talk: ImportedTalk, *, canceled: bool) -> Submission:
    db, now = work.db, work.now
    people = people_of(talk)
    owner = person_of(work, people[0])[0] if people else new_person(work, NOBODY, "")
    kind, minutes = type_of(work, talk)
    submission = Submission(
        conference_id=work.conference.id,
        code=_free_code(work, talk.code),
        type_id=kind.id,
        track_id=track_of(work, talk).id,
        title=talk.title,
        abstract=talk.abstract,
        language=talk.language[:LANGUAGE_LIMIT] or work.conference.language,
        submitter_id=owner,
        state=State.CANCELED if canceled else State.CONFIRMED,
        created=now,
        changed=now,
        submitted=now,
        announced=now,
        shuffle=secrets.randbelow(2**31),
        speakers=[],
    )
    _index(submission, talk)
    db.add(submission)
    db.flush()
    _decide(work, submission, kind.id, minutes)
    set_speakers(work, submission, people)
    if not talk.recorded:
        _set_recorded(work, submission, talk)
    item = make_item(work, talk.guid, talk.number, submission_id=submission.id)
    item.anchor = "" if talk.anchor in (None, f"t-{submission.code}") else str(talk.anchor)
    return submission


def _free_code(work: Work, code: str) -> str:
    """The file's, where no submission of the instance has it; else a new one."""
    used = select(Submission.id).where(Submission.code == code)
    if _CODE.fullmatch(code) and work.db.scalar(used) is None:
        return code
    return new_submission_code(work.db)


def _decide(work: Work, submission: Submission, type_id: int, minutes: int) -> None:
    work.db.add(
        Decision(
            conference_id=work.conference.id,
            submission_id=submission.id,
            outcome=State.ACCEPTED,
            type_id=type_id,
            minutes=minutes,
            by_id=work.actor.person_id,
            at=work.now,
        )
    )


def _set_recorded(work: Work, submission: Submission, talk: ImportedTalk) -> None:
    query = select(Confirmation).where(Confirmation.submission_id == submission.id)
    row = work.db.scalars(query).one_or_none()
    if row is None:
        row = Confirmation(
            conference_id=work.conference.id, submission_id=submission.id, at=work.now
        )
        row.availability = {}
        work.db.add(row)
    row.recording = talk.recorded


def _change(work: Work, submission: Submission, talk: ImportedTalk, differs: Sequence[str]) -> None:
    work.db.add(
        SubmissionRevision(
            conference_id=submission.conference_id,
            submission_id=submission.id,
            number=submission.revision,
            content={"title": submission.title, "abstract": submission.abstract},
            by_id=work.actor.person_id,
            at=work.now,
        )
    )
    if {"speakers", "bio"} & set(differs):
        set_speakers(work, submission, people_of(talk))
    if {"type", "minutes"} & set(differs):
        _change_type(work, submission, talk)
    if "track" in differs:
        submission.track = track_of(work, talk)
    if "language" in differs:
        submission.language = talk.language[:LANGUAGE_LIMIT]
    if "recorded" in differs:
        _set_recorded(work, submission, talk)
    if "canceled" in differs:
        _change_state(work, submission)
    submission.title, submission.abstract = talk.title, talk.abstract
    submission.changed = work.now
    _index(submission, talk)
    work.db.flush()


def _change_type(work: Work, submission: Submission, talk: ImportedTalk) -> None:
    """What it was accepted for is told by its newest decision."""
    kind = type_of(work, talk)[0] if talk.type else submission.type
    minutes = talk.minutes if fits(talk.minutes) else _minutes(work, submission)
    submission.type = kind
    if submission.state in IN_PROGRAM:
        _decide(work, submission, kind.id, minutes)


def _change_state(work: Work, submission: Submission) -> None:
    """Canceled, or given after all."""
    if submission.state in IN_PROGRAM:
        submission.state = State.CANCELED
        return
    _decide(work, submission, submission.type.id, _minutes(work, submission))
    submission.state = State.CONFIRMED


def _index(submission: Submission, talk: ImportedTalk) -> None:
    submission.search_text = content_text(submission.code, talk.title, talk.abstract)
    submission.people_text = people_text([(one.name, one.affiliation) for one in talk.speakers])


def note_items(work: Work, submissions: Sequence[Submission]) -> None:
    """See whether calendars will know all of the file's talks by what they knew them by."""
    query = select(ProgramItem).where(ProgramItem.conference_id == work.conference.id)
    items = {item.submission_id: item for item in work.db.scalars(query)}
    talks = work.found.talks + work.found.canceled
    for talk, submission in zip(talks, submissions, strict=True):
        item = items.get(submission.id)
        if item is not None:
            note_identity(work, item, talk.guid, talk.number)
