"""What a command loads before it does anything: each is a process of its own, and waited for."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from cfp.cli import COMMANDS, cfp
from tests.support.server import environment

LOADED = """
import contextlib, sys
from cfp.cli import main
for name in sys.argv[1:]:
    with contextlib.suppress(SystemExit), contextlib.redirect_stdout(None):
        main(name.split())
print(*sys.modules)
"""
ON_FILES = ("assign-file", "calibrate-file", "compare-file", "select-file")


Loaded = Callable[..., set[str]]


@pytest.fixture
def loaded_by(tmp_path: Path) -> Loaded:
    """The modules of a process that has explained some commands, each as if it were to run."""

    def explain(*commands: str) -> set[str]:
        program = [sys.executable, "-c", LOADED, *commands]
        own = environment(tmp_path, {})
        return set(subprocess.check_output(program, cwd=tmp_path, env=own, text=True).split())

    return explain


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_of_commands_says_of_each_what_it_says_itself(name: str) -> None:
    command = cfp.get_command(click.Context(cfp), name)
    assert command is not None
    assert command.get_short_help_str(limit=1000) == COMMANDS[name][1]


def test_the_list_of_commands_loads_none_of_them(loaded_by: Loaded) -> None:
    assert {one for one in loaded_by("--help") if one.startswith("cfp.")} == {
        *("cfp.cli", "cfp.cli.runtime", "cfp.cli.words"),
        *("cfp.config", "cfp.errors", "cfp.records", "cfp.uploads"),
    }


def test_commands_on_files_load_neither_database_nor_pages(loaded_by: Loaded) -> None:
    loaded = loaded_by(*(f"{name} --help" for name in ON_FILES))
    assert {"cfp.algorithms.calibration", "cfp.algorithms.selection"} <= loaded
    assert not {"sqlalchemy", "flask", "jinja2", "babel"} & loaded


def test_pairs_are_compared_without_an_optimizer(loaded_by: Loaded) -> None:
    assert "scipy.optimize" not in loaded_by("compare-file --help")


def test_the_process_of_a_job_loads_no_mail_and_no_sweeps(loaded_by: Loaded) -> None:
    loaded = loaded_by("job --help")
    assert "cfp.jobs.child" in loaded
    assert not {"smtplib", "cfp.jobs.worker", "cfp.jobs.supervisor"} & loaded


def test_an_upgrade_that_has_nothing_to_do_loads_no_migrations(loaded_by: Loaded) -> None:
    assert "alembic" not in loaded_by("upgrade --help")
