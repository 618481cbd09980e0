"""Every form of every role, filled in badly: refused where it is, never an error of ours.

The forms are found by crawling, so a new form is tried without being named here. Each is sent
with one kind of nonsense in all its fields at once, then with fields missing and fields doubled.
"""

import re
from collections.abc import Iterator, Mapping
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from cfp import clock
from cfp.actors import SYSTEM
from cfp.domain.accounts.administration import PAGE_SIZE
from cfp.domain.accounts.models import Account
from cfp.domain.program import versions
from cfp.domain.submissions.states import State
from tests.factories import NOW, make_login, make_person, make_review
from tests.support.cast import World, make_world
from tests.support.crawl import Crawl, filled, get_rules
from tests.support.reviewing import keep_standby
from tests.support.visitor import Form, Page

KEPT = {"csrf_token", "key"}
ARGUMENTS = ("page", "draft", "since", "other", "asked", "track", "type", "fewer", "load", "round")
LEFT_ALONE = ("/account/log-out", "/account/delete", "/account/browsers")
"""What would end the session of the person who tries."""

NONSENSE: Mapping[str, object] = {
    "long": "x" * 25_000,
    "nul": "a\x00b",
    "surrogate": b"a\xed\xa0\x80b",
    "not_utf8": b"\xff\xfe",
    "line_breaks": "a\r\nBcc: someone@example.org",
    "formula": '=HYPERLINK("https://example.org")',
    "markup": "<script>alert(1)</script>",
    "number": "99999999999999999999",
    "negative": "-1",
    "word": "nonsense",
    "empty": "",
}


def forms_of(crawl: Crawl) -> Iterator[tuple[str, Form]]:
    """Each POST form once, by where it goes with what."""
    seen = set()
    for page in list(crawl.seen.values()):
        if page.status != 200 or page.response.mimetype != "text/html":
            continue
        for form in Page(page.path, page.response).forms():  # whose tree goes when it is read
            target = urlsplit(urljoin(f"http://localhost{page.path}", form.action)).path
            if form.method != "post" or target.startswith(LEFT_ALONE):
                continue
            shape = (_shape(crawl, target), frozenset(form.names))
            if shape not in seen:
                seen.add(shape)
                yield page.path, form


def _shape(crawl: Crawl, path: str) -> str:
    """The route an address belongs to: one form per route is enough."""
    adapter = crawl.client.application.url_map.bind("localhost")
    return str(adapter.match(path, method="POST")[0])


def attempts(form: Form) -> Iterator[tuple[str, dict[str, object]]]:
    fields = dict(form.fields)
    own = [name for name in form.names | set(fields) if name not in KEPT]
    kept = {name: value for name, value in fields.items() if name in KEPT}
    for word, value in NONSENSE.items():
        yield word, {**kept, **dict.fromkeys(own, value)}
    if own:
        yield "huge", {**kept, own[0]: "x" * 1_000_000}
    yield "missing", kept
    yield "doubled", {**kept, **{name: ["1", "2"] for name in own}}
    for button in form.buttons:
        if button.name:
            yield f"pressed {button.name}", {**kept, button.name: "nonsense"}


def plant(db: Session, world: World) -> None:
    make_review(db, world.submissions[State.SUBMITTED], world.people["reviewer"])
    world.conference.reviews_due = NOW
    keep_standby(db, world.conference, world.people["blocked_reviewer"])
    versions.publish(db, SYSTEM, world.conference, note="First.", now=clock.now())


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", ["owner", "reviewer", "chair", "administrator", "anonymous"])
def test_nonsense_is_refused_and_never_breaks_a_page(
    app: Flask, db: Session, name: str
) -> None:
    world = make_world(db, reviewing="assigned", uses_bids=True, after=plant)
    client = app.test_client()
    if name != "anonymous":
        client.set_cookie("cfp", make_login(db, world.people[name], now=clock.now()))
    codes: list[object] = [
        world.submissions[state].code for state in (State.DRAFT, State.SUBMITTED, State.ACCEPTED)
    ]
    values: dict[str, list[object]] = {"slug": [world.conference.slug], "code": codes}
    db.commit()
    crawl = Crawl(client)
    crawl.follow(["/", f"/{world.conference.slug}/"])
    crawl.follow(filled(app, get_rules(app), values))
    found = list(forms_of(crawl))
    assert len(found) >= (2 if name == "anonymous" else 6)
    broken = []
    for path, form in found:
        for word, data in attempts(form):
            page = Page(path, client.post(urljoin(path, form.action), data=data))
            if page.status >= 500:
                broken.append((path, form.action, word, page.status))
    assert not broken, broken


