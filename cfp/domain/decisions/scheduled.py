"""Announcing at a set time: the mails are read now, and a job announces then what was read.

Nothing that was decided, edited or addressed otherwise meanwhile is announced unread: the job
compares what it would do with what was read, and if that differs it leaves everything pending.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType

from sqlalchemy import select
from sqlalchemy.orm import Session

from cfp import audit
from cfp.actors import Actor
from cfp.domain import jobs
from cfp.domain.accounts.models import Person
from cfp.domain.conferences.models import Conference
from cfp.domain.decisions.announcements import check_asked, plan
from cfp.domain.decisions.rewording import Words, check_words
from cfp.domain.jobs import Job, JobState
from cfp.errors import DomainError, NotFoundError
from cfp.links import Links
from cfp.records import record

JOB = "announcement"
AHEAD = timedelta(days=180)


@record
class Scheduled:
    """An announcement that waits for its time, or that could not be made then.

    What it announces is not told: another chair may have a conflict of interest with some of it.
    """

    id: int
    at: datetime
    by: str
    error: str

    @property
    def waits(self) -> bool:
        return not self.error


def announce_at(
    db: Session,
    actor: Actor,
    conference: Conference,
    *,
    at: datetime,
    codes: Collection[str] | None,
    expected: str,
    per_hour: int | None,
    words: Words = MappingProxyType({}),
    links: Links,
    now: datetime,
) -> Job:
    """Announce at that time what this chair has read, unless it has changed by then.

    Raises:
        DomainError: `announce.bad_time` at `at_date`, and as `announcements.announce` does.
    """
    if not now < at <= now + AHEAD:
        raise DomainError("announce.bad_time", field="at_date")
    ready = plan(db, actor, conference, codes=codes, links=links)
    check_asked(actor, conference, ready, expected)
    check_words(ready.letters, words)
    job = jobs.enqueue(
        db,
        actor,
        kind=JOB,
        parameters={
            "codes": None if codes is None else sorted(codes),
            "expected": expected,
            "per_hour": per_hour,
            "words": {code: [text.subject, text.body] for code, text in words.items()},
            "base": links.base,
        },
        conference=conference,
        due=at,
        now=now,
    )
    detail = {"at": at.isoformat()}
    audit.of_conference(db, actor, "decision.announce_later", conference, now=now, detail=detail)
    return job


def scheduled(db: Session, conference: Conference) -> Sequence[Scheduled]:
    """What waits, and the last one if it has failed; the next one first."""
    rows = db.execute(
        select(Job.id, Job.due, Person.name, Job.state, Job.error)
        .outerjoin(Person, Person.id == Job.requested_by_id)
        .where(Job.conference_id == conference.id, Job.kind == JOB)
        .order_by(Job.id.desc())
        .limit(50)
    ).all()
    waiting = [
        Scheduled(row.id, row.due, row.name or "", "")
        for row in rows
        if row.state in (JobState.QUEUED, JobState.RUNNING)
    ]
    failed = [
        Scheduled(row.id, row.due, row.name or "", row.error)
        for row in rows[:1]
        if row.state == JobState.FAILED
    ]
    return [*failed, *sorted(waiting, key=lambda one: one.at)]


def cancel(
    db: Session, actor: Actor, conference: Conference, *, number: int, now: datetime
) -> None:
    """Take one back; any chair may. Everything stays pending.

    Raises:
        NotFoundError: there is none of this number.
        NotNowError: `job.state_moved_on`, when it has been made.
    """
    job = db.get(Job, number)
    if job is None or job.kind != JOB or job.conference_id != conference.id:
        raise NotFoundError("not_found")
    jobs.cancel(db, actor, job=job, now=now)
