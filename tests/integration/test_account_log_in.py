"""Logging in by a mailed code or link, by password, and what was typed before it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select

from cfp.actors import Actor
from cfp.db import open_session
from cfp.domain.accounts.models import Account, Email, LoginSession, Person, Throttle, Token
from cfp.domain.accounts.passwords import hash_password
from cfp.domain.mail.models import Message
from cfp.web import context
from cfp.web.account.continuations import CONTINUATIONS
from cfp.web.sessions import network
from tests.factories import make_login, make_person
from tests.support.mailbox import last_mail, mails
from tests.support.visitor import Page, Visitor


@pytest.fixture
def ada(app: Flask) -> Visitor:
    return Visitor(app.test_client())


def count(engine: Engine, table: type[Any]) -> int:
    with open_session(engine, writes=False) as db:
        return db.scalar(select(func.count()).select_from(table)) or 0


def person_of(engine: Engine, address: str) -> Person:
    with open_session(engine, writes=False) as db:
        query = select(Person).join(Email).where(Email.address == address)
        return db.scalars(query).one()


def known(engine: Engine, name: str, email: str, password: str | None = None) -> int:
    """Somebody with an account; returns the person's id."""
    with open_session(engine, writes=True) as db:
        person = make_person(db, name, email=email)
        if password:
            account = db.query(Account).filter_by(person_id=person.id).one()
            account.password_hash = hash_password(password)
        db.commit()
        return person.id


def ask(visitor: Visitor, email: str = "ada@example.org") -> Page:
    return visitor.submit(visitor.get("/account/log-in"), {"email": email})


def logged_in(visitor: Visitor) -> bool:
    return visitor.client.get("/account/profile").status_code == 200


def test_a_stranger_s_cookie_is_as_guarded_as_a_person_s(app: Flask) -> None:
    cookie = app.test_client().get("/account/log-in").headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))


def test_a_code_logs_the_asking_browser_in_and_makes_the_account(
    ada: Visitor, engine: Engine
) -> None:
    page = ask(ada)
    assert page.path == "/account/code"
    assert "ada@example.org" in page.text
    page = ada.submit(page, {"code": last_mail(engine).code})
    assert page.path.startswith("/account/welcome")
    page = ada.submit(page, {"name": "Ada Example", "affiliation": "University A"})
    assert page.path == "/account/"
    assert person_of(engine, "ada@example.org").name == "Ada Example"
    assert logged_in(ada)


def test_the_link_works_on_another_device_and_only_there(
    app: Flask, ada: Visitor, engine: Engine
) -> None:
    ask(ada)
    phone = Visitor(app.test_client())
    page = phone.get(last_mail(engine).link)
    assert page.status == 200
    assert count(engine, LoginSession) == 0, "looking at the link must not use it"
    phone.submit(page, press="Log in")
    assert logged_in(phone)
    assert not logged_in(ada)


def test_a_link_works_once(app: Flask, ada: Visitor, engine: Engine) -> None:
    ask(ada)
    link = last_mail(engine).link
    ada.submit(ada.get(link), press="Log in")
    other = Visitor(app.test_client())
    assert other.get(link).status == 404
    answer = other.client.post(link, data={"csrf_token": token_of(other)})
    assert answer.status_code == 404
    assert not logged_in(other)


def token_of(visitor: Visitor, path: str = "/account/log-in") -> str:
    fields = dict(visitor.get(path).form("email").fields)
    return str(fields["csrf_token"])


def test_the_code_is_worth_nothing_in_another_browser(
    app: Flask, ada: Visitor, engine: Engine
) -> None:
    ask(ada)
    code = last_mail(engine).code
    thief = Visitor(app.test_client())
    page = ask(thief, "thief@example.org")
    assert thief.submit(page, {"code": code}).status == 422
    assert not logged_in(thief)


def test_who_asked_is_told_to_the_asking_browser_only(ada: Visitor, stranger: Visitor) -> None:
    ask(ada)
    assert "ada@example.org" in ada.get("/account/code").text
    page = stranger.get("/account/code")
    assert page.path == "/account/log-in"
    assert "ada@example.org" not in page.html