@pytest.mark.parametrize("digits", [20, 5_000])
def test_a_number_beyond_all_rows_is_none(app: Flask, db: Session, digits: int) -> None:
    """In every address and every argument of an address: more than a database or Python reads."""
    world = make_world(db, reviewing="assigned", uses_bids=True, after=plant)
    db.query(Account).filter_by(person_id=world.people["chair"].id).update({"administrator": True})
    client = app.test_client()
    client.set_cookie("cfp", make_login(db, world.people["chair"], now=clock.now()))
    db.commit()
    huge = "9" * digits
    token = dict(Page("", client.get("/account/addresses")).form("email").fields)["csrf_token"]
    code = world.submissions[State.SUBMITTED].code
    broken = []
    for rule in app.url_map.iter_rules():
        path = rule.rule.replace("<slug>", world.conference.slug).replace("<code>", code)
        path = re.sub(r"<int:\w+>", huge, path)
        path = re.sub(r"<\w+>", "x", re.sub(r"<any\((\w+).*?>", r"\1", path))
        if path.startswith(("/static", "/bootstrap", *LEFT_ALONE)):
            continue
        asked = f"{path}?" + "&".join(f"{name}={huge}" for name in ARGUMENTS)
        statuses = [client.get(asked).status_code] if "GET" in rule.methods else []
        if huge in path and "POST" in rule.methods:
            statuses.append(client.post(path, data={"csrf_token": token}).status_code)
        if any(status >= 500 or (huge in path and status != 404) for status in statuses):
            broken.append((path[:100], statuses))
    assert not broken, broken


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_names_of_url_for_are_no_filters_of_the_accounts(app: Flask, db: Session) -> None:
    root, *_others = (make_person(db) for _ in range(PAGE_SIZE + 1))
    db.query(Account).filter_by(person_id=root.id).update({"administrator": True})
    client = app.test_client()
    client.set_cookie("cfp", make_login(db, root, now=clock.now()))
    db.commit()
    answer = client.get("/admin/?endpoint=x&_external=1&_scheme=ftp")
    assert answer.status_code == 200
    assert "ftp:" not in answer.text


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_form_without_its_token_is_refused(app: Flask, db: Session) -> None:
    """Every POST of every route: what a foreign page could send is never carried out."""
    world = make_world(db)
    client = app.test_client()
    client.set_cookie("cfp", make_login(db, world.people["chair"], now=clock.now()))
    values: dict[str, list[object]] = {
        "slug": [world.conference.slug],
        "code": [world.submissions[State.SUBMITTED].code],
    }
    db.commit()
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if "POST" not in (rule.methods or ()):
            continue
        arguments = {
            argument: values[argument][0] if argument in values else 1
            for argument in rule.arguments
        }
        arguments |= {
            key: value
            for key, value in {"kind": "tracks", "act": "resend", "verb": "disable"}.items()
            if key in rule.arguments
        }
        path = adapter.build(rule.endpoint, arguments, method="POST")
        answer = client.post(path, data={})
        assert 400 <= answer.status_code < 500, (path, answer.status_code)


def test_an_error_of_the_database_says_nothing_that_was_typed(engine: Engine) -> None:
    """It is logged, with the statement."""
    query = text("SELECT nothing FROM nowhere WHERE address = :typed")
    with engine.connect() as connection, pytest.raises(DBAPIError, match="nowhere") as caught:
        connection.execute(query, {"typed": "zelda@example.org"})
    assert "zelda" not in str(caught.value)
