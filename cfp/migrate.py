"""Bring a database's schema up to date, in-process, with the migrations beside the package."""

from alembic import command
from alembic.config import Config as AlembicConfig
from sqlalchemy import Engine

from cfp.paths import resource


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Run the missing migrations up to `revision`."""
    command.upgrade(_config(engine), revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Undo migrations down to `revision` ("base" empties the schema)."""
    command.downgrade(_config(engine), revision)


def _config(engine: Engine) -> AlembicConfig:
    config = AlembicConfig()
    config.set_main_option("script_location", str(resource("migrations")).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["engine"] = engine
    return config
