"""`cfp user`: accounts for people the operator knows."""

import sys
from pathlib import Path

import click

from cfp import clock
from cfp.actors import SYSTEM
from cfp.cli.arguments import checked_address, checked_name
from cfp.cli.connecting import session
from cfp.cli.runtime import json_option, report
from cfp.config import Config
from cfp.domain.accounts import actions, administration, passwords
from cfp.domain.accounts.queries import account_with_address
from cfp.errors import ConfigError, DomainError


@click.group()
def user() -> None:
    """The people who log in."""


@user.command()
@click.argument("name", callback=checked_name)
@click.argument("email", callback=checked_address)
@click.option("--administrator", is_flag=True, help="May manage accounts and make conferences.")
@click.option(
    "--password-file",
    type=click.Path(path_type=Path, dir_okay=False, allow_dash=True),
    help="Read a password from this file's first line; - reads it from stdin.",
)
@click.option("--password-prompt", is_flag=True, help="Ask for a password on the terminal.")
@json_option
@click.pass_obj
def add(
    config: Config,
    name: str,
    email: str,
    administrator: bool,
    password_file: Path | None,
    password_prompt: bool,
    as_json: bool,
) -> None:
    """Make an account for NAME at EMAIL, whose address is taken as proved.

    Without a password they log in by a link or a code sent by mail.
    """
    if password_file and password_prompt:
        raise click.UsageError("Give --password-file or --password-prompt, not both.")
    password = _read(password_file) if password_file else _ask() if password_prompt else None
    if password is not None:
        passwords.check_rules(password, about=[name, email])
    with session(config, writes=True) as db:
        account = actions.add_user(
            db,
            SYSTEM,
            name=name,
            email=email,
            password=password,
            administrator=administrator,
            now=clock.now(),
        )
        db.commit()
        made = {"id": account.id, "email": email, "administrator": administrator}
    how = "with the password" if password else "by e-mail"
    report(f"{name} can log in {how} as {email}.", made, as_json=as_json)


@user.command("make-administrator")
@click.argument("email", callback=checked_address)
@json_option
@click.pass_obj
def make_administrator(config: Config, email: str, as_json: bool) -> None:
    """Let the account at EMAIL manage accounts and make conferences."""
    with session(config, writes=True) as db:
        account = account_with_address(db, email)
        if account is None:
            raise DomainError("account.none_at", email=email)
        administration.set_administrator(
            db, SYSTEM, account_id=account.id, administrator=True, now=clock.now()
        )
        db.commit()
        made = {"id": account.id, "email": email, "administrator": True}
    report(f"Whoever logs in as {email} is an administrator.", made, as_json=as_json)


def _read(path: Path) -> str:
    """The file's first line as it is: a password may begin or end with blanks."""
    try:
        if str(path) == "-":
            text = sys.stdin.buffer.read().decode()
        else:
            text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise ConfigError("unreadable", name=str(path), value="not UTF-8") from None
    except OSError as error:
        raise ConfigError("unreadable", name=str(path), value=error.strerror) from error
    return text.split("\n", 1)[0].removesuffix("\r")


def _ask() -> str:
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
