"""Decisions, first pending, then announced, then answered by the speakers."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cfp.db import Base


class PendingDecision(Base):
    """Chairs' eyes only. A table of its own, so that nothing else can read it by accident.

    `outcome` is the move that announcing makes of it, `minutes` null what its format has. With
    `into_id` it is to be merged into that submission: its outcome is then "reject".
    """

    __tablename__ = "pending_decision"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), index=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), unique=True)
    outcome: Mapped[str]
    type_id: Mapped[int | None] = mapped_column(ForeignKey("submission_type.id"), index=True)
    minutes: Mapped[int | None]
    note: Mapped[str] = mapped_column(default="")
    into_id: Mapped[int | None] = mapped_column(ForeignKey("submission.id"), index=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    at: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy wants a plain dict


class DecisionBatch(Base):
    """What one bulk change replaced, so that whoever made it can undo it; as secret as pending.

    `outcome` was set ("" for cleared, "several" of them by a scenario) for `size` submissions.
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
    into_id: Mapped[int | None] = mapped_column(ForeignKey("submission.id"), index=True)
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


class ConfirmAnswer(Base):
    """What a talk's speakers answer to a question of the conference's own; none without words.

    The answer to a choice is the words chosen, so it outlives a change of what is offered.
    """

    __tablename__ = "confirm_answer"

    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), primary_key=True)
    question_id: Mapped[int] = mapped_column(
        ForeignKey("confirm_question.id"), primary_key=True, index=True
    )
    text: Mapped[str]


class Calibration(Base):
    """What one run found of a set of reviews: scores with the reviewers' leniency taken out.

    `source` is "reviews", or "pairs" for scores from comparisons: then `reviews` counts these.
    As secret as all these reviews together: who may not read one of them sees nothing of the run,
    because each of its figures is made of all. Submissions without a score are not in it.
    `created` is when they were read; `top` how many can be accepted, if anything says so; `changed`
    how many of these would be others by the plain means; `basis` what else it was made of, by
    `calibrating_rules.Basis`; `outdated` says that the reviews' totals were weighed anew since.
    """

    __tablename__ = "calibration"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), index=True)
    source: Mapped[str] = mapped_column(default="reviews")
    created: Mapped[datetime]
    submissions: Mapped[int]
    reviewers: Mapped[int]
    reviews: Mapped[int]
    top: Mapped[int | None]
    changed: Mapped[int]
    basis: Mapped[dict[str, Any]] = mapped_column(default=dict)
    figures: Mapped[dict[str, Any]] = mapped_column(default=dict)
    cautions: Mapped[list[Any]] = mapped_column(default=list)
    outdated: Mapped[bool] = mapped_column(default=False)


class CalibratedSubmission(Base):
    """A submission's figures in one run; guarded like the reviews, and like the run itself.

    `raw` is the mean weighted by confidence, `p_top` and `band` are empty where `Calibration.top`
    is. `move` is 1 for who is among these only by the calibrated score, -1 only by the plain mean.

    Of comparisons `raw` is the plain share of wins on the scale of reviews, `reviews` how often it
    was laid beside another, and the places are those that it has in 90 of 100 draws.
    """

    __tablename__ = "calibrated_submission"

    calibration_id: Mapped[int] = mapped_column(ForeignKey("calibration.id"), primary_key=True)
    submission_id: Mapped[int] = mapped_column(
        ForeignKey("submission.id"), primary_key=True, index=True
    )
    raw: Mapped[float]
    score: Mapped[float]
    se: Mapped[float]
    reviews: Mapped[int]
    p_top: Mapped[float | None]
    band: Mapped[str]
    move: Mapped[int]
    rank_low: Mapped[int | None]
    rank_high: Mapped[int | None]


class CalibratedReviewer(Base):
    """How a reviewer scores in one run, for chairs; `spread` and `agreement` None if untold."""

    __tablename__ = "calibrated_reviewer"

    id: Mapped[int] = mapped_column(primary_key=True)
    calibration_id: Mapped[int] = mapped_column(ForeignKey("calibration.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    leniency: Mapped[float]
    se: Mapped[float]
    spread: Mapped[float | None]
    agreement: Mapped[float | None]
    reviews: Mapped[int]

    __table_args__ = (UniqueConstraint("calibration_id", "person_id"),)


class SelectionLimits(Base):
    """What a selection keeps besides the minutes there are; `limits` as `selecting_limits` has it.

    `waitlisted`: whether those on the announced waitlist can be chosen too.
    """

    __tablename__ = "selection_limits"

    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), primary_key=True)
    limits: Mapped[dict[str, Any]] = mapped_column(default=dict)
    waitlisted: Mapped[bool] = mapped_column(default=False)
    revision: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy wants a plain dict


class SelectionWish(Base):
    """A chair's word before any selection: a submission "must" be in it or "never" is."""

    __tablename__ = "selection_wish"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), index=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), unique=True)
    wish: Mapped[str]


class Scenario(Base):
    """What a selection has found under `limits`; as secret as what is pending.

    `outcome` is as `selecting.Outcome.figures` has it, `applied` when it was last applied.
    """

    __tablename__ = "scenario"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), index=True)
    name: Mapped[str]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    created: Mapped[datetime]
    applied: Mapped[datetime | None]
    limits: Mapped[dict[str, Any]] = mapped_column(default=dict)
    outcome: Mapped[dict[str, Any]] = mapped_column(default=dict)
    revision: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy wants a plain dict


class ScenarioItem(Base):
    """A submission in a scenario: what was known of it then, and what became of it there.

    `state`, `pending` (outcome, "" for none), `reviews` and `total` tell whether anything has
    changed since; `applied` is the outcome that applying set. `fixed`: announced as accepted.
    `place` counts on the waitlist of its format and track; `blocked` are the limits that keep it
    off that; `chance` the share of the draws in which it is in.
    """

    __tablename__ = "scenario_item"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), index=True)
    scenario_id: Mapped[int] = mapped_column(ForeignKey("scenario.id"))
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), index=True)
    type_id: Mapped[int] = mapped_column(ForeignKey("submission_type.id"), index=True)
    track_id: Mapped[int] = mapped_column(ForeignKey("track.id"), index=True)
    accepted: Mapped[bool]
    fixed: Mapped[bool] = mapped_column(default=False)
    wish: Mapped[str] = mapped_column(default="")
    score: Mapped[float]
    minutes: Mapped[int]
    first_time: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str]
    pending: Mapped[str] = mapped_column(default="")
    reviews: Mapped[int] = mapped_column(default=0)
    total: Mapped[float] = mapped_column(default=0.0)
    place: Mapped[int | None]
    blocked: Mapped[list[Any]] = mapped_column(default=list)
    chance: Mapped[float | None]
    applied: Mapped[str | None]

    __table_args__ = (
        UniqueConstraint("scenario_id", "submission_id"),
        Index("ix_scenario_item_shown", "scenario_id", "accepted", "score"),
    )
