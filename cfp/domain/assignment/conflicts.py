"""Conflicts of interest: found from what is known of people, declared by a chair, judged.

Everything is found for sets at once: a handful of statements, whatever the conference's size.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, delete, or_, select, true, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, aliased

from cfp import audit
from cfp.actors import Actor, RoleKind
from cfp.domain.accounts.models import Email, Person
from cfp.domain.assignment.affiliations import NO_EMPLOYER, canonical_keys
from cfp.domain.assignment.mail_providers import PUBLIC_DOMAINS
from cfp.domain.assignment.models import Conflict
from cfp.domain.assignment.rules import BY_ADDRESS, is_settled
from cfp.domain.conferences.models import Conference, Role
from cfp.domain.submissions.models import Speaker, Submission
from cfp.domain.submissions.rules import affiliation_key
from cfp.errors import DomainError, ForbiddenError, NotNowError
from cfp.policy import Action, Standing, allowed

COMMITTEE = (RoleKind.REVIEWER, RoleKind.CHAIR, RoleKind.TRACK_CHAIR)
"""Who can have a conflict: everybody who reviews, assigns or decides."""

Key = tuple[int, int, str]
"""(submission, person, kind): what a conflict is unique by."""


@dataclass
class Member:
    """What is known of somebody on the committee."""

    employers: set[str] = field(default_factory=set)
    addresses: set[str] = field(default_factory=set)


@dataclass
class Named:
    """A place on a submission: a speaker's, or (with no code) the submitter's alone."""

    submission_id: int
    submission_code: str
    submitter_id: int
    person_id: int | None
    code: str
    employer: str
    affiliation: str
    addresses: set[str]


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
    members = _members(db, conference, person_id)
    targets = _neighbors(db, submission) if submission is not None else None
    wanted = dict(_wanted(members, _places(db, conference, members, targets), targets))
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
    if not _members(db, standing.conference, person_id):
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


# What is known of the people --------------------------------------------------------------------


def _members(db: Session, conference: Conference, person_id: int | None) -> dict[int, Member]:
    """The committee (or one of them), with every employer they have named here."""
    roles = select(Role.person_id).where(
        Role.conference_id == conference.id, Role.kind.in_(COMMITTEE)
    )
    query = select(Person.id, Person.affiliation).where(Person.id.in_(roles))
    if person_id is not None:
        query = query.where(Person.id == person_id)
    members: dict[int, Member] = {}
    roots = canonical_keys(db, conference)
    for id_, affiliation in db.execute(query):
        members[id_] = Member()
        _add_employer(members[id_], affiliation_key(affiliation), roots)
    if not members:
        return members
    own = select(Speaker.person_id, Speaker.affiliation_key).where(
        Speaker.conference_id == conference.id,
        Speaker.state == "accepted",
        Speaker.person_id.in_(roles),
    )
    for speaks, key in db.execute(own.distinct()):
        if speaks in members:
            _add_employer(members[speaks], key, roots)
    proved = select(Email.person_id, Email.key).where(
        Email.verified.is_not(None), Email.person_id.in_(roles)
    )
    for id_, key in db.execute(proved):
        if id_ in members:
            members[id_].addresses.add(key)
    return members


def _add_employer(member: Member, key: str, roots: Mapping[str, str]) -> None:
    if key not in NO_EMPLOYER:
        member.employers.add(roots.get(key, key))


def _neighbors(db: Session, submission: Submission) -> set[int]:
    """The submission and those that share a speaker with it, or did."""
    mine, other = aliased(Speaker), aliased(Speaker)
    shared = (
        select(other.submission_id)
        .join(mine, and_(mine.code == other.code, mine.conference_id == other.conference_id))
        .where(mine.submission_id == submission.id)
    )
    return {submission.id, *db.scalars(shared.distinct())}


def _places(
    db: Session,
    conference: Conference,
    members: Mapping[int, Member],
    targets: set[int] | None,
) -> list[Named]:
    """Who stands on what; with `targets`, on them and on what shares a speaker with them."""
    if not members:
        return []
    wanted: ColumnElement[bool] = true()
    if targets is not None:
        mine, other = aliased(Speaker), aliased(Speaker)
        around = (
            select(other.submission_id)
            .join(mine, and_(mine.code == other.code, mine.conference_id == other.conference_id))
            .where(mine.submission_id.in_(targets))
        )
        wanted = or_(Submission.id.in_(targets), Submission.id.in_(around))
    rows = db.execute(
        select(
            Submission.id,
            Submission.code,
            Submission.submitter_id,
            Speaker.person_id,
            Speaker.code,
            Speaker.affiliation_key,
            Speaker.affiliation,
            Speaker.address_key,
        )
        .outerjoin(
            Speaker, and_(Speaker.submission_id == Submission.id, Speaker.state != "removed")
        )
        .where(Submission.conference_id == conference.id, Submission.state != "draft", wanted)
        .order_by(Submission.id, Speaker.position, Speaker.id)
    ).all()
    proved = _proved_addresses(db, conference, targets and {row[0] for row in rows})
    roots = canonical_keys(db, conference)
    return [
        Named(
            submission_id=id_,
            submission_code=code,
            submitter_id=submitter,
            person_id=person,
            code=speaker or "",
            employer=roots.get(key or "", key or ""),
            affiliation=text or "",
            addresses={address} - {"", None} | proved.get(person or 0, set()),
        )
        for id_, code, submitter, person, speaker, key, text, address in rows
    ]


def _proved_addresses(
    db: Session, conference: Conference, among: set[int] | None
) -> dict[int, set[str]]:
    speaking = select(Speaker.person_id).where(
        Speaker.conference_id == conference.id, Speaker.state != "removed"
    )
    if among is not None:
        speaking = speaking.where(Speaker.submission_id.in_(among))
    rows = db.execute(
        select(Email.person_id, Email.key).where(
            Email.verified.is_not(None), Email.person_id.in_(speaking)
        )
    )
    found: dict[int, set[str]] = defaultdict(set)
    for person_id, key in rows:
        found[person_id].add(key)
    return found


# What follows from it ---------------------------------------------------------------------------


def _wanted(
    members: Mapping[int, Member], places: Sequence[Named], targets: set[int] | None
) -> Iterator[tuple[Key, str]]:
    """Every conflict that holds, with its reason; nothing weaker for who stands on it themselves.

    The reason is what was found and no name: an affiliation as typed, a mail domain, the code of
    the submission through which two people know each other.
    """
    standing = _standing(members, places)
    yield from ((key, reason) for key, reason in standing.items() if _in(key, targets))
    on_it = {(submission_id, person_id) for submission_id, person_id, _kind in standing}
    by_employer, by_domain = _by_employer(members), _by_domain(members)
    through = _through(on_it, places)
    for place in places:
        weaker = [
            ("affiliation", by_employer.get(place.employer, ()), place.affiliation),
            *(("domain", by_domain.get(domain, ()), domain) for domain in _domains(place)),
        ]
        for kind, people, reason in weaker:
            for person_id in people:
                key = (place.submission_id, person_id, kind)
                if _in(key, targets) and key[:2] not in on_it:
                    yield key, reason
        for person_id, code in through.get(place.code, {}).items():
            key = (place.submission_id, person_id, "transitive")
            if _in(key, targets) and key[:2] not in on_it:
                yield key, code


def _in(key: Key, targets: set[int] | None) -> bool:
    return targets is None or key[0] in targets


def _standing(members: Mapping[int, Member], places: Sequence[Named]) -> dict[Key, str]:
    """Who of the committee has submitted it, speaks on it, or is named there by their address."""
    by_address = {key: id_ for id_, member in members.items() for key in member.addresses}
    found: dict[Key, str] = {}
    for place in places:
        if place.submitter_id in members:
            found[place.submission_id, place.submitter_id, "own"] = ""
        speaks = place.person_id
        if speaks is not None and speaks in members and speaks != place.submitter_id:
            found[place.submission_id, speaks, "co_speaker"] = ""
    for place in places:
        for address in place.addresses if place.person_id is None else ():
            person_id = by_address.get(address)
            if person_id is not None and person_id != place.submitter_id:
                found.setdefault((place.submission_id, person_id, "co_speaker"), BY_ADDRESS)
    return found


def _by_employer(members: Mapping[int, Member]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for id_, member in members.items():
        for employer in member.employers:
            found[employer].append(id_)
    return found


def _by_domain(members: Mapping[int, Member]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for id_, member in members.items():
        for domain in {address.rpartition("@")[2] for address in member.addresses}:
            if domain not in PUBLIC_DOMAINS:
                found[domain].append(id_)
    return found


def _domains(place: Named) -> list[str]:
    return sorted({address.rpartition("@")[2] for address in place.addresses})


def _through(on_it: set[tuple[int, int]], places: Sequence[Named]) -> dict[str, dict[int, str]]:
    """Speaker code -> {member of the committee: code of a submission both stand on}."""
    people: dict[int, list[int]] = defaultdict(list)
    for submission_id, person_id in sorted(on_it):
        people[submission_id].append(person_id)
    found: dict[str, dict[int, str]] = defaultdict(dict)
    for place in places:
        for person_id in people.get(place.submission_id, ()) if place.code else ():
            if person_id != place.person_id:
                found[place.code].setdefault(person_id, place.submission_code)
    return found


# What is stored of it ---------------------------------------------------------------------------


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
