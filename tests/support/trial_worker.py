"""The real `cfp worker` and `cfp job run`, with a trial task and less patience.

`python -m tests.support.trial_worker worker`; its job children are started the same way.
"""

import os
import sys
from datetime import timedelta

import click

from cfp.cli.job import job
from cfp.config import Config
from cfp.jobs import registry, worker
from cfp.jobs.pace import Pace
from cfp.jobs.registry import Task

PROGRAM = (sys.executable, "-m", "tests.support.trial_worker")
MAIN = "tests.support.trial_worker:main"
TRIAL = "trial"
HURRIED = Pace(
    job_lease=timedelta(seconds=2),
    renewal=0.4,
    mail_steps=3,
    server_pause=0.2,
    crash_wait=timedelta(0),
    stop_grace=1.0,
)


@click.command
@click.option("--parent", type=int)
@click.pass_obj
def hurried_worker(config: Config, parent: int | None) -> None:
    (config.instance / "worker.pid").write_text(str(os.getpid()))
    worker.run(config, pace=HURRIED, parent=parent, program=PROGRAM)


def main() -> None:
    registry.TASKS[TRIAL] = Task("tests.support.trial_task")
    group = click.Group(commands={"worker": hurried_worker, "job": job})
    group(obj=Config.from_env(os.environ))


if __name__ == "__main__":
    main()
