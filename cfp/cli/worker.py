"""`cfp worker`."""

import dataclasses
import logging

import click

from cfp.cli.connecting import ready_engine
from cfp.cli.runtime import json_option, report
from cfp.cli.words import number_of
from cfp.config import Config
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
    mails, jobs = number_of(done.sent, "mail"), number_of(done.jobs, "job")
    words = f"{mails} sent, {done.failed} not, {jobs} run"
    report(words, dataclasses.asdict(done), as_json=as_json)
