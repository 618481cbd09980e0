"""Mail is kept, sent once, and told apart when nobody can know, whatever dies or refuses.

A real SMTP server, real workers and real kills, on both databases.
"""

import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, update

from cfp import clock
from cfp.actors import SYSTEM
from cfp.audit import AuditEntry
from cfp.config import Config
from cfp.db import open_session
from cfp.domain.conferences.models import Conference
from cfp.domain.mail import actions, delivery
from cfp.domain.mail.actions import Attachment
from cfp.domain.mail.models import Message
from cfp.domain.mail.rules import MAX_ATTEMPTS
from cfp.errors import DomainError, NotNowError
from cfp.jobs.outbox import send_one
from cfp.jobs.worker import Work, run_due_once
from tests.support.outbox import a_worker, config_for, make_conference, wait_for
from tests.support.ports import free_port
from tests.support.smtp import Postbox
from tests.support.trial_worker import HURRIED, PROGRAM

ADA = "ada@speakers.example"


@pytest.fixture
def config(instance: Path, database_url: str, postbox: Postbox) -> Config:
    return config_for(instance, database_url, postbox.settings)


@pytest.fixture
def write(engine: Engine) -> Callable[..., int]:
    """Queue one message and commit; returns its id."""

    def write(epoch: str | int = 1, **changes: object) -> int:
        now = clock.now()
        values = {
            "kind": "decision",
            "object_key": "submission:1",
            "epoch": epoch,
            "person": None,
            "recipient": ADA,
            "recipient_name": "Ada Löwe, Dr.",
            "subject": "Přijato: your talk",
            "body": "Dear Ada,\n.\nFrom here on.\n",
            "due": now,
            "now": now,
        } | changes
        with open_session(engine, writes=True) as db:
            values.setdefault("conference", the_conference(db))
            message = actions.queue(db, **values)
            db.commit()
            return message.id

    return write


def the_conference(db) -> Conference:
    return db.scalars(select(Conference)).one_or_none() or make_conference(db)


def read(engine: Engine, message_id: int) -> Message:
    with open_session(engine, writes=False) as db:
        return db.get_one(Message, message_id)


def change(engine: Engine, message_id: int, **values: object) -> None:
    with open_session(engine, writes=True) as db:
        db.execute(update(Message).where(Message.id == message_id).values(**values))
        db.commit()


def act(engine: Engine, action: Callable[..., None], message_id: int, **values: object) -> None:
    with open_session(engine, writes=True) as db:
        action(db, SYSTEM, message=db.get_one(Message, message_id), now=clock.now(), **values)
        db.commit()


def send_due(config: Config) -> Work:
    return run_due_once(config, pace=HURRIED, program=PROGRAM)


def with_patience(config: Config, settings: Mapping[str, str]) -> Config:
    """A worker that will still be waiting for the server when it is killed."""
    patience = {"CFP_MAIL_TIMEOUT_SECONDS": "60"}
    return config_for(config.instance, config.database_url, {**settings, **patience})


