"""Conflicts of interest: found from what is known of people, declared by a chair, judged.

Everything is found for sets at once: a handful of statements, whatever the conference's size.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from cfp import audit
from cfp.actors import Actor
from cfp.domain.assignment.finding import (
    Key,
    members_of,
    neighbors_of,
    places_of,
    wanted_conflicts,
)
from cfp.domain.assignment.models import Conflict
from cfp.domain.assignment.rules import is_settled
from cfp.domain.conferences.models import Conference, Role
from cfp.domain.submissions.models import Submission
from cfp.errors import DomainError, ForbiddenError, NotNowError
from cfp.policy import Action, Standing, allowed


def find_conflicts(
    db: Session,
    conference: Conference,
    *,
    now: datetime,
    submission: Submission | None = None,
    person_id: int | None = None,
) -> tuple[int, int]:
    """Bring the found conflicts up to date; returns how many came and how many went.

    Call it where its facts change: with the submission whose speakers did, with the person whose
    role, affiliation or address did, or with neither for the whole conference. What no longer holds
    is removed while it is open; what a chair has judged and what was declared is never touched.
    """
    db.flush()
    members = members_of(db, conference, person_id)
    targets = neighbors_of(db, submission) if submission is not None else None
    wanted = dict(wanted_conflicts(members, places_of(db, conference, members, targets), targets))
    there = _there(db, conference, targets, person_id)
    added = [(key, reason) for key, reason in wanted.items() if key not in there]
    _insert(db, conference, added, now)
    found = {key: row for key, row in there.items() if row.found}
    kept = [(row, wanted[key]) for key, row in found.items() if key in wanted]
    _set_reasons(db, [(row.id, reason) for row, reason in kept if row.reason != reason])
    gone = [row.id for key, row in found.items() if key not in wanted]
    _delete(db, gone)
    return len(added), len(gone)


def find_conflicts_of(db: Session, person_id: int, *, now: datetime) -> None:
    """The same for a person in every conference on whose committee they are or were."""
    roles = select(Role.conference_id).where(Role.person_id == person_id)
    known = select(Conflict.conference_id).where(Conflict.person_id == person_id)
    ids = roles.union(known).subquery()
    for conference in db.scalars(select(Conference).where(Conference.id.in_(select(ids)))):
        find_conflicts(db, conference, person_id=person_id, now=now)


def judge_conflict(
    db: Session,
    actor: Actor,
    standing: Standing,
    *,
    conflict: Conflict,
    verdict: str,
    reason: str,
    now: datetime,
) -> None:
    """Confirm or dismiss a conflict with a reason, or open the question again ("open").

    Raises:
        ForbiddenError: about oneself, or by somebody who is no chair.
        NotNowError: `conflict.settled`, for whoever stands on the submission themselves.
        DomainError: `conflict.reason_missing`, `conflict.bad_verdict`.
    """
    _check_judge(actor, standing, conflict.person_id, now)
    if is_settled(conflict.kind, conflict.reason):
        raise NotNowError("conflict.settled")
    if verdict not in {"confirmed", "dismissed", "open"}:
        raise DomainError("conflict.bad_verdict", field="verdict")
    if not reason and verdict != "open":
        raise DomainError("conflict.reason_missing", field="reason")
    before = conflict.state
    conflict.state, conflict.judgment = verdict, reason
    conflict.judged_by_id = actor.person_id
    detail = {"kind": conflict.kind, "from": before, "to": verdict}
    _record(db, actor, "conflict.judge", standing, conflict.person_id, detail, now)


def declare_for(
    db: Session,
    actor: Actor,
    standing: Standing,
    *,
    person_id: int,
    reason: str,
    now: datetime,
) -> Conflict:
    """Note a conflict of somebody on the committee, by a chair who knows of it.

    Raises:
        ForbiddenError: about oneself (that is declared on the page of the review).
        DomainError: `conflict.not_committee`, `conflict.reason_missing`, `conflict.declared`.
    """
    _check_judge(actor, standing, person_id, now)
    if not reason:
        raise DomainError("conflict.reason_missing", field="reason")
    if not members_of(db, standing.conference, person_id):
        raise DomainError("conflict.not_committee", field="person")
    conflict = conflict_of(db, standing.submission, person_id, "declared")
    if conflict is not None and conflict.state != "dismissed":
        raise DomainError("conflict.declared", field="person")
    if conflict is None:
        conflict = Conflict(
            conference_id=standing.conference.id,
            submission_id=standing.submission.id,
            person_id=person_id,
            kind="declared",
            source="declared",
            created=now,
        )
        db.add(conflict)
    conflict.reason, conflict.state, conflict.declared_by_id = reason, "open", actor.person_id
    db.flush()
    _record(db, actor, "conflict.declare_for", standing, person_id, {}, now)
    return conflict


def conflict_of(
    db: Session, submission: Submission, person_id: int, kind: str
) -> Conflict | None:
    """One conflict by what it is unique by."""
    return db.scalars(
        select(Conflict).where(
            Conflict.submission_id == submission.id,
            Conflict.person_id == person_id,
            Conflict.kind == kind,
        )
    ).one_or_none()


def _check_judge(actor: Actor, standing: Standing, person_id: int, now: datetime) -> None:
    if not allowed(actor, Action.JUDGE_CONFLICT, standing, now):
        raise ForbiddenError("forbidden")
    if actor.person_id == person_id:
        raise ForbiddenError("conflict.own")


def _record(
    db: Session,
    actor: Actor,
    action: str,
    standing: Standing,
    person_id: int,
    detail: Mapping[str, Any],
    now: datetime,
) -> None:
    audit.record(
        db,
        actor,
        action,
        f"submission:{standing.submission.code}",
        now=now,
        conference_id=standing.conference.id,
        submission_id=standing.submission.id,
        detail={"person": person_id, **detail},
    )


@dataclass(frozen=True)
class Stored:
    id: int
    reason: str
    found: bool


def _there(
    db: Session, conference: Conference, targets: set[int] | None, person_id: int | None
) -> dict[Key, Stored]:
    """The conflicts of that scope; `found` are those that come and go by themselves."""
    query = select(
        Conflict.id,
        Conflict.submission_id,
        Conflict.person_id,
        Conflict.kind,
        Conflict.reason,
        Conflict.source,
        Conflict.state,
    ).where(Conflict.conference_id == conference.id)
    if targets is not None:
        query = query.where(Conflict.submission_id.in_(targets))
    if person_id is not None:
        query = query.where(Conflict.person_id == person_id)
    return {
        (submission, person, kind): Stored(id_, reason, source == "found" and state == "open")
        for id_, submission, person, kind, reason, source, state in db.execute(query)
    }


def _insert(
    db: Session, conference: Conference, added: Sequence[tuple[Key, str]], now: datetime
) -> None:
    """Two requests may find the same at once: the second insert is no error."""
    if not added:
        return
    insert = sqlite.insert if db.get_bind().dialect.name == "sqlite" else postgresql.insert
    fixed = {"conference_id": conference.id, "source": "found", "state": "open", "judgment": ""}
    db.execute(
        insert(Conflict).on_conflict_do_nothing(),
        [
            {
                "submission_id": submission_id,
                "person_id": person_id,
                "kind": kind,
                "reason": reason,
                "created": now,
                **fixed,
            }
            for (submission_id, person_id, kind), reason in added
        ],
    )


def _set_reasons(db: Session, changed: Sequence[tuple[int, str]]) -> None:
    if changed:
        table = Conflict.__table__
        statement = update(table).where(table.c.id == bindparam("row"))  # type: ignore[arg-type]  # a Table, typed as FromClause
        rows = [{"row": id_, "text": reason} for id_, reason in changed]
        db.connection().execute(statement.values(reason=bindparam("text")), rows)


def _delete(db: Session, ids: Sequence[int]) -> None:
    if ids:
        table = Conflict.__table__
        statement = delete(table).where(table.c.id == bindparam("row"))  # type: ignore[arg-type]  # a Table, typed as FromClause
        db.connection().execute(statement, [{"row": id_} for id_ in ids])
