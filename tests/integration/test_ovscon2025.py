"""The main job on a real conference, from the first talk typed to the published page.

The 28 submissions, 48 speaker entries and 38 rows of the Open vSwitch and OVN 2025 Fall
Conference go through the forms, beside twelve invented talks that are not accepted. Nobody's
rows are made by hand: whoever acts does so on the pages, and mail goes over a real SMTP server.
"""

import dataclasses
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import Engine, Select, func, select
from sqlalchemy.orm import Session

from cfp import clock
from cfp.actors import SYSTEM
from cfp.domain.accounts.actions import add_user
from cfp.domain.accounts.models import Person
from cfp.domain.assignment.models import Assignment, Conflict
from cfp.domain.decisions.models import Decision
from cfp.domain.reviews.models import Review
from cfp.domain.submissions.models import Submission
from cfp.formats.html import page_text, read_html
from cfp.formats.imported import Imported, ImportedTalk, imported_json
from cfp.formats.text import read_text
from cfp.jobs.worker import run_due_once
from tests.factories import make_login
from tests.support.crawl import Crawl
from tests.support.mailbox import last_mail, mails
from tests.support.need import shared_data
from tests.support.server import run_process
from tests.support.smtp import Postbox
from tests.support.visitor import Page, Visitor

SLUG = "ovscon2025"
TITLE = "Open vSwitch and OVN 2025 Fall Conference"
PRAGUE = ZoneInfo("Europe/Prague")
REVIEWERS = [
    ("Rae One", "Red Hat"),
    ("Rae Two", "Red Hat"),
    ("Rae Three", "Red Hat"),
    ("Rae Four", "Red Hat, Inc."),
    ("Rae Five", "Canonical"),
    ("Rae Six", "Independent"),
    ("Rae Seven", "NVIDIA"),
    ("Rae Eight", "University of Nowhere"),
]
SUBJECTS = (
    "tunnels", "meters", "mirrors", "groups", "clustering", "upgrades", "logging", "fuzzing",
    "packaging", "teaching", "dashboards", "simulators",
)  # fmt: skip
REVIEW_TEXT = "zqreviewtext: clear enough."


@dataclass(frozen=True)
class Talk:
    """What somebody types into the form."""

    title: str
    abstract: str
    speakers: Sequence[tuple[str, str]]

    @property
    def owner(self) -> str:
        """The submitter's address, made from the first speaker's name."""
        letters = re.sub(r"[^a-z0-9]", "", self.speakers[0][0].casefold())
        return f"zq{letters}@speakers.example"


def rejected_talks() -> list[Talk]:
    return [
        Talk(
            f"Zqrejected thoughts on {subject}",
            f"Zqrejectedabstract: what we wonder about {subject}.",
            [(f"Zqrejected Person {number}", "Elsewhere Labs")],
        )
        for number, subject in enumerate(SUBJECTS)
    ]


