"""`cfp import program` and `cfp export`, as an operator runs them."""

import io
import json
import zipfile
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from cfp.domain.conferences.models import Conference
from cfp.domain.program.models import Placement, ProgramItem, ProgramVersion
from cfp.domain.submissions.models import Submission
from cfp.formats.writers import WRITERS
from tests.factories import make_conference
from tests.support.cli import run_cli
from tests.support.need import shared_data

TEXT = """\
Example Networking Days 2026

Come and talk.

Talks / Schedule

Day 1
2026-11-19 09:00-09:30 Europe/Prague  Registration
2026-11-19 09:30-10:00 Europe/Prague  Flows and tables
2026-11-19 10:00-10:15 Europe/Prague  Caching in small steps

Abstracts

Flows and tables |TOP|
Speaker(s): Ada Example, University A; Ben Sample (Org, Inc.)

What flows are.

* one
* two

Caching in small steps |TOP|
Speaker(s): Ada Example, University A

Less is more.

Contact |TOP|
Write to chairs@example.org.
"""


BOMB = (
    b'<?xml version="1.0"?>\n<!DOCTYPE schedule [<!ENTITY a "aaaaaaaaaa">'
    b'<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>\n<schedule>&b;</schedule>'
)


def a_zip(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


@pytest.fixture
def conference(db: Session) -> Conference:
    conference = make_conference(db, "netconf", name="Example Networking Days 2026")
    db.commit()
    return conference


@pytest.fixture
def settings(database_url: str) -> dict[str, str]:
    return {"CFP_DATABASE_URL": database_url}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "program.txt"
    path.write_text(TEXT)
    return path


def test_import_publish_export_and_import_again(
    instance: Path, settings: dict[str, str], conference: Conference, file: Path, db: Session
) -> None:
    arguments = ("import", "program", str(file), "--conference", "netconf")
    done = run_cli(instance, settings, *arguments, "--publish", "--json")
    assert done.returncode == 0, done.stderr
    outcome = json.loads(done.stdout)["outcome"]
    assert (outcome["talks_created"], outcome["slots_created"], outcome["version"]) == (2, 3, 1)
    written = run_cli(instance, settings, "export", "netconf", "program.txt")
    assert written.returncode == 0, written.stderr
    (file.parent / "again.txt").write_text(written.stdout)
    again = ("import", "program", str(file.parent / "again.txt"), "--conference", "netconf")
    for which in (arguments, again):
        done = run_cli(instance, settings, *which, "--json", "--publish")
        assert done.returncode == 0, done.stderr
        outcome = json.loads(done.stdout)["outcome"]
        assert (outcome["talks_created"], outcome["slots_created"]) == (0, 0)
        assert (outcome["unchanged"], outcome["changes"]) == (2, [])
        assert outcome["version"] is None
    assert db.query(ProgramVersion).count() == 1
    assert db.query(Submission).count() == 2


def test_a_change_is_shown_and_made_only_when_asked_for(
    instance: Path, settings: dict[str, str], conference: Conference, file: Path, db: Session
) -> None:
    arguments = ("import", "program", str(file), "--conference", "netconf")
    run_cli(instance, settings, *arguments)
    items = {item.guid for item in db.query(ProgramItem)}
    db.rollback()
    changed = TEXT.replace("Less is more.", "More is more.").replace("10:00-10:15", "10:30-10:45")
    file.write_text(changed.replace("; Ben Sample (Org, Inc.)", ""))
    shown = run_cli(instance, settings, *arguments)
    assert shown.returncode == 3
    assert "differs: Caching in small steps (abstract)" in shown.stdout
    assert "differs: Flows and tables (speakers)" in shown.stdout
    db.expire_all()
    assert {one.abstract for one in db.query(Submission)} >= {"Less is more."}
    db.rollback()
    made = run_cli(instance, settings, *arguments, "--update")
    assert made.returncode == 0, made.stderr
    db.expire_all()
    assert {one.abstract for one in db.query(Submission)} >= {"More is more."}
    assert f"{max(one.start for one in db.query(Placement)):%H:%M}" == "09:30"
    assert {item.guid for item in db.query(ProgramItem)} == items


def test_a_dry_run_needs_no_database_and_writes_nothing(instance: Path, file: Path) -> None:
    done = run_cli(instance, {}, "import", "program", str(file), "--dry-run", "--json")
    assert done.returncode == 0, done.stderr
    read = json.loads(done.stdout)
    titles = [talk["title"] for talk in read["talks"]]
    assert titles == ["Flows and tables", "Caching in small steps"]
    assert read["slots"][0]["start"] == "2026-11-19T08:00:00Z"
    assert not (instance / "cfp.sqlite3").exists()


def test_warnings_are_worded_with_their_line(instance: Path, file: Path) -> None:
    doubtful = TEXT.replace("Ada Example, University A;", "Ada Example, Bo Two, University A;")
    file.write_text(doubtful)
    done = run_cli(instance, {}, "import", "program", str(file), "--dry-run")
    assert done.returncode == 3
    assert "warning: line 15: " in done.stderr
    assert "several commas" in done.stderr


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file is empty"),
        (b"\xff\xfe", "byte 0 (0xff) is not UTF-8"),
        (b"A page without talks\n", "each has a title with |TOP|"),
        (b'{"schema": "other"}', "schema version"),
        (b"{", "not JSON"),
        (b"x" * 5_000_001, "larger than"),
        (b"PK\x03\x04\xff", "this zip is not a workbook"),
        (a_zip({"a.txt": b"x"}), "this zip is not a workbook"),
        (a_zip({"xl/workbook.xml": b"<!DOCTYPE x><x/>"}), "line 1: a document type"),
        (b"<?xml version='1.0'?>\n<schedule><day></schedule>", "line 2: this XML can't be read"),
        (BOMB, "line 2: a document type"),
        (b"<schedule>" + b"<a>" * 3000, "line 1: this XML can't be read"),
        (b"<?xml version='1.0'?><opml/>", "this XML is of no program known"),
        (b"{}", "this JSON is of no program known"),
        (b"[" * 100_000, "too deep"),
        (b'{"schema": "cfp-program", "a": "\\ud800"}', "surrogate"),
        (b"title,speakers,code\nA,Ann,X\nB,Bob,X\n", "line 3: two talks"),
        (
            b"title,speakers,start,end\nA,Ann,2027-05-04T09:00Z,2027-05-04T08:00Z\n",
            "line 2: 'A' ends before it starts",
        ),
        (TEXT.replace("Europe/Prague  Flows", "Europe/Pargue  Flows").encode(), "line 9: 'Eur"),
        (b"<h3 id=a>X |TOP|</h3>\n<h3 id=a>Y |TOP|</h3>", "line 2: two talks"),
        (b'{"results": [{"code": "A", "title": "T", "slots": 3}], "timezone": "X/Y"}', "'X/Y'"),
    ],
)
def test_what_cannot_be_read_is_one_sentence_and_stores_nothing(
    instance: Path,
    settings: dict[str, str],
    conference: Conference,
    file: Path,
    db: Session,
    content: bytes,
    said: str,
) -> None:
    file.write_bytes(content)
    done = run_cli(
        instance, settings, "import", "program", str(file), "--conference", "netconf"
    )
    assert done.returncode == 1
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert db.query(Submission).count() == 0


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("import", "program", "x"), 2, "--dry-run"),
        (("import", "program", "nowhere", "--dry-run"), 1, "can't be read"),
        (("import", "program", "-", "--format", "pdf", "--dry-run"), 2, "'pdf'"),
        (("export", "netconf", "program.doc"), 2, "program.doc"),
        (("export", "nowhere", "program.txt"), 1, "those there are: netconf"),
        (("export", "netconf", "program.txt"), 1, "no such published version"),
        (("export", "netconf", "program.txt", "--version", "0"), 2, "version"),
    ],
)
def test_wrong_use_is_refused_in_words(
    instance: Path,
    settings: dict[str, str],
    conference: Conference,
    arguments: tuple[str, ...],
    status: int,
    said: str,
) -> None:
    done = run_cli(instance, settings, *arguments)
    assert done.returncode == status
    assert said in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("name", WRITERS)
