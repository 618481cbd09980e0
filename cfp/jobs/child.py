"""The process of one job: `cfp job run ID --claim ...`. It may crash without hurting anybody."""

import logging
import os
import signal
import threading
import time

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from cfp.config import Config
from cfp.db import make_engine, open_session
from cfp.domain.jobs import Job, JobState
from cfp.errors import CfpError
from cfp.jobs import registry
from cfp.jobs.context import ClaimLostError, JobContext

ENDED, NO_RESULT, NOT_MINE = 0, 1, 3
SECONDS_OF_GRACE = 30
log = logging.getLogger(__name__)


def run(config: Config, job_id: int, *, claim: str, parent: int) -> int:
    """Run a job that process `parent` has claimed as `claim`; returns the exit status.

    The alarm ends the process by the kernel's hand even when the parent is gone and a solver holds
    the interpreter; it comes a little after the limit that the parent keeps.
    """
    engine = make_engine(config.database_url)
    job = _claimed_job(engine, job_id, claim)
    if job is None:
        return NOT_MINE
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    context = JobContext(engine, job, claim)
    task = registry.TASKS.get(job.kind)
    if task is None:
        context.fail("job.unknown_kind", {"kind": job.kind})
        return NO_RESULT
    signal.alarm(int(task.limit.total_seconds()) + SECONDS_OF_GRACE)
    try:
        return perform(task, context)
    finally:
        context.close()
        engine.dispose()


def perform(task: registry.Task, context: JobContext) -> int:
    """Do the task and store its result, or why there is none; returns the exit status."""
    try:
        context.finish(task.load()(context))
    except ClaimLostError:
        return NOT_MINE
    except OperationalError:
        raise  # the database went away: the parent sees a process that ended, and tries again
    except CfpError as error:
        context.fail(error.key, error.data)
    except Exception:
        log.exception("job %d failed", context.job_id)
        context.fail("job.internal")
    else:
        return ENDED
    return NO_RESULT


def _claimed_job(engine: Engine, job_id: int, claim: str) -> Job | None:
    with open_session(engine, writes=False) as db:
        job = db.get(Job, job_id)
    mine = job is not None and job.claimed_by == claim and job.state == JobState.RUNNING
    return job if mine else None


def _end_with(parent: int) -> None:
    """End with the worker: nobody renews the claim any more, so all further work is void."""
    while os.getppid() == parent:
        time.sleep(1)
    os.killpg(0, signal.SIGKILL)
