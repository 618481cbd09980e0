"""`cfp user add`, `conference create`, `mail test` and `doctor`, as an operator types them."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from cfp.cli import cfp
from cfp.domain.accounts.models import Account, Email
from cfp.domain.accounts.passwords import matches
from cfp.domain.conferences.models import Conference, Invitation, Role
from cfp.domain.mail import actions
from cfp.domain.mail.models import Message
from tests.factories import NOW, make_conference, make_person
from tests.support.cli import Done, run_cli
from tests.support.smtp import Postbox

PASSWORD = "slow tides mend old nets"
TIDE = ("tide-2031", "--name", "Tide 2031", "--zone", "Europe/Rome")
DAYS = ("--start", "2031-06-05", "--end", "2031-06-06")

Run = Callable[..., Done]


@pytest.fixture
def run(instance: Path, database_url: str, db: Session) -> Run:
    """Run `cfp ...` on the test's database; what it refuses is one sentence on stderr."""

    def command(*arguments: str, **settings: str) -> Done:
        db.commit()
        done = run_cli(instance, {"CFP_DATABASE_URL": database_url, **settings}, *arguments)
        db.expire_all()
        assert "Traceback" not in done.stderr
        if done.returncode == 1 and arguments[0] not in {"doctor", "mail"}:
            assert done.stdout == ""
            assert done.stderr.count("\n") == 1
        return done

    return command


def test_a_user_with_a_password_from_a_file(run: Run, db: Session, instance: Path) -> None:
    (instance / "password").write_text(f"{PASSWORD}\n")
    done = run(
        *("user", "add", "Ada Example", "ada@example.org"),
        *("--administrator", "--password-file", str(instance / "password"), "--json"),
    )
    account = db.scalars(select(Account)).one()
    assert done.returncode == 0
    assert json.loads(done.stdout) == {
        "id": account.id,
        "email": "ada@example.org",
        "administrator": True,
    }
    assert account.administrator
    assert matches(account.password_hash, PASSWORD)


def test_a_user_without_one_and_never_twice(run: Run, db: Session) -> None:
    assert run("user", "add", "Ada Example", "ada@example.org").returncode == 0
    again = run("user", "add", "Ada Again", "ADA@example.org")
    assert again.returncode == 1
    assert "belongs to somebody already" in again.stderr
    assert db.scalars(select(Account.password_hash)).all() == [None]
    assert db.scalars(select(Email.address)).all() == ["ada@example.org"]


def test_somebody_with_an_account_becomes_administrator(run: Run, db: Session) -> None:
    make_person(db, "Ada", email="ada@example.org")
    assert found(run("doctor", "--json"))["accounts"] == "warning"
    done = run("user", "make-administrator", "ADA@example.org", "--json")
    account = db.scalars(select(Account)).one()
    assert json.loads(done.stdout) == {
        "id": account.id,
        "email": "ADA@example.org",
        "administrator": True,
    }
    assert account.administrator
    assert found(run("doctor", "--json"))["accounts"] == "ok"


def test_nobody_becomes_administrator_without_an_account(run: Run, db: Session) -> None:
    make_person(db, "Bob", email="bob@example.org", account=False)
    done = run("user", "make-administrator", "bob@example.org")
    assert done.returncode == 1
    assert "Nobody has an account at bob@example.org" in done.stderr


def test_an_administrator_who_is_switched_off_is_none_to_the_doctor(
    run: Run, db: Session
) -> None:
    make_person(db, "Ada")
    db.execute(text("UPDATE account SET administrator = true, disabled = true"))
    assert found(run("doctor", "--json"))["accounts"] == "warning"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"too short\n", "at least 15 characters"),
        (b"ada example ada example\n", "name or the address"),
        (b"\xff\xfe" * 20, "not UTF-8"),
    ],
)
def test_a_bad_password_makes_no_user(
    run: Run, db: Session, instance: Path, content: bytes, words: str
) -> None:
    (instance / "password").write_bytes(content)
    path = str(instance / "password")
    done = run("user", "add", "Ada Example", "ada@example.org", "--password-file", path)
    assert done.returncode == 1
    assert words in done.stderr
    assert db.scalars(select(Account)).all() == []


