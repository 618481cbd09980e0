"""The demo: loaded once, whole or not at all, with everything in it that a visitor looks for."""

import json
import signal
import time
import urllib.request
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from cfp import clock
from cfp.audit import broken_links
from cfp.db import make_engine, open_session
from cfp.demo import cast, loading, script, setting
from cfp.demo.marker import is_loaded
from cfp.domain.accounts.models import Account, Person
from cfp.domain.assignment.models import Assignment, Conflict
from cfp.domain.conferences.models import Conference
from cfp.domain.decisions.models import CalibratedReviewer, Calibration, PendingDecision
from cfp.domain.mail.models import Message
from cfp.domain.program.models import ProgramVersion
from cfp.domain.reviews.models import Comparison, Guest, Review
from cfp.domain.submissions.models import Submission
from cfp.domain.submissions.states import State, call_is_open
from cfp.errors import ConfigError
from cfp.jobs import assignment, calibrate, compare, selection
from cfp.links import Links
from tests.factories import make_person
from tests.support.cli import run_cli
from tests.support.ports import free_port
from tests.support.server import running
from tests.support.visitor import Visitor

LINKS = Links("http://localhost")


def load(db: Session) -> Conference:
    return loading.load(
        db,
        links=LINKS,
        solve=assignment.solve,
        calibrate=calibrate.solve,
        compare=compare.solve,
        choose=selection.solve,
        now=clock.now(),
    )


def counted(db: Session, column: object, conference: Conference) -> Counter[str]:
    table = column.class_  # type: ignore[attr-defined]
    return Counter(db.scalars(select(column).where(table.conference_id == conference.id)))


def log_in(app: Flask, role: str) -> Visitor:
    visitor = Visitor(app.test_client())
    row = next(one for one in script.logins() if one["role"] == role)
    visitor.submit(
        visitor.get("/account/log-in/password"),
        {"email": row["email"], "password": row["password"]},
    )
    return visitor


def check_what_a_visitor_looks_for(app: Flask, db: Session) -> None:
    conference = db.scalars(select(Conference).order_by(Conference.start_date.desc())).first()
    assert conference is not None
    check_this_year(db, conference)
    check_the_year_before(db, conference)
    for role, path, words in (
        ("speaker", f"/{conference.slug}/submissions/", "Merging calendars without a referee"),
        ("reviewer", f"/{conference.slug}/reviews/", "about"),
        ("chair", f"/{conference.slug}/chair/", "not submitted"),
        ("chair", f"/{conference.slug}/chair/decisions/select/", "One each, more newcomers"),
        ("administrator", "/admin/", "Dunja Kolar"),
    ):
        page = log_in(app, role).get(path)
        assert (page.status, words in page.text) == (200, True), (role, page.text)
    public = Visitor(app.test_client()).get(f"/{conference.slug}/program/")
    assert "A firmware update is a promise" in public.text
    for secret in ("Blockchain-verified gardening", "Merging calendars", "@harborlight.example"):
        assert secret not in public.html


def check_this_year(db: Session, conference: Conference) -> None:
    assert counted(db, Submission.state, conference) == Counter(
        one.state for one in script.talks()
    )
    assert set(counted(db, Submission.state, conference)) == set(State)
    messages = counted(db, Message.state, conference)
    assert {"sent", "queued", "held", "refused", "uncertain"} <= set(messages)
    assert counted(db, Review.state, conference)["submitted"] > 80
    assert set(counted(db, Assignment.state, conference)) == {
        *("assigned", "accepted", "declined", "done")
    }
    version = db.scalars(select(ProgramVersion).order_by(ProgramVersion.id.desc())).first()
    assert version is not None
    assert {one["kind"] for one in version.differences} == {"moved", "canceled", "new"}
    assert {"open", "confirmed", "dismissed"} <= set(counted(db, Conflict.state, conference))
    assert len(counted(db, PendingDecision.outcome, conference)) == 3
    assert sorted(counted(db, ProgramVersion.number, conference)) == [1, 2]
    assert call_is_open(conference, clock.now())
    assert {"handed", "sent", "declined"} <= set(counted(db, Guest.state, conference))
    assert counted(db, Comparison.state, conference)["said"] > 30
    sources = counted(db, Calibration.source, conference)
    assert set(sources) == {"reviews", "pairs"}
    check_what_scores_tell(db, conference)
    assert not broken_links(db)
    latest = db.scalar(select(func.max(Message.created)))
    assert latest is not None
    assert latest <= clock.now()


