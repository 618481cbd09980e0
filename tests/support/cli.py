"""The command line, called in the test's own process: the same `main`, without a start of Python.

What starts, ends or is killed as a process of its own is tried in `tests/support/server.py`'s way.
"""

import json
import os
from collections.abc import Mapping
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from cfp.cli import main


@dataclass(frozen=True)
class Done:
    """How a command ended, and what it wrote."""

    returncode: int
    stdout: str
    stderr: str

    @property
    def data(self) -> Any:
        """What `--json` has printed."""
        return json.loads(self.stdout)


def run_cli(instance: Path, settings: Mapping[str, str], *arguments: str) -> Done:
    """Run one `cfp` command to its end; the caller judges its status and what it wrote."""
    developers = dict.fromkeys(name for name in os.environ if name.startswith("CFP_"))
    env = {**developers, "CFP_INSTANCE": str(instance), **settings}
    with chdir(instance), CliRunner().isolation(env=env) as (stdout, stderr, _both):
        try:
            main(arguments)
            status = 0
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else int(end.code is not None)
    return Done(status, stdout.getvalue().decode(), stderr.getvalue().decode())
