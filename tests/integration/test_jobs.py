"""Jobs run in processes of their own, and survive the death of any of them.

Real workers and real kills, on both databases. A trial task stores one row and says which process
stored it, so that work done twice would show.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update

from cfp import clock
from cfp.actors import SYSTEM
from cfp.config import Config
from cfp.db import open_session
from cfp.domain import jobs
from cfp.domain.conferences.models import Conference, Track
from cfp.domain.jobs import Job
from cfp.errors import NotNowError
from cfp.jobs import registry
from cfp.jobs.context import ClaimLostError, JobContext
from cfp.jobs.keeper import kept_worker
from cfp.jobs.registry import Task
from cfp.jobs.worker import run_due_once, run_one
from tests.support.cli import run_cli
from tests.support.outbox import a_worker, config_for, make_conference, wait_for
from tests.support.server import Process, run_process
from tests.support.trial_worker import HURRIED, PROGRAM, TRIAL

LEASE = timedelta(minutes=1)


@pytest.fixture
def config(instance: Path, database_url: str) -> Config:
    return config_for(instance, database_url)


@pytest.fixture
def ask(engine: Engine) -> Callable[..., int]:
    """Enqueue a job of the trial task; returns its id."""

    def ask(do: str, number: float = 0, kind: str = TRIAL) -> int:
        with open_session(engine, writes=True) as db:
            conference = db.scalars(select(Conference)).one_or_none() or make_conference(db)
            job = jobs.enqueue(
                db,
                SYSTEM,
                kind=kind,
                parameters={"do": do, "number": number},
                conference=conference,
                now=clock.now(),
            )
            db.commit()
            return job.id

    return ask


def read(engine: Engine, job_id: int) -> Job:
    with open_session(engine, writes=False) as db:
        return db.get_one(Job, job_id)


def stored(engine: Engine) -> list[str]:
    with open_session(engine, writes=False) as db:
        return list(db.scalars(select(Track.name)))


def wait_for_state(engine: Engine, job_id: int, state: str, *processes: Process) -> Job:
    wait_for(lambda: read(engine, job_id).state == state, *processes)
    return read(engine, job_id)


def run_due(config: Config) -> int:
    return run_due_once(config, pace=HURRIED, program=PROGRAM).jobs


def is_alive(pid: int) -> bool:
    """Whether a process does anything; one whose parent has not buried it yet does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def children_of(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in found]


def test_a_job_is_done_and_its_outcome_stored(config, engine, ask):
    job_id = ask("work", 3)
    assert run_due(config) == 1
    job = read(engine, job_id)
    assert (job.state, job.result, job.progress, job.attempts) == ("done", {"number": 3}, 1.0, 1)
    assert job.finished >= job.started
    assert len(stored(engine)) == 1


def test_a_job_whose_change_was_rolled_back_never_was(config, engine):
    with open_session(engine, writes=True) as db:
        jobs.enqueue(db, SYSTEM, kind=TRIAL, parameters={}, conference=None, now=clock.now())
    assert run_due(config) == 0


@pytest.mark.parametrize(
    ("do", "kind", "error", "details"),
    [
        ("break", TRIAL, "job.internal", {}),
        ("refuse", TRIAL, "assignment.infeasible", {"missing": 3}),
        ("work", "nonsense", "job.unknown_kind", {"kind": "nonsense"}),
    ],
)
def test_a_job_that_fails_says_why_and_is_not_repeated(
    config, engine, ask, do, kind, error, details
):
    job_id = ask(do, kind=kind)
    assert run_due(config) == 1
    job = read(engine, job_id)
    assert (job.state, job.error, job.result, job.attempts) == ("failed", error, details, 1)
    assert stored(engine) == []


def test_a_failed_job_runs_again_when_asked_and_a_done_one_does_not(config, engine, ask):
    job_id = ask("break")
    run_due(config)
    with open_session(engine, writes=True) as db:
        job = db.get_one(Job, job_id)
        job.parameters = {"do": "work"}
        jobs.retry(db, SYSTEM, job=job, now=clock.now())
        db.commit()
    run_due(config)
    job = read(engine, job_id)
    assert (job.state, job.attempts) == ("done", 1)
    with open_session(engine, writes=True) as db, pytest.raises(NotNowError):
        jobs.retry(db, SYSTEM, job=db.get_one(Job, job_id), now=clock.now())


