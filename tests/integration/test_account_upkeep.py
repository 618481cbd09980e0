"""Log-ins that stay alive by use, and the rows that go when nobody needs them any more."""

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy.orm import Session

from cfp import clock
from cfp.domain.accounts import upkeep
from cfp.domain.accounts.models import LoginSession, Person, Receipt, Throttle, Token
from cfp.domain.accounts.tokens import Purpose, issue
from cfp.domain.mail.models import Message
from tests.factories import make_login, make_person
from tests.support.visitor import Visitor

As = Callable[[Person], Visitor]


def test_a_log_in_is_renewed_by_what_one_sends_not_by_looking(
    db: Session, visitor_as: As
) -> None:
    visitor = visitor_as(make_person(db, "Ada"))
    long_ago = clock.now() - timedelta(days=3)
    db.query(LoginSession).update(
        {"last_used": long_ago, "expires": long_ago + timedelta(days=30)}
    )
    page = visitor.get("/account/profile")
    assert db.query(LoginSession).one().last_used == long_ago
    visitor.submit(page, {"name": "Ada E."})
    row = db.query(LoginSession).one()
    assert row.last_used > long_ago
    assert row.expires > clock.now() + timedelta(days=29)


def test_a_refused_form_does_not_renew_it(db: Session, visitor_as: As) -> None:
    visitor = visitor_as(make_person(db, "Ada"))
    long_ago = clock.now() - timedelta(days=3)
    db.query(LoginSession).update({"last_used": long_ago})
    assert visitor.submit(visitor.get("/account/profile"), {"name": ""}).status == 422
    assert db.query(LoginSession).one().last_used == long_ago


def test_old_rows_go_and_young_ones_stay(db: Session, stranger: Visitor) -> None:
    now = clock.now()
    past = now - timedelta(days=9)
    stranger.submit(stranger.get("/account/log-in"), {"email": "new@example.org"})
    issue(db, Purpose.LOG_IN, email="old@example.org", now=past, valid=timedelta(hours=1))
    db.add(Receipt(key="old", owner="", location="/", created=past))
    db.add(Throttle(key="old", tries=1, next_allowed=past, updated=past))
    make_login(db, make_person(db), now=past)
    db.query(LoginSession).update({"expires": past})
    db.commit()
    assert upkeep.needs_purge(db, now=now)
    upkeep.purge(db, now=now)
    assert not upkeep.needs_purge(db, now=now)
    assert db.query(LoginSession).count() == 0
    assert [token.email for token in db.query(Token)] == ["new@example.org"]
    assert "old" not in {row.key for table in (Throttle, Receipt) for row in db.query(table)}
    assert db.query(Message).count() == 1
    db.query(Message).update({"created": past, "state": "sent"})
    upkeep.purge(db, now=now)
    assert db.query(Message).count() == 0