def check_what_scores_tell(db: Session, conference: Conference) -> None:
    """The most lenient of the script is found, and the board shows both scores."""
    assert conference.adjusts_scores
    run = db.scalars(
        select(Calibration)
        .where(
            Calibration.conference_id == conference.id,
            Calibration.source == "reviews",
            Calibration.top.is_not(None),
        )
        .order_by(Calibration.submissions.desc())
    ).first()
    assert run is not None
    assert 0 < run.figures["open"] < run.submissions
    name = db.scalars(
        select(Person.name)
        .join(CalibratedReviewer, CalibratedReviewer.person_id == Person.id)
        .where(CalibratedReviewer.calibration_id == run.id)
        .order_by(CalibratedReviewer.leniency.desc())
    ).first()
    lenient = max(cast.reviewers(), key=lambda row: row["lenience"])
    assert name == lenient["name"]


def check_the_year_before(db: Session, conference: Conference) -> None:
    before = db.scalars(select(Conference).where(Conference.id != conference.id)).one()
    assert before.archived
    assert before.end_date < clock.now().date()
    assert set(counted(db, Submission.state, before)) == {"confirmed"}


def test_a_half_loaded_demo_cannot_exist(
    db: Session, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object) -> None:
        raise RuntimeError("the power is gone")

    monkeypatch.setattr(setting, "set_up_reviewing", fail)
    with pytest.raises(RuntimeError):
        load(db)
    db.rollback()
    with open_session(engine, writes=False) as other:
        assert other.scalar(select(func.count()).select_from(Person)) == 0
        assert not is_loaded(other)


def test_anybody_elses_data_is_left_alone(db: Session) -> None:
    assert not is_loaded(db)
    make_person(db, "Ada")
    with pytest.raises(ConfigError):
        is_loaded(db)


def start(instance: Path, port: int) -> dict[str, object]:
    """Start the demo, read its line and one page, end it."""
    arguments = ("demo", "--port", str(port), "--json")
    with running(*arguments, instance=instance) as process:
        line = _first_line(process.log, process.process.poll)
        greeting: dict[str, object] = json.loads(line)
        with urllib.request.urlopen(f"{greeting['url']}/", timeout=30) as answer:  # noqa: S310 - our own loopback address
            assert b"Perennial" in answer.read()
        process.process.send_signal(signal.SIGINT)
        assert process.process.wait(timeout=60) == 0
    process.log.unlink()
    return greeting


def _first_line(log: Path, ended: Callable[[], object]) -> str:
    end = datetime.now(UTC) + timedelta(seconds=120)
    while datetime.now(UTC) < end:
        lines = [one for one in log.read_text().splitlines() if one.startswith("{")]
        if lines:
            return lines[0]
        assert ended() is None, log.read_text()
        time.sleep(0.1)
    raise AssertionError(log.read_text())


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_command_serves_it_and_a_second_start_doubles_nothing(
    instance: Path, app: Flask, db: Session
) -> None:
    """In an empty folder; and all is there that a visitor looks for: loading takes seconds."""
    (instance / "cfp.sqlite3").unlink()
    first, second = free_port(), free_port()
    greeting = start(instance, first)
    assert greeting["url"] == f"http://127.0.0.1:{first}"
    assert greeting["accounts"] == script.logins()
    count = _accounts(instance)
    assert start(instance, second)["url"] == f"http://127.0.0.1:{second}"
    assert _accounts(instance) == count
    check_what_a_visitor_looks_for(app, db)


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_it_is_the_same_on_postgresql(app: Flask, db: Session) -> None:
    load(db)
    db.commit()
    check_what_a_visitor_looks_for(app, db)


def _accounts(instance: Path) -> int:
    engine = make_engine(f"sqlite:///{instance / 'cfp.sqlite3'}")
    with open_session(engine, writes=False) as db:
        count = db.scalar(select(func.count()).select_from(Account)) or 0
    engine.dispose()
    return count


@pytest.mark.parametrize(
    ("arguments", "status"),
    [(("--port", "0"), 2), (("--port", "no"), 2), (("--nonsense",), 2), (("extra",), 2)],
)
def test_wrong_usage_is_status_2(instance: Path, arguments: tuple[str, ...], status: int) -> None:
    done = run_cli(instance, {}, "demo", *arguments)
    assert done.returncode == status
    assert "Traceback" not in done.stderr
    assert not (instance / "cfp.sqlite3").exists()


def test_no_write_access_is_one_sentence(tmp_path: Path) -> None:
    done = run_cli(tmp_path, {"CFP_INSTANCE": "/proc/demo"}, "demo")
    assert done.returncode == 1
    assert done.stderr.startswith("cfp: /proc/demo can't be written")
    assert done.stderr.count("\n") == 1
