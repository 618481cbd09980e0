"""`cfp job run`, which is also how a worker starts a job's process."""

import logging
import sys

import click

from cfp.cli.connecting import ready_engine, session
from cfp.cli.runtime import json_option, report
from cfp.config import Config
from cfp.domain import models
from cfp.domain.jobs import JobState
from cfp.errors import NotNowError
from cfp.jobs import child


@click.group
def job() -> None:
    """Long work: what waits, and running it by hand."""


@job.command
@click.argument("job_id", type=int)
@click.option("--claim", hidden=True, help="This process is the child of a worker.")
@click.option("--parent", type=int, hidden=True, help="That worker's process.")
@json_option
@click.pass_obj
def run(config: Config, job_id: int, claim: str | None, parent: int | None, as_json: bool) -> None:
    """Run a waiting job now and wait for it."""
    logging.basicConfig(level=config.log_level)
    if claim is not None and parent is not None:
        sys.exit(child.run(config, job_id, claim=claim, parent=parent))
    # A worker has many jobs: the process of one loads less than the worker itself.
    from cfp.jobs.worker import run_one  # noqa: PLC0415 - as said

    ready_engine(config).dispose()
    if not run_one(config, job_id):
        raise NotNowError("job.not_waiting", id=job_id)
    with session(config, writes=False) as db:
        found = db.get_one(models.Job, job_id)
    outcome = {"id": job_id, "state": found.state, "error": found.error, "result": found.result}
    report(f"Job {job_id}: {found.state} {found.error}".rstrip(), outcome, as_json=as_json)
    sys.exit(0 if found.state == JobState.DONE else 1)
