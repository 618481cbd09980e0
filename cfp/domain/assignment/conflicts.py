"""Conflicts of interest: found from what is known of people, declared by a chair, judged.

Everything is found for sets at once: a handful of statements, whatever the conference's size.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import Session

from cfp import audit
from cfp.actors import Actor
from cfp.db import insert_absent
from cfp.domain.assignment.finding import COMMITTEE, neighbors_of, wanted_in
from cfp.domain.assignment.grounds import Key, Wanted
from cfp.domain.assignment.memory import Recall, recalled, remember
from cfp.domain.assignment.models import Conflict
from cfp.domain.assignment.rules import CONFLICT_TYPES, MEMORABLE, is_settled
from cfp.domain.conferences.models import Conference, Role
from cfp.domain.reviews.models import Guest
from cfp.domain.submissions.models import Submission
from cfp.errors import DomainError, ForbiddenError, NotNowError
from cfp.policy import Action, Standing, allowed
from cfp.records import record

BATCH = 5_000
"""Rows written at once."""


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
    role, affiliation, address or list did, or with neither for the whole conference. What no longer
    holds is removed while it is open or rests on an earlier verdict; what a chair has judged here
    and what was declared is never touched. What was said of the two people before, here or where
    the same chair knows it from, counts for what has not been judged.
    """
    db.flush()
    targets = neighbors_of(db, submission) if submission is not None else None
    wanted = wanted_in(db, conference, person_id, targets)
    there = _there(db, conference, targets, person_id)
    added = [key for key in wanted if key not in there]
    known = {row.recalled_id for row in there.values() if row.recalled_id is not None}
    recalls = recalled(db, conference, wanted, known=known)
    _insert(db, conference, [(key, wanted[key].reason, recalls.get(key)) for key in added], now)
    found = {key: row for key, row in there.items() if row.found}
    kept = {key: row for key, row in found.items() if key in wanted}
    _bring_up_to_date(db, kept, wanted, recalls)
    gone = [row.id for key, row in found.items() if key not in wanted]
    _delete(db, gone)
    return len(added), len(gone)


def find_conflicts_of(db: Session, person_id: int, *, now: datetime) -> None:
    """The same for a person in every conference on whose committee they are or were, or a guest."""
    roles = select(Role.conference_id).where(Role.person_id == person_id)
    invited = select(Guest.conference_id).where(Guest.person_id == person_id)
    known = select(Conflict.conference_id).where(Conflict.person_id == person_id)
    ids = roles.union(invited, known).subquery()
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

    A word on a found one is about two people: it counts at once for what else is between them
    here, and is remembered for later submissions and conferences.

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
    conflict.judged_by_id, conflict.recalled_id = actor.person_id, None
    _remember(db, actor, standing, conflict, now)
    detail = {"kind": conflict.kind, "from": before, "to": verdict}
    _record(db, actor, "conflict.judge", standing, conflict.person_id, detail, now)
    find_conflicts(db, standing.conference, person_id=conflict.person_id, now=now)


def declare_for(
    db: Session,
    actor: Actor,
    standing: Standing,
    *,
    person_id: int,
    reason: str,
    type: str = "other",
    now: datetime,
) -> Conflict:
    """Note a conflict of somebody on the committee, by a chair who knows of it.

    Raises:
        ForbiddenError: about oneself (that is declared on the page of the review).
        DomainError: `conflict.not_committee`, `conflict.reason_missing`, `conflict.declared`,
            `conflict.bad_type`.
    """
    _check_judge(actor, standing, person_id, now)
    if not reason:
        raise DomainError("conflict.reason_missing", field="reason")
    check_type(type)
    if not _is_member(db, standing.conference, person_id):
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
    conflict.type = type
    db.flush()
    _record(db, actor, "conflict.declare_for", standing, person_id, {}, now)
    return conflict


def check_type(type: str) -> None:
    """Raise DomainError `conflict.bad_type` unless it is one of the types of declared conflicts."""
    if type not in CONFLICT_TYPES:
        raise DomainError("conflict.bad_type", field="type")


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


