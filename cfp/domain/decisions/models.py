"""Decisions, first pending, then announced, then answered by the speakers."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from cfp.db import Base


class PendingDecision(Base):
    """Chairs' eyes only. A table of its own, so that nothing else can read it by accident.

    `outcome` is the move that announcing makes of it, `minutes` null what its format has.
    """

    __tablename__ = "pending_decision"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), index=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), unique=True)
    outcome: Mapped[str]
    type_id: Mapped[int | None] = mapped_column(ForeignKey("submission_type.id"), index=True)
    minutes: Mapped[int | None]
    note: Mapped[str] = mapped_column(default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy wants a plain dict


class DecisionBatch(Base):
    """What one bulk change replaced, so that whoever made it can undo it; as secret as pending.

    `outcome` was set ("" for cleared) for `size` submissions.
    `previous`: submission id -> the pending decision before, as its columns, or null for none.
    `left`: submission id -> `rules.mark` of what the change left there.
    """

    __tablename__ = "decision_batch"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), index=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    at: Mapped[datetime]
    outcome: Mapped[str]
    size: Mapped[int]
    previous: Mapped[dict[str, Any]] = mapped_column(default=dict)
    left: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Decision(Base):
    """An announced outcome, as the state it led to: append-only; a later one replaces it."""

    __tablename__ = "decision"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), index=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"))
    outcome: Mapped[str]
    type_id: Mapped[int | None] = mapped_column(ForeignKey("submission_type.id"), index=True)
    minutes: Mapped[int | None]
    note: Mapped[str] = mapped_column(default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    at: Mapped[datetime]

    __table_args__ = (Index("ix_decision_submission", "submission_id", "id"),)


class Confirmation(Base):
    """What a speaker said on the confirm page, for the talk: that they come, or why they can't."""

    __tablename__ = "confirmation"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), index=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), unique=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    format_fits: Mapped[bool] = mapped_column(default=True)
    remote: Mapped[bool] = mapped_column(default=False)
    zone: Mapped[str] = mapped_column(default="")
    recording: Mapped[bool] = mapped_column(default=True)
    availability: Mapped[dict[str, Any]] = mapped_column(default=dict)
    remark: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]
