"""Answers to the fields of the review form: stored with the review, read by their audience.

The audience is the field's, and it is asked in the statement itself: what somebody may not read is
not loaded for them.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Select, and_, bindparam, select, true
from sqlalchemy.orm import Session

from cfp.actors import Actor
from cfp.domain.conferences.models import Conference, ReviewField
from cfp.domain.reviews.models import Review, ReviewAnswer
from cfp.domain.reviews.rules import is_answer, unwritten
from cfp.domain.submissions.models import Submission
from cfp.errors import DomainError
from cfp.policy import Fact, Standing, predicate, sees
from cfp.records import record

AUDIENCES = {
    "reviewers": Fact.REVIEWS,
    "chairs": Fact.CHAIR_REVIEWS,
    "speakers": Fact.SPEAKER_TEXT,
}
"""What one must be allowed to know to read what was written for whom."""


@record
class Answer:
    """One answer as its reader gets it; `lines` are the options chosen, () of a text."""

    question: str
    audience: str
    text: str
    lines: Sequence[str] = ()
    archived: bool = False


def answers_of(
    db: Session, standing: Standing, review_ids: Collection[int]
) -> Mapping[int, Sequence[Answer]]:
    """By review, the answers that this person may read as one of the committee."""
    audiences = [name for name, fact in AUDIENCES.items() if sees(standing, fact)]
    if not sees(standing, Fact.REVIEWS) or not review_ids:
        return {}
    found: dict[int, list[Answer]] = defaultdict(list)
    asked = {"reviews": list(review_ids), "audiences": audiences}
    for review_id, field, text in db.execute(_ANSWERS, asked):
        found[review_id].append(_read(field, text))
    return found


def own_answers(db: Session, review: Review) -> Sequence[Answer]:
    """All that its writer answered."""
    rows = db.execute(_in_order().where(ReviewAnswer.review_id == review.id))
    return [_read(field, text) for _id, field, text in rows]


@record
class ForSpeakers:
    """What one review says to the speakers."""

    text: str
    answers: Sequence[Answer]


def answers_for_speakers(db: Session, standing: Standing) -> Sequence[ForSpeakers]:
    """What reviews say to the speakers, for a speaker of it, or nothing.

    Nothing where the conference does not send it, and no answer to a question that is asked no
    more. Before the decision only the texts, of the reviews that were in when the chairs asked the
    speakers to respond to them.
    """
    if not sees(standing, Fact.SPEAKER_TEXT):
        return []
    conference, submission = standing.conference, standing.submission
    if submission.announced is not None and conference.sends_speaker_text:
        return _for_speakers(db, [submission.id]).get(submission.id, [])
    said = _for_speakers(db, [submission.id], until=conference.response_opened)
    return [ForSpeakers(one.text, ()) for one in said.get(submission.id, []) if one.text]


def announced_to_speakers(
    db: Session, conference: Conference, submission_ids: Collection[int]
) -> Mapping[int, Sequence[ForSpeakers]]:
    """The same by submission, for the mails that announce their decisions."""
    return _for_speakers(db, submission_ids) if conference.sends_speaker_text else {}


def _for_speakers(
    db: Session, submission_ids: Collection[int], *, until: datetime | None = None
) -> Mapping[int, Sequence[ForSpeakers]]:
    in_time = true() if until is None else Review.submitted <= until
    rows = db.execute(
        select(Review.submission_id, Review.id, Review.speaker_text)
        .add_columns(ReviewField, ReviewAnswer.text)
        .outerjoin(ReviewAnswer, ReviewAnswer.review_id == Review.id)
        .outerjoin(
            ReviewField,
            and_(
                ReviewField.id == ReviewAnswer.field_id,
                ReviewField.audience == "speakers",
                ReviewField.archived.is_(False),
            ),
        )
        .where(Review.submission_id.in_(submission_ids), Review.state == "submitted", in_time)
        .order_by(Review.pseudonym, Review.id, ReviewField.position, ReviewField.id)
    )
    said: dict[int, dict[int, tuple[str, list[Answer]]]] = defaultdict(dict)
    for submission_id, review_id, own_text, field, text in rows:
        _text, answers = said[submission_id].setdefault(review_id, (own_text, []))
        if field is not None:
            answers.append(_read(field, text))
    return {
        submission_id: [ForSpeakers(*one) for one in reviews.values() if one[0] or one[1]]
        for submission_id, reviews in said.items()
    }


def every_answer(
    db: Session, actor: Actor, conference: Conference
) -> tuple[Sequence[ReviewField], Mapping[int, Mapping[int, str]]]:
    """The form's fields, and by review and field what submitted reviews answer, for chairs.

    Fields asked no more come last, and only where somebody has answered them.
    """
    rows = db.execute(
        _in_order()
        .join(Review, Review.id == ReviewAnswer.review_id)
        .join(Submission, Submission.id == Review.submission_id)
        .where(Review.state == "submitted", predicate(actor, Fact.CHAIR_REVIEWS, conference))
    )
    answers: dict[int, dict[int, str]] = defaultdict(dict)
    answered: dict[int, ReviewField] = {}
    for review_id, field, text in rows:
        answers[review_id][field.id] = text
        answered[field.id] = field
    asked = db.scalars(
        select(ReviewField)
        .where(ReviewField.conference_id == conference.id, ReviewField.archived.is_(False))
        .order_by(ReviewField.position, ReviewField.id)
    ).all()
    return [*asked, *(one for one in answered.values() if one.archived)], answers


def check(
    fields: Sequence[ReviewField], answers: Mapping[int, str], before: Mapping[int, str]
) -> None:
    """Raise DomainError `bad_answer`, at its field, for what was not asked or is not offered."""
    known = {one.id: one for one in fields}
    for field_id, text in answers.items():
        field = known.get(field_id)
        if field is None or not is_answer(field, text, before.get(field_id, "")):
            raise DomainError("bad_answer", field=f"field_{field_id}")


def missing_in(
    fields: Sequence[ReviewField], answers: Mapping[int, str]
) -> list[DomainError]:
    """`answer_missing` at each required field without an answer."""
    return [
        DomainError("answer_missing", field=f"field_{one.id}", name=one.name)
        for one in unwritten(fields, answers)
    ]


def texts_of(review: Review) -> dict[int, str]:
    """Field id to answer."""
    return {one.field_id: one.text for one in review.answers}


def put(review: Review, fields: Sequence[ReviewField], answers: Mapping[int, str]) -> None:
    """Store the answers to these fields; those to others, asked elsewhere or once, stay."""
    asked = {one.id for one in fields}
    kept = {one.field_id: one for one in review.answers}
    for field_id in asked:
        text = answers.get(field_id, "")
        if not text:
            kept.pop(field_id, None)
        elif field_id in kept:
            kept[field_id].text = text
        else:
            kept[field_id] = ReviewAnswer(field_id=field_id, text=text)
    review.answers = list(kept.values())


def as_read(fields: Sequence[ReviewField], said: Mapping[int, str]) -> Sequence[Answer]:
    """What was answered to these fields and is stored elsewhere."""
    return [_read(one, said[one.id]) for one in fields if said.get(one.id)]


def _in_order() -> Select[int, ReviewField, str]:
    return (
        select(ReviewAnswer.review_id, ReviewField, ReviewAnswer.text)
        .join(ReviewField, ReviewField.id == ReviewAnswer.field_id)
        .order_by(ReviewField.position, ReviewField.id)
    )


def _read(field: ReviewField, text: str) -> Answer:
    lines = () if field.kind == "text" else tuple(text.split("\n"))
    return Answer(field.name, field.audience, text, lines, field.archived)


# Made once: each page of a submission asks it, and making it takes longer than running it.
_ANSWERS = _in_order().where(
    ReviewAnswer.review_id.in_(bindparam("reviews", expanding=True)),
    ReviewField.audience.in_(bindparam("audiences", expanding=True)),
)
