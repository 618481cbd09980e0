"""Migrations and models agree on both databases, up and down, and guard what is append-only."""

import re
from datetime import UTC, datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from cfp.actors import SYSTEM
from cfp.audit import AuditEntry, broken_links, record
from cfp.db import make_engine, open_session
from cfp.domain.models import metadata
from cfp.migrate import downgrade, upgrade
from cfp.paths import resource
from cfp.schema import head, is_current
from tests.factories import NOW, make_conference, make_person, make_submission


def test_models_and_migrations_agree(engine: Engine) -> None:
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
    assert differences == []


def test_down_to_nothing_and_up_again(engine: Engine) -> None:
    assert is_current(engine)
    downgrade(engine, "base")
    assert set(inspect(engine).get_table_names()) <= {"alembic_version"}
    assert not is_current(engine)
    upgrade(engine)
    assert is_current(engine)
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_a_file_is_named_by_its_revision() -> None:
    for file in (resource("migrations") / "versions").glob("*.py"):
        revision = re.search(r'^revision = "(\w+)"$', file.read_text(), re.MULTILINE)
        assert revision is not None, file.name
        assert file.name.startswith(f"{revision[1]}_")
    assert head() >= "0002"


def test_data_survive_every_migration_but_the_first(engine: Engine) -> None:
    with open_session(engine, writes=True) as db:
        conference = make_conference(db, "kept")
        make_submission(db, conference, [make_person(db)], title="Kept whole")
        record(db, SYSTEM, "test", "conference:kept", now=NOW, conference_id=conference.id)
        db.commit()
    downgrade(engine, "0001")
    upgrade(engine)
    with engine.connect() as connection:
        titles = connection.execute(text("SELECT title FROM submission")).scalars().all()
    assert titles == ["Kept whole"]
    with open_session(engine, writes=False) as db:
        assert broken_links(db) == []


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_entry SET action = 'other'", "DELETE FROM audit_entry"],
)
def test_the_audit_log_only_grows(engine: Engine, db: Session, statement: str) -> None:
    record(db, SYSTEM, "test", "something", now=NOW)
    db.commit()
    with pytest.raises(DBAPIError, match="append-only"):
        db.execute(text(statement))
    db.rollback()
    assert db.query(AuditEntry).count() == 1


def test_a_changed_entry_breaks_its_chain(engine: Engine, db: Session) -> None:
    for number in range(3):
        record(db, SYSTEM, f"act {number}", "something", now=NOW, detail={"n": number})
    db.commit()
    assert broken_links(db) == []
    entry = db.query(AuditEntry).filter_by(number=2).one()
    db.rollback()
    downgrade(engine, "0001")
    db.execute(text("UPDATE audit_entry SET action = 'forged' WHERE id = :id"), {"id": entry.id})
    db.commit()
    place = (entry.chain_id, entry.number)
    db.expire_all()
    assert broken_links(db) == [place]


def test_times_are_stored_in_utc_and_naive_ones_refused(engine: Engine, db: Session) -> None:
    prague = datetime.fromisoformat("2026-11-19T10:00:00+01:00")
    conference = make_conference(db, "times", deadline=prague)
    db.commit()
    db.expire_all()
    assert conference.deadline == prague
    assert conference.deadline.tzinfo is UTC
    conference.deadline = datetime(2026, 11, 19, 10)  # noqa: DTZ001 - the point of the test
    with pytest.raises(Exception, match="aware"):
        db.flush()


def test_sqlite_settings_hold_on_every_connection(tmp_path: object) -> None:
    engine = make_engine(f"sqlite:///{tmp_path}/cfp.sqlite3")
    with engine.connect() as connection:
        values = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "foreign_keys", "synchronous")
        }
    engine.dispose()
    assert values == {"journal_mode": "wal", "foreign_keys": 1, "synchronous": 2}
