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
    """A conflict of interest of a person with a submission.

    Kinds: own, co_speaker, declared, affiliation, domain, transitive. An open one follows its
    kind's policy; a confirmed one blocks; a dismissed one counts for nothing.
    """

    __tablename__ = "conflict"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), index=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str]
    source: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="open")
    declared_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    judged_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    judgment: Mapped[str] = mapped_column(default="")
    created: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("submission_id", "person_id", "kind"),
        Index("ix_conflict_person", "person_id", "submission_id"),
    )


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
    """A stored result of a solve or an import: its figures and parameters; applied, undone, or not.

    Its submissions, reviewers and pairs are rows of their own, so that lists page and filter them.
    """

    __tablename__ = "proposal"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), index=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("review_round.id"), index=True)
    state: Mapped[str] = mapped_column(default="proposed")
    parameters: Mapped[dict[str, Any]] = mapped_column(default=dict)
    figures: Mapped[dict[str, Any]] = mapped_column(default=dict)
    undo: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    created: Mapped[datetime]
    applied: Mapped[datetime | None]


class ProposalPick(Base):
    """A pair that a proposal is about: it makes it, keeps it, or takes away what stood.

    `proposed` by the solve, `stood` when that was made, `counts` as the chair has left it (all
    that applying makes an assignment); mark: "", pinned, dropped, forbidden, swapped (another
    took its place), chosen (took the place of `instead_of_id`, by a chair). `alternative` is how
    to do without the pair, and `cost` the score that takes.
    """

    __tablename__ = "proposal_pick"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), index=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    proposed: Mapped[bool] = mapped_column(default=True)
    stood: Mapped[bool] = mapped_column(default=False)
    counts: Mapped[bool] = mapped_column(default=True)
    mark: Mapped[str] = mapped_column(default="")
    score: Mapped[float] = mapped_column(default=0.0)
    parts: Mapped[list[Any]] = mapped_column(default=list)
    why: Mapped[str] = mapped_column(default="")
    instead_of_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    alternative: Mapped[dict[str, Any]] = mapped_column(default=dict)
    cost: Mapped[float | None]

    __table_args__ = (
        UniqueConstraint("proposal_id", "submission_id", "person_id"),
        Index(
            "ix_proposal_pick_shown", "proposal_id", "submission_id", "counts", "stood", "score"
        ),
        Index("ix_proposal_pick_person", "person_id", "proposal_id", "counts", "score"),
        Index("ix_proposal_pick_submission", "submission_id"),
    )


class ProposalSubmission(Base):
    """A submission in a proposal's scope, with what it has by the pairs that count."""

    __tablename__ = "proposal_submission"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), index=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), index=True)
    demand: Mapped[int]
    planned: Mapped[int] = mapped_column(default=0)
    score: Mapped[float] = mapped_column(default=0.0)

    __table_args__ = (
        UniqueConstraint("proposal_id", "submission_id"),
        Index("ix_proposal_submission_score", "proposal_id", "score", "submission_id"),
    )


class ProposalReviewer(Base):
    """Somebody a proposal could ask: the fewest and the most that were aimed at, and their load."""

    __tablename__ = "proposal_reviewer"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), index=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    least: Mapped[int] = mapped_column(default=0)
    most: Mapped[int | None]
    planned: Mapped[int] = mapped_column(default=0)

    __table_args__ = (UniqueConstraint("proposal_id", "person_id"),)
