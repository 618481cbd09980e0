"""Slides and videos: given as links or files, by speakers and chairs, shown or not yet."""

import gc
import json
import os
import time
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from cfp import clock
from cfp.actors import SYSTEM
from cfp.app import Runtime, bind
from cfp.config import Config
from cfp.domain.accounts.models import Person
from cfp.domain.conferences.models import Conference
from cfp.domain.program import versions
from cfp.domain.program.models import Material, StoredFile
from cfp.domain.submissions.models import Submission
from cfp.jobs import worker
from cfp.links import Links
from cfp.uploads import GRACE_SECONDS
from tests.factories import NOW, give_role, make_conference, make_person, make_submission
from tests.support.files import BOMB, PDF, PPTX, multipart, names_in, room_for, upload
from tests.support.mailbox import mails
from tests.support.visitor import Page, Visitor

As = Callable[[Person], Visitor]
SLIDES = {"slides": "https://example.org/slides.pdf"}
sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def conference(db: Session) -> Conference:
    return make_conference(db, "netconf")


@pytest.fixture
def ada(db: Session) -> Person:
    return make_person(db, "Ada Example", email="ada@example.org")


@pytest.fixture
def chair(db: Session, conference: Conference) -> Person:
    person = make_person(db, "Cher Chair")
    give_role(db, conference, person, "chair")
    return person


@pytest.fixture
def talk(db: Session, conference: Conference, ada: Person) -> Submission:
    """Accepted, confirmed and in the published program."""
    talk = make_submission(db, conference, [ada], title="Flows", state="confirmed")
    versions.publish(db, SYSTEM, conference, note="", now=NOW)
    return talk


def page_of(talk: Submission) -> str:
    return f"/netconf/submissions/{talk.code}/materials"


def send(
    visitor: Visitor, talk: Submission, content: bytes, name: str = "slides.pdf", **more: str
) -> Page:
    form = visitor.get(page_of(talk)).form("slides")
    form.fill(more)
    body, content_type = multipart(form.fields, "file", content, name)
    answer = visitor.client.post(form.action, data=body, content_type=content_type)
    location = answer.headers.get("Location")
    return visitor.get(location) if location else Page(form.action, answer)


def files_of(app: Flask) -> list[str]:
    return names_in(app.extensions["cfp"].config.uploads.folder)


def fetch(visitor: Visitor, path: str, **headers: str) -> TestResponse:
    """The whole answer; the file behind it is closed, as a server closes it."""
    answer = visitor.client.get(path, headers=headers)
    answer.get_data()
    answer.close()
    return answer


def public_link(stranger: Visitor, talk: Submission) -> str | None:
    links = stranger.get(f"/netconf/program/talks/{talk.code}/").links()
    return links.get("Slides")


# Links -----------------------------------------------------------------------------------------


def test_links_are_given_changed_and_taken_away(
    talk: Submission, ada: Person, db: Session, visitor_as: As, stranger: Visitor
) -> None:
    visitor = visitor_as(ada)
    start = visitor.get(f"/netconf/submissions/{talk.code}/")
    assert start.links()["Add slides or a video"] == page_of(talk)
    page = visitor.submit(visitor.get(page_of(talk)), SLIDES)
    assert page.status == 200
    assert public_link(stranger, talk) == SLIDES["slides"]
    page = visitor.submit(page, {"video": "https://example.org/v"})
    page = visitor.submit(page, press="Take away slides")
    assert "Taken away." in page.text
    assert [one.kind for one in db.scalars(select(Material))] == ["video"]
    assert public_link(stranger, talk) is None
    visitor.submit(page, {"video": ""})
    assert db.scalars(select(Material)).all() == []


@sqlite_only
@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/x",
        "javascript:alert(1)",
        "https://",
        "https://user:pw@example.org/",
        "https://example.org/a b",
        "//example.org/x",
        "https://[::1",
        "https://e.org/" + "x" * 500,
        "",
    ],
)
def test_only_https_addresses_are_linked(
    talk: Submission, ada: Person, db: Session, visitor_as: As, url: str
) -> None:
    visitor = visitor_as(ada)
    page = visitor.submit(visitor.get(page_of(talk)), {"slides": url})
    assert page.status == 422
    assert dict(page.form("slides").fields)["slides"] == url
    assert db.scalars(select(Material)).all() == []


