"""What a submission says, as one value: written from a form, read back, compared and kept."""

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp.domain.conferences.models import Conference, SubmissionType, Track
from cfp.domain.submissions.codes import new_submission_code
from cfp.domain.submissions.models import Speaker, Submission
from cfp.domain.submissions.queries import offered_tracks, offered_types
from cfp.domain.submissions.redaction import follow_edit
from cfp.domain.submissions.rules import Content, SpeakerEntry, content_text, too_long
from cfp.domain.submissions.speakers import set_speakers, speakers_of
from cfp.errors import DomainError


def new_draft(
    db: Session, conference: Conference, person_id: int, content: Content, now: datetime
) -> Submission:
    """An empty draft with its code; `write` fills it."""
    _check_place(db, conference, content)
    submission = Submission(
        conference_id=conference.id,
        code=new_submission_code(db),
        type_id=content.type_id,
        track_id=content.track_id,
        title="",
        language=conference.language,
        submitter_id=person_id,
        created=now,
        changed=now,
        shuffle=secrets.randbelow(2**31),
    )
    db.add(submission)
    db.flush()
    return submission


def write(
    db: Session, conference: Conference, submission: Submission, content: Content
) -> list[Speaker]:
    """Put the content in place; returns the speakers who were taken off.

    Raises:
        DomainError: `too_long`, `no_such_type`, `no_such_track`; see `set_speakers`.
    """
    field = too_long(content)
    if field:
        raise DomainError("too_long", field=field)
    if (content.type_id, content.track_id) != (submission.type_id, submission.track_id):
        _check_place(db, conference, content)
    submission.title, submission.abstract = content.title, content.abstract
    submission.type_id, submission.track_id = content.type_id, content.track_id
    submission.note = content.note
    submission.search_text = content_text(submission.code, content.title, content.abstract)
    follow_edit(db, submission)
    return set_speakers(db, conference, submission, content.speakers)


def read(db: Session, submission: Submission) -> Content:
    """The content as a form would carry it."""
    return Content(
        title=submission.title,
        abstract=submission.abstract,
        type_id=submission.type_id,
        track_id=submission.track_id,
        note=submission.note,
        speakers=tuple(entry_of(speaker) for speaker in speakers_of(db, submission)),
    )


def entry_of(speaker: Speaker) -> SpeakerEntry:
    """A speaker as a row of the form."""
    return SpeakerEntry(
        name=speaker.name,
        affiliation=speaker.affiliation,
        address=speaker.address,
        speaks=speaker.speaks,
        code=speaker.code,
    )


def snapshot(content: Content) -> dict[str, Any]:
    """The content as it is kept in a revision; addresses are no part of what was said."""
    return {
        "title": content.title,
        "abstract": content.abstract,
        "note": content.note,
        "type": content.type_id,
        "track": content.track_id,
        "speakers": [
            {"code": s.code, "name": s.name, "affiliation": s.affiliation, "speaks": s.speaks}
            for s in content.speakers
        ],
    }


def changed_fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The names of what differs between two snapshots, in the order of the form."""
    return [name for name in after if before.get(name) != after[name]]


def placed(db: Session, conference: Conference, content: Content) -> Content:
    """The same content in a format and a track that are offered."""
    types = [one.id for one in offered_types(db, conference)]
    tracks = [one.id for one in offered_tracks(db, conference)]
    return replace(
        content,
        type_id=content.type_id if content.type_id in types else types[0],
        track_id=content.track_id if content.track_id in tracks else tracks[0],
    )


def _check_place(db: Session, conference: Conference, content: Content) -> None:
    """Format and track are the conference's own and still offered."""
    for table, key, field in (
        (SubmissionType, content.type_id, "type"),
        (Track, content.track_id, "track"),
    ):
        query = select(table.id).where(
            table.id == key,
            table.conference_id == conference.id,
            table.archived.is_(False),
        )
        if db.scalar(query) is None:
            raise DomainError(f"no_such_{field}", field=field)