@dataclass
class Conference:
    """The conference as its people use it."""

    app: Flask
    db: Session
    engine: Engine
    postbox: Postbox
    expected: dict[str, object]
    page: Imported
    visitors: dict[str, Visitor] = field(default_factory=dict)

    def visitor(self, address: str) -> Visitor:
        """The browser of somebody; the same one each time."""
        return self.visitors.setdefault(address, Visitor(self.app.test_client()))

    @property
    def chair(self) -> Visitor:
        return self.visitor("chair@example.org")

    def open(self) -> None:
        """The chair makes the conference on the one page and sets its reviewing up."""
        person = add_user(
            self.db,
            SYSTEM,
            name="Cher Chair",
            email="chair@example.org",
            administrator=True,
            now=clock.now(),
        ).person
        cookie = make_login(self.db, person, now=clock.now())
        self.db.commit()
        self.chair.client.set_cookie("cfp", cookie)
        deadline = (clock.now() + timedelta(days=5)).astimezone(PRAGUE)
        page = self.chair.submit(
            self.chair.get("/new"),
            {
                "name": TITLE,
                "slug": SLUG,
                "start_date": "2025-11-19",
                "end_date": "2025-11-20",
                "place": "Prague",
                "zone": "Europe/Prague",
                "deadline_date": f"{deadline:%Y-%m-%d}",
                "deadline_time": "23:59",
                "contact": "chairs@example.org",
            },
        )
        assert page.status == 200, page.text
        settings = self.chair.get(f"/{SLUG}/chair/settings/reviewing")
        done = self.chair.submit(settings, {"reviewing": "assigned", "reviews_per_submission": "3"})
        assert done.status == 200, done.text

    def submit(self, talk: Talk) -> None:
        """A stranger types a talk, gives an address and the six digits."""
        visitor = Visitor(self.app.test_client())
        people = "; ".join(f"{name}, {affiliation}" for name, affiliation in talk.speakers)
        page = visitor.submit(
            visitor.get(f"/{SLUG}/submissions/new"),
            {
                "title": talk.title,
                "abstract": talk.abstract,
                "paste": people,
                "email": talk.owner,
            },
            press="Submit",
        )
        assert page.path == "/account/code", page.text
        page = visitor.submit(page, {"code": last_mail(self.engine, "log_in").code})
        assert "We have your talk" in page.text, page.text
        self.visitors[talk.owner] = visitor

    def invite_reviewers(self) -> None:
        lines = "\n".join(
            f"{name} <reviewer{number}@example.org>"
            for number, (name, _affiliation) in enumerate(REVIEWERS)
        )
        page = self.chair.get(f"/{SLUG}/chair/people/invite")
        page = self.chair.submit(
            page, {"kind": "reviewer", "lines": lines}, press="Look at it first"
        )
        page = self.chair.submit(page, press=f"Invite {len(REVIEWERS)} people")
        assert page.status == 200, page.text
        for number, (name, affiliation) in enumerate(REVIEWERS):
            address = f"reviewer{number}@example.org"
            mail = next(m for m in mails(self.engine, "role_invitation") if m.recipient == address)
            visitor = self.visitor(address)
            page = visitor.submit(visitor.get(mail.link), press="Yes, I will")
            assert page.status == 200, page.text
            profile = visitor.get("/account/profile")
            done = visitor.submit(profile, {"name": name, "affiliation": affiliation})
            assert done.status == 200, done.text

    def assign(self) -> None:
        """The solver proposes, the chair reads and applies."""
        page = self.chair.get(f"/{SLUG}/chair/assignment/")
        page = self.chair.submit(page, press="Make a proposal")
        assert page.status == 200, page.text
        assert self.work().jobs == 1
        page = self.chair.get(page.path)
        apply = next(
            button.label
            for form in page.forms()
            for button in form.buttons
            if button.label.startswith("Apply")
        )
        page = self.chair.submit(page, press=apply)
        assert page.status == 200, page.text

    def review(self) -> None:
        """Every reviewer writes what is assigned to them, through the queue."""
        for number in range(len(REVIEWERS)):
            visitor = self.visitor(f"reviewer{number}@example.org")
            page = visitor.get(f"/{SLUG}/reviews/next")
            while not page.path.endswith("/reviews/"):
                score = "2" if "Zqrejected" in page.html else "4"
                name = next(
                    name
                    for name in page.form("committee_text").names
                    if name.startswith("score_")
                )
                page = visitor.submit(
                    page,
                    {name: score, "committee_text": REVIEW_TEXT},
                    having="committee_text",
                    press="Submit review, next",
                )
                assert page.status == 200, page.text

    def decide_and_announce(self) -> None:
        wanted = {talk["title"] for talk in self.expected["talks"]}  # type: ignore[index,union-attr,call-overload]
        talks = self.db.scalars(select(Submission)).all()
        self.db.rollback()
        for act, group in (
            ("accept", [one.code for one in talks if one.title in wanted]),
            ("reject", [one.code for one in talks if one.title not in wanted]),
        ):
            page = self.chair.get(f"/{SLUG}/chair/decisions/")
            data = {**dict(page.form(to=f"/{SLUG}/chair/decisions/many").fields), "picked": group}
            answer = self.chair.client.post(
                f"/{SLUG}/chair/decisions/many", data={**data, "act": act}
            )
            assert answer.status_code == 303, answer.text
        page = self.chair.get(f"/{SLUG}/chair/decisions/announce")
        announced = re.search(r"(\d+) mails?, as", page.text)
        assert announced is not None, page.text
        page = self.chair.submit(page, {"count": announced[1]}, press="Announce and send")
        assert page.status == 200, page.text
        before = len(self.postbox.deliveries)
        self.work()
        assert len(self.postbox.deliveries) > before

    def confirm(self) -> None:
        """Each speaker presses the button in their mail, without logging in."""
        links = {
            link
            for delivery in self.postbox.deliveries
            for link in re.findall(r"http://localhost(/confirm/\S+)", delivery.text)
        }
        assert len(links) == 28
        for link in links:
            visitor = Visitor(self.app.test_client())
            page = visitor.get(link)
            answers = {"format_fits": "yes", "remote": "no", "recording": "yes"}
            page = visitor.submit(page, answers, press=confirm_button(page))
            assert page.status == 200, page.text

    def schedule(self) -> None:
        """The 38 rows, with their real times, one by one through the form."""
        codes = counts(self.db, select(Submission.title, Submission.code))
        path = f"/{SLUG}/chair/program/"
        for slot in self.page.slots:
            assert slot.start is not None
            assert slot.end is not None
            start = slot.start.astimezone(PRAGUE)
            talk = self.page.talks[slot.talk].title if slot.talk is not None else None
            page = self.chair.submit(
                self.chair.get(path),
                {
                    "what": codes[talk] if talk else "",
                    "title": "" if talk else slot.title,
                    "day": f"{start:%Y-%m-%d}",
                    "start": f"{start:%H:%M}",
                    "minutes": str(round((slot.end - slot.start).total_seconds() / 60)),
                },
                to=path,
            )
            assert page.status == 200, page.text

    def publish(self) -> None:
        page = self.chair.get(f"/{SLUG}/chair/program/publish")
        page = self.chair.submit(page, {"note": "The program."}, press="Publish version 1")
        assert page.status == 200, page.text

    def work(self) -> object:
        """The worker does what is due: sends mail, runs jobs."""
        config = self.app.extensions["cfp"].config
        port = self.postbox.port
        return run_due_once(
            dataclasses.replace(config, mail_server=self.postbox.host, mail_port=port)
        )


