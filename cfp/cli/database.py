"""`cfp upgrade`."""

import click
from sqlalchemy.exc import DatabaseError

from cfp.cli.connecting import engine_of, reason
from cfp.cli.runtime import json_option, report
from cfp.config import Config
from cfp.errors import ConfigError
from cfp.schema import is_current


@click.command()
@json_option
@click.pass_obj
def upgrade(config: Config, as_json: bool) -> None:
    """Create the database or bring it up to date; safe to run again."""
    engine = engine_of(config)
    try:
        changed = not is_current(engine)
        if changed:
            from cfp import migrate  # noqa: PLC0415 - Alembic; most starts find nothing to do

            migrate.upgrade(engine)
    except DatabaseError as error:
        raise ConfigError("database_unreachable", value=reason(error)) from error
    finally:
        engine.dispose()
    text = "The database is up to date." if changed else "The database was up to date already."
    report(text, {"changed": changed}, as_json=as_json)
