"""The link that `cfp serve` prints on an empty instance, and the page behind it."""

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from sqlalchemy.orm import Session

from cfp import clock
from cfp.domain.accounts.first import OFFER_VALID, offer
from cfp.domain.accounts.models import Account, Token
from cfp.domain.accounts.passwords import matches
from tests.factories import make_person
from tests.support.server import running, serving
from tests.support.visitor import Page, Visitor

PASSWORD = "slow tides mend old nets"
ADA = {"name": "Ada Example", "email": "ada@example.org", "password": PASSWORD}


@pytest.fixture
def link(db: Session) -> str:
    secret = offer(db, now=clock.now())
    db.commit()
    return f"/account/first/{secret}"


def refused(page: Page, words: str) -> bool:
    return page.status == 422 and words in page.text


def test_the_link_makes_an_administrator_and_leads_to_the_first_conference(
    stranger: Visitor, db: Session, link: str
) -> None:
    page = stranger.submit(stranger.get(link), ADA)
    account = db.query(Account).one()
    assert page.path == "/new"
    assert page.status == 200
    assert account.administrator
    assert matches(account.password_hash, PASSWORD)


def test_the_link_is_good_once(stranger: Visitor, app: Flask, db: Session, link: str) -> None:
    stranger.submit(stranger.get(link), ADA)
    assert Visitor(app.test_client()).get(link).status == 404
    assert db.query(Token).one().used is not None


def test_there_is_no_offer_once_somebody_has_an_account(
    stranger: Visitor, db: Session, link: str
) -> None:
    make_person(db, "Ben", email="ben@example.org")
    db.commit()
    assert offer(db, now=clock.now()) is None
    assert stranger.get(link).status == 404


def test_who_is_slower_than_another_makes_no_second_account(
    stranger: Visitor, db: Session, link: str
) -> None:
    page = stranger.get(link)
    make_person(db, "Ben", email="ben@example.org")
    assert stranger.submit(page, ADA).status == 404
    assert db.query(Account).count() == 1


def test_a_later_offer_takes_the_place_of_an_earlier_one(
    stranger: Visitor, db: Session, link: str
) -> None:
    newer = offer(db, now=clock.now())
    assert stranger.get(link).status == 404
    assert stranger.get(f"/account/first/{newer}").status == 200


def test_an_offer_ends_after_a_day(stranger: Visitor, link: str) -> None:
    with time_machine.travel(clock.now() + OFFER_VALID + timedelta(minutes=1)):
        assert stranger.get(link).status == 404


def test_without_a_mail_server_a_password_is_needed(
    stranger: Visitor, db: Session, link: str
) -> None:
    page = stranger.submit(stranger.get(link), {**ADA, "password": ""})
    assert refused(page, "you need a password")
    assert db.query(Account).count() == 0


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "", "Type your name"),
        ("name", "x" * 200, "120"),
        ("name", "A\0da", "can't be stored"),
        ("email", "nobody", "not an e-mail address"),
        ("email", "a@b.example\r\nBcc: c@d.example", "not an e-mail address"),
        ("password", "short", "15 characters"),
        ("password", "ada@example.org", "more than your name"),
    ],
)
def test_bad_input_is_said_at_the_field_and_nothing_is_made(
    stranger: Visitor, db: Session, link: str, field: str, value: str, words: str
) -> None:
    page = stranger.submit(stranger.get(link), {**ADA, field: value})
    assert refused(page, words)
    assert db.query(Account).count() == 0


def test_a_wrong_link_is_not_there_and_wrong_methods_are_refused(stranger: Visitor) -> None:
    assert stranger.get("/account/first/nonsense").status == 404
    assert stranger.client.post("/account/first/nonsense").status_code == 422  # no CSRF token
    assert stranger.client.put("/account/first/nonsense").status_code == 405


def test_serve_prints_the_link_while_nobody_has_an_account(
    database_url: str, instance: Path, db: Session
) -> None:
    db.commit()
    with serving(instance, {"CFP_DATABASE_URL": database_url}, worker=False) as server:
        assert f"Create the first conference: {server.url}/account/first/" in server.output()
    make_person(db, "Ben")
    db.commit()
    with serving(instance, {"CFP_DATABASE_URL": database_url}, worker=False) as server:
        pass
    assert server.output().count("Create the first conference") == 1


def test_a_busy_port_is_one_sentence(database_url: str, instance: Path, db: Session) -> None:
    db.commit()
    with serving(instance, {"CFP_DATABASE_URL": database_url}, worker=False) as server:
        busy = ("serve", "--port", str(server.port))
        with running(*busy, instance=instance, settings={"CFP_DATABASE_URL": database_url}) as two:
            assert two.process.wait(timeout=60) == 1
    assert f"Port {server.port} of 127.0.0.1 is in use" in two.output()
    assert "Traceback" not in two.output()
