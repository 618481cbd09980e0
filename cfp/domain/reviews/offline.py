"""Reviews written without a network: one's own to take along, and read back.

`plan` says what a file would change and what is wrong with it, and stores nothing; `store` does it,
each review through `actions.save` as if typed on its page. A review is taken whole or not at all.
A file with mistakes stores nothing until whoever brought it has seen them and says that the other
reviews shall go in: half of a file must never be stored without that being known.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import and_, literal, select
from sqlalchemy.orm import Session, selectinload

from cfp.actors import Actor
from cfp.domain.conferences.models import Conference, SubmissionType, Track
from cfp.domain.conferences.queries import fields_of, tracks_of
from cfp.domain.reviews import actions, queries
from cfp.domain.reviews import answers as form_answers
from cfp.domain.reviews.content import Content, check_values, content_of, missing_in
from cfp.domain.reviews.extensions import extended_until
from cfp.domain.reviews.models import Review
from cfp.domain.reviews.offline_questions import (
    STATEMENT,
    SUBMIT,
    Question,
    criteria_in,
    fields_in,
    questions_of,
    read,
    says_yes,
    value_of,
)
from cfp.domain.reviews.rules import FIELD_LIMIT, asked_of, phase_now
from cfp.domain.submissions import redaction
from cfp.domain.submissions.models import Speaker, Submission
from cfp.errors import DomainError, StaleError, raise_together
from cfp.formats.typed_reviews import TypedReview
from cfp.policy import Fact, predicate, standing_of
from cfp.records import record


@record
class Own:
    """A submission that is this person's to review, with their review and what is asked of it.

    `track` is "" where there is but one, and `speakers` where their names are not to be known.
    """

    submission: Submission
    title: str
    abstract: str
    format: str
    minutes: int
    track: str
    review: Review | None
    questions: Sequence[Question]
    speakers: str

    @property
    def content(self) -> Content:
        return content_of(self.review)

    @property
    def revision(self) -> int:
        return self.review.revision if self.review else 0

    @property
    def is_submitted(self) -> bool:
        return self.review is not None and self.review.state == "submitted"


@record
class Mistake:
    """What is wrong with a line: the key of an error, and its data; `code` of its review."""

    line: int
    code: str
    error: DomainError


@record
class Difference:
    """An answer before and after; "" for none."""

    question: Question
    before: str
    after: str


@record
class Change:
    """What one review of the file would do."""

    own: Own
    content: Content
    submit: bool
    statement: bool
    differences: Sequence[Difference] = ()


@dataclass
class Plan:
    """What a file would change, in its order, and what can't be used; `same` reviews stay."""

    changes: list[Change] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)
    same: int = 0


def own_reviews(
    db: Session,
    actor: Actor,
    conference: Conference,
    *,
    now: datetime,
    only: Submission | None = None,
) -> list[Own]:
    """What this person may review, in their order, without what they have abstained from."""
    mine = and_(Review.submission_id == Submission.id, Review.person_id == actor.person_id)
    query = (
        select(
            Submission,
            redaction.shown_title(actor, conference),
            redaction.shown_abstract(actor, conference),
            SubmissionType.name,
            SubmissionType.minutes,
            Track.name if len(tracks_of(db, conference)) > 1 else literal(""),
            Review,
        )
        .join(SubmissionType, SubmissionType.id == Submission.type_id)
        .join(Track, Track.id == Submission.track_id)
        .outerjoin(Review, mine)
        .where(queries.reviewable(actor, conference))
        .options(selectinload(Review.scores), selectinload(Review.answers))
        .order_by(queries.own_order(actor), Submission.id)
    )
    if only is not None:
        query = query.where(Submission.id == only.id)
    criteria = queries.criteria_of(db, conference)
    phase = phase_now(conference, now, extended_until(db, actor, conference))
    fields, speakers = fields_of(db, conference), _speakers(db, actor, conference)
    return [
        Own(
            *(submission, title, abstract, kind, minutes, track, review),
            questions_of(
                conference,
                asked_of(criteria, submission),
                asked_of(fields, submission, phase=phase),
            ),
            speakers=speakers.get(submission.id, ""),
        )
        for submission, title, abstract, kind, minutes, track, review in db.execute(query)
        if review is None or review.state != "abstained"
    ]


def _speakers(db: Session, actor: Actor, conference: Conference) -> Mapping[int, str]:
    """Who speaks, by submission, where this reviewer may know it."""
    rows = db.execute(
        select(Speaker.submission_id, Speaker.name, Speaker.affiliation)
        .join(Submission, Submission.id == Speaker.submission_id)
        .where(
            queries.reviewable(actor, conference),
            predicate(actor, Fact.SPEAKERS, conference),
            Speaker.state != "removed",
        )
        .order_by(Speaker.submission_id, Speaker.position, Speaker.id)
    )
    named: dict[int, list[str]] = defaultdict(list)
    for submission_id, name, affiliation in rows:
        named[submission_id].append(", ".join(filter(None, (name, affiliation))))
    return {submission_id: "; ".join(names) for submission_id, names in named.items()}


