"""Joining two persons who have turned out to be one, by a proof of both."""

from datetime import datetime
from typing import Any

from sqlalchemy import Column, delete, exists, false, or_, select, update
from sqlalchemy.orm import Session, joinedload

from cfp import audit
from cfp.actors import Actor
from cfp.domain.accounts.actions import refuse_disabled
from cfp.domain.accounts.models import Account, Email, LoginSession, Person, Token
from cfp.domain.assignment.conflicts import find_conflicts_of
from cfp.domain.assignment.models import ReviewersApart
from cfp.domain.persons.references import columns_to, delete_rows, table_of, uniques_with
from cfp.domain.reviews.models import Comparison, Review
from cfp.domain.submissions.models import Speaker, Submission
from cfp.domain.submissions.rules import people_text
from cfp.domain.submissions.speakers import speakers_of
from cfp.errors import NotNowError

APART = {"account.person_id", "decision.by_id", "program_version.published_by_id"}
"""Accounts are joined by hand; what was announced and published is never written again."""


def merge(db: Session, actor: Actor, *, into_id: int, other_id: int, now: datetime) -> None:
    """Give everything of `other` to `into`; `other` stays as a pointer and can't log in any more.

    Where both have the same thing (a role, an assignment), one of the two goes. Where both have
    written a review of the same submission, both reviews stay as they are.

    Raises:
        NotNowError: `not_now`, when either has been joined to somebody already.
        ForbiddenError: `account_disabled`, when the other's account is switched off.
    """
    into, other = _person(db, into_id), _person(db, other_id)
    if into is other or into.merged_into_id is not None or other.merged_into_id is not None:
        raise NotNowError("not_now")
    _join_accounts(db, into, other)
    _carry_over(into, other)
    db.flush()
    for column in list(columns_to(table_of(Person))):
        if str(column) not in APART:
            _move(db, column, other_id, into_id)
    _take_doubles_off(db, into_id)
    # Nobody is kept apart from themselves.
    db.execute(delete(ReviewersApart).where(ReviewersApart.person_id == ReviewersApart.other_id))
    db.execute(update(Person).where(Person.id == other_id).values(merged_into_id=into_id))
    db.expire_all()
    detail = {"from": other_id, "into": into_id}
    audit.record(db, actor, "person.merge", f"person:{into_id}", now=now, detail=detail)
    find_conflicts_of(db, into_id, now=now)


def _person(db: Session, person_id: int) -> Person:
    whole = select(Person).where(Person.id == person_id).options(joinedload(Person.account))
    return db.scalars(whole.execution_options(populate_existing=True)).one()


def _join_accounts(db: Session, into: Person, other: Person) -> None:
    db.execute(delete(Token).where(Token.person_id == other.id))
    db.execute(update(Email).where(Email.person_id == other.id).values(primary=False))
    if other.account is None:
        return
    refuse_disabled(other.account)
    if into.account is None:
        db.execute(
            update(Account).where(Account.person_id == other.id).values(person_id=into.id)
        )
        return
    into.account.administrator = into.account.administrator or other.account.administrator
    db.execute(delete(LoginSession).where(LoginSession.account_id == other.account.id))
    db.execute(delete(Account).where(Account.id == other.account.id))


def _carry_over(into: Person, other: Person) -> None:
    """What the person has not said about themselves yet."""
    into.name = into.name or other.name
    into.affiliation = into.affiliation or other.affiliation
    into.bio = into.bio or other.bio
    into.zone = into.zone or other.zone


def _move(db: Session, column: Column[Any], other_id: int, into_id: int) -> None:
    """Point the column's rows to the other person, but for those that `into` has as well."""
    table = column.table
    twin = table.alias()
    same = [
        exists().where(
            twin.c[column.name] == into_id,
            *(twin.c[rest.name].is_not_distinct_from(rest) for rest in key),
        )
        for key in uniques_with(column)
    ]
    moved = update(table).where(column == other_id, ~or_(false(), *same))
    db.execute(moved.values({column.name: into_id}))
    if same and table is table_of(Comparison):
        delete_rows(db, table, db.scalars(select(table.c.id).where(column == other_id)).all())
    elif same and table is not table_of(Review):
        db.execute(delete(table).where(column == other_id))


def _take_doubles_off(db: Session, person_id: int) -> None:
    """Nobody stands twice on a submission: the accepted, or else the first place stays."""
    places = db.scalars(
        select(Speaker)
        .where(Speaker.person_id == person_id, Speaker.state != "removed")
        .order_by(Speaker.submission_id, Speaker.state != "accepted", Speaker.position)
        .execution_options(populate_existing=True)
    )
    seen: set[int] = set()
    for place in places.all():
        if place.submission_id in seen:
            place.state = "removed"
            db.flush()
            submission = db.get_one(Submission, place.submission_id, populate_existing=True)
            rest = speakers_of(db, submission)
            submission.people_text = people_text([(row.name, row.affiliation) for row in rest])
        seen.add(place.submission_id)
    db.flush()
