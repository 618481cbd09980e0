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
    "serve": ("serve:serve", "Serve the pages, and keep a worker for mail and jobs beside them."),
    "worker": ("worker:worker", "Send the mail that is due and run the jobs that wait."),
    "job": ("job:job", "Long work: what waits, and running it by hand."),
    "upgrade": (
        "database:upgrade",
        "Create the database or bring it up to date; safe to run again.",
    ),
    "doctor": (
        "doctor:doctor",
        "Say what is wrong; status 0 all well, 3 worth a look, 1 something must be done.",
    ),
    "demo": ("demo:demo", "Serve a demo conference; made at the first start, kept from then on."),
    "user": ("people:user", "The people who log in."),
    "conference": ("conferences:conference", "The conferences of this installation."),
    "import": ("program:import_", "Bring in what exists elsewhere."),
    "export": ("export:export", "Write the published program in one of its formats."),
    "assign": (
        "assignment:assign",
        "Assign reviewers to all submissions under review, and tell them.",
    ),
    "schedule": (
        "schedule:schedule",
        "Compute when and where every announced talk of the current draft is.",
    ),
    "assign-file": (
        "assign_file:assign_file",
        "Assign reviewers to papers as a file of arrays says: docs/assignment.md has its format.",
    ),
    "calibrate-file": (
        "calibrate_file:calibrate_file",
        "Calibrate the scores of a table: submission, reviewer, score and, if given, weight.",
    ),
    "compare-file": (
        "compare_file:compare_file",
        "Score what was compared: winner, loser and, if given, tie (yes or no) and reviewer.",
    ),
    "select-file": (
        "select_file:select_file",
        "Choose what to accept of a file's items: docs/decisions.md has its format.",
    ),
    "mail": ("mail:mail", "The mail this installation sends."),
    "audit": ("audit:audit", "The audit log."),
}
"""Where each one is, and the first sentence of its help: to list them, none is imported."""

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
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        gc.disable()  # what is imported stays: looking for garbage in it took a sixth of the start
        try:
            command: click.Command = getattr(importlib.import_module(f"cfp.cli.{module}"), name)
        finally:
            gc.freeze()  # nor is it looked at once the collector is on again
            gc.enable()
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Say what each one does."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, words) for name, (_, words) in COMMANDS.items()])


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