@sqlite_only
def test_nothing_is_given_before_acceptance_or_after_withdrawal(
    conference: Conference, ada: Person, talk: Submission, db: Session, visitor_as: As
) -> None:
    early = make_submission(db, conference, [ada])
    visitor = visitor_as(ada)
    assert visitor.get(page_of(early)).status == 403
    page = visitor.get(page_of(talk))
    talk.state = "withdrawn"
    assert visitor.submit(page, SLIDES).status == 409
    assert db.scalars(select(Material)).all() == []
    assert visitor.get(page_of(talk)).status == 200


@sqlite_only
def test_a_kind_that_is_none_does_not_exist(
    talk: Submission, ada: Person, visitor_as: As
) -> None:
    visitor = visitor_as(ada)
    token = dict(visitor.get(page_of(talk)).form("slides").fields)["csrf_token"]
    answer = visitor.client.post(f"{page_of(talk)}/poster", data={"csrf_token": token})
    assert answer.status_code == 404


# Files -----------------------------------------------------------------------------------------


def test_a_file_is_shown_replaced_and_taken_away(
    talk: Submission, ada: Person, app: Flask, visitor_as: As, stranger: Visitor
) -> None:
    visitor = visitor_as(ada)
    page = send(visitor, talk, PDF, "../../etc/Größe & Maß.pdf")
    assert page.status == 200
    assert "Größe & Maß.pdf" in page.text
    link = public_link(stranger, talk)
    assert link is not None
    assert link.startswith(f"http://localhost/netconf/program/files/{talk.code}/Gr%C3%B6")
    answer = fetch(stranger, link)
    assert answer.data == PDF
    assert answer.mimetype == "application/pdf"
    headers = answer.headers
    assert headers["Content-Disposition"].startswith("attachment;")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert headers["Cache-Control"] == "public, max-age=60"
    assert "Set-Cookie" not in headers
    same = fetch(stranger, link, **{"If-None-Match": headers["ETag"]})
    assert same.status_code == 304
    send(visitor, talk, PPTX, "b.pptx")
    assert fetch(stranger, link).status_code == 404
    second = public_link(stranger, talk)
    assert second is not None
    assert fetch(stranger, second).data == PPTX
    visitor.submit(visitor.get(page_of(talk)), press="Take away slides")
    assert public_link(stranger, talk) is None
    assert fetch(stranger, second).status_code == 404
    assert len(files_of(app)) == 2, "the sweep removes them, not the request"


@sqlite_only
@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"", "a.pdf", "This file is empty."),
        (b"<script>alert(1)</script>", "a.pdf", "no PDF, PPTX or ODP"),
        (BOMB, "a.pdf", "no PDF, PPTX or ODP"),
        (PDF, "a.html", "it should end in .pdf"),
        (PDF, "a\r\nX-Evil: 1.pdf", "Choose a file, or give a link."),
        (b"%PDF-" + b"x" * 2**20, "a.pdf", "more than 1 MiB"),
    ],
)
def test_a_file_that_is_no_slides_is_refused_at_its_field(
    talk: Submission,
    ada: Person,
    app: Flask,
    db: Session,
    visitor_as: As,
    content: bytes,
    name: str,
    said: str,
) -> None:
    limit_to_one_mib(app)
    page = send(visitor_as(ada), talk, content, name)
    assert page.status == 422
    assert said in page.text
    assert files_of(app) == []
    assert db.scalars(select(Material)).all() == []


def limit_to_one_mib(app: Flask) -> None:
    """As if the installation had been started with CFP_UPLOAD_LIMIT_MIB=1."""
    runtime = app.extensions["cfp"]
    settings = {
        "CFP_INSTANCE": str(runtime.config.instance),
        "CFP_DATABASE_URL": runtime.config.database_url,
        "CFP_BASE_URL": runtime.config.base_url,
        "CFP_UPLOAD_LIMIT_MIB": "1",
    }
    bind(app, Config.from_env(settings))
    app.extensions["cfp"] = Runtime(app.extensions["cfp"].config, runtime.engine)


@sqlite_only
def test_a_request_that_is_too_large_is_not_read(
    talk: Submission, ada: Person, app: Flask, db: Session, visitor_as: As
) -> None:
    limit_to_one_mib(app)
    answer = visitor_as(ada).client.post(
        f"{page_of(talk)}/slides",
        data=b"x" * 2**21,
        content_type="multipart/form-data; boundary=x",
    )
    assert answer.status_code == 413
    assert "more than can be sent at once" in answer.text
    assert files_of(app) == []