def test_a_conference_is_made_once_and_its_chair_invited(run: Run, db: Session) -> None:
    command = ("conference", "create", *TIDE, *DAYS, "--chair", "ada@example.org")
    done = run(*command, "--deadline", "2031-03-01", "--deadline-zone", "AoE", "--json")
    made = db.scalars(select(Conference)).one()
    assert done.returncode == 0
    assert json.loads(done.stdout) == {
        "slug": "tide-2031",
        "url": "http://127.0.0.1:8000/tide-2031/",
        "deadline": "2031-03-02T11:59:00+00:00",
        "chair": "ada@example.org",
    }
    assert (made.name, made.zone, made.deadline_zone) == ("Tide 2031", "Europe/Rome", "Etc/GMT+12")
    assert [one.kind for one in db.scalars(select(Invitation))] == ["chair"]
    again = run(*command)
    assert again.returncode == 1
    assert "already" in again.stderr
    assert len(db.scalars(select(Conference)).all()) == 1


def test_a_chair_with_an_account_gets_the_role_at_once(run: Run, db: Session) -> None:
    ada = make_person(db, "Ada", email="ada@example.org")
    assert run("conference", "create", *TIDE, *DAYS, "--chair", "ada@example.org").returncode == 0
    assert [(one.person_id, one.kind) for one in db.scalars(select(Role))] == [(ada.id, "chair")]
    made = db.scalars(select(Conference)).one()
    assert made.deadline.isoformat() == "2031-04-10T21:59:00+00:00"


def test_a_conference_of_the_past_needs_five_answers_and_its_call_is_closed(
    run: Run, db: Session
) -> None:
    """Its program is what is brought in next: `cfp import program ... --publish`."""
    past = ("--start", "2025-11-19", "--end", "2025-11-20")
    done = run("conference", "create", *TIDE, *past)
    assert done.returncode == 0, done.stderr
    made = db.scalars(select(Conference)).one()
    assert made.deadline.isoformat() == "2025-09-24T21:59:00+00:00"
    assert made.contact == "cfp@localhost"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (("Tide_2031", *TIDE[1:], *DAYS), "small letters"),
        (("static", *TIDE[1:], *DAYS), "choose another SLUG"),
        ((*TIDE, "--start", "2031-06-06", "--end", "2031-06-05"), "before the first"),
        ((*TIDE, *DAYS, "--deadline", "2001-01-01"), "has passed"),
    ],
)
def test_a_conference_that_cannot_be_is_refused(
    run: Run, db: Session, changes: tuple[str, ...], words: str
) -> None:
    done = run("conference", "create", *changes, "--chair", "ada@example.org")
    assert done.returncode == 1
    assert words in done.stderr
    assert db.scalars(select(Conference)).all() == []


def test_a_test_mail_arrives(run: Run, db: Session, postbox: Postbox) -> None:
    done = run("mail", "test", "ada@example.org", "--json", **postbox.settings)
    assert done.returncode == 0
    assert json.loads(done.stdout)["state"] == "sent"
    assert [one["Subject"] for one in postbox.messages] == ["Test mail of 127.0.0.1:8000"]
    assert db.scalars(select(Message.state)).all() == ["sent"]


def test_a_test_mail_that_is_refused_says_what_the_server_said(
    run: Run, db: Session, postbox: Postbox
) -> None:
    postbox.answer_to_rcpt["*"] = "550 5.1.1 nobody here"
    done = run("mail", "test", "ada@example.org", **postbox.settings)
    assert done.returncode == 1
    assert "550 5.1.1 nobody here" in done.stdout
    assert db.scalars(select(Message.state)).all() == ["refused"]


def test_a_test_mail_that_can_not_go_now_is_not_sent_later(
    run: Run, db: Session, postbox: Postbox
) -> None:
    postbox.answer_to_data = "451 4.3.0 later"
    done = run("mail", "test", "ada@example.org", "--json", **postbox.settings)
    assert done.returncode == 1
    assert json.loads(done.stdout)["answer"] == "451 4.3.0 later"
    assert db.scalars(select(Message.state)).all() == ["canceled"]