def test_a_child_that_dies_runs_again(config, engine, ask):
    job_id = ask("die_the_first_time")
    assert run_due(config) == 2
    job = read(engine, job_id)
    assert (job.state, job.attempts) == ("done", 2)
    assert len(stored(engine)) == 1


def test_a_job_that_always_kills_its_process_is_given_up_and_stores_nothing(config, engine, ask):
    job_id = ask("die_after_storing")
    assert run_due(config) == jobs.MAX_ATTEMPTS
    job = read(engine, job_id)
    assert (job.state, job.error) == ("failed", jobs.CRASHED)
    assert stored(engine) == []


def test_a_job_of_a_worker_that_never_comes_back_is_done_by_another(config, engine, ask):
    job_id = ask("sleep_the_first_time", 60)
    with a_worker(config) as lost:
        wait_for(lambda: (config.instance / "was-here").exists(), lost)
        [child] = children_of(lost.pid)
        lost.kill()
        wait_for(lambda: not is_alive(child), lost)
    assert read(engine, job_id).state == "running"
    with a_worker(config, "other") as other:
        job = wait_for_state(engine, job_id, "done", other)
    assert job.attempts == 2
    assert len(stored(engine)) == 1


def test_a_job_of_a_machine_that_is_gone_is_done_by_another(config, engine, ask):
    job_id = ask("sleep_the_first_time", 60)
    with a_worker(config) as lost:
        wait_for(lambda: (config.instance / "was-here").exists(), lost)
        for pid in (*children_of(lost.pid), lost.pid):
            os.kill(pid, signal.SIGKILL)
        lost.process.wait()
    with a_worker(config, "other") as other:
        wait_for_state(engine, job_id, "done", other)
    assert len(stored(engine)) == 1


def test_a_job_whose_workers_all_died_is_given_up(config, engine, ask):
    job_id = ask("work")
    with open_session(engine, writes=True) as db:
        for _ in range(jobs.MAX_ATTEMPTS):
            past = clock.now() - timedelta(hours=1)
            values = {"due": past, "claimed_until": past}
            db.execute(update(Job).values(**values))
            assert jobs.claim(db, job_id, claimed_by="gone", now=past, lease=LEASE)
        db.commit()
    assert run_due(config) == 0
    job = read(engine, job_id)
    assert (job.state, job.error) == ("failed", jobs.CRASHED)


def test_a_run_that_was_taken_over_stores_nothing(engine, ask):
    job_id = ask("work")
    with open_session(engine, writes=True) as db:
        first = jobs.claim(db, job_id, claimed_by="slow", now=clock.now(), lease=-LEASE)
        db.commit()
    slow = JobContext(engine, first, "slow")
    slow.report(0.1)
    with open_session(engine, writes=True) as db:
        assert jobs.claim(db, job_id, claimed_by="quick", now=clock.now(), lease=LEASE)
        db.commit()
    with pytest.raises(ClaimLostError):
        slow.finish({"number": 1})
    slow.close()
    slow.fail("job.internal")
    job = read(engine, job_id)
    assert (job.state, job.claimed_by, job.result) == ("running", "quick", {})


def test_a_task_that_holds_the_interpreter_keeps_its_job(config, engine, ask):
    """Longer than the lease: the parent renews it, and a second worker must not start the job."""
    job_id = ask("hold_the_interpreter", 2 * HURRIED.job_lease.total_seconds())
    with a_worker(config) as one, a_worker(config, "other") as other:
        job = wait_for_state(engine, job_id, "done", one, other)
    assert job.attempts == 1
    assert len(stored(engine)) == 1


def test_a_canceled_job_is_ended(config, engine, ask):
    job_id = ask("hold_the_interpreter", 60)
    with a_worker(config) as worker:
        wait_for(lambda: bool(children_of(worker.pid)), worker)
        [child] = children_of(worker.pid)
        with open_session(engine, writes=True) as db:
            jobs.cancel(db, SYSTEM, job=db.get_one(Job, job_id), now=clock.now())
            db.commit()
        wait_for(lambda: not is_alive(child), worker)
    assert read(engine, job_id).state == "canceled"
    assert stored(engine) == []


