"""`cfp worker`, and `cfp job run`, which is also how a worker starts a job's process."""

import dataclasses
import logging
import sys

import click

from cfp.cli.runtime import json_option, ready_engine, report, session
from cfp.config import Config
from cfp.domain import models
from cfp.domain.jobs import JobState
from cfp.errors import NotNowError
from cfp.jobs import child
from cfp.jobs import worker as worker_


@click.command
@click.option("--once", is_flag=True, help="Do what is due now, then end.")
@click.option("--parent", type=int, hidden=True, help="End when this is no longer the parent.")
@json_option
@click.pass_obj
def worker(config: Config, once: bool, parent: int | None, as_json: bool) -> None:
    """Send the mail that is due and run the jobs that wait."""
    logging.basicConfig(level=config.log_level)
    ready_engine(config).dispose()
    if not once:
        worker_.run(config, parent=parent)
        return
    done = worker_.run_due_once(config)
    words = f"{done.sent} mails sent, {done.failed} not, {done.jobs} jobs run"
    report(words, dataclasses.asdict(done), as_json=as_json)


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
    ready_engine(config).dispose()
    if not worker_.run_one(config, job_id):
        raise NotNowError("job.not_waiting", id=job_id)
    with session(config, writes=False) as db:
        found = db.get_one(models.Job, job_id)
    outcome = {"id": job_id, "state": found.state, "error": found.error, "result": found.result}
    report(f"Job {job_id}: {found.state} {found.error}".rstrip(), outcome, as_json=as_json)
    sys.exit(0 if found.state == JobState.DONE else 1)