@sqlite_only
def test_a_file_of_just_the_limit_is_taken(
    talk: Submission, ada: Person, app: Flask, visitor_as: As
) -> None:
    limit_to_one_mib(app)
    assert send(visitor_as(ada), talk, PDF.ljust(2**20, b"\n")).status == 200


@sqlite_only
def test_a_file_and_another_link_are_one_too_many(
    talk: Submission, ada: Person, visitor_as: As, app: Flask
) -> None:
    visitor = visitor_as(ada)
    page = send(visitor, talk, PDF, slides="https://example.org/a")
    assert page.status == 422
    assert "not both" in page.text
    visitor.submit(visitor.get(page_of(talk)), SLIDES)
    page = send(visitor, talk, PDF)
    assert page.status == 200, "the link that is there is no second one"
    assert "slides.pdf" in page.text


def test_sending_a_file_twice_stores_it_once_and_another_one_too(
    talk: Submission, ada: Person, app: Flask, db: Session, visitor_as: As
) -> None:
    visitor = visitor_as(ada)
    page = visitor.get(page_of(talk))
    for _ in range(2):
        visitor.submit(page, {"file": upload(PDF, "a.pdf")}, having="slides")
    assert len(files_of(app)) == 1
    visitor.submit(page, {"file": upload(PDF + b"\n", "a.pdf")}, having="slides")
    assert db.scalars(select(StoredFile)).one().size == len(PDF) + 1
    assert len(files_of(app)) == 2


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
@pytest.mark.parametrize("size", [200_000, 5_000_000], ids=["memory", "temporary file"])
# Werkzeug leaves the temporary file it could not write to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_full_disk_keeps_what_was_there_and_says_so(
    talk: Submission, ada: Person, app: Flask, db: Session, visitor_as: As, size: int
) -> None:
    visitor = visitor_as(ada)
    send(visitor, talk, PDF, "before.pdf")
    with room_for(100_000):
        answer = send(visitor, talk, b"%PDF-" + b"x" * size, "large.pdf")
    assert answer.status == 507
    assert "no room for files" in answer.text
    assert len(files_of(app)) == 1
    assert "before.pdf" in visitor.get(page_of(talk)).text
    gc.collect()


def test_what_nothing_names_is_swept_by_the_worker(
    talk: Submission, ada: Person, app: Flask, db: Session, visitor_as: As
) -> None:
    visitor = visitor_as(ada)
    send(visitor, talk, PDF, "a.pdf")
    send(visitor, talk, PDF, "b.pdf")
    kept = db.scalars(select(StoredFile.storage)).one()
    db.commit()
    config = app.extensions["cfp"].config
    worker.run_due_once(config)
    assert len(files_of(app)) == 2, "too young"
    old = time.time() - GRACE_SECONDS - 10
    for name in files_of(app):
        os.utime(config.uploads.folder / name, (old, old))
    worker.run_due_once(config)
    assert files_of(app) == [kept]


# Who sees what ---------------------------------------------------------------------------------


def test_with_approval_a_file_waits_for_a_chair(
    conference: Conference,
    talk: Submission,
    ada: Person,
    chair: Person,
    db: Session,
    visitor_as: As,
    stranger: Visitor,
) -> None:
    conference.materials_need_approval = True
    speaker, chairs = visitor_as(ada), visitor_as(chair)
    page = send(speaker, talk, PDF, "a.pdf")
    assert "the chairs' OK, pending" in page.text
    guess = f"/netconf/program/files/{talk.code}/a.pdf"
    assert public_link(stranger, talk) is None
    assert fetch(stranger, guess).status_code == 404
    own = page.links()["a.pdf"]
    for visitor in (speaker, chairs):
        answer = fetch(visitor, own)
        assert answer.data == PDF
        assert answer.headers["Cache-Control"] == "no-store"
        assert "ETag" not in answer.headers
        assert answer.headers["Content-Disposition"] == "attachment; filename=a.pdf"
    others = {make_person(db): 404}
    for kind, status in (("reviewer", 403), ("reader", 403)):
        person = make_person(db)
        give_role(db, conference, person, kind)
        others[person] = status
    for person, status in others.items():
        assert fetch(visitor_as(person), own).status_code == status
    listed = chairs.get("/netconf/chair/program/materials?show=waiting")
    page = chairs.submit(listed, press="Show Flows")
    assert "Shown to everyone now." in page.text
    assert fetch(stranger, guess).data == PDF
    assert chairs.submit(listed, press="Show Flows").status in {200, 409}


