"""Reviews: scores, confidence and texts, each text with the people who may read it."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, case
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cfp.db import Base


class Review(Base):
    """One reviewer's view of one submission. `total` is the weighted mean of its scores.

    state: draft, submitted, or abstained, with the reason for the chairs in `abstention`.
    """

    __tablename__ = "review"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), index=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("review_round.id"), index=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    pseudonym: Mapped[str]
    state: Mapped[str] = mapped_column(default="draft")
    total: Mapped[float | None]
    confidence: Mapped[int | None]
    committee_text: Mapped[str] = mapped_column(default="")
    chair_text: Mapped[str] = mapped_column(default="")
    speaker_text: Mapped[str] = mapped_column(default="")
    abstention: Mapped[str] = mapped_column(default="")
    ai_statement: Mapped[bool] = mapped_column(default=False)
    seen_revision: Mapped[int] = mapped_column(default=0)
    created: Mapped[datetime]
    changed: Mapped[datetime]
    submitted: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=1)

    scores: Mapped[list["Score"]] = relationship(lazy="raise_on_sql", cascade="all, delete-orphan")
    answers: Mapped[list["ReviewAnswer"]] = relationship(
        lazy="raise_on_sql", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy wants a plain dict
    __table_args__ = (
        UniqueConstraint("submission_id", "person_id", "round_id"),
        Index("ix_review_person", "person_id", "submission_id"),
        Index("ix_review_state", "conference_id", "state", "person_id", "submission_id"),
        Index("ix_review_changed", "conference_id", "changed"),
    )


class Score(Base):
    """A value for one criterion; a missing row is an unanswered one, never a zero."""

    __tablename__ = "score"

    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"), primary_key=True)
    criterion_id: Mapped[int] = mapped_column(ForeignKey("criterion.id"), primary_key=True)
    value: Mapped[int]

    # Scores are counted question by question: an index has all it takes.
    __table_args__ = (Index("ix_score_criterion", "criterion_id", "value", "review_id"),)


class ReviewAnswer(Base):
    """What a review answers to a field of the form: a text, or the words chosen, one per line.

    Words and not numbers of options, so that an answer stays what it was when options change. Who
    may read it is the field's audience.
    """

    __tablename__ = "review_answer"

    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"), primary_key=True)
    field_id: Mapped[int] = mapped_column(
        ForeignKey("review_field.id"), primary_key=True, index=True
    )
    text: Mapped[str]


class ReviewExtension(Base):
    """More time for one reviewer: what is due, closes or is over by a phase waits until then."""

    __tablename__ = "review_extension"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    until: Mapped[datetime]
    reason: Mapped[str] = mapped_column(default="")
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    created: Mapped[datetime]

    __table_args__ = (UniqueConstraint("conference_id", "person_id"),)


class Guest(Base):
    """Somebody asked for one submission only, by its reviewer or by a chair; see `guest_rules`.

    With `for_id` they write for that reviewer, who answers for the review: what they have written
    is `draft` (`handed` in and perhaps sent back with a `note`) and no review. Without it they
    review for themselves. `held`: nothing was sent, for the address is of somebody with a conflict
    of interest; only chairs know. `reason` is that of a no.
    """

    __tablename__ = "guest"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), index=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), index=True)
    for_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str]
    address: Mapped[str]
    key: Mapped[str] = mapped_column(index=True)
    state: Mapped[str]
    held: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(default="")
    draft: Mapped[dict[str, Any]] = mapped_column(default=dict)
    handed: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(default="")
    created: Mapped[datetime]
    changed: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy wants a plain dict


class ReviewTally(Base):
    """Sums over a submission's submitted reviews, kept so that lists need not add them up.

    A table of its own, guarded like the reviews: it says as much as they do. `scored` counts those
    with a total, `squares` sums the totals' squares, which give the spread; `mean` is null where
    none has a total.
    """

    __tablename__ = "review_tally"
    __table_args__ = (Index("ix_review_tally_mean", "conference_id", "mean"),)

    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"))
    reviews: Mapped[int]
    scored: Mapped[int]
    total: Mapped[float]
    squares: Mapped[float]
    mean: Mapped[float | None]


DISTANCES = ReviewTally.squares - ReviewTally.total * ReviewTally.mean
"""The sum of the squared distances of a submission's scores from their mean; null without any."""