def _is_member(db: Session, conference: Conference, person_id: int) -> bool:
    query = select(Role.id).where(
        Role.conference_id == conference.id,
        Role.person_id == person_id,
        Role.kind.in_(COMMITTEE),
    )
    return db.scalars(query.limit(1)).first() is not None


def _remember(
    db: Session, actor: Actor, standing: Standing, conflict: Conflict, now: datetime
) -> None:
    """Of the two people, not of the submission: of everybody through whom it holds now."""
    if conflict.kind not in MEMORABLE or conflict.source != "found":
        return
    submission = standing.submission
    wanted = wanted_in(db, standing.conference, conflict.person_id, {submission.id})
    one = wanted.get((submission.id, conflict.person_id, conflict.kind), Wanted())
    remember(
        db,
        actor,
        conflict,
        one.partners,
        verdict=conflict.state,
        reason=conflict.judgment,
        now=now,
    )


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
    audit.of_submission(
        db, actor, action, standing.submission, now=now, detail={"person": person_id, **detail}
    )


@record
class Stored:
    """A conflict that is there; `found` are those that come and go by themselves."""

    id: int
    reason: str
    state: str
    recalled_id: int | None
    found: bool


def _there(
    db: Session, conference: Conference, targets: set[int] | None, person_id: int | None
) -> dict[Key, Stored]:
    query = select(
        Conflict.submission_id,
        Conflict.person_id,
        Conflict.kind,
        Conflict.source,
        Conflict.id,
        Conflict.reason,
        Conflict.state,
        Conflict.recalled_id,
    ).where(Conflict.conference_id == conference.id)
    if targets is not None:
        query = query.where(Conflict.submission_id.in_(targets))
    if person_id is not None:
        query = query.where(Conflict.person_id == person_id)
    there: dict[Key, Stored] = {}
    for submission, person, kind, source, id_, reason, state, recalled_id in db.execute(query):
        comes_and_goes = source == "found" and (state == "open" or recalled_id is not None)
        there[submission, person, kind] = Stored(id_, reason, state, recalled_id, comes_and_goes)
    return there


def _insert(
    db: Session,
    conference: Conference,
    added: Sequence[tuple[Key, str, Recall | None]],
    now: datetime,
) -> None:
    """Two requests may find the same at once: the second insert is no error."""
    insert = insert_absent(db.get_bind().dialect.name, Conflict)
    fixed = {"conference_id": conference.id, "source": "found", "type": "", "judgment": ""}
    for first in range(0, len(added), BATCH):
        rows = [
            {
                "submission_id": submission_id,
                "person_id": person_id,
                "kind": kind,
                "reason": reason,
                "state": recall.verdict if recall else "open",
                "recalled_id": recall.pair_id if recall else None,
                "created": now,
                **fixed,
            }
            for (submission_id, person_id, kind), reason, recall in added[first : first + BATCH]
        ]
        db.execute(insert, rows)


def _bring_up_to_date(
    db: Session,
    kept: Mapping[Key, Stored],
    wanted: Mapping[Key, Wanted],
    recalls: Mapping[Key, Recall],
) -> None:
    """Reasons as found now, and what follows from what was said of the same people elsewhere."""
    changed = []
    for key, row in kept.items():
        recall = recalls.get(key)
        state = recall.verdict if recall else "open"
        now = (wanted[key].reason, state, recall.pair_id if recall else None)
        if now != (row.reason, row.state, row.recalled_id):
            changed.append(dict(zip(("text", "now", "pair"), now, strict=True)) | {"row": row.id})
    if changed:
        table = Conflict.__table__
        statement = update(table).where(table.c.id == bindparam("row"))  # type: ignore[arg-type]  # a Table, typed as FromClause
        changing = statement.values(
            reason=bindparam("text"), state=bindparam("now"), recalled_id=bindparam("pair")
        )
        db.connection().execute(changing, changed)


def _delete(db: Session, ids: Sequence[int]) -> None:
    if ids:
        table = Conflict.__table__
        statement = delete(table).where(table.c.id == bindparam("row"))  # type: ignore[arg-type]  # a Table, typed as FromClause
        db.connection().execute(statement, [{"row": id_} for id_ in ids])