def test_what_a_talk_that_is_not_published_yet_has_is_nobody_s_to_see(
    conference: Conference, talk: Submission, ada: Person, db: Session, visitor_as: As,
    stranger: Visitor,
) -> None:  # fmt: skip
    late = make_submission(db, conference, [ada], title="Zqlate", state="accepted")
    visitor = visitor_as(ada)
    page = send(visitor, late, PDF, "late.pdf")
    assert "as soon as the talk is" in page.text
    assert fetch(stranger, f"/netconf/program/files/{late.code}/late.pdf").status_code == 404
    for path in ("program.json", "sessions.csv", ""):
        assert late.code not in stranger.get(f"/netconf/program/{path}").html
    versions.publish(db, SYSTEM, conference, note="", now=clock.now())
    assert fetch(stranger, f"/netconf/program/files/{late.code}/late.pdf").data == PDF


def test_a_withdrawn_talk_takes_its_slides_with_it(
    talk: Submission, ada: Person, db: Session, visitor_as: As, stranger: Visitor
) -> None:
    send(visitor_as(ada), talk, PDF, "a.pdf")
    link = public_link(stranger, talk)
    assert link is not None
    talk.state = "withdrawn"
    assert fetch(stranger, link).status_code == 404


def test_the_public_page_changes_whenever_a_material_does(
    talk: Submission, ada: Person, db: Session, visitor_as: As, stranger: Visitor
) -> None:
    """Also when one is taken away and another given in its place, within the same second."""
    visitor = visitor_as(ada)
    seen = []

    def look() -> str:
        answer = stranger.client.get("/netconf/program/")
        seen.append(answer.headers["ETag"])
        same = {"If-None-Match": answer.headers["ETag"]}
        assert stranger.client.get("/netconf/program/", headers=same).status_code == 304
        return answer.text

    assert "example.org/one" not in look()
    page = visitor.submit(visitor.get(page_of(talk)), {"slides": "https://example.org/one"})
    assert "example.org/one" in look()
    page = visitor.submit(page, press="Take away slides")
    page = visitor.submit(page, {"slides": "https://example.org/two"})
    assert "example.org/two" in look()
    visitor.submit(page, {"slides": "https://example.org/three"})
    assert "example.org/three" in look()
    assert len(set(seen)) == 4


def test_chairs_give_and_take_for_others(
    talk: Submission, chair: Person, visitor_as: As, stranger: Visitor
) -> None:
    visitor = visitor_as(chair)
    path = f"/netconf/chair/program/materials/{talk.code}/"
    page = visitor.submit(visitor.get(path), {"file": upload(PDF, "a.pdf")}, having="slides")
    assert page.path == path
    assert public_link(stranger, talk) is not None
    page = visitor.submit(page, press="Take away slides")
    assert public_link(stranger, talk) is None


# What else knows of files ----------------------------------------------------------------------


def test_the_edition_reads_the_bytes_of_shown_slides(
    conference: Conference, talk: Submission, ada: Person, app: Flask, db: Session, visitor_as: As
) -> None:
    send(visitor_as(ada), talk, PDF, "a.pdf")
    version = versions.latest(db, conference)
    assert version is not None
    links, uploads = Links("http://localhost"), app.extensions["cfp"].config.uploads
    edition = versions.edition_of(db, conference, version, links, uploads=uploads)
    (material,) = edition.materials
    assert material.file == "a.pdf"
    assert material.url == links.file("netconf", talk.code, "a.pdf")
    assert edition.read_file is not None
    assert edition.read_file(material) == PDF


def test_one_s_own_data_lists_the_file_and_deleting_the_account_takes_it_away(
    talk: Submission, ada: Person, db: Session, visitor_as: As, stranger: Visitor
) -> None:
    visitor = visitor_as(ada)
    send(visitor, talk, PDF, "ada-example.pdf")
    data = json.loads(visitor.get("/account/data.json").html)
    assert [one["file"] for one in data["materials"]] == ["ada-example.pdf"]
    assert public_link(stranger, talk) is not None
    visitor.submit(visitor.get("/account/data"), {"sure": True})
    assert db.scalars(select(StoredFile)).all() == []
    assert public_link(stranger, talk) is None


