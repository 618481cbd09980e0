"""One's own account: profile, addresses, password, browsers; and administrators' list."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from cfp import clock
from cfp.actors import Actor
from cfp.audit import AuditEntry, broken_links
from cfp.db import open_session
from cfp.domain.accounts import passwords
from cfp.domain.accounts.administration import set_administrator
from cfp.domain.accounts.models import Account, Email, LoginSession, Person, Throttle
from cfp.domain.accounts.passwords import hash_password
from cfp.errors import ForbiddenError
from tests.factories import make_conference, make_login, make_person, make_submission
from tests.support.mailbox import last_mail, mails
from tests.support.statements import counted
from tests.support.visitor import Visitor

As = Callable[[Person], Visitor]
OLD, NEW = "seven green bottles", "nine brown ravens fly"
PAGES = [
    "/account/",
    "/account/profile",
    "/account/addresses",
    "/account/password",
    "/account/browsers",
    "/account/data",
    "/account/data.json",
]


@pytest.fixture
def ada(db: Session) -> Person:
    return make_person(db, "Ada Example", email="ada@example.org")


@pytest.fixture
def visitor(ada: Person, visitor_as: As) -> Visitor:
    return visitor_as(ada)


def give_password(db: Session, person: Person, text: str = OLD) -> None:
    db.query(Account).filter_by(person_id=person.id).update({"password_hash": hash_password(text)})
    db.commit()


def actions_in_log(db: Session) -> list[str]:
    return list(db.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


@pytest.mark.parametrize("path", PAGES)
def test_strangers_are_asked_to_log_in(stranger: Visitor, path: str) -> None:
    answer = stranger.client.get(path)
    assert answer.status_code == 302
    assert answer.location.startswith("/account/log-in?next=")


@pytest.mark.parametrize("path", PAGES)
def test_pages_take_few_statements_and_are_not_stored(
    app: Flask, visitor: Visitor, path: str
) -> None:
    with counted(app.extensions["cfp"].engine) as seen:
        page = visitor.get(path)
    assert page.status == 200
    assert len(seen) <= 15, seen
    assert page.response.headers["Cache-Control"] == "no-store"


# Profile


def test_the_profile_is_saved(visitor: Visitor, ada: Person, db: Session) -> None:
    page = visitor.get("/account/profile")
    values = {"name": "Ada L.", "affiliation": "Org <b>", "bio": "Two\nlines", "zone": "Asia/Tokyo"}
    page = visitor.submit(page, values)
    assert "Saved." in page.text
    assert "Org &lt;b&gt;" in page.html
    db.refresh(ada)
    assert (ada.name, ada.affiliation, ada.bio, ada.zone) == (
        "Ada L.",
        "Org <b>",
        "Two\nlines",
        "Asia/Tokyo",
    )


def test_a_stale_profile_is_not_saved_over_a_newer_one(
    visitor: Visitor, ada: Person, db: Session
) -> None:
    page = visitor.get("/account/profile")
    visitor.submit(visitor.get("/account/profile"), {"name": "First"})
    late = visitor.submit(page, {"name": "Second"})
    assert late.status == 409
    assert "Second" in late.html
    db.refresh(ada)
    assert ada.name == "First"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 121),
        ("name", "a\x00b"),
        ("name", "a\nb"),
        ("affiliation", "x" * 201),
        ("bio", "x" * 2001),
        ("zone", "Mars/Olympus"),
    ],
)
def test_a_bad_profile_is_refused_at_its_field(
    visitor: Visitor, ada: Person, db: Session, field: str, value: str
) -> None:
    form = visitor.get("/account/profile").form("name")
    data = {name: str(text) for name, text in form.fields} | {field: value}
    answer = visitor.client.post("/account/profile", data=data)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    db.refresh(ada)
    assert ada.name == "Ada Example"


# Addresses


def test_an_address_is_added_by_its_code(visitor: Visitor, db: Session, engine: Engine) -> None:
    page = visitor.submit(visitor.get("/account/addresses"), {"email": "ada@work.example"})
    assert last_mail(engine).recipient == "ada@work.example"
    page = visitor.submit(page, {"code": last_mail(engine).code})
    assert page.path == "/account/addresses"
    assert "ada@work.example" in page.text
    rows = {email.address: email.primary for email in db.query(Email)}
    assert rows == {"ada@example.org": True, "ada@work.example": False}
    assert "account.add_address" in actions_in_log(db)


def test_an_added_address_needs_the_one_who_asked(
    visitor: Visitor, visitor_as: As, db: Session, engine: Engine, stranger: Visitor
) -> None:
    visitor.submit(visitor.get("/account/addresses"), {"email": "ada@work.example"})
    link = last_mail(engine).link
    assert stranger.get(link).path.startswith("/account/log-in")
    other = visitor_as(make_person(db, "Mallory"))
    page = other.get(link)
    assert "Somebody else has asked" in page.text
    assert not [form for form in page.forms() if form.action == ""]
    token = dict(other.get("/account/addresses").form("email").fields)["csrf_token"]
    assert other.client.post(link, data={"csrf_token": token}).status_code == 404
    assert db.query(Email).filter_by(address="ada@work.example").count() == 0
    visitor.submit(visitor.get(link), press="Add the address")
    assert db.query(Email).filter_by(address="ada@work.example").count() == 1


def test_adding_reads_the_same_for_free_and_taken_addresses(
    visitor: Visitor, db: Session, engine: Engine
) -> None:
    make_person(db, "Ben", email="ben@example.org")
    texts = []
    for address in ("ben@example.org", "new@example.org"):
        page = visitor.submit(visitor.get("/account/addresses"), {"email": address})
        texts.append(page.text.replace(address, "ADDRESS"))
    assert texts[0] == texts[1]
    ours, theirs = (m.body.replace(m.code, "").replace(m.link, "") for m in mails(engine))
    assert ours == theirs


def test_the_first_address_is_chosen_and_another_removed(
    visitor: Visitor, ada: Person, db: Session
) -> None:
    work = Email(person_id=ada.id, address="a@w.example", key="a@w.example", verified=ada.created)
    db.add(work)
    db.flush()
    old = db.query(Email).filter_by(address="ada@example.org").one()
    ids = old.id, work.id
    page = visitor.submit(
        visitor.get("/account/addresses"), to=f"/account/addresses/{ids[1]}/primary"
    )
    page = visitor.submit(page, to=f"/account/addresses/{ids[0]}/remove")
    assert [email.address for email in db.query(Email)] == ["a@w.example"]
    token = dict(page.form("email").fields)["csrf_token"]
    answer = visitor.client.post(
        f"/account/addresses/{ids[1]}/remove", data={"csrf_token": token}
    )
    assert answer.status_code == 422
    assert db.query(Email).count() == 1


def test_others_addresses_do_not_exist(visitor: Visitor, db: Session) -> None:
    make_person(db, "Ben", email="ben@example.org")
    email_id = db.query(Email).filter_by(address="ben@example.org").one().id
    token = dict(visitor.get("/account/addresses").form("email").fields)["csrf_token"]
    for verb in ("remove", "primary"):
        for one in (email_id, 999_999):
            path = f"/account/addresses/{one}/{verb}"
            assert visitor.client.post(path, data={"csrf_token": token}).status_code == 404
    assert visitor.client.get(f"/account/addresses/{email_id}/remove").status_code == 405


# Password


def test_a_password_is_set_and_ends_other_browsers(
    visitor: Visitor, visitor_as: As, ada: Person, db: Session
) -> None:
    other = visitor_as(ada)
    page = visitor.submit(visitor.get("/account/password"), {"password": NEW})
    assert "Saved." in page.text
    account = db.query(Account).filter_by(person_id=ada.id).one()
    assert account.password_hash is not None
    assert account.password_hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.matches(account.password_hash, NEW)
    assert other.client.get("/account/profile").status_code == 302
    assert "account.set_password" in actions_in_log(db)


def test_changing_it_needs_the_one_until_now(visitor: Visitor, ada: Person, db: Session) -> None:
    give_password(db, ada)
    page = visitor.get("/account/password")
    wrong = visitor.submit(page, {"current": "not this one at all", "password": NEW})
    assert wrong.status == 422
    assert NEW not in wrong.html
    visitor.submit(page, {"current": OLD, "password": NEW})
    account = db.query(Account).filter_by(person_id=ada.id).one()
    assert passwords.matches(account.password_hash, NEW)


def test_a_double_click_on_a_new_password_is_no_error(
    visitor: Visitor, ada: Person, db: Session
) -> None:
    give_password(db, ada)
    page = visitor.get("/account/password")
    for _ in range(2):
        assert visitor.submit(page, {"current": OLD, "password": NEW}).status == 200


def test_guessing_the_password_until_now_is_slowed_down(
    visitor: Visitor, ada: Person, db: Session
) -> None:
    give_password(db, ada)
    page = visitor.get("/account/password")
    guesses = [
        visitor.submit(page, {"current": f"guess number {n} of mine", "password": NEW}).status
        for n in range(6)
    ]
    assert guesses == [422, 422, 422, 422, 422, 429]
    db.query(Throttle).delete()
    assert visitor.submit(page, {"current": OLD, "password": NEW}).status == 200


@pytest.mark.parametrize(
    "text", ["", "short", "password12345678", "ada@example.org", "Ada Example 12345", "x" * 129]
)
def test_a_bad_password_is_refused_at_its_field(
    visitor: Visitor, ada: Person, db: Session, text: str
) -> None:
    page = visitor.submit(visitor.get("/account/password"), {"password": text})
    assert page.status == 422
    assert 'id="password-error"' in page.html
    assert db.query(Account).filter_by(person_id=ada.id).one().password_hash is None


def test_it_is_removed_with_the_one_until_now(visitor: Visitor, ada: Person, db: Session) -> None:
    give_password(db, ada)
    page = visitor.get("/account/password")
    assert visitor.submit(page, {"remove-current": "wrong wrong wrong"}).status == 422
    page = visitor.submit(page, {"remove-current": OLD})
    assert "You have no password" in page.text
    assert db.query(Account).filter_by(person_id=ada.id).one().password_hash is None


def test_a_forgotten_one_is_removed_by_mail(
    visitor: Visitor, ada: Person, db: Session, engine: Engine
) -> None:
    give_password(db, ada)
    page = visitor.submit(visitor.get("/account/password"), press="E-mail me")
    page = visitor.submit(page, {"code": last_mail(engine).code})
    assert page.path == "/account/password"
    assert "You have no password" in page.text
    assert db.query(LoginSession).count() == 1, "this browser's new one"


# Browsers


def test_browsers_are_listed_and_ended(
    visitor: Visitor, visitor_as: As, ada: Person, db: Session
) -> None:
    other = visitor_as(ada)
    page = visitor.get("/account/browsers")
    ends = [form for form in page.forms() if form.action.endswith("/end")]
    assert len(ends) == 1
    visitor.submit(page, to=ends[0].action)
    assert other.client.get("/account/profile").status_code == 302
    assert visitor.client.get("/account/profile").status_code == 200
    visitor_as(ada)
    visitor.submit(visitor.get("/account/browsers"), press="Log out everywhere else")
    assert db.query(LoginSession).count() == 1


def test_others_browsers_do_not_exist(visitor: Visitor, visitor_as: As, db: Session) -> None:
    ben = make_person(db, "Ben")
    make_login(db, ben)
    account = db.query(Account).filter_by(person_id=ben.id).one()
    theirs = db.query(LoginSession).filter_by(account_id=account.id).one().id
    visitor_as(ben)
    token = dict(visitor.get("/account/addresses").form("email").fields)["csrf_token"]
    path = f"/account/browsers/{theirs}/end"
    assert visitor.client.post(path, data={"csrf_token": token}).status_code == 404
    assert db.query(LoginSession).filter_by(id=theirs).count() == 1


# Administrators


def administrator(db: Session) -> Person:
    person = make_person(db, "Root Example")
    db.query(Account).filter_by(person_id=person.id).update({"administrator": True})
    return person


def test_only_administrators_see_accounts(visitor: Visitor, db: Session, ada: Person) -> None:
    assert visitor.get("/admin/").status == 404
    token = dict(visitor.get("/account/addresses").form("email").fields)["csrf_token"]
    account = db.query(Account).filter_by(person_id=ada.id).one().id
    path = f"/admin/accounts/{account}/make-administrator"
    assert visitor.client.post(path, data={"csrf_token": token}).status_code == 404
    assert not db.query(Account).filter_by(person_id=ada.id).one().administrator


def test_an_account_is_switched_off_and_on(
    visitor: Visitor, visitor_as: As, ada: Person, db: Session
) -> None:
    root = visitor_as(administrator(db))
    account = db.query(Account).filter_by(person_id=ada.id).one().id
    page = root.get("/admin/")
    page = root.submit(page, to=f"/admin/accounts/{account}/disable")
    assert "switched off" in page.text
    assert visitor.client.get("/account/profile").status_code == 302
    root.submit(page, to=f"/admin/accounts/{account}/enable")
    assert actions_in_log(db)[-2:] == ["account.disable", "account.enable"]
    assert broken_links(db) == []


def test_an_administrator_is_made_but_not_unmade_by_themselves(
    visitor_as: As, ada: Person, db: Session
) -> None:
    person = administrator(db)
    root = visitor_as(person)
    account = db.query(Account).filter_by(person_id=ada.id).one().id
    root.submit(root.get("/admin/"), to=f"/admin/accounts/{account}/make-administrator")
    assert db.query(Account).filter_by(administrator=True).count() == 2
    own = db.query(Account).filter_by(person_id=person.id).one().id
    token = dict(root.get("/account/addresses").form("email").fields)["csrf_token"]
    for verb, status in (("no-administrator", 409), ("disable", 409), ("explode", 404)):
        path = f"/admin/accounts/{own}/{verb}"
        assert root.client.post(path, data={"csrf_token": token}).status_code == status
    path = "/admin/accounts/999999/disable"
    assert root.client.post(path, data={"csrf_token": token}).status_code == 404


def test_accounts_are_searched_and_paged(app: Flask, visitor_as: As, db: Session) -> None:
    root = visitor_as(administrator(db))
    for number in range(60):
        make_person(db, f"Guest {number:02}", email=f"guest{number}@example.net")
    with counted(app.extensions["cfp"].engine) as seen:
        page = root.get("/admin/")
    assert len(seen) <= 10, seen
    assert "Page 1 of 2" in page.text
    assert "Guest 59" in root.get("/admin/?page=2").text
    page = root.get("/admin/?q=GUEST17@")
    assert "Guest 17" in page.text
    assert "Guest 18" not in page.text
    assert "Nobody has" in root.get("/admin/?q=%25").text


# My pages


def test_my_pages_show_what_one_has_and_nothing_else(
    visitor: Visitor, ada: Person, db: Session
) -> None:
    conference = make_conference(db, name="Conference One")
    make_submission(db, conference, [ada], title="My draft", state="draft")
    ben = make_person(db, "Ben")
    make_submission(db, conference, [ben], title="Another's talk")
    make_submission(db, conference, [ben, ada], title="Said together", state="accepted")
    page = visitor.get("/account/")
    assert "My draft" in page.text
    assert "Said together" in page.text
    assert "Another's talk" not in page.text
    assert "Confirm" in page.text


def test_a_new_account_is_told_what_will_stand_here(visitor: Visitor) -> None:
    assert "Nothing here yet" in visitor.get("/account/").text


def test_administrators_who_unmake_each_other_at_once_leave_one(
    db: Session, engine: Engine
) -> None:
    people = [administrator(db).id, administrator(db).id]
    accounts = [db.query(Account).filter_by(person_id=one).one().id for one in people]
    db.commit()
    together = Barrier(2)

    def unmake(number: int) -> str:
        actor = Actor(person_id=people[number], account_id=accounts[number], administrator=True)
        with open_session(engine, writes=True) as own:
            together.wait(timeout=30)
            try:
                set_administrator(
                    own,
                    actor,
                    account_id=accounts[1 - number],
                    administrator=False,
                    now=clock.now(),
                )
                own.commit()
            except ForbiddenError as error:
                return error.key
            return "done"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(unmake, [0, 1])) == ["done", "forbidden"]
