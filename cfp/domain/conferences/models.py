"""A conference, its call, and who plays which role in it."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cfp.db import Base


class Conference(Base):
    """One edition. The call, the switches of reviewing and the page's texts are columns of it."""

    __tablename__ = "conference"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    zone: Mapped[str]
    start_date: Mapped[date]
    end_date: Mapped[date]
    place: Mapped[str] = mapped_column(default="")
    contact: Mapped[str]
    language: Mapped[str] = mapped_column(default="en")
    talk_word: Mapped[str] = mapped_column(default="talk")
    created: Mapped[datetime]
    archived: Mapped[bool] = mapped_column(default=False)

    # The call. The deadline's own zone is only for showing it; the instant is what counts.
    opens: Mapped[datetime | None]
    deadline: Mapped[datetime]
    deadline_zone: Mapped[str]
    grace_minutes: Mapped[int] = mapped_column(default=15)
    edits_until: Mapped[datetime | None]
    changes_until: Mapped[datetime | None]
    decisions_by: Mapped[date | None]

    # The page's sections, key -> text; a missing or empty one is not shown. `markdown`: abstracts
    # are written in it.
    sections: Mapped[dict[str, Any]] = mapped_column(default=dict)
    registration_url: Mapped[str] = mapped_column(default="")
    mailing_list: Mapped[str] = mapped_column(default="")
    markdown: Mapped[bool] = mapped_column(default=False)

    # Reviewing.
    blind: Mapped[bool] = mapped_column(default=False)
    reviewing: Mapped[str] = mapped_column(default="everyone")
    reviewing_open: Mapped[bool] = mapped_column(default=True)
    reviews_due: Mapped[datetime | None]
    reviews_close: Mapped[datetime | None]
    reviews_per_submission: Mapped[int] = mapped_column(default=3)
    others_reviews: Mapped[str] = mapped_column(default="after_own")
    reviewer_names_shown: Mapped[bool] = mapped_column(default=False)
    asks_confidence: Mapped[bool] = mapped_column(default=False)
    confidence_weights: Mapped[list[Any]] = mapped_column(default=list)
    asks_speaker_text: Mapped[bool] = mapped_column(default=False)
    sends_speaker_text: Mapped[bool] = mapped_column(default=False)
    uses_bids: Mapped[bool] = mapped_column(default=False)
    conflict_policies: Mapped[dict[str, Any]] = mapped_column(default=dict)
    committee_shown: Mapped[bool] = mapped_column(default=False)
    asks_collaborators: Mapped[bool] = mapped_column(default=False)
    # Whether reviewers may have somebody write for them: off, on, or approved by a chair first.
    delegation: Mapped[str] = mapped_column(default="off")
    # Stretches of time with rules of their own, see `phases.Phase`; the zone their dates are read
    # in, "" for the conference's.
    phases: Mapped[list[Any]] = mapped_column(JSON(), default=list)
    phases_zone: Mapped[str] = mapped_column(default="")

    # Discussing: each is off until asked for. A response is open from `response_opened` until
    # `response_until`; rounds are counted, and what speakers may read was submitted before it.
    discusses: Mapped[bool] = mapped_column(default=False)
    summarizes: Mapped[bool] = mapped_column(default=False)
    rates_reviews: Mapped[bool] = mapped_column(default=False)
    asks_ai_statement: Mapped[bool] = mapped_column(default=False)
    asks_response: Mapped[bool] = mapped_column(default=False)
    response_words: Mapped[int] = mapped_column(default=500)
    response_round: Mapped[int] = mapped_column(default=0)
    response_opened: Mapped[datetime | None]
    response_until: Mapped[datetime | None]

    # Assigning: shares of "bid", "track" and "text" where they differ from the usual ones, rules
    # that are kept, and the highest chance of any pair in percent where pairs are drawn.
    match_weights: Mapped[dict[str, Any]] = mapped_column(default=dict)
    needs_senior: Mapped[bool] = mapped_column(default=False)
    one_per_affiliation: Mapped[bool] = mapped_column(default=False)
    chance_cap: Mapped[int | None]

    # Deciding: minutes there are to fill, "all", "type-ID" or "track-ID" -> minutes.
    capacities: Mapped[dict[str, Any]] = mapped_column(default=dict)
    # Whether calibrated scores stand beside the means, how many submissions can be accepted where
    # somebody said so, and whether reviewers are told how they compare with the others.
    adjusts_scores: Mapped[bool] = mapped_column(default=False)
    accept_count: Mapped[int | None]
    tells_leniency: Mapped[bool] = mapped_column(default=False)
    # Whether reviewers compare submissions, and what the adjusted scores come from: "reviews" or
    # "pairs", their comparisons.
    compares_pairs: Mapped[bool] = mapped_column(default=False)
    adjusts_by: Mapped[str] = mapped_column(default="reviews")

    # After the decisions. `confirm_days`: how often speakers are reminded by itself, None by hand.
    confirm_days: Mapped[int | None]
    materials_need_approval: Mapped[bool] = mapped_column(default=False)
    revision: Mapped[int] = mapped_column(default=1)

    tracks: Mapped[list["Track"]] = relationship(
        lazy="raise_on_sql", order_by="Track.position, Track.id"
    )
    types: Mapped[list["SubmissionType"]] = relationship(
        lazy="raise_on_sql", order_by="SubmissionType.position, SubmissionType.id"
    )
    rooms: Mapped[list["Room"]] = relationship(
        lazy="raise_on_sql", order_by="Room.position, Room.id"
    )

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy wants a plain dict


