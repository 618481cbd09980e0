"""Reviews written without a network: one's own as a table, and the table read back.

Each row goes through `actions.save`, as if it had been typed on the page. One wrong line and
nothing is stored: the caller rolls back.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, selectinload

from cfp.actors import Actor
from cfp.domain.conferences.models import Conference, Criterion
from cfp.domain.reviews import actions, queries
from cfp.domain.reviews.models import Review
from cfp.domain.submissions import redaction
from cfp.domain.submissions.models import Submission
from cfp.errors import DomainError, StaleError
from cfp.formats.review_sheet import NO, TEXTS, YES, SheetRow, header
from cfp.formats.table import Cell
from cfp.policy import Action, Standing, allowed, standing_of

FIELDS = ("committee_text", "chair_text", "speaker_text")
TEXT_LIMIT = 20_000


@dataclass(frozen=True)
class Mistake:
    """What is wrong with a line: the key of an error, and its data."""

    line: int
    error: DomainError


class SheetMistakesError(DomainError):
    """A table with mistakes; `mistakes` has all of them, and nothing may be stored."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__("sheet.mistakes", field="file", number=len(mistakes))
        self.mistakes = mistakes


def sheet_of(
    db: Session, actor: Actor, conference: Conference
) -> tuple[list[str], list[dict[str, Cell]]]:
    """The columns, and a row per submission that is this person's to review, in their order."""
    criteria = queries.criteria_of(db, conference)
    names = header(
        [one.name for one in criteria],
        confidence=conference.asks_confidence,
        speakers=conference.asks_speaker_text,
    )
    mine = and_(Review.submission_id == Submission.id, Review.person_id == actor.person_id)
    rows = db.execute(
        select(
            Submission.code,
            redaction.shown_title(actor, conference),
            redaction.shown_abstract(actor, conference),
            Review,
        )
        .outerjoin(Review, mine)
        .where(queries.reviewable(actor, conference))
        .options(selectinload(Review.scores))
        .order_by(queries.own_order(actor), Submission.id)
    )
    return names, [_cells(criteria, *row) for row in rows if not _is_abstained(row[3])]


def take(
    db: Session,
    actor: Actor,
    conference: Conference,
    *,
    rows: Sequence[SheetRow],
    now: datetime,
) -> int:
    """Store what is filled in and differs from what is stored; returns how many reviews.

    Raises SheetMistakesError with every line that can't be used; roll back then.
    """
    criteria = queries.criteria_of(db, conference)
    mistakes, stored = [], 0
    seen: dict[str, int] = {}
    for row in rows:
        if row.is_empty:
            continue
        try:
            if row.code in seen:
                raise DomainError("sheet.twice", line=seen[row.code], code=row.code)
            seen[row.code] = row.line
            with db.begin_nested():
                stored += _take_one(db, actor, conference, criteria, row, now)
        except DomainError as error:
            mistakes.append(Mistake(row.line, error))
    if mistakes:
        raise SheetMistakesError(mistakes)
    return stored


def _take_one(
    db: Session,
    actor: Actor,
    conference: Conference,
    criteria: Sequence[Criterion],
    row: SheetRow,
    now: datetime,
) -> bool:
    standing = standing_of(db, actor, conference, row.code)
    if standing is None or not allowed(actor, Action.REVIEW, standing, now):
        raise DomainError("sheet.no_such_code", code=row.code)
    scores = dict(_scores(criteria, row))
    confidence = _number(row.confidence, "confidence") if row.confidence else None
    texts = _texts(conference, row)
    submit = _yes(row.submit)
    own = queries.own_review(db, actor, standing.submission)
    settled = own is not None and (own.state == "submitted" or not submit)
    if own is not None and settled and _is_same(own, scores, confidence, texts):
        return False
    _save(db, actor, standing, row, scores, confidence, texts, submit, now)
    return True


def _save(
    db: Session,
    actor: Actor,
    standing: Standing,
    row: SheetRow,
    scores: Mapping[int, int],
    confidence: int | None,
    texts: Mapping[str, str],
    submit: bool,
    now: datetime,
) -> None:
    if submit and standing.conference.asks_ai_statement:
        raise DomainError("sheet.statement", code=row.code)
    try:
        actions.save(
            db,
            actor,
            standing,
            scores=scores,
            confidence=confidence,
            committee_text=texts["committee_text"],
            chair_text=texts["chair_text"],
            speaker_text=texts["speaker_text"],
            submit=submit,
            revision=int(row.revision) if _is_number(row.revision) else 0,
            now=now,
        )
    except StaleError as error:
        raise DomainError("sheet.stale", code=row.code) from error


def _cells(
    criteria: Sequence[Criterion], code: str, title: str, abstract: str, own: Review | None
) -> dict[str, Cell]:
    given = {score.criterion_id: score.value for score in own.scores} if own else {}
    return {
        "code": code,
        "title": title,
        "abstract": abstract,
        **{f"score: {one.name}": given.get(one.id) for one in criteria},
        "confidence": own.confidence if own else None,
        **dict(zip(TEXTS, (getattr(own, name) for name in FIELDS), strict=True) if own else ()),
        "submit": "yes" if own is not None and own.state == "submitted" else "",
        "revision": own.revision if own else 0,
    }


def _is_abstained(own: Review | None) -> bool:
    return own is not None and own.state == "abstained"


def _scores(criteria: Sequence[Criterion], row: SheetRow) -> Iterator[tuple[int, int]]:
    by_name = {" ".join(one.name.split()): one.id for one in criteria}
    for name, cell in row.scores.items():
        if not cell:
            continue
        if name not in by_name:
            raise DomainError("sheet.no_such_question", name=name)
        yield by_name[name], _number(cell, name)


def _texts(conference: Conference, row: SheetRow) -> dict[str, str]:
    texts = {field: row.texts.get(name, "") for field, name in zip(FIELDS, TEXTS, strict=True)}
    if not conference.asks_speaker_text:
        texts["speaker_text"] = ""
    if any(len(text) > TEXT_LIMIT for text in texts.values()):
        raise DomainError("sheet.too_long", limit=TEXT_LIMIT)
    return texts


def _is_same(
    own: Review, scores: Mapping[int, int], confidence: int | None, texts: Mapping[str, str]
) -> bool:
    given = {score.criterion_id: score.value for score in own.scores}
    stored = {field: getattr(own, field).strip() for field in FIELDS}
    return given == scores and own.confidence == confidence and stored == dict(texts)


def _number(text: str, name: str) -> int:
    if not _is_number(text):
        raise DomainError("sheet.no_number", name=name, text=text[:40])
    return int(text)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 9


def _yes(text: str) -> bool:
    if text.casefold() not in YES | NO:
        raise DomainError("sheet.no_yes", text=text[:40])
    return text.casefold() in YES
