"""`cfp serve`: the pages, and beside them the worker."""

import errno
import logging
import signal
import socket
import sys
from contextlib import nullcontext
from types import FrameType

import click
import waitress

from cfp import clock
from cfp.app import create_app, settle
from cfp.cli.connecting import ready_engine, session
from cfp.cli.runtime import json_option, report
from cfp.config import Config
from cfp.domain.accounts.first import offer
from cfp.errors import ConfigError
from cfp.jobs.keeper import kept_worker
from cfp.links import Links

HOST = "127.0.0.1"
BACKLOG = 1024
READ_AHEAD = 2
"""How often what the pages take is received whole, so that they can say what was too large; the
server reads everything before they are asked, onto the disk, and from anybody."""


@click.command()
@click.option("--host", default=HOST, show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--threads", default=8, show_default=True, type=click.IntRange(1, 64))
@click.option("--no-worker", is_flag=True, help="Only pages; `cfp worker` runs elsewhere.")
@json_option
@click.pass_obj
def serve(
    config: Config, host: str, port: int, threads: int, no_worker: bool, as_json: bool
) -> None:
    """Serve the pages, and keep a worker for mail and jobs beside them."""
    logging.basicConfig(level=config.log_level, format="%(levelname)s %(name)s %(message)s")
    ready_engine(config).dispose()
    listener = bind(host, port)
    first = _first_link(config)
    click.echo(f"cfp serves on http://{host}:{port}", err=True)
    click.echo(f"Visitors reach it at {config.base_url} alone (CFP_BASE_URL)", err=True)
    if first:
        click.echo(f"Create the first conference: {first} (good once, for a day)", err=True)
    if as_json:
        report("", {"url": config.base_url, "first_conference": first}, as_json=True)
    run(config, listener, threads=threads, worker=not no_worker)


def _first_link(config: Config) -> str | None:
    """On an instance without accounts, the way in; nothing is written on any other."""
    with session(config, writes=True) as db:
        secret = offer(db, now=clock.now())
        db.commit()
    return Links(config.base_url).first_account(secret) if secret else None


def bind(host: str, port: int) -> socket.socket:
    """Take the address first, so that a busy port is one sentence and nothing has started.

    Whoever connects from here on waits until the pages are served.
    """
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        key = "port_busy" if error.errno == errno.EADDRINUSE else "cannot_listen"
        raise ConfigError(key, host=host, port=port, value=error.strerror) from error
    return listener


def run(config: Config, listener: socket.socket, *, threads: int = 8, worker: bool = True) -> None:
    """Serve until SIGTERM or Ctrl-C; requests in flight are finished first."""
    app = create_app(config)
    settle()
    most = READ_AHEAD * app.config["MAX_CONTENT_LENGTH"]
    server = waitress.create_server(
        app, sockets=[listener], threads=threads, ident=None, max_request_body_size=most
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop)
    with kept_worker(config) if worker else nullcontext():
        server.run()


def _stop(_number: int, _frame: FrameType | None) -> None:
    sys.exit(0)