class Track(Base):
    """Every conference has at least one; while it is the only one, no page shows it."""

    __tablename__ = "track"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), index=True)
    name: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    position: Mapped[int] = mapped_column(default=0)
    archived: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (UniqueConstraint("conference_id", "name"),)


class SubmissionType(Base):
    """A format: minutes of talk and of discussion after it."""

    __tablename__ = "submission_type"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), index=True)
    name: Mapped[str]
    minutes: Mapped[int]
    discussion_minutes: Mapped[int] = mapped_column(default=0)
    position: Mapped[int] = mapped_column(default=0)
    archived: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (UniqueConstraint("conference_id", "name"),)


class Room(Base):
    __tablename__ = "room"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), index=True)
    name: Mapped[str]
    capacity: Mapped[int | None]
    position: Mapped[int] = mapped_column(default=0)
    archived: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (UniqueConstraint("conference_id", "name"),)


def _without_track(name: str, *columns: str) -> Index:
    """At most one row without a track: to a unique constraint, null tracks are distinct.

    PostgreSQL has the same by the migration; to say it here too would load that dialect.
    """
    return Index(name, *columns, unique=True, sqlite_where=text("track_id IS NULL"))


class Role(Base):
    """What a person is in a conference: chair, track_chair (of `track`), reviewer, reader."""

    __tablename__ = "role"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str]
    track_id: Mapped[int | None] = mapped_column(ForeignKey("track.id"), index=True)
    created: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("conference_id", "person_id", "kind", "track_id"),
        _without_track("uq_role_without_track", "conference_id", "person_id", "kind"),
    )


class Invitation(Base):
    """An offer of a role to an address; the link in its mail accepts it."""

    __tablename__ = "invitation"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), index=True)
    name: Mapped[str] = mapped_column(default="")
    address: Mapped[str]
    key: Mapped[str]
    kind: Mapped[str]
    track_id: Mapped[int | None] = mapped_column(ForeignKey("track.id"), index=True)
    state: Mapped[str] = mapped_column(default="sent")
    reason: Mapped[str] = mapped_column(default="")
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    invited_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    created: Mapped[datetime]
    answered: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("conference_id", "key", "kind", "track_id"),
        _without_track("uq_invitation_without_track", "conference_id", "key", "kind"),
    )


class AffiliationAlias(Base):
    """A chair's word that two spellings mean one employer: both keys, as computed."""

    __tablename__ = "affiliation_alias"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), index=True)
    key: Mapped[str]
    canonical_key: Mapped[str]

    __table_args__ = (UniqueConstraint("conference_id", "key"),)


class Criterion(Base):
    """A question of the review form with a numeric scale; labels word each value.

    Where `tracks` or `types` (ids) are given it is asked only there. One that does not count is
    shown beside the total and is no part of it.
    """

    __tablename__ = "criterion"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), index=True)
    name: Mapped[str]
    help: Mapped[str] = mapped_column(default="")
    low: Mapped[int] = mapped_column(default=1)
    high: Mapped[int] = mapped_column(default=5)
    labels: Mapped[list[Any]] = mapped_column(JSON(), default=list)
    weight: Mapped[float] = mapped_column(default=1.0)
    counts: Mapped[bool] = mapped_column(default=True)
    required: Mapped[bool] = mapped_column(default=True)
    tracks: Mapped[list[Any]] = mapped_column(JSON(), default=list)
    types: Mapped[list[Any]] = mapped_column(JSON(), default=list)
    position: Mapped[int] = mapped_column(default=0)
    archived: Mapped[bool] = mapped_column(default=False)


class ReviewField(Base):
    """A question of the review form that is answered in words or by choosing.

    kind: text, choice (one of `options`) or choices (several). audience: chairs, reviewers (and
    chairs) or speakers (after decisions, and whoever reads reviews before). `tracks`, `types` and
    `phases` (ids, and keys of phases) limit where and when it is asked; empty means always.
    """

    __tablename__ = "review_field"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), index=True)
    name: Mapped[str]
    help: Mapped[str] = mapped_column(default="")
    kind: Mapped[str]
    options: Mapped[list[Any]] = mapped_column(JSON(), default=list)
    audience: Mapped[str]
    required: Mapped[bool] = mapped_column(default=False)
    tracks: Mapped[list[Any]] = mapped_column(JSON(), default=list)
    types: Mapped[list[Any]] = mapped_column(JSON(), default=list)
    phases: Mapped[list[Any]] = mapped_column(JSON(), default=list)
    position: Mapped[int] = mapped_column(default=0)
    archived: Mapped[bool] = mapped_column(default=False)


class ConfirmQuestion(Base):
    """What the conference asks on the confirm page beside what every conference does.

    kind: text, yes_no or choice (one of `options`).
    """

    __tablename__ = "confirm_question"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), index=True)
    name: Mapped[str]
    help: Mapped[str] = mapped_column(default="")
    kind: Mapped[str]
    options: Mapped[list[Any]] = mapped_column(JSON(), default=list)
    required: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)
    archived: Mapped[bool] = mapped_column(default=False)


class SavedView(Base):
    """A list as somebody wants to come back to it: its filters, order and columns by a name.

    `page` names the list; `query` is what stands behind its address. All chairs have a shared one.
    """

    __tablename__ = "saved_view"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    page: Mapped[str]
    name: Mapped[str]
    query: Mapped[str]
    shared: Mapped[bool] = mapped_column(default=False)
    created: Mapped[datetime]

    __table_args__ = (UniqueConstraint("conference_id", "person_id", "page", "name"),)