def confirm_button(page: Page) -> str:
    labels = [button.label for form in page.forms() for button in form.buttons]
    return next(label for label in labels if "confirm" in label.casefold())


@pytest.fixture
def data() -> Path:
    return shared_data("ovscon2025")


@pytest.fixture
def conference(
    app: Flask, db: Session, engine: Engine, postbox: Postbox, data: Path
) -> Conference:
    expected = json.loads((data / "expected.json").read_text())
    page = read_html((data / "program.html").read_text())
    return Conference(app, db, engine, postbox, expected, page)


def real_talks(expected: dict[str, object]) -> list[Talk]:
    return [
        Talk(
            one["title"],
            one["abstract"],
            [(who["name"], who["affiliation"]) for who in one["speakers"]],
        )
        for one in expected["talks"]  # type: ignore[attr-defined]
    ]


def test_the_whole_conference(
    conference: Conference, db: Session, stranger: Visitor, instance: Path, database_url: str
) -> None:
    conference.open()
    talks = real_talks(conference.expected)
    for talk in [*talks, *rejected_talks()]:
        conference.submit(talk)
    conference.invite_reviewers()
    check_conflicts(db)
    conference.assign()
    check_assignment(db)
    conference.review()
    assert db.scalar(select(func.count(Review.id)).where(Review.state == "submitted")) == 120
    db.rollback()
    conference.decide_and_announce()
    outcomes = counts(db, select(Decision.outcome, func.count()).group_by(Decision.outcome))
    assert outcomes == {"accepted": 28, "rejected": 12}
    conference.confirm()
    conference.schedule()
    conference.publish()
    states = counts(db, select(Submission.state, func.count()).group_by(Submission.state))
    assert states == {"confirmed": 28, "rejected": 12}
    check_page(conference, stranger)
    check_export(conference, instance, database_url)
    check_nothing_shows(conference, stranger)