# Over all talks --------------------------------------------------------------------------------


def paste(visitor: Visitor, text: str, act: str = "Look at it first") -> Page:
    return visitor.submit(
        visitor.get("/netconf/chair/program/materials/paste"), {"text": text}, press=act
    )


def test_a_pasted_table_is_read_first_and_then_given_all_or_none(
    conference: Conference, talk: Submission, ada: Person, chair: Person, db: Session,
    visitor_as: As, stranger: Visitor,
) -> None:  # fmt: skip
    other = make_submission(db, conference, [ada], title="Caches", state="accepted")
    visitor = visitor_as(chair)
    table = (
        "Code\tVideo\tSlides\n"
        f"{talk.code}\thttps://v.example.org/1?a=1,2\thttps://s.example.org/1.pdf\n"
        f"\n{other.code.lower()}\thttps://v.example.org/2\n"
    )
    page = paste(visitor, table)
    assert "3 links" in page.text
    assert "https://v.example.org/1?a=1,2" in page.text
    assert db.scalars(select(Material)).all() == []
    page = visitor.submit(page, press="Apply 3 links")
    assert "3 links are new." in page.text
    kinds = sorted((one.submission_id, one.kind) for one in db.scalars(select(Material)))
    assert kinds == sorted([(talk.id, "slides"), (talk.id, "video"), (other.id, "video")])
    assert "v.example.org/1?a=1,2" in stranger.get("/netconf/program/").html
    page = paste(visitor, table)
    assert "0 of them are new" in page.text
    page = visitor.submit(page, press="Apply 3 links")
    assert "0 links are new." in page.text


@sqlite_only
def test_a_table_with_a_mistake_changes_nothing_and_names_the_line(
    conference: Conference, talk: Submission, ada: Person, chair: Person, db: Session,
    visitor_as: As,
) -> None:  # fmt: skip
    hidden = make_submission(db, conference, [ada], title="Zqundecided")
    visitor = visitor_as(chair)
    good = f"{talk.code} https://v.example.org/1"
    page = paste(visitor, good)
    text = f"{good}\n{hidden.code} https://v.example.org/2\nnonsense\n{talk.code} http://x\n{good}"
    page = visitor.submit(page, {"text": text}, press="Apply 1 link")
    assert page.status == 422
    for words in (
        f"Line 2: no accepted talk has the code {hidden.code}.",
        "Line 3: “nonsense” is no code of a talk",
        "Line 4: “http://x” is no address",
        f"Line 5: this is there twice: {talk.code}, 1",
    ):
        assert words in page.text
    assert dict(page.form("text").fields)["text"].replace("\r", "") == text
    assert db.scalars(select(Material)).all() == []
    page = visitor.submit(paste(visitor, good), {"text": "\n"}, press="Apply 1 link")
    assert "no line with a code and a link" in page.text


def test_who_has_no_slides_is_reminded_once_a_day_and_sees_where_to_go(
    conference: Conference, talk: Submission, ada: Person, chair: Person, db: Session,
    engine: Engine, visitor_as: As,
) -> None:  # fmt: skip
    ben = make_person(db, "Ben", email="ben@example.org")
    make_submission(db, conference, [ada, ben], title="Caches", state="accepted")
    done = make_submission(db, conference, [make_person(db, "Dora")], state="confirmed")
    db.add(
        Material(
            conference_id=conference.id, submission_id=done.id, kind="slides",
            url="https://example.org", given=NOW,
        )
    )  # fmt: skip
    visitor = visitor_as(chair)
    listed = visitor.get("/netconf/chair/program/materials?show=missing")
    assert "2 of 3 talks have no slides yet." in listed.text
    page = visitor.get(listed.links()["Remind of slides"])
    assert "ada@example.org" in page.text
    assert "Dora" not in page.text
    page = visitor.submit(page, press="Remind these 2")
    assert "2 mails are on their way." in page.text
    first, second = mails(engine, "slides_reminder")
    assert (first.recipient, second.recipient) == ("ada@example.org", "ben@example.org")
    assert first.body.count('"Flows"') == first.body.count('"Caches"') == 1
    assert f"http://localhost{page_of(talk)}" in first.body
    assert '"Flows"' not in second.body
    page = visitor.get("/netconf/chair/program/materials/remind")
    assert "Nobody is left to remind." in page.text
    assert "2 people have been reminded today" in page.text