def test_a_waiting_job_can_be_canceled_and_a_finished_one_cannot(config, engine, ask):
    job_id = ask("work")
    with open_session(engine, writes=True) as db:
        jobs.cancel(db, SYSTEM, job=db.get_one(Job, job_id), now=clock.now())
        db.commit()
    assert run_due(config) == 0
    with open_session(engine, writes=True) as db, pytest.raises(NotNowError):
        jobs.cancel(db, SYSTEM, job=db.get_one(Job, job_id), now=clock.now())


def test_a_job_ends_at_its_limit(config, engine, ask, monkeypatch):
    limited = Task("tests.support.trial_task", limit=timedelta(seconds=1))
    monkeypatch.setitem(registry.TASKS, TRIAL, limited)
    job_id = ask("hold_the_interpreter", 60)
    assert run_due(config) == 1
    job = read(engine, job_id)
    assert (job.state, job.error) == ("failed", "job.timed_out")


def test_progress_is_seen_while_a_job_runs(config, engine, ask):
    job_id = ask("sleep", 2)
    with a_worker(config) as worker:
        wait_for(lambda: read(engine, job_id).progress == 0.5, worker)
        wait_for_state(engine, job_id, "done", worker)


def test_a_worker_told_to_stop_finishes_a_job_that_is_nearly_done(config, engine, ask):
    job_id = ask("sleep", 0.6)
    with a_worker(config) as worker:
        wait_for(lambda: read(engine, job_id).progress == 0.5, worker)
        assert worker.stop() == 0
    assert read(engine, job_id).state == "done"


def test_a_worker_told_to_stop_gives_back_a_job_that_takes_longer(config, engine, ask):
    job_id = ask("sleep", 60)
    with a_worker(config) as worker:
        wait_for(lambda: read(engine, job_id).progress == 0.5, worker)
        [child] = children_of(worker.pid)
        assert worker.stop() == 0
    assert not is_alive(child)
    job = read(engine, job_id)
    assert (job.state, job.attempts) == ("queued", 0)


def test_a_worker_ends_when_its_parent_is_gone(config):
    parent = (
        "import os, subprocess, sys, time\n"
        "subprocess.Popen([*sys.argv[1:], 'worker', '--parent', str(os.getpid())])\n"
        "time.sleep(60)\n"
    )
    server = subprocess.Popen([sys.executable, "-c", parent, *PROGRAM], env=config.for_child())
    note = config.instance / "worker.pid"
    wait_for(lambda: note.exists() and note.read_text() != "")
    worker = int(note.read_text())
    server.kill()
    server.wait()
    wait_for(lambda: not is_alive(worker))


def test_a_worker_that_was_killed_is_started_again_and_ends_with_the_server(config, engine, ask):
    note = config.instance / "worker.pid"
    with kept_worker(config, program=PROGRAM):
        wait_for(lambda: note.exists() and note.read_text() != "")
        first = int(note.read_text())
        os.kill(first, signal.SIGKILL)
        wait_for(lambda: note.read_text() not in ("", str(first)))
        second = int(note.read_text())
        job_id = ask("work")
        wait_for_state(engine, job_id, "done")
    assert not is_alive(second)


def test_the_command_runs_what_waits(config, engine, ask):
    """The real program, whose registry has no trial task: that is the job's outcome."""
    job_id = ask("work")
    settings = {"CFP_DATABASE_URL": config.database_url}
    by_hand = run_process(config.instance, settings, "job", "run", str(job_id), "--json")
    assert by_hand.returncode == 1, by_hand.stderr
    assert json.loads(by_hand.stdout) == {
        "id": job_id,
        "state": "failed",
        "error": "job.unknown_kind",
        "result": {"kind": TRIAL},
    }
    again = run_cli(config.instance, settings, "job", "run", str(job_id))
    assert (again.returncode, again.stdout) == (1, "")
    assert str(job_id) in again.stderr
    ask("work")
    once = run_cli(config.instance, settings, "worker", "--once", "--json")
    assert once.data == {"sent": 0, "failed": 0, "jobs": 1}


def test_one_job_is_run_by_hand(config, engine, ask):
    job_id, other = ask("work", 2), ask("work")
    assert run_one(config, job_id, pace=HURRIED, program=PROGRAM)
    assert not run_one(config, job_id, pace=HURRIED, program=PROGRAM)
    assert [read(engine, each).state for each in (job_id, other)] == ["done", "queued"]
