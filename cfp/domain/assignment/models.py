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
    """What a reviewer says about themselves for one conference; loads are submissions.

    `track_ids` are what they know well, `some_track_ids` what they know some of, and with
    `past_reviews` what they reviewed elsewhere counts as known. `load_capped`, `load_least`,
    `senior` and `paused` are the chairs' word.
    """

    __tablename__ = "reviewer_profile"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    expertise: Mapped[str] = mapped_column(default="")
    track_ids: Mapped[list[Any]] = mapped_column(default=list)
    some_track_ids: Mapped[list[Any]] = mapped_column(default=list)
    past_reviews: Mapped[bool] = mapped_column(default=False)
    load_wished: Mapped[int | None]
    load_capped: Mapped[int | None]
    load_least: Mapped[int | None]
    senior: Mapped[bool] = mapped_column(default=False)
    paused: Mapped[bool] = mapped_column(default=False)
    revision: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy wants a plain dict
    __table_args__ = (UniqueConstraint("conference_id", "person_id"),)


class ReviewerDocument(Base):
    """Something a reviewer has written, given by themselves for one conference.

    Nothing says where it comes from: a talk may have been handed in elsewhere and not accepted.
    """

    __tablename__ = "reviewer_document"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    title: Mapped[str]
    text: Mapped[str] = mapped_column(default="")
    created: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy wants a plain dict
    __table_args__ = (Index("ix_reviewer_document_person", "conference_id", "person_id"),)


class ReviewersApart(Base):
    """Two reviewers who never review the same submission; their order says nothing."""

    __tablename__ = "reviewers_apart"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    created: Mapped[datetime]

    __table_args__ = (UniqueConstraint("conference_id", "person_id", "other_id"),)


class TextMatch(Base):
    """How near reviewers' texts are to a submission, as the last solve has measured it.

    `scores`: rows (person id, 0 to 1) of those above 0. Kept because comparing texts takes what
    no page has at hand.
    """

    __tablename__ = "text_match"

    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), index=True)
    scores: Mapped[list[Any]] = mapped_column(default=list)
    made: Mapped[datetime]


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
        Index(
            "ix_conflict_state", "conference_id", "state", "kind", "submission_id", "person_id"
        ),
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
    """A reviewer asked to review a submission: assigned, accepted, declined, done, handed_over."""

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


class Standby(Base):
    """A reviewer in reserve: nothing in an ordinary solve, the first to be asked in a repair."""

    __tablename__ = "standby"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    reviews: Mapped[int]
    offered: Mapped[bool] = mapped_column(default=False)
    created: Mapped[datetime]

    __table_args__ = (UniqueConstraint("conference_id", "person_id"),)


class LatePlan(Base):
    """What happens about silence and late reviews; a conference without a row has the defaults.

    Days count from the day the reviews are due, `send_at` is minutes after midnight there.
    `handed` is the moment for which reviews were handed over, `proposed` what the last repair that
    was proposed by itself was about: neither happens twice.
    """

    __tablename__ = "late_plan"

    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), primary_key=True)
    standby: Mapped[bool] = mapped_column(default=False)
    proposes: Mapped[bool] = mapped_column(default=False)
    silent_days: Mapped[int | None] = mapped_column(default=5)
    send_at: Mapped[int] = mapped_column(default=9 * 60)
    hand_over_days: Mapped[int | None]
    handed: Mapped[datetime | None]
    proposed: Mapped[str] = mapped_column(default="")


class LateReminder(Base):
    """A mail to whoever has open reviews, so many days after (or before: negative) they are due.

    `handled` is the moment it was last sent for, or passed over.
    """

    __tablename__ = "late_reminder"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), index=True)
    days: Mapped[int]
    kind: Mapped[str]
    handled: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("conference_id", "days"),)


class HandOver(Base):
    """A late review that somebody on stand-by was asked for instead; until a chair undoes it."""

    __tablename__ = "hand_over"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), index=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), index=True)
    giver_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    taker_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    at: Mapped[datetime]
    undone: Mapped[datetime | None]


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
    because: Mapped[list[Any]] = mapped_column(default=list)
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
