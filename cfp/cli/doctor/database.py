"""The database: there, current, whole; and what its rows say about worker and mail."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from cfp import clock
from cfp.audit import broken_links
from cfp.cli.connecting import engine_of
from cfp.cli.doctor.findings import Finding, error, fine, warning
from cfp.cli.words import sentence
from cfp.config import Config
from cfp.db import open_session
from cfp.domain.accounts.models import Account
from cfp.domain.jobs import Job, JobState
from cfp.domain.mail.models import Message
from cfp.domain.mail.queries import TROUBLE
from cfp.domain.mail.states import MessageState
from cfp.errors import ConfigError
from cfp.schema import is_current

LATE = timedelta(minutes=10)
"""A worker looks every few seconds and a job's lease is shorter than this."""


def database_findings(config: Config) -> Iterator[Finding]:
    """What can still be asked of it; a database that is not there ends the questions."""
    try:
        engine = engine_of(config)
        path = engine.url.database if engine.dialect.name == "sqlite" else None
        if path and not Path(path).is_file():
            yield error("database", f"{path} does not exist yet; run: cfp upgrade")
            return
        try:
            yield from _of_engine(config, engine)
        finally:
            engine.dispose()
    except ConfigError as problem:
        yield error("database", sentence(problem))
    except SQLAlchemyError as problem:
        why = " ".join(str(getattr(problem, "orig", problem)).split())
        yield error("database", f"It can't be used ({why}); check CFP_DATABASE_URL.")


def _of_engine(config: Config, engine: Engine) -> Iterator[Finding]:
    if not is_current(engine):
        yield error("database", "It is not up to date; run: cfp upgrade")
        return
    yield fine("database", f"{engine.dialect.name} answers and is up to date.")
    with open_session(engine, writes=False) as db:
        if engine.dialect.name == "sqlite":
            yield _integrity(db)
        yield _audit(db)
        yield _worker(config, db)
        yield _dead_letters(db)
        yield _somebody(db)


def _integrity(db: Session) -> Finding:
    problems = [row[0] for row in db.execute(text("PRAGMA quick_check(1)")) if row[0] != "ok"]
    orphans = len(db.execute(text("PRAGMA foreign_key_check")).all())
    if problems:
        return error("integrity", f"The file is damaged ({problems[0]}); restore the backup.")
    if orphans:
        text_ = f"References to rows that are gone: {orphans}; restore the backup."
        return error("integrity", text_)
    return fine("integrity", "The file is whole and its references hold.")


def _audit(db: Session) -> Finding:
    broken = broken_links(db)
    if broken:
        text_ = f"Entries that do not fit their chain: {len(broken)}; somebody changed them."
        return error("audit log", f"{text_} See: cfp audit verify")
    return fine("audit log", "Every entry fits its chain.")


def _worker(config: Config, db: Session) -> Finding:
    """Nobody signs in as a worker; that one is missing shows in what should be done by now."""
    before = clock.now() - LATE
    late = db.scalar(
        select(func.count(Job.id)).where(Job.state == JobState.QUEUED, Job.due < before)
    )
    if config.mail_server:
        waits = (MessageState.QUEUED, MessageState.HELD)
        late_mail = select(func.count(Message.id)).where(
            Message.state.in_(waits),
            Message.due < before,
            Message.claimed_until.is_(None),
        )
        late = (late or 0) + (db.scalar(late_mail) or 0)
    if late:
        text_ = f"Mails and jobs more than 10 minutes late: {late}; run: cfp worker"
        return error("worker", text_)
    return fine("worker", "Nothing is late.")


def _dead_letters(db: Session) -> Finding:
    count = db.scalar(select(func.count(Message.id)).where(Message.state.in_(TROUBLE)))
    if count:
        text_ = f"Mails that may not have arrived: {count}; their chairs see them under Messages."
        return warning("outbox", text_)
    return fine("outbox", "No mail was refused or came back.")


def _somebody(db: Session) -> Finding:
    able = select(Account.id).where(Account.administrator.is_(True), Account.disabled.is_(False))
    if db.scalar(able.limit(1)) is None:
        text_ = (
            "There is no administrator; run: cfp user add NAME EMAIL --administrator, "
            "or for somebody with an account: cfp user make-administrator EMAIL"
        )
        return warning("accounts", text_)
    return fine("accounts", "There is an administrator.")