def test_without_a_mail_server_no_mail_is_tried(run: Run, db: Session) -> None:
    done = run("mail", "test", "ada@example.org")
    assert done.returncode == 1
    assert "CFP_MAIL_SERVER" in done.stderr
    assert db.scalars(select(Message)).all() == []


def found(done: Done) -> Mapping[str, str]:
    """Level by check."""
    return {one["check"]: one["level"] for one in json.loads(done.stdout)["findings"]}


def test_the_doctor_is_content(run: Run, db: Session, postbox: Postbox) -> None:
    make_person(db, "Ada")
    db.execute(text("UPDATE account SET administrator = true"))
    settings = {**postbox.settings, "CFP_MAIL_FROM": "cfp@example.org"}
    done = run("doctor", "--json", **settings)
    assert set(found(done).values()) == {"ok"}
    assert done.returncode == 0


def test_the_doctor_finds_what_is_wrong(run: Run, db: Session, instance: Path) -> None:
    conference = make_conference(db)
    db.add(_late_mail(conference))
    (instance / "secret_key").write_text("key\n")
    (instance / "secret_key").chmod(0o644)
    settings = {
        "CFP_MAIL_SERVER": "127.0.0.1",
        "CFP_MAIL_PORT": "1",
        "CFP_BASE_URL": "http://cfp.example.org",
    }
    done = run("doctor", "--json", **settings)
    levels = found(done)
    assert done.returncode == 1
    assert {check for check, level in levels.items() if level == "error"} == {
        "secret key",
        "mail server",
        "worker",
    }
    assert {check for check, level in levels.items() if level == "warning"} == {
        "address",
        "sender",
        "accounts",
    }


def _late_mail(conference: Conference) -> Message:
    return Message(
        kind="free",
        object_key="letter:1",
        recipient="ada@example.org",
        subject="Hello",
        body="Hello\n",
        message_id="<1@example.org>",
        conference_id=conference.id,
        due=conference.created,
        created=conference.created,
    )


def test_the_doctor_checks_what_the_database_holds(run: Run, db: Session) -> None:
    run("user", "add", "Ada Example", "ada@example.org")
    chain = "UPDATE audit_chain SET head = 'forged'"
    db.execute(text(chain))
    done = run("doctor", "--json")
    assert found(done)["audit log"] == "error"
    assert done.returncode == 1


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("nonsense", "CFP_DATABASE_URL can't be used"),
        ("sqlite:////nowhere/cfp.sqlite3", "does not exist yet"),
        ("postgresql+psycopg://127.0.0.1:1/cfp", "can't be used"),
    ],
)
def test_the_doctor_says_why_there_is_no_database(tmp_path: Path, url: str, words: str) -> None:
    done = run_cli(tmp_path, {"CFP_DATABASE_URL": url}, "doctor")
    assert done.returncode == 1
    assert words in done.stdout
    assert "Traceback" not in done.stderr


def test_a_database_that_refuses_is_one_sentence(tmp_path: Path) -> None:
    run_cli(tmp_path, {}, "upgrade")
    url = f"sqlite:///file:{tmp_path}/cfp.sqlite3?mode=ro&uri=true"
    done = run_cli(tmp_path, {"CFP_DATABASE_URL": url}, "user", "add", "Ada", "ada@example.org")
    assert done.returncode == 1
    assert done.stderr == (
        "cfp: The database can't do it: attempt to write a readonly database; "
        "cfp doctor says more.\n"
    )


def test_a_database_out_of_reach_is_one_sentence(tmp_path: Path) -> None:
    url = "postgresql+psycopg://127.0.0.1:1/cfp"
    for command in ("upgrade", "worker"):
        done = run_cli(tmp_path, {"CFP_DATABASE_URL": url}, command)
        assert (done.returncode, done.stderr.count("\n")) == (1, 1)