def test_logging_in_anew_ends_the_browsers_earlier_log_in(ada: Visitor, engine: Engine) -> None:
    page = ada.submit(ask(ada), {"code": last_mail(engine).code})
    ada.submit(page, {"name": "Ada"})
    token = dict(ada.get("/account/addresses").form("email").fields)["csrf_token"]
    data = {"csrf_token": token, "email": "ada@example.org"}
    ada.client.post("/account/log-in", data=data)
    ada.submit(ada.get(last_mail(engine).link), to=last_mail(engine).link)
    assert logged_in(ada)
    assert count(engine, LoginSession) == 1


def test_the_earlier_of_two_mails_is_as_good(ada: Visitor, engine: Engine) -> None:
    ask(ada)
    page = ask(ada)
    ada.submit(page, {"code": mails(engine)[0].code})
    assert logged_in(ada)


def test_sending_again_sends_the_same_code(ada: Visitor, engine: Engine) -> None:
    page = ask(ada)
    page = ada.submit(page, press="Send the mail again")
    first, second = mails(engine)
    assert first == second
    assert "on its way again" in page.text
    ada.submit(page, {"code": second.code})
    assert logged_in(ada)


def test_the_page_is_the_same_for_a_known_and_an_unknown_address(
    app: Flask, engine: Engine
) -> None:
    known(engine, "Ada Example", "ada@example.org")
    pages = []
    for address in ("ada@example.org", "nob@example.org"):
        page = ask(Visitor(app.test_client()), address)
        pages.append(page.text.replace(address, "ADDRESS"))
    assert pages[0] == pages[1]
    assert [mail.recipient for mail in mails(engine)] == ["ada@example.org", "nob@example.org"]


def test_mail_goes_to_the_proved_spelling(ada: Visitor, engine: Engine) -> None:
    known(engine, "Kay", "kay@example.org")
    ask(ada, "\u212aay@example.org")
    assert last_mail(engine).recipient == "kay@example.org"


def test_a_code_is_refused_when_wrong_and_slowed_down(ada: Visitor, engine: Engine) -> None:
    page = ask(ada)
    right = last_mail(engine).code
    wrong = "000000" if right != "000000" else "111111"
    statuses = [ada.submit(page, {"code": wrong}).status for _ in range(6)]
    assert statuses == [422, 422, 422, 422, 422, 429]
    answer = ada.submit(page, {"code": right})
    assert answer.status == 429
    assert int(answer.response.headers["Retry-After"]) > 0
    with open_session(engine, writes=True) as db:
        db.query(Throttle).delete()
        db.commit()
    ada.submit(page, {"code": right})
    assert logged_in(ada), "slowed down, never locked out"


def test_a_code_that_was_tried_too_often_is_dead_but_its_link_is_not(
    ada: Visitor, engine: Engine
) -> None:
    page = ask(ada)
    with open_session(engine, writes=True) as db:
        db.query(Token).update({"attempts": 10})
        db.commit()
    assert ada.submit(page, {"code": last_mail(engine).code}).status == 422
    ada.submit(ada.get(last_mail(engine).link), press="Log in")
    assert logged_in(ada)


def test_asking_too_often_is_slowed_down(app: Flask, engine: Engine) -> None:
    statuses = []
    for _ in range(5):
        visitor = Visitor(app.test_client())
        page = visitor.submit(visitor.get("/account/log-in"), {"email": "ada@example.org"})
        statuses.append(page.status)
    assert statuses == [200, 200, 200, 200, 429]
    assert len(mails(engine)) == 4


def test_a_double_click_logs_in_both_times(ada: Visitor, engine: Engine) -> None:
    page = ask(ada)
    form = page.form("code")
    form.fill({"code": last_mail(engine).code})
    data = {name: str(value) for name, value in form.fields}
    cookie = ada.client.get_cookie("cfp")
    assert cookie is not None
    first = ada.client.post("/account/code", data=data)
    ada.client.set_cookie("cfp", cookie.value)
    second = ada.client.post("/account/code", data=data)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    assert logged_in(ada), "the first answer may be thrown away by the browser"
    assert count(engine, LoginSession) == 1


