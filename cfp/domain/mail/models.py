"""The outbox, and the texts a conference has changed."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cfp.db import Base
from cfp.domain.conferences.models import Conference


class Message(Base):
    """A mail, rendered when queued: what was previewed is what is sent.

    States: held, gathered, queued, sending, sent, refused, uncertain, bounced,
    canceled. `about_review` marks what
    a chair with a blocking conflict must not read. `unsubscribe` is the link that stops more of the
    kind, for mails that one can do without.
    """

    __tablename__ = "message"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int | None] = mapped_column(ForeignKey("conference.id"), index=True)
    submission_id: Mapped[int | None] = mapped_column(ForeignKey("submission.id"), index=True)
    kind: Mapped[str]
    object_key: Mapped[str]
    epoch: Mapped[str] = mapped_column(default="")
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    recipient: Mapped[str]
    recipient_name: Mapped[str] = mapped_column(default="")
    subject: Mapped[str]
    body: Mapped[str]
    reply_to: Mapped[str] = mapped_column(default="")
    attachments: Mapped[list[Any]] = mapped_column(default=list)
    about_review: Mapped[bool] = mapped_column(default=False)
    private: Mapped[bool] = mapped_column(default=False)
    unsubscribe: Mapped[str] = mapped_column(default="")
    message_id: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str] = mapped_column(default="queued")
    due: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    claimed_by: Mapped[str | None]
    claimed_until: Mapped[datetime | None]
    refusal: Mapped[str] = mapped_column(default="")
    created: Mapped[datetime]
    sent: Mapped[datetime | None]
    conference: Mapped[Conference | None] = relationship(lazy="raise_on_sql", viewonly=True)

    __table_args__ = (
        UniqueConstraint("kind", "object_key", "recipient", "epoch"),
        Index("ix_message_due", "state", "due"),
        Index(
            *("ix_message_state", "conference_id", "state"),
            *("about_review", "private", "submission_id"),
        ),
    )


class MailTemplate(Base):
    """A conference's own words for one kind of mail; the shipped text serves where none is."""

    __tablename__ = "mail_template"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), index=True)
    kind: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    revision: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy wants a plain dict
    __table_args__ = (UniqueConstraint("conference_id", "kind"),)


class MailChoice(Base):
    """How somebody wants one kind of mail that is not essential; without a row it is as usual.

    kind and how: see `cfp.domain.accounts.choices`. `told` is the entry of the audit log up to
    which they have had the news, `digested` the morning up to which their daily mail is dealt with.
    """

    __tablename__ = "mail_choice"

    id: Mapped[int] = mapped_column(primary_key=True)
    conference_id: Mapped[int] = mapped_column(ForeignKey("conference.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str]
    how: Mapped[str]
    told: Mapped[int] = mapped_column(default=0)
    digested: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("person_id", "conference_id", "kind"),
        Index("ix_mail_choice_how", "how", "kind"),
    )
