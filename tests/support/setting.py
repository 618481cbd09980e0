"""A conference with a call open now, its chair, and forms sent raw."""

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy.orm import Session

from cfp import clock
from cfp.domain.accounts.models import Account, Person
from cfp.domain.conferences.models import Conference
from tests.factories import give_role, make_conference, make_person
from tests.support.visitor import Page, Visitor


def open_conference(db: Session, slug: str = "netconf", **changes: object) -> Conference:
    """A conference whose call is open at the moment of the test."""
    now = clock.now()
    values = {"opens": now - timedelta(days=10), "deadline": now + timedelta(days=10)}
    return make_conference(db, slug, **{**values, **changes})


def make_chair(db: Session, conference: Conference, name: str = "Cher Chair") -> Person:
    person = make_person(db, name)
    give_role(db, conference, person, "chair")
    return person


def make_administrator(db: Session, name: str = "Ada Admin") -> Person:
    person = make_person(db, name)
    account = db.query(Account).filter_by(person_id=person.id).one()
    account.administrator = True
    db.flush()
    return person


def raw_post(visitor: Visitor, path: str, values: Mapping[str, object], *, having: str) -> Page:
    """What the form on the page at `path` would send, with some fields replaced or (None) left out.

    Unlike `Visitor.submit` this can send what the page does not offer.
    """
    form = visitor.get(path).form(having)
    data: dict[str, list[object]] = {}
    for name, value in form.fields:
        data.setdefault(name, []).append(value)
    for name, new in values.items():
        data.pop(name, None)
        if new is not None:
            data[name] = list(new) if isinstance(new, list) else [new]
    return Page(path, visitor.client.post(path, data=data))
