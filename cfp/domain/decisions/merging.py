"""Merging a submission into another: what it can be merged into, and who may know of it.

What is merged is no talk of its own any more, so its outcome is "reject" and it takes no minutes.
Whoever gives the other talk asks its new speakers to join (see `joining`): announcing puts nobody
on a public page who has not agreed to be on it.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    bindparam,
    case,
    exists,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased

from cfp.actors import Actor
from cfp.domain.conferences.models import Conference
from cfp.domain.decisions.models import Decision, PendingDecision
from cfp.domain.submissions.models import Speaker, Submission
from cfp.domain.submissions.states import IN_PROGRAM, MOVES
from cfp.errors import DomainError
from cfp.policy import Action, Seat, Standing, may, seat_of
from cfp.records import record

MERGED, JOINED = "merged", "joined"
"""The mails for who is merged into another talk, and for that one."""
MERGE = "merge"
"""What pages call a pending merge, which is a "reject" with another talk that it goes into."""

TARGETS = frozenset({*IN_PROGRAM, *MOVES["accept"].sources} - {"rejected", "declined"})
"""States of what can take another submission in: it is accepted or may still become so."""


def merging_ids(seat: Seat) -> Select[int]:
    """Of what is to be merged, as far as this person may know it: see `pending_merges`.

    Whoever narrows by it must know what is pending.
    """
    return (
        select(PendingDecision.submission_id)
        .join(Submission, Submission.id == PendingDecision.into_id)
        .where(
            PendingDecision.conference_id == seat.conference_id, seat.may(Action.DECIDE_ONE)
        )
        .correlate(None)
    )


def merged_ids() -> Select[int]:
    """Of what has been merged, and has not been announced as anything else since.

    Of every conference: these few are found by an index, which SQLite leaves aside where it can
    read all decisions of one. (It also does for "is not null".)
    """
    later = aliased(Decision)
    again = later.submission_id == Decision.submission_id, later.id > Decision.id
    return (
        select(Decision.submission_id)
        .where(
            Decision.into_id > 0,
            ~select(later.id).where(*again).exists(),
        )
        .correlate(None)
    )


def any_merge(table: type[Decision] | type[PendingDecision]) -> ColumnElement[bool]:
    """Asked once and first: where nothing is merged, no submission is looked at for it."""
    return exists().where(table.into_id > 0)


def merged_of(db: Session, ids: Collection[int]) -> frozenset[int]:
    """Those of `ids` that have been merged into another: anybody on the board may know that."""
    query = merged_ids().where(Decision.submission_id.in_(ids))
    return frozenset(db.scalars(query))


LIKELY = 20
"""Of so many a page says that it could be merged into them; of all others, whoever knows them."""


def has_target(db: Session, actor: Actor, standing: Standing) -> bool:
    """Whether there is anything that this person can merge it into."""
    query = _any_but(seat_of(actor, standing.conference))
    return db.scalar(query, {"itself": standing.submission.id}) is not None


@lru_cache(maxsize=64)
def _any_but(seat: Seat) -> Select[int]:
    """Something that another, `:itself`, can be merged into; kept: every decision's page asks."""
    other = Submission.id != bindparam("itself")
    return _into(seat).where(other).with_only_columns(Submission.id).limit(1)


def likely_targets(
    db: Session, actor: Actor, standing: Standing
) -> Sequence[Row[str, str]]:
    """(code, title) of some that this person can merge it into, those of similar titles first.

    Slow, because it looks at every title: for who asks, not for every page of a decision.
    """
    words = sorted(set(re.findall(r"\w{4,}", standing.submission.title)), key=len)[-8:]
    has = (Submission.title.icontains(word, autoescape=True) for word in words)
    alike = literal(0) + sum(case((one, 1), else_=0) for one in has)
    query = _targets(actor, standing).with_only_columns(Submission.code, Submission.title)
    order = (alike.desc(), Submission.title, Submission.id)
    return db.execute(query.order_by(*order).limit(LIKELY)).all()


def named(code: str, title: str) -> str:
    """How a page writes a submission that somebody may also call by its code or title alone."""
    return f"{title} ({code})"