@contextmanager
def continuation(name: str, function: Any) -> Iterator[None]:
    CONTINUATIONS[name] = function
    try:
        yield
    finally:
        del CONTINUATIONS[name]


def stash(engine: Engine, visitor: Visitor, payload: dict[str, Any]) -> None:
    """Put a payload where `prove_address` would."""
    ask(visitor)
    with open_session(engine, writes=True) as db:
        db.query(Token).one().payload = payload
        db.commit()


def test_what_was_typed_goes_on_on_another_device(
    app: Flask, ada: Visitor, engine: Engine
) -> None:
    seen: list[tuple[Actor, dict[str, Any]]] = []

    def note(actor: Actor, payload: dict[str, Any]) -> str:
        assert context.actor() == actor
        seen.append((actor, payload))
        return "/account/profile"

    payload = {"next": "note", "about": "A <b>talk</b>", "name": "Ada Example", "text": "typed"}
    with continuation("note", note):
        stash(engine, ada, payload)
        phone = Visitor(app.test_client())
        page = phone.get(last_mail(engine).link)
        assert "A <b>talk</b>" in page.text
        page = phone.submit(page, press="Log in and finish")
    assert page.path == "/account/profile"
    ((actor, given),) = seen
    assert actor.name == "Ada Example"
    assert given["text"] == "typed"
    assert actor.person_id == person_of(engine, "ada@example.org").id


def test_an_error_in_what_goes_on_leaves_nothing_half_done(
    ada: Visitor, engine: Engine
) -> None:
    def fail(actor: Actor, payload: dict[str, Any]) -> str:
        raise LookupError("broken on purpose")

    with continuation("fail", fail):
        stash(engine, ada, {"next": "fail"})
        page = ada.submit(ada.get("/account/code"), {"code": last_mail(engine).code})
    assert page.status == 500
    assert count(engine, Person) == 0
    assert count(engine, LoginSession) == 0
    with open_session(engine, writes=False) as db:
        assert db.query(Token).one().used is None


def test_a_password_logs_in(ada: Visitor, engine: Engine) -> None:
    known(engine, "Ada Example", "ada@example.org", "seven green bottles")
    page = ada.get("/account/log-in/password")
    page = ada.submit(page, {"email": "Ada@Example.ORG", "password": "seven green bottles"})
    assert page.path == "/account/"
    assert logged_in(ada)


def test_a_wrong_password_no_password_and_no_account_read_the_same(
    app: Flask, engine: Engine
) -> None:
    known(engine, "Ada", "ada@example.org", "seven green bottles")
    known(engine, "Ben", "ben@example.org")
    texts = set()
    for address in ("ada@example.org", "ben@example.org", "nobody@example.org"):
        visitor = Visitor(app.test_client())
        values = {"email": address, "password": "seven green battles"}
        page = visitor.submit(visitor.get("/account/log-in/password"), values)
        assert page.status == 422
        assert not logged_in(visitor)
        texts.add(page.text)
        assert "seven green battles" not in page.html
    assert len(texts) == 1


def test_a_disabled_account_cannot_log_in(ada: Visitor, engine: Engine) -> None:
    known(engine, "Ada", "ada@example.org", "seven green bottles")
    with open_session(engine, writes=True) as db:
        db.query(Account).update({"disabled": True})
        db.commit()
    page = ask(ada)
    assert ada.submit(page, {"code": last_mail(engine).code}).status == 403
    values = {"email": "ada@example.org", "password": "seven green bottles"}
    assert ada.submit(ada.get("/account/log-in/password"), values).status == 403
    assert not logged_in(ada)


def test_log_out_ends_the_session_on_the_server(ada: Visitor, engine: Engine) -> None:
    page = ask(ada)
    page = ada.submit(page, {"code": last_mail(engine).code})
    ada.submit(page, {"name": "Ada"})
    cookie = ada.client.get_cookie("cfp")
    assert cookie is not None
    assert cookie.value.startswith("p.")
    ada.submit(ada.get("/account/profile"), press="Log out")
    assert not logged_in(ada)
    ada.client.set_cookie("cfp", cookie.value)
    assert not logged_in(ada), "a copied cookie is worth nothing after log-out"
    assert count(engine, LoginSession) == 0


