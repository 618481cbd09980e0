"""`cfp audit verify`."""

import sys

import click

from cfp.audit import broken_links
from cfp.cli.connecting import session
from cfp.cli.runtime import json_option, report
from cfp.config import Config


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
