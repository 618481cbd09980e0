"""Which module does which kind of job. It is imported only in the child process that needs it.

A task's module has one entry point, `def run(context: JobContext) -> dict[str, Any]`: it reads
with `context.reading()`, computes outside any transaction, says how far it is with
`context.report(share)`, writes with `context.storing()`, and returns the job's result as JSON.
It may be run again after a crash, and nothing of the crashed run was stored.
"""

import importlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from cfp.jobs.context import JobContext
from cfp.records import record

Run = Callable[[JobContext], dict[str, Any]]


@record
class Task:
    """The module of a kind of job, and how long one may take before it is ended."""

    module: str
    limit: timedelta = timedelta(minutes=10)

    def load(self) -> Run:
        """Import the module: solvers take their memory and seconds here and nowhere else."""
        run: Run = importlib.import_module(self.module).run
        return run


TASKS = {
    "announcement": Task("cfp.jobs.announcing"),
    "assignment": Task("cfp.jobs.assignment"),
    "calibrate": Task("cfp.jobs.calibrate"),
    "compare": Task("cfp.jobs.compare"),
    "hand_over": Task("cfp.jobs.hand_over"),
    "select": Task("cfp.jobs.selection", limit=timedelta(minutes=45)),
    "timetable": Task("cfp.jobs.timetable"),
}
