"""The speakers of an import. They have no account and no e-mail; they can claim talks later."""

import re
from collections.abc import Collection, Sequence

from sqlalchemy import select

from cfp.domain.accounts.models import Person
from cfp.domain.program.import_frame import Work
from cfp.domain.submissions.codes import speaker_code
from cfp.domain.submissions.models import Speaker, Submission
from cfp.domain.submissions.rules import affiliation_key
from cfp.formats.imported import ImportedTalk
from cfp.formats.program import ProgramSpeaker

CODE = re.compile("[0-9A-Z]{4,12}")
"""Codes of speakers that fit our addresses: ours have eight characters, pretalx's six."""
REMOVED = "removed"


def people_of(talk: ImportedTalk) -> Sequence[ProgramSpeaker]:
    """The speakers, with code and bio where the file tells them."""
    named = [ProgramSpeaker(None, one.name, one.affiliation) for one in talk.speakers]
    return talk.people or named


def shown(submission: Submission) -> list[Speaker]:
    """Who is on it."""
    return [one for one in submission.speakers if one.state != REMOVED]


def set_speakers(work: Work, submission: Submission, people: Sequence[ProgramSpeaker]) -> None:
    """The people as the file names them; one that stood here before comes back as they were."""
    rows = list(submission.speakers)
    stay: list[Speaker] = []
    for position, one in enumerate(people):
        row = _row(rows, one)
        if row is not None:
            rows.remove(row)
        else:
            row = _new_row(work, submission, one, {other.code for other in (*rows, *stay)})
        row.name, row.affiliation = one.name, one.affiliation
        row.affiliation_key = affiliation_key(one.affiliation)
        row.bio = one.bio or row.bio
        row.state = "accepted" if row.state == REMOVED else row.state
        row.position = position
        stay.append(row)
    for row in rows:
        row.state = REMOVED
    work.db.flush()


def _row(rows: Sequence[Speaker], one: ProgramSpeaker) -> Speaker | None:
    """By code, else by name and affiliation."""
    by_code = (row for row in rows if one.code and row.code == one.code)
    by_name = (row for row in rows if (row.name, row.affiliation) == (one.name, one.affiliation))
    return next(by_code, None) or next(by_name, None)


def _new_row(
    work: Work, submission: Submission, one: ProgramSpeaker, used: Collection[str]
) -> Speaker:
    person_id, code = person_of(work, one, used)
    row = Speaker(
        conference_id=work.conference.id,
        submission_id=submission.id,
        person_id=person_id,
        code=code,
        name=one.name,
        affiliation=one.affiliation,
        bio=one.bio,
        state="accepted",
    )
    work.db.add(row)
    return row


def person_of(work: Work, one: ProgramSpeaker, used: Collection[str] = ()) -> tuple[int, str]:
    """Their id and their one code in the conference.

    The same code is the same person; without codes, the same name and affiliation are. `used` are
    the codes of the talk: who is named twice in it is two people.
    """
    key = (one.code,) if one.code else (one.name, one.affiliation)
    known = work.people.get(key)
    if known is None or known[1] in used:
        known = _found(work, one, used) or _made(work, one)
        work.people.setdefault(key, known)
    return known


def _found(work: Work, one: ProgramSpeaker, used: Collection[str]) -> tuple[int, str] | None:
    """Somebody of the conference, who is nobody else of the file."""
    query = (
        select(Speaker.person_id, Speaker.code, Speaker.affiliation)
        .where(
            Speaker.conference_id == work.conference.id,
            Speaker.name == one.name,
            Speaker.person_id.is_not(None),
        )
        .order_by(Speaker.id)
    )
    rows = [row for row in work.db.execute(query) if row.code not in used]
    others = _file_codes(work) - {one.code}
    alike = [row for row in rows if row.affiliation == one.affiliation and row.code not in others]
    for row in [*(row for row in rows if row.code == one.code), *alike]:
        if row.person_id is not None:
            return row.person_id, row.code
    return None


def _file_codes(work: Work) -> set[str | None]:
    talks = work.found.talks + work.found.canceled
    return {one.code for talk in talks for one in talk.people if one.code}


def _made(work: Work, one: ProgramSpeaker) -> tuple[int, str]:
    person_id = new_person(work, one.name, one.affiliation)
    if one.code and CODE.fullmatch(one.code) and _is_free(work, one.code):
        return person_id, one.code
    code = speaker_code(
        work.db,
        work.conference.id,
        person_id=person_id,
        name=one.name,
        affiliation_key=affiliation_key(one.affiliation),
        address_key="",
    )
    return person_id, code


def _is_free(work: Work, code: str) -> bool:
    if code in {known for _id, known in work.people.values()}:
        return False
    used = (Speaker.conference_id == work.conference.id, Speaker.code == code)
    return work.db.scalar(select(Speaker.id).where(*used).limit(1)) is None


def new_person(work: Work, name: str, affiliation: str) -> int:
    """Somebody without account and address."""
    person = Person(name=name, affiliation=affiliation, created=work.now)
    work.db.add(person)
    work.db.flush()
    return person.id
