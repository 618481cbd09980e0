"""Alembic's entry: runs the migrations on the engine that `cfp.migrate` hands over.

SQLite cannot alter a table in place, so batch mode copies it. A copy drops triggers and, with
foreign keys on, deletes the children of its rows: they are off while migrating and checked after.
"""

from alembic import context
from sqlalchemy import Connection, Engine

from cfp.domain.models import metadata


def _migrate(connection: Connection) -> None:
    sqlite = connection.dialect.name == "sqlite"
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=sqlite,
        transactional_ddl=True,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()
        if sqlite:
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            if broken:
                raise RuntimeError(f"the migration would leave rows without parents: {broken[:5]}")


def _run(engine: Engine) -> None:
    with engine.execution_options(writes=True).connect() as connection:
        if connection.dialect.name != "sqlite":
            _migrate(connection)
            connection.commit()
            return
        raw = connection.connection.driver_connection
        connection.rollback()
        raw.execute("PRAGMA foreign_keys=OFF")
        try:
            _migrate(connection)
            connection.commit()
        finally:
            connection.rollback()
            raw.execute("PRAGMA foreign_keys=ON")


_run(context.config.attributes["engine"])
