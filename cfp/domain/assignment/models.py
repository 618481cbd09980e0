"""Who reviews what, who must not, and the stored answers of the solver."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cfp.db import Base


class ReviewRound(Base):
    """A pass of reviewing; every conference has one from its start."""

    __tablename__ = "review_round"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), index=True)
    number: Mapped[int] = mapped_column(default=1)

    __table_args__ = (UniqueConstraint("conference_id", "number"),)


class ReviewerProfile(Base):
    """What a reviewer says about themselves for one conference; loads are submissions."""

    __tablename__ = "reviewer_profile"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    expertise: Mapped[str] = mapped_column(default="")
    track_ids: Mapped[list[Any]] = mapped_column(default=list)
    load_wished: Mapped[int | None]
    load_capped: Mapped[int | None]
    senior: Mapped[bool] = mapped_column(default=False)
    paused: Mapped[bool] = mapped_column(default=False)
    revision: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy wants a plain dict
    __table_args__ = (UniqueConstraint("conference_id", "person_id"),)


class Bid(Base):
    """want | can | rather_not, from a reviewer about a submission."""

    __tablename__ = "bid"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), index=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    value: Mapped[str]
    changed: Mapped[datetime]

    __table_args__ = (UniqueConstraint("person_id", "submission_id"),)


class Conflict(Base):
    """A conflict of interest of a person with a submission; kinds: see `cfp.policy`.

    An open one follows its kind's policy; a confirmed one blocks; a dismissed one counts for
    nothing. A declared one has a `type`. `recalled` is the earlier verdict that a found one's state
    comes from, until a chair judges it here.
    """

    __tablename__ = "conflict"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), index=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str]
    type: Mapped[str] = mapped_column(default="")
    source: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="open")
    declared_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    judged_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    judgment: Mapped[str] = mapped_column(default="")
    recalled_id: Mapped[int | None] = mapped_column(
        ForeignKey("judged_pair.id", ondelete="SET NULL"), index=True
    )
    created: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("submission_id", "person_id", "kind"),
        Index("ix_conflict_person", "person_id", "submission_id"),
    )


class JudgedPair(Base):
    """What chairs of a conference said of two people: a member of the committee and a speaker.

    The speaker is a person, or (named, without an account) an address. Kept for later conferences;
    the last word counts, and `verdict` "open" is a word taken back.
    """

    __tablename__ = "judged_pair"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    other_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    other_key: Mapped[str] = mapped_column(default="", index=True)
    kind: Mapped[str]
    verdict: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    judged_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    at: Mapped[datetime]

    __table_args__ = (Index("ix_judged_pair_person", "person_id", "kind"),)


class Collaborator(Base):
    """Somebody (or an organization) a reviewer has listed, or a speaker for their submission.

    `text` is the line as typed; the keys are what it is compared by.
    """

    __tablename__ = "collaborator"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    submission_id: Mapped[int | None] = mapped_column(ForeignKey("submission.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    organization: Mapped[bool] = mapped_column(default=False)
    text: Mapped[str]
    name_key: Mapped[str] = mapped_column(default="")
    address_key: Mapped[str] = mapped_column(default="", index=True)
    affiliation_key: Mapped[str] = mapped_column(default="")


class Assignment(Base):
    """A reviewer asked to review a submission: assigned, accepted, declined, done."""

    __tablename__ = "assignment"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), index=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("review_round.id"), index=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    state: Mapped[str] = mapped_column(default="assigned")
    reason: Mapped[str] = mapped_column(default="")
    pinned: Mapped[bool] = mapped_column(default=False)
    created: Mapped[datetime]
    changed: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("submission_id", "person_id", "round_id"),
        Index("ix_assignment_person", "person_id", "submission_id"),
        Index("ix_assignment_reviewer", "conference_id", "person_id", "state", "submission_id"),
        Index("ix_assignment_submission", "conference_id", "submission_id", "state", "person_id"),
    )


class Proposal(Base):
    """A stored result of a solve: pairs, figures and parameters; applied or not, and undone."""

    __tablename__ = "proposal"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), index=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("review_round.id"), index=True)
    state: Mapped[str] = mapped_column(default="proposed")
    parameters: Mapped[dict[str, Any]] = mapped_column(default=dict)
    pairs: Mapped[list[Any]] = mapped_column(default=list)
    figures: Mapped[dict[str, Any]] = mapped_column(default=dict)
    undo: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    created: Mapped[datetime]
    applied: Mapped[datetime | None]