def test_a_damaged_file_is_found(tmp_path: Path) -> None:
    (tmp_path / "cfp.sqlite3").write_bytes(b"not a database" * 100)
    done = run_cli(tmp_path, {}, "doctor")
    assert done.returncode == 1
    assert "not a database" in done.stdout
    other = run_cli(tmp_path, {}, "user", "add", "Ada", "ada@example.org")
    assert (other.returncode, other.stderr.count("\n")) == (1, 1)


@pytest.mark.parametrize(
    "arguments",
    [
        ("user",),
        ("user", "add"),
        ("user", "add", "Ada"),
        ("user", "add", "Ada", "nobody"),
        ("user", "add", "Ada", "ada@example.org\nBcc: b@c.example"),
        ("user", "add", " ", "ada@example.org"),
        ("user", "make-administrator", "ada"),
        ("user", "add", "A\nda\x1b", "ada@example.org"),
        ("user", "add", "A" * 201, "ada@example.org"),
        ("user", "add", "Ada", "ada@example.org", "--nonsense"),
        ("user", "add", "A", "a@b.example", "--password-file", "x", "--password-prompt"),
        ("conference", "create"),
        ("conference", "create", *TIDE, "--chair", "a@b.example"),
        ("conference", "create", *TIDE, "--start", "1.6.2031", "--end", "2031-06-02"),
        ("conference", "create", *TIDE, "--start", "0001-01-01", "--end", "2031-06-02"),
        ("conference", "create", *TIDE, *DAYS, "--chair", "nobody"),
        ("conference", "create", "t", "--name", "T", "--zone", "Rome", *DAYS, "--chair", "a@b.c"),
        ("conference", "create", *TIDE, *DAYS, "--chair", "a@b.example", "--deadline", "soon"),
        ("mail", "test"),
        ("mail", "test", "nobody"),
        ("mail", "test", "a@b.example", "c@d.example"),
        ("doctor", "now"),
        ("nonsense",),
    ],
)
def test_wrong_usage_is_status_2_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    monkeypatch.setenv("CFP_INSTANCE", str(tmp_path))
    done = CliRunner().invoke(cfp, list(arguments))
    assert done.exit_code == 2
    assert "Usage: " in done.stderr
    assert done.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_arguments_that_are_no_utf_8_are_refused(tmp_path: Path) -> None:
    done = run_cli(tmp_path, {}, "user", "add", "\udcff", "ada@example.org")
    assert (done.returncode, done.stderr) == (2, "cfp: the arguments are not UTF-8.\n")


NOTICE = """\
From: MAILER-DAEMON@mx.example.org
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; ada@example.net
Action: failed
Diagnostic-Code: smtp; 550 no such user

--b
Content-Type: text/rfc822-headers

Message-ID: {message_id}

--b--
"""


def test_a_mail_that_came_back_is_noted_once(run: Run, db: Session, instance: Path) -> None:
    message = actions.queue(
        db,
        kind="test",
        object_key="site",
        epoch=1,
        person=None,
        recipient="ada@example.net",
        subject="Hello",
        body="Hello.",
        conference=None,
        due=NOW,
        now=NOW,
    )
    message.state = "sent"
    path = instance / "notice.eml"
    path.write_text(NOTICE.format(message_id=message.message_id))
    done = run("mail", "bounced", str(path))
    assert done.stdout == f"The mail for {message.recipient} came back: 550 no such user\n"
    assert (message.state, message.refusal) == ("bounced", "550 no such user")
    again = run("mail", "bounced", str(path))
    assert (again.returncode, again.stderr) == (
        *(1, "cfp: The mail is bounced, so it can't have come back now.\n"),
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Subject: Hello\n\nHello.\n", "no notice of a mail"),
        (NOTICE.format(message_id="<strange@example.org>"), "was sent from here"),
        ("", "no notice of a mail"),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_no_notice_of_ours_is_said(run: Run, instance: Path, text: str, said: str) -> None:
    (instance / "notice.eml").write_text(text)
    done = run("mail", "bounced", str(instance / "notice.eml"))
    assert (done.returncode, said in done.stderr) == (1, True)
