"""What every command needs: its settings, and how to print and keep results."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from cfp.config import Config
from cfp.errors import ConfigError

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


def load_config() -> Config:
    """The settings; the instance folder exists afterwards."""
    config = Config.from_env(os.environ)
    try:
        config.instance.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        name = str(config.instance)
        raise ConfigError("not_writable", name=name, value=error.strerror) from error
    return config


@contextmanager
def solver_words_aside() -> Iterator[None]:
    """What a solver's own code prints goes to standard error: the other has the result alone.

    HiGHS says now and then which of its parts had trouble, whatever it is told to be silent about.
    """
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


def report(text: str, data: object, *, as_json: bool) -> None:
    """The result of a command: for people, or for programs."""
    click.echo(json.dumps(data, ensure_ascii=False, default=str) if as_json else text)


def write_whole(output: Path, data: bytes) -> None:
    """All of the file or nothing: written beside it, then renamed."""
    partial = output.with_name(output.name + ".partial")
    try:
        partial.write_bytes(data)
        partial.replace(output)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise ConfigError("not_writable", name=str(output), value=error.strerror) from error
