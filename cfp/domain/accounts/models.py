"""People, how they are reached, and how they log in."""

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cfp.db import Base


def _person_code() -> str:
    return secrets.token_hex(5)


class Person(Base):
    """Somebody. May have no account and no e-mail: imported, or named by a co-speaker.

    `code` is what stands in the addresses of chairs' pages about them.
    """

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True, default=_person_code)
    name: Mapped[str]
    affiliation: Mapped[str] = mapped_column(default="")
    bio: Mapped[str] = mapped_column(default="")
    zone: Mapped[str] = mapped_column(default="")
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    created: Mapped[datetime]
    revision: Mapped[int] = mapped_column(default=1)

    emails: Mapped[list["Email"]] = relationship(
        back_populates="person", lazy="raise_on_sql", order_by="Email.id"
    )
    account: Mapped["Account | None"] = relationship(back_populates="person", lazy="raise_on_sql")

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 - SQLAlchemy wants a plain dict


class Email(Base):
    """An address that its person has proved to read; others' claims about it are not kept here."""

    __tablename__ = "email"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    address: Mapped[str]
    key: Mapped[str] = mapped_column(unique=True)
    verified: Mapped[datetime | None]
    primary: Mapped[bool] = mapped_column(default=False)

    person: Mapped[Person] = relationship(back_populates="emails", lazy="raise_on_sql")


class Account(Base):
    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), unique=True)
    password_hash: Mapped[str | None]
    administrator: Mapped[bool] = mapped_column(default=False)
    disabled: Mapped[bool] = mapped_column(default=False)
    created: Mapped[datetime]

    person: Mapped[Person] = relationship(back_populates="account", lazy="raise_on_sql")


class LoginSession(Base):
    """A browser that is logged in; only the hash of its opaque id is kept."""

    __tablename__ = "login_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    id_hash: Mapped[str] = mapped_column(unique=True)
    device: Mapped[str] = mapped_column(default="")
    created: Mapped[datetime]
    last_used: Mapped[datetime]
    expires: Mapped[datetime]


class Token(Base):
    """A proof sent by mail: a link (hash), for log-in also six digits tied to the asking browser.

    `payload` holds what happens once the proof is given, such as the talk typed before log-in.
    """

    __tablename__ = "token"

    id: Mapped[int] = mapped_column(primary_key=True)
    hash: Mapped[str] = mapped_column(unique=True)
    code_hash: Mapped[str | None]
    browser: Mapped[str | None] = mapped_column(index=True)
    purpose: Mapped[str]
    email: Mapped[str] = mapped_column(default="")
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    conference_id: Mapped[int | None] = mapped_column(ForeignKey("conference.id"), index=True)
    submission_id: Mapped[int | None] = mapped_column(ForeignKey("submission.id"), index=True)
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)
    attempts: Mapped[int] = mapped_column(default=0)
    created: Mapped[datetime]
    expires: Mapped[datetime] = mapped_column(index=True)
    used: Mapped[datetime | None]


class Throttle(Base):
    """Failed tries for one key (an account's address, a network), counted over processes."""

    __tablename__ = "throttle"

    key: Mapped[str] = mapped_column(primary_key=True)
    tries: Mapped[int] = mapped_column(default=0)
    next_allowed: Mapped[datetime]
    updated: Mapped[datetime]


class Receipt(Base):
    """A form that was carried out, so that a double click gets the same answer once."""

    __tablename__ = "receipt"

    key: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str]
    location: Mapped[str]
    created: Mapped[datetime]

    __table_args__ = (Index("ix_receipt_created", "created"),)