@contextmanager
def silent_server() -> Iterator[tuple[socket.socket, dict[str, str]]]:
    """A mail server that lets you connect and then never says a word."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        yield listener, {"CFP_MAIL_SERVER": "127.0.0.1", "CFP_MAIL_PORT": str(port)}


def test_a_message_arrives_as_it_was_written(config, engine, write, postbox):
    invitation = Attachment("pozvánka.ics", "text/calendar", b"BEGIN:VCALENDAR\r\n")
    with open_session(engine, writes=True) as db:
        the_conference(db).name = "Winter Café"
        db.commit()
    message_id = write(attachments=[invitation])
    assert send_due(config) == Work(sent=1)
    [delivered] = postbox.deliveries
    message, mail = read(engine, message_id), delivered.message
    assert (message.state, message.attempts, message.refusal) == ("sent", 1, "")
    assert message.sent is not None
    assert (delivered.sender, delivered.recipients) == ("cfp@example.org", [ADA])
    [sender] = mail["From"].addresses
    assert (sender.display_name, sender.addr_spec) == ("Winter Café", "cfp@example.org")
    assert [(a.display_name, a.addr_spec) for a in mail["To"].addresses] == [("Ada Löwe, Dr.", ADA)]
    assert mail["Reply-To"] == "chairs@winter.example"
    assert mail["Subject"] == "Přijato: your talk"
    assert mail["Message-ID"] == message.message_id
    assert delivered.text.replace("\r\n", "\n") == "Dear Ada,\n.\nFrom here on.\n"
    [attached] = mail.iter_attachments()
    assert attached.get_filename() == "pozvánka.ics"
    assert attached.get_content_type() == "text/calendar"
    assert delivered.raw.isascii()


def test_mail_of_no_conference_has_the_installations_name(config, write, postbox):
    write(conference=None)
    assert send_due(config) == Work(sent=1)
    assert str(postbox.deliveries[0].message["From"]) == "Talks <cfp@example.org>"


def test_nothing_is_sent_twice(config, engine, write, postbox):
    first = write()
    assert write() == first
    send_due(config)
    assert write(subject="changed in the meantime") == first
    assert send_due(config) == Work()
    assert len(postbox.deliveries) == 1
    assert write(epoch=2) != first


def test_what_is_rolled_back_is_not_sent(config, engine, postbox):
    with open_session(engine, writes=True) as db:
        actions.queue(
            db,
            kind="decision",
            object_key="submission:1",
            epoch=1,
            person=None,
            recipient=ADA,
            subject="s",
            body="b",
            conference=make_conference(db),
            due=clock.now(),
            now=clock.now(),
        )
    assert send_due(config) == Work()
    assert postbox.attempts == 0


def test_queuing_again_keeps_the_rest_of_the_transaction(engine, write):
    first = write()
    with open_session(engine, writes=True) as db:
        conference = the_conference(db)
        conference.place = "Brno"
        again = actions.queue(
            db,
            kind="decision",
            object_key="submission:1",
            epoch="1",
            person=None,
            recipient=ADA,
            subject="",
            body="",
            conference=conference,
            due=clock.now(),
            now=clock.now(),
        )
        assert again.id == first
        db.commit()
    with open_session(engine, writes=False) as db:
        assert the_conference(db).place == "Brno"


def test_not_before_its_time(config, engine, write, postbox):
    later = write(due=clock.now() + timedelta(hours=1))
    held = write(epoch=2, hold_until=clock.now() + timedelta(hours=1))
    assert send_due(config) == Work()
    assert [read(engine, each).state for each in (later, held)] == ["queued", "held"]
    change(engine, held, due=clock.now())
    assert send_due(config) == Work(sent=1)
    act(engine, actions.stop, later)
    change(engine, later, due=clock.now())
    assert send_due(config) == Work()
    assert read(engine, later).state == "canceled"


def test_what_was_handed_over_cannot_be_stopped(config, engine, write):
    message_id = write()
    send_due(config)
    with pytest.raises(NotNowError):
        act(engine, actions.stop, message_id)


def test_a_stopped_kind_is_stopped_except_what_has_left(config, engine, write, postbox):
    gone = write()
    send_due(config)
    waiting = [write(epoch=epoch) for epoch in (2, 3)]
    other = write(kind="reminder")
    with open_session(engine, writes=True) as db:
        conference = the_conference(db)
        count = actions.stop_all(
            db, SYSTEM, conference=conference, kind="decision", now=clock.now()
        )
        db.commit()
        assert count == 2
        assert db.scalars(select(AuditEntry.detail)).all()[-1] == {"kind": "decision", "count": 2}
    assert [read(engine, each).state for each in (gone, *waiting, other)] == [
        "sent",
        "canceled",
        "canceled",
        "queued",
    ]


@pytest.mark.parametrize(
    "mood",
    [
        {"answer_to_mail": "451 4.3.0 later"},
        {"answer_to_rcpt": {ADA: "450 4.2.0 greylisted"}},
        {"answer_to_data": "452 4.3.1 disk full"},
        {"answer_to_mail": "421 4.3.2 go away"},
    ],
)
def test_4xx_is_tried_again_later_as_the_same_mail(config, engine, write, postbox, mood):
    message_id = write()
    for name, value in mood.items():
        setattr(postbox, name, value)
    assert send_due(config) == Work(failed=1)
    message = read(engine, message_id)
    assert (message.state, message.attempts) == ("queued", 1)
    assert message.refusal[:3] in str(mood)
    assert timedelta(seconds=50) < message.due - clock.now() < timedelta(seconds=75)
    assert send_due(config) == Work()
    postbox.answer_to_mail, postbox.answer_to_rcpt, postbox.answer_to_data = None, {}, None
    change(engine, message_id, due=clock.now())
    assert send_due(config) == Work(sent=1)
    [delivered] = postbox.deliveries
    assert delivered.message["Message-ID"] == message.message_id
    assert read(engine, message_id).refusal == ""


@pytest.mark.parametrize(
    "mood",
    [
        {"answer_to_mail": "553 5.1.8 sender unknown"},
        {"answer_to_rcpt": {ADA: "550 5.1.1 no such user"}},
        {"answer_to_data": "554 5.7.1 looks like spam"},
    ],
)
def test_5xx_is_a_dead_letter_at_once_until_a_chair_corrects_it(
    config, engine, write, postbox, mood
):
    message_id = write()
    for name, value in mood.items():
        setattr(postbox, name, value)
    assert send_due(config) == Work(failed=1)
    message = read(engine, message_id)
    assert (message.state, message.attempts) == ("refused", 1)
    assert message.refusal in str(mood)
    postbox.answer_to_mail, postbox.answer_to_data = None, None
    act(engine, actions.retry, message_id, recipient="ada.lovelace@speakers.example")
    assert send_due(config) == Work(sent=1)
    assert postbox.deliveries[0].recipients == ["ada.lovelace@speakers.example"]


def test_a_correction_to_an_address_that_has_the_mail_is_refused(config, engine, write, postbox):
    postbox.answer_to_rcpt = {ADA: "550 5.1.1 no such user"}
    message_id = write()
    write(recipient="bo@speakers.example")
    send_due(config)
    with pytest.raises(DomainError, match="already_queued"):
        act(engine, actions.retry, message_id, recipient="bo@speakers.example")
    assert read(engine, message_id).state == "refused"


def test_one_message_is_sent_alone(config, engine, write, postbox):
    first, second = write(), write(epoch=2)
    send_one(config, second)
    assert [read(engine, each).state for each in (first, second)] == ["queued", "sent"]


def test_a_held_message_can_be_released(config, engine, write, postbox):
    message_id = write(hold_until=clock.now() + timedelta(hours=1))
    act(engine, actions.release, message_id)
    assert send_due(config) == Work(sent=1)


def test_one_bad_address_does_not_hold_up_the_others(config, engine, write, postbox):
    postbox.answer_to_rcpt = {ADA: "550 5.1.1 no such user"}
    write()
    write(recipient="bo@speakers.example")
    assert send_due(config) == Work(sent=1, failed=1)


def test_a_dead_letter_after_the_last_try(config, engine, write, postbox):
    postbox.answer_to_data = "451 4.3.0 later"
    message_id = write()
    for attempt in range(1, MAX_ATTEMPTS + 1):
        change(engine, message_id, due=clock.now())
        assert send_due(config) == Work(failed=1)
        message = read(engine, message_id)
        assert (message.attempts, message.claimed_until) == (attempt, None)
        assert message.state == ("refused" if attempt == MAX_ATTEMPTS else "queued")
    change(engine, message_id, due=clock.now())
    assert send_due(config) == Work()
    act(engine, actions.retry, message_id)
    postbox.answer_to_data = None
    assert send_due(config) == Work(sent=1)


def test_a_server_that_is_away_costs_one_message_a_try(instance, database_url, engine, write):
    gone = {"CFP_MAIL_SERVER": "127.0.0.1", "CFP_MAIL_PORT": str(free_port())}
    for epoch in range(3):
        write(epoch)
    assert send_due(config_for(instance, database_url, gone)) == Work(failed=1)
    with open_session(engine, writes=False) as db:
        assert sorted(db.scalars(select(Message.attempts))) == [0, 0, 1]
        assert set(db.scalars(select(Message.state))) == {"queued"}


def test_a_server_that_never_answers_is_given_up(instance, database_url, engine, write):
    message_id = write()
    with silent_server() as (_, settings):
        assert send_due(config_for(instance, database_url, settings)) == Work(failed=1)
    message = read(engine, message_id)
    assert (message.state, message.attempts) == ("queued", 1)
    assert "timed out" in message.refusal


def test_mail_waits_while_no_server_is_configured(instance, database_url, engine, write):
    message_id = write()
    assert send_due(config_for(instance, database_url)) == Work()
    assert (read(engine, message_id).state, read(engine, message_id).attempts) == ("queued", 0)


@pytest.mark.parametrize("mood", [{"delay": 3}, {"hang_up_after_data": True}])
def test_without_an_answer_a_message_is_uncertain_and_not_repeated(
    config, engine, write, postbox, mood
):
    for name, value in mood.items():
        setattr(postbox, name, value)
    message_id = write()
    assert send_due(config) == Work(failed=1)
    assert read(engine, message_id).state == "uncertain"
    assert send_due(config) == Work()
    act(engine, actions.confirm_arrival, message_id)
    assert read(engine, message_id).state == "sent"
    assert postbox.attempts == 1


def test_an_uncertain_message_sent_again_is_the_same_mail(config, engine, write, postbox):
    postbox.hang_up_after_data = True
    message_id = write()
    send_due(config)
    postbox.hang_up_after_data = False
    act(engine, actions.retry, message_id)
    assert send_due(config) == Work(sent=1)
    one, two = (delivered.message["Message-ID"] for delivered in postbox.wait_for(2))
    assert one == two == read(engine, message_id).message_id


def test_killed_while_handing_over_is_uncertain_and_not_repeated(config, engine, write, postbox):
    postbox.delay = 2
    message_id = write()
    with a_worker(with_patience(config, postbox.settings)) as lost:
        wait_for(lambda: read(engine, message_id).state == "sending")
        lost.kill()
    postbox.delay = 0
    change(engine, message_id, claimed_until=clock.now())
    another = write(epoch=2)
    with a_worker(config, "other"):
        wait_for(lambda: read(engine, message_id).state == "uncertain")
        wait_for(lambda: read(engine, another).state == "sent")
    message = read(engine, message_id)
    assert (message.refusal, message.attempts) == (delivery.NO_ANSWER, 1)
    ids = [mail["Message-ID"] for mail in postbox.messages]
    assert ids.count(message.message_id) <= 1
    assert len(ids) == len(set(ids))


def test_killed_before_handing_over_is_sent_by_another(config, engine, write, postbox):
    message_id = write()
    with (
        silent_server() as (listener, settings),
        a_worker(with_patience(config, settings)) as lost,
        listener.accept()[0],  # connected, and left without a word
    ):
        assert read(engine, message_id).claimed_by is not None
        lost.kill()
    assert read(engine, message_id).state == "queued"
    another = write(epoch=2)
    with a_worker(config, "other"):
        wait_for(lambda: read(engine, another).state == "sent")
        assert read(engine, message_id).state == "queued", "taken over before the lease had passed"
        change(engine, message_id, claimed_until=clock.now())
        wait_for(lambda: read(engine, message_id).state == "sent")
    assert len(postbox.deliveries) == 2
    assert read(engine, message_id).attempts == 2


def test_a_message_that_kills_its_workers_is_given_up(config, engine, write, postbox):
    message_id = write()
    past = clock.now() - timedelta(hours=1)
    values = {"attempts": MAX_ATTEMPTS, "claimed_by": "gone", "claimed_until": past}
    change(engine, message_id, **values)
    assert send_due(config) == Work()
    message = read(engine, message_id)
    assert (message.state, message.refusal) == ("refused", delivery.GAVE_UP)


def test_a_stop_between_claim_and_handing_over_is_obeyed(engine, write):
    message_id = write()
    lease = timedelta(minutes=1)
    with open_session(engine, writes=True) as db:
        delivery.claim(db, message_id, claimed_by="me", now=clock.now(), lease=lease)
        db.commit()
    act(engine, actions.stop, message_id)
    with open_session(engine, writes=True) as db:
        now = clock.now()
        assert not delivery.hand_over(db, message_id, claimed_by="me", now=now, lease=lease)


def test_a_message_is_not_handed_over_after_its_lease(engine, write):
    message_id = write()
    now, lease = clock.now(), timedelta(minutes=1)
    with open_session(engine, writes=True) as db:
        delivery.claim(db, message_id, claimed_by="me", now=now, lease=lease)
        assert not delivery.hand_over(
            db, message_id, claimed_by="me", now=now + 2 * lease, lease=lease
        )


def test_a_slow_worker_may_still_say_that_it_was_sent(engine, write):
    message_id = write()
    now, lease = clock.now(), timedelta(seconds=1)
    with open_session(engine, writes=True) as db:
        delivery.claim(db, message_id, claimed_by="slow", now=now, lease=lease)
        assert delivery.hand_over(db, message_id, claimed_by="slow", now=now, lease=lease)
        assert delivery.sweep(db, now=now + 2 * lease) == 1
        assert delivery.accept(db, message_id, claimed_by="slow", now=now + 3 * lease)
        assert not delivery.accept(db, message_id, claimed_by="other", now=now + 3 * lease)
        db.commit()
    assert read(engine, message_id).state == "sent"


def test_two_workers_send_each_message_once(config, engine, write, postbox):
    count = 30
    for epoch in range(count):
        write(epoch, recipient=f"speaker{epoch}@speakers.example")

    def sent() -> int:
        with open_session(engine, writes=False) as db:
            query = select(func.count()).select_from(Message).where(Message.state == "sent")
            return db.scalar(query)

    with a_worker(config), a_worker(config, "other"):
        wait_for(lambda: sent() == count)
    assert len(postbox.deliveries) == count
    assert len({mail["Message-ID"] for mail in postbox.messages}) == count


def test_sigterm_finishes_the_mail_in_hand(config, engine, write, postbox):
    postbox.delay = 0.5
    first, second = write(), write(epoch=2)
    with a_worker(config) as worker:
        wait_for(lambda: read(engine, first).state == "sending")
        assert worker.stop() == 0
    assert (read(engine, first).state, read(engine, second).state) == ("sent", "queued")


def test_log_in_links_do_not_wait_behind_an_announcement(config, write, postbox):
    for epoch in range(3):
        write(epoch)
    write(kind="login", private=True, conference=None, subject="Your link")
    send_due(config)
    assert postbox.messages[0]["Subject"] == "Your link"


@pytest.mark.parametrize(
    "recipient",
    [
        "ada@x.example\r\nBcc: eve@x.example",
        "ada@x.example, eve@x.example",
        "Ada <ada@x.example>",
        "ada@x.example\x00",
        "ada@x.example eve@x.example",
        "ada",
        "",
    ],
)
def test_a_recipient_is_exactly_one_address(engine, write, recipient):
    with pytest.raises(DomainError, match="bad_address"):
        write(recipient=recipient)


def test_no_text_becomes_a_header(config, engine, write, postbox):
    evil = "Hello\r\nBcc: eve@x.example\r\n\r\nbody\u2028\x85\x00end"
    file = Attachment("a\r\nBcc: eve@x.example.txt", "text/plain", b"x")
    write(subject=evil, recipient_name=evil, attachments=[file])
    send_due(config)
    [delivered] = postbox.deliveries
    assert delivered.recipients == [ADA]
    assert delivered.message["Bcc"] is None
    assert delivered.message["Subject"] == "Hello Bcc: eve@x.example body end"


@pytest.mark.parametrize(
    "values",
    [
        {"subject": "a\r\nBcc: eve@x.example"},
        {"recipient": "ada@x.example\nBcc: eve@x.example"},
        {"reply_to": "x@x.example\r\nBcc: eve@x.example"},
        {"recipient_name": "Ada\r\nBcc: eve@x.example"},
    ],
)
def test_not_even_a_row_from_elsewhere_gets_a_header_in(config, engine, write, postbox, values):
    message_id = write()
    change(engine, message_id, **values)
    assert send_due(config) == Work(failed=1)
    assert read(engine, message_id).state == "refused"
    assert postbox.deliveries == []


def test_what_a_chair_does_to_a_message_is_in_the_log(config, engine, write, postbox):
    postbox.answer_to_data = "554 5.7.1 no"
    message_id = write()
    send_due(config)
    act(engine, actions.retry, message_id)
    with open_session(engine, writes=False) as db:
        [entry] = db.scalars(select(AuditEntry))
    assert (entry.action, entry.object) == ("message.retry", f"message:{message_id}")
    assert entry.detail == {"kind": "decision", "from": "refused", "to": "queued"}
    assert ADA not in str(entry.detail)