def target_of(db: Session, actor: Actor, standing: Standing, asked: str) -> Submission:
    """The submission of this code or title, or of both as `named`, if it can be merged into it.

    Raises:
        DomainError: at `into`: `decision.no_target`, `decision.unknown_target`,
            `decision.several_targets`; `decision.is_target`, where another is to be merged into
            this one. (What they may not know of is found when announcing.)
    """
    found = _called(db, actor, standing, asked.strip())
    into_this = (
        select(PendingDecision.id)
        .join(Submission, Submission.id == PendingDecision.submission_id)
        .where(
            PendingDecision.into_id == standing.submission.id,
            may(actor, Action.DECIDE_ONE, standing.conference),
        )
    )
    if db.scalar(into_this.limit(1)) is not None:
        raise DomainError("decision.is_target", field="into")
    return found


def _called(db: Session, actor: Actor, standing: Standing, asked: str) -> Submission:
    """A code is looked for first: a title could read like one."""
    if not asked:
        raise DomainError("decision.no_target", field="into")
    code = re.fullmatch(r"(?:.*\()?([0-9A-Za-z]+)\)?", asked, re.DOTALL)
    called = or_(Submission.title == asked, func.lower(Submission.title) == asked.lower())
    for which in (*([Submission.code == code[1].upper()] if code else []), called):
        found = db.scalars(_targets(actor, standing).where(which).limit(2)).all()
        if len(found) > 1:
            raise DomainError("decision.several_targets", field="into", asked=asked)
        if found:
            return found[0]
    raise DomainError("decision.unknown_target", field="into", asked=asked)


def _targets(actor: Actor, standing: Standing) -> Select[Submission]:
    itself = Submission.id == standing.submission.id
    return _into(seat_of(actor, standing.conference)).where(~itself)


def _into(seat: Seat) -> Select[Submission]:
    away = exists().where(
        PendingDecision.submission_id == Submission.id, PendingDecision.into_id.is_not(None)
    )
    return select(Submission).where(
        Submission.state.in_(sorted(TARGETS)),
        seat.may(Action.DECIDE_ONE),
        ~away.correlate(Submission),
    )


def pending_merges(
    db: Session, actor: Actor, conference: Conference, ids: Collection[int]
) -> Mapping[int, Submission]:
    """Of submissions whose pending decision this person knows: what each is to be merged into.

    Not where they may not decide on that one: the merge would tell that it is to be accepted.
    """
    rows = db.execute(
        select(PendingDecision.submission_id, Submission)
        .join(Submission, Submission.id == PendingDecision.into_id)
        .where(PendingDecision.submission_id.in_(ids), may(actor, Action.DECIDE_ONE, conference))
    )
    return {row[0]: row[1] for row in rows}


@record
class Target:
    """What another is to be merged into; `known` if this person may also decide on it."""

    submission: Submission
    known: bool


def targets_in(
    db: Session, actor: Actor, conference: Conference, ids: Collection[int], *, lock: bool
) -> Mapping[int, Target]:
    """By id, what is merged into by an announcement; locked, so that it stays as it is."""
    if not ids:
        return {}
    query = (
        select(Submission, may(actor, Action.DECIDE_ONE, conference))
        .where(Submission.id.in_(ids))
        .order_by(Submission.id)
        .execution_options(populate_existing=True)
    )
    rows = db.execute(query.with_for_update(of=Submission) if lock else query)
    return {row[0].id: Target(row[0], bool(row[1])) for row in rows}


def joiners(db: Session, pairs: Mapping[int, int]) -> Mapping[int, Sequence[str]]:
    """For submission -> what it is merged into: the names of who is only on the first."""
    if not pairs:
        return {}
    found: dict[int, list[str]] = {id_: [] for id_ in pairs}
    ids = {*pairs, *pairs.values()}
    rows = db.execute(
        select(Speaker.submission_id, Speaker.person_id, Speaker.name)
        .where(Speaker.submission_id.in_(ids), Speaker.state == "accepted")
        .order_by(Speaker.submission_id, Speaker.position, Speaker.id)
    ).all()
    there = {(row[0], row[1]) for row in rows}
    for submission_id, person_id, name in rows:
        into = pairs.get(submission_id)
        if into is not None and (into, person_id) not in there:
            found[submission_id].append(name)
    return found