def test_every_format_is_exported_to_a_file(
    instance: Path,
    settings: dict[str, str],
    conference: Conference,
    file: Path,
    name: str,
) -> None:
    run_cli(instance, settings, "import", "program", str(file), "--conference", "netconf",
            "--publish")  # fmt: skip
    target = file.parent / name
    done = run_cli(instance, settings, "export", "netconf", name, "-o", str(target), "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "file": str(target), "bytes": target.stat().st_size, "version": 1,
    }  # fmt: skip
    assert target.stat().st_size > 300


@pytest.mark.parametrize(
    "name", ["program.txt", "program.json", "schedule.xml", "schedule.json", "sessions.xlsx"]
)
def test_what_one_conference_exports_another_can_import(
    instance: Path,
    settings: dict[str, str],
    conference: Conference,
    file: Path,
    db: Session,
    name: str,
) -> None:
    make_conference(db, "twin", name="Twin")
    db.commit()
    run_cli(instance, settings, "import", "program", str(file), "--conference", "netconf",
            "--publish")  # fmt: skip
    target = file.parent / name
    run_cli(instance, settings, "export", "netconf", name, "-o", str(target))
    arguments = ("import", "program", str(target), "--conference", "twin", "--publish", "--json")
    done = run_cli(instance, settings, *arguments)
    assert done.returncode in {0, 3}, done.stderr
    outcome = json.loads(done.stdout)["outcome"]
    assert (outcome["talks_created"], outcome["version"]) == (2, 1)
    assert outcome["slots_created"] == (2 if name == "sessions.xlsx" else 3)
    again = json.loads(run_cli(instance, settings, *arguments).stdout)["outcome"]
    assert (again["talks_created"], again["slots_created"], again["changes"]) == (0, 0, [])


@pytest.mark.parametrize("name", ["program.txt", "program.html"])
def test_the_published_page_of_a_real_conference(
    instance: Path, settings: dict[str, str], db: Session, name: str
) -> None:
    data = shared_data("ovscon2025")
    make_conference(db, "ovscon2025", name="Open vSwitch and OVN 2025 Fall Conference")
    db.commit()
    expected = json.loads((data / "expected.json").read_text())
    arguments = ("import", "program", str(data / name), "--conference", "ovscon2025", "--json")
    done = run_cli(instance, settings, *arguments, "--publish")
    assert done.returncode in {0, 3}, done.stderr
    read = json.loads(done.stdout)
    assert [talk["title"] for talk in read["talks"]] == [one["title"] for one in expected["talks"]]
    assert read["outcome"]["talks_created"] == 28
    assert read["outcome"]["slots_created"] == (38 if name == "program.html" else 0)
    exported = run_cli(instance, settings, "export", "ovscon2025", "program.json").stdout
    talks = {talk["title"]: talk for talk in json.loads(exported)["program"]["talks"]}
    for one in expected["talks"]:
        given = [(who["name"], who["affiliation"]) for who in talks[one["title"]]["speakers"]]
        assert given == [(who["name"], who["affiliation"]) for who in one["speakers"]]
        words = talks[one["title"]]["abstract"].split()
        assert words == one["abstract"].split()
    again = json.loads(run_cli(instance, settings, *arguments).stdout)["outcome"]
    assert (again["talks_created"], again["slots_created"], again["changes"]) == (0, 0, [])