def counts(db: Session, query: Select[Any]) -> dict[Any, Any]:
    """First column to second column; ends its transaction, so that others may write."""
    found = {row[0]: row[1] for row in db.execute(query)}
    db.rollback()
    return found


def check_conflicts(db: Session) -> None:
    """Found from affiliations, spelled one way or another; avoided, as one employer has most."""
    found = db.execute(
        select(Person.affiliation, Conflict.kind, func.count())
        .join(Person, Person.id == Conflict.person_id)
        .where(Conflict.source == "found")
        .group_by(Person.affiliation, Conflict.kind)
    ).all()
    kinds = {(affiliation, kind) for affiliation, kind, _count in found}
    assert ("Red Hat", "affiliation") in kinds
    assert ("Red Hat, Inc.", "affiliation") in kinds
    assert not [kind for affiliation, kind in kinds if affiliation == "University of Nowhere"]
    db.rollback()


def check_assignment(db: Session) -> None:
    per_talk = db.execute(
        select(Assignment.submission_id, func.count()).group_by(Assignment.submission_id)
    ).all()
    assert len(per_talk) == 40
    assert {count for _id, count in per_talk} == {3}
    loads = db.execute(select(Assignment.person_id, func.count()).group_by(Assignment.person_id))
    assert sum(count for _id, count in loads) == 120
    db.rollback()


def check_page(conference: Conference, stranger: Visitor) -> None:
    """The public page, tags stripped, parses back to the expected talks; its times are the real."""
    page = stranger.get(f"/{SLUG}/program/")
    assert page.status == 200
    assert len(page.response.data) < 100_000
    stripped = imported_json(read_text(page_text(page.html)))
    assert as_expected(stripped) == conference.expected
    shown = read_html(page.html)
    assert times(shown) == times(conference.page)
    assert len(times(shown)) == 38
    assert not shown.warnings


def check_export(conference: Conference, instance: Path, database_url: str) -> None:
    done = run_process(instance, {"CFP_DATABASE_URL": database_url}, "export", SLUG, "program.txt")
    assert done.returncode == 0, done.stderr
    read = read_text(done.stdout)
    assert as_expected(imported_json(read)) == conference.expected
    assert times(read) == times(conference.page)


def as_expected(read: dict[str, object]) -> dict[str, object]:
    keys = ("title", "speakers", "abstract")
    return {
        "title": read["title"],
        "talks": [{key: talk[key] for key in keys} for talk in read["talks"]],  # type: ignore[attr-defined]
    }


def times(found: Imported) -> list[tuple[str, object, object]]:
    def title(talk: ImportedTalk | None, fallback: str) -> str:
        return talk.title if talk else fallback

    return sorted(
        (
            title(found.talks[slot.talk] if slot.talk is not None else None, slot.title),
            slot.start,
            slot.end,
        )
        for slot in found.slots
    )


def check_nothing_shows(conference: Conference, stranger: Visitor) -> None:
    """No rejected talk, reviewer, score, review text or address on any public page or export."""
    crawl = Crawl(stranger.client)
    crawl.follow(["/", f"/{SLUG}/", f"/{SLUG}/program/"])
    assert len([page for page in crawl.seen.values() if page.status == 200]) > 30
    secrets = ["zqrejected", "zqreviewtext", "@speakers.example", "reviewer0@", "rae one"]
    for page in crawl.seen.values():
        text = page.html.casefold()
        assert not [secret for secret in secrets if secret in text], page.path
