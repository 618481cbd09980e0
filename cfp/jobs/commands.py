"""`cfp worker` and `cfp job run`; `cfp.cli` adds them and gives the `Config` as `obj`."""

import dataclasses
import json
import logging
import sys

import click

from cfp.config import Config
from cfp.db import make_engine, open_session
from cfp.domain import models
from cfp.domain.jobs import JobState
from cfp.jobs import child
from cfp.jobs import worker as worker_


@click.command
@click.option("--once", is_flag=True, help="Do what is due now, then end.")
@click.option("--parent", type=int, hidden=True, help="End when this is no longer the parent.")
@click.option("--json", "as_json", is_flag=True, help="With --once: say as JSON what was done.")
@click.pass_obj
def worker(config: Config, once: bool, parent: int | None, as_json: bool) -> None:
    """Send the mail that is due and run the jobs that wait."""
    logging.basicConfig(level=config.log_level)
    if not once:
        worker_.run(config, parent=parent)
        return
    done = worker_.run_due_once(config)
    words = f"{done.sent} mails sent, {done.failed} not, {done.jobs} jobs run"
    click.echo(json.dumps(dataclasses.asdict(done)) if as_json else words)


@click.group
def job() -> None:
    """Long work: what waits, and running it by hand."""


@job.command
@click.argument("job_id", type=int)
@click.option("--claim", hidden=True, help="This process is the child of a worker.")
@click.option("--parent", type=int, hidden=True, help="That worker's process.")
@click.option("--json", "as_json", is_flag=True, help="Print the job's outcome as JSON.")
@click.pass_obj
def run(config: Config, job_id: int, claim: str | None, parent: int | None, as_json: bool) -> None:
    """Run a waiting job now and wait for it."""
    logging.basicConfig(level=config.log_level)
    if claim is not None and parent is not None:
        sys.exit(child.run(config, job_id, claim=claim, parent=parent))
    if not worker_.run_one(config, job_id):
        raise click.ClickException(f"Job {job_id} is not waiting to be run.")
    sys.exit(_print_outcome(config, job_id, as_json))


def _print_outcome(config: Config, job_id: int, as_json: bool) -> int:
    engine = make_engine(config.database_url)
    with open_session(engine, writes=False) as db:
        found = db.get_one(models.Job, job_id)
    engine.dispose()
    outcome = {"id": job_id, "state": found.state, "error": found.error, "result": found.result}
    words = f"Job {job_id}: {found.state} {found.error}".strip()
    click.echo(json.dumps(outcome) if as_json else words)
    return 0 if found.state == JobState.DONE else 1
