"""`cfp upgrade` and `cfp audit verify`."""

import sys

import click
from sqlalchemy.exc import DatabaseError

from cfp import migrate
from cfp.audit import broken_links
from cfp.cli.runtime import engine_of, json_option, report, session
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
            migrate.upgrade(engine)
    except DatabaseError as error:
        raise ConfigError("database_unreachable", value=str(error.orig).strip()) from error
    finally:
        engine.dispose()
    text = "The database is up to date." if changed else "The database was up to date already."
    report(text, {"changed": changed}, as_json=as_json)


@click.group()
def audit() -> None:
    """The audit log."""


@audit.command()
@json_option
@click.pass_obj
def verify(config: Config, as_json: bool) -> None:
    """Check every chain of the audit log."""
    with session(config, writes=False) as db:
        broken = broken_links(db)
    text = "Every entry fits its chain." if not broken else f"Broken at {broken}."
    report(text, {"broken": broken}, as_json=as_json)
    sys.exit(1 if broken else 0)