def plan(
    db: Session,
    actor: Actor,
    conference: Conference,
    *,
    typed: Sequence[TypedReview],
    now: datetime,
) -> Plan:
    """What these reviews would change, and every mistake in them; nothing is written."""
    known = {one.submission.code: one for one in own_reviews(db, actor, conference, now=now)}
    made, seen = Plan(), dict[str, int]()
    for one in typed:
        code = one.code.upper()
        if code in seen:
            error = DomainError("sheet.twice", line=seen[code], code=code)
            made.mistakes.append(Mistake(one.line, code, error))
            continue
        seen[code] = one.line
        if code not in known:
            # Left as it came along, it may have gone to somebody else meanwhile: no mistake.
            if not one.is_empty or not one.parts:
                error = DomainError("sheet.no_such_code", code=one.code[:40])
                made.mistakes.append(Mistake(one.line, code, error))
            continue
        _add(made, conference, known[code], one)
    return made


def store(
    db: Session, actor: Actor, conference: Conference, *, changes: Sequence[Change], now: datetime
) -> int:
    """Store all of these, or raise; returns how many. Roll back on what is raised.

    Raises DomainError of the first that can't be stored any more: `sheet.stale`, `reviewing_closed`
    and what `actions.save` says.
    """
    for one in changes:
        code, content, own = one.own.submission.code, one.content, one.own
        standing = standing_of(db, actor, conference, code)
        if standing is None:
            raise DomainError("sheet.no_such_code", code=code)
        try:
            actions.save(
                db,
                actor,
                standing,
                scores=content.scores,
                confidence=content.confidence,
                committee_text=content.committee_text,
                chair_text=content.chair_text,
                speaker_text=content.speaker_text,
                answers=content.answers,
                ai_statement=one.statement,
                submit=one.submit,
                revision=own.revision,
                now=now,
            )
        except StaleError as error:
            raise DomainError("sheet.stale", code=code) from error
    return len(changes)


def _add(made: Plan, conference: Conference, own: Own, typed: TypedReview) -> None:
    """Put what a review would do into the plan, or what is wrong with it."""
    if typed.is_empty and own.review is None:
        made.same += 1
        return
    mistakes = [
        Mistake(line, own.submission.code, error)
        for line, error in _unknown(own, typed)
    ]
    change, wrong = _change(own, typed)
    mistakes += [Mistake(line, own.submission.code, error) for line, error in wrong]
    if not mistakes and not _does_something(change):
        made.same += 1
        return
    if typed.is_empty and typed.revision != str(own.revision):
        made.same += 1  # not filled in here, but on its page since
        return
    if typed.revision != str(own.revision):
        stale = DomainError("sheet.stale", code=own.submission.code)
        mistakes.append(Mistake(typed.line, own.submission.code, stale))
    if not mistakes:
        mistakes += _invalid(conference, change, typed)
    if mistakes:
        made.mistakes += sorted(mistakes, key=lambda one: one.line)
    else:
        made.changes.append(change)


def _unknown(own: Own, typed: TypedReview) -> Iterator[tuple[int, DomainError]]:
    """Answers to what is not asked of this one; an empty column is no answer."""
    asked = {one.key for one in own.questions}
    for key, part in typed.parts.items():
        if key not in asked and not part.is_empty:
            yield part.line, DomainError("sheet.no_such_question", name=key)


def _change(own: Own, typed: TypedReview) -> tuple[Change, list[tuple[int, DomainError]]]:
    """What the parts say over what is stored; a part that is not there leaves it as it is."""
    content, wrong = own.content, list[tuple[int, DomainError]]()
    flags = {SUBMIT: False, STATEMENT: own.review is not None and own.review.ai_statement}
    for question in own.questions:
        part = typed.parts.get(question.key)
        if part is None:
            continue
        try:
            if question.kind in flags:
                flags[question.kind] = says_yes(question, part.text)
            else:
                content = read(question, part.text, content)
        except DomainError as error:
            wrong.append((part.line, error))
    change = Change(own, content, flags[SUBMIT], flags[STATEMENT])
    return replace(change, differences=list(_differences(own, content))), wrong


def _differences(own: Own, content: Content) -> Iterator[Difference]:
    for question in own.questions:
        if question.kind in {SUBMIT, STATEMENT}:
            continue
        before, after = value_of(question, own.content), value_of(question, content)
        if before != after:
            yield Difference(question, before, after)


def _does_something(change: Change) -> bool:
    return bool(change.differences) or (change.submit and not change.own.is_submitted)


def _invalid(conference: Conference, change: Change, typed: TypedReview) -> list[Mistake]:
    """What its page would refuse, at the line of the question it is about."""
    own, content = change.own, change.content
    criteria, fields = criteria_in(own.questions), fields_in(own.questions)
    before = content_of(own.review).answers
    found: list[Mistake] = []
    try:
        check_values(criteria, content)
        form_answers.check(fields, content.answers, before)
        if change.submit or own.is_submitted:
            missing = missing_in(criteria, fields, content)
            if conference.asks_ai_statement and not change.statement:
                missing.append(DomainError("sheet.statement", field="ai_statement"))
            raise_together(missing)
    except DomainError as error:
        found += [
            Mistake(_line_of(own, typed, one.field), own.submission.code, one)
            for one in error.every
        ]
    if any(len(text) > FIELD_LIMIT for text in _texts(content)):
        too_long = DomainError("sheet.too_long", limit=FIELD_LIMIT)
        found.append(Mistake(typed.line, own.submission.code, too_long))
    return found


def _line_of(own: Own, typed: TypedReview, name: str | None) -> int:
    lines: Mapping[str, int] = {
        one.field: typed.parts[one.key].line for one in own.questions if one.key in typed.parts
    }
    return lines.get(name or "", typed.line)


def _texts(content: Content) -> Sequence[str]:
    return (content.committee_text, content.chair_text, content.speaker_text)
