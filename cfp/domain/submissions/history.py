"""What a submission said before, and what has changed since."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import Match, SequenceMatcher
from itertools import pairwise
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from cfp.domain.accounts.models import Person
from cfp.domain.conferences.models import Conference, SubmissionType, Track
from cfp.domain.submissions.contents import changed_fields, entry_of, snapshot
from cfp.domain.submissions.models import Speaker, Submission, SubmissionRevision
from cfp.domain.submissions.redaction import redaction_of
from cfp.domain.submissions.rules import Content
from cfp.policy import Fact, Standing, sees
from cfp.records import record

Piece = tuple[str, str]
"""("same" | "gone" | "new", text)"""

_PIECES = re.compile(r"\s+|\w+|[^\w\s]")
PIECES_LIMIT = 4_000
EFFORT = 10_000_000
"""Pairs of equal pieces that are looked at for one page, for a second or less: two long texts of
nothing but a few signs would keep it for minutes."""


@dataclass
class Effort:
    """What comparing may still cost, over all the texts of a page."""

    left: int = EFFORT


class _TooMuchError(Exception):
    pass


class _Matcher(SequenceMatcher[str]):
    """Counts what it is about to look at, and gives up when that is too much."""

    def __init__(self, old: Sequence[str], new: Sequence[str], effort: Effort) -> None:
        super().__init__(None, old, new, autojunk=False)
        self._old, self._times, self._effort = old, Counter(new), effort

    def find_longest_match(
        self, alo: int = 0, ahi: int | None = None, blo: int = 0, bhi: int | None = None
    ) -> Match:
        self._effort.left -= sum(self._times[piece] for piece in self._old[alo:ahi])
        if self._effort.left < 0:
            raise _TooMuchError
        return super().find_longest_match(alo, ahi, blo, bhi)


# Made once: making it takes longer than running it, for most have none.
_REVISIONS = (
    select(SubmissionRevision, Person.name)
    .outerjoin(Person, Person.id == SubmissionRevision.by_id)
    .where(SubmissionRevision.submission_id == bindparam("submission"))
    .order_by(SubmissionRevision.number)
)


@record
class Change:
    """One field of one edit, as pieces of text."""

    field: str
    pieces: tuple[Piece, ...]


@record
class Edit:
    """Who changed what, and when."""

    at: datetime
    by: str
    changes: tuple[Change, ...]


def edits_of(db: Session, standing: Standing, speakers: Sequence[Speaker]) -> list[Edit]:
    """Every edit since it was submitted, newest first, in the fields this person may read.

    `speakers` are those on it now.
    """
    submission = standing.submission
    if not (sees(standing, Fact.LISTED) and sees(standing, Fact.SPEAKERS)):
        return []
    rows = db.execute(_REVISIONS, {"submission": submission.id}).all()
    if not rows:
        return []
    texts = [revision.content for revision, _name in rows] + [_now(submission, speakers)]
    names = _names(db, standing.conference, texts)
    hidden = set() if sees(standing, Fact.CHAIR_NOTE) else {"note"}
    effort = Effort()
    steps = list(zip(rows, pairwise(texts), strict=True))
    edits = [
        Edit(revision.at, name or "", _changes(before, after, names, hidden, effort))
        for (revision, name), (before, after) in reversed(steps)
    ]
    return [edit for edit in edits if edit.changes]


def changes_since(
    db: Session, standing: Standing, seen: int, speakers: Sequence[Speaker]
) -> tuple[Change, ...]:
    """What differs between revision `seen` and now, in the fields this person may read.

    Where the chairs have redacted a text, what its speakers wrote shows in no difference either.
    """
    submission = standing.submission
    query = select(SubmissionRevision.content).where(
        SubmissionRevision.submission_id == submission.id, SubmissionRevision.number >= seen
    )
    before = db.scalars(query.order_by(SubmissionRevision.number).limit(1)).first()
    if before is None:
        return ()
    after = _now(submission, speakers)
    return _changes(
        before,
        after,
        _names(db, standing.conference, [before, after]),
        _hidden(db, standing),
        Effort(),
    )


def _hidden(db: Session, standing: Standing) -> set[str]:
    """The fields of a submission that are not for this person to compare."""
    hidden = set() if sees(standing, Fact.CHAIR_NOTE) else {"note"}
    if sees(standing, Fact.SPEAKERS):
        return hidden
    hidden.add("speakers")
    found = redaction_of(db, standing.submission)
    texts = {"title": found.title, "abstract": found.abstract} if found else {}
    return hidden | {field for field, text in texts.items() if text is not None}


def differences(before: str, after: str, effort: Effort) -> tuple[Piece, ...]:
    """The words that went, came and stayed, or all of both where that takes too much `effort`.

    A blank between two changed words belongs to them, so that phrases stay in one piece.
    """
    old, new = _PIECES.findall(before), _PIECES.findall(after)
    whole: tuple[Piece, ...] = (("gone", before), ("new", after))
    if len(old) + len(new) > PIECES_LIMIT:
        return whole
    try:
        opcodes = _Matcher(old, new, effort).get_opcodes()
    except _TooMuchError:
        return whole
    found: list[Piece] = []
    gone = come = ""
    for tag, a, b, c, d in opcodes:
        left, right = "".join(old[a:b]), "".join(new[c:d])
        if tag != "equal" or (left.isspace() and (gone or come)):
            gone, come = gone + left, come + right
            continue
        found += [("gone", gone), ("new", come), ("same", left)]
        gone = come = ""
    found += [("gone", gone), ("new", come)]
    return tuple(piece for piece in found if piece[1])


def _now(submission: Submission, speakers: Sequence[Speaker]) -> Mapping[str, Any]:
    content = Content(
        title=submission.title,
        abstract=submission.abstract,
        type_id=submission.type_id,
        track_id=submission.track_id,
        note=submission.note,
        speakers=tuple(entry_of(speaker) for speaker in speakers),
    )
    return snapshot(content)


def _changes(
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    names: Mapping[tuple[str, int], str],
    hidden: set[str],
    effort: Effort,
) -> tuple[Change, ...]:
    return tuple(
        Change(field, differences(_text(field, before, names), _text(field, after, names), effort))
        for field in changed_fields(before, after)
        if field not in hidden
    )


def _text(field: str, content: Mapping[str, Any], names: Mapping[tuple[str, int], str]) -> str:
    value = content.get(field, "")
    if field in {"type", "track"}:
        return names.get((field, value), "")
    if field == "speakers":
        return "; ".join(", ".join(filter(None, (s["name"], s["affiliation"]))) for s in value)
    return str(value)


def _names(
    db: Session, conference: Conference, texts: Sequence[Mapping[str, Any]]
) -> Mapping[tuple[str, int], str]:
    """Names of formats and tracks, where the texts have more than one of them."""
    names: dict[tuple[str, int], str] = {}
    for field, table in (("type", SubmissionType), ("track", Track)):
        if len({text.get(field) for text in texts}) > 1:
            query = select(table.id, table.name).where(table.conference_id == conference.id)
            names |= {(field, id_): name for id_, name in db.execute(query)}
    return names
