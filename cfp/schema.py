"""Which migrations a database has, asked without loading what runs them.

Every start and every readiness check asks; importing Alembic for it would double the time a
command takes to start, so this reads what Alembic leaves behind: file names and one row.
"""

from sqlalchemy import Engine, inspect, text

from cfp.paths import resource


def head() -> str:
    """The revision of this release: files are `REVISION_what_it_does.py`, in order."""
    files = (resource("migrations") / "versions").glob("[0-9]*_*.py")
    return max(file.name.partition("_")[0] for file in files)


def is_current(engine: Engine) -> bool:
    """Whether the database has every migration of this release, and no other."""
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return False
        found = connection.scalars(text("SELECT version_num FROM alembic_version")).all()
    return list(found) == [head()]