VARIANCE = case((ReviewTally.scored > 1, DISTANCES / (ReviewTally.scored - 1)))
"""How far a submission's scores are apart; null where fewer than two are there to be so."""


class Comparison(Base):
    """What one reviewer said of two or a handful of submissions: which is better than which.

    state: said, skipped (asked no more), or undone; only what is said counts. `members` are the
    submissions' ids in order, so that there is one row for each set, whichever way round it was
    asked; who says something else of them later changes it.
    """

    __tablename__ = "comparison"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    members: Mapped[str]
    state: Mapped[str] = mapped_column(default="said")
    created: Mapped[datetime]
    changed: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)

    places: Mapped[list["ComparisonPlace"]] = relationship(
        lazy="raise_on_sql", cascade="all, delete-orphan", order_by="ComparisonPlace.submission_id"
    )

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy wants a plain dict
    __table_args__ = (
        UniqueConstraint("conference_id", "person_id", "members"),
        Index("ix_comparison_changed", "conference_id", "changed"),
    )


class ComparisonPlace(Base):
    """Where a submission stands in a comparison, 1 the best; equal ones have the same place.

    It has none in one that was skipped.
    """

    __tablename__ = "comparison_place"

    comparison_id: Mapped[int] = mapped_column(ForeignKey("comparison.id"), primary_key=True)
    submission_id: Mapped[int] = mapped_column(
        ForeignKey("submission.id"), primary_key=True, index=True
    )
    place: Mapped[int | None]


class ReviewRevision(Base):
    """What a submitted review said before a change: append-only."""

    __tablename__ = "review_revision"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), index=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), index=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"), index=True)
    number: Mapped[int]
    content: Mapped[dict[str, Any]]
    at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("review_id", "number"),)


class Comment(Base):
    """A remark within the committee; audience is `reviewers` (and chairs) or `chairs`.

    Whom it mentions stands in the text as "@" and their pseudonym: each reader is shown the name
    or not, as they may know it.
    """

    __tablename__ = "comment"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), index=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    pseudonym: Mapped[str]
    audience: Mapped[str]
    text: Mapped[str]
    created: Mapped[datetime]


class Follow(Base):
    """Who is told of new comments on a submission, and up to which they were told.

    One who was mentioned before writing anything has their pseudonym here.
    """

    __tablename__ = "follow"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), index=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    pseudonym: Mapped[str]
    on: Mapped[bool] = mapped_column(default=True)
    told: Mapped[int] = mapped_column(default=0)

    __table_args__ = (UniqueConstraint("submission_id", "person_id"),)


class Summary(Base):
    """What the reviews of a submission come to, by the lead whom chairs chose, or by a chair.

    A draft until `submitted`; `speaker_text` is for the speakers, with the reviews' texts for them.
    """

    __tablename__ = "summary"

    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), index=True)
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    text: Mapped[str] = mapped_column(default="")
    speaker_text: Mapped[str] = mapped_column(default="")
    submitted: Mapped[datetime | None]
    changed: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy wants a plain dict


class Response(Base):
    """What the speakers answer to the reviews in one round, for reviewers and chairs."""

    __tablename__ = "response"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), index=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"))
    round: Mapped[int]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    text: Mapped[str]
    changed: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy wants a plain dict
    __table_args__ = (UniqueConstraint("submission_id", "round"),)


class ReviewNotice(Base):
    """What chairs might look at in a submitted review, see `cfp.domain.reviews.quality`.

    Kept, so that a list of thousands need not read them all; guarded like the reviews. `key` is the
    same for equal texts.
    """

    __tablename__ = "review_notice"

    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"), primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"))
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), index=True)
    words: Mapped[int]
    key: Mapped[str]
    is_short: Mapped[bool]
    is_equal: Mapped[bool]
    is_odds: Mapped[bool]

    __table_args__ = (Index("ix_review_notice_key", "conference_id", "key"),)


class ReviewRating(Base):
    """A chair's word on a review: whether it helped to decide."""

    __tablename__ = "review_rating"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), index=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), index=True)
    review_id: Mapped[int] = mapped_column(ForeignKey("review.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    helpful: Mapped[bool]
    at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("review_id", "person_id"),)
