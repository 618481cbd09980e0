"""Do in this process what a worker's child would: the newest job that was asked for.

A process of its own for each job, as workers have it, takes seconds to start: `test_jobs` is about
those.
"""

from collections.abc import Callable

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from cfp import clock
from cfp.domain.jobs import Job, claim
from cfp.jobs import child, registry
from cfp.jobs.context import JobContext
from tests.factories import NOW

Work = Callable[[], Job]


def work_on(db: Session, engine: Engine) -> Job:
    """Run it to its end; its result, or why there is none, is stored as a worker's would be."""
    job = db.query(Job).order_by(Job.id.desc()).first()
    assert job is not None
    now = clock.now()
    claimed = claim(db, job.id, claimed_by="test", now=now, lease=now - NOW)
    assert claimed is not None
    db.commit()
    context = JobContext(engine, claimed, "test")
    try:
        child.perform(registry.TASKS[job.kind], context)
    finally:
        context.close()
    db.expire_all()
    return job
