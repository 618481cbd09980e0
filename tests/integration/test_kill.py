"""`kill -9` of the server while people submit: what was acknowledged is there, once."""

import http.client
import threading
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from cfp import clock
from cfp.db import open_session
from cfp.domain.submissions.models import Speaker, Submission
from tests.factories import make_login, make_person
from tests.support.server import Server, serving
from tests.support.talks import open_conference
from tests.support.visitor import read_form, read_page

ROUNDS = 20
SPEAKERS_AT_ONCE = 3
NEW = "/netconf/submissions/new"


@dataclass
class Person:
    """Somebody who submits talk after talk until the server is gone."""

    cookie: str
    name: str
    acknowledged: list[str] = field(default_factory=list)
    unanswered: list[tuple[str, str]] = field(default_factory=list)

    def submit_until_killed(self, port: int, round_: int, submitted: threading.Event) -> None:
        for number in range(1_000):
            title = f"{self.name} {round_}-{number}"
            try:
                body = self.fill(port, title)
                self.send(port, title, body)
            except (OSError, http.client.HTTPException):
                return
            submitted.set()

    def fill(self, port: int, title: str) -> str:
        status, page = ask(port, "GET", NEW, self.cookie)
        assert status == 200
        root = read_page(page)
        form = next(one for one in map(read_form, root.iter("form")) if "title" in one.names)
        values = dict(form.fields)
        values |= {"title": title, "abstract": "Kept.", "speakers-0-name": self.name}
        return urlencode({**values, "act": "submit"})

    def send(self, port: int, title: str, body: str) -> None:
        """Send the form; what gets no answer can be sent again, as a person would."""
        try:
            status, _page = ask(port, "POST", NEW, self.cookie, body)
        except (OSError, http.client.HTTPException):
            self.unanswered.append((title, body))
            raise
        assert status == 303, (status, title)
        self.acknowledged.append(title)


def ask(port: int, method: str, path: str, cookie: str, body: str | None = None) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        headers = {"Cookie": f"cfp={cookie}"}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def kill_while_they_submit(server: Server, people: list[Person], round_: int) -> None:
    submitted = threading.Event()
    threads = [
        threading.Thread(target=one.submit_until_killed, args=(server.port, round_, submitted))
        for one in people
    ]
    for thread in threads:
        thread.start()
    assert submitted.wait(60), server.output()
    server.kill()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_nothing_acknowledged_is_lost_and_nothing_doubled(
    database_url: str, instance: Path, engine: Engine, db: Session
) -> None:
    open_conference(db)
    people = []
    for number in range(SPEAKERS_AT_ONCE):
        person = make_person(db, f"Speaker {number}")
        people.append(Person(make_login(db, person, now=clock.now()), person.name))
    db.commit()
    settings = {"CFP_DATABASE_URL": database_url}
    for round_ in range(ROUNDS):
        with serving(instance, settings, worker=False) as server:
            for person in people:
                for title, body in person.unanswered:
                    person.send(server.port, title, body)
                person.unanswered.clear()
            kill_while_they_submit(server, people, round_)
    with open_session(engine, writes=False) as fresh:
        stored = dict(
            fresh.execute(
                select(Submission.title, func.count(Submission.id)).group_by(Submission.title)
            ).all()
        )
        whole = fresh.scalar(select(func.count(Speaker.id).filter(Speaker.state == "accepted")))
        assert fresh.connection().exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    acknowledged = {title for person in people for title in person.acknowledged}
    assert len(acknowledged) >= ROUNDS
    assert acknowledged <= stored.keys()
    assert set(stored.values()) == {1}
    assert whole == len(stored), "a submission without its speaker is half of one"
