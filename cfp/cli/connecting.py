"""The database of the commands that have one: reachable, up to date, and a session for a while."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, select
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError
from sqlalchemy.orm import Session

from cfp.config import Config
from cfp.db import make_engine, open_session
from cfp.domain.conferences.models import Conference
from cfp.errors import ConfigError
from cfp.schema import is_current


def engine_of(config: Config) -> Engine:
    """The database's engine, not connected yet; or an error about its setting."""
    try:
        return make_engine(config.database_url)
    except (ArgumentError, ModuleNotFoundError) as error:
        raise ConfigError("bad_database_url", value=str(error)) from error


def ready_engine(config: Config) -> Engine:
    """The database, reachable and with every migration."""
    engine = engine_of(config)
    try:
        current = is_current(engine)
    except DatabaseError as error:
        raise ConfigError("database_unreachable", value=reason(error)) from error
    if not current:
        raise ConfigError("not_upgraded")
    return engine


def reason(error: DatabaseError) -> str:
    """What the database has said, on one line."""
    return " ".join(str(error.orig).split())


@contextmanager
def session(config: Config, *, writes: bool) -> Iterator[Session]:
    """A database session for one command; what is not committed is discarded."""
    engine = ready_engine(config)
    try:
        with open_session(engine, writes=writes) as db:
            yield db
    except OperationalError as error:  # locked, full, read-only, gone meanwhile
        raise ConfigError("database_failed", value=reason(error)) from error
    finally:
        engine.dispose()


def find_conference(db: Session, slug: str) -> Conference:
    """The conference, or an error that names those there are."""
    found = db.scalars(select(Conference).where(Conference.slug == slug)).one_or_none()
    if found is None:
        known = ", ".join(db.scalars(select(Conference.slug).order_by(Conference.slug)))
        raise ConfigError("no_conference", slug=slug, known=known or "none yet")
    return found
