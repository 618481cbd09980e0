"""Base of the tables, the engine's settings, and sessions.

SQLite begins its transactions itself: a writer takes BEGIN IMMEDIATE before its first statement,
because a transaction that reads and later writes fails at once with "locked" when somebody else
wrote in between. PostgreSQL needs none of that and gets none.
"""

import sqlite3
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

from sqlalchemy import (
    JSON,
    DateTime,
    Dialect,
    Engine,
    Insert,
    MetaData,
    String,
    Table,
    create_engine,
    event,
)
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.orm import DeclarativeBase, Session, UOWTransaction
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


MAPPED = 256 * 1024 * 1024
"""Bytes of a SQLite file that are read where the system keeps them: a search goes through the
texts of all submissions, and copying those page by page took as long as looking at them."""


_SETTINGS: dict[str, Any] = {"pool_size": 10, "max_overflow": 10, "hide_parameters": True}


class UTCDateTime(TypeDecorator[datetime]):
    """An aware datetime, kept in UTC; naive ones are refused rather than guessed at."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored time must be aware")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 - the declarative API wants a plain dict
        datetime: UTCDateTime(),
        str: String(),
        dict[str, Any]: JSON(),
        list[Any]: JSON(),
    }


def make_engine(url: str) -> Engine:
    """An engine with this application's settings for SQLite or PostgreSQL.

    Its errors name statements without their values: those are what people have typed, their
    addresses and the hashes of their secrets, and errors are logged.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_engine(parsed, **_SETTINGS, pool_pre_ping=True)
    engine = create_engine(parsed, **_SETTINGS)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: ConnectionPoolEntry) -> None:
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "foreign_keys=ON",
        "busy_timeout=15000",
        "synchronous=FULL",
        "temp_store=MEMORY",
        f"mmap_size={MAPPED}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if not options.get(ALONE, False):
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writes", False) else "BEGIN")


ALONE = "alone"
"""Of a connection on which every statement stands alone, in no transaction."""


def connect_alone(engine: Engine) -> Connection:
    """For who reads with one statement: a transaction around it is three times as much to ask.

    SQLite has no more to be told; its driver is in this mode anyway, see `_prepare_sqlite`.
    """
    if engine.dialect.name == "sqlite":
        return engine.connect().execution_options(**{ALONE: True})
    return engine.connect().execution_options(isolation_level="AUTOCOMMIT")


def insert_absent(dialect: str, table: type[Base] | Table) -> Insert:
    """An insert that leaves alone what is there already, as this kind of database says it.

    The others' modules stay where they are: PostgreSQL's brings some twenty with it.
    """
    insert = import_module(f"sqlalchemy.dialects.{dialect}").insert
    made: Insert = insert(table).on_conflict_do_nothing()
    return made


FLUSHED = "flushed"
"""In the `info` of a session that `open_session` made: whether something was flushed since the last
commit."""


class _Session(Session):
    """Watched by listeners of its class: they are entered once, and by one thread.

    Those of a single session would go in and out of a table that all threads of the process share.
    """


def open_session(engine: Engine, *, writes: bool) -> Session:
    """A session; `writes` says that it will change something, so SQLite takes its lock first."""
    return _Session(engine.execution_options(writes=writes), expire_on_commit=False)


@event.listens_for(_Session, "after_flush")
def _remember_flush(session: Session, _context: UOWTransaction) -> None:
    session.info[FLUSHED] = True


@event.listens_for(_Session, "after_commit")
@event.listens_for(_Session, "after_rollback")
def _forget_flush(session: Session) -> None:
    session.info[FLUSHED] = False
