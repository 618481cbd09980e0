"""The audit log: append-only, one hash chain per conference and one for the instance.

An entry holds salted digests of before and after, not the texts. The salts live in their own
table, so that erasing a person deletes a salt and leaves the chain valid.
"""

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypedDict, Unpack

from sqlalchemy import ForeignKey, Index, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from cfp.actors import Actor
from cfp.db import Base
from cfp.domain.conferences.models import Conference
from cfp.domain.submissions.models import Submission


class AuditChain(Base):
    """The head of a chain, locked while an entry is added; no conference = the instance's."""

    __tablename__ = "audit_chain"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int | None] = mapped_column(ForeignKey("conference.id"), unique=True)
    length: Mapped[int] = mapped_column(default=0)
    head: Mapped[str] = mapped_column(default="")


class AuditEntry(Base):
    __tablename__ = "audit_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    chain_id: Mapped[int] = mapped_column(ForeignKey("audit_chain.id"))
    number: Mapped[int]
    conference_id: Mapped[int | None] = mapped_column(ForeignKey("conference.id"), index=True)
    submission_id: Mapped[int | None] = mapped_column(index=True)
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(index=True)
    acting_for_id: Mapped[int | None]
    action: Mapped[str]
    object: Mapped[str]
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    before_digest: Mapped[str] = mapped_column(default="")
    after_digest: Mapped[str] = mapped_column(default="")
    hash: Mapped[str]

    __table_args__ = (
        UniqueConstraint("chain_id", "number"),
        Index("ix_audit_entry_act", "conference_id", "action", "at"),
    )


class AuditSalt(Base):
    """What makes an entry's digests checkable; deleted when its person is erased."""

    __tablename__ = "audit_salt"

    entry_id: Mapped[int] = mapped_column(ForeignKey("audit_entry.id"), primary_key=True)
    salt: Mapped[str]


def record(
    db: Session,
    actor: Actor,
    action: str,
    object_: str,
    *,
    now: datetime,
    conference_id: int | None = None,
    submission_id: int | None = None,
    acting_for_id: int | None = None,
    detail: Mapping[str, Any] | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Append an entry in the caller's transaction.

    `detail` is shown in the log as it is: states and counts, never a person's data or a text.
    """
    change = Change(object_, submission_id, dict(detail or {}), before, after)
    record_many(
        db,
        actor,
        action,
        [change],
        now=now,
        conference_id=conference_id,
        acting_for_id=acting_for_id,
    )


class More(TypedDict, total=False):
    """What an entry may say besides; see `record`."""

    acting_for_id: int | None
    detail: Mapping[str, Any] | None
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


def of_conference(
    db: Session,
    actor: Actor,
    action: str,
    conference: Conference,
    *,
    now: datetime,
    **more: Unpack[More],
) -> None:
    """As `record`, of an act on a conference itself."""
    name = f"conference:{conference.id}"
    record(db, actor, action, name, now=now, conference_id=conference.id, **more)


def of_submission(
    db: Session,
    actor: Actor,
    action: str,
    submission: Submission,
    *,
    now: datetime,
    **more: Unpack[More],
) -> None:
    """As `record`, of an act on a submission or on what belongs to it."""
    record(
        db,
        actor,
        action,
        f"submission:{submission.code}",
        now=now,
        conference_id=submission.conference_id,
        submission_id=submission.id,
        **more,
    )


@dataclass(frozen=True)
class Change:
    """What one entry is about, where many are recorded at once; as the arguments of `record`."""

    object: str
    submission_id: int | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None


def record_many(
    db: Session,
    actor: Actor,
    action: str,
    changes: Iterable[Change],
    *,
    now: datetime,
    conference_id: int | None = None,
    acting_for_id: int | None = None,
) -> None:
    """Append an entry for each, in few statements: thousands come from one press of a button."""
    chain = _locked_chain(db, conference_id)
    entries: dict[AuditEntry, str] = {}
    for change in changes:
        salt = secrets.token_hex(16)
        entry = AuditEntry(
            chain_id=chain.id,
            number=chain.length + 1,
            conference_id=conference_id,
            submission_id=change.submission_id,
            at=now,
            actor_id=actor.person_id,
            acting_for_id=acting_for_id,
            action=action,
            object=change.object,
            detail=dict(change.detail),
            before_digest=_digest(change.before, salt),
            after_digest=_digest(change.after, salt),
        )
        entry.hash = entry_hash(entry, chain.head)
        chain.length, chain.head = entry.number, entry.hash
        entries[entry] = salt
    db.add_all(entries)
    db.flush()
    db.add_all(AuditSalt(entry_id=entry.id, salt=salt) for entry, salt in entries.items())


def entry_hash(entry: AuditEntry, previous: str) -> str:
    """The link of the chain: a digest over everything the entry says and the link before."""
    content = [
        previous,
        entry.number,
        entry.at.isoformat(),
        entry.actor_id,
        entry.acting_for_id,
        entry.action,
        entry.object,
        entry.submission_id,
        entry.detail,
        entry.before_digest,
        entry.after_digest,
    ]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def broken_links(db: Session) -> list[tuple[int, int]]:
    """Check every chain; returns (chain id, entry number) where one does not fit. [] is good."""
    broken: list[tuple[int, int]] = []
    for chain in db.scalars(select(AuditChain).order_by(AuditChain.id)):
        previous, number = "", 0
        entries = select(AuditEntry).where(AuditEntry.chain_id == chain.id)
        ordered = entries.order_by(AuditEntry.number).execution_options(yield_per=500)
        for entry in db.scalars(ordered):
            number += 1
            if entry.number != number or entry.hash != entry_hash(entry, previous):
                broken.append((chain.id, entry.number))
            previous, number = entry.hash, entry.number
        if (chain.length, chain.head) != (number, previous):
            broken.append((chain.id, chain.length))
    return broken


def _locked_chain(db: Session, conference_id: int | None) -> AuditChain:
    query = select(AuditChain).where(AuditChain.conference_id == conference_id).with_for_update()
    chain = db.scalars(query).one_or_none()
    if chain is None:
        chain = AuditChain(conference_id=conference_id, length=0, head="")
        db.add(chain)
        db.flush()
    return chain


def _digest(content: Mapping[str, Any] | None, salt: str) -> str:
    if content is None:
        return ""
    text = json.dumps(content, sort_keys=True, default=str)
    return hashlib.sha256(f"{salt}{text}".encode()).hexdigest()
