"""Chairs' words on single submissions: they must be in every selection, or never are."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from cfp import audit
from cfp.actors import Actor
from cfp.domain.conferences.models import Conference
from cfp.domain.decisions.models import SelectionWish
from cfp.domain.decisions.selecting_limits import OPEN
from cfp.domain.submissions.models import Submission
from cfp.errors import DomainError
from cfp.policy import Action, may

WISHES = ("must", "never")


def set_wishes(
    db: Session,
    actor: Actor,
    conference: Conference,
    *,
    codes: Collection[str],
    wish: str | None,
    now: datetime,
) -> int:
    """Say one of `WISHES` of submissions, or (None) take back what was said.

    Those in which the person may not decide, or which are decided, are not touched; returns how
    many were changed.

    Raises:
        DomainError: `select.bad_wish`.
    """
    if wish is not None and wish not in WISHES:
        raise DomainError("select.bad_wish")
    rows = db.execute(
        select(Submission, SelectionWish)
        .outerjoin(SelectionWish, SelectionWish.submission_id == Submission.id)
        .where(
            Submission.code.in_(codes),
            Submission.state.in_(OPEN),
            may(actor, Action.DECIDE_ONE, conference),
        )
        .order_by(Submission.id)
        .with_for_update(of=Submission)
    )
    changes = [
        _say(db, submission, stored, wish)
        for submission, stored in rows
        if (stored.wish if stored else None) != wish
    ]
    db.flush()
    if changes:
        here, action = conference.id, "selection.wish"
        audit.record_many(db, actor, action, changes, now=now, conference_id=here)
    return len(changes)


def _say(
    db: Session, submission: Submission, stored: SelectionWish | None, wish: str | None
) -> audit.Change:
    before = stored.wish if stored else ""
    if wish is None:
        db.delete(stored)
    elif stored is None:
        here = {"conference_id": submission.conference_id, "submission_id": submission.id}
        db.add(SelectionWish(wish=wish, **here))
    else:
        stored.wish = wish
    detail = {"from": before, "to": wish or ""}
    return audit.Change(f"submission:{submission.code}", submission.id, detail)


def wishes_of(db: Session, actor: Actor, conference: Conference) -> Mapping[str, int]:
    """How many submissions there is each word on, of those this person decides in."""
    rows = db.execute(
        select(SelectionWish.wish, func.count())
        .join(Submission, Submission.id == SelectionWish.submission_id)
        .where(Submission.state.in_(OPEN), may(actor, Action.DECIDE_ONE, conference))
        .group_by(SelectionWish.wish)
    )
    return {row[0]: row[1] for row in rows}
