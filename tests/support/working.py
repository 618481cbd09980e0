"""Do in this process what a worker's child would: the newest job that was asked for."""

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from cfp import clock
from cfp.domain.jobs import Job, claim
from cfp.jobs import registry
from cfp.jobs.context import JobContext
from tests.factories import NOW


def work(db: Session, engine: Engine) -> Job:
    """Run it to its end; its result is stored as a worker's would be."""
    job = db.query(Job).order_by(Job.id.desc()).first()
    assert job is not None
    now = clock.now()
    claimed = claim(db, job.id, claimed_by="test", now=now, lease=now - NOW)
    assert claimed is not None
    db.commit()
    context = JobContext(engine, claimed, "test")
    try:
        context.finish(registry.TASKS[job.kind].load()(context))
    finally:
        context.close()
    db.expire_all()
    return job