def test_logging_in_leads_back(ada: Visitor, engine: Engine) -> None:
    known(engine, "Ada", "ada@example.org")
    page = ada.get("/account/addresses")
    assert page.path.startswith("/account/log-in?next=")
    page = ada.submit(page, {"email": "ada@example.org"})
    page = ada.submit(page, {"code": last_mail(engine).code})
    assert page.path == "/account/addresses"


@pytest.mark.parametrize(
    "goal", ["https://evil.example/", "//evil.example/", "/\\evil.example", "/nothing/here/at/all"]
)
def test_logging_in_leads_nowhere_else(ada: Visitor, engine: Engine, goal: str) -> None:
    known(engine, "Ada", "ada@example.org")
    page = ada.submit(
        Page("/account/log-in", ada.client.get("/account/log-in", query_string={"next": goal})),
        {"email": "ada@example.org"},
    )
    page = ada.submit(page, {"code": last_mail(engine).code})
    assert page.path == "/account/"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "a@b\r\nBcc: c@d",
        "a\x00@example.org",
        "x" * 300 + "@example.org",
        "<b>a</b>@example.org",
        "a@example.org, b@example.org",
    ],
)
def test_a_bad_address_is_refused_at_the_field(
    client: FlaskClient, engine: Engine, address: str
) -> None:
    visitor = Visitor(client)
    answer = client.post(
        "/account/log-in", data={"csrf_token": token_of(visitor), "email": address}
    )
    assert answer.status_code == 422
    assert 'id="email-error"' in answer.text
    assert count(engine, Message) == 0


def test_doubled_and_missing_fields(client: FlaskClient, engine: Engine) -> None:
    token = token_of(Visitor(client))
    both = {"csrf_token": token, "email": ["ada@example.org", "thief@example.org"]}
    assert client.post("/account/log-in", data=both).status_code == 303
    assert [mail.recipient for mail in mails(engine)] == ["ada@example.org"]
    assert client.post("/account/log-in", data={"csrf_token": token}).status_code == 422


def test_forms_without_a_token_are_refused(client: FlaskClient, engine: Engine) -> None:
    for path in ("log-in", "code", "log-out", "log-in/password"):
        path = f"/account/{path}"
        assert client.post(path, data={"email": "ada@example.org"}).status_code == 422
    assert count(engine, Message) == 0


@pytest.mark.parametrize("path", ["/account/log-out", "/account/code/again"])
def test_wrong_method(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 405


def test_an_expired_session_is_nobody(app: Flask, engine: Engine) -> None:
    visitor = Visitor(app.test_client())
    with open_session(engine, writes=True) as db:
        cookie = make_login(db, make_person(db))
        db.commit()
    visitor.client.set_cookie("cfp", cookie)
    assert logged_in(visitor)
    with open_session(engine, writes=True) as db:
        row = db.query(LoginSession).one()
        row.expires = row.created
        db.commit()
    assert not logged_in(visitor)


def test_secrets_are_kept_as_hashes_only(ada: Visitor, engine: Engine) -> None:
    ask(ada)
    mail = last_mail(engine)
    with open_session(engine, writes=False) as db:
        token = db.query(Token).one()
        kept = f"{token.hash} {token.code_hash} {token.browser} {token.payload}"
    assert mail.link.rsplit("/", 1)[-1] not in kept
    assert mail.code not in kept.split()


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::a:1:2:3", "2001:db8::b:1:2:3", True),
        ("2001:db8::1", "2001:db8:0:0:ffff::1", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("192.0.2.1", "192.0.2.2", False),
        ("192.0.2.1", "::ffff:192.0.2.1", True),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("", "by a socket", False),
    ],
)
def test_a_network_is_one_however_its_addresses_are_written(
    app: Flask, one: str, other: str, same: bool
) -> None:
    def network_of(address: str) -> str:
        with app.test_request_context(environ_base={"REMOTE_ADDR": address}):
            return network()

    assert (network_of(one) == network_of(other)) is same
