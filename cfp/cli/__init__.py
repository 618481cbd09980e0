"""`cfp`, the command line.

Data go to stdout, messages to stderr; exit 0 done, 1 refused, 2 wrong usage, 3 done with warnings.
A command's module is imported when the command runs.
"""

import gc
import importlib
import sys
from collections.abc import Sequence

import click

from cfp.cli.runtime import load_config
from cfp.cli.words import sentence
from cfp.errors import CfpError

COMMANDS = {
    "serve": "cfp.cli.serve:serve",
    "worker": "cfp.cli.worker:worker",
    "job": "cfp.cli.worker:job",
    "upgrade": "cfp.cli.database:upgrade",
    "doctor": "cfp.cli.doctor:doctor",
    "demo": "cfp.cli.demo:demo",
    "user": "cfp.cli.people:user",
    "conference": "cfp.cli.conferences:conference",
    "import": "cfp.cli.program:import_",
    "export": "cfp.cli.program:export",
    "assign": "cfp.cli.assignment:assign",
    "schedule": "cfp.cli.schedule:schedule",
    "assign-file": "cfp.cli.assign_file:assign_file",
    "calibrate-file": "cfp.cli.calibrate_file:calibrate_file",
    "compare-file": "cfp.cli.compare_file:compare_file",
    "select-file": "cfp.cli.select_file:select_file",
    "mail": "cfp.cli.mail:mail",
    "audit": "cfp.cli.database:audit",
}


WITHOUT_INSTANCE = {"assign-file", "calibrate-file", "compare-file", "select-file"}


class LazyGroup(click.Group):
    """A group that knows its commands' names and imports a module only to run or explain it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        gc.disable()  # what is imported stays: looking for garbage took a tenth of the start
        try:
            command: click.Command = getattr(importlib.import_module(module), name)
        finally:
            gc.enable()
        return command


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="cfp")
@click.pass_context
def cfp(ctx: click.Context) -> None:
    """Run a conference's call for papers, from the call to the published program."""
    if ctx.invoked_subcommand not in WITHOUT_INSTANCE:
        ctx.obj = load_config()


def main(arguments: Sequence[str] | None = None) -> None:
    """The console script: every refusal is one sentence on stderr and exit status 1."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if any("\ud800" <= character <= "\udfff" for one in given for character in one):
        # Bytes that are no UTF-8 arrive as lone surrogates, which no database takes.
        click.echo("cfp: the arguments are not UTF-8.", err=True)
        sys.exit(2)
    try:
        cfp.main(args=given, prog_name="cfp")
    except CfpError as error:
        click.echo(f"cfp: {sentence(error)}", err=True)
        sys.exit(1)
