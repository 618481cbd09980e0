"""`cfp demo`: an invented conference to try everything out with, in an instance of its own."""

import dataclasses
import json
import logging
import subprocess
import sys
from ipaddress import ip_address

import click
from sqlalchemy.exc import DatabaseError

from cfp import clock
from cfp.cli.connecting import engine_of
from cfp.cli.runtime import json_option
from cfp.cli.serve import HOST, bind, run
from cfp.config import DEFAULT_INSTANCE, Config
from cfp.db import open_session
from cfp.demo.mailbox import shown_mail
from cfp.demo.marker import is_loaded
from cfp.demo.script import logins
from cfp.errors import ConfigError
from cfp.links import Links
from cfp.paths import PROGRAM
from cfp.schema import is_current

ANYWHERE = {"0.0.0.0", "::"}  # noqa: S104 - compared with what the operator chose


@click.command()
@click.option("--host", default=HOST, show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--load-only", is_flag=True, hidden=True, help="Load the demo and end.")
@json_option
@click.pass_obj
def demo(config: Config, host: str, port: int, load_only: bool, as_json: bool) -> None:
    """Serve a demo conference; made at the first start, kept from then on.

    No mail leaves the machine: what would be sent waits in the outbox, and codes to log in are
    shown on the terminal.
    """
    if load_only:
        _load(config)
        return
    logging.basicConfig(level=config.log_level, format="%(levelname)s %(name)s %(message)s")
    listener = bind(host, port)
    own = dataclasses.replace(_own(config), base_url=_address(config, host, port))
    _prepare(own)
    _greet(own, host, as_json=as_json)
    with shown_mail(own):
        run(own, listener)


def _own(config: Config) -> Config:
    """The demo's settings: SQLite in a folder of its own, and no mail server."""
    instance = config.instance
    if instance == DEFAULT_INSTANCE.absolute():
        instance = instance / "demo"
    try:
        instance.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError("not_writable", name=str(instance), value=error.strerror) from error
    database = f"sqlite:///{instance / 'cfp.sqlite3'}"
    return dataclasses.replace(config, instance=instance, database_url=database, mail_server="")


def _address(config: Config, host: str, port: int) -> str:
    """Where visitors come in: on this machine the port itself, else what CFP_BASE_URL says."""
    if not _is_local(host) and config.base_url != Config.base_url:
        return config.base_url
    name = HOST if host in ANYWHERE else f"[{host}]" if ":" in host else host
    return f"http://{name}:{port}"


def _is_local(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _prepare(config: Config) -> None:
    """Migrate and load what is missing, in a child process: its memory goes with it."""
    engine = engine_of(config)
    try:
        if is_current(engine):
            with open_session(engine, writes=False) as db:
                if is_loaded(db):
                    return
    except DatabaseError as error:
        name, value = str(config.instance), str(error.orig).strip()
        raise ConfigError("not_writable", name=name, value=value) from error
    finally:
        engine.dispose()
    click.echo("Making the demo conference; this takes some seconds.", err=True)
    loader = [*PROGRAM, "demo", "--load-only"]
    done = subprocess.run(loader, env=config.for_child(), check=False)  # noqa: S603 - our own program, no shell
    if done.returncode:
        raise ConfigError("demo_failed", status=done.returncode)


def _load(config: Config) -> None:
    """All in one transaction; of two at once the second finds it done."""
    from cfp import migrate  # noqa: PLC0415 - only the child needs it
    from cfp.demo.loading import load  # noqa: PLC0415 - only the child needs it
    from cfp.jobs import assignment, calibrate, compare, selection  # noqa: PLC0415 - they import solvers

    engine = engine_of(config)
    try:
        migrate.upgrade(engine)
        with open_session(engine, writes=True) as db:
            if not is_loaded(db):
                load(
                    db,
                    links=Links(config.base_url),
                    solve=assignment.solve,
                    calibrate=calibrate.solve,
                    compare=compare.solve,
                    choose=selection.solve,
                    now=clock.now(),
                )
                db.commit()
    finally:
        engine.dispose()


def _greet(config: Config, host: str, *, as_json: bool) -> None:
    if not _is_local(host):
        click.echo("Others can reach it, and everybody knows these passwords.", err=True)
    if as_json:
        click.echo(json.dumps({"url": config.base_url, "accounts": logins()}))
    else:
        click.echo(f"The demo conference is at {config.base_url}\n")
        click.echo("Read it as a stranger, or log in with a password as one of them:\n")
        for one in logins():
            click.echo(f"  {one['role']:<14} {one['email']:<28} {one['password']}")
        click.echo("\nMail stays here: codes and links to log in appear below. Ctrl-C ends it.")
    sys.stdout.flush()
