"""A submission and its speakers, as given for this conference."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cfp.db import Base
from cfp.domain.accounts.models import Person
from cfp.domain.conferences.models import SubmissionType, Track


class Submission(Base):
    """A talk on its way. `state` is stored; "under review", "scheduled", "published" derive.

    `reviews_wanted` is the chairs' word where it is not as many as the conference usually wants.
    `search_text` is what everybody who sees the content may search; names are apart in
    `people_text`, because a blind reviewer's search must not find them.
    """

    __tablename__ = "submission"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), index=True)
    code: Mapped[str] = mapped_column(unique=True)
    type_id: Mapped[int] = mapped_column(ForeignKey("submission_type.id"), index=True)
    track_id: Mapped[int] = mapped_column(ForeignKey("track.id"), index=True)
    title: Mapped[str]
    abstract: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="en")
    submitter_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    state: Mapped[str] = mapped_column(default="draft")
    created: Mapped[datetime]
    changed: Mapped[datetime]
    submitted: Mapped[datetime | None]
    announced: Mapped[datetime | None]
    search_text: Mapped[str] = mapped_column(default="")
    people_text: Mapped[str] = mapped_column(default="")
    shuffle: Mapped[int]
    reviews_wanted: Mapped[int | None]
    revision: Mapped[int] = mapped_column(default=1)

    speakers: Mapped[list["Speaker"]] = relationship(
        back_populates="submission", lazy="raise_on_sql", order_by="Speaker.position, Speaker.id"
    )
    submitter: Mapped[Person] = relationship(lazy="raise_on_sql")
    type: Mapped[SubmissionType] = relationship(lazy="raise_on_sql")
    track: Mapped[Track] = relationship(lazy="raise_on_sql")

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy wants a plain dict
    __table_args__ = (
        # Both hold all that is counted and sorted by: the rows themselves are long.
        Index(
            *("ix_submission_state", "conference_id", "state"),
            *("track_id", "type_id", "submitter_id", "announced", "reviews_wanted"),
        ),
        Index("ix_submission_submitted", "conference_id", "submitted", "state", "track_id"),
        Index("ix_submission_shuffle", "conference_id", "shuffle"),
    )


class SubmissionRevision(Base):
    """What a submission said before a change: append-only."""

    __tablename__ = "submission_revision"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), index=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), index=True)
    number: Mapped[int]
    content: Mapped[dict[str, Any]]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("submission_id", "number"),)


class Redaction(Base):
    """What reviewers of a blind conference read instead; null is "as submitted", "" is empty.

    `search_text` is what they can search then, as a submission's own.
    """

    __tablename__ = "redaction"

    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), index=True)
    title: Mapped[str | None]
    abstract: Mapped[str | None]
    search_text: Mapped[str] = mapped_column(default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    changed: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy wants a plain dict


class Speaker(Base):
    """A person on a submission, in one of the states named, invited, accepted, removed.

    Removed ones stay, so that an invitation cannot come back; `left` are those who said
    themselves that it is not them, and are never asked again. `asked_to_join` is when they were
    last asked onto the talk that this one was merged into.
    """

    __tablename__ = "speaker"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), index=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    code: Mapped[str]
    name: Mapped[str]
    affiliation: Mapped[str] = mapped_column(default="")
    affiliation_key: Mapped[str] = mapped_column(default="", index=True)
    bio: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    address_key: Mapped[str] = mapped_column(default="", index=True)
    position: Mapped[int] = mapped_column(default=0)
    speaks: Mapped[bool] = mapped_column(default=True)
    state: Mapped[str] = mapped_column(default="named")
    invited: Mapped[datetime | None]
    left: Mapped[bool] = mapped_column(default=False)
    asked_to_join: Mapped[datetime | None]

    submission: Mapped[Submission] = relationship(back_populates="speakers", lazy="raise_on_sql")

    __table_args__ = (UniqueConstraint("conference_id", "submission_id", "code"),)


class Tag(Base):
    """A word the committee puts on submissions; `audience` (chairs, reviewers) says who reads it.

    `key` is the name as it is compared. Speakers never learn of any.
    """

    __tablename__ = "tag"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), index=True)
    name: Mapped[str]
    key: Mapped[str]
    color: Mapped[str]
    audience: Mapped[str] = mapped_column(default="chairs")

    __table_args__ = (UniqueConstraint("conference_id", "key"),)


class SubmissionTag(Base):
    """A tag on a submission, if need be with a value; `number` is the value's, to sort by."""

    __tablename__ = "submission_tag"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), index=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), index=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tag.id"), index=True)
    value: Mapped[str] = mapped_column(default="")
    value_key: Mapped[str] = mapped_column(default="")
    number: Mapped[float | None]

    __table_args__ = (UniqueConstraint("submission_id", "tag_id"),)
