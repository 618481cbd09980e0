"""The program: lasting items, drafts of where they are placed, and frozen versions."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cfp.db import Base


class ProgramItem(Base):
    """The identity calendars and apps key on, across moves and versions: `guid` and `number`.

    A submission that is planned before its decision is announced has no number yet: the numbers
    that the public sees have no gap where something is still secret. `audience` is how many people
    the chairs expect: for the room and the solver, in no version.
    """

    __tablename__ = "program_item"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), index=True)
    guid: Mapped[str] = mapped_column(unique=True)
    number: Mapped[int | None]
    submission_id: Mapped[int | None] = mapped_column(ForeignKey("submission.id"), unique=True)
    title: Mapped[str] = mapped_column(default="")
    anchor: Mapped[str] = mapped_column(default="")
    audience: Mapped[int | None]

    __table_args__ = (UniqueConstraint("conference_id", "number"),)


class ProgramDraft(Base):
    """A plan in the making; several may exist, one is current."""

    __tablename__ = "program_draft"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), index=True)
    name: Mapped[str] = mapped_column(default="")
    current: Mapped[bool] = mapped_column(default=True)
    created: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy wants a plain dict


class ProgramSession(Base):
    """A block of slots under one title, with who chairs it. One without slots is shown nowhere.

    `number` is the conference's, the same in every draft and version, and never given twice.
    """

    __tablename__ = "program_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), index=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("program_draft.id"), index=True)
    number: Mapped[int]
    title: Mapped[str]
    chair: Mapped[str] = mapped_column(default="")
    posters: Mapped[bool] = mapped_column(default=False)
    revision: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy wants a plain dict
    __table_args__ = (UniqueConstraint("draft_id", "number"),)


class Placement(Base):
    """Where an item stands in a draft. Minutes are the slot's own, whatever the format says.

    `occurrence` numbers the slots of a talk given several times, each for as long as it is there:
    calendars know a slot by it, wherever it and the others move.
    `pinned`: a solver leaves it where it is. `plenary`: for everybody, in its room. An id is never
    given twice, so that a step back finds the very slot that was taken out.
    """

    __tablename__ = "placement"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), index=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("program_draft.id"), index=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("program_item.id"), index=True)
    room_id: Mapped[int | None] = mapped_column(ForeignKey("room.id"), index=True)
    session_id: Mapped[int | None] = mapped_column(ForeignKey("program_session.id"), index=True)
    start: Mapped[datetime]
    minutes: Mapped[int]
    occurrence: Mapped[int] = mapped_column(default=1)
    pinned: Mapped[bool] = mapped_column(default=False)
    plenary: Mapped[bool] = mapped_column(default=False)
    revision: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy wants a plain dict
    __table_args__ = (
        Index("ix_placement_start", "draft_id", "start"),
        Index("ix_placement_occurrence", "draft_id", "item_id", "occurrence", unique=True),
        {"sqlite_autoincrement": True},
    )


class ProgramStep(Base):
    """One change of a draft, as it was before and after, so that its maker can take it back.

    `act` is its key; `item_id` what it was about, if one thing. `state`: done, undone, or dropped
    (undone, and something else was done since). `before` and `after`: "placements" and
    "sessions", id -> columns, null where there was none.
    """

    __tablename__ = "program_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), index=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("program_draft.id"), index=True)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("program_item.id"), index=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    at: Mapped[datetime]
    act: Mapped[str]
    state: Mapped[str] = mapped_column(default="done")
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]

    __table_args__ = (Index("ix_program_step_newest", "draft_id", "by_id", "state", "id"),)


class TimetableProposal(Base):
    """What a solver found for a draft. `mark` is that of the plan it was computed from.

    `options` and `result` are as `cfp.domain.program.proposals` writes them. `state`: open,
    applied, discarded.
    """

    __tablename__ = "timetable_proposal"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), index=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("program_draft.id"), index=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    created: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="open")
    mark: Mapped[str]
    options: Mapped[dict[str, Any]]
    result: Mapped[dict[str, Any]]


class ProgramVersion(Base):
    """A numbered, frozen program: what the public reads."""

    __tablename__ = "program_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), index=True)
    number: Mapped[int]
    published: Mapped[datetime]
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    note: Mapped[str] = mapped_column(default="")
    program: Mapped[dict[str, Any]]
    differences: Mapped[list[Any]] = mapped_column(default=list)

    __table_args__ = (UniqueConstraint("conference_id", "number"),)


class Material(Base):
    """Slides or a video link: the second public layer, given by a speaker or a chair."""

    __tablename__ = "material"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), index=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), index=True)
    kind: Mapped[str]
    url: Mapped[str]
    state: Mapped[str] = mapped_column(default="shown")
    given_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    given: Mapped[datetime]

    __table_args__ = (UniqueConstraint("submission_id", "kind"),)


class StoredFile(Base):
    """An uploaded file of a material; its bytes are `storage` in the folder of uploads.

    Reached only through its submission. `name` is for people and never a path.
    """

    __tablename__ = "file"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), index=True)
    submission_id: Mapped[int] = mapped_column(ForeignKey("submission.id"), index=True)
    material_id: Mapped[int] = mapped_column(ForeignKey("material.id"), unique=True)
    storage: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    digest: Mapped[str]
    created: Mapped[datetime]


class ProgramStamp(Base):
    """Counts what changes for the public without a new version: materials, an erased name."""

    __tablename__ = "program_stamp"

    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), primary_key=True)
    number: Mapped[int] = mapped_column(default=1)
    changed: Mapped[datetime]


class RoomBroadcast(Base):
    """Where a room can be watched on a day; without a room, the whole event."""

    __tablename__ = "broadcast"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), index=True)
    day: Mapped[date]
    room_id: Mapped[int | None] = mapped_column(ForeignKey("room.id"), index=True)
    url: Mapped[str]

    __table_args__ = (UniqueConstraint("conference_id", "day", "room_id"),)
